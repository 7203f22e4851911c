//! What text messages cost, and where none are sent.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};

use super::Asked;
use crate::{
    access::Permission,
    otp::{BlockedPrefix, OtpError, Spent, StaffAct},
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor,
        page::{page, see},
        words::{self, fill},
    },
};

const HERE: &str = "/backoffice/messages";

struct SpendRow {
    what: &'static str,
    spent: String,
    budget: String,
}

struct PrefixRow {
    prefix: String,
    country: String,
    came_back: String,
    until: String,
    field: String,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_messages.html")]
struct MessagesPage {
    frame: Frame,
    words: &'static words::BackOffice,
    spend: [SpendRow; 2],
    prefixes: Vec<PrefixRow>,
    may_lift: bool,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    match page_of(&portal, &visitor).await {
        Ok(mut shown) => {
            shown.frame.done = asked.done.map(|_| shown.words.done);
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(portal: &Portal, visitor: &Visitor) -> Result<MessagesPage, NoPage> {
    let words = words::BackOffice::of(visitor.language);
    let spend = portal.otp().sms_spend().await?;
    let prefixes = portal.otp().blocked_prefixes().await?;
    Ok(MessagesPage {
        frame: Frame::new(visitor, HERE, words.sms),
        spend: [spend_row(words.hour, spend.hour, words), spend_row(words.day, spend.day, words)],
        prefixes: prefixes.into_iter().map(|prefix| prefix_row(prefix, visitor, words)).collect(),
        may_lift: visitor.may_as_staff(Permission::FactorsManage),
        words,
    })
}

fn spend_row(what: &'static str, spent: Spent, words: &'static words::BackOffice) -> SpendRow {
    SpendRow {
        what,
        spent: money(spent.spent_micros),
        budget: fill(words.of_budget, money(spent.budget_micros)),
    }
}

/// Millionths of the currency unit with two places.
fn money(micros: i64) -> String {
    let cents = micros / 10_000;
    format!("{}.{:02}", cents / 100, (cents % 100).abs())
}

fn prefix_row(blocked: BlockedPrefix, visitor: &Visitor, words: &'static words::BackOffice) -> PrefixRow {
    PrefixRow {
        field: format!("prefix{}", blocked.prefix.replace('+', "-")),
        came_back: format!("{} / {}", blocked.approved, blocked.messages),
        until: fill(words.until, visitor.time(blocked.blocked_until)),
        prefix: blocked.prefix,
        country: blocked.country,
    }
}

/// Lets a prefix go.
pub async fn lift(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let words = words::BackOffice::of(visitor.language);
    let caller = &visitor.caller;
    let expected = match StaffAct::new(caller.actor(), caller.origin.clone(), fields.text("reason")) {
        Err(_) => words::Layout::of(visitor.language).reason_expected,
        Ok(act) => match portal.otp().lift_prefix(fields.text("prefix"), &act).await {
            Ok(_) => return see("/backoffice/messages?done=yes"),
            Err(OtpError::Database(error)) => return visitor.failed(&error),
            Err(OtpError::Refused(_)) => words.not_acted,
        },
    };
    match page_of(&portal, &visitor).await {
        Ok(mut shown) => {
            let problem = FieldProblem { field: "prefixes-title", expected: expected.to_owned() };
            shown.frame.problems = vec![problem];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}
