//! Finding people and companies. What is searched for is sent in a form, never in an address.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::no_page;
use crate::{
    backoffice::{FoundCompany, FoundPerson, Query},
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor, page,
        words::{self, fill},
    },
};

/// Matches of each kind that are shown; whoever finds more asks more exactly.
const SHOWN: i64 = 50;
/// The longest text that is searched for, in bytes.
const MAX_SEARCH: usize = 255;

/// A match.
struct Row {
    href: String,
    name: String,
    detail: String,
    state: &'static str,
    colour: &'static str,
    open: String,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_search.html")]
struct SearchPage {
    frame: Frame,
    words: &'static words::BackOffice,
    q: String,
    people: Option<Vec<Row>>,
    companies: Vec<Row>,
}

/// The empty form.
pub async fn show(visitor: Visitor) -> Response {
    page(StatusCode::OK, &empty(&visitor, String::new()))
}

fn empty(visitor: &Visitor, q: String) -> SearchPage {
    let words = words::BackOffice::of(visitor.language);
    let frame = Frame::new(visitor, "/backoffice", words.search);
    SearchPage { frame, words, q, people: None, companies: Vec::new() }
}

/// What matches.
pub async fn find(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let mut shown = empty(&visitor, fields.text("q").to_owned());
    let Some(query) = Some(&shown.q).filter(|q| q.len() <= MAX_SEARCH).and_then(|q| Query::of(q)) else {
        let expected = shown.words.search_expected.to_owned();
        shown.frame.problems = vec![FieldProblem { field: "q", expected }];
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    match found(&portal, &visitor, &query).await {
        Ok((people, companies)) => {
            let words = shown.words;
            shown.people = Some(people.into_iter().map(|person| of_person(person, words)).collect());
            shown.companies = companies.into_iter().map(|company| of_company(company, &visitor)).collect();
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn found(
    portal: &Portal,
    visitor: &Visitor,
    query: &Query,
) -> Result<(Vec<FoundPerson>, Vec<FoundCompany>), NoPage> {
    let (office, caller) = (portal.office(), &visitor.caller);
    let people = office.find_people(caller, query, None, SHOWN).await;
    let companies = office.find_companies(caller, query, None, SHOWN).await;
    Ok((
        people.map_err(|error| no_page(error, visitor))?,
        companies.map_err(|error| no_page(error, visitor))?,
    ))
}

fn of_person(person: FoundPerson, words: &'static words::BackOffice) -> Row {
    let (state, colour) = if person.enabled { (words.active, "good") } else { (words.stopped, "warn") };
    Row {
        href: format!("/backoffice/people/{}", person.user_id),
        open: fill(words.open_what, &person.name),
        name: person.name,
        detail: person.email,
        state,
        colour,
    }
}

fn of_company(company: FoundCompany, visitor: &Visitor) -> Row {
    let words = words::BackOffice::of(visitor.language);
    let (state, colour) = super::company::state_of(&company.status, visitor);
    Row {
        href: format!("/backoffice/companies/{}", company.company_id),
        open: fill(words.open_what, &company.name),
        name: company.name,
        detail: company.company_id.to_string(),
        state,
        colour,
    }
}
