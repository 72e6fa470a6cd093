//! The token of a web identity, from where the plan says that it is had.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::IdentityError;
use super::claims::Claims;
use crate::config::TokenSource;
use crate::session::Fingerprint;
use crate::terms::{ExposeSecret, SecretString};

/// A token to be traded in, and what it says of itself.
#[derive(Clone, Debug)]
pub struct WebIdentityToken {
    /// Whoever has it is its bearer.
    pub secret: SecretString,
    /// What it says of itself; `None` of one that only its provider can read.
    pub claims: Option<Claims>,
}

impl WebIdentityToken {
    /// Says whose token it is: two jobs under one user of this machine must not get each other's session.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(match &self.claims {
            Some(claims) => json!(["web-identity", claims.issuer, claims.subject, claims.audience]).to_string(),
            None => format!("web-identity {}", hex::encode(Sha256::digest(self.secret.expose_secret()))),
        })
    }
}

/// The longest token that AWS takes.
/// Source: STS API Reference, `AssumeRoleWithWebIdentity`, `WebIdentityToken`.
const LONGEST: usize = 20_000;

/// Returns the token of that sign-in.
pub fn token(identity: &str, source: &TokenSource) -> Result<WebIdentityToken, IdentityError> {
    match source {
        TokenSource::File(path) => in_file(path).and_then(read).map_err(|reason| IdentityError::Token {
            identity: identity.to_owned(),
            place: path.display().to_string(),
            reason,
        }),
    }
}

fn in_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(cannot)?;
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
    // One byte more than a token may have, and its line end, show that it is none.
    file.take(LONGEST as u64 + 3).read_to_end(&mut text).map_err(cannot)?;
    Ok(text)
}

fn read(text: Zeroizing<Vec<u8>>) -> Result<WebIdentityToken, String> {
    let token = std::str::from_utf8(&text).map_err(|_| "holds something else than a token".to_owned())?.trim();
    match token.len() {
        0 => Err("is empty".to_owned()),
        4..=LONGEST if token.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(WebIdentityToken { secret: SecretString::from(token), claims: Claims::of(token) })
        }
        _ => Err("holds something else than a token".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<WebIdentityToken, String> {
        read(Zeroizing::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn a_token_is_one_word_of_at_most_what_aws_takes() {
        assert_eq!(of(" Atza|opaque\n").unwrap().secret.expose_secret(), "Atza|opaque");
        for wrong in ["", "\n", "two words", "abc", &"a".repeat(LONGEST + 1)] {
            assert!(of(wrong).is_err(), "{} characters", wrong.len());
        }
    }

    #[test]
    fn another_subject_issuer_or_audience_is_somebody_else_and_a_newer_token_is_not() {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let token = |payload: &str| of(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))).unwrap().fingerprint();
        let first = token(r#"{"iss":"i","sub":"s","aud":"a","exp":1}"#);
        assert_eq!(first, token(r#"{"iss":"i","sub":"s","aud":["a"],"exp":2}"#));
        for other in [
            r#"{"iss":"i2","sub":"s","aud":"a"}"#,
            r#"{"iss":"i","sub":"s2","aud":"a"}"#,
            r#"{"iss":"i","sub":"s","aud":"a2"}"#,
            r#"{"iss":"i","sub":"s","aud":["a","b"]}"#,
        ] {
            assert_ne!(first, token(other), "{other}");
        }
        assert_ne!(of("Atza|one").unwrap().fingerprint(), of("Atza|two").unwrap().fingerprint());
    }

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{:?}", of("Atza|opaque").unwrap()).contains("opaque"));
    }
}
