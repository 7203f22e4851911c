//! Questions that tell whether a part is ready to work.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// No single question takes longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// One question to a part.
#[derive(Debug, Clone)]
pub enum Probe {
    /// Every address answers a GET with 2xx.
    Http(Vec<String>),
    /// The server greets a new connection with this line start (SMTP, POP3).
    Greeting(Vec<(u16, &'static str)>),
    /// A Kafka broker on this port answers `ApiVersions`.
    Kafka(u16),
    /// PostgreSQL says so in the last line of this `postmaster.pid`, where `pg_ctl` looks too.
    PostmasterPid(PathBuf),
}

impl Probe {
    /// Asks once; the error says what was seen instead.
    pub async fn check(&self) -> Result<()> {
        match tokio::time::timeout(ANSWER_WITHIN, self.ask()).await {
            Ok(answer) => answer,
            Err(_) => bail!("no answer within {} s", ANSWER_WITHIN.as_secs()),
        }
    }

    async fn ask(&self) -> Result<()> {
        match self {
            Self::Http(urls) => {
                for url in urls {
                    let status = reqwest::get(url).await.map_err(reqwest::Error::without_url)?.status();
                    ensure!(status.is_success(), "{url} answers {status}");
                }
                Ok(())
            }
            Self::Greeting(ports) => {
                for (port, start) in ports {
                    greeting(*port, start).await?;
                }
                Ok(())
            }
            Self::Kafka(port) => kafka_api_versions(*port).await,
            Self::PostmasterPid(path) => postmaster_ready(path).await,
        }
    }
}

async fn connect(port: u16) -> Result<TcpStream> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    TcpStream::connect(address).await.with_context(|| format!("nothing listens on {address}"))
}

async fn greeting(port: u16, start: &str) -> Result<()> {
    let mut stream = connect(port).await?;
    let mut seen = vec![0; start.len()];
    stream.read_exact(&mut seen).await.context("no greeting")?;
    ensure!(seen == start.as_bytes(), "port {port} greets with {:?}", String::from_utf8_lossy(&seen));
    Ok(())
}

/// `ApiVersions` v0 (key 18), the one request that every broker answers before anything else.
async fn kafka_api_versions(port: u16) -> Result<()> {
    const CORRELATION: i32 = 7;
    let mut request = Vec::new();
    request.extend(10_i32.to_be_bytes());
    request.extend(18_i16.to_be_bytes());
    request.extend(0_i16.to_be_bytes());
    request.extend(CORRELATION.to_be_bytes());
    request.extend((-1_i16).to_be_bytes()); // no client id

    let mut stream = connect(port).await?;
    stream.write_all(&request).await?;
    let _size = stream.read_i32().await.context("the broker closed the connection")?;
    ensure!(stream.read_i32().await? == CORRELATION, "the answer belongs to another request");
    let error = stream.read_i16().await?;
    ensure!(error == 0, "the broker answers with error {error}");
    Ok(())
}

async fn postmaster_ready(path: &PathBuf) -> Result<()> {
    let text = tokio::fs::read_to_string(path).await.context("postmaster.pid is not there yet")?;
    let status = text.lines().nth(7).unwrap_or_default().trim();
    ensure!(status == "ready", "postmaster.pid says {status:?}");
    Ok(())
}
