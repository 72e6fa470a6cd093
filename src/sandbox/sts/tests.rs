//! What STS grants and what it refuses, as tables. Each refusal is AWS's code, status and sentence.

use super::super::scenario::Scenario;
use super::super::stage::{Credentials, Stage, inside};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
const UPDATE_APP: &str = "arn:aws:iam::123456789012:role/UpdateApp";
const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
const REPORTS: &str = "arn:aws:iam::444455556666:role/partners/Reports";
const RESTORE: &str = "arn:aws:iam::777788889999:role/Restore";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/Deploy";
const EXTERNAL_ID: &str = "b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b35";

const SPENT: &str = "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ";

type Parameters<'a> = &'a [(&'static str, &'a str)];
/// Who asks what, and how it is refused, if it is.
type Case<'a> = (&'a Credentials, &'a str, Parameters<'a>, Option<String>);

fn ask_role(role: &str, more: Parameters<'_>) -> Vec<(&'static str, String)> {
    let own = [("RoleArn", role), ("RoleSessionName", "test")];
    own.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect()
}

fn assume(stage: &mut Stage, who: &Credentials, role: &str, more: Parameters<'_>) -> Result<String, String> {
    let parameters = ask_role(role, more);
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    stage.ask(who, "AssumeRole", &parameters)
}

fn denied(who: &str, action: &str, role: &str) -> String {
    format!("403 AccessDenied: User: {who} is not authorized to perform: {action} on resource: {role}")
}

fn with_mfa(stage: &mut Stage, alice: &Credentials) -> Credentials {
    let code = stage.code(DEVICE, 0);
    stage.session(alice, "GetSessionToken", &[("SerialNumber", DEVICE), ("TokenCode", &code)])
}

#[test]
fn an_answer_says_who_one_has_become() {
    let mut stage = Stage::classic();
    let alice = stage.key_of("alice");
    let xml = assume(&mut stage, &alice, REPORTS, &[("ExternalId", EXTERNAL_ID), ("DurationSeconds", "900")]).unwrap();
    assert!(
        xml.starts_with("<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>")
    );
    assert_eq!(inside(&xml, "Arn"), "arn:aws:sts::444455556666:assumed-role/Reports/test");
    assert_eq!(inside(&xml, "Expiration"), "2025-11-24T16:15:00Z");
    assert!(inside(&xml, "AssumedRoleId").starts_with("AROA") && inside(&xml, "AssumedRoleId").ends_with(":test"));
    assert!(inside(&xml, "AccessKeyId").starts_with("ASIA"));
    assert!(!xml.contains("PackedPolicySize"));
}

#[test]
fn trust_and_permission_decide_who_gets_a_role() {
    let mut stage = Stage::classic();
    let (alice, bob) = (stage.key_of("alice"), stage.key_of("bob"));
    let bobs = "arn:aws:iam::111122223333:user/bob";
    let nobodys = "arn:aws:iam::123456789012:role/Nobody";
    let cases: [Case<'_>; 11] = [
        (&alice, UPDATE_APP, &[], None),
        (&alice, DEPLOY, &[], None),
        (&alice, REPORTS, &[("ExternalId", EXTERNAL_ID)], None),
        (&alice, REPORTS, &[], Some(denied(ALICE, "sts:AssumeRole", REPORTS))),
        (&alice, REPORTS, &[("ExternalId", "another")], Some(denied(ALICE, "sts:AssumeRole", REPORTS))),
        (&alice, ADMIN, &[], Some(denied(ALICE, "sts:AssumeRole", ADMIN))),
        (&alice, RESTORE, &[], Some(denied(ALICE, "sts:AssumeRole", RESTORE))),
        (&alice, nobodys, &[], Some(denied(ALICE, "sts:AssumeRole", nobodys))),
        (&bob, UPDATE_APP, &[], Some(denied(bobs, "sts:AssumeRole", UPDATE_APP))),
        (&bob, DEPLOY, &[], Some(denied(bobs, "sts:AssumeRole", DEPLOY))),
        (&bob, nobodys, &[], Some(denied(bobs, "sts:AssumeRole", nobodys))),
    ];
    for (who, role, more, refusal) in cases {
        assert_eq!(assume(&mut stage, who, role, more).err(), refusal, "{role} {more:?}");
    }
}

