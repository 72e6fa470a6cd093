//! Session tags.

use std::fmt;
use std::str::FromStr;

/// A session tag's key: 1 to 128 characters. Two keys that differ in case only are the same to AWS.
///
/// Source: STS API Reference, `Tag`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct TagKey(String);

/// A session tag: a key, and a value of at most 256 characters.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Tag {
    key: TagKey,
    value: String,
}

/// Why a text is no session tag.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidTag {
    /// A character that AWS refuses.
    #[error("`{}` at position {} cannot stand in a session tag (letters, digits, spaces and _.:/=+-@ can)", c.escape_debug(), at + 1)]
    Character {
        /// The character.
        c: char,
        /// How many characters stand before it.
        at: usize,
    },
    /// The key is empty or too long.
    #[error("a session tag's key has 1 to 128 characters, and this has {len}")]
    KeyLength {
        /// How many characters were given.
        len: usize,
    },
    /// The value is too long.
    #[error("a session tag's value has at most 256 characters, and this has {len}")]
    ValueLength {
        /// How many characters were given.
        len: usize,
    },
    /// `--tag` without an equals sign.
    #[error("`{text}` is no session tag; write key=value")]
    Form {
        /// What was given.
        text: String,
    },
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`
fn check_characters(text: &str) -> Result<(), InvalidTag> {
    let separator = |c: char| c == ' ' || (c.is_whitespace() && !c.is_control());
    let allowed = |c: char| c.is_alphanumeric() || separator(c) || "_.:/=+-@".contains(c);
    match text.chars().enumerate().find(|&(_, c)| !allowed(c)) {
        Some((at, c)) => Err(InvalidTag::Character { c, at }),
        None => Ok(()),
    }
}

impl TagKey {
    /// Returns the key as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether AWS takes both for the same key.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl FromStr for TagKey {
    type Err = InvalidTag;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_characters(text)?;
        match text.chars().count() {
            1..=128 => Ok(Self(text.to_owned())),
            len => Err(InvalidTag::KeyLength { len }),
        }
    }
}

impl fmt::Display for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Tag {
    /// Returns the tag of that key and value, if AWS would take it.
    pub fn new(key: &str, value: &str) -> Result<Self, InvalidTag> {
        let key = key.parse()?;
        check_characters(value)?;
        match value.chars().count() {
            0..=256 => Ok(Self { key, value: value.to_owned() }),
            len => Err(InvalidTag::ValueLength { len }),
        }
    }

    /// The key.
    pub fn key(&self) -> &TagKey {
        &self.key
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl FromStr for Tag {
    type Err = InvalidTag;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').ok_or_else(|| InvalidTag::Form { text: text.to_owned() })?;
        Self::new(key, value)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}
