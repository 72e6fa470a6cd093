//! docs/trust.md, followed as it stands: every command is run in one sandbox, and comes out as the page shows.

use crate::support::home::Home;

const GUIDE: &str = include_str!("../docs/trust.md");

/// A command of the guide, and what it shows.
struct Step {
    command: String,
    shows: Vec<String>,
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in GUIDE.lines() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => match line.strip_prefix("$ ") {
                Some(command) => steps.push(Step { command: command.to_owned(), shows: Vec::new() }),
                None => steps.last_mut().expect("a command").shows.push(line.to_owned()),
            },
            (false, _) => {}
        }
    }
    steps
}

/// Whether a line is what the guide shows: `[…]` stands for anything.
fn fits(line: &str, shown: &str) -> bool {
    let parts: Vec<&str> = shown.split("[…]").collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    if parts.len() == 1 {
        return line == shown;
    }
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    for part in &parts[1..parts.len() - 1] {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Whether the lines are what the guide shows: a line of `[…]` alone stands for any number of them.
fn all_fit(lines: &[&str], shown: &[String]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((shown, rest)) if shown == "[…]" => (0..=lines.len()).any(|skipped| all_fit(&lines[skipped..], rest)),
        Some((shown, rest)) => {
            lines.split_first().is_some_and(|(line, others)| fits(line, shown) && all_fit(others, rest))
        }
    }
}

#[test]
fn the_guide_to_trust_comes_out_as_it_stands_there() {
    let steps = steps();
    assert!(steps.len() >= 15, "{}", steps.len());
    let mut script = String::from("cd \"$HOME\"\n");
    for step in &steps {
        script += &format!("echo '=====' ; {}\ncode=$? ; [ $code = 0 ] || echo \"exit code $code\"\n", step.command);
    }
    let home = Home::new();
    let script = home.write("guide.sh", &script);
    let shell = format!("bash {} 2>&1", script.display());
    let ran = home.run(&["sandbox", "--", "bash", "-c", &shell]);
    let mut outputs = ran.stdout.split("=====\n");
    assert_eq!(outputs.next(), Some(""), "{}", ran.stderr);
    for step in &steps {
        let output = outputs.next().unwrap_or_else(|| panic!("`{}` was not run: {ran:?}", step.command));
        let lines: Vec<&str> = output.lines().collect();
        assert!(
            all_fit(&lines, &step.shows),
            "$ {}\n{output}\nand the guide shows\n{}",
            step.command,
            step.shows.join("\n")
        );
    }
    assert_eq!(outputs.next(), None);
}

#[test]
fn what_differs_is_seen() {
    for (line, shown, expected) in [
        ("abc", "abc", true),
        ("abc", "a[…]c", true),
        ("abc", "a[…]", true),
        ("abc", "a[…]d", false),
        ("abc", "ab", false),
        ("x 1 y 2 z", "x […] y […] z", true),
        ("x 1 y 2", "x […] y […] z", false),
    ] {
        assert_eq!(fits(line, shown), expected, "{line} {shown}");
    }
    let shown = ["a", "[…]", "d"].map(str::to_owned);
    assert!(all_fit(&["a", "b", "c", "d"], &shown) && all_fit(&["a", "d"], &shown));
    assert!(!all_fit(&["a", "b"], &shown) && !all_fit(&["a", "d", "e"], &shown));
}
