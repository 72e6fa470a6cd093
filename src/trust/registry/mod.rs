//! The registry of a partner: which external ID it gave to which customer for which AWS account.
//!
//! A TOML file made for git: one table for each customer and account, sorted, so that two people who add two customers
//! seldom touch the same lines; comments are kept. IDs are made here and nowhere else. What was edited by hand is looked at
//! each time: an ID that stands twice, that was retired before, that could be guessed or that is not of our form is a
//! [`Problem`], and whoever has one is not served.

mod edit;
mod error;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

pub use edit::Settings;
pub use error::{Problem, RegistryError};

use crate::policy::{IdForm, IdPrefix, Judgement, judge};
use crate::terms::{AccountId, ExternalId, Partition, PolicyArn, RoleArn, RoleName};

/// A registry, read.
#[derive(Clone, Debug)]
pub struct Registry {
    text: String,
    /// What holds for all customers.
    pub terms: Terms,
    /// The entries, sorted by customer and account.
    pub entries: Vec<Entry>,
}

/// What holds for all customers.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Who assumes the customers' roles: a role of the partner's.
    pub principal: Option<RoleArn>,
    /// How IDs look.
    pub form: IdForm,
    /// What the role is called at the customers'.
    pub role_name: Option<RoleName>,
    /// What the role may do there.
    pub policy_arns: Vec<PolicyArn>,
}

/// One customer's account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The customer.
    pub customer: CustomerName,
    /// Their account.
    pub account: AccountId,
    /// The ID that is sent; none after it was retired.
    pub external_id: Option<ExternalId>,
    /// The one before, while it is being replaced.
    pub previous: Option<ExternalId>,
    /// Those that were in use and may never be again.
    pub retired_ids: Vec<ExternalId>,
    /// The role, where it is not called as everywhere.
    pub role_arn: Option<RoleArn>,
    /// The day on which the ID was made: `2026-11-24`.
    pub created: String,
}

/// What a customer is called: 1 to 64 letters, digits, `-` and `_`, a letter or digit first.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct CustomerName(String);

/// Why a text is no customer's name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no name for a customer: it has 1 to 64 letters, digits, - and _, and begins with a letter or digit")]
pub struct InvalidCustomerName(String);

impl FromStr for CustomerName {
    type Err = InvalidCustomerName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            && text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidCustomerName(text.to_owned())) }
    }
}

impl fmt::Display for CustomerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Entry {
    /// The IDs that a role may accept now: the one that is sent, and the one before while it is being replaced.
    pub fn accepted(&self) -> impl Iterator<Item = &ExternalId> {
        self.external_id.iter().chain(&self.previous)
    }

    /// Every ID that it ever had.
    pub fn all_ids(&self) -> impl Iterator<Item = &ExternalId> {
        self.accepted().chain(&self.retired_ids)
    }

    /// How it is named to a person.
    pub fn title(&self) -> String {
        format!("{} {}", self.customer, self.account)
    }

    /// The role in the customer's account, where it is known.
    pub fn role(&self, terms: &Terms) -> Option<RoleArn> {
        let partition = terms.principal.as_ref().map_or(Partition::Aws, RoleArn::partition);
        let by_name = || Some(RoleArn::new(partition, self.account.clone(), terms.role_name.clone()?));
        self.role_arn.clone().or_else(by_name)
    }
}

