//! `include = [...]`: a team's shared roles, and how little a file may do that other people write.
//!
//! Whoever can change such a file must not be able to run code, or to send `prod` elsewhere, on everybody's machine:
//! it declares roles only, unless the main file grants more by name.

use std::path::{Path, PathBuf};

use super::document::Value;
use super::error::ConfigError;
use super::origin::Origin;
use super::section::{Section, invalid, nearest, resolve, wrong_kind};
use super::sign_in;

/// One entry of `include`.
pub(super) struct Include {
    pub(super) path: PathBuf,
    pub(super) grants: Grants,
    pub(super) origin: Origin,
}

/// What the main file lets an included one do besides declaring roles.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Grants {
    identities: bool,
    commands: bool,
    endpoints: bool,
    files: bool,
}

const WORDS: [&str; 4] = ["identities", "commands", "endpoints", "files"];

impl Grants {
    /// Whether it may do nothing but declare roles.
    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }

    fn has(self, word: &str) -> bool {
        let mut more = self;
        more.add(word) && more == self
    }

    fn add(&mut self, word: &str) -> bool {
        match word {
            "identities" => self.identities = true,
            "commands" => self.commands = true,
            "endpoints" => self.endpoints = true,
            "files" => self.files = true,
            _ => return false,
        }
        true
    }

    /// Refuses what holds for everybody, and identities that are not granted.
    pub(super) fn check_top(self, top: &Section<'_>) -> Result<(), ConfigError> {
        let allowed = |entry: &&super::document::Entry| match entry.key.as_str() {
            "role" => true,
            "identity" => self.identities && matches!(entry.value, Value::Table(_)),
            _ => false,
        };
        match top.table.0.iter().find(|entry| !allowed(entry)) {
            None => Ok(()),
            Some(entry) => {
                let declares = entry.key == "identity" && matches!(entry.value, Value::Table(_));
                let grant = declares.then_some("identities");
                let what = if declares { "an identity".to_owned() } else { format!("`{}`", entry.key) };
                Err(refused(what, grant, top, top.document.origin(entry)))
            }
        }
    }

    /// Refuses what a table says beyond the grants.
    pub(super) fn check(self, section: &Section<'_>) -> Result<(), ConfigError> {
        let kept: [(&str, bool, &'static str); 4] = [
            ("process", self.commands, "commands"),
            ("mfa_process", self.commands, "commands"),
            ("endpoint_url", self.endpoints, "endpoints"),
            ("policy_file", self.files, "files"),
        ];
        let console = super::console::table(section)?;
        if let (false, Some(origin)) = (self.commands, console.and_then(|console| console.origin_of("browser"))) {
            return Err(refused("`console.browser`".to_owned(), Some("commands"), section, origin));
        }
        for (key, granted, grant) in kept {
            if let (false, Some(origin)) = (granted, section.origin_of(key)) {
                return Err(refused(format!("`{key}`"), Some(grant), section, origin));
            }
        }
        match sign_in::needs(section).into_iter().chain(sign_in::saml_needs(section)).find(|need| !self.has(need.grant))
        {
            Some(need) => Err(refused(format!("`{}`", need.key), Some(need.grant), section, need.origin)),
            None => Ok(()),
        }
    }
}

fn refused(what: String, grant: Option<&'static str>, section: &Section<'_>, origin: Origin) -> ConfigError {
    ConfigError::NotGranted { what, grant, file: section.document.path.to_path_buf(), origin }
}

/// Returns what a file includes: `["team.toml", { path = "roles", allow = ["commands"] }]`.
pub(super) fn includes(top: &Section<'_>, home: Option<&Path>) -> Result<Vec<Include>, ConfigError> {
    let key = "include";
    let Some(entry) = top.entry(key) else { return Ok(Vec::new()) };
    let origin = top.document.origin(entry);
    let expected = "a list of paths, or of tables such as { path = \"…\", allow = [\"commands\"] }";
    let Value::List(items) = &entry.value else { return Err(wrong_kind(key, expected, &entry.value, &origin)) };
    let item = |item: &Value| match item {
        Value::Text(path) => {
            let path = resolve(&top.document.path, path, home);
            Ok(Include { path, grants: Grants::default(), origin: origin.clone() })
        }
        Value::Table(table) => {
            let title = "`include`".to_owned();
            let section = Section { document: top.document, table, title, origin: origin.clone() };
            section.only(&["path", "allow"])?;
            let path = section.path("path", home)?;
            let path = path.ok_or_else(|| ConfigError::Missing {
                table: "`include`".to_owned(),
                what: "`path`",
                origin: origin.clone(),
            })?;
            Ok(Include { path: path.value, grants: grants(&section)?, origin: path.origin })
        }
        other @ (Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other) => {
            Err(wrong_kind(key, expected, other, &origin))
        }
    };
    items.iter().map(item).collect()
}

fn grants(section: &Section<'_>) -> Result<Grants, ConfigError> {
    let mut grants = Grants::default();
    for word in section.list::<String>("allow")? {
        if !grants.add(&word.value) {
            let meant = nearest(&word.value, WORDS.into_iter()).into_iter().next();
            let meant = meant.map_or_else(|| WORDS.join(", "), |known| format!("did you mean `{known}`?"));
            return Err(invalid(
                "allow",
                &format!("`{}` is nothing that can be granted: {meant}", word.value),
                &word.origin,
            ));
        }
    }
    Ok(grants)
}
