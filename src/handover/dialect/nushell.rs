//! Nushell: `$env.NAME = "value"`, in a file to be sourced or for `nu --commands`.
//!
//! Source: Nushell book, "Working with strings": double-quoted strings interpret `\` escapes, and nothing else.

use std::fmt::Write;

pub(super) fn set(name: &str, value: &str, text: &mut String) {
    let _ = write!(text, "$env.{name} = \"");
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            c if c.is_control() => {
                let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push_str("\"\n");
}

pub(super) fn remove(name: &str, text: &mut String) {
    let _ = writeln!(text, "hide-env --ignore-errors {name}");
}
