//! CloudTrail: the sandbox's own record of what it was asked, LookupEvents over it, and Lake.
//!
//! The protocol is JSON, and the operation stands in a header. Source: AWS CloudTrail API Reference, `LookupEvents`.

mod lake;
mod record;
mod sql;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::answer::{Answer, Content, Refusal};
use super::call::Call;
use super::caller::Caller;
use super::estate::Estate;
use super::log::Record;
use super::regions::is_enabled;
use super::sts::is_allowed;

pub(super) use lake::{Lake, Store};
pub(super) use record::{Noted, note};

/// What CloudTrail can be asked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    LookupEvents,
    ListEventDataStores,
    GetEventDataStore,
    StartQuery,
    DescribeQuery,
    GetQueryResults,
    CancelQuery,
}

/// What was recorded, and how often it was looked up.
#[derive(Debug, Default)]
pub(super) struct Trail {
    records: VecDeque<Recorded>,
    next: u64,
    /// When each account looked into each Region last.
    lookups: BTreeMap<(String, String), VecDeque<Instant>>,
}

/// An event in the trail of one account.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) number: u64,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) at: SystemTime,
    pub(super) event: Value,
}

/// More than anybody tries out; the oldest go first.
const MOST: usize = 100_000;
/// How many lookups an account may make in a Region within a second.
const A_SECOND: usize = 2;
const PAGE: u64 = 50;
/// How far back it looks.
const REACH: Duration = Duration::from_secs(90 * 86_400);

impl Operation {
    /// Returns the operation that a request's header names.
    pub(super) fn of(call: &Call) -> Option<Self> {
        let (service, operation) = call.header("x-amz-target")?.rsplit_once('.')?;
        let known = Self::ALL.into_iter().find(|known| known.name() == operation);
        known.filter(|_| service.ends_with("CloudTrail_20131101"))
    }

    const ALL: [Self; 7] = [
        Self::LookupEvents,
        Self::ListEventDataStores,
        Self::GetEventDataStore,
        Self::StartQuery,
        Self::DescribeQuery,
        Self::GetQueryResults,
        Self::CancelQuery,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::LookupEvents => "LookupEvents",
            Self::ListEventDataStores => "ListEventDataStores",
            Self::GetEventDataStore => "GetEventDataStore",
            Self::StartQuery => "StartQuery",
            Self::DescribeQuery => "DescribeQuery",
            Self::GetQueryResults => "GetQueryResults",
            Self::CancelQuery => "CancelQuery",
        }
    }
}

impl Trail {
    /// Adds an event to an account's trail.
    pub(super) fn add(&mut self, account: &str, region: &str, at: SystemTime, event: Value) {
        self.next += 1;
        let (account, region) = (account.to_owned(), region.to_owned());
        // Events have whole seconds.
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs());
        self.records.push_back(Recorded { number: self.next, account, region, at, event });
        if self.records.len() > MOST {
            self.records.pop_front();
        }
    }

    /// What was recorded after the record with that number, oldest first.
    pub(super) fn since(&self, number: u64) -> impl Iterator<Item = &Recorded> {
        let first = self.records.partition_point(|recorded| recorded.number <= number);
        self.records.range(first..)
    }

    fn pace(&mut self, account: &str, region: &str) -> Result<(), Refusal> {
        let recent = self.lookups.entry((account.to_owned(), region.to_owned())).or_default();
        recent.retain(|made| made.elapsed() < Duration::from_secs(1));
        if recent.len() >= A_SECOND {
            return Err(Refusal::new(400, "ThrottlingException", "Rate exceeded"));
        }
        recent.push_back(Instant::now());
        Ok(())
    }
}

/// Answers.
pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    let made = match operation {
        Operation::LookupEvents => lookup(call, estate, now, record),
        Operation::ListEventDataStores
        | Operation::GetEventDataStore
        | Operation::StartQuery
        | Operation::DescribeQuery
        | Operation::GetQueryResults
        | Operation::CancelQuery => lake::answer(operation, call, estate, now, record),
    };
    match made {
        Ok(value) => Answer::json(&value),
        Err(refusal) => refuse(&refusal),
    }
}

/// Returns a refusal as CloudTrail words it.
pub(super) fn refuse(refusal: &Refusal) -> Answer {
    let code = match refusal.code {
        "Throttling" => "ThrottlingException",
        "AccessDenied" => "AccessDeniedException",
        "InvalidClientTokenId" => "UnrecognizedClientException",
        "ExpiredToken" => "ExpiredTokenException",
        code => code,
    };
    let body = json!({ "__type": code, "message": refusal.message }).to_string();
    let status = if refusal.status == 403 { 400 } else { refusal.status };
    Answer { status, content: Content::Json, body, headers: Vec::new(), code: Some(code.to_owned()) }
}

/// What is looked for.
#[derive(Debug)]
struct Wanted {
    attribute: Option<(String, String)>,
    from: SystemTime,
    to: SystemTime,
    most: u64,
    /// Only events before that one: they come newest first.
    before: u64,
}

