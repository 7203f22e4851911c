//! The whole configuration: built-in defaults, then a file, then the environment.

use std::{net::SocketAddr, path::Path};

use figment::{
    Figment,
    providers::{Env, Format as _, Toml},
};
use serde::Deserialize;
use url::Url;

use crate::{
    adapters::{
        keycloak::KeycloakConfig, keystone::KeystoneConfig, mail::MailConfig, sheets::SheetsConfig,
        sms::SmsConfig,
    },
    admission::AdmissionConfig,
    directory::DirectoryConfig,
    intake::IntakeConfig,
    notices::NoticesConfig,
    openstack::OpenStackConfig,
    otp::OtpConfig,
    passwords::PasswordsConfig,
    platform::{
        auth::AuthConfig,
        config::{Findings, InvalidConfig, Profile},
        db::DatabaseConfig,
        http::client_address::Proxies,
        kafka::KafkaConfig,
        telemetry::TelemetryConfig,
        webhook::WebhookConfig,
    },
    portal::PortalConfig,
    publishing::PublishingConfig,
};

const DEFAULTS: &str = include_str!("default.toml");

/// Everything that can be set, by section. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which rules apply at start.
    pub profile: Profile,
    /// Where we listen.
    pub http: HttpConfig,
    /// Whose tokens are taken.
    pub auth: AuthConfig,
    /// Our PostgreSQL.
    pub database: DatabaseConfig,
    /// Kafka, and the topics of Keycloak's events.
    pub kafka: KafkaConfig,
    /// Keycloak's administration.
    pub keycloak: KeycloakConfig,
    /// OpenStack, if there is one.
    pub keystone: KeystoneConfig,
    /// Projects and users in OpenStack.
    pub openstack: OpenStackConfig,
    /// First passwords.
    pub passwords: PasswordsConfig,
    /// Requests for accounts, projects and quotas.
    pub intake: IntakeConfig,
    /// Google Sheets.
    pub sheets: SheetsConfig,
    /// When the directory is compared with Keycloak.
    pub directory: DirectoryConfig,
    /// The records for billing.
    pub publishing: PublishingConfig,
    /// Logs.
    pub telemetry: TelemetryConfig,
    /// Signed calls from Keycloak.
    pub webhook: WebhookConfig,
    /// Who may sign up.
    pub admission: AdmissionConfig,
    /// The pages' sign-in.
    pub portal: PortalConfig,
    /// One-time codes.
    pub otp: OtpConfig,
    /// Mails other than codes.
    pub notices: NoticesConfig,
    /// The mail server.
    pub mail: MailConfig,
    /// Who carries text messages.
    pub sms: SmsConfig,
}

/// Where the service listens and how people reach it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Address of the webhook, the API and the pages.
    pub listen: SocketAddr,
    /// Address of health and metrics; never reachable from outside.
    pub operations_listen: SocketAddr,
    /// How browsers reach the pages, for links in mails.
    pub public_url: Url,
    /// The proxies before the service.
    pub proxies: Proxies,
    /// How often a caller of the API may ask in a minute, 10 to 100000; each process counts by itself.
    pub requests_per_minute: u32,
}

impl Config {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// Names every key that is missing, unknown or out of bounds, and says what is expected.
    pub fn load(file: Option<&Path>) -> Result<Self, InvalidConfig> {
        let mut sources = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(InvalidConfig(vec![format!(
                    "--config: expected a readable file at {}",
                    file.display()
                )]));
            }
            sources = sources.merge(Toml::file_exact(file));
        }
        Self::from_figment(&sources.merge(Env::prefixed("GATEHOUSE__").split("__")))
    }

    /// The defaults overridden by `toml`, for tests.
    pub fn from_toml(toml: &str) -> Result<Self, InvalidConfig> {
        Self::from_figment(&Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(toml)))
    }

    fn from_figment(sources: &Figment) -> Result<Self, InvalidConfig> {
        let config: Self = sources
            .extract()
            .map_err(|errors| InvalidConfig(errors.into_iter().map(|error| describe(&error)).collect()))?;
        let mut findings = Findings::default();
        config.validate(&mut findings);
        findings.into_result()?;
        Ok(config)
    }

    fn validate(&self, findings: &mut Findings) {
        findings.expect(
            self.http.listen != self.http.operations_listen,
            "http.operations_listen",
            "an address of its own, not that of http.listen",
        );
        findings.expect(
            self.profile == Profile::Development || self.http.public_url.scheme() == "https",
            "http.public_url",
            "an https address in the production profile",
        );
        findings.expect(
            (10..=100_000).contains(&self.http.requests_per_minute),
            "http.requests_per_minute",
            "10 to 100000",
        );
        self.http.proxies.validate(findings);
        self.auth.validate(findings);
        self.database.validate(findings);
        self.kafka.validate(findings);
        self.keycloak.validate(self.profile, findings);
        self.keystone.validate(self.profile, findings);
        self.openstack.validate(findings);
        self.passwords.validate(self.keystone.is_configured(), findings);
        self.intake.validate(findings);
        self.sheets.validate(self.profile, findings);
        findings.expect(
            self.sheets.key_file.is_some() || !self.intake.sheets.is_any(),
            "sheets.key_file",
            "the key file of a service account, because intake.sheets names a spreadsheet",
        );
        self.publishing.validate(findings);
        self.telemetry.validate(findings);
        self.webhook.validate(findings);
        self.admission.validate(findings);
        self.portal.validate(findings);
        self.otp.validate(self.profile, self.keycloak.public_host(), findings);
        self.notices.validate(findings);
        self.mail.validate(self.profile, findings);
        self.sms.validate(self.profile, findings);
    }
}

/// A figment error as "key: what is expected", without the value, which may be a secret.
fn describe(error: &figment::Error) -> String {
    use figment::error::Kind;
    let path = error.path.join(".");
    match &error.kind {
        Kind::MissingField(field) => {
            let key = if path.is_empty() { field.to_string() } else { format!("{path}.{field}") };
            format!("{key}: expected a value, none is set")
        }
        Kind::UnknownField(field, known) => {
            let key = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
            format!("{key}: expected one of {}, this key is unknown", known.join(", "))
        }
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("{path}: expected {expected}")
        }
        Kind::UnknownVariant(_, known) => format!("{path}: expected one of {}", known.join(", ")),
        // Messages of field parsers quote what they were given; none of these is a secret, because
        // secrets parse as any text.
        Kind::Message(message) => format!("{path}: expected a valid value ({message})"),
        other => format!("{path}: {other}"),
    }
}
