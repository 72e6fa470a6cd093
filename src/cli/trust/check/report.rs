//! Findings for people, and as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::subject::Subject;
use crate::cli::stdout;
use crate::person::plain;
use crate::policy::lint::{Finding, Severity};

/// All that was found.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) told: Vec<Told<'a>>,
}

/// What a finding is about.
#[derive(Debug)]
pub(super) enum Of<'a> {
    /// A policy.
    Policy(&'a Subject),
    /// All the policies that a template's conditions make of one role; this is the first.
    Role(&'a Subject),
    /// A suppression in this file.
    Suppression(String),
}

/// One finding, and where.
#[derive(Debug)]
pub(super) struct Told<'a> {
    /// What it is about.
    pub(super) of: Of<'a>,
    pub(super) line: Option<usize>,
    pub(super) finding: Finding,
    /// Why it is accepted, where it is.
    pub(super) accepted: Option<String>,
}

impl Told<'_> {
    /// What it is about, in a word.
    pub(super) fn about(&self) -> &str {
        match &self.of {
            Of::Policy(subject) => &subject.name,
            Of::Role(subject) => subject.whatever_holds(),
            Of::Suppression(file) => file,
        }
    }

    /// The file to look into.
    pub(super) fn file(&self) -> Option<&str> {
        match &self.of {
            Of::Policy(subject) | Of::Role(subject) => subject.file.as_deref(),
            Of::Suppression(file) => Some(file),
        }
    }

    pub(super) fn role_arn(&self) -> Option<&str> {
        match &self.of {
            Of::Policy(subject) | Of::Role(subject) => subject.around.role_arn.as_deref(),
            Of::Suppression(_) => None,
        }
    }
}

impl Report<'_> {
    /// What is not accepted.
    pub(super) fn open(&self) -> impl Iterator<Item = &Told<'_>> {
        self.told.iter().filter(|told| told.accepted.is_none())
    }

    /// The worst that is not accepted.
    pub(super) fn worst(&self) -> Option<Severity> {
        self.open().map(|told| told.finding.severity).max()
    }

    /// What was checked, in a line.
    pub(super) fn summary(&self, checked: usize) -> String {
        let mut count: BTreeMap<Severity, usize> = BTreeMap::new();
        for told in self.open() {
            *count.entry(told.finding.severity).or_default() += 1;
        }
        let several = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            count if what.ends_with('y') => format!("{count} {}ies", &what[..what.len() - 1]),
            count => format!("{count} {what}s"),
        };
        let total: usize = count.values().sum();
        let each: Vec<String> = count.iter().rev().map(|(severity, count)| format!("{count} {severity}")).collect();
        let each = if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) };
        let accepted = self.told.len() - total;
        let accepted = if accepted == 0 { String::new() } else { format!(", {accepted} suppressed") };
        format!("{} checked, {}{each}{accepted}", several(checked, "policy"), several(total, "finding"))
    }

    /// Returns the findings for people.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut last = None;
        for told in self.open() {
            let about = told.about();
            if last != Some(about) {
                text.push_str(&format!("{}{}\n", if last.is_some() { "\n" } else { "" }, plain(about)));
                last = Some(about);
            }
            let finding = &told.finding;
            let line = told.line.map_or(String::new(), |line| format!("line {line}, "));
            let place = plain(&finding.place.to_string()).into_owned();
            text.push_str(&format!("  {:<8} {}  {line}{place}\n", finding.severity.as_str(), finding.rule.id));
            text.push_str(&format!("           {}\n", plain(&finding.message)));
            text.push_str(&format!("           why: {}\n", finding.rule.reason));
            text.push_str(&format!("           fix: {}\n", finding.rule.fix));
        }
        text
    }

    /// Returns the findings as JSON: a list.
    pub(super) fn json(&self) -> String {
        let one = |told: &Told<'_>| {
            let finding = &told.finding;
            json!({
                "rule": finding.rule.id,
                "severity": finding.severity.as_str(),
                "message": finding.message,
                "about": told.about(),
                "file": told.file(),
                "line": told.line,
                "role_arn": told.role_arn(),
                "place": finding.place.to_string(),
                "statement": finding.place.statement,
                "sid": finding.place.sid,
                "reason": finding.rule.reason,
                "fix": finding.rule.fix,
                "source": finding.rule.source,
                "suppressed": told.accepted,
            })
        };
        stdout::json(&Value::Array(self.told.iter().map(one).collect()))
    }
}
