//! Findings as annotations of GitHub Actions.
//!
//! Source: GitHub Docs, "Workflow commands for GitHub Actions"; `@actions/core`, `command.ts` (what is escaped, and how).

use super::report::Report;
use crate::person::plain;
use crate::policy::lint::Severity;

/// Returns a workflow command for each finding.
pub(super) fn annotations(report: &Report<'_>) -> String {
    let mut text = String::new();
    for told in report.open() {
        let finding = &told.finding;
        let command = match finding.severity {
            Severity::Low => "notice",
            Severity::Warning | Severity::Medium => "warning",
            Severity::High | Severity::Error | Severity::Critical => "error",
        };
        let mut properties = Vec::new();
        if let Some(file) = told.file() {
            properties.push(format!("file={}", property(file)));
        }
        if let Some(line) = told.line {
            properties.push(format!("line={line}"));
        }
        properties.push(format!("title={}", property(&format!("{} ({})", finding.rule.id, finding.severity))));
        let about =
            format!("{}: {}: {}. To mend it: {}", told.about(), finding.place, finding.message, finding.rule.fix);
        text.push_str(&format!("::{command} {}::{}\n", properties.join(","), data(&about)));
    }
    text
}

/// What stands in a policy must not begin another command.
pub(in crate::cli::trust) fn data(text: &str) -> String {
    plain(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")).into_owned()
}

pub(in crate::cli::trust) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_policy_begins_no_command() {
        assert_eq!(data("a\n::error::b\r100%"), "a%0A::error::b%0D100%25");
        assert_eq!(property("a,b:c\n"), "a%2Cb%3Ac%0A");
    }
}
