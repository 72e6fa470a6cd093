//! bash, zsh, ksh, dash: `export NAME='value'`.
//!
//! Between single quotes every byte stands for itself, and a single quote is written `'\''`, which also means the same under
//! zsh's RC_QUOTES. The backslash before a command's name steps past an alias. The statements are one list, so that its
//! outcome is the outcome of all of them: a variable that is read-only makes the `eval` fail.
//! Source: POSIX.1-2017, Shell Command Language, 2.2.2 and 2.3.1.

use std::fmt::Write;

use super::aside_name;
use crate::handover::variables::Aside;

pub(super) fn begin(aside: &Aside, text: &mut String) {
    let Aside::Lay(names) = aside else { return };
    for name in names {
        let kept = aside_name(name);
        let _ = writeln!(text, "{{ \\test -z \"${{{name}+x}}\" || {kept}=${name}; }} &&");
    }
}

pub(super) fn set(name: &str, value: &str, text: &mut String) {
    let _ = write!(text, "\\export {name}=");
    quote(value, text);
    text.push_str(" &&\n");
}

pub(super) fn remove(name: &str, text: &mut String) {
    let _ = writeln!(text, "\\unset {name} &&");
}

pub(super) fn end(aside: &Aside, text: &mut String) {
    if let Aside::TakeBack(names) = aside {
        for name in names {
            let kept = aside_name(name);
            let _ = writeln!(text, "{{ \\test -z \"${{{kept}+x}}\" || {{ {name}=${kept}; \\unset {kept}; }}; }} &&");
        }
    }
    text.push_str("\\true\n");
}

fn quote(value: &str, text: &mut String) {
    text.push('\'');
    for c in value.chars() {
        match c {
            '\'' => text.push_str("'\\''"),
            c => text.push(c),
        }
    }
    text.push('\'');
}
