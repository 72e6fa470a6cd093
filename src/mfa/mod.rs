//! One code per device: asked of a person, made from a seed in the vault, or printed by a command.

mod seed;

pub use seed::{InvalidSeed, Seed};
