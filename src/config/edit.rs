//! Editing our file in place: the bytes that an edit is about change, and no others.
//!
//! Texts are cut and joined at the places that the parser names, since a file that is written anew from its values would
//! lose line ends and layout. What comes out is parsed again before it is kept.

use std::ops::Range;
use std::path::{Path, PathBuf};

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

/// Whether the key at that place stands in a header, `[like.this]`.
fn is_in_header(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].trim_start().starts_with('[')
}

/// Whether the key at that place is the last of a header: `[role.prod]` is that of `prod`, `[role.prod.tags]` is not.
fn has_own_header(text: &str, at: usize) -> bool {
    let rest = match text[at..].chars().next() {
        Some(quote @ ('"' | '\'')) => text[at + 1..].split_once(quote).map_or("", |(_, rest)| rest),
        _ => text[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_'),
    };
    is_in_header(text, at) && rest.trim_start().starts_with(']')
}

/// Whether an entry is `key = value`, rather than a table with a header or dotted keys.
fn is_in_one_piece(text: &str, entry: &Entry) -> bool {
    match &entry.value {
        Value::Table(_) => text[entry.span.clone()].starts_with('{'),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => {
            !is_in_header(text, entry.at)
        }
    }
}

/// What some editors of Windows begin a file with.
const BOM: &str = "\u{feff}";

/// Returns the place after the comments at a file's top that stand by themselves.
fn after_first_words(text: &str) -> usize {
    let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            return at;
        }
        if !line.starts_with('#') {
            return start;
        }
    }
    at
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Returns where the line after that place begins.
fn line_after(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Returns the last place that belongs to an entry which has no header.
fn last_byte(entry: &Entry) -> usize {
    match &entry.value {
        Value::Table(table) => table.0.iter().map(last_byte).fold(entry.span.end, usize::max),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => entry.span.end,
    }
}

/// Returns the whole lines of an entry, wherever they stand.
fn blocks(text: &str, entry: &Entry) -> Vec<Range<usize>> {
    let lines = |from: usize, to: usize| line_start(text, from)..line_after(text, to);
    let Value::Table(table) = &entry.value else { return vec![lines(entry.at, entry.span.end)] };
    if is_in_one_piece(text, entry) {
        return vec![lines(entry.at, entry.span.end)];
    }
    let (apart, within): (Vec<&Entry>, Vec<&Entry>) = table.0.iter().partition(|inner| is_in_header(text, inner.at));
    let mut found: Vec<Range<usize>> = apart.into_iter().flat_map(|inner| blocks(text, inner)).collect();
    if has_own_header(text, entry.at) {
        let end = within.into_iter().map(last_byte).fold(entry.at, usize::max);
        found.push(lines(entry.at, end));
    } else {
        found.extend(within.into_iter().flat_map(|inner| blocks(text, inner)));
    }
    found.sort_by_key(|block| block.start);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(text: &str) -> ConfigEdit {
        ConfigEdit {
            path: PathBuf::from("config.toml"),
            home: None,
            before: Some(text.to_owned()),
            text: text.to_owned(),
        }
    }

    const ODD: &str = "\u{feff}# mine\r\nregion = 'eu-west-1' # home\r\n\r\n# first\r\n[role.a]   # why\r\nidentity=\"work\"\r\n  # inside\r\nrole_arn = \"arn:aws:iam::123456789012:role/A\"  # keep\r\n\r\n# second\r\n[role.\"b\"]\r\nvia = \"a\"\r\n";

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let mut file = edit(ODD);
        file.set(TableKind::Role, "a", "role_arn", "arn:aws:iam::123456789012:role/B").unwrap();
        assert_eq!(file.text, ODD.replace("role/A", "role/B"));
    }

    #[test]
    fn a_new_key_stands_after_the_last_one_of_its_table() {
        let mut file = edit(ODD);
        file.set(TableKind::Role, "a", "external_id", "x\"y").unwrap();
        assert_eq!(file.text, ODD.replace("# keep\r\n", "# keep\r\nexternal_id = 'x\"y'\r\n"));
    }

    #[test]
    fn a_new_table_stands_at_the_end() {
        let mut file = edit("[role.a]\nvia = \"b\"");
        file.set(TableKind::Role, "c d", "via", "a").unwrap();
        file.set(TableKind::Role, "c d", "confirm", true).unwrap();
        assert_eq!(file.text, "[role.a]\nvia = \"b\"\n\n[role.\"c d\"]\nvia = \"a\"\nconfirm = true\n");
    }

    #[test]
    fn removing_takes_the_table_and_leaves_the_comments_around_it() {
        let mut file = edit(ODD);
        assert!(file.remove(TableKind::Role, "a").unwrap());
        let (before, after) = (ODD.find("[role.a]").unwrap(), ODD.find("\r\n# second").unwrap());
        assert_eq!(file.text, format!("{}{}", &ODD[..before], &ODD[after..]));
        assert!(!file.remove(TableKind::Role, "a").unwrap());
    }

    #[test]
    fn every_form_of_a_table_is_edited_or_refused_and_never_damaged() {
        for (before, key, expected) in [
            ("[role]\na = { via = \"b\" }\n", "via", Some("[role]\na = { via = \"new\" }\n")),
            ("[role]\na = { via = \"b\" }\n", "identity", None),
            ("role.a.via = \"b\" # so\n", "via", Some("role.a.via = \"new\" # so\n")),
            ("[role.a.tags]\nx = \"1\"\n", "via", None),
            (
                "[role.a]\ntags.x = \"1\"\nvia = \"b\"\ntags.y = \"2\"\n",
                "tags",
                Some("[role.a]\nvia = \"b\"\ntags = \"new\"\n"),
            ),
            (
                "[role.a]\nvia = \"b\"\n[role.c]\nvia = \"a\"\n[role.a.tags]\nx = \"1\"\n",
                "tags",
                Some("[role.a]\nvia = \"b\"\ntags = \"new\"\n[role.c]\nvia = \"a\"\n"),
            ),
        ] {
            let mut file = edit(before);
            let outcome = file.set(TableKind::Role, "a", key, "new");
            match expected {
                Some(after) => assert_eq!(file.text, after, "{outcome:?}"),
                None => {
                    assert!(matches!(outcome, Err(ConfigError::NotEditable { .. })), "{outcome:?}");
                    assert_eq!(file.text, before);
                }
            }
        }
    }

    #[test]
    fn an_include_is_added_where_it_belongs_and_once() {
        for (before, after) in [
            ("", "include = [\"found/a.toml\"]\n"),
            ("# mine\n\n[role.a]\nvia = \"b\"\n", "# mine\n\ninclude = [\"found/a.toml\"]\n\n[role.a]\nvia = \"b\"\n"),
            ("# of a\n[role.a]\nvia = \"b\"\n", "include = [\"found/a.toml\"]\n\n# of a\n[role.a]\nvia = \"b\"\n"),
            (
                "region = 'eu-west-1' # home\r\n\r\n[role.a]\r\nvia = 'b'\r\n",
                "region = 'eu-west-1' # home\r\ninclude = [\"found/a.toml\"]\r\n\r\n[role.a]\r\nvia = 'b'\r\n",
            ),
            ("region = 'eu-west-1'", "region = 'eu-west-1'\ninclude = [\"found/a.toml\"]\n"),
            ("include = []\n", "include = [\"found/a.toml\"]\n"),
            ("include = [\"x.toml\"] # team\n", "include = [\"x.toml\", \"found/a.toml\"] # team\n"),
            (
                "include = [\n    \"x.toml\", # team\n    { path = \"y\", allow = [\"commands\"] },\n]\n[role.a]\nvia = \"b\"\n",
                "include = [\n    \"x.toml\", # team\n    { path = \"y\", allow = [\"commands\"] },\n    \"found/a.toml\",\n]\n[role.a]\nvia = \"b\"\n",
            ),
            ("include = [\"found/a.toml\"]\n", "include = [\"found/a.toml\"]\n"),
            ("include = [\"found\"]\n", "include = [\"found\"]\n"),
        ] {
            let mut file = edit(before);
            let changed = file.include(Path::new("found/a.toml")).unwrap();
            assert_eq!((file.text.as_str(), changed), (after, before != after));
            assert!(!file.include(Path::new("found/a.toml")).unwrap(), "{after}");
        }
    }

    /// A file of lines as people write them, in either kind of line end.
    fn files() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            Just(String::new()),
            Just("# a comment".to_owned()),
            Just("  # an indented one, with = and [brackets]".to_owned()),
            "[a-z]{1,3} = \"[^\"\\\\\\p{C}]{0,8}\"( # [a-z]{0,5})?",
            "[a-z]{1,3}\\.[a-z]{1,3} = [0-9]",
            "[a-z]{1,3} = \\{ x = '[a-z]*', y = 1 \\}",
            "[a-z]{1,3} = \\[ 1, 2 \\]",
            "\\[role\\.[a-d]\\]( # [a-z]*)?",
            "\\[role\\.[a-d]\\.tags\\]",
            "\\[ identity . \"[a-d]\" \\]",
        ];
        (proptest::collection::vec(line, 0..14), any::<bool>(), any::<bool>()).prop_map(|(lines, windows, ended)| {
            let end = if windows { "\r\n" } else { "\n" };
            lines.join(end) + if ended { end } else { "" }
        })
    }

    /// What a file says, but for one key of one table.
    fn says_elsewhere(text: &str, name: &str, key: Option<&str>) -> String {
        let mut root: toml::Table = text.parse().unwrap();
        if let Some(toml::Value::Table(roles)) = root.get_mut("role") {
            match (roles.get_mut(name), key) {
                (Some(toml::Value::Table(role)), Some(key)) => drop(role.remove(key)),
                _ => drop(roles.remove(name)),
            }
            if roles.get(name).is_some_and(|role| role.as_table().is_some_and(toml::Table::is_empty)) {
                roles.remove(name);
            }
            if roles.is_empty() {
                root.remove("role");
            }
        }
        format!("{root:?}")
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_file_setting_a_key_leaves_all_other_bytes(text in files(), name in "[a-d]", key in "[a-z]{1,3}|tags") {
            prop_assume!(text.parse::<toml::Table>().is_ok());
            let mut file = edit(&text);
            if file.set(TableKind::Role, &name, &key, "new").is_err() {
                prop_assert_eq!(file.text, text);
                return Ok(());
            }
            prop_assert_eq!(says_elsewhere(&file.text, &name, Some(&key)), says_elsewhere(&text, &name, Some(&key)));
            let root: toml::Table = file.text.parse().unwrap();
            prop_assert_eq!(root["role"][&name][&key].as_str(), Some("new"));
            let before: toml::Table = text.parse().unwrap();
            let replaced = before.get("role").and_then(|roles| roles.get(&name)?.get(&key)).is_some_and(|v| v.is_table());
            prop_assume!(!replaced);
            // Every line but those of the key is there still, in order.
            let after: Vec<&str> = file.text.lines().collect();
            let mut rest = after.iter();
            for line in text.lines().filter(|line| !line.contains(&key)) {
                prop_assert!(rest.any(|kept| *kept == line), "{:?} is gone from {:?}", line, after);
            }
        }

        #[test]
        fn whatever_the_file_removing_what_was_added_gives_it_back(text in files(), name in "[x-z]") {
            prop_assume!(text.parse::<toml::Table>().is_ok());
            let mut file = edit(&text);
            if file.set(TableKind::Role, &name, "via", "a").is_ok() {
                prop_assert!(file.remove(TableKind::Role, &name).unwrap());
                prop_assert_eq!(file.text.trim_end(), text.trim_end());
            }
        }

        #[test]
        fn whatever_the_file_removing_a_role_leaves_all_others(text in files(), name in "[a-d]") {
            prop_assume!(text.parse::<toml::Table>().is_ok());
            let mut file = edit(&text);
            match file.remove(TableKind::Role, &name) {
                Ok(_) => prop_assert_eq!(says_elsewhere(&file.text, &name, None), says_elsewhere(&text, &name, None)),
                Err(_) => prop_assert_eq!(file.text, text),
            }
        }
    }
}
