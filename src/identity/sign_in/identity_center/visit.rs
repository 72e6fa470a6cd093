//! A person signs in: in a browser that comes back to us, or with a code on whatever device they have.
//!
//! Where it is to be done is always said in words too: a browser may not open, or be the wrong one.

use std::thread;
use std::time::{Duration, Instant};

use super::super::error::SignInError;
use super::super::kept::Kept;
use super::super::manner::{Manner, PATIENCE};
use super::protocol::{self, CALLBACK, Flow, Given, Pkce, Proof};
use super::token::Client;
use crate::aws::{AwsError, Line};
use crate::person::{self, Redirect, RedirectError};
use crate::plan::Center;
use crate::terms::SecretString;

/// Returns what the person's sign-in gave, and as whom we asked.
pub(super) fn visit(
    center: &Center,
    kept: Kept<'_>,
    manner: Manner,
    line: &Line<'_>,
) -> Result<(Given, Client), SignInError> {
    if manner.device { by_device(center, kept, manner, line) } else { by_code(center, kept, manner, line) }
}

fn by_code(center: &Center, kept: Kept<'_>, manner: Manner, line: &Line<'_>) -> Result<(Given, Client), SignInError> {
    let client = protocol::register(line, center, Flow::Code).map_err(|source| kept.failed(source))?;
    let redirect = Redirect::open(0, CALLBACK).map_err(|source| kept.declined(source))?;
    let pkce = Pkce::new();
    let page = pkce.page(center, &client, &redirect.uri()).map_err(|source| kept.failed(source))?;
    person::note(&format!("sign in at {page}"));
    manner.open(page.as_str(), kept.world);
    let code = redirect.wait(&pkce.state, PATIENCE).map_err(|source| kept.declined(source))?;
    let proof = Proof::Code { code: &code, verifier: &pkce.verifier, redirect: &redirect.uri() };
    let given = protocol::token(line, center, &client, proof).map_err(|source| kept.failed(source))?;
    Ok((given, client))
}

fn by_device(center: &Center, kept: Kept<'_>, manner: Manner, line: &Line<'_>) -> Result<(Given, Client), SignInError> {
    let client = protocol::register(line, center, Flow::Device).map_err(|source| kept.failed(source))?;
    let device = protocol::start_device(line, center, &client).map_err(|source| kept.failed(source))?;
    person::note(&format!("sign in at {}, with the code {}", device.page, device.user_code));
    person::note(&format!("or at {}, where the code stands already", device.page_with_code));
    manner.open(&device.page_with_code, kept.world);
    let given = poll(center, kept, &client, &device, line)?;
    Ok((given, client))
}

/// Asks until the person has answered. A service that does not answer once may do so the next time.
/// Source: RFC 8628, section 3.5.
fn poll(
    center: &Center,
    kept: Kept<'_>,
    client: &Client,
    device: &protocol::Device,
    line: &Line<'_>,
) -> Result<Given, SignInError> {
    let (began, patience) = (Instant::now(), device.life.min(PATIENCE));
    let mut interval = device.interval;
    loop {
        thread::sleep(interval);
        let code: &SecretString = &device.code;
        match protocol::token(line, center, client, Proof::Device(code)) {
            Ok(given) => return Ok(given),
            Err(AwsError::Refused(refusal)) => match refusal.code.as_str() {
                "AuthorizationPendingException" => {}
                "SlowDownException" => interval += Duration::from_secs(5),
                "AccessDeniedException" => {
                    let (code, description) = ("access_denied".to_owned(), refusal.message.clone());
                    return Err(kept.declined(RedirectError::Refused { code, description }));
                }
                "ExpiredTokenException" => {
                    return Err(kept.declined(RedirectError::Abandoned { waited: began.elapsed() }));
                }
                _ if refusal.is_passing() => {}
                _ => return Err(kept.failed(AwsError::Refused(refusal))),
            },
            Err(AwsError::NoAnswer { .. }) => {}
            Err(error @ (AwsError::CaBundle { .. } | AwsError::Setup { .. })) => return Err(kept.failed(error)),
        }
        if began.elapsed() > patience {
            return Err(kept.declined(RedirectError::Abandoned { waited: began.elapsed() }));
        }
    }
}
