//! What was there before the first switch, kept in one variable beside what was put in its place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::variables::{HandoverError, MANAGED};
use crate::terms::SecretString;
use crate::world::Env;

/// The variable that keeps it. JSON rather than base64: where a log masks secrets, it still knows them by sight.
pub(super) const BEFORE: &str = "ASSUME_BEFORE";

/// Which of the variables that a switch touches were set, and to what; and whose keys stand there now.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct Stash {
    /// The access key id that the switch exported. Another one in its place is the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gave: Option<String>,
    had: BTreeMap<String, String>,
    /// Somebody damaged it: nothing is known of before, and what stands there is not the person's own.
    #[serde(skip)]
    damaged: bool,
}

impl Stash {
    /// Returns what an environment without a switch has of the variables that a switch touches.
    pub(super) fn of(before: &Env, gave: Option<&str>) -> Result<Self, HandoverError> {
        let mut had = BTreeMap::new();
        for (name, value) in before.iter() {
            let Some(name) = name.to_str().filter(|name| MANAGED.contains(name)) else { continue };
            let value = value.to_str().ok_or_else(|| HandoverError::NotText { variable: name.to_owned() })?;
            had.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self { gave: gave.map(str::to_owned), had, damaged: false })
    }

    /// Returns what an environment with a switch says of the time before it. `None` where there was no switch.
    pub(super) fn in_env(env: &Env) -> Option<Self> {
        let text = env.os(BEFORE)?.to_str();
        let read = text.and_then(|text| serde_json::from_str(text).ok());
        Some(read.unwrap_or(Self { damaged: true, ..Self::default() }))
    }

    /// Returns what it was set to, if it was set.
    pub(super) fn had(&self, name: &str) -> Option<&str> {
        self.had.get(name).map(String::as_str)
    }

    /// Returns whether the keys of that id are the person's own, rather than what the switch exported.
    pub(super) fn is_own_key(&self, id: &str) -> bool {
        !self.damaged && self.gave.as_deref() != Some(id)
    }

    /// Returns the variable's value.
    pub(super) fn to_value(&self) -> SecretString {
        // A map of strings cannot fail to be written.
        SecretString::from(serde_json::to_string(self).unwrap_or_default())
    }
}
