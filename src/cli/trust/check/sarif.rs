//! Findings as SARIF 2.1.0, which code scanners exchange.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::report::{Report, Told};
use crate::cli::stdout;
use crate::policy::lint::{EXPIRED, RULES, Rule, Severity};
use crate::trust::validate;

/// Returns the findings as SARIF.
pub(super) fn sarif(report: &Report<'_>) -> String {
    let found: BTreeSet<&str> = report.told.iter().map(|told| told.finding.rule.id).collect();
    let rules: Vec<&Rule> = RULES
        .iter()
        .chain([&EXPIRED])
        .chain(validate::RULES.iter().copied())
        .filter(|rule| found.contains(rule.id))
        .collect();
    let results: Vec<Value> = report.told.iter().map(|told| result(told, &rules)).collect();
    stdout::json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "assume",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.reason },
        "help": { "text": format!("{}. To mend it: {}.", rule.reason, rule.fix) },
        "helpUri": rule.source,
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "security-severity": score(rule.severity), "tags": ["security", "iam", "trust-policy"] },
    })
}

fn result(told: &Told<'_>, rules: &[&Rule]) -> Value {
    let finding = &told.finding;
    let about = told.about();
    let uri = match told.file() {
        Some(file) => uri_of(file),
        None => told.role_arn().map(str::to_owned).unwrap_or_else(|| uri_of(about)),
    };
    let mut physical = json!({ "artifactLocation": { "uri": uri } });
    if let Some(line) = told.line {
        physical["region"] = json!({ "startLine": line });
    }
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rules.iter().position(|rule| rule.id == finding.rule.id),
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [{
            "physicalLocation": physical,
            "logicalLocations": [{ "fullyQualifiedName": format!("{about}: {}", finding.place) }],
        }],
        // Findings are the same ones after lines have moved.
        "partialFingerprints": {
            "place/v1": format!("{} {} {}", finding.rule.id, about, finding.place),
        },
    });
    if let Some(reason) = &told.accepted {
        result["suppressions"] = json!([{ "kind": "external", "justification": reason }]);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "note",
        Severity::Warning | Severity::Medium => "warning",
        Severity::High | Severity::Error | Severity::Critical => "error",
    }
}

/// From 0 to 10, as GitHub ranks security findings.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "2.0",
        Severity::Warning => "3.5",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Error => "7.0",
        Severity::Critical => "9.5",
    }
}

/// Returns a path as a reference: a relative one stays relative.
fn uri_of(path: &str) -> String {
    const SPECIAL: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    let encoded = utf8_percent_encode(path.strip_prefix("./").unwrap_or(path), SPECIAL).to_string();
    // A colon in the first part would read as a scheme. Source: RFC 3986, section 4.2.
    let colon_first = encoded.split('/').next().is_some_and(|first| first.contains(':'));
    if path.starts_with('/') {
        format!("file://{encoded}")
    } else if colon_first {
        format!("./{encoded}")
    } else {
        encoded
    }
}
