//! The door of standard output: data, written in one piece.

use std::io::{ErrorKind, Write};

use serde_json::Value;

use crate::error::{Error, Kind};
use crate::person::is_unsafe;

/// Returns the document as JSON that can be shown on a terminal: what would drive it stands escaped in its strings, as JSON
/// allows for every character.
pub(super) fn json(document: &Value) -> String {
    let mut text = String::new();
    for c in format!("{document:#}\n").chars() {
        // The layout's own line ends stay: those in a string are escaped already.
        if c == '\n' || !is_unsafe(c) {
            text.push(c);
        } else {
            let mut units = [0; 2];
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// Writes data for whoever reads our output. A reader who has gone away (`| head`) has had enough, and that is no failure.
pub(super) fn print(data: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(data.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::text(Kind::System, format!("cannot write to standard output: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_drives_no_terminal_and_reads_as_the_same() {
        let hostile = "a\nb\u{1b}[2J\u{9b}2J\u{202e}\u{2028}\u{7f}東京 \\u202e";
        let document = serde_json::json!({ hostile: [hostile] });
        let text = json(&document);
        assert!(text.chars().all(|c| c == '\n' || !is_unsafe(c)), "{text:?}");
        assert_eq!(text.lines().count(), 5);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
    }
}
