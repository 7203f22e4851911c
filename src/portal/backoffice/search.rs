//! Finding people and companies. What is searched for is sent in a form, never in an address.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use uuid::Uuid;

use super::no_page;
use crate::{
    backoffice::{FoundCompany, FoundPerson, Query},
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor, page,
        words::{self, fill},
    },
};

/// Matches of each kind on a page.
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
    /// None where they are not asked for.
    people: Option<List>,
    companies: Option<List>,
}

impl SearchPage {
    fn count(&self) -> usize {
        [&self.people, &self.companies].into_iter().flatten().map(|list| list.rows.len()).sum()
    }
}

/// A page of matches of one kind.
struct List {
    rows: Vec<Row>,
    next: Option<String>,
}

impl List {
    fn of<Found, Place: ToString>(
        found: Vec<Found>,
        place: impl Fn(&Found) -> Place,
        row: impl Fn(Found) -> Row,
    ) -> Self {
        let is_full = i64::try_from(found.len()).is_ok_and(|count| count >= SHOWN);
        let next = found.last().filter(|_| is_full).map(|last| place(last).to_string());
        Self { rows: found.into_iter().map(row).collect(), next }
    }
}

/// The empty form.
pub async fn show(visitor: Visitor) -> Response {
    page(StatusCode::OK, &empty(&visitor, String::new()))
}

fn empty(visitor: &Visitor, q: String) -> SearchPage {
    let words = words::BackOffice::of(visitor.language);
    let frame = Frame::new(visitor, "/backoffice", words.search);
    SearchPage { frame, words, q, people: None, companies: None }
}

/// What matches: the first of each kind, or the next of one.
pub async fn find(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let mut shown = empty(&visitor, fields.text("q").to_owned());
    let Some(query) = Some(&shown.q).filter(|q| q.len() <= MAX_SEARCH).and_then(|q| Query::of(q)) else {
        let expected = shown.words.search_expected.to_owned();
        shown.frame.problems = vec![FieldProblem { field: "q", expected }];
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    let after = |name| Some(fields.text(name)).filter(|after| !after.is_empty() && after.len() <= MAX_SEARCH);
    let (person, company) = (after("after_person"), after("after_company"));
    let found = async {
        if company.is_none() {
            shown.people = Some(people(&portal, &visitor, &query, person).await?);
        }
        if person.is_none() {
            shown.companies = Some(companies(&portal, &visitor, &query, company).await?);
        }
        Ok::<(), NoPage>(())
    };
    match found.await {
        Ok(()) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn people(
    portal: &Portal,
    visitor: &Visitor,
    query: &Query,
    after: Option<&str>,
) -> Result<List, NoPage> {
    let words = words::BackOffice::of(visitor.language);
    let found = portal.office().find_people(&visitor.caller, query, after, SHOWN).await;
    let found = found.map_err(|error| no_page(error, visitor))?;
    Ok(List::of(found, |person| person.user_id.clone(), |person| of_person(person, words)))
}

async fn companies(
    portal: &Portal,
    visitor: &Visitor,
    query: &Query,
    after: Option<&str>,
) -> Result<List, NoPage> {
    let after = after.map(|after| after.parse::<Uuid>().map_err(|_| NoPage::NotFound)).transpose()?;
    let found = portal.office().find_companies(&visitor.caller, query, after, SHOWN).await;
    let found = found.map_err(|error| no_page(error, visitor))?;
    Ok(List::of(found, |company| company.company_id, |company| of_company(company, visitor)))
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
