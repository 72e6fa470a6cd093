//! Our config file and what it includes: which names there are, and what holds for everybody.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::accounts::accounts;
use super::console::console;
use super::document::{Document, Entry, Table, Value};
use super::error::ConfigError;
use super::include::{Grants, Include, includes};
use super::model::{Declared, Defaults, HandOver, VaultSettings};
use super::origin::Origin;
use super::read::{self, Trust};
use super::role::{self, Around};
use super::section::{Section, invalid};
use crate::person::plain;
use crate::world::World;

/// The keys that stand at the top of our file.
const TOP_KEYS: &[&str] = &[
    "region",
    "default_identity",
    "duration",
    "session_name",
    "vault",
    "session_vault",
    "vault_file",
    "age_identity_file",
    "hand_over",
    "auto_login",
    "console",
    "min_life",
    "min_life_refreshing",
    "share_token_with_aws_cli",
    "partner_registry",
    "ledger",
    "include",
    "accounts",
    "role",
    "identity",
];

/// A file of ours, the main one or an included one.
#[derive(Clone, Debug)]
pub(super) struct OurFile {
    document: Document,
    /// What an included file may do; `None` for the main one, which may do everything.
    grants: Option<Grants>,
    /// Where each name stands among the names of its kind, for whoever asks for thousands.
    places: OnceLock<BTreeMap<(NameOf, String), usize>>,
}

/// What a name is in a file of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub(super) enum NameOf {
    Role,
    Identity,
}

impl NameOf {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Identity => "identity",
        }
    }
}

