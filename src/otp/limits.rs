//! How much may be sent: one mechanism for every limit, from "five messages to one number in ten
//! minutes" to "so much money a day".
//!
//! Each limit is a row with a [`Window`]: what was taken, and when. A send is booked in all its rows by
//! one statement, the last before the commit of the transaction that queues the message; when
//! [`Window::over`] says that one of them now holds too much, the transaction is undone. So any number
//! of parallel requests never exceed a limit, and nothing is sent that was not reserved before.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use super::destination::Destination;
use crate::platform::http::client_address::network;

/// Into how many parts a window is cut for counting. What was taken is let go at most one part (1/60
/// of the window) late, never early.
const PARTS: i32 = 60;

impl Limit {
    /// What is taken within one part is counted together, as of the beginning of the part.
    #[must_use]
    pub fn part(self) -> TimeDelta {
        self.window / PARTS
    }

    /// How long after the beginning of its part something counts.
    #[must_use]
    pub fn counts_for(self) -> TimeDelta {
        self.window + self.part()
    }
}

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

/// What was taken from a limit lately, oldest first, by parts of its window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window(pub Vec<(DateTime<Utc>, i64)>);

impl Window {
    /// How much is taken now.
    #[must_use]
    pub fn taken(&self, limit: Limit, now: DateTime<Utc>) -> i64 {
        self.counting(limit, now).map(|(_, amount)| amount).sum()
    }

    /// When more than the limit is taken: how long until enough of the oldest parts have left.
    #[must_use]
    pub fn over(&self, limit: Limit, now: DateTime<Utc>) -> Option<TimeDelta> {
        let mut over = self.taken(limit, now) - limit.amount;
        if over <= 0 {
            return None;
        }
        let enough = self.counting(limit, now).find(|(_, amount)| {
            over -= amount;
            over <= 0
        });
        Some(enough.map_or(limit.window, |(since, _)| since + limit.counts_for() - now))
    }

    fn counting(&self, limit: Limit, now: DateTime<Utc>) -> impl Iterator<Item = (DateTime<Utc>, i64)> {
        self.0.iter().copied().filter(move |(since, _)| *since + limit.counts_for() > now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    const FIVE_IN_TEN_MINUTES: Limit = Limit { amount: 5, window: TimeDelta::minutes(10) };

    fn window(taken: &[(i64, i64)]) -> Window {
        Window(taken.iter().map(|(second, amount)| (at(*second), *amount)).collect())
    }

    #[test]
    fn the_sixth_waits_until_the_first_has_left_the_window() {
        let five = window(&[(0, 1), (100, 1), (200, 2), (400, 1)]);
        assert_eq!(five.over(FIVE_IN_TEN_MINUTES, at(401)), None);
        let six = window(&[(0, 1), (100, 1), (200, 2), (400, 2)]);
        let wait = six.over(FIVE_IN_TEN_MINUTES, at(401)).unwrap();
        assert_eq!(wait.num_seconds(), 209, "ten minutes and one part after the first");
        assert!(six.over(FIVE_IN_TEN_MINUTES, at(401 + 208)).is_some());
        assert_eq!(six.over(FIVE_IN_TEN_MINUTES, at(401 + 209)), None);
    }

    #[test]
    fn what_never_fits_waits_for_the_whole_window() {
        let wait = window(&[(0, 6)]).over(FIVE_IN_TEN_MINUTES, at(0)).unwrap();
        assert_eq!(wait, TimeDelta::seconds(610));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_client() {
        assert_eq!(network("2001:db8:1:2:3::4".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), network("192.0.2.1".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn after_the_wait_it_fits(taken in prop::collection::vec((0_i64..600, 1_i64..6), 1..40)) {
            let mut taken = taken;
            taken.sort_unstable();
            let window = window(&taken);
            if let Some(wait) = window.over(FIVE_IN_TEN_MINUTES, at(600)) {
                let then = at(600) + wait;
                prop_assert!(window.over(FIVE_IN_TEN_MINUTES, then).is_none());
                prop_assert!(window.over(FIVE_IN_TEN_MINUTES, then - TimeDelta::seconds(1)).is_some());
            }
        }
    }
}
