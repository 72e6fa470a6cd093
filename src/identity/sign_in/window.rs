//! The mark of a window that was opened and has not ended in a sign-in.
//!
//! It stays whatever becomes of us: programs that ask in the background open no other for a while.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// The mark, by its file.
pub(super) struct WindowMark(pub(super) PathBuf);

/// How long a sign-in that was declined or abandoned is not opened again by itself.
const PAUSE: Duration = Duration::from_secs(5 * 60);

impl WindowMark {
    /// Notes that a window is opened now. Where no mark can be left, another may be opened: nothing worse.
    pub(super) fn opens(&self) {
        let _ = std::fs::File::create(&self.0);
    }

    /// Notes that the window has ended in a sign-in.
    pub(super) fn served(&self) {
        let _ = std::fs::remove_file(&self.0);
    }

    /// Returns how long ago a window was opened that has not ended in a sign-in, if that is less than a pause.
    pub(super) fn since(&self, now: SystemTime) -> Option<Duration> {
        let opened = std::fs::metadata(&self.0).and_then(|metadata| metadata.modified()).ok()?;
        now.duration_since(opened).ok().filter(|since| *since < PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_window_is_known_for_five_minutes_or_until_it_has_served() {
        let folder = tempfile::tempdir().unwrap();
        let mark = WindowMark(folder.path().join("x.window"));
        let now = crate::world::Clock::System.now();
        let since = |later: u64| mark.since(now + Duration::from_secs(later)).is_some();
        assert!(!since(0));
        mark.opens();
        assert!(since(1) && since(290) && !since(301));
        mark.served();
        assert!(!since(1));
    }
}
