//! Patching `~/.aws/config` so that the SDKs ask us: lines of ours are added, replaced or taken out, and no other byte moves.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::aws_file::{AwsFile, Family, is_identifier};
use super::error::ConfigError;
use super::read::{self, Trust};
use super::write;

/// The AWS config file, open for a change.
#[derive(Debug)]
pub struct AwsConfigEdit {
    path: PathBuf,
    before: Option<String>,
    text: String,
    changes: Vec<Change>,
}

/// Lines that were exchanged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The first line's number, from 1.
    pub line: usize,
    /// What stood there.
    pub removed: Vec<String>,
    /// What stands there now.
    pub added: Vec<String>,
}

/// A profile that asks us, as it shall stand in the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pointer {
    /// Its name.
    pub profile: String,
    /// What it runs.
    pub command: String,
    /// The Region that one which is not there yet is given.
    pub region: Option<String>,
}

/// What became of profiles that were put into the file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Put {
    /// Profiles that were not there.
    pub added: Vec<String>,
    /// Profiles that were there, and ran something else, or nothing.
    pub changed: Vec<String>,
}

/// Tells a section that we made from one that we only added a line to: the first goes as a whole.
const MARK: &str = "# added by `assume setup credential-process`";
const KEY: &str = "credential_process";

impl AwsConfigEdit {
    /// Opens the file at that path. One that is not there yet is empty, and made when it is saved.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let before = read::text(path, Trust::AsTheSdksDo)?;
        let text = before.clone().unwrap_or_default();
        let edit = Self { path: path.to_owned(), before, text, changes: Vec::new() };
        edit.file()?;
        Ok(edit)
    }

    /// Makes a profile run that command. A profile that is not there is added, with that Region.
    pub fn put(&mut self, profile: &str, command: &str, region: Option<&str>) -> Result<(), ConfigError> {
        let file = self.file()?;
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        if let Some((_, place)) = file.place_of(profile, KEY) {
            if self.text[place.clone()] != *command {
                // White space other than blanks and tabs goes with the old value, and a comment needs some before it.
                let gap = if self.text[place.end..].starts_with(['#', ';']) { " " } else { "" };
                self.splice(place, &format!("{command}{gap}"));
            }
            return Ok(());
        }
        let line = format!("{KEY} = {command}{end}");
        if let Some((_, block, _)) = file.blocks_of(profile).pop() {
            let open = if self.text[..block.end].ends_with('\n') { "" } else { end };
            self.splice(block.end..block.end, &format!("{open}{line}"));
            return Ok(());
        }
        self.append(&[Pointer {
            profile: profile.to_owned(),
            command: command.to_owned(),
            region: region.map(str::to_owned),
        }]);
        Ok(())
    }

    /// Makes each profile run its command, as `put` does. The file is looked through once for those of which nothing is to
    /// be changed, and for all that are new.
    pub fn put_all(&mut self, pointers: Vec<Pointer>) -> Result<Put, ConfigError> {
        let file = self.file()?;
        file.sort();
        let mut put = Put::default();
        let mut new: Vec<Pointer> = Vec::new();
        let mut other = Vec::new();
        for pointer in pointers {
            match file.place_of(&pointer.profile, KEY) {
                Some((_, place)) if self.text[place.clone()] == *pointer.command => {}
                None if file.blocks_of(&pointer.profile).is_empty() => new.push(pointer),
                Some(_) | None => other.push(pointer),
            }
        }
        for Pointer { profile, command, region } in other {
            self.put(&profile, &command, region.as_deref())?;
            put.changed.push(profile);
        }
        new.sort_by(|a, b| a.profile.cmp(&b.profile));
        new.dedup_by(|a, b| a.profile == b.profile);
        self.append(&new);
        put.added.extend(new.into_iter().map(|pointer| pointer.profile));
        Ok(put)
    }

    /// Adds profiles at the file's end.
    fn append(&mut self, pointers: &[Pointer]) {
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut sections = String::new();
        for Pointer { profile, command, region } in pointers {
            if !self.text.is_empty() && sections.is_empty() {
                sections.push_str(if self.text.ends_with('\n') { "" } else { end });
            }
            if !self.text.is_empty() || !sections.is_empty() {
                sections.push_str(end);
            }
            let header = if profile == "default" { "[default]".to_owned() } else { format!("[profile {profile}]") };
            sections.push_str(&format!("{header}{end}{MARK}{end}{KEY} = {command}{end}"));
            if let Some(region) = region {
                sections.push_str(&format!("region = {region}{end}"));
            }
        }
        if !sections.is_empty() {
            let at = self.text.len();
            self.splice(at..at, &sections);
        }
    }

    /// Takes our line out of a profile, and the profile itself if we made it and nobody added to it.
    pub fn prune(&mut self, profile: &str) -> Result<(), ConfigError> {
        let file = self.file()?;
        let ours = |keys: &[String]| keys.iter().all(|key| key == KEY || key == "region");
        for (_, block, keys) in file.blocks_of(profile) {
            if ours(&keys) && self.text[block.clone()].contains(MARK) {
                let mut block = block;
                let blank = self.text[..block.start]
                    .strip_suffix('\n')
                    .map(|before| before.strip_suffix('\r').unwrap_or(before));
                if blank.is_some_and(|before| before.is_empty() || before.ends_with('\n')) {
                    block.start = blank.map_or(block.start, str::len);
                }
                self.splice(block, "");
                return Ok(());
            }
        }
        if let Some((_, place)) = file.place_of(profile, KEY) {
            let start = self.text[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
            let end = self.text[place.end..].find('\n').map_or(self.text.len(), |newline| place.end + newline + 1);
            self.splice(start..end, "");
        }
        Ok(())
    }

    /// What was changed so far, in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file, if anything changed.
    pub fn save(self) -> Result<(), ConfigError> {
        if self.before.as_deref().unwrap_or_default() == self.text {
            return Ok(());
        }
        self.file()?;
        write::replace(&self.path, self.before.as_deref(), &self.text)
    }

    fn file(&self) -> Result<AwsFile, ConfigError> {
        AwsFile::parse(&self.path, self.text.clone(), Family::Config)
    }

    fn splice(&mut self, range: Range<usize>, new: &str) {
        let start = self.text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = |text: &str, at: usize| text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        // An addition of whole lines leaves the line that it stands before alone.
        let whole = |text: &str, at: usize| if at == 0 || text[..at].ends_with('\n') { at } else { line_end(text, at) };
        let removed = self.text[start..whole(&self.text, range.end).max(start)].to_owned();
        let line = self.text[..start].matches('\n').count() + 1;
        let after = range.start + new.len();
        self.text.replace_range(range, new);
        let added = &self.text[start..whole(&self.text, after).max(start)];
        let (mut line, mut removed, mut added): (_, Vec<&str>, Vec<&str>) =
            (line, removed.lines().collect(), added.lines().collect());
        while !removed.is_empty() && removed.first() == added.first() {
            (removed, added) = (removed.split_off(1), added.split_off(1));
            line += 1;
        }
        let owned = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect();
        self.changes.push(Change { line, removed: owned(removed), added: owned(added) });
    }
}

