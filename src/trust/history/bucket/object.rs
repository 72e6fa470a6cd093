//! One file of a bucket: it comes in pieces, is unpacked and read as they come, and of it only what is wanted is kept.

use std::collections::BTreeSet;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use tokio::sync::mpsc;

use super::super::event::{self, OPERATIONS, Text, text};
use super::super::files::{LONGEST, records};
use crate::aws::{AwsError, from_sdk};

/// Which events are kept.
#[derive(Debug)]
pub(super) enum Pick {
    /// The calls for a session.
    Sessions,
    /// The calls that were signed with one of these keys.
    Keys(BTreeSet<Text>),
}

/// What came of a file.
pub(super) enum Got {
    /// The events in it that are wanted, as JSON.
    Events(Vec<Vec<u8>>),
    /// It cannot be understood.
    Unread(Unread),
    /// It may not be read.
    Refused(Unread, AwsError),
}

/// A file whose content nobody knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unread {
    /// Its key.
    pub key: String,
    /// Why not.
    pub reason: String,
    /// Whether S3 refused it, or KMS.
    pub is_refused: bool,
}

/// How often a file is asked for whose content broke off, or that S3 was too busy for.
const PATIENCE: u32 = 5;

/// Gets a file.
pub(super) async fn get(client: &Client, bucket: &str, key: &str, pick: Arc<Pick>) -> Result<Got, AwsError> {
    let mut pause = Duration::from_millis(500);
    for _ in 1..PATIENCE {
        match once(client, bucket, key, &pick).await {
            Err(AwsError::Refused(refusal)) if refusal.is_passing() => {}
            Err(AwsError::NoAnswer { .. }) => {}
            other => return other,
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    once(client, bucket, key, &pick).await
}

async fn once(client: &Client, bucket: &str, key: &str, pick: &Arc<Pick>) -> Result<Got, AwsError> {
    let answer = client.get_object().bucket(bucket).key(key).send().await;
    let answer = match answer.map_err(|error| from_sdk("S3", "GetObject", error)) {
        Ok(answer) => answer,
        Err(AwsError::Refused(refusal)) if is_about_object(&refusal.code) => {
            let unread = Unread { key: key.to_owned(), reason: refusal.to_string(), is_refused: true };
            return Ok(Got::Refused(unread, AwsError::Refused(refusal)));
        }
        Err(error) => return Err(error),
    };
    let (pieces, waiting) = mpsc::channel(PIECES);
    let (is_zipped, pick) = (key.ends_with(".gz"), Arc::clone(pick));
    let read =
        tokio::task::spawn_blocking(move || picked(Arriving { waiting, rest: Vec::new(), at: 0 }, is_zipped, &pick));
    let broke = pass(answer.body, pieces).await;
    let read = read.await.map_err(|error| AwsError::Setup { reason: error.to_string() })?;
    match (broke, read) {
        (Some(reason), _) => Err(AwsError::NoAnswer { service: "S3", operation: "GetObject", reason, sent: true }),
        (None, Ok(events)) => Ok(Got::Events(events)),
        (None, Err(error)) => {
            let reason = format!("is no file of a trail: {error}");
            Ok(Got::Unread(Unread { key: key.to_owned(), reason, is_refused: false }))
        }
    }
}

/// What S3 says of this file, whatever it says of others.
/// Source: S3 API Reference, "Error responses".
fn is_about_object(code: &str) -> bool {
    code.starts_with("AccessDenied") || code.starts_with("KMS.") || ["NoSuchKey", "InvalidObjectState"].contains(&code)
}

/// How many pieces of a file wait to be read.
const PIECES: usize = 4;

/// Passes a file on in its pieces. Returns why it broke off, if it did.
async fn pass(mut body: ByteStream, pieces: mpsc::Sender<Vec<u8>>) -> Option<String> {
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => {
                // Whoever reads may have had enough: what is no file of a trail is not read to its end.
                if pieces.send(piece.to_vec()).await.is_err() {
                    return None;
                }
            }
            Err(error) => return Some(format!("it broke off: {error}")),
        }
    }
    None
}

/// A file that is on its way.
struct Arriving {
    waiting: mpsc::Receiver<Vec<u8>>,
    rest: Vec<u8>,
    at: usize,
}

impl Read for Arriving {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.rest.len() {
            match self.waiting.blocking_recv() {
                Some(piece) => (self.rest, self.at) = (piece, 0),
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.rest.len() - self.at);
        into[..length].copy_from_slice(&self.rest[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

fn picked(from: Arriving, is_zipped: bool, pick: &Pick) -> Result<Vec<Vec<u8>>, serde_json::Error> {
    let mut events = Vec::new();
    let mut each = |record: &Value| {
        let event = match pick {
            Pick::Sessions => is_session(record).then(|| {
                let mut event = record.clone();
                event::without_token(&mut event);
                event
            }),
            Pick::Keys(keys) => {
                let key = text(record, &["userIdentity", "accessKeyId"]);
                key.filter(|key| keys.contains(*key)).map(|_| event::as_done(record))
            }
        };
        events.extend(event.map(|event| event.to_string().into_bytes()));
    };
    match is_zipped {
        true => records(BufReader::new(MultiGzDecoder::new(from).take(LONGEST)), &mut each)?,
        false => records(BufReader::new(from.take(LONGEST)), &mut each)?,
    }
    Ok(events)
}

fn is_session(record: &Value) -> bool {
    text(record, &["eventSource"]) == Some("sts.amazonaws.com")
        && text(record, &["eventName"]).is_some_and(|name| OPERATIONS.contains(&name))
}
