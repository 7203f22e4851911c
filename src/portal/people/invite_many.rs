//! Asking many people in: a file is checked first, and sent when somebody has seen what would happen.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::told;
use crate::{
    companies::administration::InvitationOutcome,
    portal::{
        FieldProblem, Fields, Frame, Portal, Submission, Visitor, page, see,
        words::{self, fill},
    },
};

const LIST: &str = "/company/people";
/// The largest file, in bytes.
const MAX_FILE: usize = 1024 * 1024;

/// What would become of a line.
struct Row {
    line: usize,
    outcome: &'static str,
    is_good: bool,
}

#[derive(Template)]
#[template(path = "portal/templates/invite_many.html")]
struct ManyPage {
    frame: Frame,
    words: &'static words::People,
    people: String,
    rows: Vec<Row>,
    invite: Option<String>,
}

/// The form.
pub async fn form(visitor: Visitor) -> Response {
    page(StatusCode::OK, &empty(&visitor))
}

fn empty(visitor: &Visitor) -> ManyPage {
    let words = words::People::of(visitor.language);
    let frame = Frame::new(visitor, LIST, words.invite_many);
    ManyPage { frame, words, people: String::new(), rows: Vec::new(), invite: None }
}

/// Shows what would become of each line.
pub async fn check(State(portal): State<Portal>, form: Submission) -> Response {
    judge(&portal, form, true).await
}

/// Invites them.
pub async fn send(State(portal): State<Portal>, form: Submission) -> Response {
    judge(&portal, form, false).await
}

/// The file, or else what was pasted.
fn lines(fields: &Fields) -> &str {
    let file = fields.text("file");
    if file.is_empty() { fields.text("people") } else { file }
}

async fn judge(portal: &Portal, form: Submission, dry_run: bool) -> Response {
    let Submission { visitor, fields } = form;
    let mut shown = empty(&visitor);
    lines(&fields).clone_into(&mut shown.people);
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    if !(1..=MAX_FILE).contains(&shown.people.len()) {
        return wrong(shown, None);
    }
    let file = shown.people.as_bytes();
    match portal.companies().invite_from_csv(&visitor.caller, company_id, file, dry_run).await {
        Ok(_) if !dry_run => see("/company/people?done=invited"),
        Ok(outcomes) => {
            let good = outcomes.iter().filter(|it| it.outcome == "would_invite").count();
            shown.invite = (good > 0).then(|| fill(shown.words.invite_these, good));
            shown.rows = outcomes.iter().map(|outcome| row(outcome, shown.words)).collect();
            page(StatusCode::OK, &shown)
        }
        Err(error) => match told(error, &visitor) {
            Ok(expected) => wrong(shown, Some(expected)),
            Err(no_page) => no_page.show(visitor.language),
        },
    }
}

fn wrong(mut shown: ManyPage, expected: Option<String>) -> Response {
    let expected = expected.unwrap_or_else(|| shown.words.file_expected.to_owned());
    shown.frame.problems = vec![FieldProblem { field: "file", expected }];
    page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

fn row(outcome: &InvitationOutcome, words: &'static words::People) -> Row {
    Row {
        line: outcome.line,
        is_good: outcome.outcome == "would_invite",
        outcome: match outcome.outcome {
            "would_invite" => words.would_invite,
            "already_member" => words.already_member,
            "already_invited" => words.already_invited,
            "repeated" => words.repeated,
            "invalid_name" => words.name_expected,
            "invalid_role" => words.invalid_role,
            _ => words.email_expected,
        },
    }
}
