//! The limits of AWS's API models, and the sentences in which AWS says that one is broken.

use super::answer::Refusal;
use super::call::Parameters;
use crate::terms::{ExposeSecret, SecretString};

/// Collects what is wrong with a call's parameters: AWS names all of it at once.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    broken: Vec<String>,
}

/// What may stand in a text: as AWS writes it, and as it is.
#[derive(Clone, Copy)]
pub(super) struct Pattern {
    pub(super) written: &'static str,
    pub(super) allows: fn(char) -> bool,
}

/// The limits of one text.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) pattern: Option<Pattern>,
}

const fn limits(min: usize, max: usize, written: &'static str, allows: fn(char) -> bool) -> Limits {
    Limits { min, max, pattern: Some(Pattern { written, allows }) }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_policy_text(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
}

fn is_tag_text(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

fn is_arn_text(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{85}') || matches!(c, '\u{20}'..='\u{7e}') || c >= '\u{a0}'
}

/// Source of all of these: STS API Reference and its model, version 2011-06-15.
pub(super) const ARN: Limits = limits(
    20,
    2_048,
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    is_arn_text,
);
pub(super) const SESSION_NAME: Limits = limits(2, 64, r"[\w+=,.@-]*", |c| is_word(c) || "+=,.@-".contains(c));
pub(super) const EXTERNAL_ID: Limits = limits(2, 1_224, r"[\w+=,.@:\/-]*", |c| is_word(c) || "+=,.@:/-".contains(c));
pub(super) const SERIAL_NUMBER: Limits = limits(9, 256, r"[\w+=/:,.@-]*", |c| is_word(c) || "+=/:,.@-".contains(c));
pub(super) const TOKEN_CODE: Limits = limits(6, 6, r"[\d]*", |c| c.is_ascii_digit());
pub(super) const POLICY: Limits = limits(1, 2_048, r"[\u0009\u000A\u000D\u0020-\u00FF]+", is_policy_text);
pub(super) const TAG_KEY: Limits = limits(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", is_tag_text);
pub(super) const TAG_VALUE: Limits = limits(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", is_tag_text);
pub(super) const ACCESS_KEY_ID: Limits = limits(16, 128, r"[\w]+", is_word);
pub(super) const PROVIDER_ID: Limits = Limits { min: 4, max: 2_048, pattern: None };
pub(super) const WEB_IDENTITY_TOKEN: Limits = Limits { min: 4, max: 20_000, pattern: None };
pub(super) const ENCODED_MESSAGE: Limits = Limits { min: 1, max: 10_240, pattern: None };
pub(super) const SAML_ASSERTION: Limits = Limits { min: 4, max: 100_000, pattern: None };
pub(super) const TARGET_PRINCIPAL: Limits = Limits { min: 12, max: 2_048, pattern: None };
pub(super) const AUDIENCE: Limits = Limits { min: 1, max: 1_000, pattern: None };
pub(super) const JWT_ALGORITHM: Limits = Limits { min: 5, max: 5, pattern: None };
/// Source: IAM API Reference.
pub(super) const USER_NAME: Limits = limits(1, 128, r"[\w+=,.@-]+", |c| is_word(c) || "+=,.@-".contains(c));
pub(super) const ROLE_NAME: Limits = limits(1, 64, r"[\w+=,.@-]+", |c| is_word(c) || "+=,.@-".contains(c));
pub(super) const PATH_PREFIX: Limits = limits(1, 512, r"\u002F[\u0021-\u007F]*", |c| matches!(c, '\u{21}'..='\u{7f}'));
pub(super) const POLICY_NAME: Limits = limits(1, 128, r"[\w+=,.@-]+", |c| is_word(c) || "+=,.@-".contains(c));
pub(super) const VERSION_ID: Limits =
    limits(1, 64, r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?", |c| is_word(c) || ".-".contains(c));
pub(super) const JOB_ID: Limits = Limits { min: 36, max: 36, pattern: None };
pub(super) const MARKER: Limits = limits(1, 320, r"[\u0020-\u00FF]+", |c| matches!(c, '\u{20}'..='\u{ff}'));

impl Constraints {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Returns a text that must be there.
    pub(super) fn required<'a>(&mut self, parameters: &'a Parameters, name: &str, limits: Limits) -> &'a str {
        let value = parameters.text(name);
        if value.is_none() {
            self.broken
                .push(format!("Value null at '{}' failed to satisfy constraint: Member must not be null", at(name)));
        }
        self.check(&at(name), value.unwrap_or_default(), limits, value.is_some());
        value.unwrap_or_default()
    }

    /// Returns a secret that must be there. What is wrong with it is said without it.
    pub(super) fn required_secret(&mut self, parameters: &Parameters, name: &str, limits: Limits) -> SecretString {
        let value = parameters.secret(name).unwrap_or_default();
        let length = value.expose_secret().chars().count();
        let sentence = match parameters.text(name) {
            None => "Member must not be null".to_owned(),
            Some(_) if length < limits.min => {
                format!("Member must have length greater than or equal to {}", limits.min)
            }
            Some(_) if length > limits.max => format!("Member must have length less than or equal to {}", limits.max),
            Some(_) => return value,
        };
        let shown = parameters.text(name).map_or("null", |_| "***");
        self.broken.push(format!("Value {shown} at '{}' failed to satisfy constraint: {sentence}", at(name)));
        value
    }

    /// Returns a text that may be there.
    pub(super) fn optional<'a>(&mut self, parameters: &'a Parameters, name: &str, limits: Limits) -> Option<&'a str> {
        let value = parameters.text(name)?;
        self.check(&at(name), value, limits, true);
        Some(value)
    }

    /// Returns a number that may be there.
    pub(super) fn number(
        &mut self,
        parameters: &Parameters,
        name: &str,
        min: u64,
        max: u64,
    ) -> Result<Option<u64>, Refusal> {
        let Some(text) = parameters.text(name) else { return Ok(None) };
        let malformed = || Refusal::new(400, "MalformedInput", "Invalid Argument");
        let value: i64 = text.parse().map_err(|_| malformed())?;
        let value_of = |bound: u64| i64::try_from(bound).unwrap_or(i64::MAX);
        if value < value_of(min) {
            self.break_at(&at(name), text, &format!("Member must have value greater than or equal to {min}"));
        }
        if value > value_of(max) {
            self.break_at(&at(name), text, &format!("Member must have value less than or equal to {max}"));
        }
        Ok(u64::try_from(value).ok())
    }

    /// Holds one text against its limits.
    pub(super) fn member(&mut self, place: &str, value: &str, limits: Limits) {
        self.check(place, value, limits, true);
    }

    /// Holds the length of a list against its limit.
    pub(super) fn length(&mut self, name: &str, members: usize, max: usize) {
        if members > max {
            let list = format!("[{members} members]");
            self.break_at(&at(name), &list, &format!("Member must have length less than or equal to {max}"));
        }
    }

    /// Says what one value breaks, in AWS's words.
    pub(super) fn break_at(&mut self, place: &str, value: &str, sentence: &str) {
        self.broken.push(format!("Value '{value}' at '{place}' failed to satisfy constraint: {sentence}"));
    }

    fn check(&mut self, place: &str, value: &str, limits: Limits, is_there: bool) {
        if !is_there {
            return;
        }
        let length = value.chars().count();
        if length < limits.min {
            let sentence = format!("Member must have length greater than or equal to {}", limits.min);
            self.break_at(place, value, &sentence);
        }
        if length > limits.max {
            self.break_at(place, value, &format!("Member must have length less than or equal to {}", limits.max));
        }
        if let Some(pattern) = limits.pattern.filter(|pattern| !value.chars().all(pattern.allows)) {
            let sentence = format!("Member must satisfy regular expression pattern: {}", pattern.written);
            self.break_at(place, value, &sentence);
        }
    }

    /// Refuses the call if anything is broken.
    pub(super) fn verdict(self) -> Result<(), Refusal> {
        match self.broken.len() {
            0 => Ok(()),
            1 => Err(Refusal::invalid(format!("1 validation error detected: {}", self.broken[0]))),
            count => Err(Refusal::invalid(format!("{count} validation errors detected: {}", self.broken.join("; ")))),
        }
    }
}

/// A parameter is named with a small first letter: `roleSessionName`.
fn at(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::call::Call;
    use super::*;

    #[test]
    fn a_broken_limit_is_said_as_aws_says_it() {
        let cases: [(&str, &str); 4] = [
            (
                "RoleSessionName=a",
                "1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must \
                 have length greater than or equal to 2",
            ),
            (
                "RoleSessionName=a%20b",
                r"1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*",
            ),
            (
                "Other=x",
                "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must \
                 not be null",
            ),
            (
                "RoleSessionName=ab&DurationSeconds=899&Policy=",
                "2 validation errors detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must \
                 have value greater than or equal to 900; Value '' at 'policy' failed to satisfy constraint: Member must \
                 have length greater than or equal to 1",
            ),
        ];
        for (query, expected) in cases {
            let call = Call::new("GET", query, Vec::new(), Vec::new());
            let mut constraints = Constraints::new();
            constraints.required(&call.parameters, "RoleSessionName", SESSION_NAME);
            constraints.number(&call.parameters, "DurationSeconds", 900, 43_200).unwrap();
            constraints.optional(&call.parameters, "Policy", POLICY);
            assert_eq!(constraints.verdict(), Err(Refusal::invalid(expected)), "{query}");
        }
    }
}
