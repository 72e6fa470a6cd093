//! Whoever must be asked or told: the terminal, pinentry, the browser, standard error.
//!
//! What enters: a question. What leaves: an answer, or the reason why there is none. Nothing here knows what is asked
//! for; nothing is ever asked on standard input or output, which belong to the data.

mod ask;
pub mod browser;
mod caller;
mod dialog;
mod progress;
mod redirect;
mod talk;
mod terminal;

pub use ask::{PersonError, ask_line, ask_secret, confirm, has_terminal, is_reachable};
pub use caller::caller;
pub use progress::Progress;
pub use redirect::{Redirect, RedirectError};
pub use talk::{Hold, is_unsafe, note, plain, warn};
