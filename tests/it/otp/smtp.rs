//! Mail on the wire, against a server that follows a script.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use gatehouse::{
    adapters::{
        mail::{Mail, MailConfig, MailServer, Mailer, MemoryMailer, SmtpMailer, TlsPolicy},
        oidc::MemoryProvider,
        sending::NotSent,
        sms::MemorySms,
    },
    app::{Config, Ports},
    platform::{clock::ManualClock, entropy::OsEntropy, masked::Masked},
};
use rcgen::CertifiedKey;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::world::{World, enrolment, somebody};
use crate::{config::MINIMAL, support::TestDatabase};

/// Where the server does something else than take the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// Answers the recipient so.
    Recipient(&'static str),
    /// Never answers after the data.
    SilentAfterData,
    /// Closes the connection after the data.
    GoneAfterData,
    /// Takes a while for each answer: each in time, all together not.
    Slow,
}

/// A server that speaks just enough SMTP, with STARTTLS when it has a certificate.
#[derive(Clone)]
struct Server {
    fault: Fault,
    tls: Option<TlsAcceptor>,
    heard: Arc<Mutex<Vec<String>>>,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// What stands in the server's memory where encryption begins.
const ENCRYPTED: &str = "-- encrypted --";

impl Server {
    async fn start(fault: Fault) -> (Self, u16) {
        Self::start_with(fault, None).await
    }

    async fn start_with(fault: Fault, tls: Option<TlsAcceptor>) -> (Self, u16) {
        let server = Self { fault, tls, heard: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let listening = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(listening.clone().serve(stream));
            }
        });
        (server, port)
    }

    async fn serve(self, stream: TcpStream) -> Option<()> {
        let mut stream: BufReader<Box<dyn Wire>> = BufReader::new(Box::new(stream));
        stream.write_all(b"220 test\r\n").await.ok()?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            self.heard.lock().unwrap().push(line.trim_end().to_owned());
            if self.fault == Fault::Slow {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            let answer = match line.get(..4)?.to_ascii_uppercase().as_str() {
                "EHLO" if self.tls.is_some() => "250-test\r\n250-STARTTLS\r\n250 8BITMIME",
                "EHLO" => "250-test\r\n250 8BITMIME",
                "STAR" => {
                    stream.write_all(b"220 go on\r\n").await.ok()?;
                    let encrypted = self.tls.as_ref()?.accept(stream.into_inner()).await.ok()?;
                    stream = BufReader::new(Box::new(encrypted));
                    self.heard.lock().unwrap().push(ENCRYPTED.to_owned());
                    continue;
                }
                "RCPT" => match self.fault {
                    Fault::Recipient(answer) => answer,
                    _ => "250 ok",
                },
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    self.data(&mut stream).await?;
                    match self.fault {
                        Fault::SilentAfterData => std::future::pending().await,
                        Fault::GoneAfterData => return None,
                        _ => "250 taken",
                    }
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
    }

    async fn data(&self, stream: &mut BufReader<Box<dyn Wire>>) -> Option<()> {
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 || line == ".\r\n" {
                return Some(());
            }
            self.heard.lock().unwrap().push(line.trim_end().to_owned());
        }
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }
}

fn mailer(port: u16, tls: TlsPolicy) -> SmtpMailer {
    SmtpMailer::all(&config(port, tls)).unwrap().remove(0)
}

fn config(port: u16, tls: TlsPolicy) -> MailConfig {
    MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        tls,
        username: None,
        password: None,
        ca_file: None,
        second: None,
        from: "Gatehouse <no-reply@example.com>".to_owned(),
        timeout_millis: 600,
        connections: 2,
    }
}

/// A certificate for a name, and the file by which it is trusted.
fn certificate(name: &str) -> (TlsAcceptor, PathBuf) {
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let file = std::env::temp_dir().join(format!("gatehouse-test-{}.pem", uuid::Uuid::new_v4()));
    std::fs::write(&file, cert.pem()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![cert.der().clone()], key).unwrap();
    (TlsAcceptor::from(Arc::new(config)), file)
}

