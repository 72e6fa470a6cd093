//! The SQL that questions to an event data store are asked in, as far as it is here: SELECT columns FROM a store, WHERE with
//! AND, OR, NOT, comparisons, IN, LIKE, BETWEEN and IS NULL, ORDER BY, LIMIT; and of Trino's functions `coalesce`,
//! `element_at` and `json_extract_scalar`. What is not here is refused with a word, never answered by half.
//!
//! Source: CloudTrail User Guide, "CloudTrail Lake SQL constraints", "Supported SQL schemas for event data stores".

use serde_json::Value;

/// A question.
#[derive(Debug)]
pub(super) struct Select {
    /// Name and what it is; empty is all columns.
    columns: Vec<(String, Term)>,
    /// The store's id.
    pub(super) from: String,
    filter: Option<Test>,
    order: Vec<(Term, bool)>,
    limit: Option<usize>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Term {
    Text(String),
    Number(String),
    /// A column, and what is inside it.
    Path(Vec<String>),
    ElementAt(Box<Term>, String),
    Json(Box<Term>, Vec<String>),
    Coalesce(Box<Term>, String),
}

#[derive(Debug)]
enum Test {
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Not(Box<Test>),
    Compare(Term, &'static str, Term),
    In(Term, Vec<Term>),
    Like(Term, String),
    IsNull(Term),
}

/// What a store's columns are called.
const COLUMNS: [&str; 26] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "apiVersion",
    "managementEvent",
    "recipientAccountId",
    "sharedEventID",
    "annotation",
    "vpcEndpointId",
    "serviceEventDetails",
    "eventCategory",
];

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(String),
    Mark(&'static str),
}

const MARKS: [&str; 13] = ["<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", ",", ".", "*", ";"];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(inside) = rest.strip_prefix('\'') {
            let (mut value, mut at) = (String::new(), 0);
            loop {
                let Some(end) = inside[at..].find('\'') else { return Err("a text has no end".to_owned()) };
                value.push_str(&inside[at..at + end]);
                at += end + 1;
                if !inside[at..].starts_with('\'') {
                    break;
                }
                value.push('\'');
                at += 1;
            }
            tokens.push(Token::Text(value));
            rest = &inside[at..];
        } else if first.is_ascii_alphanumeric() || first == '_' || first == '"' {
            let quoted = rest.strip_prefix('"').and_then(|inside| inside.split_once('"'));
            let (word, after) = match quoted {
                Some((word, after)) => (word, after),
                None => {
                    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                    rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()))
                }
            };
            if word.is_empty() {
                return Err(format!("mismatched input '{first}'"));
            }
            let is_number = word.bytes().all(|b| b.is_ascii_digit());
            tokens.push(if is_number { Token::Number(word.to_owned()) } else { Token::Word(word.to_owned()) });
            rest = after;
        } else {
            let mark = MARKS.into_iter().find(|mark| rest.starts_with(mark));
            let mark = mark.ok_or_else(|| format!("mismatched input '{first}'"))?;
            tokens.push(Token::Mark(mark));
            rest = &rest[mark.len()..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// Nothing that a person writes is nested so deep.
const DEEPEST: usize = 64;

impl Reader {
    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(own)) if own.eq_ignore_ascii_case(word))
    }

    fn word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    fn mark(&mut self, mark: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Mark(own)) if *own == mark);
        self.at += usize::from(is);
        is
    }

    fn strange<T>(&self) -> Result<T, String> {
        Err(match self.tokens.get(self.at) {
            None => "mismatched input '<EOF>'".to_owned(),
            Some(Token::Word(text) | Token::Text(text) | Token::Number(text)) => format!("mismatched input '{text}'"),
            Some(Token::Mark(mark)) => format!("mismatched input '{mark}'"),
        })
    }

    fn must<T>(&self, is: bool, then: T) -> Result<T, String> {
        if is { Ok(then) } else { self.strange() }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.tokens.get(self.at).cloned() {
            Some(Token::Word(name) | Token::Number(name)) => {
                self.at += 1;
                Ok(name)
            }
            _ => self.strange(),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        match self.tokens.get(self.at).cloned() {
            Some(Token::Text(text)) => {
                self.at += 1;
                Ok(text)
            }
            _ => self.strange(),
        }
    }

    fn term(&mut self) -> Result<Term, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the statement is nested too deep".to_owned());
        }
        let term = self.one_term();
        self.depth -= 1;
        term
    }

    fn one_term(&mut self) -> Result<Term, String> {
        match self.tokens.get(self.at).cloned() {
            Some(Token::Text(text)) => {
                self.at += 1;
                return Ok(Term::Text(text));
            }
            Some(Token::Number(number)) => {
                self.at += 1;
                return Ok(Term::Number(number));
            }
            _ => {}
        }
        let name = self.name()?;
        if self.mark("(") {
            let inner = self.term()?;
            let comma = self.mark(",");
            self.must(comma, ())?;
            let second = self.text()?;
            let close = self.mark(")");
            self.must(close, ())?;
            return match name.to_ascii_lowercase().as_str() {
                "coalesce" => Ok(Term::Coalesce(Box::new(inner), second)),
                "element_at" => Ok(Term::ElementAt(Box::new(inner), second)),
                "json_extract_scalar" => {
                    let path = second.strip_prefix("$.").ok_or_else(|| format!("Invalid JSON path: '{second}'"))?;
                    Ok(Term::Json(Box::new(inner), path.split('.').map(str::to_owned).collect()))
                }
                _ => Err(format!("the sandbox has no function {name}")),
            };
        }
        let known = COLUMNS.iter().find(|column| column.eq_ignore_ascii_case(&name));
        let known = known.ok_or_else(|| format!("Column '{name}' cannot be resolved"))?;
        let mut path = vec![(*known).to_owned()];
        while self.mark(".") {
            path.push(self.name()?);
        }
        Ok(Term::Path(path))
    }

    fn any(&mut self) -> Result<Test, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the statement is nested too deep".to_owned());
        }
        let mut test = self.all()?;
        while self.word("or") {
            test = Test::Or(Box::new(test), Box::new(self.all()?));
        }
        self.depth -= 1;
        Ok(test)
    }

    fn all(&mut self) -> Result<Test, String> {
        let mut test = self.one()?;
        while self.word("and") {
            test = Test::And(Box::new(test), Box::new(self.one()?));
        }
        Ok(test)
    }

    fn one(&mut self) -> Result<Test, String> {
        if self.word("not") {
            return Ok(Test::Not(Box::new(self.one()?)));
        }
        if self.mark("(") {
            let test = self.any()?;
            let close = self.mark(")");
            return self.must(close, test);
        }
        let term = self.term()?;
        if self.word("is") {
            let not = self.word("not");
            let null = self.word("null");
            return self.must(null, negated(Test::IsNull(term), not));
        }
        let not = self.word("not");
        if self.word("in") {
            let open = self.mark("(");
            self.must(open, ())?;
            let mut list = vec![self.term()?];
            while self.mark(",") {
                list.push(self.term()?);
            }
            let close = self.mark(")");
            return self.must(close, negated(Test::In(term, list), not));
        }
        if self.word("like") {
            return Ok(negated(Test::Like(term, self.text()?), not));
        }
        if self.word("between") {
            let low = self.term()?;
            let and = self.word("and");
            self.must(and, ())?;
            let high = self.term()?;
            let (low, high) = (Test::Compare(term.clone(), ">=", low), Test::Compare(term, "<=", high));
            return Ok(negated(Test::And(Box::new(low), Box::new(high)), not));
        }
        let mark = ["<=", ">=", "<>", "!=", "=", "<", ">"].into_iter().find(|mark| !not && self.mark(mark));
        match mark {
            Some(mark) => Ok(Test::Compare(term, mark, self.term()?)),
            None => self.strange(),
        }
    }
}

