//! Empties the mail server over POP3 (RFC 1939) and reads what the mails say.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::messages::{Channel, Message};

/// A mailbox is emptied within this time or left for the next round.
const WITHIN: Duration = Duration::from_secs(20);
/// Larger mails are not read.
const LARGEST: usize = 10 * 1024 * 1024;

/// Takes all mail out of the mailbox of `address`.
pub async fn take_all(pop3: u16, address: &str) -> Result<Vec<Message>> {
    let take = async {
        let mut session = Session::open(pop3).await?;
        session.command(&format!("USER {address}")).await?;
        session.command("PASS any").await?;
        let stat = session.command("STAT").await?;
        let count: u32 =
            stat.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no count in STAT")?;
        let mut messages = Vec::new();
        for number in 1..=count {
            session.command(&format!("RETR {number}")).await?;
            messages.push(read_mail(address, &session.lines().await?));
            session.command(&format!("DELE {number}")).await?;
        }
        // Deletion happens at QUIT: a mail is taken once or stays.
        session.command("QUIT").await?;
        Ok(messages)
    };
    match tokio::time::timeout(WITHIN, take).await {
        Ok(messages) => messages,
        Err(_) => bail!("the mail server did not answer within {} s", WITHIN.as_secs()),
    }
}

struct Session {
    stream: BufReader<TcpStream>,
}

impl Session {
    async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let mut session = Self { stream: BufReader::new(stream) };
        session.answer("connecting").await?;
        Ok(session)
    }

    async fn command(&mut self, line: &str) -> Result<String> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?;
        self.answer(line.split(' ').next().unwrap_or_default()).await
    }

    async fn answer(&mut self, to: &str) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        ensure!(line.starts_with("+OK"), "the mail server answers {to} with {:?}", line.trim_end());
        Ok(line.trim_end().to_owned())
    }

    /// A multi-line answer, up to the line that is a single dot; a doubled first dot is one.
    async fn lines(&mut self) -> Result<Vec<u8>> {
        let mut whole = Vec::new();
        loop {
            let mut line = Vec::new();
            let read = self.stream.read_until(b'\n', &mut line).await?;
            ensure!(read > 0, "the mail server closed the connection");
            if line == b".\r\n" {
                return Ok(whole);
            }
            whole.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            ensure!(whole.len() <= LARGEST, "a mail is larger than {LARGEST} bytes");
        }
    }
}

fn read_mail(to: &str, raw: &[u8]) -> Message {
    let mail = MessageParser::default().parse(raw).unwrap_or_default();
    let has_html_part = mail.html_bodies().any(mail_parser::MessagePart::is_text_html);
    Message {
        channel: Channel::Email,
        to: to.to_owned(),
        subject: mail.subject().map(str::to_owned),
        text: mail.body_text(0).map(std::borrow::Cow::into_owned),
        html: mail.body_html(0).filter(|_| has_html_part).map(std::borrow::Cow::into_owned),
        received_at: chrono::Utc::now(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_of_a_mail_are_read() {
        let raw = b"From: a@gatehouse.example\r\nSubject: =?utf-8?q?Kode_=C3=A9?=\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
            123456\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>123456</p>\r\n--b--\r\n";
        let mail = read_mail("siti@kunci.example", raw);
        assert_eq!(mail.subject.as_deref(), Some("Kode é"));
        assert_eq!(mail.text.as_deref().map(str::trim), Some("123456"));
        assert_eq!(mail.html.as_deref().map(str::trim), Some("<p>123456</p>"));
    }

    #[test]
    fn a_plain_mail_has_no_html() {
        let mail = read_mail("siti@kunci.example", b"Subject: hi\r\n\r\nhello\r\n");
        assert_eq!((mail.text.as_deref().map(str::trim), mail.html), (Some("hello"), None));
    }
}
