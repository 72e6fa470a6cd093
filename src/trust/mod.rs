//! The live side of trust: what AWS says of who may assume a role, when it is asked.
//!
//! What is to be asked, and what an answer proves, are pure functions; the calls stand beside them. Nothing is cached.

pub mod exposure;
pub mod history;
pub mod least;
pub mod organization;
pub mod patience;
pub mod probe;
pub mod pull;
pub mod regions;
pub mod registry;
pub mod roles;
pub mod snapshot;
pub mod validate;
