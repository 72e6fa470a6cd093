//! What AWS makes up: ids, secret keys, session tokens, request ids. All random, in AWS's shapes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::mfa::Seed;
use crate::terms::SecretString;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Returns an id of 20 or 21 characters: `AKIA…`, `ASIA…` (16 after the prefix), `AIDA…`, `AROA…` (17).
/// Source: IAM User Guide, "IAM identifiers", unique ID prefixes.
pub(super) fn id(prefix: &str, length: usize) -> String {
    format!("{prefix}{}", base32(length))
}

/// Returns the secret half of a key: 40 characters.
pub(super) fn secret_key() -> SecretString {
    SecretString::from(STANDARD.encode(rand::random::<[u8; 30]>()))
}

/// Returns a session token. It says nothing: the sandbox looks up what it stands for. About as long as AWS's.
pub(super) fn token() -> SecretString {
    let random: [[u8; 32]; 11] = std::array::from_fn(|_| rand::random());
    SecretString::from(format!("FwoGZXIvYXdzE{}", STANDARD.encode(random.as_flattened())))
}

/// Returns the seed of an MFA device in base32: 160 bits.
pub(super) fn seed() -> SecretString {
    SecretString::from(base32(32))
}

/// Returns a seed made by [`seed`], read.
pub(super) fn device_seed() -> Option<Seed> {
    Seed::parse(&seed()).ok()
}

/// Returns a request id: a random UUID.
pub(super) fn request_id() -> String {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

fn base32(length: usize) -> String {
    (0..length).map(|_| char::from(BASE32[usize::from(rand::random::<u8>() & 31)])).collect()
}