fn negated(test: Test, not: bool) -> Test {
    if not { Test::Not(Box::new(test)) } else { test }
}

impl Select {
    pub(super) fn parse(statement: &str) -> Result<Self, String> {
        let mut reader = Reader { tokens: tokens(statement)?, at: 0, depth: 0 };
        let select = reader.word("select");
        reader.must(select, ())?;
        let mut columns = Vec::new();
        if !reader.mark("*") {
            loop {
                let term = reader.term()?;
                let name = if reader.word("as") { reader.name()? } else { named(&term, columns.len()) };
                columns.push((name, term));
                if !reader.mark(",") {
                    break;
                }
            }
        }
        let from = reader.word("from");
        reader.must(from, ())?;
        let from = reader.name()?;
        let filter = if reader.word("where") { Some(reader.any()?) } else { None };
        let mut order = Vec::new();
        if reader.word("order") {
            let by = reader.word("by");
            reader.must(by, ())?;
            loop {
                let term = reader.term()?;
                let falls = reader.word("desc");
                let _ = !falls && reader.word("asc");
                order.push((term, falls));
                if !reader.mark(",") {
                    break;
                }
            }
        }
        let limit = match reader.word("limit") {
            true => Some(reader.name()?.parse().map_err(|_| "LIMIT takes a number".to_owned())?),
            false => None,
        };
        reader.mark(";");
        match reader.at == reader.tokens.len() {
            true => Ok(Self { columns, from, filter, order, limit }),
            false => reader.strange(),
        }
    }

