//! A trust policy, an identity policy and a request: read and evaluated. A deny of everything wins over all of it.
#![no_main]

use assume::person::plain;
use assume::policy::{Context, Document, Principal, Request, allows, may_assume};
use assume_fuzz::{is_plain, now, parts};
use libfuzzer_sys::fuzz_target;

const ROLE: &str = "arn:aws:iam::999999999999:role/R";
const DENY_ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*"}}"#;

fuzz_target!(|data: &[u8]| {
    let [trust, own, asked] = parts(data).map(|part: &[u8]| String::from_utf8_lossy(part));
    let read = |document: Result<Document, assume::policy::PolicyError>| {
        document.map_err(|error| is_plain(&plain(&error.to_string()))).ok()
    };
    let (trust, own) = (read(Document::parse_trust(&trust)), read(Document::parse_identity(&own)));
    let request = request(&asked);
    let own: Vec<Document> = own.into_iter().collect();
    let _ = allows(&own, &request);
    if let Some(trust) = trust {
        let verdict = may_assume(&trust, &own, &request);
        let _ = format!("{verdict:?}");
        let mut denied = trust.clone();
        denied.statements.extend(Document::parse(DENY_ALL).unwrap().statements);
        assert!(!may_assume(&denied, &own, &request).is_allowed());
        let mut back = trust;
        back.statements.reverse();
        assert_eq!(may_assume(&back, &own, &request).is_allowed(), verdict.is_allowed());
    }
});

/// The action, the kind of principal with its name, then a condition key and its value on each line.
fn request(text: &str) -> Request {
    let mut lines = text.lines();
    let action = lines.next().unwrap_or("sts:AssumeRole").to_owned();
    let (kind, name) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or(("user", "alice"));
    let (name, account) = (name.to_owned(), "111122223333".to_owned());
    let principal = match kind {
        "user" => Principal::User { arn: name, account },
        "role" => Principal::AssumedRole { session_arn: name, role_arn: ROLE.to_owned(), account },
        "root" => Principal::Root { account: name },
        "federated" => Principal::Federated { provider: name },
        "service" => Principal::Service { name },
        _ => Principal::Anonymous,
    };
    let mut context = Context::new().at(now());
    for (key, values) in lines.filter_map(|line| line.split_once('=')) {
        context.set(key, values.split('|'));
    }
    Request { action, resource: ROLE.to_owned(), principal, context }
}
