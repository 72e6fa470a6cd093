//! Findings that somebody accepted, with a reason and until a day.
//!
//! They stand in a file that is named, or in the project's `.assume-trust.toml`: the nearest one beside or above what is
//! checked, but not above the folder that has `.git` in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Deserialize;

use super::super::subject::Subject;
use crate::cli::input;
use crate::error::{Error, Kind};
use crate::policy::lint::{EXPIRED, Finding, Place, RULES, Severity, time};
use crate::trust::validate;
use crate::world::World;

/// Where a project says what it accepts.
const PROJECT: &str = ".assume-trust.toml";

/// What is accepted.
#[derive(Debug, Default)]
pub(super) struct Suppressions {
    lists: Vec<List>,
    /// Which of the lists each folder has.
    of_folder: BTreeMap<PathBuf, Option<usize>>,
    /// Whether one list was named, for all.
    named: bool,
}

/// What one file accepts.
#[derive(Debug)]
struct List {
    file: String,
    folder: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    written: Written,
    expired: bool,
    used: bool,
    /// Whether something was checked that it may be about.
    asked: bool,
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
    /// Reads the file that was named, for whatever is checked.
    pub(super) fn named(file: &Path, world: &World) -> Result<Self, Error> {
        Ok(Self { lists: vec![List::read(file, world)?], of_folder: BTreeMap::new(), named: true })
    }

    /// Reads the projects' files of what is checked. What has no file belongs to the current folder.
    pub(super) fn of_projects(subjects: &[Subject], world: &World) -> Result<Self, Error> {
        let mut all = Self::default();
        for folder in subjects.iter().filter_map(folder_of) {
            if all.of_folder.contains_key(&folder) {
                continue;
            }
            let list = match project_file(&folder) {
                None => None,
                Some(file) => {
                    let list = List::read(&file, world)?;
                    let known = all.lists.iter().position(|known| known.file == list.file);
                    Some(known.unwrap_or_else(|| {
                        all.lists.push(list);
                        all.lists.len() - 1
                    }))
                }
            };
            all.of_folder.insert(folder, list);
        }
        Ok(all)
    }

    /// Says that this is checked: what is accepted of it, and not found, is accepted for nothing.
    pub(super) fn asked(&mut self, subject: &Subject) {
        for list in self.of(subject) {
            let List { folder, entries, .. } = list;
            for entry in entries.iter_mut().filter(|entry| !entry.asked) {
                entry.asked = entry.written.is_about(subject, folder);
            }
        }
    }

    /// Returns the reason where a finding is accepted.
    pub(super) fn accept(&mut self, subject: &Subject, finding: &Finding) -> Option<String> {
        let mut reason = None;
        for List { folder, entries, .. } in self.of(subject) {
            for entry in entries {
                let written = &entry.written;
                let fits = written.rule == finding.rule.id
                    && written.statement.as_ref().is_none_or(|sid| finding.place.sid.as_ref() == Some(sid))
                    && written.is_about(subject, folder);
                if fits {
                    entry.used = true;
                    if !entry.expired {
                        reason = Some(written.reason.clone());
                    }
                }
            }
        }
        reason
    }

    fn of(&mut self, subject: &Subject) -> impl Iterator<Item = &mut List> {
        let only = if self.named { Some(0) } else { folder_of(subject).and_then(|of| *self.of_folder.get(&of)?) };
        self.lists.iter_mut().enumerate().filter(move |(index, _)| only == Some(*index)).map(|(_, list)| list)
    }

    /// What is to be said of the entries themselves, each with its file: those whose day is over, and those that accept
    /// nothing. A project's file may be about more than is checked: of the rest nothing is said.
    pub(super) fn findings(&self) -> Vec<(String, Finding)> {
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
        let of_list = |list: &List| {
            let entries = list.entries.iter().filter(|entry| self.named || entry.asked);
            entries.filter_map(told).map(|finding| (list.file.clone(), finding)).collect::<Vec<_>>()
        };
        self.lists.iter().flat_map(of_list).collect()
    }
}

impl List {
    /// Reads a file. Every entry has a reason and a last day.
    fn read(file: &Path, world: &World) -> Result<Self, Error> {
        let (name, text) = input::text(file)?;
        let wrong = |what: String| Error::text(Kind::Config, format!("{name}: {what}"));
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
            let expired = is_over(last, world.clock.now());
            entries.push(Entry { expired, written, used: false, asked: false });
        }
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Self { file: name, folder, entries })
    }
}

impl Written {
    /// Whether it is about that one: by the role's name or ARN, or by the file, named as on the command line or from the
    /// folder that the list lies in.
    fn is_about(&self, subject: &Subject, folder: &Path) -> bool {
        let Some(role) = self.role.as_deref() else { return true };
        let is_file = || {
            let file = subject.file.as_ref()?;
            Some(folder.join(role).canonicalize().ok()? == Path::new(file).canonicalize().ok()?)
        };
        subject.is_called(role) || is_file() == Some(true)
    }
}

fn folder_of(subject: &Subject) -> Option<PathBuf> {
    let file = subject.file.as_deref().map_or(Path::new("."), Path::new);
    let folder = if subject.file.is_some() { file.parent()? } else { file };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().ok()
}

fn project_file(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let file = folder.join(PROJECT);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    None
}

/// The last day counts, everywhere in the world.
fn is_over(last: SystemTime, now: SystemTime) -> bool {
    const TO_THE_END_ANYWHERE: Duration = Duration::from_secs(36 * 3_600);
    now > last + TO_THE_END_ANYWHERE
}
