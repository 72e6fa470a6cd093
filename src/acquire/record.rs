//! What was done at AWS, written into the ledger. It never stands in the way of credentials.

use super::{AcquireError, Call, Run};
use crate::aws::{AwsError, Refusal};
use crate::person;
use crate::session::{Credentials, Entry, Ledger};
use crate::terms::show_time;

impl Run<'_> {
    /// Writes down that a step was made.
    pub(super) fn write_down(&mut self, count: usize, credentials: &Credentials) {
        let key_id = credentials.key_id.as_str().to_owned();
        let expires_at = credentials.expires_at().map(show_time);
        self.write_entry(count, |entry| Entry { access_key_id: Some(key_id), expires_at, ..entry });
    }

    /// Writes down that AWS refused a step.
    pub(super) fn write_down_refusal(&mut self, count: usize, error: &AcquireError) {
        let refusal: &Refusal = match error {
            AcquireError::Step { source: AwsError::Refused(refusal), .. } => refusal,
            AcquireError::Codes { last, .. } => last,
            AcquireError::Step { .. }
            | AcquireError::Identity { .. }
            | AcquireError::Mfa { .. }
            | AcquireError::Shared { .. }
            | AcquireError::Flight(_) => return,
        };
        let (code, request_id) = (Some(refusal.code.clone()), refusal.request_id.clone());
        self.write_entry(count, |entry| Entry { code, request_id, ..entry });
    }

    fn write_entry(&mut self, count: usize, with: impl FnOnce(Entry) -> Entry) {
        if !self.plan.ledger {
            return;
        }
        let (ledger, step) = (Ledger::new(self.world), Call::step(self.plan, count));
        let entry = with(Entry {
            time: ledger.time(),
            asked: step.asked,
            profile: step.profile,
            identity: self.plan.start.name().to_owned(),
            role_arn: step.role_arn,
            program: person::caller(),
            access_key_id: None,
            expires_at: None,
            code: None,
            request_id: None,
        });
        // Of a folder that does not serve it was said already what is lost by it.
        if let Err(error) = ledger.write(&entry)
            && !std::mem::replace(&mut self.warned, true)
        {
            person::warn(&format!(
                "the ledger cannot be written: {error} (`ledger = false` in the config does without)"
            ));
        }
    }
}
