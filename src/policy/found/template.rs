//! The roles of a CloudFormation template, with its functions worked out as far as a template tells.
//!
//! Source: CloudFormation User Guide, "Intrinsic function reference" and "Pseudo parameters reference".

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::lint::Step;
use super::{FoundPolicy, text_of};

/// Stands for the account of a template where ours is not known.
const OWN: &str = "000000000000";

/// Returns the trust policies of a template.
pub(super) fn policies(template: &Value, own_account: Option<&str>) -> Vec<FoundPolicy> {
    let account = own_account.unwrap_or(OWN);
    let Some(resources) = template.get("Resources").and_then(Value::as_object) else { return Vec::new() };
    let roles = resources.iter().filter(|(_, one)| one.get("Type").and_then(Value::as_str) == Some("AWS::IAM::Role"));
    let policy = |(name, role): (&String, &Value)| {
        let document = role.get("Properties")?.get("AssumeRolePolicyDocument")?;
        let mut work = Work { template, account, supposed: Vec::new() };
        let (text, in_string) = text_of(&work.value(document));
        let steps = ["Resources", name, "Properties", "AssumeRolePolicyDocument"];
        Some(FoundPolicy {
            role: Some(name.clone()),
            role_arn: Some(format!("arn:aws:iam::{account}:role/{name}")),
            used: None,
            text,
            steps: steps.map(|step| Step::Key(step.to_owned())).to_vec(),
            in_string,
            supposed: work.supposed,
        })
    };
    roles.filter_map(policy).collect()
}

struct Work<'a> {
    template: &'a Value,
    account: &'a str,
    supposed: Vec<String>,
}

impl Work<'_> {
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(object) => match object.iter().next().filter(|_| object.len() == 1) {
                Some((function, of)) if function == "Ref" || function.starts_with("Fn::") => {
                    self.function(function, of)
                }
                _ => Value::Object(object.iter().map(|(key, value)| (key.clone(), self.value(value))).collect()),
            },
            Value::Array(list) => Value::Array(list.iter().map(|value| self.value(value)).collect()),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other.clone(),
        }
    }

    fn function(&mut self, function: &str, of: &Value) -> Value {
        match (function, of) {
            ("Ref", Value::String(name)) => self.reference(name),
            ("Fn::Sub", Value::String(text)) => Value::String(self.text(text)),
            ("Fn::Sub", Value::Array(list)) => {
                let mut text = list.first().and_then(Value::as_str).unwrap_or_default().to_owned();
                for (name, value) in list.get(1).and_then(Value::as_object).into_iter().flatten() {
                    if let Value::String(value) = self.value(value) {
                        text = text.replace(&format!("${{{name}}}"), &value);
                    }
                }
                Value::String(self.text(&text))
            }
            ("Fn::Join", Value::Array(list)) => {
                let between = list.first().and_then(Value::as_str).unwrap_or_default();
                let parts = list.get(1).map(|parts| self.value(parts));
                let parts = parts.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                Value::String(parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(between))
            }
            ("Fn::If", Value::Array(list)) => {
                self.suppose("conditions are supposed to hold");
                list.get(1).map_or(Value::Null, |value| self.value(value))
            }
            ("Fn::GetAtt", Value::Array(list)) => {
                let parts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                self.attribute(&parts.join("."))
            }
            ("Fn::GetAtt", Value::String(name)) => self.attribute(name),
            (other, of) => {
                self.suppose(&format!("{other} is supposed to have a value of its own"));
                Value::String(stand_in(&of.to_string()))
            }
        }
    }

    fn reference(&mut self, name: &str) -> Value {
        let known = match name {
            "AWS::AccountId" => Some(self.account),
            "AWS::Partition" => Some("aws"),
            "AWS::Region" => Some("us-east-1"),
            "AWS::URLSuffix" => Some("amazonaws.com"),
            "AWS::StackName" => Some("stack"),
            _ => None,
        };
        if let Some(known) = known {
            return Value::String(known.to_owned());
        }
        let parameter = self.template.get("Parameters").and_then(|parameters| parameters.get(name));
        if let Some(default) = parameter.and_then(|parameter| parameter.get("Default")) {
            let is_list = parameter.and_then(|one| one.get("Type")?.as_str()).is_some_and(|kind| kind.contains("List"));
            return match default {
                Value::String(text) if is_list => text.split(',').map(|item| Value::from(item.trim())).collect(),
                Value::Number(number) => Value::String(number.to_string()),
                other => other.clone(),
            };
        }
        if self.resource_type(name).is_some() {
            return self.attribute(&format!("{name}.Arn"));
        }
        self.suppose(&format!("`{name}` has no default, and is supposed to have a value of its own"));
        let is_account = name.to_ascii_lowercase().contains("account");
        Value::String(if is_account { stand_in_account(name) } else { stand_in(name) })
    }

    fn attribute(&mut self, name: &str) -> Value {
        let resource = name.split('.').next().unwrap_or_default();
        let account = self.account;
        let arn = match self.resource_type(resource) {
            Some("AWS::IAM::Role") => Some(format!("arn:aws:iam::{account}:role/{resource}")),
            Some("AWS::IAM::User") => Some(format!("arn:aws:iam::{account}:user/{resource}")),
            Some("AWS::IAM::SAMLProvider") => Some(format!("arn:aws:iam::{account}:saml-provider/{resource}")),
            Some("AWS::IAM::OIDCProvider") => {
                Some(format!("arn:aws:iam::{account}:oidc-provider/{}", self.issuer(resource)))
            }
            Some(_) | None => None,
        };
        Value::String(arn.unwrap_or_else(|| {
            self.suppose(&format!("`{name}` is supposed to have a value of its own"));
            stand_in(name)
        }))
    }

    fn issuer(&self, resource: &str) -> String {
        let properties =
            self.template.get("Resources").and_then(|resources| resources.get(resource)?.get("Properties"));
        let url =
            properties.and_then(|properties| properties.get("Url")?.as_str()).unwrap_or("https://idp.example.com");
        url.trim_start_matches("https://").to_owned()
    }

    fn resource_type(&self, name: &str) -> Option<&str> {
        self.template.get("Resources")?.get(name)?.get("Type")?.as_str()
    }

    /// Puts values in for `${Name}`, and leaves `${!Name}` as `${Name}`.
    fn text(&mut self, text: &str) -> String {
        let mut done = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            done.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                done.push_str("${");
                rest = after;
                continue;
            };
            match name.strip_prefix('!') {
                Some(literal) => done.push_str(&format!("${{{literal}}}")),
                // A policy's own variable: aws:username and its like have one colon, pseudo parameters two.
                None if name.contains(':') && !name.contains("::") => done.push_str(&format!("${{{name}}}")),
                None => {
                    let value = if name.contains('.') { self.attribute(name) } else { self.reference(name) };
                    done.push_str(value.as_str().unwrap_or_default());
                }
            }
            rest = after;
        }
        done + rest
    }

    fn suppose(&mut self, what: &str) {
        if !self.supposed.iter().any(|known| known == what) {
            self.supposed.push(what.to_owned());
        }
    }
}

