//! The operations of IAM that rotating a key takes, and those that read roles.

mod accessed;
mod policies;
mod roles;
mod services;

use std::time::SystemTime;

use crate::policy::{Decision, Request, allows};
use crate::terms::ExposeSecret;

use super::answer::{Refusal, element, text};
use super::call::Parameters;
use super::caller::{Caller, Who};
use super::constraint::{ACCESS_KEY_ID, Constraints, USER_NAME};
use super::estate::{Estate, LiveKey};
use super::sts::{forbidden, rfc3339};

/// What IAM can be asked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    CreateAccessKey,
    DeleteAccessKey,
    UpdateAccessKey,
    ListAccessKeys,
    GetUser,
    Reads(Reads),
}

/// What reads roles, their policies, and what those were used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reads {
    GetRole,
    ListRoles,
    ListRolePolicies,
    GetRolePolicy,
    ListAttachedRolePolicies,
    GetPolicy,
    GetPolicyVersion,
    GenerateServiceLastAccessedDetails,
    GetServiceLastAccessedDetails,
}

pub(super) use accessed::Job;

/// Source: IAM User Guide, "IAM and AWS STS quotas", access keys of a user.
const MOST_KEYS: usize = 2;

impl Operation {
    pub(super) const ALL: [Self; 14] = [
        Self::CreateAccessKey,
        Self::DeleteAccessKey,
        Self::UpdateAccessKey,
        Self::ListAccessKeys,
        Self::GetUser,
        Self::Reads(Reads::GetRole),
        Self::Reads(Reads::ListRoles),
        Self::Reads(Reads::ListRolePolicies),
        Self::Reads(Reads::GetRolePolicy),
        Self::Reads(Reads::ListAttachedRolePolicies),
        Self::Reads(Reads::GetPolicy),
        Self::Reads(Reads::GetPolicyVersion),
        Self::Reads(Reads::GenerateServiceLastAccessedDetails),
        Self::Reads(Reads::GetServiceLastAccessedDetails),
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CreateAccessKey => "CreateAccessKey",
            Self::DeleteAccessKey => "DeleteAccessKey",
            Self::UpdateAccessKey => "UpdateAccessKey",
            Self::ListAccessKeys => "ListAccessKeys",
            Self::GetUser => "GetUser",
            Self::Reads(reads) => reads.name(),
        }
    }
}

impl Reads {
    fn name(self) -> &'static str {
        match self {
            Self::GetRole => "GetRole",
            Self::ListRoles => "ListRoles",
            Self::ListRolePolicies => "ListRolePolicies",
            Self::GetRolePolicy => "GetRolePolicy",
            Self::ListAttachedRolePolicies => "ListAttachedRolePolicies",
            Self::GetPolicy => "GetPolicy",
            Self::GetPolicyVersion => "GetPolicyVersion",
            Self::GenerateServiceLastAccessedDetails => "GenerateServiceLastAccessedDetails",
            Self::GetServiceLastAccessedDetails => "GetServiceLastAccessedDetails",
        }
    }
}

/// Does what is asked and returns the inside of the result; some operations have none.
pub(super) fn run(
    operation: Operation,
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    // Source: STS API Reference, `GetSessionToken`: "You cannot call any IAM API operations unless MFA …".
    if matches!(caller.who, Who::UserSession { mfa_at: None, .. }) {
        return Err(Refusal::unknown_key());
    }
    if let Operation::Reads(reads) = operation {
        return read(reads, caller, parameters, estate, now);
    }
    let mut constraints = Constraints::new();
    let named = constraints.optional(parameters, "UserName", USER_NAME);
    let key_id = match operation {
        Operation::DeleteAccessKey | Operation::UpdateAccessKey => {
            Some(constraints.required(parameters, "AccessKeyId", ACCESS_KEY_ID))
        }
        Operation::CreateAccessKey | Operation::ListAccessKeys | Operation::GetUser | Operation::Reads(_) => None,
    };
    let status = match operation {
        Operation::UpdateAccessKey => status(parameters, &mut constraints),
        Operation::CreateAccessKey
        | Operation::DeleteAccessKey
        | Operation::ListAccessKeys
        | Operation::GetUser
        | Operation::Reads(_) => None,
    };
    constraints.verdict()?;
    let user = target(operation, named, caller, estate, now)?;
    match (operation, key_id) {
        (Operation::CreateAccessKey, _) => create(user, estate, now),
        (Operation::ListAccessKeys, _) => Ok(list(user, estate)),
        (Operation::GetUser | Operation::Reads(_), _) => Ok(show(user, estate)),
        (Operation::DeleteAccessKey | Operation::UpdateAccessKey, key_id) => {
            change(user, key_id.unwrap_or_default(), status, estate)
        }
    }
}

