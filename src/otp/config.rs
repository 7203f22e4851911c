//! The `[otp]` section: every bound is a safe one, and what is outside stops the start.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use phonenumber::country;
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    code::Codes,
    destination,
    limits::{Conversion, Limit, Limits},
    model::Channel,
    text,
};
use crate::platform::config::{Findings, Profile, text_list};

/// How one-time codes are made, sent and checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtpConfig {
    /// `<version>:<base64 of at least 32 random bytes>`: the first makes codes, all verify.
    #[serde(deserialize_with = "text_list")]
    pub peppers: Vec<SecretString>,
    /// Digits of a code, 6 to 8 (NIST SP 800-63B-4, 3.1.3.2: at least 6).
    pub digits: u32,
    /// Life of a code, 60 to 600 seconds (NIST SP 800-63B-4, 3.1.3.2: at most ten minutes).
    pub life_seconds: u32,
    /// Tries a code, 1 to 10.
    pub tries: u32,
    /// Wrong codes in a row on one channel that lock its factor, 5 to 100 (NIST SP 800-63B-4, 3.2.2).
    pub failures_until_lock: u32,
    /// How long a destination that was replaced or removed cannot be enrolled again by the same person, 0 to
    /// 720 hours.
    pub cool_off_hours: u32,
    /// The service's name in messages, 1 to 20 signs.
    pub service_name: String,
    /// The host of the page that waits for the code, or its registrable domain; the host of
    /// `keycloak.public_url` when absent.
    pub origin_host: Option<String>,
    /// Countries that get SMS, ISO 3166-1 alpha-2; none means no SMS.
    #[serde(deserialize_with = "text_list")]
    pub countries: Vec<String>,
    /// How long an answer waits for the provider's first word, 0 to 2500 milliseconds.
    pub delivery_wait_millis: u64,
    /// How many messages are handed over at the same time, 1 to 256.
    pub deliveries_at_once: usize,
    /// How much may be sent.
    pub limits: LimitsConfig,
    /// When a number prefix is taken for a fraud.
    pub conversion: ConversionConfig,
    /// Numbers (E.164) whose code is always the same and that get no message, for tests of the whole;
    /// never in the production profile.
    #[serde(default)]
    pub test_numbers: BTreeMap<String, String>,
}

/// When a number prefix is taken for a fraud: much is sent there, and hardly a code comes back.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionConfig {
    /// Text messages to one prefix in an hour that are enough to judge it, 10 to 1000.
    pub least_messages: u32,
    /// The least share of them whose code must come back, 1 to 90 percent.
    pub least_percent: u32,
    /// How long a prefix is blocked, 1 to 168 hours.
    pub block_hours: u32,
}

/// How much may be sent; see the keys in `default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// Messages to one number or address in ten minutes, 1 to 20.
    pub per_destination: u32,
    /// Messages to one person in ten minutes, 1 to 50.
    pub per_person: u32,
    /// Requests from one client address in an hour.
    pub per_address: u32,
    /// Text messages to one number prefix in ten minutes.
    pub per_prefix: u32,
    /// Text messages to one country in an hour.
    pub per_country: u32,
    /// Messages of one channel in an hour.
    pub total: u32,
    /// Money for text messages in an hour, in whole currency units.
    pub money_per_hour: u32,
    /// Money for text messages in a day, in whole currency units.
    pub money_per_day: u32,
    /// What a text message costs, in millionths of the currency unit.
    pub price_micros: u32,
    /// The same for single countries.
    #[serde(default)]
    pub price_micros_by_country: BTreeMap<String, u32>,
}

/// How much more the development profile allows of what one machine shares.
const DEVELOPMENT_FACTOR: i64 = 100;
const MICROS: i64 = 1_000_000;

impl OtpConfig {
    /// Adds what is wrong with this section to `findings`. `public_host` stands in for a missing
    /// `origin_host`.
    pub fn validate(&self, profile: Profile, public_host: &str, findings: &mut Findings) {
        let mut bounds = |holds: bool, key: &str, expected: &str| {
            findings.expect(holds, &format!("otp.{key}"), expected);
        };
        bounds(
            Codes::new(&self.peppers, 6).is_ok(),
            "peppers",
            "at least one of <version 1 to 9999>:<base64 of 32 to 64 random bytes>, each version once",
        );
        bounds((6..=8).contains(&self.digits), "digits", "6 to 8");
        bounds((60..=600).contains(&self.life_seconds), "life_seconds", "60 to 600 seconds");
        bounds((1..=10).contains(&self.tries), "tries", "1 to 10");
        bounds((5..=100).contains(&self.failures_until_lock), "failures_until_lock", "5 to 100");
        bounds(self.cool_off_hours <= 720, "cool_off_hours", "0 to 720 hours");
        bounds(self.delivery_wait_millis <= 2500, "delivery_wait_millis", "0 to 2500 milliseconds");
        bounds((1..=256).contains(&self.deliveries_at_once), "deliveries_at_once", "1 to 256");
        bounds(
            self.countries.len() <= 50
                && self.countries.iter().all(|code| code.parse::<country::Id>().is_ok()),
            "countries",
            "at most 50 country codes of ISO 3166-1 alpha-2, such as ID, SG, MY",
        );
        bounds(
            (1..=20).contains(&self.service_name.chars().count())
                && !self.service_name.contains(char::is_control),
            "service_name",
            "1 to 20 signs",
        );
        let host = self.origin_host.as_deref().unwrap_or(public_host);
        bounds(is_host(host), "origin_host", "a host name without scheme, port and path");
        bounds(
            text::all_fit_one_segment(&self.service_name, host, self.digits.clamp(6, 8)),
            "origin_host",
            "a host and otp.service_name so short that every text message is one SMS long; a registrable \
             domain (example.com for login.example.com) is enough",
        );
        bounds(
            self.test_numbers.is_empty() || profile == Profile::Development,
            "test_numbers",
            "none in the production profile",
        );
        bounds(
            self.test_numbers.len() <= 20
                && self.test_numbers.iter().all(|(number, code)| self.is_test_number(number, code)),
            "test_numbers",
            "at most 20 of E.164 numbers of otp.countries, each with a code of otp.digits digits",
        );
        self.limits.validate(findings);
        self.conversion.validate(findings);
    }

