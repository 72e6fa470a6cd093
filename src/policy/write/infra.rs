//! A role with its trust policy, for Terraform and for CloudFormation. Nothing in a value is code there: each string is
//! quoted by the rules of the language that it stands in, and `Fn::Sub` is not used.
//!
//! Source: Terraform, "Strings and Templates" and "Types and Values"; YAML 1.2.2, section 5.7 and 7.3.1; CloudFormation,
//! `AWS::IAM::Role`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::person::is_unsafe;
use crate::policy::document::Document;

/// A role to be made.
#[derive(Clone, Copy, Debug)]
pub struct InfraRole<'a> {
    /// Its name, without a path.
    pub name: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// Who may assume it.
    pub trust: &'a Document,
    /// What it may do: managed policies, by ARN.
    pub policy_arns: &'a [String],
}

/// Returns a Terraform resource.
pub fn terraform(role: InfraRole<'_>) -> String {
    let mut text = String::new();
    let label: String =
        role.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let label = if label.starts_with(|c: char| c.is_ascii_digit()) { format!("role_{label}") } else { label };
    // Writing into a string never fails, here and below.
    let _ = writeln!(text, "resource \"aws_iam_role\" \"{label}\" {{");
    let _ = writeln!(text, "  name        = {}", hcl_string(role.name));
    let _ = writeln!(text, "  description = {}", hcl_string(role.description));
    text.push_str("\n  assume_role_policy = jsonencode(");
    hcl(&role.trust.to_json(), 1, &mut text);
    text.push_str(")\n}\n");
    for (at, arn) in role.policy_arns.iter().enumerate() {
        let _ = write!(
            text,
            "\nresource \"aws_iam_role_policy_attachment\" \"{label}_{at}\" {{\n  role       = aws_iam_role.{label}.name\n  policy_arn = {}\n}}\n",
            hcl_string(arn)
        );
    }
    text
}

fn hcl(value: &Value, depth: usize, text: &mut String) {
    let margin = "  ".repeat(depth + 1);
    let close = "  ".repeat(depth);
    match value {
        Value::Object(entries) => {
            text.push_str("{\n");
            for (key, value) in entries {
                let is_name = key.bytes().all(|b| b.is_ascii_alphanumeric());
                let _ = write!(text, "{margin}{} = ", if is_name { key.clone() } else { hcl_string(key) });
                hcl(value, depth + 1, text);
                text.push('\n');
            }
            let _ = write!(text, "{close}}}");
        }
        Value::Array(items) => {
            text.push_str("[\n");
            for item in items {
                text.push_str(&margin);
                hcl(item, depth + 1, text);
                text.push_str(",\n");
            }
            let _ = write!(text, "{close}]");
        }
        Value::String(content) => text.push_str(&hcl_string(content)),
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}

/// Returns a quoted string of Terraform's language, in which nothing is a template.
pub fn hcl_string(content: &str) -> String {
    let mut quoted = String::from("\"");
    let mut chars = content.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // `$${` is a `${` that begins no template. After another `$` that would be told apart by nobody.
            '$' | '%' if chars.peek() == Some(&'{') && quoted.ends_with(c) => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            '$' | '%' if chars.peek() == Some(&'{') => {
                quoted.push(c);
                quoted.push(c);
            }
            c if is_unsafe(c) => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns a CloudFormation template as JSON.
pub fn cloudformation_json(role: InfraRole<'_>) -> String {
    escaped(&format!("{:#}\n", template(role)))
}

/// Returns a CloudFormation template as YAML.
pub fn cloudformation_yaml(role: InfraRole<'_>) -> String {
    let mut text = String::new();
    yaml(&template(role), 0, &mut text);
    text
}

fn template(role: InfraRole<'_>) -> Value {
    let mut properties = json!({
        "RoleName": role.name,
        "Description": role.description,
        "AssumeRolePolicyDocument": role.trust.to_json(),
    });
    if let (Some(properties), false) = (properties.as_object_mut(), role.policy_arns.is_empty()) {
        properties.insert("ManagedPolicyArns".to_owned(), json!(role.policy_arns));
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": role.description,
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": properties,
            },
        },
        "Outputs": {
            "RoleArn": { "Description": "The role's ARN", "Value": { "Fn::GetAtt": ["Role", "Arn"] } },
        },
    })
}

fn yaml(value: &Value, depth: usize, text: &mut String) {
    let margin = "  ".repeat(depth);
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let is_name = key.bytes().all(|b| b.is_ascii_alphanumeric());
                let key = if is_name { key.clone() } else { yaml_string(key) };
                let _ = write!(text, "{margin}{key}:");
                below(value, depth, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                let mut inner = String::new();
                below(item, depth, &mut inner);
                // The first line of what is below stands beside the hyphen.
                let inner = inner.trim_start();
                let _ = writeln!(text, "{margin}- {}", inner.trim_end_matches('\n'));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = writeln!(text, "{margin}{}", scalar(value));
        }
    }
}

fn below(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(_) | Value::Array(_) => {
            text.push('\n');
            yaml(value, depth + 1, text);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = writeln!(text, " {}", scalar(value));
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(content) => yaml_string(content),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) | Value::Array(_) => value.to_string(),
    }
}

/// Returns a double-quoted string: there YAML has no dates, no numbers, no references, and JSON's escapes.
fn yaml_string(content: &str) -> String {
    escaped(&Value::String(content.to_owned()).to_string())
}

/// Escapes what would drive a terminal, or end a line for YAML. All such characters lie below U+10000.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_unsafe(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text
}
