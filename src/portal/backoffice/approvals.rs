//! What waits for a second pair of eyes.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use serde::Deserialize;

use super::{no_page, told};
use crate::{
    access::Permission,
    backoffice::{Approval, ApprovalId},
    companies::administration::WithoutAdmin,
    platform::http::paging::{Page, PageQuery},
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor,
        page::{page, see},
        words,
    },
};

const HERE: &str = "/backoffice/approvals";
/// Approvals, and companies without an admin, on a page.
const SHOWN: u32 = 50;

struct Row {
    what: &'static str,
    person: String,
    company: Option<String>,
    reason: String,
    by: String,
    at: String,
    href: String,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_approvals.html")]
struct ApprovalsPage {
    frame: Frame,
    words: &'static words::BackOffice,
    rows: Vec<Row>,
    next: Option<String>,
    may_decide: bool,
    /// None where there is none.
    without_admin: Option<Page<WithoutAdmin>>,
    /// How many were asked for: of the list that goes on, or of what waits.
    loaded: usize,
}

/// What the page is asked for in its address.
#[derive(Debug, Default, Deserialize)]
pub struct ApprovalsAsked {
    /// Whether something was done.
    done: Option<String>,
    /// Where the list of what waits goes on.
    after: Option<String>,
    /// Where the list of companies goes on.
    after_company: Option<String>,
}

/// The page.
pub async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Query(asked): Query<ApprovalsAsked>,
) -> Response {
    let is_done = asked.done.is_some();
    match page_of(&portal, &visitor, asked).await {
        Ok(mut shown) => {
            shown.frame.done = is_done.then_some(shown.words.done);
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(portal: &Portal, visitor: &Visitor, asked: ApprovalsAsked) -> Result<ApprovalsPage, NoPage> {
    let words = words::BackOffice::of(visitor.language);
    let goes_on = asked.after_company.is_some();
    let query = PageQuery { after: asked.after, limit: Some(SHOWN) };
    let (after, limit) = (query.after().map_err(|_| NoPage::NotFound)?, i64::from(SHOWN));
    let found = portal.office().approvals(&visitor.caller, after, limit).await;
    let found = found.map_err(|error| no_page(error, visitor))?;
    let place = |row: &Approval| (row.asked_at, row.approval_id);
    let found = Page::of(found, limit, place, |approval| row(approval, visitor, words));
    let companies = without_admin(portal, visitor, asked.after_company).await?;
    Ok(ApprovalsPage {
        frame: Frame::new(visitor, HERE, words.approvals),
        loaded: if goes_on { companies.items.len() } else { found.items.len() },
        rows: found.items,
        next: found.next,
        may_decide: visitor.may_as_staff(Permission::FactorsReset),
        without_admin: Some(companies).filter(|companies| goes_on || !companies.items.is_empty()),
        words,
    })
}

async fn without_admin(
    portal: &Portal,
    visitor: &Visitor,
    after: Option<String>,
) -> Result<Page<WithoutAdmin>, NoPage> {
    let query = PageQuery { after, limit: Some(SHOWN) };
    let (after, limit) = (query.after().map_err(|_| NoPage::NotFound)?, i64::from(SHOWN));
    let found = portal.companies().without_admin(&visitor.caller, after, limit).await;
    let found = found.map_err(|error| no_page(error.into(), visitor))?;
    Ok(Page::of(found, limit, |row| (row.name.clone(), row.company_id), |row| row))
}

fn row(approval: Approval, visitor: &Visitor, words: &'static words::BackOffice) -> Row {
    Row {
        what: if approval.kind == "owner_change" { words.owner_change } else { words.factor_reset },
        href: format!("{HERE}/{}", approval.approval_id),
        person: approval.user_id,
        company: approval.company_id.map(|id| id.to_string()),
        reason: approval.reason,
        by: approval.asked_by,
        at: visitor.time(approval.asked_at),
    }
}

/// Agrees.
pub async fn approve(State(portal): State<Portal>, Path(id): Path<ApprovalId>, form: Submission) -> Response {
    decide(&portal, &form.visitor, id, true).await
}

/// Refuses.
pub async fn refuse(State(portal): State<Portal>, Path(id): Path<ApprovalId>, form: Submission) -> Response {
    decide(&portal, &form.visitor, id, false).await
}

async fn decide(portal: &Portal, visitor: &Visitor, id: ApprovalId, approve: bool) -> Response {
    let decided = portal.office().decide(&visitor.caller, id, approve).await;
    let expected = match decided.map_err(|error| told(error, visitor)) {
        Ok(()) => return see("/backoffice/approvals?done=yes"),
        Err(Ok(expected)) => expected.to_owned(),
        Err(Err(no_page)) => return no_page.show(visitor.language),
    };
    match page_of(portal, visitor, ApprovalsAsked::default()).await {
        Ok(mut shown) => {
            shown.frame.problems = vec![FieldProblem { field: "title", expected }];
            page(StatusCode::CONFLICT, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}
