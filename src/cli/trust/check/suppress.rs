//! Findings that somebody accepted, with a reason and until a day.

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::Deserialize;

use super::super::subject::Subject;
use crate::error::{Error, Kind};
use crate::policy::lint::{EXPIRED, Finding, Place, RULES, Severity, time};
use crate::trust::validate;
use crate::world::World;

/// What is accepted.
#[derive(Debug, Default)]
pub(super) struct Suppressions {
    pub(super) file: Option<String>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    written: Written,
    expired: bool,
    used: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    suppress: Vec<Written>,
}

/// One entry, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rule: String,
    /// The role's name or ARN, or the file; without it, everywhere.
    role: Option<String>,
    /// The statement's `Sid`; without it, every one.
    statement: Option<String>,
    reason: String,
    /// The last day: `2027-01-31`.
    until: String,
}

impl Suppressions {
    /// Reads a file. Every entry has a reason and a last day.
    pub(super) fn read(file: &Path, world: &World) -> Result<Self, Error> {
        let name = file.to_string_lossy().into_owned();
        let wrong = |what: String| Error::text(Kind::Config, format!("{name}: {what}"));
        let text = std::fs::read_to_string(file)
            .map_err(|error| Error::text(Kind::System, format!("{name} cannot be read: {error}")))?;
        let read: File = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
        let mut entries = Vec::new();
        for written in read.suppress {
            if !RULES.iter().any(|rule| rule.id == written.rule) && validate::rule(&written.rule).is_none() {
                return Err(wrong(format!("there is no rule `{}`", written.rule)));
            }
            if written.reason.trim().is_empty() {
                return Err(wrong(format!("the suppression of {} has no reason", written.rule)));
            }
            let last =
                Some(&written.until).filter(|until| until.len() == "2027-01-31".len()).and_then(|until| time(until));
            let last = last.ok_or_else(|| wrong(format!("until: `{}` is no day such as 2027-01-31", written.until)))?;
            entries.push(Entry { expired: is_over(last, world.clock.now()), written, used: false });
        }
        Ok(Self { file: Some(name), entries })
    }

    /// Returns the reason where a finding is accepted.
    pub(super) fn accept(&mut self, subject: &Subject, finding: &Finding) -> Option<String> {
        let mut reason = None;
        for entry in &mut self.entries {
            let written = &entry.written;
            let fits = written.rule == finding.rule.id
                && written.role.as_deref().is_none_or(|role| subject.is_called(role))
                && written.statement.as_ref().is_none_or(|sid| finding.place.sid.as_ref() == Some(sid));
            if fits {
                entry.used = true;
                if !entry.expired {
                    reason = Some(written.reason.clone());
                }
            }
        }
        reason
    }

    /// What is to be said of the entries themselves: those whose day is over, and those that accept nothing.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let told = |entry: &Entry| {
            let of = entry.written.role.as_ref().map_or(String::new(), |role| format!(" of {role}"));
            let what = format!("the suppression of {}{of}", entry.written.rule);
            let (severity, message) = if entry.expired {
                (Severity::Medium, format!("{what} ended on {}: {}", entry.written.until, entry.written.reason))
            } else if !entry.used {
                (Severity::Low, format!("{what} suppresses nothing"))
            } else {
                return None;
            };
            Some(Finding { rule: &EXPIRED, severity, message, place: Place::default() })
        };
        self.entries.iter().filter_map(told).collect()
    }
}

/// The last day counts, everywhere in the world.
fn is_over(last: SystemTime, now: SystemTime) -> bool {
    const TO_THE_END_ANYWHERE: Duration = Duration::from_secs(36 * 3_600);
    now > last + TO_THE_END_ANYWHERE
}