    /// Returns a row for each event that fits: names and values.
    pub(super) fn rows<'e>(&self, events: impl Iterator<Item = &'e Value>) -> Vec<Vec<(String, Option<String>)>> {
        let fits = |event: &&Value| self.filter.as_ref().is_none_or(|test| test.holds(event) == Some(true));
        let mut found: Vec<&Value> = events.filter(fits).collect();
        found.sort_by(|one, other| {
            let by = self.order.iter().map(|(term, falls)| {
                let order = term.of(one).cmp(&term.of(other));
                if *falls { order.reverse() } else { order }
            });
            by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        found.truncate(self.limit.unwrap_or(usize::MAX));
        let all = |event: &Value| COLUMNS.iter().map(|name| ((*name).to_owned(), column(event, name))).collect();
        let some = |event: &Value| self.columns.iter().map(|(name, term)| (name.clone(), term.of(event))).collect();
        found.into_iter().map(|event| if self.columns.is_empty() { all(event) } else { some(event) }).collect()
    }
}

/// What a column is called that nobody gave a name.
fn named(term: &Term, number: usize) -> String {
    match term {
        Term::Path(path) => path.last().cloned().unwrap_or_default(),
        Term::Text(_) | Term::Number(_) | Term::ElementAt(..) | Term::Json(..) | Term::Coalesce(..) => {
            format!("_col{number}")
        }
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

fn column(event: &Value, name: &str) -> Option<String> {
    let value = shown(member(event, name)?)?;
    // Times are timestamps there: `2026-11-24 16:00:00.000`.
    let is_time = name.eq_ignore_ascii_case("eventTime");
    Some(if is_time { value.replace('T', " ").replace('Z', ".000") } else { value })
}

impl Term {
    fn of(&self, event: &Value) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text.clone()),
            Self::Path(path) => match path.as_slice() {
                [only] => column(event, only),
                _ => self.inside(event).and_then(shown),
            },
            Self::ElementAt(..) => self.inside(event).and_then(shown),
            Self::Coalesce(of, otherwise) => Some(of.of(event).unwrap_or_else(|| otherwise.clone())),
            Self::Json(of, path) => {
                let inside = |json: &Value| {
                    let found = path.iter().try_fold(json, |value, name| value.get(name))?;
                    if found.is_object() || found.is_array() { None } else { shown(found) }
                };
                match of.inside(event) {
                    Some(Value::String(text)) => inside(&serde_json::from_str(text).ok()?),
                    Some(json) => inside(json),
                    None => inside(&serde_json::from_str(&of.of(event)?).ok()?),
                }
            }
        }
    }

    /// What of an event it is, where it is a part of one.
    fn inside<'e>(&self, event: &'e Value) -> Option<&'e Value> {
        match self {
            Self::Path(path) => path.iter().try_fold(event, |value, name| member(value, name)),
            Self::ElementAt(of, key) => of.inside(event)?.get(key),
            Self::Text(_) | Self::Number(_) | Self::Json(..) | Self::Coalesce(..) => None,
        }
    }

    fn is_time(&self) -> bool {
        matches!(self, Self::Path(path) if path.len() == 1 && path[0] == "eventTime")
    }
}

impl Test {
    /// Whether it holds; of what is null, nobody knows.
    fn holds(&self, event: &Value) -> Option<bool> {
        match self {
            Self::And(one, other) => match one.holds(event) {
                Some(false) => Some(false),
                Some(true) => other.holds(event),
                None => other.holds(event).filter(|holds| !holds),
            },
            Self::Or(one, other) => match one.holds(event) {
                Some(true) => Some(true),
                Some(false) => other.holds(event),
                None => other.holds(event).filter(|holds| *holds),
            },
            Self::Not(test) => test.holds(event).map(|holds| !holds),
            Self::IsNull(term) => Some(term.of(event).is_none()),
            Self::In(term, list) => {
                let value = term.of(event)?;
                Some(list.iter().any(|one| one.of(event).as_ref() == Some(&value)))
            }
            Self::Like(term, pattern) => Some(is_like(&term.of(event)?, pattern)),
            Self::Compare(one, mark, other) => {
                let (mut left, mut right) = (one.of(event)?, other.of(event)?);
                if one.is_time() || other.is_time() {
                    // Events have whole seconds.
                    let seconds = |text: &str| text.replace('T', " ").chars().take(19).collect();
                    (left, right) = (seconds(&left), seconds(&right));
                }
                let order = left.cmp(&right);
                Some(match *mark {
                    "=" => order.is_eq(),
                    "<" => order.is_lt(),
                    ">" => order.is_gt(),
                    "<=" => order.is_le(),
                    ">=" => order.is_ge(),
                    _ => order.is_ne(),
                })
            }
        }
    }
}

