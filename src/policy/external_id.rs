//! External IDs: made so that nobody can guess one, and judged by whether somebody could.
//!
//! An external ID is not a secret, but it has to be unique, and chosen by the partner: a customer who could choose it, or
//! guess somebody else's, would get that customer's role from the partner. So what counts is how much of it is random.
//!
//! Source: IAM User Guide, "Access to AWS accounts owned by third parties" ("Use the external ID").

mod form;

use std::fmt;

pub use form::{IdForm, IdPrefix, InvalidIdPrefix};

use crate::terms::{ExternalId, InvalidLabel};

/// What an external ID is worth.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// Nobody guesses it.
    Strong,
    /// Somebody may guess it, or have the same by chance. There is at least one reason.
    Weak(Vec<Weakness>),
    /// STS would refuse to take it.
    Unsendable(InvalidLabel),
}

/// Why an external ID may be guessed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weakness {
    /// It says that something else belongs there: `example`, `changeme`.
    Placeholder,
    /// An account id, which is known to many, is most of it.
    AccountId,
    /// A date or a time is most of it.
    Date,
    /// Words are most of it: a name, a product.
    Name,
    /// It counts, or repeats itself: `12345`, `aaaa`.
    Sequential,
    /// It was made from a clock and a network card. Source: RFC 9562, section 5.1.
    TimeUuid,
    /// Too few of its characters can be random: about so many bits.
    Short {
        /// At most so many random bits.
        bits: u32,
    },
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placeholder => f.write_str("it is a placeholder"),
            Self::AccountId => f.write_str("it is made of an account id, which many know"),
            Self::Date => f.write_str("it is made of a date"),
            Self::Name => f.write_str("it is made of words or a name"),
            Self::Sequential => f.write_str("it counts or repeats itself"),
            Self::TimeUuid => f.write_str("it is a UUID made from a clock"),
            Self::Short { bits } => write!(f, "it has at most {bits} random bits, of at least {ENOUGH} that it takes"),
        }
    }
}

/// From how many random bits on nobody guesses, nor meets by chance, an external ID. Each guess is a call to STS.
const ENOUGH: u32 = 64;

/// Judges an external ID by how much of it can be random.
pub fn judge(text: &str) -> Judgement {
    if let Err(error) = text.parse::<ExternalId>() {
        return Judgement::Unsendable(error);
    }
    let mut found = Vec::new();
    let bits = match uuid_version(text) {
        Some(1 | 2 | 6) if text.as_bytes().get(19).is_some_and(|b| b"89abAB".contains(b)) => {
            found.push(Weakness::TimeUuid);
            0
        }
        Some(_) => hex_bits(&text.replace('-', ""), &mut found),
        None => bits_of(text, &mut found),
    };
    if bits >= ENOUGH {
        return Judgement::Strong;
    }
    if is_placeholder(text) {
        found.insert(0, Weakness::Placeholder);
    }
    if found.is_empty() {
        found.push(Weakness::Short { bits });
    }
    Judgement::Weak(found)
}

fn uuid_version(text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.split('-').collect();
    let fits = parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()));
    fits.then(|| parts[2].chars().next()?.to_digit(16)).flatten()
}

fn note(found: &mut Vec<Weakness>, weakness: Weakness) {
    if !found.contains(&weakness) {
        found.push(weakness);
    }
}

/// At most so many random bits in a text of hexadecimal digits.
fn hex_bits(hex: &str, found: &mut Vec<Weakness>) -> u32 {
    if is_counting(hex) {
        note(found, Weakness::Sequential);
        return 0;
    }
    bits(hex.len(), 16)
}

fn bits(length: usize, alphabet: u32) -> u32 {
    let bits = f64::from(u32::try_from(length).unwrap_or(u32::MAX)) * f64::from(alphabet).log2();
    // Far within the range, as a text has at most 1,224 characters.
    bits as u32
}

/// At most so many random bits in a text: its parts are judged by themselves, as words, numbers or neither.
fn bits_of(text: &str, found: &mut Vec<Weakness>) -> u32 {
    if is_account_id(text) {
        note(found, Weakness::AccountId);
        return 0;
    }
    if is_date(text) {
        note(found, Weakness::Date);
        return 0;
    }
    let in_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    text.split(|c: char| !in_base64(c))
        .map(|stretch| match base64_bits(stretch) {
            Some(bits) => bits,
            None => {
                let parts = stretch.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
                parts.map(|part| part_bits(part, found)).sum()
            }
        })
        .sum()
}

