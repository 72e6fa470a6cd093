//! What stands in a policy for a value that a template does not tell.
//!
//! It has the form that belongs to its place, is the same for a name each time, and is nothing that anybody would guess:
//! whatever the value will be, it is demanded, and whoever it names is somebody else.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::super::lint::Step;
use super::node::{Entry, Is, Node};

/// Mark the name of a value that is not known, until its place says what form it has. Source: Unicode, private use.
const BEGINS: char = '\u{e000}';
const ENDS: char = '\u{e001}';
/// A colon in a name, which must not be taken for one of an ARN.
const COLON: char = '\u{e002}';

/// Returns what stands for a value that is not known, until it is settled.
pub(super) fn unknown(name: &str) -> String {
    let name: String = name.chars().filter(|c| ![BEGINS, ENDS].contains(c)).collect();
    format!("{BEGINS}{}{ENDS}", name.replace(':', &COLON.to_string()))
}

/// What stood for what.
pub(super) struct Settled {
    account: String,
    /// The accounts that stand for unknown ones, each with the name of the value.
    pub(super) accounts: BTreeMap<String, String>,
    names: BTreeSet<String>,
    /// The issuer whose claims the statement at hand speaks of: an unknown provider is that issuer's.
    issuer: Option<String>,
}

/// The form that a place asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    Aws,
    Provider { saml: bool },
    Service,
    Key,
    ExternalId,
    Account,
    Organization,
    Arn,
    Word,
}

impl Settled {
    pub(super) fn new(account: &str) -> Self {
        Self { account: account.to_owned(), accounts: BTreeMap::new(), names: BTreeSet::new(), issuer: None }
    }

    /// What was supposed.
    pub(super) fn supposed(&self) -> impl Iterator<Item = String> {
        self.names.iter().map(|name| format!("`{name}` is not known, and is supposed to have a value of its own"))
    }

    /// Settles a policy.
    pub(super) fn document(&mut self, policy: Node) -> Node {
        let is_saml =
            |statement: &Node| statement.get("Action").is_some_and(|one| one.to_json().to_string().contains("SAML"));
        let line = policy.line;
        let Is::Map(elements) = policy.is else { return self.all(policy, Form::Word) };
        let mut settled = Vec::new();
        for element in elements {
            let value = match (element.key.as_str(), element.value.is) {
                ("Statement", Is::List(items)) => {
                    let items = items.into_iter().map(|item| {
                        let saml = is_saml(&item);
                        self.statement(item, saml)
                    });
                    Node { line: element.value.line, is: Is::List(items.collect()) }
                }
                ("Statement", is @ Is::Map(_)) => {
                    let one = Node { line: element.value.line, is };
                    let saml = is_saml(&one);
                    self.statement(one, saml)
                }
                (_, is) => self.all(Node { line: element.value.line, is }, Form::Word),
            };
            settled.push(Entry { value, ..element });
        }
        Node { line, is: Is::Map(settled) }
    }

    fn statement(&mut self, statement: Node, saml: bool) -> Node {
        let keys = statement.get("Condition").map(Node::entries).unwrap_or_default();
        let keys = keys.iter().flat_map(|operator| operator.value.entries()).map(|entry| entry.key.clone());
        self.issuer = keys.into_iter().find_map(|key| {
            let (issuer, claim) = key.rsplit_once(':')?;
            let is_claim = ["aud", "sub"].contains(&claim) && issuer.contains(['.', BEGINS]);
            is_claim.then(|| self.text(issuer, Form::Key))
        });
        self.walk(
            statement,
            &mut |path: &[Step]| {
                let key = |at: usize| match path.get(at) {
                    Some(Step::Key(key)) => key.as_str(),
                    Some(Step::Index(_)) | None => "",
                };
                match (key(0), key(1)) {
                    ("Principal" | "NotPrincipal", "Federated") => Form::Provider { saml },
                    ("Principal" | "NotPrincipal", "Service") => Form::Service,
                    ("Principal" | "NotPrincipal", _) => Form::Aws,
                    ("Condition", _) => match key(2).to_ascii_lowercase().as_str() {
                        "sts:externalid" => Form::ExternalId,
                        "aws:sourceaccount" | "aws:principalaccount" | "aws:resourceaccount" => Form::Account,
                        "aws:principalorgid" | "aws:sourceorgid" | "aws:resourceorgid" => Form::Organization,
                        "aws:sourcearn" | "aws:principalarn" => Form::Arn,
                        _ => Form::Word,
                    },
                    _ => Form::Word,
                }
            },
            &mut Vec::new(),
        )
    }

