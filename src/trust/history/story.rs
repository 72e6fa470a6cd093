//! Events put together: the two records of a call between accounts are one, and each caller is followed back to the call
//! that gave them their keys.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::event::{Event, Text, Texts};

/// A call for a session, and whose trails it stands in.
#[derive(Clone, Debug)]
pub struct Call {
    /// All that its records tell.
    pub event: Event,
    /// The accounts in whose trails it was found.
    pub seen_in: BTreeSet<Text>,
}

/// All calls.
#[derive(Debug, Default)]
pub struct Story {
    /// What is older is left out.
    oldest: Option<SystemTime>,
    texts: Texts,
    calls: Vec<Call>,
    /// Records by their own id: the same one may lie in two files, or come twice.
    seen: HashMap<Text, usize>,
    /// Calls by what their records have in common.
    shared: HashMap<Text, usize>,
    /// Calls by the key that they gave out.
    issued: HashMap<Text, usize>,
}

/// No chain is longer that AWS lets anybody make in the time that a session lasts; what says otherwise is made up.
const LONGEST_CHAIN: usize = 64;

/// No session lives longer: what gave a caller their keys is not older than that.
/// Source: STS API Reference, `GetSessionToken`.
const LONGEST_SESSION: Duration = Duration::from_secs(129_600);

impl Story {
    /// Begins a story of what was called from then on; what the callers' keys came from is kept, too.
    pub fn from(time: Option<SystemTime>) -> Self {
        Self { oldest: time.and_then(|time| time.checked_sub(LONGEST_SESSION)), ..Self::default() }
    }

    /// Nothing from before is kept.
    pub fn oldest(&self) -> Option<SystemTime> {
        self.oldest
    }

    /// Adds a record. Returns whether it is of a call for a session.
    pub fn add(&mut self, record: &Value) -> bool {
        let Some(event) = Event::of(record, &mut self.texts) else { return false };
        if self.oldest.is_some_and(|oldest| event.time < oldest) {
            return true;
        }
        if let Some(id) = &event.id
            && self.seen.contains_key(id)
        {
            return true;
        }
        let half = event.shared_id.as_ref().and_then(|id| self.shared.get(id)).copied();
        let at = half.unwrap_or(self.calls.len());
        if let Some(id) = &event.id {
            self.seen.insert(id.clone(), at);
        }
        if let Some(key) = &event.issued_key {
            self.issued.insert(key.clone(), at);
        }
        let recipient = event.recipient.clone();
        match half {
            Some(at) => {
                self.calls[at].event.fill_from(&event);
                self.calls[at].seen_in.extend(recipient);
            }
            None => {
                if let Some(id) = &event.shared_id {
                    self.shared.insert(id.clone(), at);
                }
                self.calls.push(Call { event, seen_in: recipient.into_iter().collect() });
            }
        }
        true
    }

    /// Returns the calls, oldest first; of one moment, a caller's own call comes first.
    pub fn calls(&self) -> Vec<&Call> {
        let mut calls: Vec<&Call> = self.calls.iter().collect();
        calls.sort_by_cached_key(|call| (call.event.time, self.chain(call).len(), call.event.id.clone()));
        calls
    }

    /// How many calls there are.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Returns which sessions were made of others: those that were had with a key, by that key, in the order of time.
    pub fn onward(&self) -> Onward<'_> {
        let mut made: HashMap<&str, Vec<&Call>> = HashMap::new();
        for call in self.calls.iter().filter(|call| call.event.issued_key.is_some()) {
            if let Some(key) = call.event.actor.key.as_deref() {
                made.entry(key).or_default().push(call);
            }
        }
        made.values_mut().for_each(|calls| calls.sort_by_key(|call| call.event.time));
        Onward(made)
    }

    /// Returns the calls that the caller got their keys from: the last one first.
    pub fn chain<'s>(&'s self, call: &'s Call) -> Vec<&'s Call> {
        let mut chain = Vec::new();
        let mut last = call;
        while let Some(before) = last.event.actor.key.as_ref().and_then(|key| self.issued.get(key)) {
            last = &self.calls[*before];
            chain.push(last);
            if chain.len() == LONGEST_CHAIN {
                break;
            }
        }
        chain
    }
}

/// Sessions by the key that they were had with.
#[derive(Debug)]
pub struct Onward<'s>(HashMap<&'s str, Vec<&'s Call>>);

