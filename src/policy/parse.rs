//! From JSON to a document, refusing whatever we could not answer for.
//!
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language".

use super::condition::{Comparison, Condition, Operator, Quantifier, Test, parse_bool};
use super::document::{Actions, Document, Effect, Resources, Statement, Version};
use super::error::PolicyError;
use super::json::Json;
use super::keys::ConditionKey;
use super::pattern::{Pattern, Syntax};
use super::principal::{PrincipalPattern, Principals};
use super::values::{Network, Number, parse_time};

/// Reads a document.
pub(super) fn document(json: &str) -> Result<Document, PolicyError> {
    let json: Json = serde_json::from_str(json).map_err(|error| PolicyError::Json { reason: error.to_string() })?;
    let at = "the policy";
    let elements = Elements::of(&json, at, &["Version", "Id", "Statement"])?;
    let version = match elements.text("Version")? {
        None | Some("2008-10-17") => Version::Of2008,
        Some("2012-10-17") => Version::Of2012,
        Some(other) => {
            let expected = "2012-10-17 or 2008-10-17";
            return Err(PolicyError::Value { at: "Version".to_owned(), value: other.to_owned(), expected });
        }
    };
    let statements = match elements.get("Statement") {
        None => return Err(PolicyError::Missing { at: at.to_owned(), element: "Statement" }),
        Some(Json::List(list)) if list.is_empty() => {
            return Err(PolicyError::Form { at: "Statement".to_owned(), expected: "at least one statement" });
        }
        Some(Json::List(list)) => list.iter().collect(),
        Some(one) => vec![one],
    };
    let statements = statements.into_iter().enumerate().map(|(index, json)| statement(json, index, version));
    Ok(Document {
        version,
        id: elements.text("Id")?.map(str::to_owned),
        statements: statements.collect::<Result<_, _>>()?,
    })
}

/// How the place of a statement is written.
pub(super) fn statement_at(index: usize) -> String {
    format!("Statement[{index}]")
}

fn statement(json: &Json, index: usize, version: Version) -> Result<Statement, PolicyError> {
    let at = statement_at(index);
    let elements = Elements::of(json, &at, &STATEMENT_ELEMENTS)?;
    let effect = match elements.text("Effect")? {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        Some(other) => {
            let expected = "Allow or Deny";
            return Err(PolicyError::Value { at: elements.at_of("Effect"), value: other.to_owned(), expected });
        }
        None => return Err(PolicyError::Missing { at, element: "Effect" }),
    };
    let variables = version == Version::Of2012;
    let actions = match elements.either("Action", "NotAction")? {
        None => return Err(PolicyError::Missing { at, element: "Action" }),
        Some(("Action", json)) => Actions::Only(action_patterns(json, &elements.at_of("Action"))?),
        Some((name, json)) => Actions::AllBut(action_patterns(json, &elements.at_of(name))?),
    };
    let resources = match elements.either("Resource", "NotResource")? {
        None => None,
        Some(("Resource", json)) => {
            Some(Resources::Only(resource_patterns(json, variables, &elements.at_of("Resource"))?))
        }
        Some((name, json)) => Some(Resources::AllBut(resource_patterns(json, variables, &elements.at_of(name))?)),
    };
    let principals = match elements.either("Principal", "NotPrincipal")? {
        None => None,
        Some(("Principal", json)) => Some(Principals::Only(principals(json, &elements.at_of("Principal"))?)),
        Some((name, json)) => Some(Principals::AllBut(principals(json, &elements.at_of(name))?)),
    };
    let conditions = match elements.get("Condition") {
        None => Vec::new(),
        Some(json) => conditions(json, variables, &elements.at_of("Condition"))?,
    };
    let sid = elements.text("Sid")?.map(str::to_owned);
    Ok(Statement { sid, effect, principals, actions, resources, conditions })
}

const STATEMENT_ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

fn action_patterns(json: &Json, at: &str) -> Result<Vec<Pattern>, PolicyError> {
    let syntax = Syntax { wildcards: true, variables: false };
    some_texts(json, at)?
        .into_iter()
        .map(|text| {
            let is_action = text == "*"
                || text.split_once(':').is_some_and(|(service, action)| {
                    let fits = |part: &str, others: &str| {
                        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
                    };
                    fits(service, "-") && fits(action, "*?-_")
                });
            if !is_action {
                let expected = "`*` or SERVICE:ACTION, where * and ? may stand in ACTION";
                return Err(PolicyError::Value { at: at.to_owned(), value: text.to_owned(), expected });
            }
            Pattern::parse(text, syntax, at)
        })
        .collect()
}

