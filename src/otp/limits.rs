//! How much may be sent: one mechanism for every limit, from "five messages to one number in ten
//! minutes" to "so much money a day".
//!
//! Each limit is a row with a [`Window`]: what was taken, and when. The rows of one send are locked,
//! decided on by [`Window::take`] and written back in the transaction that queues the message, so
//! that any number of parallel requests never exceed a limit, and nothing is sent that was not
//! reserved before.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use super::destination::Destination;
use crate::platform::http::client_address::network;

/// Into how many parts a window is cut for counting. What was taken is let go at most one part (1/60
/// of the window) late, never early.
const PARTS: i32 = 60;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Messages to one number or address.
    Destination,
    /// Messages to one person, over all channels.
    Person,
    /// Requests from one client address; IPv6 clients own a /64 and count as one.
    Address,
    /// Messages to the numbers that share all but the last four digits.
    Prefix,
    /// Messages to one country.
    Country,
    /// All messages of a channel.
    Total,
    /// Money in an hour, in millionths of the currency unit.
    MoneyHour,
    /// Money in a day, in millionths of the currency unit.
    MoneyDay,
    /// Messages to a prefix that is blocked, because hardly a code came back from it.
    BlockedPrefix,
}

impl Scope {
    /// The stable name in the database, logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Destination => "destination",
            Self::Person => "person",
            Self::Address => "address",
            Self::Prefix => "prefix",
            Self::Country => "country",
            Self::Total => "total",
            Self::MoneyHour => "money_hour",
            Self::MoneyDay => "money_day",
            Self::BlockedPrefix => "blocked_prefix",
        }
    }
}

/// At most `amount` in any span of `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How much.
    pub amount: i64,
    /// In how long.
    pub window: TimeDelta,
}

/// When a prefix is taken for a fraud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// Messages in an hour that are enough to judge it.
    pub least_messages: i64,
    /// The least share of them whose code came back, in percent.
    pub least_percent: i64,
    /// How long it is blocked.
    pub block_hours: i64,
}

/// One limit as it applies to one send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which limit.
    pub scope: Scope,
    /// Whose: a hash, so that the table of limits holds no personal data.
    pub key: Vec<u8>,
    /// How much is allowed.
    pub limit: Limit,
    /// How much this send takes.
    pub amount: i64,
}

/// Who sends what where, as far as the limits are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// The person's realm.
    pub realm: &'a str,
    /// The person, known to us or not.
    pub user_id: &'a str,
    /// Where the request came from, as the signed caller says; nothing for a repeated message, which
    /// the limit of the first one covers.
    pub client: Option<IpAddr>,
    /// Where the message goes; nothing when there is no factor to send to.
    pub to: Option<&'a Destination>,
}

/// All limits; see the `[otp.limits]` section for the meaning of each.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Per number or address.
    pub destination: Limit,
    /// Per person.
    pub person: Limit,
    /// Per client address.
    pub address: Limit,
    /// Per number prefix.
    pub prefix: Limit,
    /// Per country.
    pub country: Limit,
    /// Per channel.
    pub total: Limit,
    /// Money.
    pub money_hour: Limit,
    /// Money.
    pub money_day: Limit,
}

impl Limits {
    /// The limits that one send must pass, narrow ones first.
    ///
    /// A person without a factor is counted like one with a factor, so that the answer "too many
    /// requests" tells nothing about who exists. `price` is in millionths of the currency unit.
    #[must_use]
    pub fn asks(&self, sending: &Sending<'_>, price: i64) -> Vec<Ask> {
        let mut asks = vec![ask(Scope::Person, self.person, 1, &[sending.realm, sending.user_id])];
        if let Some(client) = sending.client {
            asks.push(ask(Scope::Address, self.address, 1, &[&network(client)]));
        }
        asks.extend(sending.to.into_iter().flat_map(|to| self.asks_of_message(to, price)));
        asks
    }

    /// The limits that any message must pass, whoever it is about: those of where it goes and what it costs.
    #[must_use]
    pub fn asks_of_message(&self, to: &Destination, price: i64) -> Vec<Ask> {
        let channel = to.channel.name();
        let mut asks = vec![
            ask(Scope::Destination, self.destination, 1, &[channel, to.address.expose()]),
            ask(Scope::Total, self.total, 1, &[channel]),
        ];
        if let Some(phone) = &to.phone {
            asks.push(ask(Scope::Prefix, self.prefix, 1, &[phone.prefix.expose()]));
            asks.push(ask(Scope::Country, self.country, 1, &[&phone.country]));
            asks.push(ask(Scope::MoneyHour, self.money_hour, price, &[]));
            asks.push(ask(Scope::MoneyDay, self.money_day, price, &[]));
        }
        asks
    }
}

fn ask(scope: Scope, limit: Limit, amount: i64, parts: &[&str]) -> Ask {
    Ask { scope, key: key(scope, parts), limit, amount }
}

