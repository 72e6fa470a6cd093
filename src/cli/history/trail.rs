//! What CloudTrail tells, in the words of a person and as JSON.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::wanted::Wanted;
use crate::cli::stdout;
use crate::person::plain;
use crate::session::Entry;
use crate::terms::show_time;
use crate::trust::history::{Activity, Actor, Call, Story, Text};

/// Whoever sits at this machine: by what its ledger and its config know.
#[derive(Debug)]
pub(super) struct Me {
    keys: HashSet<String>,
    session_name: String,
}

impl Me {
    pub(super) fn of(ledger: &[Entry], session_name: &str) -> Self {
        let keys = ledger.iter().filter_map(|entry| entry.access_key_id.clone()).collect();
        Self { keys, session_name: session_name.to_owned() }
    }

    fn made(&self, call: &Call) -> bool {
        let is_mine = |key: &Option<Text>| key.as_deref().is_some_and(|key| self.keys.contains(key));
        let event = &call.event;
        is_mine(&event.issued_key)
            || is_mine(&event.actor.key)
            || event.session_name.as_deref() == Some(self.session_name.as_str())
    }
}

/// Returns the calls that are asked for, oldest first.
pub(super) fn find<'s>(story: &'s Story, wanted: &Wanted, me: Option<&Me>) -> Vec<&'s Call> {
    let mut calls = story.calls();
    calls.retain(|call| {
        let event = &call.event;
        let is_role = wanted.role.as_ref().is_none_or(|role| event.role_arn.as_deref().is_some_and(|arn| role.is(arn)));
        is_role
            && (!wanted.denied || event.error.is_some())
            && wanted.is_recent(Some(event.time))
            && me.is_none_or(|me| me.made(call))
    });
    calls
}

/// What is shown.
pub(super) struct Page<'a> {
    pub(super) story: &'a Story,
    pub(super) calls: &'a [&'a Call],
    pub(super) activity: Option<&'a Activity>,
    /// What was made from here, and by which program.
    pub(super) ledger: &'a [Entry],
}