fn resource_patterns(json: &Json, variables: bool, at: &str) -> Result<Vec<Pattern>, PolicyError> {
    let syntax = Syntax { wildcards: true, variables };
    some_texts(json, at)?
        .into_iter()
        .map(|text| {
            if text != "*" && !(text.starts_with("arn:") && text.split(':').count() >= 6) {
                let expected = "`*` or an ARN of six parts";
                return Err(PolicyError::Value { at: at.to_owned(), value: text.to_owned(), expected });
            }
            Pattern::parse(text, syntax, at)
        })
        .collect()
}

fn principals(json: &Json, at: &str) -> Result<Vec<PrincipalPattern>, PolicyError> {
    let kinds = match json {
        Json::Text(text) if text == "*" => return Ok(vec![PrincipalPattern::Everyone]),
        Json::Object(kinds) if !kinds.is_empty() => kinds,
        Json::Null | Json::Plain(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
            return Err(PolicyError::Form { at: at.to_owned(), expected: "`*` or an object such as {\"AWS\": …}" });
        }
    };
    let mut found = Vec::new();
    for (kind, names) in kinds {
        let at = format!("{at}.{kind}");
        let read: fn(&str) -> Option<PrincipalPattern> = match kind.as_str() {
            "AWS" => PrincipalPattern::of_aws,
            "Federated" => PrincipalPattern::of_provider,
            "Service" => PrincipalPattern::of_service,
            "CanonicalUser" => |name| Some(PrincipalPattern::CanonicalUser(name.to_owned())),
            other => {
                let expected = "AWS, Federated, Service or CanonicalUser";
                return Err(PolicyError::Value { at, value: other.to_owned(), expected });
            }
        };
        for name in some_texts(names, &at)? {
            found.push(read(name).ok_or_else(|| PolicyError::Value {
                at: at.clone(),
                value: name.to_owned(),
                expected: "the name of a principal of that kind",
            })?);
        }
    }
    Ok(found)
}

impl PrincipalPattern {
    /// Reads what stands under `AWS`.
    fn of_aws(name: &str) -> Option<Self> {
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        if name == "*" {
            return Some(Self::Everyone);
        }
        if is_account(name) {
            return Some(Self::Account { partition: None, account: name.to_owned() });
        }
        if name.len() >= 16 && (name.starts_with("AIDA") || name.starts_with("AROA")) {
            return name.bytes().all(|b| b.is_ascii_alphanumeric()).then(|| Self::Deleted(name.to_owned()));
        }
        let parts: Vec<&str> = name.splitn(6, ':').collect();
        let ["arn", partition, service @ ("iam" | "sts"), "", account, resource] = parts[..] else {
            return None;
        };
        if name.contains(['*', '?']) {
            return Some(Self::WildcardArn(name.to_owned()));
        }
        match (service, resource) {
            _ if !is_account(account) => None,
            ("iam", "root") => {
                Some(Self::Account { partition: Some(partition.to_owned()), account: account.to_owned() })
            }
            (_, resource) => {
                let (kind, rest) = resource.split_once('/')?;
                let known = match service {
                    "iam" => matches!(kind, "user" | "role"),
                    _ => matches!(kind, "assumed-role" | "federated-user"),
                };
                (known && !rest.is_empty()).then(|| Self::Arn(name.to_owned()))
            }
        }
    }

    /// Reads what stands under `Federated`: a provider's ARN, or the host name of one that IAM knows by itself.
    fn of_provider(name: &str) -> Option<Self> {
        if name == "*" {
            return Some(Self::Everyone);
        }
        (!name.is_empty() && name.contains('.') || name.starts_with("arn:")).then(|| Self::Federated(name.to_owned()))
    }

    /// Reads what stands under `Service`.
    fn of_service(name: &str) -> Option<Self> {
        if name == "*" {
            return Some(Self::Everyone);
        }
        name.contains('.').then(|| Self::Service(name.to_owned()))
    }
}

