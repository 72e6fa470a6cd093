//! Trust policies in the files that people have: a bare policy, what the AWS CLI answers, a CloudFormation template, a
//! Terraform plan; in JSON or, but for the plan, in YAML.

mod node;
mod template;
mod unknown;
mod yaml;

use std::collections::BTreeMap;

use serde_json::Value;

use super::lint::{Step, line_of};
use node::Node;
use template::Template;
pub use yaml::NotYaml;

/// What was found in a file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// The policies.
    pub policies: Vec<FoundPolicy>,
    /// Roles whose policy is not in the file.
    pub left_out: Vec<String>,
}

/// A trust policy in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FoundPolicy {
    /// The role that it belongs to, as the file calls it, where it says so.
    pub role: Option<String>,
    /// The role's ARN, where the file tells it.
    pub role_arn: Option<String>,
    /// When the role was made and last used, as the file says it.
    pub used: Option<Used>,
    /// The policy.
    pub text: String,
    /// Where it stands in the file.
    pub lines: Lines,
    /// Which of a template's conditions have to hold for this to be the role's policy, where there are several.
    pub when: Option<String>,
    /// Accounts that stand for unknown ones, each with what it is.
    pub names: BTreeMap<String, String>,
    /// What had to be supposed.
    pub supposed: Vec<String>,
}

/// Where a policy stands in its file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Lines {
    /// In a JSON file, behind these steps.
    Behind {
        /// The steps.
        steps: Vec<Step>,
        /// Whether it stands in a string there, so that it has one line only.
        in_string: bool,
    },
    /// Its values know their lines.
    Of(Node),
}

impl Lines {
    /// Returns the line of a place in the policy, given the file's text.
    pub fn line(&self, file: &str, place: Vec<Step>) -> usize {
        match self {
            Self::Behind { steps, in_string: true } => line_of(file, steps),
            Self::Behind { steps, in_string: false } => line_of(file, &[steps.as_slice(), &place].concat()),
            Self::Of(node) => node.line(&place),
        }
    }
}

/// When a role was made and last used, as IAM writes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Used {
    /// `CreateDate`.
    pub made: String,
    /// `RoleLastUsed.LastUsedDate`.
    pub last: Option<String>,
}

/// Why a file has no trust policy for us.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoPolicy {
    /// It is neither JSON nor YAML that says anything.
    #[error("it is neither JSON nor YAML")]
    NotJson,
    /// It was taken for YAML, and is none.
    #[error("it is no JSON, and as YAML it has a fault")]
    NotYaml(#[source] NotYaml),
    /// It is Terraform's own language.
    #[error("it is Terraform's own language, which only Terraform can work out; its plan, as JSON, is read here")]
    Terraform,
    /// It is of no form that we know.
    #[error(
        "it is neither a trust policy, nor what `aws iam get-role`, `list-roles` or `get-account-authorization-details` \
         answers, nor a CloudFormation template, nor a Terraform plan (`terraform show -json`)"
    )]
    UnknownForm,
    /// There is no role in it.
    #[error("there is no role in it")]
    NoRole,
    /// No role in it has a policy yet.
    #[error("what its roles trust is not known before they are made: {}", .0.join(", "))]
    NotYetKnown(Vec<String>),
}

/// Returns the trust policies in the text of a file. `own_account` stands for the account of a template.
pub fn policies_in(text: &str, own_account: Option<&str>) -> Result<Found, NoPolicy> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = match serde_json::from_str::<Value>(text) {
        Ok(json) => {
            // Only a template is worked out with a line to each value.
            let root =
                ["Resources", "resources"].iter().any(|name| json.get(name).is_some()).then(|| Node::of_json(text));
            match root.flatten().as_ref().and_then(|root| Template::of(root, own_account)) {
                Some(template) => Found { policies: template.policies(), left_out: Vec::new() },
                None => match blanks(&json, text, own_account) {
                    Some(policy) => only(policy),
                    None => in_json(&json, text)?,
                },
            }
        }
        // What begins as a policy and is none is the policy checker's business, which says where it breaks off.
        Err(_) if text.trim_start().starts_with('{') => return Ok(only(bare(text))),
        Err(_) if is_terraform(text) => return Err(NoPolicy::Terraform),
        Err(_) => in_yaml(text, own_account)?,
    };
    match (found.policies.is_empty(), found.left_out.is_empty()) {
        (false, _) => Ok(found),
        (true, true) => Err(NoPolicy::NoRole),
        (true, false) => Err(NoPolicy::NotYetKnown(found.left_out)),
    }
}