fn read(
    reads: Reads,
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    match reads {
        Reads::GetRole => roles::one(caller, parameters, estate, now),
        Reads::ListRoles => roles::list(caller, parameters, estate, now),
        Reads::ListRolePolicies => policies::inline_names(caller, parameters, estate, now),
        Reads::GetRolePolicy => policies::inline(caller, parameters, estate, now),
        Reads::ListAttachedRolePolicies => policies::attached(caller, parameters, estate, now),
        Reads::GetPolicy => policies::managed(caller, parameters, estate, now),
        Reads::GetPolicyVersion => policies::version(caller, parameters, estate, now),
        Reads::GenerateServiceLastAccessedDetails => accessed::generate(caller, parameters, estate, now),
        Reads::GetServiceLastAccessedDetails => accessed::get(caller, parameters, estate, now),
    }
}

/// Markers are opaque; ours say how many things came before.
fn begin_of(marker: Option<&str>) -> Result<usize, Refusal> {
    let Some(marker) = marker else { return Ok(0) };
    let begin = hex::decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok()?.parse::<usize>().ok());
    begin.ok_or_else(|| Refusal::invalid(format!("Invalid Marker: {marker}")))
}

fn status(parameters: &Parameters, constraints: &mut Constraints) -> Option<bool> {
    match parameters.text("Status") {
        Some("Active") => return Some(true),
        Some("Inactive") => return Some(false),
        Some(other) => {
            constraints.break_at("status", other, "Member must satisfy enum value set: [Active, Inactive]");
        }
        None => constraints.break_at("status", "null", "Member must not be null"),
    }
    None
}

/// Returns the user that is meant, if the caller may do that to them.
fn target(
    operation: Operation,
    named: Option<&str>,
    caller: &Caller,
    estate: &Estate,
    now: SystemTime,
) -> Result<usize, Refusal> {
    let account = caller.account(estate);
    let name = match (named, caller.user()) {
        (Some(name), _) => name,
        (None, Some(user)) => &estate.users[user].name,
        (None, None) => return Err(Refusal::invalid("Must specify userName when calling with non-User credentials")),
    };
    let found = estate
        .users
        .iter()
        .position(|user| estate.accounts[user.account].id == account.id && user.name.eq_ignore_ascii_case(name));
    let resource = match found {
        Some(user) => estate.users[user].arn.clone(),
        None => format!("arn:{}:iam::{}:user/{name}", account.partition, account.id),
    };
    may(operation.name(), caller, estate, now, resource, &format!("user {name}"))?;
    found.ok_or_else(|| Refusal::new(404, "NoSuchEntity", format!("The user with name {name} cannot be found.")))
}

/// Refuses what the caller's own policies do not allow.
fn may(
    operation: &str,
    caller: &Caller,
    estate: &Estate,
    now: SystemTime,
    resource: String,
    spoken: &str,
) -> Result<(), Refusal> {
    let action = format!("iam:{operation}");
    let request = Request {
        action: action.clone(),
        resource,
        principal: caller.principal(estate),
        context: caller.context(estate, now),
    };
    let refused = |because: &str| {
        let arn = caller.arn(estate);
        Refusal::denied(format!("User: {arn} is not authorized to perform: {action} on resource: {spoken} {because}"))
    };
    if let Some(because) = forbidden(&request, estate) {
        return Err(refused(because.trim_start()));
    }
    if caller.is_root(estate) {
        return Ok(());
    }
    let narrowed = caller.role_session().filter(|session| session.is_narrowed);
    let decisions = std::iter::once(caller.own(estate).allow(&request))
        .chain(narrowed.map(|session| allows(&session.policies, &request)));
    for decision in decisions {
        let because = match decision {
            Decision::Allowed(_) => continue,
            Decision::Denied(_) => "with an explicit deny in an identity-based policy".to_owned(),
            Decision::NotAllowed => format!("because no identity-based policy allows the {action} action"),
        };
        return Err(refused(&because));
    }
    Ok(())
}

fn create(user: usize, estate: &mut Estate, now: SystemTime) -> Result<String, Refusal> {
    if estate.keys_of(user).len() >= MOST_KEYS {
        let message = format!("Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}");
        return Err(Refusal::new(409, "LimitExceeded", message));
    }
    let id = estate.make_key(user, now);
    let secret = estate.keys[&id].secret.expose_secret().to_owned();
    let inner = text("UserName", &estate.users[user].name)
        + &text("AccessKeyId", &id)
        + &text("Status", "Active")
        + &text("SecretAccessKey", &secret)
        + &text("CreateDate", &rfc3339(now));
    Ok(element("AccessKey", &inner))
}

fn list(user: usize, estate: &Estate) -> String {
    let name = &estate.users[user].name;
    let member = |(id, key): (&String, &LiveKey)| {
        let status = if key.is_active { "Active" } else { "Inactive" };
        let inner = text("UserName", name)
            + &text("AccessKeyId", id)
            + &text("Status", status)
            + &text("CreateDate", &rfc3339(key.created));
        element("member", &inner)
    };
    let members: String = estate.keys_of(user).into_iter().map(member).collect();
    text("UserName", name) + &element("AccessKeyMetadata", &members) + &text("IsTruncated", "false")
}

fn show(user: usize, estate: &Estate) -> String {
    let user = &estate.users[user];
    let inner = text("Path", &user.path)
        + &text("UserName", &user.name)
        + &text("UserId", &user.id)
        + &text("Arn", &user.arn)
        + &text("CreateDate", &rfc3339(user.created));
    element("User", &inner)
}

