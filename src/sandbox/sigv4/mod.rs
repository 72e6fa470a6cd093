//! Signature Version 4 from the server's side: what a request says it was signed with, and whether it was.
//!
//! Source: IAM User Guide, "AWS Signature Version 4 for API requests" (create a signed request, canonical request,
//! signing key), for both forms: the `Authorization` header and the presigned query.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::terms::{ExposeSecret, SecretString, show_time};

use super::call::Call;

/// What a request says of its signature. Nothing of it is believed yet.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) key_id: String,
    /// `20150830`
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
    /// `20150830T123600Z`
    pub(super) timestamp: String,
    pub(super) time: SystemTime,
    /// How many seconds a presigned request lives.
    pub(super) expires: Option<u64>,
    pub(super) token: Option<SecretString>,
    pub(super) signed_headers: Vec<String>,
    signature: Vec<u8>,
}

/// Why a request cannot be said to be signed at all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Unsigned {
    /// It carries no signature.
    Missing,
    /// It carries one, and not all that belongs to it.
    Incomplete(String),
}

/// Who signs, when and for what.
#[cfg(test)]
#[derive(Clone, Debug)]
pub(super) struct Signer<'a> {
    pub(super) key_id: &'a str,
    pub(super) secret: &'a SecretString,
    pub(super) token: Option<&'a str>,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) time: SystemTime,
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// In the place of the body's hash.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// What is encoded in a canonical query: all but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same in a canonical path, where a slash stays.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

impl Signature {
    /// Reads the signature that a request carries.
    pub(super) fn of(call: &Call) -> Result<Self, Unsigned> {
        match (call.header("authorization"), call.parameters.text("X-Amz-Signature")) {
            (Some(header), _) => Self::of_header(call, header),
            (None, Some(_)) => Self::of_query(call),
            (None, None) => Err(Unsigned::Missing),
        }
    }