/// At most so many random bits in bytes that were written as base64, which their padding gives away: partners make such IDs
/// (`NAME_SFCRole=2_…=`), and a slash in them is no end of a word.
fn base64_bits(stretch: &str) -> Option<u32> {
    let bytes = stretch.trim_end_matches('=');
    let padding = stretch.len() - bytes.len();
    let has = |fits: fn(&u8) -> bool| bytes.as_bytes().iter().any(fits);
    let is_base64 = (1..=2).contains(&padding)
        && stretch.len() >= 16
        && stretch.len().is_multiple_of(4)
        && !bytes.contains('=')
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit);
    is_base64.then(|| bits(bytes.len(), 64))
}

fn part_bits(part: &str, found: &mut Vec<Weakness>) -> u32 {
    let is_number = part.bytes().all(|b| b.is_ascii_digit());
    if part.len() >= 3 && !is_number && is_counting(part) {
        note(found, Weakness::Sequential);
        return 0;
    }
    let runs = runs(part);
    // Letters and digits that take turns are no words.
    if runs.len() >= 4 {
        let is_hex = part.bytes().all(|b| b.is_ascii_hexdigit());
        let mixed = part.bytes().any(|b| b.is_ascii_uppercase()) && part.bytes().any(|b| b.is_ascii_lowercase());
        return bits(
            part.len(),
            if is_hex {
                16
            } else if mixed {
                62
            } else {
                36
            },
        );
    }
    runs.into_iter()
        .map(|run| match run.as_bytes().first() {
            Some(b) if b.is_ascii_digit() => number_bits(run, found),
            Some(_) | None => letter_bits(run, found),
        })
        .sum()
}

fn number_bits(digits: &str, found: &mut Vec<Weakness>) -> u32 {
    let weakness = match digits {
        _ if is_account_id(digits) => Weakness::AccountId,
        _ if is_date(digits) => Weakness::Date,
        // Whoever numbers customers begins low, and fills up with noughts.
        _ if digits.len() <= 6 || is_counting(digits) => Weakness::Sequential,
        _ => return bits(digits.len(), 10),
    };
    note(found, weakness);
    0
}

fn letter_bits(letters: &str, found: &mut Vec<Weakness>) -> u32 {
    let is_word = |word: &str| longest_without_vowel(word) < 5;
    if letters.len() < 3 {
        return 0;
    }
    let flips =
        letters.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let jumpy = flips.count() * 4 > letters.len();
    if jumpy || (letters.len() >= 12 && !is_word(letters)) {
        return bits(letters.len(), if jumpy { 52 } else { 26 });
    }
    note(found, Weakness::Name);
    0
}

fn longest_without_vowel(word: &str) -> usize {
    word.split(|c: char| "aeiouyAEIOUY".contains(c)).map(str::len).max().unwrap_or(0)
}

/// Runs of letters and runs of digits, in turn.
fn runs(part: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut begin = 0;
    let bytes = part.as_bytes();
    for at in 1..bytes.len() {
        if bytes[at].is_ascii_digit() != bytes[at - 1].is_ascii_digit() {
            runs.push(&part[begin..at]);
            begin = at;
        }
    }
    runs.push(&part[begin..]);
    runs
}

/// Whether most characters follow from the one before: `12345`, `abcd`, `0000`, `9876`.
fn is_counting(text: &str) -> bool {
    let steps =
        text.as_bytes().windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 1 || (pair[0], pair[1]) == (b'9', b'0'));
    steps.count() * 10 >= (text.len() - 1) * 7
}

fn is_account_id(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| !"-_.:/".contains(*c)).collect();
    digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 14
}

/// A day, or a day and a time, in digits, with or without what stands between them; or seconds since 1970.
fn is_date(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| !"-_.:/TZ+".contains(*c)).collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let number =
        |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let day = |year: u32, month: u32, day: u32| {
        (1970..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    match digits.len() {
        8 | 10 | 12 | 14 if day(number(0..4), number(4..6), number(6..8)) => true,
        8 => day(number(4..8), number(2..4), number(0..2)) || day(number(4..8), number(0..2), number(2..4)),
        10 | 13 => (1_000_000_000..2_200_000_000).contains(&digits[..10].parse::<u64>().unwrap_or(0)),
        _ => false,
    }
}

fn is_placeholder(text: &str) -> bool {
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    PLACEHOLDERS.iter().any(|word| bare.contains(word)) || WHOLE.contains(&bare.as_str())
}

const PLACEHOLDERS: [&str; 14] = [
    "changeme",
    "changethis",
    "example",
    "externalid",
    "insert",
    "placeholder",
    "replaceme",
    "replacethis",
    "replacewith",
    "sample",
    "todo",
    "uniqueid",
    "xxxx",
    "yourid",
];
const WHOLE: [&str; 13] = [
    "12345", "123456", "abc123", "default", "demo", "dummy", "foo", "foobar", "none", "password", "secret", "string",
    "test",
];

#[cfg(test)]
mod tests;
