//! Who became what, as CloudTrail tells it: events in, calls out, each joined with its other half and with the call that
//! gave its caller their keys.
//!
//! What an event says is somebody else's text: session names, user agents and external IDs are chosen by callers. Nothing
//! here prints.

mod event;
mod files;
mod journal;
mod lookup;
mod story;

pub use event::{Actor, Event, OPERATIONS, Text};
pub use files::{Files, FilesError, Read};
pub use journal::{By, Journal, Search};
pub use lookup::{Lookup, LookupError, REACH};
pub use story::{Activity, Call, Story};
