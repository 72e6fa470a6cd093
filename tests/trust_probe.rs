//! `assume trust probe` against roles whose trust policies are wrong in known ways, and one that is right.

use serde_json::Value;

use crate::support::home::Ran;
use crate::support::sandbox::Sandbox;

const ID: &str = "b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b35";

const PARTNER: &str = r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}"#;

/// A customer's roles, and a vendor's users: `vendor`, who may assume what it likes; `helpless`, who may not; `other`, who
/// is of another account.
fn sandbox() -> Sandbox {
    let assume = |condition: &str| format!(r#"{{{PARTNER}, "Action": "sts:AssumeRole"{condition}}}"#);
    let exact = format!(r#", "Condition": {{"StringEquals": {{"sts:ExternalId": "{ID}"}}}}"#);
    let mfa = format!(
        r#", "Condition": {{"StringEquals": {{"sts:ExternalId": "{ID}"}}, "Bool": {{"aws:MultiFactorAuthPresent": "true"}}}}"#
    );
    let all =
        format!(r#"{{{PARTNER}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]{exact}}}"#);
    let roles = [
        ("Open", assume("")),
        ("Like", assume(r#", "Condition": {"StringLike": {"sts:ExternalId": "*"}}"#)),
        ("Begins", assume(r#", "Condition": {"StringLike": {"sts:ExternalId": "b7e2c1f4-*"}}"#)),
        ("IfExists", assume(&exact.replace("StringEquals", "StringEqualsIfExists"))),
        (
            "Twice",
            format!(
                "{}, {}",
                assume(&exact),
                assume(r#", "Condition": {"NumericLessThan": {"sts:DurationSeconds": "3600"}}"#)
            ),
        ),
        ("AnyCase", assume(&exact.replace("StringEquals", "StringEqualsIgnoreCase"))),
        ("Correct", assume(&exact)),
        ("WithMfa", assume(&mfa)),
        ("AnyTag", all),
        ("Wide", assume(&exact).replace("\"111122223333\"", "[\"111122223333\", \"444455556666\"]")),
    ];
    let roles: String = roles
        .iter()
        .map(|(name, statements)| {
            format!("[[account.role]]\nname = \"{name}\"\ntrust = '{{\"Version\": \"2012-10-17\", \"Statement\": [{statements}]}}'\n")
        })
        .collect();
    let may = r#"policies = { May = '{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}' }"#;
    let sandbox = Sandbox::of(&format!(
        r#"
[[account]]
id = "999999999999"
{roles}
[[account]]
id = "111122223333"
[[account.user]]
name = "vendor"
mfa = ["arn:aws:iam::111122223333:mfa/vendor"]
{may}
[[account.user]]
name = "helpless"
[[account]]
id = "444455556666"
[[account.user]]
name = "other"
{may}
"#
    ));
    sandbox.home.config(&format!(
        "[role.declared]\nidentity = \"vendor\"\nrole_arn = \"{}\"\nexternal_id = \"{ID}\"\n",
        arn("Correct")
    ));
    sandbox
}

fn arn(role: &str) -> String {
    format!("arn:aws:iam::999999999999:role/{role}")
}

fn probe(sandbox: &Sandbox, role: &str, more: &[&str]) -> Ran {
    let arn = arn(role);
    let mut words = vec!["trust", "probe", &arn, "--as", "vendor", "--external-id", ID];
    words.extend(more);
    sandbox.home.run(&words)
}

fn let_in(ran: &Ran) -> Vec<String> {
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let attempts = report["attempts"].as_array().unwrap();
    let found = attempts.iter().filter(|attempt| attempt["outcome"] == "let-in" && attempt["expected"] == "refused");
    found.map(|attempt| attempt["attempt"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_mistake_of_a_trust_policy_is_found_and_a_correct_one_is_not() {
    let sandbox = sandbox();
    let every = vec!["missing", "random", "decoy", "case", "prefix", "one-character"];
    let cases = [
        ("Open", every.clone()),
        ("Like", vec!["random", "decoy", "case", "prefix", "one-character"]),
        ("Begins", vec!["prefix", "one-character"]),
        ("IfExists", vec!["missing"]),
        ("Twice", every),
        ("AnyCase", vec!["case"]),
        ("Correct", vec![]),
    ];
    for (role, expected) in cases {
        let ran = probe(&sandbox, role, &["--json"]);
        assert_eq!(let_in(&ran), expected, "{role}");
        assert_eq!(ran.code, i32::from(!expected.is_empty()), "{role}: {}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let mended = &report["mended_policy"];
        assert_eq!(mended.is_null(), expected.is_empty(), "{role}");
        if !expected.is_empty() {
            assert_eq!(mended["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"], ID);
            assert_eq!(mended["Statement"][0]["Principal"]["AWS"], "arn:aws:iam::111122223333:root");
        }
    }
}

#[test]
fn each_expectation_is_stated_before_what_came_of_it_and_a_person_can_read_what_it_means() {
    let sandbox = sandbox();
    let ran = probe(&sandbox, "Like", &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{}", ran.stdout);
    for expected in [
        "1. the right external ID: has to be let in\n   let in\n",
        "2. no external ID: has to be refused\n   refused (request ",
        "3. a random external ID: has to be refused\n   let in\n",
        "OPEN: 5 of 6 attempts that have to be refused were let in.",
        "any other customer of account 111122223333 can name arn:aws:iam::999999999999:role/Like as theirs",
        "CloudTrail of 111122223333, in eu-west-1: an AssumeRole event for each call",
        "A refused call from another account is not logged there",
        "The trust policy that ends it:",
        "could do nothing (a session policy denies all)",
    ] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
    let right = sandbox.home.run(&["trust", "probe", "declared"]);
    assert_eq!((right.code, right.stderr.as_str()), (0, ""), "{}", right.stdout);
    assert!(right.stdout.contains("the control was let in, and all 6 others were refused"), "{}", right.stdout);
    // Nothing of it was kept.
    assert_eq!(sandbox.home.run(&["status"]).stdout, "this shell: no role\ncached: nothing\n");
}

#[test]
fn what_the_mended_policy_says_ends_it() {
    let sandbox = sandbox();
    let present = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "keep", {PARTNER}, "Action": "sts:AssumeRole"}}]}}"#
    );
    let file = sandbox.home.write("present.json", &present);
    let ran = probe(&sandbox, "Open", &["--json", "--policy", file.to_str().unwrap()]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mended = &report["mended_policy"];
    assert_eq!(mended["Statement"][0]["Sid"], "keep");
    let role = format!("[[account.role]]\nname = \"Mended\"\ntrust = '{mended}'\n");
    let again = Sandbox::of(&format!(
        "[[account]]\nid = \"999999999999\"\n{role}\n[[account]]\nid = \"111122223333\"\n[[account.user]]\nname = \"vendor\"\n\
         policies = {{ May = '{{\"Statement\": {{\"Effect\": \"Allow\", \"Action\": \"sts:*\", \"Resource\": \"*\"}}}}' }}\n"
    ));
    let ran = probe(&again, "Mended", &["--json"]);
    assert_eq!((ran.code, let_in(&ran)), (0, vec![]), "{}", ran.stderr);
}

#[test]
fn what_else_was_asked_for_is_tried_too() {
    let sandbox = sandbox();
    let tag = ["--try-tag", "team=root", "--try-source-identity", "boss", "--try-session-name", "boss", "--json"];
    assert_eq!(let_in(&probe(&sandbox, "AnyTag", &tag)), ["session-name", "source-identity", "tag"]);
    assert_eq!(let_in(&probe(&sandbox, "Correct", &tag)), ["session-name"]);
    assert_eq!(let_in(&probe(&sandbox, "Wide", &["--try-as", "other", "--json"])), ["as"]);
    assert!(let_in(&probe(&sandbox, "Correct", &["--try-as", "other", "--json"])).is_empty());

    let device = "arn:aws:iam::111122223333:mfa/vendor";
    let code = sandbox.home.write("code", &sandbox.code(device));
    let with = ["--mfa-serial", device, "--mfa-code-file", code.to_str().unwrap(), "--try-without-mfa", "--json"];
    let ran = probe(&sandbox, "WithMfa", &with);
    assert_eq!((ran.code, let_in(&ran)), (0, vec![]), "{}", ran.stderr);
    // The MFA session serves again, and no other code is asked for.
    let ran = probe(&sandbox, "Correct", &["--mfa-serial", device, "--try-without-mfa", "--json"]);
    assert_eq!((ran.code, let_in(&ran)), (1, vec!["without-mfa".to_owned()]), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["mended_policy"]["Statement"][0]["Condition"]["Bool"]["aws:MultiFactorAuthPresent"], "true");
}

#[test]
fn a_refusal_for_another_reason_is_never_safe() {
    let sandbox = sandbox();
    // Nothing is proved by somebody who may not ask at all.
    let helpless = sandbox.home.run(&["trust", "probe", &arn("Correct"), "--as", "helpless", "--external-id", ID]);
    assert_eq!(helpless.code, 4, "{helpless:?}");
    assert!(helpless.stdout.ends_with('\n') && helpless.stdout.contains("Nothing is proved."), "{}", helpless.stdout);
    assert!(!helpless.stdout.contains("2. "), "the others are not tried: {}", helpless.stdout);
    let wrong = probe(&sandbox, "NoSuchRole", &["--json"]);
    assert_eq!(wrong.code, 4, "{wrong:?}");

    // Throttled from the third call on: the control passes, and the rest says nothing.
    for failure in ["throttle*forever@AssumeRole", "500*forever@AssumeRole"] {
        let sandbox = self::sandbox();
        sandbox.fail(failure);
        let ran = probe(&sandbox, "Open", &["--json"]);
        assert_eq!(ran.code, 5, "{failure}: {ran:?}");
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(report["judgement"], "inconclusive");
    }
    let far = probe(&sandbox, "Correct", &["--json", "--region", "us-isob-east-1"]);
    assert_ne!(far.code, 1, "{far:?}");
}

#[test]
fn what_cannot_be_probed_is_said_before_a_call_is_made() {
    let sandbox = sandbox();
    for (words, code, expected) in [
        (vec!["trust", "probe", &arn("Correct"), "--as", "vendor"], 2, "no external ID is declared"),
        (vec!["trust", "probe", "vendor", "--external-id", ID], 2, "is no role that is assumed"),
        (vec!["trust", "probe", "nobody", "--as", "vendor", "--external-id", ID], 2, "nobody"),
        (vec!["trust", "probe", "declared", "--try-without-mfa"], 2, "no MFA session"),
    ] {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let ran = sandbox.home.run(&words);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{words:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{words:?}: {}", ran.stderr);
    }
    assert!(sandbox.operations().is_empty());
}
