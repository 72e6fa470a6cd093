//! The organizations of a scenario: units, which account lies where, and the control policies that are attached to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::ScenarioError;
use super::scenario::{Account, json, parse};
use crate::policy::{Control, ControlPolicy, Document, Lawbook, Place, Tier, Usage};
use crate::terms::AccountId;

/// An organization.
#[derive(Clone, Debug)]
pub(super) struct Organization {
    /// `o-a1b2c3d4e5`
    pub(super) id: String,
    /// `r-ab12`
    pub(super) root: String,
    pub(super) management: AccountId,
    /// Accounts whose principals may read it, as those of the management account may.
    pub(super) delegated: Vec<AccountId>,
    /// In the order of the file; a unit comes after the one that it lies in.
    pub(super) units: Vec<Unit>,
    pub(super) laws: Vec<Law>,
    /// Where each account lies: a unit's id, or the root's.
    pub(super) parents: BTreeMap<AccountId, String>,
    /// Where `FullAWSAccess` is not attached, by id.
    without_full_access: BTreeSet<String>,
}

/// An organizational unit.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// `ou-ab12-11111111`
    pub(super) id: String,
    pub(super) name: String,
    /// The id of the unit, or of the root, that it lies in.
    pub(super) parent: String,
}

/// A control policy, and the ids of what it is attached to.
#[derive(Clone, Debug)]
pub(super) struct Law {
    pub(super) control: Control,
    pub(super) policy: Arc<ControlPolicy>,
    pub(super) targets: Vec<String>,
}

impl Organization {
    /// The ids of the levels over an account, from the root to the account itself; nothing for an account of another one.
    pub(super) fn levels(&self, account: &AccountId) -> Vec<String> {
        let Some(parent) = self.parents.get(account) else { return Vec::new() };
        let mut levels = vec![account.to_string()];
        let mut next = Some(parent.as_str());
        while let Some(id) = next {
            levels.push(id.to_owned());
            next = self.units.iter().find(|unit| unit.id == id).map(|unit| unit.parent.as_str());
        }
        levels.reverse();
        levels
    }

    /// Whether `FullAWSAccess` is attached there.
    pub(super) fn has_full_access(&self, target: &str) -> bool {
        !self.without_full_access.contains(target)
    }

    /// `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`
    fn path(&self, levels: &[String]) -> String {
        let above = levels.len().saturating_sub(1);
        std::iter::once(&self.id).chain(&levels[..above]).map(|id| format!("{id}/")).collect()
    }

    fn place(&self, account: &AccountId) -> Place {
        let levels = self.levels(account);
        Place {
            organization: self.id.clone(),
            path: self.path(&levels),
            is_management: *account == self.management,
            tiers: levels.iter().map(|id| self.tier(id)).collect(),
        }
    }

    fn tier(&self, id: &str) -> Tier {
        let unit = self.units.iter().find(|unit| unit.id == id);
        let attached = |control: Control| {
            let here = self.laws.iter().filter(|law| law.control == control && law.targets.iter().any(|to| to == id));
            here.map(|law| law.policy.clone()).collect()
        };
        Tier {
            name: match unit {
                Some(unit) => format!("the unit {}", unit.name),
                None if id == self.root => format!("the root {id}"),
                None => format!("the account {id}"),
            },
            service: attached(Control::Service),
            full_access: self.has_full_access(id),
            resource: attached(Control::Resource),
        }
    }
}

