//! Identity Center while it lives: clients register, people sign in, tokens are given out and end.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::declared::{IdentityCenter, Person};
use crate::sandbox::answer::Refusal;
use crate::sandbox::fresh;
use crate::terms::ExposeSecret;

/// All that Identity Center knows.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Directory {
    /// Where the server answers: `http://127.0.0.1:PORT`.
    pub(in crate::sandbox) url: String,
    pub(super) region: String,
    pub(super) token_life: Duration,
    pub(super) device_life: Duration,
    pub(super) people: Vec<Person>,
    /// The role of each assigned permission set, by account and name.
    pub(in crate::sandbox) roles: BTreeMap<(String, String), (usize, u64)>,
    pub(super) clients: BTreeMap<String, Client>,
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) devices: BTreeMap<String, Device>,
    pub(super) access: BTreeMap<String, Access>,
    pub(super) refresh: BTreeMap<String, Refresh>,
}

#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) secret: String,
    pub(super) expires: SystemTime,
    pub(super) redirects: Vec<String>,
    pub(super) scopes: Vec<String>,
}

/// An authorization code that waits to be traded in.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) client: String,
    pub(super) redirect: String,
    pub(super) challenge: String,
    pub(super) person: String,
    pub(super) expires: SystemTime,
}

/// A device that waits for a person.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) client: String,
    pub(super) user_code: String,
    pub(super) expires: SystemTime,
    pub(super) asked: Option<SystemTime>,
    pub(super) outcome: Outcome,
}

/// What a person said to a device's code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    Pending,
    Allowed(String),
    Denied,
}

/// An access token: whose, and until when.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) person: String,
    pub(super) session: String,
    pub(super) expires: SystemTime,
}

/// A refresh token: it serves once, and gives its successor.
#[derive(Clone, Debug)]
pub(super) struct Refresh {
    pub(super) client: String,
    pub(super) person: String,
    pub(super) session: String,
}

/// How often a device may ask.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);
/// How long a code waits for its person.
pub(super) const PATIENCE: Duration = Duration::from_secs(600);
/// How long a client's registration holds.
pub(super) const REGISTRATION: Duration = Duration::from_secs(90 * 24 * 3_600);

impl Directory {
    pub(in crate::sandbox) fn of(declared: &IdentityCenter) -> Self {
        Self {
            region: declared.region.clone(),
            token_life: declared.token_life,
            device_life: declared.device_life,
            people: declared.people.clone(),
            ..Self::default()
        }
    }

    /// Where people begin: what a client is told as start URL.
    pub(in crate::sandbox) fn start_url(&self) -> String {
        format!("{}/start", self.url)
    }

    /// The Region that it is in.
    pub(in crate::sandbox) fn region(&self) -> &str {
        &self.region
    }

    /// Ends every access token: the portal knows none of them any more.
    pub(in crate::sandbox) fn expire_tokens(&mut self) {
        self.access.clear();
    }

    /// Makes or ends an assignment.
    pub(in crate::sandbox) fn assign(&mut self, person: &str, (account, set): (&str, &str), is_assigned: bool) {
        let assignment = (account.to_owned(), set.to_owned());
        for person in self.people.iter_mut().filter(|known| known.name == person) {
            person.assignments.retain(|known| *known != assignment);
            if is_assigned {
                person.assignments.push(assignment.clone());
            }
        }
    }

    /// Ends every sign-in: no refresh token gives another access token.
    pub(in crate::sandbox) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }

    pub(super) fn client(&self, id: &str, secret: Option<&str>, now: SystemTime) -> Result<&Client, Refusal> {
        let invalid = |message: &str| Refusal::new(401, "InvalidClientException", message);
        let client = self.clients.get(id).ok_or_else(|| invalid("Client is not registered"))?;
        if secret.is_some_and(|secret| secret != client.secret) {
            return Err(invalid("Invalid client provided"));
        }
        if client.expires <= now {
            return Err(invalid("The client registration has expired"));
        }
        Ok(client)
    }

    /// Gives out a token for a person who has signed in. Only a client that named scopes gets one to refresh it with.
    pub(super) fn sign_in(&mut self, client: &str, person: &str, session: &str, now: SystemTime) -> Given {
        let access = secret("aoaAAAAA");
        let expires = now + self.token_life;
        let session = session.to_owned();
        self.access.insert(access.clone(), Access { person: person.to_owned(), session: session.clone(), expires });
        let lasting = self.clients.get(client).is_some_and(|client| !client.scopes.is_empty());
        let refresh = lasting.then(|| {
            let token = secret("aorAAAAA");
            let refresh = Refresh { client: client.to_owned(), person: person.to_owned(), session };
            self.refresh.insert(token.clone(), refresh);
            token
        });
        Given { access, refresh, seconds: self.token_life.as_secs() }
    }

    /// Returns whose token it is.
    pub(super) fn bearer(&self, token: Option<&str>, now: SystemTime) -> Result<&Access, Refusal> {
        let access = token.and_then(|token| self.access.get(token)).filter(|access| access.expires > now);
        access.ok_or_else(|| Refusal::new(401, "UnauthorizedException", "Session token not found or invalid"))
    }

    /// Ends the sign-in that a token belongs to, and all that was refreshed in it.
    pub(super) fn sign_out(&mut self, token: &str) {
        if let Some(session) = self.access.get(token).map(|access| access.session.clone()) {
            self.access.retain(|_, access| access.session != session);
            self.refresh.retain(|_, refresh| refresh.session != session);
        }
    }

    pub(super) fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.name == name)
    }
}

/// What a client gets for a sign-in. No `Debug`: secrets are in it.
pub(super) struct Given {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) seconds: u64,
}

/// Returns a random secret that says nothing.
pub(super) fn secret(prefix: &str) -> String {
    let token = fresh::token();
    let text = token.expose_secret().replace(['+', '/', '='], "");
    format!("{prefix}{}", text.get(13..93).unwrap_or(&text))
}
