//! The roles of a CloudFormation template, with its functions worked out as far as a template tells.
//!
//! What it does not tell is never guessed into safety. A parameter without a default has a value that nobody knows
//! (`unknown` says what stands for it), and where a condition decides, the policy is looked at both ways. SAM's functions
//! and the Serverless Framework's `resources` are read the same way.
//!
//! Source: CloudFormation User Guide, "Intrinsic function reference" and "Pseudo parameters reference"; AWS SAM Developer
//! Guide, "AWS::Serverless::Function"; Serverless Framework, "Variables".

use std::collections::{BTreeMap, BTreeSet};

use super::node::{Entry, Is, Node};
use super::unknown::{Settled, unknown};
use super::{FoundPolicy, Lines, decoded};

/// Stands for the account of a template where ours is not known.
const OWN: &str = "000000000000";

/// With more conditions, not every combination is looked at.
const MOST_CONDITIONS: usize = 6;

/// A template, and what is known around it.
pub(super) struct Template<'a> {
    pub(super) parameters: Option<&'a Node>,
    pub(super) mappings: Option<&'a Node>,
    pub(super) resources: &'a Node,
    /// Whether `${self:…}` and its like are the Serverless Framework's.
    pub(super) serverless: bool,
    pub(super) account: &'a str,
}

impl<'a> Template<'a> {
    /// Returns the template that this is, where it is one.
    pub(super) fn of(root: &'a Node, own_account: Option<&'a str>) -> Option<Self> {
        let is_map = |node: &&Node| matches!(node.is, Is::Map(_));
        let (body, serverless) = match root.get("Resources").filter(is_map) {
            Some(_) => (root, false),
            None => (root.get("resources").filter(|one| one.get("Resources").filter(is_map).is_some())?, true),
        };
        Some(Self {
            parameters: body.get("Parameters"),
            mappings: body.get("Mappings"),
            resources: body.get("Resources")?,
            serverless,
            account: own_account.unwrap_or(OWN),
        })
    }

    /// Returns its trust policies: more than one of a role where conditions make different ones.
    pub(super) fn policies(&self) -> Vec<FoundPolicy> {
        self.resources.entries().iter().flat_map(|entry| self.policies_of(entry)).collect()
    }

    fn policies_of(&self, entry: &Entry) -> Vec<FoundPolicy> {
        let kind = entry.value.get("Type").and_then(Node::text);
        let document = entry.value.get("Properties").and_then(|properties| properties.get("AssumeRolePolicyDocument"));
        let (Some("AWS::IAM::Role" | "AWS::Serverless::Function"), Some(document)) = (kind, document) else {
            return Vec::new();
        };
        let mut names = BTreeSet::new();
        conditions_in(document, &mut names);
        let names: Vec<&str> = names.into_iter().collect();
        let mut found: Vec<FoundPolicy> = Vec::new();
        for choice in choices(&names) {
            let mut work = Work { template: self, choice: &choice, supposed: BTreeSet::new() };
            let Some(policy) = work.value(document) else { continue };
            let (text, lines, settled) = settled(policy, self.account);
            if found.iter().any(|known| known.text == text) {
                continue;
            }
            if names.len() > MOST_CONDITIONS {
                work.suppose("not every combination of its conditions was looked at");
            }
            let mut supposed: Vec<String> = work.supposed.into_iter().collect();
            supposed.extend(settled.supposed());
            found.push(FoundPolicy {
                role: Some(entry.key.clone()),
                role_arn: Some(format!("arn:aws:iam::{}:role/{}", self.account, entry.key)),
                used: None,
                text,
                lines,
                when: when(&choice),
                names: settled.accounts,
                supposed,
            });
        }
        if let [only] = found.as_mut_slice() {
            only.when = None;
        }
        found
    }

    fn resource_type(&self, name: &str) -> Option<&'a str> {
        self.resources.get(name)?.get("Type")?.text()
    }
}

/// A policy as text, with a line for each place, and what stands in it for what is not known.
fn settled(policy: Node, account: &str) -> (String, Lines, Settled) {
    let mut settled = Settled::new(account);
    if let Is::Text(text) = &policy.is {
        let text = decoded(text);
        let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        return match Node::of_json(&text).filter(|_| is_json) {
            Some(inside) => {
                let inside = settled.document(inside);
                (inside.to_json().to_string(), Lines::Of(Node::text_of("", policy.line)), settled)
            }
            None => (settled.plain(&text), Lines::Of(Node::text_of("", policy.line)), settled),
        };
    }
    let policy = settled.document(policy);
    (policy.to_json().to_string(), Lines::Of(policy), settled)
}

