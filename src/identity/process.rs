//! Credentials that another program prints: `credential_process`, and `process` of an identity of ours.

use std::process::{Command, Stdio};
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::IdentityError;
use crate::session::{Credentials, Lineage, Session, Via};
use crate::terms::SecretString;
use crate::world::World;

/// What the program prints.
/// Source: SDKs and Tools Reference Guide, "Process credential provider".
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    version: u32,
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expiration: Option<String>,
    account_id: Option<String>,
}

/// Runs the command through a shell, as the AWS SDK for Rust does, and reads what it prints. What it says to the person
/// goes to standard error as it comes; it may ask on the terminal.
pub(super) fn run(command: &str, identity: &str, world: &World) -> Result<Credentials, IdentityError> {
    let failed = |reason: String| IdentityError::Process {
        identity: identity.to_owned(),
        // Its arguments may hold what only its owner should see.
        program: command.split_whitespace().next().unwrap_or_default().to_owned(),
        reason,
    };
    printed(command, world).and_then(|text| read_answer(&text)).map_err(failed)
}

/// Reads what such a program prints, or says what is wrong with it.
pub fn read_answer(text: &[u8]) -> Result<Credentials, String> {
    // A parser's error could quote what it choked on.
    let answer: Answer = serde_json::from_slice(text)
        .map_err(|_| "it printed something else than the JSON that AWS describes".to_owned())?;
    if answer.version != 1 {
        return Err(format!("it speaks version {}, and 1 is the only one", answer.version));
    }
    let expires_at = match answer.expiration.as_deref() {
        Some(text) => Some(time(text).ok_or_else(|| "its Expiration is no RFC 3339 time".to_owned())?),
        None => None,
    };
    read(answer, expires_at).ok_or_else(|| "its AccessKeyId is none".to_owned())
}

/// Returns what a command prints, or what became of it instead.
pub(super) fn printed(command: &str, world: &World) -> Result<Zeroizing<Vec<u8>>, String> {
    let (shell, flag) = if cfg!(windows) { ("cmd.exe", "/C") } else { ("/bin/sh", "-c") };
    let output = Command::new(shell)
        .args([flag, command])
        .env_clear()
        .envs(world.env.iter())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    let text = Zeroizing::new(output.stdout);
    if output.status.success() { Ok(text) } else { Err(output.status.to_string()) }
}

fn time(text: &str) -> Option<SystemTime> {
    DateTime::from_str(text, Format::DateTimeWithOffset).ok()?.try_into().ok()
}

fn read(answer: Answer, expires_at: Option<SystemTime>) -> Option<Credentials> {
    let via = if answer.session_token.is_some() { Via::Given } else { Via::LongTermKey };
    Some(Credentials {
        key_id: answer.access_key_id.parse().ok()?,
        secret_key: SecretString::from(answer.secret_access_key.as_str()),
        session: answer.session_token.map(|token| Session { token: SecretString::from(token.as_str()), expires_at }),
        account: answer.account_id.and_then(|account| account.parse().ok()),
        arn: None,
        lineage: Lineage(vec![via]),
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::terms::ExposeSecret;

    const KEY: &str = r#""AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalr""#;

    fn run_it(command: &str) -> Result<Credentials, IdentityError> {
        run(command, "legacy", &World::new())
    }

    #[test]
    fn what_a_program_prints_is_taken_with_its_expiry() {
        let command = format!(
            r#"echo '{{"Version":1,{KEY},"SessionToken":"t","Expiration":"2030-01-02T05:04:05+02:00","AccountId":"111122223333"}}'"#
        );
        let credentials = run_it(&command).unwrap();
        assert_eq!(credentials.secret_key.expose_secret(), "wJalr");
        assert_eq!(humantime::format_rfc3339(credentials.expires_at().unwrap()).to_string(), "2030-01-02T03:04:05Z");
        assert_eq!(credentials.account.unwrap().as_str(), "111122223333");
        assert_eq!(credentials.lineage, Lineage(vec![Via::Given]));
    }

    #[test]
    fn an_expiry_before_1970_or_after_9999_can_be_handed_on_and_shown() {
        for (expiry, shown) in [
            ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z"),
            ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
            ("0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z"),
        ] {
            let command = format!(r#"echo '{{"Version":1,{KEY},"SessionToken":"t","Expiration":"{expiry}"}}'"#);
            let credentials = run_it(&command).unwrap();
            let answer = crate::terms::show_time(credentials.expires_at().unwrap());
            assert_eq!(answer, shown, "{expiry}");
            let ended =
                IdentityError::Ended { identity: "legacy".to_owned(), ended: credentials.expires_at().unwrap() };
            assert!(ended.to_string().contains(shown), "{ended}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_quoting_it() {
        let cases = [
            (format!(r#"echo '{{"Version":2,{KEY}}}'"#), "version 2"),
            (format!(r#"echo '{{"Version":1,{KEY},"Expiration":"soon"}}'"#), "RFC 3339"),
            ("echo hunter2".to_owned(), "something else than the JSON"),
            ("echo hunter2; exit 3".to_owned(), "exit status: 3"),
        ];
        for (command, expected) in cases {
            let message = run_it(&command).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains("hunter2") && !message.contains("wJalr"), "{message}");
        }
    }
}
