//! What is to be done next, from what the vault holds and what IAM lists. Pure: whoever dies in between finds the same two
//! again, and goes on where it stopped.
//!
//! The order keeps two promises. No secret is lost: a key that IAM made is in the vault before anything else is done, and
//! the vault's present key stays until the new one has proved itself. And nobody is locked out: an old key is retired only
//! after the vault holds a newer one that AWS took.

use std::time::{Duration, SystemTime};

use super::pending::Pending;
use crate::terms::AccessKeyId;

/// A key of the user, as IAM lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// Its public half.
    pub key_id: AccessKeyId,
    /// Whether it can be used.
    pub is_active: bool,
    /// When it was made, by AWS's clock.
    pub made_at: Option<SystemTime>,
}

/// Whether AWS knows the pending key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Proof {
    /// It was not asked yet.
    Untried,
    /// It does.
    Known,
    /// It does not, after a minute.
    Unknown,
}

/// All that the decision is made from.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    /// The vault's present key.
    pub(super) held: &'a AccessKeyId,
    /// What an attempt left in the vault.
    pub(super) pending: Option<&'a Pending>,
    /// The user's keys.
    pub(super) listed: &'a [Listed],
    pub(super) proof: Proof,
}

/// The next thing to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// Note in the vault that a key is about to be made, then make it.
    Make,
    /// Delete a key that an attempt made and whose secret nobody has.
    DropOrphan(AccessKeyId),
    /// Ask STS whether it knows the pending key.
    Prove,
    /// Make the pending key the vault's present one.
    Promote,
    /// Stop: it is there and AWS does not take it yet. Another time it will.
    Wait(AccessKeyId),
    /// Forget the pending key, which AWS does not know.
    Forget,
    /// Deactivate the old key, then delete it.
    Retire(AccessKeyId),
    /// All is done: remove the pending item.
    Close,
    /// There is no room for a new key: somebody has to say what becomes of this one.
    AskAbout(Listed),
    /// The vault's key is none of this user's.
    Foreign,
}

pub(super) fn next(facts: &Facts<'_>) -> Next {
    let is_listed = |key: &AccessKeyId| facts.listed.iter().any(|listed| listed.key_id == *key);
    match facts.pending {
        Some(Pending::Made { key, replaces }) if key.key_id == *facts.held => {
            if is_listed(replaces) {
                Next::Retire(replaces.clone())
            } else {
                Next::Close
            }
        }
        Some(Pending::Made { key, .. }) => match facts.proof {
            // A key made a moment ago may not be listed yet, so the list alone says nothing against it.
            Proof::Untried => Next::Prove,
            Proof::Known => Next::Promote,
            Proof::Unknown => match facts.listed.iter().find(|listed| listed.key_id == key.key_id) {
                Some(listed) if listed.is_active => Next::Wait(key.key_id.clone()),
                // Deactivated by somebody.
                Some(_) => Next::DropOrphan(key.key_id.clone()),
                None => Next::Forget,
            },
        },
        Some(Pending::Making { before, since }) => {
            let orphan = facts.listed.iter().find(|listed| is_orphan(listed, before, *since));
            orphan.map_or_else(|| begin(facts), |orphan| Next::DropOrphan(orphan.key_id.clone()))
        }
        None => begin(facts),
    }
}

fn begin(facts: &Facts<'_>) -> Next {
    let others: Vec<&Listed> = facts.listed.iter().filter(|listed| listed.key_id != *facts.held).collect();
    match others.as_slice() {
        _ if others.len() == facts.listed.len() => Next::Foreign,
        [] => Next::Make,
        [other, ..] => Next::AskAbout((*other).clone()),
    }
}

/// Whether that key came of an attempt which died before its secret was kept: not there before, and made just then.
fn is_orphan(listed: &Listed, before: &[AccessKeyId], since: SystemTime) -> bool {
    let about_then = |made: SystemTime| made + SKEW >= since && made <= since + ATTEMPT;
    !before.contains(&listed.key_id) && listed.made_at.is_some_and(about_then)
}

/// How far AWS's clock may be behind ours.
const SKEW: Duration = Duration::from_secs(60);

