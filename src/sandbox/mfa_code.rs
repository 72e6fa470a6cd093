//! MFA codes: of the caller's own device, of this half minute or one beside it, and each of them once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::terms::ExposeSecret;

use super::answer::Refusal;
use super::estate::Estate;

const STEP: Duration = Duration::from_secs(30);

/// Takes the code, if there is one: from then on it is spent. Returns when it was taken.
pub(super) fn take(
    estate: &mut Estate,
    user: Option<usize>,
    serial: Option<&str>,
    code: Option<&str>,
    now: SystemTime,
) -> Result<Option<SystemTime>, Refusal> {
    let (serial, code) = match (serial, code) {
        (None, None) => return Ok(None),
        (Some(serial), Some(code)) => (serial, code),
        (Some(_), None) | (None, Some(_)) => {
            return Err(failed(", must provide both MFA serial number and one time pass code."));
        }
    };
    let devices = user.map(|user| estate.users[user].devices.as_slice()).unwrap_or_default();
    let Some((serial, seed)) = devices.iter().find(|(known, _)| known == serial) else {
        return Err(failed(
            ", unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
        ));
    };
    let step = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / STEP.as_secs();
    let fitting = (step.saturating_sub(1)..=step + 1).find(|&step| {
        let shown = seed.code_at(UNIX_EPOCH + Duration::from_secs(step * STEP.as_secs()));
        shown.expose_secret() == code && !estate.spent_codes.contains(&(serial.clone(), step))
    });
    let serial = serial.clone();
    let fitting = fitting.ok_or_else(|| failed(" with invalid MFA one time pass code. "))?;
    estate.spent_codes.insert((serial, fitting));
    Ok(Some(now))
}

fn failed(rest: &str) -> Refusal {
    Refusal::denied(format!("MultiFactorAuthentication failed{rest}"))
}
