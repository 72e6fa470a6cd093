//! Whoever must be asked or told: the terminal, pinentry, standard error.

mod talk;

pub use talk::{note, plain, warn};
