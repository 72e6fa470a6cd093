//! `assume trust check --diff`: who gains or loses the role.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::stdout;
use crate::person::plain;
use crate::policy::describe::principal;
use crate::policy::diff::{Access, Change, Circumstance, Difference};
use crate::policy::lint::Around;

/// What a change does, with what is needed to say it.
pub(super) struct Told<'a> {
    pub(super) difference: &'a Difference,
    pub(super) around: &'a Around,
    /// Both texts: what they name is called by its name.
    pub(super) texts: [&'a str; 2],
}

impl Told<'_> {
    /// Whether somebody gains, or may.
    pub(super) fn is_wider(&self) -> bool {
        let difference = self.difference;
        difference.changes.iter().any(Change::is_gain) || !difference.undecided.is_empty() || !difference.complete
    }

    fn who(&self, of: &crate::policy::Principal) -> String {
        let named = |name: &str| {
            let quoted = format!("\"{name}\"");
            self.texts.iter().any(|text| text.contains(&quoted))
        };
        principal(of, self.around, &named)
    }

    /// Returns it for people.
    pub(super) fn text(&self) -> String {
        let mut alike: BTreeMap<(bool, String), Vec<String>> = BTreeMap::new();
        for change in &self.difference.changes {
            let said = format!("{} {}{}", verb(change), change.action, when(change));
            let whom = alike.entry((change.is_gain(), said)).or_default();
            let who = self.who(&change.principal);
            if !whom.contains(&who) {
                whom.push(who);
            }
        }
        let mut text = String::new();
        for ((is_gain, said), whom) in alike.iter().rev() {
            let sign = if *is_gain { '+' } else { '-' };
            let mut lines = said.lines();
            text.push_str(&format!("{sign} {} {}\n", plain(&whom.join(", ")), plain(lines.next().unwrap_or_default())));
            lines.for_each(|line| text.push_str(&format!("    {}\n", plain(line))));
        }
        for (who, action) in &self.difference.undecided {
            let who = self.who(who);
            text.push_str(&format!("? {} and {action}: too many kinds of requests to compare them all\n", plain(&who)));
        }
        if !self.difference.complete {
            text.push_str("? not every kind of request was compared: a policy variable takes the value of another key, or a key has too many values\n");
        }
        if text.is_empty() {
            text.push_str("nobody gains or loses the role\n");
        }
        text
    }

    /// Returns it as JSON.
    pub(super) fn json(&self) -> String {
        let circumstance = |one: &Circumstance| json!({ "key": one.key, "absent": one.absent, "values": one.values, "any_other": one.others });
        let change = |change: &Change| {
            let when: Vec<Value> =
                change.when.iter().map(|all| all.iter().map(circumstance).collect::<Vec<_>>().into()).collect();
            json!({
                "who": self.who(&change.principal),
                "action": change.action,
                "before": name(change.before),
                "after": name(change.after),
                "gains": change.is_gain(),
                "when": when,
            })
        };
        let undecided = self.difference.undecided.iter();
        stdout::json(&json!({
            "changes": self.difference.changes.iter().map(change).collect::<Vec<_>>(),
            "undecided": undecided.map(|(who, action)| json!({ "who": self.who(who), "action": action })).collect::<Vec<_>>(),
            "complete": self.difference.complete && self.difference.undecided.is_empty(),
            "compared": u64::try_from(self.difference.compared).unwrap_or(u64::MAX),
        }))
    }
}

fn verb(change: &Change) -> &'static str {
    match (change.before, change.after) {
        (Access::No, Access::Yes) => "may now",
        (Access::No, Access::IfOwnPoliciesAllow) => "may now, if policies of their own allow it,",
        (Access::IfOwnPoliciesAllow, Access::Yes) => "may now, without a policy of their own,",
        (Access::Yes, Access::IfOwnPoliciesAllow) => "needs now a policy of their own to",
        (Access::Yes | Access::IfOwnPoliciesAllow, Access::No) => "may no longer",
        (Access::No, Access::No)
        | (Access::Yes, Access::Yes)
        | (Access::IfOwnPoliciesAllow, Access::IfOwnPoliciesAllow) => "may as before",
    }
}

fn name(access: Access) -> &'static str {
    match access {
        Access::No => "no",
        Access::IfOwnPoliciesAllow => "if-own-policies-allow",
        Access::Yes => "yes",
    }
}

fn when(change: &Change) -> String {
    let all = |one: &Vec<Circumstance>| one.iter().map(spoken).collect::<Vec<_>>().join(" and ");
    match change.when.as_slice() {
        [] => String::new(),
        [one] if one.is_empty() => String::new(),
        [one] => format!(" when {}", all(one)),
        several => several.iter().fold(" when one of these holds:".to_owned(), |text, one| text + "\n" + &all(one)),
    }
}

fn spoken(one: &Circumstance) -> String {
    let mut can: Vec<String> = one.values.iter().map(|value| format!("`{value}`")).collect();
    if one.others {
        can.push("any other value".to_owned());
    }
    match (one.absent, can.is_empty()) {
        (true, true) => format!("{} is not there", one.key),
        (true, false) => format!("{} is {} or not there", one.key, can.join(" or ")),
        (false, _) => format!("{} is {}", one.key, can.join(" or ")),
    }
}
