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
    let text = match (store, error) {
        (StoreName::None, _) => "the vault is set to `none`: name another store with `vault` or ASSUME_VAULT",
        (StoreName::Os, StoreError::Locked) => {
            "unlock the keyring on the desktop, or name another store: ASSUME_VAULT=file"
        }
        (StoreName::Os, StoreError::TimedOut { .. }) => {
            "restart the keyring's daemon, or name another store: ASSUME_VAULT=file"
        }
        (StoreName::Os, StoreError::Absent { .. }) => {
            "without an OS keyring, set ASSUME_AGE_IDENTITY_FILE or ASSUME_VAULT_PASSPHRASE and the encrypted file serves"
        }
        (StoreName::File, StoreError::Absent { .. }) => {
            "the encrypted file is opened by ASSUME_AGE_IDENTITY_FILE (made by `age-keygen`) or ASSUME_VAULT_PASSPHRASE"
        }
        (StoreName::File, StoreError::WrongKey { .. }) => "check the passphrase, or which age identity file is named",
        (StoreName::File, StoreError::Damaged { .. }) => {
            "nothing was changed; put a backup of the file back, or move it away and store the secrets again"
        }
        (StoreName::Os | StoreName::Kernel | StoreName::File, _) => "`assume vault` says which stores answer",
    };
    Some(text.to_owned())
}