/// Returns what the control policies of these organizations are over each of their accounts.
pub(super) fn lawbook(organizations: &[Organization]) -> Lawbook {
    let of = |one: &Organization| one.parents.keys().map(|id| (id.to_string(), one.place(id))).collect::<Vec<_>>();
    Lawbook(organizations.iter().flat_map(of).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    id: String,
    management: String,
    #[serde(default)]
    root: Option<String>,
    #[serde(default)]
    delegated: Vec<String>,
    #[serde(default)]
    without_full_access: Vec<String>,
    #[serde(default)]
    unit: Vec<WireUnit>,
    #[serde(default)]
    service_control_policy: Vec<WirePolicy>,
    #[serde(default)]
    resource_control_policy: Vec<WirePolicy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireUnit {
    name: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    accounts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePolicy {
    name: String,
    #[serde(default)]
    id: Option<String>,
    policy: Value,
    #[serde(default)]
    targets: Vec<String>,
}

impl Wire {
    /// Reads an organization, of which these accounts of the file may be.
    pub(super) fn organization(self, accounts: &[Account]) -> Result<Organization, ScenarioError> {
        let whose = format!("organization {}", self.id);
        let wrong = |reason: String| ScenarioError::Value { whose: whose.clone(), reason };
        if !is_id(&self.id, "o-") {
            return Err(wrong("an organization's id is like o-a1b2c3d4e5".to_owned()));
        }
        let root = self.root.unwrap_or_else(|| format!("r-{}", &self.id[2..6]));
        if !is_id(&root, "r-") {
            return Err(wrong(format!("`{root}` is no id of a root: r-ab12")));
        }
        let account = |text: &String| parse::<AccountId>(text, &whose);
        let mut parents: BTreeMap<AccountId, String> = BTreeMap::new();
        let mut units: Vec<Unit> = Vec::new();
        for wire in self.unit {
            let id = wire.id.unwrap_or_else(|| format!("ou-{}-{}", &root[2..], hashed(&wire.name, 8)));
            if units.iter().any(|known| known.id == id) {
                return Err(ScenarioError::Twice { what: format!("unit {} of {}", wire.name, self.id) });
            }
            let parent = match &wire.parent {
                None => root.clone(),
                Some(name) if *name == root => root.clone(),
                Some(name) => match unit_called(&units, name) {
                    Some(unit) => unit.id.clone(),
                    None => return Err(wrong(format!("unit {}: there is no unit `{name}` before it", wire.name))),
                },
            };
            for member in &wire.accounts {
                let member = account(member)?;
                let of_another = accounts.iter().find(|known| known.id == member);
                if of_another.is_some_and(|known| known.organization.as_deref() != Some(&self.id)) {
                    return Err(wrong(format!("account {member} does not say `organization = \"{}\"`", self.id)));
                }
                if parents.insert(member.clone(), id.clone()).is_some() {
                    return Err(wrong(format!("account {member} lies in two units")));
                }
            }
            units.push(Unit { id, name: wire.name, parent });
        }
        let management = account(&self.management)?;
        let members = accounts.iter().filter(|known| known.organization.as_deref() == Some(&self.id));
        for id in members.map(|known| known.id.clone()).chain([management.clone()]) {
            parents.entry(id).or_insert_with(|| root.clone());
        }
        let target = |text: &String| {
            if let Some(unit) = unit_called(&units, text) {
                return Ok(unit.id.clone());
            }
            if *text == root || text == "root" {
                return Ok(root.clone());
            }
            let known = parents.keys().find(|id| id.as_str() == *text);
            known.map(ToString::to_string).ok_or_else(|| {
                wrong(format!("there is no unit and no account `{text}` in it; its root is `root` or {root}"))
            })
        };
        let mut laws: Vec<Law> = Vec::new();
        let service = self.service_control_policy.into_iter().map(|policy| (Control::Service, policy));
        let resource = self.resource_control_policy.into_iter().map(|policy| (Control::Resource, policy));
        for (control, wire) in service.chain(resource) {
            if laws.iter().any(|known| known.control == control && known.policy.name == wire.name) {
                return Err(ScenarioError::Twice { what: format!("{control} {} of {}", wire.name, self.id) });
            }
            let targets = wire.targets.iter().map(target).collect::<Result<_, _>>()?;
            laws.push(Law { control, policy: wire.policy(control, &whose)?, targets });
        }
        let without_full_access = self.without_full_access.iter().map(target).collect::<Result<_, _>>()?;
        let delegated = self.delegated.iter().map(account).collect::<Result<_, _>>()?;
        Ok(Organization { id: self.id, root, management, delegated, units, laws, parents, without_full_access })
    }
}

impl WirePolicy {
    fn policy(self, control: Control, whose: &str) -> Result<Arc<ControlPolicy>, ScenarioError> {
        let usage = match control {
            Control::Service => Usage::ServiceControl,
            Control::Resource => Usage::ResourceControl,
        };
        let wrong = |source| ScenarioError::Policy { whose: whose.to_owned(), name: self.name.clone(), source };
        let document = Document::parse(&json(&self.policy)).map_err(wrong)?;
        document.check(usage).map_err(wrong)?;
        let id = self.id.unwrap_or_else(|| format!("p-{}", hashed(&format!("{control} {}", self.name), 8)));
        Ok(Arc::new(ControlPolicy { id, name: self.name, document }))
    }
}

/// The unit of that id, or of that name where there is one of it: units of different parents may share a name.
fn unit_called<'u>(units: &'u [Unit], name: &str) -> Option<&'u Unit> {
    if let Some(unit) = units.iter().find(|unit| unit.id == name) {
        return Some(unit);
    }
    let mut named = units.iter().filter(|unit| unit.name == name);
    named.next().filter(|_| named.next().is_none())
}

fn is_id(text: &str, begins: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.strip_prefix(begins).is_some_and(|rest| rest.len() >= 4 && rest.bytes().all(is_letter))
}

/// An id that stays the same from run to run.
fn hashed(text: &str, length: usize) -> String {
    hex::encode(Sha256::digest(text)).chars().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Scenario;

    fn scenario(rest: &str) -> String {
        format!(
            "[[account]]\nid = \"111122223333\"\norganization = \"o-a1b2c3d4e5\"\n\
             [[account]]\nid = \"444455556666\"\n\
             [[organization]]\nid = \"o-a1b2c3d4e5\"\nmanagement = \"999999999999\"\n{rest}"
        )
    }

    const UNITS: &str = r#"
        without_full_access = ["Payments"]
        [[organization.unit]]
        name = "Production"
        [[organization.unit]]
        name = "Payments"
        id = "ou-a1b2-22222222"
        parent = "Production"
        accounts = ["111122223333", "777788889999"]
        [[organization.service_control_policy]]
        name = "Limits"
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}'
        targets = ["Payments"]
        [[organization.resource_control_policy]]
        name = "Perimeter"
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*"}]}'
        targets = ["root"]
    "#;

    #[test]
    fn each_account_has_the_levels_over_it() {
        let book = Scenario::parse(&scenario(UNITS)).unwrap().laws();
        assert_eq!(book.0.keys().collect::<Vec<_>>(), ["111122223333", "777788889999", "999999999999"]);
        let place = &book.0["777788889999"];
        assert!(place.path.starts_with("o-a1b2c3d4e5/r-a1b2/ou-a1b2-") && place.path.ends_with("/ou-a1b2-22222222/"));
        let tiers: Vec<(&str, usize, bool, usize)> = place
            .tiers
            .iter()
            .map(|tier| (tier.name.as_str(), tier.service.len(), tier.full_access, tier.resource.len()))
            .collect();
        assert_eq!(
            tiers,
            [
                ("the root r-a1b2", 0, true, 1),
                ("the unit Production", 0, true, 0),
                ("the unit Payments", 1, false, 0),
                ("the account 777788889999", 0, true, 0)
            ]
        );
        assert!(book.0["999999999999"].is_management && !place.is_management);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let policy = |policy: &str, target: &str| {
            format!(
                "[[organization.service_control_policy]]\nname = \"P\"\npolicy = '{policy}'\ntargets = [\"{target}\"]"
            )
        };
        let deny = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
        let cases = [
            (
                "[[organization.unit]]\nname = \"U\"\nparent = \"V\"".to_owned(),
                "unit U: there is no unit `V` before it",
            ),
            (
                "[[organization.unit]]\nname = \"U\"\naccounts = [\"444455556666\"]".to_owned(),
                "account 444455556666 does not say `organization = \"o-a1b2c3d4e5\"`",
            ),
            (policy(deny, "Nowhere"), "there is no unit and no account `Nowhere` in it"),
            (
                policy(r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#, "root"),
                "its policy `P` cannot be used",
            ),
            ("colour = 1".to_owned(), "unknown field `colour`"),
        ];
        for (text, expected) in cases {
            let message = Scenario::parse(&scenario(&text)).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
