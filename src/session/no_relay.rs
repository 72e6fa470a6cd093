//! Where there are no Unix sockets, nothing is handed to those who wait: each makes the call itself.

use std::path::Path;

use crate::terms::SecretString;

/// Where one who waits is given a session: nowhere.
pub(super) struct Inbox;

impl Inbox {
    /// Opens none.
    pub(super) fn open(_lock: &Path) -> Option<Self> {
        None
    }

    /// Returns nothing.
    pub(super) fn take(&self) -> Option<SecretString> {
        None
    }
}

/// Gives the session to nobody.
pub(super) fn deliver(_lock: &Path, _session: &SecretString) {}

/// Finds nothing to remove.
pub(super) fn sweep(_folder: &Path) {}
