//! The federation endpoint of AWS sign-in: credentials become a sign-in token, and a sign-in token becomes a page that shows
//! who is signed in. The real console would begin there.
//!
//! Source: IAM User Guide, "Enable custom identity broker access to the AWS console".

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::answer::{Answer, Refusal, escaped};
use super::call::Call;
use super::estate::{Estate, SessionOf};
use super::fresh;
use super::log::Record;
use crate::terms::{ExposeSecret, SecretString, show_time};

/// What can be asked, by `Action`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    GetSigninToken,
    Login,
    /// What the endpoint does not know.
    Other,
}

/// What the endpoint remembers.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// The keys that AssumeRole gave for a long-term key: only these may say how long the console session lasts.
    pub(super) first_hand: BTreeSet<String>,
    tickets: BTreeMap<String, Ticket>,
}

/// A sign-in token: whom it lets in, until when it does, and for how long.
#[derive(Debug)]
struct Ticket {
    arn: String,
    account: String,
    good_until: SystemTime,
    ends: SystemTime,
}

/// How long a sign-in token is good.
const GOOD: Duration = Duration::from_secs(15 * 60);

impl Operation {
    pub(super) fn of(call: &Call) -> Option<Self> {
        let methods = ["GET", "POST"];
        (call.path == "/federation" && methods.contains(&call.method.as_str())).then(|| {
            match call.parameters.text("Action") {
                Some("getSigninToken") => Self::GetSigninToken,
                Some("login") => Self::Login,
                Some(_) | None => Self::Other,
            }
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GetSigninToken => "getSigninToken",
            Self::Login => "login",
            Self::Other => "federation",
        }
    }
}

/// Answers one request.
pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    let made = match operation {
        Operation::GetSigninToken => signin_token(call, estate, now, record),
        Operation::Login => login(call, estate, now, record),
        Operation::Other => Err(Refusal::new(400, "BadRequest", "Missing or invalid Action parameter")),
    };
    made.unwrap_or_else(|refusal| refuse(&refusal))
}

/// The endpoint refuses with a page.
pub(super) fn refuse(refusal: &Refusal) -> Answer {
    let mut answer =
        Answer::page(refusal.status, page(&format!("<h1>{}</h1><p>{}</p>", refusal.status, escaped(&refusal.message))));
    answer.code = Some(refusal.code.to_owned());
    answer
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    session_id: String,
    session_key: Zeroizing<String>,
    session_token: Zeroizing<String>,
}

fn signin_token(call: &Call, estate: &mut Estate, now: SystemTime, record: &mut Record) -> Result<Answer, Refusal> {
    let invalid = || Refusal::new(400, "BadRequest", "Invalid credentials parameter");
    let text =
        call.parameters.text("Session").ok_or_else(|| Refusal::new(400, "BadRequest", "Missing Session parameter"))?;
    let asked: Session = serde_json::from_str(text).map_err(|_| invalid())?;
    let same = |one: &SecretString, other: &Zeroizing<String>| one.expose_secret() == other.as_str();
    let live = estate.sessions.get(&asked.session_id).ok_or_else(invalid)?;
    let is_theirs = same(&live.secret, &asked.session_key) && same(&live.token, &asked.session_token);
    if !is_theirs || live.expires <= now {
        return Err(invalid());
    }
    let SessionOf::Role(role) = &live.of else { return Err(invalid()) };
    let ends = match call.parameters.text("SessionDuration").map(str::parse::<u64>) {
        None => live.expires,
        Some(Ok(seconds @ 900..=43_200)) if estate.federation.first_hand.contains(&asked.session_id) => {
            now + Duration::from_secs(seconds)
        }
        Some(Ok(900..=43_200)) => return Err(invalid()),
        Some(Ok(_) | Err(_)) => return Err(Refusal::new(400, "BadRequest", "Invalid SessionDuration parameter")),
    };
    let ticket = Ticket {
        arn: role.arn(estate),
        account: estate.account_of_role(role.role).id.to_string(),
        good_until: now + GOOD,
        ends,
    };
    record.principal = Some(ticket.arn.clone());
    let token = fresh::token().expose_secret().to_owned();
    estate.federation.tickets.insert(token.clone(), ticket);
    Ok(Answer::json(&json!({ "SigninToken": token })))
}

