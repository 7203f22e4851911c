//! GreenMail: the mail server that takes what the system sends. The inbox empties it over POP3.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::Signal;

use super::{QUICK_JAVA, fetched};
use crate::layout::Layout;
use crate::probe::Probe;
use crate::process::Spec;
use crate::progress::Step;
use crate::tools::{archive, java};

const NAME: &str = "mail";
const VERSION: &str = "2.1.8";

/// The loopback ports of the mail server.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// Takes mail.
    pub smtp: u16,
    /// Hands it out.
    pub pop3: u16,
}

/// The fetched mail server.
#[derive(Debug, Clone)]
pub struct GreenMail {
    jar: PathBuf,
    java: PathBuf,
}

impl GreenMail {
    /// Fetches the mail server.
    pub async fn prepare(step: &Step) -> Result<Self> {
        let artifact = format!("com.icegreen:greenmail-standalone:{VERSION}");
        let dir = fetched(&format!("greenmail-{VERSION}"), &artifact, step).await?;
        Ok(Self { jar: archive::only_file(&dir, "jar")?, java: java::java()? })
    }

    /// Tells how to run it. It keeps mail in memory only, and opens a mailbox for whoever gets mail.
    #[must_use]
    pub fn spec(&self, layout: &Layout, ports: Ports) -> Spec {
        let mut args: Vec<std::ffi::OsString> = QUICK_JAVA.map(Into::into).into();
        args.extend(["-Xmx64m", "-Dgreenmail.auth.disabled"].map(Into::into));
        for (protocol, port) in [("smtp", ports.smtp), ("pop3", ports.pop3)] {
            args.push(format!("-Dgreenmail.{protocol}.hostname=127.0.0.1").into());
            args.push(format!("-Dgreenmail.{protocol}.port={port}").into());
        }
        args.extend(["-jar".into(), self.jar.clone().into()]);
        Spec {
            name: NAME,
            program: self.java.clone(),
            args,
            env: Vec::new(),
            log: layout.log(NAME),
            run_as: None,
            stop_signal: Signal::SIGTERM,
            ports: vec![ports.smtp, ports.pop3],
            probe: Probe::Greeting(vec![(ports.smtp, "220 "), (ports.pop3, "+OK")]),
            patience: Duration::from_mins(1),
        }
    }
}
