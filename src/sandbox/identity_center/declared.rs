//! What a scenario says of Identity Center.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::error::ScenarioError;
use super::super::scenario::{Account, MADE, Policies, Role, policies};
use crate::policy::Document;
use crate::policy::write::saml_audiences;
use crate::terms::RoleArn;

/// Identity Center as it was declared.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct IdentityCenter {
    pub(super) region: String,
    pub(super) token_life: Duration,
    pub(super) device_life: Duration,
    pub(super) permission_sets: Vec<PermissionSet>,
    pub(super) people: Vec<Person>,
}

impl IdentityCenter {
    pub(in crate::sandbox) fn people(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(|person| person.name.as_str())
    }
}

#[derive(Clone, Debug)]
pub(super) struct PermissionSet {
    pub(super) name: String,
    pub(super) seconds: u64,
    pub(super) policies: Policies,
}

/// Somebody of the directory.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) name: String,
    /// Account id and name of the permission set, as often as there are assignments.
    pub(super) assignments: Vec<(String, String)>,
}

/// As it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox) struct Wire {
    #[serde(default = "region")]
    region: String,
    #[serde(default = "hour")]
    token_duration: u64,
    #[serde(default = "ten_minutes")]
    device_duration: u64,
    #[serde(default)]
    permission_set: Vec<WireSet>,
    #[serde(default)]
    user: Vec<WirePerson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSet {
    name: String,
    #[serde(default = "hour")]
    session_duration: u64,
    #[serde(default)]
    policies: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePerson {
    name: String,
    #[serde(default)]
    assignments: Vec<WireAssignment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAssignment {
    accounts: Vec<String>,
    permission_sets: Vec<String>,
}

fn region() -> String {
    "eu-west-1".to_owned()
}

fn ten_minutes() -> u64 {
    600
}

fn hour() -> u64 {
    3_600
}

impl Wire {
    pub(in crate::sandbox) fn declared(self, accounts: &[Account]) -> Result<IdentityCenter, ScenarioError> {
        let set = |set: WireSet| {
            let whose = format!("permission set {}", set.name);
            if !is_set_name(&set.name) {
                return Err(ScenarioError::Value { whose, reason: "that is no name of a permission set".to_owned() });
            }
            if !(900..=43_200).contains(&set.session_duration) {
                let reason = "session_duration is 900 to 43200 seconds".to_owned();
                return Err(ScenarioError::Value { whose, reason });
            }
            Ok(PermissionSet {
                policies: policies(set.policies, &whose)?,
                seconds: set.session_duration,
                name: set.name,
            })
        };
        let permission_sets: Vec<PermissionSet> =
            self.permission_set.into_iter().map(set).collect::<Result<_, ScenarioError>>()?;
        let ids: Vec<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
        let sets: Vec<&str> = permission_sets.iter().map(|set| set.name.as_str()).collect();
        let people = self.user.into_iter().map(|person| person.person(&ids, &sets)).collect::<Result<_, _>>()?;
        let token_life = Duration::from_secs(self.token_duration);
        let device_life = Duration::from_secs(self.device_duration);
        Ok(IdentityCenter { region: self.region, token_life, device_life, people, permission_sets })
    }
}

impl WirePerson {
    fn person(self, accounts: &[&str], sets: &[&str]) -> Result<Person, ScenarioError> {
        let whose = format!("Identity Center user {}", self.name);
        let wrong = |what: &str, name: &str| ScenarioError::Value {
            whose: whose.clone(),
            reason: format!("there is no {what} `{name}`"),
        };
        let mut assignments = Vec::new();
        for assignment in &self.assignments {
            let all = assignment.accounts.iter().any(|account| account == "*");
            let named: Vec<&str> =
                if all { accounts.to_vec() } else { assignment.accounts.iter().map(String::as_str).collect() };
            for account in named {
                if !accounts.contains(&account) {
                    return Err(wrong("account", account));
                }
                for set in &assignment.permission_sets {
                    if !sets.contains(&set.as_str()) {
                        return Err(wrong("permission set", set));
                    }
                    assignments.push((account.to_owned(), set.clone()));
                }
            }
        }
        assignments.sort();
        assignments.dedup();
        Ok(Person { name: self.name, assignments })
    }
}

/// `[\w+=,.@-]{1,32}`
fn is_set_name(name: &str) -> bool {
    let is_one = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (1..=32).contains(&name.len()) && name.chars().all(is_one)
}

/// An assignment, the place of its account, how many seconds its sessions last, and the role that AWS makes for it.
pub(in crate::sandbox) type Made = ((String, String), usize, u64, Role);

/// Returns the roles of all assigned permission sets, each once.
/// Source: IAM Identity Center User Guide, "Permission sets": a role with the prefix `AWSReservedSSO_` in each account.
pub(in crate::sandbox) fn roles(declared: &IdentityCenter, accounts: &[Account]) -> Vec<Made> {
    let assigned: BTreeSet<&(String, String)> = declared.people.iter().flat_map(|person| &person.assignments).collect();
    let made = |assignment: &(String, String)| {
        let place = accounts.iter().position(|account| account.id.as_str() == assignment.0)?;
        let set = declared.permission_sets.iter().find(|set| set.name == assignment.1)?;
        let (id, partition) = (&accounts[place].id, accounts[place].partition);
        let suffix = hex::encode(&Sha256::digest(format!("{} {}", assignment.0, assignment.1))[..8]);
        let name = format!("aws-reserved/sso.amazonaws.com/{}/AWSReservedSSO_{}_{suffix}", declared.region, set.name);
        let provider = format!("arn:{partition}:iam::{id}:saml-provider/AWSSSO_{}_DO_NOT_DELETE", &suffix[..8]);
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Condition": { "StringEquals": { "SAML:aud": saml_audiences(partition) } },
        }] });
        let role = Role {
            arn: RoleArn::new(partition, id.clone(), name.parse().ok()?),
            trust: Document::parse_trust(&trust.to_string()).ok()?,
            policies: set.policies.clone(),
            boundary: None,
            max_session: 43_200,
            created: std::time::SystemTime::UNIX_EPOCH + MADE,
            last_used: None,
            tags: BTreeMap::new(),
        };
        Some((assignment.clone(), place, set.seconds, role))
    };
    assigned.into_iter().filter_map(made).collect()
}
