//! `console = { … }`, at the top of our file and in `[role.NAME]`: how a role meets its browser.

use super::document::Value;
use super::error::ConfigError;
use super::origin::Sourced;
use super::section::{Section, invalid, wrong_kind};
use crate::terms::RoleDuration;

/// How a role meets its browser, as far as it was declared.
#[derive(Clone, Debug, Default)]
pub struct ConsoleSettings {
    /// `browser`: `firefox`, `chrome`, `chromium`, `edge`, `brave`, or a program.
    pub browser: Option<Sourced<String>>,
    /// `profile`: whose cookies it uses.
    pub profile: Option<Sourced<OwnOrNamed>>,
    /// `container`: the Firefox container that it opens in.
    pub container: Option<Sourced<OwnOrNamed>>,
    /// `color` of the console's bar, in a switch-role link.
    pub color: Option<Sourced<String>>,
    /// `duration` of the console session, where AWS takes one.
    pub duration: Option<Sourced<RoleDuration>>,
}

/// One that has a name, or `true`: one of the role's own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OwnOrNamed {
    /// The role's own.
    Own,
    /// The one of that name.
    Named(String),
}

/// The keys of `console`.
pub(super) const CONSOLE_KEYS: &[&str] = &["browser", "profile", "container", "color", "duration"];

impl ConsoleSettings {
    /// Returns these, and where they say nothing, those.
    pub fn or(self, others: &Self) -> Self {
        let others = others.clone();
        Self {
            // A profile is one of a browser: that of another browser would mean nothing.
            profile: self.profile.or(others.profile.filter(|_| self.browser.is_none())),
            container: self.container.or(others.container.filter(|_| self.browser.is_none())),
            browser: self.browser.or(others.browser),
            color: self.color.or(others.color),
            duration: self.duration.or(others.duration),
        }
    }
}

/// Reads `console = { … }` of a table.
pub(super) fn console(section: &Section<'_>) -> Result<ConsoleSettings, ConfigError> {
    let Some(console) = table(section)? else { return Ok(ConsoleSettings::default()) };
    console.only(CONSOLE_KEYS)?;
    let owned = |text: Sourced<&str>| Sourced::new(text.value.to_owned(), text.origin);
    Ok(ConsoleSettings {
        browser: console.text("browser")?.map(owned),
        profile: own_or_named(&console, "profile")?,
        container: own_or_named(&console, "container")?,
        color: console.text("color")?.map(owned),
        duration: console.limited("duration")?,
    })
}

/// Returns the table `console`, if there is one.
pub(super) fn table<'a>(section: &Section<'a>) -> Result<Option<Section<'a>>, ConfigError> {
    let Some(entry) = section.entry("console") else { return Ok(None) };
    let origin = section.document.origin(entry);
    match &entry.value {
        Value::Table(table) => {
            let title = format!("`console` of {}", section.title);
            Ok(Some(Section { document: section.document, table, title, origin }))
        }
        other => Err(wrong_kind("console", "a table such as { browser = \"firefox\" }", other, &origin)),
    }
}

fn own_or_named(section: &Section<'_>, key: &str) -> Result<Option<Sourced<OwnOrNamed>>, ConfigError> {
    match section.entry(key).map(|entry| (&entry.value, section.document.origin(entry))) {
        None | Some((Value::Bool(false), _)) => Ok(None),
        Some((Value::Bool(true), origin)) => Ok(Some(Sourced::new(OwnOrNamed::Own, origin))),
        // It becomes an argument of the browser.
        Some((Value::Text(name), origin)) if name.is_empty() || name.starts_with('-') => {
            Err(invalid(key, &format!("`{name}` is no name"), &origin))
        }
        Some((Value::Text(name), origin)) => Ok(Some(Sourced::new(OwnOrNamed::Named(name.clone()), origin))),
        Some((other, origin)) => Err(wrong_kind(key, "a name, or true for one of the role's own", other, &origin)),
    }
}
