//! A smaller policy: a role's own policies without what was not used.
//!
//! Statements stay as they are but for their actions: resources and conditions too, since no report tells which of them were
//! reached. An action that IAM tracks, and nobody tried, goes; one that it does not track stays where the policy names it.
//! Where only a wildcard names it, nobody can tell, and that is said.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Service;
use crate::policy::action_means;

/// A smaller policy, and what has to be known of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proposal {
    /// The policy. It allows nothing that the role's policies do not.
    pub policy: Value,
    /// What to look at before it is used.
    pub remarks: Vec<String>,
}

/// Returns the policies without what was not used.
pub fn proposal(services: &[Service], policies: &[(String, String)]) -> Proposal {
    let mut made = Made { services, remarks: BTreeSet::new(), sids: BTreeSet::new() };
    let mut statements = Vec::new();
    for (name, text) in policies {
        let Ok(Value::Object(policy)) = serde_json::from_str::<Value>(text) else {
            made.remarks.insert(format!("{name} is no JSON, and left out"));
            continue;
        };
        if policy.get("Version").and_then(Value::as_str) != Some("2012-10-17") && text.contains("${") {
            let remark = format!("{name} is of the older version, in which ${{…}} is no variable; in this one it is");
            made.remarks.insert(remark);
        }
        let own = match policy.get("Statement") {
            Some(Value::Array(list)) => list.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        };
        statements.extend(own.into_iter().filter_map(|statement| made.smaller(name, statement)));
    }
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    Proposal { policy, remarks: made.remarks.into_iter().collect() }
}

struct Made<'a> {
    services: &'a [Service],
    remarks: BTreeSet<String>,
    sids: BTreeSet<String>,
}

