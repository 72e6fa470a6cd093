//! What was used: which service and which action of it every user and role called last, from which Region.
//!
//! All attempts count, those that were refused too. Source: IAM API Reference, `GenerateServiceLastAccessedDetails`.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::estate::{Estate, SessionOf};
use super::surroundings::REGION;

/// When something was done last, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Use {
    pub(super) at: SystemTime,
    pub(super) region: String,
}

/// What everybody did last, by their ARN: a role's, not its session's.
#[derive(Debug, Default)]
pub(super) struct Used {
    by: BTreeMap<String, BTreeMap<(&'static str, &'static str), Use>>,
}

impl Used {
    /// Writes down a call. `caller` is the ARN that signed it.
    pub(super) fn note(
        &mut self,
        caller: &str,
        region: &str,
        (service, operation): (&'static str, &'static str),
        at: SystemTime,
    ) {
        let actions = self.by.entry(whose(caller)).or_default();
        actions.insert((service, action(operation)), Use { at, region: region.to_owned() });
    }

    /// What somebody did last: service, action, and when.
    pub(super) fn of(&self, arn: &str) -> impl Iterator<Item = (&'static str, &'static str, &Use)> + use<'_> {
        let actions = self.by.get(&whose(arn)).into_iter().flatten();
        actions.map(|((service, action), used)| (*service, *action, used))
    }
}

/// A session's ARN has lost its role's path, so both are called by the role's name alone.
fn whose(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, _, _, account, name] = parts[..] else { return arn.to_owned() };
    match name.split_once('/') {
        Some(("assumed-role", session)) => {
            format!("{account} role {}", session.split('/').next().unwrap_or_default())
        }
        Some(("role", path)) => format!("{account} role {}", path.rsplit('/').next().unwrap_or_default()),
        Some(_) | None => arn.to_owned(),
    }
}

/// What policies call an operation, where that is another word.
fn action(operation: &'static str) -> &'static str {
    match operation {
        "ListFindingsV2" => "ListFindings",
        "GetFindingV2" => "GetFinding",
        "ListObjectsV2" => "ListBucket",
        other => other,
    }
}

impl Estate {
    /// When a role was last used: a call of a session of its, or the session's beginning; else what the scenario says.
    pub(super) fn last_used(&self, role: usize) -> Option<Use> {
        let live = &self.roles[role].role;
        let declared = live.last_used.map(|at| Use { at, region: REGION.to_owned() });
        let called = self.used.of(&live.arn.to_string()).map(|(_, _, used)| used.clone());
        let is_of = |of: &SessionOf| matches!(of, SessionOf::Role(session) if session.role == role);
        let sessions = self.sessions.values().filter(|session| is_of(&session.of));
        let begun = sessions.map(|session| Use { at: session.issued, region: REGION.to_owned() });
        // Of two at the same time the call says more: it comes last.
        declared.into_iter().chain(begun).chain(called).max_by_key(|used| used.at)
    }
}