#[test]
fn mfa_counts_when_it_comes_with_the_call_or_with_the_session() {
    let mut stage = Stage::classic();
    let alice = stage.key_of("alice");
    let code = stage.code(DEVICE, 0);
    assume(&mut stage, &alice, ADMIN, &[("SerialNumber", DEVICE), ("TokenCode", &code)]).unwrap();
    assert_eq!(
        assume(&mut stage, &alice, ADMIN, &[("SerialNumber", DEVICE), ("TokenCode", &code)]).unwrap_err(),
        SPENT
    );

    let without = stage.session(&alice, "GetSessionToken", &[]);
    assert_eq!(assume(&mut stage, &without, ADMIN, &[]).unwrap_err(), denied(ALICE, "sts:AssumeRole", ADMIN));
    stage.pass(30);
    let session = with_mfa(&mut stage, &alice);
    let admin = stage.assume(&session, ADMIN);
    assert_eq!(
        assume(&mut stage, &admin, ADMIN, &[]).unwrap_err(),
        denied("arn:aws:sts::123456789012:assumed-role/Admin/test", "sts:AssumeRole", ADMIN),
        "a role's session carries no MFA onward"
    );
}

#[test]
fn a_code_is_of_this_half_minute_or_one_beside_it_and_taken_once() {
    let mut stage = Stage::classic();
    let alice = stage.key_of("alice");
    let before = stage.code(DEVICE, 0);
    stage.pass(30);
    let (now, next, later) = (stage.code(DEVICE, 0), stage.code(DEVICE, 30), stage.code(DEVICE, 60));
    let unknown = "403 AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your \
                   MFA serial number is valid and associated with this user.";
    let half = "403 AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number and one time \
                pass code.";
    let cases: [(Parameters<'_>, Option<&str>); 10] = [
        (&[("SerialNumber", DEVICE), ("TokenCode", &later)], Some(SPENT)),
        (&[("SerialNumber", DEVICE), ("TokenCode", &before)], None),
        (&[("SerialNumber", DEVICE), ("TokenCode", &now)], None),
        (&[("SerialNumber", DEVICE), ("TokenCode", &next)], None),
        (&[("SerialNumber", DEVICE), ("TokenCode", &before)], Some(SPENT)),
        (&[("SerialNumber", DEVICE), ("TokenCode", &now)], Some(SPENT)),
        (&[("SerialNumber", DEVICE), ("TokenCode", &next)], Some(SPENT)),
        (&[("SerialNumber", "arn:aws:iam::111122223333:mfa/bob"), ("TokenCode", &now)], Some(unknown)),
        (&[("SerialNumber", DEVICE)], Some(half)),
        (&[("TokenCode", &now)], Some(half)),
    ];
    for (parameters, refusal) in cases {
        let outcome = stage.ask(&alice, "GetSessionToken", parameters);
        assert_eq!(outcome.err().as_deref(), refusal, "{parameters:?}");
    }
}

#[test]
fn a_session_lasts_as_long_as_model_role_and_chain_allow_in_that_order() {
    let mut stage = Stage::classic();
    let alice = stage.key_of("alice");
    let session = with_mfa(&mut stage, &alice);
    let admin = stage.assume(&session, ADMIN);
    let bound = |seconds: &str, bound: &str| {
        format!(
            "400 ValidationError: 1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy \
             constraint: Member must have value {bound}"
        )
    };
    let role_most =
        "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    let hour = "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
                role chaining.";
    let cases = [
        (&alice, UPDATE_APP, "900", None),
        (&alice, UPDATE_APP, "3600", None),
        (&alice, UPDATE_APP, "899", Some(bound("899", "greater than or equal to 900"))),
        (&alice, UPDATE_APP, "43201", Some(bound("43201", "less than or equal to 43200"))),
        (&alice, UPDATE_APP, "-1", Some(bound("-1", "greater than or equal to 900"))),
        (&alice, UPDATE_APP, "3601", Some(role_most.to_owned())),
        (&session, UPDATE_APP, "7200", Some(role_most.to_owned())),
        (&session, ADMIN, "3600", None),
        (&session, ADMIN, "14400", Some(hour.to_owned())),
        (&admin, RESTORE, "3600", None),
        (&admin, RESTORE, "3601", Some(hour.to_owned())),
        (&alice, UPDATE_APP, "soon", Some("400 MalformedInput: Invalid Argument".to_owned())),
    ];
    for (who, role, seconds, refusal) in cases {
        let outcome = assume(&mut stage, who, role, &[("DurationSeconds", seconds)]);
        assert_eq!(outcome.err(), refusal, "{role} {seconds}");
    }
}

#[test]
fn get_session_token_is_for_long_term_keys_and_its_sessions_may_do_little() {
    let mut stage = Stage::classic();
    let alice = stage.key_of("alice");
    let session = stage.session(&alice, "GetSessionToken", &[]);
    let role = stage.assume(&alice, UPDATE_APP);
    let cannot = |operation: &str| Some(format!("403 AccessDenied: Cannot call {operation} with session credentials"));
    let key: Parameters<'_> = &[("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")];
    let unknown = "403 InvalidClientTokenId: The security token included in the request is invalid.";
    let cases: [Case<'_>; 7] = [
        (&session, "GetSessionToken", &[], cannot("GetSessionToken")),
        (&role, "GetSessionToken", &[], cannot("GetSessionToken")),
        (&session, "GetAccessKeyInfo", key, cannot("GetAccessKeyInfo")),
        (&session, "DecodeAuthorizationMessage", &[("EncodedMessage", "x")], cannot("DecodeAuthorizationMessage")),
        (&session, "GetCallerIdentity", &[], None),
        (&role, "GetCallerIdentity", &[], None),
        (&session, "GetUser", &[], Some(unknown.to_owned())),
    ];
    for (who, operation, parameters, refusal) in cases {
        assert_eq!(stage.ask(who, operation, parameters).err(), refusal, "{operation}");
    }
    let with_mfa = with_mfa(&mut stage, &alice);
    stage.ask(&with_mfa, "GetUser", &[]).unwrap();
    for (seconds, fits) in [("899", false), ("900", true), ("129600", true), ("129601", false)] {
        let outcome = stage.ask(&alice, "GetSessionToken", &[("DurationSeconds", seconds)]);
        assert_eq!(outcome.is_ok(), fits, "{seconds}");
    }
}

#[test]
fn root_assumes_nothing_and_its_session_lasts_an_hour() {
    let scenario = "[[account]]\nid = \"123456789012\"\n[[account.user]]\nname = \"root\"\nroot = true\n";
    let mut stage = Stage::of(&Scenario::parse(scenario).unwrap());
    let root = stage.key_of("root");
    let xml = stage.ask(&root, "GetCallerIdentity", &[]).unwrap();
    assert_eq!(inside(&xml, "Arn"), "arn:aws:iam::123456789012:root");
    assert_eq!(inside(&xml, "UserId"), "123456789012");
    let refusal = assume(&mut stage, &root, UPDATE_APP, &[]).unwrap_err();
    assert_eq!(refusal, "403 AccessDenied: Roles may not be assumed by root accounts.");
    let xml = stage.ask(&root, "GetSessionToken", &[("DurationSeconds", "7200")]).unwrap();
    assert_eq!(inside(&xml, "Expiration"), "2025-11-24T17:00:00Z");
}

const TAG: [(&str, &str); 2] = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "core")];

