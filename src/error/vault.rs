//! Failures of the secret stores, in a person's words.

use super::{Error, Kind};
use crate::vault::{StoreError, StoreName, VaultError};

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        let hint = match &error {
            VaultError::Damaged { item } => damaged(item),
            VaultError::NoStore { tried, .. } => no_store(tried),
        };
        Self::new(Kind::Vault, error).with_hint(hint)
    }
}

fn damaged(item: &str) -> Option<String> {
    let again = match item.split_once('/')? {
        ("key", identity) => format!("store the key again: `assume identity add {identity}`"),
        ("totp", serial) => format!("store the seed again: `assume mfa add {serial}`"),
        _ => "store it again".to_owned(),
    };
    Some(again)
}

/// The first store that failed on its own decides: what was merely absent is no news where another one was expected.
fn no_store(tried: &[(StoreName, StoreError)]) -> Option<String> {
    let (store, error) = tried.iter().find(|(_, error)| !error.is_quiet()).or_else(|| tried.first())?;
    Some(error.advice(*store).to_owned())
}