impl Wanted {
    fn of(asked: &Value, now: SystemTime) -> Result<Self, Refusal> {
        let time = |name: &str| {
            let seconds = asked[name].as_f64().filter(|seconds| seconds.is_finite() && *seconds >= 0.0)?;
            Duration::try_from_secs_f64(seconds).ok().and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since))
        };
        let attributes = asked["LookupAttributes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let attribute = match attributes {
            [] => None,
            [one] => {
                let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
                let key = text("AttributeKey");
                if !ATTRIBUTES.contains(&key.as_str()) {
                    let message = format!("Lookup attribute key is invalid: {key}.");
                    return Err(Refusal::new(400, "InvalidLookupAttributesException", message));
                }
                Some((key, text("AttributeValue")))
            }
            [_, ..] => {
                let message = "You can have only 1 lookup attribute.";
                return Err(Refusal::new(400, "InvalidLookupAttributesException", message));
            }
        };
        let (from, to) = (time("StartTime").unwrap_or(now - REACH), time("EndTime").unwrap_or(now));
        if from > to {
            let message = "The start time is after the end time.";
            return Err(Refusal::new(400, "InvalidTimeRangeException", message));
        }
        let most = asked["MaxResults"].as_u64().unwrap_or(PAGE);
        if !(1..=PAGE).contains(&most) {
            let message = format!("MaxResults should be between 1 and {PAGE}.");
            return Err(Refusal::new(400, "InvalidMaxResultsException", message));
        }
        let mut wanted = Self { attribute, from: from.max(now - REACH), to, most, before: u64::MAX };
        if let Some(token) = asked["NextToken"].as_str() {
            let invalid = || Refusal::new(400, "InvalidNextTokenException", "The next token is not valid.");
            let read = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let (before, rest) = read.as_deref().and_then(|text| text.split_once(' ')).ok_or_else(invalid)?;
            // A token goes with the question that it was given for.
            wanted.before = before.parse().ok().filter(|_| rest == question(asked)).ok_or_else(invalid)?;
        }
        Ok(wanted)
    }
}

fn question(asked: &Value) -> String {
    json!([asked["LookupAttributes"], asked["StartTime"], asked["EndTime"], asked["EventCategory"]]).to_string()
}

const ATTRIBUTES: [&str; 8] =
    ["EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"];

fn lookup(call: &Call, estate: &mut Estate, now: SystemTime, record: &mut Record) -> Result<Value, Refusal> {
    let caller = Caller::of(call, "cloudtrail", estate, now)?;
    record.principal = Some(caller.arn(estate));
    record.region = Some(caller.region.clone());
    if !is_enabled(&caller.region, caller.account(estate)) {
        return Err(Refusal::unknown_key());
    }
    is_allowed("cloudtrail:LookupEvents", "*", &caller, estate, now)?;
    let account = caller.account(estate).id.to_string();
    estate.trail.pace(&account, &caller.region)?;
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let wanted = Wanted::of(&asked, now)?;
    let newest = estate.trail.records.partition_point(|recorded| recorded.number < wanted.before);
    let own = estate.trail.records.range(..newest).rev().filter(|recorded| {
        recorded.account == account
            && recorded.region == caller.region
            && (wanted.from..=wanted.to).contains(&recorded.at)
    });
    let mut found = Vec::new();
    let mut last = None;
    for recorded in own {
        if wanted.attribute.as_ref().is_some_and(|(key, value)| is_another(&recorded.event, key, value)) {
            continue;
        }
        let shown = shown(recorded);
        if wanted.attribute.as_ref().is_some_and(|(key, value)| !has(&shown, key, value)) {
            continue;
        }
        if found.len() as u64 == wanted.most {
            let token = last.map(|number: u64| format!("{number} {}", question(&asked)));
            return Ok(json!({ "Events": found, "NextToken": token.map(|token| URL_SAFE_NO_PAD.encode(token)) }));
        }
        last = Some(recorded.number);
        found.push(shown);
    }
    Ok(json!({ "Events": found }))
}

/// Whether an event is another one at first sight, before it is made ready to be shown.
fn is_another(event: &Value, key: &str, value: &str) -> bool {
    match key {
        "EventName" => event["eventName"] != value,
        "EventId" => event["eventID"] != value,
        "EventSource" => event["eventSource"] != value,
        "AccessKeyId" => event["userIdentity"]["accessKeyId"] != value,
        _ => false,
    }
}

fn has(shown: &Value, key: &str, value: &str) -> bool {
    let resource = |name: &str| {
        let resources = shown["Resources"].as_array().map(Vec::as_slice).unwrap_or_default();
        resources.iter().any(|resource| resource[name] == value)
    };
    match key {
        "ResourceType" => resource("ResourceType"),
        "ResourceName" => resource("ResourceName"),
        other => shown[other] == value,
    }
}

/// An event as LookupEvents shows it.
fn shown(recorded: &Recorded) -> Value {
    let event = &recorded.event;
    let user = &event["userIdentity"];
    let session = user["arn"].as_str().filter(|_| user["type"] == "AssumedRole").and_then(|arn| arn.rsplit('/').next());
    let resource =
        |kind: &str, name: &Value| name.as_str().map(|name| json!({ "ResourceType": kind, "ResourceName": name }));
    let resources = [
        resource("AWS::IAM::AccessKey", &event["responseElements"]["credentials"]["accessKeyId"]),
        resource("AWS::STS::AssumedRole", &event["responseElements"]["assumedRoleUser"]["arn"]),
        resource("AWS::IAM::Role", &event["requestParameters"]["roleArn"]),
    ];
    let seconds = recorded.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    json!({
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "ReadOnly": if event["readOnly"] == true { "true" } else { "false" },
        "AccessKeyId": user["accessKeyId"],
        "EventTime": seconds,
        "EventSource": event["eventSource"],
        "Username": user["userName"].as_str().or(session),
        "Resources": resources.into_iter().flatten().collect::<Vec<_>>(),
        "CloudTrailEvent": event.to_string(),
    })
}
