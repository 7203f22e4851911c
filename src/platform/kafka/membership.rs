//! Whether a client has a place in its group. The library (librdkafka 2.12.1) has been seen to wait for ever for a
//! coordinator that was back: it held no connection to it and made none. Such a client has to be made anew.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// How long a client may take to come back into its group, six times the session.
const REJOIN_WITHIN: Duration = Duration::from_mins(1);

/// Since when the client has been without a settled place in its group, and whether that is too long.
pub(super) struct Membership {
    state: watch::Sender<State>,
}

#[derive(Default)]
struct State {
    outside_since: Option<Instant>,
    is_lost: bool,
}

impl Default for Membership {
    fn default() -> Self {
        Self { state: watch::Sender::new(State::default()) }
    }
}

impl Membership {
    /// Notes what the client says every few seconds.
    pub(super) fn report(&self, is_settled: bool, now: Instant) {
        self.state.send_modify(|state| {
            let outside_since = if is_settled { None } else { Some(state.outside_since.unwrap_or(now)) };
            let outside = outside_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
            *state = State { outside_since, is_lost: outside > REJOIN_WITHIN };
        });
    }

    /// Returns while the client has been outside its group for too long; waits otherwise.
    pub(super) async fn lost(&self) {
        // It fails when the sender is gone only, and that is ours.
        let _ = self.state.subscribe().wait_for(|state| state.is_lost).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use futures::FutureExt as _;

    use super::{Membership, REJOIN_WITHIN};

    #[test]
    fn who_does_not_find_back_into_the_group_in_time_is_lost() {
        let (membership, began) = (Membership::default(), Instant::now());
        let is_lost = |is_settled, after| {
            membership.report(is_settled, began + after);
            membership.lost().now_or_never().is_some()
        };
        let second = Duration::from_secs(1);
        assert!(!is_lost(false, Duration::ZERO));
        assert!(!is_lost(false, REJOIN_WITHIN));
        assert!(is_lost(false, REJOIN_WITHIN + second));
        assert!(!is_lost(true, REJOIN_WITHIN + second * 2), "it is back");
        assert!(!is_lost(false, REJOIN_WITHIN + second * 3), "the time begins anew");
    }
}
