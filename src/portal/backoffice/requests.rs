//! What people ask for in the cloud, and what staff decide about it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::reason_of;
use crate::{
    access::Permission,
    intake::{Act, Ask, Intake, ProjectAsk, Refused, RequestId, State as Standing, Step, Waiting},
    platform::http::paging::{Page, PageQuery},
    portal::{
        FieldProblem, Fields, Frame, NoPage, Portal, Submission, Visitor, cloud,
        page::{note, page, see},
        words::{self, fill},
    },
};

const HERE: &str = "/backoffice/requests";
/// Requests on a page.
const SHOWN: u32 = 50;

struct Row {
    href: String,
    open: String,
    account: String,
    project: String,
    kind: &'static str,
    state: &'static str,
    colour: &'static str,
    facts: Vec<String>,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_requests.html")]
struct RequestsPage {
    frame: Frame,
    words: &'static words::Requests,
    states: Vec<(&'static str, &'static str)>,
    state: String,
    rows: Vec<Row>,
    next: Option<String>,
    may_open: bool,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_request.html")]
#[expect(clippy::struct_excessive_bools, reason = "each decides by itself what the page shows")]
struct RequestPage {
    frame: Frame,
    words: &'static words::Requests,
    href: String,
    request: Row,
    facts: Vec<(&'static str, String)>,
    quotas: Vec<(String, String)>,
    steps: Vec<(String, String)>,
    is_open: bool,
    may_approve: bool,
    is_failed: bool,
    is_escalated: bool,
    is_anothers: bool,
    form: Fields,
}

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct ListAsked {
    state: Option<String>,
    after: Option<String>,
    done: Option<String>,
}

fn intake(portal: &Portal) -> Result<&Intake, NoPage> {
    Ok(&cloud::rooms(portal)?.intake)
}

/// What waits; or what is in a state.
pub async fn list(
    State(portal): State<Portal>,
    visitor: Visitor,
    Query(asked): Query<ListAsked>,
) -> Response {
    let is_done = asked.done.is_some();
    match list_of(&portal, &visitor, asked).await {
        Ok(mut shown) => {
            shown.frame.done = is_done.then_some(shown.words.done);
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn list_of(portal: &Portal, visitor: &Visitor, asked: ListAsked) -> Result<RequestsPage, NoPage> {
    let words = words::Requests::of(visitor.language);
    let word = asked.state.filter(|word| !word.is_empty());
    let state = match &word {
        Some(word) => Some(Standing::named(word).ok_or(NoPage::NotFound)?),
        None => None,
    };
    let query = PageQuery { after: asked.after, limit: Some(SHOWN) };
    let (after, limit) = (query.after().map_err(|_| NoPage::NotFound)?, i64::from(SHOWN));
    let found = intake(portal)?.waiting(&visitor.caller, state, after, limit).await.map_err(no_page)?;
    let place = |it: &Waiting| (it.received_at, it.request_id);
    let found = Page::of(found, limit, place, |request| row(&request, visitor, words));
    let states = std::iter::once(("", words.open_ones)).chain(words.states()).collect();
    Ok(RequestsPage {
        frame: Frame::new(visitor, HERE, words.requests),
        states,
        state: word.unwrap_or_default(),
        rows: found.items,
        next: found.next,
        may_open: visitor.may_as_staff(Permission::RequestsManage),
        words,
    })
}

fn row(request: &Waiting, visitor: &Visitor, words: &'static words::Requests) -> Row {
    let at = |label: &str, at| fill(label, visitor.time(at));
    let mut facts = vec![at(words.since, request.received_at)];
    facts.extend(request.assignee.as_ref().map(|who| fill(words.with, who)));
    facts.extend(request.due_at.map(|due| at(words.due, due)));
    facts.extend(request.escalated_at.map(|up| at(words.went_up, up)));
    facts.extend(request.reason.clone());
    let state = request.state.as_str();
    Row {
        href: format!("{HERE}/{}", request.request_id),
        open: fill(words.open_what, &request.project),
        account: request.account.clone(),
        project: request.project.clone(),
        kind: if request.kind == "quota" { words.quotas } else { words.access },
        state: words.states().find(|(word, _)| *word == state).map_or("", |(_, label)| label),
        colour: match state {
            "done" => "good",
            "failed" => "warn",
            _ => "",
        },
        facts,
    }
}

/// One request, whole: that somebody looked is recorded.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Path(id): Path<RequestId>) -> Response {
    match one(&portal, &visitor, id, Fields::default()).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn one(portal: &Portal, visitor: &Visitor, id: RequestId, form: Fields) -> Result<RequestPage, NoPage> {
    let words = words::Requests::of(visitor.language);
    let (request, ask, steps) = intake(portal)?.open(&visitor.caller, id).await.map_err(no_page)?;
    let state = Standing::named(&request.state).unwrap_or(Standing::Failed);
    let amount = |value: i64| if value == -1 { words.unlimited.to_owned() } else { value.to_string() };
    let quotas =
        ask.quotas.iter().map(|it| (format!("{} {}", it.service.name(), it.resource), amount(it.value)));
    let step = |step: Step| {
        let by = step.reason.map_or(step.actor.clone(), |reason| format!("{}: {reason}", step.actor));
        (words.step(&step.state).to_owned(), format!("{} · {by}", visitor.time(step.at)))
    };
    let may_overrule = visitor.may_as_staff(Permission::RequestsOverrule);
    let is_escalated = request.escalated_at.is_some();
    Ok(RequestPage {
        frame: Frame::new(visitor, HERE, fill(words.request_of, ask.full_name().expose())),
        href: format!("{HERE}/{id}"),
        quotas: quotas.collect(),
        facts: facts(&ask, words),
        steps: steps.into_iter().map(step).collect(),
        is_open: state.is_undecided() && (may_overrule || !is_escalated),
        may_approve: state == Standing::Notified,
        is_failed: state == Standing::Failed,
        is_anothers: request.assignee.as_deref().is_some_and(|it| Some(it) != visitor.caller.user_id()),
        request: Row { account: ask.email.into_inner(), ..row(&request, visitor, words) },
        is_escalated,
        form,
        words,
    })
}

/// What is asked, as far as something is said.
fn facts(ask: &Ask, words: &'static words::Requests) -> Vec<(&'static str, String)> {
    let description = match &ask.project {
        ProjectAsk::New { description, .. } => description.clone(),
        ProjectAsk::Existing { .. } => words.existing.to_owned(),
    };
    let ends = ask.ends_on.map(|day| day.to_string()).unwrap_or_default();
    let all = [
        (words.name, ask.full_name().into_inner()),
        (words.organization, ask.organization.clone()),
        (words.role, ask.role.clone()),
        (words.sponsor, ask.sponsor.clone()),
        (words.phone, ask.phone.expose().clone()),
        (words.purpose, description),
        (words.until, ends),
        (words.comment, ask.comment.clone()),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// Lets it be brought about.
pub async fn approve(State(portal): State<Portal>, Path(id): Path<RequestId>, sent: Submission) -> Response {
    decide(&portal, id, sent, None, |_| Act::Approve).await
}

/// Ends it.
pub async fn reject(State(portal): State<Portal>, Path(id): Path<RequestId>, sent: Submission) -> Response {
    decide(&portal, id, sent, Some("reject_reason"), Act::Reject).await
}

/// Hands it to somebody else.
pub async fn delegate(State(portal): State<Portal>, Path(id): Path<RequestId>, sent: Submission) -> Response {
    let to = sent.fields.text("to").to_owned();
    decide(&portal, id, sent, None, |_| Act::Delegate(to)).await
}

/// Hands it one step up.
pub async fn escalate(State(portal): State<Portal>, Path(id): Path<RequestId>, sent: Submission) -> Response {
    decide(&portal, id, sent, Some("escalate_reason"), Act::Escalate).await
}

/// Tries again what failed.
pub async fn retry(State(portal): State<Portal>, Path(id): Path<RequestId>, sent: Submission) -> Response {
    decide(&portal, id, sent, None, |_| Act::Retry).await
}

/// Does it, or shows the page with what is wrong at the field.
async fn decide(
    portal: &Portal,
    id: RequestId,
    sent: Submission,
    reason_field: Option<&'static str>,
    act: impl FnOnce(String) -> Act,
) -> Response {
    let Submission { visitor, fields } = sent;
    let decided = async {
        let reason = match reason_field {
            Some(field) => reason_at(field, fields.text("reason"), &visitor)?,
            None => String::new(),
        };
        carried_out(portal, &visitor, id, act(reason), &fields).await
    };
    let (field, expected) = match decided.await {
        Ok(()) => return see("/backoffice/requests?done=yes"),
        Err(Ok(problem)) => problem,
        Err(Err(no_page)) => return no_page.show(visitor.language),
    };
    match one(portal, &visitor, id, fields).await {
        Ok(mut shown) => {
            shown.frame.problems = vec![FieldProblem { field, expected: expected.to_owned() }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// What is wrong at which field; or that there is no page.
type Problem = Result<(&'static str, &'static str), NoPage>;

fn reason_at(field: &'static str, text: &str, visitor: &Visitor) -> Result<String, Problem> {
    match reason_of(text, visitor) {
        Ok(reason) => Ok(reason.text().to_owned()),
        Err(expected) => Err(Ok((field, expected))),
    }
}

async fn carried_out(
    portal: &Portal,
    visitor: &Visitor,
    id: RequestId,
    act: Act,
    fields: &Fields,
) -> Result<(), Problem> {
    let words = words::Requests::of(visitor.language);
    let on_behalf = match fields.text("on_behalf") {
        "" => None,
        why => Some(reason_at("on_behalf", why, visitor)?),
    };
    let decided = intake(portal).map_err(Err)?.decide(&visitor.caller, id, act, on_behalf).await;
    decided.map(drop).map_err(|refused| match refused {
        Refused::Assigned => Ok(("on_behalf", words.on_behalf_expected)),
        Refused::NoSuchPerson => Ok(("to", words.person_expected)),
        Refused::NotStaff => Ok(("to", words.staff_expected)),
        Refused::Own => Ok(("decision", words.own)),
        Refused::Escalated => Ok(("decision", words.is_up)),
        Refused::State(_) => Ok(("decision", words.too_late)),
        refused => Err(no_page(refused)),
    })
}

fn no_page(refused: Refused) -> NoPage {
    match refused {
        Refused::Database(error) => {
            note(&error);
            NoPage::Failed
        }
        _ => NoPage::NotFound,
    }
}
