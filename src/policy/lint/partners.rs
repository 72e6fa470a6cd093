//! Whether others get in, and what is demanded of them.

use std::time::Duration;

use super::super::available::ASSUME_ROLE;
use super::super::classes::{Found, Space};
use super::super::condition::Condition;
use super::Severity;
use super::case::{Case, Hit, TOO_MANY, somebody_of, stranger};

/// `TP-PUBLIC`.
pub(super) fn public(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    let pin = |name: &str, values: &[String]| !NARROWING.contains(&name) || space.is_other(name, values);
    match stranger(case, &space, &pin) {
        Found::Yes(request) => {
            let statement = case.letting_in(&request).unwrap_or_default();
            let from = if values_of_conditions(case, statement).any(|name| name == "aws:sourceip") {
                "anybody who sends from the addresses that are named"
            } else {
                "anybody with an AWS account"
            };
            vec![Hit::new(format!("{from} may assume the role")).at(statement, ["Principal"])]
        }
        Found::TooMany => vec![Hit::new(format!("strangers may be let in: {TOO_MANY}"))],
        Found::No => of_other_organizations(case, &space).into_iter().collect(),
    }
}

/// Whoever is of an organization that is not ours is a stranger too, where ours are known.
fn of_other_organizations(case: &Case<'_>, space: &Space<'_>) -> Option<Hit> {
    if case.around.organizations.is_empty() {
        return None;
    }
    let pin = |name: &str, values: &[String]| {
        !NARROWING.contains(&name)
            || if ORGANIZATION.contains(&name) {
                is_outside(case, space, name, values)
            } else {
                space.is_other(name, values)
            }
    };
    match stranger(case, space, &pin) {
        Found::Yes(request) => {
            let statement = case.letting_in(&request).unwrap_or_default();
            let text = "anybody of an organization that is not yours may assume the role";
            Some(Hit::new(text).at(statement, ["Condition"]).of(Severity::High))
        }
        Found::No | Found::TooMany => None,
    }
}

const ORGANIZATION: [&str; 2] = ["aws:principalorgid", "aws:principalorgpaths"];

/// Whether whoever sends these is of no organization of ours: of none in config, or where none is there, of none that the
/// policy names.
fn is_outside(case: &Case<'_>, space: &Space<'_>, name: &str, values: &[String]) -> bool {
    let ours = &case.around.organizations;
    if ours.is_empty() {
        return space.is_other(name, values);
    }
    !values.iter().any(|value| ours.contains(value.split('/').next().unwrap_or_default()))
}

/// Keys by which a policy says whose requests are meant: a stranger has none of the values that it names.
const NARROWING: [&str; 11] = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:userid",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:principalservicenameslist",
    "aws:ec2instancesourcevpc",
];

fn values_of_conditions<'a>(case: &'a Case<'_>, statement: usize) -> impl Iterator<Item = String> + 'a {
    let of_statement = move |found: &(usize, &Condition)| found.0 == statement;
    case.conditions().filter(of_statement).map(|(_, condition)| condition.key.name())
}

/// What an account of others has to send.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Demand {
    /// It gets in by no request.
    Shut,
    /// Without an external ID it does not get in, nor with one that the policy does not name.
    ExternalId,
    /// It needs no external ID, and nothing looks as if it did.
    Nothing { statement: usize },
    /// It needs no external ID, but MFA.
    Mfa { statement: usize },
    /// It needs no external ID, or any will do, though a condition speaks of one.
    Seeming { statement: usize, how: Seeming },
    /// Too large a question.
    Unknown,
}

/// How a demand is only seeming.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Seeming {
    /// The statement's own condition passes without an external ID.
    PassesWithout,
    /// Another statement demands none.
    OtherStatement,
    /// Any external ID passes.
    AnyPasses,
}

