//! A provider that keeps failing is left alone for a while.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row that open the circuit.
const FAILURES: u32 = 5;
/// How long it stays open before one message tries it again.
const REST: TimeDelta = TimeDelta::seconds(30);

/// Remembers how one provider has done lately.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    rests_until: Option<DateTime<Utc>>,
}

impl Breaker {
    /// Whether the provider may be asked. After its rest one caller may, and the others wait for how
    /// it goes.
    pub fn allows(&self, now: DateTime<Utc>) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.rests_until {
            None => true,
            Some(until) if until > now => false,
            Some(_) => {
                state.rests_until = Some(now + REST);
                true
            }
        }
    }

    /// Notes how it went.
    pub fn report(&self, worked: bool, now: DateTime<Utc>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if worked {
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.rests_until = Some(now + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_give_a_rest_and_then_one_may_try() {
        let at = |second: i64| DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap();
        let breaker = Breaker::default();
        for _ in 0..5 {
            assert!(breaker.allows(at(0)));
            breaker.report(false, at(0));
        }
        assert!(!breaker.allows(at(29)));
        assert!(breaker.allows(at(30)), "one may try");
        assert!(!breaker.allows(at(30)), "the others wait");
        breaker.report(false, at(31));
        assert!(!breaker.allows(at(60)));
        assert!(breaker.allows(at(61)));
        breaker.report(true, at(61));
        assert!(breaker.allows(at(61)) && breaker.allows(at(61)), "it works again");
    }

    #[test]
    fn a_success_between_failures_starts_the_count_anew() {
        let breaker = Breaker::default();
        for worked in [false, false, false, false, true, false, false, false, false] {
            breaker.report(worked, DateTime::UNIX_EPOCH);
        }
        assert!(breaker.allows(DateTime::UNIX_EPOCH));
    }
}
