//! Asking the access portal: each page of accounts, and the permission sets of each account, several accounts at once.
//!
//! Source: IAM Identity Center Portal API Reference, `ListAccounts`, `ListAccountRoles`.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_sso::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::task::JoinSet;

use super::Reached;
use super::error::DiscoveryError;
use super::pace::{Pace, pause};
use crate::acquire::{self, Want};
use crate::aws::{AwsError, Line, Tries, from_sdk, is_about_certificates};
use crate::identity::AtCenter;
use crate::person;
use crate::plan::Center;
use crate::session::Flight;
use crate::terms::{AccountId, ExposeSecret, RoleName, SecretString};
use crate::vault::Vault;
use crate::world::World;

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Seen {
    /// How many accounts there are.
    pub accounts: usize,
    /// Of how many of them the roles are known.
    pub done: usize,
    /// How many roles that is.
    pub roles: usize,
    /// How many calls were sent again, since the portal was asked too often.
    pub throttled: usize,
}

/// How many accounts are asked for at once. The pace decides; this only bounds what a slow answer holds open.
const AT_ONCE: usize = 8;
const PAGE: i32 = 100;
const SERVICE: &str = "Identity Center";

/// Returns all that the person can reach through that sign-in, by account name, account and role. Somebody signs in first,
/// where nobody is and a person can be asked. `tell` hears how far it is, again and again.
pub fn reach(
    center: &Center,
    flight: &Flight,
    (vault, world): (&Vault, &World),
    mut tell: impl FnMut(Seen),
) -> Result<(Vec<Reached>, Seen), DiscoveryError> {
    let line = Line::new(world);
    let at = AtCenter::new(center, vault, world);
    let token = |dead: Option<&str>| {
        let token = acquire::token(&at, Want::Alive { dead }, &center.start_url.origin, &line, flight, |_| ());
        token.map_err(|error| DiscoveryError::SignIn(Box::new(error)))
    };
    let first = token(None)?;
    let failed = |source| DiscoveryError::Portal { name: center.called.clone(), source };
    let listed = match list(&line, center, &first.access, &mut tell) {
        // Signed out elsewhere, or the token has ended meanwhile.
        Err(AwsError::Refused(refusal)) if refusal.status == 401 => {
            let next = token(Some(first.mark().as_str()))?;
            list(&line, center, &next.access, &mut tell)
        }
        listed => listed,
    };
    let (listed, seen) = listed.map_err(failed)?;
    let mut reached: Vec<Reached> = Vec::with_capacity(listed.len());
    let mut strange = Vec::new();
    for (id, name, role) in listed {
        // A permission set has no path.
        match (id.parse::<AccountId>(), role.parse::<RoleName>().ok().filter(|_| !role.contains('/'))) {
            (Ok(account_id), Some(role)) => reached.push(Reached { account_name: name, account_id, role }),
            (Ok(_) | Err(_), _) => strange.push(format!("`{}` in `{}`", shortened(&role), shortened(&id))),
        }
    }
    if let Some(first) = strange.first() {
        let others = strange.len() - 1;
        let more = if others == 0 { String::new() } else { format!(", and {others} more") };
        person::warn(&format!("left out, since AWS has no such names: {first}{more}"));
    }
    reached.sort();
    reached.dedup();
    Ok((reached, seen))
}

/// Account id, account name and role, as the portal says them.
type Listed = (String, String, String);

fn list(
    line: &Line<'_>,
    center: &Center,
    token: &SecretString,
    tell: &mut impl FnMut(Seen),
) -> Result<(Vec<Listed>, Seen), AwsError> {
    line.call(|clients| {
        // What is tried again is told by `tell`, and not call by call.
        let portal = Portal {
            client: clients.sso(&center.portal, Tries::Once),
            token: token.clone(),
            pace: Arc::new(Pace::new()),
        };
        portal.all(tell)
    })?
}

/// The portal, as the tasks of one run share it.
#[derive(Clone)]
struct Portal {
    client: Client,
    token: SecretString,
    pace: Arc<Pace>,
}

impl Portal {
    async fn all(self, tell: &mut impl FnMut(Seen)) -> Result<(Vec<Listed>, Seen), AwsError> {
        let accounts = self.accounts().await?;
        let mut seen = Seen { accounts: accounts.len(), ..Seen::default() };
        tell(seen);
        let mut waiting = accounts.into_iter();
        let mut asked: JoinSet<Result<Vec<Listed>, AwsError>> = JoinSet::new();
        let mut listed = Vec::new();
        let ask = |asked: &mut JoinSet<_>, (id, name): (String, String)| {
            let portal = self.clone();
            asked.spawn(async move {
                let roles = portal.roles(&id).await?;
                Ok(roles.into_iter().map(|role| (id.clone(), name.clone(), role)).collect())
            });
        };
        waiting.by_ref().take(AT_ONCE).for_each(|account| ask(&mut asked, account));
        while let Some(ended) = asked.join_next().await {
            // Of a task that broke nothing is known; whatever else runs ends with the set.
            let roles = ended.map_err(|error| AwsError::Setup { reason: error.to_string() })??;
            if let Some(account) = waiting.next() {
                ask(&mut asked, account);
            }
            seen.done += 1;
            seen.roles += roles.len();
            seen.throttled = self.pace.times_throttled();
            listed.extend(roles);
            tell(seen);
        }
        Ok((listed, seen))
    }

