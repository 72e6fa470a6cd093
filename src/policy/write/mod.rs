//! Trust policies, written: what is wanted, as a type in which nothing else can be said, becomes a [`Document`].
//!
//! Each kind of principal has the guards that belong to it and no others: an external ID is for AWS principals, a subject
//! for providers. What comes out has passed our own strict reader. How it looks as JSON, Terraform or CloudFormation is
//! `text`'s and `infra`'s business, and what has to change in a policy that lets in too much is `mend`'s.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Principal", "AWS global condition context keys", "IAM and AWS STS
//! condition context keys".

mod infra;
mod mend;
mod preset;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

pub use infra::{InfraRole, cloudformation_json, cloudformation_yaml, hcl_string, terraform};
pub use mend::demand_external_id;
pub use preset::{Preset, PresetAsk, PresetError, Ref};

use super::document::Document;
use super::error::PolicyError;
use crate::terms::{AccountId, ExternalId, Partition, RoleArn, TagKey};

/// A trust policy that is wanted: who is let in, and what they may send along.
#[derive(Clone, Debug)]
pub struct TrustWanted {
    /// Who, with the guards that belong to them.
    pub grant: Grant,
    /// The session tags that they may send: all of these, with one of the values each, and no others.
    pub tags: BTreeMap<TagKey, Vec<String>>,
    /// The source identities that they have to send one of; `*` may stand in one. Empty: none may be sent.
    pub source_identities: Vec<String>,
}

/// Who is let in.
#[derive(Clone, Debug)]
pub enum Grant {
    /// Accounts, roles or users.
    Aws {
        /// Who.
        principals: Vec<AwsPrincipal>,
        /// What they have to show.
        guards: AwsGuards,
    },
    /// Whom a SAML provider vouches for.
    Saml {
        /// The provider's ARN.
        provider: String,
        /// Where the assertion has to have been sent to: one of these.
        audiences: Vec<String>,
        /// Whom it may be about; empty for everyone.
        subjects: Vec<String>,
    },
    /// Whom an OpenID Connect provider vouches for.
    Oidc(OidcGrant),
    /// A service of AWS's.
    Service {
        /// `pods.eks.amazonaws.com`.
        name: String,
        /// On whose behalf.
        source: ServiceSource,
        /// Session tags that the service sends of itself, and what they have to say.
        sends: BTreeMap<String, Vec<String>>,
    },
}

/// An account, a role or a user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AwsPrincipal {
    /// The account, and whomever its own policies let.
    Account(Partition, AccountId),
    /// That role.
    Role(RoleArn),
}

/// What AWS principals have to show.
#[derive(Clone, Debug, Default)]
pub struct AwsGuards {
    /// One of these external IDs. More than one is for the time of a rotation.
    pub external_ids: Vec<ExternalId>,
    /// A code of their MFA device.
    pub mfa: Option<Mfa>,
    /// That they are of this organization.
    pub organization: Option<String>,
}

/// A demand for MFA.
#[derive(Clone, Copy, Debug)]
pub struct Mfa {
    /// How long ago the code may have been given.
    pub max_age: Option<Duration>,
}

/// Whom an OpenID Connect provider vouches for.
#[derive(Clone, Debug)]
pub struct OidcGrant {
    /// As a policy names it: the provider's ARN, or the host name of one that IAM knows by itself.
    pub provider: String,
    /// The issuer without its scheme, which its condition keys begin with.
    pub issuer: String,
    /// Whom the token has to be for: one of these.
    pub audiences: Vec<String>,
    /// Whom it may be about; `*` may stand in one. Empty only where the audience says it.
    pub subjects: Vec<String>,
    /// Further claims, and what one value of theirs has to be.
    pub any_of: Vec<(String, Vec<String>)>,
}

/// On whose behalf a service may ask.
#[derive(Clone, Debug, Default)]
pub struct ServiceSource {
    /// Of these accounts.
    pub accounts: Vec<AccountId>,
    /// For these resources; `*` may stand in one.
    pub arns: Vec<String>,
    /// For resources of this organization.
    pub organization: Option<String>,
}

impl AwsPrincipal {
    /// Returns it as a policy names it.
    pub fn arn(&self) -> String {
        match self {
            Self::Account(partition, account) => format!("arn:{partition}:iam::{account}:root"),
            Self::Role(arn) => arn.to_string(),
        }
    }
}

impl TrustWanted {
    /// Returns the wish without tags and source identities.
    pub fn of(grant: Grant) -> Self {
        Self { grant, tags: BTreeMap::new(), source_identities: Vec::new() }
    }

    /// Returns the policy.
    ///
    /// Tags and source identities are allowed by statements of their own: the keys that guard AssumeRole (an external ID,
    /// MFA) are not promised for those actions. Source: Service Authorization Reference, "AWS Security Token Service".
    pub fn document(&self) -> Result<Document, PolicyError> {
        let (principal, action, mut guards) = self.grant.parts();
        let sends_tags = matches!(&self.grant, Grant::Service { sends, .. } if !sends.is_empty());
        if !self.source_identities.is_empty() {
            guards.texts("sts:SourceIdentity", &self.source_identities);
        }
        let actions = if sends_tags { json!([action, "sts:TagSession"]) } else { json!(action) };
        let mut statements = vec![statement("Assume", &principal, &actions, guards)];
        if !self.tags.is_empty() {
            let mut limits = Conditions::default();
            for (key, values) in &self.tags {
                limits.texts(&format!("aws:RequestTag/{}", key.as_str()), values);
            }
            let keys: Vec<String> = self.tags.keys().map(|key| key.as_str().to_owned()).collect();
            limits.add("ForAllValues:StringEquals", "aws:TagKeys", keys.iter().map(|key| literal(key)));
            statements.push(statement("Tags", &principal, &json!("sts:TagSession"), limits));
        }
        if !self.source_identities.is_empty() {
            let mut limits = Conditions::default();
            limits.texts("sts:SourceIdentity", &self.source_identities);
            statements.push(statement("SourceIdentity", &principal, &json!("sts:SetSourceIdentity"), limits));
        }
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        Document::parse_trust(&policy.to_string())
    }
}

