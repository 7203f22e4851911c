//! Mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret as _;

use super::{Mail, MailConfig, MailServer, Mailer, NotSent, Receipt, TlsPolicy};

/// The port with TLS from the first byte (RFC 8314, 3.3).
const SUBMISSIONS: u16 = 465;

/// One SMTP server behind a pool of connections.
#[derive(Debug)]
pub struct SmtpMailer {
    name: &'static str,
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
    /// The file with certificates cannot be read as such.
    #[error("mail.ca_file: expected a readable file with certificates (PEM)")]
    Certificates,
    /// It cannot be spoken to as the policy asks.
    #[error("mail: the server at mail.host does not answer over the encryption that mail.tls asks for ({0})")]
    Unusable(&'static str),
}

impl SmtpMailer {
    /// A mailer for each server of `config`, the first asked first; they connect when the first mail is
    /// sent.
    pub fn all(config: &MailConfig) -> Result<Vec<Self>, SmtpProblem> {
        let first = Self::new("smtp", &config.first(), config)?;
        let second = config.second.as_ref().map(|server| Self::new("smtp-second", server, config));
        Ok(std::iter::once(first).chain(second.transpose()?).collect())
    }

    fn new(name: &'static str, server: &MailServer, config: &MailConfig) -> Result<Self, SmtpProblem> {
        let from = config.from.parse().map_err(|_| SmtpProblem::Settings)?;
        let limit = Duration::from_millis(config.timeout_millis);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            // Shorter than the limit, so that a server that cannot be reached is told from one that may
            // have taken the mail.
            .timeout(Some(limit / 2))
            .tls(encryption(server)?)
            .pool_config(
                PoolConfig::new().max_size(config.connections).idle_timeout(Duration::from_secs(30)),
            );
        if let (Some(user), Some(password)) = (&server.username, &server.password) {
            builder =
                builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { name, transport: builder.build(), from, limit })
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
        self.name
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

fn encryption(server: &MailServer) -> Result<Tls, SmtpProblem> {
    Ok(match server.tls {
        TlsPolicy::None => Tls::None,
        TlsPolicy::Opportunistic => Tls::Opportunistic(parameters(server)?),
        TlsPolicy::Required if server.port == SUBMISSIONS => Tls::Wrapper(parameters(server)?),
        TlsPolicy::Required => Tls::Required(parameters(server)?),
    })
}

fn parameters(server: &MailServer) -> Result<TlsParameters, SmtpProblem> {
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(file) = &server.ca_file {
        let pem = std::fs::read(file).map_err(|_| SmtpProblem::Certificates)?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| SmtpProblem::Certificates)?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().map_err(|_| SmtpProblem::Settings)
}

/// A server answers 4yz for "later" and 5yz for "never" (RFC 5321, 4.2.1). A connection that was
/// never made or never encrypted took nothing; one that broke later may have.
fn classify(error: &Error) -> NotSent {
    if error.is_permanent() {
        NotSent::Refused { reason: "smtp_5yz" }
    } else if error.is_transient() {
        NotSent::Unavailable { reason: "smtp_4yz" }
    } else if is_connecting(error) {
        NotSent::Unavailable { reason: if is_certificate(error) { "tls" } else { "connect" } }
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
    } else {
        NotSent::Unknown { reason: "connection_broke" }
    }
}

/// Whether it is about making the connection or encrypting it: then nothing was said of a mail. lettre
/// keeps the kind to itself but for its text; should that change, such a failure counts as unknown, and
/// nothing is sent twice because of it.
fn is_connecting(error: &Error) -> bool {
    error.to_string().starts_with("Connection error")
}

/// Whether the certificate was not believed.
fn is_certificate(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::InvalidData;
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