/// Returns what an account of others has to send.
pub(super) fn demand(account: &str, case: &Case<'_>, space: &Space<'_>) -> Demand {
    // Who is of an organization of ours is no third party.
    let outside =
        |name: &str, values: &[String]| !ORGANIZATION.contains(&name) || is_outside(case, space, name, values);
    let without_id = |name: &str, values: &[String]| {
        if name == EXTERNAL_ID { values.is_empty() } else { outside(name, values) }
    };
    let without_mfa = |name: &str, values: &[String]| match name {
        "aws:multifactorauthpresent" => values.iter().all(|value| value == "false"),
        "aws:multifactorauthage" => values.is_empty(),
        name => without_id(name, values),
    };
    let with_any_id = |name: &str, values: &[String]| {
        if name == EXTERNAL_ID { !values.is_empty() && is_unmatched(case, values) } else { outside(name, values) }
    };
    let ask = |pin: &dyn Fn(&str, &[String]) -> bool| somebody_of(account, case, space, ASSUME_ROLE, pin);
    match ask(&without_id) {
        Found::TooMany => Demand::Unknown,
        Found::Yes(request) => {
            let statement = case.letting_in(&request).unwrap_or_default();
            if speaks_of_id(case, statement) {
                return Demand::Seeming { statement, how: Seeming::PassesWithout };
            }
            let elsewhere = case.allows().any(|(index, other)| {
                other.speaks_of(&request.principal) && other.actions.cover(&request) && speaks_of_id(case, index)
            });
            if elsewhere {
                return Demand::Seeming { statement, how: Seeming::OtherStatement };
            }
            match ask(&without_mfa) {
                Found::No => Demand::Mfa { statement },
                Found::Yes(request) => Demand::Nothing { statement: case.letting_in(&request).unwrap_or(statement) },
                Found::TooMany => Demand::Nothing { statement },
            }
        }
        Found::No => match ask(&with_any_id) {
            Found::Yes(request) => {
                let statement = case.letting_in(&request).unwrap_or_default();
                Demand::Seeming { statement, how: Seeming::AnyPasses }
            }
            Found::TooMany => Demand::Unknown,
            Found::No => match ask(&outside) {
                Found::No => Demand::Shut,
                Found::Yes(_) | Found::TooMany => Demand::ExternalId,
            },
        },
    }
}

pub(super) const EXTERNAL_ID: &str = "sts:externalid";

/// Whether no value of the policy, nor a wildcard in one, stands for these.
fn is_unmatched(case: &Case<'_>, values: &[String]) -> bool {
    let conditions = case.document().statements.iter().flat_map(|statement| &statement.conditions);
    let mut written = conditions.filter(|one| one.key.name() == EXTERNAL_ID).flat_map(|one| &one.values);
    !written.any(|text| values.contains(text) || text.contains(['*', '?']))
}

fn speaks_of_id(case: &Case<'_>, statement: usize) -> bool {
    case.conditions().any(|(index, condition)| index == statement && condition.key.name() == EXTERNAL_ID)
}

fn each_partner(case: &Case<'_>, hit: impl Fn(&str, Demand, usize) -> Option<Hit>) -> Vec<Hit> {
    let space = case.space();
    let partners = case.partners().into_iter();
    partners.filter_map(|(account, named_at)| hit(&account, demand(&account, case, &space), named_at)).collect()
}

/// `TP-NO-EXTID`.
pub(super) fn no_external_id(case: &Case<'_>) -> Vec<Hit> {
    each_partner(case, |account, demand, named_at| match demand {
        Demand::Nothing { statement } => Some(
            Hit::new(format!("account {} gets in without an external ID", case.around.named(account)))
                .at(statement, ["Principal"]),
        ),
        Demand::Unknown => Some(
            Hit::new(format!("account {} may get in without an external ID: {TOO_MANY}", case.around.named(account)))
                .at(named_at, ["Principal"]),
        ),
        Demand::Shut | Demand::ExternalId | Demand::Mfa { .. } | Demand::Seeming { .. } => None,
    })
}

/// `TP-MFA-NOT-EXTID`.
pub(super) fn mfa_in_place(case: &Case<'_>) -> Vec<Hit> {
    each_partner(case, |account, demand, _| match demand {
        Demand::Mfa { statement } => Some(
            Hit::new(format!("account {} needs MFA, but no external ID", case.around.named(account)))
                .at(statement, ["Condition"]),
        ),
        Demand::Shut | Demand::ExternalId | Demand::Nothing { .. } | Demand::Seeming { .. } | Demand::Unknown => None,
    })
}