fn login(call: &Call, estate: &mut Estate, now: SystemTime, record: &mut Record) -> Result<Answer, Refusal> {
    let token = call.parameters.text("SigninToken").unwrap_or_default();
    let destination = call.parameters.text("Destination").unwrap_or_default();
    if destination.is_empty() {
        return Err(Refusal::new(400, "BadRequest", "Missing Destination parameter"));
    }
    let ticket = estate.federation.tickets.get(token).filter(|ticket| ticket.good_until > now && ticket.ends > now);
    let ticket = ticket.ok_or_else(|| Refusal::new(400, "BadRequest", "Invalid or expired SigninToken parameter"))?;
    record.principal = Some(ticket.arn.clone());
    let mut name = ticket.arn.rsplit('/');
    let (session, role) = (name.next().unwrap_or_default(), name.next().unwrap_or_default());
    let rows = [
        ("Role", role, "role"),
        ("Session", session, "session"),
        ("Account", ticket.account.as_str(), "account"),
        ("ARN", ticket.arn.as_str(), "arn"),
        ("Until", &show_time(ticket.ends), "until"),
        ("Lands at", destination, "destination"),
    ];
    let rows: String = rows
        .iter()
        .map(|(name, value, id)| format!("<tr><th>{name}</th><td id=\"{id}\">{}</td></tr>", escaped(value)))
        .collect();
    Ok(Answer::page(200, page(&format!("<h1>Signed in</h1><table>{rows}</table>"))))
}

fn page(content: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>AWS console of the sandbox</title>\
         <style>body{{font:16px sans-serif;margin:3em}}th{{text-align:left;padding-right:2em}}</style></head>\
         <body>{content}</body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::super::dispatch::{self, Asked};
    use super::super::stage::{Credentials, Stage};
    use super::*;

    const UPDATE_APP: &str = "arn:aws:iam::123456789012:role/UpdateApp";

    /// Posts a form, and returns status and body.
    fn ask(stage: &mut Stage, fields: &[(&str, &str)]) -> (u16, String) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let call = Call::new("POST", "", Vec::new(), form.finish().into_bytes()).at("/federation");
        let answer = dispatch::answer(&call, Asked::of(&call), &mut stage.estate, stage.now, &mut Record::default());
        (answer.status, answer.body)
    }

    fn session(who: &Credentials) -> String {
        json!({ "sessionId": who.id, "sessionKey": who.secret.expose_secret(), "sessionToken": who.token }).to_string()
    }

    fn token(stage: &mut Stage, who: &Credentials, duration: Option<&str>) -> Result<String, String> {
        let session = session(who);
        let mut fields = vec![("Action", "getSigninToken"), ("Session", session.as_str())];
        fields.extend(duration.map(|seconds| ("SessionDuration", seconds)));
        match ask(stage, &fields) {
            (200, body) => {
                let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
                Ok(answer["SigninToken"].as_str().unwrap().to_owned())
            }
            (status, body) => {
                Err(format!("{status} {}", body.split(['<', '>']).find(|t| t.contains("arameter")).unwrap()))
            }
        }
    }

    fn login(stage: &mut Stage, token: &str) -> (u16, String) {
        ask(stage, &[("Action", "login"), ("Destination", "https://console.aws.amazon.com/"), ("SigninToken", token)])
    }

    #[test]
    fn a_roles_session_is_signed_in_for_a_quarter_of_an_hour_and_shown_by_name() {
        let mut stage = Stage::classic();
        let alice = stage.key_of("alice");
        let role = stage.assume(&alice, UPDATE_APP);
        let token = token(&mut stage, &role, None).unwrap();
        let (status, page) = login(&mut stage, &token);
        assert_eq!(status, 200);
        assert!(page.contains("assumed-role/UpdateApp/test") && page.contains("123456789012"), "{page}");
        stage.pass(15 * 60);
        assert_eq!(login(&mut stage, &token).0, 400);
        assert_eq!(login(&mut stage, "made-up").0, 400);
    }

    #[test]
    fn only_a_session_that_a_long_term_key_assumed_says_how_long() {
        let scenario = r#"
            [[account]]
            id = "111122223333"
            [[account.user]]
            name = "alice"
            [[account.role]]
            name = "One"
            trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"}}'
            [[account.role]]
            name = "Two"
            trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/One"},"Action":"sts:AssumeRole"}}'
        "#;
        let mut stage = Stage::of(&super::super::Scenario::parse(scenario).unwrap());
        let alice = stage.key_of("alice");
        let (one, two) = ("arn:aws:iam::111122223333:role/One", "arn:aws:iam::111122223333:role/Two");
        let first = stage.assume(&alice, one);
        let chained = stage.assume(&first, two);
        let user = stage.session(&alice, "GetSessionToken", &[]);
        let behind = stage.assume(&user, one);
        let mut said = |who: &Credentials, duration| token(&mut stage, who, duration).map(drop);
        let invalid = || Err("400 Invalid credentials parameter".to_owned());
        assert_eq!(said(&first, Some("43200")), Ok(()));
        assert_eq!(said(&first, Some("899")), Err("400 Invalid SessionDuration parameter".to_owned()));
        for who in [&chained, &behind] {
            assert_eq!(said(who, None), Ok(()));
            assert_eq!(said(who, Some("3600")), invalid());
        }
        assert_eq!(said(&user, None), invalid());
        let stolen = Credentials { token: first.token.clone(), ..chained.clone() };
        assert_eq!(said(&stolen, None), invalid());
        stage.pass(3_600);
        assert_eq!(token(&mut stage, &first, None).map(drop), invalid());
    }
}
