//! For this room's own tests: a scenario that stands still in time, and signed calls to it without a network.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::terms::{ExposeSecret, SecretString};

use super::call::Call;
use super::dispatch::{self, Asked};
use super::estate::Estate;
use super::log::Record;
use super::scenario::Scenario;
use super::sigv4::{Signature, Signer};

/// Who asks: a key, and the token that belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: SecretString,
    pub(super) token: Option<String>,
}

/// What came back: the inside of the answer, or `status code: message`.
pub(super) type Outcome = Result<String, String>;

pub(super) struct Stage {
    pub(super) estate: Estate,
    pub(super) now: SystemTime,
}

impl Stage {
    pub(super) fn classic() -> Self {
        Self::of(&Scenario::classic().unwrap())
    }

    pub(super) fn of(scenario: &Scenario) -> Self {
        let now = UNIX_EPOCH + Duration::from_secs(1_764_000_000);
        Self { estate: Estate::of(scenario, Duration::ZERO, now), now }
    }

    /// The user's first key.
    pub(super) fn key_of(&self, user: &str) -> Credentials {
        let index = self.estate.users.iter().position(|known| known.name == user).unwrap();
        let (id, key) = self.estate.keys_of(index)[0];
        Credentials { id: id.clone(), secret: key.secret.clone(), token: None }
    }

    /// The code that a device shows so many seconds from now.
    pub(super) fn code(&self, serial: &str, seconds: u64) -> String {
        let devices = self.estate.users.iter().flat_map(|user| &user.devices);
        let (_, seed) = devices.into_iter().find(|(known, _)| known == serial).unwrap();
        seed.code_at(self.now + Duration::from_secs(seconds)).expose_secret().to_owned()
    }

    /// Asks STS, or IAM where the operation is one of its.
    pub(super) fn ask(&mut self, who: &Credentials, operation: &str, parameters: &[(&str, &str)]) -> Outcome {
        let is_iam = super::iam::Operation::ALL.iter().any(|known| known.name() == operation);
        let is_iam = is_iam || operation == super::iam_details::NAME;
        let (service, version) = if is_iam { ("iam", "2010-05-08") } else { ("sts", "2011-06-15") };
        let signer = Signer {
            key_id: &who.id,
            secret: &who.secret,
            token: who.token.as_deref(),
            region: "eu-west-1",
            service,
            time: self.now,
        };
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("Action", operation).append_pair("Version", version).extend_pairs(parameters);
        self.send(body.finish(), &signer)
    }

    /// Sends a form, signed.
    pub(super) fn send(&mut self, form: String, signer: &Signer<'_>) -> Outcome {
        let mut call = Call::new("POST", "", Vec::new(), form.into_bytes());
        Signature::put(&mut call, signer);
        self.deliver(&call)
    }

    /// Delivers a request as it is.
    pub(super) fn deliver(&mut self, call: &Call) -> Outcome {
        let mut record = Record::default();
        let answer = dispatch::answer(call, Asked::of(call), &mut self.estate, self.now, &mut record);
        match &answer.code {
            None => Ok(answer.body),
            Some(code) => Err(format!("{} {code}: {}", answer.status, inside(&answer.body, "Message"))),
        }
    }

    /// Asks for a session, which has to be given.
    pub(super) fn session(&mut self, who: &Credentials, operation: &str, parameters: &[(&str, &str)]) -> Credentials {
        credentials(&self.ask(who, operation, parameters).unwrap())
    }

    /// Assumes a role, which has to work.
    pub(super) fn assume(&mut self, who: &Credentials, role: &str) -> Credentials {
        self.session(who, "AssumeRole", &[("RoleArn", role), ("RoleSessionName", "test")])
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }
}

/// Returns the credentials in an answer.
pub(super) fn credentials(xml: &str) -> Credentials {
    Credentials {
        id: inside(xml, "AccessKeyId"),
        secret: SecretString::from(inside(xml, "SecretAccessKey")),
        token: Some(inside(xml, "SessionToken")),
    }
}

/// Returns the text of the first element of that name.
pub(super) fn inside(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_default();
    let text = rest.split_once(&format!("</{name}>")).map(|(text, _)| text).unwrap_or_default();
    text.replace("&#39;", "'").replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}
