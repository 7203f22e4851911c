//! A configuration that cannot work stops the service at start, naming the key.

use gatehouse::app::Config;

/// The least that must be set.
pub const MINIMAL: &str = r#"
    http.public_url = "https://gatehouse.example"
    database.url = "postgres://gatehouse:secret@localhost/gatehouse"
    kafka.bootstrap_servers = "localhost:9092"
    keycloak.url = "https://id.example"
    keycloak.client_secret = "secret"
    portal.client_secret = "secret"
    webhook.secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    otp.peppers = ["1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
    mail.host = "smtp.example.com"
    mail.from = "Gatehouse <no-reply@example.com>"
"#;

/// The same without Kafka, for tests that bring their own.
pub const MINIMAL_BUT_KAFKA: &str = r#"
    http.public_url = "https://gatehouse.example"
    database.url = "postgres://gatehouse:secret@localhost/gatehouse"
    keycloak.url = "https://id.example"
    keycloak.client_secret = "secret"
    portal.client_secret = "secret"
    webhook.secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    otp.peppers = ["1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
    mail.host = "smtp.example.com"
    mail.from = "Gatehouse <no-reply@example.com>"
"#;

fn error_of(extra: &str) -> String {
    Config::from_toml(&format!("{MINIMAL}\n{extra}")).expect_err("it should be refused").to_string()
}

#[test]
fn the_least_configuration_is_accepted() {
    Config::from_toml(MINIMAL).unwrap();
}

#[test]
fn a_missing_key_is_named() {
    let error = Config::from_toml("").unwrap_err().to_string();
    assert!(error.contains("database.url: expected a value"), "{error}");
}

#[test]
fn the_bounds_of_admission_are_named() {
    for (setting, expected) in [
        ("admission.mode = \"ajar\"", "admission.mode: expected one of open, closed"),
        ("admission.staff = \"nobody\"", "admission.staff: expected an e-mail address"),
        ("admission.remind_after_hours = 0", "admission.remind_after_hours: expected 1 to 720 hours"),
        ("admission.keep_days = 366", "admission.keep_days: expected 1 to 365 days"),
        ("admission.per_address = 0", "admission.per_address: expected 1 to 1000 in a minute"),
    ] {
        let error = error_of(setting);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_unknown_key_is_named_with_the_known_ones() {
    let error = error_of("database.maxconnections = 3");
    assert!(error.contains("maxconnections") && error.contains("max_connections"), "{error}");
}

#[test]
fn every_wrong_key_is_listed_at_once_and_no_secret_is_shown() {
    let error = Config::from_toml(
        r#"
        http.public_url = "http://gatehouse.example"
        database.url = "mysql://u:hunter2@localhost/x"
        database.max_connections = 1
        kafka.bootstrap_servers = "localhost"
        kafka.properties."acks" = "0"
        keycloak.url = "http://id.example"
        keycloak.client_secret = "hunter2"
        portal.client_secret = "hunter2"
        publishing.users_topic = "two words"
        webhook.secrets = ["whsec_hunter2"]
        otp.peppers = ["1:hunter2"]
        otp.digits = 5
        mail.host = "smtp.example.com"
        mail.from = "hunter2"
        mail.tls = "none"
        "#,
    )
    .unwrap_err()
    .to_string();
    assert!(error.contains("http.public_url: expected an https address"), "{error}");
    assert!(error.contains("database.url: expected postgres://"), "{error}");
    assert!(error.contains("database.max_connections: expected 2 to 200"), "{error}");
    assert!(error.contains("kafka.bootstrap_servers: expected host:port"), "{error}");
    assert!(error.contains("kafka.properties.acks: expected no value"), "{error}");
    assert!(error.contains("keycloak.url: expected an https address"), "{error}");
    assert!(error.contains("publishing.users_topic: expected a topic name"), "{error}");
    assert!(error.contains("webhook.secrets: expected one to five of whsec_"), "{error}");
    assert!(error.contains("otp.peppers: expected at least one of"), "{error}");
    assert!(error.contains("otp.digits: expected 6 to 8"), "{error}");
    assert!(error.contains("mail.from: expected a sender"), "{error}");
    assert!(error.contains("mail.tls: expected required in the production profile"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}
