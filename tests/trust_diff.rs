//! `assume trust check --diff`, `trust show` and `trust simulate`.

use std::cell::Cell;

use assume::policy::diff::{Access, compare};
use assume::policy::simulate::simulate;
use assume::policy::{Context, Document, Principal, Request, may_assume};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::home::Home;

const ROLE: &str = "arn:aws:iam::999999999999:role/R";

fn users(account: &str, name: &str) -> Principal {
    Principal::User { arn: format!("arn:aws:iam::{account}:user/{name}"), account: account.to_owned() }
}

fn sessions(account: &str, role: &str) -> Principal {
    let name = role.rsplit('/').next().unwrap();
    Principal::AssumedRole {
        session_arn: format!("arn:aws:sts::{account}:assumed-role/{name}/s"),
        role_arn: format!("arn:aws:iam::{account}:role/{role}"),
        account: account.to_owned(),
    }
}

fn principals() -> impl Strategy<Value = Principal> {
    let account = || prop::sample::select(vec!["999999999999", "111122223333", "444455556666", "121212121212"]);
    prop_oneof![
        (account(), prop::sample::select(vec!["u", "v", "other"])).prop_map(|(account, name)| users(account, name)),
        (account(), prop::sample::select(vec!["S", "a/S", "Deploy-x", "none"]))
            .prop_map(|(account, role)| sessions(account, role)),
        Just(Principal::Federated { provider: "arn:aws:iam::999999999999:saml-provider/Corp".to_owned() }),
        Just(Principal::Federated { provider: "accounts.google.com".to_owned() }),
        Just(Principal::Service { name: "ec2.amazonaws.com".to_owned() }),
        Just(Principal::Service { name: "scheduler.amazonaws.com".to_owned() }),
    ]
}

/// Requests as they can be: an external ID with AssumeRole, an audience with SAML, a source account with a service.
pub(crate) fn requests() -> impl Strategy<Value = Request> {
    let id = prop::option::of(prop::sample::select(vec!["a", "b", "ab", "abc", "xyz", "A"]));
    let tags = prop::collection::vec(prop::sample::select(vec!["team", "cost", "new"]), 0..3);
    let mfa = prop::option::of(prop::sample::select(vec!["true", "false"]));
    let age = prop::option::of(prop::sample::select(vec!["0", "899", "900", "3600", "7200"]));
    let ip = prop::sample::select(vec!["203.0.113.7", "198.51.100.7", "10.1.2.3", "2001:db8::1"]);
    let org = prop::option::of(prop::sample::select(vec!["o-one", "o-two"]));
    let companion = prop::option::of(prop::sample::select(vec!["sts:TagSession", "sts:SetSourceIdentity"]));
    (principals(), id, tags, mfa, age, ip, org, companion).prop_map(
        |(principal, id, tags, mfa, age, ip, org, companion)| {
            let mut context = Context::new().with("aws:SourceIp", ip).with_all("aws:TagKeys", tags);
            let action = match &principal {
                Principal::Federated { provider } if provider.contains("saml") => {
                    context.set("saml:aud", id.map(str::to_owned));
                    "sts:AssumeRoleWithSAML"
                }
                Principal::Federated { .. } => {
                    context.set("accounts.google.com:aud", id.map(str::to_owned));
                    "sts:AssumeRoleWithWebIdentity"
                }
                Principal::Service { .. } => {
                    context.set("aws:SourceAccount", id.map(str::to_owned));
                    "sts:AssumeRole"
                }
                Principal::User { .. }
                | Principal::AssumedRole { .. }
                | Principal::Root { .. }
                | Principal::Anonymous => {
                    context.set("sts:ExternalId", id.map(str::to_owned));
                    context.set("aws:MultiFactorAuthPresent", mfa);
                    context.set("aws:MultiFactorAuthAge", age);
                    context.set("aws:PrincipalOrgID", org);
                    "sts:AssumeRole"
                }
            };
            let action = companion.unwrap_or(action).to_owned();
            Request { action, resource: ROLE.to_owned(), principal, context }
        },
    )
}

