//! Replacing a config file in one step: a reader sees the old text or the new one, and whoever dies half-way leaves the
//! old one. A link stays a link, and permissions and owner stay as they were.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::ConfigError;

/// Replaces what `before` was with `after`, in one step. Refuses if the file is no longer what `before` says.
pub fn replace(path: &Path, before: Option<&str>, after: &str) -> Result<(), ConfigError> {
    let target = behind_links(path);
    let unwritable = |source| ConfigError::Unwritable { path: path.to_owned(), source: Arc::new(source) };
    let now = match fs::read_to_string(&target) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(unwritable(error)),
    };
    if now.as_deref() != before {
        return Err(ConfigError::Changed { path: path.to_owned() });
    }
    write(&target, after).map_err(unwritable)
}

/// Returns the file that a link, or a chain of them, leads to, though it may not be there yet.
fn behind_links(path: &Path) -> PathBuf {
    const LONGEST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LONGEST {
        let Ok(next) = fs::read_link(&path) else { break };
        path = path.parent().map_or(next.clone(), |folder| folder.join(&next));
    }
    path
}

fn write(target: &Path, text: &str) -> io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    if !folder.as_os_str().is_empty() {
        make_folder(folder)?;
    }
    let mut file = tempfile::Builder::new().prefix(".assume-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(meta) = fs::metadata(target) {
        keep_owner(file.as_file(), &meta);
        file.as_file().set_permissions(meta.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Only root can give a file away, and only root needs to.
#[cfg(unix)]
fn keep_owner(file: &fs::File, meta: &fs::Metadata) {
    use rustix::fs::{Gid, Uid, fchown};
    use std::os::unix::fs::MetadataExt;
    let _ = fchown(file, Some(Uid::from_raw(meta.uid())), Some(Gid::from_raw(meta.gid())));
}

#[cfg(not(unix))]
fn keep_owner(_file: &fs::File, _meta: &fs::Metadata) {}
