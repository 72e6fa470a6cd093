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
    /// Returns the operator as the policy writes it: `ForAllValues:StringLikeIfExists`.
    pub fn written(&self) -> String {
        let before = match self.quantifier {
            None => "",
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
        };
        format!("{before}{}{}", self.operator.as_str(), if self.if_exists { "IfExists" } else { "" })
    }

    /// Whether it passes where the key is absent.
    pub(super) fn passes_absent(&self) -> bool {
        if let Test::Absence(wanted) = &self.test {
            return wanted.contains(&true);
        }
        match self.quantifier {
            Some(Quantifier::ForAllValues) => true,
            Some(Quantifier::ForAnyValue) => self.if_exists,
            None => self.if_exists || self.operator.is_negated(),
        }
    }

    /// Whether it holds for that request.
    ///
    /// A key that has several values in the request and no `ForAllValues` or `ForAnyValue` in the policy holds if one of
    /// them matches, and its negation if none does.
    pub(super) fn holds(&self, request: &Request) -> bool {
        let found = request.values(self.key.as_str());
        if let Test::Absence(wanted) = &self.test {
            return wanted.contains(&found.is_none());
        }
        let Some(found) = found else { return self.passes_absent() };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Context, Document, Principal};

    fn holds(condition: &str, context: Context) -> bool {
        let json = format!(
            r#"{{"Version": "2012-10-17",
                "Statement": {{"Effect": "Allow", "Action": "*", "Principal": "*", "Condition": {condition}}}}}"#
        );
        let document = Document::parse(&json).unwrap_or_else(|error| panic!("{condition}: {error}"));
        let request = Request {
            action: "sts:AssumeRole".to_owned(),
            resource: "arn:aws:iam::444455556666:role/Admin".to_owned(),
            principal: Principal::Anonymous,
            context,
        };
        document.statements[0].conditions.iter().all(|condition| condition.holds(&request))
    }

    /// `operator`, `key` and the policy's `values`; the request's value; whether it holds then, and where the key is absent.
    fn check(cases: &[(&str, &str, &str, &str, bool, bool)]) {
        for (operator, key, values, given, expected, when_absent) in cases {
            let condition = format!(r#"{{"{operator}": {{"{key}": {values}}}}}"#);
            assert_eq!(holds(&condition, Context::new().with(key, *given)), *expected, "{condition} {given}");
            assert_eq!(holds(&condition, Context::new()), *when_absent, "{condition} absent");
        }
    }

    #[test]
    fn texts_compare_as_their_operator_says() {
        check(&[
            ("StringEquals", "sts:ExternalId", r#""12345""#, "12345", true, false),
            ("StringEquals", "sts:ExternalId", r#"["a", "12345"]"#, "12345", true, false),
            ("StringEquals", "STS:externalid", r#""12345""#, "12345", true, false),
            ("StringEquals", "sts:ExternalId", r#""abc""#, "ABC", false, false),
            ("StringEquals", "sts:ExternalId", r#""*""#, "12345", false, false),
            ("StringEquals", "sts:ExternalId", r#""*""#, "*", true, false),
            ("StringEquals", "sts:ExternalId", "[]", "12345", false, false),
            ("StringNotEquals", "sts:ExternalId", r#"["a", "b"]"#, "c", true, true),
            ("StringNotEquals", "sts:ExternalId", r#"["a", "b"]"#, "b", false, true),
            ("StringEqualsIgnoreCase", "sts:ExternalId", r#""aBc""#, "AbC", true, false),
            ("StringNotEqualsIgnoreCase", "sts:ExternalId", r#""aBc""#, "AbC", false, true),
            ("StringLike", "sts:RoleSessionName", r#""alice@*""#, "alice@laptop", true, false),
            ("StringLike", "sts:RoleSessionName", r#""alice@*""#, "bob@laptop", false, false),
            ("StringNotLike", "sts:RoleSessionName", r#""alice@?""#, "alice@laptop", true, true),
            ("StringEqualsIfExists", "sts:ExternalId", r#""a""#, "a", true, true),
            ("StringEqualsIfExists", "sts:ExternalId", r#""a""#, "b", false, true),
            ("StringNotEqualsIfExists", "sts:ExternalId", r#""a""#, "a", false, true),
        ]);
    }

    #[test]
    fn numbers_times_truths_and_addresses_compare_by_value() {
        check(&[
            ("NumericEquals", "sts:DurationSeconds", "3600", "3600", true, false),
            ("NumericEquals", "sts:DurationSeconds", r#""3600.0""#, "3600", true, false),
            ("NumericNotEquals", "sts:DurationSeconds", "3600", "900", true, true),
            ("NumericLessThan", "aws:MultiFactorAuthAge", "3600", "900", true, false),
            ("NumericLessThan", "aws:MultiFactorAuthAge", "3600", "3600", false, false),
            ("NumericLessThanEquals", "sts:DurationSeconds", "3600", "3600", true, false),
            ("NumericGreaterThan", "sts:DurationSeconds", "900", "1000", true, false),
            ("NumericGreaterThanEquals", "sts:DurationSeconds", "900", "899", false, false),
            ("NumericLessThan", "sts:DurationSeconds", "3600", "soon", false, false),
            ("NumericNotEquals", "sts:DurationSeconds", "3600", "soon", false, true),
            ("NumericLessThanIfExists", "aws:MultiFactorAuthAge", "3600", "3601", false, true),
            ("DateLessThan", "aws:CurrentTime", r#""2026-12-01T00:00:00Z""#, "2026-11-24T09:00:00Z", true, false),
            ("DateGreaterThan", "aws:CurrentTime", r#""2026-12-01T00:00:00Z""#, "2026-11-24T09:00:00Z", false, false),
            ("DateEquals", "aws:CurrentTime", r#""2026-11-24T10:00:00+01:00""#, "2026-11-24T09:00:00Z", true, false),
            ("DateNotEquals", "aws:CurrentTime", r#""2026-11-24""#, "2026-11-24T09:00:00Z", true, true),
            ("DateLessThanEquals", "aws:EpochTime", "1795510800", "1795510800", true, false),
            ("DateGreaterThanEquals", "aws:TokenIssueTime", r#""2026-11-24""#, "2026-11-23T23:59:59Z", false, false),
            ("Bool", "aws:MultiFactorAuthPresent", r#""true""#, "true", true, false),
            ("Bool", "aws:MultiFactorAuthPresent", "true", "false", false, false),
            ("Bool", "aws:MultiFactorAuthPresent", r#""false""#, "True", false, false),
            ("BoolIfExists", "aws:MultiFactorAuthPresent", r#""false""#, "true", false, true),
            ("IpAddress", "aws:SourceIp", r#"["203.0.113.0/24", "2001:db8::/32"]"#, "2001:db8::7", true, false),
            ("IpAddress", "aws:SourceIp", r#""203.0.113.0/24""#, "198.51.100.7", false, false),
            ("NotIpAddress", "aws:SourceIp", r#""203.0.113.0/24""#, "198.51.100.7", true, true),
            ("NotIpAddress", "aws:SourceIp", r#""203.0.113.0/24""#, "203.0.113.7", false, true),
        ]);
    }

    #[test]
    fn arns_compare_part_by_part_with_wildcards() {
        let given = "arn:aws:iam::111122223333:role/teams/core/Deploy";
        let other = "arn:aws:iam::444455556666:role/Deploy";
        for equals in ["ArnEquals", "ArnLike"] {
            check(&[
                (equals, "aws:PrincipalArn", r#""arn:aws:iam::111122223333:role/*""#, given, true, false),
                (equals, "aws:PrincipalArn", r#""arn:aws:iam::*:role/teams/*/Deploy""#, given, true, false),
                (equals, "aws:PrincipalArn", r#""arn:aws:iam::111122223333:role/*""#, other, false, false),
                (equals, "aws:PrincipalArn", r#""arn:aws:*""#, given, false, false),
                (equals, "aws:PrincipalArn", r#""arn:aws:iam::111122223333:role/*""#, "no ARN", false, false),
            ]);
        }
        for differs in ["ArnNotEquals", "ArnNotLike"] {
            check(&[
                (differs, "aws:SourceArn", r#""arn:aws:iam::111122223333:role/*""#, given, false, true),
                (differs, "aws:SourceArn", r#""arn:aws:iam::111122223333:role/*""#, other, true, true),
            ]);
        }
    }

    #[test]
    fn null_asks_whether_the_key_is_there() {
        check(&[
            ("Null", "aws:MultiFactorAuthAge", r#""true""#, "5", false, true),
            ("Null", "aws:MultiFactorAuthAge", "false", "5", true, false),
        ]);
        assert!(holds(r#"{"Null": {"aws:TagKeys": "true"}}"#, Context::new().with_all("aws:TagKeys", [""; 0])));
    }

    /// Source: IAM User Guide, "Single-valued vs. multivalued context keys".
    #[test]
    fn sets_of_values_pass_as_a_whole_or_by_one() {
        let values = |values: &[&str]| Context::new().with_all("aws:TagKeys", values.iter().copied());
        let cases: [(&str, &[&str], bool); 18] = [
            ("ForAllValues:StringEquals", &["team", "cost"], true),
            ("ForAllValues:StringEquals", &["team", "other"], false),
            ("ForAllValues:StringEquals", &["Team"], false),
            ("ForAllValues:StringEquals", &[], true),
            ("ForAllValues:StringEqualsIgnoreCase", &["TEAM"], true),
            ("ForAllValues:StringNotEquals", &["a", "b"], true),
            ("ForAllValues:StringNotEquals", &["a", "team"], false),
            ("ForAnyValue:StringEquals", &["other", "team"], true),
            ("ForAnyValue:StringEquals", &["other"], false),
            ("ForAnyValue:StringEquals", &[], false),
            ("ForAnyValue:StringNotEquals", &["team", "other"], true),
            ("ForAnyValue:StringNotEquals", &["team", "cost"], false),
            ("ForAnyValue:StringNotEquals", &[], false),
            ("ForAnyValue:StringEqualsIfExists", &[], true),
            ("StringEquals", &["other", "team"], true),
            ("StringNotEquals", &["other", "team"], false),
            ("StringNotEquals", &["other"], true),
            ("StringEquals", &[], false),
        ];
        for (operator, given, expected) in cases {
            let condition = format!(r#"{{"{operator}": {{"aws:TagKeys": ["team", "cost"]}}}}"#);
            assert_eq!(holds(&condition, values(given)), expected, "{operator} {given:?}");
        }
    }

    #[test]
    fn several_keys_and_operators_have_to_hold_together() {
        let both = r#"{"StringEquals": {"sts:ExternalId": "1x", "aws:RequestTag/team": "core"},
            "NumericLessThan": {"sts:DurationSeconds": 3600}}"#;
        let good = || {
            Context::new()
                .with("sts:ExternalId", "1x")
                .with("aws:requesttag/TEAM", "core")
                .with("sts:DurationSeconds", "900")
        };
        assert!(holds(both, good()));
        for (key, value) in [("sts:ExternalId", "2x"), ("aws:RequestTag/team", "x"), ("sts:DurationSeconds", "3600")] {
            assert!(!holds(both, good().with(key, value)), "{key}");
        }
    }

    /// Source: IAM User Guide, "Policy variables with no value".
    #[test]
    fn a_variable_without_a_value_satisfies_nothing() {
        let given = || Context::new().with("sts:RoleSessionName", "alice");
        for operator in ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringNotEqualsIgnoreCase"]
        {
            let condition = format!(r#"{{"{operator}": {{"sts:RoleSessionName": "${{aws:username}}"}}}}"#);
            assert!(!holds(&condition, given()), "{operator}");
        }
        let with_default = r#"{"StringEquals": {"sts:RoleSessionName": "${aws:username, 'alice'}"}}"#;
        assert!(holds(with_default, given()));
    }
}
