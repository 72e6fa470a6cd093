//! `assume vault`

use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::config::{Catalog, Origin};
use crate::error::Error;
use crate::person::plain;
use crate::vault::{SecretKind, StoreError, StoreName, Vault};
use crate::world::World;

use super::stdout;

/// Show which store keeps which secrets, why, and whether it answers; prompts nobody
#[derive(Debug, clap::Args)]
pub(super) struct VaultArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &VaultArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    let vault = Vault::new(&catalog.defaults().vault, world);
    let stores = vault.probe_all();
    let homes = KINDS.map(|kind| Home::of(kind, &vault, &stores));
    let page = if args.json { stdout::json(&json(&homes, &stores)) } else { text(&homes, &stores) };
    stdout::print(&page)?;
    Ok(ExitCode::SUCCESS)
}

const KINDS: [SecretKind; 2] = [SecretKind::Session, SecretKind::Keepsake];

/// Where one kind of secret goes.
struct Home {
    kind: SecretKind,
    order: Vec<StoreName>,
    /// Where the store was named; the order is ours if nobody named one.
    origin: Origin,
    /// The first of them that answers.
    serving: Option<StoreName>,
    /// The store that would serve once a person has done something, and what.
    once: Option<(StoreName, &'static str)>,
}

type Probed = (StoreName, Result<String, StoreError>);

impl Home {
    fn of(kind: SecretKind, vault: &Vault, stores: &[Probed]) -> Self {
        let order = vault.order(kind);
        let answers = |store: &StoreName| stores.iter().any(|(name, answer)| name == store && answer.is_ok());
        let origin = vault.named(kind).map_or(Origin::Default, |named| named.origin.clone());
        let serving = order.iter().copied().find(answers);
        let asks = |store: &StoreName| {
            let answer = stores.iter().find(|(name, _)| name == store).map(|(_, answer)| answer);
            match (store, answer) {
                (StoreName::Os, Some(Err(StoreError::Locked))) => Some((*store, "it is unlocked")),
                (StoreName::File, Some(Err(StoreError::Absent { .. }))) => {
                    Some((*store, "a terminal is there to ask for its passphrase"))
                }
                (StoreName::Os | StoreName::Kernel | StoreName::File | StoreName::None, _) => None,
            }
        };
        // For a session nobody is asked.
        let once = if kind == SecretKind::Keepsake { order.iter().find_map(asks) } else { None };
        Self { kind, order, origin, serving, once }
    }

    fn name(&self) -> &'static str {
        match self.kind {
            SecretKind::Session => "sessions",
            SecretKind::Keepsake => "keepsakes",
        }
    }

    fn sentence(&self) -> String {
        let named = self.origin != Origin::Default;
        if let (None, Some((store, done))) = (self.serving, self.once) {
            return format!("{}, once {done}", store.as_str());
        }
        match (self.serving, self.order.as_slice()) {
            (_, [StoreName::None]) => format!("nowhere: `none` is set ({})", self.origin),
            (Some(store), _) if named => format!("{} ({})", store.as_str(), self.origin),
            (Some(store), _) => format!("{} (the first that answers of {})", store.as_str(), self.listed()),
            (None, _) if named => format!("nowhere: {} does not answer ({})", self.listed(), self.origin),
            (None, _) => format!("nowhere: none of {} answers", self.listed()),
        }
    }

    fn listed(&self) -> String {
        self.order.iter().map(|store| store.as_str()).collect::<Vec<_>>().join(", ")
    }
}

fn text(homes: &[Home], stores: &[Probed]) -> String {
    let mut page = String::new();
    let mut line = |label: &str, rest: &str| {
        let _ = writeln!(page, "{label:<11}{}", plain(rest));
    };
    for home in homes {
        line(home.name(), &home.sentence());
    }
    for (store, answer) in stores {
        match answer {
            Ok(what) => line(store.as_str(), &format!("answers: {what}")),
            Err(error) => line(store.as_str(), &format!("does not answer: {error}")),
        }
    }
    page
}

fn json(homes: &[Home], stores: &[Probed]) -> Value {
    let home = |home: &Home| {
        json!({
            "stores": home.order.iter().map(|store| store.as_str()).collect::<Vec<_>>(),
            "origin": home.origin.to_string(),
            "serving": home.serving.map(StoreName::as_str),
        })
    };
    let store = |(name, answer): &Probed| {
        let detail = answer.as_ref().map_or_else(ToString::to_string, Clone::clone);
        json!({ "name": name.as_str(), "answers": answer.is_ok(), "detail": detail })
    };
    let mut document = serde_json::Map::new();
    for each in homes {
        document.insert(each.name().to_owned(), home(each));
    }
    document.insert("stores".to_owned(), stores.iter().map(store).collect());
    Value::Object(document)
}
