//! What others assert about the user of a session, had before the call that takes it along.

use super::call::Signed;
use super::{AcquireError, Run};
use crate::config::{ProvidedContext, Sourced};
use crate::identity::token;
use crate::sts;

impl Run<'_> {
    /// Returns what others assert about the user of that call's session.
    pub(super) fn contexts(&self, call: Signed<'_>) -> Result<Vec<sts::Context>, AcquireError> {
        let Signed::AssumeRole(hop) = call else { return Ok(Vec::new()) };
        let context = |context: &Sourced<ProvidedContext>| {
            let ProvidedContext { provider, assertion } = &context.value;
            let had = token(&hop.profile, assertion, &self.line, self.world)
                .map_err(|error| AcquireError::Identity { error: Box::new(error), origin: context.origin.clone() })?;
            Ok((provider.clone(), had.secret))
        };
        hop.provided_contexts.iter().map(context).collect()
    }
}
