//! How often a key may sign: a token bucket.

use std::{sync::Mutex, time::Duration};

use tokio::time::Instant;

/// At most `burst` signatures at once, refilled with `per_second`. It protects an HSM, a quota and
/// a bill from a loop gone wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    per_second: f64,
    burst: u32,
}

impl Rate {
    /// `per_second` signatures are gained each second, more than none, and up to `burst` of them, at
    /// least one, are saved up. `None` for a rate that would never let a key sign.
    pub fn new(per_second: f64, burst: u32) -> Option<Self> {
        (per_second.is_finite() && per_second > 0.0 && burst > 0)
            .then_some(Self { per_second, burst })
    }
}

/// The bucket of one guard.
#[derive(Debug)]
pub(crate) struct Bucket {
    rate: Rate,
    level: Mutex<(f64, Instant)>,
}

impl Bucket {
    pub(crate) fn full(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            level: Mutex::new((f64::from(rate.burst), now)),
        }
    }

    /// Takes one signature out, if there is one.
    pub(crate) fn take(&self, now: Instant) -> bool {
        let mut level = self
            .level
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (saved, since) = *level;
        let gained = now
            .saturating_duration_since(since)
            .max(Duration::ZERO)
            .as_secs_f64();
        let saved = (saved + gained * self.rate.per_second).min(f64::from(self.rate.burst));
        let taken = saved >= 1.0;
        *level = (if taken { saved - 1.0 } else { saved }, now);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let start = Instant::now();
        let bucket = Bucket::full(Rate::new(1.0, 2).unwrap(), start);
        assert!(bucket.take(start));
        assert!(bucket.take(start));
        assert!(!bucket.take(start));
        assert!(!bucket.take(start + Duration::from_millis(900)));
        assert!(bucket.take(start + Duration::from_millis(1100)));
        assert!(!bucket.take(start + Duration::from_millis(1100)));
    }

    #[test]
    fn a_rate_that_never_lets_a_key_sign_cannot_be_expressed() {
        for (per_second, burst) in [
            (0.0, 1),
            (-1.0, 1),
            (f64::NAN, 1),
            (f64::INFINITY, 1),
            (1.0, 0),
        ] {
            assert_eq!(Rate::new(per_second, burst), None, "{per_second} {burst}");
        }
    }

    #[test]
    fn a_long_rest_saves_up_no_more_than_the_burst() {
        let start = Instant::now();
        let bucket = Bucket::full(Rate::new(1.0, 2).unwrap(), start);
        let later = start + Duration::from_secs(3600);
        assert_eq!((0..5).filter(|_| bucket.take(later)).count(), 2);
    }
}
