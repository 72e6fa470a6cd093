//! What IAM tells of an account, as a scenario: what concerns STS, and nothing that is secret.
//!
//! The form is the sandbox's, so that `assume trust paths` and `assume sandbox --scenario` read it. What of a policy cannot
//! be evaluated is left out so that rather too much is allowed than too little, and said in a comment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::organization::{FULL_ACCESS, Organization};
use crate::person::plain;
use crate::policy::{ConditionKey, Control, Document, Effect, Usage};

/// What IAM tells of an account. Policies are JSON texts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Details {
    /// Users.
    pub users: Vec<Entity>,
    /// Groups: what they bring their users.
    pub groups: BTreeMap<String, Attached>,
    /// Roles.
    pub roles: Vec<Entity>,
    /// Managed policies, by ARN: their default version.
    pub policies: BTreeMap<String, String>,
}

/// A user or a role.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entity {
    /// Its name.
    pub name: String,
    /// Its path, with a slash at both ends.
    pub path: String,
    /// Its ARN.
    pub arn: String,
    /// A role's trust policy.
    pub trust: Option<String>,
    /// Its own policies.
    pub attached: Attached,
    /// A user's groups.
    pub groups: Vec<String>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// The policies of somebody.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Attached {
    /// Inline ones: names and texts.
    pub inline: Vec<(String, String)>,
    /// ARNs of managed ones.
    pub managed: Vec<String>,
}

/// An account as a scenario.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot {
    /// The account's id.
    pub account: String,
    /// Its part of the scenario, in TOML.
    pub text: String,
    /// What of it is not as in the account.
    pub differences: Vec<String>,
    /// How many users.
    pub users: usize,
    /// How many roles.
    pub roles: usize,
}

/// How a file of snapshots begins.
pub const HEAD: &str = "\
# Made by `assume trust pull`: users, roles, their trust policies, what identity policies say of STS, permissions boundaries.
# Of an organization: the levels over these accounts and what control policies say of STS, where they could be read.
# Not in it, since IAM does not tell it here: MFA devices, identity providers, the longest session of each role. Keys are
# never in it: a sandbox makes its own.
# To try it out, add a [profile.NAME] with a `user` and a `role_arn`, then `assume sandbox --scenario FILE`.
";

#[derive(Serialize)]
struct File {
    account: [Account; 1],
}

#[derive(Serialize)]
struct Account {
    id: String,
    partition: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    user: Vec<User>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    role: Vec<Role>,
}

#[derive(Serialize)]
struct User {
    name: String,
    path: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    policies: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    boundary: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Role {
    name: String,
    trust: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    policies: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    boundary: BTreeMap<String, String>,
}

impl Details {
    /// The ARN of somebody in the account, where anybody is.
    pub fn arn(&self) -> Option<&str> {
        self.users.iter().chain(&self.roles).map(|entity| entity.arn.as_str()).next()
    }

    /// Returns the account as a scenario.
    pub fn snapshot(&self, partition: &str, account: &str, organization: Option<&str>) -> Result<Snapshot, String> {
        let mut kept = Kept { details: self, differences: Vec::new() };
        let mut users: Vec<User> = self.users.iter().map(|user| kept.user(user)).collect();
        let mut roles: Vec<Role> = self.roles.iter().filter_map(|role| kept.role(role)).collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        roles.sort_by(|a, b| a.name.cmp(&b.name));
        let (user_count, role_count) = (users.len(), roles.len());
        let account_of = Account {
            id: account.to_owned(),
            partition: partition.to_owned(),
            organization: organization.map(str::to_owned),
            user: users,
            role: roles,
        };
        let toml = toml::to_string(&File { account: [account_of] }).map_err(|error| error.to_string())?;
        let mut text = String::new();
        for difference in &kept.differences {
            text.push_str(&format!("# not as in the account: {}\n", plain(difference)));
        }
        text.push_str(&toml);
        Ok(Snapshot {
            account: account.to_owned(),
            text,
            differences: kept.differences,
            users: user_count,
            roles: role_count,
        })
    }
}

struct Kept<'a> {
    details: &'a Details,
    differences: Vec<String>,
}

#[derive(Serialize)]
struct OrganizationFile {
    organization: [OrganizationOf; 1],
}

#[derive(Serialize)]
struct OrganizationOf {
    id: String,
    management: String,
    root: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    without_full_access: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unit: Vec<UnitOf>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    service_control_policy: Vec<PolicyOf>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_control_policy: Vec<PolicyOf>,
}

#[derive(Serialize)]
struct UnitOf {
    name: String,
    id: String,
    parent: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<String>,
}

