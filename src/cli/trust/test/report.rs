//! What came of each row: for people, as JSON, as annotations of GitHub Actions.

use std::path::Path;

use serde_json::{Value, json};

use super::super::asked::Answer;
use super::super::check::github::{data, property};
use super::super::told;
use super::is_as_expected;
use super::table::Test;
use crate::person::plain;
use crate::policy::diff::Access;
use crate::policy::sides::Decider;
use crate::policy::simulate::Standing;
use crate::policy::{Control, Decision};

/// What came of a row.
#[derive(Debug)]
pub(super) struct Result {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) line: usize,
    /// What the row expects, in its words.
    pub(super) expected: String,
    /// What it is, in a line.
    pub(super) got: String,
    /// Which statements decided, and why.
    pub(super) why: Vec<String>,
    passed: bool,
    answer: Value,
}

impl Result {
    pub(super) fn of(test: &Test, file: &Path, answer: Answer) -> Self {
        let word = if test.allowed { "allowed" } else { "refused" };
        Self {
            name: test.name(),
            file: file.display().to_string(),
            line: test.line,
            expected: test.because.as_ref().map_or(word.to_owned(), |why| format!("{word}, because of {why}")),
            got: told::headline(&answer),
            why: told::reasons(&answer),
            passed: is_as_expected(test, &answer),
            answer: told::as_json(&answer),
        }
    }

    pub(super) fn is_passed(&self) -> bool {
        self.passed
    }
}

/// The words by which a row may say why: sides, `Sid`s and names of what decided, keys whose conditions fail. In small
/// letters.
pub(super) fn grounds(answer: &Answer) -> Vec<String> {
    let judged = &answer.judged;
    let mut words = vec![told::side(judged.by).to_owned()];
    match judged.by {
        Decider::Both => words.extend(["trust".to_owned(), "identity".to_owned()]),
        Decider::Control(control) => {
            words.push(control.as_str().to_owned());
            words.push(if control == Control::Service { "scp" } else { "rcp" }.to_owned());
        }
        Decider::Trust | Decider::Identity | Decider::Boundary | Decider::RootUser => {}
    }
    let is_refused = judged.access == Access::No;
    let is_of_trust = !is_refused || matches!(judged.by, Decider::Trust | Decider::Both);
    let mut failing: Vec<&Standing> = Vec::new();
    if is_of_trust {
        let outcome = &judged.trust;
        words.extend(outcome.decided.into_iter().map(|index| format!("statement[{index}]")));
        let sid = outcome.decided.and_then(|index| answer.trust.statements.get(index)?.sid.clone());
        words.extend(sid);
        failing.extend(outcome.statements.iter().filter(|one| one.allows && one.names && one.covers));
    }
    if let Some(own) = judged.own.as_ref().filter(|_| matches!(judged.by, Decider::Identity | Decider::Both)) {
        if let Decision::Allowed(found) | Decision::Denied(found) = &own.identity {
            words.extend(answer.names.get(found.document).cloned());
            words.extend(found.sid.clone());
        }
        failing.extend(own.statements.iter().map(|(_, standing)| standing).filter(|one| one.allows));
    }
    if judged.by == Decider::Boundary {
        words.extend(answer.names.last().cloned());
    }
    if let Some(forbidden) = &judged.forbidden {
        words.push(forbidden.tier.clone());
        if let Some((name, statement)) = &forbidden.denies {
            words.push(name.clone());
            words.extend(statement.sid.clone());
        }
    }
    if is_refused {
        words.extend(failing.iter().flat_map(|one| &one.failing).map(|condition| condition.key.as_str().to_owned()));
    }
    words.into_iter().map(|word| word.to_lowercase()).collect()
}

/// A line for each row, and for one that failed what was expected, what came of it and why.
pub(super) fn text(rows: &[Result]) -> String {
    let mut lines = Vec::new();
    for row in rows {
        if row.passed {
            lines.push(format!("ok      {}", row.name));
            continue;
        }
        lines.push(format!("FAILED  {}  ({}:{})", row.name, row.file, row.line));
        lines.push(format!("        expected {}", row.expected));
        lines.push(format!("        got      {}", row.got));
        lines.extend(row.why.iter().map(|why| format!("                 {why}")));
    }
    lines.into_iter().map(|line| format!("{}\n", plain(&line))).collect()
}

/// Everything, for programs.
pub(super) fn json(rows: &[Result]) -> Value {
    let one = |row: &Result| {
        json!({
            "says": row.name,
            "file": row.file,
            "line": row.line,
            "passed": row.passed,
            "expected": row.expected,
            "got": row.got,
            "answer": row.answer,
        })
    };
    let failed = rows.iter().filter(|row| !row.passed).count();
    json!({ "tests": rows.len(), "failed": failed, "rows": rows.iter().map(one).collect::<Vec<_>>() })
}

/// A workflow command for each row that failed.
pub(super) fn annotations(rows: &[Result]) -> String {
    let failed = rows.iter().filter(|row| !row.passed);
    let one = |row: &Result| {
        let (file, title) = (property(&row.file), property(&row.name));
        let about = format!("expected {}\ngot {}\n{}", row.expected, row.got, row.why.join("\n"));
        format!("::error file={file},line={},title={title}::{}\n", row.line, data(&about))
    };
    failed.map(one).collect()
}
