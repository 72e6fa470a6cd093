//! What came of the last probe of each customer, in a file beside the registry.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::replace_file;
use crate::error::{Error, Kind};
use crate::person;

/// The results, and the file that keeps them. It is written with each that comes in, so that a process that is stopped has
/// not asked for nothing.
pub(super) struct LastResults {
    pub(super) path: PathBuf,
    /// What the file says; `None` where there is none.
    written: Option<String>,
    is_lost: bool,
    /// By customer and account.
    pub(super) report: Report,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Report {
    pub(super) customers: BTreeMap<String, Last>,
}

/// What came of the last probe.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Last {
    pub(super) at: String,
    pub(super) role_arn: String,
    pub(super) judgement: String,
    /// What was let in that should not be.
    pub(super) let_in: Vec<String>,
    /// Whether the customer's role has the ID before still.
    pub(super) old_id: bool,
    pub(super) because: Option<String>,
}

impl LastResults {
    /// Reads what is known. A report that cannot be understood is no loss: it is made anew.
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        let written = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::text(Kind::System, format!("cannot read {}: {error}", path.display()))),
        };
        let report = written.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Ok(Self { path, written, is_lost: false, report })
    }

    /// Notes one. That it cannot be kept is said; the results are shown all the same.
    pub(super) fn note(&mut self, title: &str, last: Last) {
        self.report.customers.insert(title.to_owned(), last);
        let Ok(text) = serde_json::to_string_pretty(&self.report).map(|text| text + "\n") else { return };
        match replace_file(&self.path, self.written.as_deref(), &text) {
            Ok(()) => self.written = Some(text),
            Err(_) if self.is_lost => {}
            Err(error) => {
                self.is_lost = true;
                person::warn(&format!("the results are not kept: {error}"));
            }
        }
    }
}
