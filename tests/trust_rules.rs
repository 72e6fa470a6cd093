//! Each rule of `assume trust check` finds what it should, leaves its near twin alone, and is missed where it is taken out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use assume::policy::lint::{Among, Around, RULES, UseOfRole, check, check_by, check_together};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rule: Vec<Row>,
    clean: Vec<Clean>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    found: Vec<String>,
    twin: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clean {
    policy: String,
}

/// Rules that look at more than the text.
const ELSEWHERE: [&str; 2] = ["TP-SIZE", "TP-UNUSED"];

fn table() -> Table {
    toml::from_str(include_str!("trust/rules.toml")).unwrap()
}

fn policy(text: &str) -> String {
    let text = text
        .replace("\"ID\"", "\"5b0b6c1e-6a0e-4a4e-9d53-0d6c8f1f3c11\"")
        .replace("\"OTHER\"", "\"c2a4e6f8-1b3d-4f57-8a9b-7c6d5e4f3a21\"")
        .replace("\"SAML\"", "\"arn:aws:iam::111122223333:saml-provider/Corp\"")
        .replace("\"OIDC\"", "\"arn:aws:iam::111122223333:oidc-provider/gitlab.example.com\"")
        .replace("\"GITHUB\"", "\"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com\"");
    if text.starts_with("{\"Version\"") { text } else { format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#) }
}

fn around() -> Around {
    let partner = |account: &str| (account.to_owned(), "Acme".to_owned());
    Around {
        role_arn: Some("arn:aws:iam::111122223333:role/R".to_owned()),
        own: BTreeSet::from(["111122223333".to_owned()]),
        organizations: BTreeSet::new(),
        known: BTreeMap::from([partner("444455556666"), partner("444455557777")]),
        use_of_role: None,
    }
}

fn ids(text: &str, without: Option<&str>) -> Vec<&'static str> {
    let rules = RULES.iter().filter(|rule| Some(rule.id) != without);
    check_by(rules, &policy(text), &around()).into_iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn each_rule_finds_what_it_should_and_leaves_the_twin_alone() {
    let mut wrong = Vec::new();
    for row in table().rule {
        for text in &row.found {
            let found = ids(text, None);
            if !found.contains(&row.id.as_str()) {
                wrong.push(format!("{} misses {text}\n    which is {found:?}", row.id));
            }
        }
        for text in row.twin.iter().filter(|text| ids(text, None).contains(&row.id.as_str())) {
            wrong.push(format!("{} finds its twin {text}", row.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_rule_finds_is_missed_without_it() {
    for row in table().rule {
        for text in &row.found {
            assert!(!ids(text, Some(&row.id)).contains(&row.id.as_str()), "{} {text}", row.id);
        }
    }
}

#[test]
fn every_rule_has_its_cases() {
    let known: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(known.len(), RULES.len());
    let tried: BTreeSet<String> =
        table().rule.into_iter().map(|row| row.id).chain(ELSEWHERE.map(str::to_owned)).collect();
    assert_eq!(tried, known.iter().map(|id| (*id).to_owned()).collect());
}

#[test]
fn in_what_is_as_it_should_be_nothing_is_found() {
    for clean in table().clean {
        assert_eq!(ids(&clean.policy, None), [""; 0], "{}", clean.policy);
    }
}

#[test]
fn whoever_is_ours_is_no_third_party() {
    let text = policy(
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::777788889999:role/R"},"Action":"sts:AssumeRole"}"#,
    );
    let found = |around: &Around| check(&text, around).iter().any(|finding| finding.rule.id == "TP-NO-EXTID");
    let mut ours = around();
    assert!(found(&ours));
    ours.own.insert("777788889999".to_owned());
    assert!(!found(&ours));
    assert!(found(&Around::default()), "where nothing is known, every account is somebody else's");
}

#[test]
fn an_organization_is_ours_by_what_config_says_and_where_it_says_nothing_by_the_policy() {
    let anybody = policy(
        r#"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}"#,
    );
    let account = policy(
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::777788889999:role/R"},"Action":"sts:AssumeRole","Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/*"}}}"#,
    );
    let found = |text: &str, ours: &[&str]| {
        let organizations = ours.iter().map(|one| (*one).to_owned()).collect();
        let found = check(text, &Around { organizations, ..around() });
        found.iter().map(|finding| finding.rule.id).collect::<Vec<_>>()
    };
    for ours in [&[][..], &["o-a1b2c3d4e5"], &["o-zzzzzzzzzz", "o-a1b2c3d4e5"]] {
        assert_eq!(found(&anybody, ours), [""; 0], "{ours:?}");
        assert_eq!(found(&account, ours), [""; 0], "{ours:?}");
    }
    assert_eq!(found(&anybody, &["o-zzzzzzzzzz"]), ["TP-PUBLIC"]);
    assert_eq!(found(&account, &["o-zzzzzzzzzz"]), ["TP-NO-EXTID"]);
}

#[test]
fn a_finding_says_where_it_is_and_names_whom_it_knows() {
    let text = policy(
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},
           {"Sid":"Acme","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole",
            "Condition":{"StringEqualsIfExists":{"sts:ExternalId":"ID"}}}"#,
    );
    let found = check(&text, &around());
    let soft = found.iter().find(|finding| finding.rule.id == "TP-EXTID-SOFT").unwrap();
    assert_eq!(soft.place.to_string(), "Statement[1] (Acme).Condition.StringEqualsIfExists.sts:ExternalId");
    assert!(soft.message.contains("444455556666 (Acme)"), "{}", soft.message);
    assert_eq!(assume::policy::lint::line_of(&text, &soft.place.steps()), 3);
}

#[test]
fn a_policy_is_too_long_by_what_is_not_white_space() {
    let with = |sid: usize, space: usize| {
        format!(
            r#"{{"Version":"2012-10-17",{}"Statement":[{{"Sid":"{}","Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":"sts:AssumeRole"}}]}}"#,
            " ".repeat(space),
            "a".repeat(sid)
        )
    };
    let rest = with(0, 0).len();
    let found = |text: &str| check(text, &around()).iter().any(|finding| finding.rule.id == "TP-SIZE");
    assert!(!found(&with(2_048 - rest, 500)));
    assert!(found(&with(2_049 - rest, 0)));
}

#[test]
fn a_trust_that_nobody_used_for_ninety_days_is_found() {
    let text = policy(r#"{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}"#);
    let day = |day: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400);
    let found = |made: u64, last: Option<u64>| {
        let use_of_role = UseOfRole { made: day(made), last: last.map(day), now: day(1_000) };
        let around = Around { use_of_role: Some(use_of_role), ..around() };
        check(&text, &around).iter().any(|finding| finding.rule.id == "TP-UNUSED")
    };
    assert!(found(0, Some(909)));
    assert!(!found(0, Some(910)));
    assert!(found(909, None));
    assert!(!found(950, None), "a new role was not used yet");
    assert!(!check(&text, &around()).iter().any(|finding| finding.rule.id == "TP-UNUSED"));
}

#[test]
fn an_external_id_of_two_partners_or_for_two_accounts_of_ours_is_found_across_policies() {
    let of = |account: &str| {
        policy(&format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"sts:ExternalId":"ID"}}}}}}"#
        ))
    };
    let (acme, acme_too, other) = (of("444455556666"), of("444455557777"), of("777788889999"));
    let elsewhere = Around { role_arn: Some("arn:aws:iam::222233334444:role/R".to_owned()), ..around() };
    let here = around();
    let found = |policies: &[(&str, &Around)]| {
        let policies: Vec<Among<'_>> = policies.iter().map(|(text, around)| Among { text, around }).collect();
        check_together(&policies).into_iter().map(|(number, _)| number).collect::<Vec<_>>()
    };
    assert_eq!(found(&[(&acme, &here), (&other, &here)]), [0, 1]);
    assert_eq!(found(&[(&acme, &here), (&acme, &elsewhere)]), [0, 1]);
    assert_eq!(found(&[(&acme, &here), (&acme_too, &here)]), [0; 0]);
    assert_eq!(found(&[(&acme, &here)]), [0; 0]);
}
