//! A secret that somebody gives us: typed and not shown, or on standard input. Never an argument, which every user of the
//! machine can read.

use std::io::{IsTerminal, Read};

use zeroize::Zeroizing;

use crate::error::{Error, Kind};
use crate::person;
use crate::terms::SecretString;
use crate::world::World;

/// What is asked for.
pub(super) struct Asked<'a> {
    /// In an error.
    pub(super) what: &'static str,
    /// On the terminal.
    pub(super) question: &'a str,
}

/// Whether somebody types what we read, so that each part is asked for by itself.
pub(super) fn is_typed() -> bool {
    std::io::stdin().is_terminal()
}

/// Returns what is typed, or all of standard input.
pub(super) fn read(asked: &Asked<'_>, world: &World) -> Result<SecretString, Error> {
    if is_typed() { Ok(person::ask_secret(asked.question, world)?) } else { piped(asked.what) }
}

/// Returns all of standard input.
pub(super) fn piped(what: &str) -> Result<SecretString, Error> {
    let failed = |reason: &str| {
        Error::text(Kind::Usage, format!("cannot read {what} from standard input: {reason}"))
            .with_hint("pipe it in, or run the command in a terminal to be asked".to_owned())
    };
    // Room for all of it, so that growing leaves no copies behind.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    std::io::stdin().lock().take(limit).read_to_string(&mut text).map_err(|error| failed(&error.to_string()))?;
    match text.len() {
        LONGEST => Err(failed("it is too long to be one")),
        _ if text.trim().is_empty() => Err(failed("it is empty")),
        _ => Ok(SecretString::from(text.as_str().to_owned())),
    }
}

/// More than any key pair, seed or CSV of one.
const LONGEST: usize = 16_384;
