//! Where a trail's files lie: `s3://BUCKET[/PREFIX]`, and within it only what is wanted.
//!
//! Source: CloudTrail User Guide, "Finding your CloudTrail log files": `PREFIX/AWSLogs/[o-ID/]ACCOUNT/CloudTrail/REGION/`.

use std::str::FromStr;

/// A bucket, and how far into it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The bucket's name.
    pub bucket: String,
    /// What stands before `AWSLogs/`: nothing, or something that ends with a slash.
    pub(super) before: String,
    /// `o-a1b2c3d4e5`
    pub(super) organization: Option<String>,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
}

/// Why a text is no place in S3.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidPlace {
    /// The bucket's name is none.
    #[error("`{0}` is no bucket's name; a trail's lies at s3://BUCKET or s3://BUCKET/PREFIX")]
    Bucket(String),
    /// It leads elsewhere than a trail writes to.
    #[error(
        "s3://{0} leads past what can be named: PREFIX/AWSLogs/[o-ID/]ACCOUNT/CloudTrail/REGION; days come from --since"
    )]
    Deep(String),
}

impl FromStr for Place {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix("s3://").unwrap_or(text).trim_end_matches('/');
        let (bucket, rest) = text.split_once('/').unwrap_or((text, ""));
        let is_name = (3..=63).contains(&bucket.len())
            && bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
        if !is_name {
            return Err(InvalidPlace::Bucket(bucket.to_owned()));
        }
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        let at = parts.iter().position(|part| *part == "AWSLogs").unwrap_or(parts.len());
        let before = parts[..at].iter().map(|part| format!("{part}/")).collect();
        let mut within = parts.iter().skip(at + 1).copied().peekable();
        let organization = within.next_if(|part| is_organization(part)).map(str::to_owned);
        let account = within.next_if(|part| is_account(part)).map(str::to_owned);
        let is_whole = account.is_none() || within.next_if_eq(&"CloudTrail").is_some();
        let region = within.next_if(|_| account.is_some() && is_whole).map(str::to_owned);
        match within.next() {
            Some(_) => Err(InvalidPlace::Deep(text.to_owned())),
            None => Ok(Self { bucket: bucket.to_owned(), before, organization, account, region }),
        }
    }
}

/// `o-` and 10 to 32 letters and digits.
/// Source: Organizations API Reference, `Organization`, `Id`.
pub(super) fn is_organization(name: &str) -> bool {
    let id = name.strip_prefix("o-").unwrap_or_default();
    (10..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

pub(super) fn is_account(name: &str) -> bool {
    name.len() == 12 && name.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_named_as_far_as_somebody_likes() {
        let place = |text: &str| {
            text.parse::<Place>().map(|place| {
                let Place { bucket, before, organization, account, region } = place;
                let or = |part: Option<String>| part.unwrap_or_default();
                [bucket, before, or(organization), or(account), or(region)].join("|")
            })
        };
        for (text, expected) in [
            ("s3://example-trail", "example-trail||||"),
            ("s3://example-trail/", "example-trail||||"),
            ("s3://example-trail/logs/all", "example-trail|logs/all/|||"),
            ("s3://example-trail/AWSLogs", "example-trail||||"),
            ("s3://example-trail/AWSLogs/o-a1b2c3d4e5/", "example-trail||o-a1b2c3d4e5||"),
            ("s3://example-trail/logs/AWSLogs/111122223333", "example-trail|logs/||111122223333|"),
            ("s3://example-trail/AWSLogs/111122223333/CloudTrail/eu-west-1/", "example-trail|||111122223333|eu-west-1"),
        ] {
            assert_eq!(place(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["s3://", "s3://My_Bucket", "s3://ab"] {
            assert!(matches!(place(text), Err(InvalidPlace::Bucket(_))), "{text}");
        }
        for text in [
            "s3://example-trail/AWSLogs/111122223333/Config",
            "s3://example-trail/AWSLogs/elsewhere",
            "s3://example-trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026",
        ] {
            assert!(matches!(place(text), Err(InvalidPlace::Deep(_))), "{text}");
        }
    }
}
