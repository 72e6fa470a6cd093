//! `assume status`

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::stdout::{self, print};
use crate::error::Error;
use crate::handover::{EXPIRES_AT, PROFILE};
use crate::person::plain;
use crate::session::{Card, Cards};
use crate::terms::{show_duration, show_time};
use crate::world::World;

/// Show what is active in this shell and what is cached, without opening a secret store
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {
    /// Print JSON: `active` and `cached[]`
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &StatusArgs, world: &World) -> Result<ExitCode, Error> {
    let now = world.clock.now();
    let active = Active::in_shell(world);
    let mut cards = Cards::new(world).all();
    cards.retain(|(_, card)| card.expires_at > now);
    let cards: Vec<Card> = cards.into_iter().map(|(_, card)| card).collect();
    print(&if args.json { as_json(active.as_ref(), &cards, now) } else { as_text(active.as_ref(), &cards, now) })?;
    Ok(ExitCode::SUCCESS)
}

/// The role of this shell.
struct Active {
    profile: String,
    /// `None` where nobody knows, or where an SDK refreshes by itself.
    expires_at: Option<SystemTime>,
}

impl Active {
    fn in_shell(world: &World) -> Option<Self> {
        let profile = world.env.text(PROFILE)?.to_owned();
        let expires_at = world.env.text(EXPIRES_AT).and_then(|text| humantime::parse_rfc3339(text).ok());
        Some(Self { profile, expires_at })
    }
}

fn left(end: SystemTime, now: SystemTime) -> Duration {
    Duration::from_secs(end.duration_since(now).unwrap_or_default().as_secs())
}

fn as_text(active: Option<&Active>, cards: &[Card], now: SystemTime) -> String {
    let mut lines = vec![match active {
        None => "this shell: no role".to_owned(),
        Some(Active { profile, expires_at: None }) => format!("this shell: {profile}"),
        Some(Active { profile, expires_at: Some(end) }) if *end <= now => format!("this shell: {profile}, ended"),
        Some(Active { profile, expires_at: Some(end) }) => {
            format!("this shell: {profile}, {} left", show_duration(left(*end, now)))
        }
    }];
    lines.push(match cards.len() {
        0 => "cached: nothing".to_owned(),
        1 => "cached: 1 session".to_owned(),
        count => format!("cached: {count} sessions"),
    });
    let width = cards.iter().map(|card| card.profile.chars().count()).max().unwrap_or_default();
    lines.extend(cards.iter().map(|card| {
        let what = card.role_arn.as_deref().unwrap_or("MFA session");
        let left = show_duration(left(card.expires_at, now));
        let used = card.token_used.map_or_else(String::new, |used| format!(", token {used}% full"));
        format!(
            "  {:width$}  {left} left  {what}  (from {}, {} store{used})",
            card.profile,
            card.identity,
            card.store.as_str()
        )
    }));
    lines.iter().map(|line| format!("{}\n", plain(line))).collect()
}

fn as_json(active: Option<&Active>, cards: &[Card], now: SystemTime) -> String {
    let active = active.map(|active| {
        json!({
            "profile": active.profile,
            "expires_at": active.expires_at.map(show_time),
            "seconds_left": active.expires_at.map(|end| left(end, now).as_secs()),
        })
    });
    let cached: Vec<Value> = cards
        .iter()
        .map(|card| {
            json!({
                "profile": card.profile,
                "identity": card.identity,
                "role_arn": card.role_arn,
                "store": card.store.as_str(),
                "issued_at": show_time(card.issued_at),
                "expires_at": show_time(card.expires_at),
                "seconds_left": left(card.expires_at, now).as_secs(),
                "token_utilization": card.token_used,
            })
        })
        .collect();
    stdout::json(&json!({ "active": active, "cached": cached }))
}
