//! From a name to a plan: first the way from the profile back to an identity, then the calls that lead along it.

use super::error::{LoopHop, PlanError};
use super::hops::{Leg, hops};
use super::model::{Base, BaseSource, Plan, Start};
use super::overrides::Overrides;
use super::reach::{Family, Voices};
use crate::config::asks_us_for;
use crate::config::{
    AwsProfile, Catalog, Connection, Declared, From, Identity, Origin, Role, RoleCall, SignIn, Source, Sourced,
};
use crate::terms::{Partition, RoleArn, SessionName, TokenDuration};

/// Returns what will be done to become `name`.
///
/// `who` is the session name of those who declare none: it says who is at the keyboard, since CloudTrail shows it.
pub fn plan(catalog: &Catalog, name: &str, overrides: &Overrides, who: &SessionName) -> Result<Plan, PlanError> {
    let mut way = Way { catalog, names: Vec::new(), legs: Vec::new() };
    let root = way.follow(name, None, Place::Asked)?;
    let mut legs = way.legs;
    legs.reverse();

    if let (true, Some(flag)) = (legs.is_empty(), overrides.for_roles_only()) {
        let why = "it is an identity, and only a role is assumed";
        return Err(PlanError::FlagRefused { flag, profile: name.to_owned(), why });
    }
    let confirm = legs.iter().filter_map(|leg| leg.call.confirm.as_ref()).find(|c| c.value).map(|c| c.origin.clone());
    let last = legs.last().map_or((&root.connection, root.family), |leg| (&leg.connection, leg.family));
    let voices = Voices {
        flag: overrides.region.as_ref(),
        own: last.0,
        family: last.1,
        environment: catalog.environment(),
        default: catalog.defaults().region.as_ref(),
    };
    let region = voices.region().cloned();
    let (start, hops) = hops(catalog, name, root, legs, overrides, who)?;
    Ok(Plan { profile: name.to_owned(), start, hops, region, confirm })
}

/// The identity at the beginning of a way, and what it says of MFA.
pub(super) struct Root {
    pub(super) base: Base,
    pub(super) mfa_serial: Option<Sourced<crate::terms::MfaSerial>>,
    pub(super) mfa_process: Option<Sourced<String>>,
    pub(super) mfa_session_duration: Option<Sourced<TokenDuration>>,
    pub(super) connection: Connection,
    pub(super) family: Family,
}

impl Root {
    /// Returns the start without MFA.
    pub(super) fn keys(self) -> Start {
        Start::Keys(self.base)
    }
}

/// Where a profile stands on the way: it decides whether an AWS profile's keys or its role count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Asked for by its name, by a person or from our file.
    Asked,
    /// Named by another AWS profile's `source_profile`.
    SourceProfile,
}

/// The way from the profile back to an identity; `legs` has the last hop first.
struct Way<'a> {
    catalog: &'a Catalog,
    names: Vec<LoopHop>,
    legs: Vec<Leg>,
}

