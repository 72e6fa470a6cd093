//! Who gets where, and what it takes.

use std::time::{Duration, Instant};

use super::*;

const OWN: &str = "111122223333";

fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{OWN}:role/{name}")
}

fn document(statements: &str) -> Document {
    Document::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)).unwrap()
}

fn trusts(principal: &str, condition: &str) -> Document {
    document(&format!(
        r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole", "Condition": {condition}}}"#
    ))
}

fn may(resource: &str) -> Vec<Document> {
    vec![document(&format!(r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{resource}"}}"#))]
}

fn member(arn: &str, trust: Option<Document>, policies: Vec<Document>) -> Member {
    Member {
        arn: arn.to_owned(),
        account: arn.split(':').nth(4).unwrap().to_owned(),
        organization: None,
        trust,
        policies,
        names: Vec::new(),
        boundary: None,
        boundary_name: None,
        tags: BTreeMap::new(),
    }
}

fn user(name: &str, policies: Vec<Document>) -> Member {
    member(&format!("arn:aws:iam::{OWN}:user/{name}"), None, policies)
}

fn role(name: &str, trust: Document, policies: Vec<Document>) -> Member {
    member(&role_arn(name), Some(trust), policies)
}

/// Each chain as `a > b > role`, with what its edges take in brackets.
fn chains(members: &[Member], to: &str, from: Option<&str>, hops: usize) -> Vec<String> {
    let is_start = |node: &Node| Some(short(node)) == from.map(str::to_owned);
    let is_start: Option<&dyn Fn(&Node) -> bool> = from.map(|_| &is_start as &dyn Fn(&Node) -> bool);
    let found = Graph::new(members, &Lawbook::default()).ways_to(&role_arn(to), is_start, Bounds { hops, ways: 1_000 });
    let shown = |way: &Way| {
        let edge = |edge: &Edge| {
            let demands: Vec<String> = edge.demands.iter().map(ToString::to_string).collect();
            let demands = if demands.is_empty() { String::new() } else { format!(" [{}]", demands.join("; ")) };
            format!("{}{}{demands}", short(&edge.from), if edge.is_certain { "" } else { "?" })
        };
        let begins = if way.is_cut { "… > " } else { "" };
        format!("{begins}{}", way.edges.iter().map(edge).collect::<Vec<_>>().join(" > "))
    };
    found.ways.iter().map(shown).collect()
}

fn short(node: &Node) -> String {
    match node {
        Node::User(name) | Node::Role(name) => name.rsplit('/').next().unwrap().to_owned(),
        other => format!("{}:{}", other.kind(), other.name()),
    }
}

const NONE: &str = "{}";

#[test]
fn who_is_let_in_is_decided_by_both_sides() {
    let root = format!(r#"{{"AWS": "{OWN}"}}"#);
    let alice = format!(r#"{{"AWS": "arn:aws:iam::{OWN}:user/alice"}}"#);
    let members = |trust: Document| {
        [
            user("alice", Vec::new()),
            user("bob", may(&role_arn("Target"))),
            user("carol", may("*")),
            user("dave", may(&role_arn("Other"))),
            role("Target", trust, Vec::new()),
        ]
    };
    let cases = [
        (trusts(&root, NONE), vec!["bob", "carol"]),
        (trusts(&alice, NONE), vec!["alice"]),
        (trusts(r#"{"AWS": "arn:aws:iam::111122223333:user/gone"}"#, NONE), vec![]),
        (trusts("\"*\"", NONE), vec!["alice", "bob", "carol", "dave", "everyone:*"]),
        (trusts(r#"{"AWS": "444455556666"}"#, NONE), vec!["account:444455556666"]),
        (
            trusts(r#"{"AWS": "arn:aws:iam::444455556666:role/Deputy"}"#, NONE),
            vec!["foreign:arn:aws:iam::444455556666:role/Deputy"],
        ),
        (trusts(r#"{"Service": "ec2.amazonaws.com"}"#, NONE), vec!["service:ec2.amazonaws.com"]),
        (trusts(r#"{"Federated": "accounts.google.com"}"#, NONE), vec![]),
    ];
    for (trust, expected) in cases {
        assert_eq!(chains(&members(trust.clone()), "Target", None, 5), expected, "{trust:?}");
    }
    let google = document(
        r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"accounts.google.com:aud": "app"}}}"#,
    );
    assert_eq!(
        chains(&members(google), "Target", None, 5),
        [r#"provider:accounts.google.com [accounts.google.com:aud StringEquals "app"]"#]
    );
}

#[test]
fn an_edge_says_what_the_policies_demand() {
    let condition = r#"{"StringEquals": {"sts:ExternalId": "E-1"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
    let trust = trusts(&format!(r#"{{"AWS": "{OWN}"}}"#), condition);
    let members = [
        user("alice", may("*")),
        // A role's session never has MFA.
        role("Robot", trusts(r#"{"Service": "ec2.amazonaws.com"}"#, NONE), may("*")),
        role("Target", trust, Vec::new()),
    ];
    assert_eq!(
        chains(&members, "Target", None, 5),
        [r#"alice [aws:MultiFactorAuthPresent Bool "true"; sts:ExternalId StringEquals "E-1"]"#]
    );
}

#[test]
fn what_is_demanded_by_a_deny_is_said_as_well() {
    let trust = document(&format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{OWN}"}}, "Action": "sts:AssumeRole"}},
           {{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
             "Condition": {{"StringNotEquals": {{"sts:ExternalId": "E-1"}}}}}}"#
    ));
    let members = [user("alice", may("*")), role("Target", trust, Vec::new())];
    assert_eq!(chains(&members, "Target", None, 5), [r#"alice [sts:ExternalId not StringNotEquals "E-1"]"#]);
}

#[test]
fn tags_and_source_identities_have_to_be_allowed_too() {
    let demanding = |actions: &str| {
        document(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{OWN}"}}, "Action": {actions},
                "Condition": {{"StringEquals": {{"sts:SourceIdentity": "alice", "aws:RequestTag/team": "core"}}}}}}"#
        ))
    };
    let all = may("*").into_iter().chain([document(
        r#"{"Effect": "Allow", "Action": ["sts:TagSession", "sts:SetSourceIdentity"], "Resource": "*"}"#,
    )]);
    let all: Vec<Document> = all.collect();
    let with = |trust: Document, policies: Vec<Document>| {
        chains(&[user("alice", policies), role("Target", trust, Vec::new())], "Target", None, 5)
    };
    let three = r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#;
    assert_eq!(
        with(demanding(three), all.clone()),
        [r#"alice [aws:RequestTag/team StringEquals "core"; sts:SourceIdentity StringEquals "alice"]"#]
    );
    assert_eq!(with(demanding(r#""sts:AssumeRole""#), all.clone()), [""; 0]);
    assert_eq!(with(demanding(three), may("*")), [""; 0]);
}

#[test]
fn tags_organizations_and_boundaries_of_members_count() {
    let target = |condition: &str| role("Target", trusts(&format!(r#"{{"AWS": "{OWN}"}}"#), condition), Vec::new());
    let tagged = |value: &str| {
        let tags = BTreeMap::from([("team".to_owned(), value.to_owned())]);
        Member { tags, organization: Some("o-own".to_owned()), ..user(value, may("*")) }
    };
    let by_tag = target(r#"{"StringEquals": {"aws:PrincipalTag/team": "core"}}"#);
    assert_eq!(chains(&[tagged("core"), tagged("web"), by_tag], "Target", None, 5), ["core"]);
    let other = target(r#"{"StringNotEquals": {"aws:PrincipalTag/team": "core"}}"#);
    assert_eq!(chains(&[tagged("core"), tagged("web"), other], "Target", None, 5), ["web"]);
    let organization = |id: &str| target(&format!(r#"{{"StringEquals": {{"aws:PrincipalOrgID": "{id}"}}}}"#));
    assert_eq!(chains(&[tagged("core"), organization("o-own")], "Target", None, 5), ["core"]);
    assert_eq!(chains(&[tagged("core"), organization("o-other")], "Target", None, 5), [""; 0]);
    let unknown = user("alice", may("*"));
    assert_eq!(
        chains(&[unknown, organization("o-own")], "Target", None, 5),
        [r#"alice [aws:PrincipalOrgID StringEquals "o-own"]"#]
    );
    let bounded = |action: &str| {
        let boundary = document(&format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#));
        Member { boundary: Some(boundary), ..user("alice", may("*")) }
    };
    assert_eq!(chains(&[bounded("s3:*"), target(NONE)], "Target", None, 5), [""; 0]);
    assert_eq!(chains(&[bounded("sts:*"), target(NONE)], "Target", None, 5), ["alice"]);
}

#[test]
fn one_session_of_a_role_is_one_demand_more() {
    let trust = trusts(&format!(r#"{{"AWS": "arn:aws:sts::{OWN}:assumed-role/Build/nightly"}}"#), NONE);
    let members = [
        user("alice", Vec::new()),
        role("Build", trusts(&format!(r#"{{"AWS": "arn:aws:iam::{OWN}:user/alice"}}"#), NONE), Vec::new()),
        role("Target", trust, Vec::new()),
    ];
    assert_eq!(chains(&members, "Target", None, 5), [r#"alice > Build [session name is "nightly"]"#]);
}

/// a -> b -> c -> a, and a user who gets b.
fn cycle() -> [Member; 4] {
    let by = |name: &str| trusts(&format!(r#"{{"AWS": "{}"}}"#, role_arn(name)), NONE);
    let both = trusts(&format!(r#"{{"AWS": ["{}", "arn:aws:iam::{OWN}:user/alice"]}}"#, role_arn("A")), NONE);
    [
        user("alice", Vec::new()),
        role("A", by("C"), Vec::new()),
        role("B", both, Vec::new()),
        role("C", by("B"), Vec::new()),
    ]
}

#[test]
fn cycles_end_and_chains_are_bounded() {
    assert_eq!(chains(&cycle(), "A", None, 5), ["alice > B > C"]);
    assert_eq!(chains(&cycle(), "A", None, 2), ["… > B > C"]);
    assert_eq!(chains(&cycle(), "A", None, 1), ["… > C"]);
    assert_eq!(chains(&cycle(), "B", None, 5), ["alice", "C > A"]);
}

#[test]
fn chains_may_be_asked_from_one_node_only() {
    assert_eq!(chains(&cycle(), "A", Some("alice"), 5), ["alice > B > C"]);
    assert_eq!(chains(&cycle(), "A", Some("B"), 5), ["B > C"]);
    assert_eq!(chains(&cycle(), "A", Some("alice"), 2), [""; 0]);
    assert_eq!(chains(&cycle(), "A", Some("nobody"), 5), [""; 0]);
}

#[test]
fn a_thousand_roles_take_no_time_where_policies_name_their_principals() {
    let mut members = vec![user("alice", may("*"))];
    for number in 0..1_000 {
        let principal = match number {
            0 => format!(r#"{{"AWS": "arn:aws:iam::{OWN}:user/alice"}}"#),
            number => format!(r#"{{"AWS": "{}"}}"#, role_arn(&format!("R{}", (number - 1) / 3))),
        };
        let condition = format!(r#"{{"StringEquals": {{"sts:ExternalId": "E-{number}"}}}}"#);
        members.push(role(&format!("R{number}"), trusts(&principal, &condition), may("*")));
    }
    let began = Instant::now();
    let laws = Lawbook::default();
    let mut graph = Graph::new(&members, &laws);
    let arns: Vec<String> = members.iter().map(|member| member.arn.clone()).collect();
    let edges: usize = arns.iter().map(|arn| graph.edges_into(arn).len()).sum();
    assert_eq!(edges, 1_000);
    let found = graph.ways_to(&role_arn("R999"), None, Bounds { hops: 10, ways: 1_000 });
    assert_eq!(found.ways.len(), 1);
    // A debug build on a busy machine: a quadratic search took minutes.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn what_an_organization_forbids_is_no_step() {
    use std::sync::Arc;

    use crate::policy::{ControlPolicy, Place, Tier};
    let members = [
        user("alice", may("*")),
        role("Target", trusts(&format!(r#"{{"AWS": "{OWN}"}}"#), "{}"), Vec::new()),
        role("Open", trusts(r#"{"AWS": ["444455556666", "111122223333"]}"#, "{}"), Vec::new()),
    ];
    let law =
        |text: &str| Arc::new(ControlPolicy { id: String::new(), name: "P".to_owned(), document: document(text) });
    let book = |tier: Tier| {
        let (organization, path) = ("o-own".to_owned(), "o-own/r-1/".to_owned());
        let place = Place { organization, path, is_management: false, tiers: vec![tier] };
        Lawbook(BTreeMap::from([(OWN.to_owned(), place)]))
    };
    let from = |laws: &Lawbook, to: &str| -> Vec<String> {
        let mut graph = Graph::new(&members, laws);
        graph
            .edges_into(&role_arn(to))
            .iter()
            .map(|edge| {
                let demands: Vec<String> = edge.demands.iter().map(ToString::to_string).collect();
                format!("{} [{}]", short(&edge.from), demands.join("; "))
            })
            .collect()
    };
    assert_eq!(from(&Lawbook::default(), "Open"), ["alice []", "account:444455556666 []"]);
    let none = book(Tier { full_access: false, ..Tier::default() });
    assert_eq!(from(&none, "Target"), [""; 0]);
    assert_eq!(from(&none, "Open"), ["account:444455556666 []"]);
    let perimeter = law(r#"{"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-own"}}}"#);
    let perimeter = book(Tier { full_access: true, resource: vec![perimeter], ..Tier::default() });
    let found = from(&perimeter, "Open");
    assert!(
        found.iter().any(|edge| edge.starts_with("account:444455556666 [aws:PrincipalOrgID not StringNotEquals")),
        "{found:?}"
    );
    let with_mfa = law(r#"{"Effect": "Deny", "Action": "sts:*", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#);
    let with_mfa = book(Tier { full_access: true, service: vec![with_mfa], ..Tier::default() });
    let found = from(&with_mfa, "Target");
    assert!(found[0].contains("aws:MultiFactorAuthPresent"), "{found:?}");
}
