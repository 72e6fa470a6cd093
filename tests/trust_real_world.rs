//! `assume trust check` on the trust policies that people have published. The table's head says where they come from.

use std::collections::BTreeMap;

use assume::policy::found::policies_in;
use assume::policy::lint::{Around, check};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    false_alarms: usize,
    policy: Vec<Published>,
}

/// One policy. The table's head tells what each field means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    repository: String,
    path: String,
    #[serde(default)]
    commit: Option<String>,
    says: String,
    policy: String,
    #[serde(default)]
    finding: Vec<Judged>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    rule: String,
    judged: Judgement,
    why: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
enum Judgement {
    #[serde(rename = "right")]
    Right,
    #[serde(rename = "false alarm")]
    FalseAlarm,
}

const OWN: &str = "111122223333";

fn table() -> Table {
    toml::from_str(include_str!("trust/real_world.toml")).unwrap()
}

#[test]
fn what_is_found_in_published_policies_is_what_was_judged_one_by_one() {
    let around = Around { own: [OWN.to_owned()].into(), ..Around::default() };
    let mut wrong = String::new();
    for entry in table().policy {
        let found = policies_in(&entry.policy, Some(OWN)).unwrap_or_else(|error| panic!("{}: {error}", entry.says));
        let mut around = around.clone();
        let mut rules: Vec<&str> = Vec::new();
        for policy in found.policies {
            around.known.extend(policy.names);
            rules.extend(check(&policy.text, &around).into_iter().map(|finding| finding.rule.id));
        }
        let mut judged: Vec<&str> = entry.finding.iter().map(|finding| finding.rule.as_str()).collect();
        rules.sort_unstable();
        judged.sort_unstable();
        if rules != judged {
            wrong.push_str(&format!("{} {}: found {rules:?}, judged {judged:?}\n", entry.repository, entry.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn there_are_a_hundred_at_least_and_false_alarms_are_counted() {
    let table = table();
    let mut places: Vec<_> = table.policy.iter().map(|entry| (&entry.repository, &entry.path)).collect();
    places.sort_unstable();
    assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "one stands there twice");
    assert!(places.len() >= 100, "{}", places.len());
    let mut alarms: BTreeMap<&str, usize> = BTreeMap::new();
    let judged = table.policy.iter().flat_map(|entry| &entry.finding);
    assert!(judged.clone().all(|finding| !finding.why.trim().is_empty()));
    for finding in judged.filter(|finding| finding.judged == Judgement::FalseAlarm) {
        *alarms.entry(&finding.rule).or_default() += 1;
    }
    assert_eq!(alarms.values().sum::<usize>(), table.false_alarms, "{alarms:?}");
    let commits = table.policy.iter().filter_map(|entry| entry.commit.as_ref());
    assert!(commits.into_iter().all(|commit| commit.len() == 40));
}
