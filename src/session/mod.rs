//! Sessions: credentials with an expiry, remembered under a key made of everything that shaped them.
//!
//! The secret lies in a store of the vault; beside it lies a card, a file without secrets that says which store, whose
//! session and until when. Who wants to make a session takes its lock first (`flight`), so that any number of processes
//! make one call. What was done at AWS is written into the ledger.

mod cache;
mod card;
mod credentials;
mod flight;
mod key;
mod ledger;
mod life;
mod lock_file;
#[cfg(unix)]
mod relay;
#[cfg(not(unix))]
#[path = "no_relay.rs"]
mod relay;
mod state;
mod turn;

pub use cache::{Cache, Found, Kept};
pub use card::{Card, Cards};
pub use credentials::{Credentials, Lineage, Session, Via};
pub use flight::{Flight, FlightError, Taken, Waiting};
pub use key::{CacheKey, Fingerprint, cache_keys};
pub use ledger::{Entry, Ledger};
pub use life::Life;
pub use state::private_folder;
pub use turn::{Phase, Turn};