impl Made<'_> {
    fn smaller(&mut self, policy: &str, statement: Value) -> Option<Value> {
        let Value::Object(mut statement) = statement else { return None };
        let is_allow = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        match (is_allow, statement.get("Action").cloned()) {
            (true, Some(action)) => {
                let kept = self.kept(&texts(&action));
                if kept.is_empty() {
                    return None;
                }
                statement.insert("Action".to_owned(), json!(kept));
            }
            (true, None) => {
                let remark = format!("a statement of {policy} allows by NotAction, and stays as it is");
                self.remarks.insert(remark);
            }
            (false, _) => {}
        }
        self.rename(&mut statement);
        Some(Value::Object(statement))
    }

    /// Statements of several policies come together, and no `Sid` may stand twice.
    fn rename(&mut self, statement: &mut Map<String, Value>) {
        let Some(sid) = statement.get("Sid").and_then(Value::as_str).map(str::to_owned) else { return };
        let other = (2..).map(|number| format!("{sid}{number}"));
        let free = std::iter::once(sid.clone()).chain(other).find(|name| !self.sids.contains(name));
        let free = free.unwrap_or(sid);
        self.sids.insert(free.clone());
        statement.insert("Sid".to_owned(), Value::from(free));
    }

    fn kept(&mut self, patterns: &[String]) -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        for pattern in patterns {
            let of_pattern = match pattern.split_once(':') {
                Some((namespace, _)) => self.of_service(pattern, namespace),
                None => self.of_everything(pattern),
            };
            for action in of_pattern {
                if !kept.contains(&action) {
                    kept.push(action);
                }
            }
        }
        kept
    }

    /// `*` becomes what was used, service by service.
    fn of_everything(&mut self, pattern: &str) -> Vec<String> {
        if pattern != "*" {
            return vec![pattern.to_owned()];
        }
        let services = self.services;
        services.iter().flat_map(|one| self.of_service(&format!("{}:*", one.namespace), &one.namespace)).collect()
    }

    fn of_service(&mut self, pattern: &str, namespace: &str) -> Vec<String> {
        let as_it_is = || vec![pattern.to_owned()];
        let services = self.services;
        let Some(service) = services.iter().find(|known| known.namespace.eq_ignore_ascii_case(namespace)) else {
            self.remarks.insert(format!("IAM reports nothing of {namespace}: what is allowed of it stays"));
            return as_it_is();
        };
        if service.last.is_none() && service.actions.iter().all(|(_, used)| used.is_none()) {
            return Vec::new();
        }
        if service.actions.is_empty() {
            let remark = format!("IAM does not tell which actions of {namespace} were used: {pattern} stays");
            self.remarks.insert(remark);
            return as_it_is();
        }
        let full = |action: &str| format!("{}:{action}", service.namespace);
        if !pattern.contains(['*', '?']) {
            let tracked = service.actions.iter().find(|(action, _)| full(action).eq_ignore_ascii_case(pattern));
            return if tracked.is_none_or(|(_, used)| used.is_some()) { as_it_is() } else { Vec::new() };
        }
        if !service.is_explained() {
            let remark = format!(
                "of {namespace} something was used that IAM does not track (reading data, say): {pattern} stays"
            );
            self.remarks.insert(remark);
            return as_it_is();
        }
        let remark = format!("of {namespace} only what IAM tracks is told: what {pattern} allows besides is left out");
        self.remarks.insert(remark);
        let used = service.actions.iter().filter(|(_, used)| used.is_some()).map(|(action, _)| full(action));
        used.filter(|action| action_means(pattern, action)).collect()
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        other => other.as_str().map(str::to_owned).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use proptest::prelude::*;

    use super::super::Use;
    use super::*;
    use crate::policy::{Context, Document, Principal, Request, allows};

    fn at(hours: u64) -> Option<Use> {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(hours * 3_600);
        Some(Use { at, region: Some("eu-west-1".to_owned()) })
    }

    fn service(namespace: &str, last: Option<Use>, actions: &[(&str, Option<Use>)]) -> Service {
        Service {
            namespace: namespace.to_owned(),
            name: namespace.to_owned(),
            last,
            actions: actions.iter().map(|(action, used)| ((*action).to_owned(), used.clone())).collect(),
        }
    }

    fn services() -> Vec<Service> {
        vec![
            service("ec2", None, &[("RunInstances", None), ("StopInstances", None)]),
            service("iam", at(100), &[("GetRole", at(100)), ("ListRoles", at(90)), ("DeleteUser", None)]),
            service("s3", at(200), &[("CreateBucket", at(50)), ("DeleteBucket", None)]),
            service("sqs", at(10), &[]),
            service("ssm", None, &[]),
        ]
    }

    fn of(actions: &str) -> (Vec<String>, Vec<String>) {
        let policy = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}}}"#);
        let made = proposal(&services(), &[("P".to_owned(), policy)]);
        (texts(&made.policy["Statement"][0]["Action"]), made.remarks)
    }

    #[test]
    fn what_was_not_used_goes_and_what_nobody_can_tell_stays() {
        let cases: [(&str, &[&str]); 9] = [
            (r#""*""#, &["iam:GetRole", "iam:ListRoles", "s3:*", "sqs:*"]),
            (r#"["ec2:*", "ssm:GetParameter"]"#, &[]),
            (r#""iam:*""#, &["iam:GetRole", "iam:ListRoles"]),
            (r#""IAM:get*""#, &["iam:GetRole"]),
            (r#"["iam:DeleteUser", "iam:GetRole"]"#, &["iam:GetRole"]),
            (r#""iam:PassRole""#, &["iam:PassRole"]),
            (r#"["s3:GetObject", "s3:DeleteBucket"]"#, &["s3:GetObject"]),
            (r#""sqs:Send*""#, &["sqs:Send*"]),
            (r#""newservice:*""#, &["newservice:*"]),
        ];
        for (actions, expected) in cases {
            assert_eq!(of(actions).0, expected, "{actions}");
        }
        let remarks = of(r#""*""#).1.join("\n");
        for said in ["s3 something was used that IAM does not track", "actions of sqs were used: sqs:* stays"] {
            assert!(remarks.contains(said), "{remarks}");
        }
        assert!(of(r#""iam:*""#).1[0].contains("of iam only what IAM tracks is told"));
    }

    #[test]
    fn resources_conditions_and_denials_stay_and_no_sid_stands_twice() {
        let one = r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"A","Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::1:role/x","Condition":{"Bool":{"aws:SecureTransport":"true"}}},
            {"Sid":"B","Effect":"Deny","Action":"iam:Delete*","Resource":"*"},
            {"Effect":"Allow","NotAction":"ec2:*","Resource":"*"},
            {"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#;
        let two = r#"{"Statement":{"Sid":"A","Effect":"Allow","Action":"sqs:*","Resource":"${x}"}}"#;
        let made = proposal(&services(), &[("One".to_owned(), one.to_owned()), ("Two".to_owned(), two.to_owned())]);
        let statements = made.policy["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 4, "{statements:?}");
        assert_eq!(statements[0]["Condition"]["Bool"]["aws:SecureTransport"], "true");
        assert_eq!(statements[0]["Resource"], "arn:aws:iam::1:role/x");
        assert_eq!(statements[1]["Action"], "iam:Delete*");
        assert_eq!(statements[2]["NotAction"], "ec2:*");
        assert_eq!(statements[3]["Sid"], "A2");
        let remarks = made.remarks.join("\n");
        assert!(remarks.contains("One allows by NotAction") && remarks.contains("Two is of the older"), "{remarks}");
    }

    fn may(policies: &[Document], action: &str) -> bool {
        let request = Request {
            action: action.to_owned(),
            resource: "*".to_owned(),
            principal: Principal::Anonymous,
            context: Context::new(),
        };
        allows(policies, &request).is_allowed()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_never_allows_more_and_always_what_was_used(
            statements in prop::collection::vec(
                (any::<bool>(), any::<bool>(), prop::collection::vec(prop::sample::select(PATTERNS.to_vec()), 1..4)), 1..5
            ),
            used in prop::collection::vec(prop::option::of(0u64..300), POOL.len()),
        ) {
            let tracked = |action: &str| !action.starts_with("sqs:") && action != "s3:GetObject";
            let mut services: Vec<Service> = Vec::new();
            for (action, when) in POOL.iter().zip(&used) {
                let (namespace, name) = action.split_once(':').unwrap();
                if services.last().is_none_or(|last| last.namespace != namespace) {
                    services.push(service(namespace, None, &[]));
                }
                let last = services.last_mut().unwrap();
                let when = when.and_then(at);
                if tracked(action) {
                    last.actions.push((name.to_owned(), when.clone()));
                }
                let newest = [last.last.clone(), when].into_iter().flatten().max_by_key(|used| used.at);
                last.last = newest;
            }
            let statement = |(allow, not, patterns): &(bool, bool, Vec<&str>)| json!({
                "Effect": if *allow { "Allow" } else { "Deny" },
                if *not { "NotAction" } else { "Action" }: patterns,
                "Resource": "*",
            });
            let old = json!({ "Version": "2012-10-17", "Statement": statements.iter().map(statement).collect::<Vec<_>>() });
            let made = proposal(&services, &[("P".to_owned(), old.to_string())]);
            let before = [Document::parse_identity(&old.to_string()).unwrap()];
            let is_empty = made.policy["Statement"].as_array().unwrap().is_empty();
            let after: Vec<Document> = (!is_empty)
                .then(|| Document::parse_identity(&made.policy.to_string()).unwrap())
                .into_iter()
                .collect();
            for (action, when) in POOL.iter().zip(&used) {
                prop_assert!(!may(&after, action) || may(&before, action), "{action} is new in {}", made.policy);
                if when.is_some() && tracked(action) && may(&before, action) {
                    prop_assert!(may(&after, action), "{action} was used and is gone: {}", made.policy);
                }
            }
        }
    }

    const POOL: [&str; 8] = [
        "iam:GetRole",
        "iam:ListRoles",
        "iam:DeleteUser",
        "s3:CreateBucket",
        "s3:GetObject",
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "ec2:RunInstances",
    ];
    const PATTERNS: [&str; 12] = [
        "*",
        "iam:*",
        "iam:Get*",
        "iam:*Role*",
        "s3:*",
        "s3:GetObject",
        "s3:*Bucket",
        "sqs:*",
        "sqs:Send*",
        "ec2:*",
        "ec2:RunInstances",
        "iam:DeleteUser",
    ];
}