/// Whether the SDKs take a text for a profile's name.
pub fn is_profile_name(name: &str) -> bool {
    !name.is_empty() && is_identifier(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMAND: &str = "/bin/assume credential-process x";

    fn edit(text: &str) -> AwsConfigEdit {
        AwsConfigEdit {
            path: "config".into(),
            before: Some(text.to_owned()),
            text: text.to_owned(),
            changes: Vec::new(),
        }
    }

    #[test]
    fn a_line_is_added_replaced_and_taken_out_where_it_belongs() {
        for (before, after) in [
            (
                "",
                "[profile a]\n# added by `assume setup credential-process`\ncredential_process = NEW\nregion = eu-west-1\n",
            ),
            ("[profile a]", "[profile a]\ncredential_process = NEW\n"),
            (
                "[profile a]\nregion = x\n# end\n\n[profile b]\n",
                "[profile a]\nregion = x\ncredential_process = NEW\n# end\n\n[profile b]\n",
            ),
            ("[profile a]\ncredential_process = old # why\n", "[profile a]\ncredential_process = NEW # why\n"),
            (
                "[profile a]\ncredential_process = old\n  and more\nx = y\n",
                "[profile a]\ncredential_process = NEW\nx = y\n",
            ),
            ("[profile a]\nx =\n  y = z\n", "[profile a]\nx =\n  y = z\ncredential_process = NEW\n"),
            ("[profile a]\r\nx = y\r\n", "[profile a]\r\nx = y\r\ncredential_process = NEW\r\n"),
            (
                "[profile a]\nx = 1\n[profile a]\ny = 2\n",
                "[profile a]\nx = 1\n[profile a]\ny = 2\ncredential_process = NEW\n",
            ),
        ] {
            let mut file = edit(before);
            file.put("a", "NEW", Some("eu-west-1")).unwrap();
            assert_eq!(file.text, after);
        }
    }

    fn files() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            3 => "\\[profile [a-c]\\]( # [a-z]*)?",
            1 => Just("[default]".to_owned()),
            3 => "(region|x|Y) ?= ?[a-z;]{0,4}( # [a-z]*)?",
            1 => Just("credential_process = other --flag".to_owned()),
            1 => "[ \t]{1,2}[a-z]{1,3} = [a-z]{0,3}",
            1 => "[#;][ a-z\\[\\]=]{0,6}",
            1 => Just(String::new()),
        ];
        (proptest::collection::vec(line, 0..10), any::<bool>(), any::<bool>()).prop_map(|(lines, windows, ended)| {
            let end = if windows { "\r\n" } else { "\n" };
            lines.join(end) + if ended { end } else { "" }
        })
    }

    #[test]
    fn a_comment_behind_strange_white_space_does_not_become_part_of_the_command() {
        for white in ["\r", "\u{a0}", "\u{b}", " \u{3000}"] {
            let mut file = edit(&format!("[profile a]\n{KEY} = old{white}; rm -r x\n"));
            file.put("a", COMMAND, None).unwrap();
            assert_eq!(file.text, format!("[profile a]\n{KEY} = {COMMAND} ; rm -r x\n"), "{white:?}");
            let mut again = edit(&file.text);
            again.put("a", COMMAND, None).unwrap();
            assert!(again.changes.is_empty(), "{white:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_file_a_profile_is_set_up_once_and_all_other_bytes_stay(text in files(), name in "[a-d]|default") {
            let mut file = edit(&text);
            prop_assume!(file.file().is_ok());
            // A comment between the lines of a value goes with it.
            let replaced = file.file().unwrap().place_of(&name, KEY).map_or(0..0, |(_, place)| place);
            file.put(&name, COMMAND, None).unwrap();
            let parsed = file.file().unwrap();
            let (_, place) = parsed.place_of(&name, KEY).unwrap();
            prop_assert_eq!(&file.text[place], COMMAND);
            // What was there is there still, in order, but for the value that was replaced.
            let mut rest = file.text.as_str();
            let mut begin = 0;
            for line in text.split_inclusive('\n') {
                let is_replaced = replaced.contains(&begin) || line.starts_with(KEY) || line.starts_with([' ', '\t']);
                begin += line.len();
                if is_replaced {
                    continue;
                }
                let at = rest.find(line.trim_end_matches(['\r', '\n']));
                prop_assert!(at.is_some(), "{:?} is gone from {:?}", line, file.text);
                rest = &rest[at.unwrap_or(0)..];
            }
            let mut again = edit(&file.text);
            again.put(&name, COMMAND, None).unwrap();
            prop_assert_eq!(&again.text, &file.text);
            prop_assert!(again.changes.is_empty());
        }

        #[test]
        fn many_at_once_are_put_as_one_after_the_other(text in files(), names in prop::collection::vec("[a-f]|default", 0..5)) {
            let (mut one, mut all) = (edit(&text), edit(&text));
            prop_assume!(one.file().is_ok());
            let names: std::collections::BTreeSet<String> = names.into_iter().collect();
            let command = |name: &str| format!("/bin/assume credential-process {name}");
            let is_there = |name: &&String| !one.file().unwrap().blocks_of(name).is_empty();
            let (first, then): (Vec<&String>, Vec<&String>) = names.iter().partition(is_there);
            for name in first.into_iter().chain(then) {
                one.put(name, &command(name), Some("eu-west-1")).unwrap();
            }
            let pointer = |name: &String| Pointer { profile: name.clone(), command: command(name), region: Some("eu-west-1".to_owned()) };
            let put = all.put_all(names.iter().map(pointer).collect()).unwrap();
            prop_assert_eq!(&all.text, &one.text);
            prop_assert_eq!(put.added.len() + put.changed.len(), names.len());
            let again = all.put_all(names.iter().map(pointer).collect()).unwrap();
            prop_assert_eq!(again, Put::default());
        }

        #[test]
        fn whatever_the_file_pruning_what_was_added_gives_it_back(text in files(), name in "[a-d]|default") {
            let mut file = edit(&text);
            prop_assume!(file.file().is_ok_and(|parsed| parsed.place_of(&name, KEY).is_none()));
            file.put(&name, COMMAND, Some("eu-west-1")).unwrap();
            file.prune(&name).unwrap();
            prop_assert_eq!(file.text.trim_end(), text.trim_end());
        }
    }
}
