//! What a person is told when an identity's own credentials cannot be had.

use super::{Error, Kind};
use crate::identity::{IdentityError, InvalidPair, SignInError, TokenPlace};
use crate::person::RedirectError;

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        let (kind, hint) = match error {
            IdentityError::Aws(error) => return error.into(),
            IdentityError::SignIn(error) => return error.into(),
            IdentityError::Vault { identity, source } => {
                return Self::from(source).while_doing(format!("cannot read the key of the identity `{identity}`"));
            }
            IdentityError::NoKey { ref identity } => {
                (Kind::Identity, format!("store one: `assume identity add {identity}`"))
            }
            IdentityError::Environment { .. } => (
                Kind::Identity,
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN with a session's keys)"
                    .to_owned(),
            ),
            IdentityError::NotAKey { .. } => (Kind::Identity, "an access key id looks like AKIA… or ASIA…".to_owned()),
            IdentityError::LoginSession { ref profile, .. } => {
                (Kind::Identity, format!("sign in: `aws login --profile {profile}`, with the AWS CLI 2.32 or newer"))
            }
            IdentityError::Endpoint { .. } => {
                (Kind::Identity, "this works only inside a container or on an instance that has a role".to_owned())
            }
            IdentityError::Process { ref program, .. } => {
                (Kind::Identity, format!("run the command by hand to see what {program} says"))
            }
            IdentityError::Token { ref place, .. } => (Kind::Identity, no_token(place)),
            IdentityError::Ended { .. } => (Kind::Identity, "get new ones where these came from".to_owned()),
            IdentityError::Saml(ref error) => (super::sign_in::saml_kind(error), super::sign_in::saml_hint(error)),
        };
        Self::new(kind, error).with_hint(hint)
    }
}

fn no_token(place: &TokenPlace) -> String {
    match place {
        TokenPlace::File(_) => {
            "see that whoever issues the token writes it there; AWS takes 4 to 20,000 characters".to_owned()
        }
        TokenPlace::Variable(name) if name == "GITLAB_OIDC_TOKEN" => {
            "the job needs `id_tokens: { GITLAB_OIDC_TOKEN: { aud: … } }` in .gitlab-ci.yml".to_owned()
        }
        TokenPlace::Variable(name) => format!("see that {name} holds the token, and nothing else"),
        TokenPlace::Command(program) => format!("run the command by hand to see what {program} says"),
        TokenPlace::GitHubActions => "the job needs `permissions: { id-token: write }` in its workflow".to_owned(),
    }
}

impl From<SignInError> for Error {
    fn from(error: SignInError) -> Self {
        let again = |name: &str| format!("in a terminal: `assume login {name}`");
        let (kind, hint) = match error {
            SignInError::Aws { name, source } => {
                return Self::from(source).while_doing(format!("cannot sign in at `{name}`"));
            }
            SignInError::Vault { name, source } => {
                return Self::from(source).while_doing(format!("the token of `{name}` cannot be read or kept"));
            }
            SignInError::SignedOut { ref name, .. } => (Kind::PersonNeeded, again(name)),
            SignInError::Waiting { ref name, .. } => {
                (Kind::PersonNeeded, format!("finish it there, or begin anew {}", again(name)))
            }
            SignInError::Declined { ref name, reason: RedirectError::Listen { port, .. } } => (
                Kind::System,
                format!(
                    "end the program that has port {port}, or have another one registered at the provider: `redirect_port` of \
                     [identity.{name}]; `assume login {name} --device` needs none"
                ),
            ),
            SignInError::Declined { ref name, .. } | SignInError::Shared { ref name, .. } => {
                (Kind::Declined, format!("begin anew {}", again(name)))
            }
        };
        Self::new(kind, error).with_hint(hint)
    }
}

impl From<InvalidPair> for Error {
    fn from(error: InvalidPair) -> Self {
        let hint = "give the access key id and the secret access key, as the AWS console shows them, or its CSV file";
        Self::new(Kind::Usage, error).with_hint(hint.to_owned())
    }
}
