//! What somebody's rights were used for: `GenerateServiceLastAccessedDetails` and `GetServiceLastAccessedDetails`.
//!
//! A report lists every service that the policies allow, with the last attempt to reach it, if there was one; with action
//! level, also the last attempt at each action that is tracked. A job is in progress when it is asked for first.
//! Source: IAM API Reference and its model, version 2010-05-08.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::super::answer::{Refusal, element, text};
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{ARN, Constraints, JOB_ID, MARKER};
use super::super::estate::Estate;
use super::super::fresh;
use super::super::scenario::Policies;
use super::super::sts::rfc3339;
use super::super::used::Use;
use super::services::{SERVICES, Service};
use super::{Reads, begin_of, may};
use crate::policy::{Actions, Effect, Statement};

/// A report that somebody asked for.
#[derive(Debug)]
pub(in super::super) struct Job {
    /// Only whoever asked for it gets it.
    owner: String,
    made: SystemTime,
    actions: bool,
    asked: u32,
    report: Vec<Line>,
}

/// One service of a report.
#[derive(Clone, Debug)]
struct Line {
    namespace: String,
    name: String,
    last: Option<Use>,
    whose: String,
    tracked: Vec<(String, Option<Use>)>,
}

/// How many services a page has if nobody says.
const PAGE: u64 = 100;

/// `GenerateServiceLastAccessedDetails`.
pub(super) fn generate(
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let arn = constraints.required(parameters, "Arn", ARN);
    let actions = match parameters.text("Granularity") {
        None | Some("SERVICE_LEVEL") => false,
        Some("ACTION_LEVEL") => true,
        Some(other) => {
            let sentence = "Member must satisfy enum value set: [SERVICE_LEVEL, ACTION_LEVEL]";
            constraints.break_at("granularity", other, sentence);
            false
        }
    };
    constraints.verdict()?;
    may(Reads::GenerateServiceLastAccessedDetails.name(), caller, estate, now, arn.to_owned(), arn)?;
    let account = &caller.account(estate).id;
    let roles = estate.roles.iter().map(|live| (live.account, live.role.arn.to_string(), &live.role.policies));
    let users = estate.users.iter().map(|user| (user.account, user.arn.clone(), &user.policies));
    let found = roles.chain(users).find(|(of, known, _)| estate.accounts[*of].id == *account && known == arn);
    let (_, arn, policies) = found
        .ok_or_else(|| Refusal::new(404, "NoSuchEntity", format!("The entity with ARN {arn} cannot be found.")))?;
    let report = report(&arn, policies, estate);
    let id = fresh::request_id();
    let owner = owner(caller, estate);
    estate.jobs.insert(id.clone(), Job { owner, made: now, actions, asked: 0, report });
    Ok(text("JobId", &id))
}

/// `GetServiceLastAccessedDetails`.
pub(super) fn get(
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let id = constraints.required(parameters, "JobId", JOB_ID);
    let most = constraints.number(parameters, "MaxItems", 1, 1_000)?.unwrap_or(PAGE);
    let marker = constraints.optional(parameters, "Marker", MARKER);
    constraints.verdict()?;
    may(Reads::GetServiceLastAccessedDetails.name(), caller, estate, now, "*".to_owned(), "*")?;
    let begin = begin_of(marker)?;
    let owner = owner(caller, estate);
    let missing = || Refusal::new(404, "NoSuchEntity", format!("The job with ID {id} cannot be found."));
    let job = estate.jobs.get_mut(id).filter(|job| job.owner == owner).ok_or_else(missing)?;
    job.asked += 1;
    let head = |status: &str| {
        text("JobStatus", status)
            + &text("JobType", if job.actions { "ACTION_LEVEL" } else { "SERVICE_LEVEL" })
            + &text("JobCreationDate", &rfc3339(job.made))
    };
    if job.asked == 1 {
        return Ok(head("IN_PROGRESS") + "<ServicesLastAccessed/>" + &text("IsTruncated", "false"));
    }
    let end = job.report.len().min(begin.saturating_add(usize::try_from(most).unwrap_or(usize::MAX)));
    let page = job.report.get(begin..end).unwrap_or_default();
    let lines: String = page.iter().map(|line| element("member", &line.shown(job.actions))).collect();
    let is_truncated = end < job.report.len();
    let next = if is_truncated { text("Marker", &hex::encode(end.to_string())) } else { String::new() };
    Ok(head("COMPLETED")
        + &text("JobCompletionDate", &rfc3339(job.made))
        + &element("ServicesLastAccessed", &lines)
        + &text("IsTruncated", &is_truncated.to_string())
        + &next)
}