/// Returns a policy whose blanks are filled with what nobody knows, where it has any.
pub(super) fn with_blanks(policy: Node, own_account: Option<&str>) -> Option<FoundPolicy> {
    let account = own_account.unwrap_or(OWN);
    let (text, lines, settled) = settled(filled(policy), account);
    let supposed: Vec<String> = settled.supposed().collect();
    let names = settled.accounts;
    (!supposed.is_empty()).then(|| FoundPolicy { text, lines, names, supposed, ..super::bare("") })
}

fn filled(node: Node) -> Node {
    let line = node.line;
    let is = match node.is {
        Is::Text(text) => Is::Text(without_blanks(&text)),
        Is::List(items) => Is::List(items.into_iter().map(filled).collect()),
        Is::Map(entries) => {
            let of =
                |entry: Entry| Entry { key: without_blanks(&entry.key), line: entry.line, value: filled(entry.value) };
            Is::Map(entries.into_iter().map(of).collect())
        }
        other @ (Is::Null | Is::Plain(_)) => other,
    };
    Node { line, is }
}

fn without_blanks(text: &str) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        done.push_str(before);
        match inside(after) {
            Some((name, after))
                if name.len() > 1 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.".contains(&b)) =>
            {
                done.push_str(&unknown(name));
                rest = after;
            }
            Some(_) | None => {
                done.push_str("${");
                rest = after;
            }
        }
    }
    done + rest
}

type Choice<'a> = BTreeMap<&'a str, bool>;

/// Returns how the conditions can turn out: every way, or where there are too many, each by itself.
fn choices<'a>(names: &[&'a str]) -> Vec<Choice<'a>> {
    if names.len() <= MOST_CONDITIONS {
        let all = (0_u32..1 << names.len()).rev();
        let choice = |bits: u32| names.iter().enumerate().map(|(at, name)| (*name, bits >> at & 1 == 1)).collect();
        return all.map(choice).collect();
    }
    let but = |odd: Option<&str>, rest: bool| {
        names.iter().map(|name| (*name, (Some(*name) == odd) != rest)).collect::<Choice<'_>>()
    };
    let odd = || std::iter::once(None).chain(names.iter().map(|name| Some(*name)));
    odd().map(|odd| but(odd, true)).chain(odd().map(|odd| but(odd, false))).collect()
}

fn when(choice: &Choice<'_>) -> Option<String> {
    let each = choice.iter().map(|(name, holds)| if *holds { (*name).to_owned() } else { format!("not {name}") });
    (!choice.is_empty()).then(|| each.collect::<Vec<_>>().join(" and "))
}

fn conditions_in<'a>(node: &'a Node, names: &mut BTreeSet<&'a str>) {
    for entry in node.entries() {
        if entry.key == "Fn::If" {
            names.extend(entry.value.items().first().and_then(Node::text));
        }
        conditions_in(&entry.value, names);
    }
    node.items().iter().for_each(|item| conditions_in(item, names));
}

struct Work<'a> {
    template: &'a Template<'a>,
    choice: &'a Choice<'a>,
    supposed: BTreeSet<String>,
}

