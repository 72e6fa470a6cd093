//! Chains as text, as JSON, and as drawings. Whatever a name or a policy says, it stays a text in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use crate::person::plain;
use crate::policy::paths::{Demand, Edge, Node, Way, Ways};

/// As text.
pub(super) fn text(to: &str, found: &Ways) -> String {
    let mut out = match found.ways.len() {
        0 => format!("nobody gets to {}\n", plain(to)),
        1 => format!("one chain to {}\n", plain(to)),
        number => format!("{number} chains to {}\n", plain(to)),
    };
    for (number, way) in found.ways.iter().enumerate() {
        let _ = writeln!(out, "\n{}. {}", number + 1, begin(way));
        for edge in &way.edges {
            let _ = writeln!(out, "   -> {}", plain(&edge.to));
            for demand in &edge.demands {
                let _ = writeln!(out, "        with {}", plain(&demand.to_string()));
            }
            if !edge.is_certain {
                let _ = writeln!(out, "        {UNSURE}");
            }
        }
    }
    out
}

const UNSURE: &str = "perhaps: its policies tell too many requests apart to try them all";

fn begin(way: &Way) -> String {
    let first = way.edges.first().map(|edge| edge.from.to_string()).unwrap_or_default();
    let before = if way.is_cut { "… -> " } else { "" };
    format!("{before}{}", plain(&first))
}

/// As JSON.
pub(super) fn json(to: &str, found: &Ways) -> Value {
    let demand =
        |demand: &Demand| json!({ "key": demand.key, "condition": demand.condition, "example": demand.example });
    let step = |edge: &Edge| {
        let demands: Vec<Value> = edge.demands.iter().map(demand).collect();
        json!({ "role": edge.to, "certain": edge.is_certain, "demands": demands })
    };
    let way = |way: &Way| {
        let from = way.edges.first().map(|edge| json!({ "kind": edge.from.kind(), "name": edge.from.name() }));
        json!({ "from": from, "begins_further_back": way.is_cut, "steps": way.edges.iter().map(step).collect::<Vec<_>>() })
    };
    json!({ "to": to, "chains": found.ways.iter().map(way).collect::<Vec<_>>(), "more": found.more })
}

/// What is drawn: each node once, each edge once.
struct Drawing<'a> {
    nodes: BTreeMap<Node, usize>,
    edges: BTreeSet<(usize, usize, Vec<&'a Demand>, bool)>,
}

impl<'a> Drawing<'a> {
    fn of(to: &str, found: &'a Ways) -> Self {
        let mut nodes = BTreeMap::from([(Node::Role(to.to_owned()), 0)]);
        let mut edges = BTreeSet::new();
        for edge in found.ways.iter().flat_map(|way| &way.edges) {
            let mut place = |node: Node| {
                let next = nodes.len();
                *nodes.entry(node).or_insert(next)
            };
            let ends = (place(edge.from.clone()), place(Node::Role(edge.to.clone())));
            edges.insert((ends.0, ends.1, edge.demands.iter().collect(), edge.is_certain));
        }
        Self { nodes, edges }
    }

    /// The nodes by their numbers.
    fn nodes(&self) -> BTreeMap<usize, &Node> {
        self.nodes.iter().map(|(node, number)| (*number, node)).collect()
    }
}

fn lines(demands: &[&Demand], is_certain: bool) -> Vec<String> {
    let unsure = (!is_certain).then(|| "perhaps".to_owned());
    demands.iter().map(ToString::to_string).chain(unsure).collect()
}