#[test]
fn tags_need_a_permission_of_their_own_and_keys_that_differ() {
    let mut stage = Stage::classic();
    let alice = stage.key_of("alice");
    let session = with_mfa(&mut stage, &alice);
    let second = |key: &'static str| [TAG[0], TAG[1], ("Tags.member.2.Key", key), ("Tags.member.2.Value", "x")];
    let invalid = |message: &str| Some(format!("400 InvalidParameterValue: {message}"));
    let duplicate = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    let missing = "The specified transitive tag key must be included in the requested tags.";
    let cases: [Case<'_>; 6] = [
        (&alice, UPDATE_APP, &TAG, None),
        (&alice, UPDATE_APP, &[TAG[0], TAG[1], ("TransitiveTagKeys.member.1", "TEAM")], None),
        (&session, ADMIN, &TAG, Some(denied(ALICE, "sts:TagSession", ADMIN))),
        (&alice, UPDATE_APP, &second("Team"), invalid(duplicate)),
        (&alice, UPDATE_APP, &[("TransitiveTagKeys.member.1", "team")], invalid(missing)),
        (
            &alice,
            UPDATE_APP,
            &[("Tags.member.1.Key", "a!"), ("Tags.member.1.Value", "x")],
            Some(
                r"400 ValidationError: 1 validation error detected: Value 'a!' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"
                    .to_owned(),
            ),
        ),
    ];
    for (who, role, more, refusal) in cases {
        assert_eq!(assume(&mut stage, who, role, more).err(), refusal, "{more:?}");
    }
}

