//! The calls along a way: where the MFA code goes, how long each session lasts, what the flags of this call change.

use std::time;

use super::error::PlanError;
use super::limits::check;
use super::model::{Base, BaseSource, Device, Duration, Hop, MfaSession, Reason, Start};
use super::overrides::{Narrow, Overrides};
use super::planner::{Begin, Root, partition_of_device};
use super::reach::{Family, Voices};
use super::sign_in::sign_in;
use crate::config::{Catalog, Connection, Origin, RoleCall, Sourced};
use crate::terms::{Partition, PolicyArn, Region, RoleDuration, SessionName, TokenDuration};

/// Longest session that role chaining may ask for; AWS counts a role assumed with an MFA session as chained.
/// Source: IAM User Guide, "Role chaining"; for GetSessionToken credentials see the STS refusal's own text.
const CHAINED_MAX: time::Duration = time::Duration::from_secs(3_600);

/// A role on the way, as it was declared.
pub(super) struct Leg {
    pub(super) profile: String,
    pub(super) call: RoleCall,
    pub(super) connection: Connection,
    pub(super) family: Family,
}

/// Returns the start and the calls for a way from an identity through these legs.
pub(super) fn hops(
    catalog: &Catalog,
    profile: &str,
    root: Root,
    mut legs: Vec<Leg>,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<(Start, Vec<Hop>), PlanError> {
    if let Some(last) = legs.last_mut() {
        apply(overrides, &mut last.call);
        narrow(overrides, &last.profile, &mut last.call)?;
    }
    let mfa = mfa(profile, &root, &legs, overrides, catalog)?;
    let count = legs.len();
    let Root { begin, mfa_session_duration, connection, family, .. } = root;
    let start = match (begin, &mfa) {
        (Begin::Keys(keys), Mfa::None | Mfa::InFirstCall(..)) => Start::Keys(keys),
        (Begin::Keys(keys), Mfa::Session(device, because)) => {
            let voices = voices(catalog, None, &connection, family);
            mfa_session(keys, mfa_session_duration, (device, *because), &voices, &legs)?
        }
        (Begin::SignIn(proof), _) => {
            if legs.is_empty() && !proof.needs_no_role() {
                return Err(PlanError::NoRole { name: proof.name, origin: proof.sign_in.origin });
            }
            let first = (!legs.is_empty()).then(|| legs.remove(0));
            let flag = overrides.region.as_ref().filter(|_| count == 1);
            Start::SignIn(Box::new(sign_in(catalog, proof, &connection, first, flag, who)?))
        }
    };
    let mut planned: Vec<Hop> = Vec::with_capacity(legs.len());
    let legs_left = legs.len();
    for leg in legs {
        let first = planned.is_empty();
        let (in_call, because) = match (&mfa, &start, first) {
            (_, _, false) | (_, Start::SignIn(_), true) => (None, Reason::Chained),
            (Mfa::None, _, true) => (None, Reason::FromIdentity),
            (Mfa::Session(..), _, true) => (None, Reason::FromMfaSession),
            (Mfa::InFirstCall(device, why), _, true) => (Some(device.clone()), *why),
        };
        let of_start = match &start {
            Start::Keys(_) | Start::MfaSession(_) => None,
            Start::SignIn(sign_in) => Some(sign_in.partition()),
        };
        let place = Place {
            before: planned.last().map(|hop| hop.role_arn.value.partition()).or(of_start),
            mfa: in_call,
            because,
            chained: !first || start.steps() > 0,
            region: overrides.region.as_ref().filter(|_| planned.len() + 1 == legs_left),
        };
        check(&leg.call, &planned)?;
        planned.push(hop(catalog, leg, place, who)?);
    }
    Ok((start, planned))
}

/// Where the MFA code goes.
enum Mfa {
    None,
    Session(Device, Reason),
    InFirstCall(Device, Reason),
}

fn mfa(profile: &str, root: &Root, legs: &[Leg], overrides: &Overrides, catalog: &Catalog) -> Result<Mfa, PlanError> {
    let Some(device) = device(profile, root, legs, overrides)? else { return Ok(Mfa::None) };
    let impossible = |what| PlanError::MfaImpossible {
        profile: profile.to_owned(),
        base: root.begin.name().to_owned(),
        what,
        origin: device.serial.origin.clone(),
    };
    let keys = match &root.begin {
        Begin::Keys(keys) => keys,
        Begin::SignIn(_) => return Err(impossible("a sign-in carries no code")),
    };
    match &keys.source.value {
        BaseSource::VaultKey => {}
        BaseSource::FileKeys(keys) if keys.token.is_none() => {}
        BaseSource::FileKeys(_) => return Err(impossible("its keys are those of a session")),
        BaseSource::Container => return Err(impossible("a container's credentials are those of a role")),
        BaseSource::Instance => return Err(impossible("an instance's credentials are those of a role")),
        BaseSource::LoginSession { .. } => return Err(impossible("a login session's credentials are temporary")),
        // What kind of key these are shows only when they are had; AWS says so if they cannot present a code.
        BaseSource::Environment | BaseSource::Process(_) => {
            return Ok(Mfa::InFirstCall(device, Reason::NotALongTermKey));
        }
    }
    let Some(first) = legs.first() else { return Ok(Mfa::Session(device, Reason::SessionAsked)) };
    let asked = asked_duration(catalog, &first.call);
    if asked.value.get() > CHAINED_MAX {
        Ok(Mfa::InFirstCall(device, Reason::LongerThanAnHour))
    } else {
        Ok(Mfa::Session(device, Reason::OneCodeForAllRoles))
    }
}

/// The one device of the chain: that of any hop, since only the identity's own keys can present a code, else the identity's.
fn device(profile: &str, root: &Root, legs: &[Leg], overrides: &Overrides) -> Result<Option<Device>, PlanError> {
    if legs.is_empty() {
        let serial = overrides.mfa_serial.as_ref().or(root.mfa_serial.as_ref()).cloned();
        return Ok(serial.map(|serial| Device { serial, process: root.mfa_process.clone() }));
    }
    let mut found: Option<Device> = None;
    for leg in legs {
        let Some(serial) = leg.call.mfa_serial.clone() else { continue };
        match &found {
            Some(first) if first.serial.value != serial.value => {
                return Err(PlanError::TwoDevices {
                    profile: profile.to_owned(),
                    first: first.serial.value.clone(),
                    second: serial.value,
                    origin: serial.origin,
                });
            }
            Some(_) => {}
            None => found = Some(Device { serial, process: leg.call.mfa_process.clone() }),
        }
    }
    let mut device =
        found.or_else(|| root.mfa_serial.clone().map(|serial| Device { serial, process: root.mfa_process.clone() }));
    if let Some(device) = &mut device {
        // The identity's command serves its own device, whoever names it.
        let same = root.mfa_serial.as_ref().is_some_and(|own| own.value == device.serial.value);
        if device.process.is_none() && same {
            device.process = root.mfa_process.clone();
        }
    }
    Ok(device)
}

fn mfa_session(
    keys: Base,
    duration: Option<Sourced<TokenDuration>>,
    (device, because): (&Device, Reason),
    voices: &Voices<'_>,
    legs: &[Leg],
) -> Result<Start, PlanError> {
    let partition = partition_of_device(device.serial.value.as_str())
        .or_else(|| legs.first().map(|leg| leg.call.role_arn.value.partition()))
        .unwrap_or(Partition::Aws);
    Ok(Start::MfaSession(Box::new(MfaSession {
        keys,
        device: device.clone(),
        duration: duration.unwrap_or(Sourced::by_default(TokenDuration::DEFAULT)),
        max_age: legs.iter().filter_map(|leg| leg.call.mfa_max_age.clone()).min_by_key(|age| age.value),
        reach: voices.reach(partition)?,
        because,
    })))
}

/// Returns who may say something about Region and endpoint of a call.
pub(super) fn voices<'a>(
    catalog: &'a Catalog,
    flag: Option<&'a Sourced<Region>>,
    own: &'a Connection,
    family: Family,
) -> Voices<'a> {
    let (environment, default) = (catalog.environment(), catalog.defaults().region.as_ref());
    Voices { flag, own, family, environment, default }
}