    async fn accounts(&self) -> Result<Vec<(String, String)>, AwsError> {
        let mut found = Vec::new();
        let (mut next, mut asked): (Option<String>, BTreeSet<String>) = Default::default();
        loop {
            let call = || {
                let call = self.client.list_accounts().access_token(self.token.expose_secret()).max_results(PAGE);
                call.set_next_token(next.clone()).send()
            };
            let page = self.answer("ListAccounts", call).await?;
            for account in page.account_list() {
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                found.push((text(account.account_id()), text(account.account_name())));
            }
            next = following("ListAccounts", page.next_token(), &mut asked)?;
            if next.is_none() {
                found.sort();
                found.dedup_by(|a, b| a.0 == b.0);
                return Ok(found);
            }
        }
    }

    async fn roles(&self, account: &str) -> Result<Vec<String>, AwsError> {
        let mut found = Vec::new();
        let (mut next, mut asked): (Option<String>, BTreeSet<String>) = Default::default();
        loop {
            let call = || {
                let call = self.client.list_account_roles().access_token(self.token.expose_secret());
                call.account_id(account).max_results(PAGE).set_next_token(next.clone()).send()
            };
            let page = self.answer("ListAccountRoles", call).await?;
            found.extend(page.role_list().iter().filter_map(|role| role.role_name().map(str::to_owned)));
            next = following("ListAccountRoles", page.next_token(), &mut asked)?;
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    /// Makes a call, as often as it takes and has a point.
    async fn answer<T, E, F>(&self, operation: &'static str, call: impl Fn() -> F) -> Result<T, AwsError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let mut failed = 0;
        loop {
            self.pace.turn().await;
            let error = match call().await {
                Ok(answer) => {
                    self.pace.answered();
                    return Ok(answer);
                }
                Err(error) => from_sdk(SERVICE, operation, error),
            };
            failed += 1;
            match worth(&error) {
                Worth::Throttled if failed < MOST_THROTTLED => self.pace.throttled(pause(failed)),
                Worth::Passing if failed < MOST_FAILED => tokio::time::sleep(pause(failed)).await,
                Worth::Throttled | Worth::Passing | Worth::Nothing => return Err(error),
            }
        }
    }
}

/// How often one call is refused for being one too many before it is given up: that takes half a minute at least.
const MOST_THROTTLED: u32 = 10;
/// How often it may fail in another way that may pass.
const MOST_FAILED: u32 = 4;

/// Whether a call is worth another try.
enum Worth {
    Throttled,
    Passing,
    Nothing,
}

fn worth(error: &AwsError) -> Worth {
    match error {
        AwsError::Refused(refusal) if refusal.status == 429 => Worth::Throttled,
        AwsError::Refused(refusal) if refusal.is_passing() && refusal.status < 500 => Worth::Throttled,
        AwsError::Refused(refusal) if refusal.is_passing() => Worth::Passing,
        AwsError::NoAnswer { reason, .. } if !is_about_certificates(reason) => Worth::Passing,
        AwsError::Refused(_) | AwsError::NoAnswer { .. } | AwsError::CaBundle { .. } | AwsError::Setup { .. } => {
            Worth::Nothing
        }
    }
}

/// Returns the token of the next page. Pages that name each other in a circle would be asked for without an end.
fn following(
    operation: &'static str,
    given: Option<&str>,
    asked: &mut BTreeSet<String>,
) -> Result<Option<String>, AwsError> {
    let given = given.filter(|token| !token.is_empty()).map(str::to_owned);
    if given.as_ref().is_some_and(|token| !asked.insert(token.clone())) {
        let reason = "its pages name each other in a circle".to_owned();
        return Err(AwsError::NoAnswer { service: SERVICE, operation, reason, sent: true });
    }
    Ok(given)
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 64;
    let short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_name_each_other_in_a_circle_end_the_listing() {
        let mut asked = BTreeSet::new();
        let mut next = |given| following("ListAccounts", given, &mut asked);
        assert_eq!(next(Some("a")).unwrap().as_deref(), Some("a"));
        assert_eq!(next(Some("b")).unwrap().as_deref(), Some("b"));
        assert!(next(Some("a")).is_err());
        assert_eq!(next(Some("")).unwrap(), None);
        assert_eq!(next(None).unwrap(), None);
    }
}
