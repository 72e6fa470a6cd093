//! YAML with the short forms of CloudFormation's functions, as values that know their lines.
//!
//! A short form becomes the long one: `!Sub x` is `{"Fn::Sub": x}`. Every plain scalar is text (CloudFormation sends them
//! so), but for null. What stands twice under one key, an anchor that leads into itself, and what would unfold into more
//! than anybody wrote are errors.
//!
//! Source: YAML 1.2.2; CloudFormation User Guide, "Intrinsic function reference" (the short forms).

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::node::{Entry, Is, Node};

/// Why a text is no YAML for us.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct NotYaml {
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// Reads every document of a text.
pub(super) fn documents(text: &str) -> Result<Vec<Node>, NotYaml> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: BTreeMap::new(), nodes: 0 };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::DocumentStart(_), _) => {
                let event = reader.next()?;
                documents.push(reader.node(event, 0)?);
            }
            _ => {}
        }
    }
}

/// Deeper than any policy, and shallow enough for the stack.
const DEEPEST: usize = 100;
/// More values than any template has: aliases of aliases must not unfold without end.
const MOST_NODES: usize = 1_000_000;

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
}

type Found<'a> = (Event<'a>, Span);

fn fault(line: usize, reason: impl Into<String>) -> NotYaml {
    NotYaml { line, reason: reason.into() }
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Found<'a>, NotYaml> {
        match self.parser.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => Err(fault(error.marker().line(), error.info())),
            None => Err(fault(1, "it breaks off")),
        }
    }

    fn count(&mut self, nodes: usize, line: usize) -> Result<(), NotYaml> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MOST_NODES { Err(fault(line, "its aliases unfold into too much")) } else { Ok(()) }
    }

    fn node(&mut self, (event, span): Found<'a>, depth: usize) -> Result<Node, NotYaml> {
        let line = span.start.line();
        if depth > DEEPEST {
            return Err(fault(line, "it is too deep"));
        }
        self.count(1, line)?;
        let (is, anchor, tag) = match event {
            Event::Alias(anchor) => {
                let nodes = self.anchors.get(&anchor).map(size);
                self.count(nodes.unwrap_or_default(), line)?;
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| fault(line, "an alias of what is not there, or of what it stands in"))?;
                return Ok(Node { line, ..node });
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_null = style == ScalarStyle::Plain && tag.is_none() && is_null(&text);
                (if is_null { Is::Null } else { Is::Text(text.into_owned()) }, anchor, tag)
            }
            Event::SequenceStart(anchor, tag) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        event => items.push(self.node(event, depth + 1)?),
                    }
                }
                (Is::List(items), anchor, tag)
            }
            Event::MappingStart(anchor, tag) => (Is::Map(self.entries(depth)?), anchor, tag),
            _ => return Err(fault(line, "a value belongs here")),
        };
        let node = long_form(Node { line, is }, tag.as_deref());
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, NotYaml> {
        let mut entries = Vec::new();
        let mut merged = Vec::new();
        let mut seen = BTreeSet::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => break,
                event => self.node(event, depth + 1)?,
            };
            let line = key.line;
            let name = key.scalar().ok_or_else(|| fault(line, "a key has to be text"))?.to_owned();
            let event = self.next()?;
            let value = self.node(event, depth + 1)?;
            if name == "<<" {
                let from = if value.items().is_empty() { vec![value] } else { value.items().to_vec() };
                merged.extend(from.iter().flat_map(|map| map.entries().to_vec()));
                continue;
            }
            if !seen.insert(name.clone()) {
                return Err(fault(line, format!("the key `{name}` stands there twice")));
            }
            entries.push(Entry { key: name, line, value });
        }
        // What is merged in yields to what is there.
        entries.extend(merged.into_iter().filter(|entry| seen.insert(entry.key.clone())));
        Ok(entries)
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn size(node: &Node) -> usize {
    let inside = node.items().iter().chain(node.entries().iter().map(|entry| &entry.value));
    inside.fold(1, |sum: usize, one| sum.saturating_add(size(one)))
}

fn long_form(node: Node, tag: Option<&Tag>) -> Node {
    let Some(tag) = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()) else { return node };
    let key = match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    };
    let line = node.line;
    Node { line, is: Is::Map(vec![Entry { key, line, value: node }]) }
}

#[cfg(test)]
mod tests {
    use super::super::super::lint::Step;
    use super::*;

    fn only(text: &str) -> Node {
        let mut documents = documents(text).unwrap();
        assert_eq!(documents.len(), 1);
        documents.remove(0)
    }

    #[test]
    fn short_forms_are_long_ones() {
        let text = "
# a comment
a: !Ref X
b: !GetAtt Role.Arn
c: !Sub
  - 'x${Y}'
  - Y: 1
d: !If [C, !Ref AWS::NoValue, {e: 012}]
f: 2012-10-17
g: true
h:
i: !Condition C
";
        let node = only(text);
        let expected = serde_json::json!({
            "a": {"Ref": "X"},
            "b": {"Fn::GetAtt": "Role.Arn"},
            "c": {"Fn::Sub": ["x${Y}", {"Y": "1"}]},
            "d": {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, {"e": "012"}]},
            "f": "2012-10-17",
            "g": "true",
            "h": null,
            "i": {"Condition": "C"},
        });
        assert_eq!(node.to_json(), expected);
        let key = |text: &str| Step::Key(text.to_owned());
        assert_eq!(node.line(&[key("c"), key("Fn::Sub"), Step::Index(1), key("Y")]), 7);
        assert_eq!(node.line(&[key("d")]), 8);
    }

    #[test]
    fn aliases_and_merges_are_what_they_stand_for() {
        let node = only("a: &x {b: 1, c: 2}\nd: *x\ne:\n  <<: *x\n  c: 3\n");
        let expected = serde_json::json!({
            "a": {"b": "1", "c": "2"}, "d": {"b": "1", "c": "2"}, "e": {"c": "3", "b": "1"},
        });
        assert_eq!(node.to_json(), expected);
    }

    #[test]
    fn what_is_no_yaml_says_where() {
        for (text, line) in
            [("a: 1\na: 2\n", 2), ("a:\n  - b\n c\n", 3), ("a: &x [*x]\n", 1), ("a: \"b\n", 1), ("[a]: 1\n", 1)]
        {
            assert_eq!(documents(text).map_err(|error| error.line), Err(line), "{text}");
        }
        let deep = "[".repeat(5_000);
        assert!(documents(&deep).is_err());
        let deep: String = (0..5_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(documents(&deep).is_err());
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let before = format!("*a{}", level - 1);
            laughs += &format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", "));
        }
        assert!(documents(&laughs).is_err_and(|error| error.reason.contains("aliases")));
    }
}
