//! Who gains or loses a role when its trust policy changes.
//!
//! Both policies are asked about every class of requests that the two texts tell apart together, so that no change is
//! missed, and none is told that is not there. Where there are too many classes for somebody, that is said of them.

use std::collections::{BTreeMap, BTreeSet};

use super::available::{TRUST_ACTIONS, Way};
use super::classes::{Choices, Level, Space, level};
use super::context::Request;
use super::document::Document;
use super::principal::Principal;

/// What a change does.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Who may do more or less.
    pub changes: Vec<Change>,
    /// Who was not compared, since there are too many requests to tell apart, with the action.
    pub undecided: Vec<(Principal, &'static str)>,
    /// Whether every kind of request was compared that could differ: not so where a policy variable takes the value of
    /// another key, or a key has too many values.
    pub complete: bool,
    /// How many classes of requests were compared.
    pub compared: u128,
}

/// Somebody may do more or less.
#[derive(Clone, Debug)]
pub struct Change {
    /// Who.
    pub principal: Principal,
    /// By which action.
    pub action: &'static str,
    /// What they may do before.
    pub before: Access,
    /// What they may do after.
    pub after: Access,
    /// When: any of these, each of which has to hold in all its keys.
    pub when: Vec<Vec<Circumstance>>,
    /// One such request.
    pub example: Request,
}

/// What a key has to be.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Circumstance {
    /// The key.
    pub key: String,
    /// Whether it may be absent.
    pub absent: bool,
    /// Values that a policy names, as they may be.
    pub values: Vec<String>,
    /// Whether any other value will do.
    pub others: bool,
}

/// How far a trust policy lets somebody in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Access {
    /// Not at all.
    No,
    /// If their own policies let them too.
    IfOwnPoliciesAllow,
    /// Whatever others say.
    Yes,
}

impl Change {
    /// Whether they may do more than before.
    pub fn is_gain(&self) -> bool {
        self.after > self.before
    }
}

/// For one principal and one action, no more classes are compared.
const MOST: u128 = 20_000;

/// Compares two trust policies of a role. Where the role's account is not known, everybody comes from another one.
pub fn compare(old: &Document, new: &Document, role_arn: Option<&str>) -> Difference {
    let account = role_arn.and_then(|arn| arn.split(':').nth(4)).filter(|account| !account.is_empty());
    let accounts: Vec<String> = account.map(str::to_owned).into_iter().collect();
    let space = Space::new(&[old, new], role_arn, &accounts);
    let mut difference = Difference { changes: Vec::new(), undecided: Vec::new(), complete: true, compared: 0 };
    for principal in &space.principals {
        let Some(way) = Way::of(principal) else { continue };
        for action in TRUST_ACTIONS.into_iter().filter(|action| way.takes(action)) {
            let choices = space.choices(principal, action, &|_, _| true);
            difference.complete &= choices.complete;
            if choices.count() > MOST {
                difference.undecided.push((principal.clone(), action));
                continue;
            }
            difference.compared += choices.count();
            changes(&space, principal, action, &choices, (old, new), &mut difference.changes);
        }
    }
    difference
}

/// Which class it is, by the number of each key's value.
type Cube = Vec<BTreeSet<usize>>;

fn changes(
    space: &Space<'_>,
    principal: &Principal,
    action: &'static str,
    choices: &Choices,
    (old, new): (&Document, &Document),
    found: &mut Vec<Change>,
) {
    let mut cubes: BTreeMap<(Access, Access), (Vec<Cube>, Request)> = BTreeMap::new();
    for (chosen, context) in choices.numbered() {
        let request = space.request(action, principal, context);
        let (before, after) = (access(level(old, &request)), access(level(new, &request)));
        if before != after {
            let cube: Cube = chosen.into_iter().map(|number| BTreeSet::from([number])).collect();
            cubes.entry((before, after)).or_insert_with(|| (Vec::new(), request)).0.push(cube);
        }
    }
    for ((before, after), (cubes, example)) in cubes {
        let when = merged(cubes, choices.keys.len());
        let when = when.into_iter().map(|cube| circumstances(&cube, choices, space)).collect();
        found.push(Change { principal: principal.clone(), action, before, after, when, example });
    }
}

fn access(level: Level) -> Access {
    match level {
        Level::No => Access::No,
        Level::IfOwnPoliciesAllow => Access::IfOwnPoliciesAllow,
        Level::Yes => Access::Yes,
    }
}

/// Puts together what differs in one key only.
fn merged(mut cubes: Vec<Cube>, keys: usize) -> Vec<Cube> {
    for key in 0..keys {
        let mut together: BTreeMap<Cube, BTreeSet<usize>> = BTreeMap::new();
        for mut cube in cubes {
            let own = std::mem::take(&mut cube[key]);
            together.entry(cube).or_default().extend(own);
        }
        cubes = together
            .into_iter()
            .map(|(mut cube, own)| {
                cube[key] = own;
                cube
            })
            .collect();
    }
    cubes
}

fn circumstances(cube: &Cube, choices: &Choices, space: &Space<'_>) -> Vec<Circumstance> {
    let narrowed = choices.keys.iter().zip(cube).filter(|((_, values), chosen)| chosen.len() < values.len());
    narrowed
        .map(|((key, values), chosen)| {
            let chosen: Vec<&Vec<String>> = chosen.iter().map(|number| &values[*number]).collect();
            let is_other = |values: &&&Vec<String>| !values.is_empty() && space.is_other(key, values);
            let named = chosen.iter().filter(|values| !values.is_empty() && !space.is_other(key, values));
            Circumstance {
                key: space.written(key),
                absent: chosen.iter().any(|values| values.is_empty()),
                values: named.map(|values| values.join(" and ")).collect(),
                others: chosen.iter().any(|values| is_other(&values)),
            }
        })
        .collect()
}