/// `%` is anything, `_` is one character.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut of, mut back) = (0, 0, None);
    while at < text.len() {
        match pattern.get(of) {
            Some('%') => {
                back = Some((at, of));
                of += 1;
            }
            Some(c) if *c == '_' || *c == text[at] => {
                at += 1;
                of += 1;
            }
            _ => match back {
                Some((from, mark)) => {
                    back = Some((from + 1, mark));
                    (at, of) = (from + 1, mark + 1);
                }
                None => return false,
            },
        }
    }
    pattern[of..].iter().all(|c| *c == '%')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(sql: &str) -> Result<String, String> {
        let events = [
            json!({
                "eventID": "1", "eventTime": "2026-11-24T16:00:00Z", "eventName": "AssumeRole",
                "requestParameters": { "roleArn": "r", "it's": "quoted" }, "userIdentity": { "arn": "alice" },
                "responseElements": { "credentials": { "accessKeyId": "ASIAONE" } },
            }),
            json!({ "eventID": "2", "eventTime": "2026-11-24T17:00:00Z", "eventName": "GetCallerIdentity", "errorCode": "x" }),
            json!({ "eventID": "3", "eventTime": "2026-11-25T00:00:00Z", "eventName": "AssumeRoot", "readOnly": true }),
        ];
        let rows = Select::parse(sql)?.rows(events.iter());
        Ok(rows.iter().map(|row| row[0].1.clone().unwrap_or_default()).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn what_is_asked_is_found() {
        for (rest, found) in [
            ("", "1,2,3"),
            ("WHERE eventName = 'AssumeRole'", "1"),
            ("where EVENTNAME in ('AssumeRole', 'AssumeRoot') order by eventTime desc", "3,1"),
            ("WHERE eventName LIKE 'Assume%' AND NOT eventName = 'AssumeRoot'", "1"),
            ("WHERE eventName LIKE 'Assume_o_t'", "3"),
            ("WHERE errorCode IS NULL", "1,3"),
            ("WHERE errorCode <> 'y'", "2"),
            ("WHERE coalesce(errorCode, 'none') = 'none'", "1,3"),
            ("WHERE eventTime >= '2026-11-24 17:00:00' AND eventTime <= '2026-11-25 00:00:00'", "2,3"),
            ("WHERE eventTime BETWEEN '2026-11-24 16:00:00' AND '2026-11-24 17:00:00'", "1,2"),
            ("WHERE (eventID = '1' OR eventID = '2') AND userIdentity.arn IS NOT NULL", "1"),
            ("WHERE element_at(requestParameters, 'it''s') = 'quoted'", "1"),
            (
                "WHERE json_extract_scalar(element_at(responseElements, 'credentials'), '$.accessKeyId') = 'ASIAONE'",
                "1",
            ),
            ("ORDER BY eventTime LIMIT 2;", "1,2"),
        ] {
            assert_eq!(ids(&format!("SELECT eventID FROM store {rest}")).as_deref(), Ok(found), "{rest}");
        }
    }

    #[test]
    fn what_is_not_here_is_refused_with_a_word() {
        for (sql, word) in [
            ("DROP TABLE store", "'DROP'"),
            ("SELECT eventID", "<EOF>"),
            ("SELECT colour FROM store", "Column 'colour' cannot be resolved"),
            ("SELECT count(eventID, 'x') FROM store", "no function count"),
            ("SELECT eventID FROM store WHERE eventName = 'x' GROUP BY eventID", "'GROUP'"),
            ("SELECT eventID FROM store WHERE eventName = 'x", "no end"),
            ("SELECT eventID FROM store WHERE eventName = 'x'; DROP TABLE store", "'DROP'"),
            ("SELECT eventID FROM store WHERE", "<EOF>"),
        ] {
            let refused = ids(sql).unwrap_err();
            assert!(refused.contains(word), "{sql}: {refused}");
        }
        assert!(ids(&format!("SELECT eventID FROM store WHERE {}eventID = '1'", "(".repeat(9_999))).is_err());
    }
}
