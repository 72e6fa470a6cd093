//! What holds for every policy and every request.

use proptest::prelude::*;

use super::{Context, Document, Principal, Request, allows, may_assume};

const ROLE: &str = "arn:aws:iam::999999999999:role/R";

fn principals() -> impl Strategy<Value = Principal> {
    let account = || prop::sample::select(vec!["999999999999", "111122223333"]);
    prop_oneof![
        account().prop_map(|account| Principal::User {
            arn: format!("arn:aws:iam::{account}:user/u"),
            account: account.to_owned()
        }),
        account().prop_map(|account| Principal::AssumedRole {
            session_arn: format!("arn:aws:sts::{account}:assumed-role/S/s"),
            role_arn: format!("arn:aws:iam::{account}:role/S"),
            account: account.to_owned(),
        }),
        Just(Principal::Federated { provider: "accounts.google.com".to_owned() }),
        Just(Principal::Service { name: "ec2.amazonaws.com".to_owned() }),
        Just(Principal::Anonymous),
    ]
}

fn contexts() -> impl Strategy<Value = Context> {
    let id = prop::option::of(prop::sample::select(vec!["a", "b", "ab", "*"]));
    let keys = prop::collection::vec(prop::sample::select(vec!["a", "b", "ab"]), 0..3);
    let mfa = prop::option::of(any::<bool>());
    (id, keys, mfa).prop_map(|(id, keys, mfa)| {
        let mut context = Context::new().with_all("aws:TagKeys", keys);
        context.set("sts:ExternalId", id);
        context.set("aws:MultiFactorAuthPresent", mfa.map(|mfa| mfa.to_string()));
        context
    })
}

fn requests() -> impl Strategy<Value = Request> {
    let action = prop::sample::select(vec!["sts:AssumeRole", "sts:TagSession", "iam:GetUser"]);
    (action, principals(), contexts()).prop_map(|(action, principal, context)| Request {
        action: action.to_owned(),
        resource: ROLE.to_owned(),
        principal,
        context,
    })
}

