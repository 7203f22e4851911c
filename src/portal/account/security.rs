//! How a person signs in. Keycloak owns it: the page shows how it stands and leads there.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use crate::{
    directory::{
        SecondFactor,
        commands::{Command, Progress},
        second_factors,
    },
    portal::{
        Frame, Portal, Visitor, page,
        page::SETTLED,
        words::{self, fill},
    },
};

const HERE: &str = "/account/security";

/// A way to take the second step.
struct Way {
    name: &'static str,
    is_in_use: bool,
    href: &'static str,
    set_up: String,
}

#[derive(Template)]
#[template(path = "portal/templates/security.html")]
struct SecurityPage {
    frame: Frame,
    words: &'static words::Security,
    address: String,
    /// Whether another address is on its way.
    is_underway: bool,
    ways: Vec<Way>,
    signing_in: String,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    let words = words::Security::of(visitor.language);
    let held = second_factors(&visitor.person);
    let way = |factor, name, href| Way {
        name,
        is_in_use: held.contains(&factor),
        href,
        set_up: fill(words.set_up_what, name),
    };
    let ways = vec![
        way(SecondFactor::Sms, words.sms, "/sign-in?to=/account/security&action=sms"),
        way(SecondFactor::Email, words.email, "/sign-in?to=/account/security&action=email"),
        way(SecondFactor::Totp, words.app, "/sign-in?to=/account/security&action=app"),
        way(SecondFactor::Passkey, words.passkey, "/sign-in?to=/account/security&action=passkey"),
    ];
    let console = portal.account_url().as_str().trim_end_matches('/').to_owned();
    let progress = match portal.commands().progress(&visitor.person.user_id, Command::LOGIN_EMAIL).await {
        Ok(progress) => progress,
        Err(error) => return visitor.failed(&error),
    };
    let asked = query.done.as_deref();
    let was_waiting = matches!(asked, Some("address-waiting" | SETTLED));
    let is_underway = progress.is_underway(was_waiting);
    let mut frame = Frame::new(&visitor, HERE, words.title);
    frame.reloads = is_underway;
    frame.done = match asked {
        Some("changed") => Some(words.changed),
        Some("address") => Some(words.address_changed),
        _ if is_underway => Some(words.address_waiting),
        _ if was_waiting && matches!(progress, Progress::Refused(_)) => Some(words.address_refused),
        _ if was_waiting => Some(frame.words.settled),
        _ => None,
    };
    let email = visitor.person.email.as_ref().map(|email| email.expose().as_str()).unwrap_or_default();
    let shown = SecurityPage {
        frame,
        is_underway,
        address: fill(words.address_help, email),
        ways,
        signing_in: format!("{console}/account-security/signing-in"),
        words,
    };
    page(StatusCode::OK, &shown)
}
