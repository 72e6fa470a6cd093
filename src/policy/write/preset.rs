//! Providers that many trust, and what of theirs a role should be bound to.

use std::collections::BTreeMap;

use super::{Grant, OidcGrant, ServiceSource};
use crate::terms::{AccountId, Partition};

/// A provider that many trust.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "their names are the providers' own")]
pub enum Preset {
    GithubActions,
    Gitlab,
    Bitbucket,
    Buildkite,
    Circleci,
    TerraformCloud,
    EksIrsa,
    EksPodIdentity,
    Google,
    Cognito,
}

/// What of a provider's is let in.
#[derive(Clone, Debug)]
pub struct PresetAsk {
    /// The partition of the role.
    pub partition: Partition,
    /// The account of the role, in which the provider is set up.
    pub account: Option<AccountId>,
    /// The project, as the provider names it.
    pub project: Option<String>,
    /// The branch, the tag or the environment.
    pub reference: Option<Ref>,
    /// The issuer, where each customer of the provider's has another one: a URL.
    pub issuer: Option<String>,
    /// Whom the tokens are for, where that is not always the same.
    pub audiences: Vec<String>,
    /// The subjects, word for word, instead of what follows from the project.
    pub subjects: Vec<String>,
}

/// Which runs of a project are let in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ref {
    /// Those on a branch; `*` may stand in its name.
    Branch(String),
    /// Those on a tag; `*` may stand in its name.
    Tag(String),
    /// Those in an environment.
    Environment(String),
    /// Those of pull requests.
    PullRequest,
}

