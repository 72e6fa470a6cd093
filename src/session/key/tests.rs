//! What misses a session, and what finds it again.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::config::TokenSource;
use crate::plan::{Base, BaseSource, Device, Reason};
use crate::terms::{RoleDuration, TokenDuration};

fn by<T>(value: T) -> Sourced<T> {
    Sourced::new(value, Origin::Flag("--test"))
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Sourced<T> {
    by(text.parse().unwrap())
}

fn device(serial: &str) -> Device {
    Device { serial: parsed(serial), process: None }
}

fn context() -> ProvidedContext {
    let provider = "arn:aws:iam::aws:contextProvider/IdentityCenter".parse().unwrap();
    ProvidedContext { provider, assertion: TokenSource::Command("assert".to_owned()) }
}

fn reach_of(region: &str) -> Reach {
    Reach { region: parsed(region), endpoint_url: None, fips: false, dual_stack: false }
}

fn hop(role: &str) -> Hop {
    Hop {
        profile: "prod-admin".to_owned(),
        role_arn: parsed(role),
        external_id: None,
        mfa: None,
        duration: crate::plan::Duration { effective: by(RoleDuration::DEFAULT), capped_from: None },
        session_name: Sourced::by_default("alice@laptop".parse().unwrap()),
        source_identity: None,
        tags: vec![by(Tag::new("team", "core").unwrap()), by(Tag::new("cost", "1").unwrap())],
        transitive_tags: Vec::new(),
        policy_arns: Vec::new(),
        policy: None,
        provided_contexts: Vec::new(),
        reach: reach_of("eu-west-1"),
        because: Reason::FromMfaSession,
    }
}

fn plan() -> Plan {
    let keys =
        Base { name: "work".to_owned(), chosen: Origin::Default, source: Sourced::by_default(BaseSource::VaultKey) };
    let session = MfaSession {
        keys,
        device: device("arn:aws:iam::111122223333:mfa/alice"),
        duration: Sourced::by_default(TokenDuration::DEFAULT),
        max_age: None,
        reach: reach_of("eu-west-1"),
        because: Reason::OneCodeForAllRoles,
    };
    Plan {
        profile: "prod-admin".to_owned(),
        start: Start::MfaSession(Box::new(session)),
        hops: vec![hop("arn:aws:iam::123456789012:role/Hub"), hop("arn:aws:iam::123456789012:role/Admin")],
        last: None,
        region: None,
        confirm: None,
        ledger: true,
    }
}

fn keys_of(plan: &Plan) -> Vec<CacheKey> {
    cache_keys(plan, &Fingerprint("alice".to_owned()))
}

/// How many of the three steps' keys stay what they were.
fn kept(change: impl Fn(&mut Plan)) -> usize {
    let mut changed = plan();
    change(&mut changed);
    let (before, after) = (keys_of(&plan()), keys_of(&changed));
    let kept = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    // What comes after a changed step is changed too.
    assert!(before.iter().zip(&after).skip(kept).all(|(a, b)| a != b));
    kept
}

fn session(plan: &mut Plan) -> &mut MfaSession {
    match &mut plan.start {
        Start::MfaSession(session) => session,
        Start::Keys(_) | Start::SignIn(_) => unreachable!("the plan above has one"),
    }
}

type Change = fn(&mut Hop);

#[test]
fn each_field_of_a_call_misses_from_that_call_on() {
    let changes: [(&str, Change); 18] = [
        ("role", |hop| hop.role_arn = parsed("arn:aws:iam::123456789012:role/Other")),
        ("account", |hop| hop.role_arn = parsed("arn:aws:iam::210987654321:role/Hub")),
        ("external id", |hop| hop.external_id = Some(parsed("acme-1"))),
        ("declared session name", |hop| hop.session_name = parsed("alice@laptop")),
        ("duration", |hop| hop.duration.effective = parsed("15m")),
        ("policy", |hop| hop.policy = Some(parsed(r#"{"Statement":[]}"#))),
        ("policy arn", |hop| hop.policy_arns.push(parsed("arn:aws:iam::aws:policy/ReadOnlyAccess"))),
        ("provided context", |hop| hop.provided_contexts.push(by(context()))),
        ("tag added", |hop| hop.tags.push(by(Tag::new("new", "1").unwrap()))),
        ("tag value", |hop| hop.tags[0] = by(Tag::new("team", "edge").unwrap())),
        ("tag gone", |hop| drop(hop.tags.pop())),
        ("transitive tag", |hop| hop.transitive_tags.push(parsed("team"))),
        ("source identity", |hop| hop.source_identity = Some(parsed("alice"))),
        ("mfa serial", |hop| hop.mfa = Some(device("arn:aws:iam::111122223333:mfa/bob"))),
        ("region", |hop| hop.reach.region = parsed("eu-west-2")),
        ("endpoint", |hop| hop.reach.endpoint_url = Some(parsed("http://127.0.0.1:4566"))),
        ("fips", |hop| hop.reach.fips = true),
        ("dual stack", |hop| hop.reach.dual_stack = true),
    ];
    for (what, change) in changes {
        assert_eq!(kept(|plan| change(&mut plan.hops[0])), 1, "{what} of the first role");
        assert_eq!(kept(|plan| change(&mut plan.hops[1])), 2, "{what} of the last role");
    }
}

#[test]
fn each_field_of_an_mfa_session_misses_and_so_does_another_identity() {
    assert_eq!(kept(|plan| session(plan).device = device("arn:aws:iam::111122223333:mfa/bob")), 0);
    assert_eq!(kept(|plan| session(plan).duration = parsed("1h")), 0);
    assert_eq!(kept(|plan| session(plan).reach.region = parsed("eu-west-2")), 0);
    let somebody_else = cache_keys(&plan(), &Fingerprint("bob".to_owned()));
    assert!(keys_of(&plan()).iter().zip(&somebody_else).all(|(a, b)| a != b));
    let mut without = plan();
    without.start = Start::Keys(session(&mut plan()).keys.clone());
    assert!(keys_of(&without).iter().all(|key| !keys_of(&plan()).contains(key)));
}

#[test]
fn what_does_not_shape_the_result_finds_the_same_session() {
    assert_eq!(kept(|plan| plan.profile = "another name for it".to_owned()), 3);
    assert_eq!(kept(|plan| plan.region = Some(parsed("us-east-1"))), 3);
    assert_eq!(kept(|plan| plan.confirm = Some(Origin::Default)), 3);
    assert_eq!(kept(|plan| session(plan).keys.name = "another name for her".to_owned()), 3);
    assert_eq!(kept(|plan| session(plan).device.process = Some(by("ykman".to_owned()))), 3);
    assert_eq!(kept(|plan| session(plan).max_age = Some(by(Duration::from_secs(60)))), 3);
    assert_eq!(kept(|plan| plan.hops[1].profile = "renamed".to_owned()), 3);
    assert_eq!(kept(|plan| plan.hops[1].tags.reverse()), 3);
    assert_eq!(kept(|plan| plan.hops[1].because = Reason::Chained), 3);
    let host = |plan: &mut Plan| plan.hops[1].session_name = Sourced::by_default("alice@train".parse().unwrap());
    assert_eq!(kept(host), 3, "a new host name");
    assert_eq!(kept(|plan| plan.hops[1].role_arn.origin = Origin::Default), 3, "where it is declared");
}

/// A hop as somebody could declare it, from values that often coincide.
fn hops() -> impl Strategy<Value = Hop> {
    let word = || prop::sample::select(vec!["aa", "ab", "bb", "aabb"]);
    let maybe = || prop::option::weighted(0.5, word());
    let tags = prop::collection::btree_map(word(), word(), 0..3);
    let names = (word(), maybe(), maybe(), maybe(), maybe());
    let lists = (tags, prop::collection::btree_set(word(), 0..3), prop::collection::btree_set(word(), 0..2));
    let rest = (900u64..903, prop::sample::select(vec!["eu-west-1", "us-east-1"]), any::<(bool, bool)>(), maybe());
    (names, lists, rest).prop_map(|(names, lists, rest)| {
        let (role, external_id, session_name, source_identity, mfa) = names;
        let (tags, transitive_tags, policy_arns) = lists;
        let (seconds, region, (fips, dual_stack), endpoint) = rest;
        let mut hop = hop(&format!("arn:aws:iam::123456789012:role/{role}"));
        hop.external_id = external_id.map(parsed);
        hop.session_name = session_name.map_or(hop.session_name, parsed);
        hop.source_identity = source_identity.map(parsed);
        hop.mfa = mfa.map(|name| device(&format!("arn:aws:iam::111122223333:mfa/{name}")));
        hop.tags = tags.into_iter().map(|(key, value)| by(Tag::new(key, value).unwrap())).collect();
        hop.transitive_tags = transitive_tags.into_iter().map(parsed).collect();
        let arn = |name: &str| parsed(&format!("arn:aws:iam::aws:policy/{name}"));
        hop.policy_arns = policy_arns.into_iter().map(arn).collect();
        hop.duration.effective = by(Duration::from_secs(seconds).try_into().unwrap());
        let endpoint_url = endpoint.map(|name| parsed(&format!("https://{name}.example")));
        hop.reach = Reach { region: parsed(region), endpoint_url, fips, dual_stack };
        hop
    })
}

fn plans() -> impl Strategy<Value = Plan> {
    (prop::collection::vec(hops(), 1..4), any::<bool>()).prop_map(|(hops, with_session)| {
        let mut plan = Plan { hops, ..plan() };
        if !with_session {
            plan.start = Start::Keys(session(&mut plan).keys.clone());
        }
        plan
    })
}

/// What is sent to AWS, as text.
fn shape(plan: &Plan) -> String {
    let mut plan = plan.clone();
    for hop in &mut plan.hops {
        if hop.session_name.origin == Origin::Default {
            hop.session_name.value = parsed("nobody").value;
        }
        hop.tags.sort_by(|a, b| a.value.cmp(&b.value));
        hop.transitive_tags.sort_by(|a, b| a.value.cmp(&b.value));
    }
    format!("{:?}{:?}", plan.start, plan.hops)
}

/// Takes one field of another hop.
fn take(field: usize, hop: &mut Hop, from: Hop) {
    match field {
        0 => hop.role_arn = from.role_arn,
        1 => hop.external_id = from.external_id,
        2 => hop.session_name = from.session_name,
        3 => hop.source_identity = from.source_identity,
        4 => hop.mfa = from.mfa,
        5 => hop.tags = from.tags,
        6 => hop.transitive_tags = from.transitive_tags,
        7 => hop.policy_arns = from.policy_arns,
        8 => hop.duration = from.duration,
        9 => hop.reach.region = from.reach.region,
        10 => hop.reach.endpoint_url = from.reach.endpoint_url,
        11 => hop.reach.fips = from.reach.fips,
        _ => hop.reach.dual_stack = from.reach.dual_stack,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_plans_have_the_same_keys_where_they_send_the_same_and_no_others(one in plans(), other in plans()) {
        let same = one.hops.iter().zip(&other.hops);
        let (start, whole) = (|plan: &Plan| shape(&Plan { hops: Vec::new(), ..plan.clone() }), shape(&one) == shape(&other));
        prop_assert_eq!(keys_of(&one) == keys_of(&other), whole);
        // And step by step: what they have in common, from the start on, they share.
        let common = if start(&one) == start(&other) {
            let hop = |plan: &Plan, hop: &Hop| shape(&Plan { hops: vec![hop.clone()], ..plan.clone() });
            usize::from(one.steps() > one.hops.len()) + same.take_while(|(a, b)| hop(&one, a) == hop(&other, b)).count()
        } else { 0 };
        let shared = keys_of(&one).iter().zip(&keys_of(&other)).take_while(|(a, b)| a == b).count();
        prop_assert_eq!(shared, common);
    }

    #[test]
    fn any_single_difference_in_what_is_sent_is_another_key_from_that_call_on(
        plan in plans(), at in any::<prop::sample::Index>(), from in hops(), field in 0usize..13,
    ) {
        let at = at.index(plan.hops.len());
        let mut other = plan.clone();
        take(field, &mut other.hops[at], from);
        let kept = keys_of(&plan).iter().zip(&keys_of(&other)).take_while(|(a, b)| a == b).count();
        let before = plan.steps() - plan.hops.len() + at;
        prop_assert_eq!(kept, if shape(&plan) == shape(&other) { plan.steps() } else { before });
    }

    #[test]
    fn the_order_of_tags_and_policies_and_the_persons_names_for_things_change_no_key(
        plan in plans(), seed in any::<u64>(), name in "[a-z]{1,8}",
    ) {
        let mut other = plan.clone();
        other.profile = name.clone();
        for hop in &mut other.hops {
            let by = usize::try_from(seed % 5).unwrap();
            hop.profile = name.clone();
            let turn = by % hop.tags.len().max(1);
            hop.tags.rotate_left(turn);
            hop.transitive_tags.reverse();
            hop.policy_arns.reverse();
        }
        prop_assert_eq!(keys_of(&plan), keys_of(&other));
    }

    #[test]
    fn whoever_else_starts_shares_no_key(plan in plans(), one in ".{1,12}", other in ".{1,12}") {
        let keys = |who: &str| cache_keys(&plan, &Fingerprint(who.to_owned()));
        let shared = keys(&one).iter().zip(&keys(&other)).filter(|(a, b)| a == b).count();
        prop_assert_eq!(shared, if one == other { plan.steps() } else { 0 });
    }
}
