//! The Windows command prompt: `set "NAME=value"`.
//!
//! A percent sign means one thing in a batch file and another at the prompt, `!` depends on a setting, a quote ends the
//! protection of `&`, and what is not ASCII depends on the code page. What cannot be right in both places is refused.
//! Source: `set /?`, `cmd /?`. Untried: no command prompt can be had here.

use std::fmt::Write;

pub(super) fn set(name: &str, value: &str, text: &mut String) -> Result<(), &'static str> {
    for c in value.chars() {
        match c {
            '"' => return Err("it holds a double quote"),
            '%' => return Err("it holds a percent sign"),
            '!' => return Err("it holds an exclamation mark"),
            ' '..='~' => {}
            _ if c.is_control() => return Err("it holds a line end or another control character"),
            _ => return Err("it holds a character that is not ASCII"),
        }
    }
    if value.is_empty() {
        return Err("it is empty");
    }
    let _ = writeln!(text, "set \"{name}={value}\"");
    Ok(())
}

pub(super) fn remove(name: &str, text: &mut String) {
    let _ = writeln!(text, "set \"{name}=\"");
}
