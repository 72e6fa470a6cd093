//! What a finding means, for people and for scripts.

use serde_json::{Value, json};

use crate::person::plain;
use crate::terms::show_time;
use crate::trust::exposure::{Accepted, Exposure, Finding, Meaning, Used, What};

/// Whoever a finding is about, as the file of reasons names them.
pub(super) fn who(finding: &Finding) -> String {
    match &finding.what {
        What::External { principal, .. } => principal.first().map_or("*", |(_, name)| name.as_str()).to_owned(),
        What::UnusedRole { .. } => "unused".to_owned(),
        What::Other(kind) => kind.clone(),
    }
}

pub(super) fn reason<'a>(one: &Exposure<'_>, accepted: &'a Accepted) -> Option<&'a str> {
    accepted.reason(&one.finding.resource, &who(one.finding))
}

fn told(meaning: &Meaning) -> String {
    let id = |external_id: &bool| if *external_id { "with an external ID" } else { "WITHOUT an external ID" };
    match meaning {
        Meaning::Public => "PUBLIC: anybody may assume it".to_owned(),
        Meaning::Stranger { who, external_id } => format!("unknown {who}, {}", id(external_id)),
        Meaning::Partner { name, account, external_id } => format!("{name} ({account}), {}", id(external_id)),
        Meaning::Own(who) => format!("{who}, an account of yours"),
        Meaning::Federated(provider) => format!("whoever {provider} vouches for"),
        Meaning::Unused { last_used: Some(when) } => format!("unused since {when}"),
        Meaning::Unused { last_used: None } => "never used".to_owned(),
        Meaning::Other(kind) => kind.clone(),
    }
}

pub(super) fn as_line(one: &Exposure<'_>, accepted: &Accepted) -> String {
    let regions: Vec<&str> = one.regions.iter().copied().collect();
    let why = reason(one, accepted).map_or_else(String::new, |reason| format!("  accepted: {reason}"));
    let used = match (&one.meaning, one.used) {
        (Meaning::Unused { .. }, _) | (_, Used::Unknown | Used::Yes) => String::new(),
        (_, Used::No { since: Some(since) }) => format!(", UNUSED since {}", show_time(since)),
        (_, Used::No { since: None }) => ", UNUSED".to_owned(),
    };
    let line = format!(
        "{}  {}{used}  [{}]  {}{why}",
        one.finding.resource,
        told(&one.meaning),
        regions.join(", "),
        one.finding.id
    );
    format!("{}\n", plain(&line))
}

fn partner(meaning: &Meaning) -> Option<&str> {
    match meaning {
        Meaning::Partner { name, .. } => Some(name),
        Meaning::Public
        | Meaning::Stranger { .. }
        | Meaning::Own(_)
        | Meaning::Federated(_)
        | Meaning::Unused { .. }
        | Meaning::Other(_) => None,
    }
}

fn external_id(meaning: &Meaning) -> Option<bool> {
    match meaning {
        Meaning::Partner { external_id, .. } | Meaning::Stranger { external_id, .. } => Some(*external_id),
        Meaning::Public | Meaning::Own(_) | Meaning::Federated(_) | Meaning::Unused { .. } | Meaning::Other(_) => None,
    }
}

pub(super) fn as_json(one: &Exposure<'_>, accepted: &Accepted) -> Value {
    json!({
        "resource": one.finding.resource,
        "resource_type": one.finding.resource_type,
        "meaning": told(&one.meaning),
        "open": one.meaning.is_open(),
        "partner": partner(&one.meaning),
        "external_id": external_id(&one.meaning),
        "unused": match one.used { Used::Unknown => None, Used::Yes => Some(false), Used::No { .. } => Some(true) },
        "regions": one.regions,
        "ids": one.ids,
        "archived": one.finding.is_archived,
        "accepted": reason(one, accepted),
    })
}
