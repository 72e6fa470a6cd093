//! Editing our file in place: the bytes that an edit is about change, and no others.
//!
//! Texts are cut and joined at the places that the parser names, since a file that is written anew from its values would
//! lose line ends and layout. What comes out is parsed again before it is kept.

mod lines;

use std::ops::Range;
use std::path::{Path, PathBuf};

use lines::{BOM, after_first_words, blocks, has_own_header, is_in_header, is_in_one_piece, last_byte, line_after};

use super::document::{Document, Entry, Table, Value};
use super::error::ConfigError;
use super::generated::is_same_file;
use super::include::includes;
use super::origin::Origin;
use super::ours::{NameOf, OurFile, title};
use super::read::{self, Trust};
use super::role::Around;
use super::section::invalid;
use super::write;
use crate::world::World;

/// Our config file, open for a change.
#[derive(Debug)]
pub struct ConfigEdit {
    path: PathBuf,
    home: Option<PathBuf>,
    before: Option<String>,
    text: String,
}

/// What kind of table a name has in our file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TableKind {
    /// `[role.NAME]`
    Role,
    /// `[identity.NAME]`
    Identity,
}

impl TableKind {
    fn name_of(self) -> NameOf {
        match self {
            Self::Role => NameOf::Role,
            Self::Identity => NameOf::Identity,
        }
    }
}

impl ConfigEdit {
    /// Opens our file. One that is not there yet is empty, and made when it is saved.
    pub fn open(world: &World) -> Result<Self, ConfigError> {
        let path = world.folders.config_file.clone();
        let before = read::text(&path, Trust::Own)?;
        let text = before.clone().unwrap_or_default();
        Document::parse(&path, text.clone())?;
        Ok(Self { path, home: world.folders.home.clone(), before, text })
    }

    /// Returns whether the file has a table of that kind and name.
    pub fn declares(&self, kind: TableKind, name: &str) -> bool {
        self.document().is_ok_and(|document| entry(&document.root, kind, name).is_some())
    }

    /// Says `key = value` in a table, which is added at the end of the file if it is not there.
    pub fn set(
        &mut self,
        kind: TableKind,
        name: &str,
        key: &str,
        value: impl Into<toml_edit::Value>,
    ) -> Result<(), ConfigError> {
        self.put(kind, name, key, &value.into().decorated("", "").to_string())
    }

    fn put(&mut self, kind: TableKind, name: &str, key: &str, value: &str) -> Result<(), ConfigError> {
        let line_end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let document = self.document()?;
        let Some(found) = entry(&document.root, kind, name) else {
            let mut added = String::new();
            if !self.text.is_empty() {
                added.push_str(if self.text.ends_with('\n') { "" } else { line_end });
                added.push_str(line_end);
            }
            let name = toml_edit::Key::new(name);
            let word = kind.name_of().word();
            added.push_str(&format!("[{word}.{name}]{line_end}{key} = {value}{line_end}"));
            let end = self.text.len();
            return self.splice(end..end, &added);
        };
        let table = table_of(&document, kind, found)?;
        match table.entry(key).map(|existing| (existing, blocks(&document.text, existing))) {
            // What is written in several places, or as a table of its own, goes; the value is then added as one.
            Some((existing, blocks)) if !is_in_one_piece(&document.text, existing) => {
                self.cut(blocks)?;
                return self.put(kind, name, key, value);
            }
            Some((existing, _)) => return self.splice(existing.span.clone(), value),
            None => {}
        }
        if !has_own_header(&document.text, found.at) {
            return Err(not_editable(&document, kind, found));
        }
        let mut at = line_after(&document.text, found.at);
        if let Some(last) = table.0.iter().rfind(|entry| !is_in_header(&document.text, entry.at)) {
            at = line_after(&document.text, last_byte(last));
        }
        let before = if document.text[..at].ends_with('\n') { "" } else { line_end };
        self.splice(at..at, &format!("{before}{key} = {value}{line_end}"))
    }

    /// Takes a key out of a table. Returns whether it was there.
    pub fn unset(&mut self, kind: TableKind, name: &str, key: &str) -> Result<bool, ConfigError> {
        let document = self.document()?;
        let Some(found) = entry(&document.root, kind, name) else { return Ok(false) };
        let Some(gone) = table_of(&document, kind, found)?.entry(key) else { return Ok(false) };
        // The last key of a table without a header of its own would take the table along.
        if is_in_one_piece(&document.text, found) || !has_own_header(&document.text, found.at) {
            return Err(not_editable(&document, kind, found));
        }
        self.cut(blocks(&document.text, gone))?;
        Ok(true)
    }

