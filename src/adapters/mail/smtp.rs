//! Mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret as _;

use super::{Mail, MailConfig, Mailer, NotSent, Receipt, TlsPolicy};

/// The port with TLS from the first byte (RFC 8314, 3.3).
const SUBMISSIONS: u16 = 465;

/// One SMTP server behind a pool of connections.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    limit: Duration,
}

/// What is wrong with the server, for the check at start; safe to show.
#[derive(Debug, thiserror::Error)]
pub enum SmtpProblem {
    /// The sender or the server's name cannot be used.
    #[error("mail: the settings cannot be used")]
    Settings,
    /// It cannot be spoken to as the policy asks.
    #[error("mail: the server at mail.host does not answer over the encryption that mail.tls asks for ({0})")]
    Unusable(&'static str),
}

impl SmtpMailer {
    /// A mailer for the server of `config`; it connects when the first mail is sent.
    pub fn new(config: &MailConfig) -> Result<Self, SmtpProblem> {
        let from = config.from.parse().map_err(|_| SmtpProblem::Settings)?;
        let timeout = Duration::from_millis(config.timeout_millis);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .timeout(Some(timeout))
            .tls(encryption(config).map_err(|_| SmtpProblem::Settings)?)
            .pool_config(
                PoolConfig::new().max_size(config.connections).idle_timeout(Duration::from_secs(30)),
            );
        if let (Some(user), Some(password)) = (&config.username, &config.password) {
            builder =
                builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, limit: timeout })
    }

    /// Asks the server whether it can be used at all; for the check at start.
    pub async fn probe(&self) -> Result<(), SmtpProblem> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(SmtpProblem::Unusable("no_answer")),
            Err(error) => Err(SmtpProblem::Unusable(classify(&error).reason())),
        }
    }

    fn message(&self, mail: &Mail) -> Option<Message> {
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.expose().parse().ok()?))
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@{domain}>", mail.message_id)))
            // Auto-replies to a machine help nobody (RFC 3834, 5).
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(
                mail.text.expose().clone(),
                mail.html.expose().clone(),
            ))
            .ok()
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn send(&self, mail: &Mail) -> Result<Receipt, NotSent> {
        let message = self.message(mail).ok_or(NotSent::Refused { reason: "address" })?;
        match tokio::time::timeout(self.limit, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(Receipt::with_id(Some(&mail.message_id))),
            Ok(Err(error)) => Err(classify(&error)),
            Err(_) => Err(NotSent::Unknown { reason: "timeout" }),
        }
    }
}

fn encryption(config: &MailConfig) -> Result<Tls, Error> {
    let parameters = || TlsParameters::new(config.host.clone());
    Ok(match config.tls {
        TlsPolicy::None => Tls::None,
        TlsPolicy::Opportunistic => Tls::Opportunistic(parameters()?),
        TlsPolicy::Required if config.port == SUBMISSIONS => Tls::Wrapper(parameters()?),
        TlsPolicy::Required => Tls::Required(parameters()?),
    })
}

/// A server answers 4yz for "later" and 5yz for "never" (RFC 5321, 4.2.1). A connection that was
/// never made or never encrypted took nothing; one that broke later may have.
fn classify(error: &Error) -> NotSent {
    if error.is_permanent() {
        NotSent::Refused { reason: "smtp_5yz" }
    } else if error.is_transient() {
        NotSent::Unavailable { reason: "smtp_4yz" }
    } else if error.is_tls() {
        NotSent::Unavailable { reason: "tls" }
    } else if error.is_client() {
        // lettre refuses here what the policy does not allow: a server without STARTTLS, or without
        // the wanted login.
        NotSent::Unavailable { reason: "server_lacks_what_is_required" }
    } else if error.is_timeout() {
        NotSent::Unknown { reason: "timeout" }
    } else if error.is_response() {
        NotSent::Unknown { reason: "garbled_answer" }
    } else if is_connect(error) {
        NotSent::Unavailable { reason: "connect" }
    } else {
        NotSent::Unknown { reason: "connection_broke" }
    }
}

/// Whether the connection was refused before a byte was sent.
fn is_connect(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind;
            return matches!(
                io.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::AddrNotAvailable
                    | ErrorKind::NotFound
            );
        }
        source = cause.source();
    }
    false
}

#[derive(Debug, Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
