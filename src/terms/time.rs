//! A point in time, as text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// 9999-12-31T23:59:59Z
const LAST: Duration = Duration::from_secs(253_402_300_799);

/// Writes a time as RFC 3339 does, in UTC and to the second: `2026-11-24T16:00:00Z`.
///
/// What somebody else's clock, file or program says may lie before 1970 or after 9999: the nearest of them is written.
pub fn show_time(time: SystemTime) -> String {
    let whole = time.duration_since(UNIX_EPOCH).unwrap_or_default().min(LAST);
    humantime::format_rfc3339_seconds(UNIX_EPOCH + whole).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_that_there_is_can_be_written() {
        let second = Duration::from_secs(1);
        for (time, written) in [
            (UNIX_EPOCH + Duration::from_millis(1_795_478_400_999), "2026-11-24T00:00:00Z"),
            (UNIX_EPOCH - second, "1970-01-01T00:00:00Z"),
            (UNIX_EPOCH + LAST, "9999-12-31T23:59:59Z"),
            (UNIX_EPOCH + LAST + second, "9999-12-31T23:59:59Z"),
            (UNIX_EPOCH + Duration::from_secs(u64::MAX / 4), "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(show_time(time), written);
        }
    }
}
