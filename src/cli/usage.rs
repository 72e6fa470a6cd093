//! What is told about words that make no sense. clap finds out what is wrong; it is said as every other error is.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::{Error, Kind};

/// Returns clap's error as one of ours: what is wrong, and what may have been meant.
pub(super) fn error(error: &clap::Error, words: &[OsString]) -> Error {
    let rendered = error.render().to_string();
    let mut what = String::new();
    let mut hints = Vec::new();
    for line in rendered.lines().map(str::trim) {
        if let Some(first) = line.strip_prefix("error: ") {
            what.push_str(first);
        } else if let Some(tip) = line.strip_prefix("tip: ") {
            // How a word that begins like a flag could be passed is no news for somebody who mistyped a flag.
            hints.extend((!tip.starts_with("to pass")).then(|| tip.to_owned()));
        } else if line.starts_with("Usage: ") || line.starts_with("For more") {
            break;
        } else if !line.is_empty() {
            // Which values there are, or which words are missing.
            what = format!("{what} {line}");
        }
    }
    let path = command_path(words);
    hints.extend(word_too_many(error, &path));
    hints.push(format!("`{} --help` shows how it is used", path.join(" ")));
    hints.into_iter().fold(Error::text(Kind::Usage, what), Error::with_hint)
}

/// `assume NAME ls` was meant to run `ls`.
fn word_too_many(error: &clap::Error, path: &[String]) -> Option<String> {
    let switches = path.len() == 1 || path.last().is_some_and(|name| name == "use");
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word))
            if switches && error.kind() == ErrorKind::UnknownArgument && !word.starts_with('-') =>
        {
            Some(format!("to run a command as the role, put `--` before it: `-- {word}`"))
        }
        _ => None,
    }
}

/// Returns the command that the words name, as far as they do: `assume mfa add`.
fn command_path(words: &[OsString]) -> Vec<String> {
    let whole = super::command();
    let mut command = &whole;
    let mut path = vec![command.get_name().to_owned()];
    for word in words.iter().skip(1) {
        let Some(next) = word.to_str().and_then(|word| command.find_subcommand(word)) else { break };
        path.push(next.get_name().to_owned());
        command = next;
    }
    path
}
