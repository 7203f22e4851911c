//! Runs a program to its end while its newest output line is shown as progress.

use std::collections::VecDeque;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::progress::Step;

/// How many of the last lines are shown when the program fails.
const KEPT_LINES: usize = 40;
/// The longest line that is kept, in bytes.
const LINE_BYTES: usize = 4096;

/// Runs `command`; `what` names it in errors, which carry the end of its output. `detail` picks what to show of a line.
pub async fn run(
    command: &mut Command,
    what: &str,
    step: &Step,
    detail: impl Fn(&str) -> Option<String>,
) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {what}"))?;
    let (sender, mut lines) = mpsc::channel(64);
    let readers = futures::future::join(
        send_lines(child.stdout.take(), sender.clone()),
        send_lines(child.stderr.take(), sender),
    );
    let show = async {
        let mut kept: VecDeque<String> = VecDeque::with_capacity(KEPT_LINES);
        while let Some(line) = lines.recv().await {
            if let Some(text) = detail(&line) {
                step.detail(&text);
            } else {
                if kept.len() == KEPT_LINES {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        }
        kept
    };
    let (_, kept, status) = futures::join!(readers, show, child.wait());
    let status = status.with_context(|| format!("{what}: cannot wait for its end"))?;
    if !status.success() {
        bail!("{what} failed ({status})\n{}", Vec::from(kept).join("\n"));
    }
    Ok(())
}

/// Splits at line feeds and at carriage returns, with which programs draw their own progress.
async fn send_lines(reader: Option<impl AsyncRead + Unpin>, lines: mpsc::Sender<String>) {
    let Some(mut reader) = reader else { return };
    let mut buffer = vec![0; 8192];
    let mut line = Vec::new();
    while let Ok(read @ 1..) = reader.read(&mut buffer).await {
        for byte in &buffer[..read] {
            if !matches!(byte, b'\n' | b'\r') {
                if line.len() < LINE_BYTES {
                    line.push(*byte);
                }
                continue;
            }
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if !text.is_empty() && lines.send(text).await.is_err() {
                return;
            }
        }
    }
    if !line.is_empty() {
        let _ = lines.send(String::from_utf8_lossy(&line).into_owned()).await;
    }
}
