//! Reading one table of our file: each value with its origin, each mistake with its place.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::document::{Document, Entry, Table, Value};
use super::error::ConfigError;
use super::origin::{Origin, Sourced};
use crate::terms::parse_duration;

/// A table of our file, with its name for error texts.
pub(super) struct Section<'a> {
    pub(super) document: &'a Document,
    pub(super) table: &'a Table,
    /// As it is written: `[role.prod]`.
    pub(super) title: String,
    /// Where it begins.
    pub(super) origin: Origin,
}

impl<'a> Section<'a> {
    /// Refuses keys other than these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ConfigError> {
        match self.table.0.iter().find(|entry| !known.contains(&entry.key.as_str())) {
            None => Ok(()),
            Some(entry) => Err(ConfigError::UnknownKey {
                key: entry.key.clone(),
                table: self.title.clone(),
                nearest: nearest(&entry.key, known.iter().copied()).into_iter().next(),
                origin: self.document.origin(entry),
            }),
        }
    }

    /// Returns the entry of that key.
    pub(super) fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.table.entry(key)
    }

    /// Returns where a key stands, if it does.
    pub(super) fn origin_of(&self, key: &str) -> Option<Origin> {
        self.entry(key).map(|entry| self.document.origin(entry))
    }

    /// Returns a text as it stands.
    pub(super) fn text(&self, key: &str) -> Result<Option<Sourced<&'a str>>, ConfigError> {
        self.read(key, "a text", |value| match value {
            Value::Text(text) => Some(text.as_str()),
            Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Table(_) | Value::Other => None,
        })
    }

    /// Returns a text as what it means.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Option<Sourced<T>>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let value = text.value.parse().map_err(|error| invalid(key, &error, &text.origin))?;
        Ok(Some(Sourced::new(value, text.origin)))
    }

    /// Returns `true` or `false`.
    pub(super) fn truth(&self, key: &str) -> Result<Option<Sourced<bool>>, ConfigError> {
        self.read(key, "true or false", |value| match value {
            Value::Bool(truth) => Some(*truth),
            Value::Text(_) | Value::Integer(_) | Value::List(_) | Value::Table(_) | Value::Other => None,
        })
    }

    /// Returns a duration: `3600` is seconds, `"1h 30m"` is what it says.
    pub(super) fn duration(&self, key: &str) -> Result<Option<Sourced<Duration>>, ConfigError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        let origin = self.document.origin(entry);
        let duration = match &entry.value {
            Value::Text(text) => parse_duration(text).map_err(|error| invalid(key, &error, &origin))?,
            Value::Integer(seconds) => {
                let seconds = u64::try_from(*seconds).map_err(|_| invalid(key, &"it is negative", &origin))?;
                Duration::from_secs(seconds)
            }
            other @ (Value::Bool(_) | Value::List(_) | Value::Table(_) | Value::Other) => {
                return Err(wrong_kind(key, "seconds, or a text such as \"1h\"", other, &origin));
            }
        };
        Ok(Some(Sourced::new(duration, origin)))
    }

    /// Returns a duration that has limits of its own.
    pub(super) fn limited<T>(&self, key: &str) -> Result<Option<Sourced<T>>, ConfigError>
    where
        T: TryFrom<Duration, Error: Display>,
    {
        let Some(duration) = self.duration(key)? else { return Ok(None) };
        let value = T::try_from(duration.value).map_err(|error| invalid(key, &error, &duration.origin))?;
        Ok(Some(Sourced::new(value, duration.origin)))
    }

    /// Returns a list of texts as what they mean.
    pub(super) fn list<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Vec<Sourced<T>>, ConfigError> {
        let Some(entry) = self.entry(key) else { return Ok(Vec::new()) };
        let origin = self.document.origin(entry);
        let expected = "a list of texts";
        let Value::List(items) = &entry.value else { return Err(wrong_kind(key, expected, &entry.value, &origin)) };
        let item = |item: &Value| match item {
            Value::Text(text) => {
                let value = text.parse().map_err(|error| invalid(key, &error, &origin))?;
                Ok(Sourced::new(value, origin.clone()))
            }
            other @ (Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Table(_) | Value::Other) => {
                Err(wrong_kind(key, expected, other, &origin))
            }
        };
        items.iter().map(item).collect()
    }

    /// Returns a path, seen from the folder that the file lies in; `~` is the home folder.
    pub(super) fn path(&self, key: &str, home: Option<&Path>) -> Result<Option<Sourced<PathBuf>>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        Ok(Some(Sourced::new(resolve(&self.document.path, text.value, home), text.origin)))
    }

    /// Refuses two keys that say the same thing.
    pub(super) fn not_both(&self, first: &'static str, second: &'static str) -> Result<(), ConfigError> {
        match (self.entry(first), self.origin_of(second)) {
            (Some(_), Some(origin)) => Err(ConfigError::Both { table: self.title.clone(), first, second, origin }),
            _ => Ok(()),
        }
    }

    fn read<T>(
        &self,
        key: &str,
        expected: &str,
        take: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<Sourced<T>>, ConfigError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        let origin = self.document.origin(entry);
        match take(&entry.value) {
            Some(value) => Ok(Some(Sourced::new(value, origin))),
            None => Err(wrong_kind(key, expected, &entry.value, &origin)),
        }
    }
}

/// Returns a path that stands in a file, seen from that file's folder.
pub(super) fn resolve(file: &Path, path: &str, home: Option<&Path>) -> PathBuf {
    let path = crate::world::expand_home(Path::new(path), home);
    file.parent().map_or(path.clone(), |folder| folder.join(&path))
}

/// Returns the error of a value that cannot be taken.
pub(super) fn invalid(key: &str, reason: &dyn Display, origin: &Origin) -> ConfigError {
    ConfigError::Invalid { key: key.to_owned(), reason: reason.to_string(), origin: origin.clone() }
}

/// Returns the error of a value of another kind than it should be.
pub(super) fn wrong_kind(key: &str, expected: &str, found: &Value, origin: &Origin) -> ConfigError {
    invalid(key, &format!("it should be {expected}, and is {}", found.kind()), origin)
}

/// Returns those of `names` that `name` may have been meant for, nearest first.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    const LIKE: f64 = 0.75;
    let lower = name.to_lowercase();
    let likeness = |known: &str| {
        let known = known.to_lowercase();
        // One slip of the fingers is likely, however short the name.
        let slip = strsim::osa_distance(&lower, &known) == 1 && known.chars().count() > 1;
        strsim::jaro_winkler(&lower, &known).max(if slip { 0.9 } else { 0.0 })
    };
    let mut like: Vec<(f64, &str)> =
        names.map(|known| (likeness(known), known)).filter(|(likeness, _)| *likeness >= LIKE).collect();
    like.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    like.into_iter().map(|(_, known)| known.to_owned()).take(3).collect()
}
