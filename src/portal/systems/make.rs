//! Making a system: how it is called and what it may see.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::{Place, told};
use crate::{
    access::{Level, Permission, Power, systems::NewSystem},
    portal::{
        FieldProblem, Fields, Frame, NoPage, Portal, Submission, Visitor,
        page::{page, see},
        words,
    },
};

/// Something that it may see.
struct Offer {
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "portal/templates/system_new.html")]
struct NewPage {
    frame: Frame,
    words: &'static words::Systems,
    root: &'static str,
    name: String,
    offers: Vec<Offer>,
}

/// The form.
pub(super) async fn form<P: Place>(visitor: Visitor) -> Response {
    match empty::<P>(&visitor, &Fields::default()) {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// The form with what was filled in. Whatever the visitor may look at can be given.
fn empty<P: Place>(visitor: &Visitor, fields: &Fields) -> Result<NewPage, NoPage> {
    let (words, names) = (words::Systems::of(visitor.language), words::Permissions::of(visitor.language));
    let target = P::target(visitor)?;
    let offered = Permission::ALL.iter().copied().filter(|permission| {
        permission.level() == Level::View
            && permission.scope() <= target.scope()
            && visitor.caller.may(*permission, &target)
    });
    let chosen = |permission: Permission| fields.all("permission").any(|name| name == permission.name());
    let offers = offered.map(|permission| Offer {
        value: permission.name(),
        label: names.name(permission),
        is_chosen: chosen(permission),
    });
    Ok(NewPage {
        frame: Frame::new(visitor, P::ROOT, words.new),
        root: P::ROOT,
        name: fields.text("name").to_owned(),
        offers: offers.collect(),
        words,
    })
}

/// Makes it.
pub(super) async fn make<P: Place>(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let (mut shown, company) = match (empty::<P>(&visitor, &fields), P::company(&visitor)) {
        (Ok(shown), Ok(company)) => (shown, company),
        (Err(no_page), _) | (_, Err(no_page)) => return no_page.show(visitor.language),
    };
    let chosen = shown.offers.iter().filter(|it| it.is_chosen).filter_map(|it| Permission::named(it.value));
    let new = NewSystem { name: shown.name.clone(), powers: chosen.map(Power::Direct).collect() };
    let problem = |field, expected: &str| FieldProblem { field, expected: expected.to_owned() };
    if new.powers.is_empty() {
        shown.frame.problems = vec![problem("permissions", shown.words.may_see_expected)];
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    match portal.systems().make(&visitor.caller, company, &new).await.map_err(|error| told(error, &visitor)) {
        Ok(system) => see(&format!("{}/{}?done=made", P::ROOT, system.client_id)),
        Err(Ok(expected)) => {
            shown.frame.problems = vec![problem("name", expected)];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}
