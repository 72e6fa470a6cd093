//! Starts that are sign-ins: a proof of who somebody is, and the one exchange that takes it.
//!
//! The exchange is the plan's first step and consumes the first role on the way; a role further on is assumed with what
//! it gives. What an exchange cannot carry is refused where it is declared, never left out in silence.

mod identity_center;
mod saml;
mod web_identity;

pub use identity_center::{Center, RoleCredentials, center};
pub use saml::{Provider, WithSaml};
pub use web_identity::WithWebIdentity;

use super::error::PlanError;
use super::hops::Leg;
use super::model::{Reach, Reason};
use super::planner::Proof;
use crate::config::{self, Catalog, Connection, Origin, Sourced};
use crate::terms::{Partition, Region, RoleArn, SessionName};

/// A start that is a sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// What it is called: an identity of our file, or an AWS profile.
    pub name: String,
    /// Where it was chosen.
    pub chosen: Origin,
    /// Where it is declared.
    pub origin: Origin,
    /// What the proof is, and what it is traded in for.
    pub exchange: Exchange,
    /// Why it stands where it stands.
    pub because: Reason,
}

/// A proof, and the one exchange that fits it.
#[derive(Clone, Debug)]
pub enum Exchange {
    /// An OpenID Connect token, by `AssumeRoleWithWebIdentity`.
    WebIdentity(WithWebIdentity),
    /// A SAML provider's assertion, by `AssumeRoleWithSAML`.
    Saml(WithSaml),
    /// A token of IAM Identity Center, by `GetRoleCredentials`.
    RoleCredentials(RoleCredentials),
}

impl SignIn {
    /// The profile that declares the role which it gives.
    pub fn profile(&self) -> &str {
        match &self.exchange {
            Exchange::WebIdentity(exchange) => &exchange.profile,
            Exchange::Saml(exchange) => &exchange.profile,
            Exchange::RoleCredentials(exchange) => &exchange.profile,
        }
    }

    /// The role that it gives.
    pub fn role_arn(&self) -> &Sourced<RoleArn> {
        match &self.exchange {
            Exchange::WebIdentity(exchange) => &exchange.role_arn,
            Exchange::Saml(exchange) => &exchange.role_arn,
            Exchange::RoleCredentials(exchange) => &exchange.role_arn,
        }
    }

    /// How its exchange reaches AWS.
    pub fn reach(&self) -> &Reach {
        match &self.exchange {
            Exchange::WebIdentity(exchange) => &exchange.reach,
            Exchange::Saml(exchange) => &exchange.reach,
            Exchange::RoleCredentials(exchange) => &exchange.center.portal,
        }
    }

    /// What kind of sign-in it is, in a word that is stable for scripts.
    pub fn kind(&self) -> &'static str {
        match &self.exchange {
            Exchange::WebIdentity(_) => "web-identity",
            Exchange::Saml(_) => "saml",
            Exchange::RoleCredentials(_) => "identity-center",
        }
    }

    /// The exchange, as AWS calls it.
    pub fn operation(&self) -> &'static str {
        match &self.exchange {
            Exchange::WebIdentity(_) => "AssumeRoleWithWebIdentity",
            Exchange::Saml(_) => "AssumeRoleWithSAML",
            Exchange::RoleCredentials(_) => "GetRoleCredentials",
        }
    }

    pub(super) fn partition(&self) -> Partition {
        self.role_arn().value.partition()
    }
}

/// Returns the start that trades a proof in for the role of that leg. `connection` is the identity's own; `flag` is `--region`, where the leg is the last one.
pub(super) fn sign_in(
    catalog: &Catalog,
    proof: Proof,
    connection: &Connection,
    leg: Leg,
    flag: Option<&Sourced<Region>>,
    who: &SessionName,
) -> Result<SignIn, PlanError> {
    let Proof { name, chosen, sign_in: Sourced { value, origin } } = proof;
    let exchange = match value {
        config::SignIn::WebIdentity(token) => {
            Exchange::WebIdentity(web_identity::exchange(catalog, token, leg, flag, who)?)
        }
        config::SignIn::Saml(saml) => Exchange::Saml(saml::exchange(catalog, *saml, leg, flag)?),
        config::SignIn::IdentityCenter(declared) => {
            Exchange::RoleCredentials(identity_center::exchange(catalog, &name, *declared, connection, leg)?)
        }
    };
    Ok(SignIn { name, chosen, origin, exchange, because: Reason::ProofTradedIn })
}
