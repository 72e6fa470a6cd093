//! What a token says of itself. Nobody here verifies it: AWS does, and it is the bearer's own.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The claims of an ID token that decide what AWS makes of it. None of them is a secret.
///
/// Source: RFC 7519, section 4.1; IAM User Guide, "Available keys for AWS OIDC federation".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claims {
    /// Who made the token: `iss`.
    pub issuer: String,
    /// Whom it is about: `sub`.
    pub subject: String,
    /// Whom it is for: `azp` where there is one, as AWS reads it, else `aud`.
    pub audience: Vec<String>,
    /// When it ends: `exp`.
    pub expires_at: Option<SystemTime>,
}

impl Claims {
    /// Returns the claims of a JSON Web Token, or `None` of a text that is none.
    pub fn of(token: &str) -> Option<Self> {
        let claims = Self::all_of(token)?;
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        let seconds = claims["exp"].as_f64().filter(|seconds| *seconds >= 0.0 && *seconds < MOST_SECONDS);
        Some(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            audience: match (text("azp"), &claims["aud"]) {
                (Some(party), _) => vec![party],
                (None, Value::Array(many)) => many.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
                (None, one) => one.as_str().map(str::to_owned).into_iter().collect(),
            },
            expires_at: seconds.and_then(|s| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs_f64(s))),
        })
    }

    /// Returns all that a JSON Web Token says, or `None` of a text that is none.
    pub fn all_of(token: &str) -> Option<Value> {
        let mut parts = token.split('.');
        let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&payload).ok()
    }

    /// The issuer as trust policies write it: without its scheme.
    pub fn provider(&self) -> &str {
        self.issuer.split_once("://").map_or(self.issuer.as_str(), |(_, rest)| rest).trim_end_matches('/')
    }
}

/// The end of the year 9999, beyond which times cannot be shown.
const MOST_SECONDS: f64 = 253_402_300_799.0;

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, for {}", self.subject, self.issuer, self.audience.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn a_token_says_who_made_it_for_whom_and_until_when() {
        let claims = |payload: &str| Claims::of(&token(payload));
        let one = claims(r#"{"iss":"https://idp.example","sub":"alice","aud":"sts.amazonaws.com","exp":1764000000}"#);
        let one = one.unwrap();
        assert_eq!((one.provider(), one.subject.as_str()), ("idp.example", "alice"));
        assert_eq!(one.audience, ["sts.amazonaws.com"]);
        assert_eq!(one.expires_at, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000)));
        let many = claims(r#"{"iss":"i","sub":"s","aud":["a","b"]}"#).unwrap();
        assert_eq!((many.audience, many.expires_at), (vec!["a".to_owned(), "b".to_owned()], None));
        let azp = claims(r#"{"iss":"i","sub":"s","aud":["a","b"],"azp":"c","exp":1e300}"#).unwrap();
        assert_eq!((azp.audience, azp.expires_at), (vec!["c".to_owned()], None));
    }

    #[test]
    fn what_is_no_token_has_no_claims() {
        let no_subject = token(r#"{"iss":"i"}"#);
        let four = format!("{no_subject}.x");
        for text in ["", "Atza|opaque", "a.b.c", "..", &no_subject, &four] {
            assert_eq!(Claims::of(text), None, "{text}");
        }
    }
}
