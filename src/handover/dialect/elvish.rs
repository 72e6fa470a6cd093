//! Elvish: `set-env NAME 'value'`.
//!
//! Between single quotes every byte stands for itself, and a single quote is doubled.
//! Source: Elvish language specification, "String".

use std::fmt::Write;

pub(super) fn set(name: &str, value: &str, text: &mut String) {
    let _ = write!(text, "set-env {name} '");
    for c in value.chars() {
        text.push(c);
        if c == '\'' {
            text.push(c);
        }
    }
    text.push_str("'\n");
}

pub(super) fn remove(name: &str, text: &mut String) {
    let _ = writeln!(text, "unset-env {name}");
}
