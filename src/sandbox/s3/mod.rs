//! S3, as far as a trail's bucket needs it: who may read it lists it and gets its files.
//!
//! By path (`/BUCKET/KEY`), which is how clients speak to a host that is none of AWS's. Nobody writes here: what lies in a
//! bucket, CloudTrail delivered.
//! Source: S3 API Reference, `ListObjectsV2`, `GetObject`, `HeadObject`, `HeadBucket`, `GetBucketLocation`, `ListBuckets`,
//! "Error responses".

mod bucket;

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub(super) use bucket::{Bucket, Declared};

use super::answer::{Answer, Content, Refusal, element, escaped, text};
use super::call::Call;
use super::caller::Caller;
use super::estate::Estate;
use super::log::Record;
use super::sts::is_allowed;
use bucket::Object;

/// What can be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    ListBuckets,
    HeadBucket,
    GetBucketLocation,
    ListObjectsV2,
    HeadObject,
    GetObject,
    /// All that is not here.
    Other,
}

/// How many keys a page has at most.
const PAGE: usize = 1_000;
/// What stays as it is in a key that is encoded.
const IN_KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/');

impl Operation {
    /// A request is S3's if it was signed for it.
    pub(super) fn of(call: &Call) -> Option<Self> {
        let signed = call.header("authorization").or(call.parameters.text("X-Amz-Credential"))?;
        if !signed.contains("/s3/aws4_request") {
            return None;
        }
        let (bucket, key) = place(call);
        Some(match (call.method.as_str(), bucket.is_empty(), key.is_empty()) {
            ("GET", true, _) => Self::ListBuckets,
            ("HEAD", false, true) => Self::HeadBucket,
            ("GET", false, true) if has(call, "location") => Self::GetBucketLocation,
            ("GET", false, true) if call.parameters.text("list-type") == Some("2") => Self::ListObjectsV2,
            ("HEAD", false, false) => Self::HeadObject,
            ("GET", false, false) => Self::GetObject,
            _ => Self::Other,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ListBuckets => "ListBuckets",
            Self::HeadBucket => "HeadBucket",
            Self::GetBucketLocation => "GetBucketLocation",
            Self::ListObjectsV2 => "ListObjectsV2",
            Self::HeadObject => "HeadObject",
            Self::GetObject => "GetObject",
            Self::Other => "S3",
        }
    }
}

fn has(call: &Call, name: &str) -> bool {
    call.query.split('&').any(|pair| pair.split('=').next() == Some(name))
}

/// Bucket and key.
fn place(call: &Call) -> (String, String) {
    let path = percent_decode_str(&call.path).decode_utf8_lossy();
    let path = path.strip_prefix('/').unwrap_or(&path);
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (bucket.to_owned(), key.to_owned())
}

/// Answers one request.
pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    let mut answer = made(operation, call, estate, now, record).unwrap_or_else(|refusal| {
        let (bucket, _) = place(call);
        let mut answer = refuse(&refusal, &record.request_id);
        let home = estate.buckets.iter().find(|known| known.name == bucket).map(|known| known.region.clone());
        answer.headers.extend(home.map(|region| ("x-amz-bucket-region", region)));
        answer
    });
    answer.headers.push(("x-amz-request-id", record.request_id.clone()));
    answer
}

/// Returns a refusal as S3 words it.
pub(super) fn refuse(refusal: &Refusal, request_id: &str) -> Answer {
    let (status, code) = match refusal.code {
        "Throttling" => (503, "SlowDown"),
        "InvalidClientTokenId" => (403, "InvalidAccessKeyId"),
        "InternalFailure" => (500, "InternalError"),
        code => (refusal.status, code),
    };
    let inner = text("Code", code) + &text("Message", &refusal.message) + &text("RequestId", request_id);
    let body = xml(&element("Error", &inner));
    Answer { status, content: Content::Xml, body, headers: Vec::new(), code: Some(code.to_owned()) }
}

fn xml(inner: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{inner}")
}

fn named(name: &str, inner: &str) -> String {
    xml(&format!("<{name} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inner}</{name}>"))
}

fn good(body: String) -> Answer {
    Answer { status: 200, content: Content::Xml, body, headers: Vec::new(), code: None }
}

