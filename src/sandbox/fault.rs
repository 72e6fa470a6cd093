//! How the sandbox can be told to fail: what a client must survive, on demand.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A way to fail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// `Throttling`, HTTP 400.
    Throttle,
    /// `InternalFailure`, HTTP 500.
    Internal,
    /// `ServiceUnavailable`, HTTP 503.
    Unavailable,
    /// The answer comes after this time.
    Slow(Duration),
    /// The request is read, nothing is done, and the connection ends without an answer.
    Cut,
    /// The call is done, and its answer breaks off half-way.
    Truncated,
    /// A page of HTML with HTTP 200, as a captive portal gives.
    Html,
    /// The server's clock, and with it its `Date`, is off by so many seconds.
    Clock(i64),
}

/// When to fail, and how.
///
/// As text `FAULT[*TIMES][@OPERATION]`: `throttle`, `500*2`, `503`, `slow=5s@AssumeRole`, `cut`, `truncated`, `html`,
/// `clock=-10m*forever`. Without a number it happens once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// How.
    pub fault: Fault,
    /// How many more times; `None` for as long as the server lives.
    pub times: Option<u32>,
    /// To which operation only.
    pub operation: Option<String>,
}

/// Why a text is no failure.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{text}` is no failure; there are throttle, 500, 503, slow=5s, cut, truncated, html and clock=-10m, each with *TIMES \
     (or *forever) and @OPERATION behind it"
)]
pub struct InvalidFailure {
    text: String,
}

impl Failure {
    /// Returns a failure of the next request, whatever it asks.
    pub fn once(fault: Fault) -> Self {
        Self { fault, times: Some(1), operation: None }
    }

    /// Makes it happen that often.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Makes it happen to every request from now on.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    /// Makes it happen to this operation only.
    #[must_use]
    pub fn of(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    fn concerns(&self, operation: Option<&str>) -> bool {
        self.operation.is_none() || self.operation.as_deref() == operation
    }
}

/// Takes what happens to a request of that operation: of each failure that concerns it, one time.
///
/// One clock may be off and one other thing fail at once; of two that answer instead of us the first waits its turn out.
pub(super) fn take(armed: &mut Vec<Failure>, operation: Option<&str>) -> Vec<Fault> {
    let mut taken: Vec<Fault> = Vec::new();
    for failure in armed.iter_mut().filter(|failure| failure.concerns(operation)) {
        if !taken.iter().any(|fault| fault.excludes(failure.fault)) {
            taken.push(failure.fault);
            failure.times = failure.times.map(|times| times.saturating_sub(1));
        }
    }
    armed.retain(|failure| failure.times != Some(0));
    taken
}

/// How far a clock can be off: ten years. What is farther off would lie before 1970 sooner or later, which no log can write.
const FARTHEST: Duration = Duration::from_secs(10 * 365 * 24 * 3_600);

impl Fault {
    fn is_modifier(self) -> bool {
        match self {
            Self::Slow(_) | Self::Clock(_) => true,
            Self::Throttle | Self::Internal | Self::Unavailable | Self::Cut | Self::Truncated | Self::Html => false,
        }
    }

    fn excludes(self, other: Self) -> bool {
        match (self.is_modifier(), other.is_modifier()) {
            (false, false) => true,
            (true, true) => std::mem::discriminant(&self) == std::mem::discriminant(&other),
            (true, false) | (false, true) => false,
        }
    }
}

impl FromStr for Failure {
    type Err = InvalidFailure;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidFailure { text: text.to_owned() };
        let (rest, operation) = match text.trim().split_once('@') {
            Some((rest, operation)) if !operation.is_empty() => (rest, Some(operation.to_owned())),
            Some(_) => return Err(invalid()),
            None => (text.trim(), None),
        };
        let (fault, times) = match rest.split_once('*') {
            Some((fault, "forever")) => (fault, None),
            Some((fault, times)) => (fault, Some(times.parse().map_err(|_| invalid())?)),
            None => (rest, Some(1)),
        };
        Ok(Self { fault: fault.parse().map_err(|()| invalid())?, times, operation })
    }
}

impl FromStr for Fault {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let duration = |text: &str| humantime::parse_duration(text).map_err(|_| ());
        match text.split_once('=') {
            None => match text {
                "throttle" => Ok(Self::Throttle),
                "500" => Ok(Self::Internal),
                "503" => Ok(Self::Unavailable),
                "cut" => Ok(Self::Cut),
                "truncated" => Ok(Self::Truncated),
                "html" => Ok(Self::Html),
                _ => Err(()),
            },
            Some(("slow", length)) => duration(length).map(Self::Slow),
            Some(("clock", offset)) => {
                let (sign, length) = match offset.strip_prefix('-') {
                    Some(length) => (-1, length),
                    None => (1, offset.trim_start_matches('+')),
                };
                let length = Some(duration(length)?).filter(|length| *length <= FARTHEST).ok_or(())?;
                Ok(Self::Clock(sign * i64::try_from(length.as_secs()).map_err(|_| ())?))
            }
            Some(_) => Err(()),
        }
    }
}

/// The code under which the log shows it, where no answer of AWS's stands for it.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttle => f.write_str("throttle"),
            Self::Internal => f.write_str("500"),
            Self::Unavailable => f.write_str("503"),
            Self::Slow(length) => write!(f, "slow={}", humantime::format_duration(*length)),
            Self::Cut => f.write_str("cut"),
            Self::Truncated => f.write_str("truncated"),
            Self::Html => f.write_str("html"),
            Self::Clock(seconds) => write!(f, "clock={seconds}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_read_as_it_is_written_on_a_command_line() {
        let five = Duration::from_secs(5);
        let cases = [
            ("throttle", Failure::once(Fault::Throttle)),
            ("500*2", Failure::once(Fault::Internal).times(2)),
            ("slow=5s@AssumeRole", Failure::once(Fault::Slow(five)).of("AssumeRole")),
            ("clock=-10m*forever", Failure::once(Fault::Clock(-600)).forever()),
            ("clock=+10m", Failure::once(Fault::Clock(600))),
        ];
        for (text, failure) in cases {
            assert_eq!(text.parse(), Ok(failure), "{text}");
        }
        for text in
            ["", "slow", "slow=fast", "500*", "500*x", "cut@", "clock=soon", "clock=-100y", "clock=9999999999999y"]
        {
            assert!(text.parse::<Failure>().is_err(), "{text}");
        }
    }

    #[test]
    fn failures_happen_as_often_as_they_were_ordered_and_only_to_their_operation() {
        let mut armed = vec![
            Failure::once(Fault::Internal).of("AssumeRole"),
            Failure::once(Fault::Throttle).times(2),
            Failure::once(Fault::Clock(60)).forever(),
        ];
        assert_eq!(take(&mut armed, Some("GetSessionToken")), [Fault::Throttle, Fault::Clock(60)]);
        assert_eq!(take(&mut armed, Some("AssumeRole")), [Fault::Internal, Fault::Clock(60)]);
        assert_eq!(take(&mut armed, Some("AssumeRole")), [Fault::Throttle, Fault::Clock(60)]);
        assert_eq!(take(&mut armed, None), [Fault::Clock(60)]);
    }
}
