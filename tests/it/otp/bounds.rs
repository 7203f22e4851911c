//! Settings outside their safe bounds stop the start, naming the key and what is expected.

use gatehouse::app::Config;

use crate::config::MINIMAL;

#[track_caller]
fn refused(setting: &str, expected: &str) {
    let error = Config::from_toml(&format!("{MINIMAL}\n{setting}")).unwrap_err().to_string();
    assert!(error.contains(expected), "{setting}: {error}");
}

#[test]
fn a06_01_a_code_has_at_least_six_digits() {
    refused("otp.digits = 5", "otp.digits: expected 6 to 8");
    refused("otp.digits = 9", "otp.digits: expected 6 to 8");
}

#[test]
fn a06_02_a_code_lives_at_most_ten_minutes() {
    refused("otp.life_seconds = 601", "otp.life_seconds: expected 60 to 600 seconds");
    refused("otp.life_seconds = 0", "otp.life_seconds: expected 60 to 600 seconds");
}

#[test]
fn a06_18_at_most_a_hundred_failures_lock_a_factor() {
    refused("otp.failures_until_lock = 101", "otp.failures_until_lock: expected 5 to 100");
    refused("otp.failures_until_lock = 0", "otp.failures_until_lock: expected 5 to 100");
}

#[test]
fn every_other_bound_is_named_too() {
    refused("otp.tries = 0", "otp.tries: expected 1 to 10");
    refused("otp.countries = [\"XX\"]", "otp.countries: expected at most 50 country codes");
    refused("otp.service_name = \"\"", "otp.service_name: expected 1 to 20 signs");
    refused("otp.origin_host = \"https://a.b\"", "otp.origin_host: expected a host name");
    let long = format!("otp.origin_host = \"{}.example\"", "a".repeat(40));
    refused(&long, "otp.origin_host: expected a host and otp.service_name so short");
    refused("otp.delivery_wait_millis = 2501", "otp.delivery_wait_millis: expected 0 to 2500");
    refused("otp.limits.per_destination = 21", "otp.limits.per_destination: expected 1 to 20");
    refused("otp.limits.money_per_day = 0", "otp.limits.money_per_day: expected 1 to");
    refused("otp.limits.price_micros_by_country.XX = 5", "otp.limits.price_micros_by_country: expected");
    refused("otp.conversion.least_messages = 9", "otp.conversion.least_messages: expected 10 to 1000");
    refused("otp.conversion.least_percent = 91", "otp.conversion.least_percent: expected 1 to 90");
    refused("otp.conversion.block_hours = 0", "otp.conversion.block_hours: expected 1 to 168");
    refused(
        "mail.second.host = \"b\"\nmail.second.port = 25\nmail.second.tls = \"none\"",
        "mail.second.tls: expected required",
    );
    refused(
        "sms.providers = [\"http\"]\nsms.http.url = \"https://a.b\"\nsms.http.receipts.secret = \"short\"",
        "sms.http.receipts.secret: expected 32 to 128",
    );
    refused("webhook.tolerance_seconds = 301", "webhook.tolerance_seconds: expected 10 to 300 seconds");
    refused("mail.username = \"me\"", "mail.password: expected mail.username and mail.password together");
    refused("sms.providers = [\"http\"]", "sms.http.url: expected the https address of the gateway");
    refused("sms.sns.access_key_id = \"AK\"", "sms.sns.secret_access_key: expected");
    refused("sms.sns.endpoint = \"http://sns.local\"", "sms.sns.endpoint: expected an https address");
    refused("sms.sns.sender_id = \"two words\"", "sms.sns.sender_id: expected 1 to 11");
}

#[test]
fn lists_may_come_as_one_text_from_the_environment() {
    let config = Config::from_toml(&format!("{MINIMAL}\notp.countries = \"ID, SG\"")).unwrap();
    assert_eq!(config.otp.countries, ["ID", "SG"]);
    let none = Config::from_toml(&format!("{MINIMAL}\notp.countries = \"\"")).unwrap();
    assert!(none.otp.countries.is_empty());
}
