//! A mail server that takes everything and hands each mail to who waits for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// A mail as it arrived.
#[derive(Debug)]
pub struct Mail {
    /// When it was taken.
    pub at: Instant,
    text: String,
}

impl Mail {
    /// The first word of the body that is six digits.
    pub fn code(&self) -> Result<&str> {
        let body = self.text.split_once("\r\n\r\n").map_or(self.text.as_str(), |(_, body)| body);
        let mut words = body.split(|sign: char| !sign.is_ascii_alphanumeric());
        let code = words.find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
        code.with_context(|| format!("no code in {body}"))
    }
}

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<Mail>>>>;

/// The running server.
pub struct Sink {
    /// Where it listens, on the loopback interface.
    pub port: u16,
    waiting: Waiting,
}

impl Sink {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let (port, waiting) = (listener.local_addr()?.port(), Waiting::default());
        let all = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that breaks off misses its mail, and the leg that waits for it fails.
                tokio::spawn(serve(stream, Arc::clone(&all)));
            }
        });
        Ok(Self { port, waiting })
    }

    /// The next mail to an address.
    pub fn expect(&self, address: &str) -> oneshot::Receiver<Mail> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), sender);
        receiver
    }
}

/// RFC 5321, as much of it as a client needs that sends.
async fn serve(stream: TcpStream, waiting: Waiting) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut line, mut to) = (String::new(), Vec::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.to_ascii_uppercase();
        let answer: &[u8] = if command.starts_with("EHLO") {
            b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        } else if command.starts_with("RCPT") {
            to.extend(line.split(['<', '>']).nth(1).map(str::to_ascii_lowercase));
            b"250 ok\r\n"
        } else if command.starts_with("DATA") {
            stream.write_all(b"354 go on\r\n").await?;
            let text = data(&mut stream).await?;
            let at = Instant::now();
            for address in to.drain(..) {
                let wanted = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&address);
                if let Some(sender) = wanted {
                    // Who does not wait any longer does not want it.
                    let _ = sender.send(Mail { at, text: text.clone() });
                }
            }
            b"250 taken\r\n"
        } else if command.starts_with("QUIT") {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            b"250 ok\r\n"
        };
        stream.write_all(answer).await?;
    }
}

async fn data(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut bytes = Vec::new();
    loop {
        let begin = bytes.len();
        let read = stream.read_until(b'\n', &mut bytes).await?;
        if read == 0 || &bytes[begin..] == b".\r\n" {
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}
