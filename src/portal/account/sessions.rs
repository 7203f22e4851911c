//! Where a person is signed in, as Keycloak has it now, and the way out there.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use crate::{
    adapters::keycloak::{KeycloakError, SessionInfo},
    directory::commands::{Command, CommandState, Progress},
    portal::{
        Frame, NoPage, Portal, Submission, Visitor, page,
        page::SETTLED,
        see,
        words::{self, fill},
    },
};

const HERE: &str = "/account/sessions";
/// The longest id of a session of Keycloak's that is looked for.
const MAX_ID: usize = 64;

/// A session.
struct Row {
    id: String,
    place: String,
    is_current: bool,
    applications: String,
    started: String,
    seen: String,
    end_href: String,
    end_label: String,
}

#[derive(Template)]
#[template(path = "portal/templates/sessions.html")]
struct SessionsPage {
    frame: Frame,
    words: &'static words::Sessions,
    /// Whether one of them is on its way to its end.
    is_underway: bool,
    /// None when Keycloak does not answer.
    rows: Option<Vec<Row>>,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// The sessions, the one that was used last first. Until Keycloak has ended what it was asked to end, the page looks after itself.
pub async fn list(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    let words = words::Sessions::of(visitor.language);
    let user_id = &visitor.person.user_id;
    // Asked before Keycloak is: what is done by now is no longer in what Keycloak answers.
    let progress = match portal.commands().progress(user_id, Command::END_SESSION).await {
        Ok(progress) => progress,
        Err(error) => return visitor.failed(&error),
    };
    let rows = match portal.keycloak().sessions(user_id).await {
        Ok(mut sessions) => {
            sessions.sort_by_key(|session| std::cmp::Reverse(session.seen_at));
            Some(sessions.iter().map(|session| row(session, &visitor, words)).collect())
        }
        Err(error) => {
            tracing::warn!(%error, "sessions cannot be shown");
            None
        }
    };
    // No event is waited for: the sessions come from Keycloak itself.
    let is_underway = progress.is_underway(false);
    let asked = query.done.as_deref();
    let was_waiting = matches!(asked, Some("waiting" | SETTLED));
    let mut frame = Frame::new(&visitor, "/account/security", words.title);
    frame.reloads = is_underway;
    frame.done = match asked {
        Some("ended") => Some(words.ended),
        _ if is_underway => Some(words.waiting),
        _ if was_waiting && matches!(progress, Progress::Refused(_)) => Some(words.refused),
        _ if was_waiting => Some(frame.words.settled),
        _ => None,
    };
    page(StatusCode::OK, &SessionsPage { frame, words, is_underway, rows })
}

fn row(session: &SessionInfo, visitor: &Visitor, words: &'static words::Sessions) -> Row {
    let time = |at| visitor.time(at);
    let place = session.ip_address.clone().unwrap_or_else(|| words.unknown.to_owned());
    Row {
        is_current: session.session_id == visitor.visit.session.session_id,
        applications: session.applications.join(", "),
        started: session.started_at.map(time).unwrap_or_default(),
        seen: session.seen_at.map(time).unwrap_or_default(),
        end_href: format!("{HERE}/{}/end", session.session_id),
        end_label: fill(words.end_what, &place),
        id: session.session_id.clone(),
        place,
    }
}

/// Ends a session of the person's own: here at once, and at Keycloak a moment later.
pub async fn end(State(portal): State<Portal>, Path(id): Path<String>, form: Submission) -> Response {
    let visitor = form.visitor;
    let user_id = &visitor.person.user_id;
    let own = if id.len() <= MAX_ID { portal.keycloak().sessions(user_id).await } else { Ok(Vec::new()) };
    match own {
        Ok(own) if own.iter().any(|session| session.session_id == id) => {}
        Ok(_) | Err(KeycloakError::NotFound) => return NoPage::NotFound.show(visitor.language),
        Err(_) => return NoPage::Failed.show(visitor.language),
    }
    let ended = async {
        portal.sessions().end_elsewhere(&id).await?;
        portal.commands().end_session(user_id, &visitor.origin, &id).await
    };
    match ended.await {
        Ok(command) => match portal.outcome(command, user_id, |_| true).await {
            Some(CommandState::Done) => see("/account/sessions?done=ended"),
            _ => see("/account/sessions?done=waiting"),
        },
        Err(error) => visitor.failed(&error),
    }
}
