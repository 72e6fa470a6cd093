//! One line of JSON for each request: what was asked, by whom, and what became of it. No secret is in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

/// What became of a request.
#[derive(Debug, Default, Serialize)]
pub(super) struct Record {
    /// When it came, by the server's clock, in RFC 3339.
    pub(super) time: String,
    pub(super) operation: Option<String>,
    /// The caller's ARN, once the signature was found good.
    pub(super) principal: Option<String>,
    pub(super) role_arn: Option<String>,
    /// The HTTP status; none where the connection was cut.
    pub(super) status: Option<u16>,
    /// AWS's error code; none where it was granted.
    pub(super) code: Option<String>,
    pub(super) service: Option<&'static str>,
    pub(super) region: Option<String>,
    pub(super) request_id: String,
}

/// Opens the log to append to it, 0600.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes one line, in one piece. A full disk must not stop the server.
pub(super) fn write(log: &mut File, record: &Record) {
    if let Ok(mut line) = serde_json::to_vec(record) {
        line.push(b'\n');
        let _ = log.write_all(&line);
    }
}