impl Work<'_> {
    /// Returns what a value comes to; nothing for `AWS::NoValue`.
    fn value(&mut self, node: &Node) -> Option<Node> {
        let line = node.line;
        let is = match &node.is {
            Is::Map(entries) => match entries.as_slice() {
                [one] if one.key == "Ref" || one.key.starts_with("Fn::") => {
                    return self.function(&one.key, &one.value);
                }
                entries => {
                    let of = |entry: &Entry| {
                        let key =
                            if self.template.serverless { self.text(&entry.key, false) } else { entry.key.clone() };
                        Some(Entry { key, line: entry.line, value: self.value(&entry.value)? })
                    };
                    Is::Map(entries.iter().filter_map(of).collect())
                }
            },
            Is::List(items) => Is::List(items.iter().filter_map(|item| self.value(item)).collect()),
            Is::Text(text) if self.template.serverless => Is::Text(self.text(text, false)),
            other @ (Is::Null | Is::Plain(_) | Is::Text(_)) => other.clone(),
        };
        Some(Node { line, is })
    }

    fn function(&mut self, function: &str, of: &Node) -> Option<Node> {
        let line = of.line;
        let text = |text: String| Some(Node::text_of(text, line));
        let not_known = || text(unknown(&short(function, of)));
        match (function, &of.is) {
            ("Ref", Is::Text(name)) if name == "AWS::NoValue" => None,
            ("Ref", Is::Text(name)) => Some(self.reference(name, line)),
            ("Fn::Sub", Is::Text(of)) => text(self.text(of, true)),
            ("Fn::Sub", Is::List(list)) => {
                let mut of = list.first().and_then(Node::text).unwrap_or_default().to_owned();
                for entry in list.get(1).map(Node::entries).unwrap_or_default() {
                    let value = self.value(&entry.value);
                    let value =
                        value.as_ref().and_then(Node::scalar).map_or_else(|| unknown(&entry.key), str::to_owned);
                    of = of.replace(&format!("${{{}}}", entry.key), &value);
                }
                text(self.text(&of, true))
            }
            ("Fn::Join", Is::List(list)) => {
                let between = list.first().and_then(Node::text).unwrap_or_default();
                let parts = list.get(1).and_then(|parts| self.value(parts));
                match parts.as_ref().map(|parts| &parts.is) {
                    Some(Is::List(parts)) => {
                        text(parts.iter().filter_map(Node::scalar).collect::<Vec<_>>().join(between))
                    }
                    Some(Is::Text(one)) => text(one.clone()),
                    _ => not_known(),
                }
            }
            ("Fn::If", Is::List(list)) => {
                let name = list.first().and_then(Node::text).unwrap_or_default();
                let holds = self.choice.get(name).copied().unwrap_or(true);
                list.get(if holds { 1 } else { 2 }).and_then(|value| self.value(value))
            }
            ("Fn::Split", Is::List(list)) => {
                let between = list.first().and_then(Node::text).unwrap_or_default();
                let whole = list.get(1).and_then(|whole| self.value(whole));
                let whole = whole.as_ref().and_then(Node::text).map_or_else(|| unknown("Split"), str::to_owned);
                let parts = whole.split(between).map(|part| Node::text_of(part, line)).collect();
                Some(Node { line, is: Is::List(parts) })
            }
            ("Fn::Select", Is::List(list)) => {
                let index = list.first().and_then(Node::scalar).and_then(|index| index.parse::<usize>().ok());
                let from = list.get(1).and_then(|from| self.value(from));
                let chosen = index.and_then(|index| from.as_ref()?.items().get(index).cloned());
                chosen.or_else(not_known)
            }
            ("Fn::FindInMap", Is::List(list)) => {
                let mut at = self.template.mappings;
                for key in list {
                    let key = self.value(key);
                    at = key.as_ref().and_then(Node::scalar).and_then(|key| at?.get(key));
                }
                at.cloned().or_else(not_known)
            }
            ("Fn::GetAtt", Is::List(list)) => {
                let parts: Vec<&str> = list.iter().filter_map(Node::text).collect();
                text(self.attribute(&parts.join(".")))
            }
            ("Fn::GetAtt", Is::Text(name)) => text(self.attribute(name)),
            _ => not_known(),
        }
    }

    fn reference(&mut self, name: &str, line: usize) -> Node {
        let text = |text: &str| Node::text_of(text, line);
        let known = match name {
            "AWS::AccountId" => Some(self.template.account),
            "AWS::Partition" => Some("aws"),
            "AWS::Region" => Some("us-east-1"),
            "AWS::URLSuffix" => Some("amazonaws.com"),
            "AWS::StackName" => Some("stack"),
            _ => None,
        };
        if let Some(known) = known {
            return text(known);
        }
        if let Some(parameter) = self.template.parameters.and_then(|parameters| parameters.get(name)) {
            let kind = parameter.get("Type").and_then(Node::text).unwrap_or_default();
            // The default of such a one is where its value is kept.
            let is_kept = kind.starts_with("AWS::SSM::Parameter::Value");
            let default = parameter.get("Default").and_then(Node::scalar).filter(|text| !text.is_empty() && !is_kept);
            return match default {
                Some(default) => {
                    self.suppose("parameters are supposed to have their defaults");
                    if !kind.contains("List") {
                        return text(default);
                    }
                    let items = default.split(',').map(|item| text(item.trim())).collect();
                    Node { line, is: Is::List(items) }
                }
                None => text(&unknown(name)),
            };
        }
        if self.template.resource_type(name).is_some() {
            return text(&self.attribute(&format!("{name}.Arn")));
        }
        text(&unknown(name))
    }

    fn attribute(&mut self, name: &str) -> String {
        let (resource, attribute) = name.split_once('.').unwrap_or((name, "Arn"));
        let account = self.template.account;
        let kind = self.template.resource_type(resource).filter(|_| attribute == "Arn");
        match kind {
            Some("AWS::IAM::Role") => format!("arn:aws:iam::{account}:role/{resource}"),
            Some("AWS::IAM::User") => format!("arn:aws:iam::{account}:user/{resource}"),
            Some("AWS::IAM::SAMLProvider") => format!("arn:aws:iam::{account}:saml-provider/{resource}"),
            Some("AWS::IAM::OIDCProvider") => {
                format!("arn:aws:iam::{account}:oidc-provider/{}", self.issuer(resource))
            }
            Some(_) | None => unknown(name),
        }
    }

    fn issuer(&mut self, resource: &str) -> String {
        let url = self.template.resources.get(resource).and_then(|one| one.get("Properties")?.get("Url"));
        let url = url.and_then(|url| self.value(url));
        let url = url.as_ref().and_then(Node::text).map_or_else(|| unknown(resource), str::to_owned);
        url.trim_start_matches("https://").to_owned()
    }

    /// Puts values in for `${Name}`, and leaves `${!Name}` as `${Name}`; where it is no `Fn::Sub`, for the Serverless
    /// Framework's variables alone.
    fn text(&mut self, text: &str, is_sub: bool) -> String {
        let mut done = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            done.push_str(before);
            let Some((name, after)) = inside(after) else {
                done.push_str("${");
                rest = after;
                continue;
            };
            if let Some(value) = self.serverless_variable(name) {
                done.push_str(&value);
            } else if !is_sub {
                done.push_str(&format!("${{{name}}}"));
            } else if let Some(literal) = name.strip_prefix('!') {
                done.push_str(&format!("${{{literal}}}"));
            } else if name.contains(':') && !name.contains("::") {
                // A policy's own variable: aws:username and its like have one colon, pseudo parameters two.
                done.push_str(&format!("${{{name}}}"));
            } else {
                let name = name.trim();
                let value = if name.contains('.') { self.attribute(name) } else { self.in_text(name) };
                done.push_str(&value);
            }
            rest = after;
        }
        done + rest
    }

    fn in_text(&mut self, name: &str) -> String {
        let value = self.reference(name, 0);
        let items: Vec<&str> = value.items().iter().filter_map(Node::scalar).collect();
        value.scalar().map_or_else(|| items.join(","), str::to_owned)
    }

    fn serverless_variable(&self, name: &str) -> Option<String> {
        let (source, of) = name.split_once([':', '(']).filter(|_| self.template.serverless)?;
        match source {
            "aws" if of == "accountId" => Some(self.template.account.to_owned()),
            "aws" if of == "region" => Some("us-east-1".to_owned()),
            "self" | "opt" | "env" | "sls" | "param" | "file" | "cf" | "s3" | "ssm" | "strToBool" | "git" => {
                Some(unknown(of))
            }
            _ => None,
        }
    }

    fn suppose(&mut self, what: &str) {
        self.supposed.insert(what.to_owned());
    }
}

