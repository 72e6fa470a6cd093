//! An item that is larger than its store's limit lies there in pieces.
//!
//! The pieces are written under names of their own before the item itself, which then tells how many there are and what
//! they are called. So a reader finds the old value or the new one, and pieces of a write that died are nobody's.

use zeroize::Zeroizing;

/// What the item holds in place of the value: `assume-pieces 1 NAME COUNT`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Index {
    /// What the pieces of one write are called.
    mark: String,
    count: usize,
}

/// Returns the value in pieces of at most `limit` bytes, and the index to be written after them. `None` if it fits whole.
pub(super) fn split(value: &str, limit: usize, mark: &str) -> Option<(Vec<Zeroizing<String>>, Index)> {
    // A value that looks like an index would be taken for one.
    if value.len() <= limit && !value.starts_with(INDEX) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        // A limit is a thousand times the longest character.
        let end = (0..=rest.len().min(limit)).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(Zeroizing::new(piece.to_owned()));
        rest = after;
    }
    let count = pieces.len();
    Some((pieces, Index { mark: mark.to_owned(), count }))
}

impl Index {
    /// Reads what an item holds. `None` if it is a value.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mark, count) = text.strip_prefix(INDEX)?.split_once(' ')?;
        let count = count.parse().ok().filter(|count| (1..=MOST).contains(count))?;
        Some(Self { mark: mark.to_owned(), count })
    }

    /// Returns the text that the item holds.
    pub(super) fn text(&self) -> String {
        format!("{INDEX}{} {}", self.mark, self.count)
    }

    /// Returns the names of the pieces, in order.
    pub(super) fn names(&self, item: &str) -> Vec<String> {
        (1..=self.count).map(|number| format!("{item}{MARK}{}.{number}", self.mark)).collect()
    }
}

/// Returns whether that is the name of a piece rather than of an item.
pub(super) fn is_piece(name: &str) -> bool {
    name.contains(MARK)
}

const INDEX: &str = "assume-pieces 1 ";

/// Stands in no name of an item.
const MARK: &str = "#piece-";

/// An STS session is a few kilobytes.
const MOST: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_from_its_pieces() {
        for (value, limit, count) in [("abcdefgh", 3, 3), ("zoë·東京", 4, 4), ("assume-pieces 1 x 2", 100, 1)] {
            let (pieces, index) = split(value, limit, "ab12").unwrap();
            assert_eq!(pieces.iter().map(|piece| piece.as_str()).collect::<String>(), value);
            assert!(pieces.iter().all(|piece| piece.len() <= limit));
            assert_eq!(pieces.len(), count);
            assert_eq!(Index::parse(&index.text()), Some(index.clone()));
            assert_eq!(index.names("key/work").len(), count);
            assert!(index.names("key/work").iter().all(|name| is_piece(name)));
        }
    }

    #[test]
    fn what_fits_stays_whole() {
        for value in ["", "abc", "{\"a\":\"assume-pieces 1 x 2\"}"] {
            assert!(split(value, 100, "ab12").is_none());
            assert_eq!(Index::parse(value), None);
        }
    }
}
