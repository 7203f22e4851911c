//! The revisions of the billing profile: who saved when, and what each one changed.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::form;
use crate::{
    billing::{BillingProfile, Version},
    portal::{
        Frame, NoPage, Portal, Visitor, page,
        words::{self, fill},
    },
};

/// Revisions on a page.
const SHOWN: i64 = 20;

/// A revision against the one before it.
struct Row {
    title: String,
    at: String,
    iso: String,
    who: &'static str,
    /// Field, before, after.
    changes: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "portal/templates/versions.html")]
struct VersionsPage {
    frame: Frame,
    words: &'static words::Billing,
    rows: Vec<Row>,
    older: Option<i64>,
}

/// Where the page begins.
#[derive(Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// The newest revisions, or those before one.
pub async fn list(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Before>) -> Response {
    match versions_page(&portal, &visitor, query.before).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn versions_page(
    portal: &Portal,
    visitor: &Visitor,
    before: Option<i64>,
) -> Result<VersionsPage, NoPage> {
    let words = words::Billing::of(visitor.language);
    let (company, _) = visitor.company.as_ref().ok_or(NoPage::NotFound)?;
    // One more, which the last of the page is compared with.
    let found = portal.billing().versions(company.company_id, before, SHOWN + 1).await?;
    let shown = found.iter().take(usize::try_from(SHOWN).unwrap_or(usize::MAX)).enumerate();
    let rows = shown.map(|(index, version)| row(version, found.get(index + 1), visitor, words)).collect();
    let is_full = i64::try_from(found.len()).is_ok_and(|count| count > SHOWN);
    let last = found.iter().rev().nth(1).map(|version| version.revision);
    let frame = Frame::new(visitor, "/company", words.versions);
    Ok(VersionsPage { frame, words, rows, older: last.filter(|_| is_full) })
}

fn row(
    version: &Version,
    before: Option<&Version>,
    visitor: &Visitor,
    words: &'static words::Billing,
) -> Row {
    let empty = BillingProfile::default();
    let before = before.map_or(&empty, |before| &before.profile.0);
    Row {
        title: fill(words.version, version.revision),
        at: visitor.time(version.valid_from),
        iso: version.valid_from.to_rfc3339(),
        who: if version.changed_by == visitor.person.user_id { words.by_you } else { words.by_another },
        changes: changes(before, &version.profile, words),
    }
}

/// Field, before, after; beside the fields of the form also what is proven or set by staff.
fn changes(
    before: &BillingProfile,
    after: &BillingProfile,
    words: &'static words::Billing,
) -> Vec<(&'static str, String, String)> {
    let mut changes = form::differences(&form::of_profile(before), &form::of_profile(after), words);
    let recipients = |profile: &BillingProfile| {
        let emails: Vec<&str> = profile.recipients.iter().map(|to| to.email.expose().as_str()).collect();
        emails.join(", ")
    };
    let tax = |profile: &BillingProfile| {
        profile.tax.as_ref().map(|tax| tax.treatment.name().to_owned()).unwrap_or_default()
    };
    let seller = |profile: &BillingProfile| profile.seller_entity.clone().unwrap_or_default();
    let locked =
        |profile: &BillingProfile| if profile.currency_locked { words.yes } else { words.no }.to_owned();
    let others = [
        (words.recipients, recipients(before), recipients(after)),
        (words.tax, tax(before), tax(after)),
        (words.seller_entity, seller(before), seller(after)),
        (words.currency_stays, locked(before), locked(after)),
    ];
    changes.extend(others.into_iter().filter(|(_, before, after)| before != after));
    changes
}
