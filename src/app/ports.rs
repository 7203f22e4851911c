//! The world outside, in one place: tests replace any of it.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;

use super::Config;
use crate::{
    adapters::{
        keycloak::{Keycloak, KeycloakClient},
        mail::{MailConfig, Mailer, SmtpMailer},
        oidc::{IdentityProvider, OidcClient},
        sms::{HttpGateway, SmsConfig, SmsProvider, SmsSender, Sns},
    },
    otp::OtpPorts,
    platform::{
        auth::Verifier,
        clock::{SharedClock, SystemClock},
        entropy::{OsEntropy, SharedEntropy},
    },
};

/// Time, chance, and everybody who carries messages.
#[derive(Clone)]
pub struct Ports {
    /// Time.
    pub clock: SharedClock,
    /// Chance.
    pub entropy: SharedEntropy,
    /// Mail servers, the first asked first.
    pub mailers: Vec<Arc<dyn Mailer>>,
    /// SMS providers, the first asked first.
    pub sms: Vec<Arc<dyn SmsSender>>,
    /// By whom people sign in.
    pub provider: Arc<dyn IdentityProvider>,
    /// Keycloak's administration, for what is shown as it is now.
    pub keycloak: Arc<dyn Keycloak>,
}

impl Ports {
    /// The real world, as configured. Nothing is connected to yet.
    pub async fn real(config: &Config) -> anyhow::Result<Self> {
        let clock: SharedClock = Arc::new(SystemClock);
        Ok(Self {
            provider: Arc::new(provider(config, clock.clone())?),
            keycloak: Arc::new(
                KeycloakClient::new(&config.keycloak)
                    .context("keycloak")?
                    .inviting_to(&config.http.public_url.join("/account").context("http.public_url")?),
            ),
            clock,
            entropy: Arc::new(OsEntropy),
            mailers: mailers(&config.mail)?,
            sms: sms_senders(&config.sms).await?,
        })
    }

    /// The part that one-time codes need.
    #[must_use]
    pub fn for_otp(&self) -> OtpPorts {
        OtpPorts {
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            mailers: self.mailers.clone(),
            sms: self.sms.clone(),
        }
    }
}

fn provider(config: &Config, clock: SharedClock) -> anyhow::Result<OidcClient> {
    let verifier = Verifier::new(config.keycloak.issuer(), &config.auth, clock)?;
    OidcClient::new(&config.keycloak, config.portal.client_secret.clone(), verifier).context("keycloak")
}

/// Says at start whether the mail server can be used as configured. The service runs all the same:
/// text messages may work, and the server may come back.
pub async fn probe_mail(config: MailConfig) {
    let mailers = match SmtpMailer::all(&config) {
        Ok(mailers) => mailers,
        Err(problem) => return tracing::error!(%problem, "no mail can be sent"),
    };
    for mailer in mailers {
        match mailer.probe().await {
            Ok(()) => tracing::info!(server = mailer.name(), "the mail server answers"),
            Err(problem) => tracing::error!(server = mailer.name(), %problem, "it takes no mail"),
        }
    }
}

fn mailers(config: &MailConfig) -> anyhow::Result<Vec<Arc<dyn Mailer>>> {
    let mailers = SmtpMailer::all(config)?;
    Ok(mailers.into_iter().map(|mailer| Arc::new(mailer) as Arc<dyn Mailer>).collect())
}

async fn sms_senders(config: &SmsConfig) -> anyhow::Result<Vec<Arc<dyn SmsSender>>> {
    let timeout = Duration::from_millis(config.timeout_millis);
    let mut senders: Vec<Arc<dyn SmsSender>> = Vec::new();
    for provider in &config.providers {
        senders.push(match (provider, &config.http) {
            (SmsProvider::Sns, _) => Arc::new(Sns::new(&config.sns, timeout).await),
            (SmsProvider::Http, Some(gateway)) => {
                Arc::new(HttpGateway::new(gateway.clone(), timeout).context("sms.http")?)
            }
            (SmsProvider::Http, None) => anyhow::bail!("sms.http.url: expected the address of the gateway"),
        });
    }
    Ok(senders)
}
