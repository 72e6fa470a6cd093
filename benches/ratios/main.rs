//! How long a warm answer takes, beside programs that people know: one table of ratios, all measured in one run.
//!
//! `cargo bench` prints it. It wants hyperfine, valgrind and what `tests/setup` installs; other tools that are not there are
//! left out, and the table says so. A machine that does something else meanwhile makes every time longer, so a ratio is one
//! of medians that were taken in turns.
//!
//! What does not depend on the machine's speed (sizes, memory, instructions) stands in `benches/figures.toml` and is
//! compared: what became more than 3 % worse ends the run with exit code 1, unless `--accept` writes the new figures down.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod figures;
mod places;
#[path = "../../tests/support/mod.rs"]
#[allow(dead_code, unused_imports, unused_macros, reason = "the tests need more of it")]
mod support;
mod watch;

use std::process::ExitCode;

use places::Places;
use watch::{Job, Times, take_turns};

fn main() -> ExitCode {
    let accept = std::env::args().any(|word| word == "--accept");
    let places = Places::furnish();
    let times = take_turns(&places.jobs());
    println!("| measure | goal | measured |");
    println!("|---|---|---|");
    for row in ROWS {
        println!("{}", row.line(&times));
    }
    println!();
    for (name, median) in times.medians() {
        println!("{name}: {median:.2} ms");
    }
    println!();
    figures::compare(&places, accept)
}

/// One ratio.
struct Row {
    says: &'static str,
    of: &'static str,
    by: &'static str,
    goal: Goal,
}

enum Goal {
    AtMost(f64),
    AtLeast(f64),
    None,
}

const fn row(says: &'static str, of: &'static str, by: &'static str, goal: Goal) -> Row {
    Row { says, of, by, goal }
}

const ROWS: [Row; 14] = [
    row("warm, kernel keyring ÷ an empty Rust program", "kernel", "empty", Goal::AtMost(1.5)),
    row(
        "warm, kernel keyring ÷ `secret-tool lookup` of an item of that size",
        "kernel",
        "secret-tool",
        Goal::AtMost(0.12),
    ),
    row("warm, Secret Service ÷ `secret-tool lookup`", "secret service", "secret-tool", Goal::AtMost(0.9)),
    row("warm, 5,000 profiles ÷ 5 profiles", "5,000 profiles", "5 profiles", Goal::AtMost(2.0)),
    row(
        "the same, first answer after a change of the config",
        "5,000 profiles, changed",
        "5 profiles, changed",
        Goal::None,
    ),
    row(
        "warm, one of 5,000 permission sets in a file of `assume discover` ÷ 5 profiles",
        "5,000 discovered",
        "5 profiles",
        Goal::AtMost(2.0),
    ),
    row(
        "the same, first answer after a change of the config",
        "5,000 discovered, changed",
        "5 profiles, changed",
        Goal::None,
    ),
    row("warm, hop 3 of a chain ÷ a single role", "hop 3", "kernel", Goal::AtMost(1.1)),
    row("cold AssumeRole on the sandbox ÷ `curl --aws-sigv4` of the same call", "cold", "curl", Goal::AtMost(1.5)),
    row(
        "AWS CLI v1 (`sts get-caller-identity` with a role of its cache) ÷ ours, warm",
        "aws v1",
        "kernel",
        Goal::AtLeast(150.0),
    ),
    row("AWS CLI v2 (`configure export-credentials`) ÷ ours, warm", "aws v2", "kernel", Goal::AtLeast(150.0)),
    row("awsume (`awsumepy -s`) ÷ ours, warm", "awsume", "kernel", Goal::AtLeast(150.0)),
    row("warm, encrypted file ÷ an empty Rust program", "file", "empty", Goal::None),
    row("`assume --version` ÷ an empty Rust program", "version", "empty", Goal::None),
];

impl Row {
    fn line(&self, times: &Times) -> String {
        let goal = match self.goal {
            Goal::AtMost(goal) => format!("≤ {goal}"),
            Goal::AtLeast(goal) => format!("≥ {goal}"),
            Goal::None => String::new(),
        };
        let measured = match (times.median(self.of), times.median(self.by)) {
            (Some(of), Some(by)) => self.judged(of / by),
            (None, _) => format!("{} is not installed", self.of),
            (_, None) => format!("{} is not installed", self.by),
        };
        format!("| {} | {goal} | {measured} |", self.says)
    }

    fn judged(&self, ratio: f64) -> String {
        let is_reached = match self.goal {
            Goal::AtMost(goal) => ratio <= goal,
            Goal::AtLeast(goal) => ratio >= goal,
            Goal::None => true,
        };
        let shown = if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") };
        if is_reached { shown } else { format!("{shown} (not reached)") }
    }
}
