//! All systems.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{Place, state_of, told};
use crate::{
    access::systems::System,
    portal::{
        Frame, NoPage, Portal, Visitor,
        page::page,
        words::{self, fill},
    },
};

struct Row {
    name: String,
    client_id: String,
    state: &'static str,
    colour: &'static str,
    href: String,
    manage: String,
}

#[derive(Template)]
#[template(path = "portal/templates/systems.html")]
struct SystemsPage {
    frame: Frame,
    words: &'static words::Systems,
    root: &'static str,
    rows: Vec<Row>,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// The page.
pub(super) async fn show<P: Place>(
    State(portal): State<Portal>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let words = words::Systems::of(visitor.language);
    let company = match P::company(&visitor) {
        Ok(company) => company,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.systems().list(&visitor.caller, company).await {
        Ok(systems) => {
            let frame = Frame::new(&visitor, P::ROOT, words.title).done(asked.done.map(|_| words.revoked));
            let rows = systems.into_iter().map(|system| row(system, P::ROOT, words)).collect();
            page(StatusCode::OK, &SystemsPage { frame, words, root: P::ROOT, rows })
        }
        Err(error) => told(error, &visitor).err().unwrap_or(NoPage::Failed).show(visitor.language),
    }
}

fn row(system: System, root: &str, words: &'static words::Systems) -> Row {
    let (state, colour) = state_of(&system, words);
    Row {
        href: format!("{root}/{}", system.client_id),
        manage: fill(words.manage_what, &system.name),
        name: system.name,
        client_id: system.client_id,
        state,
        colour,
    }
}
