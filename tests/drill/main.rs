//! Drills: many processes at once and a thousand in a row, with figures, and with bounds that they have to keep.
//!
//! They take minutes, so they are no part of the usual run: `cargo test --test drill` plays all of them, and
//! `cargo test --test drill -- killed --rounds 5 --seed 7` one. What bounds there are stands in `BOUNDS` and in `warm.rs`;
//! a drill that breaks one ends with exit code 1.

#![expect(clippy::unwrap_used, reason = "a drill that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "its figures are what it is for")]

mod crowd;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, unused_macros, reason = "the tests need more of it")]
mod support;
mod warm;

use std::process::ExitCode;
use std::time::Duration;

use crowd::{Code, Fate, Outcome, Stage};

/// What a crowd may cost at most.
struct Bounds {
    session_tokens: usize,
    assume_roles: usize,
    /// Of both together: who is killed may have made one call in vain.
    calls: usize,
    asked: usize,
    /// How many may end without credentials.
    unserved: usize,
    /// From a process's start to its end.
    longest: Duration,
}

/// A machine of two cores that builds something else meanwhile keeps them too: 200 starts alone take it some seconds.
fn bounds(fate: Fate, people: usize) -> Bounds {
    let usual = Bounds {
        session_tokens: 1,
        assume_roles: 4,
        calls: 5,
        asked: 1,
        unserved: 0,
        longest: Duration::from_secs(20),
    };
    match fate {
        Fate::Nothing => usual,
        // The code of the killed one may be spent: the next one comes in 30 s at most.
        Fate::Killed { .. } => Bounds {
            session_tokens: 2,
            assume_roles: 5,
            calls: 6,
            asked: 3,
            unserved: 1,
            longest: Duration::from_secs(45),
        },
        // The store's deadline is 2 s, and it is met twice on the way: by the MFA session and by the role's.
        Fate::Hung => Bounds { longest: Duration::from_secs(30), ..usual },
        // One code is refused, and so is the next one; the command says the same, which is not sent again.
        Fate::Refused => Bounds {
            session_tokens: 2,
            assume_roles: 0,
            calls: 2,
            asked: 3,
            unserved: people,
            longest: Duration::from_secs(60),
        },
    }
}

struct Asked {
    drills: Vec<String>,
    rounds: Option<usize>,
    people: usize,
    seed: u64,
}

const DRILLS: [&str; 5] = ["cold", "killed", "hung", "refused", "warm"];

fn main() -> ExitCode {
    let Some(asked) = asked() else {
        println!("usage: cargo test --test drill -- [{}] [--rounds N] [--people N] [--seed N]", DRILLS.join("|"));
        return ExitCode::from(2);
    };
    let mut broken = 0;
    for drill in &asked.drills {
        let rounds = asked.rounds.unwrap_or(if drill == "cold" { 4 } else { 20 });
        broken += match drill.as_str() {
            "warm" => warm::play(rounds),
            "killed" => killed(rounds, &asked),
            "hung" => crowds(drill, Fate::Hung, rounds, asked.people, &[Code::Later]),
            "refused" => crowds(drill, Fate::Refused, rounds, asked.people, &[Code::Later, Code::AtOnce]),
            _ => crowds(drill, Fate::Nothing, rounds, asked.people, &[Code::AtOnce, Code::Later]),
        };
    }
    if broken == 0 {
        println!("all bounds were kept");
        return ExitCode::SUCCESS;
    }
    println!("{broken} bounds were broken");
    ExitCode::FAILURE
}

/// Plays that many crowds, and returns how many bounds were broken.
fn crowds(drill: &str, fate: Fate, rounds: usize, people: usize, codes: &[Code]) -> usize {
    println!("{drill}: {rounds} times {people} processes");
    let play = |round: usize| {
        let outcome = Stage::set(fate).play(people, codes[round % codes.len()]);
        let wrong = outcome.against(&bounds(fate, people), people);
        outcome.print(round + 1, &wrong);
        wrong.len()
    };
    (0..rounds).map(play).sum()
}

