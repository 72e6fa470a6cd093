//! A TOML file as a tree whose every key knows where it stands.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;
use super::origin::Origin;

/// A file, read once.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) path: Arc<Path>,
    pub(super) text: String,
    pub(super) root: Table,
    /// Where each line ends, for whoever asks for thousands.
    line_ends: OnceLock<Vec<usize>>,
}

/// A table, its keys in the order of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(pub(super) Vec<Entry>);

/// A key and what it says.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    /// How many bytes stand before the key.
    pub(super) at: usize,
    /// Where the value stands; for a table with a header of its own, the header.
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

/// A value, of the kinds that config files need.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Bool(bool),
    List(Vec<Value>),
    Table(Table),
    /// A float or a date: nothing here is one.
    Other,
}

impl Document {
    /// Returns the file of that path with that text.
    pub(super) fn parse(path: &Path, text: String) -> Result<Self, ConfigError> {
        let path: Arc<Path> = path.into();
        let root = match DeTable::parse(&text) {
            Ok(root) => table(root.get_ref()),
            Err(error) => {
                let line = line_of(&text, error.span().map_or(0, |span| span.start));
                let key = "syntax".to_owned();
                let what = error.message().trim_end_matches(", expected nothing");
                // Half of a value would not help, and a line that is longer is no line that somebody typed.
                let written = text.lines().nth(line - 1).unwrap_or_default().trim();
                let written = if written.len() > 80 { String::new() } else { format!(" in `{written}`") };
                let message = format!("{what}{written}");
                return Err(ConfigError::Toml { message, origin: Origin::File { path, line, key } });
            }
        };
        Ok(Self { path, text, root, line_ends: OnceLock::new() })
    }

    /// Returns where a key stands.
    pub(super) fn origin(&self, entry: &Entry) -> Origin {
        self.origin_as(entry, entry.key.clone())
    }

    /// Returns where a key stands, called by another name, such as `[role.prod]`.
    pub(super) fn origin_as(&self, entry: &Entry, key: String) -> Origin {
        Origin::File { path: self.path.clone(), line: self.line_of(entry.at), key }
    }

    /// Looks for the lines once: the line of one place is counted, but not that of each of thousands.
    pub(super) fn number_lines(&self) {
        self.line_ends.get_or_init(|| self.text.match_indices('\n').map(|(at, _)| at).collect());
    }

    fn line_of(&self, at: usize) -> usize {
        match self.line_ends.get() {
            Some(ends) => ends.partition_point(|&end| end < at) + 1,
            None => line_of(&self.text, at),
        }
    }
}

impl Table {
    /// Returns the entry of that key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key == key)
    }

    /// Returns the table of that key, if there is one.
    pub(super) fn table(&self, key: &str) -> Option<&Table> {
        match &self.entry(key)?.value {
            Value::Table(table) => Some(table),
            Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => None,
        }
    }
}

impl Value {
    /// Returns what kind of value it is, for a person.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other => "a number with a fraction, or a date",
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count() + 1
}

fn table(from: &DeTable<'_>) -> Table {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| Entry {
        key: String::from(AsRef::<str>::as_ref(key.get_ref())),
        at: key.span().start,
        span: value.span(),
        value: self::value(value.get_ref()),
    };
    let mut entries: Vec<Entry> = from.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.at);
    Table(entries)
}

fn value(from: &DeValue<'_>) -> Value {
    match from {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Other,
        },
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Array(items) => Value::List(items.iter().map(|item| value(item.get_ref())).collect()),
        DeValue::Table(inner) => Value::Table(table(inner)),
        DeValue::Float(_) | DeValue::Datetime(_) => Value::Other,
    }
}
