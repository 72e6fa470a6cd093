//! How long a session is asked to last.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Why a text or a number is no session length.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidDuration {
    /// Not a duration at all.
    #[error("`{text}` is no duration; write `3600`, `90m` or `1h 30m`")]
    Form {
        /// What was given.
        text: String,
    },
    /// Shorter or longer than AWS takes.
    #[error("{call} takes {} to {}, and this is {}", show_duration(*min), show_duration(*max), show_duration(*given))]
    Range {
        /// Which call's limit it is.
        call: &'static str,
        /// What was given.
        given: Duration,
        /// The shortest that AWS takes.
        min: Duration,
        /// The longest that AWS takes.
        max: Duration,
    },
}

/// Reads `3600` (seconds), `90m`, `1h 30m`.
pub fn parse_duration(text: &str) -> Result<Duration, InvalidDuration> {
    let form = || InvalidDuration::Form { text: text.to_owned() };
    let text = text.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text).map_err(|_| form()),
    }
}

/// Writes a duration as people do: `1h 30m`.
pub fn show_duration(duration: Duration) -> String {
    let whole = Duration::from_secs(duration.as_secs());
    humantime::format_duration(whole).to_string()
}

/// How long an AssumeRole session is asked to last: 900 to 43,200 seconds.
///
/// The role's own maximum may be lower, and a chained session lasts an hour at most.
/// Source: STS API Reference, `AssumeRole`, `DurationSeconds`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct RoleDuration(Duration);

impl RoleDuration {
    /// What AWS gives when nothing is asked: an hour.
    pub const DEFAULT: Self = Self(Duration::from_secs(3_600));
}

impl TryFrom<Duration> for RoleDuration {
    type Error = InvalidDuration;

    fn try_from(given: Duration) -> Result<Self, Self::Error> {
        within(given, "AssumeRole", 900, 43_200).map(Self)
    }
}

/// How long a GetSessionToken session is asked to last: 900 to 129,600 seconds.
///
/// Source: STS API Reference, `GetSessionToken`, `DurationSeconds`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct TokenDuration(Duration);

impl TokenDuration {
    /// What AWS gives when nothing is asked: twelve hours.
    pub const DEFAULT: Self = Self(Duration::from_secs(43_200));
}

impl TryFrom<Duration> for TokenDuration {
    type Error = InvalidDuration;

    fn try_from(given: Duration) -> Result<Self, Self::Error> {
        within(given, "GetSessionToken", 900, 129_600).map(Self)
    }
}

fn within(given: Duration, call: &'static str, min: u64, max: u64) -> Result<Duration, InvalidDuration> {
    let (min, max) = (Duration::from_secs(min), Duration::from_secs(max));
    if (min..=max).contains(&given) { Ok(given) } else { Err(InvalidDuration::Range { call, given, min, max }) }
}

macro_rules! as_duration {
    ($($name:ident),*) => {$(
        impl $name {
            /// Returns the length.
            pub fn get(self) -> Duration {
                self.0
            }

            /// Returns the length in whole seconds, as it is sent.
            pub fn seconds(self) -> i32 {
                // At most 129,600 by construction.
                i32::try_from(self.0.as_secs()).unwrap_or(i32::MAX)
            }
        }

        impl FromStr for $name {
            type Err = InvalidDuration;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_duration(text)?.try_into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&show_duration(self.0))
            }
        }
    )*};
}
as_duration!(RoleDuration, TokenDuration);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [("3600", 3_600), ("1h", 3_600), ("1h 30m", 5_400), ("1h30m", 5_400), ("12h", 43_200)] {
            assert_eq!(text.parse::<RoleDuration>().unwrap().seconds(), seconds, "{text}");
        }
    }

    #[test]
    fn awss_range_is_named() {
        let message = "13h".parse::<RoleDuration>().unwrap_err().to_string();
        assert_eq!(message, "AssumeRole takes 15m to 12h, and this is 13h");
    }
}
