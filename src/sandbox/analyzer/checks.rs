//! What is said of the text of a trust policy: ValidatePolicy, CheckNoPublicAccess, CheckNoNewAccess.
//!
//! ValidatePolicy finds what `assume trust check` finds where AWS has a code of the same meaning; the checks ask the
//! evaluator. Only trust policies are looked at. Words are ours, codes are AWS's.
//! Source: IAM User Guide, "IAM policy validation check reference"; IAM Access Analyzer API Reference.

use serde_json::{Value, json};

use super::super::answer::Refusal;
use super::super::call::Call;
use super::{body, text};
use crate::policy::diff::{Difference, compare};
use crate::policy::lint::{Around, Place, RULES, check_by, line_of};
use crate::policy::{Document, Effect, PolicyError};

const TRUST: &str = "AWS::IAM::AssumeRolePolicyDocument";
const LEARN: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
const PAGE: usize = 100;

/// `ValidatePolicy`.
pub(super) fn validate(call: &Call) -> Result<Value, Refusal> {
    let asked = body(call)?;
    let policy = required(&asked, "policyDocument")?;
    only_trust(required(&asked, "policyType")?, text(&asked, "validatePolicyResourceType"))?;
    let number = |name: &str| call.parameters.text(name).and_then(|text| text.parse::<usize>().ok());
    let (begin, most) = (number("nextToken").unwrap_or(0), number("maxResults").unwrap_or(PAGE).clamp(1, PAGE));
    let found = issues(policy);
    let page: Vec<Value> = found.iter().skip(begin).take(most).map(|issue| issue.shown(policy)).collect();
    let mut answer = json!({ "findings": page });
    if begin + most < found.len() {
        answer["nextToken"] = json!((begin + most).to_string());
    }
    Ok(answer)
}

/// `CheckNoPublicAccess`.
pub(super) fn no_public_access(call: &Call) -> Result<Value, Refusal> {
    let asked = body(call)?;
    let policy = required(&asked, "policyDocument")?;
    only_trust("RESOURCE_POLICY", Some(required(&asked, "resourceType")?))?;
    readable(policy)?;
    let around = Around::default();
    let found = check_by(RULES.iter().filter(|rule| rule.id == "TP-PUBLIC"), policy, &around);
    let reasons = found.iter().map(|finding| reason(&finding.message, &finding.place)).collect::<Vec<_>>();
    Ok(match reasons.is_empty() {
        true => {
            json!({ "result": "PASS", "message": "The resource policy does not grant public access for the given resource type." })
        }
        false => json!({
            "result": "FAIL",
            "message": "The resource policy grants public access for the given resource type.",
            "reasons": reasons,
        }),
    })
}

/// `CheckNoNewAccess`.
pub(super) fn no_new_access(call: &Call) -> Result<Value, Refusal> {
    let asked = body(call)?;
    only_trust(required(&asked, "policyType")?, None)?;
    let new = readable(required(&asked, "newPolicyDocument")?)?;
    let old = readable(required(&asked, "existingPolicyDocument")?)?;
    if !is_wider(&compare(&old, &new, None)) {
        return Ok(
            json!({ "result": "PASS", "message": "The modified permissions do not grant new access compared to your existing policy." }),
        );
    }
    // Which statement does it: one by one, with whatever is denied.
    let allowed = new.statements.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
    let reasons = allowed.filter(|(index, _)| {
        let kept = new.statements.iter().enumerate();
        let statements = kept.filter(|(other, one)| other == index || one.effect == Effect::Deny);
        let alone = Document { statements: statements.map(|(_, one)| one.clone()).collect(), ..new.clone() };
        is_wider(&compare(&old, &alone, None))
    });
    let reasons: Vec<Value> = reasons
        .map(|(index, statement)| {
            let place = Place { statement: Some(index), sid: statement.sid.clone(), elements: Vec::new() };
            reason("New access in the statement", &place)
        })
        .collect();
    Ok(json!({
        "result": "FAIL",
        "message": "The modified permissions grant new access compared to your existing policy.",
        "reasons": reasons,
    }))
}

/// What could not be compared might be new.
fn is_wider(difference: &Difference) -> bool {
    difference.changes.iter().any(|change| change.is_gain()) || !difference.undecided.is_empty() || !difference.complete
}

fn reason(description: &str, place: &Place) -> Value {
    let mut reason = json!({ "description": description, "statementIndex": place.statement.unwrap_or(0) });
    if let Some(sid) = &place.sid {
        reason["statementId"] = json!(sid);
    }
    reason
}

