//! What is wrong with a trust policy: whom it lets in by mistake, and what in it can never work.
//!
//! A text goes in, with what is known around it (whose accounts are whose, which role it belongs to); findings come out,
//! each of one [`Rule`] at one place. Whether somebody gets in is asked of the evaluator, for every class of requests
//! that the policy tells apart, so that a condition counts by what it does and not by what it looks like. Where such a
//! question is too large, the rule finds, and says so.
//!
//! The table of rules is [`RULES`]; their ids are a promise.

mod case;
mod conditions;
mod external_ids;
mod federation;
mod lines;
mod partners;
mod rules;
mod services;
mod structure;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, SystemTime};

use case::Case;

use super::principal::PrincipalPattern;
use super::values::parse_time;

pub use lines::{Step, line_of};
pub use rules::{EXPIRED, RULES, Rule};

/// How bad a finding is, from the least.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Worth tidying up.
    Low,
    /// May stop working, or lets in more than was likely meant.
    Warning,
    /// A guard that ought to be there is not.
    Medium,
    /// Somebody who should not may get in.
    High,
    /// It does not do what it says: refused by AWS, or never true.
    Error,
    /// Anybody gets in.
    Critical,
}

impl Severity {
    /// Every severity, from the least.
    pub const ALL: [Self; 6] = [Self::Low, Self::Warning, Self::Medium, Self::High, Self::Error, Self::Critical];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Warning => "warning",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known around a policy.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The role that it belongs to.
    pub role_arn: Option<String>,
    /// Our own accounts. Where there are none, the role's account is the only one of ours.
    pub own: BTreeSet<String>,
    /// Our own organizations. Where there are none, whichever a policy names is supposed to be one.
    pub organizations: BTreeSet<String>,
    /// Names of other accounts.
    pub known: BTreeMap<String, String>,
    /// When the role was made, and last used, where that is known.
    pub use_of_role: Option<UseOfRole>,
}

/// When a role was used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UseOfRole {
    /// When it was made.
    pub made: SystemTime,
    /// When it was last used within the 400 days that IAM looks back.
    pub last: Option<SystemTime>,
    /// What time it is.
    pub now: SystemTime,
}

impl UseOfRole {
    /// Reads the times as IAM writes them.
    pub fn read(made: &str, last: Option<&str>, now: SystemTime) -> Option<Self> {
        let last = match last {
            Some(last) => Some(time(last)?),
            None => None,
        };
        Some(Self { made: time(made)?, last, now })
    }
}

/// Reads a time or a date of ISO 8601.
pub fn time(text: &str) -> Option<SystemTime> {
    let seconds = u64::try_from(parse_time(text)?.div_euclid(1_000_000_000)).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

impl Around {
    /// The account of the role.
    pub fn account(&self) -> Option<&str> {
        self.role_arn.as_deref()?.split(':').nth(4).filter(|account| !account.is_empty())
    }

    /// Whether an account is not ours.
    pub fn is_foreign(&self, account: &str) -> bool {
        !self.own.contains(account) && self.account() != Some(account)
    }

    /// Returns the account with its name, where it has one.
    pub fn named(&self, account: &str) -> String {
        self.known.get(account).map_or_else(|| account.to_owned(), |name| format!("{account} ({name})"))
    }
}

/// Something that is wrong, at one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which rule found it.
    pub rule: &'static Rule,
    /// How bad it is; some rules find graver and milder things.
    pub severity: Severity,
    /// What was found there, in a sentence.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// A place in a policy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Place {
    /// Which statement, from 0.
    pub statement: Option<usize>,
    /// Its `Sid`, where it has one.
    pub sid: Option<String>,
    /// The elements that lead to it from the statement: `Condition`, `StringEquals`, `sts:ExternalId`.
    pub elements: Vec<String>,
}

impl Place {
    /// Returns the steps that lead there from the document.
    pub fn steps(&self) -> Vec<Step> {
        let statement = self.statement.map(|index| [Step::Key("Statement".to_owned()), Step::Index(index)]);
        statement.into_iter().flatten().chain(self.elements.iter().cloned().map(Step::Key)).collect()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(statement) = self.statement else { return f.write_str("the policy") };
        write!(f, "Statement[{statement}]")?;
        if let Some(sid) = &self.sid {
            write!(f, " ({sid})")?;
        }
        self.elements.iter().try_for_each(|element| write!(f, ".{element}"))
    }
}

/// Returns what is wrong with a trust policy.
pub fn check(text: &str, around: &Around) -> Vec<Finding> {
    check_by(RULES.iter(), text, around)
}

/// Returns what these rules find wrong with a trust policy, the worst first.
pub fn check_by(rules: impl Iterator<Item = &'static Rule>, text: &str, around: &Around) -> Vec<Finding> {
    let case = Case::new(text, around);
    let mut findings = Vec::new();
    for rule in rules {
        for hit in (rule.find)(&case) {
            let place = hit.place.unwrap_or_else(|| case.place(hit.statement, hit.elements));
            let severity = hit.severity.unwrap_or(rule.severity);
            findings.push(Finding { rule, severity, message: hit.message, place });
        }
    }
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.place.statement.cmp(&b.place.statement)));
    findings
}

/// Whether a policy lets in accounts that are not ours, by name.
pub fn names_others(text: &str, around: &Around) -> bool {
    !Case::new(text, around).partners().is_empty()
}

/// Whether an account of others has to bring an external ID of its own, as far as that can be told: not of one that is not
/// let in. One with a wildcard is none.
pub fn demands_external_id(text: &str, around: &Around, account: &str) -> Option<bool> {
    let case = Case::new(text, around);
    match partners::demand(account, &case, &case.space()) {
        partners::Demand::ExternalId => {
            let is_meant = |pattern: &PrincipalPattern| match pattern {
                PrincipalPattern::Account { account: named, .. } => named == account,
                PrincipalPattern::Arn(arn) => arn.split(':').nth(4) == Some(account),
                PrincipalPattern::Everyone => true,
                PrincipalPattern::Deleted(_)
                | PrincipalPattern::WildcardArn(_)
                | PrincipalPattern::Federated(_)
                | PrincipalPattern::Service(_)
                | PrincipalPattern::CanonicalUser(_) => false,
            };
            let naming: BTreeSet<usize> =
                case.named().filter(|(_, pattern)| is_meant(pattern)).map(|(index, _)| index).collect();
            let any = external_ids::wildcard(&case);
            Some(!any.iter().any(|hit| hit.statement.is_some_and(|statement| naming.contains(&statement))))
        }
        partners::Demand::Nothing { .. } | partners::Demand::Mfa { .. } | partners::Demand::Seeming { .. } => {
            Some(false)
        }
        partners::Demand::Shut | partners::Demand::Unknown => None,
    }
}

/// A policy among others.
#[derive(Clone, Copy, Debug)]
pub struct Among<'a> {
    /// Its text.
    pub text: &'a str,
    /// What is known around it.
    pub around: &'a Around,
}

/// Returns what is wrong with several policies together, each finding with the number of the policy that it is found in.
pub fn check_together(policies: &[Among<'_>]) -> Vec<(usize, Finding)> {
    external_ids::reused_among(policies)
}
