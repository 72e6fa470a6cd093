//! The calls of a probe. Each session lasts 900 seconds at most, may do nothing, and is dropped where it stands.

use std::time::Duration;

use super::attempts::{Attempt, Extra, Variation};
use super::{Outcome, outcome};
use crate::aws::Line;
use crate::config::Sourced;
use crate::plan::{Duration as HopDuration, Hop};
use crate::session::Credentials;
use crate::sts;
use crate::terms::{InvalidDuration, InvalidPolicy, RoleDuration, SessionPolicy};

/// Whose credentials ask.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The deputy's.
    pub deputy: &'a Credentials,
    /// Those of the same one without MFA, where that is tried.
    pub without_mfa: Option<&'a Credentials>,
    /// Somebody else's, where that is tried.
    pub other: Option<&'a Credentials>,
}

/// Makes the attempts one after the other. `before` is told of each before it is made, `after` of what came of it.
///
/// The error says that the hop cannot be made harmless, which does not happen with what AWS takes.
pub fn probe(
    line: &Line<'_>,
    hop: &Hop,
    caller: Caller<'_>,
    attempts: Vec<Attempt>,
    mut before: impl FnMut(&Attempt),
    mut after: impl FnMut(&Attempt, &Outcome),
) -> Result<Vec<(Attempt, Outcome)>, Unharmful> {
    let harmless = harmless(hop)?;
    let mut all = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        before(&attempt);
        let by = match &attempt.variation {
            Variation::Extra(Extra::WithoutMfa) => caller.without_mfa,
            Variation::Extra(Extra::As(_)) => caller.other,
            Variation::Control
            | Variation::Missing
            | Variation::Random
            | Variation::Decoy
            | Variation::Case
            | Variation::Prefix
            | Variation::OneCharacter
            | Variation::Extra(Extra::SessionName(_) | Extra::SourceIdentity(_) | Extra::Tag(_)) => Some(caller.deputy),
        };
        let outcome = match by {
            // The session goes out of scope here, and its secrets are wiped.
            Some(by) => outcome(&sts::assume_role(line, &varied(&harmless, &attempt), by, None, &[])),
            None => Outcome::Inconclusive { because: "there are no credentials for this attempt".to_owned() },
        };
        after(&attempt, &outcome);
        all.push((attempt, outcome));
        // Without the control the others prove nothing, and would only stand in a trail.
        if !matches!(all.first(), Some((_, Outcome::LetIn))) {
            break;
        }
    }
    Ok(all)
}

/// Why a call cannot be made harmless.
#[derive(Debug, thiserror::Error)]
pub enum Unharmful {
    /// Its duration.
    #[error(transparent)]
    Duration(#[from] InvalidDuration),
    /// Its policy.
    #[error(transparent)]
    Policy(#[from] InvalidPolicy),
}

/// Returns the call for a session that ends soon and may do nothing.
fn harmless(hop: &Hop) -> Result<Hop, Unharmful> {
    let duration = RoleDuration::try_from(SHORTEST)?;
    let policy: SessionPolicy = DENY_ALL.parse()?;
    Ok(Hop {
        duration: HopDuration { effective: Sourced::by_default(duration), capped_from: None },
        policy: Some(Sourced::by_default(policy)),
        policy_arns: Vec::new(),
        mfa: None,
        ..hop.clone()
    })
}

fn varied(hop: &Hop, attempt: &Attempt) -> Hop {
    let mut hop = Hop { external_id: attempt.external_id.clone().map(Sourced::by_default), ..hop.clone() };
    match &attempt.variation {
        Variation::Extra(Extra::SessionName(name)) => hop.session_name = Sourced::by_default(name.clone()),
        Variation::Extra(Extra::SourceIdentity(name)) => {
            hop.source_identity = Some(Sourced::by_default(name.clone()));
        }
        Variation::Extra(Extra::Tag(tag)) => {
            hop.tags.retain(|known| !known.value.key().as_str().eq_ignore_ascii_case(tag.key().as_str()));
            hop.tags.push(Sourced::by_default(tag.clone()));
        }
        Variation::Extra(Extra::WithoutMfa | Extra::As(_))
        | Variation::Control
        | Variation::Missing
        | Variation::Random
        | Variation::Decoy
        | Variation::Case
        | Variation::Prefix
        | Variation::OneCharacter => {}
    }
    hop
}

/// The shortest session that there is. Source: STS API Reference, `AssumeRole`, `DurationSeconds`.
const SHORTEST: Duration = Duration::from_secs(900);
const DENY_ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
