//! `web_identity` of an identity of ours, `web_identity_token_file` of an AWS profile, and what the environment offers.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::super::document::{Table, Value};
use super::super::error::ConfigError;
use super::super::origin::{Origin, Sourced};
use super::super::section::{Section, invalid, nearest, wrong_kind};
use super::context;
use crate::world::Env;

/// A token that a party issued whom AWS trusts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebIdentity {
    /// Where the token is had.
    pub token: TokenSource,
    /// Whose access token it is, where it is no ID token: `provider_id`.
    pub provider_id: Option<Sourced<ProviderId>>,
}

/// Where a token is had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TokenSource {
    /// `token_file`: read anew for each exchange, since who wrote it may write a newer one.
    File(PathBuf),
    /// The file that a variable names, as EKS says it; a place of its own where the variable is not set.
    FileOf {
        /// The variable.
        variable: &'static str,
        /// Where the file is otherwise.
        otherwise: &'static str,
    },
    /// `token_command`: what a command prints.
    Command(String),
    /// `token_env`: in an environment variable.
    Variable(String),
    /// GitHub's own service, which each job finds in two variables.
    GitHubActions {
        /// Whom the token is to be for.
        audience: String,
    },
}

/// The two providers whose OAuth 2 access tokens AWS takes as they are.
/// Source: STS API Reference, `AssumeRoleWithWebIdentity`, `ProviderId`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProviderId {
    /// Login with Amazon.
    Amazon,
    /// Facebook.
    Facebook,
}

impl ProviderId {
    /// Returns it as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amazon => "www.amazon.com",
            Self::Facebook => "graph.facebook.com",
        }
    }
}

impl FromStr for ProviderId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = [Self::Amazon, Self::Facebook].into_iter().find(|id| id.as_str() == text);
        found.ok_or_else(|| {
            format!(
                "`{text}` is neither `www.amazon.com` nor `graph.facebook.com`; every other provider issues ID tokens"
            )
        })
    }
}

/// Whom AWS's own guides let tokens be issued for.
const AUDIENCE: &str = "sts.amazonaws.com";
const EKS: TokenSource = TokenSource::FileOf {
    variable: "AWS_WEB_IDENTITY_TOKEN_FILE",
    otherwise: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
};

/// Returns where the token is had in a place that is known by name.
///
/// Source: GitHub Docs, "OpenID Connect reference"; GitLab Docs, "Configure OpenID Connect in AWS"; EKS User Guide, "IAM
/// roles for service accounts"; Kubernetes, "Projected Volumes".
fn place(name: &str) -> Option<TokenSource> {
    Some(match name {
        "github-actions" => TokenSource::GitHubActions { audience: AUDIENCE.to_owned() },
        "gitlab" => TokenSource::Variable("GITLAB_OIDC_TOKEN".to_owned()),
        "eks" => EKS,
        "kubernetes" => TokenSource::File(PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount/token")),
        _ => return None,
    })
}

const PLACES: [&str; 4] = ["github-actions", "gitlab", "eks", "kubernetes"];

/// What a sign-in reaches for, and an included file has to be granted by that word.
pub(in super::super) struct Need {
    pub(in super::super) key: &'static str,
    pub(in super::super) grant: &'static str,
    pub(in super::super) origin: Origin,
}

/// The keys of `web_identity`.
pub(in super::super) const WEB_IDENTITY_KEYS: &[&str] =
    &["token_file", "token_command", "token_env", "from", "audience", "provider_id"];

/// Returns what `web_identity` of a table reaches for.
pub(in super::super) fn needs(section: &Section<'_>) -> Vec<Need> {
    let table = |entry: &'_ super::super::document::Entry| match &entry.value {
        Value::Table(table) => Some(table.clone()),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => None,
    };
    let web_identity = section.entry("web_identity").and_then(table);
    let logins = section.entry("cognito").and_then(table).and_then(|cognito| table(cognito.entry("logins")?));
    let logins = logins.iter().flat_map(|logins| logins.0.iter().filter_map(table)).collect::<Vec<_>>();
    let contexts = section.entry("provided_contexts").map(context::tables).unwrap_or_default();
    let kept = [("token_file", "files"), ("token_env", "files"), ("token_command", "commands")];
    let of_table = |table: Table| {
        let need = move |(key, grant)| Some(Need { key, grant, origin: section.document.origin(table.entry(key)?) });
        kept.into_iter().filter_map(need)
    };
    web_identity.into_iter().chain(logins).chain(contexts).flat_map(of_table).collect()
}