/// The key of the limit of a prefix.
#[must_use]
pub fn prefix_key(prefix: &str) -> Vec<u8> {
    key(Scope::Prefix, &[prefix])
}

/// The key of a limit: a hash over whose it is.
#[must_use]
pub fn key(scope: Scope, parts: &[&str]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in std::iter::once(&scope.name()).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// What was taken from a limit lately, oldest first: at most about [`PARTS`] entries, however much it
/// is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window(pub Vec<(DateTime<Utc>, i64)>);

impl Window {
    /// Takes `amount` now, or says how long to wait until it would fit.
    pub fn take(&mut self, limit: Limit, amount: i64, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let part = limit.window / PARTS;
        self.0.retain(|(since, _)| counts(*since, limit, now));
        let taken = self.taken(limit, now);
        if taken.saturating_add(amount) > limit.amount {
            return Err(self.wait(limit, amount, taken, now));
        }
        match self.0.last_mut() {
            Some((since, taken)) if *since + part > now => *taken += amount,
            _ => self.0.push((now, amount)),
        }
        Ok(())
    }

    /// How much is taken now.
    #[must_use]
    pub fn taken(&self, limit: Limit, now: DateTime<Utc>) -> i64 {
        self.0.iter().filter(|(since, _)| counts(*since, limit, now)).map(|(_, amount)| amount).sum()
    }

    /// How long until enough of the oldest entries have left. A limit that is smaller than the amount
    /// never lets it pass: then the whole window.
    fn wait(&self, limit: Limit, amount: i64, taken: i64, now: DateTime<Utc>) -> TimeDelta {
        let mut over = taken.saturating_add(amount) - limit.amount;
        for (since, taken) in &self.0 {
            over -= taken;
            if over <= 0 {
                return *since + limit.window / PARTS + limit.window - now;
            }
        }
        limit.window
    }
}

/// Whether an entry is still in the window: it stands for everything taken within one part after its
/// time.
fn counts(since: DateTime<Utc>, limit: Limit, now: DateTime<Utc>) -> bool {
    since + limit.window / PARTS + limit.window > now
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    const FIVE_IN_TEN_MINUTES: Limit = Limit { amount: 5, window: TimeDelta::minutes(10) };

    #[test]
    fn the_sixth_waits_until_the_first_has_left_the_window() {
        let mut window = Window::default();
        for second in [0, 100, 200, 300, 400] {
            window.take(FIVE_IN_TEN_MINUTES, 1, at(second)).unwrap();
        }
        let wait = window.take(FIVE_IN_TEN_MINUTES, 1, at(401)).unwrap_err();
        assert_eq!(wait.num_seconds(), 209, "ten minutes and one part after the first");
        assert!(window.take(FIVE_IN_TEN_MINUTES, 1, at(401 + 208)).is_err());
        window.take(FIVE_IN_TEN_MINUTES, 1, at(401 + 209)).unwrap();
    }

    #[test]
    fn what_never_fits_waits_for_the_whole_window() {
        let wait = Window::default().take(FIVE_IN_TEN_MINUTES, 6, at(0)).unwrap_err();
        assert_eq!(wait, TimeDelta::minutes(10));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_client() {
        assert_eq!(network("2001:db8:1:2:3::4".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), network("192.0.2.1".parse().unwrap()));
    }

    proptest! {
        /// The reference: every taking is remembered for ever and counted one by one.
        #[test]
        fn no_span_of_the_window_ever_holds_more_than_the_limit(
            steps in prop::collection::vec((0_i64..120, 1_i64..4), 1..200)
        ) {
            let limit = Limit { amount: 10, window: TimeDelta::seconds(600) };
            let (mut window, mut all, mut now) = (Window::default(), Vec::new(), 0);
            for (pause, amount) in steps {
                now += pause;
                if window.take(limit, amount, at(now)).is_ok() {
                    all.push((now, amount));
                }
                let held: i64 = all.iter().filter(|(then, _)| then + 600 > now).map(|(_, n)| n).sum();
                prop_assert!(held <= 10, "{held}");
                prop_assert!(window.0.len() <= usize::try_from(PARTS).unwrap() + 2);
            }
        }

        #[test]
        fn after_the_wait_it_fits(takings in prop::collection::vec((0_i64..200, 1_i64..6), 1..40)) {
            let (mut window, mut now) = (Window::default(), 0);
            for (pause, amount) in takings {
                now += pause;
                if let Err(wait) = window.take(FIVE_IN_TEN_MINUTES, amount, at(now)) {
                    prop_assume!(amount <= 5);
                    now += wait.num_seconds();
                    prop_assert!(window.take(FIVE_IN_TEN_MINUTES, amount, at(now)).is_ok());
                }
            }
        }
    }
}