impl OurFile {
    /// Returns the main file, if there is one.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, ConfigError> {
        let Some(text) = read::text(path, Trust::Own)? else { return Ok(None) };
        Self::from_text(path, text).map(Some)
    }

    /// Returns the main file with that text.
    pub(super) fn from_text(path: &Path, text: String) -> Result<Self, ConfigError> {
        let file = Self::new(Document::parse(path, text)?, None);
        file.check()?;
        Ok(file)
    }

    fn new(document: Document, grants: Option<Grants>) -> Self {
        Self { document, grants, places: OnceLock::new() }
    }

    /// Returns the files that this one includes, in order; those of a folder by name. All that is looked at goes to `looked`.
    pub(super) fn included(&self, home: Option<&Path>, looked: &mut Vec<PathBuf>) -> Result<Vec<Self>, ConfigError> {
        let mut files = Vec::new();
        for Include { path, grants, origin } in includes(&self.top(), home)? {
            let found = expand(&path, &origin)?;
            looked.push(path);
            for path in found {
                looked.push(path.clone());
                let trust = if grants.is_none() { Trust::Anybody } else { Trust::Own };
                let text = read::text(&path, trust)?;
                let text =
                    text.ok_or_else(|| invalid("include", &format!("{} is not there", path.display()), &origin))?;
                let file = Self::new(Document::parse(&path, text)?, Some(grants));
                file.check()?;
                files.push(file);
            }
        }
        Ok(files)
    }

    /// The tables at the top, and the names in them.
    fn check(&self) -> Result<(), ConfigError> {
        let top = self.top();
        top.only(TOP_KEYS)?;
        if let Some(grants) = self.grants {
            grants.check_top(&top)?;
        }
        let is_identity = |name: &str| self.entry(NameOf::Identity, name).is_some();
        for (what, entry) in self.names() {
            let origin = || self.document.origin_as(entry, title(what, &entry.key));
            if let Some(why) = not_a_name(&entry.key) {
                return Err(ConfigError::Name { name: entry.key.clone(), why, origin: origin() });
            }
            if what == NameOf::Role && is_identity(&entry.key) {
                return Err(ConfigError::Twice { name: entry.key.clone(), origin: origin() });
            }
            if !matches!(entry.value, Value::Table(_)) {
                let reason = format!("it should be a table, and is {}", entry.value.kind());
                return Err(invalid(&title(what, &entry.key), &reason, &origin()));
            }
        }
        for (key, reason) in [
            ("role", "a role is a table: [role.NAME]"),
            (
                "identity",
                "an identity is a table, [identity.NAME]; `default_identity` names the one of roles that name none",
            ),
        ] {
            if let Some(entry) = top.entry(key).filter(|entry| !matches!(entry.value, Value::Table(_))) {
                return Err(invalid(key, &reason, &self.document.origin(entry)));
            }
        }
        Ok(())
    }

    pub(super) fn top(&self) -> Section<'_> {
        let origin = Origin::File { path: self.document.path.clone(), line: 1, key: "file".to_owned() };
        Section { document: &self.document, table: &self.document.root, title: "the config file".to_owned(), origin }
    }

    /// Where the file lies, and its text.
    pub(super) fn source(&self) -> (&Path, &str) {
        (&self.document.path, &self.document.text)
    }

    /// Every name in the file, with what it is.
    pub(super) fn names(&self) -> impl Iterator<Item = (NameOf, &Entry)> {
        [NameOf::Role, NameOf::Identity].into_iter().flat_map(|what| {
            let table = self.document.root.table(what.word());
            table.into_iter().flat_map(move |table| table.0.iter().map(move |entry| (what, entry)))
        })
    }

    fn entry(&self, what: NameOf, name: &str) -> Option<&Entry> {
        let table = self.document.root.table(what.word())?;
        match self.places.get() {
            Some(places) => table.0.get(*places.get(&(what, name.to_owned()))?),
            None => table.entry(name),
        }
    }

    /// Whether the file declares that name.
    pub(super) fn declares(&self, name: &str) -> bool {
        [NameOf::Role, NameOf::Identity].into_iter().any(|what| self.entry(what, name).is_some())
    }

    /// Makes the file ready to be asked for one name after the other.
    pub(super) fn expect_many(&self) {
        self.document.number_lines();
        self.places.get_or_init(|| {
            let of = |what: NameOf| {
                let entries = self.document.root.table(what.word()).map_or(&[][..], |table| &table.0);
                entries.iter().enumerate().map(move |(place, entry)| ((what, entry.key.clone()), place))
            };
            of(NameOf::Role).chain(of(NameOf::Identity)).collect()
        });
    }

    /// Returns where a name's table begins.
    pub(super) fn origin(&self, what: NameOf, entry: &Entry) -> Origin {
        self.document.origin_as(entry, title(what, &entry.key))
    }

    /// Returns what a name stands for in this file.
    pub(super) fn find(&self, name: &str, around: Around<'_>) -> Result<Option<Declared>, ConfigError> {
        for what in [NameOf::Role, NameOf::Identity] {
            let Some(entry) = self.entry(what, name) else { continue };
            let Value::Table(table) = &entry.value else { continue };
            let section = self.section(what, entry, table);
            if let Some(grants) = self.grants {
                grants.check(&section)?;
            }
            return Ok(Some(match what {
                NameOf::Role => Declared::Role(role::role(name, &section, around)?),
                NameOf::Identity => Declared::Identity(role::identity(name, &section, around)?),
            }));
        }
        Ok(None)
    }

    fn section<'a>(&'a self, what: NameOf, entry: &Entry, table: &'a Table) -> Section<'a> {
        let title = title(what, &entry.key);
        Section { document: &self.document, table, origin: self.document.origin_as(entry, title.clone()), title }
    }

    /// Returns what the file says for everybody.
    pub(super) fn defaults(&self, world: &World) -> Result<Defaults, ConfigError> {
        let top = self.top();
        let home = world.folders.home.as_deref();
        let hand_over = match top.text("hand_over")? {
            None => HandOver::default(),
            Some(text) => match text.value {
                "environment" => HandOver::Environment,
                "profile" => HandOver::Profile,
                other => {
                    let reason = format!("`{other}` is neither `environment` nor `profile`");
                    return Err(invalid("hand_over", &reason, &text.origin));
                }
            },
        };
        Ok(Defaults {
            identity: top.parsed("default_identity")?,
            duration: top.limited("duration")?,
            session_name: top.parsed("session_name")?,
            region: top.parsed("region")?,
            vault: VaultSettings {
                keepsakes: top.parsed("vault")?,
                sessions: top.parsed("session_vault")?,
                file: top.path("vault_file", home)?,
                age_identity: top.path("age_identity_file", home)?,
            },
            hand_over,
            auto_login: top.truth("auto_login")?.is_some_and(|set| set.value),
            console: console(&top)?,
            accounts: accounts(&top)?,
            min_life: top.duration("min_life")?.map(|life| life.value),
            share_token: top.truth("share_token_with_aws_cli")?.is_some_and(|set| set.value),
            min_life_refreshing: top.duration("min_life_refreshing")?.map(|life| life.value),
            ledger_off: top.truth("ledger")?.is_some_and(|set| !set.value),
            partner_registry: top.path("partner_registry", home)?,
        })
    }
}

/// Returns a table's header.
pub(super) fn title(what: NameOf, name: &str) -> String {
    format!("[{}.{name}]", what.word())
}

/// Returns why a name would be trouble on a command line, if it would.
pub fn not_a_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.starts_with('-') {
        Some("it begins like a flag")
    } else if name.chars().any(char::is_whitespace) || plain(name) != name {
        Some("it has white space, or a control character or a mark that reverses text, in it")
    } else {
        None
    }
}

/// Returns the file itself, or the `.toml` files of a folder.
fn expand(path: &Path, origin: &Origin) -> Result<Vec<PathBuf>, ConfigError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let wrong =
        |error: std::io::Error| invalid("include", &format!("{} cannot be read: {error}", path.display()), origin);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
