//! What becomes of an assertion that a real provider signed (npm's saml-idp), whole and tampered with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::super::call::Call;
use super::super::super::saml::Metadata;
use super::super::super::scenario::Scenario;
use super::super::super::stage::{Stage, inside};
use super::*;
use crate::identity::Recipient;
use crate::terms::Partition;

const METADATA: &str = include_str!("../../saml/metadata.xml");
const RESPONSE: &str = include_str!("../../saml/response.txt");
const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";
const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/Example";
const DENIED: &str = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML";
const FORGED: &str = "400 InvalidIdentityToken: Response Signature Invalid";

/// When the response was made, to the second.
fn made() -> SystemTime {
    humantime::parse_rfc3339("2026-11-24T12:07:32Z").unwrap()
}

fn stage_with(metadata: &str, condition: &str) -> Stage {
    let trust = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"Federated": "{PROVIDER}"}},
            "Action": "sts:AssumeRoleWithSAML", "Condition": {{"StringEquals": {condition}}}}}}}"#
    );
    let scenario = format!(
        "[[account]]\nid = \"123456789012\"\n[[account.saml_provider]]\nname = \"Example\"\nmetadata = '''{metadata}'''\n\
         [[account.role]]\nname = \"Admin\"\nmax_session_duration = 14400\ntrust = '''{trust}'''\n\
         [[account.role]]\nname = \"ReadOnly\"\ntrust = '''{trust}'''\n"
    );
    let mut stage = Stage::of(&Scenario::parse(&scenario).unwrap());
    stage.now = made();
    stage
}

fn stage() -> Stage {
    stage_with(METADATA, r#"{"SAML:aud": "https://signin.aws.amazon.com/saml"}"#)
}

fn xml() -> String {
    let encoded: String = RESPONSE.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

fn ask(stage: &mut Stage, xml: &str, more: &[(&str, &str)]) -> Result<String, String> {
    let assertion = STANDARD.encode(xml);
    let mut parameters = vec![
        ("Action", "AssumeRoleWithSAML"),
        ("Version", "2011-06-15"),
        ("RoleArn", ROLE),
        ("PrincipalArn", PROVIDER),
        ("SAMLAssertion", assertion.as_str()),
    ];
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    parameters.extend(more);
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    stage.deliver(&Call::new("POST", "", Vec::new(), form.into_bytes()))
}

/// The element of that name, with what is in it.
fn element_of<'a>(xml: &'a str, name: &str) -> &'a str {
    let from = xml.find(&format!("<{name}")).unwrap();
    let end = format!("</{name}>");
    &xml[from..from + xml[from..].find(&end).unwrap() + end.len()]
}

/// Only the assertion is signed: the response around it may be anything.
fn signed_inside() -> String {
    let xml = xml();
    xml.replacen(element_of(&xml, "Signature"), "", 1)
}

#[test]
fn a_signed_assertion_becomes_a_session_and_says_whose_it_is() {
    let mut stage = stage();
    let xml = ask(&mut stage, &xml(), &[]).unwrap();
    assert!(xml.starts_with("<AssumeRoleWithSAMLResponse"), "{xml}");
    for (name, expected) in [
        ("Arn", "arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com"),
        ("Expiration", "2026-11-24T13:07:32Z"),
        ("Subject", "alice@example.com"),
        ("SubjectType", "persistent"),
        ("Issuer", "urn:example:idp"),
        ("Audience", "https://signin.aws.amazon.com/saml"),
        ("NameQualifier", "TH2oStiQQqakQCo6HhXiLsJJOcs="),
    ] {
        assert_eq!(inside(&xml, name), expected, "{name}");
    }
    let session = super::super::super::stage::credentials(&xml);
    let caller = stage.ask(&session, "GetCallerIdentity", &[]).unwrap();
    assert_eq!(inside(&caller, "Arn"), "arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com");
}

#[test]
fn either_signature_is_enough_and_all_that_are_there_have_to_be_good() {
    assert!(ask(&mut stage(), &signed_inside(), &[]).is_ok());
    let xml = xml();
    let inner = element_of(&signed_inside(), "Signature").to_owned();
    assert!(ask(&mut stage(), &xml.replace("<samlp:Status>", "<samlp:Status >"), &[]).is_ok(), "as good by C14N");
    let one_is_bad = signed_inside().replacen("<samlp:Status>", &format!("{inner}<samlp:Status>"), 1);
    assert_eq!(ask(&mut stage(), &one_is_bad, &[]), Err(FORGED.to_owned()));
}