#[derive(Serialize)]
struct PolicyOf {
    name: String,
    id: String,
    policy: String,
    targets: Vec<String>,
}

/// Returns what is known of an organization, as a part of a scenario, and what of it is not as it is there.
pub fn organization(of: &Organization) -> Result<(String, Vec<String>), String> {
    let details = Details::default();
    let mut kept = Kept { details: &details, differences: Vec::new() };
    let mut policies: BTreeMap<Control, Vec<PolicyOf>> = BTreeMap::new();
    let mut lost = BTreeSet::new();
    for (id, policy) in &of.policies {
        let usage = match policy.control {
            Control::Service => Usage::ServiceControl,
            Control::Resource => Usage::ResourceControl,
        };
        let what = format!("{} {} of {}", policy.control, policy.name, of.id);
        let text = match of_sts(&policy.text) {
            Ok(None) => continue,
            Ok(Some(text)) => kept.readable(&text, usage, &what),
            Err(reason) => {
                kept.differences.push(format!("{what} is left out: {reason}"));
                None
            }
        };
        let Some(text) = text else {
            lost.insert(id);
            continue;
        };
        let targets = of.attached.iter().filter(|(_, attached)| attached.contains(id)).map(|(level, _)| level.clone());
        let policy_of =
            PolicyOf { name: policy.name.clone(), id: id.clone(), policy: text, targets: targets.collect() };
        policies.entry(policy.control).or_default().push(policy_of);
    }
    // Where what may allow is lost, everything is allowed.
    let lacks = |attached: &Vec<String>| !attached.iter().any(|id| id == FULL_ACCESS || lost.contains(id));
    let without_full_access =
        of.attached.iter().filter(|(_, attached)| lacks(attached)).map(|(level, _)| level.clone());
    let unit = of.units.iter().map(|unit| UnitOf {
        name: unit.name.clone(),
        id: unit.id.clone(),
        parent: unit.parent.clone(),
        accounts: of
            .parents
            .iter()
            .filter(|(_, parent)| **parent == unit.id)
            .map(|(account, _)| account.clone())
            .collect(),
    });
    let file = OrganizationFile {
        organization: [OrganizationOf {
            id: of.id.clone(),
            management: of.management.clone(),
            root: of.root.clone().unwrap_or_default(),
            without_full_access: without_full_access.collect(),
            unit: unit.collect(),
            service_control_policy: policies.remove(&Control::Service).unwrap_or_default(),
            resource_control_policy: policies.remove(&Control::Resource).unwrap_or_default(),
        }],
    };
    let toml = toml::to_string(&file).map_err(|error| error.to_string())?;
    let mut text = String::new();
    for difference in &kept.differences {
        text.push_str(&format!("# not as in the organization: {}\n", plain(difference)));
    }
    Ok((text + &toml, kept.differences))
}

