//! What people paste: seeds and otpauth URIs, key pairs, ARNs and the other words of AWS.
#![no_main]

use assume::identity::parse_pair;
use assume::mfa::Seed;
use assume::person::plain;
use assume::terms::{
    ExposeSecret, ExternalId, MfaSerial, PolicyArn, Region, RoleArn, SecretString, SessionName, SessionPolicy, TagKey,
    parse_duration, show_duration,
};
use assume_fuzz::{is_plain, now};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let secret = SecretString::from(text);
    match Seed::parse(&secret) {
        Ok(seed) => {
            let code = seed.code_at(now());
            assert!(code.expose_secret().len() == 6 && code.expose_secret().bytes().all(|b| b.is_ascii_digit()));
            assert!(seed.is_same(&seed.clone()));
        }
        Err(error) => is_plain(&plain(&error.to_string())),
    }
    if let Err(error) = parse_pair(&secret) {
        is_plain(&plain(&error.to_string()));
    }

    same_again::<RoleArn>(text);
    same_again::<ExternalId>(text);
    same_again::<MfaSerial>(text);
    same_again::<SessionName>(text);
    same_again::<Region>(text);
    let _ = (text.parse::<PolicyArn>(), text.parse::<TagKey>(), text.parse::<SessionPolicy>());
    if let Ok(length) = parse_duration(text) {
        let _ = show_duration(length);
    }
    let (user, host) = text.split_once('@').unwrap_or((text, ""));
    let _ = SessionName::of_person(user, host);
});

/// What was read and is written reads as the same again.
fn same_again<T: std::str::FromStr + ToString + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let written = value.to_string();
        is_plain(&written);
        assert!(written.parse::<T>().is_ok_and(|again| again == value), "{written}");
    }
}
