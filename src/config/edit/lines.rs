//! Where things stand in the text of a config file: headers, whole lines, the end of a table.

use std::ops::Range;

use crate::config::document::{Entry, Value};

/// Whether the key at that place stands in a header, `[like.this]`.
pub(super) fn is_in_header(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].trim_start().starts_with('[')
}

/// Whether the key at that place is the last of a header: `[role.prod]` is that of `prod`, `[role.prod.tags]` is not.
pub(super) fn has_own_header(text: &str, at: usize) -> bool {
    let rest = match text[at..].chars().next() {
        Some(quote @ ('"' | '\'')) => text[at + 1..].split_once(quote).map_or("", |(_, rest)| rest),
        _ => text[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_'),
    };
    is_in_header(text, at) && rest.trim_start().starts_with(']')
}

/// Whether an entry is `key = value`, rather than a table with a header or dotted keys.
pub(super) fn is_in_one_piece(text: &str, entry: &Entry) -> bool {
    match &entry.value {
        Value::Table(_) => text[entry.span.clone()].starts_with('{'),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => {
            !is_in_header(text, entry.at)
        }
    }
}

/// What some editors of Windows begin a file with.
pub(super) const BOM: &str = "\u{feff}";

/// Returns the place after the comments at a file's top that stand by themselves.
pub(super) fn after_first_words(text: &str) -> usize {
    let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            return at;
        }
        if !line.starts_with('#') {
            return start;
        }
    }
    at
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Returns where the line after that place begins.
pub(super) fn line_after(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Returns the last place that belongs to an entry which has no header.
pub(super) fn last_byte(entry: &Entry) -> usize {
    match &entry.value {
        Value::Table(table) => table.0.iter().map(last_byte).fold(entry.span.end, usize::max),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => entry.span.end,
    }
}

/// Returns the whole lines of an entry, wherever they stand.
pub(super) fn blocks(text: &str, entry: &Entry) -> Vec<Range<usize>> {
    let lines = |from: usize, to: usize| line_start(text, from)..line_after(text, to);
    let Value::Table(table) = &entry.value else { return vec![lines(entry.at, entry.span.end)] };
    if is_in_one_piece(text, entry) {
        return vec![lines(entry.at, entry.span.end)];
    }
    let (apart, within): (Vec<&Entry>, Vec<&Entry>) = table.0.iter().partition(|inner| is_in_header(text, inner.at));
    let mut found: Vec<Range<usize>> = apart.into_iter().flat_map(|inner| blocks(text, inner)).collect();
    if has_own_header(text, entry.at) {
        let end = within.into_iter().map(last_byte).fold(entry.at, usize::max);
        found.push(lines(entry.at, end));
    } else {
        found.extend(within.into_iter().flat_map(|inner| blocks(text, inner)));
    }
    found.sort_by_key(|block| block.start);
    found
}
