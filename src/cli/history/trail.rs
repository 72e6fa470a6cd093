//! What CloudTrail tells, in the words of a person and as JSON.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::wanted::Wanted;
use crate::cli::stdout;
use crate::error::Error;
use crate::person::plain;
use crate::session::Entry;
use crate::terms::show_time;
use crate::trust::history::{Activity, Actor, Call, Deed, Onward, Story, Text};

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

/// What was done with the sessions, and with those that were had with them.
pub(super) struct Doings<'a> {
    onward: Onward<'a>,
    pub(super) activity: Activity,
    /// The keys of the sessions that are shown by themselves.
    shown: HashSet<&'a str>,
}

impl<'a> Doings<'a> {
    /// Begins to count for the sessions that those calls gave, and for all that came of these.
    pub(super) fn of(calls: &[&'a Call], story: &'a Story) -> Self {
        let onward = story.onward();
        let mut keys = BTreeSet::new();
        for key in calls.iter().filter_map(|call| call.event.issued_key.as_ref()) {
            keys.extend(onward.of(key).iter().filter_map(|call| call.event.issued_key.clone()));
            keys.insert(key.clone());
        }
        let shown = calls.iter().filter_map(|call| call.event.issued_key.as_deref()).collect();
        Self { onward, activity: Activity::of_keys(keys), shown }
    }
}

impl<'a> Doings<'a> {
    /// The sessions that came of that one and are not shown by themselves.
    fn hidden(&self, key: &str) -> Vec<&'a Call> {
        let mut onward = self.onward.of(key);
        onward.retain(|call| call.event.issued_key.as_deref().is_none_or(|key| !self.shown.contains(key)));
        onward
    }
}

/// How much is written at once.
const PIECE: usize = 64 * 1024;

/// What is shown.
pub(super) struct Page<'a> {
    pub(super) story: &'a Story,
    pub(super) calls: &'a [&'a Call],
    pub(super) doings: Option<&'a Doings<'a>>,
    /// What was made from here, and by which program, by the key that was had.
    pub(super) ledger: &'a HashMap<&'a str, &'a Entry>,
}

impl Page<'_> {
    fn entry_of(&self, call: &Call) -> Option<&Entry> {
        self.ledger.get(call.event.issued_key.as_deref()?).copied()
    }

    /// Writes it, piece by piece: the whole of it takes many times the room of the story.
    pub(super) fn print(&self, as_json: bool) -> Result<(), Error> {
        let mut piece = String::new();
        if as_json {
            piece.push_str("{\"events\": [\n");
        }
        for (number, call) in self.calls.iter().enumerate() {
            if as_json {
                piece.push_str(if number == 0 { "" } else { ",\n" });
                piece.push_str(stdout::json(&self.call_as_json(call)).trim_end());
            } else {
                self.call_as_text(call, &mut piece);
            }
            if piece.len() > PIECE {
                stdout::print(&piece)?;
                piece.clear();
            }
        }
        if as_json {
            piece.push_str("\n]}\n");
        }
        stdout::print(&piece)
    }

    fn call_as_text(&self, call: &Call, page: &mut String) {
        let mut line = |text: &str| {
            page.push_str(&plain(text));
            page.push('\n');
        };
        let event = &call.event;
        let asked = event.role_arn.as_deref().map_or_else(|| event.operation.to_string(), str::to_owned);
        let what = if event.error.is_some() { "refused" } else { "became" };
        line(&format!("{}  {}  {what}  {asked}", show_time(event.time), name(&event.actor)));
        for detail in self.details(call) {
            line(&format!("    {detail}"));
        }
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
        lines.retain(|line| !line.is_empty());
        if let (Some(doings), Some(key)) = (self.doings, event.issued_key.as_deref()) {
            lines.extend(Self::done(doings, key));
        }
        lines
    }

    /// What was done with a session, and with those that came of it and are not shown by themselves.
    fn done(doings: &Doings<'_>, key: &str) -> Vec<String> {
        let mut lines: Vec<String> = doings.activity.of(key).map(|deed| format!("did {}", told(&deed))).collect();
        for next in doings.hidden(key) {
            let event = &next.event;
            let role = event.role_arn.as_deref().unwrap_or(&event.operation);
            lines.push(format!("then became {role} at {}", show_time(event.time)));
            let done = event.issued_key.as_deref().into_iter().flat_map(|key| doings.activity.of(key));
            lines.extend(done.map(|deed| format!("  did {}", told(&deed))));
        }
        if lines.is_empty() {
            lines.push("did nothing that is recorded here".to_owned());
        }
        lines
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
        if let Some(doings) = self.doings {
            let key = event.issued_key.as_deref().unwrap_or_default();
            shown["activity"] = doings.activity.of(key).map(|deed| deed_as_json(&deed)).collect();
            let onward = doings.hidden(key).into_iter().map(|next| {
                let mut shown = short(next);
                let key = next.event.issued_key.as_deref().unwrap_or_default();
                shown["access_key_id"] = json!(key);
                shown["activity"] = doings.activity.of(key).map(|deed| deed_as_json(&deed)).collect();
                shown
            });
            shown["onward"] = onward.collect();
        }
        shown
    }
}

/// `s3 PutObject AccessDenied 3 times in eu-west-1, from TIME to TIME`
fn told(deed: &Deed<'_>) -> String {
    let Deed { service, operation, error, tally } = deed;
    let error = error.map(|code| format!(" {code}")).unwrap_or_default();
    let regions: Vec<&str> = tally.regions.iter().map(String::as_str).collect();
    let place = if regions.is_empty() { String::new() } else { format!(" in {}", regions.join(", ")) };
    let (first, last) = (show_time(tally.first), show_time(tally.last));
    match tally.count {
        1 => format!("{service} {operation}{error} once{place}, at {first}"),
        count if first == last => format!("{service} {operation}{error} {count} times{place}, at {first}"),
        count => format!("{service} {operation}{error} {count} times{place}, from {first} to {last}"),
    }
}

fn deed_as_json(deed: &Deed<'_>) -> Value {
    json!({
        "service": deed.service,
        "operation": deed.operation,
        "error": deed.error,
        "count": deed.tally.count,
        "first": show_time(deed.tally.first),
        "last": show_time(deed.tally.last),
        "regions": deed.tally.regions,
    })
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