fn made(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Result<Answer, Refusal> {
    let caller = Caller::of(call, "s3", estate, now)?;
    record.principal = Some(caller.arn(estate));
    record.region = Some(caller.region.clone());
    let own = caller.account(estate).id.to_string();
    if operation == Operation::Other {
        return Err(Refusal::new(
            501,
            "NotImplemented",
            "A header or query you provided implies functionality that is not implemented.",
        ));
    }
    if operation == Operation::ListBuckets {
        is_allowed("s3:ListAllMyBuckets", "*", &caller, estate, now)?;
        let began = date(estate.began);
        let buckets = estate.buckets.iter().filter(|bucket| bucket.account == own);
        let buckets: String = buckets
            .map(|bucket| element("Bucket", &(text("Name", &bucket.name) + &text("CreationDate", &began))))
            .collect();
        let owner = element("Owner", &text("ID", &own));
        return Ok(good(named("ListAllMyBucketsResult", &(owner + &element("Buckets", &buckets)))));
    }
    let (name, key) = place(call);
    let Some(at) = estate.buckets.iter().position(|bucket| bucket.name == name) else {
        return Err(Refusal::new(404, "NoSuchBucket", "The specified bucket does not exist"));
    };
    let bucket = &estate.buckets[at];
    if caller.region != bucket.region {
        let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send \
                       all future requests to this endpoint.";
        return Err(Refusal::new(301, "PermanentRedirect", message));
    }
    // No bucket here has a policy that lets others in.
    if bucket.account != own {
        return Err(Refusal::denied("Access Denied"));
    }
    let arn = format!("arn:{}:s3:::{name}", caller.account(estate).partition);
    let allowed = |action: &str, resource: &str| is_allowed(action, resource, &caller, estate, now);
    match operation {
        Operation::HeadBucket | Operation::ListObjectsV2 => allowed("s3:ListBucket", &arn)?,
        Operation::GetBucketLocation => allowed("s3:GetBucketLocation", &arn)?,
        Operation::HeadObject | Operation::GetObject => allowed("s3:GetObject", &format!("{arn}/{key}"))?,
        Operation::ListBuckets | Operation::Other => {}
    }
    if let (Operation::GetObject, Some(kms)) = (operation, &bucket.kms_key) {
        allowed("kms:Decrypt", kms)?;
    }
    let region = bucket.region.clone();
    if operation == Operation::ListObjectsV2 {
        bucket::deliver(at, estate, now);
    }
    let bucket = &estate.buckets[at];
    let mut answer = match operation {
        Operation::HeadBucket => good(String::new()),
        Operation::GetBucketLocation => {
            good(named("LocationConstraint", if region == "us-east-1" { "" } else { &region }))
        }
        Operation::ListObjectsV2 => good(list(call, bucket)?),
        Operation::HeadObject | Operation::GetObject => {
            let object = bucket.objects.get(&key);
            object_of(object.ok_or_else(|| Refusal::new(404, "NoSuchKey", "The specified key does not exist."))?)
        }
        Operation::ListBuckets | Operation::Other => good(String::new()),
    };
    answer.headers.push(("x-amz-bucket-region", region));
    Ok(answer)
}

fn object_of(object: &Object) -> Answer {
    let modified = DateTime::from(object.modified).fmt(Format::HttpDate).unwrap_or_default();
    let headers =
        vec![("etag", object.etag.clone()), ("last-modified", modified), ("accept-ranges", "none".to_owned())];
    // One character for each byte.
    let body = object.bytes.iter().map(|byte| char::from(*byte)).collect();
    Answer { status: 200, content: Content::Bytes, body, headers, code: None }
}

fn date(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}

fn list(call: &Call, bucket: &Bucket) -> Result<String, Refusal> {
    let asked = |name: &str| call.parameters.text(name).filter(|text| !text.is_empty());
    let invalid = |message: &str| Refusal::new(400, "InvalidArgument", message);
    let prefix = asked("prefix").unwrap_or_default();
    let delimiter = asked("delimiter");
    let most = match asked("max-keys") {
        None => PAGE,
        Some(text) => text.parse::<usize>().map_err(|_| invalid("Provided max-keys not an integer"))?.min(PAGE),
    };
    let token = match asked("continuation-token") {
        None => None,
        Some(token) => {
            let read = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(read.ok_or_else(|| invalid("The continuation token provided is incorrect"))?)
        }
    };
    let after = asked("start-after").unwrap_or_default();
    let encodes = asked("encoding-type") == Some("url");
    let shown = |key: &str| if encodes { utf8_percent_encode(key, IN_KEY).to_string() } else { key.to_owned() };
    let (mut contents, mut prefixes, mut count, mut last) = (String::new(), String::new(), 0, String::new());
    let mut is_truncated = false;
    for (key, object) in bucket.objects.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix)) {
        let rest = &key[prefix.len()..];
        let common =
            delimiter.and_then(|mark| rest.find(mark).map(|at| format!("{prefix}{}", &rest[..at + mark.len()])));
        let own = common.as_ref().unwrap_or(key);
        // What stands under a prefix that was shown is not shown again.
        let is_before = match &token {
            Some(token) => own <= token,
            None => key.as_str() <= after,
        };
        if is_before || *own == last {
            continue;
        }
        if count == most {
            is_truncated = true;
            break;
        }
        count += 1;
        last.clone_from(own);
        match &common {
            Some(common) => prefixes.push_str(&element("CommonPrefixes", &text("Prefix", &shown(common)))),
            None => {
                let inner = text("Key", &shown(key))
                    + &text("LastModified", &date(object.modified))
                    + &element("ETag", &escaped(&object.etag))
                    + &text("Size", &object.bytes.len().to_string())
                    + &text("StorageClass", "STANDARD");
                contents.push_str(&element("Contents", &inner));
            }
        }
    }
    let next = is_truncated.then(|| text("NextContinuationToken", &URL_SAFE_NO_PAD.encode(&last)));
    let inner = [
        text("Name", &bucket.name),
        text("Prefix", &shown(prefix)),
        delimiter.map(|mark| text("Delimiter", &shown(mark))).unwrap_or_default(),
        text("MaxKeys", &most.to_string()),
        if encodes { text("EncodingType", "url") } else { String::new() },
        text("KeyCount", &count.to_string()),
        text("IsTruncated", if is_truncated { "true" } else { "false" }),
        next.unwrap_or_default(),
        contents,
        prefixes,
    ];
    Ok(named("ListBucketResult", &inner.concat()))
}
