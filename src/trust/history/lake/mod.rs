//! CloudTrail Lake: an event data store is asked in SQL, waited for, and read page by page.
//!
//! AWS charges for what a question scans, by the GB, so only what is needed is asked for; whoever stops waiting has the
//! question cancelled. Source: AWS CloudTrail API Reference, `StartQuery`, `DescribeQuery`, `GetQueryResults`,
//! `CancelQuery`.

mod statement;

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_cloudtrail::types::QueryStatus;
use serde_json::Value;

use self::statement::Asked;
use super::event::Text;
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::session::Credentials;
use crate::terms::{AccountId, Region};

/// Which store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Store {
    id: String,
    /// Where it is, if its ARN says so.
    pub region: Option<Region>,
}

/// Why a text names no store.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{0}` names no event data store: its ID is a UUID, its ARN arn:aws:cloudtrail:REGION:ACCOUNT:eventdatastore/ID"
)]
pub struct InvalidStore(String);

/// Why a store could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The answer was no, or there was none.
    #[error("CloudTrail Lake of {region} cannot be asked")]
    Aws {
        /// Where.
        region: String,
        /// What came of it.
        source: AwsError,
    },
    /// There is no such store.
    #[error("there is no event data store {id} in {region}")]
    NoStore {
        /// Its ID.
        id: String,
        /// Where.
        region: String,
        /// Those that there are: name and ARN.
        others: Vec<(String, String)>,
    },
    /// AWS gave up.
    #[error("the query ended as {status}{}", said(.reason.as_deref()))]
    Failed {
        /// How.
        status: String,
        /// Why.
        reason: Option<String>,
    },
    /// Whoever asked stopped waiting.
    #[error("the query was cancelled")]
    Cancelled,
}

fn said(reason: Option<&str>) -> String {
    reason.map(|reason| format!(": {reason}")).unwrap_or_default()
}

impl FromStr for Store {
    type Err = InvalidStore;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidStore(text.to_owned());
        let (id, region) = match text.strip_prefix("arn:") {
            None => (text, None),
            Some(arn) => {
                let parts: Vec<&str> = arn.split(':').collect();
                let [_, "cloudtrail", region, _, resource] = parts[..] else { return Err(invalid()) };
                let id = resource.strip_prefix("eventdatastore/").ok_or_else(invalid)?;
                (id, Some(region.parse().map_err(|_| invalid())?))
            }
        };
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        let is_uuid = lengths == [8, 4, 4, 4, 12] && id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
        if is_uuid { Ok(Self { id: id.to_ascii_lowercase(), region }) } else { Err(invalid()) }
    }
}

/// How a store is asked.
#[derive(Debug)]
pub struct Lake<'a> {
    /// The line.
    pub line: &'a Line<'a>,
    /// Who asks.
    pub by: &'a Credentials,
    /// Another host than AWS's own.
    pub endpoint: Option<&'a url::Url>,
    /// Where the store is.
    pub region: &'a Region,
    /// The store.
    pub store: &'a Store,
    /// Only events of these accounts; none is all.
    pub accounts: &'a [AccountId],
    /// Only events of these Regions; none is all.
    pub regions: &'a [Region],
    /// Nothing from before.
    pub from: Option<SystemTime>,
    /// Nothing from after.
    pub to: SystemTime,
}

/// What a question cost and brought.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cost {
    /// Rows that came.
    pub events: u64,
    /// Bytes that AWS scanned, and charges for.
    pub bytes: u64,
}

/// A statement has 10,000 characters at most.
const KEYS: usize = 200;
/// How long is waited between two looks: longer each time, up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often it is looked whether somebody wants to stop.
const BLINK: Duration = Duration::from_millis(100);