impl Way<'_> {
    fn follow(&mut self, name: &str, asked: Option<&Origin>, place: Place) -> Result<Root, PlanError> {
        if let Some(at) = self.names.iter().position(|hop| hop.name == name) {
            return Err(PlanError::Loop { hops: self.names.split_off(at) });
        }
        match self.catalog.find(name)? {
            Some(Declared::Role(role)) => self.through_role(role),
            Some(Declared::Identity(identity)) => Ok(self.identity(identity, asked)),
            Some(Declared::AwsProfile(profile)) => self.through_aws_profile(profile, asked, place),
            None => match name.parse::<RoleArn>() {
                Ok(role_arn) => self.through_arn(name, role_arn, asked),
                Err(reason) if name.starts_with("arn:") => Err(PlanError::NotARole { reason, origin: asked.cloned() }),
                Err(_) => Err(PlanError::Unknown {
                    name: name.to_owned(),
                    nearest: self.catalog.nearest(name),
                    origin: asked.cloned(),
                }),
            },
        }
    }

    fn through_role(&mut self, role: Role) -> Result<Root, PlanError> {
        let Role { name, origin, from, call, connection, console: _ } = role;
        self.legs.push(Leg { profile: name.clone(), call, connection, family: Family::Ours });
        match from {
            Some(Sourced { value: From::Identity(next) | From::Via(next), origin }) => {
                self.names.push(LoopHop { name, origin: origin.clone() });
                self.follow(&next, Some(&origin), Place::Asked)
            }
            None => self.default_identity(name, origin),
        }
    }

    /// An ARN in place of a name: a role that nobody declared, reached from the default identity.
    fn through_arn(&mut self, name: &str, role_arn: RoleArn, asked: Option<&Origin>) -> Result<Root, PlanError> {
        let origin = asked.cloned().unwrap_or(Origin::Flag("the command line"));
        let call = RoleCall::new(Sourced::new(role_arn, origin.clone()));
        let connection = Connection::default();
        self.legs.push(Leg { profile: name.to_owned(), call, connection, family: Family::Ours });
        self.default_identity(name.to_owned(), origin)
    }

    fn default_identity(&mut self, profile: String, origin: Origin) -> Result<Root, PlanError> {
        if let Some(chosen) = self.catalog.defaults().identity.clone() {
            self.names.push(LoopHop { name: profile, origin: chosen.origin.clone() });
            return self.follow(&chosen.value, Some(&chosen.origin), Place::Asked);
        }
        let identities = self.catalog.identities();
        let only = match identities.as_slice() {
            [only] => Some(only.clone()),
            [] => self.catalog.find("default")?.map(|_| "default".to_owned()),
            _ => None,
        };
        match only {
            Some(only) => {
                self.names.push(LoopHop { name: profile, origin });
                self.follow(&only, Some(&Origin::Default), Place::Asked)
            }
            None => Err(PlanError::NoIdentity { profile, origin, identities }),
        }
    }

    fn identity(&self, identity: Identity, asked: Option<&Origin>) -> Root {
        let chosen = asked.cloned().unwrap_or(Origin::Flag("the command line"));
        let source = Sourced::new(base_source(identity.source.value), identity.source.origin);
        Root {
            base: Base { name: identity.name, chosen, source },
            mfa_serial: identity.mfa_serial,
            mfa_process: identity.mfa_process,
            mfa_session_duration: identity.mfa_session_duration,
            connection: identity.connection,
            family: Family::Ours,
        }
    }

    /// The meaning that the AWS SDKs give a profile.
    /// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider"; aws-config `profile/credentials/repr.rs`.
    fn through_aws_profile(
        &mut self,
        mut profile: AwsProfile,
        asked: Option<&Origin>,
        place: Place,
    ) -> Result<Root, PlanError> {
        let keys_win = place == Place::SourceProfile && profile.keys.is_some();
        let Some(call) = profile.role.take().filter(|_| !keys_win) else {
            return self.aws_profile_itself(profile, asked);
        };
        if let Some(Sourced { value: SignIn::WebIdentity, origin }) = profile.sign_in {
            // The token is traded in for this very role, whatever source stands beside it.
            return Err(PlanError::SignIn { profile: profile.name, origin });
        }
        let origin = call.role_arn.origin.clone();
        let leg =
            Leg { profile: profile.name.clone(), call, connection: profile.connection.clone(), family: Family::Aws };
        match (profile.source_profile.take(), profile.credential_source.take(), &profile.sign_in) {
            (Some(next), None, _) if next.value == profile.name => {
                self.legs.push(leg);
                // Its own keys, and nothing else that stands in it.
                profile.credential_process = None;
                self.aws_profile_itself(profile, Some(&next.origin))
            }
            (Some(next), None, _) => {
                self.legs.push(leg);
                self.names.push(LoopHop { name: profile.name, origin: next.origin.clone() });
                self.follow(&next.value, Some(&next.origin), Place::SourceProfile)
            }
            (None, Some(source), _) => {
                self.legs.push(leg);
                let chosen = source.origin.clone();
                let source = Sourced::new(base_source(source.value), source.origin);
                Ok(aws_root(Base { name: profile.name.clone(), chosen, source }, profile))
            }
            (None, None, Some(sign_in)) => {
                Err(PlanError::SignIn { profile: profile.name, origin: sign_in.origin.clone() })
            }
            (None, None, None) => Err(PlanError::SourceCount { profile: profile.name, found: "neither", origin }),
            (Some(_), Some(_), _) => Err(PlanError::SourceCount { profile: profile.name, found: "both", origin }),
        }
    }

    fn aws_profile_itself(&mut self, mut profile: AwsProfile, asked: Option<&Origin>) -> Result<Root, PlanError> {
        if let Some(sign_in) = profile.sign_in {
            return Err(PlanError::SignIn { profile: profile.name, origin: sign_in.origin });
        }
        let chosen = asked.cloned().unwrap_or(Origin::Flag("the command line"));
        let process = profile.credential_process.take();
        let source = match (profile.keys.take(), process) {
            (Some(keys), process) if process.as_ref().is_none_or(|p| !same_file(&keys.key_id.origin, &p.origin)) => {
                // Keys of the credentials file outrank a process of the config file; in one file the process wins.
                let origin = keys.key_id.origin.clone();
                Sourced::new(BaseSource::FileKeys(keys), origin)
            }
            (_, Some(process)) => match asks_us_for(&process.value) {
                Some(next) => {
                    self.names.push(LoopHop { name: profile.name, origin: process.origin.clone() });
                    return self.follow(&next, Some(&process.origin), Place::Asked);
                }
                None => Sourced::new(BaseSource::Process(process.value), process.origin),
            },
            (_, None) => {
                return Err(PlanError::NothingThere { profile: profile.name, origin: profile.origin });
            }
        };
        Ok(aws_root(Base { name: profile.name.clone(), chosen, source }, profile))
    }
}

fn aws_root(base: Base, profile: AwsProfile) -> Root {
    Root {
        base,
        mfa_serial: profile.mfa_serial,
        mfa_process: profile.mfa_process,
        mfa_session_duration: None,
        connection: profile.connection,
        family: Family::Aws,
    }
}

fn base_source(source: Source) -> BaseSource {
    match source {
        Source::Keyring => BaseSource::VaultKey,
        Source::Environment => BaseSource::Environment,
        Source::Container => BaseSource::Container,
        Source::Instance => BaseSource::Instance,
        Source::Process(command) => BaseSource::Process(command),
    }
}

fn same_file(a: &Origin, b: &Origin) -> bool {
    matches!((a, b), (Origin::File { path: a, .. }, Origin::File { path: b, .. }) if a == b)
}

/// Returns the partition that a device's ARN names, if its serial is an ARN.
pub(super) fn partition_of_device(serial: &str) -> Option<Partition> {
    Partition::from_name(serial.strip_prefix("arn:")?.split(':').next()?)
}
