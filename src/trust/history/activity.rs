//! What was done with some sessions: how often each call was made, when and where, and how it was refused.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::SystemTime;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::event::{Text, text};

/// What was done by the sessions with some keys.
#[derive(Debug)]
pub struct Activity {
    sessions: BTreeMap<Text, BTreeMap<What, Tally>>,
    /// Records that are counted, by their id's hash: the same one may lie in two files, or come twice.
    seen: HashSet<[u8; 16]>,
}

/// Service, operation, error code.
type What = (String, String, Option<String>);

/// How often, when and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// When for the first time.
    pub first: SystemTime,
    /// When for the last time.
    pub last: SystemTime,
    /// In which Regions.
    pub regions: BTreeSet<String>,
}

/// One kind of call that a session made.
#[derive(Debug)]
pub struct Deed<'a> {
    /// `s3`, `iam`, …
    pub service: &'a str,
    /// The call.
    pub operation: &'a str,
    /// AWS's error code, where it was refused.
    pub error: Option<&'a str>,
    /// How often, when and where.
    pub tally: &'a Tally,
}

impl Activity {
    /// Begins to count for the sessions with these keys.
    pub fn of_keys(keys: impl IntoIterator<Item = Text>) -> Self {
        let sessions = keys.into_iter().map(|key| (key, BTreeMap::new())).collect();
        Self { sessions, seen: HashSet::new() }
    }

    /// The keys.
    pub fn keys(&self) -> BTreeSet<Text> {
        self.sessions.keys().cloned().collect()
    }

    /// Counts a record, if one of the sessions made the call and it says when.
    pub fn add(&mut self, record: &Value) {
        let Some(key) = text(record, &["userIdentity", "accessKeyId"]) else { return };
        let Some(done) = self.sessions.get_mut(key) else { return };
        let time = text(record, &["eventTime"]).and_then(|time| humantime::parse_rfc3339(time).ok());
        let Some(time) = time else { return };
        if let Some(id) = text(record, &["eventID"]) {
            let mut hash = [0; 16];
            hash.copy_from_slice(&Sha256::digest(id)[..16]);
            if !self.seen.insert(hash) {
                return;
            }
        }
        let own = |name: &str| text(record, &[name]).unwrap_or_default().to_owned();
        let service = own("eventSource").trim_end_matches(".amazonaws.com").to_owned();
        let error = text(record, &["errorCode"]).map(str::to_owned);
        let new = || Tally { count: 0, first: time, last: time, regions: BTreeSet::new() };
        let tally = done.entry((service, own("eventName"), error)).or_insert_with(new);
        tally.count += 1;
        tally.first = tally.first.min(time);
        tally.last = tally.last.max(time);
        tally.regions.extend(text(record, &["awsRegion"]).map(str::to_owned));
    }

    /// Returns what that session did, by service and operation.
    pub fn of(&self, key: &str) -> impl Iterator<Item = Deed<'_>> {
        self.sessions.get(key).into_iter().flatten().map(|((service, operation, error), tally)| Deed {
            service,
            operation,
            error: error.as_deref(),
            tally,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_counted_by_what_they_were_and_a_record_that_comes_twice_once() {
        let record = |id: &str, key: &str, time: &str, region: &str, error: Option<&str>| {
            json!({
                "eventID": id, "eventTime": time, "eventSource": "s3.amazonaws.com", "eventName": "PutObject",
                "awsRegion": region, "errorCode": error, "userIdentity": { "accessKeyId": key },
            })
        };
        let mut activity = Activity::of_keys([Text::from("ASIAONE")]);
        for record in [
            record("1", "ASIAONE", "2026-11-24T16:00:05Z", "eu-west-1", None),
            record("2", "ASIAONE", "2026-11-24T16:00:01Z", "us-east-1", None),
            record("1", "ASIAONE", "2026-11-24T16:00:05Z", "eu-west-1", None),
            record("3", "ASIAONE", "2026-11-24T16:00:09Z", "eu-west-1", Some("AccessDenied")),
            record("4", "ASIAOTHER", "2026-11-24T16:00:09Z", "eu-west-1", None),
            record("5", "ASIAONE", "yesterday", "eu-west-1", None),
        ] {
            activity.add(&record);
        }
        let deeds: Vec<Deed<'_>> = activity.of("ASIAONE").collect();
        let shown = |deed: &Deed<'_>| {
            let Tally { count, first, last, regions } = deed.tally;
            let seconds = last.duration_since(*first).unwrap().as_secs();
            (deed.error.map(str::to_owned), *count, seconds, regions.len())
        };
        let shown: Vec<_> = deeds.iter().map(shown).collect();
        assert_eq!(shown, [(None, 2, 4, 2), (Some("AccessDenied".to_owned()), 1, 0, 1)]);
        assert_eq!(activity.of("ASIAOTHER").count(), 0);
    }
}