    fn of_header(call: &Call, header: &str) -> Result<Self, Unsigned> {
        let Some(fields) = header.strip_prefix(ALGORITHM) else {
            let algorithm = header.split_whitespace().next().unwrap_or_default();
            return Err(Unsigned::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
        };
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().split_once('=').filter(|(known, _)| *known == name))
        };
        let missing: String = ["Credential", "Signature", "SignedHeaders"]
            .into_iter()
            .filter(|name| field(name).is_none_or(|(_, value)| value.is_empty()))
            .map(|name| format!("Authorization header requires '{name}' parameter. "))
            .collect();
        let timestamp = timestamp(call);
        let (Some((_, credential)), Some((_, signature)), Some((_, signed)), Some(timestamp)) =
            (field("Credential"), field("Signature"), field("SignedHeaders"), timestamp.clone())
        else {
            let date = match timestamp {
                None => "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
                Some(_) => "",
            };
            return Err(Unsigned::Incomplete(format!("{missing}{date}Authorization={ALGORITHM}")));
        };
        let token = call.header("x-amz-security-token").map(SecretString::from);
        Self::assemble(credential, signature, signed, timestamp, token, None)
    }

    fn of_query(call: &Call) -> Result<Self, Unsigned> {
        let text = |name: &str| call.parameters.text(name);
        let missing: String = ["X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"]
            .into_iter()
            .filter(|name| text(name).is_none())
            .map(|name| format!("AWS query-string parameters must include '{name}'. "))
            .collect();
        if text("X-Amz-Algorithm") != Some(ALGORITHM) {
            return Err(Unsigned::Incomplete("Unsupported AWS 'algorithm'.".to_owned()));
        }
        let (Some(credential), Some(timestamp), Some(signed), Some(expires), Some(signature)) = (
            text("X-Amz-Credential"),
            text("X-Amz-Date"),
            text("X-Amz-SignedHeaders"),
            text("X-Amz-Expires"),
            text("X-Amz-Signature"),
        ) else {
            return Err(Unsigned::Incomplete(missing.trim_end().to_owned()));
        };
        let expires = expires
            .parse()
            .ok()
            .filter(|seconds| (1..=604_800).contains(seconds))
            .ok_or_else(|| Unsigned::Incomplete("X-Amz-Expires must be between 1 and 604800 seconds".to_owned()))?;
        let token = call.parameters.secret("X-Amz-Security-Token");
        Self::assemble(credential, signature, signed, timestamp.to_owned(), token, Some(expires))
    }

    fn assemble(
        credential: &str,
        signature: &str,
        signed_headers: &str,
        timestamp: String,
        token: Option<SecretString>,
        expires: Option<u64>,
    ) -> Result<Self, Unsigned> {
        let incomplete = |text: String| Err(Unsigned::Incomplete(text));
        let parts: Vec<&str> = credential.split('/').collect();
        let [key_id, date, region, service, "aws4_request"] = parts[..] else {
            return incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
            ));
        };
        let Some(time) = read_time(&timestamp) else {
            return incomplete(format!("Date must be in ISO-8601 'basic format'. Got '{timestamp}'."));
        };
        let signed_headers: Vec<String> = signed_headers.split(';').map(str::to_ascii_lowercase).collect();
        if !signed_headers.iter().any(|name| name == "host") {
            return incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned());
        }
        Ok(Self {
            key_id: key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            // What is no hexadecimal matches nothing.
            signature: hex::decode(signature).unwrap_or_default(),
            timestamp,
            time,
            expires,
            token,
            signed_headers,
        })
    }

    /// Returns whether the request was signed with that secret. Takes as long for a wrong signature as for a right one.
    ///
    /// The body's hash is computed from the body: who signed `UNSIGNED-PAYLOAD`, or another body, fails.
    pub(super) fn matches(&self, call: &Call, secret: &SecretString) -> bool {
        self.sign(call, secret).verify_slice(&self.signature).is_ok()
    }

    fn sign(&self, call: &Call, secret: &SecretString) -> Hmac<Sha256> {
        let to_sign = self.string_to_sign(&self.canonical_request(call));
        let secret = Zeroizing::new(format!("AWS4{}", secret.expose_secret()).into_bytes());
        let steps = [self.date.as_str(), &self.region, &self.service, "aws4_request"];
        let key =
            steps.iter().fold(secret, |key, step| Zeroizing::new(hmac(&key, step).finalize().into_bytes().to_vec()));
        hmac(&key, &to_sign)
    }

    /// Puts the signature of that key under a request, as a client does. What the sandbox's own tests send.
    #[cfg(test)]
    pub(super) fn put(call: &mut Call, by: &Signer<'_>) {
        let timestamp = write_time(by.time);
        call.headers.push(("host".to_owned(), "127.0.0.1".to_owned()));
        call.headers.push(("x-amz-date".to_owned(), timestamp.clone()));
        if let Some(token) = by.token {
            call.headers.push(("x-amz-security-token".to_owned(), token.to_owned()));
        }
        let credential = format!("{}/{}/{}/{}/aws4_request", by.key_id, &timestamp[..8], by.region, by.service);
        let signed = "host;x-amz-date";
        let unsigned = Self::assemble(&credential, "", signed, timestamp, None, None).unwrap();
        let signature = hex::encode(unsigned.sign(call, by.secret).finalize().into_bytes());
        let header = format!("{ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={signature}");
        call.headers.push(("authorization".to_owned(), header));
    }

    fn string_to_sign(&self, canonical_request: &str) -> String {
        let scope = [self.date.as_str(), &self.region, &self.service, "aws4_request"].join("/");
        format!("{ALGORITHM}\n{}\n{scope}\n{}", self.timestamp, hex::encode(Sha256::digest(canonical_request)))
    }

    /// What was encoded in the path is encoded once more, as all services but S3 have it. S3 takes an unsigned body, too.
    fn canonical_request(&self, call: &Call) -> String {
        let headers: String = self.signed_headers.iter().map(|name| canonical_header(call, name)).collect();
        let is_s3 = self.service == "s3";
        let unsigned = call.header("x-amz-content-sha256").filter(|hash| is_s3 && *hash == UNSIGNED);
        let hash = unsigned.map_or_else(|| hex::encode(Sha256::digest(&call.body)), str::to_owned);
        let signed = self.signed_headers.join(";");
        let path = match is_s3 {
            true => percent_encode(&percent_decode_str(&call.path).collect::<Vec<u8>>(), RESERVED_IN_PATH).to_string(),
            false => percent_encode(call.path.as_bytes(), RESERVED_IN_PATH).to_string(),
        };
        [call.method.as_str(), &path, &self.canonical_query(call), &headers, &signed, &hash].join("\n")
    }

    fn canonical_query(&self, call: &Call) -> String {
        let encoded = |text: &str| {
            let bytes: Vec<u8> = percent_decode_str(text).collect();
            percent_encode(&bytes, RESERVED).to_string()
        };
        let mut pairs: Vec<(String, String)> = call
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (encoded(name), encoded(value)))
            .filter(|(name, _)| self.expires.is_none() || name != "X-Amz-Signature")
            .collect();
        pairs.sort();
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

fn canonical_header(call: &Call, name: &str) -> String {
    let values = call.headers.iter().filter(|(known, _)| known == name);
    let values: Vec<String> = values.map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    format!("{name}:{}\n", values.join(","))
}

/// Returns when the request was signed, in ISO 8601's basic format.
fn timestamp(call: &Call) -> Option<String> {
    if let Some(date) = call.header("x-amz-date") {
        return Some(date.to_owned());
    }
    let date = DateTime::from_str(call.header("date")?, Format::HttpDate).ok()?;
    SystemTime::try_from(date).ok().map(write_time)
}

