//! Trust policies in the files that people have: a bare policy, what the AWS CLI answers, a CloudFormation template, a
//! Terraform plan.

mod template;

use serde_json::Value;

use super::lint::Step;

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
    /// The steps that lead to it in the file.
    pub steps: Vec<Step>,
    /// Whether it stands in a string there, so that it has one line only.
    pub in_string: bool,
    /// What had to be supposed.
    pub supposed: Vec<String>,
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
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    NotJson(String),
    /// It looks like YAML, which we do not read.
    #[error("it looks like YAML, which is not read here; give it as JSON")]
    Yaml,
    /// It is JSON of no form that we know.
    #[error(
        "it is neither a trust policy, nor what `aws iam get-role`, `list-roles` or `get-account-authorization-details` \
         answers, nor a CloudFormation template, nor a Terraform plan (`terraform show -json`)"
    )]
    UnknownForm,
    /// There is no role in it.
    #[error("there is no role in it")]
    NoRole,
}

/// Returns the trust policies in the text of a file. `own_account` stands for the account of a template.
pub fn policies_in(text: &str, own_account: Option<&str>) -> Result<Vec<FoundPolicy>, NoPolicy> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json: Value = match serde_json::from_str(text) {
        Ok(json) => json,
        // What begins as a policy and is none is the policy checker's business, which says where it breaks off.
        Err(_) if text.trim_start().starts_with('{') => return Ok(vec![bare(text)]),
        Err(_) if looks_like_yaml(text) => return Err(NoPolicy::Yaml),
        Err(error) => return Err(NoPolicy::NotJson(error.to_string())),
    };
    let key = |name: &str| Step::Key(name.to_owned());
    let found = if json.get("Statement").is_some() {
        return Ok(vec![bare(text)]);
    } else if let Some(role) = json.get("Role").filter(|role| role.is_object()) {
        role_of_iam(role, vec![key("Role")]).into_iter().collect()
    } else if let Some((name, roles)) =
        ["Roles", "RoleDetailList"].into_iter().find_map(|name| Some((name, json.get(name)?.as_array()?)))
    {
        let each = roles.iter().enumerate();
        each.filter_map(|(index, role)| role_of_iam(role, vec![key(name), Step::Index(index)])).collect()
    } else if json.get("AssumeRolePolicyDocument").is_some() {
        role_of_iam(&json, Vec::new()).into_iter().collect()
    } else if json.get("Resources").is_some_and(Value::is_object) {
        template::policies(&json, own_account)
    } else if let Some(module) = json.get("planned_values").and_then(|values| values.get("root_module")) {
        let mut found = Vec::new();
        terraform(module, vec![key("planned_values"), key("root_module")], &mut found);
        found
    } else {
        return Err(NoPolicy::UnknownForm);
    };
    if found.is_empty() { Err(NoPolicy::NoRole) } else { Ok(found) }
}

fn looks_like_yaml(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    first.starts_with("---") || first.split_once(':').is_some_and(|(key, _)| !key.contains(['{', '"', ' ']))
}

fn bare(text: &str) -> FoundPolicy {
    FoundPolicy {
        role: None,
        role_arn: None,
        used: None,
        text: text.to_owned(),
        steps: Vec::new(),
        in_string: false,
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
        text: policy,
        steps,
        in_string,
        supposed: Vec::new(),
    })
}

/// Returns a policy as text, and whether it was one.
pub(super) fn text_of(document: &Value) -> (String, bool) {
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

/// Source: Terraform, "JSON Output Format", "Values Representation".
fn terraform(module: &Value, steps: Vec<Step>, found: &mut Vec<FoundPolicy>) {
    let key = |name: &str| Step::Key(name.to_owned());
    let items = |name: &str| module.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, resource) in items("resources").iter().enumerate() {
        let is_role = resource.get("type").and_then(Value::as_str) == Some("aws_iam_role");
        let document = resource.get("values").and_then(|values| values.get("assume_role_policy")?.as_str());
        let (true, Some(document)) = (is_role, document) else { continue };
        let mut steps = steps.clone();
        steps.extend([key("resources"), Step::Index(index), key("values"), key("assume_role_policy")]);
        let values = resource.get("values");
        let role_arn = values.and_then(|values| values.get("arn")?.as_str()).map(str::to_owned);
        found.push(FoundPolicy {
            role: resource.get("address").and_then(Value::as_str).map(str::to_owned),
            role_arn,
            steps,
            in_string: true,
            ..bare(document)
        });
    }
    for (index, child) in items("child_modules").iter().enumerate() {
        let mut steps = steps.clone();
        steps.extend([key("child_modules"), Step::Index(index)]);
        terraform(child, steps, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

    fn only(text: &str) -> FoundPolicy {
        let found = policies_in(text, Some("111122223333")).unwrap();
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
        let found = policies_in(&plan.to_string(), None).unwrap();
        let names: Vec<_> = found.iter().map(|found| found.role.as_deref().unwrap()).collect();
        assert_eq!(names, ["aws_iam_role.a", "module.m.aws_iam_role.b"]);
        assert!(found.iter().all(|found| found.text == POLICY && found.in_string));
    }

    #[test]
    fn what_has_no_policy_says_why() {
        assert_eq!(policies_in("Resources:\n  Role:\n", None), Err(NoPolicy::Yaml));
        assert_eq!(policies_in("---\n", None), Err(NoPolicy::Yaml));
        assert_eq!(policies_in("{\"Buckets\":[]}", None), Err(NoPolicy::UnknownForm));
        assert_eq!(policies_in("{\"Roles\":[]}", None), Err(NoPolicy::NoRole));
        assert!(matches!(policies_in("hello there", None), Err(NoPolicy::NotJson(_))));
        assert_eq!(only("{\"Statement\": [").text, "{\"Statement\": [");
    }
}
