//! What a sign-in at Identity Center gave: a token for the portal, and what makes the next one without a person.
//!
//! The form is the AWS CLI's own, in the vault as in its cache, so that either can be read by the same eyes; in the vault
//! a generation stands beside it.

use std::time::SystemTime;

use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use super::super::kept::LAST;
use crate::identity::generation::Generation;
use crate::plan::Center;
use crate::terms::SecretString;

/// A token of one sign-in.
#[derive(Clone, Debug)]
pub struct Token {
    /// What the portal takes: whoever has it acts as the person.
    pub access: SecretString,
    /// When the portal stops taking it.
    pub expires_at: SystemTime,
    pub(super) refresh: Option<Refresh>,
    /// Which sign-in it comes of; none of one that the AWS CLI made.
    pub(super) generation: Option<Generation>,
    pub(super) home: Home,
}

/// What makes the next token without a person.
#[derive(Clone, Debug)]
pub(super) struct Refresh {
    pub(super) token: SecretString,
    pub(super) client: Client,
}

/// We, as the OIDC service knows us.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: SecretString,
    pub(super) expires_at: SystemTime,
}

/// Where a token lies, and where its successor goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Home {
    Vault,
    /// The AWS CLI's cache, under this name.
    AwsCli(String),
}

impl Token {
    /// What may make its successor, while the client's registration holds.
    pub(super) fn refresh(&self, now: SystemTime) -> Option<&Refresh> {
        self.refresh.as_ref().filter(|refresh| refresh.client.expires_at > now + LAST)
    }

    /// Names the token, and gives nothing of it away.
    pub fn mark(&self) -> String {
        mark(self.access.expose_secret())
    }

    /// Returns the token as the AWS CLI writes it, for that start URL and Region.
    /// Source: botocore `tokens.py`, `SSOTokenProvider`; aws-cli v2 `sso/utils.py`.
    pub(super) fn to_map(&self, center: &Center) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: &str| map.insert(key.to_owned(), value.into());
        put("startUrl", center.start_url.value.as_str());
        put("region", center.oidc.region.value.as_str());
        put("accessToken", self.access.expose_secret());
        put("expiresAt", &time(self.expires_at));
        if let Some(Refresh { token, client }) = &self.refresh {
            put("clientId", &client.id);
            put("clientSecret", client.secret.expose_secret());
            put("registrationExpiresAt", &time(client.expires_at));
            put("refreshToken", token.expose_secret());
        }
        map
    }

    /// Reads a token that somebody wrote for that start URL and Region; one of another is none.
    pub(super) fn of_map(map: &Map<String, Value>, center: &Center, home: Home) -> Option<Self> {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        let is_of = |key: &str, known: &str| text(key).is_none_or(|found| found == known);
        if !is_of("startUrl", center.start_url.value.as_str()) || !is_of("region", center.oidc.region.value.as_str()) {
            return None;
        }
        let client = || {
            Some(Client {
                id: text("clientId")?.to_owned(),
                secret: SecretString::from(text("clientSecret")?),
                expires_at: read_time(text("registrationExpiresAt")?)?,
            })
        };
        let refresh = || Some(Refresh { token: SecretString::from(text("refreshToken")?), client: client()? });
        Some(Self {
            access: SecretString::from(text("accessToken")?),
            expires_at: read_time(text("expiresAt")?)?,
            refresh: refresh(),
            generation: text("generation").and_then(Generation::parse),
            home,
        })
    }
}

/// Returns the mark of an access token.
pub(super) fn mark(access: &str) -> String {
    hex::encode(&Sha256::digest(access)[..16])
}

/// Wipes the texts of a map that held secrets.
pub(super) fn wipe(map: &mut Map<String, Value>) {
    for value in map.values_mut() {
        if let Value::String(text) = value {
            text.zeroize();
        }
    }
}

fn time(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

/// Reads `2026-11-24T12:00:00Z`, the `UTC` that older versions wrote at its end, and offsets of zero.
fn read_time(text: &str) -> Option<SystemTime> {
    let bare = ["Z", "UTC", "+00:00", "+0000"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    humantime::parse_rfc3339(&format!("{bare}Z")).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_way_in_which_the_aws_cli_has_written_a_time_is_read() {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_521_600);
        for text in ["2026-11-24T12:00:00Z", "2026-11-24T12:00:00UTC", "2026-11-24T12:00:00+00:00"] {
            assert_eq!(read_time(text), Some(noon), "{text}");
        }
        assert_eq!(time(noon), "2026-11-24T12:00:00Z");
        for text in ["", "soon", "2026-11-24", "2026-11-24T12:00:00+02:00"] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }
}
