//! The connections between the parts of a stack, led through small TCP proxies that can cut, delay and stall them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::ports::Ports;

/// Bytes that are passed on at a time.
const CHUNK: usize = 16 * 1024;

/// How a connection behaves.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Mode {
    /// As if nothing were between.
    #[default]
    Pass,
    /// Open connections are reset, and new ones refused as soon as they are made.
    Cut,
    /// Connections are taken and stay open, and nothing passes: what a lost route looks like.
    Hold,
    /// Whatever passes is late.
    Delay {
        /// By so much, each way.
        millis: u64,
    },
}

/// The links of one stack, by name.
#[derive(Debug)]
pub struct Links(BTreeMap<&'static str, watch::Sender<Mode>>);

/// Starts a proxy for each link that the ports name. They end with the runtime.
pub async fn start(ports: &Ports) -> Result<Arc<Links>> {
    let mut links = BTreeMap::new();
    for (name, port, target) in ports.links() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.with_context(|| format!("{name}: {address}"))?;
        let mode = watch::Sender::new(Mode::Pass);
        tokio::spawn(serve(listener, target, mode.subscribe()));
        links.insert(name, mode);
    }
    Ok(Arc::new(Links(links)))
}

/// `POST /links/{name} {"mode": "pass" | "cut" | "hold" | "delay", "millis": …}`, served beside the inbox.
pub fn routes(links: Arc<Links>) -> Router {
    Router::new().route("/links/{name}", post(set)).with_state(links)
}

async fn set(
    State(links): State<Arc<Links>>,
    Path(name): Path<String>,
    Json(mode): Json<Mode>,
) -> Result<StatusCode, (StatusCode, String)> {
    let Some(link) = links.0.get(name.as_str()) else {
        let known: Vec<_> = links.0.keys().collect();
        return Err((StatusCode::NOT_FOUND, format!("there is no link called {name}, only {known:?}\n")));
    };
    link.send_replace(mode);
    Ok(StatusCode::NO_CONTENT)
}

async fn serve(listener: TcpListener, target: u16, mode: watch::Receiver<Mode>) {
    loop {
        let Ok((near, _)) = listener.accept().await else { continue };
        if *mode.borrow() != Mode::Cut {
            tokio::spawn(join(near, target, mode.clone()));
        }
    }
}

/// Passes bytes both ways until an end closes or the link is cut.
async fn join(near: TcpStream, target: u16, mode: watch::Receiver<Mode>) {
    let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let mut cut = mode.clone();
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    tokio::select! {
        _ = cut.wait_for(|mode| *mode == Mode::Cut) => {}
        _ = async { tokio::join!(pass(near_in, far_out, mode.clone()), pass(far_in, near_out, mode)) } => {}
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut mode: watch::Receiver<Mode>,
) -> std::io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = from.read(&mut chunk).await?;
        let now = mode.wait_for(|mode| *mode != Mode::Hold).await.map_or(Mode::Pass, |mode| *mode);
        if let Mode::Delay { millis } = now {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(&chunk[..length]).await?;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// A server that sends back what it gets, behind a link.
    async fn echo() -> (u16, watch::Sender<Mode>) {
        let target = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let target_port = target.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = target.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.into_split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mode = watch::Sender::new(Mode::Pass);
        tokio::spawn(serve(listener, target_port, mode.subscribe()));
        (port, mode)
    }

    async fn ask(stream: &mut TcpStream) -> std::io::Result<u8> {
        stream.write_all(b"?").await?;
        stream.read_u8().await
    }

    #[tokio::test]
    async fn a_link_passes_delays_holds_and_cuts() {
        let (port, mode) = echo().await;
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        assert_eq!(ask(&mut stream).await.unwrap(), b'?');

        mode.send_replace(Mode::Delay { millis: 60 });
        let began = Instant::now();
        assert_eq!(ask(&mut stream).await.unwrap(), b'?');
        assert!(began.elapsed() >= Duration::from_millis(120), "late both ways");

        mode.send_replace(Mode::Hold);
        assert!(tokio::time::timeout(Duration::from_millis(100), ask(&mut stream)).await.is_err());
        mode.send_replace(Mode::Pass);
        assert_eq!(stream.read_u8().await.unwrap(), b'?', "what was held arrives");

        mode.send_replace(Mode::Cut);
        assert!(ask(&mut stream).await.is_err());
        let mut refused = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        assert!(ask(&mut refused).await.is_err());
    }
}