fn conditions() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringEqualsIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
    ]);
    let key = prop::sample::select(vec!["sts:ExternalId", "aws:TagKeys"]);
    let value = prop::sample::select(vec!["a", "b", "a*", "?", "*", "${aws:username}"]);
    prop_oneof![
        Just("{}".to_owned()),
        (operator, key, value)
            .prop_map(|(operator, key, value)| format!(r#"{{"{operator}": {{"{key}": "{value}"}}}}"#)),
        any::<bool>().prop_map(|mfa| format!(r#"{{"Bool": {{"aws:MultiFactorAuthPresent": {mfa}}}}}"#)),
        any::<bool>().prop_map(|absent| format!(r#"{{"Null": {{"sts:ExternalId": {absent}}}}}"#)),
    ]
}

fn statements(effect: &'static str, whom_or_what: &'static [&'static str]) -> impl Strategy<Value = String> {
    let action = prop::sample::select(vec![
        r#""Action": "sts:AssumeRole""#,
        r#""Action": "*""#,
        r#""Action": ["sts:Tag*", "iam:*"]"#,
        r#""NotAction": "sts:TagSession""#,
    ]);
    (action, prop::sample::select(whom_or_what.to_vec()), conditions()).prop_map(move |(action, target, condition)| {
        format!(r#"{{"Effect": "{effect}", {action}, {target}, "Condition": {condition}}}"#)
    })
}

const WHOM: &[&str] = &[
    r#""Principal": "*""#,
    r#""Principal": {"AWS": "999999999999"}"#,
    r#""Principal": {"AWS": "arn:aws:iam::111122223333:root"}"#,
    r#""Principal": {"AWS": ["arn:aws:iam::999999999999:user/u", "arn:aws:iam::111122223333:role/S"]}"#,
    r#""Principal": {"Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"}"#,
    r#""NotPrincipal": {"AWS": ["arn:aws:iam::999999999999:user/u", "999999999999"]}"#,
];
const WHAT: &[&str] = &[
    r#""Resource": "*""#,
    r#""Resource": "arn:aws:iam::999999999999:role/R""#,
    r#""Resource": "arn:aws:iam::*:role/${aws:username}""#,
    r#""NotResource": "arn:aws:iam::999999999999:role/*""#,
];

fn document(statements: &[String]) -> Document {
    let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
    Document::parse(&json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn lists(targets: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop_oneof![3 => statements("Allow", targets), 1 => statements("Deny", targets)], 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_deny_never_allows_more(
        trust in lists(WHOM), own in lists(WHAT), deny in statements("Deny", WHOM), request in requests(), at in 0usize..4,
    ) {
        let before = may_assume(&document(&trust), &[document(&own)], &request);
        let mut more = trust.clone();
        more.insert(at.min(more.len()), deny);
        let after = may_assume(&document(&more), &[document(&own)], &request);
        prop_assert!(before.is_allowed() || !after.is_allowed(), "{before:?} became {after:?}");
    }

    #[test]
    fn another_deny_of_the_callers_never_allows_more(
        trust in lists(WHOM), own in lists(WHAT), deny in statements("Deny", WHAT), request in requests(),
    ) {
        let (trust, own, deny) = (document(&trust), document(&own), document(&[deny]));
        let before = may_assume(&trust, std::slice::from_ref(&own), &request);
        let after = may_assume(&trust, &[own, deny], &request);
        prop_assert!(before.is_allowed() || !after.is_allowed(), "{before:?} became {after:?}");
    }

    #[test]
    fn another_allow_never_denies(
        trust in lists(WHOM), own in lists(WHAT), allow in statements("Allow", WHOM), request in requests(),
    ) {
        let own = [document(&own)];
        let before = may_assume(&document(&trust), &own, &request);
        let more: Vec<String> = trust.into_iter().chain([allow]).collect();
        let after = may_assume(&document(&more), &own, &request);
        prop_assert!(!before.is_allowed() || after.is_allowed(), "{before:?} became {after:?}");
    }

    #[test]
    fn a_deny_of_everything_always_wins(trust in lists(WHOM), own in lists(WHAT), request in requests()) {
        let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "*"}"#.to_owned();
        let more: Vec<String> = trust.iter().cloned().chain([deny]).collect();
        prop_assert!(!may_assume(&document(&more), &[document(&own)], &request).is_allowed());
        let deny = document(&[r#"{"Effect": "Deny", "Resource": "*", "Action": "*"}"#.to_owned()]);
        prop_assert!(!may_assume(&document(&trust), &[document(&own), deny], &request).is_allowed());
    }

    #[test]
    fn the_order_of_statements_says_nothing(trust in lists(WHOM), own in lists(WHAT), request in requests()) {
        let forth = may_assume(&document(&trust), &[document(&own)], &request);
        let back: Vec<String> = trust.into_iter().rev().collect();
        let own: Vec<String> = own.into_iter().rev().collect();
        let back = may_assume(&document(&back), &[document(&own)], &request);
        prop_assert_eq!(forth.is_allowed(), back.is_allowed());
    }

    #[test]
    fn across_accounts_nobody_is_let_in_without_their_own_permission(
        trust in lists(WHOM), own in lists(WHAT), request in requests(),
    ) {
        let own = [document(&own)];
        let foreign = request.principal.account().is_some_and(|account| account != "999999999999");
        if foreign && may_assume(&document(&trust), &own, &request).is_allowed() {
            prop_assert!(allows(&own, &request).is_allowed());
        }
    }

    #[test]
    fn a_permission_of_ones_own_alone_lets_nobody_in(own in lists(WHAT), request in requests()) {
        let nobody = document(&[r#"{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "*"}"#.to_owned()]);
        let verdict = may_assume(&nobody, &[document(&own)], &request);
        prop_assert!(!verdict.is_allowed());
    }

    #[test]
    fn an_operator_and_its_negation_are_complements_where_the_key_is_present(
        values in prop::collection::vec("[abAB*?]{0,3}", 1..4), given in "[abAB*?]{0,3}",
    ) {
        for (one, other) in [
            ("StringEquals", "StringNotEquals"),
            ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
            ("StringLike", "StringNotLike"),
            ("ArnLike", "ArnNotLike"),
        ] {
            let holds = |operator: &str| {
                let values = serde_json::to_string(&values).unwrap();
                let allow = document(&[format!(
                    r#"{{"Effect": "Allow", "Action": "*", "Resource": "*",
                        "Condition": {{"{operator}": {{"sts:ExternalId": {values}}}}}}}"#
                )]);
                let request = Request {
                    action: "sts:AssumeRole".to_owned(),
                    resource: ROLE.to_owned(),
                    principal: Principal::Anonymous,
                    context: Context::new().with("sts:ExternalId", given.clone()),
                };
                allows(&[allow], &request).is_allowed()
            };
            prop_assert!(holds(one) != holds(other), "{} {:?} {:?}", one, values, given);
        }
    }

    #[test]
    fn whatever_text_is_read_nothing_panics(text in ".{0,60}", number in any::<i32>()) {
        let _ = Document::parse(&text);
        let quoted = serde_json::to_string(&text).unwrap();
        for element in ["Action", "Resource", "Principal", "Condition", "Sid"] {
            let _ = Document::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "{element}": {quoted}}}}}"#));
        }
        for operator in super::Operator::ALL {
            let _ = Document::parse(&format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*",
                    "Condition": {{"{}": {{"aws:CurrentTime": [{quoted}, {number}]}}}}}}}}"#, operator.as_str()
            ));
        }
    }
}
