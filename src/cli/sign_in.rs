//! Which sign-in a name leads to, for the commands that are about sign-ins.

use super::became;
use super::overrides::OverrideArgs;
use crate::config::{AssertionSource, Catalog, Declared, Oidc, Origin, SignIn, Source};
use crate::error::{Error, Kind};
use crate::plan::{Center, Exchange, Start, TokenFrom, center};
use crate::world::World;

/// A sign-in that a person makes.
#[derive(Debug)]
pub(super) enum Leads {
    /// At IAM Identity Center.
    IdentityCenter(Box<Center>),
    /// At an OpenID Connect provider.
    Provider {
        /// The identity's name.
        name: String,
        /// What it declares.
        oidc: Box<Oidc>,
        /// Where.
        origin: Origin,
    },
    /// At a SAML provider, in a browser of our own.
    Saml {
        /// The identity's name.
        name: String,
        /// How its assertions are had.
        assertion: AssertionSource,
        /// Where it is declared.
        origin: Origin,
    },
}

impl Leads {
    /// Two names of one sign-in are one.
    fn key(&self) -> (&'static str, &str) {
        match self {
            Self::IdentityCenter(center) => ("sso", &center.name),
            Self::Provider { name, .. } => ("oidc", name),
            Self::Saml { name, .. } => ("saml", name),
        }
    }
}

/// Returns the sign-in that a name leads to; without a name, the only one that is declared.
pub(super) fn of(name: Option<&str>, catalog: &Catalog, world: &World) -> Result<Leads, Error> {
    match name {
        Some(name) => named(name, catalog, world),
        None => only(catalog),
    }
}

fn named(name: &str, catalog: &Catalog, world: &World) -> Result<Leads, Error> {
    match itself(name, catalog)? {
        Some(found) => Ok(found),
        None => {
            let plan = became::planned(catalog, name, &OverrideArgs::default(), world)?;
            match plan.start {
                Start::SignIn(sign_in) => match sign_in.exchange {
                    Exchange::RoleCredentials(exchange) => Ok(Leads::IdentityCenter(Box::new(exchange.center))),
                    Exchange::Saml(exchange) => saml(sign_in.name, exchange.assertion, sign_in.origin),
                    Exchange::Pool(_) => Err(nobody(name, &sign_in.origin)),
                    Exchange::WebIdentity(exchange) => match exchange.token {
                        TokenFrom::SignIn(oidc) => {
                            Ok(Leads::Provider { name: sign_in.name, oidc, origin: sign_in.origin })
                        }
                        TokenFrom::Source(_) | TokenFrom::Pool(_) => Err(nobody(name, &sign_in.origin)),
                    },
                },
                start @ (Start::Keys(_) | Start::MfaSession(_)) => Err(nobody(name, start.origin())),
            }
        }
    }
}

/// Returns whether a session is of that sign-in, by the profile that it was made for and the identity that it started from.
pub(super) fn is_of(profile: &str, identity: &str, leads: &Leads, catalog: &Catalog, world: &World) -> bool {
    let leads_there = |name| named(name, catalog, world).is_ok_and(|other| other.key() == leads.key());
    [identity, profile].into_iter().any(leads_there)
}

/// Returns the sign-in that a name itself declares, whether or not it names a role with it.
fn itself(name: &str, catalog: &Catalog) -> Result<Option<Leads>, Error> {
    let (declared, connection) = match catalog.find(name)? {
        Some(Declared::Identity(identity)) => match identity.source.value {
            Source::SignIn(SignIn::IdentityCenter(declared)) => (Some(*declared), identity.connection),
            Source::SignIn(SignIn::Saml(declared)) => {
                return saml(identity.name, declared.assertion, identity.source.origin).map(Some);
            }
            Source::SignIn(SignIn::Oidc(oidc)) => {
                let origin = identity.source.origin;
                return Ok(Some(Leads::Provider { name: identity.name, oidc, origin }));
            }
            Source::SignIn(SignIn::WebIdentity(_) | SignIn::Cognito(_))
            | Source::Keyring
            | Source::Environment
            | Source::Container
            | Source::Instance
            | Source::Process(_) => return Err(nobody(name, &identity.source.origin)),
        },
        Some(Declared::AwsProfile(profile)) => (catalog.center_of_profile(name)?, profile.connection),
        Some(Declared::Role(_)) | None => return Ok(None),
    };
    let found = declared.map(|declared| center(catalog, name, declared, &connection)).transpose()?;
    Ok(found.map(|center| Leads::IdentityCenter(Box::new(center))))
}

/// Two names of one sign-in are one.
fn only(catalog: &Catalog) -> Result<Leads, Error> {
    let mut found: Vec<(String, Leads)> = Vec::new();
    for name in catalog.sign_in_names() {
        // What is wrong with one of them does not concern the others.
        if let Ok(Some(leads)) = itself(&name, catalog)
            && found.iter().all(|(_, known)| known.key() != leads.key())
        {
            found.push((name, leads));
        }
    }
    if found.len() > 1 {
        let names: Vec<String> = found.into_iter().map(|(name, _)| format!("`{name}`")).collect();
        return Err(Error::text(Kind::Usage, format!("say which sign-in is meant: {}", names.join(", "))));
    }
    match found.pop() {
        Some((_, leads)) => Ok(leads),
        None => Err(Error::text(Kind::Config, "no sign-in is declared")
            .with_hint("assume identity add NAME --sso https://….awsapps.com/start --sso-region REGION".to_owned())),
    }
}

/// Where an assertion is given by a program or a file, nobody signs in.
fn saml(name: String, assertion: AssertionSource, origin: Origin) -> Result<Leads, Error> {
    match assertion {
        AssertionSource::Browser(_) => Ok(Leads::Saml { name, assertion, origin }),
        AssertionSource::Command(_) | AssertionSource::File(_) | AssertionSource::Stdin => Err(nobody(&name, &origin)),
    }
}

fn nobody(name: &str, origin: &crate::config::Origin) -> Error {
    Error::text(Kind::Usage, format!("nobody signs in for `{name}`: it has credentials, or a token, without a person"))
        .at(origin)
}