impl Grant {
    /// Returns the principal, the action and the conditions of the statement that lets in.
    fn parts(&self) -> (Value, &'static str, Conditions) {
        let mut guards = Conditions::default();
        match self {
            Self::Aws { principals, guards: wanted } => {
                let names: Vec<String> = principals.iter().map(AwsPrincipal::arn).collect();
                if !wanted.external_ids.is_empty() {
                    guards.add("StringEquals", "sts:ExternalId", wanted.external_ids.iter().map(ToString::to_string));
                }
                if let Some(organization) = &wanted.organization {
                    guards.texts("aws:PrincipalOrgID", std::slice::from_ref(organization));
                }
                if let Some(mfa) = wanted.mfa {
                    guards.add("Bool", "aws:MultiFactorAuthPresent", ["true".to_owned()]);
                    if let Some(age) = mfa.max_age {
                        let seconds = age.as_secs().to_string();
                        guards.add("NumericLessThanEquals", "aws:MultiFactorAuthAge", [seconds]);
                    }
                }
                (json!({ "AWS": one_or_all(&names) }), "sts:AssumeRole", guards)
            }
            Self::Saml { provider, audiences, subjects } => {
                guards.texts("SAML:aud", audiences);
                if !subjects.is_empty() {
                    guards.texts("SAML:sub", subjects);
                }
                (json!({ "Federated": provider }), "sts:AssumeRoleWithSAML", guards)
            }
            Self::Oidc(OidcGrant { provider, issuer, audiences, subjects, any_of }) => {
                guards.texts(&format!("{issuer}:aud"), audiences);
                if !subjects.is_empty() {
                    guards.texts(&format!("{issuer}:sub"), subjects);
                }
                for (claim, values) in any_of {
                    guards.add(
                        "ForAnyValue:StringEquals",
                        &format!("{issuer}:{claim}"),
                        values.iter().map(|value| literal(value)),
                    );
                }
                (json!({ "Federated": provider }), "sts:AssumeRoleWithWebIdentity", guards)
            }
            Self::Service { name, source, sends } => {
                if !source.accounts.is_empty() {
                    guards.add("StringEquals", "aws:SourceAccount", source.accounts.iter().map(ToString::to_string));
                }
                if !source.arns.is_empty() {
                    guards.add("ArnLike", "aws:SourceArn", source.arns.iter().map(|arn| literal(arn)));
                }
                if let Some(organization) = &source.organization {
                    guards.texts("aws:SourceOrgID", std::slice::from_ref(organization));
                }
                for (key, values) in sends {
                    guards.texts(&format!("aws:RequestTag/{key}"), values);
                }
                (json!({ "Service": name }), "sts:AssumeRole", guards)
            }
        }
    }
}

fn statement(sid: &str, principal: &Value, action: &Value, conditions: Conditions) -> Value {
    let mut statement = json!({ "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action });
    if let (Some(elements), false) = (statement.as_object_mut(), conditions.0.is_empty()) {
        elements.insert("Condition".to_owned(), Value::Object(conditions.0));
    }
    statement
}

/// The conditions of one statement: operator, key, values.
#[derive(Debug, Default)]
struct Conditions(Map<String, Value>);

impl Conditions {
    fn add(&mut self, operator: &str, key: &str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values.into_iter().collect();
        let keys = self.0.entry(operator).or_insert_with(|| json!({}));
        if let Some(keys) = keys.as_object_mut() {
            keys.insert(key.to_owned(), one_or_all(&values));
        }
    }

    /// Adds texts, word for word, unless one of them has a wildcard.
    fn texts(&mut self, key: &str, values: &[String]) {
        let like = values.iter().any(|value| value.contains(['*', '?']));
        self.add(if like { "StringLike" } else { "StringEquals" }, key, values.iter().map(|value| literal(value)));
    }
}

fn one_or_all(values: &[String]) -> Value {
    match values {
        [one] => json!(one),
        all => json!(all),
    }
}

/// Returns the text so that nothing in it is a policy variable.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Special characters".
fn literal(text: &str) -> String {
    text.replace('$', "${$}")
}

/// Where AWS takes in a SAML provider's assertions: what `SAML:aud` has to be.
///
/// Source: IAM User Guide, "Available keys for SAML-based AWS STS federation"; the European Sovereign Cloud has one for
/// each Region only.
pub fn saml_audiences(partition: Partition) -> Vec<String> {
    let host = match partition {
        Partition::Aws => "signin.aws.amazon.com",
        Partition::AwsCn => "signin.amazonaws.cn",
        Partition::AwsUsGov => "signin.amazonaws-us-gov.com",
        Partition::AwsEusc => "eusc-de-east-1.signin.amazonaws-eusc.eu",
        Partition::AwsIso => "signin.c2shome.ic.gov",
        Partition::AwsIsoB => "signin.sc2shome.sgov.gov",
        Partition::AwsIsoE => "signin.csphome.adc-e.uk",
        Partition::AwsIsoF => "signin.csphome.hci.ic.gov",
    };
    vec![format!("https://{host}/saml")]
}

#[cfg(test)]
mod tests;
