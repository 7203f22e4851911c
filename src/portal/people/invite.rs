//! Asking one person in, once more, or no longer.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{settle, told};
use crate::{
    companies::{
        Role,
        administration::{InvitationId, NewInvitation},
    },
    platform::masked::Masked,
    portal::{FieldProblem, Frame, Portal, Submission, Visitor, company::form::Choice, page, see, words},
};

const LIST: &str = "/company/people";

#[derive(Template)]
#[template(path = "portal/templates/invite.html")]
struct InvitePage {
    frame: Frame,
    words: &'static words::People,
    roles: [Choice; 2],
    email: String,
    first_name: String,
    last_name: String,
    role: String,
}

/// The form.
pub async fn form(visitor: Visitor) -> Response {
    page(StatusCode::OK, &empty(&visitor))
}

fn empty(visitor: &Visitor) -> InvitePage {
    let words = words::People::of(visitor.language);
    InvitePage {
        frame: Frame::new(visitor, LIST, words.invite),
        roles: roles(words),
        email: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        role: "user".to_owned(),
        words,
    }
}

/// The roles that can be given.
pub(super) fn roles(words: &'static words::People) -> [Choice; 2] {
    [Choice { value: "user", label: words.user }, Choice { value: "admin", label: words.admin }]
}

/// Sends it.
pub async fn send(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let mut shown = empty(&visitor);
    let text = |name| fields.text(name).to_owned();
    (shown.email, shown.role) = (text("email"), text("role"));
    (shown.first_name, shown.last_name) = (text("first_name"), text("last_name"));
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let name = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty()).map(Masked::new);
    let person = NewInvitation {
        email: Masked::new(shown.email.clone()),
        first_name: name(&shown.first_name),
        last_name: name(&shown.last_name),
        role: if shown.role == "admin" { Role::Admin } else { Role::User },
    };
    let words = shown.words;
    let problem = match portal.companies().invite(&visitor.caller, company_id, &[person], false).await {
        Ok(outcomes) => match outcomes.first().map(|it| (it.outcome, it.invitation_id)) {
            Some((_, Some(id))) => {
                settle(&portal, &visitor, &id.to_string(), |_| true).await;
                return see("/company/people?done=invited");
            }
            Some(("already_member", _)) => ("email", words.already_member),
            Some(("already_invited", _)) => ("email", words.already_invited),
            Some(("invalid_name", _)) => ("first_name", words.name_expected),
            _ => ("email", words.email_expected),
        },
        Err(error) => match told(error, &visitor) {
            Ok(expected) => {
                shown.frame.problems = vec![FieldProblem { field: "email", expected }];
                return page(StatusCode::CONFLICT, &shown);
            }
            Err(no_page) => return no_page.show(visitor.language),
        },
    };
    shown.frame.problems = vec![FieldProblem { field: problem.0, expected: problem.1.to_owned() }];
    page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

/// Sends it once more.
pub async fn resend(
    State(portal): State<Portal>,
    Path(id): Path<InvitationId>,
    form: Submission,
) -> Response {
    change(&portal, &form.visitor, id, true).await
}

/// Takes it back.
pub async fn cancel(
    State(portal): State<Portal>,
    Path(id): Path<InvitationId>,
    form: Submission,
) -> Response {
    change(&portal, &form.visitor, id, false).await
}

async fn change(portal: &Portal, visitor: &Visitor, id: InvitationId, again: bool) -> Response {
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let (companies, caller) = (portal.companies(), &visitor.caller);
    let changed = if again {
        companies.resend_invitation(caller, company_id, id).await
    } else {
        companies.cancel_invitation(caller, company_id, id).await
    };
    match changed.map_err(|error| told(error, visitor)) {
        Ok(()) => {
            settle(portal, visitor, &id.to_string(), |_| true).await;
            see(if again { "/company/people?done=resent" } else { "/company/people?done=cancelled" })
        }
        // What cannot be changed any more shows in the list.
        Err(Ok(_)) => see(LIST),
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}
