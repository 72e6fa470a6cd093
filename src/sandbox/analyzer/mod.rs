//! IAM Access Analyzer: the analyzers that the scenario declares, and what they find in the roles of their account.
//!
//! An account's analyzer for external access finds each principal of a trust policy that is not of the account; one for
//! unused access finds roles that nobody used for 90 days. Each is there in every Region, as role findings are.
//! Source: IAM Access Analyzer API Reference and its model, version 2019-11-01.

mod checks;
mod findings;

use std::time::SystemTime;

use serde::Deserialize;
use serde_json::{Value, json};

use findings::{Found, found};

use super::answer::{Answer, Content, Refusal};
use super::call::Call;
use super::caller::Caller;
use super::estate::Estate;
use super::log::Record;
use super::sts::is_allowed;

/// What an analyzer looks for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub(super) enum Kind {
    /// Whoever is let in from outside the account.
    #[serde(rename = "ACCOUNT")]
    External,
    /// Roles that nobody uses.
    #[serde(rename = "ACCOUNT_UNUSED_ACCESS")]
    Unused,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::External => "ACCOUNT",
            Self::Unused => "ACCOUNT_UNUSED_ACCESS",
        }
    }
}

/// What can be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    ListAnalyzers,
    ListFindings,
    GetFinding,
    UpdateFindings,
    ValidatePolicy,
    CheckNoPublicAccess,
    CheckNoNewAccess,
}

/// How many findings a page has if nobody says, and at most.
const PAGE: usize = 100;

impl Operation {
    pub(super) fn of(call: &Call) -> Option<Self> {
        match (call.method.as_str(), call.path.as_str()) {
            ("GET", "/analyzer") => Some(Self::ListAnalyzers),
            ("POST", "/findingv2") => Some(Self::ListFindings),
            ("GET", path) if path.starts_with("/findingv2/") => Some(Self::GetFinding),
            ("PUT", "/finding") => Some(Self::UpdateFindings),
            ("POST", "/policy/validation") => Some(Self::ValidatePolicy),
            ("POST", "/policy/check-no-public-access") => Some(Self::CheckNoPublicAccess),
            ("POST", "/policy/check-no-new-access") => Some(Self::CheckNoNewAccess),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ListAnalyzers => "ListAnalyzers",
            Self::ListFindings => "ListFindingsV2",
            Self::GetFinding => "GetFindingV2",
            Self::UpdateFindings => "UpdateFindings",
            Self::ValidatePolicy => "ValidatePolicy",
            Self::CheckNoPublicAccess => "CheckNoPublicAccess",
            Self::CheckNoNewAccess => "CheckNoNewAccess",
        }
    }
}

/// Answers one request.
pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    match made(operation, call, estate, now, record) {
        Ok(value) => Answer::json(&value),
        Err(refusal) => refuse(&refusal),
    }
}

/// Returns a refusal as the service words it.
pub(super) fn refuse(refusal: &Refusal) -> Answer {
    let (status, code) = match refusal.code {
        "Throttling" => (429, "ThrottlingException"),
        "AccessDenied" => (403, "AccessDeniedException"),
        "ValidationError" => (400, "ValidationException"),
        "InvalidClientTokenId" => (403, "UnrecognizedClientException"),
        code => (refusal.status, code),
    };
    Answer {
        status,
        content: Content::Json,
        body: match code {
            "ValidationException" => json!({ "message": refusal.message, "reason": "fieldValidationFailed" }),
            _ => json!({ "message": refusal.message }),
        }
        .to_string(),
        headers: vec![("x-amzn-errortype", code.to_owned())],
        code: Some(code.to_owned()),
    }
}

