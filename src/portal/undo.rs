//! The page that undoes a change of the sign-in address, for who holds the link of the letter.
//!
//! Loading it changes nothing and asks nothing of the database: scanners of mail open links, and a stranger
//! learns from it neither whether a link is good nor whose it is. The button acts.

use askama::Template;
use axum::{
    extract::{Form, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde::Deserialize;

use super::{
    Portal, page,
    page::{NoPage, note},
    visitor::ClientOrigin,
    words::{self, Language},
};
use crate::{
    account::{AccountError, UndoSecret},
    directory::commands::CommandState,
};

/// The longest text that is looked at as a secret, in bytes.
const MAX_TOKEN: usize = 100;

/// What a link says.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    token: String,
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/templates/undo.html")]
struct UndoPage {
    language: Language,
    title: &'static str,
    words: &'static words::Undo,
    /// What to send when the button is pressed; none when there is nothing more to press.
    token: Option<String>,
    text: &'static str,
}

fn language(link: &Link, headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::choose(link.lang.as_deref(), accepted)
}

/// What the button will do.
pub async fn show(Query(link): Query<Link>, headers: HeaderMap) -> Response {
    let language = language(&link, &headers);
    let words = words::Undo::of(language);
    let token: String = link.token.chars().take(MAX_TOKEN).collect();
    page(
        StatusCode::OK,
        &UndoPage { language, title: words.title, text: words.lead, token: Some(token), words },
    )
}

/// Undoes the change, once.
pub async fn undo(
    State(portal): State<Portal>,
    ClientOrigin(origin): ClientOrigin,
    headers: HeaderMap,
    Form(link): Form<Link>,
) -> Response {
    let language = language(&link, &headers);
    let words = words::Undo::of(language);
    let ended = |status, title, text| page(status, &UndoPage { language, title, text, words, token: None });
    let over = || ended(StatusCode::NOT_FOUND, words.over_title, words.over);
    if !portal.admits_stranger(&origin) {
        return NoPage::TooMany.show(language);
    }
    let Some(secret) = UndoSecret::parse(&link.token) else { return over() };
    let (user_id, id) = match portal.account().undo_email(&secret, &origin).await {
        Ok(undone) => undone,
        Err(AccountError::Database(error)) => {
            note(&error);
            return NoPage::Failed.show(language);
        }
        Err(_) => return over(),
    };
    match portal.outcome(id, &user_id, |_| true).await {
        Some(CommandState::Refused(_)) => ended(StatusCode::CONFLICT, words.refused_title, words.refused),
        Some(CommandState::Done) => ended(StatusCode::OK, words.done_title, words.done),
        _ => ended(StatusCode::OK, words.done_title, words.waiting),
    }
}
