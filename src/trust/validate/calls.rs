//! The calls to Access Analyzer.

use aws_sdk_accessanalyzer::types::{
    AccessCheckPolicyType, AccessCheckResourceType, CheckNoNewAccessResult, CheckNoPublicAccessResult, PathElement,
    PolicyType, ReasonSummary, ValidatePolicyFinding, ValidatePolicyResourceType,
};

use super::{Issue, Reason, failed, table};
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Reach;
use crate::policy::lint::{Finding, Place};
use crate::session::Credentials;
use crate::trust::patience::{Taken, patiently};

/// Access Analyzer in one Region, as somebody's credentials reach it.
#[derive(Debug)]
pub struct Analyzer<'a> {
    /// The line to AWS.
    pub line: &'a Line<'a>,
    /// Where it is asked.
    pub reach: &'a Reach,
    /// Whose credentials.
    pub by: &'a Credentials,
    /// What the calls took.
    pub taken: Taken,
}

const SERVICE: &str = "Access Analyzer";

/// Sends one call, again where a refusal passes.
macro_rules! ask {
    ($analyzer:expr, $name:literal, |$client:ident| $call:expr) => {{
        let (line, reach, by) = ($analyzer.line, $analyzer.reach, $analyzer.by);
        patiently(&mut $analyzer.taken, || {
            let answer = line.call(|clients| {
                let $client = clients.access_analyzer(reach, by, Tries::Once);
                $call.send()
            })?;
            answer.map_err(|error| from_sdk(SERVICE, $name, error))
        })
    }};
}

impl Analyzer<'_> {
    /// Returns what ValidatePolicy finds in a trust policy. It is free of charge.
    pub fn validate(&mut self, policy: &str) -> Result<Vec<Finding>, AwsError> {
        let (mut found, mut token) = (Vec::new(), None::<String>);
        loop {
            let page = ask!(self, "ValidatePolicy", |client| client
                .validate_policy()
                .policy_document(policy)
                .policy_type(PolicyType::ResourcePolicy)
                .validate_policy_resource_type(ValidatePolicyResourceType::RoleTrust)
                .set_next_token(token.clone()))?;
            found.extend(page.findings().iter().map(finding));
            let next = page.next_token().map(str::to_owned);
            if next.is_none() || next == token {
                return Ok(found);
            }
            token = next;
        }
    }

    /// Returns what CheckNoPublicAccess finds. It is charged.
    pub fn public_access(&mut self, policy: &str) -> Result<Vec<Finding>, AwsError> {
        let answer = ask!(self, "CheckNoPublicAccess", |client| client
            .check_no_public_access()
            .policy_document(policy)
            .resource_type(AccessCheckResourceType::RoleTrust))?;
        match answer.result() {
            Some(CheckNoPublicAccessResult::Pass) => Ok(Vec::new()),
            // Whatever is no pass is looked at.
            _ => Ok(failed(&table::PUBLIC, message(answer.message()), reasons(answer.reasons()))),
        }
    }

    /// Returns what CheckNoNewAccess finds in a policy that the reference does not allow. It is charged.
    pub fn new_access(&mut self, policy: &str, reference: &str) -> Result<Vec<Finding>, AwsError> {
        let answer = ask!(self, "CheckNoNewAccess", |client| client
            .check_no_new_access()
            .new_policy_document(policy)
            .existing_policy_document(reference)
            .policy_type(AccessCheckPolicyType::ResourcePolicy))?;
        match answer.result() {
            Some(CheckNoNewAccessResult::Pass) => Ok(Vec::new()),
            // Whatever is no pass is looked at.
            _ => Ok(failed(&table::NEW, message(answer.message()), reasons(answer.reasons()))),
        }
    }
}

fn message(text: Option<&str>) -> &str {
    text.unwrap_or("the check did not pass, and nothing more is said")
}

fn reasons(reasons: &[ReasonSummary]) -> Vec<Reason> {
    let reason = |reason: &ReasonSummary| Reason {
        description: reason.description().unwrap_or_default().to_owned(),
        statement: reason.statement_index().and_then(|index| usize::try_from(index).ok()),
        sid: reason.statement_id().filter(|sid| !sid.is_empty()).map(str::to_owned),
    };
    reasons.iter().map(reason).collect()
}

fn finding(found: &ValidatePolicyFinding) -> Finding {
    let path = found.locations().first().map(|location| location.path()).unwrap_or_default();
    let issue = Issue {
        code: found.issue_code(),
        kind: found.finding_type().as_str(),
        details: found.finding_details(),
        place: place(path),
    };
    issue.finding()
}

/// Reads `Statement`, its number, and the elements below it. A lone statement stands in no list, and is the first.
fn place(path: &[PathElement]) -> Place {
    let mut place = Place::default();
    let mut elements = path.iter().peekable();
    if let Some(first) = elements.next() {
        match name(first) {
            Some("Statement") => {
                let index = elements.next_if(|element| element.is_index());
                let index = index.and_then(|element| usize::try_from(*element.as_index().ok()?).ok());
                place.statement = Some(index.unwrap_or(0));
            }
            Some(other) => place.elements.push(other.to_owned()),
            None => {}
        }
    }
    place.elements.extend(elements.filter_map(name).map(str::to_owned));
    place
}

fn name(element: &PathElement) -> Option<&str> {
    match element {
        PathElement::Key(name) | PathElement::Value(name) => Some(name),
        // Places within a list or a string are not told apart here, nor is what AWS may add.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_aws_is_a_place_of_ours() {
        let value = |name: &str| PathElement::Value(name.to_owned());
        let path = [value("Statement"), PathElement::Index(1), value("Principal"), PathElement::Key("AWS".to_owned())];
        assert_eq!(place(&path).to_string(), "Statement[1].Principal.AWS");
        assert_eq!(
            place(&[value("Statement"), value("Action"), PathElement::Index(0)]).to_string(),
            "Statement[0].Action"
        );
        assert_eq!(place(&[value("Version")]).elements, ["Version"]);
        assert_eq!(place(&[]), Place::default());
    }
}
