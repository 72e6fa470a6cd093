//! Reading a config file: one that is not there is empty, and one that somebody else could have written is not obeyed.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use super::error::ConfigError;

/// How far a file is trusted before it is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trust {
    /// What stands in it can run commands: it has to be the person's own.
    Own,
    /// The SDKs read it whoever owns it, and so do we, with a warning.
    AsTheSdksDo,
    /// Nothing in it can do harm.
    Anybody,
}

/// Returns a file's text, or `None` if there is no such file.
pub(super) fn text(path: &Path, trust: Trust) -> Result<Option<String>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source: Arc::new(source) };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    check(&file, path, trust)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(ConfigError::NotText { path: path.to_owned() }),
    }
}

/// A file that everybody may write to, or that is another user's (root's aside), is not the person's own. One that the
/// person's own group may write to is: with a umask of 002, which some systems give everybody, all files are.
#[cfg(unix)]
fn check(file: &File, path: &Path, trust: Trust) -> Result<(), ConfigError> {
    use rustix::process::{getegid, geteuid};
    use std::os::unix::fs::MetadataExt;

    if trust == Trust::Anybody {
        return Ok(());
    }
    let meta = file
        .metadata()
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source: Arc::new(source) })?;
    let (mode, me) = (meta.mode(), geteuid().as_raw());
    let found = if !meta.is_file() {
        // A pipe or a descriptor (`ASSUME_CONFIG=<(…)`) has nobody else's hands on it.
        None
    } else if mode & 0o002 != 0 {
        Some(("everybody may write to it", "chmod o-w"))
    } else if mode & 0o020 != 0 && meta.gid() != getegid().as_raw() {
        Some(("another group may write to it", "chmod g-w"))
    } else if meta.uid() != me && meta.uid() != 0 {
        Some(("it belongs to another user", "chown \"$USER\""))
    } else {
        None
    };
    let Some((why, mend)) = found else { return Ok(()) };
    // Root reads files of a person's home in containers, and could be that person anyhow.
    let lenient = trust == Trust::AsTheSdksDo || (me == 0 && mode & 0o022 == 0);
    if !lenient {
        return Err(ConfigError::Untrusted { path: path.to_owned(), why, mend });
    }
    if mode & 0o022 != 0 {
        crate::person::warn(&format!("{}: {why} ({mend} {})", path.display(), path.display()));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check(_file: &File, _path: &Path, _trust: Trust) -> Result<(), ConfigError> {
    Ok(())
}