impl Kept<'_> {
    fn user(&mut self, user: &Entity) -> User {
        let whose = format!("user {}", user.name);
        let mut policies = self.policies(&user.attached, "", &whose);
        for group in &user.groups {
            if let Some(attached) = self.details.groups.get(group) {
                policies.extend(self.policies(attached, &format!("group {group}: "), &whose));
            }
        }
        User {
            boundary: self.boundary(user.boundary.as_deref(), &whose),
            name: user.name.clone(),
            path: user.path.clone(),
            tags: user.tags.clone(),
            policies,
        }
    }

    /// A role whose trust policy cannot be read at all is left out: nobody could say whom it lets in.
    fn role(&mut self, role: &Entity) -> Option<Role> {
        let name = format!("{}{}", role.path.trim_start_matches('/'), role.name);
        let whose = format!("role {name}");
        let trust = role.trust.as_deref().unwrap_or_default();
        let Some(trust) = self.readable(trust, Usage::Trust, &format!("{whose}: its trust policy")) else {
            self.differences.push(format!("{whose} is left out"));
            return None;
        };
        Some(Role {
            policies: self.policies(&role.attached, "", &whose),
            boundary: self.boundary(role.boundary.as_deref(), &whose),
            tags: role.tags.clone(),
            trust,
            name,
        })
    }

    fn policies(&mut self, attached: &Attached, prefix: &str, whose: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let managed = attached.managed.iter().map(|arn| (arn.as_str(), self.details.policies.get(arn)));
        let inline = attached.inline.iter().map(|(name, text)| (name.as_str(), Some(text)));
        for (name, text) in inline.chain(managed).collect::<Vec<_>>() {
            let what = format!("{whose}: its policy {prefix}{name}");
            let Some(text) = text else {
                self.differences.push(format!("{what} was not told"));
                continue;
            };
            match of_sts(text) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    if let Some(text) = self.readable(&text, Usage::Identity, &what) {
                        found.insert(format!("{prefix}{name}"), text);
                    }
                }
                Err(reason) => self.differences.push(format!("{what} is left out: {reason}")),
            }
        }
        found
    }

    /// A boundary allows nothing that it does not say, so it is kept even where it says nothing of STS.
    fn boundary(&mut self, arn: Option<&str>, whose: &str) -> BTreeMap<String, String> {
        let Some(arn) = arn else { return BTreeMap::new() };
        let what = format!("{whose}: its permissions boundary {arn}");
        let text = self.details.policies.get(arn).map(|text| of_sts(text));
        let text = match text {
            Some(Ok(Some(text))) => self.readable(&text, Usage::Identity, &what),
            Some(Ok(None)) => Some(NOTHING.to_owned()),
            Some(Err(_)) | None => None,
        };
        match text {
            // What `policy/` stands before in an ARN, is the name.
            Some(text) => {
                let name = arn.split_once("policy/").map_or(arn, |(_, name)| name);
                BTreeMap::from([(name.to_owned(), text)])
            }
            None => {
                self.differences.push(format!("{what} is left out: it cannot be read"));
                BTreeMap::new()
            }
        }
    }

    /// Returns the policy as it is, if we can evaluate it; else as much of it as we can.
    fn readable(&mut self, text: &str, usage: Usage, what: &str) -> Option<String> {
        let fits = |document: &Document| document.check(usage).is_ok();
        if Document::parse(text).is_ok_and(|document| fits(&document)) {
            // Compact, and with no key twice.
            return Some(
                serde_json::from_str::<Value>(text).map_or_else(|_| text.to_owned(), |value| value.to_string()),
            );
        }
        let reading = match Document::read_leniently(text) {
            Ok(reading) => reading,
            Err(error) => {
                self.differences.push(format!("{what} cannot be read: {error}"));
                return None;
            }
        };
        let faults: BTreeSet<String> = reading.faults.iter().map(ToString::to_string).collect();
        let document = without_unknown(reading.document);
        let text = document.to_json().to_string();
        if document.statements.is_empty() || !Document::parse(&text).is_ok_and(|document| fits(&document)) {
            self.differences.push(format!("{what} is left out: {}", all(&faults)));
            return None;
        }
        self.differences.push(format!("{what} allows rather more: {}", all(&faults)));
        Some(text)
    }
}

fn all(faults: &BTreeSet<String>) -> String {
    if faults.is_empty() {
        return "it is not of the form of its kind".to_owned();
    }
    faults.iter().cloned().collect::<Vec<_>>().join("; ")
}

/// Takes out what looks at keys that we do not know: conditions of an Allow, and a Deny altogether.
fn without_unknown(mut document: Document) -> Document {
    let is_known = |key: &ConditionKey| ConditionKey::known(key.as_str()).is_some();
    document.statements.retain(|statement| {
        statement.effect == Effect::Allow || statement.conditions.iter().all(|condition| is_known(&condition.key))
    });
    for statement in &mut document.statements {
        statement.conditions.retain(|condition| is_known(&condition.key));
    }
    document
}

/// A policy that allows nothing and denies nothing.
const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"*","Resource":"*"}}"#;

/// Returns what of an identity policy can be about STS, if anything is.
fn of_sts(text: &str) -> Result<Option<String>, String> {
    let mut policy: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let statements = match policy.get_mut("Statement") {
        Some(Value::Array(list)) => std::mem::take(list),
        Some(one) => vec![one.take()],
        None => return Ok(None),
    };
    let kept: Vec<Value> = statements.into_iter().filter_map(statement_of_sts).collect();
    if kept.is_empty() {
        return Ok(None);
    }
    policy["Statement"] = Value::Array(kept);
    Ok(Some(policy.to_string()))
}

fn statement_of_sts(mut statement: Value) -> Option<Value> {
    if let Some(actions) = statement.get_mut("Action") {
        let all = match actions.take() {
            Value::Array(list) => list,
            one => vec![one],
        };
        let kept: Vec<Value> = all.into_iter().filter(|action| action.as_str().is_none_or(is_of_sts)).collect();
        if kept.is_empty() {
            return None;
        }
        *actions = Value::Array(kept);
    }
    let excluded = match statement.get("NotAction") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one.as_str()],
        Some(_) | None => Vec::new(),
    };
    let excludes_sts = excluded.iter().any(|action| *action == "*" || action.eq_ignore_ascii_case("sts:*"));
    (!excludes_sts).then_some(statement)
}

