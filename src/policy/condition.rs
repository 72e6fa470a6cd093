//! Conditions: operators, and whether they hold.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Multivalued context keys".

use std::cmp::Ordering;
use std::net::IpAddr;

use super::context::Request;
use super::keys::ConditionKey;
use super::pattern::Pattern;
use super::values::{Network, Number, parse_time};

/// One key under one operator: `"StringEquals": {"sts:ExternalId": ["12345"]}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    /// The operator, without what is put before and after it.
    pub operator: Operator,
    /// `ForAllValues:` or `ForAnyValue:`, if it has one.
    pub quantifier: Option<Quantifier>,
    /// Whether it ends in `IfExists`.
    pub if_exists: bool,
    /// The key.
    pub key: ConditionKey,
    /// The values, as the policy writes them.
    pub values: Vec<String>,
    /// What the operator does with the values.
    pub test: Test,
}

/// `ForAllValues` and `ForAnyValue`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Quantifier {
    /// Every value of the request has to pass; where there is none, it passes.
    ForAllValues,
    /// At least one value of the request has to pass.
    ForAnyValue,
}

macro_rules! operators {
    ($($name:ident),* $(,)?) => {
        /// A condition operator.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[expect(missing_docs, reason = "their names are AWS's, and say it all")]
        pub enum Operator { $($name),* }

        impl Operator {
            /// Every operator.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns its name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}
operators!(
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
);

impl Operator {
    /// Whether it passes where no value matches: then it passes too where the key is absent.
    pub fn is_negated(self) -> bool {
        match self {
            Self::StringNotEquals
            | Self::StringNotEqualsIgnoreCase
            | Self::StringNotLike
            | Self::NumericNotEquals
            | Self::DateNotEquals
            | Self::NotIpAddress
            | Self::ArnNotEquals
            | Self::ArnNotLike => true,
            Self::StringEquals
            | Self::StringEqualsIgnoreCase
            | Self::StringLike
            | Self::NumericEquals
            | Self::NumericLessThan
            | Self::NumericLessThanEquals
            | Self::NumericGreaterThan
            | Self::NumericGreaterThanEquals
            | Self::DateEquals
            | Self::DateLessThan
            | Self::DateLessThanEquals
            | Self::DateGreaterThan
            | Self::DateGreaterThanEquals
            | Self::Bool
            | Self::IpAddress
            | Self::ArnEquals
            | Self::ArnLike
            | Self::Null => false,
        }
    }
}

/// What an operator does with its values: one that matches is enough.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Test {
    /// The text is one of these.
    Text(Vec<Pattern>),
    /// The text is one of these, without regard to case.
    TextOfAnyCase(Vec<Pattern>),
    /// The ARN is one of these.
    Arn(Vec<Pattern>),
    /// The truth is one of these.
    Truth(Vec<bool>),
    /// The number compares so with one of these.
    #[expect(private_interfaces, reason = "compared here and nowhere else")]
    Number(Comparison, Vec<Number>),
    /// The time, in nanoseconds since 1970, compares so with one of these.
    #[expect(private_interfaces, reason = "compared here and nowhere else")]
    Time(Comparison, Vec<i128>),
    /// The address lies in one of these.
    #[expect(private_interfaces, reason = "compared here and nowhere else")]
    Address(Vec<Network>),
    /// `Null`: whether the key is absent is one of these.
    Absence(Vec<bool>),
}

/// How a request's value is to stand to a policy's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn fits(self, found: Ordering) -> bool {
        match self {
            Self::Equal => found.is_eq(),
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::GreaterOrEqual => found.is_ge(),
        }
    }
}

impl Condition {
    /// Whether it holds for that request.
    ///
    /// A key that has several values in the request and no `ForAllValues` or `ForAnyValue` in the policy holds if one of
    /// them matches, and its negation if none does.
    pub(super) fn holds(&self, request: &Request) -> bool {
        let found = request.values(self.key.as_str());
        if let Test::Absence(wanted) = &self.test {
            return wanted.contains(&found.is_none());
        }
        let Some(found) = found else {
            return match self.quantifier {
                Some(Quantifier::ForAllValues) => true,
                Some(Quantifier::ForAnyValue) => self.if_exists,
                None => self.if_exists || self.operator.is_negated(),
            };
        };
        let mut outcomes = found.iter().map(|value| self.passes(value, request));
        match (self.quantifier, self.operator.is_negated()) {
            (Some(Quantifier::ForAllValues), _) | (None, true) => outcomes.all(|passes| passes),
            (Some(Quantifier::ForAnyValue), _) | (None, false) => outcomes.any(|passes| passes),
        }
    }

    /// Whether one value of the request passes. What cannot be compared (a variable without value, a number that is
    /// none) passes neither an operator nor its negation.
    fn passes(&self, value: &str, request: &Request) -> bool {
        let matches = self.test.matches(value, request);
        if self.operator.is_negated() {
            matches.iter().all(|one| *one == Some(false))
        } else {
            matches.contains(&Some(true))
        }
    }
}

impl Test {
    /// Returns for each of the policy's values whether the request's matches it; `None` where they cannot be compared.
    fn matches(&self, value: &str, request: &Request) -> Vec<Option<bool>> {
        match self {
            Self::Text(patterns) => patterns.iter().map(|pattern| pattern.matches(value, request)).collect(),
            Self::TextOfAnyCase(patterns) => {
                patterns.iter().map(|pattern| pattern.matches_any_case(value, request)).collect()
            }
            Self::Arn(patterns) => patterns.iter().map(|pattern| pattern.matches_arn(value, request)).collect(),
            Self::Truth(wanted) => each(wanted, parse_bool(value), |wanted, given| wanted == given),
            Self::Number(comparison, wanted) => {
                each(wanted, Number::parse(value), |wanted, given| comparison.fits(given.cmp(wanted)))
            }
            Self::Time(comparison, wanted) => {
                each(wanted, parse_time(value), |wanted, given| comparison.fits(given.cmp(wanted)))
            }
            Self::Address(networks) => {
                each(networks, value.parse::<IpAddr>().ok(), |network, address| network.holds(*address))
            }
            Self::Absence(_) => Vec::new(),
        }
    }
}

fn each<W, G>(wanted: &[W], given: Option<G>, compare: impl Fn(&W, &G) -> bool) -> Vec<Option<bool>> {
    wanted.iter().map(|wanted| given.as_ref().map(|given| compare(wanted, given))).collect()
}

/// Reads `true` or `false` in any case.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
