//! The company itself: its name, and the way out.

use std::time::Instant;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};

use super::{Asked, told};
use crate::{
    access::Permission,
    companies::administration::{CompaniesError, Profile},
    portal::{
        FieldProblem, Frame, NoPage, PATIENCE, PAUSE, Portal, Submission, Visitor,
        page::{page, see},
        words::{self, fill},
    },
};

const HERE: &str = "/company/profile";

#[derive(Template)]
#[template(path = "portal/templates/company_profile.html")]
struct ProfilePage {
    frame: Frame,
    words: &'static words::Company,
    name: String,
    typed: String,
    wanted: Option<String>,
    version: i64,
    status: &'static str,
    members: i64,
    since: String,
    may_rename: bool,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    match page_of(&portal, &visitor).await {
        Ok(mut shown) => {
            let is_done = asked.done.is_some_and(|done| done == "renamed") && shown.wanted.is_none();
            shown.frame.done = is_done.then_some(shown.words.renamed);
            shown.frame.reloads = shown.wanted.is_some();
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(portal: &Portal, visitor: &Visitor) -> Result<ProfilePage, NoPage> {
    let words = words::Company::of(visitor.language);
    let profile = profile_of(portal, visitor).await?;
    Ok(ProfilePage {
        frame: Frame::new(visitor, HERE, words.title),
        typed: profile.wanted_name.clone().unwrap_or_else(|| profile.name.clone()),
        wanted: profile.wanted_name.map(|name| fill(words.wanted, name)),
        name: profile.name,
        version: profile.version,
        status: match profile.status.as_str() {
            "active" => words.active,
            "pending" => words.pending,
            "suspended" => words.suspended,
            _ => words.disabled,
        },
        members: profile.members,
        since: visitor.time(profile.created_at),
        may_rename: visitor.may(Permission::CompanyManage),
        words,
    })
}

/// The profile, as the company's own people see it: everybody in a company knows its name.
async fn profile_of(portal: &Portal, visitor: &Visitor) -> Result<Profile, NoPage> {
    let found = portal.companies().own_profile(&visitor.caller, visitor.company_id()?).await;
    found.map_err(|error| told(error, visitor).err().unwrap_or(NoPage::Failed))
}

/// Gives the company another name.
pub async fn rename(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let name = fields.text("name").to_owned();
    match portal.companies().rename(&visitor.caller, company_id, &name, fields.version()).await {
        Ok(()) => {
            settle(&portal, &visitor).await;
            see("/company/profile?done=renamed")
        }
        Err(error) => not_renamed(&portal, &visitor, name, error).await,
    }
}

async fn settle(portal: &Portal, visitor: &Visitor) {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match profile_of(portal, visitor).await {
            Ok(profile) if profile.wanted_name.is_some() => tokio::time::sleep(PAUSE).await,
            _ => return,
        }
    }
}

async fn not_renamed(portal: &Portal, visitor: &Visitor, name: String, error: CompaniesError) -> Response {
    let words = words::Company::of(visitor.language);
    let (status, expected) = match error {
        CompaniesError::Changed(_) => (StatusCode::PRECONDITION_FAILED, words.changed.to_owned()),
        CompaniesError::Invalid(..) => (StatusCode::UNPROCESSABLE_ENTITY, words.name_expected.to_owned()),
        error => match told(error, visitor) {
            Ok(expected) => (StatusCode::CONFLICT, expected),
            Err(no_page) => return no_page.show(visitor.language),
        },
    };
    match page_of(portal, visitor).await {
        Ok(mut shown) => {
            shown.typed = name;
            shown.frame.problems = vec![FieldProblem { field: "name", expected }];
            page(status, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Leaves the company.
pub async fn leave(State(portal): State<Portal>, form: Submission) -> Response {
    let visitor = form.visitor;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.companies().leave(&visitor.caller, company_id).await {
        Ok(()) => see("/account"),
        Err(CompaniesError::LastAdmin) => match page_of(&portal, &visitor).await {
            Ok(mut shown) => {
                let expected = shown.words.last_admin.to_owned();
                shown.frame.problems = vec![FieldProblem { field: "leave", expected }];
                page(StatusCode::CONFLICT, &shown)
            }
            Err(no_page) => no_page.show(visitor.language),
        },
        Err(error) => told(error, &visitor).err().unwrap_or(NoPage::NotFound).show(visitor.language),
    }
}