impl Lake<'_> {
    fn failed(&self, source: AwsError) -> LakeError {
        LakeError::Aws { region: self.region.to_string(), source }
    }

    fn client(&self, clients: &crate::aws::Clients) -> aws_sdk_cloudtrail::Client {
        clients.cloudtrail(self.region, self.endpoint, self.by, Tries::Several)
    }

    /// Returns the store's name.
    pub fn name(&self) -> Result<String, LakeError> {
        let answer = self
            .line
            .call(|clients| self.client(clients).get_event_data_store().event_data_store(&self.store.id).send());
        let answer = answer.map_err(|error| self.failed(error))?;
        match answer.map_err(|error| from_sdk("CloudTrail", "GetEventDataStore", error)) {
            Ok(store) => Ok(store.name().unwrap_or(&self.store.id).to_owned()),
            Err(AwsError::Refused(refusal)) if refusal.code == "EventDataStoreNotFoundException" => {
                let (id, region) = (self.store.id.clone(), self.region.to_string());
                Err(LakeError::NoStore { id, region, others: self.others()? })
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    fn others(&self) -> Result<Vec<(String, String)>, LakeError> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let answer = self
                .line
                .call(|clients| self.client(clients).list_event_data_stores().set_next_token(token.clone()).send());
            let page = answer.map_err(|error| self.failed(error))?;
            let page = page.map_err(|error| self.failed(from_sdk("CloudTrail", "ListEventDataStores", error)))?;
            found.extend(page.event_data_stores().iter().map(|store| {
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                (text(store.name()), text(store.event_data_store_arn()))
            }));
            let next = page.next_token().map(str::to_owned);
            if next.is_none() || next == token {
                return Ok(found);
            }
            token = next;
        }
    }

    /// Asks for the calls for a session, or for the calls that were signed with one of these keys, and gives each to `each`.
    /// `stopped` says whether somebody wants to stop; `progress` hears how it goes.
    pub fn ask(
        &self,
        keys: Option<&BTreeSet<Text>>,
        each: &mut dyn FnMut(&Value),
        stopped: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<Cost, LakeError> {
        let accounts: Vec<&str> = self.accounts.iter().map(AccountId::as_str).collect();
        let regions: Vec<&str> = self.regions.iter().map(Region::as_str).collect();
        let all: Option<Vec<&str>> = keys.map(|keys| keys.iter().map(|key| &**key).collect());
        let parts: Vec<Option<&[&str]>> = match &all {
            None => vec![None],
            Some(keys) => keys.chunks(KEYS).map(Some).collect(),
        };
        let mut cost = Cost::default();
        for keys in parts {
            let asked = Asked {
                store: &self.store.id,
                from: self.from,
                to: self.to,
                accounts: &accounts,
                regions: &regions,
                keys,
            };
            let query = self.start(&asked.statement())?;
            cost.bytes += self.wait(&query, stopped, progress)?;
            cost.events += self.read(&query, &asked, each, stopped, progress)?;
        }
        Ok(cost)
    }

    fn start(&self, statement: &str) -> Result<String, LakeError> {
        let answer = self.line.call(|clients| self.client(clients).start_query().query_statement(statement).send());
        let answer = answer.map_err(|error| self.failed(error))?;
        let answer = answer.map_err(|error| self.failed(from_sdk("CloudTrail", "StartQuery", error)))?;
        Ok(answer.query_id().unwrap_or_default().to_owned())
    }

    /// Waits until AWS is done. Returns how many bytes it scanned.
    fn wait(
        &self,
        query: &str,
        stopped: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<u64, LakeError> {
        let mut pause = Duration::from_millis(300);
        loop {
            let answer = self.line.call(|clients| self.client(clients).describe_query().query_id(query).send());
            let answer = answer.map_err(|error| self.failed(error))?;
            let answer = answer.map_err(|error| self.failed(from_sdk("CloudTrail", "DescribeQuery", error)))?;
            let scanned = answer.query_statistics().and_then(|statistics| statistics.bytes_scanned());
            let scanned = scanned.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default();
            match answer.query_status() {
                Some(QueryStatus::Finished) => return Ok(scanned),
                Some(QueryStatus::Queued | QueryStatus::Running) | None => progress("being asked", scanned),
                Some(QueryStatus::Cancelled) => return Err(LakeError::Cancelled),
                Some(other) => {
                    let reason = answer.error_message().map(str::to_owned);
                    return Err(LakeError::Failed { status: other.as_str().to_owned(), reason });
                }
            }
            let until = Instant::now() + pause;
            while Instant::now() < until {
                if stopped() {
                    return Err(self.cancel(query));
                }
                std::thread::sleep(BLINK);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// What cannot be cancelled is done already, or ends by itself.
    fn cancel(&self, query: &str) -> LakeError {
        let _ = self.line.call(|clients| self.client(clients).cancel_query().query_id(query).send());
        LakeError::Cancelled
    }

    fn read(
        &self,
        query: &str,
        asked: &Asked<'_>,
        each: &mut dyn FnMut(&Value),
        stopped: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<u64, LakeError> {
        let mut events = 0;
        let mut token: Option<String> = None;
        loop {
            let answer = self.line.call(|clients| {
                let call = self.client(clients).get_query_results().query_id(query).max_query_results(1_000);
                call.set_next_token(token.clone()).send()
            });
            let page = answer.map_err(|error| self.failed(error))?;
            let page = page.map_err(|error| self.failed(from_sdk("CloudTrail", "GetQueryResults", error)))?;
            for row in page.query_result_rows() {
                let cells: HashMap<String, &String> =
                    row.iter().flatten().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
                each(&asked.record(|name| cells.get(name).map(|value| (*value).clone())));
                events += 1;
            }
            progress("read", events);
            let next = page.next_token().map(str::to_owned);
            if next.is_none() || next == token {
                return Ok(events);
            }
            if stopped() {
                return Err(LakeError::Cancelled);
            }
            token = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_named_by_its_id_or_its_arn() {
        let id = "11111111-2222-3333-4444-5555555555ab";
        let arn = format!("arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/{id}");
        assert_eq!(id.parse(), Ok(Store { id: id.to_owned(), region: None }));
        assert_eq!(arn.parse(), Ok(Store { id: id.to_owned(), region: "eu-west-1".parse().ok() }));
        for text in ["", "all", "x' OR 1=1", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/x", "arn:aws:s3:::x"] {
            assert!(text.parse::<Store>().is_err(), "{text}");
        }
    }
}