impl Page<'_> {
    fn entry_of(&self, call: &Call) -> Option<&Entry> {
        let key = call.event.issued_key.as_deref()?;
        self.ledger.iter().find(|entry| entry.access_key_id.as_deref() == Some(key))
    }

    pub(super) fn text(&self) -> String {
        let mut page = String::new();
        let mut line = |text: &str| {
            page.push_str(&plain(text));
            page.push('\n');
        };
        for call in self.calls {
            let event = &call.event;
            let asked = event.role_arn.as_deref().map_or_else(|| event.operation.to_string(), str::to_owned);
            let what = if event.error.is_some() { "refused" } else { "became" };
            line(&format!("{}  {}  {what}  {asked}", show_time(event.time), name(&event.actor)));
            for detail in self.details(call) {
                line(&format!("    {detail}"));
            }
        }
        page
    }

    fn details(&self, call: &Call) -> Vec<String> {
        let event = &call.event;
        let said = |what: &str, text: &Option<Text>| text.as_ref().map(|text| format!("{what} {text}"));
        let mfa = match &event.mfa_serial {
            Some(serial) => Some(format!("with a code of {serial}")),
            None => event.actor.mfa.then(|| "by a session with MFA".to_owned()),
        };
        let by = event.user_agent.as_ref().map(|agent| format!("by {agent}"));
        let first = [
            (&*event.operation != "AssumeRole").then(|| event.operation.to_string()),
            said("session", &event.session_name),
            said("external ID", &event.external_id),
            said("source identity", &event.source_identity),
            mfa,
            said("from", &event.source_ip),
            by,
            said("in", &event.region),
        ];
        let trails: Vec<&str> = call.seen_in.iter().map(|account| &**account).collect();
        let mut lines = vec![first.into_iter().flatten().collect::<Vec<_>>().join(", ")];
        lines.extend(event.error.as_ref().map(|code| format!("AWS answered {code}")));
        lines.extend((trails.len() > 1).then(|| format!("in the trails of {}", trails.join(" and "))));
        lines.extend(self.story.chain(call).iter().map(|before| {
            let role = before.event.role_arn.as_deref().unwrap_or(&before.event.operation);
            format!("chained from {role}, which {} got at {}", name(&before.event.actor), show_time(before.event.time))
        }));
        lines.extend(self.entry_of(call).map(|entry| {
            format!("made on this machine as {}, by {}", entry.profile, entry.program.as_deref().unwrap_or("a program"))
        }));
        lines.extend(self.done(call).map(|(service, operation, error, count)| {
            let error = error.map(|code| format!(" {code}")).unwrap_or_default();
            format!("did {service} {operation}{error} {count} times")
        }));
        lines.retain(|line| !line.is_empty());
        lines
    }

    fn done(&self, call: &Call) -> impl Iterator<Item = (&str, &str, Option<&str>, u64)> {
        let key = call.event.issued_key.as_deref();
        self.activity.zip(key).into_iter().flat_map(|(activity, key)| activity.of(key))
    }

    pub(super) fn json(&self) -> String {
        // One after the other: all of them as a tree take many times the room of their text.
        let calls: Vec<String> =
            self.calls.iter().map(|call| stdout::json(&self.call_as_json(call)).trim_end().to_owned()).collect();
        format!("{{\"events\": [\n{}\n]}}\n", calls.join(",\n"))
    }

    fn call_as_json(&self, call: &Call) -> Value {
        let event = &call.event;
        let chain: Vec<Value> = self.story.chain(call).iter().map(|before| short(before)).collect();
        let mut shown = json!({
            "time": show_time(event.time),
            "operation": &*event.operation,
            "event_id": event.id.as_deref(),
            "shared_event_id": event.shared_id.as_deref(),
            "region": event.region.as_deref(),
            "trails": call.seen_in.iter().map(|account| &**account).collect::<Vec<_>>(),
            "by": who(&event.actor),
            "source_ip": event.source_ip.as_deref(),
            "user_agent": event.user_agent.as_deref(),
            "role_arn": event.role_arn.as_deref(),
            "session_name": event.session_name.as_deref(),
            "external_id": event.external_id.as_deref(),
            "source_identity": event.source_identity.as_deref(),
            "mfa_serial": event.mfa_serial.as_deref(),
            "access_key_id": event.issued_key.as_deref(),
            "error": event.error.as_deref(),
            "chain": chain,
            "ledger": self.entry_of(call),
        });
        if self.activity.is_some() {
            let done = self.done(call).map(|(service, operation, error, count)| {
                json!({ "service": service, "operation": operation, "error": error, "count": count })
            });
            shown["activity"] = done.collect();
        }
        shown
    }
}

fn short(call: &Call) -> Value {
    let event = &call.event;
    json!({
        "time": show_time(event.time),
        "event_id": event.id.as_deref(),
        "role_arn": event.role_arn.as_deref(),
        "session_name": event.session_name.as_deref(),
        "by": who(&event.actor),
    })
}

fn who(actor: &Actor) -> Value {
    json!({
        "type": actor.kind.as_deref(),
        "arn": actor.arn.as_deref(),
        "principal_id": actor.principal_id.as_deref(),
        "account": actor.account.as_deref(),
        "user_name": actor.user_name.as_deref(),
        "access_key_id": actor.key.as_deref(),
        "mfa": actor.mfa,
        "invoked_by": actor.invoked_by.as_deref(),
    })
}

/// Returns the best that is known of somebody.
fn name(actor: &Actor) -> String {
    let account = actor.account.as_deref().map(|account| format!(" of account {account}")).unwrap_or_default();
    let id = actor.principal_id.as_deref().map(|id| format!("{id}{account}"));
    let best = actor.arn.as_deref().or(actor.invoked_by.as_deref()).map(str::to_owned);
    let best = best.or_else(|| actor.user_name.as_deref().map(str::to_owned)).or(id);
    best.unwrap_or_else(|| format!("somebody{account}"))
}
