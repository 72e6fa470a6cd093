//! A file that somebody named, or standard input.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, Kind, unreadable};

/// Returns what the file is called in what we say, and its text; `-` is standard input.
pub(super) fn text(file: &Path) -> Result<(String, String), Error> {
    if file != Path::new("-") {
        let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
        return Ok((file.to_string_lossy().into_owned(), text));
    }
    let mut text = String::new();
    let failed = |error| Error::text(Kind::System, format!("standard input cannot be read: {error}"));
    std::io::stdin().lock().read_to_string(&mut text).map_err(failed)?;
    Ok(("standard input".to_owned(), text))
}
