//! fish: `set -gx NAME 'value'`.
//!
//! Between single quotes only the backslash and the single quote are special. A universal variable belongs to all fish
//! sessions of the person and is never touched: an empty global one stands before it until that is taken away. Only a name
//! of a profile must not be empty; it stays, with a warning, since exported keys count before it.
//! Source: fish documentation, "The fish language", quotes and variable scope.

use std::fmt::Write;

use super::aside_name;
use crate::handover::variables::Aside;

pub(super) fn begin(aside: &Aside, text: &mut String) {
    let Aside::Lay(names) = aside else { return };
    for name in names {
        let kept = aside_name(name);
        let _ = writeln!(text, "builtin set -qg {name}; and builtin set -g {kept} ${name}");
    }
}

pub(super) fn set(name: &str, value: &str, text: &mut String) {
    let mut quoted = zeroize::Zeroizing::new(String::with_capacity(value.len() * 2 + 2));
    quote(value, &mut quoted);
    // What a universal variable says anyway is not said again.
    let _ = writeln!(text, "builtin set -qg {name}; and builtin set -eg {name}");
    let _ = writeln!(
        text,
        "builtin set -qx {name}; and builtin test \"${name}\" = {q}; or builtin set -gx {name} {q}",
        q = *quoted
    );
}

pub(super) fn remove(name: &str, text: &mut String) {
    let _ = writeln!(text, "builtin set -qg {name}; and builtin set -eg {name}");
    if matches!(name, "AWS_PROFILE" | "AWS_DEFAULT_PROFILE") {
        let says = format!("assume: warning: {name} is a universal variable and stays: `set -eU {name}` takes it away");
        let _ = writeln!(text, "builtin set -qx {name}; and builtin echo '{says}' >&2");
    } else {
        let _ = writeln!(text, "builtin set -qx {name}; and builtin set -gx {name}");
    }
}

pub(super) fn end(aside: &Aside, text: &mut String) {
    if let Aside::TakeBack(names) = aside {
        for name in names {
            let kept = aside_name(name);
            let _ = writeln!(
                text,
                "builtin set -qg {kept}; and builtin set -gu {name} ${kept}; and builtin set -eg {kept}"
            );
        }
    }
    text.push_str("builtin true\n");
}

fn quote(value: &str, text: &mut String) {
    text.push('\'');
    for c in value.chars() {
        if matches!(c, '\'' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('\'');
}