impl<'s> Onward<'s> {
    /// Returns all that came of a session over any number of steps, each before what came of it.
    pub fn of(&self, key: &str) -> Vec<&'s Call> {
        let mut found: Vec<&Call> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut waiting: Vec<&Call> = self.0.get(key).into_iter().flatten().rev().copied().collect();
        while let Some(call) = waiting.pop() {
            let Some(own) = call.event.issued_key.as_deref().filter(|own| *own != key && seen.insert(own)) else {
                continue;
            };
            found.push(call);
            waiting.extend(self.0.get(own).into_iter().flatten().rev());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(id: &str, more: Value) -> Value {
        let mut record = json!({
            "eventID": id,
            "eventTime": "2026-11-24T16:00:00Z",
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
        });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    }

    fn issues(key: &str) -> Value {
        json!({ "credentials": { "accessKeyId": key, "sessionToken": "token", "expiration": "later" } })
    }

    #[test]
    fn the_two_records_of_a_call_between_accounts_are_one_call_whichever_comes_first() {
        let role = "arn:aws:iam::444455556666:role/partners/Reports";
        let caller = record(
            "1",
            json!({
                "sharedEventID": "both",
                "recipientAccountId": "111122223333",
                "userIdentity": {
                    "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice", "accountId": "111122223333",
                    "accessKeyId": "AKIAALICE",
                },
                "requestParameters": { "roleArn": role, "externalId": "ours", "serialNumber": "device" },
                "responseElements": issues("ASIAONE"),
            }),
        );
        let target = record(
            "2",
            json!({
                "sharedEventID": "both",
                "recipientAccountId": "444455556666",
                "userIdentity": { "type": "AWSAccount", "principalId": "AIDA", "accountId": "111122223333" },
                "requestParameters": { "roleArn": role, "externalId": "ours" },
                "responseElements": issues("ASIAONE"),
            }),
        );
        for records in [[&caller, &target], [&target, &caller]] {
            let mut story = Story::default();
            for record in records.into_iter().chain(records) {
                assert!(story.add(record));
            }
            let calls = story.calls();
            let [call] = calls.as_slice() else { panic!("{calls:?}") };
            let said = |text: &Option<Text>| text.as_deref().map(str::to_owned);
            assert_eq!(said(&call.event.actor.arn).as_deref(), Some("arn:aws:iam::111122223333:user/alice"));
            assert_eq!(said(&call.event.actor.kind).as_deref(), Some("IAMUser"));
            assert_eq!(said(&call.event.actor.principal_id).as_deref(), Some("AIDA"));
            assert_eq!(said(&call.event.mfa_serial).as_deref(), Some("device"));
            assert_eq!(said(&call.event.id).as_deref(), Some("1"));
            assert_eq!(call.seen_in.iter().map(|id| &**id).collect::<Vec<_>>(), ["111122223333", "444455556666"]);
        }
    }

    #[test]
    fn a_chain_is_followed_back_over_every_hop_and_a_made_up_circle_ends() {
        let hop = |id: &str, by: &str, gives: &str| {
            record(id, json!({ "userIdentity": { "accessKeyId": by }, "responseElements": issues(gives) }))
        };
        let mut story = Story::default();
        for record in [hop("3", "ASIATWO", "ASIATHREE"), hop("1", "AKIA", "ASIAONE"), hop("2", "ASIAONE", "ASIATWO")] {
            story.add(&record);
        }
        let ids =
            |calls: Vec<&Call>| calls.iter().map(|call| call.event.id.clone().unwrap().to_string()).collect::<Vec<_>>();
        let calls = story.calls();
        assert_eq!(ids(story.chain(calls[2])), ["2", "1"]);
        assert_eq!(ids(calls), ["1", "2", "3"]);
        story.add(&hop("4", "ASIACIRCLE", "ASIACIRCLE"));
        assert_eq!(story.chain(story.calls().last().unwrap()).len(), LONGEST_CHAIN);
    }

    #[test]
    fn whatever_is_missing_or_of_another_kind_a_record_is_read_or_left_out() {
        let mut story = Story::default();
        for other in [
            json!(null),
            json!([]),
            json!({ "eventName": "AssumeRole" }),
            record("1", json!({ "eventTime": "yesterday" })),
            record("1", json!({ "eventName": "GetCallerIdentity" })),
            record("1", json!({ "eventSource": "s3.amazonaws.com" })),
        ] {
            assert!(!story.add(&other), "{other}");
        }
        for read in [
            record("1", json!({})),
            record("2", json!({ "userIdentity": null, "requestParameters": "text", "responseElements": [1] })),
            record("3", json!({ "eventID": 3, "userIdentity": { "arn": 7, "sessionContext": [] } })),
        ] {
            assert!(story.add(&read), "{read}");
        }
        assert_eq!(story.len(), 3);
    }

    #[test]
    fn what_came_of_a_session_is_found_over_every_hop_and_a_made_up_circle_ends() {
        let hop = |id: &str, by: &str, gives: &str| {
            record(id, json!({ "userIdentity": { "accessKeyId": by }, "responseElements": issues(gives) }))
        };
        let mut story = Story::default();
        let hops = [("3", "TWO", "THREE"), ("1", "AKIA", "ONE"), ("2", "ONE", "TWO"), ("4", "THREE", "ONE")];
        for record in hops.iter().map(|(id, by, gives)| hop(id, by, gives)) {
            story.add(&record);
        }
        let onward = story.onward();
        let ids = |key: &str| -> Vec<String> {
            onward.of(key).iter().map(|call| call.event.id.as_deref().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("ONE"), ["2", "3"]);
        assert_eq!(ids("AKIA"), ["1", "2", "3"]);
        assert!(ids("nobody").is_empty());
    }
}
