//! CloudTrail Lake: the event data stores of a scenario, and questions in SQL over what was recorded.
//!
//! A question is answered when it is asked; whoever looks for it finds it running first, as AWS's take their time.
//! Source: AWS CloudTrail API Reference and its model, version 2013-11-01: `StartQuery`, `DescribeQuery`, `GetQueryResults`,
//! `CancelQuery`, `ListEventDataStores`, `GetEventDataStore`.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::Refusal;
use super::super::call::Call;
use super::super::caller::Caller;
use super::super::estate::Estate;
use super::super::fresh;
use super::super::log::Record;
use super::super::sts::is_allowed;
use super::Operation;
use super::sql::Select;

/// A store, as a scenario declares it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Store {
    /// A UUID.
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    /// Whose it is.
    pub(in super::super) account: String,
    #[serde(default = "usual_region")]
    region: String,
    /// Whose accounts' events it has; without it, that one account's.
    #[serde(default)]
    organization: Option<String>,
}

fn usual_region() -> String {
    crate::sandbox::surroundings::REGION.to_owned()
}

/// The stores, and what was asked of them.
#[derive(Debug)]
pub(in super::super) struct Lake {
    stores: Vec<Store>,
    queries: BTreeMap<String, Query>,
}

impl Lake {
    pub(in super::super) fn of(stores: &[Store]) -> Self {
        Self { stores: stores.to_vec(), queries: BTreeMap::new() }
    }
}

#[derive(Debug)]
struct Query {
    account: String,
    /// The store's.
    arn: String,
    statement: String,
    at: SystemTime,
    scanned: usize,
    bytes: usize,
    rows: Vec<Vec<(String, Option<String>)>>,
    /// How often somebody looked whether it is done.
    looked: u32,
    is_cancelled: bool,
}

impl Query {
    fn status(&self) -> &'static str {
        match (self.is_cancelled, self.looked) {
            (true, _) => "CANCELLED",
            (false, 0) => "QUEUED",
            (false, 1) => "RUNNING",
            (false, _) => "FINISHED",
        }
    }
}

const PAGE: u64 = 1_000;

pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Result<Value, Refusal> {
    let caller = Caller::of(call, "cloudtrail", estate, now)?;
    record.principal = Some(caller.arn(estate));
    record.region = Some(caller.region.clone());
    let account = caller.account(estate).id.to_string();
    let partition = caller.account(estate).partition;
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let arn = |store: &Store| {
        format!("arn:{partition}:cloudtrail:{}:{}:eventdatastore/{}", store.region, store.account, store.id)
    };
    let own = |store: &&Store| store.account == account && store.region == caller.region;
    let action = format!("cloudtrail:{}", operation.name());
    let allowed = |resource: &str| is_allowed(&action, resource, &caller, estate, now);
    let missing =
        || Refusal::new(400, "EventDataStoreNotFoundException", "The specified event data store was not found.");
    let unknown =
        || Refusal::new(400, "QueryIdNotFoundException", "The query ID does not exist or does not map to a query.");
    let of_query = |estate: &Estate| {
        let id = asked["QueryId"].as_str().unwrap_or_default().to_owned();
        estate.lake.queries.get(&id).filter(|query| query.account == account).map(|_| id).ok_or_else(unknown)
    };
    let began = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    match operation {
        Operation::ListEventDataStores => {
            allowed("*")?;
            let stores = estate.lake.stores.iter().filter(own);
            let stores = stores.map(|store| json!({ "EventDataStoreArn": arn(store), "Name": store.name }));
            Ok(json!({ "EventDataStores": stores.collect::<Vec<_>>() }))
        }
        Operation::GetEventDataStore => {
            let named = asked["EventDataStore"].as_str().unwrap_or_default();
            let store = estate.lake.stores.iter().filter(own).find(|store| store.id == named || arn(store) == named);
            let store = store.ok_or_else(missing)?;
            allowed(&arn(store))?;
            Ok(json!({
                "EventDataStoreArn": arn(store),
                "Name": store.name,
                "Status": "ENABLED",
                "MultiRegionEnabled": true,
                "OrganizationEnabled": store.organization.is_some(),
                "RetentionPeriod": 366,
                "TerminationProtectionEnabled": true,
                "CreatedTimestamp": began(estate.began),
                "UpdatedTimestamp": began(estate.began),
                "BillingMode": "EXTENDABLE_RETENTION_PRICING",
            }))
        }
        Operation::StartQuery => {
            let statement = asked["QueryStatement"].as_str().unwrap_or_default();
            let invalid = |reason: String| {
                Refusal::new(400, "InvalidQueryStatementException", format!("The query is not valid: {reason}"))
            };
            if statement.is_empty() || statement.len() > 10_000 {
                return Err(invalid("a statement has 1 to 10000 characters".to_owned()));
            }
            let select = Select::parse(statement).map_err(invalid)?;
            let store =
                estate.lake.stores.iter().filter(own).find(|store| store.id == select.from).ok_or_else(missing)?;
            allowed(&arn(store))?;
            let is_of_store = |id: &str| match &store.organization {
                None => id == account,
                Some(organization) => estate
                    .accounts
                    .iter()
                    .any(|one| one.id.as_str() == id && one.organization.as_ref() == Some(organization)),
            };
            let events: Vec<&Value> = estate
                .trail
                .since(0)
                .filter(|recorded| is_of_store(&recorded.account))
                .map(|recorded| &recorded.event)
                .collect();
            let rows = select.rows(events.iter().copied());
            let query = Query {
                account: account.clone(),
                arn: arn(store),
                statement: statement.to_owned(),
                at: now,
                scanned: events.len(),
                bytes: events.len() * 1_000,
                rows,
                looked: 0,
                is_cancelled: false,
            };
            let id = fresh::request_id();
            estate.lake.queries.insert(id.clone(), query);
            Ok(json!({ "QueryId": id }))
        }
        Operation::DescribeQuery => {
            let id = of_query(estate)?;
            allowed(&estate.lake.queries[&id].arn)?;
            let query = estate.lake.queries.get_mut(&id).ok_or_else(unknown)?;
            query.looked += 1;
            Ok(json!({
                "QueryId": id,
                "QueryString": query.statement,
                "QueryStatus": query.status(),
                "QueryStatistics": {
                    "EventsMatched": query.rows.len(),
                    "EventsScanned": query.scanned,
                    "BytesScanned": query.bytes,
                    "ExecutionTimeInMillis": 1,
                    "CreationTime": began(query.at),
                },
            }))
        }
        Operation::GetQueryResults => {
            let id = of_query(estate)?;
            let query = estate.lake.queries.get(&id).ok_or_else(unknown)?;
            allowed(&query.arn)?;
            let most = asked["MaxQueryResults"].as_u64().unwrap_or(PAGE);
            if !(1..=PAGE).contains(&most) {
                let message = format!("MaxQueryResults should be between 1 and {PAGE}.");
                return Err(Refusal::new(400, "InvalidMaxResultsException", message));
            }
            if query.status() != "FINISHED" {
                return Ok(json!({ "QueryStatus": query.status() }));
            }
            let from = match asked["NextToken"].as_str().map(|token| token.strip_prefix("row-").map(str::parse)) {
                None => 0,
                Some(Some(Ok(from))) if from < query.rows.len() => from,
                Some(_) => return Err(Refusal::new(400, "InvalidNextTokenException", "The next token is not valid.")),
            };
            let to = query.rows.len().min(from + usize::try_from(most).unwrap_or(usize::MAX));
            let cells = |row: &Vec<(String, Option<String>)>| -> Value {
                row.iter().map(|(name, value)| json!({ name.as_str(): value.as_deref().unwrap_or_default() })).collect()
            };
            let mut page = json!({
                "QueryStatus": "FINISHED",
                "QueryStatistics": {
                    "ResultsCount": to - from,
                    "TotalResultsCount": query.rows.len(),
                    "BytesScanned": query.bytes,
                },
                "QueryResultRows": query.rows[from..to].iter().map(cells).collect::<Vec<_>>(),
            });
            if to < query.rows.len() {
                page["NextToken"] = json!(format!("row-{to}"));
            }
            Ok(page)
        }
        Operation::CancelQuery => {
            let id = of_query(estate)?;
            allowed(&estate.lake.queries[&id].arn)?;
            let query = estate.lake.queries.get_mut(&id).ok_or_else(unknown)?;
            if query.status() == "FINISHED" || query.is_cancelled {
                let message = "The specified query cannot be canceled because it is in the FINISHED, FAILED, TIMED_OUT, or \
                               CANCELLED state.";
                return Err(Refusal::new(400, "InactiveQueryException", message));
            }
            query.is_cancelled = true;
            Ok(json!({ "QueryId": id, "QueryStatus": "CANCELLED" }))
        }
        Operation::LookupEvents => Ok(Value::Null),
    }
}
