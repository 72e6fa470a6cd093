//! How far something is: one line on standard error that is written over and gone at the end, where that is a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use super::talk::plain;

/// The line, while there is one.
#[derive(Debug, Default)]
pub struct Progress {
    shown: Option<(Instant, usize)>,
}

impl Progress {
    /// Shows a text in the place of the last one. Elsewhere than on a terminal nothing is shown.
    pub fn show(&mut self, text: &str) {
        const OFTEN: Duration = Duration::from_millis(100);
        let recent = self.shown.is_some_and(|(when, _)| when.elapsed() < OFTEN);
        if recent || !std::io::stderr().is_terminal() {
            return;
        }
        // A line that is broken by the terminal's edge cannot be written over.
        let line: String = format!("assume: {}", plain(text)).chars().take(width() - 1).collect();
        let (before, now) = (self.shown.map_or(0, |(_, width)| width), line.chars().count());
        print(&format!("\r{line}{}", " ".repeat(before.saturating_sub(now))));
        self.shown = Some((Instant::now(), now));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((_, width)) = self.shown {
            print(&format!("\r{}\r", " ".repeat(width)));
        }
    }
}

fn print(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

const USUAL: usize = 80;

#[cfg(unix)]
fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stderr());
    size.map_or(USUAL, |size| usize::from(size.ws_col)).max(20)
}

#[cfg(not(unix))]
fn width() -> usize {
    USUAL
}