/// Splits behind the brace that closes what was opened before.
fn inside(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&text[..at], &text[at + 1..]));
        }
    }
    None
}

/// What a function that cannot be worked out is called.
fn short(function: &str, of: &Node) -> String {
    let name = function.trim_start_matches("Fn::");
    match of.text() {
        Some(text) => format!("{name} {text}"),
        None => format!("{name} {}", of.to_json()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::super::external_id::{Judgement, judge};
    use super::super::yaml;
    use super::*;

    fn policies(text: &str) -> Vec<FoundPolicy> {
        let root = yaml::documents(text).unwrap().remove(0);
        Template::of(&root, Some("111122223333")).unwrap().policies()
    }

    fn role(policy: &str) -> String {
        let policy: String = policy.lines().map(|line| format!("        {line}\n")).collect();
        format!(
            "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n{policy}"
        )
    }

    fn json(found: &FoundPolicy) -> Value {
        serde_json::from_str(&found.text).unwrap()
    }

    #[test]
    fn functions_are_worked_out() {
        let template = "
Parameters:
  Vendor: {Type: Number, Default: 444455556666}
  ExternalId: {Type: String}
Mappings:
  Accounts: {us-east-1: {Id: '777788889999'}}
Resources:
  Corp: {Type: AWS::IAM::SAMLProvider}
  GitHub: {Type: AWS::IAM::OIDCProvider, Properties: {Url: https://token.actions.githubusercontent.com}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Principal:
              AWS:
                - !Sub arn:${AWS::Partition}:iam::${Vendor}:root
                - !Join ['', ['arn:aws:iam::', !Ref AWS::AccountId, ':role/a']]
                - !FindInMap [Accounts, !Ref AWS::Region, Id]
                - !Select [1, !Split ['|', 'x|123456789012']]
              Federated: [!GetAtt Corp.Arn, !Ref GitHub]
            Condition: {StringEquals: {sts:ExternalId: !Ref ExternalId}}
";
        let found = policies(template);
        assert_eq!(found.len(), 1);
        let policy = json(&found[0]);
        let principal = &policy["Statement"][0]["Principal"];
        let expected =
            ["arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:role/a", "777788889999", "123456789012"];
        assert_eq!(principal["AWS"], serde_json::json!(expected));
        let providers = ["saml-provider/Corp", "oidc-provider/token.actions.githubusercontent.com"];
        let providers = providers.map(|provider| format!("arn:aws:iam::111122223333:{provider}"));
        assert_eq!(principal["Federated"], serde_json::json!(providers));
        let id = policy["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"].as_str().unwrap();
        assert!(matches!(judge(id), Judgement::Strong), "{id}");
        assert_eq!(found[0].role_arn.as_deref(), Some("arn:aws:iam::111122223333:role/Role"));
        assert!(found[0].supposed.iter().any(|what| what.contains("ExternalId")), "{:?}", found[0].supposed);
    }

    #[test]
    fn both_ways_of_a_condition_are_looked_at() {
        let found = policies(&role(
            "Statement:
  - Principal: {AWS: '444455556666'}
    Condition: !If [HasId, {StringEquals: {sts:ExternalId: !Ref Id}}, !Ref AWS::NoValue]
  - !If [IsProd, {Principal: {AWS: '1'}}, !Ref AWS::NoValue]",
        ));
        let said: Vec<_> = found
            .iter()
            .map(|found| {
                let policy = json(found);
                let statements = policy["Statement"].as_array().unwrap();
                (found.when.as_deref().unwrap(), statements[0].get("Condition").is_some(), statements.len())
            })
            .collect();
        let expected = [
            ("HasId and IsProd", true, 2),
            ("HasId and not IsProd", true, 1),
            ("not HasId and IsProd", false, 2),
            ("not HasId and not IsProd", false, 1),
        ];
        let mut sorted = said.clone();
        sorted.sort();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn a_policy_that_no_condition_changes_is_one() {
        let found = policies(&role("Statement:\n  - Sid: !If [A, x, x]"));
        assert_eq!((found.len(), found[0].when.as_deref()), (1, None));
    }

    #[test]
    fn many_conditions_are_looked_at_each_by_itself() {
        let each: String = (0..8).map(|at| format!("  - !If [C{at}, {{Sid: s{at}}}, !Ref AWS::NoValue]\n")).collect();
        let found = policies(&role(&format!("Statement:\n{each}")));
        assert_eq!(found.len(), 18);
        assert!(found[0].supposed.iter().any(|what| what.contains("not every combination")));
    }

    #[test]
    fn what_has_no_default_or_an_empty_one_is_not_known() {
        let template = role("Statement:\n  - Condition: {StringEquals: {sts:ExternalId: !Ref Id}}");
        for default in ["", "\n    Default: ''", "\n    Default:"] {
            let found = policies(&format!("Parameters:\n  Id:\n    Type: String{default}\n{template}"));
            let policy = json(&found[0]);
            let id = policy["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"].as_str().unwrap();
            assert!(matches!(judge(id), Judgement::Strong), "{default:?}: {id}");
        }
        let kept = "Parameters:\n  Id: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /id}\n";
        assert!(!policies(&format!("{kept}{template}"))[0].text.contains("/id"));
    }

    #[test]
    fn a_serverless_file_and_a_function_of_sam_have_roles_too() {
        let text = "
service: x
resources:
  Resources:
    Role:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument:
          Statement:
            - Principal: {AWS: 'arn:aws:iam::${self:custom.accounts.${opt:stage}}:root', Service: '${aws:username}'}
    Function:
      Type: AWS::Serverless::Function
      Properties: {AssumeRolePolicyDocument: {Statement: []}}
";
        let found = policies(text);
        assert_eq!(found.len(), 2);
        let policy = json(&found[0]);
        let arn = policy["Statement"][0]["Principal"]["AWS"].as_str().unwrap();
        let account = arn.strip_prefix("arn:aws:iam::").unwrap().strip_suffix(":root").unwrap();
        assert!(account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()), "{arn}");
        assert!(found[0].names.contains_key(account));
        assert_eq!(policy["Statement"][0]["Principal"]["Service"], "${aws:username}");
    }

    #[test]
    fn a_policy_in_a_text_is_read_too() {
        let found = policies(&role(
            "Fn::Sub: |\n  {\"Statement\": [{\"Condition\": {\"StringEquals\": {\"${Issuer}:sub\": \"a\"}}}]}",
        ));
        assert!(found[0].text.contains("issuer.invalid:sub"), "{}", found[0].text);
    }
}