fn conditions(json: &Json, variables: bool, at: &str) -> Result<Vec<Condition>, PolicyError> {
    let Json::Object(operators) = json else {
        return Err(PolicyError::Form { at: at.to_owned(), expected: "an object of condition operators" });
    };
    let mut found = Vec::new();
    for (operator, keys) in operators {
        let unknown = || PolicyError::UnknownOperator { at: at.to_owned(), operator: operator.clone() };
        let at = format!("{at}.{operator}");
        let (quantifier, if_exists, known) = parse_operator(operator).ok_or_else(unknown)?;
        let Json::Object(keys) = keys else {
            return Err(PolicyError::Form { at, expected: "an object of condition keys" });
        };
        for (name, values) in keys {
            let key = ConditionKey::known(name)
                .ok_or_else(|| PolicyError::UnknownKey { at: at.clone(), key: name.clone() })?;
            let values = texts(values, &format!("{at}.{name}"))?;
            let test = parse_test(known, &values, variables, &format!("{at}.{name}"))?;
            let values = values.into_iter().map(str::to_owned).collect();
            found.push(Condition { operator: known, quantifier, if_exists, key, values, test });
        }
    }
    Ok(found)
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

/// Returns a text or a list of texts, of which there is at least one.
fn some_texts<'a>(json: &'a Json, at: &str) -> Result<Vec<&'a str>, PolicyError> {
    let found = match json {
        Json::Text(text) => vec![text.as_str()],
        Json::List(list) => list.iter().filter_map(Json::text).collect(),
        Json::Null | Json::Plain(_) | Json::Object(_) => Vec::new(),
    };
    let all_read = !matches!(json, Json::List(list) if list.len() != found.len());
    if found.is_empty() || !all_read {
        return Err(PolicyError::Form { at: at.to_owned(), expected: "a string or a list of strings" });
    }
    Ok(found)
}

/// Like `some_texts`, where numbers and booleans will do too, and none at all.
fn texts<'a>(json: &'a Json, at: &str) -> Result<Vec<&'a str>, PolicyError> {
    let one = |json: &'a Json| match json {
        Json::Text(text) | Json::Plain(text) => Ok(text.as_str()),
        Json::Null | Json::List(_) | Json::Object(_) => {
            Err(PolicyError::Form { at: at.to_owned(), expected: "a value or a list of values" })
        }
    };
    match json {
        Json::List(list) => list.iter().map(one).collect(),
        Json::Null | Json::Plain(_) | Json::Text(_) | Json::Object(_) => Ok(vec![one(json)?]),
    }
}

impl Json {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Plain(_) | Self::List(_) | Self::Object(_) => None,
        }
    }
}

/// An object whose keys are all known.
struct Elements<'a> {
    at: &'a str,
    found: &'a [(String, Json)],
}

impl<'a> Elements<'a> {
    fn of(json: &'a Json, at: &'a str, known: &[&str]) -> Result<Self, PolicyError> {
        let Json::Object(found) = json else {
            return Err(PolicyError::Form { at: at.to_owned(), expected: "a JSON object" });
        };
        match found.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(PolicyError::UnknownElement { at: at.to_owned(), element: name.clone() }),
            None => Ok(Self { at, found }),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Json> {
        self.found.iter().find(|(found, _)| found == name).map(|(_, json)| json)
    }

    fn at_of(&self, name: &str) -> String {
        format!("{}.{name}", self.at)
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, PolicyError> {
        let Some(json) = self.get(name) else { return Ok(None) };
        json.text().map(Some).ok_or_else(|| PolicyError::Form { at: self.at_of(name), expected: "a string" })
    }

    /// Returns whichever of the two is there.
    fn either(
        &self,
        first: &'static str,
        second: &'static str,
    ) -> Result<Option<(&'static str, &'a Json)>, PolicyError> {
        match (self.get(first), self.get(second)) {
            (Some(_), Some(_)) => Err(PolicyError::Both { at: self.at.to_owned(), first, second }),
            (Some(json), None) => Ok(Some((first, json))),
            (None, Some(json)) => Ok(Some((second, json))),
            (None, None) => Ok(None),
        }
    }
}