/// What a call owes to its place in the chain.
struct Place<'a> {
    /// The partition of the role before.
    before: Option<Partition>,
    mfa: Option<Device>,
    because: Reason,
    chained: bool,
    /// `--region`, which means the last call.
    region: Option<&'a Sourced<Region>>,
}

fn hop(catalog: &Catalog, leg: Leg, place: Place<'_>, who: &SessionName) -> Result<Hop, PlanError> {
    let Leg { profile, call, connection, family } = leg;
    let Place { before, mfa, because, chained, region } = place;
    let to = call.role_arn.value.partition();
    if let Some(from) = before.filter(|from| *from != to) {
        return Err(PlanError::AcrossPartitions { profile, from, to, origin: call.role_arn.origin });
    }
    let asked = asked_duration(catalog, &call);
    let duration = match (chained && asked.value.get() > CHAINED_MAX, &asked.origin) {
        (true, Origin::Flag(flag)) => {
            let why = "a session made from another session lasts at most 1h";
            return Err(PlanError::FlagRefused { flag, profile, why });
        }
        (true, _) => Duration {
            effective: Sourced::new(RoleDuration::DEFAULT, asked.origin.clone()),
            capped_from: Some(asked.value),
        },
        (false, _) => Duration { effective: asked, capped_from: None },
    };
    let reach = voices(catalog, region, &connection, family).reach(to)?;
    let session_name = session_name(catalog, call.session_name, who);
    Ok(Hop {
        profile,
        role_arn: call.role_arn,
        external_id: call.external_id,
        mfa,
        duration,
        session_name,
        source_identity: call.source_identity,
        tags: call.tags,
        transitive_tags: call.transitive_tags,
        policy_arns: call.policy_arns,
        policy: call.policy,
        provided_contexts: call.provided_contexts,
        reach,
        because,
    })
}

