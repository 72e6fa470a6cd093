//! Texts, one for each way in which a text can stand to all of these patterns at once.
//!
//! Each pattern is an automaton that reads a text from the left. All of them are run at once over every text that could
//! matter: a character that no pattern names stands for all such characters. What is found is complete, unless the
//! automata have more states than [`MOST_STATES`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::pattern::Token;

/// A pattern as an automaton: at each place, what may come next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Word {
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    Just(char),
    /// Without regard to case.
    Letter(char),
    AnyOne,
    AnyMany,
    /// Like these, within a part of an ARN.
    AnyOneInPart,
    AnyManyInPart,
}

/// What was found.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// A text for each way, the shortest that there is.
    pub(super) texts: Vec<String>,
    /// Whether there are no other ways.
    pub(super) complete: bool,
}

/// Beyond it the search ends, and says so.
const MOST_STATES: usize = 4_000;

const PARTS_BEFORE_LAST: usize = 5;

impl Word {
    pub(super) fn of_text(tokens: &[Token], any_case: bool) -> Self {
        let step = |token: &Token| match token {
            Token::Just(c) if any_case => Step::Letter(*c),
            Token::Just(c) => Step::Just(*c),
            Token::AnyOne => Step::AnyOne,
            Token::AnyMany => Step::AnyMany,
        };
        Self { steps: tokens.iter().map(step).collect() }
    }

    /// A text that is meant as it stands.
    pub(super) fn literal(text: &str) -> Self {
        Self { steps: text.chars().map(Step::Just).collect() }
    }

    /// Returns nothing where the pattern has fewer parts than an ARN: no ARN matches it.
    pub(super) fn of_arn(tokens: &[Token]) -> Option<Self> {
        let mut colons = 0;
        let mut steps = Vec::new();
        for token in tokens {
            let last = colons >= PARTS_BEFORE_LAST;
            steps.push(match token {
                Token::Just(c) => {
                    colons += usize::from(*c == ':');
                    Step::Just(*c)
                }
                Token::AnyOne if last => Step::AnyOne,
                Token::AnyMany if last => Step::AnyMany,
                Token::AnyOne => Step::AnyOneInPart,
                Token::AnyMany => Step::AnyManyInPart,
            });
        }
        (colons >= PARTS_BEFORE_LAST).then_some(Self { steps })
    }

    /// The characters that it tells from others.
    fn letters(&self) -> impl Iterator<Item = char> {
        self.steps.iter().flat_map(|step| match step {
            Step::Just(c) => vec![*c],
            Step::Letter(c) => c.to_lowercase().chain(c.to_uppercase()).chain([*c]).collect(),
            Step::AnyOneInPart | Step::AnyManyInPart => vec![':'],
            Step::AnyOne | Step::AnyMany => Vec::new(),
        })
    }

    fn begin(&self) -> BTreeSet<usize> {
        self.with_empty([0])
    }

    /// Adds the places that are reached without reading anything.
    fn with_empty(&self, places: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for mut place in places {
            found.insert(place);
            while let Some(Step::AnyMany | Step::AnyManyInPart) = self.steps.get(place) {
                place += 1;
                found.insert(place);
            }
        }
        found
    }

    fn read(&self, places: &BTreeSet<usize>, c: char) -> BTreeSet<usize> {
        let next = places.iter().filter_map(|place| match self.steps.get(*place)? {
            Step::Just(wanted) => (*wanted == c).then_some(place + 1),
            Step::Letter(wanted) => wanted.to_lowercase().eq(c.to_lowercase()).then_some(place + 1),
            Step::AnyOne => Some(place + 1),
            Step::AnyMany => Some(*place),
            Step::AnyOneInPart => (c != ':').then_some(place + 1),
            Step::AnyManyInPart => (c != ':').then_some(*place),
        });
        self.with_empty(next)
    }

    fn accepts(&self, places: &BTreeSet<usize>) -> bool {
        places.contains(&self.steps.len())
    }
}

