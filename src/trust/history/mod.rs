//! Who became what, as CloudTrail tells it: events in, calls out, each joined with its other half and with the call that
//! gave its caller their keys.
//!
//! What an event says is somebody else's text: session names, user agents and external IDs are chosen by callers. Nothing
//! here prints.

mod activity;
mod bucket;
mod event;
mod files;
mod journal;
mod lake;
mod lookup;
mod story;

pub use activity::{Activity, Deed, Tally};
pub use bucket::{Bucket, BucketError, Far, InvalidPlace, Place, Told, Unread};
pub use event::{Actor, Event, OPERATIONS, Text};
pub use files::{Files, FilesError, Read};
pub use journal::{By, Journal, Search};
pub use lake::{Cost, InvalidStore, Lake, LakeError, Store};
pub use lookup::{Lookup, LookupError, REACH};
pub use story::{Call, Onward, Story};
