//! The user's state folder: ours alone, or not used at all.

use std::io;
use std::path::Path;

/// Makes the folder (0700) if it is missing, and refuses one that another user owns or can write to.
pub fn private_folder(path: &Path) -> io::Result<()> {
    make(path)?;
    check(path)
}

/// Whether the folder is one that we would write to: who can write there too can say what they like in it.
pub(super) fn is_private(path: &Path) -> bool {
    check(path).is_ok()
}

#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(unix)]
fn check(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::symlink_metadata(path)?;
    let refused = |why: &str| Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{} {why}", path.display())));
    if !metadata.is_dir() {
        return refused("is no folder");
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return refused("belongs to another user");
    }
    if metadata.mode() & 0o022 != 0 {
        return refused("can be written to by other users");
    }
    Ok(())
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(not(unix))]
fn check(_path: &Path) -> io::Result<()> {
    // %LOCALAPPDATA% is the user's own by the system's access list.
    Ok(())
}
