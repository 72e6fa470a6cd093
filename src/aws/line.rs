//! The line to AWS, opened when the first call is due: a run that finds everything in the cache never does.

use std::cell::OnceCell;
use std::future::Future;

use super::client::Clients;
use super::error::AwsError;
use super::runtime::Runtime;
use crate::world::World;

/// The runtime and the clients of one run.
#[derive(Debug)]
pub struct Line<'a> {
    world: &'a World,
    opened: OnceCell<(Runtime, Clients)>,
}

impl<'a> Line<'a> {
    /// Returns a line that is not open yet.
    pub fn new(world: &'a World) -> Self {
        Self { world, opened: OnceCell::new() }
    }

    /// Makes a call and waits for its answer.
    pub fn call<T, F: Future<Output = T>>(&self, make: impl FnOnce(&Clients) -> F) -> Result<T, AwsError> {
        let (runtime, clients) = self.open()?;
        Ok(runtime.block_on(make(clients)))
    }

    fn open(&self) -> Result<&(Runtime, Clients), AwsError> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let runtime = Runtime::new().map_err(|error| AwsError::Setup { reason: error.to_string() })?;
        let clients = Clients::new(self.world)?;
        Ok(self.opened.get_or_init(|| (runtime, clients)))
    }
}