    /// Takes a table out of the file, with what stands in it; comments before and after it stay. Returns whether it was there.
    pub fn remove(&mut self, kind: TableKind, name: &str) -> Result<bool, ConfigError> {
        let document = self.document()?;
        let Some(found) = entry(&document.root, kind, name) else { return Ok(false) };
        table_of(&document, kind, found)?;
        let mut blocks = blocks(&document.text, found);
        if let Some(block) = blocks.first_mut() {
            // Of the two blank lines that would meet, one goes along.
            let (before, after) = (&document.text[..block.start], &document.text[block.end..]);
            if before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n") {
                block.end += if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with('\n')) };
            }
        }
        self.cut(blocks)?;
        Ok(true)
    }

    /// Makes the file include another one. Returns whether that took a change.
    pub fn include(&mut self, file: &Path) -> Result<bool, ConfigError> {
        if self.includes(file)? {
            return Ok(false);
        }
        let document = self.document()?;
        let line_end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let written = self.as_written(file);
        let value = toml_edit::Value::from(written.as_str());
        let found = document.root.entry("include");
        let list = found.map(|found| self.text[found.span.clone()].parse::<toml_edit::Value>());
        match (found, list) {
            (Some(found), Some(Ok(toml_edit::Value::Array(mut list)))) => {
                // As those before it stand: in a line of its own, or behind a blank.
                let before = list.iter().last().and_then(|last| last.decor().prefix()?.as_str()).unwrap_or_default();
                let prefix = match before.rfind('\n') {
                    Some(line) => &before[line..],
                    None if list.is_empty() => "",
                    None => " ",
                };
                let value = value.decorated(prefix, "");
                list.push_formatted(value);
                self.splice(found.span.clone(), &list.to_string())?;
            }
            _ => {
                let own = |entry: &&Entry| !is_in_header(&self.text, entry.at);
                let (at, after) = match document.root.0.iter().filter(own).map(last_byte).max() {
                    Some(last) => (line_after(&self.text, last), ""),
                    None => (after_first_words(&self.text), line_end),
                };
                let (head, rest) = self.text.split_at(at);
                let open = if head.is_empty() || head == BOM || head.ends_with('\n') { "" } else { line_end };
                let after = if rest.is_empty() { "" } else { after };
                self.splice(at..at, &format!("{open}include = [{value}]{line_end}{after}"))?;
            }
        }
        match self.includes(file)? {
            true => Ok(true),
            false => {
                let origin = Origin::File { path: self.path.as_path().into(), line: 1, key: "include".to_owned() };
                let reason = format!("it cannot be edited in this file; add \"{written}\" to it by hand");
                Err(invalid("include", &reason, &origin))
            }
        }
    }

    fn includes(&self, file: &Path) -> Result<bool, ConfigError> {
        let whole = OurFile::from_text(&self.path, self.text.clone())?;
        let covers =
            |path: &Path| is_same_file(path, file) || file.parent().is_some_and(|folder| is_same_file(path, folder));
        Ok(includes(&whole.top(), self.home.as_deref())?.iter().any(|include| covers(&include.path)))
    }

    /// Returns a path as a person would write it into the file.
    fn as_written(&self, file: &Path) -> String {
        let beside = self.path.parent().and_then(|folder| file.strip_prefix(folder).ok());
        let in_home = || Some(Path::new("~").join(file.strip_prefix(self.home.as_deref()?).ok()?));
        let path = beside.map(Path::to_owned).or_else(in_home).unwrap_or_else(|| file.to_owned());
        path.display().to_string()
    }

    /// Returns where a table begins, as the file would be.
    pub fn origin(&self, kind: TableKind, name: &str) -> Option<Origin> {
        let document = self.document().ok()?;
        let found = entry(&document.root, kind, name)?;
        Some(document.origin_as(found, title(kind.name_of(), name)))
    }

    /// Writes the file, if anything changed, having made sure that it can be read and that `name` means something in it.
    /// Returns whether anything changed.
    pub fn save(self, name: Option<&str>) -> Result<bool, ConfigError> {
        if self.before.as_deref().unwrap_or_default() == self.text {
            return Ok(false);
        }
        let file = OurFile::from_text(&self.path, self.text.clone())?;
        if let Some(name) = name {
            file.find(name, Around { home: self.home.as_deref(), region: None, ignore_endpoints: false })?;
        }
        write::replace(&self.path, self.before.as_deref(), &self.text)?;
        Ok(true)
    }

    fn document(&self) -> Result<Document, ConfigError> {
        Document::parse(&self.path, self.text.clone())
    }

    fn cut(&mut self, mut blocks: Vec<Range<usize>>) -> Result<(), ConfigError> {
        blocks.sort_by_key(|block| block.start);
        let mut after = self.text.clone();
        for block in blocks.into_iter().rev() {
            after.replace_range(block, "");
        }
        Document::parse(&self.path, after.clone())?;
        self.text = after;
        Ok(())
    }

    fn splice(&mut self, range: Range<usize>, text: &str) -> Result<(), ConfigError> {
        let mut after = self.text.clone();
        after.replace_range(range, text);
        Document::parse(&self.path, after.clone())?;
        self.text = after;
        Ok(())
    }
}

fn entry<'a>(root: &'a Table, kind: TableKind, name: &str) -> Option<&'a Entry> {
    root.table(kind.name_of().word())?.entry(name)
}

fn table_of<'a>(document: &Document, kind: TableKind, found: &'a Entry) -> Result<&'a Table, ConfigError> {
    match &found.value {
        Value::Table(table) => Ok(table),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => {
            Err(not_editable(document, kind, found))
        }
    }
}

fn not_editable(document: &Document, kind: TableKind, found: &Entry) -> ConfigError {
    let table = title(kind.name_of(), &found.key);
    ConfigError::NotEditable { origin: document.origin_as(found, table.clone()), table }
}

#[cfg(test)]
mod tests;
