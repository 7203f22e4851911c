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
    directory::commands::CommandState,
    portal::{
        Frame, NoPage, Portal, Submission, Visitor, page, see,
        words::{self, fill},
    },
};

const HERE: &str = "/account/sessions";
/// The longest id of a session of Keycloak's that is looked for.
const MAX_ID: usize = 64;

/// A session.
struct Row {
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
    /// None when Keycloak does not answer.
    rows: Option<Vec<Row>>,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// The sessions, the one that was used last first.
pub async fn list(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    let words = words::Sessions::of(visitor.language);
    let rows = match portal.keycloak().sessions(&visitor.person.user_id).await {
        Ok(mut sessions) => {
            sessions.sort_by_key(|session| std::cmp::Reverse(session.seen_at));
            Some(sessions.iter().map(|session| row(session, &visitor, words)).collect())
        }
        Err(error) => {
            tracing::warn!(%error, "sessions cannot be shown");
            None
        }
    };
    let done = query.done.as_deref().and_then(|done| match done {
        "ended" => Some(words.ended),
        "waiting" => Some(words.waiting),
        _ => None,
    });
    let frame = Frame::new(&visitor, "/account/security", words.title).done(done);
    page(StatusCode::OK, &SessionsPage { frame, words, rows })
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
