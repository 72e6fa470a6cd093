//! Says whose credentials a plan starts from: not what the identity is called, but who it is.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::IdentityError;
use super::generation::KeyCard;
use super::sign_in;
use crate::plan::{Base, BaseSource, Exchange, Plan, Start, TokenFrom};
use crate::session::Fingerprint;
use crate::vault::Vault;
use crate::world::World;

/// Returns the files that a plan's fingerprint is made from, config files aside; `None` where it is made from something else
/// than files.
pub fn fingerprint_files(plan: &Plan, vault: &Vault, world: &World) -> Option<Vec<PathBuf>> {
    if plan.hops.iter().any(|hop| !hop.provided_contexts.is_empty()) {
        return None;
    }
    let base = match &plan.start {
        Start::Keys(base) => base,
        Start::MfaSession(session) => &session.keys,
        Start::SignIn(sign_in) => {
            return match &sign_in.exchange {
                Exchange::RoleCredentials(exchange) => {
                    Some(sign_in::identity_center::AtCenter::new(&exchange.center, vault, world).fingerprint_files())
                }
                Exchange::WebIdentity(_) | Exchange::Pool(_) | Exchange::Saml(_) => None,
            };
        }
    };
    match &base.source.value {
        BaseSource::VaultKey => Some(vec![KeyCard::path(&base.name, vault, world)]),
        BaseSource::FileKeys(_) => Some(Vec::new()),
        BaseSource::Environment
        | BaseSource::Container
        | BaseSource::Instance
        | BaseSource::LoginSession { .. }
        | BaseSource::Process(_) => None,
    }
}

/// Returns the fingerprint of a plan's start, from local data only: no network, no secret store is asked.
///
/// It is part of every cache key, so another person's key under the same name finds none of the first one's sessions.
/// `None` where only the secret store could tell (`LongTermKey::load` makes it known), or where the proof is not there:
/// nothing in the cache can be theirs.
pub fn fingerprint(plan: &Plan, vault: &Vault, world: &World) -> Option<Fingerprint> {
    with_contexts(plan, of_start(&plan.start, vault, world)?, world).ok()
}

/// Returns who somebody is together with whose context others assert: of two users behind one identity, neither gets the
/// other's session.
pub fn with_contexts(plan: &Plan, who: Fingerprint, world: &World) -> Result<Fingerprint, IdentityError> {
    let contexts = plan.hops.iter().flat_map(|hop| hop.provided_contexts.iter().map(|context| (&hop.profile, context)));
    contexts.into_iter().try_fold(who, |who, (profile, context)| {
        let whose = sign_in::web_identity::whose(profile, &context.value.assertion, world)?;
        Ok(Fingerprint(format!("{} {}", who.0, whose.0)))
    })
}

fn of_start(start: &Start, vault: &Vault, world: &World) -> Option<Fingerprint> {
    match start {
        Start::Keys(base) => of_base(base, vault, world),
        Start::MfaSession(session) => of_base(&session.keys, vault, world),
        Start::SignIn(sign_in) => match &sign_in.exchange {
            Exchange::WebIdentity(exchange) => match &exchange.token {
                TokenFrom::Source(source) => sign_in::web_identity::whose(&sign_in.name, source, world).ok(),
                TokenFrom::Pool(pool) => sign_in::cognito::whose_logins(&sign_in.name, &pool.cognito, world).ok(),
                TokenFrom::SignIn(oidc) => {
                    sign_in::oidc::AtIssuer::new(&sign_in.name, oidc, vault, world).fingerprint()
                }
            },
            Exchange::Pool(exchange) => {
                sign_in::cognito::whose_logins(&sign_in.name, &exchange.pool.cognito, world).ok()
            }
            Exchange::Saml(exchange) => {
                sign_in::saml::AtProvider::new(&sign_in.name, &exchange.assertion, world).fingerprint()
            }
            Exchange::RoleCredentials(exchange) => {
                sign_in::identity_center::AtCenter::new(&exchange.center, vault, world).fingerprint()
            }
        },
    }
}

fn of_base(base: &Base, vault: &Vault, world: &World) -> Option<Fingerprint> {
    let variable = |name: &str| world.env.text(name).unwrap_or_default().to_owned();
    Some(Fingerprint(match &base.source.value {
        // Removing or adding the key changes the generation; rotating it does not.
        BaseSource::VaultKey => {
            format!("vault-key {} {}", base.name, super::current(&base.name, vault, world)?.as_str())
        }
        BaseSource::FileKeys(keys) => format!("key {}", keys.key_id.value),
        BaseSource::Environment => format!("key {}", variable("AWS_ACCESS_KEY_ID")),
        BaseSource::Container => {
            // One container has one role; the address tells containers on one host apart.
            let relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
            let full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
            format!("container {relative} {full} {}", variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
        }
        BaseSource::LoginSession { session, .. } => format!("login-session {session}"),
        BaseSource::Instance => format!("instance {}", variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")),
        // A command may hold a password, and a fingerprint may be shown.
        BaseSource::Process(command) => format!("process {}", hex::encode(Sha256::digest(command))),
    }))
}
