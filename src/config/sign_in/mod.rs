//! Sign-ins as they are declared: each kind in a file of its own, from our form and from that of the AWS files.

mod cognito;
mod context;
mod identity_center;
mod saml;
mod oidc;
mod web_identity;

pub(super) use cognito::of_identity as cognito_of_identity;
pub use cognito::{Cognito, PoolFlow, PoolId};
pub(super) use context::provided_contexts;
pub(super) use identity_center::{ACCOUNT_ACCESS, of_identity as center_of_identity};
pub use identity_center::{CenterEndpoints, IdentityCenter, InvalidStartUrl, StartUrl};
pub(super) use oidc::of_identity as oidc_of_identity;
pub use oidc::{Oidc, OidcFlow};
pub use saml::{AssertionSource, InvalidSamlProviderName, Saml, SamlPage, SamlProviderName};
pub(super) use saml::{needs as saml_needs, of_identity as saml_of_identity};
pub use web_identity::{ProviderId, TokenSource, WebIdentity};
pub(super) use web_identity::{needs, of_aws_profile, of_environment, of_identity};

/// How somebody proves who they are to a party that AWS trusts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SignIn {
    /// `web_identity = { … }`, or `web_identity_token_file`: an OpenID Connect token.
    WebIdentity(WebIdentity),
    /// `saml = { … }`: what a SAML provider vouches for.
    Saml(Box<Saml>),
    /// `oidc = { … }`: a person signs in at an OpenID Connect provider.
    Oidc(Box<Oidc>),
    /// `cognito = { … }`: logins at a Cognito identity pool.
    Cognito(Box<Cognito>),
    /// `sso = { … }`, or `sso_session`: a person at IAM Identity Center.
    IdentityCenter(Box<IdentityCenter>),
}

impl SignIn {
    /// Returns what kind of sign-in it is, in a word that is stable for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::WebIdentity(_) => "web-identity",
            Self::Saml(_) => "saml",
            Self::Oidc(_) => "oidc",
            Self::Cognito(_) => "cognito",
            Self::IdentityCenter(_) => "identity-center",
        }
    }
}
