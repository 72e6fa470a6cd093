//! `assume trust paths`: who gets to a role, and by which chain.

use serde_json::Value;

use crate::support::home::Home;
use crate::support::home::ran;
use crate::support::python;

const CLASSIC: &str = include_str!("../src/sandbox/classic.toml");
const RESTORE: &str = "arn:aws:iam::777788889999:role/Restore";

/// A scenario in which every text that somebody else may choose is one that would break out of a drawing.
const HOSTILE: &str = r#"
[[account]]
id = "111122223333"
[[account.role]]
name = "Target"
[account.role.trust]
Version = "2012-10-17"
[[account.role.trust.Statement]]
Effect = "Allow"
Principal = { Service = "x.\"]; evil -> n0; //\\N" }
Action = "sts:AssumeRole"
Condition = { StringEquals = { "aws:SourceArn" = "\"]; evil [label=\"<b>%%\u001b[2J\nsubgraph" } }
"#;

fn home() -> Home {
    let home = Home::new();
    home.write("classic.toml", CLASSIC);
    home.write("hostile.toml", HOSTILE);
    home
}

#[test]
fn a_chain_says_who_begins_it_and_what_each_step_takes() {
    let ran = home().run(&["trust", "paths", "--to", "Restore", "--snapshot", "classic.toml"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (
            0,
            "one chain to arn:aws:iam::777788889999:role/Restore\n\n\
             1. arn:aws:iam::111122223333:user/alice\n   -> arn:aws:iam::123456789012:role/Admin\n        \
             with aws:MultiFactorAuthPresent Bool \"true\"\n   -> arn:aws:iam::777788889999:role/Restore\n",
            ""
        )
    );
}

#[test]
fn chains_may_be_asked_from_somebody_and_read_from_standard_input() {
    let home = home();
    let from = |who: &str, hops: &str| {
        let words = [
            "trust",
            "paths",
            "--to",
            RESTORE,
            "--from",
            who,
            "--scenario",
            "-",
            "--format",
            "json",
            "--max-hops",
            hops,
        ];
        let ran = home.run_with_input(&words, CLASSIC);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let found: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(found["to"], RESTORE);
        found["chains"]
            .as_array()
            .unwrap()
            .iter()
            .map(|chain| chain["steps"].as_array().unwrap().len())
            .collect::<Vec<_>>()
    };
    assert_eq!(from("alice", "5"), [2]);
    assert_eq!(from("alice", "1"), [0; 0]);
    assert_eq!(from("arn:aws:iam::123456789012:role/Admin", "5"), [1]);
    assert_eq!(from("bob", "5"), [0; 0]);
}

#[test]
fn what_cannot_be_asked_is_told() {
    let home = home();
    let none = home.run(&["trust", "paths", "--to", "Nobody", "--snapshot", "classic.toml"]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("there is no one role `Nobody` in classic.toml"), "{}", none.stderr);
    let gone = home.run(&["trust", "paths", "--to", "Nobody", "--snapshot", "nowhere.toml"]);
    assert!(gone.code != 0 && gone.stderr.contains("nowhere.toml"), "{}", gone.stderr);
}

/// Reads a drawing from standard input and says what nodes and edges there are.
const READ: &str = "
import json, pydot, sys
graph, = pydot.graph_from_dot_data(sys.stdin.read())
nodes = {node.get_name(): node.get_label() for node in graph.get_nodes()}
edges = [[edge.get_source(), edge.get_destination(), edge.get_label()] for edge in graph.get_edges()]
print(json.dumps([nodes, edges, len(graph.get_subgraphs())]))
";

#[test]
fn graphviz_reads_a_drawing_whatever_names_say() {
    let home = home();
    let read = |file: &str, to: &str| -> Value {
        let drawn = home.run(&["trust", "paths", "--to", to, "--snapshot", file, "--format", "dot"]);
        assert_eq!(drawn.code, 0, "{}", drawn.stderr);
        let read = ran(&mut python::script(&home, READ), &drawn.stdout);
        assert_eq!(read.code, 0, "{}\n{}", read.stderr, drawn.stdout);
        serde_json::from_str(&read.stdout).unwrap()
    };
    let classic = read("classic.toml", "Restore");
    assert_eq!(classic[0].as_object().unwrap().len(), 3, "{classic}");
    assert_eq!(classic[1].as_array().unwrap().len(), 2, "{classic}");
    let hostile = read("hostile.toml", "Target");
    let names: Vec<&String> = hostile[0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["n0", "n1"], "{hostile}");
    assert_eq!(hostile[1].as_array().unwrap().len(), 1, "{hostile}");
    assert_eq!((&hostile[1][0][0], &hostile[1][0][1], &hostile[2]), (&"n1".into(), &"n0".into(), &0.into()));
}

#[test]
fn mermaid_gets_plain_texts_only() {
    let drawn = home().run(&["trust", "paths", "--to", "Target", "--snapshot", "hostile.toml", "--format", "mermaid"]);
    assert_eq!(drawn.code, 0, "{}", drawn.stderr);
    assert_eq!(drawn.stdout.lines().count(), 4, "{}", drawn.stdout);
    assert!(
        !drawn.stdout.contains("\"];") && !drawn.stdout.contains('<') && !drawn.stdout.contains('%'),
        "{}",
        drawn.stdout
    );
}
