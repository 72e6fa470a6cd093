//! How credentials leave: into a shell, a process, a file format, an SDK.
//!
//! What enters: credentials, the profile's name, and the environment that they are to stand in. What leaves: a list of
//! variables to set and to remove, written for whoever reads it. Nothing here knows how the credentials were had.

mod dialect;
mod format;
mod json;
mod private_config;
mod run;
mod shell;
mod stash;
mod variables;

pub use dialect::Dialect;
pub use format::{Format, Written, write};
pub use json::{changes, process_answer};
pub use private_config::{Owner, PrivateConfig, command_line, forget_private_config};
pub use run::{OurSecrets, RunError, accompany, accompany_in, replace};
pub use shell::{Shell, calling_dialect};
pub use variables::{
    Aside, Change, Changes, EXPIRES_AT, Hand, HandoverError, PROFILE, before_first_switch, switch, unset,
};
