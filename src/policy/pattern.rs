//! Texts with wildcards and policy variables, as actions, resources and conditions have them.

use super::context::Request;
use super::error::PolicyError;
use super::keys::{Arity, ConditionKey};

/// A text of a policy: `*` is any number of characters, `?` any one, `${key}` the value of a condition key.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags", and "Resource: wildcards".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pattern {
    written: String,
    parts: Vec<Part>,
}

/// What a pattern is read as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Syntax {
    /// Whether `*` and `?` stand for others.
    pub(super) wildcards: bool,
    /// Whether `${` begins a variable.
    pub(super) variables: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Text(String),
    AnyOne,
    AnyMany,
    Variable { key: ConditionKey, default: Option<String> },
}

/// One step of a comparison, once variables have their values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Token {
    Just(char),
    AnyOne,
    AnyMany,
}

impl Pattern {
    /// Reads a text of that syntax; `at` is its place in the document.
    pub(super) fn parse(written: &str, syntax: Syntax, at: &str) -> Result<Self, PolicyError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = written;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            let special = match c {
                '*' if syntax.wildcards => Some((Part::AnyMany, after)),
                '?' if syntax.wildcards => Some((Part::AnyOne, after)),
                '$' if syntax.variables && after.starts_with('{') => Some(variable(written, &after[1..], at)?),
                _ => None,
            };
            match special {
                Some((part, after)) => {
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    }
                    parts.push(part);
                    rest = after;
                }
                None => {
                    text.push(c);
                    rest = after;
                }
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Self { written: written.to_owned(), parts })
    }

    /// The text as the policy writes it.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether a `*` or `?` in it stands for others.
    pub fn has_wildcard(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::AnyOne | Part::AnyMany))
    }

    /// Returns whether the text matches, or `None` where a variable has neither value nor default.
    pub(super) fn matches(&self, text: &str, request: &Request) -> Option<bool> {
        self.tokens(request).map(|tokens| glob(&tokens, text, |a, b| a == b))
    }

    /// Like `matches`, without regard to case.
    pub(super) fn matches_any_case(&self, text: &str, request: &Request) -> Option<bool> {
        self.tokens(request).map(|tokens| glob(&tokens, text, |a, b| a.to_lowercase().eq(b.to_lowercase())))
    }

    /// Like `matches`, for ARNs: each of the six parts on its own, the last with all that follows.
    /// Source: IAM User Guide, "Amazon Resource Name (ARN) condition operators".
    pub(super) fn matches_arn(&self, arn: &str, request: &Request) -> Option<bool> {
        let tokens = self.tokens(request)?;
        let mut meant = tokens.splitn(ARN_PARTS, |token| *token == Token::Just(':'));
        let mut given = arn.splitn(ARN_PARTS, ':');
        for _ in 0..ARN_PARTS {
            match (meant.next(), given.next()) {
                (Some(tokens), Some(text)) if glob(tokens, text, |a, b| a == b) => {}
                (_, _) => return Some(false),
            }
        }
        Some(true)
    }

    /// The condition keys that it has the values of.
    pub(super) fn variables(&self) -> impl Iterator<Item = &ConditionKey> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key),
            Part::Text(_) | Part::AnyOne | Part::AnyMany => None,
        })
    }

    /// Returns it step by step, with the values that variables have in that request; `None` where one has none.
    pub(super) fn tokens(&self, request: &Request) -> Option<Vec<Token>> {
        let mut tokens = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => tokens.extend(text.chars().map(Token::Just)),
                Part::AnyOne => tokens.push(Token::AnyOne),
                Part::AnyMany => tokens.push(Token::AnyMany),
                Part::Variable { key, default } => {
                    let value = request.values(key.as_str()).and_then(|values| values.into_iter().next());
                    // A wildcard in a value is text: whoever may choose their own tags must not widen a policy.
                    tokens.extend(value.or_else(|| default.clone())?.chars().map(Token::Just));
                }
            }
        }
        Some(tokens)
    }
}

const ARN_PARTS: usize = 6;

/// Reads what stands after `${`; returns it and what follows.
fn variable<'a>(written: &str, rest: &'a str, at: &str) -> Result<(Part, &'a str), PolicyError> {
    let no_variable = || PolicyError::Variable { at: at.to_owned(), text: written.to_owned() };
    let (inside, after) = rest.split_once('}').ok_or_else(no_variable)?;
    if let "*" | "?" | "$" = inside {
        return Ok((Part::Text(inside.to_owned()), after));
    }
    let (name, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((name, default)) => {
            let quoted = default.trim().strip_prefix('\'').and_then(|default| default.strip_suffix('\''));
            (name, Some(quoted.ok_or_else(no_variable)?.to_owned()))
        }
    };
    match ConditionKey::known(name.trim()) {
        // AWS: only keys of one value can be variables.
        Some(key) if key.arity() == Arity::Single => Ok((Part::Variable { key, default }, after)),
        Some(_) => Err(no_variable()),
        None => Err(PolicyError::UnknownKey { at: at.to_owned(), key: name.trim().to_owned() }),
    }
}

