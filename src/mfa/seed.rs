//! The TOTP seed of a virtual MFA device, kept in the vault.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::ExposeSecret;
use totp_rs::{Algorithm, Builder, Secret, Totp, TotpError};
use zeroize::Zeroizing;

use crate::terms::{MfaSerial, SecretString};
use crate::vault::{ItemName, StoreName, Vault, VaultError};

/// What a virtual MFA device makes its codes from: six digits every 30 seconds, SHA-1, as AWS's virtual devices do.
///
/// Kept as base32 in capitals, without spaces.
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

/// The shortest seed in use: 80 bits. A code pasted in place of the seed is base32 too, and shorter.
const SHORTEST: usize = 16;

impl Seed {
    /// Reads a base32 seed or an `otpauth://totp/…` URI.
    pub fn parse(text: &SecretString) -> Result<Self, InvalidSeed> {
        let text = text.expose_secret().trim();
        let is_uri = text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("otpauth:"));
        let base32 = if is_uri { from_uri(text)? } else { normal(text) };
        let fits =
            base32.len() >= SHORTEST && base32.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b));
        let decodes = fits && Secret::try_from_base32(base32.as_str()).is_ok();
        if decodes { Ok(Self(SecretString::from(base32.as_str().to_owned()))) } else { Err(InvalidSeed::Form) }
    }

    /// Returns the code that the device shows at that time.
    pub fn code_at(&self, time: SystemTime) -> SecretString {
        let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        // `parse` was the only way in, so it decodes; an empty secret would merely give a wrong code.
        let secret = Secret::try_from_base32(self.0.expose_secret()).unwrap_or_else(|_| Secret::new(Box::default()));
        let totp = Builder::new().with_secret(secret).build_noncompliant();
        SecretString::from(totp.generate(seconds).to_string())
    }

    /// Returns whether it makes the same codes as another one.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }

    /// Returns the name under which a device's seed lies in the vault.
    pub fn item_name(serial: &MfaSerial) -> ItemName {
        ItemName::keepsake("totp", serial.as_str())
    }

    /// Returns the seed of that device, if the vault holds one.
    pub fn load(serial: &MfaSerial, vault: &Vault) -> Result<Option<Self>, VaultError> {
        let name = Self::item_name(serial);
        match vault.read_keepsake(&name)? {
            None => Ok(None),
            Some(text) => Self::parse(&text).map(Some).map_err(|_| VaultError::Damaged { item: name.to_string() }),
        }
    }

    /// Writes the seed into the vault and returns the store that took it.
    pub fn save(&self, serial: &MfaSerial, vault: &Vault) -> Result<StoreName, VaultError> {
        vault.write_keepsake(&Self::item_name(serial), &self.0)
    }
}

/// People copy seeds in groups of four, and in whichever case.
fn normal(text: &str) -> Zeroizing<String> {
    let kept = text.trim_end_matches('=').chars().filter(|c| !c.is_whitespace() && *c != '-');
    Zeroizing::new(kept.map(|c| c.to_ascii_uppercase()).collect())
}

/// Source: the Key URI Format of Google Authenticator, which AWS's QR codes follow.
fn from_uri(text: &str) -> Result<Zeroizing<String>, InvalidSeed> {
    let unsuitable = |reason: String| InvalidSeed::Unsuitable { reason };
    let totp = Totp::from_url_unchecked(text).map_err(|error| match error {
        TotpError::InvalidHost { host } => unsuitable(format!("`{host}` instead of `totp`")),
        TotpError::InvalidAlgorithm { .. } => unsuitable("an unknown algorithm instead of SHA1".to_owned()),
        // The others could quote the secret.
        _ => InvalidSeed::Form,
    })?;
    if totp.algorithm() != Algorithm::SHA1 {
        return Err(unsuitable(format!("{} instead of SHA1", totp.algorithm())));
    }
    if totp.digits() != 6 {
        return Err(unsuitable(format!("{} digits instead of 6", totp.digits())));
    }
    if totp.step() != STEP.as_secs() {
        return Err(unsuitable(format!("every {} seconds instead of 30", totp.step())));
    }
    Ok(Zeroizing::new(totp.secret().to_base32()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the ASCII string 12345678901234567890, and the last six of its eight digits.
    const RFC_SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn parse(text: &str) -> Result<Seed, InvalidSeed> {
        Seed::parse(&SecretString::from(text.to_owned()))
    }

    #[test]
    fn debug_shows_no_seed() {
        let seed = Seed::parse(&SecretString::from("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")).unwrap();
        let code = seed.code_at(UNIX_EPOCH);
        let shown = format!("{seed:?} {code:?}");
        assert!(!shown.contains("JBSWY3DP") && !shown.contains(code.expose_secret()), "{shown}");
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        let seed = parse(RFC_SEED).unwrap();
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(seed.code_at(UNIX_EPOCH + Duration::from_secs(seconds)).expose_secret(), code, "{seconds}");
        }
    }

    #[test]
    fn a_seed_is_read_however_it_was_copied() {
        let forms = [
            "gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n".to_owned(),
            format!("{RFC_SEED}======"),
            format!(
                "otpauth://totp/Amazon%20Web%20Services:alice@111122223333?secret={RFC_SEED}&issuer=Amazon%20Web%20Services"
            ),
            format!("OTPAUTH://totp/alice?secret={RFC_SEED}&algorithm=SHA1&digits=6&period=30"),
        ];
        for form in forms {
            assert_eq!(parse(&form).unwrap().0.expose_secret(), RFC_SEED, "{form}");
        }
    }

    #[test]
    fn what_would_give_wrong_codes_is_refused_without_quoting_it() {
        let uri = |rest: &str| format!("otpauth://{rest}");
        let cases = [
            ("123456".to_owned(), "neither"),
            ("234567".to_owned(), "neither"),
            (String::new(), "neither"),
            ("GEZDGNBVGY3TQOJ1GEZDGNBVGY3TQOJ0".to_owned(), "neither"),
            (uri("totp/alice"), "neither"),
            (uri(&format!("hotp/alice?secret={RFC_SEED}")), "`hotp` instead of `totp`"),
            (uri(&format!("totp/alice?secret={RFC_SEED}&algorithm=SHA256")), "SHA256 instead"),
            (uri(&format!("totp/alice?secret={RFC_SEED}&digits=8")), "8 digits"),
            (uri(&format!("totp/alice?secret={RFC_SEED}&period=60")), "every 60 seconds"),
        ];
        for (text, expected) in cases {
            let message = parse(&text).unwrap_err().to_string();
            assert!(message.contains(expected) && !message.contains(RFC_SEED), "{text}: {message}");
        }
    }
}
