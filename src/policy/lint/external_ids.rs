//! The external IDs that a policy names: whether they can be sent, guessed, or are somebody else's too.

use std::collections::{BTreeMap, BTreeSet};

use super::super::available::ASSUME_ROLE;
use super::super::classes::{Found, Space};
use super::super::condition::{Condition, Operator};
use super::super::external_id::{Judgement, Weakness, judge};
use super::super::principal::PrincipalPattern;
use super::case::{Case, Hit, patterns, somebody_of};
use super::partners::EXTERNAL_ID;
use super::rules;
use super::{Among, Finding};
use crate::terms::ExternalId;

/// Every condition that names external IDs which are let in.
fn demands<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (usize, &'a Condition)> {
    case.conditions().filter(|(_, condition)| {
        condition.key.name() == EXTERNAL_ID
            && !condition.operator.is_negated()
            && matches!(
                condition.operator,
                Operator::StringEquals
                    | Operator::StringEqualsIgnoreCase
                    | Operator::StringLike
                    | Operator::ArnLike
                    | Operator::ArnEquals
            )
    })
}

fn takes_wildcards(condition: &Condition) -> bool {
    matches!(condition.operator, Operator::StringLike | Operator::ArnLike | Operator::ArnEquals)
}

/// `TP-EXTID-WILDCARD`.
pub(super) fn wildcard(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, condition) in demands(case).filter(|(_, condition)| takes_wildcards(condition)) {
        for value in condition.values.iter().filter(|value| without_escapes(value).contains(['*', '?'])) {
            let text = format!("`{value}` stands for more than one external ID");
            hits.push(Hit::new(text).at_condition(index, condition));
        }
    }
    hits
}

/// `${*}` and `${?}` are the characters themselves.
fn without_escapes(value: &str) -> String {
    value.replace("${*}", "").replace("${?}", "").replace("${$}", "$")
}

/// `TP-EXTID-FORMAT`.
pub(super) fn format(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, condition) in demands(case) {
        for value in condition.values.iter().filter(|value| !value.contains("${")) {
            let meant =
                if takes_wildcards(condition) { format!("{}aa", value.replace(['*', '?'], "")) } else { value.clone() };
            if let Err(error) = meant.parse::<ExternalId>() {
                hits.push(Hit::new(format!("no external ID can be `{value}`: {error}")).at_condition(index, condition));
            }
        }
    }
    hits
}

/// `TP-EXTID-WEAK`.
pub(super) fn weak(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    // What a service of AWS's sends is for AWS to choose: `vmimport`, or the account's own id.
    let of_partners = |index: usize| {
        let named = case.document().statements.get(index).map(patterns).unwrap_or_default();
        named.is_empty() || !named.iter().all(|who| matches!(who, PrincipalPattern::Service(_)))
    };
    for (index, condition) in demands(case).filter(|(index, _)| of_partners(*index)) {
        for value in literals(condition) {
            if let Judgement::Weak(reasons) = judge(value) {
                let reasons: Vec<String> = reasons.iter().map(Weakness::to_string).collect();
                let text = format!("the external ID `{value}` may be guessed: {}", reasons.join("; "));
                hits.push(Hit::new(text).at_condition(index, condition));
            }
        }
    }
    hits
}

/// The external IDs that a condition names as they are.
fn literals(condition: &Condition) -> impl Iterator<Item = &String> {
    let wild = takes_wildcards(condition);
    condition.values.iter().filter(move |value| !(value.contains("${") || wild && value.contains(['*', '?'])))
}

