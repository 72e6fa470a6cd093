//! What a test or the command line may order while the server runs. Loopback only, like everything here.
//!
//! `POST /-/fail` with failures, one a line, arms them; an empty body disarms all. `POST /-/expire-sessions` ends every
//! session that was handed out. `POST /-/expire-tokens` ends every access token of Identity Center, and
//! `POST /-/revoke-sign-ins` what refreshes them too.

use super::fault::{Failure, InvalidFailure};
use super::http::Shared;

/// Answers with status and text, if the path is one of ours.
pub(super) fn answer(method: &str, path: &str, body: &[u8], shared: &Shared) -> Option<(u16, String)> {
    match (method, path) {
        ("POST", "/-/fail") => Some(match read(body) {
            Ok(failures) if failures.is_empty() => {
                shared.failures().clear();
                (204, String::new())
            }
            Ok(failures) => {
                shared.failures().extend(failures);
                (204, String::new())
            }
            Err(error) => (400, format!("{error}\n")),
        }),
        ("POST", "/-/expire-sessions") => {
            shared.estate().expire_sessions(shared.clock.now());
            Some((204, String::new()))
        }
        ("POST", "/-/expire-tokens") => {
            shared.estate().identity_center.expire_tokens();
            Some((204, String::new()))
        }
        ("POST", "/-/revoke-sign-ins") => {
            shared.estate().identity_center.revoke();
            Some((204, String::new()))
        }
        (_, path) if path.starts_with("/-/") => Some((404, "no such order\n".to_owned())),
        _ => None,
    }
}

fn read(body: &[u8]) -> Result<Vec<Failure>, InvalidFailure> {
    String::from_utf8_lossy(body).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::parse).collect()
}
