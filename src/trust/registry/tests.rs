use proptest::prelude::*;

use super::*;

const TODAY: &str = "2026-11-24";

fn name(text: &str) -> CustomerName {
    text.parse().unwrap()
}

fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

/// Bits that differ each time.
fn random() -> impl FnMut() -> [u8; 16] {
    let mut seed = 7_u64;
    move || {
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (seed >> 33) as u8;
        }
        bytes
    }
}

fn filled() -> Registry {
    let mut registry = Registry::parse("").unwrap();
    let mut random = random();
    for (customer, id) in [("umbrella", "333333333333"), ("acme", "222222222222"), ("acme", "111111111111")] {
        registry.add(&name(customer), &account(id), None, TODAY, &mut random).unwrap();
    }
    registry
}

fn headers(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with('[')).collect()
}

#[test]
fn entries_stand_sorted_one_table_each() {
    let registry = filled();
    assert_eq!(
        headers(registry.text()),
        ["[customer.acme.111111111111]", "[customer.acme.222222222222]", "[customer.umbrella.333333333333]"]
    );
    assert!(registry.text().starts_with("# Which external ID"), "{}", registry.text());
    assert!(registry.problems().is_empty());
    let again = Registry::parse(registry.text()).unwrap();
    assert_eq!(again.entries, registry.entries);
}

#[test]
fn comments_stay_with_their_table_and_nothing_else_changes() {
    let mut registry = filled();
    let commented = registry.text().replace("[customer.umbrella", "# asked on the phone\n[customer.umbrella");
    registry = Registry::parse(&commented).unwrap();
    registry.add(&name("initech"), &account("444444444444"), None, TODAY, random_from(99)).unwrap();
    let text = registry.text();
    assert!(text.contains("\n# asked on the phone\n[customer.umbrella.333333333333]\n"), "{text}");
    let (before, after): (Vec<&str>, Vec<&str>) = (commented.lines().collect(), text.lines().collect());
    let mut rest = after.iter();
    assert!(before.iter().all(|line| rest.any(|kept| kept == line)), "{text}");
    assert_eq!(after.len() - before.len(), 4, "{text}");
}

fn random_from(seed: u8) -> impl FnMut() -> [u8; 16] {
    let mut random = random();
    move || random().map(|byte| byte ^ seed)
}

#[test]
fn an_id_is_kept_while_it_is_replaced_and_never_used_again() {
    let mut registry = filled();
    let acme = name("acme");
    let id = account("111111111111");
    let first = registry.entry(&acme, Some(&id)).unwrap().external_id.clone().unwrap();
    let second = registry.rotate(&acme, Some(&id), TODAY, random_from(1)).unwrap();
    let entry = registry.entry(&acme, Some(&id)).unwrap().clone();
    assert_eq!(entry.accepted().collect::<Vec<_>>(), [&second, &first]);
    let twice = registry.rotate(&acme, Some(&id), TODAY, random_from(2));
    assert!(matches!(twice, Err(RegistryError::Rotating { .. })), "{twice:?}");
    registry.finish(&acme, Some(&id)).unwrap();
    let entry = registry.entry(&acme, Some(&id)).unwrap().clone();
    assert_eq!((entry.external_id.as_ref(), &entry.retired_ids[..]), (Some(&second), &[first.clone()][..]));
    assert!(matches!(registry.finish(&acme, Some(&id)), Err(RegistryError::NotRotating { .. })));

    registry.retire(&acme, Some(&id)).unwrap();
    assert!(matches!(registry.served(&acme, Some(&id)), Err(RegistryError::Retired { .. })));
    assert!(matches!(registry.retire(&acme, Some(&id)), Err(RegistryError::Retired { .. })));
    let third = registry.add(&acme, &id, None, TODAY, random_from(3)).unwrap();
    let entry = registry.entry(&acme, Some(&id)).unwrap();
    assert_eq!(entry.retired_ids, [first, second]);
    assert!(!entry.retired_ids.contains(&third));
    assert!(registry.served(&acme, Some(&id)).is_ok());
}

#[test]
fn random_bits_that_somebody_has_already_are_thrown_again() {
    let mut registry = filled();
    let taken = registry.entries[0].external_id.clone().unwrap();
    let mut replayed = random();
    replayed();
    replayed();
    // The third throw of the same dice is what the third customer got.
    let id = registry.add(&name("new"), &account("555555555555"), None, TODAY, replayed).unwrap();
    assert_ne!(id, taken);
    assert!(registry.problems().is_empty());
    let stuck = registry.add(&name("newer"), &account("555555555555"), None, TODAY, || [0; 16]);
    assert!(stuck.is_err(), "bits that count are no ID: {stuck:?}");
}

