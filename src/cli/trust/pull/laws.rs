//! The control policies over the accounts that are pulled, where somebody of those who read may read them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, no_file, tell};
use crate::aws::{AwsError, Line};
use crate::cli::endpoint;
use crate::error::Error;
use crate::person::{self, Progress};
use crate::trust::organization::{Organization, Reader};
use crate::trust::patience::Taken;
use crate::trust::snapshot;
use crate::world::World;

/// What is known of organizations.
#[derive(Debug, Default)]
pub(super) struct Laws {
    /// The organization of each account that is in one.
    pub(super) of: BTreeMap<String, String>,
    /// Parts of the file.
    pub(super) texts: Vec<String>,
    /// What is known, in words.
    pub(super) said: String,
    pub(super) taken: Taken,
}

/// Asks Organizations as each of those who read, until one of them may read the levels over all accounts.
pub(super) fn read(accounts: &[Account], told: Option<&str>, world: &World) -> Result<Laws, Error> {
    let mut laws = Laws::default();
    if let Some(told) = told {
        laws.of.extend(accounts.iter().map(|account| (account.id.clone(), told.to_owned())));
    }
    let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_ORGANIZATIONS", world)?.map(|url| url.value);
    let line = Line::new(world);
    let mut found: BTreeMap<String, Organization> = BTreeMap::new();
    let mut refused: Vec<String> = Vec::new();
    let mut progress = Progress::default();
    for account in accounts {
        progress.show(&format!("{}: Organizations is asked", account.profile));
        let (reach, by) = (&account.reach, &account.credentials);
        let reader = Reader { line: &line, reach, endpoint: endpoint.as_ref(), by };
        let mut of = match reader.organization() {
            Ok(Some(of)) => of,
            Ok(None) => continue,
            Err(error) => {
                refused.push(format!("{}: {}", account.profile, said(&error)));
                continue;
            }
        };
        laws.of.entry(account.id.clone()).or_insert_with(|| of.id.clone());
        if let Some(known) = found.get(&of.id) {
            of = Organization { taken: of.taken, ..known.clone() };
        }
        let ids: BTreeSet<&String> = accounts.iter().map(|account| &account.id).collect();
        let missing: Vec<&String> = ids.into_iter().filter(|id| !of.parents.contains_key(*id)).collect();
        for id in missing {
            match reader.add(id, &mut of) {
                Ok(()) => drop(laws.of.insert(id.clone(), of.id.clone())),
                // Somebody else's account.
                Err(AwsError::Refused(refusal)) if refusal.code == "ChildNotFoundException" => {}
                Err(error) => {
                    refused.push(format!("{}: {}", account.profile, said(&error)));
                    break;
                }
            }
        }
        laws.taken.add(of.taken);
        if of.root.is_some() {
            found.insert(of.id.clone(), of);
        }
    }
    drop(progress);
    let is_lacking = |(account, of): &(&String, &String)| found.get(*of).is_none_or(|known| !is_whole(account, known));
    let lacking: BTreeSet<&String> = laws.of.iter().filter(is_lacking).map(|(_, of)| of).collect();
    for of in found.values() {
        let (text, differences) = snapshot::organization(of).map_err(no_file)?;
        tell(&of.id, &differences);
        laws.texts.push(text);
    }
    for of in &lacking {
        person::warn(&format!("not in the file: the control policies of {of}, which may forbid what it lets in"));
    }
    for reason in refused.iter().filter(|_| !lacking.is_empty() || laws.of.is_empty()) {
        person::note(&format!("Organizations did not tell {reason}"));
    }
    if !lacking.is_empty() {
        let all = lacking.iter().map(|of| of.as_str()).collect::<Vec<_>>().join(", ");
        laws.texts.insert(0, format!("# not as in the account: the control policies of {all} are not in it\n"));
    }
    laws.said = match (found.values().map(|of| of.policies.len()).sum::<usize>(), lacking.is_empty()) {
        (number, true) if !found.is_empty() => format!("control policies: {number}"),
        (_, true) if refused.is_empty() && laws.of.is_empty() => "in no organization".to_owned(),
        _ => {
            "control policies were not read: name a profile of the management account or of a delegated administrator \
              too, which may organizations:Describe* and List*"
                .to_owned()
        }
    };
    Ok(laws)
}

/// Whether all levels over an account are known.
fn is_whole(account: &str, of: &Organization) -> bool {
    of.attached.contains_key(account)
}

fn said(error: &AwsError) -> String {
    match error {
        AwsError::Refused(refusal) => format!("{}: {}", refusal.code, refusal.message),
        other => other.to_string(),
    }
}
