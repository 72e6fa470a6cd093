//! What was there before the first switch, kept in one variable beside what was put in its place.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::variables::{HandoverError, MANAGED};
use crate::terms::SecretString;
use crate::world::Env;

/// The variable that keeps it: `NAME=value` for each, with `;` between them.
///
/// Whatever could need quotes in some shell is written `\` and two hexadecimal digits for each byte; the rest stays as it
/// is, so that where a log masks secrets, it still knows them by sight.
pub(super) const BEFORE: &str = "ASSUME_BEFORE";

/// Stands before the access key id that the switch exported.
const GAVE: &str = "gave";

/// Which of the variables that a switch touches were set, and to what; and whose keys stand there now.
#[derive(Default)]
pub(super) struct Stash {
    /// The access key id that the switch exported. Another one in its place is the person's own.
    gave: Option<String>,
    had: BTreeMap<String, String>,
    /// Somebody damaged it: nothing is known of before, and what stands there is not the person's own.
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
        Some(text.and_then(read).unwrap_or(Self { damaged: true, ..Self::default() }))
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
        let gave = [(GAVE, self.gave.as_deref().unwrap_or_default())];
        let had = self.had.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut text = String::with_capacity(16 * 1024);
        for (name, value) in gave.into_iter().chain(had) {
            if !text.is_empty() {
                text.push(';');
            }
            let _ = write!(text, "{name}=");
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || b"_-/.,:=@+".contains(&byte) {
                    text.push(char::from(byte));
                } else {
                    let _ = write!(text, "\\{byte:02x}");
                }
            }
        }
        SecretString::from(text)
    }
}

fn read(text: &str) -> Option<Stash> {
    let mut stash = Stash::default();
    for pair in text.split(';') {
        let (name, value) = pair.split_once('=')?;
        let value = unescaped(value)?;
        if name == GAVE {
            stash.gave = Some(value).filter(|id| !id.is_empty());
        } else if MANAGED.contains(&name) {
            stash.had.insert(name.to_owned(), value);
        }
    }
    Some(stash)
}

fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('\\');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::ExposeSecret;

    #[test]
    fn any_text_is_kept_in_letters_that_no_shell_takes_for_its_own() {
        let hard = "it's \"a\" $HOME; \\ `x`\n zoë %PATH% !x =";
        let env = Env::from_iter([("AWS_PROFILE", hard), ("AWS_REGION", ""), ("HOME", "/home/alice")]);
        let value = Stash::of(&env, Some("ASIA")).unwrap().to_value();
        let text = value.expose_secret();
        assert!(text.bytes().all(|b| b.is_ascii_graphic() && !b"'\"`$%!&|<>()^ ".contains(&b)), "{text}");
        let found = read(text).unwrap();
        assert_eq!(
            (found.had("AWS_PROFILE"), found.had("AWS_REGION"), found.had("HOME")),
            (Some(hard), Some(""), None)
        );
        assert!(!found.is_own_key("ASIA") && found.is_own_key("AKIA"));
        for damaged in ["", "x", "AWS_PROFILE=\\", "AWS_PROFILE=\\zz", "AWS_PROFILE=\\ff"] {
            assert!(read(damaged).is_none(), "{damaged}");
        }
    }
}
