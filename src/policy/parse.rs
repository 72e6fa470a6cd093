//! From JSON to a document, refusing whatever we could not answer for.
//!
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language".

mod conditions;

use conditions::conditions;

use super::document::{Actions, Document, Effect, Reading, Resources, Statement, Version};
use super::error::PolicyError;
use super::json::Json;
use super::pattern::{Pattern, Syntax};
use super::principal::{PrincipalPattern, Principals};

/// Reads a document; what cannot be read is an error.
pub(super) fn document(json: &str) -> Result<Document, PolicyError> {
    let reading = leniently(json)?;
    match reading.faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(reading.document),
    }
}

/// Reads a document as far as it can be read, and says what could not be, in its order.
///
/// What is left says rather more of whom it lets in than the text does: a condition that cannot be read is no condition
/// of an Allow, and a Deny with such a one is gone.
pub(super) fn leniently(json: &str) -> Result<Reading, PolicyError> {
    let json: Json = serde_json::from_str(json).map_err(|error| PolicyError::Json { reason: error.to_string() })?;
    let mut faults = Faults::default();
    let at = "the policy";
    let elements = Elements::of(&json, at, &["Version", "Id", "Statement"], &mut faults)?;
    let version = match faults.noted(elements.text("Version")).flatten() {
        None | Some("2008-10-17") => Version::Of2008,
        Some("2012-10-17") => Version::Of2012,
        Some(other) => {
            let expected = "2012-10-17 or 2008-10-17";
            faults.note(PolicyError::Value { at: "Version".to_owned(), value: other.to_owned(), expected });
            Version::Of2012
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
    let (mut read, mut indices) = (Vec::new(), Vec::new());
    for (index, json) in statements.into_iter().enumerate() {
        let statement = statement(json, index, version, &mut faults);
        if let Some(statement) = faults.noted(statement) {
            read.push(statement);
            indices.push(index);
        }
    }
    let id = faults.noted(elements.text("Id")).flatten().map(str::to_owned);
    Ok(Reading { document: Document { version, id, statements: read }, indices, faults: faults.0 })
}

/// What could not be read so far.
#[derive(Default)]
struct Faults(Vec<PolicyError>);

impl Faults {
    fn note(&mut self, fault: PolicyError) {
        self.0.push(fault);
    }

    fn noted<T>(&mut self, read: Result<T, PolicyError>) -> Option<T> {
        read.map_err(|fault| self.note(fault)).ok()
    }
}

/// How the place of a statement is written.
pub(super) fn statement_at(index: usize) -> String {
    format!("Statement[{index}]")
}

/// A statement of which nothing can be said (no object, no effect) is an error; anything less is a fault.
fn statement(json: &Json, index: usize, version: Version, faults: &mut Faults) -> Result<Statement, PolicyError> {
    let at = statement_at(index);
    let elements = Elements::of(json, &at, &STATEMENT_ELEMENTS, faults)?;
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
        Some(("Action", json)) => Actions::Only(action_patterns(json, &elements.at_of("Action"), faults)),
        Some((name, json)) => Actions::AllBut(action_patterns(json, &elements.at_of(name), faults)),
    };
    let resources = match elements.either("Resource", "NotResource")? {
        None => None,
        Some(("Resource", json)) => {
            Some(Resources::Only(resource_patterns(json, variables, &elements.at_of("Resource"), faults)))
        }
        Some((name, json)) => {
            Some(Resources::AllBut(resource_patterns(json, variables, &elements.at_of(name), faults)))
        }
    };
    let principals = match elements.either("Principal", "NotPrincipal")? {
        None => None,
        Some(("Principal", json)) => Some(Principals::Only(principals(json, &elements.at_of("Principal"), faults))),
        Some((name, json)) => Some(Principals::AllBut(principals(json, &elements.at_of(name), faults))),
    };
    let before = faults.0.len();
    let conditions = match elements.get("Condition") {
        None => Vec::new(),
        Some(json) => conditions(json, variables, &elements.at_of("Condition"), faults),
    };
    // A key that nobody knows stays in the condition: nobody can say more of it than that it may be anything.
    let lost = faults.0[before..].iter().find(|fault| !matches!(fault, PolicyError::UnknownKey { .. }));
    if effect == Effect::Deny
        && let Some(lost) = lost.cloned()
    {
        faults.0.truncate(before);
        return Err(lost);
    }
    let sid = faults.noted(elements.text("Sid")).flatten().map(str::to_owned);
    Ok(Statement { sid, effect, principals, actions, resources, conditions })
}

const STATEMENT_ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

fn action_patterns(json: &Json, at: &str, faults: &mut Faults) -> Vec<Pattern> {
    let syntax = Syntax { wildcards: true, variables: false };
    let read = |text: &str| {
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
    };
    let texts = faults.noted(some_texts(json, at)).unwrap_or_default();
    texts.into_iter().filter_map(|text| faults.noted(read(text))).collect()
}

fn resource_patterns(json: &Json, variables: bool, at: &str, faults: &mut Faults) -> Vec<Pattern> {
    let syntax = Syntax { wildcards: true, variables };
    let read = |text: &str| {
        if text != "*" && !(text.starts_with("arn:") && text.split(':').count() >= 6) {
            let expected = "`*` or an ARN of six parts";
            return Err(PolicyError::Value { at: at.to_owned(), value: text.to_owned(), expected });
        }
        Pattern::parse(text, syntax, at)
    };
    let texts = faults.noted(some_texts(json, at)).unwrap_or_default();
    texts.into_iter().filter_map(|text| faults.noted(read(text))).collect()
}

fn principals(json: &Json, at: &str, faults: &mut Faults) -> Vec<PrincipalPattern> {
    let kinds = match json {
        Json::Text(text) if text == "*" => return vec![PrincipalPattern::Everyone],
        Json::Object(kinds) if !kinds.is_empty() => kinds,
        Json::Null | Json::Plain(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
            faults.note(PolicyError::Form { at: at.to_owned(), expected: "`*` or an object such as {\"AWS\": …}" });
            return Vec::new();
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
                faults.note(PolicyError::Value { at, value: other.to_owned(), expected });
                continue;
            }
        };
        for name in faults.noted(some_texts(names, &at)).unwrap_or_default() {
            let pattern = read(name).ok_or_else(|| PolicyError::Value {
                at: at.clone(),
                value: name.to_owned(),
                expected: "the name of a principal of that kind",
            });
            found.extend(faults.noted(pattern));
        }
    }
    found
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
    fn of(json: &'a Json, at: &'a str, known: &[&str], faults: &mut Faults) -> Result<Self, PolicyError> {
        let Json::Object(found) = json else {
            return Err(PolicyError::Form { at: at.to_owned(), expected: "a JSON object" });
        };
        for (name, _) in found.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            faults.note(PolicyError::UnknownElement { at: at.to_owned(), element: name.clone() });
        }
        Ok(Self { at, found })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Operator, Usage};

    const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": {
        "Sid": "partner", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::444455556666:role/R"]},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "12345"}, "Bool": {"aws:MultiFactorAuthPresent": true}}}}"#;

    #[test]
    fn a_trust_policy_is_read_with_one_statement_or_a_list() {
        let document = Document::parse_trust(TRUST).unwrap();
        let [statement] = &document.statements[..] else { panic!("{document:?}") };
        assert_eq!(statement.sid.as_deref(), Some("partner"));
        assert_eq!(statement.effect, Effect::Allow);
        let account = PrincipalPattern::Account { partition: None, account: "111122223333".to_owned() };
        let role = PrincipalPattern::Arn("arn:aws:iam::444455556666:role/R".to_owned());
        assert_eq!(statement.principals, Some(Principals::Only(vec![account, role])));
        assert_eq!(statement.conditions[0].values, ["12345"]);
        assert_eq!(statement.conditions[1].values, ["true"]);
    }

    /// Puts something else in the place of one part of a good policy.
    fn error_of(good: &str, bad: &str) -> String {
        assert!(TRUST.contains(good), "{good}");
        Document::parse(&TRUST.replace(good, bad)).unwrap_err().to_string()
    }

    #[test]
    fn whatever_we_could_not_answer_for_is_refused_at_its_place() {
        let cases = [
            (r#""2012-10-17""#, r#""2012-10-18""#, "Version cannot be `2012-10-18`"),
            (r#""Effect": "Allow""#, r#""Effect": "allow""#, "Statement[0].Effect cannot be `allow`"),
            (r#""Effect": "Allow","#, "", "Statement[0] has no Effect"),
            (r#""Sid""#, r#""sid""#, "Statement[0] has an element `sid`, which no policy has"),
            (r#""Action": "sts:AssumeRole","#, "", "Statement[0] has no Action"),
            (r#""Action""#, r#""NotAction": "sts:*", "Action""#, "Statement[0] has both Action and NotAction"),
            ("\"sts:AssumeRole\"", "[]", "Statement[0].Action has to be a string or a list of strings"),
            ("\"sts:AssumeRole\"", "[1]", "Statement[0].Action has to be a string or a list of strings"),
            ("sts:AssumeRole", "AssumeRole", "Statement[0].Action cannot be `AssumeRole`"),
            ("sts:AssumeRole", "s*:AssumeRole", "Statement[0].Action cannot be `s*:AssumeRole`"),
            (r#"{"AWS": "#, r#"{"Aws": "#, "Statement[0].Principal.Aws cannot be `Aws`"),
            ("\"111122223333\"", "\"11112222333\"", "Statement[0].Principal.AWS cannot be `11112222333`"),
            ("role/R", "group/R", "Statement[0].Principal.AWS cannot be `arn:aws:iam::444455556666:group/R`"),
            ("StringEquals", "StringEqual", "Statement[0].Condition has the unknown condition operator `StringEqual`"),
            ("StringEquals", "ForSome:StringEquals", "unknown condition operator `ForSome:StringEquals`"),
            ("StringEquals", "NullIfExists", "unknown condition operator `NullIfExists`"),
            ("StringEquals", "IfExistsStringEquals", "unknown condition operator"),
            ("sts:ExternalId", "sts:ExternalIdd", "StringEquals has the unknown condition key `sts:ExternalIdd`"),
            ("\"12345\"", "{}", "StringEquals.sts:ExternalId has to be a value or a list of values"),
            ("12345", "${aws:nonsense}", "unknown condition key `aws:nonsense`"),
            ("12345", "${aws:username", "has a `${` that begins no policy variable"),
            ("true", "\"yes\"", "Bool.aws:MultiFactorAuthPresent cannot be `yes`; it is true or false"),
            ("StringEquals", "NumericEquals\": {\"sts:DurationSeconds\": \"1h\"}, \"StringEquals", "it is a number"),
            ("StringEquals", "DateLessThan\": {\"aws:CurrentTime\": \"today\"}, \"StringEquals", "it is a date"),
            ("StringEquals", "IpAddress\": {\"aws:SourceIp\": \"10.0.0.0/40\"}, \"StringEquals", "it is an IP address"),
            ("\"Sid\"", "\"Effect\": \"Deny\", \"Sid\"", "`Effect` stands twice in one object"),
            ("\"Bool\"", "\"StringEquals\"", "`StringEquals` stands twice in one object"),
            ("\"Version\"", "\"Versoin\"", "the policy has an element `Versoin`"),
            ("{\"Version\"", "[{\"Version\"", "the policy is not valid JSON"),
        ];
        for (good, bad, expected) in cases {
            let message = error_of(good, bad);
            assert!(message.contains(expected), "{bad}: {message}");
        }
    }

    #[test]
    fn every_operator_is_read_with_what_may_stand_around_it() {
        for operator in Operator::ALL {
            let value = match operator.as_str() {
                name if name.starts_with("Date") => "2026-11-24T09:00:00Z",
                name if name.contains("Ip") => "10.0.0.0/8",
                name if name.starts_with("Numeric") => "1",
                _ => "true",
            };
            for (before, after) in [("", ""), ("ForAllValues:", ""), ("ForAnyValue:", "IfExists"), ("", "IfExists")] {
                let name = format!("{before}{}{after}", operator.as_str());
                let json = format!(
                    r#"{{"Statement": {{"Effect": "Deny", "Action": "*", "Principal": "*",
                        "Condition": {{"{name}": {{"aws:TagKeys": "{value}"}}}}}}}}"#
                );
                let is_plain = before.is_empty() && after.is_empty();
                assert_eq!(Document::parse(&json).is_ok(), *operator != Operator::Null || is_plain, "{name}");
            }
        }
    }

    #[test]
    fn each_kind_of_policy_has_its_own_elements() {
        let trust = |json: &str| Document::parse_trust(json).err();
        let identity = |json: &str| Document::parse_identity(json).err();
        let with = |rest: &str| format!(r#"{{"Statement": [{{"Effect": "Allow", "Action": "sts:*"{rest}}}]}}"#);
        let at = || "Statement[0]".to_owned();
        let (none, principal) = (with(""), with(r#", "Principal": "*""#));
        let (resource, both) = (with(r#", "Resource": "*""#), with(r#", "Principal": "*", "Resource": "*""#));

        assert_eq!(trust(&principal), None);
        assert_eq!(trust(&none), Some(PolicyError::Missing { at: at(), element: "Principal" }));
        let usage = Usage::Trust;
        assert_eq!(trust(&both), Some(PolicyError::Misplaced { at: at(), element: "Resource", usage }));
        assert_eq!(identity(&resource), None);
        assert_eq!(identity(&none), Some(PolicyError::Missing { at: at(), element: "Resource" }));
        let usage = Usage::Identity;
        assert_eq!(identity(&both), Some(PolicyError::Misplaced { at: at(), element: "Principal", usage }));
    }

    #[test]
    fn the_older_version_has_no_variables() {
        let elements = [
            r#""Resource": "arn:aws:s3:::${x}""#,
            r#""Condition": {"StringEquals": {"sts:ExternalId": "${x}"}}"#,
            r#""Condition": {"ArnLike": {"aws:SourceArn": "${x}"}}"#,
        ];
        for element in elements {
            let json = |version: &str| {
                format!(r#"{{{version} "Statement": {{"Effect": "Allow", "Action": "s3:*", {element}}}}}"#)
            };
            assert!(Document::parse(&json("")).is_ok(), "{element}");
            assert!(Document::parse(&json(r#""Version": "2008-10-17","#)).is_ok(), "{element}");
            assert!(Document::parse(&json(r#""Version": "2012-10-17","#)).is_err(), "{element}");
        }
    }
}