    fn is_test_number(&self, number: &str, code: &str) -> bool {
        let written = destination::parse(Channel::Sms, number, &self.country_ids());
        written.is_ok_and(|written| written.address.expose() == number)
            && code.len() == self.digits as usize
            && code.bytes().all(|digit| digit.is_ascii_digit())
    }

    /// How long a code lives.
    #[must_use]
    pub fn life(&self) -> Duration {
        Duration::from_secs(self.life_seconds.into())
    }

    /// The countries as the number library knows them.
    #[must_use]
    pub fn country_ids(&self) -> Vec<country::Id> {
        self.countries.iter().filter_map(|code| code.parse().ok()).collect()
    }
}

impl ConversionConfig {
    fn validate(self, findings: &mut Findings) {
        let mut between = |value: u32, least: u32, most: u32, key: &str| {
            let expected = format!("{least} to {most}");
            findings.expect((least..=most).contains(&value), &format!("otp.conversion.{key}"), expected);
        };
        between(self.least_messages, 10, 1000, "least_messages");
        between(self.least_percent, 1, 90, "least_percent");
        between(self.block_hours, 1, 168, "block_hours");
    }

    /// The watch as a rule. The development profile judges later: tests send much and enter little.
    #[must_use]
    pub fn rule(self, profile: Profile) -> Conversion {
        let factor = match profile {
            Profile::Production => 1,
            Profile::Development => DEVELOPMENT_FACTOR,
        };
        Conversion {
            least_messages: i64::from(self.least_messages) * factor,
            least_percent: self.least_percent.into(),
            block_hours: self.block_hours.into(),
        }
    }
}

impl LimitsConfig {
    fn validate(&self, findings: &mut Findings) {
        let mut between = |value: u32, least: u32, most: u32, key: &str| {
            let expected = format!("{least} to {most}");
            findings.expect((least..=most).contains(&value), &format!("otp.limits.{key}"), expected);
        };
        between(self.per_destination, 1, 20, "per_destination");
        between(self.per_person, 1, 50, "per_person");
        between(self.per_address, 1, 100_000, "per_address");
        between(self.per_prefix, 1, 100_000, "per_prefix");
        between(self.per_country, 1, 1_000_000, "per_country");
        between(self.total, 1, 10_000_000, "total");
        between(self.money_per_hour, 1, 100_000, "money_per_hour");
        between(self.money_per_day, 1, 1_000_000, "money_per_day");
        between(self.price_micros, 1, 10_000_000, "price_micros");
        for (country, price) in &self.price_micros_by_country {
            between(*price, 1, 10_000_000, &format!("price_micros_by_country.{country}"));
        }
        findings.expect(
            self.price_micros_by_country.keys().all(|country| country.parse::<country::Id>().is_ok()),
            "otp.limits.price_micros_by_country",
            "country codes of ISO 3166-1 alpha-2 as keys",
        );
    }

    /// The limits as rules. Destination and person stay as they are in every profile: they protect
    /// people, the others protect the bill.
    #[must_use]
    pub fn rules(&self, profile: Profile) -> Limits {
        let factor = match profile {
            Profile::Production => 1,
            Profile::Development => DEVELOPMENT_FACTOR,
        };
        let (ten_minutes, hour) = (TimeDelta::minutes(10), TimeDelta::hours(1));
        let limit = |amount: u32, window| Limit { amount: amount.into(), window };
        let shared = |amount: u32, window| Limit { amount: i64::from(amount) * factor, window };
        let money = |amount: u32, window| Limit { amount: i64::from(amount) * MICROS * factor, window };
        Limits {
            destination: limit(self.per_destination, ten_minutes),
            person: limit(self.per_person, ten_minutes),
            address: shared(self.per_address, hour),
            prefix: shared(self.per_prefix, ten_minutes),
            country: shared(self.per_country, hour),
            total: shared(self.total, hour),
            money_hour: money(self.money_per_hour, hour),
            money_day: money(self.money_per_day, TimeDelta::days(1)),
        }
    }

    /// What one text message to a country costs, in millionths of the currency unit.
    #[must_use]
    pub fn price(&self, country: &str) -> i64 {
        self.price_micros_by_country.get(country).copied().unwrap_or(self.price_micros).into()
    }
}

fn is_host(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
        && !text.starts_with(['-', '.'])
        && !text.ends_with(['-', '.'])
}
