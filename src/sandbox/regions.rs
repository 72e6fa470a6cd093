//! Account Management, as far as it lists the Regions of an account.
//!
//! Source: AWS Account Management API Reference, `ListRegions`, and its model, version 2021-02-01; "Enable or disable AWS
//! Regions in your account".

use std::time::SystemTime;

use serde_json::{Value, json};

use super::answer::{Answer, Content, Refusal};
use super::call::Call;
use super::caller::Caller;
use super::estate::{Estate, LiveAccount};
use super::log::Record;
use super::sts::is_allowed;
use crate::terms::Partition;

/// What can be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    ListRegions,
}

const DEFAULT: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

const OPT_IN: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// How many Regions a page has if nobody says, and at most.
const PAGE: usize = 50;

impl Operation {
    pub(super) fn of(call: &Call) -> Option<Self> {
        (call.method == "POST" && call.path == "/listRegions").then_some(Self::ListRegions)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ListRegions => "ListRegions",
        }
    }
}

/// Whether an account may use a Region.
pub(super) fn is_enabled(region: &str, account: &LiveAccount) -> bool {
    let opted_in = account.opted_in.iter().any(|name| name == region);
    opted_in || account.partition != Partition::Aws || !OPT_IN.contains(&region)
}

/// Answers one request.
pub(super) fn answer(call: &Call, estate: &Estate, now: SystemTime, record: &mut Record) -> Answer {
    match list(call, estate, now, record) {
        Ok(value) => Answer::json(&value),
        Err(refusal) => refuse(&refusal),
    }
}

/// Returns a refusal as the service words it.
pub(super) fn refuse(refusal: &Refusal) -> Answer {
    let (status, code) = match refusal.code {
        "Throttling" => (429, "TooManyRequestsException"),
        "AccessDenied" => (403, "AccessDeniedException"),
        "ValidationError" => (400, "ValidationException"),
        "InternalFailure" => (500, "InternalServerException"),
        "InvalidClientTokenId" => (403, "UnrecognizedClientException"),
        code => (refusal.status, code),
    };
    Answer {
        status,
        content: Content::Json,
        body: json!({ "message": refusal.message }).to_string(),
        headers: vec![("x-amzn-errortype", code.to_owned())],
        code: Some(code.to_owned()),
    }
}

fn list(call: &Call, estate: &Estate, now: SystemTime, record: &mut Record) -> Result<Value, Refusal> {
    let caller = Caller::of(call, "account", estate, now)?;
    record.principal = Some(caller.arn(estate));
    record.region = Some(caller.region.clone());
    is_allowed("account:ListRegions", "*", &caller, estate, now)?;
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let account = caller.account(estate);
    let other = asked["AccountId"].as_str();
    if other.is_some() {
        return Err(Refusal::denied("The sandbox lists the Regions of the caller's own account."));
    }
    let most = asked["MaxResults"].as_u64().map_or(PAGE, |most| usize::try_from(most).unwrap_or(usize::MAX));
    if !(1..=PAGE).contains(&most) {
        return Err(Refusal::invalid(format!("MaxResults must be between 1 and {PAGE}.")));
    }
    let wanted = asked["RegionOptStatusContains"].as_array();
    let regions: Vec<Value> = regions(account)
        .into_iter()
        .filter(|(_, status)| wanted.is_none_or(|wanted| wanted.iter().any(|one| one == status)))
        .map(|(name, status)| json!({ "RegionName": name, "RegionOptStatus": status }))
        .collect();
    let from = match asked["NextToken"].as_str() {
        None => 0,
        Some(token) => {
            let at = token.parse().ok().filter(|at| *at < regions.len());
            at.ok_or_else(|| Refusal::invalid("The next token is not valid."))?
        }
    };
    let to = regions.len().min(from + most);
    let mut page = json!({ "Regions": regions[from..to] });
    if to < regions.len() {
        page["NextToken"] = json!(to.to_string());
    }
    Ok(page)
}

fn regions(account: &LiveAccount) -> Vec<(&'static str, &'static str)> {
    let by_default: &[&'static str] = match account.partition {
        Partition::AwsCn => &["cn-north-1", "cn-northwest-1"],
        Partition::AwsUsGov => &["us-gov-east-1", "us-gov-west-1"],
        Partition::Aws => &DEFAULT,
        Partition::AwsEusc | Partition::AwsIso | Partition::AwsIsoB | Partition::AwsIsoE | Partition::AwsIsoF => &[],
    };
    let mut regions: Vec<_> = by_default.iter().map(|name| (*name, "ENABLED_BY_DEFAULT")).collect();
    if account.partition == Partition::Aws {
        let status = |name: &str| if account.opted_in.iter().any(|one| one == name) { "ENABLED" } else { "DISABLED" };
        regions.extend(OPT_IN.iter().map(|name| (*name, status(name))));
    }
    regions.sort_unstable();
    regions
}
