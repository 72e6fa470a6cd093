//! Whom policies can tell apart: everyone they name, and of each account somebody else.

use std::collections::BTreeSet;

use super::super::condition::{Condition, Test};
use super::super::context::{Context, Request};
use super::super::document::{Document, Statement};
use super::super::pattern::{Pattern, Token};
use super::super::principal::{Principal, PrincipalPattern, Principals};
use super::candidates::STRANGE;
use super::words::{Texts, Word, apart};

/// Everyone.
#[derive(Clone, Debug)]
pub(super) struct Everyone {
    pub(super) principals: Vec<Principal>,
    pub(super) complete: bool,
}

/// An account that stands for all that no policy names.
pub(in crate::policy) const STRANGERS: [&str; 3] = ["909090909090", "909090909091", "909090909092"];

/// Returns a principal for each way in which these documents can look at one. The accounts are looked at besides those
/// that the documents name.
pub(super) fn everyone(documents: &[&Document], accounts: &[String]) -> Everyone {
    let mut found = Gathered::default();
    found.accounts.extend(accounts.iter().cloned());
    let statements = || documents.iter().flat_map(|document| &document.statements);
    for pattern in statements().flat_map(named) {
        found.add(pattern);
    }
    let conditions: Vec<&Condition> = statements().flat_map(|statement| &statement.conditions).collect();
    for text in conditions.iter().flat_map(|condition| &condition.values) {
        found.accounts.extend(accounts_in(text));
    }
    let stranger = STRANGERS.iter().find(|account| !found.accounts.contains(**account)).unwrap_or(&STRANGERS[0]);
    found.accounts.insert((*stranger).to_owned());
    if found.partitions.is_empty() {
        found.partitions.insert("aws".to_owned());
    }
    let mut complete = true;
    let mut principals: Vec<Principal> = Vec::new();
    let names = names(&conditions);
    for partition in &found.partitions {
        for account in &found.accounts {
            let arns = |kind: &str| {
                let begins = format!("arn:{partition}:iam::{account}:{kind}/");
                let others = apart(&words_of_arns(&conditions, partition, account), &begins);
                (begins, others)
            };
            let (begins, users) = arns("user");
            complete &= users.complete;
            let named = found.arns.iter().filter(|arn| arn.starts_with(&begins)).cloned();
            for arn in with_names(users, &begins, &names).into_iter().chain(named) {
                principals.push(Principal::User { arn, account: account.clone() });
            }
            let (begins, roles) = arns("role");
            complete &= roles.complete;
            let named: Vec<String> = found.arns.iter().filter(|arn| arn.starts_with(&begins)).cloned().collect();
            for arn in with_names(roles, &begins, &BTreeSet::new()).into_iter().chain(named.iter().cloned()) {
                principals.push(session(&arn, account, partition, STRANGE));
            }
            let begins = format!("arn:{partition}:sts::{account}:assumed-role/");
            for (role, name) in found.arns.iter().filter_map(|arn| arn.strip_prefix(&begins)?.split_once('/')) {
                let ways = with_paths(role, &conditions, partition, account);
                complete &= ways.complete;
                let plain = format!("arn:{partition}:iam::{account}:role/{role}");
                let same_name = ways.texts.into_iter().filter(|arn| arn.rsplit('/').next() == Some(role));
                // A policy may name the session, and its role by another path.
                let named = named.iter().filter(|arn| arn.rsplit('/').next() == Some(role)).cloned();
                for arn in same_name.chain(named).chain([plain]) {
                    principals.push(session(&arn, account, partition, name));
                    principals.push(session(&arn, account, partition, STRANGE));
                }
            }
        }
    }
    found.providers.extend([format!("arn:aws:iam::{stranger}:saml-provider/{STRANGE}"), "z.example.com".to_owned()]);
    found.services.insert("z.amazonaws.com".to_owned());
    principals.extend(found.providers.into_iter().map(|provider| Principal::Federated { provider }));
    principals.extend(found.services.into_iter().map(|name| Principal::Service { name }));
    let mut seen = BTreeSet::new();
    principals.retain(|principal| seen.insert(format!("{principal:?}")));
    Everyone { principals, complete }
}

#[derive(Default)]
struct Gathered {
    partitions: BTreeSet<String>,
    accounts: BTreeSet<String>,
    arns: BTreeSet<String>,
    providers: BTreeSet<String>,
    services: BTreeSet<String>,
}

