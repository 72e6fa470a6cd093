//! Starts that are sign-ins: a proof of who somebody is, and the one exchange that takes it.
//!
//! The exchange is the plan's first step and consumes the first role on the way; a role further on is assumed with what
//! it gives. What an exchange cannot carry is refused where it is declared, never left out in silence.

mod cognito;
mod identity_center;
mod saml;
mod web_identity;

pub use cognito::{Pool, PoolCredentials};
pub use identity_center::{Center, RoleCredentials, center};
pub use saml::{Provider, WithSaml};
pub use web_identity::{TokenFrom, WithWebIdentity};

use super::error::PlanError;
use super::hops::Leg;
use super::model::{Reach, Reason};
use super::planner::Proof;
use crate::config::{self, Catalog, Connection, Origin, PoolFlow, Sourced, WebIdentity};
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
    /// Logins at a Cognito identity pool, by `GetCredentialsForIdentity`.
    Pool(PoolCredentials),
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
            Exchange::Pool(exchange) => &exchange.profile,
        }
    }

    /// The role that it gives; `None` where a pool decides that.
    pub fn role_arn(&self) -> Option<&Sourced<RoleArn>> {
        match &self.exchange {
            Exchange::WebIdentity(exchange) => Some(&exchange.role_arn),
            Exchange::RoleCredentials(exchange) => Some(&exchange.role_arn),
            Exchange::Saml(exchange) => Some(&exchange.role_arn),
            Exchange::Pool(exchange) => exchange.role_arn.as_ref(),
        }
    }

    /// How its exchange reaches AWS.
    pub fn reach(&self) -> &Reach {
        match &self.exchange {
            Exchange::WebIdentity(exchange) => &exchange.reach,
            Exchange::Saml(exchange) => &exchange.reach,
            Exchange::RoleCredentials(exchange) => &exchange.center.portal,
            Exchange::Pool(exchange) => &exchange.pool.reach,
        }
    }

    /// What kind of sign-in it is, in a word that is stable for scripts.
    pub fn kind(&self) -> &'static str {
        match &self.exchange {
            Exchange::WebIdentity(exchange) => match exchange.token {
                TokenFrom::Source(_) => "web-identity",
                TokenFrom::SignIn(_) => "oidc",
                TokenFrom::Pool(_) => "cognito",
            },
            Exchange::Pool(_) => "cognito",
            Exchange::Saml(_) => "saml",
            Exchange::RoleCredentials(_) => "identity-center",
        }
    }

    /// The exchange, as AWS calls it.
    pub fn operation(&self) -> &'static str {
        match &self.exchange {
            Exchange::WebIdentity(_) => "AssumeRoleWithWebIdentity",
            Exchange::Saml(_) => "AssumeRoleWithSAML",
            Exchange::Pool(_) => "GetCredentialsForIdentity",
            Exchange::RoleCredentials(_) => "GetRoleCredentials",
        }
    }

    pub(super) fn partition(&self) -> Partition {
        let of_region = || Partition::of_region(&self.reach().region.value);
        self.role_arn().map_or_else(of_region, |role| role.value.partition())
    }
}

impl Proof {
    /// Whether it gives something without a role that somebody names: the pool decides.
    pub(super) fn needs_no_role(&self) -> bool {
        match &self.sign_in.value {
            config::SignIn::Cognito(cognito) => cognito.flow == PoolFlow::Enhanced,
            config::SignIn::WebIdentity(_)
            | config::SignIn::Oidc(_)
            | config::SignIn::Saml(_)
            | config::SignIn::IdentityCenter(_) => false,
        }
    }
}

/// Returns the start that trades a proof in for the role of that leg. `connection` is the identity's own; `flag` is `--region`, where the leg is the last one.
pub(super) fn sign_in(
    catalog: &Catalog,
    proof: Proof,
    connection: &Connection,
    leg: Option<Leg>,
    flag: Option<&Sourced<Region>>,
    who: &SessionName,
) -> Result<SignIn, PlanError> {
    let Proof { name, chosen, sign_in: Sourced { value, origin } } = proof;
    let no_role = || PlanError::NoRole { name: name.clone(), origin: origin.clone() };
    let exchange = match value {
        config::SignIn::Cognito(cognito) => {
            let (flow, pool) = (cognito.flow, cognito::pool(catalog, *cognito, &origin));
            match flow {
                PoolFlow::Enhanced => Exchange::Pool(cognito::exchange(&name, pool, leg)?),
                PoolFlow::Basic => {
                    let (token, leg) = (TokenFrom::Pool(Box::new(pool)), leg.ok_or_else(no_role)?);
                    Exchange::WebIdentity(web_identity::exchange(catalog, (token, None), leg, flag, who)?)
                }
            }
        }
        config::SignIn::Saml(saml) => Exchange::Saml(saml::exchange(catalog, *saml, leg.ok_or_else(no_role)?, flag)?),
        config::SignIn::WebIdentity(WebIdentity { token, provider_id }) => {
            let token = (TokenFrom::Source(token), provider_id);
            Exchange::WebIdentity(web_identity::exchange(catalog, token, leg.ok_or_else(no_role)?, flag, who)?)
        }
        config::SignIn::Oidc(oidc) => {
            let token = (TokenFrom::SignIn(oidc), None);
            Exchange::WebIdentity(web_identity::exchange(catalog, token, leg.ok_or_else(no_role)?, flag, who)?)
        }
        config::SignIn::IdentityCenter(declared) => Exchange::RoleCredentials(identity_center::exchange(
            catalog,
            &name,
            *declared,
            connection,
            leg.ok_or_else(no_role)?,
        )?),
    };
    Ok(SignIn { name, chosen, origin, exchange, because: Reason::ProofTradedIn })
}