/// Reads `20150830T123600Z`.
fn read_time(text: &str) -> Option<SystemTime> {
    let digits =
        |range: std::ops::Range<usize>| text.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if text.len() != 16 || text.get(8..9) != Some("T") || text.get(15..) != Some("Z") {
        return None;
    }
    let (date, time) = (digits(0..8)?, digits(9..15)?);
    let extended =
        format!("{}-{}-{}T{}:{}:{}Z", &date[..4], &date[4..6], &date[6..], &time[..2], &time[2..4], &time[4..]);
    SystemTime::try_from(DateTime::from_str(&extended, Format::DateTime).ok()?).ok()
}

/// Writes a time as signatures do: `20150830T123600Z`.
pub(super) fn write_time(time: SystemTime) -> String {
    show_time(time).replace(['-', ':'], "")
}

fn hmac(key: &[u8], message: &str) -> Hmac<Sha256> {
    // HMAC takes keys of any length.
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    hmac.update(message.as_bytes());
    hmac
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = include_str!("vectors.txt");

    fn secret() -> SecretString {
        SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    }

    /// Reads a request as it goes over the wire.
    fn call(wire: &str) -> Call {
        let (head, body) = wire.split_once("\n\n").unwrap_or((wire, ""));
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, target) = (first.next().unwrap(), first.next().unwrap());
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Call::new(method, query, lines.map(header).collect(), body.trim_end().as_bytes().to_vec())
    }

    fn vectors() -> Vec<(&'static str, &'static str)> {
        VECTORS.split("=== ").skip(1).map(|vector| vector.split_once('\n').unwrap()).collect()
    }

    #[test]
    fn the_signatures_of_awss_own_test_suite_are_good() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 27);
        for (name, wire) in vectors {
            let call = call(wire);
            let signature = Signature::of(&call).unwrap_or_else(|unsigned| panic!("{name}: {unsigned:?}"));
            assert!(signature.matches(&call, &secret()), "{name}");
        }
    }

    #[test]
    fn whatever_is_changed_afterwards_makes_the_signature_bad() {
        for (name, wire) in vectors() {
            let signed = call(wire);
            let signature = Signature::of(&signed).unwrap();
            assert!(!signature.matches(&signed, &SecretString::from("another")), "{name}: another secret");
            for header in signature.signed_headers.clone() {
                let mut changed = call(wire);
                changed.headers.iter_mut().filter(|(known, _)| *known == header).for_each(|(_, value)| value.push('x'));
                assert!(!signature.matches(&changed, &secret()), "{name}: another {header}");
            }
            let others = [
                Call { body: b"Action=Other".to_vec(), ..call(wire) },
                Call { query: format!("{}&x=1", signed.query), ..call(wire) },
                Call { method: "PUT".to_owned(), ..call(wire) },
            ];
            for other in others {
                assert!(!signature.matches(&other, &secret()), "{name}: {other:?}");
            }
            let empty = Signature { signature: Vec::new(), ..signature };
            assert!(!empty.matches(&signed, &secret()), "{name}: no signature at all");
        }
    }

    #[test]
    fn a_date_of_another_century_is_read_and_not_believed() {
        let (_, wire) = vectors()[0];
        for date in ["Fri, 01 Jan 1960 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            let call = call(&wire.replace("X-Amz-Date:20150830T123600Z", &format!("Date:{date}")));
            let read = Signature::of(&call).map(|signature| signature.matches(&call, &secret()));
            assert_eq!(read, Ok(false), "{date}");
        }
    }

    #[test]
    fn what_belongs_to_a_signature_and_is_missing_is_named() {
        let good = vectors()[0].1;
        let cases = [
            (
                good.replace("SignedHeaders=host;x-amz-date, ", ""),
                "Authorization header requires 'SignedHeaders' parameter.",
            ),
            (good.replace("SignedHeaders=host;", "SignedHeaders="), "'Host' or ':authority' must be a 'SignedHeader'"),
            (
                good.replace("X-Amz-Date:20150830T123600Z\n", ""),
                "existence of either a 'X-Amz-Date' or a 'Date' header",
            ),
            (good.replace("X-Amz-Date:20150830T123600Z", "X-Amz-Date:yesterday"), "Got 'yesterday'"),
            (good.replace("/aws4_request", ""), "exactly 5 slash-delimited elements"),
            (good.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), "Unsupported AWS 'algorithm'"),
            (vectors()[1].1.replace("X-Amz-Expires=3600", "X-Amz-Expires=0"), "between 1 and 604800"),
            (vectors()[1].1.replace("X-Amz-Expires=3600", "X"), "must include 'X-Amz-Expires'"),
        ];
        for (wire, expected) in cases {
            match Signature::of(&call(&wire)) {
                Err(Unsigned::Incomplete(message)) => assert!(message.contains(expected), "{message}"),
                other => panic!("{expected}: {other:?}"),
            }
        }
        let unsigned = good.lines().filter(|line| !line.starts_with("Authorization")).collect::<Vec<_>>().join("\n");
        assert_eq!(Signature::of(&call(&unsigned)).map(|_| ()), Err(Unsigned::Missing));
    }
}