/// Several documents may stand in one file; those that are nothing to us say nothing.
fn in_yaml(text: &str, own_account: Option<&str>) -> Result<Found, NoPolicy> {
    let documents = yaml::documents(text).map_err(NoPolicy::NotYaml)?;
    let documents: Vec<Node> = documents.into_iter().filter(|node| !node.entries().is_empty()).collect();
    let mut all = Found::default();
    let mut fault = NoPolicy::NotJson;
    for root in &documents {
        if let Some(template) = Template::of(root, own_account) {
            all.policies.extend(template.policies());
            fault = NoPolicy::NoRole;
            continue;
        }
        match in_json(&root.to_json(), text) {
            Ok(found) => {
                let placed = |policy: FoundPolicy| {
                    let steps = match &policy.lines {
                        Lines::Behind { steps, .. } => steps.as_slice(),
                        Lines::Of(_) => &[],
                    };
                    let (node, line) = root.at(steps);
                    let lines = Lines::Of(if steps.is_empty() { root.clone() } else { node.standing_at(line) });
                    // A bare policy is what the document says, as JSON.
                    let text = if steps.is_empty() { root.to_json().to_string() } else { policy.text };
                    FoundPolicy { text, lines, ..policy }
                };
                all.policies.extend(found.policies.into_iter().map(placed));
                all.left_out.extend(found.left_out);
                fault = NoPolicy::NoRole;
            }
            Err(of) => fault = of,
        }
    }
    if all == Found::default() { Err(fault) } else { Ok(all) }
}

fn in_json(json: &Value, text: &str) -> Result<Found, NoPolicy> {
    let key = |name: &str| Step::Key(name.to_owned());
    let mut left_out = Vec::new();
    let policies = if json.get("Statement").is_some() {
        return Ok(only(bare(text)));
    } else if let Some(role) = json.get("Role").filter(|role| role.is_object()) {
        role_of_iam(role, vec![key("Role")]).into_iter().collect()
    } else if let Some((name, roles)) =
        ["Roles", "RoleDetailList"].into_iter().find_map(|name| Some((name, json.get(name)?.as_array()?)))
    {
        let each = roles.iter().enumerate();
        each.filter_map(|(index, role)| role_of_iam(role, vec![key(name), Step::Index(index)])).collect()
    } else if json.get("AssumeRolePolicyDocument").is_some() {
        role_of_iam(json, Vec::new()).into_iter().collect()
    } else if let Some(module) = json.get("planned_values").and_then(|values| values.get("root_module")) {
        let mut found = Vec::new();
        terraform(module, vec![key("planned_values"), key("root_module")], &mut found, &mut left_out);
        found
    } else {
        return Err(NoPolicy::UnknownForm);
    };
    Ok(Found { policies, left_out })
}

/// Returns a policy with blanks that another tool fills in, as Terraform's `templatefile` does: `${external_id}`. A policy's
/// own variables have a colon in them, or are one character.
fn blanks(json: &Value, text: &str, own_account: Option<&str>) -> Option<FoundPolicy> {
    json.get("Statement")?;
    let node = text.contains("${").then(|| Node::of_json(text)).flatten()?;
    template::with_blanks(node, own_account)
}

/// Whether a line begins as a block of Terraform's does.
fn is_terraform(text: &str) -> bool {
    let blocks =
        ["resource \"", "data \"", "module \"", "variable \"", "provider \"", "locals {", "terraform {", "output \""];
    text.lines().any(|line| blocks.iter().any(|block| line.starts_with(block)) && line.trim_end().ends_with('{'))
}

fn only(policy: FoundPolicy) -> Found {
    Found { policies: vec![policy], left_out: Vec::new() }
}

fn bare(text: &str) -> FoundPolicy {
    FoundPolicy {
        role: None,
        role_arn: None,
        used: None,
        text: text.to_owned(),
        lines: Lines::Behind { steps: Vec::new(), in_string: false },
        when: None,
        names: BTreeMap::new(),
        supposed: Vec::new(),
    }
}

