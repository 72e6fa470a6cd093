//! What is asked: an action on a resource, by somebody, under circumstances.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use super::principal::Principal;
use crate::terms::show_time;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// `sts:AssumeRole`, `iam:CreateAccessKey`, …
    pub action: String,
    /// The ARN of what it is done to. For AssumeRole, the role's.
    pub resource: String,
    /// Who asks.
    pub principal: Principal,
    /// The circumstances.
    pub context: Context,
}

/// The circumstances of a request: condition keys, compared without regard to case, and their values.
///
/// What follows from the principal and the resource (`aws:PrincipalArn`, `aws:username`, …) need not be put in.
#[derive(Clone, Debug, Default)]
pub struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Returns circumstances of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key with its value; what it had before is gone.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<String>) -> Self {
        self.with_all(key, [value])
    }

    /// Adds a multi-valued key with its values; what it had before is gone.
    #[must_use]
    pub fn with_all<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.set(key, values);
        self
    }

    /// Adds a key with its values; what it had before is gone.
    pub fn set<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        self.0.insert(key.to_ascii_lowercase(), values.into_iter().map(Into::into).collect());
    }

    /// Adds `aws:CurrentTime` and `aws:EpochTime`.
    #[must_use]
    pub fn at(self, time: SystemTime) -> Self {
        let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.with("aws:CurrentTime", show_time(time)).with("aws:EpochTime", seconds.to_string())
    }

    /// Returns the key's values. A key without values is as good as absent.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice).filter(|values| !values.is_empty())
    }

    /// Whether there is a key that begins so, given in small letters, with a value.
    pub(super) fn carries(&self, begins: &str) -> bool {
        self.0.iter().any(|(key, values)| key.starts_with(begins) && !values.is_empty())
    }
}

impl Request {
    /// Returns the key's values, as given or as they follow from principal and resource.
    pub(super) fn values(&self, key: &str) -> Option<Vec<String>> {
        let given = self.context.values(key).map(<[String]>::to_vec);
        given.or_else(|| self.implied(&key.to_ascii_lowercase()).map(|value| vec![value]))
    }

    /// Source: IAM User Guide, "AWS global condition context keys", and "Principal key values" under policy variables.
    fn implied(&self, key: &str) -> Option<String> {
        match key {
            "aws:principalarn" => self.principal.principal_arn(),
            "aws:principalaccount" => self.principal.account().map(str::to_owned),
            "aws:principaltype" => self.principal.kind().map(str::to_owned),
            "aws:principalisawsservice" => Some(matches!(self.principal, Principal::Service { .. }).to_string()),
            "aws:principalservicename" => match &self.principal {
                Principal::Service { name } => Some(name.clone()),
                Principal::User { .. }
                | Principal::AssumedRole { .. }
                | Principal::Root { .. }
                | Principal::Federated { .. }
                | Principal::Anonymous => None,
            },
            "aws:username" => self.principal.user_name().map(str::to_owned),
            "aws:federatedprovider" => match &self.principal {
                Principal::Federated { provider } => Some(provider.clone()),
                Principal::User { .. }
                | Principal::AssumedRole { .. }
                | Principal::Root { .. }
                | Principal::Service { .. }
                | Principal::Anonymous => None,
            },
            "aws:resourceaccount" => self.resource_account().map(str::to_owned),
            _ => None,
        }
    }

    /// The account that the resource lies in, where its ARN names one.
    pub(super) fn resource_account(&self) -> Option<&str> {
        self.resource.split(':').nth(4).filter(|account| !account.is_empty())
    }
}
