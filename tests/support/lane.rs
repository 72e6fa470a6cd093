//! Homes whose secrets lie in one kind of store: the same tests pass on each.

use std::ops::{Deref, DerefMut};

use super::home::Home;
use super::secret_service::SecretService;

/// A kind of store.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lane {
    Kernel,
    SecretService,
    File,
}

/// A home with a store of that kind and no other.
pub(crate) struct LaneHome {
    home: Home,
    _service: Option<SecretService>,
}

/// Opens the encrypted file of tests; worth nothing elsewhere.
const IDENTITY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

impl Lane {
    /// Returns the store's name in config.
    pub(crate) fn store(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::SecretService => "os",
            Self::File => "file",
        }
    }

    /// Returns a home with such a store.
    pub(crate) fn home(self) -> LaneHome {
        let mut home = Home::new();
        home.set("ASSUME_VAULT", self.store());
        let service = match self {
            Self::Kernel => None,
            Self::SecretService => Some(SecretService::unlocked()),
            Self::File => {
                let identity = home.write("keys/identity.txt", &format!("{IDENTITY}\n"));
                home.set("ASSUME_AGE_IDENTITY_FILE", identity);
                None
            }
        };
        for (name, value) in service.iter().flat_map(SecretService::variables) {
            home.set(name, value);
        }
        LaneHome { home, _service: service }
    }
}

impl Deref for LaneHome {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.home
    }
}

impl DerefMut for LaneHome {
    fn deref_mut(&mut self) -> &mut Home {
        &mut self.home
    }
}

/// Makes a test of each function for each kind of store.
macro_rules! on_each_lane {
    ($($name:ident),* $(,)?) => {
        mod kernel { $(#[test] fn $name() { super::$name(crate::support::lane::Lane::Kernel); })* }
        mod secret_service { $(#[test] fn $name() { super::$name(crate::support::lane::Lane::SecretService); })* }
        mod file { $(#[test] fn $name() { super::$name(crate::support::lane::Lane::File); })* }
    };
}
pub(crate) use on_each_lane;