/// IAM itself answers with a string, in percent-encoding; the AWS CLI makes JSON of it.
fn role_of_iam(role: &Value, mut steps: Vec<Step>) -> Option<FoundPolicy> {
    let document = role.get("AssumeRolePolicyDocument")?;
    steps.push(Step::Key("AssumeRolePolicyDocument".to_owned()));
    let text = |name: &str| role.get(name).and_then(Value::as_str).map(str::to_owned);
    let last = role.get("RoleLastUsed");
    let used = text("CreateDate")
        .filter(|_| last.is_some())
        .map(|made| Used { made, last: last.and_then(|last| last.get("LastUsedDate")?.as_str()).map(str::to_owned) });
    let (policy, in_string) = text_of(document);
    Some(FoundPolicy {
        role: text("RoleName"),
        role_arn: text("Arn"),
        used,
        lines: Lines::Behind { steps, in_string },
        ..bare(&policy)
    })
}

/// Returns a policy as text, and whether it was one.
fn text_of(document: &Value) -> (String, bool) {
    match document {
        Value::String(text) => (decoded(text), true),
        other => (other.to_string(), false),
    }
}

/// Undoes the percent-encoding that IAM sends policies in. Source: IAM API Reference, `Role`, RFC 3986.
pub fn decoded(text: &str) -> String {
    if !text.trim_start().starts_with("%7B") && !text.trim_start().starts_with("%7b") {
        return text.to_owned();
    }
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What is known only after the plan is applied is not in it. Source: Terraform, "JSON Output Format", "Values
/// Representation".
fn terraform(module: &Value, steps: Vec<Step>, found: &mut Vec<FoundPolicy>, left_out: &mut Vec<String>) {
    let key = |name: &str| Step::Key(name.to_owned());
    let items = |name: &str| module.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let roles = items("resources").iter().enumerate();
    let is_role = |resource: &Value| {
        resource.get("type").and_then(Value::as_str) == Some("aws_iam_role")
            && resource.get("mode").and_then(Value::as_str) != Some("data")
    };
    for (index, resource) in roles.filter(|(_, resource)| is_role(resource)) {
        let address = resource.get("address").and_then(Value::as_str).map(str::to_owned);
        let values = resource.get("values");
        let Some(document) = values.and_then(|values| values.get("assume_role_policy")?.as_str()) else {
            left_out.push(address.unwrap_or_else(|| "aws_iam_role".to_owned()));
            continue;
        };
        let mut steps = steps.clone();
        steps.extend([key("resources"), Step::Index(index), key("values"), key("assume_role_policy")]);
        let role_arn = values.and_then(|values| values.get("arn")?.as_str()).map(str::to_owned);
        found.push(FoundPolicy {
            role: address,
            role_arn,
            lines: Lines::Behind { steps, in_string: true },
            ..bare(document)
        });
    }
    for (index, child) in items("child_modules").iter().enumerate() {
        let mut steps = steps.clone();
        steps.extend([key("child_modules"), Step::Index(index)]);
        terraform(child, steps, found, left_out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

    fn only(text: &str) -> FoundPolicy {
        let found = policies_in(text, Some("111122223333")).unwrap().policies;
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    #[test]
    fn a_policy_is_found_in_whatever_it_came_in() {
        assert_eq!(only(POLICY).text, POLICY);
        let role = |document: &str| {
            format!(
                r#"{{"RoleName":"R","Arn":"arn:aws:iam::1:role/R","CreateDate":"2026-01-01T00:00:00Z","AssumeRolePolicyDocument":{document},"RoleLastUsed":{{}}}}"#
            )
        };
        let encoded = format!("\"{}\"", POLICY.replace('{', "%7B").replace('}', "%7D").replace('"', "%22"));
        for document in [POLICY, &encoded] {
            for text in [
                format!(r#"{{"Role":{}}}"#, role(document)),
                format!(r#"{{"Roles":[{}]}}"#, role(document)),
                format!(r#"{{"UserDetailList":[],"RoleDetailList":[{}]}}"#, role(document)),
                role(document),
            ] {
                let found = only(&text);
                assert_eq!((found.role.as_deref(), found.text.as_str()), (Some("R"), POLICY), "{text}");
                assert_eq!(found.used, Some(Used { made: "2026-01-01T00:00:00Z".to_owned(), last: None }));
            }
        }
    }

    #[test]
    fn a_terraform_plan_has_roles_in_its_modules() {
        let role = |address: &str| serde_json::json!({"address": address, "type": "aws_iam_role", "values": {"assume_role_policy": POLICY}});
        let plan = serde_json::json!({"planned_values": {"root_module": {
            "resources": [{"type": "aws_s3_bucket", "values": {}}, role("aws_iam_role.a")],
            "child_modules": [{"resources": [role("module.m.aws_iam_role.b")]}],
        }}});
        let found = policies_in(&plan.to_string(), None).unwrap().policies;
        let names: Vec<_> = found.iter().map(|found| found.role.as_deref().unwrap()).collect();
        assert_eq!(names, ["aws_iam_role.a", "module.m.aws_iam_role.b"]);
        assert!(found.iter().all(|found| found.text == POLICY));
    }

    #[test]
    fn a_role_of_a_plan_whose_policy_comes_with_it_is_named() {
        let role = |address: &str, values: Value| serde_json::json!({"address": address, "type": "aws_iam_role", "values": values});
        let plan = |roles: Vec<Value>| {
            serde_json::json!({"planned_values": {"root_module": {"resources": roles}}}).to_string()
        };
        let (known, later) = (
            role("aws_iam_role.a", serde_json::json!({"assume_role_policy": POLICY})),
            role("aws_iam_role.b", serde_json::json!({"name": "b"})),
        );
        let found = policies_in(&plan(vec![known, later.clone()]), None).unwrap();
        assert_eq!((found.policies.len(), found.left_out), (1, vec!["aws_iam_role.b".to_owned()]));
        let none = policies_in(&plan(vec![later]), None);
        assert_eq!(none, Err(NoPolicy::NotYetKnown(vec!["aws_iam_role.b".to_owned()])));
    }

    #[test]
    fn yaml_is_read_as_json_is_and_keeps_its_lines() {
        let key = |name: &str| Step::Key(name.to_owned());
        let place = vec![key("Statement"), Step::Index(1), key("Condition")];
        let text = "# trust\nVersion: 2012-10-17\nStatement:\n  - Sid: a\n  - Sid: b\n    Condition: {}\n";
        let bare = only(text);
        assert_eq!(bare.text, r#"{"Version":"2012-10-17","Statement":[{"Sid":"a"},{"Sid":"b","Condition":{}}]}"#);
        assert_eq!(bare.lines.line(text, place.clone()), 6);
        let inner: String = text.lines().skip(1).map(|line| format!("    {line}\n")).collect();
        let role = format!("Role:\n  RoleName: R\n  AssumeRolePolicyDocument:\n{inner}");
        assert_eq!((only(&role).role.as_deref(), only(&role).lines.line(&role, place.clone())), (Some("R"), 8));
        let template = format!(
            "---\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n{}",
            inner.lines().map(|line| format!("    {line}\n")).collect::<String>()
        );
        assert_eq!(only(&template).lines.line(&template, place.clone()), 11);
        let json = template_json();
        assert_eq!(only(&json).lines.line(&json, place), 5);
    }

    fn template_json() -> String {
        "{\"Resources\": {\"R\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": {\n\"AssumeRolePolicyDocument\": {\"Statement\": [\n{\"Sid\": \"a\"},\n{\"Sid\": \"b\",\n\"Condition\": {}}]}}}}}".to_owned()
    }

    #[test]
    fn what_has_no_policy_says_why() {
        let why = |text: &str| policies_in(text, None).map(|found| found.policies.len());
        assert_eq!(why("Resources:\n  Role: {Type: AWS::S3::Bucket}\n"), Err(NoPolicy::NoRole));
        assert!(matches!(why("a:\n  - b\n c\n"), Err(NoPolicy::NotYaml(NotYaml { line: 3, .. }))));
        assert_eq!(why("resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n"), Err(NoPolicy::Terraform));
        assert_eq!(why("{\"Buckets\":[]}"), Err(NoPolicy::UnknownForm));
        assert_eq!(why("apiVersion: v1\nkind: Pod\n"), Err(NoPolicy::UnknownForm));
        assert_eq!(why("{\"Roles\":[]}"), Err(NoPolicy::NoRole));
        for text in ["hello there", "", "---\n", "- a\n"] {
            assert_eq!(why(text), Err(NoPolicy::NotJson), "{text:?}");
        }
        assert_eq!(only("{\"Statement\": [").text, "{\"Statement\": [");
    }
}