impl Registry {
    /// Reads a registry. An empty text is one with nobody in it.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let form = |error: toml::de::Error| RegistryError::Form { reason: error.to_string() };
        let wire: Wire = toml::from_str(text).map_err(form)?;
        if wire.registry.is_some_and(|version| version != VERSION) {
            return Err(RegistryError::Version { found: wire.registry.unwrap_or_default() });
        }
        let terms = Terms {
            principal: parsed(wire.principal.as_deref(), "principal")?,
            form: match parsed::<IdPrefix>(wire.prefix.as_deref(), "prefix")? {
                Some(prefix) => IdForm::Prefixed(prefix),
                None => IdForm::Uuid,
            },
            role_name: parsed(wire.role_name.as_deref(), "role_name")?,
            policy_arns: all_parsed(&wire.policy_arns, "policy_arns")?,
        };
        let mut entries = Vec::new();
        for (customer, accounts) in wire.customer {
            let name: CustomerName = value(&customer, "customer")?;
            for (account, entry) in accounts {
                entries.push(entry.entry(name.clone(), &account)?);
            }
        }
        entries.sort_by(|a, b| (&a.customer, &a.account).cmp(&(&b.customer, &b.account)));
        Ok(Self { text: text.to_owned(), terms, entries })
    }

    /// The text, as it is to be kept.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the one entry of a customer, or that of the account.
    pub fn entry(&self, customer: &CustomerName, account: Option<&AccountId>) -> Result<&Entry, RegistryError> {
        let of_customer = self.entries.iter().filter(|entry| entry.customer == *customer);
        let found: Vec<&Entry> = of_customer.filter(|entry| account.is_none_or(|id| entry.account == *id)).collect();
        match found[..] {
            [one] => Ok(one),
            [] => Err(RegistryError::Unknown {
                customer: customer.to_string(),
                account: account.map(ToString::to_string),
                nearest: self.nearest(&customer.0),
            }),
            _ => Err(RegistryError::WhichAccount {
                customer: customer.to_string(),
                accounts: found.iter().map(|entry| entry.account.to_string()).collect(),
            }),
        }
    }

    fn nearest(&self, name: &str) -> Option<String> {
        let names = self.entries.iter().map(|entry| entry.customer.0.as_str());
        let near = names.filter(|known| strsim::osa_distance(known, name) <= 2);
        near.min_by_key(|known| strsim::osa_distance(known, name)).map(str::to_owned)
    }

    /// Returns an entry that may be served: one without a problem, and not retired.
    pub fn served(&self, customer: &CustomerName, account: Option<&AccountId>) -> Result<&Entry, RegistryError> {
        let entry = self.entry(customer, account)?;
        if let Some(problem) = self.problems().into_iter().find(|problem| problem.is_about(entry)) {
            return Err(RegistryError::Problem(problem));
        }
        if entry.external_id.is_none() {
            return Err(RegistryError::Retired { title: entry.title() });
        }
        Ok(entry)
    }

    /// Every ID that somebody has or had, but for those of one entry.
    pub fn ids_of_others(&self, than: &Entry) -> Vec<ExternalId> {
        let others = self.entries.iter().filter(|entry| *entry != than);
        others.flat_map(Entry::all_ids).cloned().collect()
    }

    /// Returns what is wrong with what stands in the file, in the order of the entries.
    pub fn problems(&self) -> Vec<Problem> {
        let mut owners: BTreeMap<String, &Entry> = BTreeMap::new();
        let mut problems = Vec::new();
        for entry in &self.entries {
            let title = entry.title();
            for id in entry.accepted() {
                let (title, id_text) = (title.clone(), id.to_string());
                match judge(id.as_str()) {
                    Judgement::Weak(reasons) => problems.push(Problem::Guessable { title, id: id_text, reasons }),
                    _ if IdForm::of(id.as_str()).is_none() => problems.push(Problem::NotOurs { title, id: id_text }),
                    Judgement::Strong | Judgement::Unsendable(_) => {}
                }
            }
            if entry.accepted().any(|id| entry.retired_ids.contains(id)) {
                problems.push(Problem::Reused { title: title.clone(), of: title.clone() });
            }
            for id in entry.all_ids() {
                // AWS compares them with their case, and people do not.
                match owners.insert(id.as_str().to_ascii_lowercase(), entry) {
                    Some(owner) if owner != entry => {
                        let (title, of) = (title.clone(), owner.title());
                        let retired = owner.retired_ids.contains(id) || entry.retired_ids.contains(id);
                        problems.push(if retired {
                            Problem::Reused { title, of }
                        } else {
                            Problem::Shared { title, of }
                        });
                    }
                    Some(_) | None => {}
                }
            }
        }
        problems
    }
}

/// The version of the file's form.
const VERSION: i64 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default)]
    registry: Option<i64>,
    #[serde(default)]
    principal: Option<String>,
    #[serde(default)]
    prefix: Option<String>,
    #[serde(default)]
    role_name: Option<String>,
    #[serde(default)]
    policy_arns: Vec<String>,
    #[serde(default)]
    customer: BTreeMap<String, BTreeMap<String, WireEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireEntry {
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    previous: Option<String>,
    #[serde(default)]
    retired_ids: Vec<String>,
    #[serde(default)]
    role_arn: Option<String>,
    created: toml::value::Datetime,
}

impl WireEntry {
    fn entry(self, customer: CustomerName, account: &str) -> Result<Entry, RegistryError> {
        let account: AccountId = value(account, "account")?;
        let role_arn: Option<RoleArn> = parsed(self.role_arn.as_deref(), "role_arn")?;
        if let Some(arn) = role_arn.as_ref().filter(|arn| *arn.account() != account) {
            return Err(RegistryError::OtherAccount { arn: arn.to_string(), account: account.to_string() });
        }
        Ok(Entry {
            external_id: parsed(self.external_id.as_deref(), "external_id")?,
            previous: parsed(self.previous.as_deref(), "previous")?,
            retired_ids: all_parsed(&self.retired_ids, "retired_ids")?,
            created: self.created.to_string(),
            customer,
            account,
            role_arn,
        })
    }
}

fn value<T: FromStr<Err: fmt::Display>>(text: &str, key: &'static str) -> Result<T, RegistryError> {
    text.parse().map_err(|error: T::Err| RegistryError::Value { key, reason: error.to_string() })
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: Option<&str>, key: &'static str) -> Result<Option<T>, RegistryError> {
    text.map(|text| value(text, key)).transpose()
}

fn all_parsed<T: FromStr<Err: fmt::Display>>(texts: &[String], key: &'static str) -> Result<Vec<T>, RegistryError> {
    texts.iter().map(|text| value(text, key)).collect()
}

#[cfg(test)]
mod tests;
