//! Why findings were archived: a file of ours, made for git, since AWS keeps no reason.

use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table, value};

/// The file's text, and what stands in it.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    text: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    resource: String,
    principal: String,
    reason: String,
    #[serde(rename = "date")]
    _date: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default)]
    accepted: Vec<Entry>,
}

/// Why the file cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is no list of accepted findings: {0}")]
pub struct AcceptedError(String);

impl Accepted {
    /// Reads a file's text. An empty text is one with nothing in it.
    pub fn parse(text: &str) -> Result<Self, AcceptedError> {
        let wire: Wire = toml::from_str(text).map_err(|error| AcceptedError(error.message().to_owned()))?;
        Ok(Self { text: text.to_owned(), entries: wire.accepted })
    }

    /// Returns why that was accepted.
    pub fn reason(&self, resource: &str, principal: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|entry| entry.resource == resource && entry.principal == principal)?;
        Some(&entry.reason)
    }

    /// Returns the text with one more entry, or another reason in the one that is there. The rest stays as it is.
    pub fn with(&self, resource: &str, principal: &str, reason: &str, date: &str) -> Result<String, AcceptedError> {
        let mut document: DocumentMut =
            self.text.parse().map_err(|error: toml_edit::TomlError| AcceptedError(error.message().to_owned()))?;
        let list = document.entry("accepted").or_insert_with(|| Item::ArrayOfTables(Default::default()));
        let list = list.as_array_of_tables_mut().ok_or_else(|| AcceptedError("`accepted` is no list".to_owned()))?;
        let says = |table: &Table, key: &str, text: &str| table.get(key).and_then(Item::as_str) == Some(text);
        let known =
            list.iter_mut().find(|entry| says(entry, "resource", resource) && says(entry, "principal", principal));
        match known {
            Some(entry) => {
                entry["reason"] = value(reason);
                entry["date"] = value(date);
            }
            None => {
                let mut entry = Table::new();
                for (key, text) in
                    [("resource", resource), ("principal", principal), ("reason", reason), ("date", date)]
                {
                    entry[key] = value(text);
                }
                list.push(entry);
            }
        }
        Ok(document.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_added_or_replaced_and_comments_stay() {
        let first = Accepted::default().with("arn:a", "1", "a partner", "2026-11-24").unwrap();
        let commented = format!("# reviewed by us\n{first}");
        let again = Accepted::parse(&commented).unwrap();
        assert_eq!(again.reason("arn:a", "1"), Some("a partner"));
        assert_eq!(again.reason("arn:a", "2"), None);
        let second = again.with("arn:a", "1", "still a partner", "2026-12-24").unwrap();
        assert!(second.starts_with("# reviewed by us\n[[accepted]]\n"), "{second}");
        assert_eq!(second.matches("[[accepted]]").count(), 1);
        assert_eq!(Accepted::parse(&second).unwrap().reason("arn:a", "1"), Some("still a partner"));
        let hostile = again.with("arn:b", "\"]\n[x]", "a\nb", "2026-11-24").unwrap();
        assert_eq!(Accepted::parse(&hostile).unwrap().reason("arn:b", "\"]\n[x]"), Some("a\nb"));
        assert!(Accepted::parse("accepted = 1").is_err());
    }
}
