//! xonsh: `$NAME = 'value'`, a Python string of printable ASCII and escapes.
//!
//! Source: The Python Language Reference, 2.4.1, string literals.

use std::fmt::Write;

pub(super) fn set(name: &str, value: &str, text: &mut String) {
    let _ = write!(text, "${name} = '");
    for c in value.chars() {
        match c {
            '\'' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            ' '..='~' => text.push(c),
            c => {
                let _ = write!(text, "\\U{:08x}", u32::from(c));
            }
        }
    }
    text.push_str("'\n");
}

pub(super) fn remove(name: &str, text: &mut String) {
    let _ = writeln!(text, "${{...}}.pop('{name}', None)");
}
