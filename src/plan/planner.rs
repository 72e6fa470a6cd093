//! From a name to a plan: first the way from the profile back to an identity, then the calls that lead along it.

use super::error::{LoopHop, PlanError};
use super::hops::{Leg, hops, voices};
use super::model::{Base, BaseSource, Plan, Reach, Start};
use super::overrides::Overrides;
use super::reach::Family;
use crate::config::asks_us_for;
use crate::config::{
    AwsProfile, Catalog, Connection, Declared, From, Identity, Origin, ProfileSignIn, Role, RoleCall, SignIn, Source,
    Sourced,
};
use crate::terms::{Partition, RoleArn, SessionName, TokenDuration};

/// Returns what will be done to become `name`.
///
/// `who` is the session name of those who declare none: it says who is at the keyboard, since CloudTrail shows it.
pub fn plan(catalog: &Catalog, name: &str, overrides: &Overrides, who: &SessionName) -> Result<Plan, PlanError> {
    way_to(catalog, name, overrides, who).map(|(plan, _, _)| plan)
}

/// Returns the plan, and the partition and the way in which STS is reached with what it leads to.
pub(super) fn plan_and_reach(
    catalog: &Catalog,
    name: &str,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<(Plan, Partition, Reach), PlanError> {
    let (plan, connection, family) = way_to(catalog, name, overrides, who)?;
    let of_start = || match &plan.start {
        Start::SignIn(sign_in) => sign_in.partition(),
        Start::Keys(_) | Start::MfaSession(_) => {
            plan.region.as_ref().map_or(Partition::Aws, |region| Partition::of_region(&region.value))
        }
    };
    let partition = plan.hops.last().map_or_else(of_start, |hop| hop.role_arn.value.partition());
    let reach = voices(catalog, overrides.region.as_ref(), &connection, family).reach(partition)?;
    Ok((plan, partition, reach))
}

fn way_to(
    catalog: &Catalog,
    name: &str,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<(Plan, Connection, Family), PlanError> {
    let mut way = Way { catalog, names: Vec::new(), legs: Vec::new() };
    let root = way.follow(name, None, Place::Asked)?;
    planned(catalog, name, root, way.legs, overrides, who)
}

/// Returns what will be done to become the role `name` by way of the profile `via`, whatever way the role itself declares.
pub fn plan_via(
    catalog: &Catalog,
    name: &str,
    via: &Sourced<String>,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<Plan, PlanError> {
    let mut way = Way { catalog, names: Vec::new(), legs: Vec::new() };
    let leg = way.leg(name)?;
    way.legs.push(leg);
    way.names.push(LoopHop { name: name.to_owned(), origin: via.origin.clone() });
    let root = way.follow(&via.value, Some(&via.origin), Place::Asked)?;
    planned(catalog, name, root, way.legs, overrides, who).map(|(plan, _, _)| plan)
}

/// Returns the plan, and what the last of its profiles says of Regions and endpoints. `legs` begin with the last one.
fn planned(
    catalog: &Catalog,
    name: &str,
    root: Root,
    mut legs: Vec<Leg>,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<(Plan, Connection, Family), PlanError> {
    legs.reverse();

    if let (true, Some(flag)) = (legs.is_empty(), overrides.for_roles_only()) {
        let why = "it is an identity, and only a role is assumed";
        return Err(PlanError::FlagRefused { flag, profile: name.to_owned(), why });
    }
    let confirm = legs.iter().filter_map(|leg| leg.call.confirm.as_ref()).find(|c| c.value).map(|c| c.origin.clone());
    let last = legs.last().map_or((&root.connection, root.family), |leg| (&leg.connection, leg.family));
    let (connection, family) = (last.0.clone(), last.1);
    let region = voices(catalog, overrides.region.as_ref(), &connection, family).region().cloned();
    let (start, hops) = hops(catalog, name, root, legs, overrides, who)?;
    let ledger = !catalog.defaults().ledger_off;
    Ok((Plan { profile: name.to_owned(), start, hops, last: None, region, confirm, ledger }, connection, family))
}

/// Returns the identity of those who name none: the declared default, else the only one there is.
pub(super) fn default_name(catalog: &Catalog, profile: &str, origin: &Origin) -> Result<String, PlanError> {
    let declared = catalog.defaults().identity.as_ref().map(|chosen| chosen.value.clone());
    match declared.map_or_else(|| only_identity(catalog), |name| Ok(Some(name)))? {
        Some(name) => Ok(name),
        None => {
            let (profile, origin) = (profile.to_owned(), origin.clone());
            Err(PlanError::NoIdentity { profile, origin, identities: catalog.identities() })
        }
    }
}

fn only_identity(catalog: &Catalog) -> Result<Option<String>, PlanError> {
    Ok(match catalog.identities().as_slice() {
        [only] => Some(only.clone()),
        [] => catalog.find("default")?.map(|_| "default".to_owned()),
        _ => None,
    })
}

/// The identity at the beginning of a way, and what it says of MFA.
pub(super) struct Root {
    pub(super) begin: Begin,
    pub(super) mfa_serial: Option<Sourced<crate::terms::MfaSerial>>,
    pub(super) mfa_process: Option<Sourced<String>>,
    pub(super) mfa_session_duration: Option<Sourced<TokenDuration>>,
    pub(super) connection: Connection,
    pub(super) family: Family,
}

/// What somebody has to begin with.
pub(super) enum Begin {
    /// Credentials, or a way to them.
    Keys(Base),
    /// A way to prove who they are.
    SignIn(Proof),
}

/// A sign-in, before it is known which role it is for.
pub(super) struct Proof {
    pub(super) name: String,
    pub(super) chosen: Origin,
    pub(super) sign_in: Sourced<SignIn>,
}

impl Begin {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Keys(base) => &base.name,
            Self::SignIn(proof) => &proof.name,
        }
    }

    fn of(name: String, chosen: Origin, source: Sourced<Source>) -> Self {
        let origin = source.origin;
        let keys = |source| Self::Keys(Base { name: name.clone(), chosen: chosen.clone(), source });
        let keys = |source| keys(Sourced::new(source, origin.clone()));
        match source.value {
            Source::Keyring => keys(BaseSource::VaultKey),
            Source::Environment => keys(BaseSource::Environment),
            Source::Container => keys(BaseSource::Container),
            Source::Instance => keys(BaseSource::Instance),
            Source::Process(command) => keys(BaseSource::Process(command)),
            Source::SignIn(sign_in) => Self::SignIn(Proof { name, chosen, sign_in: Sourced::new(sign_in, origin) }),
        }
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

    /// Returns a role by itself, without the way to it.
    fn leg(&self, name: &str) -> Result<Leg, PlanError> {
        let profile = name.to_owned();
        let arn = |reason| PlanError::NotARole { reason, origin: None };
        match self.catalog.find(name)? {
            Some(Declared::Role(Role { call, connection, .. })) => {
                Ok(Leg { profile, call, connection, family: Family::Ours })
            }
            Some(Declared::AwsProfile(AwsProfile { role: Some(call), connection, .. })) => {
                Ok(Leg { profile, call, connection, family: Family::Aws })
            }
            Some(Declared::AwsProfile(_) | Declared::Identity(_)) => {
                let flag = "--as";
                Err(PlanError::FlagRefused { flag, profile, why: "it is an identity, and only a role is assumed" })
            }
            None if name.starts_with("arn:") => {
                let call = RoleCall::new(Sourced::new(name.parse().map_err(arn)?, Origin::Flag("the command line")));
                Ok(Leg { profile, call, connection: Connection::default(), family: Family::Ours })
            }
            None => Err(PlanError::Unknown { name: profile, nearest: self.catalog.nearest(name), origin: None }),
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
        match only_identity(self.catalog)? {
            Some(only) => {
                self.names.push(LoopHop { name: profile, origin });
                self.follow(&only, Some(&Origin::Default), Place::Asked)
            }
            None => match self.catalog.offered().filter(|_| self.catalog.identities().is_empty()) {
                Some((name, offered)) => {
                    let source = offered.clone();
                    let source = Sourced::new(Source::SignIn(SignIn::WebIdentity(source.value)), source.origin);
                    Ok(Root {
                        begin: Begin::of((*name).to_owned(), Origin::Default, source),
                        mfa_serial: None,
                        mfa_process: None,
                        mfa_session_duration: None,
                        connection: Connection::default(),
                        family: Family::Ours,
                    })
                }
                None => {
                    let identities = self.catalog.identities();
                    Err(PlanError::NoIdentity { profile, origin, identities })
                }
            },
        }
    }

    fn identity(&self, identity: Identity, asked: Option<&Origin>) -> Root {
        let chosen = asked.cloned().unwrap_or(Origin::Flag("the command line"));
        Root {
            begin: Begin::of(identity.name, chosen, identity.source),
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
        let origin = call.role_arn.origin.clone();
        let leg =
            Leg { profile: profile.name.clone(), call, connection: profile.connection.clone(), family: Family::Aws };
        if let Some(Sourced { value: ProfileSignIn::SignIn(sign_in @ SignIn::WebIdentity(_)), origin }) =
            &profile.sign_in
        {
            // The token is traded in for this very role, whatever source stands beside it.
            self.legs.push(leg);
            let (name, sign_in) = (profile.name.clone(), Sourced::new(sign_in.clone(), origin.clone()));
            let chosen = asked.cloned().unwrap_or(Origin::Flag("the command line"));
            return Ok(aws_root(Begin::SignIn(Proof { name, chosen, sign_in }), profile));
        }
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
                let begin = Begin::of(profile.name.clone(), source.origin.clone(), source);
                Ok(aws_root(begin, profile))
            }
            // The SDKs take a role's own login session for no source either.
            (None, None, Some(Sourced { value: ProfileSignIn::Login(_), origin })) => {
                Err(PlanError::SignIn { profile: profile.name, origin: origin.clone() })
            }
            (None, None, _) => Err(PlanError::SourceCount { profile: profile.name, found: "neither", origin }),
            (Some(_), Some(_), _) => Err(PlanError::SourceCount { profile: profile.name, found: "both", origin }),
        }
    }

    fn aws_profile_itself(&mut self, mut profile: AwsProfile, asked: Option<&Origin>) -> Result<Root, PlanError> {
        let chosen = asked.cloned().unwrap_or(Origin::Flag("the command line"));
        match profile.sign_in.take() {
            None => {}
            Some(Sourced { value: ProfileSignIn::SignIn(_), origin }) => {
                return Err(PlanError::NoRole { name: profile.name, origin });
            }
            Some(Sourced { value: ProfileSignIn::PermissionSet { center, role_arn }, origin }) => {
                // The permission set is the first role on the way, whatever is assumed with it.
                self.legs.push(Leg {
                    profile: profile.name.clone(),
                    call: RoleCall::new(role_arn),
                    connection: profile.connection.clone(),
                    family: Family::Aws,
                });
                let (name, sign_in) = (profile.name.clone(), Sourced::new(SignIn::IdentityCenter(center), origin));
                return Ok(aws_root(Begin::SignIn(Proof { name, chosen, sign_in }), profile));
            }
            Some(Sourced { value: ProfileSignIn::Login(session), origin }) => {
                let voices = voices(self.catalog, None, &profile.connection, Family::Aws);
                let region = voices.region().map(|region| region.value.clone());
                let source = Sourced::new(BaseSource::LoginSession { session, region }, origin);
                return Ok(aws_root(Begin::Keys(Base { name: profile.name.clone(), chosen, source }), profile));
            }
        }
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
        Ok(aws_root(Begin::Keys(Base { name: profile.name.clone(), chosen, source }), profile))
    }
}

fn aws_root(begin: Begin, profile: AwsProfile) -> Root {
    Root {
        begin,
        mfa_serial: profile.mfa_serial,
        mfa_process: profile.mfa_process,
        mfa_session_duration: None,
        connection: profile.connection,
        family: Family::Aws,
    }
}

fn same_file(a: &Origin, b: &Origin) -> bool {
    matches!((a, b), (Origin::File { path: a, .. }, Origin::File { path: b, .. }) if a == b)
}

/// Returns the partition that a device's ARN names, if its serial is an ARN.
pub(super) fn partition_of_device(serial: &str) -> Option<Partition> {
    Partition::from_name(serial.strip_prefix("arn:")?.split(':').next()?)
}
