//! The grammar of the AWS shared files: which settings a section has, and on which line each stands.
//!
//! Parsing keeps places in the text and copies nothing; what a section says is read when somebody asks for it.
//! Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"; aws-runtime `env_config` is the
//! oracle in the tests.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

use super::error::ConfigError;
use super::origin::{Origin, Sourced};

/// Which of the two files it is: they name their sections differently.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Family {
    Config,
    Credentials,
}

/// One of the two files, read once.
#[derive(Clone)]
pub(super) struct AwsFile {
    pub(super) path: Arc<Path>,
    /// Long-term keys may stand in it.
    text: Arc<Zeroizing<String>>,
    sections: Vec<Section>,
    settings: Vec<Setting>,
    /// The sections' numbers by kind and name, for whoever asks for thousands.
    sorted: OnceLock<Vec<usize>>,
}

/// What a section is about.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    Profile,
    Services,
    SsoSession,
    /// Names that the SDKs pass over.
    Other,
}

#[derive(Clone, Debug)]
struct Section {
    kind: Kind,
    name: Range<usize>,
    line: usize,
    settings: Range<usize>,
}

#[derive(Clone, Debug)]
struct Setting {
    key: Range<usize>,
    value: Range<usize>,
    /// The indented lines after it.
    more: Range<usize>,
    line: usize,
}

impl AwsFile {
    /// Returns the file of that path with that text.
    pub(super) fn parse(path: &Path, text: String, family: Family) -> Result<Self, ConfigError> {
        let mut file = Self {
            path: path.into(),
            text: Arc::new(Zeroizing::new(text)),
            sections: Vec::new(),
            settings: Vec::new(),
            sorted: OnceLock::new(),
        };
        let text = file.text.clone();
        let mut default_is_prefixed = false;
        let mut in_section = false;
        let mut after_setting = false;
        let mut at = 0;
        for (index, raw) in text.split_inclusive('\n').enumerate() {
            let (begin, number) = (at, index + 1);
            at += raw.len();
            let line = raw.strip_suffix('\n').map_or(raw, |line| line.strip_suffix('\r').unwrap_or(line));
            let wrong = |message| ConfigError::AwsFile { message, origin: file.origin(number, "syntax") };
            if line.trim_matches(WHITE).is_empty() || line.starts_with(COMMENT) {
                continue;
            }
            if line.starts_with('[') {
                let name = without_comment(line, false)
                    .strip_prefix('[')
                    .and_then(|name| name.strip_suffix(']'))
                    .ok_or_else(|| wrong("a section's name ends with `]`"))?;
                let (kind, name, prefixed) = section(name, family);
                default_is_prefixed |= kind == Kind::Profile && prefixed && name == "default";
                let name = place(&text, name);
                let settings = file.settings.len()..file.settings.len();
                file.sections.push(Section { kind, name, line: number, settings });
                (in_section, after_setting) = (true, false);
            } else if !in_section {
                return Err(wrong("a setting stands before the first section"));
            } else if line.starts_with(WHITE) {
                let Some(setting) = file.settings.last().filter(|_| after_setting) else {
                    return Err(wrong("an indented line goes on with a setting, and there is none before it"));
                };
                if setting.value.is_empty() {
                    setting_of(line).map_err(wrong)?;
                }
                if let Some(setting) = file.settings.last_mut() {
                    setting.more.end = begin + line.len();
                }
            } else {
                let (key, value) = setting_of(line).map_err(wrong)?;
                let (key, value) = (place(&text, key), place(&text, value));
                file.settings.push(Setting { key, value, more: at..at, line: number });
                if let Some(section) = file.sections.last_mut() {
                    section.settings.end = file.settings.len();
                }
                after_setting = true;
            }
        }
        if default_is_prefixed && family == Family::Config {
            file.drop_unprefixed_default();
        }
        Ok(file)
    }

    /// `[profile default]` makes every `[default]` of the file vanish.
    fn drop_unprefixed_default(&mut self) {
        let text = self.text.clone();
        for section in &mut self.sections {
            // An unprefixed name begins where its section does, white space aside.
            let before = text[..section.name.start].trim_end_matches(WHITE);
            if &text[section.name.clone()] == "default" && before.ends_with('[') {
                section.kind = Kind::Other;
            }
        }
    }

    /// Sorts the sections once: one name is found by looking at all of them, but not each of thousands.
    pub(super) fn sort(&self) {
        self.sorted.get_or_init(|| {
            let mut numbers: Vec<usize> = (0..self.sections.len()).collect();
            numbers.sort_by_key(|&number| (self.title(&self.sections[number]), number));
            numbers
        });
    }

    fn title(&self, section: &Section) -> (Kind, &str) {
        (section.kind, &self.text[section.name.clone()])
    }

    fn sections<'a>(&'a self, kind: Kind, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Section> {
        let title = (kind, name);
        let (sorted, all) = match self.sorted.get() {
            None => (&[][..], &self.sections[..]),
            Some(numbers) => {
                let begin = numbers.partition_point(|&number| self.title(&self.sections[number]) < title);
                let count = numbers[begin..].partition_point(|&number| self.title(&self.sections[number]) == title);
                (&numbers[begin..begin + count], &[][..])
            }
        };
        let found = sorted.iter().map(|&number| &self.sections[number]);
        found.chain(all.iter().filter(move |section| self.title(section) == title))
    }

    /// Returns where a section begins first, if the file has it.
    pub(super) fn begins(&self, kind: Kind, name: &str) -> Option<Origin> {
        let section = self.sections(kind, name).next()?;
        Some(self.origin(section.line, self.header(section)))
    }

