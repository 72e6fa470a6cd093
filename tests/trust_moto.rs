//! Our evaluator of identity policies beside moto's, which runs as a program of its own.

use assume::policy::{Context, Decision, Document, Principal, Request, allows};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::aws_cli;
use crate::support::home::{Home, ran};

/// How many requests both are asked about.
const ASKED: usize = 1_500;

#[test]
fn motos_evaluator_of_identity_policies_agrees_or_the_disagreement_is_explained() {
    let mut runner = TestRunner::deterministic();
    let cases = (prop::collection::vec(prop::collection::vec(statements(), 1..4), 1..3), resources());
    let asked: Vec<(Vec<Value>, &str)> = (0..ASKED)
        .map(|_| {
            let (policies, resource) = cases.new_tree(&mut runner).unwrap().current();
            let policy = |statements: Vec<Value>| json!({ "Version": "2012-10-17", "Statement": statements });
            (policies.into_iter().map(policy).collect(), resource)
        })
        .collect();
    let line = |(policies, resource): &(Vec<Value>, &str)| {
        json!({ "policies": policies, "action": "sts:AssumeRole", "resource": resource }).to_string()
    };
    let lines: Vec<String> = asked.iter().map(line).collect();
    let home = Home::new();
    let mut python = home.program(aws_cli::python());
    python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/moto_identity.py"));
    let ran = ran(&mut python, &(lines.join("\n") + "\n"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let answers: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(answers.len(), ASKED);
    let (mut wrong, mut explained, mut agreed) = (Vec::new(), 0, [0; 3]);
    for (((policies, resource), answer), line) in asked.iter().zip(answers).zip(&lines) {
        let documents: Vec<Document> =
            policies.iter().map(|policy| Document::parse_identity(&policy.to_string()).unwrap()).collect();
        let request = Request {
            action: "sts:AssumeRole".to_owned(),
            resource: (*resource).to_owned(),
            principal: Principal::User {
                arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
                account: "111122223333".to_owned(),
            },
            context: Context::new(),
        };
        let (ours, number) = match allows(&documents, &request) {
            Decision::Allowed(_) => ("allowed", 0),
            Decision::Denied(_) => ("denied", 1),
            Decision::NotAllowed => ("neutral", 2),
        };
        if ours == answer {
            agreed[number] += 1;
        } else if explanation(policies).is_some() {
            explained += 1;
        } else {
            wrong.push(format!("ours {ours}, theirs {answer}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {ASKED}:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    assert!(agreed.iter().all(|count| *count > 100), "allowed, denied, neither: {agreed:?}");
    assert!(explained > 0 && explained < ASKED / 2, "{explained}");
}

/// Why the two may disagree: what moto says of itself that it does not do, or does not do as AWS's documentation says.
fn explanation(policies: &[Value]) -> Option<&'static str> {
    let text = serde_json::to_string(policies).unwrap();
    if text.contains("NotResource") {
        // To moto, a statement without Resource is one of a trust policy, and passes, be it a Deny.
        Some("NotResource is not read")
    } else if text.contains("Condition") {
        // Its own words: "TODO add support for the Resource and Condition parts of IAM policies". Only StringEquals is looked
        // at, a key that is absent passes, and a condition that fails denies.
        Some("conditions are hardly read")
    } else if text.contains("STS:assumerole") {
        // IAM User Guide, "IAM JSON policy elements: Action": the names of actions have no case. Moto compares it.
        Some("an action in another case")
    } else if text.contains('?') {
        // IAM User Guide: ? is one character. Moto puts the pattern into a regular expression, where it makes the character
        // before it optional.
        Some("? as a wildcard")
    } else {
        None
    }
}

fn statements() -> impl Strategy<Value = Value> {
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    let action = prop::sample::select(vec![
        json!({"Action": "sts:AssumeRole"}),
        json!({"Action": ["iam:PassRole", "sts:*"]}),
        json!({"Action": "sts:Assume*"}),
        json!({"Action": "*"}),
        json!({"Action": "sts:TagSession"}),
        json!({"NotAction": "iam:*"}),
        json!({"NotAction": ["sts:AssumeRole", "sts:TagSession"]}),
        json!({"Action": "STS:assumerole"}),
    ]);
    let resource = prop_oneof![
        12 => prop::sample::select(vec![
            json!({"Resource": "*"}),
            json!({"Resource": "arn:aws:iam::444455556666:role/Reader"}),
            json!({"Resource": ["arn:aws:iam::444455556666:role/Admin", "arn:aws:iam::111122223333:role/*"]}),
            json!({"Resource": "arn:aws:iam::*:role/Reader"}),
            json!({"Resource": "arn:aws:iam::444455556666:role/team/*"}),
        ]),
        1 => Just(json!({"Resource": "arn:aws:iam::444455556666:role/Reade?"})),
        1 => Just(json!({"NotResource": "arn:aws:iam::444455556666:role/Admin"})),
    ];
    let condition = prop_oneof![
        12 => Just(json!({})),
        1 => Just(json!({"Condition": {"StringEquals": {"sts:ExternalId": "a1b2"}}})),
        1 => Just(json!({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}})),
    ];
    (effect, action, resource, condition).prop_map(|(effect, action, resource, condition)| {
        let mut statement = serde_json::Map::from_iter([("Effect".to_owned(), json!(effect))]);
        for part in [action, resource, condition] {
            statement.extend(part.as_object().unwrap().clone());
        }
        Value::Object(statement)
    })
}

fn resources() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "arn:aws:iam::444455556666:role/Reader",
        "arn:aws:iam::444455556666:role/Admin",
        "arn:aws:iam::444455556666:role/team/Reader",
        "arn:aws:iam::111122223333:role/Admin",
    ])
}
