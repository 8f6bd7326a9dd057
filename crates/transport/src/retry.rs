//! When to try again, and how long to wait: the one retry policy.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use std::hash::{BuildHasher, RandomState};

/// A source of numbers in `0.0..1.0`.
pub type Random = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Capped exponential back-off with full jitter: before attempt `n + 1` it waits a random time
/// between nothing and `base * 2^(n-1)`, at most `cap`. A server that asks for more with
/// `Retry-After` gets it, up to `ceiling`; if it asks for longer than that, the policy gives up at
/// once and the caller sees the answer with its wish.
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    base: Duration,
    cap: Duration,
    ceiling: Duration,
    random: Random,
}

/// What an attempt says about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The outcome stands.
    Stop,
    /// Another attempt may do better.
    Again {
        /// The wait that the server asked for (`Retry-After`).
        after: Option<Duration>,
    },
}

impl RetryPolicy {
    /// So many attempts in all (at least one), with the default waits: base 1 s, cap 8 s, ceiling
    /// 30 s. A burst of 503 lasts seconds, so waits that sum to less would not outlast it.
    pub fn new(max_attempts: u32) -> Self {
        Self {
            max_attempts: max_attempts.max(1),
            base: Duration::from_secs(1),
            cap: Duration::from_secs(8),
            ceiling: Duration::from_secs(30),
            random: Arc::new(random),
        }
    }

    /// The longest wait before the second attempt, and the longest wait of all.
    #[must_use]
    pub fn with_waits(mut self, base: Duration, cap: Duration) -> Self {
        (self.base, self.cap) = (base, cap);
        self
    }

    /// The longest `Retry-After` that is waited for.
    #[must_use]
    pub fn with_ceiling(mut self, ceiling: Duration) -> Self {
        self.ceiling = ceiling;
        self
    }

    /// Another source of jitter.
    #[must_use]
    pub fn with_random(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// Makes attempts, numbered from 1, until one says [`Next::Stop`] or no more are allowed, and
    /// returns the last outcome. Each attempt is a new call, so that its content may be new too.
    pub async fn run<T, F>(&self, mut attempt: impl FnMut(u32) -> F) -> T
    where
        F: Future<Output = (T, Next)>,
    {
        let mut number = 1;
        loop {
            let (outcome, next) = attempt(number).await;
            let Some(wait) = self.wait(number, next) else {
                return outcome;
            };
            tokio::time::sleep(wait).await;
            number += 1;
        }
    }

    /// How long to wait after attempt `number`; `None` when it was the last one.
    fn wait(&self, number: u32, next: Next) -> Option<Duration> {
        let Next::Again { after } = next else {
            return None;
        };
        if number >= self.max_attempts || after.is_some_and(|wish| wish > self.ceiling) {
            return None;
        }
        let doubled = 2_u32.saturating_pow(number - 1);
        let longest = self.base.saturating_mul(doubled).min(self.cap);
        let jittered = longest.mul_f64((self.random)().clamp(0.0, 1.0));
        // The wish is the earliest moment; the jitter on top keeps clients apart.
        Some(after.unwrap_or_default() + jittered)
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.max_attempts)
            .field("base", &self.base)
            .field("cap", &self.cap)
            .field("ceiling", &self.ceiling)
            .finish_non_exhaustive()
    }
}

/// The standard library seeds its hashers from the system's entropy: enough for jitter, which
/// protects no secret.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 32;
    #[expect(clippy::cast_precision_loss, reason = "32 bits fit in a double")]
    let numerator = bits as f64;
    numerator / 4_294_967_296.0
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const AGAIN: Next = Next::Again { after: None };

    fn policy(random: f64) -> RetryPolicy {
        RetryPolicy::new(4).with_random(Arc::new(move || random))
    }

    async fn attempts_and_time(policy: RetryPolicy, next: Next) -> (u32, Duration) {
        let start = Instant::now();
        let last = policy.run(|number| async move { (number, next) }).await;
        (last, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_and_the_attempts_are_counted() {
        assert_eq!(
            attempts_and_time(policy(1.0), AGAIN).await,
            (4, Duration::from_secs(1 + 2 + 4))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn jitter_may_shrink_a_wait_to_nothing() {
        assert_eq!(
            attempts_and_time(policy(0.0), AGAIN).await,
            (4, Duration::ZERO)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_never_grows_past_the_cap() {
        let policy = policy(1.0).with_waits(Duration::from_secs(3), Duration::from_secs(5));
        assert_eq!(
            attempts_and_time(policy, AGAIN).await,
            (4, Duration::from_secs(3 + 5 + 5))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_servers_wish_is_a_lower_bound() {
        let wish = Next::Again {
            after: Some(Duration::from_secs(20)),
        };
        assert_eq!(
            attempts_and_time(policy(0.0), wish).await,
            (4, Duration::from_secs(60))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_wish_beyond_the_ceiling_ends_the_attempts() {
        let wish = Next::Again {
            after: Some(Duration::MAX),
        };
        assert_eq!(
            attempts_and_time(policy(1.0), wish).await,
            (1, Duration::ZERO)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_outcome_that_stands_is_not_tried_again() {
        assert_eq!(
            attempts_and_time(policy(1.0), Next::Stop).await,
            (1, Duration::ZERO)
        );
    }

    #[test]
    fn the_default_jitter_is_spread_between_zero_and_one() {
        let drawn: Vec<f64> = (0..64).map(|_| random()).collect();
        assert!(drawn.iter().all(|x| (0.0..1.0).contains(x)));
        assert!(drawn.iter().any(|x| *x < 0.5) && drawn.iter().any(|x| *x > 0.5));
    }
}
