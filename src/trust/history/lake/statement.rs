//! What a store is asked: only the columns that are needed, of the calls that are meant, and rows back into records.
//!
//! Source: CloudTrail User Guide, "CloudTrail Lake SQL constraints", "Supported SQL schemas for event data stores".

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::super::event::OPERATIONS;
use crate::terms::show_time;

/// A column: the name that it is given, what it is, and where a record has it.
type Column = (&'static str, &'static str, &'static [&'static str]);

const COMMON: [Column; 7] = [
    ("event_id", "eventID", &["eventID"]),
    ("event_time", "eventTime", &["eventTime"]),
    ("event_source", "eventSource", &["eventSource"]),
    ("event_name", "eventName", &["eventName"]),
    ("region", "awsRegion", &["awsRegion"]),
    ("error_code", "errorCode", &["errorCode"]),
    ("caller_key", "userIdentity.accessKeyId", &["userIdentity", "accessKeyId"]),
];

const OF_SESSIONS: [Column; 17] = [
    ("shared_id", "sharedEventID", &["sharedEventID"]),
    ("recipient", "recipientAccountId", &["recipientAccountId"]),
    ("source_ip", "sourceIPAddress", &["sourceIPAddress"]),
    ("user_agent", "userAgent", &["userAgent"]),
    ("caller_type", "userIdentity.type", &["userIdentity", "type"]),
    ("caller_id", "userIdentity.principalId", &["userIdentity", "principalId"]),
    ("caller_arn", "userIdentity.arn", &["userIdentity", "arn"]),
    ("caller_account", "userIdentity.accountId", &["userIdentity", "accountId"]),
    ("caller_name", "userIdentity.userName", &["userIdentity", "userName"]),
    ("invoked_by", "userIdentity.invokedBy", &["userIdentity", "invokedBy"]),
    (
        "mfa",
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
        &["userIdentity", "sessionContext", "attributes", "mfaAuthenticated"],
    ),
    ("role_arn", "element_at(requestParameters, 'roleArn')", &["requestParameters", "roleArn"]),
    ("session_name", "element_at(requestParameters, 'roleSessionName')", &["requestParameters", "roleSessionName"]),
    ("external_id", "element_at(requestParameters, 'externalId')", &["requestParameters", "externalId"]),
    ("source_identity", "element_at(requestParameters, 'sourceIdentity')", &["requestParameters", "sourceIdentity"]),
    ("mfa_serial", "element_at(requestParameters, 'serialNumber')", &["requestParameters", "serialNumber"]),
    (
        "issued_key",
        "json_extract_scalar(element_at(responseElements, 'credentials'), '$.accessKeyId')",
        &["responseElements", "credentials", "accessKeyId"],
    ),
];

/// What is asked of a store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The store's id, a UUID.
    pub(super) store: &'a str,
    /// Nothing from before.
    pub(super) from: Option<SystemTime>,
    pub(super) to: SystemTime,
    /// Only events of these accounts, and of these Regions; none is all.
    pub(super) accounts: &'a [&'a str],
    pub(super) regions: &'a [&'a str],
    /// The calls that were signed with these keys; `None` is the calls for a session.
    pub(super) keys: Option<&'a [&'a str]>,
}

