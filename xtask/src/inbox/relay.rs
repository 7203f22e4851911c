//! The SMTP port that senders use: passes each conversation on to the mail server, unless a fault is asked for.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

use super::Inbox;
use super::faults::Mode;
use super::messages::Channel;

/// More mailboxes in one mail are not looked into.
const MOST_RECIPIENTS: usize = 100;
/// A longer line is passed on in pieces, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

/// Takes connections for ever.
pub async fn run(listener: TcpListener, mail_server: u16, inbox: Arc<Inbox>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        let inbox = Arc::clone(&inbox);
        tokio::spawn(async move {
            // A broken conversation is the sender's to notice.
            let _ = converse(client, mail_server, &inbox).await;
        });
    }
}

async fn converse(mut client: TcpStream, mail_server: u16, inbox: &Inbox) -> Result<()> {
    if let Some(reply) = fault(inbox).await {
        return Ok(client.write_all(reply).await?);
    }
    let server = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], mail_server))).await?;
    let (client_read, mut client_write) = client.into_split();
    let (mut server_read, server_write) = server.into_split();
    let mut lines = Lines { reader: BufReader::new(client_read), line: Vec::new() };
    let mut mail = Mail::default();
    let mut sender = server_write;
    let mut answer = vec![0; 4096];
    loop {
        tokio::select! {
            line = lines.next() => {
                let Some(line) = line? else { return Ok(()) };
                // Senders keep connections: a fault meets each mail, not only each connection.
                if mail.follow(&line) == Step::Begins
                    && let Some(reply) = fault(inbox).await
                {
                    return Ok(client_write.write_all(reply).await?);
                }
                sender.write_all(&line).await?;
            }
            read = server_read.read(&mut answer) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                // The mail server has stored a mail before it says so: whoever asks the inbox after that finds it.
                if mail.step == Step::Sent {
                    inbox.mail_for(std::mem::take(&mut mail).recipients);
                }
                client_write.write_all(&answer[..read]).await?;
            }
        }
    }
}

/// What a failing server says (RFC 5321: 5xx is final, 4xx is for now) before it hangs up.
async fn fault(inbox: &Inbox) -> Option<&'static [u8]> {
    match inbox.faults.meet(Channel::Email).await {
        Mode::Ok | Mode::Slow => None,
        Mode::Refuse => Some(b"554 5.7.1 this server refuses mail\r\n"),
        Mode::Throttle => Some(b"421 4.7.0 too many mails, try again later\r\n"),
        Mode::Error => Some(b"451 4.3.0 something broke inside\r\n"),
        Mode::Timeout => Some(b"421 4.4.2 waited too long\r\n"),
    }
}

/// Where the conversation is with the mail at hand.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Commands.
    #[default]
    Commands,
    /// The command that begins a mail.
    Begins,
    /// The mail itself.
    Data,
    /// Its last line has gone to the server.
    Sent,
}

/// The mail that is being handed in.
#[derive(Debug, Default)]
struct Mail {
    step: Step,
    recipients: BTreeSet<String>,
}

impl Mail {
    /// Follows what the sender says.
    fn follow(&mut self, line: &[u8]) -> Step {
        let text = String::from_utf8_lossy(line);
        let command = text.trim().to_ascii_uppercase();
        self.step = match self.step {
            Step::Data if line == b".\r\n" => Step::Sent,
            Step::Data => Step::Data,
            _ if command == "DATA" => Step::Data,
            _ if command.starts_with("MAIL FROM:") => Step::Begins,
            _ => {
                if let Some(address) = recipient(&text).filter(|_| self.recipients.len() < MOST_RECIPIENTS) {
                    self.recipients.insert(address);
                }
                Step::Commands
            }
        };
        self.step
    }
}

struct Lines {
    reader: BufReader<OwnedReadHalf>,
    line: Vec<u8>,
}

impl Lines {
    /// A line with its end; one that is too long comes in pieces; `None` at the end. Nothing is lost if cancelled.
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            let buffer = self.reader.fill_buf().await?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(buffer.len(), |at| at + 1);
            self.line.extend_from_slice(&buffer[..taken]);
            self.reader.consume(taken);
            if end.is_some() || self.line.len() >= LONGEST_LINE {
                return Ok(Some(std::mem::take(&mut self.line)));
            }
        }
    }
}

/// The address in `RCPT TO:<address>`.
fn recipient(line: &str) -> Option<String> {
    let start = line.get(..8).filter(|start| start.eq_ignore_ascii_case("RCPT TO:"))?.len();
    let (_, rest) = line[start..].split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    // It becomes part of a POP3 command.
    let harmless = !address.is_empty() && !address.chars().any(|c| c.is_control() || c.is_whitespace());
    harmless.then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_followed_from_its_first_command_to_its_last_line() {
        let mut mail = Mail::default();
        let steps = ["EHLO x", "MAIL FROM:<a@x>", "RCPT TO:<b@x>", "DATA", "RCPT TO:<c@x>", "."]
            .map(|line| mail.follow(format!("{line}\r\n").as_bytes()));
        assert_eq!(steps, [Step::Commands, Step::Begins, Step::Commands, Step::Data, Step::Data, Step::Sent]);
        assert_eq!(mail.recipients.into_iter().collect::<Vec<_>>(), ["b@x"]);
    }

    #[test]
    fn the_recipient_is_read_from_the_command() {
        assert_eq!(
            recipient("rcpt to:<Siti@kunci.example> NOTIFY=NEVER\r\n").as_deref(),
            Some("Siti@kunci.example")
        );
        assert_eq!(recipient("RCPT TO:<a b@x>\r\n"), None);
        assert_eq!(recipient("MAIL FROM:<a@x>\r\n"), None);
        assert_eq!(recipient("é"), None);
    }
}