fn mail() -> Mail {
    Mail {
        to: Masked::new("budi@example.org".to_owned()),
        subject: "Kode Gatehouse Anda untuk masuk".to_owned(),
        text: Masked::new("012345".to_owned()),
        html: Masked::new("<b>012345</b>".to_owned()),
        message_id: "m-1".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_has_both_parts_a_stable_id_and_asks_for_no_reply() {
    let (server, port) = Server::start(Fault::None).await;
    mailer(port, TlsPolicy::None).send(&mail()).await.unwrap();
    let heard = server.heard();
    for expected in [
        "MAIL FROM:<no-reply@example.com>",
        "RCPT TO:<budi@example.org>",
        "Message-ID: <m-1@example.com>",
        "Subject: Kode Gatehouse Anda untuk masuk",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(heard.contains(expected), "{expected} in\n{heard}");
    }
}

#[tokio::test]
async fn a_server_without_encryption_is_refused_when_it_is_required_and_hears_no_address() {
    let (server, port) = Server::start(Fault::None).await;
    let strict = mailer(port, TlsPolicy::Required);
    let refused = strict.send(&mail()).await.unwrap_err();
    assert!(matches!(refused, NotSent::Unavailable { .. }), "{refused:?}");
    let probe = strict.probe().await.unwrap_err().to_string();
    assert!(probe.contains("mail.host") && probe.contains("mail.tls"), "{probe}");
    assert!(!server.heard().contains("budi"), "{}", server.heard());
    mailer(port, TlsPolicy::Opportunistic).send(&mail()).await.unwrap();
    mailer(port, TlsPolicy::None).probe().await.unwrap();
}

#[tokio::test]
async fn what_the_server_says_decides_whether_somebody_else_may_try() {
    for (fault, expected) in [
        (Fault::Recipient("550 no such budi@example.org"), NotSent::Refused { reason: "smtp_5yz" }),
        (Fault::Recipient("451 later"), NotSent::Unavailable { reason: "smtp_4yz" }),
        (Fault::SilentAfterData, NotSent::Unknown { reason: "timeout" }),
    ] {
        let (_, port) = Server::start(fault).await;
        assert_eq!(mailer(port, TlsPolicy::None).send(&mail()).await, Err(expected), "{fault:?}");
    }
    let (_, port) = Server::start(Fault::GoneAfterData).await;
    let gone = mailer(port, TlsPolicy::None).send(&mail()).await.unwrap_err();
    assert!(matches!(gone, NotSent::Unknown { .. }), "it may have been taken: {gone:?}");
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let nobody = mailer(closed, TlsPolicy::None).send(&mail()).await;
    assert_eq!(nobody, Err(NotSent::Unavailable { reason: "connect" }));
}

#[tokio::test]
async fn an_address_that_cannot_be_written_is_refused_before_anything_is_said() {
    let (server, port) = Server::start(Fault::None).await;
    let mut mail = mail();
    mail.to = Masked::new("budi@example.org\r\nRCPT TO:<x@y.z>".to_owned());
    let refused = mailer(port, TlsPolicy::None).send(&mail).await;
    assert_eq!(refused, Err(NotSent::Refused { reason: "address" }));
    assert_eq!(server.heard(), "");
}

#[tokio::test]
async fn a_mail_goes_encrypted_to_a_server_that_somebody_vouches_for() {
    let (acceptor, ca_file) = certificate("127.0.0.1");
    let (server, port) = Server::start_with(Fault::None, Some(acceptor)).await;
    for tls in [TlsPolicy::Required, TlsPolicy::Opportunistic] {
        let config = MailConfig { ca_file: Some(ca_file.clone()), ..config(port, tls) };
        SmtpMailer::all(&config).unwrap().remove(0).send(&mail()).await.unwrap();
        let heard = server.heard();
        let (before, after) = heard.rsplit_once(ENCRYPTED).unwrap();
        assert!(!before.rsplit_once("EHLO").unwrap().1.contains("MAIL"), "{before}");
        assert!(after.contains("RCPT TO:<budi@example.org>") && after.contains("012345"), "{after}");
    }
    std::fs::remove_file(ca_file).unwrap();
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_or_with_another_name_hears_no_address() {
    let (own, own_file) = certificate("127.0.0.1");
    let (other, other_file) = certificate("smtp.example.com");
    for (acceptor, ca_file) in [(own, None), (other, Some(other_file.clone()))] {
        let (server, port) = Server::start_with(Fault::None, Some(acceptor)).await;
        let config = MailConfig { ca_file, ..config(port, TlsPolicy::Required) };
        let refused = SmtpMailer::all(&config).unwrap().remove(0).send(&mail()).await;
        assert_eq!(refused, Err(NotSent::Unavailable { reason: "tls" }));
        assert!(!server.heard().contains("budi"), "{}", server.heard());
    }
    for file in [own_file, other_file] {
        std::fs::remove_file(file).unwrap();
    }
}

#[tokio::test]
async fn a_file_without_certificates_stops_the_start() {
    let config = MailConfig { ca_file: Some("/nonexistent.pem".into()), ..config(25, TlsPolicy::Required) };
    assert!(SmtpMailer::all(&config).unwrap_err().to_string().starts_with("mail.ca_file: expected"));
}

#[tokio::test]
async fn a_server_that_answers_each_step_in_time_but_all_too_late_is_not_waited_for() {
    let (_, port) = Server::start(Fault::Slow).await;
    let started = Instant::now();
    let result = mailer(port, TlsPolicy::None).send(&mail()).await;
    assert_eq!(result, Err(NotSent::Unknown { reason: "timeout" }));
    let took = started.elapsed();
    assert!(took < Duration::from_millis(1200), "the limit is 600 ms, it took {took:?}");
}

/// A port that is listened at, and never answers a connection: its queue is full.
async fn unreachable() -> (Vec<TcpStream>, tokio::net::TcpListener, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connected) =
        tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
    {
        waiting.push(connected.unwrap());
    }
    (waiting, listener, address.port())
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_certainly_took_nothing() {
    let (_waiting, _listener, port) = unreachable().await;
    let result = mailer(port, TlsPolicy::None).send(&mail()).await;
    assert_eq!(result, Err(NotSent::Unavailable { reason: "connect" }));
}

#[tokio::test]
async fn the_second_server_takes_what_the_first_cannot() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let (server, port) = Server::start(Fault::None).await;
    let mut servers = config(closed, TlsPolicy::None);
    servers.second = Some(MailServer { port, ..servers.first() });
    let mailers = SmtpMailer::all(&servers).unwrap().into_iter();
    let clock =
        Arc::new(ManualClock::starting_at(chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
    let ports = Ports {
        keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
        clock: clock.clone(),
        entropy: Arc::new(OsEntropy),
        mailers: mailers.map(|mailer| Arc::new(mailer) as Arc<dyn Mailer>).collect(),
        sms: Vec::new(),
        provider: Arc::new(MemoryProvider::default()),
    };
    let memory = (Arc::new(MemoryMailer::default()), Arc::new(MemorySms::default()));
    let settings = Config::from_toml(&format!("{MINIMAL}\nprofile = \"development\"")).unwrap();
    let pool = TestDatabase::create().await.pool;
    let world = World::built(pool, &settings, &ports, clock, memory.0, memory.1);
    let person = somebody();
    world.issue(&enrolment(&person, "s", "email", &person.email)).await.expect(201);
    assert!(server.heard().contains(&format!("RCPT TO:<{}>", person.email)), "{}", server.heard());
    let provider: String =
        sqlx::query_scalar("SELECT provider FROM otp_messages").fetch_one(&world.pool).await.unwrap();
    assert_eq!(provider, "smtp-second");
}