/// A value that is the same for a name each time, and that nobody guesses: what was meant may be neither.
fn stand_in(name: &str) -> String {
    let hex = hex::encode(Sha256::digest(name));
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}

fn stand_in_account(name: &str) -> String {
    Sha256::digest(name).iter().take(12).map(|byte| char::from(b'0' + byte % 10)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_worked_out() {
        let template = serde_json::json!({
            "Parameters": {"Vendor": {"Type": "String", "Default": "444455556666"}, "ExternalId": {"Type": "String"}},
            "Resources": {
                "Corp": {"Type": "AWS::IAM::SAMLProvider"},
                "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {
                    "Statement": [{
                        "Principal": {"AWS": [
                            {"Fn::Sub": "arn:${AWS::Partition}:iam::${Vendor}:root"},
                            {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":role/a"]]},
                        ], "Federated": {"Fn::GetAtt": ["Corp", "Arn"]}},
                        "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
                    }],
                }}},
            },
        });
        let found = policies(&template, Some("111122223333"));
        let policy: Value = serde_json::from_str(&found[0].text).unwrap();
        let principal = &policy["Statement"][0]["Principal"];
        let expected = serde_json::json!(["arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:role/a"]);
        assert_eq!(principal["AWS"], expected);
        assert_eq!(principal["Federated"], "arn:aws:iam::111122223333:saml-provider/Corp");
        let id = policy["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"].as_str().unwrap();
        assert!(
            matches!(super::super::super::external_id::judge(id), super::super::super::external_id::Judgement::Strong),
            "{id}"
        );
        assert_eq!(found[0].role_arn.as_deref(), Some("arn:aws:iam::111122223333:role/Role"));
        assert_eq!(found[0].supposed.len(), 1);
    }
}