    fn header(&self, section: &Section) -> &str {
        let text = &self.text[..];
        let begin = text[..section.name.start].rfind('[').unwrap_or(section.name.start);
        let end = text[section.name.end..].find(']').map_or(section.name.end, |end| section.name.end + end + 1);
        &text[begin..end]
    }

    /// Returns what a section says under that key. Of several, the last one counts.
    pub(super) fn value(&self, kind: Kind, name: &str, key: &str) -> Option<Sourced<Cow<'_, str>>> {
        let settings =
            self.sections(kind, name).rev().flat_map(|section| self.settings[section.settings.clone()].iter().rev());
        let mut matching = settings.filter(|setting| self.text[setting.key.clone()].eq_ignore_ascii_case(key));
        let setting = matching.next()?;
        Some(Sourced::new(self.whole(setting), self.origin(setting.line, key)))
    }

    fn whole(&self, setting: &Setting) -> Cow<'_, str> {
        let first = &self.text[setting.value.clone()];
        if setting.more.is_empty() {
            return Cow::Borrowed(first);
        }
        let mut whole = first.to_owned();
        for line in self.text[setting.more.clone()].lines().filter(|line| !line.starts_with(COMMENT)) {
            let line = line.trim_matches(WHITE);
            if !line.is_empty() {
                whole.push('\n');
                whole.push_str(line);
            }
        }
        Cow::Owned(whole)
    }

    /// Returns where a profile's setting stands: its line's number, and its value with the indented lines after it.
    pub(super) fn place_of(&self, name: &str, key: &str) -> Option<(usize, Range<usize>)> {
        let sections = self.sections(Kind::Profile, name).rev();
        let mut settings = sections.flat_map(|section| self.settings[section.settings.clone()].iter().rev());
        let setting = settings.find(|setting| self.text[setting.key.clone()].eq_ignore_ascii_case(key))?;
        Some((setting.line, setting.value.start..self.end_of_setting(setting)))
    }

    fn end_of_setting(&self, setting: &Setting) -> usize {
        if setting.more.is_empty() { setting.value.end } else { setting.more.end }
    }

    /// Returns the sections of a profile: from the header to the end of the last setting's line, with the settings' keys.
    pub(super) fn blocks_of(&self, name: &str) -> Vec<(usize, Range<usize>, Vec<String>)> {
        let block = |section: &Section| {
            let settings = &self.settings[section.settings.clone()];
            let start = self.text[..section.name.start].rfind('\n').map_or(0, |newline| newline + 1);
            let last = settings.last().map_or(section.name.end, |setting| self.end_of_setting(setting));
            let end = self.text[last..].find('\n').map_or(self.text.len(), |newline| last + newline + 1);
            let keys = settings.iter().map(|setting| self.text[setting.key.clone()].to_ascii_lowercase()).collect();
            (section.line, start..end, keys)
        };
        self.sections(Kind::Profile, name).map(block).collect()
    }

    /// The names of all sections of that kind, as often as they stand there.
    pub(super) fn names(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let sections = self.sections.iter().filter(move |section| section.kind == kind);
        sections.map(|section| &self.text[section.name.clone()])
    }

    fn origin(&self, line: usize, key: &str) -> Origin {
        Origin::File { path: self.path.clone(), line, key: key.to_owned() }
    }
}

/// What stands in it may be secret.
impl std::fmt::Debug for AwsFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AwsFile").field("path", &self.path).field("sections", &self.sections.len()).finish()
    }
}

const WHITE: &[char] = &[' ', '\t'];
const COMMENT: &[char] = &['#', ';'];

/// Returns what a section is about, its name, and whether a word stood before the name.
fn section(header: &str, family: Family) -> (Kind, &str, bool) {
    let header = header.trim_matches(WHITE);
    let (prefix, name) = match header.split_once(WHITE) {
        Some((prefix, name)) => (Some(prefix.trim()), name.trim()),
        None => (None, header.trim()),
    };
    let kind = match (family, prefix) {
        _ if !is_identifier(name) => Kind::Other,
        (Family::Config, Some("profile")) => Kind::Profile,
        (Family::Config, Some("services")) => Kind::Services,
        (Family::Config, Some("sso-session")) => Kind::SsoSession,
        (Family::Config, None) if name == "default" => Kind::Profile,
        (Family::Credentials, None) => Kind::Profile,
        (Family::Config | Family::Credentials, _) => Kind::Other,
    };
    (kind, name, prefix.is_some())
}

/// `[A-Za-z0-9_\-/.%@:+]*`
pub(super) fn is_identifier(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&b))
}

/// Splits `key = value`; a comment after the value needs white space before it.
fn setting_of(line: &str) -> Result<(&str, &str), &'static str> {
    let (key, value) = without_comment(line, true).split_once('=').ok_or("a setting has the form `key = value`")?;
    let (key, value) = (key.trim_matches(WHITE), value.trim_matches(WHITE));
    if key.is_empty() { Err("a setting has no name before its `=`") } else { Ok((key, value)) }
}

fn without_comment(line: &str, needs_white: bool) -> &str {
    let line = line.trim_matches(WHITE);
    let mut after_white = false;
    for (at, c) in line.char_indices() {
        if COMMENT.contains(&c) && (after_white || !needs_white) {
            return line[..at].trim_matches(WHITE);
        }
        after_white = c.is_whitespace();
    }
    line
}

/// Returns where a part of the text stands in it.
fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.len()
}