/// Compares from the left; where it fails, the last `*` takes one character more. So the time is at most the product of
/// the lengths, whatever the pattern.
fn glob(tokens: &[Token], text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut token, mut at) = (0, 0);
    let mut last_many: Option<(usize, usize)> = None;
    while at < text.len() {
        let fits = match tokens.get(token) {
            Some(Token::AnyMany) => {
                last_many = Some((token, at));
                token += 1;
                continue;
            }
            Some(Token::AnyOne) => true,
            Some(Token::Just(c)) => same(*c, text[at]),
            None => false,
        };
        if fits {
            token += 1;
            at += 1;
        } else if let Some((many, taken)) = last_many {
            token = many + 1;
            at = taken + 1;
            last_many = Some((many, at));
        } else {
            return false;
        }
    }
    tokens[token..].iter().all(|token| *token == Token::AnyMany)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Context, Principal};

    fn request() -> Request {
        let alice = "arn:aws:iam::111122223333:user/teams/alice";
        Request {
            action: "sts:AssumeRole".to_owned(),
            resource: "arn:aws:iam::444455556666:role/Admin".to_owned(),
            principal: Principal::User { arn: alice.to_owned(), account: "111122223333".to_owned() },
            context: Context::new().with("aws:PrincipalTag/team", "core*").with("sts:ExternalId", "12345"),
        }
    }

    fn parse(text: &str) -> Result<Pattern, PolicyError> {
        Pattern::parse(text, Syntax { wildcards: true, variables: true }, "here")
    }

    #[test]
    fn wildcards_stand_for_any_characters_and_for_one() {
        let cases = [
            ("*", "", true),
            ("a*", "abc", true),
            ("a*c", "abcabc", true),
            ("a*c", "abcab", false),
            ("*b*b*", "abab", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a?", "aé", true),
            ("", "a", false),
            ("a", "A", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(parse(pattern).unwrap().matches(text, &request()), Some(expected), "{pattern} {text}");
        }
    }

    #[test]
    fn variables_have_the_requests_values() {
        let cases = [
            ("${aws:username}", "alice", Some(true)),
            ("${AWS:UserName}/*", "alice/x", Some(true)),
            ("${aws:PrincipalAccount}-${sts:externalid}", "111122223333-12345", Some(true)),
            ("${aws:PrincipalTag/none, 'guest'}", "guest", Some(true)),
            ("${aws:username, 'guest'}", "guest", Some(false)),
            ("${aws:PrincipalTag/none}", "guest", None),
            ("a${*}b", "a*b", Some(true)),
            ("a${*}b", "axb", Some(false)),
            ("a${?}b", "axb", Some(false)),
            ("${$}{aws:username}", "${aws:username}", Some(true)),
            ("$5", "$5", Some(true)),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(parse(pattern).unwrap().matches(text, &request()), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_wildcard_in_a_tag_that_the_caller_chose_is_text() {
        let pattern = parse("${aws:PrincipalTag/team}").unwrap();
        assert_eq!(pattern.matches("core*", &request()), Some(true));
        assert_eq!(pattern.matches("core-and-more", &request()), Some(false));
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        for text in ["${", "${aws:username", "${aws:username,guest}", "${aws:TagKeys}"] {
            assert!(matches!(parse(text), Err(PolicyError::Variable { .. })), "{text}");
        }
        for text in ["${}", "${aws:nonsense}", "${user}"] {
            assert!(matches!(parse(text), Err(PolicyError::UnknownKey { .. })), "{text}");
        }
    }

    #[test]
    fn arns_are_compared_part_by_part() {
        let cases = [
            ("arn:aws:iam::*:role/Admin", "arn:aws:iam::444455556666:role/Admin", true),
            ("arn:aws:iam::*:role/*", "arn:aws:iam::444455556666:role/a/b:c", true),
            ("arn:aws:*:role/Admin", "arn:aws:iam::444455556666:role/Admin", false),
            ("arn:aws:iam:*:role/Admin", "arn:aws:iam::444455556666:role/Admin", false),
            ("*", "arn:aws:iam::444455556666:role/Admin", false),
            ("arn:aws:iam::444455556666:role/Admin", "arn:aws:iam::444455556666:role/admin", false),
            ("arn:*:iam::444455556666:role/Admin", "arn:aws-cn:iam::444455556666:role/Admin", true),
        ];
        for (pattern, arn, expected) in cases {
            assert_eq!(parse(pattern).unwrap().matches_arn(arn, &request()), Some(expected), "{pattern} {arn}");
        }
    }

    #[test]
    fn a_pattern_made_to_take_long_does_not() {
        let pattern = parse(&"*a".repeat(200)).unwrap();
        assert_eq!(pattern.matches(&"a".repeat(5_000), &request()), Some(true));
        assert_eq!(pattern.matches(&("a".repeat(5_000) + "b"), &request()), Some(false));
    }
}
