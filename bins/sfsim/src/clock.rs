//! The org's own clock: ahead of, behind or equal to the machine's, moved without sleeping.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Milliseconds since 1970-01-01T00:00:00Z on the org's clock.
pub(crate) type Millis = i64;

/// Everything that depends on time asks this clock: `exp`, session timeouts, propagation, `Date`.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset: AtomicI64,
}

impl Clock {
    pub(crate) fn now(&self) -> Millis {
        real_now().saturating_add(self.offset.load(Ordering::Relaxed))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.offset.fetch_add(millis(by), Ordering::Relaxed);
    }

    /// Sets the clock to a Unix time in seconds; it goes on ticking from there.
    pub(crate) fn set(&self, unix_seconds: i64) {
        let offset = unix_seconds
            .saturating_mul(1_000)
            .saturating_sub(real_now());
        self.offset.store(offset, Ordering::Relaxed);
    }
}

pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// The `Date` header's form; a time before 1970 is shown as its first second.
pub(crate) fn http_date(time: Millis) -> String {
    let since_epoch = Duration::from_millis(u64::try_from(time).unwrap_or(0));
    httpdate::fmt_http_date(UNIX_EPOCH + since_epoch)
}

fn real_now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_by_what_it_is_told() {
        let clock = Clock::default();
        clock.set(1_000);
        clock.advance(Duration::from_secs(500));
        // The clock ticks on between the calls, so seconds are compared with some room.
        assert!((1_500_000..1_560_000).contains(&clock.now()));
    }

    #[test]
    fn the_date_header_is_an_http_date() {
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