/// Switches a key on or off; without a word on which, deletes it.
fn change(user: usize, key_id: &str, active: Option<bool>, estate: &mut Estate) -> Result<String, Refusal> {
    let missing = || Refusal::new(404, "NoSuchEntity", format!("The Access Key with id {key_id} cannot be found."));
    let key = estate.keys.get_mut(key_id).filter(|key| key.user == user).ok_or_else(missing)?;
    match active {
        Some(active) => key.is_active = active,
        None => {
            estate.keys.remove(key_id);
        }
    }
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::scenario::Scenario;
    use super::super::stage::{Stage, credentials, inside};

    #[test]
    fn a_key_is_rotated() {
        let mut stage = Stage::classic();
        stage.estate.key_delay = Duration::from_secs(3);
        let old = stage.key_of("alice");
        let mut new = credentials(&stage.ask(&old, "CreateAccessKey", &[]).unwrap());
        new.token = None;
        let unknown = "403 InvalidClientTokenId: The security token included in the request is invalid.";
        assert_eq!(stage.ask(&new, "GetCallerIdentity", &[]).unwrap_err(), unknown, "a new key takes its time");
        assert_eq!(
            stage.ask(&old, "CreateAccessKey", &[]).unwrap_err(),
            "409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"
        );
        stage.pass(3);
        stage.ask(&new, "GetCallerIdentity", &[]).unwrap();

        let off: [(&str, &str); 2] = [("AccessKeyId", &old.id), ("Status", "Inactive")];
        stage.ask(&new, "UpdateAccessKey", &off).unwrap();
        assert_eq!(stage.ask(&old, "GetCallerIdentity", &[]).unwrap_err(), unknown);
        let listed = stage.ask(&new, "ListAccessKeys", &[]).unwrap();
        assert!(
            listed.contains(&format!("<AccessKeyId>{}</AccessKeyId><Status>Inactive</Status>", old.id)),
            "{listed}"
        );
        assert!(listed.contains(&format!("<AccessKeyId>{}</AccessKeyId><Status>Active</Status>", new.id)), "{listed}");
        stage.ask(&new, "DeleteAccessKey", &[("AccessKeyId", &old.id), ("UserName", "alice")]).unwrap();
        let again = stage.ask(&new, "DeleteAccessKey", &[("AccessKeyId", &old.id)]).unwrap_err();
        assert_eq!(again, format!("404 NoSuchEntity: The Access Key with id {} cannot be found.", old.id));
    }

    #[test]
    fn a_user_is_shown_to_whoever_may_see_them() {
        let mut stage = Stage::classic();
        let (alice, bob) = (stage.key_of("alice"), stage.key_of("bob"));
        let xml = stage.ask(&alice, "GetUser", &[]).unwrap();
        assert_eq!(inside(&xml, "Arn"), "arn:aws:iam::111122223333:user/alice");
        assert_eq!(
            stage.ask(&bob, "GetUser", &[]).unwrap_err(),
            "403 AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:GetUser on \
             resource: user bob because no identity-based policy allows the iam:GetUser action"
        );
        assert!(
            stage.ask(&alice, "GetUser", &[("UserName", "bob")]).unwrap_err().contains("resource: user bob because")
        );
        let role = stage.assume(&alice, "arn:aws:iam::123456789012:role/UpdateApp");
        assert_eq!(
            stage.ask(&role, "GetUser", &[]).unwrap_err(),
            "400 ValidationError: Must specify userName when calling with non-User credentials"
        );
    }

    #[test]
    fn nobody_reaches_anothers_key() {
        let mut stage = Stage::classic();
        let (alice, bob) = (stage.key_of("alice"), stage.key_of("bob"));
        for operation in ["DeleteAccessKey", "UpdateAccessKey"] {
            let bobs = [("AccessKeyId", bob.id.as_str()), ("Status", "Inactive")];
            let refusal = stage.ask(&alice, operation, &bobs).unwrap_err();
            assert_eq!(refusal, format!("404 NoSuchEntity: The Access Key with id {} cannot be found.", bob.id));
        }
        stage.ask(&bob, "GetCallerIdentity", &[]).unwrap();
    }

    #[test]
    fn an_explicit_deny_is_named_as_one() {
        let scenario = r#"
            [[account]]
            id = "111122223333"
            [[account.user]]
            name = "alice"
            [account.user.policies]
            All = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:Create*","Resource":"*"}]}'
        "#;
        let mut stage = Stage::of(&Scenario::parse(scenario).unwrap());
        let alice = stage.key_of("alice");
        let refusal = stage.ask(&alice, "CreateAccessKey", &[]).unwrap_err();
        assert!(
            refusal.ends_with("on resource: user alice with an explicit deny in an identity-based policy"),
            "{refusal}"
        );
        let missing = stage.ask(&alice, "GetUser", &[("UserName", "carol")]).unwrap_err();
        assert_eq!(missing, "404 NoSuchEntity: The user with name carol cannot be found.");
    }
}
