//! How much life a session must have left for the one who gets it.

use std::time::{Duration, SystemTime};

/// What a session is wanted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Life {
    /// For the next call of a chain.
    NextCall,
    /// For a consumer that is to have at least so much: a quarter of the session does, if that is less.
    AtLeast(Duration),
}

impl Life {
    /// For a shell or a command, which keeps what it got.
    pub const FOR_KEEPING: Self = Self::AtLeast(Duration::from_secs(5 * 60));
    /// For an SDK, which asks again by itself when less than this is left.
    /// Source: botocore refreshes 15 minutes before the end and would ask at every call below that.
    pub const FOR_REFRESHING: Self = Self::AtLeast(Duration::from_secs(15 * 60));

    /// Returns whether a session of that issue and expiry has enough left.
    pub fn is_enough(self, issued_at: SystemTime, expires_at: SystemTime, now: SystemTime) -> bool {
        let left = expires_at.duration_since(now).unwrap_or(Duration::ZERO);
        let whole = expires_at.duration_since(issued_at).unwrap_or(Duration::ZERO);
        let needed = match self {
            Self::NextCall => Duration::from_secs(60),
            Self::AtLeast(wanted) => wanted.min(whole / 4),
        };
        left > needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_handed_on_only_with_enough_life_left() {
        let issued = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let minutes = |m: u64| issued + Duration::from_secs(m * 60);
        let cases = [
            (Life::FOR_REFRESHING, 60, 44, true),
            (Life::FOR_REFRESHING, 60, 45, false),
            (Life::FOR_REFRESHING, 15, 11, true),
            (Life::FOR_REFRESHING, 15, 12, false),
            (Life::FOR_KEEPING, 60, 54, true),
            (Life::FOR_KEEPING, 60, 55, false),
            (Life::NextCall, 60, 58, true),
            (Life::NextCall, 60, 59, false),
            (Life::NextCall, 60, 70, false),
        ];
        for (life, whole, at, expected) in cases {
            assert_eq!(life.is_enough(issued, minutes(whole), minutes(at)), expected, "{life:?} of {whole} at {at}");
        }
    }
}