/// Two roles in a row, of which the second looks at what came along.
const CHAIN: &str = r#"
    [[account]]
    id = "111122223333"
    [[account.user]]
    name = "alice"
    [account.user.policies]
    All = '{"Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}'
    [[account.role]]
    name = "First"
    trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:*"}}'
    [account.role.policies]
    All = '{"Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}'
    [[account.role]]
    name = "Second"
    trust = '''{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},
        "Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":"core"}}}}'''
    [[account.role]]
    name = "Plain"
    trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}'
"#;
const FIRST: &str = "arn:aws:iam::111122223333:role/First";
const SECOND: &str = "arn:aws:iam::111122223333:role/Second";
const PLAIN: &str = "arn:aws:iam::111122223333:role/Plain";
const FIRST_SESSION: &str = "arn:aws:sts::111122223333:assumed-role/First/test";

fn chain() -> (Stage, Credentials) {
    let stage = Stage::of(&Scenario::parse(CHAIN).unwrap());
    let alice = stage.key_of("alice");
    (stage, alice)
}

fn first(stage: &mut Stage, alice: &Credentials, more: Parameters<'_>) -> Credentials {
    super::super::stage::credentials(&assume(stage, alice, FIRST, more).unwrap())
}

#[test]
fn transitive_tags_go_on_with_the_chain_and_cannot_be_replaced() {
    let (mut stage, alice) = chain();
    let plain = first(&mut stage, &alice, &TAG);
    let transitive = first(&mut stage, &alice, &[TAG[0], TAG[1], ("TransitiveTagKeys.member.1", "team")]);
    let conflict = "400 InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts \
                    with a transitive tag key from the calling session.";

    assume(&mut stage, &plain, SECOND, &TAG).unwrap();
    assert_eq!(assume(&mut stage, &transitive, SECOND, &TAG).unwrap_err(), conflict);
    let second = super::super::stage::credentials(&assume(&mut stage, &transitive, SECOND, &[]).unwrap());
    assert_eq!(stage.estate.sessions[&second.id].expires, stage.now + std::time::Duration::from_secs(3_600));
    // Tags that come along need the permission too.
    assume(&mut stage, &plain, PLAIN, &[]).unwrap();
    assert_eq!(
        assume(&mut stage, &transitive, PLAIN, &[]).unwrap_err(),
        denied(FIRST_SESSION, "sts:TagSession", PLAIN)
    );
    assert_eq!(
        assume(&mut stage, &alice, SECOND, &[]).unwrap_err(),
        denied("arn:aws:iam::111122223333:user/alice", "sts:AssumeRole", SECOND)
    );
}

#[test]
fn a_source_identity_stays_what_it_is() {
    let (mut stage, alice) = chain();
    let named = first(&mut stage, &alice, &[TAG[0], TAG[1], ("SourceIdentity", "alice")]);
    let xml = assume(&mut stage, &named, SECOND, &[]).unwrap();
    assert_eq!(inside(&xml, "SourceIdentity"), "alice");
    assume(&mut stage, &named, SECOND, &[("SourceIdentity", "alice")]).unwrap();
    let refusal = assume(&mut stage, &named, SECOND, &[("SourceIdentity", "bob")]).unwrap_err();
    assert_eq!(refusal, "403 AccessDenied: The source identity is already set for this assume role session");
    assert_eq!(
        assume(&mut stage, &named, PLAIN, &[]).unwrap_err(),
        denied(FIRST_SESSION, "sts:SetSourceIdentity", PLAIN)
    );
    let reserved = assume(&mut stage, &alice, FIRST, &[("SourceIdentity", "aws:x")]).unwrap_err();
    assert!(reserved.starts_with("400 ValidationError: 1 validation error detected: Value 'aws:x'"), "{reserved}");
}

