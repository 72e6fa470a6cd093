//! What a shell's hook and this program say to each other.
//!
//! The hook first runs the words as they are, in the foreground: whatever is no switch is done, and that was all. If they
//! are a switch, nothing is done and the exit code is 213; then the hook runs them again, takes what is printed and applies
//! it. So no list of commands stands in a shell, and a command keeps its terminal. Whoever exits with 213 for reasons of
//! its own is not run twice: the second time, words that are no switch do nothing and say 213 again.

use std::ffi::OsString;
use std::process::ExitCode;

use clap_complete::engine::CompletionCandidate;

use super::stdout::print;
use crate::error::Error;
use crate::handover::Shell;
use crate::person::plain;

/// The exit code that says: these words change the shell.
pub(super) const SWITCH: u8 = 213;

/// How we were called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Call {
    /// Not by a hook.
    Bare,
    /// By a hook that does not know yet what the words are.
    Asking,
    /// By a hook that applies what is printed.
    Applying {
        /// Which shell's.
        shell: Shell,
        /// Its process.
        process: u32,
    },
    /// By a hook that wants the words completed.
    Completing,
}

impl Call {
    /// Takes what a hook put before the words away from them.
    pub(super) fn take_from(words: &mut Vec<OsString>) -> Self {
        let Some(how) = words.get(1).and_then(|word| word.to_str()).and_then(|word| word.strip_prefix("--hook="))
        else {
            return Self::Bare;
        };
        let call = match how.split_once(':') {
            None if how == "ask" => Self::Asking,
            None if how == "complete" => Self::Completing,
            Some((name, process)) => {
                let shell = Shell::ALL.into_iter().find(|shell| shell.as_str() == name);
                match (shell, process.parse()) {
                    (Some(shell), Ok(process)) => Self::Applying { shell, process },
                    _ => return Self::Bare,
                }
            }
            None => return Self::Bare,
        };
        words.remove(1);
        call
    }
}

/// Prints what the last of the words may be: a value and a word on it, with a tab between them, one on each line.
pub(super) fn complete(mut command: clap::Command, words: Vec<OsString>) -> Result<ExitCode, Error> {
    // The program, `--`, and the words of the command line that is being written.
    let words: Vec<OsString> = words.into_iter().skip(2).collect();
    let folder = std::env::current_dir().ok();
    let last = words.len().saturating_sub(1);
    let wants_flag = words.last().is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"));
    let is_flag = |candidate: &CompletionCandidate| candidate.get_value().as_encoded_bytes().starts_with(b"-");
    let found = clap_complete::engine::complete(&mut command, words, last, folder.as_deref()).unwrap_or_default();
    // Where a name or a command can stand, a dozen flags beside it would only be in the way.
    let has_names = found.iter().any(|candidate| !is_flag(candidate));
    let mut text = String::new();
    for candidate in found.iter().filter(|candidate| wants_flag || !has_names || !is_flag(candidate)) {
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let value = candidate.get_value().to_string_lossy();
        // A name that would not stand on one line cannot be typed either.
        if plain(&value) == value {
            text.push_str(&format!("{value}\t{}\n", help.lines().next().unwrap_or_default()));
        }
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hook_is_taken_for_a_hook() {
        for (word, call, taken) in [
            ("--hook=ask", Call::Asking, true),
            ("--hook=complete", Call::Completing, true),
            ("--hook=zsh:123", Call::Applying { shell: Shell::Zsh, process: 123 }, true),
            ("--hook=zsh", Call::Bare, false),
            ("--hook=tcsh:123", Call::Bare, false),
            ("prod", Call::Bare, false),
        ] {
            let mut words = vec!["assume".into(), word.into(), "x".into()];
            assert_eq!(Call::take_from(&mut words), call, "{word}");
            assert_eq!(words.len() == 2, taken, "{word}");
        }
    }
}