/// For Graphviz.
pub(super) fn dot(to: &str, found: &Ways) -> String {
    let drawing = Drawing::of(to, found);
    let mut out = "digraph paths {\n  rankdir=LR;\n".to_owned();
    for (number, node) in drawing.nodes() {
        let shape = match node {
            Node::Role(_) => "box",
            Node::User(_) | Node::Foreign(_) => "ellipse",
            Node::Account(_) | Node::Everyone => "doubleoctagon",
            Node::Service(_) | Node::Provider(_) => "hexagon",
        };
        let _ = writeln!(out, "  n{number} [shape={shape}, label=\"{}\"];", in_dot(&node.to_string()));
    }
    for (from, into, demands, is_certain) in &drawing.edges {
        let label = lines(demands, *is_certain).iter().map(|line| in_dot(line)).collect::<Vec<_>>().join("\\n");
        let _ = writeln!(out, "  n{from} -> n{into} [label=\"{label}\"];");
    }
    out.push_str("}\n");
    out
}

/// A text within a quoted string: only a quote ends it, and a backslash may begin one of Graphviz's escapes (`\N` is the
/// node's name). `&` begins an entity.
/// Source: Graphviz, "The DOT Language" and "escString".
fn in_dot(text: &str) -> String {
    plain(text).replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}

/// For Mermaid.
pub(super) fn mermaid(to: &str, found: &Ways) -> String {
    let drawing = Drawing::of(to, found);
    let mut out = "flowchart LR\n".to_owned();
    for (number, node) in drawing.nodes() {
        let label = in_mermaid(&node.to_string());
        let _ = match node {
            Node::Role(_) => writeln!(out, "  n{number}[\"{label}\"]"),
            Node::User(_) | Node::Foreign(_) => writeln!(out, "  n{number}([\"{label}\"])"),
            Node::Account(_) | Node::Everyone => writeln!(out, "  n{number}[[\"{label}\"]]"),
            Node::Service(_) | Node::Provider(_) => writeln!(out, "  n{number}{{{{\"{label}\"}}}}"),
        };
    }
    for (from, into, demands, is_certain) in &drawing.edges {
        let label = lines(demands, *is_certain).iter().map(|line| in_mermaid(line)).collect::<Vec<_>>().join("<br>");
        let _ = match label.as_str() {
            "" => writeln!(out, "  n{from} --> n{into}"),
            label => writeln!(out, "  n{from} -->|\"{label}\"| n{into}"),
        };
    }
    out
}

/// All but plain letters, digits and a few signs becomes an entity of Mermaid's: `#34;`.
/// Source: Mermaid, "Flowcharts", "Entity codes to escape characters".
fn in_mermaid(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        match c {
            c if c.is_ascii_alphanumeric() || " :/.,-_=+@".contains(c) => out.push(c),
            c => drop(write!(out, "#{};", u32::from(c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str =
        "x\"]; evil -> n0 [label=\"\\N\\\" --> <img src=x onerror=alert(1)> %%{init}%% ` $(id)\n}\u{1b}[2J";

    fn hostile() -> Ways {
        let demand =
            Demand { key: HOSTILE.to_owned(), condition: HOSTILE.to_owned(), example: vec![HOSTILE.to_owned()] };
        let edge = Edge {
            from: Node::Service(HOSTILE.to_owned()),
            to: HOSTILE.to_owned(),
            demands: vec![demand],
            is_certain: false,
        };
        Ways { ways: vec![Way { edges: vec![edge], is_cut: false }], more: false }
    }

    #[test]
    fn nothing_in_a_name_becomes_a_part_of_the_drawing() {
        let drawn = mermaid(HOSTILE, &hostile());
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 4, "{drawn}");
        for (line, (begins, ends)) in
            lines[1..].iter().zip([("  n0[\"", "\"]"), ("  n1{{\"", "\"}}"), ("  n1 -->|\"", "\"| n0")])
        {
            let inner = line.strip_prefix(begins).and_then(|rest| rest.strip_suffix(ends)).unwrap();
            let inner = inner.replace("<br>", "");
            assert!(inner.chars().all(|c| c.is_ascii_alphanumeric() || " :/.,-_=+@#;".contains(c)), "{inner}");
        }
        let drawn = dot(HOSTILE, &hostile());
        assert_eq!(drawn.lines().count(), 6, "{drawn}");
        let said = text(HOSTILE, &hostile());
        assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said:?}");
    }
}
