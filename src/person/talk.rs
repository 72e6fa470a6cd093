//! What is said to a person. Standard output is data and standard error is talk: this file is the door of the second.
//!
//! Whatever is said passes `plain`: text from a config, a server or a policy cannot move the cursor, start a line of its
//! own or reverse what stands beside it.

use std::borrow::Cow;
use std::io::Write;
use std::sync::Mutex;

/// Says something that the person should act on. Written in one piece; a closed standard error is no failure of ours.
pub fn warn(text: &str) {
    say("warning", text);
}

/// Says something that the person may like to know.
pub fn note(text: &str) {
    say("note", text);
}

fn say(kind: &str, text: &str) {
    let line = format!("assume: {kind}: {}\n", plain(text));
    match HELD.lock().as_deref_mut() {
        Ok(Some(held)) => held.push_str(&line),
        Ok(None) | Err(_) => print(&line),
    }
}

fn print(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// What is held back, while anything is.
static HELD: Mutex<Option<String>> = Mutex::new(None);

/// While this lives, what is said is held back; then it is printed. A process that becomes another program meanwhile has
/// said nothing, and the other program says it.
#[derive(Debug)]
pub struct Hold(());

impl Hold {
    /// Begins to hold back.
    pub fn begin() -> Self {
        if let Ok(mut held) = HELD.lock() {
            held.get_or_insert_default();
        }
        Self(())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(held) = HELD.lock().ok().and_then(|mut held| held.take()) {
            print(&held);
        }
    }
}

/// Returns the text with every control, line end and bidirectional mark shown as its escape.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// Whether a character drives a terminal, starts a line or reverses what stands beside it.
///
/// Source: Unicode Standard Annex 9 (bidirectional formatting characters), ECMA-48 (C0 and C1).
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_in_a_text_drives_the_terminal() {
        assert_eq!(plain("role \u{1b}[2J\nnext \u{202e}x"), "role \\u{1b}[2J\\nnext \\u{202e}x");
        assert_eq!(plain("zoë · 東京"), "zoë · 東京");
    }
}
