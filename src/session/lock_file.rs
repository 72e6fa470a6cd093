//! Lock files: where they lie, and how they are opened.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::world::World;

/// Beside the cards; on a network file system, whose locks other machines may or may not see, in the folder that the
/// system gives this user until they log out.
#[cfg(target_os = "linux")]
pub(super) fn lock_folder(world: &World) -> PathBuf {
    let beside = world.folders.state.join("locks");
    let there = beside.ancestors().find(|folder| folder.is_dir());
    let kind = there.and_then(|folder| rustix::fs::statfs(folder).ok()).map(|file_system| file_system.f_type);
    if !kind.is_some_and(|kind| NETWORK.contains(&(kind as u32))) {
        return beside;
    }
    let uid = rustix::process::geteuid().as_raw();
    let runtime = world.env.path("XDG_RUNTIME_DIR").unwrap_or_else(|| format!("/run/user/{uid}").into());
    if runtime.is_dir() { runtime.join("assume").join("locks") } else { beside }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn lock_folder(world: &World) -> PathBuf {
    world.folders.state.join("locks")
}

/// NFS, SMB, CIFS, SMB2, 9P and AFS.
/// Source: statfs(2), file system types.
#[cfg(target_os = "linux")]
const NETWORK: [u32; 6] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997, 0x5346_414f];

/// Takes the lock of that file, if nobody has it.
pub(super) fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_follow)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}