/// Why a preset cannot be written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PresetError {
    /// Something has to be said.
    #[error("{preset} needs {flag}: {what}")]
    Needs {
        /// The preset's name.
        preset: &'static str,
        /// The flag.
        flag: &'static str,
        /// What it has to be.
        what: &'static str,
    },
    /// Something makes no sense there.
    #[error("`{value}` is no {what}")]
    Form {
        /// What was said.
        value: String,
        /// What belongs there.
        what: &'static str,
    },
    /// The provider has nothing of that kind.
    #[error("{preset} does not tell {what} apart")]
    NoSuch {
        /// The preset's name.
        preset: &'static str,
        /// What was asked for.
        what: &'static str,
    },
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 10] = [
        Self::GithubActions,
        Self::Gitlab,
        Self::Bitbucket,
        Self::Buildkite,
        Self::Circleci,
        Self::TerraformCloud,
        Self::EksIrsa,
        Self::EksPodIdentity,
        Self::Google,
        Self::Cognito,
    ];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GithubActions => "github",
            Self::Gitlab => "gitlab",
            Self::Bitbucket => "bitbucket",
            Self::Buildkite => "buildkite",
            Self::Circleci => "circleci",
            Self::TerraformCloud => "terraform-cloud",
            Self::EksIrsa => "eks",
            Self::EksPodIdentity => "eks-pod-identity",
            Self::Google => "google",
            Self::Cognito => "cognito",
        }
    }

    /// Returns who is let in.
    pub fn grant(self, ask: &PresetAsk) -> Result<Grant, PresetError> {
        match self {
            Self::EksPodIdentity => self.pod_identity(ask),
            Self::GithubActions
            | Self::Gitlab
            | Self::Bitbucket
            | Self::Buildkite
            | Self::Circleci
            | Self::TerraformCloud
            | Self::EksIrsa
            | Self::Google
            | Self::Cognito => self.oidc(ask),
        }
    }

    fn needs<T>(self, found: Option<T>, flag: &'static str, what: &'static str) -> Result<T, PresetError> {
        found.ok_or(PresetError::Needs { preset: self.as_str(), flag, what })
    }

    fn oidc(self, ask: &PresetAsk) -> Result<Grant, PresetError> {
        let issuer = self.issuer(ask)?;
        let provider = match self {
            Self::Google | Self::Cognito => issuer.clone(),
            Self::GithubActions
            | Self::Gitlab
            | Self::Bitbucket
            | Self::Buildkite
            | Self::Circleci
            | Self::TerraformCloud
            | Self::EksIrsa
            | Self::EksPodIdentity => {
                let account =
                    self.needs(ask.account.as_ref(), "--in-account", "the account of the role and its provider")?;
                format!("arn:{}:iam::{account}:oidc-provider/{issuer}", ask.partition)
            }
        };
        let subjects = if ask.subjects.is_empty() { self.subject(ask)? } else { ask.subjects.clone() };
        let any_of = match self {
            Self::Cognito => vec![("amr".to_owned(), vec!["authenticated".to_owned()])],
            Self::GithubActions
            | Self::Gitlab
            | Self::Bitbucket
            | Self::Buildkite
            | Self::Circleci
            | Self::TerraformCloud
            | Self::EksIrsa
            | Self::EksPodIdentity
            | Self::Google => Vec::new(),
        };
        Ok(Grant::Oidc(OidcGrant { provider, audiences: self.audiences(ask, &issuer)?, issuer, subjects, any_of }))
    }

    fn issuer(self, ask: &PresetAsk) -> Result<String, PresetError> {
        let given = ask.issuer.as_deref().map(without_scheme).transpose()?;
        let fixed = |host: &str| given.clone().map_or_else(|| Ok(host.to_owned()), Ok);
        match self {
            Self::GithubActions => fixed("token.actions.githubusercontent.com"),
            Self::Gitlab => fixed("gitlab.com"),
            Self::Buildkite => fixed("agent.buildkite.com"),
            Self::TerraformCloud => fixed("app.terraform.io"),
            Self::Google => fixed("accounts.google.com"),
            Self::Cognito => fixed("cognito-identity.amazonaws.com"),
            Self::Circleci => {
                let [organization, _] = self.parts(ask, "ORGANIZATION_ID/PROJECT_ID")?;
                fixed(&format!("oidc.circleci.com/org/{organization}"))
            }
            Self::Bitbucket => {
                self.needs(given, "--issuer", "the provider URL that the repository's OpenID Connect page shows")
            }
            Self::EksIrsa => self.needs(given, "--issuer", "the cluster's OpenID Connect provider URL"),
            Self::EksPodIdentity => Ok(String::new()),
        }
    }

    fn audiences(self, ask: &PresetAsk, issuer: &str) -> Result<Vec<String>, PresetError> {
        if !ask.audiences.is_empty() {
            return Ok(ask.audiences.clone());
        }
        let needs = |what| self.needs(None, "--audience", what);
        let audience = match self {
            Self::GithubActions | Self::Buildkite | Self::EksIrsa | Self::EksPodIdentity => {
                "sts.amazonaws.com".to_owned()
            }
            Self::Gitlab => format!("https://{issuer}"),
            Self::TerraformCloud => "aws.workload.identity".to_owned(),
            Self::Circleci => {
                let [organization, _] = self.parts(ask, "ORGANIZATION_ID/PROJECT_ID")?;
                organization.to_owned()
            }
            Self::Bitbucket => needs("the audience that the repository's OpenID Connect page shows")?,
            Self::Google => needs("the client ID of your application")?,
            Self::Cognito => needs("the identity pool's id")?,
        };
        Ok(vec![audience])
    }

    /// Source: each provider's own documentation of its tokens' `sub`.
    fn subject(self, ask: &PresetAsk) -> Result<Vec<String>, PresetError> {
        let no_such = |what| Err(PresetError::NoSuch { preset: self.as_str(), what });
        let reference = ask.reference.as_ref();
        let one = |subject: String| Ok(vec![subject]);
        match self {
            Self::GithubActions => {
                let [owner, repository] = self.parts(ask, "OWNER/REPOSITORY")?;
                let which = match self.needs(
                    reference,
                    "--branch, --git-tag, --environment or --pull-request",
                    "which of its runs",
                )? {
                    Ref::Branch(branch) => format!("ref:refs/heads/{}", named(branch)?),
                    Ref::Tag(tag) => format!("ref:refs/tags/{}", named(tag)?),
                    // The one thing that a colon could end.
                    Ref::Environment(name) => format!("environment:{}", named(name)?.replace(':', "%3A")),
                    Ref::PullRequest => "pull_request".to_owned(),
                };
                one(format!("repo:{owner}/{repository}:{which}"))
            }
            Self::Gitlab => {
                let project = self.needs(ask.project.as_deref(), "--project", "GROUP/PROJECT")?;
                let project = exact(project, "GROUP/PROJECT")?;
                if project.split('/').count() < 2 {
                    return Err(PresetError::Form { value: project.to_owned(), what: "GROUP/PROJECT" });
                }
                let (kind, name) = match self.needs(reference, "--branch or --git-tag", "which of its runs")? {
                    Ref::Branch(branch) => ("branch", named(branch)?),
                    Ref::Tag(tag) => ("tag", named(tag)?),
                    Ref::Environment(_) => return no_such("environments"),
                    Ref::PullRequest => return no_such("merge requests"),
                };
                one(format!("project_path:{project}:ref_type:{kind}:ref:{name}"))
            }
            Self::Buildkite => {
                let [organization, pipeline] = self.parts(ask, "ORGANIZATION/PIPELINE")?;
                let which = match self.needs(reference, "--branch or --git-tag", "which of its runs")? {
                    Ref::Branch(branch) => format!("heads/{}", named(branch)?),
                    Ref::Tag(tag) => format!("tags/{}", named(tag)?),
                    Ref::Environment(_) => return no_such("environments"),
                    Ref::PullRequest => return no_such("pull requests"),
                };
                one(format!("organization:{organization}:pipeline:{pipeline}:ref:refs/{which}:commit:*:step:*"))
            }
            Self::TerraformCloud => {
                let [organization, project, workspace] = self.parts(ask, "ORGANIZATION/PROJECT/WORKSPACE")?;
                one(format!("organization:{organization}:project:{project}:workspace:{workspace}:run_phase:*"))
            }
            Self::Circleci => {
                let [organization, project] = self.parts(ask, "ORGANIZATION_ID/PROJECT_ID")?;
                one(format!("org/{organization}/project/{project}/user/*"))
            }
            Self::Bitbucket => {
                let [repository] = self.parts(ask, "the repository's UUID")?;
                let uuid = repository.trim_matches(['{', '}']);
                one(format!("{{{uuid}}}:*"))
            }
            Self::EksIrsa => {
                let [namespace, account] = self.parts(ask, "NAMESPACE/SERVICE_ACCOUNT")?;
                one(format!("system:serviceaccount:{namespace}:{account}"))
            }
            Self::Google => self.needs(None, "--subject", "the account's number at Google"),
            // The audience names the pool, and `amr` those who logged in.
            Self::Cognito | Self::EksPodIdentity => Ok(Vec::new()),
        }
    }

    /// Source: Amazon EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity".
    fn pod_identity(self, ask: &PresetAsk) -> Result<Grant, PresetError> {
        let [namespace, account] = self.parts(ask, "NAMESPACE/SERVICE_ACCOUNT")?;
        let owner = self.needs(ask.account.clone(), "--in-account", "the account of the cluster")?;
        let sends = BTreeMap::from([
            ("kubernetes-namespace".to_owned(), vec![namespace.to_owned()]),
            ("kubernetes-service-account".to_owned(), vec![account.to_owned()]),
        ]);
        let source = ServiceSource { accounts: vec![owner], ..ServiceSource::default() };
        Ok(Grant::Service { name: "pods.eks.amazonaws.com".to_owned(), source, sends })
    }

    /// Returns the parts of the project's name: each there, and each meant word for word.
    fn parts<'a, const N: usize>(self, ask: &'a PresetAsk, form: &'static str) -> Result<[&'a str; N], PresetError> {
        let project = self.needs(ask.project.as_deref(), "--project", form)?;
        let parts: Vec<&str> = exact(project, form)?.split('/').collect();
        let wrong = || PresetError::Form { value: project.to_owned(), what: form };
        if parts.iter().any(|part| part.is_empty()) {
            return Err(wrong());
        }
        <[&str; N]>::try_from(parts).map_err(|_| wrong())
    }
}

