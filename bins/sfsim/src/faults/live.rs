//! The faults at work: which request each one hits.

use std::sync::{Mutex, PoisonError};

use super::{Faults, Kind, Scope};
use crate::ids::mix;

/// The current faults with their counters.
#[derive(Debug, Default)]
pub(crate) struct LiveFaults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    faults: Faults,
    counters: Vec<Counter>,
    drawn: u64,
}

#[derive(Debug, Default, Clone)]
struct Counter {
    matched: u32,
    fired: u32,
}

impl LiveFaults {
    pub(crate) fn new(faults: Faults) -> Self {
        let live = Self::default();
        live.set(faults);
        live
    }

    /// Replaces the faults; all counters and the random sequence start again.
    pub(crate) fn set(&self, faults: Faults) {
        let counters = vec![Counter::default(); faults.faults.len()];
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State {
            faults,
            counters,
            drawn: 0,
        };
    }

    pub(crate) fn get(&self) -> Faults {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.faults.clone()
    }

    /// The first fault of the wanted kinds that hits this request, with its name.
    pub(crate) fn take<T>(
        &self,
        scope: Scope,
        pick: impl Fn(&Kind) -> Option<T>,
    ) -> Option<(&'static str, T)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (0..state.faults.faults.len()).find_map(|index| state.hit(index, scope, &pick))
    }

    /// The same without counting: for what is always on, such as a skewed clock.
    pub(crate) fn peek<T>(&self, pick: impl Fn(&Kind) -> Option<T>) -> Option<T> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state
            .faults
            .faults
            .iter()
            .find_map(|fault| pick(&fault.kind))
    }
}

impl State {
    fn hit<T>(
        &mut self,
        index: usize,
        scope: Scope,
        pick: &impl Fn(&Kind) -> Option<T>,
    ) -> Option<(&'static str, T)> {
        let fault = self.faults.faults.get(index)?;
        if fault.on.is_some_and(|on| on != scope) {
            return None;
        }
        let picked = pick(&fault.kind)?;
        let name = fault.kind.name();
        let counter = self.counters.get_mut(index)?;
        counter.matched = counter.matched.saturating_add(1);
        if counter.matched <= fault.after || fault.times.is_some_and(|times| counter.fired >= times)
        {
            return None;
        }
        if fault.share < 1.0 {
            self.drawn += 1;
            if draw(self.faults.seed, self.drawn) >= fault.share {
                return None;
            }
        }
        counter.fired = counter.fired.saturating_add(1);
        Some((name, picked))
    }
}

/// A number in 0..1, the same for the same seed and position.
fn draw(seed: u64, position: u64) -> f64 {
    let bits = u32::try_from(mix(seed, position) >> 32).unwrap_or(u32::MAX);
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;

    fn hits(live: &LiveFaults, requests: usize) -> Vec<bool> {
        (0..requests)
            .map(|_| live.take(Scope::Data, |kind| (*kind == Kind::Empty500).then_some(())))
            .map(|hit| hit.is_some())
            .collect()
    }

    #[test]
    fn a_fault_spares_the_first_and_stops_after_its_times() {
        let fault = Fault::new(Kind::Empty500).after(1).times(2);
        let live = LiveFaults::new(Faults::none().with(fault));
        assert_eq!(hits(&live, 5), [false, true, true, false, false]);
    }

    #[test]
    fn a_fault_for_another_scope_does_not_fire() {
        let live =
            LiveFaults::new(Faults::none().with(Fault::new(Kind::Empty500).on(Scope::Token)));
        assert_eq!(hits(&live, 2), [false, false]);
    }

    #[test]
    fn the_same_seed_hits_the_same_requests() {
        let faults = || Faults::seeded(7).with(Fault::new(Kind::Empty500).share(0.5));
        let first = hits(&LiveFaults::new(faults()), 100);
        assert_eq!(first, hits(&LiveFaults::new(faults()), 100));
        let count = first.iter().filter(|&&hit| hit).count();
        assert!((30..70).contains(&count), "{count} of 100");
    }
}