fn made(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Result<Value, Refusal> {
    let caller = Caller::of(call, "access-analyzer", estate, now)?;
    record.principal = Some(caller.arn(estate));
    record.region = Some(caller.region.clone());
    is_allowed(&format!("access-analyzer:{}", action(operation)), "*", &caller, estate, now)?;
    let account = caller.account(estate).id.as_str().to_owned();
    let region = caller.region.clone();
    match operation {
        Operation::ValidatePolicy => checks::validate(call),
        Operation::CheckNoPublicAccess => checks::no_public_access(call),
        Operation::CheckNoNewAccess => checks::no_new_access(call),
        Operation::ListAnalyzers => {
            let all = analyzers(estate, &account, &region).into_iter();
            let analyzers: Vec<Value> = all.map(|(arn, kind)| analyzer(&arn, kind, now)).collect();
            Ok(json!({ "analyzers": analyzers }))
        }
        Operation::ListFindings => {
            let asked = body(call)?;
            let found = of_analyzer(estate, &account, &region, text(&asked, "analyzerArn"), now)?;
            let begin = text(&asked, "nextToken").and_then(|token| token.parse().ok()).unwrap_or(0usize);
            let most =
                asked.get("maxResults").and_then(Value::as_u64).map_or(PAGE, |most| most as usize).clamp(1, PAGE);
            let page: Vec<Value> =
                found.iter().skip(begin).take(most).map(|found| found.summary(is_archived(found, estate))).collect();
            let mut answer = json!({ "findings": page });
            if begin + most < found.len() {
                answer["nextToken"] = json!((begin + most).to_string());
            }
            Ok(answer)
        }
        Operation::GetFinding => {
            let asked = call.parameters.text("analyzerArn");
            let found = of_analyzer(estate, &account, &region, asked, now)?;
            let id = call.path.rsplit('/').next().unwrap_or_default();
            let found = found.iter().find(|found| found.id == id).ok_or_else(|| no_such("finding", id))?;
            Ok(found.whole(is_archived(found, estate)))
        }
        Operation::UpdateFindings => {
            let asked = body(call)?;
            let found = of_analyzer(estate, &account, &region, text(&asked, "analyzerArn"), now)?;
            let archive = match text(&asked, "status") {
                Some("ARCHIVED") => true,
                Some("ACTIVE") => false,
                _ => return Err(Refusal::invalid("status is ACTIVE or ARCHIVED")),
            };
            for id in asked.get("ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
                let found = found.iter().find(|found| found.id == id).ok_or_else(|| no_such("finding", id))?;
                match archive {
                    true => estate.archived.insert(found.id.clone()),
                    false => estate.archived.remove(&found.id),
                };
            }
            Ok(json!({}))
        }
    }
}

/// The action that a policy names.
fn action(operation: Operation) -> &'static str {
    match operation {
        Operation::ListAnalyzers => "ListAnalyzers",
        Operation::ListFindings => "ListFindings",
        Operation::GetFinding => "GetFinding",
        Operation::UpdateFindings => "UpdateFindings",
        Operation::ValidatePolicy => "ValidatePolicy",
        Operation::CheckNoPublicAccess => "CheckNoPublicAccess",
        Operation::CheckNoNewAccess => "CheckNoNewAccess",
    }
}

fn analyzers(estate: &Estate, account: &str, region: &str) -> Vec<(String, Kind)> {
    let own = estate.accounts.iter().filter(|known| known.id.as_str() == account);
    let arn = |kind: Kind, partition| {
        let name = if kind == Kind::External { "ExternalAccess" } else { "UnusedAccess" };
        format!("arn:{partition}:access-analyzer:{region}:{account}:analyzer/{name}")
    };
    own.flat_map(|known| known.analyzers.iter().map(move |kind| (arn(*kind, known.partition), *kind))).collect()
}

fn analyzer(arn: &str, kind: Kind, now: SystemTime) -> Value {
    json!({
        "arn": arn,
        "name": arn.rsplit('/').next(),
        "type": kind.as_str(),
        "status": "ACTIVE",
        "createdAt": crate::terms::show_time(now),
    })
}

fn of_analyzer(
    estate: &Estate,
    account: &str,
    region: &str,
    asked: Option<&str>,
    now: SystemTime,
) -> Result<Vec<Found>, Refusal> {
    let asked = asked.unwrap_or_default();
    let known = analyzers(estate, account, region).into_iter().find(|(arn, _)| arn == asked);
    let (_, kind) = known.ok_or_else(|| no_such("analyzer", asked))?;
    Ok(found(estate, account, kind, now))
}

fn is_archived(found: &Found, estate: &Estate) -> bool {
    estate.archived.contains(&found.id)
}

fn no_such(what: &str, id: &str) -> Refusal {
    Refusal::new(404, "ResourceNotFoundException", format!("There is no {what} {id}"))
}

fn body(call: &Call) -> Result<Value, Refusal> {
    serde_json::from_slice(&call.body).map_err(|_| Refusal::invalid("The request body is not JSON."))
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field).and_then(Value::as_str)
}
