//! The values of a condition key that some policy can tell apart.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::super::condition::{Condition, Test};
use super::super::context::Request;
use super::super::keys::{Arity, ConditionKey};
use super::super::pattern::{Pattern, Token};
use super::super::values::parse_time;
use super::words::{Word, apart};

/// Values for a key: one for each way in which policies can tell them apart.
#[derive(Clone, Debug)]
pub(super) struct Candidates {
    /// Each a set of values; no value is an absent key.
    pub(super) values: Vec<Vec<String>>,
    /// Whether there are no others.
    pub(super) complete: bool,
}

/// Of a key with several values, this many single ones are put together in every way.
const MOST_TOGETHER: usize = 10;

/// A value that nobody writes.
pub(super) const STRANGE: &str = "z";

/// Returns values for that key, as these conditions look at it. `asking` are requests of all who may ask, since a policy
/// variable has their values; `also` are texts that are told apart elsewhere.
pub(super) fn candidates(
    key: &ConditionKey,
    conditions: &[&Condition],
    asking: &[Request],
    also: &[String],
) -> Candidates {
    let mut singles = BTreeSet::new();
    let mut words: Vec<Word> = also.iter().map(|text| Word::literal(text)).collect();
    let mut complete = true;
    let mut kinds = BTreeSet::new();
    for condition in conditions {
        match &condition.test {
            Test::Text(patterns) => {
                kinds.insert("text");
                complete &= add(patterns, asking, &mut words, |tokens| Some(Word::of_text(tokens, false)));
            }
            Test::TextOfAnyCase(patterns) => {
                kinds.insert("text");
                complete &= add(patterns, asking, &mut words, |tokens| Some(Word::of_text(tokens, true)));
            }
            Test::Arn(patterns) => {
                kinds.insert("text");
                complete &= add(patterns, asking, &mut words, Word::of_arn);
            }
            Test::Truth(_) => {
                kinds.insert("truth");
                singles.extend(["true".to_owned(), "false".to_owned()]);
            }
            Test::Number(_, _) => {
                kinds.insert("number");
                singles.extend(condition.values.iter().flat_map(|value| around_number(value)));
            }
            Test::Time(_, times) => {
                kinds.insert("time");
                complete &= condition.values.iter().all(|value| parse_time(value).is_some());
                let seconds = times.iter().map(|nanos| nanos.div_euclid(1_000_000_000));
                singles.extend(seconds.flat_map(|at| [at - 1, at, at + 1]).map(|at| at.max(0).to_string()));
            }
            Test::Address(networks) => {
                kinds.insert("address");
                singles.extend(["0.0.0.0".to_owned(), "::".to_owned()]);
                for network in networks {
                    let (first, after) = network.ends();
                    singles
                        .extend([Some(first), after].into_iter().flatten().map(|address: IpAddr| address.to_string()));
                }
            }
            Test::Absence(_) => {}
        }
    }
    if !words.is_empty() {
        let found = apart(&words, "");
        complete &= found.complete;
        singles.extend(found.texts);
    } else if singles.is_empty() {
        singles.insert(STRANGE.to_owned());
    }
    complete &= kinds.len() < 2;
    let singles: Vec<String> = singles.into_iter().collect();
    let mut values = vec![Vec::new()];
    match key.arity() {
        Arity::Single => values.extend(singles.into_iter().map(|one| vec![one])),
        Arity::Multi if singles.len() <= MOST_TOGETHER => {
            values.extend((1_usize..1 << singles.len()).map(|chosen| {
                let is_chosen = |at: &usize| chosen & (1 << at) != 0;
                (0..singles.len()).filter(is_chosen).map(|at| singles[at].clone()).collect()
            }));
        }
        Arity::Multi => {
            complete = false;
            values.push(singles.clone());
            for (at, one) in singles.iter().enumerate() {
                values.push(vec![one.clone()]);
                values.extend(singles[..at].iter().map(|other| vec![other.clone(), one.clone()]));
            }
        }
    }
    Candidates { values, complete }
}

/// Adds what the patterns are for each who may ask. Returns whether that is all that they can be.
fn add(
    patterns: &[Pattern],
    asking: &[Request],
    words: &mut Vec<Word>,
    word: impl Fn(&[Token]) -> Option<Word>,
) -> bool {
    let mut complete = true;
    for pattern in patterns {
        let free = pattern.variables().any(|key| !super::super::available::is_implied(&key.name()));
        complete &= !free;
        for request in asking {
            let mut request = request.clone();
            for key in
                pattern.variables().filter(|key| request.values(key.as_str()).is_none()).cloned().collect::<Vec<_>>()
            {
                if free {
                    request.context.set(key.as_str(), [STRANGE]);
                }
            }
            let found = pattern.tokens(&request).and_then(|tokens| word(&tokens));
            words.extend(found.filter(|found| !words.contains(found)));
            if pattern.variables().next().is_none() {
                break;
            }
        }
    }
    complete
}

/// The number itself, and its neighbours.
fn around_number(text: &str) -> Vec<String> {
    let Ok(number) = text.trim().parse::<f64>() else { return vec![text.to_owned()] };
    let whole = [number.floor() - 1.0, number.floor(), number.floor() + 1.0, number.floor() + 0.5];
    whole.iter().map(f64::to_string).chain([text.to_owned()]).collect()
}