pub(crate) fn conditions() -> impl Strategy<Value = String> {
    let text = prop::sample::select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringEqualsIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "ForAllValues:StringNotLike",
    ]);
    let key = prop::sample::select(vec![
        "sts:ExternalId",
        "aws:TagKeys",
        "aws:PrincipalOrgID",
        "saml:aud",
        "accounts.google.com:aud",
        "aws:SourceAccount",
        "aws:username",
    ]);
    let value = prop::sample::select(vec!["a", "b", "a*", "?", "*", "a?c", "team", "o-one", "u", "${aws:username}"]);
    let arn = prop::sample::select(vec![
        "arn:aws:iam::*:role/S",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::444455556666:user/u",
        "arn:aws:iam::*:role/a/*",
        "arn:aws:iam::111122223333:role/Deploy-?",
    ]);
    prop_oneof![
        2 => Just("{}".to_owned()),
        4 => (text, key, value).prop_map(|(operator, key, value)| format!(r#"{{"{operator}": {{"{key}": "{value}"}}}}"#)),
        1 => prop::sample::select(vec!["true", "false"])
            .prop_map(|mfa| format!(r#"{{"BoolIfExists": {{"aws:MultiFactorAuthPresent": "{mfa}"}}}}"#)),
        1 => (prop::sample::select(vec!["NumericLessThan", "NumericGreaterThanEqualsIfExists"]), prop::sample::select(vec!["900", "3600"]))
            .prop_map(|(operator, age)| format!(r#"{{"{operator}": {{"aws:MultiFactorAuthAge": "{age}"}}}}"#)),
        1 => prop::sample::select(vec!["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32"])
            .prop_map(|block| format!(r#"{{"IpAddress": {{"aws:SourceIp": "{block}"}}}}"#)),
        1 => any::<bool>().prop_map(|absent| format!(r#"{{"Null": {{"sts:ExternalId": {absent}}}}}"#)),
        1 => (prop::sample::select(vec!["ArnLike", "ArnNotLike", "StringLike", "StringNotEquals"]), arn)
            .prop_map(|(operator, arn)| format!(r#"{{"{operator}": {{"aws:PrincipalArn": "{arn}"}}}}"#)),
    ]
}

pub(crate) fn statements() -> impl Strategy<Value = String> {
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    let action = prop::sample::select(vec![
        r#""Action": "sts:AssumeRole""#,
        r#""Action": "*""#,
        r#""Action": ["sts:Tag*", "sts:AssumeRole*"]"#,
        r#""NotAction": "sts:TagSession""#,
    ]);
    let whom = prop::sample::select(vec![
        r#""Principal": "*""#,
        r#""Principal": {"AWS": "999999999999"}"#,
        r#""Principal": {"AWS": "arn:aws:iam::111122223333:root"}"#,
        r#""Principal": {"AWS": ["arn:aws:iam::999999999999:user/u", "arn:aws:iam::111122223333:role/a/S"]}"#,
        r#""Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/S/s"}"#,
        r#""Principal": {"Service": "scheduler.amazonaws.com", "Federated": "accounts.google.com"}"#,
        r#""Principal": {"Federated": "arn:aws:iam::999999999999:saml-provider/Corp"}"#,
        r#""NotPrincipal": {"AWS": ["arn:aws:iam::999999999999:user/u", "999999999999"]}"#,
    ]);
    (effect, action, whom, conditions()).prop_map(|(effect, action, whom, condition)| {
        format!(r#"{{"Effect": "{effect}", {action}, {whom}, "Condition": {condition}}}"#)
    })
}

pub(crate) fn document(statements: &[String]) -> Document {
    let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
    Document::parse_trust(&json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

pub(crate) fn everything() -> Document {
    Document::parse_identity(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#).unwrap()
}

fn access(trust: &Document, request: &Request) -> Access {
    if may_assume(trust, &[], request).is_allowed() {
        Access::Yes
    } else if may_assume(trust, &[everything()], request).is_allowed() {
        Access::IfOwnPoliciesAllow
    } else {
        Access::No
    }
}

/// How many requests the two policies of each case are asked about.
const REQUESTS: usize = 25;

/// What `--diff` says is what the evaluator says: of whomever it says nothing, nothing is different; each change that it
/// tells is one; and `simulate` agrees.
#[test]
fn a_difference_is_told_exactly_where_the_evaluator_makes_one() {
    let config = ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() };
    let policies = prop::collection::vec(statements(), 1..4);
    let change = (any::<prop::sample::Index>(), prop::option::of(statements()));
    let cases = (policies, change, prop::collection::vec(requests(), REQUESTS));
    let (asked, different, silent) = (Cell::new(0_usize), Cell::new(0_usize), Cell::new(0_usize));
    let count = |cell: &Cell<usize>| cell.set(cell.get() + 1);
    let tried = TestRunner::new(config).run(&cases, |(before, (at, put), requests)| {
        let mut after = before.clone();
        let at = at.index(after.len());
        match put {
            Some(statement) => after[at] = statement,
            None if after.len() > 1 => drop(after.remove(at)),
            None => {}
        }
        let (old, new) = (document(&before), document(&after));
        let found = compare(&old, &new, Some(ROLE));
        for change in &found.changes {
            let says = (access(&old, &change.example), access(&new, &change.example));
            prop_assert_eq!(says, (change.before, change.after), "{:?}", change);
        }
        if found.changes.is_empty() {
            count(&silent);
        }
        for request in requests {
            count(&asked);
            let (was, is) = (access(&old, &request), access(&new, &request));
            prop_assert_eq!(simulate(&new, &request).access, is);
            if was != is {
                count(&different);
                let told = found
                    .changes
                    .iter()
                    .any(|change| change.action == request.action && (change.before, change.after) == (was, is));
                prop_assert!(
                    told || !found.complete || !found.undecided.is_empty(),
                    "{:?} becomes {:?} for {:?} in\n{}\n{}",
                    was,
                    is,
                    request,
                    before.join("\n"),
                    after.join("\n")
                );
            }
        }
        Ok(())
    });
    if let Err(error) = tried {
        panic!("{error}");
    }
    assert!(asked.get() >= 10_000, "{asked:?}");
    assert!(different.get() > 300 && silent.get() > 30, "{different:?} {silent:?}");
}

/// A session's ARN does not have its role's path, and a condition on the role's ARN does.
#[test]
fn a_session_whose_role_lies_under_a_path_is_somebody_else() {
    let session = r#"{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/S/s"}"#;
    let old = format!(r#"{session}, "Condition": {{"ArnNotLike": {{"aws:PrincipalArn": "arn:aws:iam::*:role/S"}}}}}}"#);
    let other =
        r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}"#;
    let (_, told) = diff(&old, other);
    assert!(told.contains("arn:aws:sts::111122223333:assumed-role/S/s may no longer sts:AssumeRole"), "{told}");
}

fn diff(old: &str, new: &str) -> (i32, String) {
    let home = Home::new();
    home.write("old.json", &document_text(old));
    home.write("new.json", &document_text(new));
    let ran = home.run(&["trust", "check", "--diff", "old.json", "new.json"]);
    assert!(ran.stderr.contains("kinds of requests compared"), "{}", ran.stderr);
    (ran.code, ran.stdout)
}

fn document_text(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

const WITH_ID: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/Scanner"},
    "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "one"}}}"#;

#[test]
fn who_gains_and_who_loses_is_said_with_the_circumstances() {
    let nothing = "nobody gains or loses the role\n";
    assert_eq!(diff(WITH_ID, WITH_ID), (0, nothing.to_owned()));
    let soft = WITH_ID.replace("StringEquals", "StringEqualsIfExists");
    let scanner = "arn:aws:iam::444455556666:role/Scanner";
    assert_eq!(
        diff(WITH_ID, &soft),
        (
            1,
            format!(
                "+ {scanner} may now, if policies of their own allow it, sts:AssumeRole when sts:ExternalId is not there\n"
            )
        )
    );
    assert_eq!(
        diff(&soft, WITH_ID),
        (0, format!("- {scanner} may no longer sts:AssumeRole when sts:ExternalId is not there\n"))
    );
    assert_eq!(diff(WITH_ID, &WITH_ID.replace("\"one\"", "[\"one\", \"one\"]")), (0, nothing.to_owned()));
    let reordered = r#"{"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"}"#;
    assert_eq!(diff(WITH_ID, &format!("{reordered}, {WITH_ID}")), (0, nothing.to_owned()));
    let (code, other) = diff(WITH_ID, &WITH_ID.replace("\"one\"", "\"two\""));
    assert_eq!(code, 1);
    assert_eq!(other.lines().count(), 2, "{other}");
    assert!(
        other.contains("when sts:ExternalId is `two`") && other.contains("when sts:ExternalId is `one`"),
        "{other}"
    );
    let (code, whole) = diff(WITH_ID, &WITH_ID.replace("role/Scanner", "root"));
    assert_eq!(code, 1);
    assert!(whole.contains("any other role of account 444455556666"), "{whole}");
}

#[test]
fn simulate_says_what_decides_and_what_would_change_it() {
    let home = Home::new();
    home.write("role.json", &document_text(&format!("{WITH_ID}, {}", r#"{"Sid": "Never", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}"#)));
    let simulate = |arguments: &[&str]| {
        let ran = home.run(&[&["trust", "simulate", "--role", "role.json"], arguments].concat());
        assert_eq!(ran.stderr, "");
        (ran.code, ran.stdout)
    };
    let scanner = ["--as", "arn:aws:iam::444455556666:role/Scanner"];
    let (code, text) = simulate(&scanner);
    assert_eq!(code, 1);
    assert!(text.starts_with("refused\n  no statement allows it\n"), "{text}");
    assert!(text.contains("would allow it, but asks that sts:ExternalId is `one`"), "{text}");
    assert!(text.contains("it would be allowed with sts:ExternalId = `one`"), "{text}");
    let (code, text) = simulate(&[&scanner[..], &["--external-id", "one"]].concat());
    assert_eq!(code, 0);
    assert!(text.starts_with("allowed, if the policies of the one who asks"), "{text}");
    assert!(text.contains("Statement[0] allows it"), "{text}");
    let (code, text) =
        simulate(&[&scanner[..], &["--external-id", "one", "--context", "aws:SourceIp=198.51.100.7"]].concat());
    assert_eq!(code, 1);
    assert!(text.contains("Statement[1] (Never) denies it"), "{text}");
    let (code, text) = simulate(&["--as", "arn:aws:iam::444455556666:role/Other", "--external-id", "one"]);
    assert_eq!(code, 1);
    assert!(text.contains("nothing that arn:aws:iam::444455556666:role/Other could send changes that"), "{text}");
    let ran = home.run(&["trust", "simulate", "--role", "role.json", "--as", "alice"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn show_says_in_plain_words_who_may_assume_the_role() {
    let home = Home::new();
    home.config(
        "[accounts]\nown = [\"111122223333\"]\nknown = { \"444455556666\" = \"Acme\" }\n\
         [role.ci]\nidentity = \"work\"\nrole_arn = \"arn:aws:iam::111122223333:role/Ci\"\n\
         [identity.work]\nkeyring = true\n",
    );
    home.write("role.json", &document_text(&format!(
        "{WITH_ID}, {}",
        r#"{"Sid": "Ours", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/Ci"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "Null": {"aws:TagKeys": "false"}}}"#
    )));
    let ran = home.run(&["trust", "show", "role.json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        ran.stdout,
        "role.json\n  lets in   arn:aws:iam::444455556666:role/Scanner (Acme)\n    by      sts:AssumeRole\n    \
         if      sts:ExternalId is `one`\n  lets in   arn:aws:iam::111122223333:role/Ci (`ci`)  (Ours)\n    \
         by      sts:AssumeRole, sts:TagSession\n    if      aws:MultiFactorAuthPresent is `true`\n    \
         and     aws:TagKeys is there\n"
    );
    let ran = home.run(&["trust", "show", "role.json", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown[0]["statements"][1]["sid"], "Ours");
}
