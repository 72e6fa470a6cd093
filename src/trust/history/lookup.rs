//! CloudTrail itself, asked by LookupEvents: page by page, no faster than it allows, and its Regions side by side.
//!
//! Source: AWS CloudTrail API Reference, `LookupEvents`: two requests a second for each account and Region, 50 events a
//! page, 90 days, one Region, one attribute.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::event;
use super::journal::{By, Journal, Search};
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::session::Credentials;
use crate::terms::Region;

/// Why a lookup came to no end. What it has so far is kept.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The answer was no, or there was none.
    #[error("CloudTrail of {region} cannot be read")]
    Aws {
        /// Where.
        region: String,
        /// What came of it.
        source: AwsError,
    },
    /// What was looked up cannot be kept.
    #[error("what is looked up cannot be kept")]
    Journal(#[from] io::Error),
}

/// How CloudTrail is asked.
#[derive(Debug)]
pub struct Lookup<'a> {
    /// The line.
    pub line: &'a Line<'a>,
    /// Who asks.
    pub by: &'a Credentials,
    /// Another host than AWS's own.
    pub endpoint: Option<&'a url::Url>,
    /// Whether CloudTrail may have been asked a moment ago.
    pub again: bool,
}

/// One page.
#[derive(Debug)]
struct Page {
    events: Vec<Value>,
    next: Option<String>,
}

/// When a Region may be asked next.
#[derive(Debug, Default)]
struct Turn {
    /// When it answered last, and the time before.
    answered: [Option<Instant>; 2],
    /// How often in a row it failed.
    failed: u32,
    /// How long it is left alone beyond that.
    pause: Duration,
}

/// What came of asking a Region for one page of the search with that number.
struct Asked {
    region: String,
    number: usize,
    answer: Result<Page, AwsError>,
}

/// Two in a second: the third is not sent before a second is over since the first was answered, and a little more.
const INTERVAL: Duration = Duration::from_millis(1_050);
/// How many Regions are asked at once.
const SIDE_BY_SIDE: usize = 16;
/// How often in a row a page may fail for reasons that pass.
const PATIENCE: u32 = 6;
/// What is said where nothing is known of it beforehand: the longest that anybody waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(16);
/// How far back CloudTrail remembers: 90 days.
pub const REACH: Duration = Duration::from_secs(90 * 86_400);

impl Lookup<'_> {
    /// Looks up all that the journal lacks. `progress` hears of each page. Returns the Regions that refuse whoever asks, each
    /// with its answer: what was done there is not known.
    pub fn fill(
        &self,
        journal: &mut Journal,
        mut progress: impl FnMut(&Journal),
    ) -> Result<Vec<LookupError>, LookupError> {
        let regions: Vec<Region> = journal.searches().iter().filter_map(|search| search.region.parse().ok()).collect();
        let setup = |source| LookupError::Aws { region: "every Region".to_owned(), source };
        let looked = self.line.call(|clients| {
            let client = |region: &Region| clients.cloudtrail(region, self.endpoint, self.by, Tries::Once);
            let clients = regions.iter().map(|region| (region.to_string(), client(region))).collect();
            fill(clients, journal, self.again, &mut progress)
        });
        looked.map_err(setup)?
    }
}

