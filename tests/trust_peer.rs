//! Our evaluator beside another one: `@cloud-copilot/iam-simulate`, which is AGPL, is never shipped, and runs here as a
//! program of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use assume::policy::{ControlPolicy, Document, Lawbook, Own, Place, Principal, Request, Tier, may_assume, may_take};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::home::{Home, ran};
use crate::trust_diff::{conditions, document, everything, requests, statements};

/// How many requests both are asked about.
const ASKED: usize = 2_400;

#[test]
fn another_evaluator_agrees_or_the_disagreement_is_explained() {
    let mut runner = TestRunner::deterministic();
    let cases = (prop::collection::vec(statements(), 1..4), requests(), any::<bool>());
    let mut asked = Vec::new();
    while asked.len() < ASKED {
        let (statements, request, allowed) = cases.new_tree(&mut runner).unwrap().current();
        if matches!(
            request.principal,
            Principal::User { .. }
                | Principal::AssumedRole { .. }
                | Principal::Service { .. }
                | Principal::Federated { .. }
        ) {
            asked.push((statements, request, allowed));
        }
    }
    let lines: Vec<String> =
        asked.iter().map(|(statements, request, own)| line(statements, request, *own).to_string()).collect();
    let answers = answers(&lines);
    let (mut wrong, mut explained, mut allowed) = (Vec::new(), 0, 0);
    for (((statements, request, own), answer), line) in asked.iter().zip(answers).zip(&lines) {
        let own: Vec<Document> = own.then(everything).into_iter().collect();
        let ours = may_assume(&document(statements), &own, request).is_allowed();
        allowed += usize::from(ours);
        let theirs = answer == "Allowed";
        if ours != theirs || answer.starts_with("error") {
            match explanation(statements, request, !own.is_empty()) {
                Some(_) => explained += 1,
                None => wrong.push(format!("ours {ours}, theirs {answer}: {line}")),
            }
        }
    }
    assert!(allowed > ASKED / 20, "{allowed}");
    assert!(explained < ASKED / 20, "{explained}");
    assert!(wrong.is_empty(), "{} of {ASKED}:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

/// Asks the other evaluator about each line.
fn answers(lines: &[String]) -> Vec<String> {
    let home = Home::new();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/test-env");
    let mut node = home.program(folder.join("oidc-provider/node"));
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/iam_simulate.mjs")).arg(folder.join("iam-simulate"));
    let ran = ran(&mut node, &(lines.join("\n") + "\n"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let answers: Vec<String> = ran.stdout.lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), lines.len());
    answers
}

/// Statements of control policies: what denies, and what allows (of service control policies alone).
fn laws(effects: &'static [&'static str], principal: &'static str) -> impl Strategy<Value = String> {
    let action = prop::sample::select(vec![r#""sts:AssumeRole""#, r#""sts:*""#, r#"["sts:Tag*", "sts:Set*"]"#]);
    let resource =
        prop::sample::select(vec!["*", "*", "arn:aws:iam::999999999999:role/*", "arn:aws:iam::*:role/Other"]);
    (prop::sample::select(effects), action, resource, conditions()).prop_map(
        move |(effect, action, resource, condition)| {
            format!(
                r#"{{"Effect": "{effect}", {principal}"Action": {action}, "Resource": "{resource}", "Condition": {condition}}}"#
            )
        },
    )
}

/// How many requests both are asked about under control policies.
const UNDER_LAWS: usize = 1_600;

#[test]
fn another_evaluator_agrees_about_control_policies_or_the_disagreement_is_explained() {
    let mut runner = TestRunner::deterministic();
    let scp = laws(&["Allow", "Allow", "Deny"], "");
    let rcp = laws(&["Deny"], r#""Principal": "*", "#);
    // At each of three levels: whether everything is allowed there, and what else is attached.
    let services = prop::collection::vec((prop::bool::weighted(0.7), prop::option::of(scp)), 3);
    let resources = prop::collection::vec(prop::option::weighted(0.3, rcp), 3);
    let trust = prop::collection::vec(statements(), 1..3);
    let cases = (trust, requests(), services, resources);
    let mut asked = Vec::new();
    while asked.len() < UNDER_LAWS {
        let case = cases.new_tree(&mut runner).unwrap().current();
        // A trust policy that names them lets them in, so that the control policies have something to decide.
        if may_assume(&document(&case.0), &[everything()], &case.1).is_allowed() && case.1.principal.account().is_some()
        {
            asked.push(case);
        }
    }
    let whole = |statement: &String| format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let lines: Vec<String> = asked
        .iter()
        .map(|(trust, request, services, resources)| {
            let mut line = line(trust, request, true);
            let level = |policies: Vec<String>| {
                let policies = policies
                    .iter()
                    .map(|text| json!({ "name": "p", "policy": serde_json::from_str::<Value>(text).unwrap() }));
                json!({ "orgIdentifier": "o", "policies": policies.collect::<Vec<_>>() })
            };
            let of = |(full, own): &(bool, Option<String>)| {
                let full = full.then(|| whole(&r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#.to_owned()));
                level(full.into_iter().chain(own.as_ref().map(whole)).collect())
            };
            line["scps"] = services.iter().map(of).collect();
            line["rcps"] = resources.iter().map(|own| level(own.iter().map(whole).collect())).collect();
            line.to_string()
        })
        .collect();
    let answers = answers(&lines);
    let (mut wrong, mut explained, mut forbidden) = (Vec::new(), 0, 0);
    for (((trust, request, services, resources), answer), line) in asked.iter().zip(answers).zip(&lines) {
        let attached = |text: &Option<String>| -> Vec<Arc<ControlPolicy>> {
            let policy = |text: &String| ControlPolicy {
                id: "p".to_owned(),
                name: "p".to_owned(),
                document: Document::parse(&whole(text)).unwrap(),
            };
            text.iter().map(policy).map(Arc::new).collect()
        };
        let tier = |((full, service), resource): (&(bool, Option<String>), &Option<String>)| Tier {
            name: "a level".to_owned(),
            service: attached(service),
            full_access: *full,
            resource: attached(resource),
        };
        let tiers: Vec<Tier> = services.iter().zip(resources).map(tier).collect();
        let place = |tiers: Vec<Tier>| Place {
            organization: "o-own".to_owned(),
            path: String::new(),
            is_management: false,
            tiers,
        };
        let without_scps = tiers.iter().cloned().map(|tier| Tier { full_access: true, service: Vec::new(), ..tier });
        let account = request.principal.account().unwrap().to_owned();
        let mut book = BTreeMap::from([("999999999999".to_owned(), place(without_scps.collect()))]);
        let without_rcps = tiers.iter().cloned().map(|tier| Tier { resource: Vec::new(), ..tier });
        let callers = if account == "999999999999" { tiers.clone() } else { without_rcps.collect() };
        book.insert(account, place(callers));
        let book = Lawbook(book);
        let own = [everything()];
        let own = Own { policies: &own, boundary: None };
        let ours = may_take(&document(trust), own, book.over(request), request).is_allowed();
        forbidden += usize::from(!ours);
        if ours != (answer == "Allowed") || answer.starts_with("error") {
            let laws = services.iter().filter_map(|(_, own)| own.clone()).chain(resources.iter().flatten().cloned());
            let all: Vec<String> = trust.iter().cloned().chain(laws).collect();
            match explanation(&all, request, true) {
                Some(_) => explained += 1,
                None => wrong.push(format!("ours {ours}, theirs {answer}: {line}")),
            }
        }
    }
    assert!(forbidden > UNDER_LAWS / 5 && forbidden < UNDER_LAWS * 9 / 10, "{forbidden}");
    assert!(explained < UNDER_LAWS / 10, "{explained}");
    assert!(wrong.is_empty(), "{} of {UNDER_LAWS}:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

/// Why the two may disagree, from AWS's documentation; nothing where they must not.
fn explanation(statements: &[String], request: &Request, own: bool) -> Option<&'static str> {
    let Principal::Federated { provider } = &request.principal else { return of_others(statements, request) };
    let names_the_account = statements.iter().any(|statement| statement.contains("\"999999999999\""));
    if provider.contains(":saml-provider/") && names_the_account {
        // IAM User Guide, "Principal": an account under `AWS` stands for its users, roles and root; a provider is named
        // under `Federated`. The other evaluator takes the account in a provider's ARN for the one that asks.
        Some("a provider is no principal of its account")
    } else if !own {
        // STS API Reference, `AssumeRoleWithSAML`, `AssumeRoleWithWebIdentity`: such a call is not signed, so there are no
        // policies of a caller's that could allow it. The other evaluator asks for one.
        Some("who comes from a provider has no policies of their own")
    } else {
        None
    }
}

fn of_others(statements: &[String], request: &Request) -> Option<&'static str> {
    let any = |texts: &[&str]| statements.iter().any(|statement| texts.iter().all(|text| statement.contains(text)));
    let single_on_many = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"];
    if request.action != "sts:AssumeRole" && (any(&["ExternalId"]) || any(&["aws:SourceAccount"])) {
        // The other evaluator takes the keys away that the Service Authorization Reference does not list for TagSession and
        // SetSourceIdentity; to us these are part of one call, whose keys they have.
        Some("keys of the call that an action comes with")
    } else if any(&["\"Deny\"", "NotPrincipal"]) {
        // IAM User Guide, "NotPrincipal": with Deny, whoever is spared is named in full, user and account; the other
        // evaluator spares everybody of an account that is named.
        Some("whom a Deny with NotPrincipal spares")
    } else if single_on_many.iter().any(|operator| any(&["aws:TagKeys", &format!("{{\"{operator}")])) {
        // IAM User Guide, "Single-valued vs. multivalued context keys": no set operator on such a key is a mistake, and what
        // comes of it is not told; to the other evaluator nothing matches, to us one value is enough.
        Some("a key of several values without a set operator")
    } else if matches!(&request.principal, Principal::AssumedRole { role_arn, .. } if role_arn.ends_with(":role/S"))
        && any(&[":role/a/S\""])
    {
        // IAM User Guide, "IAM identifiers": a session's ARN has no path; the other evaluator, given that ARN alone, lets
        // every path fit.
        Some("a role of the same name with another path")
    } else {
        None
    }
}

fn line(statements: &[String], request: &Request, own: bool) -> Value {
    let trust = document(statements).to_json();
    let principal = match &request.principal {
        Principal::User { arn, .. } => arn.clone(),
        Principal::AssumedRole { session_arn, .. } => session_arn.clone(),
        Principal::Federated { provider } => provider.clone(),
        Principal::Service { name } => name.clone(),
        Principal::Root { .. } | Principal::Anonymous => String::new(),
    };
    let mut context = serde_json::Map::new();
    for key in [
        "aws:SourceIp",
        "saml:aud",
        "accounts.google.com:aud",
        "aws:SourceAccount",
        "sts:ExternalId",
        "aws:MultiFactorAuthPresent",
        "aws:MultiFactorAuthAge",
        "aws:PrincipalOrgID",
    ] {
        if let Some([one]) = request.context.values(key) {
            context.insert(key.to_owned(), json!(one));
        }
    }
    if let Some(tags) = request.context.values("aws:TagKeys") {
        context.insert("aws:TagKeys".to_owned(), json!(tags));
    }
    let mut put = |key: &str, value: &str| context.insert(key.to_owned(), json!(value));
    match &request.principal {
        Principal::User { arn, account } => {
            put("aws:PrincipalArn", arn);
            put("aws:PrincipalAccount", account);
            put("aws:username", arn.rsplit('/').next().unwrap());
        }
        Principal::AssumedRole { role_arn, account, .. } => {
            put("aws:PrincipalArn", role_arn);
            put("aws:PrincipalAccount", account);
        }
        Principal::Federated { .. } | Principal::Service { .. } | Principal::Root { .. } | Principal::Anonymous => {}
    }
    let own: Option<Value> = own.then(
        || json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] }),
    );
    json!({ "trust": trust, "principal": principal, "action": request.action, "role": request.resource, "context": context, "own": own })
}
