//! A key pair as people paste it: two words, two lines, or the CSV file that the AWS console offers.

use secrecy::ExposeSecret;

use crate::terms::{AccessKeyId, SecretString};

/// Why a text is no long-term key pair. Nothing of it is quoted: it holds a secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidPair {
    /// It has another number of words than two.
    #[error("a key pair is an access key id and a secret access key, and this has {words} word(s)")]
    Words {
        /// How many there are.
        words: usize,
    },
    /// A CSV file without the two columns.
    #[error("this CSV file has no columns \"Access key ID\" and \"Secret access key\"")]
    Columns,
    /// The first word names no key.
    #[error("the first word is no access key id: one has 16 to 128 letters and digits, such as AKIA…")]
    KeyId,
    /// A session's key, which ends and would be useless without its token.
    #[error("ASIA… is the key of a session, and ends with it; a long-term key begins with AKIA")]
    Session,
    /// The secret half does not look like one.
    #[error("the secret access key has {len} characters, and AWS's have 40")]
    Secret {
        /// How many characters it has.
        len: usize,
    },
    /// The two are in the other order.
    #[error("the secret access key stands first; the access key id (AKIA…) belongs there")]
    Swapped,
}

/// Reads a long-term key pair.
pub fn parse_pair(text: &SecretString) -> Result<(AccessKeyId, SecretString), InvalidPair> {
    let text = text.expose_secret().trim_start_matches('\u{feff}').trim();
    let (key_id, secret) = if text.lines().next().is_some_and(|line| line.contains(',')) {
        in_csv(text)?
    } else {
        let mut words = text.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(key_id), Some(secret), None) => (key_id, secret),
            _ => return Err(InvalidPair::Words { words: text.split_whitespace().count() }),
        }
    };
    pair(key_id, secret)
}

/// Source: the files of the IAM console, "Download .csv file", today's and the older one with user name and password.
fn in_csv(text: &str) -> Result<(&str, &str), InvalidPair> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    let row = lines.next().unwrap_or_default();
    let column = |name: &str| {
        let at = header.split(',').position(|title| title.trim().trim_matches('"').eq_ignore_ascii_case(name))?;
        row.split(',').nth(at).map(|field| field.trim().trim_matches('"'))
    };
    column("Access key ID").zip(column("Secret access key")).ok_or(InvalidPair::Columns)
}

fn pair(key_id: &str, secret: &str) -> Result<(AccessKeyId, SecretString), InvalidPair> {
    if looks_swapped(key_id, secret) {
        return Err(InvalidPair::Swapped);
    }
    let parsed: AccessKeyId = key_id.parse().map_err(|_| InvalidPair::KeyId)?;
    if !parsed.is_long_term() {
        return Err(InvalidPair::Session);
    }
    match secret.chars().count() {
        LENGTH => Ok((parsed, SecretString::from(secret.to_owned()))),
        len => Err(InvalidPair::Secret { len }),
    }
}

fn looks_swapped(first: &str, second: &str) -> bool {
    first.len() == LENGTH && second.len() < LENGTH && ["AKIA", "ASIA"].iter().any(|start| second.starts_with(start))
}

/// Source: IAM User Guide, "Manage access keys for IAM users": all that were ever made have it.
const LENGTH: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn parse(text: &str) -> Result<(AccessKeyId, SecretString), InvalidPair> {
        parse_pair(&SecretString::from(text.to_owned()))
    }

    #[test]
    fn a_pair_is_read_however_it_was_pasted() {
        let forms = [
            format!("{KEY_ID} {SECRET}"),
            format!("  {KEY_ID}\n{SECRET}\n"),
            format!("{KEY_ID}\t{SECRET}\r\n"),
            format!("\u{feff}Access key ID,Secret access key\r\n{KEY_ID},{SECRET}\r\n"),
            format!(
                "User name,Password,Access key ID,Secret access key,Console login link\nalice,,{KEY_ID},{SECRET},https://x\n"
            ),
            format!("\"Access key ID\",\"Secret access key\"\n\"{KEY_ID}\",\"{SECRET}\""),
        ];
        for form in forms {
            let (key_id, secret) = parse(&form).unwrap();
            assert_eq!((key_id.as_str(), secret.expose_secret()), (KEY_ID, SECRET), "{form}");
        }
    }

    #[test]
    fn what_is_no_pair_is_refused_without_quoting_it() {
        let cases = [
            (String::new(), "0 word"),
            (KEY_ID.to_owned(), "1 word"),
            (format!("{KEY_ID} {SECRET} more"), "3 word"),
            (format!("{SECRET} {KEY_ID}"), "stands first"),
            (format!("alice {SECRET}"), "no access key id"),
            (format!("ASIAIOSFODNN7EXAMPLE {SECRET}"), "key of a session"),
            (format!("{KEY_ID} wJalrXUtnFEMI"), "has 13 characters"),
            (format!("User name,Secret access key\nalice,{SECRET}"), "no columns"),
        ];
        for (text, expected) in cases {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("wJal"), "{text}: {error}");
        }
    }
}
