//! The bucket of a trail: CloudTrail delivers there what was recorded since the last time, in files that never change again.
//!
//! Source: CloudTrail User Guide, "Finding your CloudTrail log files", "CloudTrail log file name format".

use std::collections::BTreeMap;
use std::io::Write;
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::estate::Estate;
use super::super::sigv4::write_time;
use crate::terms::show_time;

/// A trail's bucket, as a scenario declares it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Declared {
    pub(in super::super) bucket: String,
    /// Whose it is.
    pub(in super::super) account: String,
    #[serde(default = "usual_region")]
    region: String,
    #[serde(default)]
    prefix: String,
    /// Whose accounts the trail is of; without it, of that one account.
    #[serde(default)]
    organization: Option<String>,
    /// Who reads needs this key, too.
    #[serde(default)]
    kms_key: Option<String>,
}

fn usual_region() -> String {
    crate::sandbox::surroundings::REGION.to_owned()
}

/// A bucket.
#[derive(Debug)]
pub(in super::super) struct Bucket {
    pub(super) name: String,
    pub(super) account: String,
    pub(super) region: String,
    prefix: String,
    organization: Option<String>,
    pub(super) kms_key: Option<String>,
    pub(super) objects: BTreeMap<String, Object>,
    /// Up to which record all is delivered.
    delivered: u64,
}

/// A file in it.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) bytes: Vec<u8>,
    pub(super) etag: String,
    pub(super) modified: SystemTime,
}

/// How many records a file has at most.
const RECORDS: usize = 500;

impl Bucket {
    pub(in super::super) fn of(declared: &Declared) -> Self {
        let prefix = declared.prefix.trim_matches('/');
        Self {
            name: declared.bucket.clone(),
            account: declared.account.clone(),
            region: declared.region.clone(),
            prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
            organization: declared.organization.clone(),
            kms_key: declared.kms_key.clone(),
            objects: BTreeMap::new(),
            delivered: 0,
        }
    }
}

/// Puts into a bucket what was recorded since the last time.
pub(super) fn deliver(at: usize, estate: &mut Estate, now: SystemTime) {
    let Estate { buckets, trail, accounts, .. } = estate;
    let bucket = &mut buckets[at];
    let is_of_trail = |id: &str| match &bucket.organization {
        None => id == bucket.account,
        Some(organization) => accounts
            .iter()
            .any(|account| account.id.as_str() == id && account.organization.as_ref() == Some(organization)),
    };
    let mut files: BTreeMap<(String, String, String), Vec<&Value>> = BTreeMap::new();
    let mut until = bucket.delivered;
    for recorded in trail.since(bucket.delivered) {
        until = recorded.number;
        if is_of_trail(&recorded.account) {
            let day = show_time(recorded.at).chars().take(10).collect();
            let place = (recorded.account.clone(), recorded.region.clone(), day);
            files.entry(place).or_default().push(&recorded.event);
        }
    }
    let organization = bucket.organization.as_ref().map(|id| format!("{id}/")).unwrap_or_default();
    let minute: String = write_time(now).chars().skip(8).take(5).collect();
    for ((account, region, day), events) in files {
        for (number, events) in events.chunks(RECORDS).enumerate() {
            let Some(bytes) = zipped(events) else { continue };
            let (date, folder) = (day.replace('-', ""), day.replace('-', "/"));
            let unique = format!("{:010x}{number:06x}", bucket.delivered);
            let key = format!(
                "{}AWSLogs/{organization}{account}/CloudTrail/{region}/{folder}/{account}_CloudTrail_{region}_{date}{minute}Z_{unique}.json.gz",
                bucket.prefix
            );
            let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..16]));
            bucket.objects.insert(key, Object { bytes, etag, modified: now });
        }
    }
    bucket.delivered = until;
}

fn zipped(events: &[&Value]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(serde_json::json!({ "Records": events }).to_string().as_bytes()).ok()?;
    encoder.finish().ok()
}
