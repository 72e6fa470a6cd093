//! `assume`: switch AWS roles. A library with one command; ARCHITECTURE.md shows the house.
//!
//! Data flows one way: declared profile → plan → cache → steps → credentials → hand-over. A module imports only what
//! stands above it in this list, `cli` alone sees all, and nothing above `aws` names an SDK or a tokio type.

pub mod terms;
pub mod world;
pub mod person;
pub mod config;
pub mod policy;
pub mod plan;
pub mod vault;
pub mod session;
pub mod aws;
pub mod identity;
pub mod recall;
pub mod mfa;
pub mod sts;
pub mod acquire;
pub mod discovery;
pub mod console;
pub mod rotation;
pub mod handover;
pub mod trust;
pub mod sandbox;
pub mod error;
pub mod cli;
