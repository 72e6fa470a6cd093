//! Files of ours that a command writes as a whole, as `discover` does: our config file includes them.

use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::read::{self, Trust};
use super::write;
use crate::world::World;

/// A generated file, open for a change.
#[derive(Debug)]
pub struct GeneratedEdit {
    path: PathBuf,
    before: Option<String>,
}

impl GeneratedEdit {
    /// Opens the file at that path; one that is not there yet is made when it is replaced.
    pub fn open(path: PathBuf) -> Result<Self, ConfigError> {
        let before = read::text(&path, Trust::Anybody)?;
        Ok(Self { path, before })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What stands in it, if it is there.
    pub fn text(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// Puts another text in its place, in one step. Returns whether that changed anything.
    pub fn replace(&self, text: &str) -> Result<bool, ConfigError> {
        if self.text() == Some(text) {
            return Ok(false);
        }
        write::replace(&self.path, self.text(), text)?;
        Ok(true)
    }
}

/// Returns where a generated file of that name lies if nobody says otherwise: beside our config file.
pub fn default_place(folder: &str, name: &str, world: &World) -> PathBuf {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
    // One that begins with a dot would be hidden, or lead upwards.
    let plain = plain.trim_start_matches('.');
    let plain = if plain.is_empty() { "sign-in" } else { plain };
    let beside = world.folders.config_file.parent().unwrap_or(Path::new("."));
    beside.join(folder).join(format!("{plain}.toml"))
}

/// Whether two paths are of one file, which need not be there yet.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    one == other || real(one).is_some_and(|one| Some(one) == real(other))
}

fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?)))
}
