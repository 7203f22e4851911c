//! The billing profile: what is there, what is missing, and the form.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::form::{self, Choices, OrderRow, TaxRow};
use crate::{
    billing::{BillingError, BillingInput, Editor, PendingRecipient, Readiness, Recipient, Saved, Who},
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor, page, see,
        words::{self, fill},
    },
};

const HERE: &str = "/company";

#[derive(Template)]
#[template(path = "portal/templates/billing.html")]
struct BillingPage {
    frame: Frame,
    words: &'static words::Billing,
    company: String,
    revision: i64,
    score: String,
    is_ready: bool,
    missing_customer: Vec<&'static str>,
    missing_staff: Vec<&'static str>,
    unchecked: Vec<String>,
    may_edit: bool,
    form: BillingInput,
    choices: Choices,
    recipients: Vec<RecipientRow>,
    tax_rows: Vec<TaxRow>,
    order_rows: Vec<OrderRow>,
    contacts: &'static words::Contacts,
    pending: Vec<PendingRecipient>,
    differences: Vec<(&'static str, String, String)>,
}

/// Somebody who gets invoices.
struct RecipientRow {
    email: String,
    remove: String,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub struct Done {
    /// Its word.
    pub(super) done: Option<String>,
}

/// Who edits, when this person may.
pub fn editor(visitor: &Visitor) -> Result<Editor, NoPage> {
    let locale = visitor.language.keycloak_tag().to_owned();
    Editor::of(&visitor.caller, visitor.company_id()?, locale).map_err(|_| NoPage::NotFound)
}

/// The page as it is saved; `problems` are of the form for a new recipient.
pub async fn shown(
    portal: &Portal,
    visitor: &Visitor,
    done: Option<&str>,
    problems: Vec<FieldProblem>,
    status: StatusCode,
) -> Response {
    match billing_page(portal, visitor).await {
        Ok(mut shown) => {
            let words = shown.words;
            shown.frame.done = done.and_then(|done| match done {
                "saved" => Some(words.saved),
                "recipient-added" => Some(words.recipient_added),
                "recipient-removed" => Some(words.recipient_removed),
                _ => None,
            });
            shown.frame.problems = problems;
            page(status, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn billing_page(portal: &Portal, visitor: &Visitor) -> Result<BillingPage, NoPage> {
    let words = words::Billing::of(visitor.language);
    let (company, _) = visitor.company.as_ref().ok_or(NoPage::NotFound)?;
    let saved = portal.billing().profile(company.company_id).await?;
    let editor = editor(visitor).ok();
    let pending = match &editor {
        Some(editor) => portal.billing().pending(editor).await?,
        None => Vec::new(),
    };
    let readiness = Readiness::of(&saved.profile);
    let missing = |who| {
        let of_whom = readiness.missing.iter().filter(move |gap| gap.who == who);
        of_whom.map(|gap| name_of(gap.field, words)).collect()
    };
    let filled = form::of_profile(&saved.profile);
    let recipient = |to: &Recipient| {
        let email = to.email.expose().clone();
        RecipientRow { remove: fill(words.remove_what, &email), email }
    };
    Ok(BillingPage {
        frame: Frame::new(visitor, HERE, words.title),
        company: company.name.clone(),
        revision: saved.revision,
        score: fill(words.score, readiness.score),
        is_ready: readiness.is_ready(),
        missing_customer: missing(Who::Customer),
        missing_staff: missing(Who::Staff),
        unchecked: readiness.unchecked,
        may_edit: editor.is_some(),
        tax_rows: form::tax_rows(&filled, &saved.profile.tax_ids, words),
        order_rows: form::order_rows(&filled, words),
        contacts: words::Contacts::of(visitor.language),
        form: filled,
        choices: Choices::of(words),
        recipients: saved.profile.recipients.iter().map(recipient).collect(),
        pending,
        differences: Vec::new(),
        words,
    })
}

fn name_of(field: &str, words: &'static words::Billing) -> &'static str {
    match field {
        "party_type" => words.party_type,
        "legal_name" => words.legal_name,
        "tax_ids" => words.tax_ids,
        "tax" => words.tax,
        "address" => words.address,
        "invoice_recipients" => words.recipients,
        "currency" => words.currency,
        "time_zone" => words.time_zone,
        "payment_terms" => words.net_days,
        _ => words.seller_entity,
    }
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    shown(&portal, &visitor, query.done.as_deref(), Vec::new(), StatusCode::OK).await
}

/// Saves the form over the revision that it was filled from.
pub async fn save(State(portal): State<Portal>, sent: Submission) -> Response {
    let Submission { visitor, fields } = sent;
    let editor = match editor(&visitor) {
        Ok(editor) => editor,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let typed = form::typed(&fields);
    // A page without its revision was not made by us: it matches none.
    let read = fields.text("revision").parse().unwrap_or(-1);
    match portal.billing().save(&editor, read, &typed).await {
        Ok(_) => see("/company?done=saved"),
        Err(BillingError::Database(error)) => visitor.failed(&error),
        Err(error) => not_saved(&portal, &visitor, typed, error).await,
    }
}

async fn not_saved(portal: &Portal, visitor: &Visitor, typed: BillingInput, error: BillingError) -> Response {
    let mut shown = match billing_page(portal, visitor).await {
        Ok(shown) => shown,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let status = match error {
        BillingError::Fields(wrong) => {
            shown.frame.problems = wrong.into_iter().map(|field| form::problem(field, shown.words)).collect();
            StatusCode::UNPROCESSABLE_ENTITY
        }
        BillingError::Changed(newest) => {
            let Saved { revision, profile, .. } = *newest;
            shown.revision = revision;
            shown.differences = form::differences(&typed, &form::of_profile(&profile), shown.words);
            StatusCode::PRECONDITION_FAILED
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    shown.tax_rows = form::tax_rows(&typed, &[], shown.words);
    shown.order_rows = form::order_rows(&typed, shown.words);
    shown.form = typed;
    page(status, &shown)
}