/// How long after its note an attempt may still make its key, AWS's clock being ahead included.
const ATTEMPT: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Generation, LongTermKey};
    use crate::terms::SecretString;

    const OLD: &str = "AKIAOLD0000000000000";
    const NEW: &str = "AKIANEW0000000000000";
    const OTHER: &str = "AKIAOTHER00000000000";

    fn id(text: &str) -> AccessKeyId {
        text.parse().unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
    }

    fn listed(text: &str, made: u64) -> Listed {
        Listed { key_id: id(text), is_active: true, made_at: Some(at(made)) }
    }

    fn made() -> Pending {
        let key =
            LongTermKey { key_id: id(NEW), secret_key: SecretString::from("secret"), generation: Generation::new() };
        Pending::Made { key, replaces: id(OLD) }
    }

    /// What it is, the vault's key, what waits, what IAM lists, what STS said, and what is next.
    type Case = (&'static str, &'static str, Option<Pending>, Vec<Listed>, Proof, Next);

    #[test]
    fn each_state_has_one_next_step() {
        let making = || Some(Pending::Making { before: vec![id(OLD)], since: at(1_000) });
        let (old, new) = (listed(OLD, 0), listed(NEW, 1_001));
        let ask = |key: &Listed| Next::AskAbout(key.clone());
        let cases: Vec<Case> = vec![
            ("one key: make another", OLD, None, vec![old.clone()], Proof::Untried, Next::Make),
            (
                "two keys, one not ours",
                OLD,
                None,
                vec![listed(OTHER, 0), old.clone()],
                Proof::Untried,
                ask(&listed(OTHER, 0)),
            ),
            ("another user's keys", OLD, None, vec![listed(OTHER, 0)], Proof::Untried, Next::Foreign),
            ("no keys", OLD, None, vec![], Proof::Untried, Next::Foreign),
            ("died before making it", OLD, making(), vec![old.clone()], Proof::Untried, Next::Make),
            (
                "died before keeping its secret",
                OLD,
                making(),
                vec![old.clone(), new.clone()],
                Proof::Untried,
                Next::DropOrphan(id(NEW)),
            ),
            (
                "died before making it, and somebody made one hours later",
                OLD,
                making(),
                vec![old.clone(), listed(OTHER, 9_000)],
                Proof::Untried,
                ask(&listed(OTHER, 9_000)),
            ),
            (
                "a key from before is nobody's orphan",
                OLD,
                Some(Pending::Making { before: vec![id(OLD), id(OTHER)], since: at(1_000) }),
                vec![old.clone(), listed(OTHER, 1_000)],
                Proof::Untried,
                ask(&listed(OTHER, 1_000)),
            ),
            ("kept, not proved", OLD, Some(made()), vec![old.clone(), new.clone()], Proof::Untried, Next::Prove),
            ("kept, and not listed yet", OLD, Some(made()), vec![old.clone()], Proof::Untried, Next::Prove),
            ("the old one was deleted by somebody", OLD, Some(made()), vec![new.clone()], Proof::Untried, Next::Prove),
            ("proved", OLD, Some(made()), vec![old.clone()], Proof::Known, Next::Promote),
            ("deleted by somebody", OLD, Some(made()), vec![old.clone()], Proof::Unknown, Next::Forget),
            ("slow", OLD, Some(made()), vec![old.clone(), new.clone()], Proof::Unknown, Next::Wait(id(NEW))),
            (
                "deactivated by somebody",
                OLD,
                Some(made()),
                vec![old.clone(), Listed { is_active: false, ..new.clone() }],
                Proof::Unknown,
                Next::DropOrphan(id(NEW)),
            ),
            ("promoted", NEW, Some(made()), vec![old.clone(), new.clone()], Proof::Untried, Next::Retire(id(OLD))),
            (
                "promoted, the new one not listed yet",
                NEW,
                Some(made()),
                vec![old],
                Proof::Untried,
                Next::Retire(id(OLD)),
            ),
            ("retired", NEW, Some(made()), vec![new], Proof::Untried, Next::Close),
        ];
        for (says, held, pending, listed, proof, expected) in cases {
            let held = id(held);
            let facts = Facts { held: &held, pending: pending.as_ref(), listed: &listed, proof };
            assert_eq!(next(&facts), expected, "{says}");
        }
    }
}