/// Each Region has one request under way at most: its next page is known when the last one has come.
async fn fill(
    clients: BTreeMap<String, Client>,
    journal: &mut Journal,
    again: bool,
    progress: &mut impl FnMut(&Journal),
) -> Result<Vec<LookupError>, LookupError> {
    // Whoever was killed may have asked a moment ago.
    let before = (journal.is_resumed || again).then(Instant::now);
    let mut turns: BTreeMap<String, Turn> =
        clients.keys().map(|region| (region.clone(), Turn { answered: [before; 2], ..Turn::default() })).collect();
    let side_by_side = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut asked: JoinSet<Asked> = JoinSet::new();
    let ask = |region: &str, turn: &Turn, journal: &Journal, asked: &mut JoinSet<Asked>| {
        let searches = journal.searches().iter().enumerate();
        let mut next = searches.filter(|(_, search)| !search.is_done && search.region == region);
        let (Some((number, search)), Some(client)) = (next.next(), clients.get(region)) else { return };
        let (client, search, times) = (client.clone(), search.clone(), journal.times());
        let (region, at, side_by_side) = (region.to_owned(), turn.at(), Arc::clone(&side_by_side));
        asked.spawn(async move {
            if let Some(at) = at {
                tokio::time::sleep_until(at.into()).await;
            }
            let _turn = side_by_side.acquire().await;
            Asked { region, number, answer: page(&client, &search, times).await }
        });
    };
    for (region, turn) in &turns {
        ask(region, turn, journal, &mut asked);
    }
    let mut refused = Vec::new();
    while let Some(joined) = asked.join_next().await {
        let Asked { region, number, answer } = joined.map_err(io::Error::other)?;
        let Some(turn) = turns.get_mut(&region) else { continue };
        turn.answered = [Some(Instant::now()), turn.answered[0]];
        turn.pause = Duration::ZERO;
        match answer {
            Ok(page) => {
                turn.failed = 0;
                journal.take(number, &page.events, page.next)?;
            }
            Err(AwsError::Refused(refusal)) if refusal.code == "InvalidNextTokenException" && turn.failed == 0 => {
                turn.failed += 1;
                journal.begin_again(number)?;
            }
            Err(error) if passes(&error) && turn.failed < PATIENCE => {
                turn.failed += 1;
                turn.pause = Duration::from_secs(1 << (turn.failed - 1)).min(LONGEST_PAUSE);
            }
            Err(source) if is_for_good(&source) => {
                refused.push(LookupError::Aws { region, source });
                continue;
            }
            Err(source) => return Err(LookupError::Aws { region, source }),
        }
        progress(journal);
        if let Some(turn) = turns.get(&region) {
            ask(&region, turn, journal, &mut asked);
        }
    }
    Ok(refused)
}

impl Turn {
    /// When the next request may be sent; `None` is at once.
    fn at(&self) -> Option<Instant> {
        let by_pace = self.answered[1].map(|before| before + INTERVAL);
        let by_pause = self.answered[0].map(|last| last + self.pause);
        by_pace.max(by_pause)
    }
}

/// Asks for one page. Sent once: who is told that it was too fast waits between two pages.
async fn page(client: &Client, search: &Search, (from, to): (u64, u64)) -> Result<Page, AwsError> {
    let (key, value) = match &search.by {
        By::Operation(operation) => (LookupAttributeKey::EventName, operation),
        By::Key(key) => (LookupAttributeKey::AccessKeyId, key),
    };
    let attribute = LookupAttribute::builder()
        .attribute_key(key)
        .attribute_value(value)
        .build()
        .map_err(|error| AwsError::Setup { reason: error.to_string() })?;
    let time = |seconds: u64| DateTime::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    let call = client.lookup_events().lookup_attributes(attribute);
    let call = call.start_time(time(from)).end_time(time(to)).max_results(50);
    let answer = call.set_next_token(search.token.clone()).send().await;
    let answer = answer.map_err(|error| from_sdk("CloudTrail", "LookupEvents", error))?;
    let events = answer.events().iter().filter_map(|event| {
        let mut event: Value = serde_json::from_str(event.cloud_trail_event()?).ok()?;
        match &search.by {
            By::Operation(_) => event::without_token(&mut event),
            By::Key(_) => event = event::as_done(&event),
        }
        Some(event)
    });
    Ok(Page { events: events.collect(), next: answer.next_token().map(str::to_owned) })
}

fn passes(error: &AwsError) -> bool {
    match error {
        AwsError::Refused(refusal) => refusal.is_passing(),
        AwsError::NoAnswer { .. } => true,
        AwsError::CaBundle { .. } | AwsError::Setup { .. } => false,
    }
}

/// Whether it is this Region that says no, to whoever may ask others: by a policy, or since it is not enabled.
fn is_for_good(error: &AwsError) -> bool {
    match error {
        AwsError::Refused(refusal) => {
            refusal.code.starts_with("AccessDenied")
                || ["UnrecognizedClientException", "OptInRequired"].contains(&refusal.code.as_str())
        }
        AwsError::NoAnswer { .. } | AwsError::CaBundle { .. } | AwsError::Setup { .. } => false,
    }
}