/// Whether a pattern of actions can match one of STS's.
fn is_of_sts(pattern: &str) -> bool {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default().to_ascii_lowercase();
    fixed.starts_with("sts:") || (fixed.len() < pattern.len() && "sts:".starts_with(&fixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(action: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": {action}, "Resource": "*"}}]}}"#
        )
    }

    #[test]
    fn only_what_can_be_about_sts_is_kept() {
        let cases = [
            (r#""s3:GetObject""#, None),
            (r#"["s3:*", "sts:AssumeRole"]"#, Some(r#"["sts:AssumeRole"]"#)),
            (r#"["*"]"#, Some(r#"["*"]"#)),
            (r#"["s*", "STS:Assume*", "st?:*", "ssm:*", "iam:*", "sts"]"#, Some(r#"["s*","STS:Assume*","st?:*"]"#)),
        ];
        for (actions, expected) in cases {
            let kept = of_sts(&statement(actions)).unwrap();
            let kept =
                kept.map(|text| serde_json::from_str::<Value>(&text).unwrap()["Statement"][0]["Action"].to_string());
            assert_eq!(kept.as_deref(), expected, "{actions}");
        }
        let not = |action: &str| {
            of_sts(&statement(r#""x:y""#).replace("\"Action\": \"x:y\"", &format!("\"NotAction\": {action}")))
        };
        assert!(not(r#""iam:*""#).unwrap().is_some());
        assert!(not(r#"["iam:*", "sts:*"]"#).unwrap().is_none());
    }

    fn role(trust: &str) -> Entity {
        Entity {
            name: "Deploy".to_owned(),
            path: "/teams/".to_owned(),
            arn: "arn:aws:iam::111122223333:role/teams/Deploy".to_owned(),
            trust: Some(trust.to_owned()),
            ..Entity::default()
        }
    }

    const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
        "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "E-1"}}}]}"#;

    #[test]
    fn groups_managed_policies_and_boundaries_belong_to_those_who_have_them() {
        let admins = "arn:aws:iam::aws:policy/AdministratorAccess".to_owned();
        let bounds = "arn:aws:iam::111122223333:policy/team/Bounds".to_owned();
        let details = Details {
            users: vec![Entity {
                name: "alice".to_owned(),
                path: "/".to_owned(),
                arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
                groups: vec!["admins".to_owned()],
                boundary: Some(bounds.clone()),
                ..Entity::default()
            }],
            groups: BTreeMap::from([(
                "admins".to_owned(),
                Attached { inline: Vec::new(), managed: vec![admins.clone()] },
            )]),
            roles: vec![role(TRUST)],
            policies: BTreeMap::from([(admins, statement(r#""*""#)), (bounds, statement(r#""s3:*""#))]),
        };
        let snapshot = details.snapshot("aws", "111122223333", Some("o-own")).unwrap();
        assert_eq!((snapshot.users, snapshot.roles, snapshot.differences.len()), (1, 1, 0), "{}", snapshot.text);
        let read: toml::Table = toml::from_str(&snapshot.text).unwrap();
        let user = &read["account"][0]["user"][0];
        let policy = user["policies"]["group admins: arn:aws:iam::aws:policy/AdministratorAccess"].as_str().unwrap();
        assert!(policy.contains(r#""Action":["*"]"#), "{policy}");
        // It says nothing of STS, so it lets nobody assume.
        assert_eq!(user["boundary"]["team/Bounds"].as_str(), Some(NOTHING));
        assert_eq!(read["account"][0]["role"][0]["name"].as_str(), Some("teams/Deploy"));
    }

    #[test]
    fn what_cannot_be_evaluated_is_said_and_allows_rather_more() {
        let unknown = TRUST.replace("sts:ExternalId", "sts:Mood");
        let details = |trust: &str| Details { roles: vec![role(trust)], ..Details::default() };
        let snapshot = details(&unknown).snapshot("aws", "111122223333", None).unwrap();
        assert_eq!(snapshot.differences.len(), 1);
        assert!(
            snapshot
                .text
                .starts_with("# not as in the account: role teams/Deploy: its trust policy allows rather more"),
            "{}",
            snapshot.text
        );
        assert!(!snapshot.text.contains("Mood\":"), "{}", snapshot.text);
        let left_out = details("{").snapshot("aws", "111122223333", None).unwrap();
        assert_eq!((left_out.roles, left_out.differences.len()), (0, 2));
    }
}