#[test]
fn session_policies_are_read_packed_and_narrow_what_the_session_may() {
    let (mut stage, alice) = chain();
    let nothing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let narrowed = first(&mut stage, &alice, &[TAG[0], TAG[1], ("Policy", nothing)]);
    assert_eq!(assume(&mut stage, &narrowed, PLAIN, &[]).unwrap_err(), denied(FIRST_SESSION, "sts:AssumeRole", PLAIN));
    let by_arn = first(&mut stage, &alice, &[("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess")]);
    assert_eq!(assume(&mut stage, &by_arn, PLAIN, &[]).unwrap_err(), denied(FIRST_SESSION, "sts:AssumeRole", PLAIN));
    let xml = assume(&mut stage, &alice, FIRST, &[("Policy", nothing)]).unwrap();
    assert_eq!(inside(&xml, "PackedPolicySize"), "5");

    let long = nothing.replace("s3:*", &format!("s3:{}*", "a".repeat(1_950)));
    let cases: [(Parameters<'_>, &str); 5] = [
        (&[("Policy", "{")], "400 MalformedPolicyDocument: This policy contains invalid Json"),
        (
            &[("Policy", r#"{"Statement":[{"Effect":"Maybe"}]}"#)],
            "400 MalformedPolicyDocument: Syntax errors in policy.",
        ),
        (
            &[("PolicyArns.member.1.arn", "arn:aws:iam::aws:role/ReadOnlyAccess")],
            "400 ValidationError: ARN arn:aws:iam::aws:role/ReadOnlyAccess is not valid.",
        ),
        (
            &[("Policy", &long), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")],
            "400 PackedPolicyTooLarge: Packed policy consumes 11",
        ),
        (&[("Policy", &" ".repeat(2_049))], "400 ValidationError: 1 validation error detected: Value '"),
    ];
    for (more, expected) in cases {
        let refusal = assume(&mut stage, &alice, FIRST, more).unwrap_err();
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}

#[test]
fn the_small_operations_answer() {
    let (mut stage, alice) = chain();
    let encoded = stage.estate.encode_message("{\"allowed\":false}");
    let xml = stage.ask(&alice, "DecodeAuthorizationMessage", &[("EncodedMessage", &encoded)]).unwrap();
    assert_eq!(inside(&xml, "DecodedMessage"), "{\"allowed\":false}");
    let refusal = stage.ask(&alice, "DecodeAuthorizationMessage", &[("EncodedMessage", "x")]).unwrap_err();
    assert!(refusal.starts_with("400 InvalidAuthorizationMessageException: "), "{refusal}");

    let session = first(&mut stage, &alice, &[]);
    for id in [&alice.id, &session.id] {
        let xml = stage.ask(&alice, "GetAccessKeyInfo", &[("AccessKeyId", id)]).unwrap();
        assert_eq!(inside(&xml, "Account"), "111122223333");
    }
    let mut stage = Stage::classic();
    let bob = stage.key_of("bob");
    let refusal = stage.ask(&bob, "GetAccessKeyInfo", &[("AccessKeyId", &bob.id)]).unwrap_err();
    assert_eq!(refusal, denied("arn:aws:iam::111122223333:user/bob", "sts:GetAccessKeyInfo", "*"));
}

#[test]
fn a_role_arn_that_is_none_is_invalid() {
    let mut stage = Stage::classic();
    let alice = stage.key_of("alice");
    for arn in ["arn:aws:iam::1234:role/Admin", "arn:aws:iam::123456789012:user/alice", "a-role-of-this-account"] {
        let refusal = assume(&mut stage, &alice, arn, &[]).unwrap_err();
        assert_eq!(refusal, format!("400 ValidationError: {arn} is invalid"));
    }
}
