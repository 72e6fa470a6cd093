//! CloudTrail itself, asked by LookupEvents: page by page, no faster than it allows.
//!
//! Source: AWS CloudTrail API Reference, `LookupEvents`: two requests a second for each account and Region, 50 events a
//! page, 90 days, one Region, one attribute.

use std::io;
use std::time::{Duration, Instant};

use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;
use serde_json::Value;

use super::journal::{Journal, Search};
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
}

/// One page.
#[derive(Debug)]
struct Page {
    events: Vec<Value>,
    next: Option<String>,
}

/// When a Region may be asked next.
#[derive(Debug)]
struct Turn {
    region: Region,
    at: Instant,
    failed: u32,
}

/// Two in a second, with room for a request that is faster on its way than the one before it.
const INTERVAL: Duration = Duration::from_millis(550);
/// How often in a row a page may fail for reasons that pass.
const PATIENCE: u32 = 6;
/// What is said where nothing is known of it beforehand: the longest that anybody waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(16);
/// How far back CloudTrail remembers: 90 days.
pub const REACH: Duration = Duration::from_secs(90 * 86_400);

impl Lookup<'_> {
    /// Looks up all that the journal lacks. `progress` hears of each page: the Region, and how many events there are.
    pub fn fill(
        &self,
        journal: &mut Journal,
        regions: &[Region],
        mut progress: impl FnMut(&Region, u64),
    ) -> Result<(), LookupError> {
        // Whoever was killed may have asked a moment ago.
        let first = if journal.is_resumed { Instant::now() + INTERVAL * 2 } else { Instant::now() };
        let mut turns: Vec<Turn> =
            regions.iter().map(|region| Turn { region: region.clone(), at: first, failed: 0 }).collect();
        loop {
            let next = |turn: &Turn| {
                let searches = journal.searches().iter();
                searches.enumerate().find(|(_, search)| !search.is_done && search.region == turn.region.as_str())
            };
            let due = turns.iter().enumerate().filter_map(|(index, turn)| Some((turn.at, index, next(turn)?)));
            let Some((at, index, (number, search))) = due.min_by_key(|(at, index, _)| (*at, *index)) else {
                return Ok(());
            };
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            let turn = &mut turns[index];
            let answer = self.page(&turn.region, search, journal.times());
            turn.at = Instant::now() + INTERVAL;
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
                    turn.at += Duration::from_secs(1 << (turn.failed - 1)).min(LONGEST_PAUSE);
                }
                Err(source) => return Err(LookupError::Aws { region: turn.region.to_string(), source }),
            }
            progress(&turns[index].region, journal.len());
        }
    }

    /// Asks for one page. Sent once: who is told that it was too fast waits here.
    fn page(&self, region: &Region, search: &Search, (from, to): (u64, u64)) -> Result<Page, AwsError> {
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::EventName)
            .attribute_value(&search.operation)
            .build()
            .map_err(|error| AwsError::Setup { reason: error.to_string() })?;
        let time = |seconds: u64| DateTime::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        let answer = self.line.call(|clients| {
            let call = clients.cloudtrail(region, self.endpoint, self.by, Tries::Once).lookup_events();
            call.lookup_attributes(attribute)
                .start_time(time(from))
                .end_time(time(to))
                .max_results(50)
                .set_next_token(search.token.clone())
                .send()
        })?;
        let answer = answer.map_err(|error| from_sdk("CloudTrail", "LookupEvents", error))?;
        let events = answer.events().iter().filter_map(|event| {
            let mut event: Value = serde_json::from_str(event.cloud_trail_event()?).ok()?;
            // CloudTrail shows the token of a session that was given out, and nobody here needs it.
            let given = event.pointer_mut("/responseElements/credentials").and_then(Value::as_object_mut);
            given.map(|credentials| credentials.remove("sessionToken"));
            Some(event)
        });
        Ok(Page { events: events.collect(), next: answer.next_token().map(str::to_owned) })
    }
}

fn passes(error: &AwsError) -> bool {
    match error {
        AwsError::Refused(refusal) => refusal.is_passing(),
        AwsError::NoAnswer { .. } => true,
        AwsError::CaBundle { .. } | AwsError::Setup { .. } => false,
    }
}
