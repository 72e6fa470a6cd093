//! The `Condition` element: operators, keys and values, all of them known.

use super::super::condition::{Comparison, Condition, Operator, Quantifier, Test, parse_bool};
use super::super::error::PolicyError;
use super::super::json::Json;
use super::super::keys::ConditionKey;
use super::super::pattern::{Pattern, Syntax};
use super::super::values::{Network, Number, parse_time};
use super::{Faults, texts};

/// Reads `Condition`.
pub(super) fn conditions(json: &Json, variables: bool, at: &str, faults: &mut Faults) -> Vec<Condition> {
    let Json::Object(operators) = json else {
        faults.note(PolicyError::Form { at: at.to_owned(), expected: "an object of condition operators" });
        return Vec::new();
    };
    let mut found = Vec::new();
    for (operator, keys) in operators {
        let unknown = || PolicyError::UnknownOperator { at: at.to_owned(), operator: operator.clone() };
        let Some((quantifier, if_exists, known)) = faults.noted(parse_operator(operator).ok_or_else(unknown)) else {
            continue;
        };
        let at = format!("{at}.{operator}");
        let Json::Object(keys) = keys else {
            faults.note(PolicyError::Form { at, expected: "an object of condition keys" });
            continue;
        };
        for (name, values) in keys {
            let key = ConditionKey::known(name).unwrap_or_else(|| {
                faults.note(PolicyError::UnknownKey { at: at.clone(), key: name.clone() });
                ConditionKey::unknown(name)
            });
            let at = format!("{at}.{name}");
            let read = texts(values, &at).and_then(|values| {
                let test = parse_test(known, &values, variables, &at)?;
                Ok((values.into_iter().map(str::to_owned).collect(), test))
            });
            if let Some((values, test)) = faults.noted(read) {
                found.push(Condition { operator: known, quantifier, if_exists, key, values, test });
            }
        }
    }
    found
}

/// Reads `ForAllValues:StringLikeIfExists`.
fn parse_operator(text: &str) -> Option<(Option<Quantifier>, bool, Operator)> {
    let (quantifier, rest) = match text.split_once(':') {
        None => (None, text),
        Some(("ForAllValues", rest)) => (Some(Quantifier::ForAllValues), rest),
        Some(("ForAnyValue", rest)) => (Some(Quantifier::ForAnyValue), rest),
        Some((_, _)) => return None,
    };
    let (name, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |name| (name, true));
    let operator = Operator::ALL.iter().copied().find(|operator| operator.as_str() == name)?;
    // `Null` asks whether the key exists; neither addition has a meaning there.
    (operator != Operator::Null || (quantifier.is_none() && !if_exists)).then_some((quantifier, if_exists, operator))
}

fn parse_test(operator: Operator, values: &[&str], variables: bool, at: &str) -> Result<Test, PolicyError> {
    let patterns = |wildcards: bool| {
        values.iter().map(|text| Pattern::parse(text, Syntax { wildcards, variables }, at)).collect::<Result<_, _>>()
    };
    let compared = |comparison| Ok(Test::Number(comparison, all(values, at, Number::parse, "a number")?));
    let timed = |comparison| {
        Ok(Test::Time(comparison, all(values, at, parse_time, "a date such as 2026-11-24T09:00:00Z, or seconds")?))
    };
    match operator {
        Operator::StringEquals | Operator::StringNotEquals => Ok(Test::Text(patterns(false)?)),
        Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase => {
            Ok(Test::TextOfAnyCase(patterns(false)?))
        }
        Operator::StringLike | Operator::StringNotLike => Ok(Test::Text(patterns(true)?)),
        Operator::ArnEquals | Operator::ArnLike | Operator::ArnNotEquals | Operator::ArnNotLike => {
            Ok(Test::Arn(patterns(true)?))
        }
        Operator::NumericEquals | Operator::NumericNotEquals => compared(Comparison::Equal),
        Operator::NumericLessThan => compared(Comparison::Less),
        Operator::NumericLessThanEquals => compared(Comparison::LessOrEqual),
        Operator::NumericGreaterThan => compared(Comparison::Greater),
        Operator::NumericGreaterThanEquals => compared(Comparison::GreaterOrEqual),
        Operator::DateEquals | Operator::DateNotEquals => timed(Comparison::Equal),
        Operator::DateLessThan => timed(Comparison::Less),
        Operator::DateLessThanEquals => timed(Comparison::LessOrEqual),
        Operator::DateGreaterThan => timed(Comparison::Greater),
        Operator::DateGreaterThanEquals => timed(Comparison::GreaterOrEqual),
        Operator::Bool => Ok(Test::Truth(all(values, at, parse_bool, "true or false")?)),
        Operator::Null => Ok(Test::Absence(all(values, at, parse_bool, "true or false")?)),
        Operator::IpAddress | Operator::NotIpAddress => {
            Ok(Test::Address(all(values, at, Network::parse, "an IP address or a block such as 203.0.113.0/24")?))
        }
    }
}

fn all<T>(
    values: &[&str],
    at: &str,
    read: impl Fn(&str) -> Option<T>,
    expected: &'static str,
) -> Result<Vec<T>, PolicyError> {
    let read_one = |value: &&str| {
        read(value).ok_or_else(|| PolicyError::Value { at: at.to_owned(), value: (*value).to_owned(), expected })
    };
    values.iter().map(read_one).collect()
}