/// Returns what the session is called: who is at the keyboard, where nobody declares it.
pub(super) fn session_name(
    catalog: &Catalog,
    declared: Option<Sourced<SessionName>>,
    who: &SessionName,
) -> Sourced<SessionName> {
    declared.or_else(|| catalog.defaults().session_name.clone()).unwrap_or_else(|| Sourced::by_default(who.clone()))
}

/// Returns how long the session should last, as far as anybody says.
pub(super) fn asked_duration(catalog: &Catalog, call: &RoleCall) -> Sourced<RoleDuration> {
    call.duration
        .clone()
        .or_else(|| catalog.defaults().duration.clone())
        .unwrap_or(Sourced::by_default(RoleDuration::DEFAULT))
}

/// A session may do what any of its session policies allows, so that one more beside others would narrow nothing.
///
/// Source: IAM User Guide, "Session policies": the permissions are those that the policies passed together allow.
fn narrow(overrides: &Overrides, profile: &str, call: &mut RoleCall) -> Result<(), PlanError> {
    let Some(narrow) = &overrides.narrow else { return Ok(()) };
    if call.policy.is_some() || !call.policy_arns.is_empty() {
        let flag = if narrow.value == Narrow::ReadOnly { "--read-only" } else { "--only" };
        let why = "it has session policies already, and AWS allows what any of them allows; one --policy replaces them";
        return Err(PlanError::FlagRefused { flag, profile: profile.to_owned(), why });
    }
    match &narrow.value {
        Narrow::Only(policy) => call.policy = Some(Sourced::new(policy.clone(), narrow.origin.clone())),
        Narrow::ReadOnly => {
            let arn = PolicyArn::of_aws(call.role_arn.value.partition(), "ReadOnlyAccess");
            call.policy_arns = vec![Sourced::new(arn, narrow.origin.clone())];
        }
    }
    Ok(())
}

/// The flags of this call, over what the last role declares.
fn apply(overrides: &Overrides, call: &mut RoleCall) {
    fn replace<T: Clone>(declared: &mut Option<Sourced<T>>, flag: &Option<Sourced<T>>) {
        if let Some(flag) = flag {
            *declared = Some(flag.clone());
        }
    }
    replace(&mut call.duration, &overrides.duration);
    replace(&mut call.external_id, &overrides.external_id);
    replace(&mut call.mfa_serial, &overrides.mfa_serial);
    replace(&mut call.session_name, &overrides.session_name);
    replace(&mut call.source_identity, &overrides.source_identity);
    replace(&mut call.policy, &overrides.policy);
    if !overrides.policy_arns.is_empty() {
        call.policy_arns.clone_from(&overrides.policy_arns);
    }
    for tag in &overrides.tags {
        call.tags.retain(|declared| !declared.value.key().is_same(tag.value.key()));
        call.tags.push(tag.clone());
    }
    for key in &overrides.transitive_tags {
        call.transitive_tags.retain(|declared| !declared.value.is_same(&key.value));
        call.transitive_tags.push(key.clone());
    }
}
