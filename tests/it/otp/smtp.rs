//! Mail on the wire, against a server that follows a script.

use std::sync::{Arc, Mutex};

use gatehouse::{
    adapters::{
        mail::{Mail, MailConfig, Mailer, SmtpMailer, TlsPolicy},
        sending::NotSent,
    },
    platform::masked::Masked,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

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
}

/// A server that speaks just enough SMTP, without STARTTLS.
#[derive(Clone)]
struct Server {
    fault: Fault,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(fault: Fault) -> (Self, u16) {
        let server = Self { fault, heard: Arc::default() };
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
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test\r\n").await.ok()?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            self.heard.lock().unwrap().push(line.trim_end().to_owned());
            let answer = match line.get(..4)?.to_ascii_uppercase().as_str() {
                "EHLO" => "250-test\r\n250 8BITMIME",
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

    async fn data(&self, stream: &mut BufReader<TcpStream>) -> Option<()> {
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
    SmtpMailer::new(&MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        tls,
        username: None,
        password: None,
        from: "Gatehouse <no-reply@example.com>".to_owned(),
        timeout_millis: 600,
        connections: 2,
    })
    .unwrap()
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
