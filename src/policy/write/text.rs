//! A document as JSON again.

use serde_json::{Map, Value, json};

use super::one_or_all;
use crate::policy::condition::{Condition, Quantifier};
use crate::policy::document::{Actions, Document, Effect, Resources, Statement, Version};
use crate::policy::pattern::Pattern;
use crate::policy::principal::{PrincipalPattern, Principals};

impl Document {
    /// Returns the document as JSON that says the same: single values stand bare, and the order is kept.
    pub fn to_json(&self) -> Value {
        let mut document = Map::new();
        let version = match self.version {
            Version::Of2008 => "2008-10-17",
            Version::Of2012 => "2012-10-17",
        };
        document.insert("Version".to_owned(), json!(version));
        if let Some(id) = &self.id {
            document.insert("Id".to_owned(), json!(id));
        }
        document.insert("Statement".to_owned(), self.statements.iter().map(statement).collect());
        Value::Object(document)
    }

    /// How many characters IAM counts: white space is left out.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS quotas" ("IAM doesn't count white space").
    pub fn counted_characters(&self) -> usize {
        self.to_json().to_string().chars().filter(|c| !c.is_whitespace()).count()
    }
}

fn statement(statement: &Statement) -> Value {
    let mut elements = Map::new();
    let mut put = |name: &str, value: Value| drop(elements.insert(name.to_owned(), value));
    if let Some(sid) = &statement.sid {
        put("Sid", json!(sid));
    }
    put(
        "Effect",
        json!(match statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }),
    );
    match &statement.principals {
        Some(Principals::Only(all)) => put("Principal", principals(all)),
        Some(Principals::AllBut(all)) => put("NotPrincipal", principals(all)),
        None => {}
    }
    match &statement.actions {
        Actions::Only(all) => put("Action", patterns(all)),
        Actions::AllBut(all) => put("NotAction", patterns(all)),
    }
    match &statement.resources {
        Some(Resources::Only(all)) => put("Resource", patterns(all)),
        Some(Resources::AllBut(all)) => put("NotResource", patterns(all)),
        None => {}
    }
    if !statement.conditions.is_empty() {
        put("Condition", conditions(&statement.conditions));
    }
    Value::Object(elements)
}

fn patterns(all: &[Pattern]) -> Value {
    one_or_all(&all.iter().map(|pattern| pattern.as_str().to_owned()).collect::<Vec<_>>())
}

fn principals(all: &[PrincipalPattern]) -> Value {
    if let [PrincipalPattern::Everyone] = all {
        return json!({ "AWS": "*" });
    }
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for principal in all {
        let (kind, name) = match principal {
            PrincipalPattern::Everyone => ("AWS", "*".to_owned()),
            PrincipalPattern::Account { partition: Some(partition), account } => {
                ("AWS", format!("arn:{partition}:iam::{account}:root"))
            }
            PrincipalPattern::Account { partition: None, account } => ("AWS", account.clone()),
            PrincipalPattern::Arn(name) | PrincipalPattern::Deleted(name) | PrincipalPattern::WildcardArn(name) => {
                ("AWS", name.clone())
            }
            PrincipalPattern::Federated(name) => ("Federated", name.clone()),
            PrincipalPattern::Service(name) => ("Service", name.clone()),
            PrincipalPattern::CanonicalUser(name) => ("CanonicalUser", name.clone()),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.push(name),
            None => kinds.push((kind, vec![name])),
        }
    }
    kinds.into_iter().map(|(kind, names)| (kind.to_owned(), one_or_all(&names))).collect::<Map<_, _>>().into()
}

fn conditions(all: &[Condition]) -> Value {
    let mut operators = Map::new();
    for condition in all {
        let quantifier = match condition.quantifier {
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        };
        let if_exists = if condition.if_exists { "IfExists" } else { "" };
        let operator = format!("{quantifier}{}{if_exists}", condition.operator.as_str());
        let keys = operators.entry(operator).or_insert_with(|| json!({}));
        if let Some(keys) = keys.as_object_mut() {
            keys.insert(condition.key.as_str().to_owned(), one_or_all(&condition.values));
        }
    }
    Value::Object(operators)
}