/// Returns which of others' accounts get in by which external IDs.
fn partners_by_id(case: &Case<'_>, space: &Space<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let ids: BTreeSet<String> = demands(case).flat_map(|(_, condition)| literals(condition)).cloned().collect();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (account, _) in case.partners() {
        for id in &ids {
            let with_id = |name: &str, values: &[String]| name != EXTERNAL_ID || values.contains(id);
            // Who gets in without one does not get in by it.
            let without = |name: &str, values: &[String]| name != EXTERNAL_ID || values.is_empty();
            let gets_in = |found: Found| matches!(found, Found::Yes(_));
            if gets_in(somebody_of(&account, case, space, ASSUME_ROLE, &with_id))
                && !gets_in(somebody_of(&account, case, space, ASSUME_ROLE, &without))
            {
                found.entry(id.clone()).or_default().insert(account.clone());
            }
        }
    }
    found
}

/// `TP-EXTID-MULTI`.
pub(super) fn several(case: &Case<'_>) -> Vec<Hit> {
    let mut of_account: BTreeMap<String, usize> = BTreeMap::new();
    for account in partners_by_id(case, &case.space()).into_values().flatten() {
        *of_account.entry(account).or_default() += 1;
    }
    let Some((index, condition)) = demands(case).next() else { return Vec::new() };
    let several = of_account.into_iter().filter(|(_, count)| *count > 1);
    several
        .map(|(account, count)| {
            let text = format!("account {} gets in by any of {count} external IDs", case.around.named(&account));
            Hit::new(text).at_condition(index, condition)
        })
        .collect()
}

/// `TP-EXTID-REUSED`, within one policy.
pub(super) fn reused(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (id, accounts) in partners_by_id(case, &case.space()) {
        let partners: BTreeSet<&String> =
            accounts.iter().map(|account| case.around.known.get(account).unwrap_or(account)).collect();
        let at = demands(case).find(|(_, condition)| condition.values.contains(&id));
        if let (true, Some((index, condition))) = (partners.len() > 1, at) {
            let named: Vec<String> = accounts.iter().map(|account| case.around.named(account)).collect();
            let text = format!("`{id}` is the external ID of several accounts: {}", named.join(", "));
            hits.push(Hit::new(text).at_condition(index, condition));
        }
    }
    hits
}

/// `TP-EXTID-REUSED`, among policies: the same ID for two partners, or for two accounts of ours.
pub(super) fn reused_among(policies: &[Among<'_>]) -> Vec<(usize, Finding)> {
    let mut uses: BTreeMap<String, Vec<(usize, String, Option<String>)>> = BTreeMap::new();
    for (number, policy) in policies.iter().enumerate() {
        let case = Case::new(policy.text, policy.around);
        if !policy.text.to_ascii_lowercase().contains(EXTERNAL_ID) {
            continue;
        }
        for (id, accounts) in partners_by_id(&case, &case.space()) {
            for account in accounts {
                let partner = policy.around.known.get(&account).unwrap_or(&account).clone();
                uses.entry(id.clone()).or_default().push((number, partner, policy.around.account().map(str::to_owned)));
            }
        }
    }
    let mut found = Vec::new();
    for (id, uses) in uses {
        let partners: BTreeSet<&String> = uses.iter().map(|(_, partner, _)| partner).collect();
        let customers: BTreeSet<&String> = uses.iter().filter_map(|(_, _, account)| account.as_ref()).collect();
        let numbers: BTreeSet<usize> = uses.iter().map(|(number, _, _)| *number).collect();
        if numbers.len() < 2 || (partners.len() < 2 && customers.len() < 2) {
            continue;
        }
        let list = |names: &BTreeSet<&String>| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        let message = if partners.len() > 1 {
            format!("`{id}` is the external ID of several partners: {}", list(&partners))
        } else {
            format!("`{id}` is the external ID for several accounts: {}", list(&customers))
        };
        for number in numbers {
            let case = Case::new(policies[number].text, policies[number].around);
            let at = demands(&case).find(|(_, condition)| condition.values.contains(&id));
            if let Some((index, condition)) = at {
                let hit = Hit::default().at_condition(index, condition);
                let place = case.place(hit.statement, hit.elements);
                let rule = &rules::EXTID_REUSED;
                found.push((number, Finding { rule, severity: rule.severity, message: message.clone(), place }));
            }
        }
    }
    found
}
