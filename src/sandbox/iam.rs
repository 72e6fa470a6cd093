//! The operations of IAM that rotating a key takes.

use std::time::SystemTime;

use crate::policy::{Decision, Request, allows};
use crate::terms::ExposeSecret;

use super::answer::{Refusal, element, text};
use super::call::Parameters;
use super::caller::{Caller, Who};
use super::constraint::{ACCESS_KEY_ID, Constraints, USER_NAME};
use super::estate::{Estate, LiveKey};
use super::sts::rfc3339;

/// What IAM can be asked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    CreateAccessKey,
    DeleteAccessKey,
    UpdateAccessKey,
    ListAccessKeys,
    GetUser,
}

/// Source: IAM User Guide, "IAM and AWS STS quotas", access keys of a user.
const MOST_KEYS: usize = 2;

impl Operation {
    pub(super) const ALL: [Self; 5] =
        [Self::CreateAccessKey, Self::DeleteAccessKey, Self::UpdateAccessKey, Self::ListAccessKeys, Self::GetUser];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CreateAccessKey => "CreateAccessKey",
            Self::DeleteAccessKey => "DeleteAccessKey",
            Self::UpdateAccessKey => "UpdateAccessKey",
            Self::ListAccessKeys => "ListAccessKeys",
            Self::GetUser => "GetUser",
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
    let mut constraints = Constraints::new();
    let named = constraints.optional(parameters, "UserName", USER_NAME);
    let key_id = match operation {
        Operation::DeleteAccessKey | Operation::UpdateAccessKey => {
            Some(constraints.required(parameters, "AccessKeyId", ACCESS_KEY_ID))
        }
        Operation::CreateAccessKey | Operation::ListAccessKeys | Operation::GetUser => None,
    };
    let status = match operation {
        Operation::UpdateAccessKey => status(parameters, &mut constraints),
        Operation::CreateAccessKey | Operation::DeleteAccessKey | Operation::ListAccessKeys | Operation::GetUser => {
            None
        }
    };
    constraints.verdict()?;
    let user = target(operation, named, caller, estate, now)?;
    match (operation, key_id) {
        (Operation::CreateAccessKey, _) => create(user, estate, now),
        (Operation::ListAccessKeys, _) => Ok(list(user, estate)),
        (Operation::GetUser, _) => Ok(show(user, estate)),
        (Operation::DeleteAccessKey | Operation::UpdateAccessKey, key_id) => {
            change(user, key_id.unwrap_or_default(), status, estate)
        }
    }
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
    let action = format!("iam:{}", operation.name());
    let request = Request {
        action: action.clone(),
        resource,
        principal: caller.principal(estate),
        context: caller.context(estate, now),
    };
    if !caller.is_root(estate) {
        let narrowed = caller.role_session().filter(|session| session.is_narrowed);
        let decisions = std::iter::once(allows(caller.policies(estate), &request))
            .chain(narrowed.map(|session| allows(&session.policies, &request)));
        for decision in decisions {
            let because = match decision {
                Decision::Allowed(_) => continue,
                Decision::Denied(_) => "with an explicit deny in an identity-based policy".to_owned(),
                Decision::NotAllowed => format!("because no identity-based policy allows the {action} action"),
            };
            let arn = caller.arn(estate);
            return Err(Refusal::denied(format!(
                "User: {arn} is not authorized to perform: {action} on resource: user {name} {because}"
            )));
        }
    }
    found.ok_or_else(|| Refusal::new(404, "NoSuchEntity", format!("The user with name {name} cannot be found.")))
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