fn required<'v>(asked: &'v Value, name: &str) -> Result<&'v str, Refusal> {
    text(asked, name).filter(|text| !text.is_empty()).ok_or_else(|| {
        Refusal::invalid(format!(
            "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

fn only_trust(policy_type: &str, resource_type: Option<&str>) -> Result<(), Refusal> {
    if policy_type != "RESOURCE_POLICY" || resource_type.is_some_and(|kind| kind != TRUST) {
        return Err(Refusal::invalid(format!("The sandbox looks at trust policies only: RESOURCE_POLICY, {TRUST}.")));
    }
    Ok(())
}

fn readable(policy: &str) -> Result<Document, Refusal> {
    Document::parse_trust(policy)
        .map_err(|error| Refusal::new(400, "InvalidParameterException", format!("The policy is not valid: {error}")))
}

/// One issue.
struct Issue {
    code: &'static str,
    kind: &'static str,
    details: String,
    place: Place,
}

impl Issue {
    fn shown(&self, policy: &str) -> Value {
        let line = line_of(policy, &self.place.steps());
        let before: usize = policy.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let length = policy.lines().nth(line - 1).map_or(0, str::len);
        let at = |column: usize| json!({ "line": line, "column": column, "offset": before + column });
        let mut path = Vec::new();
        if let Some(statement) = self.place.statement {
            path.extend([json!({ "value": "Statement" }), json!({ "index": statement })]);
        }
        path.extend(self.place.elements.iter().map(|element| json!({ "value": element })));
        json!({
            "findingDetails": self.details,
            "findingType": self.kind,
            "issueCode": self.code,
            "learnMoreLink": LEARN,
            "locations": [{ "path": path, "span": { "start": at(0), "end": at(length) } }],
        })
    }
}

fn issues(policy: &str) -> Vec<Issue> {
    let mut found = Vec::new();
    let json: Value = serde_json::from_str(policy).unwrap_or_default();
    if json.is_object() && json.get("Version").is_none() {
        let details = "A policy should say its version: 2012-10-17.".to_owned();
        found.push(Issue { code: "MISSING_VERSION", kind: "WARNING", details, place: Place::default() });
    }
    let statements = match json.get("Statement") {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for (index, statement) in statements.iter().enumerate() {
        if statement.get("Principal").and_then(Value::as_str) == Some("*") {
            let place = Place { statement: Some(index), sid: None, elements: vec!["Principal".to_owned()] };
            let details = "A trust policy takes no `\"Principal\": \"*\"`: name the principals.".to_owned();
            let code = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
            found.push(Issue { code, kind: "ERROR", details, place });
        }
    }
    for finding in check_by(RULES.iter(), policy, &Around::default()) {
        let (code, kind) = match finding.rule.id {
            "TP-NOTPRINCIPAL" => ("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", "ERROR"),
            "TP-RESOURCE" => ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "ERROR"),
            "TP-FED-MISMATCH" => ("MISMATCHED_ACTION_FOR_PRINCIPAL", "ERROR"),
            "TP-ACTION-OTHER" => ("UNSUPPORTED_ACTION_IN_POLICY", "ERROR"),
            "TP-PARTIAL-WILDCARD-ARN" => ("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "ERROR"),
            "TP-FORALL-SINGLE" => ("FORALLVALUES_WITH_SINGLE_VALUED_KEY", "SECURITY_WARNING"),
            _ => continue,
        };
        found.push(Issue { code, kind, details: format!("{}.", finding.message), place: finding.place });
    }
    let faults = match Document::read_leniently(policy) {
        Ok(reading) => {
            let missing =
                reading.document.statements.iter().zip(&reading.indices).filter(|(one, _)| one.principals.is_none());
            found.extend(missing.map(|(_, index)| Issue {
                code: "MISSING_PRINCIPAL",
                kind: "ERROR",
                details: "The statement needs a Principal.".to_owned(),
                place: Place { statement: Some(*index), sid: None, elements: Vec::new() },
            }));
            reading.faults
        }
        Err(error) => vec![error],
    };
    found.extend(faults.iter().filter_map(of_fault));
    found
}

fn of_fault(fault: &PolicyError) -> Option<Issue> {
    let place = fault.at().map(place).unwrap_or_default();
    let code = match fault {
        PolicyError::Json { .. } => "JSON_SYNTAX_ERROR",
        PolicyError::Missing { element: "Effect", .. } => "MISSING_EFFECT",
        PolicyError::Missing { element: "Action", .. } => "MISSING_ACTION",
        PolicyError::Missing { element: "Statement", .. } => "MISSING_STATEMENT",
        PolicyError::Both { .. } => "UNSUPPORTED_ELEMENT_COMBINATION",
        PolicyError::Form { .. } => "DATA_TYPE_MISMATCH",
        PolicyError::UnknownOperator { .. } => "INVALID_CONDITION_OPERATOR",
        PolicyError::UnknownKey { key, .. } if key.to_ascii_lowercase().starts_with("aws:") => {
            "INVALID_GLOBAL_CONDITION_KEY"
        }
        PolicyError::UnknownKey { key, .. } if key.to_ascii_lowercase().starts_with("sts:") => {
            "INVALID_SERVICE_CONDITION_KEY"
        }
        PolicyError::Value { at, .. } if at == "Version" => "INVALID_VERSION",
        PolicyError::Value { at, .. } if at.ends_with(".Effect") => "INVALID_EFFECT",
        PolicyError::Value { at, .. } if at.contains(".Principal") => "INVALID_PRINCIPAL_FORMAT",
        PolicyError::Value { at, .. } if at.ends_with(".Action") => "INVALID_ACTION",
        // Of the rest AWS has no code that we know to mean the same.
        PolicyError::Missing { .. }
        | PolicyError::UnknownElement { .. }
        | PolicyError::UnknownKey { .. }
        | PolicyError::Value { .. }
        | PolicyError::Variable { .. }
        | PolicyError::Misplaced { .. } => return None,
    };
    Some(Issue { code, kind: "ERROR", details: format!("{fault}."), place })
}

/// Reads `Statement[1].Condition.StringEquals`.
fn place(at: &str) -> Place {
    let mut parts = at.splitn(4, '.');
    let first = parts.next().unwrap_or_default();
    let statement = first.strip_prefix("Statement[").and_then(|rest| rest.strip_suffix(']')?.parse().ok());
    Place { statement, sid: None, elements: parts.map(str::to_owned).collect() }
}
