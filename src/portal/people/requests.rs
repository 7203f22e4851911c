//! Who asks to be let into the company.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{Asked, settle, told};
use crate::{
    companies::administration::JoinRequestListed,
    platform::{
        http::paging::{Page, PageQuery},
        masked::Masked,
    },
    portal::{
        Frame, NoPage, Portal, Submission, Visitor,
        page::{page, see},
        words::{self, fill},
    },
};

const HERE: &str = "/company/requests";
/// Requests on a page.
const SHOWN: u32 = 50;

/// Somebody who asks.
struct Row {
    name: String,
    email: Option<String>,
    since: String,
    href: String,
    let_in: String,
    refuse: String,
}

#[derive(Template)]
#[template(path = "portal/templates/requests.html")]
struct RequestsPage {
    frame: Frame,
    words: &'static words::People,
    rows: Vec<Row>,
    next: Option<String>,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    match listed(&portal, &visitor, asked).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn listed(portal: &Portal, visitor: &Visitor, asked: Asked) -> Result<RequestsPage, NoPage> {
    let words = words::People::of(visitor.language);
    let done = asked.done.as_deref().and_then(|done| match done {
        "let-in" => Some(words.was_let_in),
        "refused" => Some(words.was_refused),
        _ => None,
    });
    let query = PageQuery { after: asked.after, limit: Some(SHOWN) };
    let after = query.after().map_err(|_| NoPage::NotFound)?;
    let limit = i64::from(SHOWN);
    let found = portal.companies().join_requests(&visitor.caller, visitor.company_id()?, after, limit).await;
    let found = found.map_err(|error| told(error, visitor).err().unwrap_or(NoPage::Failed))?;
    let place = |row: &JoinRequestListed| (row.requested_at, row.user_id.clone());
    let found = Page::of(found, limit, place, |request| row(&request, visitor, words));
    let frame = Frame::new(visitor, HERE, words.requests).done(done);
    Ok(RequestsPage { frame, words, rows: found.items, next: found.next })
}

fn row(request: &JoinRequestListed, visitor: &Visitor, words: &'static words::People) -> Row {
    let text = |value: &Option<Masked<String>>| value.as_ref().map(|value| value.expose().trim().to_owned());
    let names = [text(&request.first_name), text(&request.last_name)];
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ").trim().to_owned();
    let email = text(&request.email);
    let called = if name.is_empty() { email.clone().unwrap_or_default() } else { name };
    Row {
        since: fill(words.waits_since, visitor.time(request.requested_at)),
        href: format!("{HERE}/{}", request.user_id),
        let_in: fill(words.let_in_whom, &called),
        refuse: fill(words.refuse_whom, &called),
        email: email.filter(|email| *email != called),
        name: called,
    }
}

/// Lets somebody in.
pub async fn approve(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    decide(&portal, &form.visitor, &user_id, true).await
}

/// Refuses somebody.
pub async fn refuse(State(portal): State<Portal>, Path(user_id): Path<String>, form: Submission) -> Response {
    decide(&portal, &form.visitor, &user_id, false).await
}

async fn decide(portal: &Portal, visitor: &Visitor, user_id: &str, let_in: bool) -> Response {
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let (companies, caller) = (portal.companies(), &visitor.caller);
    let decided = if let_in {
        companies.approve_request(caller, company_id, user_id).await
    } else {
        companies.refuse_request(caller, company_id, user_id, None).await
    };
    match decided.map_err(|error| told(error, visitor)) {
        Ok(()) => {
            settle(portal, visitor, user_id, |_| true).await;
            see(if let_in { "/company/requests?done=let-in" } else { "/company/requests?done=refused" })
        }
        Err(Ok(_)) => see(HERE),
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}