/// A report goes to the same user, or to the same role, whatever its session.
fn owner(caller: &Caller, estate: &Estate) -> String {
    let session = caller.role_session();
    session.map_or_else(|| caller.arn(estate), |session| estate.roles[session.role].role.arn.to_string())
}

impl Line {
    fn shown(&self, actions: bool) -> String {
        let last = self.last.as_ref().map_or_else(String::new, |last| {
            text("LastAuthenticated", &rfc3339(last.at))
                + &text("LastAuthenticatedEntity", &self.whose)
                + &text("LastAuthenticatedRegion", &last.region)
        });
        let tracked: String = self.tracked.iter().map(|(action, used)| self.tracked(action, used.as_ref())).collect();
        let tracked = if actions && !tracked.is_empty() {
            element("TrackedActionsLastAccessed", &tracked)
        } else {
            String::new()
        };
        text("ServiceName", &self.name)
            + &text("ServiceNamespace", &self.namespace)
            + &last
            + &text("TotalAuthenticatedEntities", if self.last.is_some() { "1" } else { "0" })
            + &tracked
    }

    fn tracked(&self, action: &str, used: Option<&Use>) -> String {
        let used = used.map_or_else(String::new, |used| {
            text("LastAccessedEntity", &self.whose)
                + &text("LastAccessedTime", &rfc3339(used.at))
                + &text("LastAccessedRegion", &used.region)
        });
        element("member", &(text("ActionName", action) + &used))
    }
}

/// Every service that the policies allow, by its namespace.
fn report(arn: &str, policies: &Policies, estate: &Estate) -> Vec<Line> {
    let statements = || policies.documents.iter().flat_map(|document| &document.statements);
    let allowed: Vec<&Statement> = statements().filter(|statement| statement.effect == Effect::Allow).collect();
    let denied: Vec<&Statement> =
        statements().filter(|statement| statement.effect == Effect::Deny && statement.conditions.is_empty()).collect();
    let mut lines = BTreeMap::new();
    for statement in &allowed {
        for (namespace, name, tracked) in services(&statement.actions) {
            if denied.iter().any(|statement| is_whole(&statement.actions, &namespace)) {
                continue;
            }
            let used = || estate.used.of(arn).filter(|(service, _, _)| *service == namespace);
            let tracked = tracked
                .iter()
                .filter(|action| allowed.iter().any(|one| one.actions.mean(&format!("{namespace}:{action}"))));
            let line = Line {
                last: used().map(|(_, _, used)| used.clone()).max_by_key(|used| used.at),
                tracked: tracked
                    .map(|action| {
                        let last = used().find(|(_, known, _)| known == action).map(|(_, _, used)| used.clone());
                        ((*action).to_owned(), last)
                    })
                    .collect(),
                name,
                whose: arn.to_owned(),
                namespace: namespace.clone(),
            };
            lines.insert(namespace, line);
        }
    }
    lines.into_values().collect()
}

/// The services of which actions are meant. One that nobody here knows is called by its namespace.
fn services(actions: &Actions) -> Vec<(String, String, &'static [&'static str])> {
    let known = |service: &Service| (service.namespace.to_owned(), service.name.to_owned(), service.tracked);
    match actions {
        Actions::AllBut(_) => {
            SERVICES.iter().filter(|service| !is_whole_of_patterns(actions, service.namespace)).map(known).collect()
        }
        Actions::Only(patterns) => {
            let mut found = Vec::new();
            for pattern in patterns {
                let Some((namespace, _)) = pattern.as_str().split_once(':') else {
                    return SERVICES.iter().map(known).collect();
                };
                let namespace = namespace.to_ascii_lowercase();
                let service = SERVICES.iter().find(|service| service.namespace == namespace);
                found.push(service.map_or_else(|| (namespace.clone(), namespace.clone(), &[][..]), known));
            }
            found
        }
    }
}

/// Whether a service is named as a whole by what the statement denies.
fn is_whole(actions: &Actions, namespace: &str) -> bool {
    matches!(actions, Actions::Only(_)) && is_whole_of_patterns(actions, namespace)
}

fn is_whole_of_patterns(actions: &Actions, namespace: &str) -> bool {
    let (Actions::Only(patterns) | Actions::AllBut(patterns)) = actions;
    let whole = format!("{namespace}:*");
    patterns.iter().any(|pattern| pattern.as_str() == "*" || pattern.as_str().eq_ignore_ascii_case(&whole))
}
