//! The token of a web identity, from where the plan says that it is had.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use super::super::{IdentityError, process};
use super::claims::Claims;
use crate::aws::{Asking, Line};
use crate::config::TokenSource;
use crate::session::Fingerprint;
use crate::terms::{ExposeSecret, SecretString, is_confidential};
use crate::world::World;

/// A token to be traded in, and what it says of itself.
#[derive(Clone, Debug)]
pub struct WebIdentityToken {
    /// Whoever has it is its bearer.
    pub secret: SecretString,
    /// What it says of itself; `None` of one that only its provider can read.
    pub claims: Option<Claims>,
    /// Whose it is, as the cache knows it.
    pub fingerprint: Fingerprint,
}

/// Where a token was looked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TokenPlace {
    /// In a file.
    File(PathBuf),
    /// In a variable.
    Variable(String),
    /// A command's output; the program, without its arguments.
    Command(String),
    /// The service of GitHub Actions.
    GitHubActions,
}

impl fmt::Display for TokenPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Command(program) => write!(f, "token_command (`{program}`)"),
            Self::GitHubActions => f.write_str("the token service of GitHub Actions"),
        }
    }
}

/// The longest token that AWS takes.
/// Source: STS API Reference, `AssumeRoleWithWebIdentity`, `WebIdentityToken`.
const LONGEST: usize = 20_000;
const REQUEST_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const REQUEST_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// Says whose token that sign-in has, from what is at hand: nothing is run or asked.
///
/// Two jobs under one user of this machine must not get each other's session. A token at hand says who it is of; a job of
/// GitHub's has an address of its own to ask; of a command only its text is known.
pub fn whose(identity: &str, source: &TokenSource, world: &World) -> Result<Fingerprint, IdentityError> {
    let failed = failed(identity, source, world);
    match source {
        TokenSource::File(_) | TokenSource::FileOf { .. } | TokenSource::Variable(_) => {
            let text = at_hand(source, world).map_err(&failed)?;
            Ok(read(&text, None).map_err(failed)?.fingerprint)
        }
        TokenSource::Command(command) => {
            Ok(Fingerprint(format!("token-command {}", hex::encode(Sha256::digest(command)))))
        }
        TokenSource::GitHubActions { audience } => {
            let url = world.env.text(REQUEST_URL).ok_or_else(|| failed(not_set(REQUEST_URL)))?;
            Ok(Fingerprint(json!(["github-actions", url, audience]).to_string()))
        }
    }
}

/// Returns the token of that sign-in.
pub fn token(
    identity: &str,
    source: &TokenSource,
    line: &Line<'_>,
    world: &World,
) -> Result<WebIdentityToken, IdentityError> {
    let failed = failed(identity, source, world);
    match source {
        TokenSource::File(_) | TokenSource::FileOf { .. } | TokenSource::Variable(_) => {
            at_hand(source, world).and_then(|text| read(&text, None)).map_err(failed)
        }
        TokenSource::Command(command) => {
            let text = process::printed(command, world).map_err(|reason| failed(format!("failed: {reason}")))?;
            read(&text, Some(whose(identity, source, world)?)).map_err(failed)
        }
        TokenSource::GitHubActions { audience } => {
            let text = of_github(audience, line, world, &failed)?;
            read(text.as_bytes(), Some(whose(identity, source, world)?)).map_err(failed)
        }
    }
}

fn failed(identity: &str, source: &TokenSource, world: &World) -> impl Fn(String) -> IdentityError + use<> {
    let identity = identity.to_owned();
    let place = match source {
        TokenSource::File(path) => TokenPlace::File(path.clone()),
        TokenSource::FileOf { variable, otherwise } => TokenPlace::File(file_of(variable, otherwise, world)),
        TokenSource::Variable(name) => TokenPlace::Variable(name.clone()),
        TokenSource::Command(command) => {
            TokenPlace::Command(command.split_whitespace().next().unwrap_or_default().to_owned())
        }
        TokenSource::GitHubActions { .. } => TokenPlace::GitHubActions,
    };
    move |reason| IdentityError::Token { identity: identity.clone(), place: place.clone(), reason }
}

fn file_of(variable: &str, otherwise: &str, world: &World) -> PathBuf {
    world.env.path(variable).unwrap_or_else(|| PathBuf::from(otherwise))
}