impl Asked<'_> {
    pub(super) fn statement(&self) -> String {
        let columns: Vec<String> = self
            .columns()
            .map(|(name, what, _)| match *name {
                "event_time" => format!("{what} AS {name}"),
                // A value that is null has no place in an answer.
                name => format!("coalesce({what}, '') AS {name}"),
            })
            .collect();
        let one_of = |what: &str, values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
            (!values.is_empty()).then(|| format!("{what} IN ({})", values.join(", ")))
        };
        let time = |time: SystemTime| literal(&show_time(time).replace('T', " ").replace('Z', ""));
        let calls = match self.keys {
            Some(keys) => one_of("userIdentity.accessKeyId", keys),
            None => {
                one_of("eventName", &OPERATIONS).map(|names| format!("eventSource = 'sts.amazonaws.com' AND {names}"))
            }
        };
        // What happens within this second is not over.
        let to = self.to + Duration::from_secs(1);
        let tests = [
            self.from.map(|from| format!("eventTime >= {}", time(from))),
            Some(format!("eventTime <= {}", time(to))),
            calls,
            one_of("recipientAccountId", self.accounts),
            one_of("awsRegion", self.regions),
        ];
        let tests: Vec<String> = tests.into_iter().flatten().collect();
        format!("SELECT {} FROM {} WHERE {}", columns.join(", "), self.store, tests.join(" AND "))
    }

    fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let more = if self.keys.is_some() { &[][..] } else { &OF_SESSIONS[..] };
        COMMON.iter().chain(more)
    }

    /// Returns the record that a row tells of: `value` knows a column by its name.
    pub(super) fn record(&self, value: impl Fn(&str) -> Option<String>) -> Value {
        let mut record = json!({});
        for (name, _, path) in self.columns() {
            let Some(text) = value(name).filter(|text| !text.is_empty()) else { continue };
            let text = if *name == "event_time" { as_rfc3339(&text) } else { text };
            put(&mut record, path, text);
        }
        record
    }
}

fn put(record: &mut Value, path: &[&str], text: String) {
    match path {
        [] => *record = Value::from(text),
        [first, rest @ ..] => {
            if !record.is_object() {
                *record = Value::from(Map::new());
            }
            put(&mut record[*first], rest, text);
        }
    }
}

/// `2026-11-24 16:00:00.000` as records have it.
fn as_rfc3339(text: &str) -> String {
    let seconds: String = text.chars().take(19).collect();
    format!("{}Z", seconds.replace(' ', "T"))
}

/// Returns a text as SQL has it: whatever is in it, it ends where it ends.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(keys: Option<&'a [&'a str]>, accounts: &'a [&'a str]) -> Asked<'a> {
        let from = Some(SystemTime::UNIX_EPOCH);
        Asked { store: "store", from, to: SystemTime::UNIX_EPOCH, accounts, regions: &["eu-west-1"], keys }
    }

    #[test]
    fn only_what_is_needed_is_asked_for_and_no_value_ends_a_text() {
        let statement = asked(Some(&["ASIAONE", "x' OR '1' = '1"]), &["1"]).statement();
        assert_eq!(
            statement,
            "SELECT coalesce(eventID, '') AS event_id, eventTime AS event_time, coalesce(eventSource, '') AS event_source, \
             coalesce(eventName, '') AS event_name, coalesce(awsRegion, '') AS region, coalesce(errorCode, '') AS \
             error_code, coalesce(userIdentity.accessKeyId, '') AS caller_key FROM store WHERE \
             eventTime >= '1970-01-01 00:00:00' AND eventTime <= '1970-01-01 00:00:01' AND userIdentity.accessKeyId IN \
             ('ASIAONE', 'x'' OR ''1'' = ''1') AND recipientAccountId IN ('1') AND awsRegion IN ('eu-west-1')"
        );
        let statement = asked(None, &[]).statement();
        assert!(
            statement.contains("AND eventSource = 'sts.amazonaws.com' AND eventName IN ('AssumeRole', "),
            "{statement}"
        );
        assert!(!statement.contains("recipientAccountId IN") && statement.len() < 3_000, "{statement}");
    }

    #[test]
    fn a_row_is_a_record_again() {
        let row = |name: &str| match name {
            "event_time" => Some("2026-11-24 16:00:05.000".to_owned()),
            "event_name" => Some("AssumeRole".to_owned()),
            "mfa" => Some("true".to_owned()),
            "issued_key" => Some("ASIAONE".to_owned()),
            "external_id" => Some(String::new()),
            _ => None,
        };
        let expected = json!({
            "eventTime": "2026-11-24T16:00:05Z",
            "eventName": "AssumeRole",
            "userIdentity": { "sessionContext": { "attributes": { "mfaAuthenticated": "true" } } },
            "responseElements": { "credentials": { "accessKeyId": "ASIAONE" } },
        });
        assert_eq!(asked(None, &[]).record(row), expected);
    }
}
