//! How long a busy service is borne with: calls are made again after growing pauses, half of which is chance, and counted.

use std::future::Future;
use std::thread::sleep;
use std::time::Duration;

use crate::aws::AwsError;

/// What a run of calls took.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Taken {
    /// Calls, those that were refused among them.
    pub calls: usize,
    /// How many of them were refused for being too many, or by a failure that passes.
    pub refused: usize,
}

impl Taken {
    /// Adds what another run took.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.refused += other.refused;
    }
}

/// How often one call is refused before it is given up: with its pauses, a minute at least.
const MOST_REFUSED: u32 = 12;
const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Makes a call, and makes it again where a refusal passes.
pub fn patiently<T>(taken: &mut Taken, mut call: impl FnMut() -> Result<T, AwsError>) -> Result<T, AwsError> {
    let mut refused = 0;
    loop {
        taken.calls += 1;
        match call() {
            Ok(answer) => return Ok(answer),
            Err(error) => sleep(pause_after(error, &mut refused, taken)?),
        }
    }
}

/// Does the same for one of several that are made at once.
pub async fn patiently_with<T, F>(mut call: impl FnMut() -> F) -> (Result<T, AwsError>, Taken)
where
    F: Future<Output = Result<T, AwsError>>,
{
    let (mut taken, mut refused) = (Taken::default(), 0);
    loop {
        taken.calls += 1;
        let error = match call().await {
            Ok(answer) => return (Ok(answer), taken),
            Err(error) => error,
        };
        match pause_after(error, &mut refused, &mut taken) {
            Ok(pause) => tokio::time::sleep(pause).await,
            Err(error) => return (Err(error), taken),
        }
    }
}

/// Returns how long to wait after a refusal, or the refusal where waiting does not help.
fn pause_after(error: AwsError, refused: &mut u32, taken: &mut Taken) -> Result<Duration, AwsError> {
    let passes = match &error {
        AwsError::Refused(refusal) => refusal.is_passing(),
        AwsError::NoAnswer { .. } => *refused < 3,
        AwsError::CaBundle { .. } | AwsError::Setup { .. } => false,
    };
    *refused += 1;
    if !passes || *refused >= MOST_REFUSED {
        return Err(error);
    }
    taken.refused += 1;
    let whole = FIRST_PAUSE.saturating_mul(1 << (*refused - 1).min(8)).min(LONGEST_PAUSE);
    Ok(whole.mul_f64(0.5 + rand::random::<f64>() / 2.0))
}