#[test]
fn what_was_edited_by_hand_is_flagged_and_not_served() {
    let good = filled();
    let id = |at: usize| good.entries[at].external_id.clone().unwrap().to_string();
    let cases = [
        (good.text().replace(&id(0), &id(2)), "have the same external ID"),
        (good.text().replace(&id(0), &id(2).to_uppercase()), "not made here"),
        (good.text().replace(&id(0), "acme-production"), "can be guessed: it is made of words"),
        (good.text().replace(&id(0), "111111111111"), "account id"),
        (good.text().replace(&id(0), "Zk9qLm3xVb7TnR2wYc5H"), "was not made here"),
        (
            good.text().replace(
                &format!("external_id = \"{}\"", id(2)),
                &format!("external_id = \"{}\"\nretired_ids = [\"{}\"]", id(2), id(0)),
            ),
            "was retired before",
        ),
        (
            good.text().replace(
                &format!("external_id = \"{}\"", id(0)),
                &format!("external_id = \"{0}\"\nretired_ids = [\"{0}\"]", id(0)),
            ),
            "was retired before",
        ),
    ];
    for (text, expected) in cases {
        let registry = Registry::parse(&text).unwrap();
        let problems: Vec<String> = registry.problems().iter().map(ToString::to_string).collect();
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:?}");
        let served = registry.served(&name("acme"), Some(&account("111111111111")));
        assert!(matches!(served, Err(RegistryError::Problem(_))), "{expected}: {served:?}");
        // It is mended by a new one.
        let mut mended = registry.clone();
        mended.rotate(&name("acme"), Some(&account("111111111111")), TODAY, random_from(9)).unwrap();
    }
}

#[test]
fn what_is_no_registry_is_refused() {
    let entry = "[customer.acme.111111111111]\ncreated = 2026-11-24\n";
    for (text, expected) in [
        ("registry = 2\n".to_owned(), "form 2"),
        ("nonsense = 1\n".to_owned(), "nonsense"),
        (format!("{entry}external_id = \"a b\"\n"), "a space at position 2"),
        (format!("{entry}colour = \"blue\"\n"), "colour"),
        (format!("{entry}{entry}"), "duplicate"),
        (entry.replace("111111111111", "11"), "12 digits"),
        (format!("{entry}role_arn = \"arn:aws:iam::222222222222:role/R\"\n"), "not in the account"),
        ("[customer.acme.111111111111]\n".to_owned(), "created"),
        ("<<<<<<< HEAD\n".to_owned(), "cannot be read"),
    ] {
        let error = Registry::parse(&text).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn what_holds_for_all_is_said_once() {
    let mut registry = filled();
    let settings = Settings {
        principal: Some("arn:aws:iam::123456789012:role/Scanner".parse().unwrap()),
        prefix: Some("acme".parse().unwrap()),
        role_name: Some("AcmeReader".parse().unwrap()),
        policy_arns: vec!["arn:aws:iam::aws:policy/SecurityAudit".parse().unwrap()],
    };
    registry.set(&settings).unwrap();
    registry.set(&settings).unwrap();
    let other = Settings { prefix: Some("other".parse().unwrap()), ..Settings::default() };
    assert!(matches!(registry.set(&other), Err(RegistryError::Differs { key: "prefix", .. })));
    let id = registry.add(&name("hooli"), &account("666666666666"), None, TODAY, random_from(5)).unwrap();
    assert!(id.as_str().starts_with("acme-"), "{id}");
    let entry = registry.entry(&name("hooli"), None).unwrap();
    assert_eq!(entry.role(&registry.terms).unwrap().to_string(), "arn:aws:iam::666666666666:role/AcmeReader");
}

#[test]
fn who_is_meant_has_to_be_clear() {
    let registry = filled();
    assert!(matches!(registry.entry(&name("acme"), None), Err(RegistryError::WhichAccount { .. })));
    assert!(registry.entry(&name("umbrella"), None).is_ok());
    match registry.entry(&name("umbrela"), None) {
        Err(RegistryError::Unknown { nearest, .. }) => assert_eq!(nearest.as_deref(), Some("umbrella")),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Git merges what two people added when their lines lie apart: no line of one is touched by the other.
    #[test]
    fn whatever_is_added_all_other_lines_stay_and_the_order_is_kept(customers in proptest::collection::btree_set(("[a-z]{1,4}", 100_000_000_000_u64..999_999_999_999), 1..12), last in ("[a-z]{1,4}", 100_000_000_000_u64..999_999_999_999)) {
        let mut registry = Registry::parse("").unwrap();
        let mut random = random();
        for (customer, id) in &customers {
            registry.add(&name(customer), &account(&id.to_string()), None, TODAY, &mut random).unwrap();
        }
        let before = registry.text().to_owned();
        prop_assume!(!customers.contains(&last));
        registry.add(&name(&last.0), &account(&last.1.to_string()), None, TODAY, &mut random).unwrap();
        let text = registry.text();
        let mut sorted = headers(text);
        sorted.sort_unstable();
        prop_assert_eq!(headers(text), sorted);
        let mut rest = text.lines();
        prop_assert!(before.lines().all(|line| rest.any(|kept| kept == line)), "{}", text);
        prop_assert_eq!(text.lines().count() - before.lines().count(), 4);
    }
}
