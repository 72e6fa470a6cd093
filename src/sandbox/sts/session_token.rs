//! GetSessionToken: a user's own session, with MFA or without.

use std::time::SystemTime;

use super::super::answer::Refusal;
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{Constraints, SERIAL_NUMBER, TOKEN_CODE};
use super::super::estate::{Estate, SessionOf};
use super::super::mfa_code;

const DEFAULT: u64 = 43_200;
/// Root's sessions are shortened, not refused.
const ROOT_MOST: u64 = 3_600;

pub(super) fn run(
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let seconds = constraints.number(parameters, "DurationSeconds", 900, 129_600)?.unwrap_or(DEFAULT);
    let serial = constraints.optional(parameters, "SerialNumber", SERIAL_NUMBER);
    let code = constraints.optional(parameters, "TokenCode", TOKEN_CODE);
    constraints.verdict()?;
    let Some(user) = caller.user() else {
        return Err(Refusal::denied("Cannot call GetSessionToken with session credentials"));
    };
    let mfa_at = mfa_code::take(estate, Some(user), serial, code, now)?;
    let seconds = if caller.is_root(estate) { seconds.min(ROOT_MOST) } else { seconds };
    let key_id = estate.open_session(SessionOf::User { user, mfa_at }, now, seconds);
    Ok(super::credentials(estate, &key_id))
}
