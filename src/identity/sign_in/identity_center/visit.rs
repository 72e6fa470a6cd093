//! A person signs in: in a browser that comes back to us, or with a code on whatever device they have.
//!
//! Where it is to be done is always said in words too: a browser may not open, or be the wrong one.

use std::thread;
use std::time::{Duration, Instant};

use super::CenterError;
use super::protocol::{self, CALLBACK, Flow, Given, Pkce, Proof};
use super::token::Client;
use crate::aws::{AwsError, Line};
use crate::person::browser::{self, Browser, Screen};
use crate::person::{self, Redirect, RedirectError};
use crate::plan::Center;
use crate::terms::SecretString;
use crate::world::{Env, World};

/// How a person is to sign in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Manner {
    /// With a code that they type in; else the browser comes back to us.
    pub device: bool,
    /// Whether a browser is opened for them.
    pub opens: bool,
}

impl Manner {
    /// Returns what was asked for, as far as it can be had here: a browser elsewhere cannot come back to us.
    pub fn of(device: bool, no_browser: bool, env: &Env) -> Self {
        let far = Screen::why_far(env).is_some();
        // A person who names a browser means it, wherever they sit.
        let reachable = !far || env.text("BROWSER").is_some() || browser::screen(env) == Screen::Here;
        Self { device: device || far, opens: !no_browser && reachable }
    }
}

/// How long we wait for a person.
const PATIENCE: Duration = Duration::from_secs(300);

/// Returns what the person's sign-in gave, and as whom we asked.
pub(super) fn visit(
    center: &Center,
    manner: Manner,
    line: &Line<'_>,
    world: &World,
) -> Result<(Given, Client), CenterError> {
    if manner.device { by_device(center, manner, line, world) } else { by_code(center, manner, line, world) }
}

fn by_code(center: &Center, manner: Manner, line: &Line<'_>, world: &World) -> Result<(Given, Client), CenterError> {
    let declined = |source| CenterError::Declined { name: center.called.clone(), source };
    let client = protocol::register(line, center, Flow::Code).map_err(|source| failed(center, source))?;
    let redirect = Redirect::open(0, CALLBACK).map_err(declined)?;
    let pkce = Pkce::new();
    let page = pkce.page(center, &client, &redirect.uri()).map_err(|source| failed(center, source))?;
    person::note(&format!("sign in at {page}"));
    open(manner, page.as_str(), world);
    let code = redirect.wait(&pkce.state, PATIENCE).map_err(declined)?;
    let proof = Proof::Code { code: &code, verifier: &pkce.verifier, redirect: &redirect.uri() };
    let given = protocol::token(line, center, &client, proof).map_err(|source| failed(center, source))?;
    Ok((given, client))
}

fn by_device(center: &Center, manner: Manner, line: &Line<'_>, world: &World) -> Result<(Given, Client), CenterError> {
    let client = protocol::register(line, center, Flow::Device).map_err(|source| failed(center, source))?;
    let device = protocol::start_device(line, center, &client).map_err(|source| failed(center, source))?;
    person::note(&format!("sign in at {}, with the code {}", device.page, device.user_code));
    person::note(&format!("or at {}, where the code stands already", device.page_with_code));
    open(manner, &device.page_with_code, world);
    let given = poll(center, &client, &device, line)?;
    Ok((given, client))
}

/// Asks until the person has answered. A service that does not answer once may do so the next time.
/// Source: RFC 8628, section 3.5.
fn poll(center: &Center, client: &Client, device: &protocol::Device, line: &Line<'_>) -> Result<Given, CenterError> {
    let declined = |source| CenterError::Declined { name: center.called.clone(), source };
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
                    return Err(declined(RedirectError::Refused { code, description }));
                }
                "ExpiredTokenException" => return Err(declined(RedirectError::Abandoned { waited: began.elapsed() })),
                _ if refusal.is_passing() => {}
                _ => return Err(failed(center, AwsError::Refused(refusal))),
            },
            Err(AwsError::NoAnswer { .. }) => {}
            Err(error @ (AwsError::CaBundle { .. } | AwsError::Setup { .. })) => return Err(failed(center, error)),
        }
        if began.elapsed() > patience {
            return Err(declined(RedirectError::Abandoned { waited: began.elapsed() }));
        }
    }
}

/// The address is no secret: it names the client, and the code that the person is to compare.
fn open(manner: Manner, address: &str, world: &World) {
    if manner.opens
        && let Err(error) = browser::open(address, &Browser::default(), world)
    {
        person::note(&format!("no browser was opened: {error}"));
    }
}

fn failed(center: &Center, source: AwsError) -> CenterError {
    CenterError::Aws { name: center.called.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_comes_back_only_to_the_machine_that_the_person_sits_at() {
        let cases = [
            (vec![("DISPLAY", ":0")], false, false, (false, true)),
            (vec![("DISPLAY", ":0")], true, false, (true, true)),
            (vec![("DISPLAY", ":0")], false, true, (false, false)),
            (vec![("BROWSER", "w3m")], false, false, (false, true)),
            (vec![], false, false, (true, false)),
            (vec![("DISPLAY", ":10"), ("SSH_TTY", "/dev/pts/1")], false, false, (true, false)),
            (vec![("BROWSER", "code"), ("SSH_TTY", "/dev/pts/1")], false, false, (true, true)),
            (vec![("WSL_DISTRO_NAME", "Debian")], false, false, (true, true)),
        ];
        for (variables, device, no_browser, (by_code, opens)) in cases {
            let env: Env = variables.iter().copied().collect();
            let expected = Manner { device: by_code, opens };
            assert_eq!(Manner::of(device, no_browser, &env), expected, "{variables:?} {device} {no_browser}");
        }
    }
}
