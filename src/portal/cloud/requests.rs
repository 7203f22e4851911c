//! What one asked for, and how it stands.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{asker, fields::What, rooms};
use crate::{
    intake::{Kind, ProjectAsk, Refused, Request, State as Standing, Step, TIME_IS_OVER},
    portal::{
        Frame, NoPage, Portal, Submission, Visitor, page, see,
        words::{self, fill},
    },
};

const HERE: &str = "/cloud";

#[derive(Template)]
#[template(path = "portal/templates/cloud_requests.html")]
struct RequestsPage {
    frame: Frame,
    words: &'static words::Cloud,
    requests: Vec<Row>,
    /// Whether something that was approved is being brought about.
    is_underway: bool,
}

struct Row {
    id: String,
    what: &'static str,
    project: String,
    state: &'static str,
    tag: &'static str,
    until: Option<String>,
    reason: Option<String>,
    steps: Vec<(&'static str, String)>,
    call_off: Option<String>,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    match requests(&portal, &visitor).await {
        Ok(mut shown) => {
            shown.frame.done = match query.done.as_deref() {
                Some("sent") => Some(shown.words.sent),
                Some("called-off") => Some(shown.words.called_off_done),
                Some("too-late") => Some(shown.words.too_late),
                _ => None,
            };
            shown.frame.underway(shown.is_underway, query.done.as_deref());
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Calls a request off.
pub async fn call_off(State(portal): State<Portal>, sent: Submission) -> Response {
    let Submission { visitor, fields } = sent;
    let outcome = async {
        let id = fields.text("request").parse().map_err(|_| NoPage::NotFound)?;
        match rooms(&portal)?.intake.call_off(&asker(&visitor)?, id).await {
            Ok(_) => Ok("/cloud?done=called-off"),
            Err(Refused::State(_)) => Ok("/cloud?done=too-late"),
            Err(Refused::Database(error)) => Err(error.into()),
            Err(_) => Err(NoPage::NotFound),
        }
    };
    match outcome.await {
        Ok(path) => see(path),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn requests(portal: &Portal, visitor: &Visitor) -> Result<RequestsPage, NoPage> {
    let words = words::Cloud::of(visitor.language);
    let found = rooms(portal)?.intake.requests_of(&asker(visitor)?).await?;
    let is_underway =
        |(request, _): &(Request, _)| matches!(request.state(), Standing::Approved | Standing::Provisioning);
    let is_underway = found.iter().any(is_underway);
    let requests = found.into_iter().map(|(request, steps)| row(visitor, words, request, &steps)).collect();
    Ok(RequestsPage { frame: Frame::new(visitor, HERE, words.requests), words, requests, is_underway })
}

fn row(visitor: &Visitor, words: &'static words::Cloud, request: Request, steps: &[Step]) -> Row {
    let state = request.state();
    let what = match (request.kind(), &request.ask.project) {
        (Kind::Quota, _) => What::Quota,
        (Kind::Access, ProjectAsk::New { .. }) => What::Project,
        (Kind::Access, ProjectAsk::Existing { .. }) => What::Join,
    };
    let project = request.ask.project.name().to_owned();
    // Who did a step is the operator's matter, and so is a reason that is not meant for the person.
    let step = |step: &Step| Some((step_word(words, &step.state)?, visitor.time(step.at)));
    Row {
        id: request.request_id.to_string(),
        what: what.words(words).0,
        state: step_word(words, state.name()).unwrap_or(words.received),
        tag: match state {
            Standing::Done => "good",
            Standing::Failed => "warn",
            _ => "",
        },
        until: request.ask.ends_on.map(|day| fill(words.until, day)),
        reason: match state {
            Standing::Rejected => request.reason,
            Standing::Failed if request.reason.as_deref() == Some(TIME_IS_OVER) => {
                Some(words.time_is_over.to_owned())
            }
            _ => None,
        },
        steps: steps.iter().filter_map(step).collect(),
        call_off: state.is_undecided().then(|| fill(words.call_off_of, &project)),
        project,
    }
}

/// What a step is called; some are none of the person's business.
fn step_word(words: &words::Cloud, state: &str) -> Option<&'static str> {
    Some(match state {
        "changed" => words.changed,
        state => match Standing::named(state)? {
            Standing::Received => words.received,
            Standing::Notified => words.notified,
            Standing::Approved => words.approved,
            Standing::Rejected => words.rejected,
            Standing::Provisioning => words.provisioning,
            Standing::Done => words.done,
            Standing::Failed => words.failed,
            Standing::Cancelled => words.cancelled,
        },
    })
}