/// Returns what is to be read, not asked for.
fn at_hand(source: &TokenSource, world: &World) -> Result<Zeroizing<Vec<u8>>, String> {
    match source {
        TokenSource::File(path) => in_file(path),
        TokenSource::FileOf { variable, otherwise } => in_file(&file_of(variable, otherwise, world)),
        TokenSource::Variable(name) => {
            let text = world.env.text(name).ok_or_else(|| "is not set".to_owned())?;
            Ok(Zeroizing::new(text.as_bytes().to_vec()))
        }
        TokenSource::Command(_) | TokenSource::GitHubActions { .. } => Err("has to be asked".to_owned()),
    }
}

fn in_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(cannot)?;
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
    // A byte more than a token and its line end may have shows that it is none.
    file.take(LONGEST as u64 + 3).read_to_end(&mut text).map_err(cannot)?;
    Ok(text)
}

/// Reads a token. One that is at hand says by itself whose it is.
fn read(text: &[u8], whose: Option<Fingerprint>) -> Result<WebIdentityToken, String> {
    let token = std::str::from_utf8(text).map_err(|_| "holds something else than a token".to_owned())?.trim();
    match token.len() {
        0 => Err("is empty".to_owned()),
        4..=LONGEST if token.bytes().all(|b| b.is_ascii_graphic()) => {
            let claims = Claims::of(token);
            let own = || match &claims {
                Some(claims) => json!(["web-identity", claims.issuer, claims.subject, claims.audience]).to_string(),
                None => format!("web-identity {}", hex::encode(Sha256::digest(token))),
            };
            let fingerprint = whose.unwrap_or_else(|| Fingerprint(own()));
            Ok(WebIdentityToken { secret: SecretString::from(token), claims, fingerprint })
        }
        _ => Err("holds something else than a token".to_owned()),
    }
}

#[derive(Deserialize)]
struct Answer {
    value: Zeroizing<String>,
}

const ASKING: Asking = Asking { service: "GitHub Actions", operation: "ID token" };

/// Asks for a token with what the job was given to ask with. That goes over https or to this machine, and nowhere else.
/// Source: GitHub Docs, "OpenID Connect reference", "Methods for requesting the OIDC token".
fn of_github(
    audience: &str,
    line: &Line<'_>,
    world: &World,
    failed: &impl Fn(String) -> IdentityError,
) -> Result<Zeroizing<String>, IdentityError> {
    let variable = |name| world.env.text(name).ok_or_else(|| failed(not_set(name)));
    let (url, bearer) = (variable(REQUEST_URL)?, SecretString::from(variable(REQUEST_TOKEN)?));
    let mut url: Url = url.parse().map_err(|_| failed(format!("has no address: ${REQUEST_URL} is none")))?;
    if !is_confidential(&url) {
        return Err(failed("is asked over https only".to_owned()));
    }
    url.query_pairs_mut().append_pair("audience", audience);
    let reply = line.call(|clients| {
        let clients = clients.clone();
        async move { clients.get_as_bearer(&url, &bearer, ASKING).await }
    })??;
    if reply.status != 200 {
        return Err(failed(format!("answered HTTP {}", reply.status)));
    }
    // A parser's error could quote what it choked on.
    let answer: Answer = serde_json::from_str(reply.body.expose_secret())
        .map_err(|_| failed("answered something else than a token".to_owned()))?;
    Ok(answer.value)
}

fn not_set(name: &str) -> String {
    format!("cannot be asked: {name} is not set")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<WebIdentityToken, String> {
        read(text.as_bytes(), None)
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
        let token = |payload: &str| of(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))).unwrap().fingerprint;
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
        assert_ne!(of("Atza|one").unwrap().fingerprint, of("Atza|two").unwrap().fingerprint);
    }

    #[test]
    fn another_command_or_another_job_of_github_is_somebody_else() {
        let of = |source: &TokenSource, job: &str| {
            let env = [(REQUEST_URL, format!("https://github.example/{job}"))].into_iter().collect();
            whose("ci", source, &World::new().with_env(env)).unwrap()
        };
        let command = |text: &str| TokenSource::Command(text.to_owned());
        let github = |audience: &str| TokenSource::GitHubActions { audience: audience.to_owned() };
        assert_eq!(of(&command("a"), "1"), of(&command("a"), "2"));
        assert_ne!(of(&command("a"), "1"), of(&command("b"), "1"));
        assert_eq!(of(&github("sts"), "1"), of(&github("sts"), "1"));
        assert_ne!(of(&github("sts"), "1"), of(&github("sts"), "2"));
        assert_ne!(of(&github("sts"), "1"), of(&github("other"), "1"));
    }

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{:?}", of("Atza|opaque").unwrap()).contains("opaque"));
    }
}