impl Gathered {
    fn add(&mut self, pattern: &PrincipalPattern) {
        match pattern {
            PrincipalPattern::Account { partition, account } => {
                self.accounts.insert(account.clone());
                self.partitions.extend(partition.clone());
            }
            PrincipalPattern::Arn(arn) => {
                self.accounts.extend(accounts_in(arn));
                self.partitions.extend(arn.split(':').nth(1).map(str::to_owned));
                self.arns.insert(arn.clone());
            }
            PrincipalPattern::Federated(provider) => {
                self.providers.insert(provider.clone());
            }
            PrincipalPattern::Service(name) => {
                self.services.insert(name.clone());
            }
            PrincipalPattern::Everyone
            | PrincipalPattern::Deleted(_)
            | PrincipalPattern::WildcardArn(_)
            | PrincipalPattern::CanonicalUser(_) => {}
        }
    }
}

fn named(statement: &Statement) -> &[PrincipalPattern] {
    match &statement.principals {
        None => &[],
        Some(Principals::Only(patterns) | Principals::AllBut(patterns)) => patterns,
    }
}

pub(in crate::policy) fn session(role_arn: &str, account: &str, partition: &str, name: &str) -> Principal {
    let role = role_arn.rsplit('/').next().unwrap_or_default();
    Principal::AssumedRole {
        session_arn: format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}"),
        role_arn: role_arn.to_owned(),
        account: account.to_owned(),
    }
}

/// Every run of exactly twelve digits.
fn accounts_in(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 12).map(str::to_owned).collect()
}

/// What conditions make of the ARN of somebody in that account.
fn words_of_arns(conditions: &[&Condition], partition: &str, account: &str) -> Vec<Word> {
    let nobody = asking(partition, account);
    let about = conditions.iter().filter(|condition| condition.key.name() == "aws:principalarn");
    let words = |patterns: &[Pattern], any_case: Option<bool>| -> Vec<Word> {
        let tokens = patterns.iter().filter_map(|pattern| pattern.tokens(&nobody));
        match any_case {
            Some(any_case) => tokens.map(|tokens| Word::of_text(&tokens, any_case)).collect(),
            None => tokens.filter_map(|tokens| Word::of_arn(&tokens)).collect(),
        }
    };
    about
        .flat_map(|condition| match &condition.test {
            Test::Text(patterns) => words(patterns, Some(false)),
            Test::TextOfAnyCase(patterns) => words(patterns, Some(true)),
            Test::Arn(patterns) => words(patterns, None),
            Test::Truth(_) | Test::Number(_, _) | Test::Time(_, _) | Test::Address(_) | Test::Absence(_) => Vec::new(),
        })
        .collect()
}

/// The roles of that name under the paths that conditions tell apart: a session's ARN does not have its role's path.
fn with_paths(role: &str, conditions: &[&Condition], partition: &str, account: &str) -> Texts {
    let begins = format!("arn:{partition}:iam::{account}:role/");
    let just = |text: &str| text.chars().map(Token::Just).collect::<Vec<_>>();
    let of_that_name = [just(&begins), vec![Token::AnyMany], just(&format!("/{role}"))].concat();
    let mut words = words_of_arns(conditions, partition, account);
    words.push(Word::of_text(&of_that_name, false));
    apart(&words, &begins)
}

fn asking(partition: &str, account: &str) -> Request {
    Request {
        action: String::new(),
        resource: String::new(),
        principal: session(&format!("arn:{partition}:iam::{account}:role/{STRANGE}"), account, partition, STRANGE),
        context: Context::new(),
    }
}

/// The user names that conditions on `aws:username` tell apart.
fn names(conditions: &[&Condition]) -> BTreeSet<String> {
    let about = conditions.iter().filter(|condition| condition.key.name() == "aws:username");
    about.flat_map(|condition| condition.values.clone()).map(|name| name.replace(['*', '?'], STRANGE)).collect()
}

fn with_names(others: Texts, begins: &str, names: &BTreeSet<String>) -> Vec<String> {
    let short = |arn: &String| arn.len() > begins.len();
    let mut arns: Vec<String> = others.texts.into_iter().filter(short).collect();
    arns.extend(names.iter().map(|name| format!("{begins}{name}")));
    arns
}