/// Returns what `web_identity` of a table says, if it is there: a place by its name, or a table.
pub(in super::super) fn of_identity(
    section: &Section<'_>,
    home: Option<&Path>,
) -> Result<Option<Sourced<WebIdentity>>, ConfigError> {
    let key = "web_identity";
    let Some(entry) = section.entry(key) else { return Ok(None) };
    let origin = section.document.origin(entry);
    let table = match &entry.value {
        Value::Table(table) => table,
        Value::Text(name) => {
            let token = named(key, name, &origin)?;
            return Ok(Some(Sourced::new(WebIdentity { token, provider_id: None }, origin)));
        }
        other @ (Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other) => {
            return Err(wrong_kind(key, "a table such as { token_file = \"…\" }, or a name", other, &origin));
        }
    };
    let title = format!("`web_identity` of {}", section.title);
    let section = Section { document: section.document, table, title, origin: origin.clone() };
    section.only(WEB_IDENTITY_KEYS)?;
    let Sourced { value: token, origin } = token(&section, home)?;
    let provider_id = section.parsed("provider_id")?;
    Ok(Some(Sourced::new(WebIdentity { token, provider_id }, origin)))
}

/// Returns where a token is had, as a value says it: a place by its name, or a table.
pub(super) fn source_of(
    key: &str,
    value: &Value,
    section: &Section<'_>,
    home: Option<&Path>,
    origin: Origin,
) -> Result<TokenSource, ConfigError> {
    match value {
        Value::Text(name) => named(key, name, &origin),
        Value::Table(table) => {
            let title = format!("`{key}` of {}", section.title);
            let section = Section { document: section.document, table, title, origin };
            section.only(&["token_file", "token_command", "token_env", "from", "audience"])?;
            Ok(token(&section, home)?.value)
        }
        other @ (Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other) => {
            Err(wrong_kind(key, "a table such as { token_file = \"…\" }, or a name", other, &origin))
        }
    }
}

pub(super) fn token(section: &Section<'_>, home: Option<&Path>) -> Result<Sourced<TokenSource>, ConfigError> {
    for (first, second) in [
        ("token_file", "token_command"),
        ("token_file", "token_env"),
        ("token_file", "from"),
        ("token_command", "token_env"),
        ("token_command", "from"),
        ("token_env", "from"),
    ] {
        section.not_both(first, second)?;
    }
    let file = section.path("token_file", home)?.map(|file| Sourced::new(TokenSource::File(file.value), file.origin));
    let command = section.text("token_command")?;
    let command = command.map(|text| Sourced::new(TokenSource::Command(text.value.to_owned()), text.origin));
    let variable = section.text("token_env")?;
    let variable = variable.map(|text| Sourced::new(TokenSource::Variable(text.value.to_owned()), text.origin));
    let from = section.text("from")?.map(|text| {
        let token = named("from", text.value, &text.origin)?;
        Ok(Sourced::new(token, text.origin))
    });
    let found = file.or(command).or(variable).map(Ok).or(from).transpose()?;
    let mut found = found.ok_or_else(|| ConfigError::Missing {
        table: section.title.clone(),
        what: "one of token_file, token_command, token_env, from",
        origin: section.origin.clone(),
    })?;
    if let Some(asked) = section.text("audience")? {
        match &mut found.value {
            TokenSource::GitHubActions { audience } => asked.value.clone_into(audience),
            TokenSource::File(_) | TokenSource::FileOf { .. } | TokenSource::Command(_) | TokenSource::Variable(_) => {
                let reason = "only `from = \"github-actions\"` asks for a token, and every other one has its audience";
                return Err(invalid("audience", &reason, &asked.origin));
            }
        }
    }
    Ok(found)
}

fn named(key: &str, name: &str, origin: &Origin) -> Result<TokenSource, ConfigError> {
    place(name).ok_or_else(|| {
        let meant = nearest(name, PLACES.into_iter()).into_iter().next();
        let meant = meant.map_or_else(|| PLACES.join(", "), |known| format!("did you mean `{known}`?"));
        invalid(key, &format!("`{name}` is no place that is known by name: {meant}"), origin)
    })
}

/// Returns what `web_identity_token_file` says. Its path is taken as the SDKs take it: from the current folder.
pub(in super::super) fn of_aws_profile(file: &str) -> WebIdentity {
    WebIdentity { token: TokenSource::File(PathBuf::from(file)), provider_id: None }
}

/// Returns what this place offers to whoever declares nothing: a job of GitHub Actions, or a pod of EKS.
pub(in super::super) fn of_environment(env: &Env) -> Option<(&'static str, Sourced<WebIdentity>)> {
    let offered = |variable: &str, name: &'static str, token: TokenSource| {
        env.os(variable)?;
        let origin = Origin::Environment(variable.to_owned());
        Some((name, Sourced::new(WebIdentity { token, provider_id: None }, origin)))
    };
    let github = TokenSource::GitHubActions { audience: AUDIENCE.to_owned() };
    offered("ACTIONS_ID_TOKEN_REQUEST_URL", "github-actions", github)
        .or_else(|| offered("AWS_WEB_IDENTITY_TOKEN_FILE", "eks", EKS))
}