#[test]
fn a_changed_byte_is_refused_wherever_it_stands() {
    let xml = xml();
    let changes = [
        ("alice@example.com", "clice@example.com"),
        ("role/Admin", "role/admin"),
        ("urn:amazon:webservices", "urn:amazon:webservicex"),
        ("7200", "7201"),
        ("2026-11-24T13:", "2026-11-24T23:"),
        ("<saml:Subject>", "<saml:Subject> "),
        ("rsa-sha256", "rsa-sha384"),
        ("<SignatureValue>", "<SignatureValue>AA"),
        ("</saml:Assertion>", "<!-- --><a/></saml:Assertion>"),
    ];
    for (from, to) in changes {
        let changed = xml.replace(from, to);
        assert_ne!(changed, xml, "{from}");
        assert_eq!(ask(&mut stage(), &changed, &[]), Err(FORGED.to_owned()), "{from}");
    }
}

#[test]
fn somebody_elses_key_or_none_is_refused() {
    let xml = xml();
    let own = element_of(METADATA, "X509Certificate");
    let other = METADATA.replace(own, &format!("<X509Certificate>{OTHER}</X509Certificate>"));
    let any = r#"{"SAML:iss": "urn:example:idp"}"#;
    assert_eq!(ask(&mut stage_with(&other, any), &xml, &[]), Err(FORGED.to_owned()), "KeyInfo counts for nothing");
    let unsigned = signed_inside();
    let unsigned = unsigned.replacen(element_of(&unsigned, "Signature"), "", 1);
    assert_eq!(ask(&mut stage(), &unsigned, &[]), Err(FORGED.to_owned()));
    let both = METADATA.replace(own, &format!("<X509Certificate>{OTHER}</X509Certificate></X509Data><X509Data>{own}"));
    assert!(ask(&mut stage_with(&both, any), &xml, &[]).is_ok(), "one key replaces the other");
}

/// An HMAC whose secret is the public key, which everybody has.
#[test]
fn a_signature_by_a_shared_secret_is_none() {
    let hmac = xml().replace(
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    );
    assert_eq!(ask(&mut stage(), &hmac, &[]), Err(FORGED.to_owned()));
}

/// The signed assertion is kept somewhere in the document, where its signature still finds it, and another stands in its
/// place (signature wrapping).
#[test]
fn an_assertion_that_is_wrapped_around_a_signed_one_is_refused() {
    let whole = signed_inside();
    let good = element_of(&whole, "saml:Assertion").to_owned();
    let signature = element_of(&good, "Signature").to_owned();
    let evil = |id: &str| {
        let unsigned = good.replacen(&signature, "", 1).replace("role/Admin", "role/ReadOnly");
        unsigned.replacen(r#"ID="_qOSOluqGK7CvQE7jjmhgrpfSqcSyFZyA""#, &format!("ID=\"{id}\""), 1)
    };
    let same = "_qOSOluqGK7CvQE7jjmhgrpfSqcSyFZyA";
    let hidden = |place: &str| format!("<{place} xmlns=\"urn:x\">{good}</{place}>");
    let wrapped = [
        // Beside it, before and behind it, with an ID of its own and with the same.
        whole.replacen(&good, &format!("{}{good}", evil("_evil")), 1),
        whole.replacen(&good, &format!("{good}{}", evil("_evil")), 1),
        whole.replacen(&good, &format!("{}{good}", evil(same)), 1),
        // The good one in an extension, in the evil one's own signature, or within the evil one.
        whole.replacen(&good, &format!("{}{}", hidden("Extensions"), evil("_evil")), 1),
        whole.replacen(
            &good,
            &evil("_evil").replacen(
                "</saml:Issuer>",
                &format!(
                    "</saml:Issuer>{}",
                    signature.replace("</Signature>", &format!("<Object>{good}</Object></Signature>"))
                ),
                1,
            ),
            1,
        ),
        whole.replacen(&good, &evil("_evil").replace("</saml:Assertion>", &format!("{good}</saml:Assertion>")), 1),
        // The signature alone is moved to the evil one.
        whole.replacen(&good, &evil("_evil").replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1), 1),
        whole.replacen(&good, &evil(same).replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1), 1),
    ];
    for (index, xml) in wrapped.iter().enumerate() {
        assert_ne!(*xml, whole, "{index}");
        for role in [ROLE, "arn:aws:iam::123456789012:role/ReadOnly"] {
            let refusal = ask(&mut stage(), xml, &[("RoleArn", role)]).expect_err("a refusal");
            assert!(refusal.starts_with("400 InvalidIdentityToken: "), "{index}: {refusal}");
        }
    }
}

