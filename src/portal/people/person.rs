//! One person of the company, and what an admin does about them.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{
    Asked,
    access::{self, GrantRow, Powers},
    invite::roles,
    name_of, settle, state_of, told,
};
use crate::{
    access::{Held, Permission, PersonAccess, Target},
    backoffice::{ApprovalKind, BackOfficeError},
    companies::{
        CompanyId, Role,
        administration::{CompaniesError, PersonListed, Reason},
    },
    portal::{
        FieldProblem, Fields, Frame, NoPage, Portal, Submission, Visitor,
        company::form::Choice,
        page::{note, page, see},
        words,
    },
};

/// A permission, and why it is held.
struct AccessRow {
    what: &'static str,
    because: String,
}

#[derive(Template)]
#[template(path = "portal/templates/person.html")]
#[expect(clippy::struct_excessive_bools, reason = "each decides by itself what the page shows")]
pub(super) struct PersonPage {
    pub(super) frame: Frame,
    pub(super) words: &'static words::People,
    href: String,
    name: String,
    email: Option<String>,
    state: &'static str,
    colour: &'static str,
    is_blocked: bool,
    is_disabled: bool,
    is_underway: bool,
    since: String,
    role: String,
    role_name: &'static str,
    roles: [Choice; 2],
    access: Vec<AccessRow>,
    grants: Vec<GrantRow>,
    powers: Vec<Choice>,
    pub(super) power: String,
    pub(super) until: String,
    may_manage: bool,
    may_grant: bool,
}

