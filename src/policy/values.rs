//! Values that are more than text: numbers, times, networks.

use std::cmp::Ordering;
use std::net::IpAddr;

/// A block of IP addresses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `203.0.113.0/24`, `2001:db8::/32`, or a single address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) if prefix.bytes().all(|b| b.is_ascii_digit()) => prefix.parse().ok()?,
            Some(_) => return None,
            None => widest,
        };
        (prefix <= widest).then_some(Self { address, prefix })
    }

    /// Returns its first address, and the one that follows its last, if there is one.
    pub(super) fn ends(&self) -> (IpAddr, Option<IpAddr>) {
        match self.address {
            IpAddr::V4(address) => {
                let rest = u32::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0);
                let first = address.to_bits() & !rest;
                let after = (first | rest).checked_add(1);
                (IpAddr::V4(first.into()), after.map(|bits| IpAddr::V4(bits.into())))
            }
            IpAddr::V6(address) => {
                let rest = u128::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0);
                let first = address.to_bits() & !rest;
                let after = (first | rest).checked_add(1);
                (IpAddr::V6(first.into()), after.map(|bits| IpAddr::V6(bits.into())))
            }
        }
    }

    /// Whether that address lies in it. The two kinds of address never meet.
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                same_prefix(u128::from(network.to_bits()), u128::from(address.to_bits()), 32, self.prefix)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                same_prefix(network.to_bits(), address.to_bits(), 128, self.prefix)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn same_prefix(one: u128, other: u128, width: u8, prefix: u8) -> bool {
    let ignored = u32::from(width - prefix);
    one.checked_shr(ignored).unwrap_or(0) == other.checked_shr(ignored).unwrap_or(0)
}

/// A number of any length, compared exactly: `3600`, `-1`, `0.5`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Number {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Number {
    /// Reads digits with at most one point and a sign before them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !is_zero, whole: whole.to_owned(), fraction: fraction.to_owned() })
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |number: &Self| (number.whole.len(), number.whole.clone(), number.fraction.clone());
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => size(self).cmp(&size(other)),
            (true, true) => size(other).cmp(&size(self)),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reads a time: ISO 8601 as W3C profiles it (`2026-11-24`, `2026-11-24T09:00Z`, `…T09:00:00.5+01:00`), or seconds since
/// 1970. Returns nanoseconds since 1970.
/// Source: IAM User Guide, "Date condition operators"; W3C note "Date and Time Formats".
pub(super) fn parse_time(text: &str) -> Option<i128> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && text.len() != "2026".len() {
        return Some(text.parse::<i64>().ok().map(i128::from)? * NANOS);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut numbers = date.split('-');
    let year = digits(numbers.next()?, 4)?;
    let month = numbers.next().map_or(Some(1), |month| digits(month, 2))?;
    let day = numbers.next().map_or(Some(1), |day| digits(day, 2))?;
    if numbers.next().is_some() || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (clock, ahead) = time.map_or(Some((0, 0)), parse_clock)?;
    Some(i128::from(days_since_1970(year, month, day)) * 86_400 * NANOS + clock - i128::from(ahead) * NANOS)
}

const NANOS: i128 = 1_000_000_000;

/// Reads `09:00:00.5+01:00`. Returns nanoseconds since midnight, and how many seconds that clock is ahead of UTC.
fn parse_clock(text: &str) -> Option<(i128, i64)> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone_at);
    let ahead = match zone {
        "Z" | "z" => 0,
        _ => {
            let (hours, minutes) =
                zone[1..].split_once(':').unwrap_or_else(|| zone[1..].split_at_checked(2).unwrap_or_default());
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            let seconds = (hours <= 23 && minutes <= 59).then_some(hours * 3_600 + minutes * 60)?;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut numbers = clock.split(':');
    let hour = digits(numbers.next()?, 2)?;
    let minute = digits(numbers.next()?, 2)?;
    let second = numbers.next().map_or(Some(0), |second| digits(second, 2))?;
    if numbers.next().is_some() || hour > 23 || minute > 59 || second > 59 || fraction.len() > 9 {
        return None;
    }
    let nanos = digits(&format!("{fraction:0<9}"), 9)?;
    Some((i128::from(hour * 3_600 + minute * 60 + second) * NANOS + i128::from(nanos), ahead))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The civil calendar counted in days, with March as a year's first month so that the leap day is its last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_its_blocks() {
        let cases = [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.7/24", "203.0.113.1", true),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("0.0.0.0/0", "198.51.100.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "198.51.100.1", false),
            ("2001:db8:1234::/48", "2001:db8:1234:ffff::1", true),
            ("2001:db8:1234::/48", "2001:db8:1235::1", false),
            ("2001:db8::1", "2001:DB8:0::1", true),
        ];
        for (network, address, expected) in cases {
            let holds = Network::parse(network).unwrap().holds(address.parse().unwrap());
            assert_eq!(holds, expected, "{network} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "203.0.113", "203.0.113.0/33", "::/129", "203.0.113.0/", "203.0.113.0/+8", "203.0.113.*"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_compare_by_size_not_by_text() {
        let order = ["-10", "-9.5", "-9", "0", "0.05", "0.5", "1", "9", "10", "3600", "900719925474099300001"];
        for pair in order.windows(2) {
            assert!(Number::parse(pair[0]).unwrap() < Number::parse(pair[1]).unwrap(), "{pair:?}");
        }
        for (one, other) in [("1", "1.0"), ("007", "7"), ("-0", "0"), ("+5", "5"), ("0.50", "0.5")] {
            assert_eq!(Number::parse(one), Number::parse(other), "{one} {other}");
        }
        for text in ["", "-", ".5", "5.", "1e3", "1_000", " 1", "NaN"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_in_every_form_that_policies_have() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-24T09:00:00Z", 1_795_510_800),
            ("2026-11-24t09:00z", 1_795_510_800),
            ("2026-11-24T10:00:00+01:00", 1_795_510_800),
            ("2026-11-24T04:00:00-0500", 1_795_510_800),
            ("1795510800", 1_795_510_800),
            ("2024-02-29", 1_709_164_800),
            ("2000-02-29", 951_782_400),
            ("2026-11", 1_793_491_200),
            ("2026", 1_767_225_600),
            ("0", 0),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_time(text), Some(i128::from(seconds) * NANOS), "{text}");
        }
        assert_eq!(parse_time("1970-01-01T00:00:00.5Z"), Some(NANOS / 2));
        let wrong = [
            "",
            "today",
            "2026-13-01",
            "2026-02-29",
            "2100-02-29",
            "2026-11-24T09:00:00",
            "2026-11-24T24:00Z",
            "-5",
            "2026-11-24T09Z",
        ];
        for text in wrong {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