/// `TP-EXTID-SOFT`.
pub(super) fn seeming(case: &Case<'_>) -> Vec<Hit> {
    each_partner(case, |account, demand, _| match demand {
        Demand::Seeming { statement, how } => {
            let account = case.around.named(account);
            let condition = case
                .conditions()
                .find(|(index, condition)| *index == statement && condition.key.name() == EXTERNAL_ID)
                .map(|(_, condition)| condition);
            let text = match (how, condition) {
                (Seeming::PassesWithout, Some(condition)) => {
                    format!("account {account} gets in without an external ID: {} passes then too", condition.written())
                }
                (Seeming::PassesWithout, None) | (Seeming::OtherStatement, _) => {
                    format!("account {account} gets in by this statement without the external ID that another demands")
                }
                (Seeming::AnyPasses, _) => format!("account {account} gets in with whatever external ID it sends"),
            };
            Some(match condition {
                Some(condition) => Hit::new(text).at_condition(statement, condition),
                None => Hit::new(text).at(statement, ["Principal"]),
            })
        }
        Demand::Shut | Demand::ExternalId | Demand::Nothing { .. } | Demand::Mfa { .. } | Demand::Unknown => None,
    })
}

/// `TP-THIRD-PARTY-ROOT`.
pub(super) fn whole_account(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    let pin = |name: &str, values: &[String]| match name {
        "aws:userid" => space.is_other(name, values),
        name => !ORGANIZATION.contains(&name) || is_outside(case, &space, name, values),
    };
    let open = |account: &str| {
        let others = space.principals.iter().filter(|principal| {
            principal.account() == Some(account)
                && principal.principal_arn().is_some_and(|arn| {
                    !case.text.contains(&arn) && space.is_other("aws:principalarn", std::slice::from_ref(&arn))
                })
        });
        others.map(|principal| space.find(case.document(), principal, ASSUME_ROLE, &pin)).find_map(
            |found| match found {
                Found::Yes(request) => case.letting_in(&request),
                Found::No | Found::TooMany => None,
            },
        )
    };
    let hit = |(account, _): (String, usize)| {
        let statement = open(&account)?;
        let text = format!(
            "every principal of account {} may assume the role, if that account lets it",
            case.around.named(&account)
        );
        Some(Hit::new(text).at(statement, ["Principal"]))
    };
    case.partners().into_iter().filter_map(hit).collect()
}

/// `TP-TAGS-OPEN`.
pub(super) fn open_tags(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    let pin = |name: &str, values: &[String]| match name {
        "aws:tagkeys" => values.iter().any(|value| space.is_other(name, std::slice::from_ref(value))),
        name if name.starts_with("aws:requesttag/") => space.is_other(name, values),
        _ => true,
    };
    let hit = |(account, named_at): (String, usize)| {
        let named = case.around.named(&account);
        match somebody_of(&account, case, &space, "sts:TagSession", &pin) {
            Found::Yes(request) => {
                let statement = case.letting_in(&request).unwrap_or(named_at);
                Some(Hit::new(format!("account {named} may put any tag on its sessions")).at(statement, ["Action"]))
            }
            Found::TooMany => Some(Hit::new(format!("account {named} may put any tag on its sessions: {TOO_MANY}"))),
            Found::No => None,
        }
    };
    case.partners().into_iter().filter_map(hit).collect()
}

/// `TP-UNUSED`.
pub(super) fn unused(case: &Case<'_>) -> Vec<Hit> {
    const LONG: Duration = Duration::from_secs(90 * 86_400);
    let Some(use_of_role) = case.around.use_of_role else { return Vec::new() };
    let since = use_of_role.last.unwrap_or(use_of_role.made);
    let is_unused = use_of_role.now.duration_since(since).is_ok_and(|since| since > LONG);
    if !is_unused {
        return Vec::new();
    }
    let hit = |(account, statement): (String, usize)| {
        let days = use_of_role.now.duration_since(since).unwrap_or_default().as_secs() / 86_400;
        let what = if use_of_role.last.is_some() { "was last used" } else { "was made, and never used since," };
        let named = case.around.named(&account);
        Hit::new(format!("the role is open to account {named}, and {what} {days} days ago"))
            .at(statement, ["Principal"])
    };
    case.partners().into_iter().map(hit).collect()
}
