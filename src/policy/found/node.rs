//! A value of a JSON or YAML file that knows its line.

use serde_json::Value;

use super::super::lint::Step;

/// A value, and the line that it stands on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Node {
    /// From 1.
    pub(super) line: usize,
    pub(super) is: Is,
}

/// What a value is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Is {
    Null,
    /// A number, `true` or `false`, as JSON writes it.
    Plain(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    /// The key's line.
    pub(super) line: usize,
    pub(super) value: Node,
}

impl Node {
    pub(super) fn text_of(text: impl Into<String>, line: usize) -> Self {
        Self { line, is: Is::Text(text.into()) }
    }

    /// Reads a text that is known to be JSON.
    pub(super) fn of_json(text: &str) -> Option<Self> {
        Reader { text, at: 0, line: 1 }.value()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.is {
            Is::Text(text) => Some(text),
            Is::Null | Is::Plain(_) | Is::List(_) | Is::Map(_) => None,
        }
    }

    /// The text of a text, and of a number.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.is {
            Is::Text(text) | Is::Plain(text) => Some(text),
            Is::Null | Is::List(_) | Is::Map(_) => None,
        }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match &self.is {
            Is::Map(entries) => entries,
            Is::Null | Is::Plain(_) | Is::Text(_) | Is::List(_) => &[],
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.is {
            Is::List(items) => items,
            Is::Null | Is::Plain(_) | Is::Text(_) | Is::Map(_) => &[],
        }
    }

    /// Returns it as JSON.
    pub(super) fn to_json(&self) -> Value {
        match &self.is {
            Is::Null => Value::Null,
            Is::Plain(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
            Is::Text(text) => Value::String(text.clone()),
            Is::List(items) => items.iter().map(Self::to_json).collect(),
            Is::Map(entries) => {
                Value::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect())
            }
        }
    }

    /// Returns the value that the steps lead to, or the last one that is there, and the line of what leads to it.
    pub(super) fn at(&self, steps: &[Step]) -> (&Self, usize) {
        let mut found = (self, self.line);
        for step in steps {
            let next = match (step, &found.0.is) {
                (Step::Key(key), _) => {
                    let entry = found.0.entries().iter().find(|entry| entry.key == *key);
                    entry.map(|entry| (&entry.value, entry.line))
                }
                (Step::Index(index), Is::List(items)) => items.get(*index).map(|item| (item, item.line)),
                // What is no list is its own only item.
                (Step::Index(index), _) => (*index == 0).then_some(found),
            };
            match next {
                Some(next) => found = next,
                None => break,
            }
        }
        found
    }

    /// Returns it as standing at that line, where nothing in it does.
    pub(super) fn standing_at(&self, line: usize) -> Self {
        match self.is {
            Is::Map(_) | Is::List(_) => self.clone(),
            Is::Null | Is::Plain(_) | Is::Text(_) => Self { line, ..self.clone() },
        }
    }

    /// Returns the line of the place that the steps lead to, or of the last one that is there.
    pub fn line(&self, steps: &[Step]) -> usize {
        self.at(steps).1
    }
}

/// Reads JSON that was read before: what it cannot make sense of does not come.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(byte) = self.peek().filter(|byte| byte.is_ascii_whitespace() || b",:".contains(byte)) {
            self.line += usize::from(byte == b'\n');
            self.at += 1;
        }
    }

    fn value(&mut self) -> Option<Node> {
        self.space();
        let line = self.line;
        let is = match self.peek()? {
            b'{' => {
                let mut entries = Vec::new();
                self.at += 1;
                self.space();
                while self.peek()? != b'}' {
                    let line = self.line;
                    let key = self.string()?;
                    entries.push(Entry { key, line, value: self.value()? });
                    self.space();
                }
                self.at += 1;
                Is::Map(entries)
            }
            b'[' => {
                let mut items = Vec::new();
                self.at += 1;
                self.space();
                while self.peek()? != b']' {
                    items.push(self.value()?);
                    self.space();
                }
                self.at += 1;
                Is::List(items)
            }
            b'"' => Is::Text(self.string()?),
            _ => {
                let begins = self.at;
                while self.peek().is_some_and(|byte| !byte.is_ascii_whitespace() && !b",]}".contains(&byte)) {
                    self.at += 1;
                }
                match self.text.get(begins..self.at)? {
                    "null" => Is::Null,
                    text => Is::Plain(text.to_owned()),
                }
            }
        };
        Some(Node { line, is })
    }

    fn string(&mut self) -> Option<String> {
        let begins = self.at;
        self.at += 1;
        while self.peek()? != b'"' {
            self.at += if self.peek()? == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_str(self.text.get(begins..self.at)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_lines() {
        let text = "\n{ \"a\": {\"x\\\"\": 1, \"b\": \"c}\\u0041\"},\n \"Statement\": [\n {\"Sid\": \"{[,\"},\n [1, -2.5e3,\n null]]}";
        let node = Node::of_json(text).unwrap();
        assert_eq!(node.to_json(), serde_json::from_str::<Value>(text).unwrap());
        let key = |text: &str| Step::Key(text.to_owned());
        let cases = [
            (vec![], 2),
            (vec![key("Statement")], 3),
            (vec![key("Statement"), Step::Index(0), key("Sid")], 4),
            (vec![key("Statement"), Step::Index(1), Step::Index(2)], 6),
            (vec![key("Statement"), Step::Index(7)], 3),
            (vec![key("a"), Step::Index(0), key("b")], 2),
        ];
        for (steps, line) in cases {
            assert_eq!(node.line(&steps), line, "{steps:?}");
        }
    }
}