/// Kills a holder at a random moment of the time that an unharmed crowd's locks are held; a moment at which nobody holds
/// one does not count.
fn killed(rounds: usize, asked: &Asked) -> usize {
    let codes = [Code::AtOnce, Code::Later];
    let spans = codes.map(|code| Stage::set(Fate::Nothing).play(asked.people, code).locked);
    println!("killed: {rounds} times {} processes, seed {}; locks are held for {spans:.2?}", asked.people, asked.seed);
    let mut dice = Dice(asked.seed);
    let (mut killed, mut broken) = (0, 0);
    for round in 0..rounds * 3 {
        let fate = Fate::Killed { after: spans[round % 2].mul_f64(dice.part()), which: dice.next() };
        let outcome = Stage::set(fate).play(asked.people, codes[round % 2]);
        let wrong = outcome.against(&bounds(fate, asked.people), asked.people);
        outcome.print(round + 1, &wrong);
        killed += usize::from(outcome.killed.is_some());
        broken += wrong.len();
        if killed == rounds {
            return broken;
        }
    }
    println!("     BROKEN: {killed} were killed, and {rounds} should have been");
    broken + 1
}

fn asked() -> Option<Asked> {
    let mut asked = Asked { drills: Vec::new(), rounds: None, people: 200, seed: 5 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--rounds" => asked.rounds = Some(words.next()?.parse().ok()?),
            "--people" => asked.people = words.next()?.parse().ok()?,
            "--seed" => asked.seed = words.next()?.parse().ok()?,
            name if DRILLS.contains(&name) => asked.drills.push(name.to_owned()),
            _ => return None,
        }
    }
    if asked.drills.is_empty() {
        asked.drills = DRILLS.map(str::to_owned).to_vec();
    }
    Some(asked)
}

impl Outcome {
    /// Returns each bound that was not kept.
    fn against(&self, bounds: &Bounds, people: usize) -> Vec<String> {
        let count = |operation: &str| {
            self.calls.iter().filter(|(call, _)| call.starts_with(operation)).map(|(_, times)| times).sum::<usize>()
        };
        let (session_tokens, assume_roles) = (count("GetSessionToken"), count("AssumeRole"));
        let mut wrong = Vec::new();
        let mut at_most = |what: &str, got: usize, most: usize| {
            if got > most {
                wrong.push(format!("{what}: {got}, and at most {most} may be"));
            }
        };
        at_most("GetSessionToken", session_tokens, bounds.session_tokens);
        at_most("AssumeRole", assume_roles, bounds.assume_roles);
        at_most("calls", session_tokens + assume_roles, bounds.calls);
        at_most("questions", self.asked, bounds.asked);
        at_most("without credentials", people - self.served, bounds.unserved);
        at_most("left over", self.left.len(), 0);
        if self.longest > bounds.longest {
            wrong.push(format!("the longest took {:.1?}, and {:?} is the bound", self.longest, bounds.longest));
        }
        if bounds.unserved == people {
            let shared = self.failed.iter().filter(|((_, said), _)| said.contains("was refused"));
            let shared: usize = shared.map(|(_, times)| times).sum();
            if shared + 1 != people {
                wrong.push(format!("{shared} took the refusal of another, and {} should have", people - 1));
            }
        }
        wrong
    }

    fn print(&self, round: usize, wrong: &[String]) {
        let calls: Vec<String> = self.calls.iter().map(|(call, times)| format!("{times} {call}")).collect();
        println!(
            "{round:>3}: wall {:.2} s, longest {:.2} s, {} served with {} sessions, device asked {}; {}",
            self.wall.as_secs_f32(),
            self.longest.as_secs_f32(),
            self.served,
            self.sessions,
            self.asked,
            calls.join(", "),
        );
        if let Some(killed) = &self.killed {
            println!("     killed: the holder of {killed}");
        }
        for ((code, said), times) in &self.failed {
            println!("     {times} ended with {code}: {said}");
        }
        for (said, times) in &self.told {
            println!("     {times} were told: {said}");
        }
        for broken in wrong {
            println!("     BROKEN: {broken} {:?}", self.left);
        }
    }
}

/// Numbers that a seed gives again. Source: splitmix64, public domain, Sebastiano Vigna.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A part of the whole, in thousandths.
    fn part(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() % 1_000).unwrap()) / 1_000.0
    }
}