/// The page.
pub async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(user_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let words = words::People::of(visitor.language);
    let done = asked.done.as_deref().and_then(|done| match done {
        "role" => Some(words.role_changed),
        "disabled" => Some(words.was_disabled),
        "enabled" => Some(words.was_enabled),
        "password" => Some(words.password_sent),
        "factors" => Some(words.factors_asked),
        "granted" => Some(words.granted),
        "revoked" => Some(words.revoked),
        _ => None,
    });
    match page_of(&portal, &visitor, &user_id).await {
        Ok(mut shown) => {
            shown.frame.done = done;
            shown.frame.underway(shown.is_underway, asked.done.as_deref());
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// The page of somebody of the company; whoever is only invited has none.
pub(super) async fn page_of(portal: &Portal, visitor: &Visitor, user_id: &str) -> Result<PersonPage, NoPage> {
    let words = words::People::of(visitor.language);
    let company_id = visitor.company_id()?;
    let found = portal.companies().person(&visitor.caller, company_id, user_id).await;
    let person = found.map_err(|error| told(error, visitor).err().unwrap_or(NoPage::Failed))?;
    if person.user_id.is_none() {
        return Err(NoPage::NotFound);
    }
    let held = held_in(portal, visitor, company_id, user_id).await?;
    let name = name_of(&person, words);
    let (state, colour) = state_of(&person.state, words);
    let Powers { choices, .. } = access::powers(visitor, company_id);
    Ok(PersonPage {
        frame: Frame::new(visitor, "/company/people", name.clone()),
        href: format!("/company/people/{user_id}"),
        email: person.email.as_ref().map(|email| email.expose().clone()).filter(|email| *email != name),
        state,
        colour,
        is_blocked: person.state == "blocked",
        is_disabled: person.state == "disabled",
        is_underway: person.is_underway,
        since: visitor.time(person.since),
        role_name: if person.role == "admin" { words.admin } else { words.user },
        role: person.role,
        roles: roles(words),
        access: explained(held.in_force(), company_id, visitor),
        grants: access::rows(&held.held, visitor),
        powers: choices,
        power: String::new(),
        until: String::new(),
        may_manage: visitor.may(Permission::PeopleManage),
        may_grant: visitor.may(Permission::AccessManage),
        name,
        words,
    })
}

/// What somebody holds in the company; nothing to whoever may not look at that.
async fn held_in(
    portal: &Portal,
    visitor: &Visitor,
    company_id: CompanyId,
    user_id: &str,
) -> Result<PersonAccess, NoPage> {
    if !visitor.may(Permission::AccessView) {
        return Ok(PersonAccess { companies: Vec::new(), held: Vec::new(), may_act: true });
    }
    let found = portal.access().access_of(&visitor.caller, user_id).await;
    let mut found = found.map_err(access::no_page)?;
    found.held.retain(|held| held.place.company() == Some(company_id.0));
    Ok(found)
}

/// Each permission in the company with every reason for it.
fn explained(held: &[Held], company_id: CompanyId, visitor: &Visitor) -> Vec<AccessRow> {
    let names = words::Permissions::of(visitor.language);
    let mut reasons: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (place, permission) in Permission::ALL.iter().enumerate() {
        let given = held.iter().filter(|held| held.gives(*permission, &Target::Company(company_id.0)));
        let given: Vec<String> = given.map(|held| access::because(held, visitor)).collect();
        if !given.is_empty() {
            reasons.insert(place, given);
        }
    }
    let row = |(place, why): (usize, Vec<String>)| AccessRow {
        what: names.name(Permission::ALL[place]),
        because: why.join("; "),
    };
    reasons.into_iter().map(row).collect()
}

/// The page again, with what is wrong.
pub(super) async fn again(
    portal: &Portal,
    visitor: &Visitor,
    user_id: &str,
    field: &'static str,
    expected: String,
) -> Response {
    match page_of(portal, visitor, user_id).await {
        Ok(mut shown) => {
            shown.frame.problems = vec![FieldProblem { field, expected }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Shows what came of it: where it is done, or the page with what kept it from being done.
async fn done(
    portal: &Portal,
    visitor: &Visitor,
    (user_id, field): (&str, &'static str),
    changed: Result<(), CompaniesError>,
    (word, is_there): (&str, impl Fn(&PersonListed) -> bool),
) -> Response {
    match changed.map_err(|error| told(error, visitor)) {
        Ok(()) => {
            settle(portal, visitor, user_id, is_there).await;
            see(&format!("/company/people/{user_id}?done={word}"))
        }
        Err(Ok(expected)) => again(portal, visitor, user_id, field, expected).await,
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}

fn reason_in(fields: &Fields) -> Option<Reason> {
    Reason::new(fields.text("reason"))
}

/// Makes somebody an admin, or a basic user.
pub async fn set_role(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let role = if fields.text("role") == "admin" { Role::Admin } else { Role::User };
    let changed = portal.companies().set_role(&visitor.caller, company_id, &user_id, role).await;
    done(&portal, &visitor, (&user_id, "role"), changed, ("role", |_: &PersonListed| true)).await
}

/// Stops somebody from signing in.
pub async fn disable(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let Some(reason) = reason_in(&fields) else {
        let expected = words::Layout::of(visitor.language).reason_expected.to_owned();
        return again(&portal, &visitor, &user_id, "reason", expected).await;
    };
    let changed = portal.companies().disable(&visitor.caller, company_id, &user_id, &reason).await;
    done(&portal, &visitor, (&user_id, "reason"), changed, ("disabled", |_: &PersonListed| true)).await
}

/// Lets somebody sign in again.
pub async fn enable(State(portal): State<Portal>, Path(user_id): Path<String>, form: Submission) -> Response {
    let visitor = form.visitor;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let changed = portal.companies().enable(&visitor.caller, company_id, &user_id).await;
    // Keycloak's word that they may sign in comes back as an event; whom staff have blocked stays so.
    let is_there = |person: &PersonListed| person.state != "disabled";
    done(&portal, &visitor, (&user_id, "role"), changed, ("enabled", is_there)).await
}

/// Has somebody choose a new password.
pub async fn send_password_link(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    let visitor = form.visitor;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let sent = portal.companies().start_password_reset(&visitor.caller, company_id, &user_id).await;
    done(&portal, &visitor, (&user_id, "role"), sent, ("password", |_: &PersonListed| true)).await
}

/// Asks staff for a reset of somebody's second factors.
pub async fn ask_factor_reset(
    State(portal): State<Portal>,
    Path(user_id): Path<String>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    // Only of the own company, also for whoever may ask it of others.
    if let Err(no_page) = page_of(&portal, &visitor, &user_id).await {
        return no_page.show(visitor.language);
    }
    let Some(reason) = reason_in(&fields) else {
        let expected = words::Layout::of(visitor.language).reason_expected.to_owned();
        return again(&portal, &visitor, &user_id, "factors_reason", expected).await;
    };
    let asked = portal.office().ask(&visitor.caller, ApprovalKind::FactorReset, &user_id, &reason).await;
    match asked {
        Ok(_) => see(&format!("/company/people/{user_id}?done=factors")),
        Err(BackOfficeError::AskedAlready) => {
            let expected = words::People::of(visitor.language).asked_already.to_owned();
            again(&portal, &visitor, &user_id, "factors_reason", expected).await
        }
        Err(BackOfficeError::Database(error)) => {
            note(&error);
            NoPage::Failed.show(visitor.language)
        }
        Err(_) => NoPage::NotFound.show(visitor.language),
    }
}

/// Takes somebody out of the company.
pub async fn remove(State(portal): State<Portal>, Path(user_id): Path<String>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let reason = reason_in(&fields);
    let removed = portal.companies().remove(&visitor.caller, company_id, &user_id, reason.as_ref()).await;
    match removed.map_err(|error| told(error, &visitor)) {
        Ok(()) => see("/company/people?done=removed"),
        Err(Ok(expected)) => again(&portal, &visitor, &user_id, "remove_reason", expected).await,
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}
