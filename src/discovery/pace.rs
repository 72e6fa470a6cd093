//! How fast the portal is asked: all calls keep one pace, and one that was asked to wait makes all of them wait.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The pace of all calls of one run.
#[derive(Debug)]
pub(super) struct Pace(Mutex<State>);

#[derive(Debug)]
struct State {
    next: Instant,
    interval: Duration,
    throttled: usize,
}

/// What Identity Center allows an organization to ask in a second, all who ask together: 20 calls.
///
/// Source: IAM Identity Center User Guide, "Quotas", "Throttle limits": a collective maximum of 20 transactions per second.
const SHORTEST: Duration = Duration::from_millis(50);
/// Who is refused again and again leaves room for others.
const LONGEST: Duration = Duration::from_millis(400);

impl Pace {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State { next: Instant::now(), interval: SHORTEST, throttled: 0 }))
    }

    /// Waits until the next call may go out.
    pub(super) async fn turn(&self) {
        let at = {
            let mut state = self.state();
            let at = state.next.max(Instant::now());
            state.next = at + state.interval;
            at
        };
        tokio::time::sleep_until(at).await;
    }

    /// Says that a call was answered.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        state.interval = (state.interval * 9 / 10).max(SHORTEST);
    }

    /// Says that a call was refused for being one too many; no other goes out for so long.
    pub(super) fn throttled(&self, pause: Duration) {
        let mut state = self.state();
        state.interval = (state.interval * 2).min(LONGEST);
        state.next = state.next.max(Instant::now() + pause);
        state.throttled += 1;
    }

    /// How often that was.
    pub(super) fn times_throttled(&self) -> usize {
        self.state().throttled
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how long to wait after so many refusals: half of it is chance, so that those who were refused together do not
/// come back together.
pub(super) fn pause(refused: u32) -> Duration {
    const FIRST: Duration = Duration::from_millis(400);
    const LAST: Duration = Duration::from_secs(5);
    let whole = FIRST.saturating_mul(1 << refused.saturating_sub(1).min(8)).min(LAST);
    whole.mul_f64(0.5 + rand::random::<f64>() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_are_never_the_same() {
        for (refused, least, most) in
            [(1, 200, 400), (2, 400, 800), (4, 1_600, 3_200), (5, 2_500, 5_000), (40, 2_500, 5_000)]
        {
            let drawn: Vec<Duration> = (0..20).map(|_| pause(refused)).collect();
            let within = |pause: &Duration| (least..=most).contains(&pause.as_millis());
            assert!(drawn.iter().all(within), "{refused}: {drawn:?}");
            assert!(drawn.iter().any(|pause| *pause != drawn[0]), "{refused}");
        }
    }
}