    fn all(&mut self, node: Node, form: Form) -> Node {
        self.walk(node, &mut |_: &[Step]| form, &mut Vec::new())
    }

    fn walk(&mut self, node: Node, form: &mut impl FnMut(&[Step]) -> Form, path: &mut Vec<Step>) -> Node {
        let line = node.line;
        let is = match node.is {
            Is::Text(text) => Is::Text(self.text(&text, form(path))),
            Is::List(items) => Is::List(items.into_iter().map(|item| self.walk(item, form, path)).collect()),
            Is::Map(entries) => {
                let of = |entry: Entry| {
                    let key = self.text(&entry.key, Form::Key);
                    path.push(Step::Key(key.clone()));
                    let value = self.walk(entry.value, form, path);
                    path.pop();
                    Entry { key, line: entry.line, value }
                };
                Is::Map(entries.into_iter().map(of).collect())
            }
            other @ (Is::Null | Is::Plain(_)) => other,
        };
        Node { line, is }
    }

    /// Settles a text of no known place.
    pub(super) fn plain(&mut self, text: &str) -> String {
        self.text(text, Form::Word)
    }

    fn text(&mut self, text: &str, form: Form) -> String {
        if !text.contains(BEGINS) {
            return text.to_owned();
        }
        let whole =
            text.strip_prefix(BEGINS).and_then(|rest| rest.strip_suffix(ENDS)).filter(|name| !name.contains(BEGINS));
        match whole {
            Some(name) => {
                self.names.insert(shown(name));
                self.whole(name, form)
            }
            None if text.starts_with("arn:") => self.arn(text),
            None => self.parts(text, |settled, name| match form {
                Form::ExternalId => random(name),
                Form::Account => settled.stand_in_account(name),
                Form::Key => host(name),
                Form::Aws | Form::Provider { .. } | Form::Service | Form::Organization | Form::Arn | Form::Word => {
                    word(name)
                }
            }),
        }
    }

    fn whole(&mut self, name: &str, form: Form) -> String {
        let is_account = name.to_ascii_lowercase().contains("account");
        match form {
            Form::Account => self.stand_in_account(name),
            Form::Aws if is_account => self.stand_in_account(name),
            Form::Aws | Form::Arn => format!("arn:aws:iam::{}:role/{}", self.stand_in_account(name), word(name)),
            Form::Provider { saml: true } => format!("arn:aws:iam::{}:saml-provider/{}", self.account, word(name)),
            Form::Provider { saml: false } => {
                let issuer = self.issuer.clone().unwrap_or_else(|| host(name));
                format!("arn:aws:iam::{}:oidc-provider/{issuer}", self.account)
            }
            Form::Service => format!("{}.amazonaws.com", word(name).to_ascii_lowercase()),
            Form::Key => host(name),
            Form::Organization => format!("o-{}", &hex::encode(Sha256::digest(name))[..10]),
            Form::ExternalId => random(name),
            Form::Word => word(name),
        }
    }

    fn arn(&mut self, text: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (at, part) in text.splitn(6, ':').enumerate() {
            parts.push(self.parts(part, |settled, name| match at {
                1 => "aws".to_owned(),
                4 => settled.stand_in_account(name),
                5 if part.starts_with("oidc-provider/") => host(name),
                _ => word(name),
            }));
        }
        parts.join(":")
    }

    fn parts(&mut self, text: &str, of: impl Fn(&mut Self, &str) -> String) -> String {
        let mut done = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(BEGINS) {
            let (name, after) = after.split_once(ENDS).unwrap_or((after, ""));
            self.names.insert(shown(name));
            done.push_str(before);
            done.push_str(&of(self, name));
            rest = after;
        }
        done + rest
    }

    fn stand_in_account(&mut self, name: &str) -> String {
        let account: String = Sha256::digest(name).iter().take(12).map(|byte| char::from(b'0' + byte % 10)).collect();
        self.accounts.insert(account.clone(), format!("whatever {} will be", shown(name)));
        account
    }
}

fn shown(name: &str) -> String {
    name.replace(COLON, ":")
}

fn random(name: &str) -> String {
    let hex = hex::encode(Sha256::digest(name));
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}

fn word(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(64).collect::<String>();
    letters.trim_matches('-').to_owned()
}

fn host(name: &str) -> String {
    format!("{}.invalid", word(name).to_ascii_lowercase())
}
