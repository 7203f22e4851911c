//! One inbox for everything that people would receive: mail by SMTP, text messages by the SNS protocol. A page to look
//! at, an API for tests, and faults on demand.

mod faults;
mod mailbox;
mod messages;
mod page;
mod relay;
mod sns;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::Notify;

pub use faults::Mode;
pub use messages::{Channel, Message};

use faults::Faults;
use messages::Messages;

/// No call to the inbox is larger, in bytes.
const LARGEST_CALL: usize = 64 * 1024;

/// The inbox of one stack.
#[derive(Debug)]
pub struct Inbox {
    messages: Messages,
    faults: Faults,
    /// Where the mail server hands out mail.
    pop3: u16,
    /// Addresses whose mailbox has new mail.
    waiting: Mutex<BTreeSet<String>>,
    arrived: Notify,
    /// Held while mailboxes are emptied: one at a time takes mail.
    taking: tokio::sync::Mutex<()>,
}

/// The loopback ports that the inbox works with.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// Its page and API.
    pub http: u16,
    /// Takes mail from senders.
    pub smtp: u16,
    /// The mail server behind it.
    pub mail_smtp: u16,
    /// Where the mail server hands out mail.
    pub mail_pop3: u16,
}

/// Starts the inbox; `more` are routes served beside its own. It ends with the runtime.
pub async fn start(ports: Ports, more: Router) -> Result<()> {
    let inbox = Arc::new(Inbox {
        messages: Messages::default(),
        faults: Faults::default(),
        pop3: ports.mail_pop3,
        waiting: Mutex::default(),
        arrived: Notify::new(),
        taking: tokio::sync::Mutex::default(),
    });
    let smtp = listen(ports.smtp).await?;
    let http = listen(ports.http).await?;
    tokio::spawn(relay::run(smtp, ports.mail_smtp, Arc::clone(&inbox)));
    tokio::spawn(Arc::clone(&inbox).keep_mailboxes_empty());
    let app = routes(inbox).merge(more);
    tokio::spawn(async move { axum::serve(http, app).await });
    Ok(())
}

fn routes(inbox: Arc<Inbox>) -> Router {
    Router::new()
        .route("/", get(page::page))
        .merge(page::assets())
        .route("/messages", get(list).delete(clear))
        .route("/faults", post(set_fault))
        // The SDK adds the slash that an action's path is.
        .route("/sns", post(sns::publish))
        .route("/sns/", post(sns::publish))
        .layer(DefaultBodyLimit::max(LARGEST_CALL))
        .with_state(inbox)
}

async fn listen(port: u16) -> Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.with_context(|| format!("inbox: cannot listen on {address}"))
}

impl Inbox {
    /// Notes that the mail server has new mail for these addresses.
    fn mail_for(&self, recipients: BTreeSet<String>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(recipients);
        self.arrived.notify_one();
    }

    /// Takes the mail that the mail server has; when this returns, all mail accepted before the call is here.
    async fn take_mail(&self) {
        let _one_at_a_time = self.taking.lock().await;
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        for address in waiting {
            match mailbox::take_all(self.pop3, &address).await {
                Ok(messages) => messages.into_iter().for_each(|message| self.messages.push(message)),
                Err(error) => eprintln!("inbox: a mailbox could not be emptied: {error:#}"),
            }
        }
    }

    async fn keep_mailboxes_empty(self: Arc<Self>) {
        loop {
            self.arrived.notified().await;
            self.take_mail().await;
        }
    }
}

#[derive(Debug, Deserialize)]
struct Filter {
    to: Option<String>,
}

async fn list(State(inbox): State<Arc<Inbox>>, Query(filter): Query<Filter>) -> Json<Vec<Message>> {
    inbox.take_mail().await;
    Json(inbox.messages.list(filter.to.as_deref()))
}

async fn clear(State(inbox): State<Arc<Inbox>>) -> StatusCode {
    inbox.take_mail().await;
    inbox.messages.clear();
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    channel: Channel,
    mode: Mode,
}

async fn set_fault(State(inbox): State<Arc<Inbox>>, Json(fault): Json<Fault>) -> StatusCode {
    inbox.faults.set(fault.channel, fault.mode);
    StatusCode::NO_CONTENT
}