/// A project is one: what stands for many, or could end its place in a subject, is refused.
fn exact<'a>(text: &'a str, what: &'static str) -> Result<&'a str, PresetError> {
    let odd = text.chars().any(|c| c.is_control() || c.is_whitespace() || "*?:\"'\\".contains(c));
    if odd || text.is_empty() { Err(PresetError::Form { value: text.to_owned(), what }) } else { Ok(text) }
}

/// A branch, a tag or an environment: `*` may stand for many of them.
fn named(text: &str) -> Result<&str, PresetError> {
    let odd = text.chars().any(char::is_control) || text.is_empty();
    if odd { Err(PresetError::Form { value: text.to_owned(), what: "name" }) } else { Ok(text) }
}

/// Returns an issuer's URL as condition keys have it.
fn without_scheme(url: &str) -> Result<String, PresetError> {
    let wrong =
        || PresetError::Form { value: url.to_owned(), what: "issuer: one looks like https://oidc.example.com/path" };
    let parsed = url::Url::parse(url).map_err(|_| wrong())?;
    let host = parsed.host_str().filter(|_| parsed.scheme() == "https").ok_or_else(wrong)?;
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b));
    let is_plain = parsed.query().is_none() && parsed.fragment().is_none() && parsed.username().is_empty();
    if !is_plain || parsed.port().is_some() || !plain(parsed.path()) || !plain(host) {
        return Err(wrong());
    }
    Ok(format!("{host}{}", parsed.path().trim_end_matches('/')))
}
