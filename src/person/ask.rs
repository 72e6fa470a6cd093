//! How a person is asked.
//!
//! - The controlling terminal comes first, whatever standard input and output are: `eval "$(assume prod)"` asks too.
//! - Without one (an SDK inside an IDE), `pinentry` asks if a display is there. `ASSUME_PINENTRY` names the program.
//! - Without either, nobody can be asked, and that is said at once: nothing waits for an answer that cannot come.
//! - Ctrl-C, Ctrl-D, the Cancel button and an empty answer decline. They do not kill the process, so that what is printed
//!   for `eval` still fails as it should.
//! - A secret and a code are not echoed. What the question quotes cannot drive the terminal (`plain`).
//! - The terminal is as it was, after whatever answer.

use std::io;

use secrecy::SecretString;

use super::{dialog, plain, terminal};
use crate::world::World;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// There is no controlling terminal, and no display with a pinentry.
    #[error("nobody can be asked from here: there is no terminal, and {}", without(*display))]
    Nobody {
        /// Whether there is a display, so that only the pinentry is missing.
        display: bool,
    },
    /// The person was asked and said no.
    #[error("the question was declined")]
    Declined,
    /// The terminal failed.
    #[error("cannot ask on the terminal")]
    Terminal(#[source] io::Error),
    /// Pinentry failed.
    #[error("cannot ask through {program}: {reason}")]
    Pinentry {
        /// The program.
        program: String,
        /// What it, or the system, said.
        reason: String,
    },
}

fn without(display: bool) -> &'static str {
    if display { "no pinentry program" } else { "no display for a pinentry" }
}

/// Returns whether a person can be asked from here.
pub fn is_reachable(world: &World) -> bool {
    reach(terminal::is_there(), world).is_ok()
}

/// Returns whether there is a controlling terminal.
pub fn has_terminal() -> bool {
    terminal::is_there()
}

/// Asks for a secret or a code, and does not show what is typed.
pub fn ask_secret(prompt: &str, world: &World) -> Result<SecretString, PersonError> {
    ask(prompt, terminal::Echo::Hidden, world)
}

/// Asks for something that may be seen.
pub fn ask_line(prompt: &str, world: &World) -> Result<String, PersonError> {
    use secrecy::ExposeSecret;
    ask(prompt, terminal::Echo::Shown, world).map(|line| line.expose_secret().to_owned())
}

/// Asks for a yes. Whatever is not a yes is a no.
pub fn confirm(question: &str, world: &World) -> Result<bool, PersonError> {
    match reach(terminal::is_there(), world)? {
        Reach::Terminal => {
            let prompt = format!("assume: {} [y/N] ", plain(question));
            // What was typed before the question was seen is no answer to it.
            terminal::forget_typed_ahead();
            match terminal::read_line(&prompt, terminal::Echo::Shown) {
                Ok(answer) => Ok(is_yes(&answer)),
                Err(PersonError::Declined) => Ok(false),
                Err(error) => Err(error),
            }
        }
        Reach::Pinentry(program) => dialog::confirm(&program, &plain(question)),
    }
}

fn ask(prompt: &str, echo: terminal::Echo, world: &World) -> Result<SecretString, PersonError> {
    use secrecy::ExposeSecret;
    let answer = match reach(terminal::is_there(), world)? {
        Reach::Terminal => terminal::read_line(&format!("assume: {}: ", plain(prompt)), echo)?,
        Reach::Pinentry(program) => dialog::ask(&program, &plain(prompt))?,
    };
    if answer.expose_secret().trim().is_empty() { Err(PersonError::Declined) } else { Ok(answer) }
}

fn is_yes(answer: &SecretString) -> bool {
    use secrecy::ExposeSecret;
    matches!(answer.expose_secret().trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Where a person can be reached.
#[derive(Debug, Eq, PartialEq)]
enum Reach {
    Terminal,
    /// The name of a program on the path, or its path.
    Pinentry(String),
}

fn reach(terminal: bool, world: &World) -> Result<Reach, PersonError> {
    if terminal {
        return Ok(Reach::Terminal);
    }
    // On macOS and Windows a graphical pinentry needs no variable to find the display.
    let display = cfg!(not(all(unix, not(target_os = "macos"))))
        || ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| world.env.os(name).is_some());
    let programs: &[&str] = match world.env.text("ASSUME_PINENTRY") {
        Some(program) => &[program],
        None if cfg!(target_os = "macos") => &["pinentry-mac", "pinentry"],
        None => &["pinentry"],
    };
    let found = || programs.iter().find(|program| dialog::is_there(program));
    match display.then(found).flatten() {
        Some(program) => Ok(Reach::Pinentry((*program).to_owned())),
        None => Err(PersonError::Nobody { display }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Env;

    #[test]
    fn the_terminal_is_asked_first_then_pinentry_then_nobody() {
        let there = ("ASSUME_PINENTRY", "/bin/true");
        let gone = ("ASSUME_PINENTRY", "/nonexistent/pinentry");
        let pinentry = || Some(Reach::Pinentry("/bin/true".to_owned()));
        let cases = [
            (true, vec![("DISPLAY", ":0"), there], Some(Reach::Terminal)),
            (false, vec![("DISPLAY", ":0"), there], pinentry()),
            (false, vec![("WAYLAND_DISPLAY", "wayland-0"), there], pinentry()),
            (false, vec![("DISPLAY", ":0"), gone], None),
            (false, vec![there], None),
        ];
        for (terminal, variables, expected) in cases {
            let world = World::new().with_env(variables.iter().copied().collect::<Env>());
            assert_eq!(reach(terminal, &world).ok(), expected, "{variables:?}");
        }
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        for (answer, yes) in [("y", true), ("YES ", true), ("", false), ("n", false), ("yep", false), ("sure", false)] {
            assert_eq!(is_yes(&SecretString::from(answer.to_owned())), yes, "{answer}");
        }
    }
}
