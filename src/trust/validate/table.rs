//! The issues of Access Analyzer that a trust policy can have, by AWS's names.
//!
//! Source: IAM User Guide, "IAM policy validation check reference".

use crate::policy::lint::{Rule, Severity};

const CHECKS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
const CUSTOM: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html";

const fn error(id: &'static str) -> Rule {
    let reason = "IAM Access Analyzer: a part of the policy does not work, or AWS refuses to save it";
    Rule::of_others(id, Severity::Error, reason, CHECKS, "do as its message says")
}

const fn security(id: &'static str) -> Rule {
    let reason = "IAM Access Analyzer: the policy allows more than it should";
    Rule::of_others(id, Severity::High, reason, CHECKS, "do as its message says")
}

const fn warning(id: &'static str) -> Rule {
    let reason = "IAM Access Analyzer: policies are better written otherwise";
    Rule::of_others(id, Severity::Warning, reason, CHECKS, "do as its message says")
}

const fn suggestion(id: &'static str) -> Rule {
    let reason = "IAM Access Analyzer: it could be written better, and means the same";
    Rule::of_others(id, Severity::Low, reason, CHECKS, "do as its message says")
}

/// For codes that are not in the table.
pub(super) static OTHER_ERROR: Rule = error("AA-ERROR");
pub(super) static OTHER_SECURITY_WARNING: Rule = security("AA-SECURITY-WARNING");
pub(super) static OTHER_WARNING: Rule = warning("AA-WARNING");
pub(super) static OTHER_SUGGESTION: Rule = suggestion("AA-SUGGESTION");

/// What CheckNoPublicAccess finds.
pub(super) static PUBLIC: Rule = Rule::of_others(
    "AA-PUBLIC-ACCESS",
    Severity::Critical,
    "IAM Access Analyzer proves that anybody may assume the role",
    CUSTOM,
    "name the principals, or demand aws:PrincipalOrgID, aws:PrincipalAccount or aws:PrincipalArn",
);

/// What CheckNoNewAccess finds.
pub(super) static NEW: Rule = Rule::of_others(
    "AA-NEW-ACCESS",
    Severity::High,
    "IAM Access Analyzer proves that the policy allows what the reference policy does not",
    CUSTOM,
    "allow no more than the reference, or change the reference; `assume trust check --diff` says who gains what",
);

/// Every rule that stands for an answer of Access Analyzer.
pub static RULES: &[&Rule] = &[
    &OTHER_ERROR,
    &OTHER_SECURITY_WARNING,
    &OTHER_WARNING,
    &OTHER_SUGGESTION,
    &PUBLIC,
    &NEW,
    &error("AA-DATA_TYPE_MISMATCH"),
    &error("AA-INVALID_ACTION"),
    &error("AA-INVALID_CONDITION_OPERATOR"),
    &error("AA-INVALID_EFFECT"),
    &error("AA-INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"),
    &error("AA-INVALID_GLOBAL_CONDITION_KEY"),
    &error("AA-INVALID_PRINCIPAL_FORMAT"),
    &error("AA-INVALID_SERVICE_CONDITION_KEY"),
    &error("AA-INVALID_SERVICE_IN_ACTION"),
    &error("AA-INVALID_VARIABLE_FOR_OPERATOR"),
    &error("AA-INVALID_VERSION"),
    &error("AA-JSON_SYNTAX_ERROR"),
    &error("AA-MISMATCHED_ACTION_FOR_PRINCIPAL"),
    &error("AA-MISSING_ACTION"),
    &error("AA-MISSING_ACTION_FOR_CONDITION_KEY"),
    &error("AA-MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"),
    &error("AA-MISSING_EFFECT"),
    &error("AA-MISSING_PRINCIPAL"),
    &error("AA-MISSING_QUALIFIER"),
    &error("AA-MISSING_STATEMENT"),
    &error("AA-ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"),
    &error("AA-ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"),
    &error("AA-ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"),
    &error("AA-TYPE_MISMATCH_IP_RANGE"),
    &error("AA-UNSUPPORTED_ACTION_IN_POLICY"),
    &error("AA-UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"),
    &error("AA-UNSUPPORTED_ELEMENT_COMBINATION"),
    &error("AA-UNSUPPORTED_WILDCARD_IN_PRINCIPAL"),
    &error("AA-VARIABLE_USAGE_TOO_PERMISSIVE"),
    &error("AA-WILDCARD_USAGE_TOO_PERMISSIVE"),
    &security("AA-ALLOW_WITH_NOT_PRINCIPAL"),
    &security("AA-FORALLVALUES_WITH_SINGLE_VALUED_KEY"),
    &security("AA-UNTRUSTWORTHY_CONDITION_KEY"),
    &warning("AA-MISSING_VERSION"),
];

/// Finds the rule of that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}
