//! One system: what it may see, its secret, and its end.

use std::time::Instant;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Place, state_of, told};
use crate::{
    access::{GrantRow, Held, Power, systems::System},
    portal::{
        FieldProblem, Frame, NoPage, PATIENCE, PAUSE, Portal, Submission, Visitor,
        page::{page, see},
        words,
    },
};

#[derive(Template)]
#[template(path = "portal/templates/system.html")]
struct SystemPage {
    frame: Frame,
    words: &'static words::Systems,
    root: &'static str,
    href: String,
    client_id: String,
    token_url: String,
    state: &'static str,
    colour: &'static str,
    since: String,
    secret_since: Option<String>,
    may_see: Vec<&'static str>,
    is_made: bool,
    /// Shown once.
    secret: Option<SecretString>,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// The page. It waits a little for Keycloak to have what was just made.
pub(super) async fn show<P: Place>(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(client_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let is_new = asked.done.is_some();
    let deadline = Instant::now() + PATIENCE;
    let shown = loop {
        match page_of::<P>(&portal, &visitor, &client_id).await {
            Ok(shown) if is_new && !shown.is_made && Instant::now() < deadline => {
                tokio::time::sleep(PAUSE).await;
            }
            ended => break ended,
        }
    };
    match shown {
        Ok(mut shown) => {
            shown.frame.done = is_new.then_some(shown.words.made).filter(|_| shown.is_made);
            shown.frame.reloads = !shown.is_made;
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of<P: Place>(
    portal: &Portal,
    visitor: &Visitor,
    client_id: &str,
) -> Result<SystemPage, NoPage> {
    let words = words::Systems::of(visitor.language);
    let found = portal.systems().find(&visitor.caller, P::company(visitor)?, client_id).await;
    let (system, grants) = found.map_err(|error| told(error, visitor).err().unwrap_or(NoPage::Failed))?;
    let System { client_id, name, created_at, made_at, secret_at, .. } = system.clone();
    let (state, colour) = state_of(&system, words);
    Ok(SystemPage {
        frame: Frame::new(visitor, P::ROOT, name),
        root: P::ROOT,
        href: format!("{}/{client_id}", P::ROOT),
        client_id,
        token_url: portal.token_url().to_string(),
        state,
        colour,
        since: visitor.time(created_at),
        secret_since: secret_at.map(|at| visitor.time(at)),
        may_see: grants.iter().filter_map(GrantRow::held).flat_map(|held| names(&held, visitor)).collect(),
        is_made: made_at.is_some(),
        secret: None,
        words,
    })
}

/// What a grant lets a system see, in plain words.
fn names(held: &Held, visitor: &Visitor) -> Vec<&'static str> {
    let names = words::Permissions::of(visitor.language);
    match held.power {
        Power::Direct(permission) => vec![names.name(permission)],
        Power::Role(_) | Power::Staff(_) => {
            held.permissions().map(|permission| names.name(permission)).collect()
        }
    }
}

/// Makes another secret and shows it, once: it stands on this page and at no address.
pub(super) async fn renew_secret<P: Place>(
    State(portal): State<Portal>,
    Path(client_id): Path<String>,
    form: Submission,
) -> Response {
    let visitor = form.visitor;
    let company = match P::company(&visitor) {
        Ok(company) => company,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let renewed = portal.systems().renew_secret(&visitor.caller, company, &client_id).await;
    let renewed = match renewed.map_err(|error| told(error, &visitor)) {
        Ok(secret) => Ok(secret),
        Err(Ok(expected)) => Err(expected),
        Err(Err(no_page)) => return no_page.show(visitor.language),
    };
    match (page_of::<P>(&portal, &visitor, &client_id).await, renewed) {
        (Ok(mut shown), Ok(secret)) => {
            shown.frame.done = Some(shown.words.secret_made);
            shown.secret = Some(secret);
            page(StatusCode::OK, &shown)
        }
        (Ok(mut shown), Err(expected)) => {
            shown.frame.problems = vec![FieldProblem { field: "secret", expected: expected.to_owned() }];
            page(StatusCode::CONFLICT, &shown)
        }
        (Err(no_page), _) => no_page.show(visitor.language),
    }
}

/// Revokes it.
pub(super) async fn revoke<P: Place>(
    State(portal): State<Portal>,
    Path(client_id): Path<String>,
    form: Submission,
) -> Response {
    let visitor = form.visitor;
    let company = match P::company(&visitor) {
        Ok(company) => company,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.systems().revoke(&visitor.caller, company, &client_id).await {
        Ok(()) => see(&format!("{}?done=revoked", P::ROOT)),
        Err(error) => told(error, &visitor).err().unwrap_or(NoPage::Failed).show(visitor.language),
    }
}
