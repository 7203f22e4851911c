//! The list of people, with search. What is searched for is sent in a form: no name and no address gets
//! into an address of ours.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};

use super::{Asked, name_of, state_of, told};
use crate::{
    access::Permission,
    companies::administration::{CompaniesError, PeopleFilter, PersonListed},
    platform::{
        http::paging::{Page, PageQuery},
        masked::Masked,
    },
    portal::{
        Frame, NoPage, Portal, Submission, Visitor,
        company::form::Choice,
        page::page,
        words::{self, fill},
    },
};

const HERE: &str = "/company/people";
/// People on a page.
const SHOWN: u32 = 50;
/// The longest text that is searched for, in bytes.
const MAX_SEARCH: usize = 255;

/// Somebody in the list.
struct Row {
    id: String,
    name: String,
    email: Option<String>,
    role: &'static str,
    state: &'static str,
    colour: &'static str,
    until: Option<String>,
    is_underway: bool,
    href: String,
    manage: String,
    invitation: Option<Invitation>,
}

/// What can be done about an invitation.
struct Invitation {
    href: String,
    resend: String,
    cancel: String,
}

#[derive(Template)]
#[template(path = "portal/templates/people.html")]
struct ListPage {
    frame: Frame,
    words: &'static words::People,
    lead: String,
    rows: Vec<Row>,
    states: [Choice; 6],
    search: String,
    state: String,
    next: Option<String>,
    /// Whether Keycloak does not have all of it yet.
    is_underway: bool,
    may_manage: bool,
}

/// The first page of everybody.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let words = words::People::of(visitor.language);
    let done = asked.done.as_deref().and_then(|done| match done {
        "invited" => Some(words.sent),
        "resent" => Some(words.resent),
        "cancelled" => Some(words.cancelled),
        "removed" => Some(words.removed),
        _ => None,
    });
    match listed(&portal, &visitor, String::new(), String::new(), None).await {
        Ok(mut list) => {
            list.frame.done = done;
            list.is_underway = list.rows.iter().any(|row| row.is_underway);
            list.frame.underway(list.is_underway, asked.done.as_deref());
            page(StatusCode::OK, &list)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// A page of those who match.
pub async fn search(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let text = |name| fields.text(name).to_owned();
    let after = Some(text("after")).filter(|after| !after.is_empty());
    match listed(&portal, &visitor, text("search"), text("state"), after).await {
        Ok(list) => page(StatusCode::OK, &list),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn listed(
    portal: &Portal,
    visitor: &Visitor,
    search: String,
    state: String,
    after: Option<String>,
) -> Result<ListPage, NoPage> {
    let words = words::People::of(visitor.language);
    let asked = PageQuery { after, limit: Some(SHOWN) };
    let wanted = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let filter = PeopleFilter {
        search: wanted(&search).filter(|text| text.len() <= MAX_SEARCH).map(Masked::new),
        state: wanted(&state),
        after: asked.after().map_err(|_| NoPage::NotFound)?,
        id: None,
    };
    let (company_id, limit) = (visitor.company_id()?, i64::from(SHOWN));
    let found = portal.companies().people(&visitor.caller, company_id, &filter, limit).await;
    let found =
        found.map_err(|error: CompaniesError| told(error, visitor).err().unwrap_or(NoPage::Failed))?;
    let found =
        Page::of(found, limit, |row| (row.since, row.id.clone()), |person| row(&person, visitor, words));
    let company = visitor.company.as_ref().map(|(company, _)| company.name.as_str()).unwrap_or_default();
    let choice = |value, label| Choice { value, label };
    Ok(ListPage {
        frame: Frame::new(visitor, HERE, words.title),
        lead: fill(words.lead, company),
        rows: found.items,
        states: [
            choice("", words.any_state),
            choice("active", words.active),
            choice("invited", words.invited),
            choice("expired", words.expired),
            choice("disabled", words.disabled),
            choice("blocked", words.blocked),
        ],
        search,
        state,
        next: found.next,
        is_underway: false,
        may_manage: visitor.may(Permission::PeopleManage),
        words,
    })
}

fn row(person: &PersonListed, visitor: &Visitor, words: &'static words::People) -> Row {
    let name = name_of(person, words);
    let (state, colour) = state_of(&person.state, words);
    let email = person.email.as_ref().map(|email| email.expose().clone());
    Row {
        id: person.id.clone(),
        href: format!("{HERE}/{}", person.id),
        manage: fill(words.manage_whom, &name),
        invitation: person.invitation_id.map(|id| Invitation {
            href: format!("/company/invitations/{id}"),
            resend: fill(words.resend_whom, &name),
            cancel: fill(words.cancel_whom, &name),
        }),
        email: email.filter(|email| *email != name),
        role: if person.role == "admin" { words.admin } else { words.user },
        until: person.expires_at.map(|at| fill(words.until, visitor.time(at))),
        is_underway: person.is_underway,
        state,
        colour,
        name,
    }
}
