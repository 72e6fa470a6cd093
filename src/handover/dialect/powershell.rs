//! PowerShell: `$env:NAME = 'value'`.
//!
//! Windows PowerShell decodes what a program prints by the console's code page, and takes typographic quotes for quotes. So
//! only printable ASCII stands between single quotes, and every other UTF-16 unit is written as `[char]0x…`: one line for
//! each statement, whatever the code page.
//! Source: about_Quoting_Rules, about_Character_Encoding. Untried: no PowerShell can be had here; a published grammar reads it.

use std::fmt::Write;

pub(super) fn set(name: &str, value: &str, text: &mut String) {
    let _ = write!(text, "$env:{name} = '");
    for unit in value.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'\'') => text.push_str("''"),
            Ok(byte) if (b' '..=b'~').contains(&byte) => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "' + [char]0x{unit:04X} + '");
            }
        }
    }
    text.push_str("'\n");
}

pub(super) fn remove(name: &str, text: &mut String) {
    let _ = writeln!(text, "Remove-Item -LiteralPath 'Env:{name}' -ErrorAction Ignore");
}