/// Finds a text that begins so for each way in which such a text can stand to these patterns.
pub(super) fn apart(words: &[Word], begins: &str) -> Texts {
    let alphabet = alphabet(words);
    let mut start: Vec<BTreeSet<usize>> = words.iter().map(Word::begin).collect();
    for c in begins.chars() {
        start = step(words, &start, c);
    }
    let mut found: BTreeMap<Vec<bool>, String> = BTreeMap::new();
    let mut seen = BTreeSet::from([start.clone()]);
    let mut open = VecDeque::from([(start.clone(), String::new())]);
    let mut complete = true;
    while let Some((state, text)) = open.pop_front() {
        for c in &alphabet {
            let next = step(words, &state, *c);
            let text = format!("{text}{c}");
            found.entry(signature(words, &next)).or_insert_with(|| text.clone());
            if seen.len() >= MOST_STATES {
                complete = false;
            } else if seen.insert(next.clone()) {
                open.push_back((next, text));
            }
        }
    }
    // No value is empty, except where nothing else stands so.
    found.entry(signature(words, &start)).or_default();
    Texts { texts: found.into_values().map(|text| format!("{begins}{text}")).collect(), complete }
}

fn step(words: &[Word], state: &[BTreeSet<usize>], c: char) -> Vec<BTreeSet<usize>> {
    words.iter().zip(state).map(|(word, places)| word.read(places, c)).collect()
}

fn signature(words: &[Word], state: &[BTreeSet<usize>]) -> Vec<bool> {
    words.iter().zip(state).map(|(word, places)| word.accepts(places)).collect()
}

/// Every character that a pattern names, and first one that none does.
fn alphabet(words: &[Word]) -> Vec<char> {
    let named: BTreeSet<char> = words.iter().flat_map(Word::letters).collect();
    let other = ('a'..='z').rev().chain('0'..='9').chain('\u{3041}'..'\u{30ff}').find(|c| !named.contains(c));
    other.into_iter().chain(named.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        let tokens: Vec<Token> = text
            .chars()
            .map(|c| match c {
                '*' => Token::AnyMany,
                '?' => Token::AnyOne,
                c => Token::Just(c),
            })
            .collect();
        if text.starts_with("arn:") { Word::of_arn(&tokens).unwrap() } else { Word::of_text(&tokens, false) }
    }

    fn texts(patterns: &[&str]) -> Vec<String> {
        let words: Vec<Word> = patterns.iter().map(|pattern| word(pattern)).collect();
        let found = apart(&words, "");
        assert!(found.complete);
        let mut texts = found.texts;
        texts.sort();
        texts
    }

    #[test]
    fn every_way_has_a_text() {
        assert_eq!(texts(&["ab"]), ["ab", "z"]);
        assert_eq!(texts(&["ab", "a*"]), ["a", "ab", "z"]);
        assert_eq!(texts(&["*"]), ["z"]);
        assert_eq!(texts(&["a*", "*b"]), ["a", "ab", "b", "z"]);
        assert_eq!(texts(&["?", "??"]), ["z", "zz", "zzz"]);
        assert_eq!(texts(&["?*"]), ["", "z"]);
        assert_eq!(texts(&[]), ["z"]);
    }

    #[test]
    fn wildcards_of_an_arn_stay_within_their_part() {
        let all = texts(&["arn:aws:iam::*:role/x"]);
        assert_eq!(all.len(), 2);
        assert!(all.contains(&"arn:aws:iam:::role/x".to_owned()), "{all:?}");
        let words = [word("arn:aws:iam::1:role/a*"), word("arn:aws:iam::*:role/*b")];
        let found = apart(&words, "arn:aws:iam::1:role/");
        assert_eq!(found.texts.len(), 4, "{found:?}");
        assert!(found.texts.iter().all(|text| text.starts_with("arn:aws:iam::1:role/")));
    }

    #[test]
    fn letters_of_either_case_are_told_apart_only_where_a_pattern_does() {
        let loose = Word::of_text(&[Token::Just('a')], true);
        assert_eq!(apart(std::slice::from_ref(&loose), "").texts.len(), 2);
        assert_eq!(apart(&[loose, Word::literal("a")], "").texts.len(), 3);
    }

    #[test]
    fn what_is_too_large_is_said_to_be() {
        let patterns: Vec<Word> = (0..16).map(|n| word(&format!("*{}*{}*{}*", n % 7, n % 5, (n * 3) % 10))).collect();
        assert!(!apart(&patterns, "").complete);
    }
}
