//! What IAM Access Analyzer says of the text of a trust policy: ValidatePolicy, and the custom checks.
//!
//! Its findings become findings of ours, whose ids begin with `AA-` and go on as AWS calls the issue. ERROR stays an error,
//! SECURITY_WARNING is high, WARNING a warning, SUGGESTION low; public access is critical, new access high.
//!
//! CheckAccessNotGranted is not used: it is told actions and names no principal, so that it fails every trust policy that
//! works, the right ones too: each of them grants sts:AssumeRole to somebody.
//!
//! Source: IAM Access Analyzer API Reference, `ValidatePolicy`, `CheckNoPublicAccess`, `CheckNoNewAccess`.

mod calls;
mod table;

pub use calls::Analyzer;
pub use table::{RULES, rule};

use crate::policy::lint::{Finding, Place, Severity};

/// What ValidatePolicy finds, as AWS says it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Issue<'a> {
    /// AWS's code: `MISSING_PRINCIPAL`.
    pub(crate) code: &'a str,
    /// `ERROR`, `SECURITY_WARNING`, `WARNING`, `SUGGESTION`.
    pub(crate) kind: &'a str,
    /// AWS's own words.
    pub(crate) details: &'a str,
    /// Where.
    pub(crate) place: Place,
}

impl Issue<'_> {
    /// Returns it as a finding of ours. A code that we do not know stands in the message.
    pub(crate) fn finding(self) -> Finding {
        let severity = match self.kind {
            "ERROR" => Severity::Error,
            "SECURITY_WARNING" => Severity::High,
            "SUGGESTION" => Severity::Low,
            // Whatever AWS adds is looked at.
            _ => Severity::Warning,
        };
        let known = rule(&format!("AA-{}", self.code));
        let message = match known {
            Some(_) => self.details.to_owned(),
            None => format!("{}: {}", self.code, self.details),
        };
        let rule = known.unwrap_or(match severity {
            Severity::Error => &table::OTHER_ERROR,
            Severity::High | Severity::Critical => &table::OTHER_SECURITY_WARNING,
            Severity::Warning | Severity::Medium => &table::OTHER_WARNING,
            Severity::Low => &table::OTHER_SUGGESTION,
        });
        Finding { rule, severity, message, place: self.place }
    }
}

/// Why a custom check failed, at one statement.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Reason {
    pub(crate) description: String,
    pub(crate) statement: Option<usize>,
    pub(crate) sid: Option<String>,
}

/// Returns what a failed check found: at each statement that AWS names, else in the policy.
pub(crate) fn failed(rule: &'static crate::policy::lint::Rule, message: &str, reasons: Vec<Reason>) -> Vec<Finding> {
    let finding = |message: String, place: Place| Finding { rule, severity: rule.severity, message, place };
    if reasons.is_empty() {
        return vec![finding(message.to_owned(), Place::default())];
    }
    let one = |reason: Reason| {
        let message = if reason.description.is_empty() { message.to_owned() } else { reason.description };
        finding(message, Place { statement: reason.statement, sid: reason.sid, elements: Vec::new() })
    };
    reasons.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_calls_it_decides_how_bad_it_is() {
        let finding = |code, kind| Issue { code, kind, details: "it is so", place: Place::default() }.finding();
        for (code, kind, id, severity, message) in [
            ("MISSING_PRINCIPAL", "ERROR", "AA-MISSING_PRINCIPAL", Severity::Error, "it is so"),
            ("ALLOW_WITH_NOT_PRINCIPAL", "SECURITY_WARNING", "AA-ALLOW_WITH_NOT_PRINCIPAL", Severity::High, "it is so"),
            ("MISSING_VERSION", "WARNING", "AA-MISSING_VERSION", Severity::Warning, "it is so"),
            ("NEW_ERROR", "ERROR", "AA-ERROR", Severity::Error, "NEW_ERROR: it is so"),
            ("NEW_ONE", "SECURITY_WARNING", "AA-SECURITY-WARNING", Severity::High, "NEW_ONE: it is so"),
            ("NEW_HINT", "SUGGESTION", "AA-SUGGESTION", Severity::Low, "NEW_HINT: it is so"),
            ("NEW_KIND", "SOMETHING", "AA-WARNING", Severity::Warning, "NEW_KIND: it is so"),
        ] {
            let found = finding(code, kind);
            assert_eq!((found.rule.id, found.severity, found.message.as_str()), (id, severity, message));
        }
        let ids: std::collections::BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len(), "no id stands twice");
    }
}