#[test]
fn an_assertion_is_taken_once_and_for_five_minutes() {
    let mut stage = stage();
    stage.pass(299 - 1);
    assert!(ask(&mut stage, &xml(), &[]).is_ok());
    let again = "400 InvalidIdentityToken: The assertion has been used before: each one is taken once";
    assert_eq!(ask(&mut stage, &xml(), &[]), Err(again.to_owned()));
    stage.pass(10);
    let late = "400 ExpiredTokenException: Token must be redeemed within 5 minutes of issuance";
    assert_eq!(ask(&mut stage, &xml(), &[]), Err(late.to_owned()));
    let mut stage = self::stage();
    stage.now = made() - Duration::from_secs(120);
    assert_eq!(
        ask(&mut stage, &xml(), &[]),
        Err("400 InvalidIdentityToken: The assertion is not valid yet".to_owned())
    );
}

#[test]
fn what_is_asked_for_has_to_be_offered_trusted_and_within_limits() {
    let longest =
        "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    let read_only = "arn:aws:iam::123456789012:role/ReadOnly";
    let no_provider = "arn:aws:iam::123456789012:saml-provider/Other";
    type Case = (&'static str, &'static str, Result<&'static str, String>);
    let cases: [Case; 7] = [
        ("DurationSeconds", "900", Ok("2026-11-24T12:22:32Z")),
        // The provider's SessionDuration shortens, it does not refuse.
        ("DurationSeconds", "14400", Ok("2026-11-24T14:07:32Z")),
        ("DurationSeconds", "14401", Err(longest.to_owned())),
        ("RoleArn", read_only, Err(DENIED.to_owned())),
        ("RoleArn", "arn:aws:iam::123456789012:role/Nobody", Err(DENIED.to_owned())),
        ("PrincipalArn", no_provider, Err("400 InvalidIdentityToken: Specified provider doesn't exist".to_owned())),
        (
            "SAMLAssertion",
            "PGh0bWwvPg==",
            Err("400 InvalidIdentityToken: The SAML response cannot be taken: it is a `html`, not a SAML response"
                .to_owned()),
        ),
    ];
    for (name, value, expected) in cases {
        let answer = ask(&mut stage(), &xml(), &[(name, value)]);
        match expected {
            Ok(expiration) => assert_eq!(inside(&answer.unwrap(), "Expiration"), expiration, "{name} {value}"),
            Err(refusal) => assert_eq!(answer, Err(refusal), "{name} {value}"),
        }
    }
    for (condition, is_allowed) in [
        (r#"{"saml:iss": "urn:example:idp"}"#, true),
        (r#"{"saml:sub": "alice@example.com", "saml:sub_type": "persistent"}"#, true),
        (r#"{"saml:doc": "123456789012/Example"}"#, true),
        (r#"{"saml:namequalifier": "TH2oStiQQqakQCo6HhXiLsJJOcs="}"#, true),
        (r#"{"saml:sub": "bob@example.com"}"#, false),
        (r#"{"saml:aud": "https://example.com/saml"}"#, false),
        (r#"{"saml:mail": "alice@example.com"}"#, false),
    ] {
        let answer = ask(&mut stage_with(METADATA, condition), &xml(), &[]);
        assert_eq!(answer.is_ok(), is_allowed, "{condition}: {answer:?}");
    }
}

/// What a provider says is looked at only once its signature was found good, so these need none.
#[test]
fn what_an_assertion_says_of_itself_is_looked_at() {
    let provider = SamlProvider {
        arn: PROVIDER.to_owned(),
        account: "123456789012".parse().unwrap(),
        partition: Partition::Aws,
        metadata: Metadata::parse(METADATA).unwrap(),
    };
    let document = xml();
    let document = crate::identity::parse(&document).unwrap();
    let good = Assertion::of(crate::identity::find(&document).unwrap().unwrap());
    let recipient = |url: &str| vec![Recipient { url: url.to_owned(), not_on_or_after: None }];
    let with = |change: &dyn Fn(&mut Assertion)| {
        let mut assertion = good.clone();
        change(&mut assertion);
        check(&assertion, &provider, made()).map(str::to_owned).map_err(|refusal| refusal.message)
    };
    let no_audience = Err("Response does not contain the required audience".to_owned());
    let no_recipient = Err("The Recipient of the assertion is not AWS's sign-in endpoint".to_owned());
    let expired = Err("Token is expired".to_owned());
    let aws = Ok("https://signin.aws.amazon.com/saml".to_owned());
    let regional = "https://eu-west-1.signin.aws.amazon.com/saml";
    assert_eq!(with(&|_| ()), aws);
    assert_eq!(with(&|a| a.recipients = recipient(regional)), Ok(regional.to_owned()));
    assert_eq!(with(&|a| a.audiences = vec!["urn:other".to_owned(), "urn:amazon:webservices".to_owned()]), aws);
    assert_eq!(with(&|a| a.audiences = vec!["urn:other".to_owned()]), no_audience);
    assert_eq!(with(&|a| a.audiences.clear()), no_audience);
    assert_eq!(with(&|a| a.recipients = recipient("https://signin.amazonaws.cn/saml")), no_recipient);
    assert_eq!(with(&|a| a.recipients = recipient("https://example.com/saml")), no_recipient);
    assert_eq!(with(&|a| a.recipients.clear()), no_recipient);
    assert_eq!(with(&|a| a.not_on_or_after = Some(made())), expired);
    assert_eq!(with(&|a| a.recipients[0].not_on_or_after = Some(made())), expired);
    assert_eq!(
        with(&|a| a.issuer = "urn:other".to_owned()),
        Err("Issuer not present in specified provider".to_owned())
    );
    assert_eq!(with(&|a| a.issued = None), Err("IssueInstant is required in the assertion".to_owned()));
}

const OTHER: &str = "MIIDETCCAfmgAwIBAgIUBInxejMcwZtyRGkiN73Qpw4Xy9swDQYJKoZIhvcNAQELBQAwGDEWMBQGA1UEAwwNU29tZWJvZHkgZWxzZTAeFw0yNjExMjQxMjA4NTJaFw00NjExMTkxMjA4NTJaMBgxFjAUBgNVBAMMDVNvbWVib2R5IGVsc2UwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCnKA2R7SzBx3DxU6byfCiTl1dTKRLuMrVXV3SkTHjyPydU2i85T/kDTIdka1BALthNBsykOf39HVcNakoudy+M48lp99kpwjv/i46lmQHZ6iX2dcIcSfusvK4RtCom6qIFcqp2VV8QVKuvzYfDznQg4eFM7dEHyCwuJOPCSvBcF9GeQR6PicjnQxyFGYgNiA6ZnbIXOZXwT0rgmYP4dD6n7OPPn+pVGzBpWp7qg7gItGHrXfV+RLqo3pO9SReJ9m05x7z+AD/LamZ0cAG/cCZdJ9t4EWbQrWj76P8hcQ6pqFrCFBH51NBo/OznSyY49APg1uaXul21NHJpwlsRp1odAgMBAAGjUzBRMB0GA1UdDgQWBBRqzq7nxOTD+1+1+dt5+4sx6AqT9DAfBgNVHSMEGDAWgBRqzq7nxOTD+1+1+dt5+4sx6AqT9DAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQADRXvdox1MupEi423js+S+13n8iq1OdHZPOQQ51QCxc+HqGeGG+527+mePgIUU5NR8gXXO/DlfuJlrQhyM9B612aeezByxIM3zoduuRFEIOEsMUzZ3dXR+sACQIRhy3fCUhcesnWWfgkDTQftDl3vk4LMjpqQ4m4jYm5Md1VYFlTjwLa3083vF0GFfHmAh0ayo/KVpG/6LLxEZMFaDuoRbd59FzPqRw/YQrb8eFBFrtZefum8v0Ypl1og5La8ODwIquaZ/DvwfI8lGYRw7hB0KRYRWtK4y8xIaEVr7yyVOlYdSRtwD4TvPLSIM0YR8o3+SVIS//cDRihwKoxFlAzdl";
