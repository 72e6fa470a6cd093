//! What is guessed and what is not, and what is made.

use proptest::prelude::*;

use super::*;

#[test]
fn what_somebody_could_guess_is_told_with_its_reason() {
    use Weakness::*;
    let cases = [
        ("123456789012", AccountId),
        ("1234-5678-9013", AccountId),
        ("111122223333", AccountId),
        ("acme-111122223333", AccountId),
        ("2024-05-17", Date),
        ("20240517", Date),
        ("acme-20240517", Date),
        ("31.12.2025", Date),
        ("1716000000", Date),
        ("acme", Name),
        ("Acme-Corp", Name),
        ("AcmeProductionAccess", Name),
        ("some_very_long_name_of_a_company_that_is_still_a_name", Name),
        ("customer42", Name),
        ("12345", Placeholder),
        ("12345678", Sequential),
        ("customer-0042", Sequential),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", Sequential),
        ("abcdefghijklmnopqrstuvwxyz", Sequential),
        ("98765432109876543210", Sequential),
        ("00000000-0000-0000-0000-000000000000", Sequential),
        ("12345678-1234-1234-1234-123456789012", Sequential),
        ("f47ac10b-58cc-11ee-a567-0e02b2c3d479", TimeUuid),
        ("changeme", Placeholder),
        ("YOUR-EXTERNAL-ID", Placeholder),
        ("external_id", Placeholder),
        ("example-id-1", Placeholder),
        ("test", Placeholder),
        ("x7Kq2", Short { bits: 29 }),
        ("9081726354", Short { bits: 33 }),
        ("a1b2c3d4", Short { bits: 32 }),
    ];
    for (text, expected) in cases {
        let judgement = judge(text);
        assert!(matches!(&judgement, Judgement::Weak(found) if found.contains(&expected)), "{text}: {judgement:?}");
    }
}

#[test]
fn what_nobody_guesses_is_left_alone() {
    for text in [
        "b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b35",
        "B7E2C1F4-5D3A-4C9E-8F60-2A1D9C7E4B35",
        "018f3c4e-9a7b-7c2d-8e1f-2a3b4c5d6e7f",
        "acme-9f86d081884c7d659a2feaa0c55ad015",
        "111122223333-9f86d081884c7d659a2feaa0c55ad015",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "ZmFrZS1iYXNlNjQtcmFuZG9tLXRleHQ5OTg3",
        "kqjzxvwpmfbgtyhnrdlsckkq",
        "aKxQwZrTbNpLmVcYdHsJfG",
    ] {
        assert_eq!(judge(text), Judgement::Strong, "{text}");
    }
}

#[test]
fn what_sts_does_not_take_is_no_external_id() {
    for text in ["", "a", "a b", "a*", "ä1", "x\ny", &"a".repeat(1_225)] {
        assert!(matches!(judge(text), Judgement::Unsendable(_)), "{text:?}");
    }
}

#[test]
fn a_prefix_is_short_and_plain() {
    for (text, expected) in [("acme", Some("acme")), ("acme-", Some("acme")), ("Acme-2", Some("Acme-2"))] {
        assert_eq!(text.parse::<IdPrefix>().ok().map(|prefix| prefix.to_string()).as_deref(), expected);
    }
    for text in ["", "-", "-a", "a b", "a:b", "a--", &"a".repeat(33)] {
        assert!(text.parse::<IdPrefix>().is_err(), "{text}");
    }
}

fn forms() -> impl Strategy<Value = IdForm> {
    prop_oneof![
        Just(IdForm::Uuid),
        "[A-Za-z0-9]([A-Za-z0-9-]{0,6}[A-Za-z0-9])?".prop_map(|prefix| IdForm::Prefixed(prefix.parse().unwrap())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_made_is_strong_is_of_its_form_and_holds_all_random_bits(form in forms(), random: [u8; 16]) {
        // Bits that count by chance are as likely as a guess that is right.
        prop_assume!(!is_counting(&hex::encode(random)));
        let id = form.make(random).unwrap();
        prop_assert!(form.fits(id.as_str()), "{}", id);
        prop_assert_eq!(judge(id.as_str()), Judgement::Strong);
        prop_assert!(IdForm::of(id.as_str()).is_some());
        for at in 0..16 {
            let mut other = random;
            // A bit that version and variant leave alone.
            other[at] ^= 1;
            prop_assert_ne!(form.make(other).unwrap(), id.clone());
        }
    }

    #[test]
    fn whatever_the_text_it_is_judged(text: String) {
        judge(&text);
    }
}
