//! Everything about a person that staff may know, masked until somebody asks with a reason.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use chrono::{DateTime, Utc};

use super::{
    Asked, TrailRow,
    factors::{FactorRow, factors_of},
    no_page, reason_of, told,
};
use crate::{
    access::Permission,
    adapters::keycloak::{KeycloakError, SessionInfo},
    audit::{Search, Subject},
    backoffice::{ApprovalKind, BackOfficeError, Extended, MessageSent, Note, SessionSeen},
    companies::administration::Reason,
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor,
        company::form::Choice,
        page::{page, see},
        words::{self, fill},
    },
};

/// Entries of the trail, and notes, on the page.
const SHOWN: i64 = 20;

/// What a member of staff may do here.
#[expect(clippy::struct_excessive_bools, reason = "each decides by itself what the page shows")]
struct May {
    unmask: bool,
    block: bool,
    notes: bool,
    factors: bool,
    cloud_password: bool,
    reset: bool,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_person.html")]
pub(super) struct PersonPage {
    frame: Frame,
    words: &'static words::BackOffice,
    href: String,
    person: Extended,
    name: String,
    created: String,
    is_blocked: bool,
    others: Option<String>,
    factors: Vec<FactorRow>,
    deeds: [Choice; 5],
    sessions: Vec<SessionRow>,
    /// Those at Keycloak; none when it does not answer.
    signed_in: Option<Vec<SignedInRow>>,
    messages: Vec<MessageRow>,
    notes: Vec<NoteRow>,
    trail: Vec<TrailRow>,
    may: May,
}

struct SessionRow {
    since: String,
    used: String,
}

/// A session at Keycloak.
struct SignedInRow {
    since: String,
    used: String,
    applications: String,
}

struct MessageRow {
    at: String,
    kind: String,
    channel: String,
    fate: String,
}

/// A note, as it is shown.
pub(super) struct NoteRow {
    pub text: String,
    pub by: String,
    pub at: String,
}

impl NoteRow {
    pub(super) fn of(note: Note, visitor: &Visitor) -> Self {
        Self { at: visitor.time(note.written_at), text: note.text, by: note.written_by }
    }
}

/// The page, masked.
pub async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(user_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let words = words::BackOffice::of(visitor.language);
    let done = asked.done.as_deref().and_then(|done| match done {
        "blocked" => Some(words.blocked),
        "unblocked" => Some(words.unblocked),
        "written" => Some(words.written),
        "asked" => Some(words.asked),
        "resent" => Some(words.resent),
        "done" => Some(words.done),
        _ => None,
    });
    match page_of(&portal, &visitor, &user_id, None).await {
        Ok(mut shown) => {
            shown.frame.done = done;
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(
    portal: &Portal,
    visitor: &Visitor,
    user_id: &str,
    unmask: Option<&Reason>,
) -> Result<PersonPage, NoPage> {
    let (office, caller) = (portal.office(), &visitor.caller);
    let words = words::BackOffice::of(visitor.language);
    let failed = |error| no_page(error, visitor);
    let person = office.extended(caller, user_id, unmask).await.map_err(failed)?;
    let is_blocked = office.is_blocked(caller, user_id).await.map_err(failed)?;
    let sessions = office.sessions(caller, user_id).await.map_err(failed)?;
    let signed_in = signed_in(portal, visitor, user_id).await;
    let messages = office.messages(caller, user_id, SHOWN).await.map_err(failed)?;
    let notes = office.notes(caller, &Subject::person(user_id), SHOWN).await.map_err(failed)?;
    let may = |permission| visitor.may_as_staff(permission);
    let trail = if may(Permission::AuditView) {
        let search = Search {
            subject_kind: Some("person".to_owned()),
            subject_id: Some(user_id.to_owned()),
            ..Search::default()
        };
        office.trail(caller, &search, SHOWN).await.map_err(failed)?
    } else {
        Vec::new()
    };
    let names = [&person.first_name, &person.last_name].into_iter().flatten().cloned();
    let name = names.collect::<Vec<_>>().join(" ");
    let name = if name.trim().is_empty() { person.user_id.clone() } else { name };
    let others = person.second_factors.join(", ");
    Ok(PersonPage {
        frame: Frame::new(visitor, "/backoffice", name.clone()),
        href: format!("/backoffice/people/{user_id}"),
        created: person.created_at.map(|at| visitor.time(at)).unwrap_or_default(),
        is_blocked,
        others: (!others.is_empty()).then(|| fill(words.others, others)),
        factors: factors_of(portal, visitor, user_id).await?,
        deeds: super::factors::deeds(words),
        sessions: sessions.into_iter().map(|session| session_row(&session, visitor)).collect(),
        signed_in,
        messages: messages.into_iter().map(|message| message_row(message, visitor)).collect(),
        notes: notes.into_iter().map(|note| NoteRow::of(note, visitor)).collect(),
        trail: trail.into_iter().map(|entry| TrailRow::of(entry, visitor)).collect(),
        may: May {
            unmask: person.masked && may(Permission::PeopleUnmask),
            block: may(Permission::PeopleBlock),
            notes: may(Permission::NotesManage),
            factors: may(Permission::FactorsManage),
            cloud_password: may(Permission::FactorsManage) && super::cloud_password::is_kept(portal, user_id),
            reset: may(Permission::FactorsReset),
        },
        person,
        name,
        words,
    })
}

fn session_row(session: &SessionSeen, visitor: &Visitor) -> SessionRow {
    let words = words::BackOffice::of(visitor.language);
    SessionRow {
        since: fill(words.session, visitor.time(session.created_at)),
        used: fill(words.last_used, visitor.time(session.seen_at)),
    }
}

/// A person's sessions at Keycloak as they are now. Where the browser is stays with the person.
async fn signed_in(portal: &Portal, visitor: &Visitor, user_id: &str) -> Option<Vec<SignedInRow>> {
    let mut sessions = match portal.keycloak().sessions(user_id).await {
        Ok(sessions) => sessions,
        Err(KeycloakError::NotFound) => Vec::new(),
        Err(error) => {
            tracing::warn!(%error, "sessions cannot be shown");
            return None;
        }
    };
    sessions.sort_by_key(|session| std::cmp::Reverse(session.seen_at));
    let words = words::BackOffice::of(visitor.language);
    let text =
        |text, at: Option<DateTime<Utc>>| at.map(|at| fill(text, visitor.time(at))).unwrap_or_default();
    let row = |session: SessionInfo| SignedInRow {
        since: text(words.session, session.started_at),
        used: text(words.last_used, session.seen_at),
        applications: session.applications.join(", "),
    };
    Some(sessions.into_iter().map(row).collect())
}

fn message_row(message: MessageSent, visitor: &Visitor) -> MessageRow {
    MessageRow {
        at: visitor.time(message.created_at),
        kind: message.kind,
        channel: message.channel,
        fate: message.fate,
    }
}

/// The page again, with what is wrong.
pub(super) async fn again(
    portal: &Portal,
    visitor: &Visitor,
    user_id: &str,
    field: &'static str,
    expected: &str,
) -> Response {
    match page_of(portal, visitor, user_id, None).await {
        Ok(mut shown) => {
            shown.frame.problems = vec![FieldProblem { field, expected: expected.to_owned() }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn done<T>(
    portal: &Portal,
    visitor: &Visitor,
    (user_id, field): (&str, &'static str),
    changed: Result<T, BackOfficeError>,
    word: &str,
) -> Response {
    match changed.map_err(|error| told(error, visitor)) {
        Ok(_) => see(&format!("/backoffice/people/{user_id}?done={word}")),
        Err(Ok(expected)) => again(portal, visitor, user_id, field, expected).await,
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}

/// Shows personal data, once: it stands on this page and at no address.
pub async fn unmask(State(portal): State<Portal>, Path(user_id): Path<String>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(&portal, &visitor, &user_id, "unmask_reason", expected).await,
    };
    match page_of(&portal, &visitor, &user_id, Some(&reason)).await {
        Ok(mut shown) => {
            shown.frame.done = Some(shown.words.unmasked);
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Stops the person everywhere.
pub async fn block(State(portal): State<Portal>, Path(user_id): Path<String>, form: Submission) -> Response {
    set_blocked(&portal, &user_id, form, true).await
}

/// Lets the person go on.
pub async fn unblock(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    set_blocked(&portal, &user_id, form, false).await
}

async fn set_blocked(portal: &Portal, user_id: &str, form: Submission, block: bool) -> Response {
    let Submission { visitor, fields } = form;
    let (office, field) = (portal.office(), "block_reason");
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(portal, &visitor, user_id, field, expected).await,
    };
    let (changed, word) = if block {
        (office.block(&visitor.caller, user_id, &reason).await, "blocked")
    } else {
        (office.unblock(&visitor.caller, user_id, &reason).await, "unblocked")
    };
    done(portal, &visitor, (user_id, field), changed, word).await
}

/// Writes something down.
pub async fn write_note(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let subject = Subject::person(user_id.as_str());
    let written = portal.office().write_note(&visitor.caller, &subject, fields.text("note")).await;
    done(&portal, &visitor, (&user_id, "note"), written, "written").await
}

/// Has Keycloak send the link by which the person chooses a new password.
pub async fn send_password_link(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    let visitor = form.visitor;
    let sent = portal.office().send_password_link(&visitor.caller, &user_id).await;
    done(&portal, &visitor, (&user_id, "note"), sent, "resent").await
}

/// Asks for a reset of every second factor.
pub async fn ask_factor_reset(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(&portal, &visitor, &user_id, "factors_reason", expected).await,
    };
    let asked = portal.office().ask(&visitor.caller, ApprovalKind::FactorReset, &user_id, &reason).await;
    done(&portal, &visitor, (&user_id, "factors_reason"), asked, "asked").await
}
