//! The TOTP seed of a virtual MFA device, kept in the vault.

use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;

use crate::terms::{MfaSerial, SecretString};
use crate::vault::{ItemName, StoreName, Vault, VaultError};

/// What a virtual MFA device makes its codes from: six digits every 30 seconds, SHA-1, as AWS's virtual devices do.
///
/// Source: RFC 6238; IAM User Guide, "Assign a virtual MFA device".
#[derive(Clone, Debug)]
pub struct Seed(SecretString);

/// Why a text is no seed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidSeed {
    /// Neither base32 nor an otpauth URI.
    #[error("the seed is neither base32 nor an otpauth:// URI")]
    Form,
    /// An otpauth URI of another kind of code than AWS takes.
    #[error("the otpauth URI is for other codes than AWS takes: {reason}")]
    Unsuitable {
        /// What differs.
        reason: String,
    },
}

/// How long a code is valid, and how often AWS takes a new one.
pub(super) const STEP: Duration = Duration::from_secs(30);

impl Seed {
    /// Reads a base32 seed or an `otpauth://totp/…` URI.
    pub fn parse(_text: &SecretString) -> Result<Self, InvalidSeed> {
        unimplemented!("written with mfa/")
    }

    /// Returns the code that the device shows at that time.
    pub fn code_at(&self, _time: SystemTime) -> SecretString {
        unimplemented!("written with mfa/")
    }

    /// Returns the name under which a device's seed lies in the vault.
    pub fn item_name(serial: &MfaSerial) -> ItemName {
        ItemName::keepsake("totp", serial.as_str())
    }

    /// Returns the seed of that device, if the vault holds one.
    pub fn load(serial: &MfaSerial, vault: &Vault) -> Result<Option<Self>, VaultError> {
        Ok(vault.read_keepsake(&Self::item_name(serial))?.map(Self))
    }

    /// Writes the seed into the vault and returns the store that took it.
    pub fn save(&self, serial: &MfaSerial, vault: &Vault) -> Result<StoreName, VaultError> {
        vault.write_keepsake(&Self::item_name(serial), &SecretString::from(self.0.expose_secret().to_owned()))
    }
}
