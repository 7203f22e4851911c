//! Asking for something.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{
    Choice, asker,
    fields::{Amount, What, amounts, problem},
    rooms,
};
use crate::{
    access::Permission,
    intake::{Account, NotAsked},
    portal::{FieldProblem, Fields, Frame, NoPage, Portal, Submission, Visitor, page, see, words},
};

const HERE: &str = "/cloud/ask";

#[derive(Template)]
#[template(path = "portal/templates/cloud_choose.html")]
struct ChoosePage {
    frame: Frame,
    words: &'static words::Cloud,
    choices: Vec<(&'static str, &'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "portal/templates/cloud_ask.html")]
struct AskPage {
    frame: Frame,
    words: &'static words::Cloud,
    what: What,
    lead: &'static str,
    needs_pin: bool,
    form: Fields,
    projects: Vec<Choice>,
    amounts: Vec<Amount>,
}

/// What can be asked for.
pub async fn choose(State(portal): State<Portal>, visitor: Visitor) -> Response {
    let shown = async {
        let words = words::Cloud::of(visitor.language);
        let mut choices = Vec::new();
        for what in [What::Account, What::Project, What::Join, What::Quota] {
            if is_open(&portal, &visitor, what).await? {
                let (name, help) = what.words(words);
                choices.push((what.name(), name, help));
            }
        }
        Ok::<_, NoPage>(ChoosePage { frame: Frame::new(&visitor, HERE, words.ask), words, choices })
    };
    match shown.await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Whether somebody may ask for this: an account who has none; what others answer for, whoever may ask for deployments
/// of their company and whoever is in none; what is about a project, who sees one.
async fn is_open(portal: &Portal, visitor: &Visitor, what: What) -> Result<bool, NoPage> {
    let answers_for_themselves = visitor.company.is_none() || visitor.may(Permission::DeploymentsRequest);
    Ok(match what {
        What::Account => rooms(portal)?.intake.account_of(&asker(visitor)?).await? != Account::Held,
        What::Project => answers_for_themselves,
        What::Join => !projects(portal, visitor).await?.is_empty(),
        What::Quota => answers_for_themselves && !projects(portal, visitor).await?.is_empty(),
    })
}

/// The projects that somebody may name: those of their company. Others are none of their business.
async fn projects(portal: &Portal, visitor: &Visitor) -> Result<Vec<Choice>, NoPage> {
    let Some((company, _)) = &visitor.company else { return Ok(Vec::new()) };
    let (projects, _) = rooms(portal)?.openstack.projects_of(company.company_id.0).await?;
    let choice = |name: String| Choice { value: name.clone(), label: name };
    Ok(projects.into_iter().map(|project| choice(project.name)).collect())
}

/// The form.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Path(what): Path<String>) -> Response {
    match form(&portal, &visitor, &what, Fields::default()).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Takes the form.
pub async fn send(State(portal): State<Portal>, Path(what): Path<String>, sent: Submission) -> Response {
    let Submission { visitor, fields } = sent;
    match asked(&portal, &visitor, &what, fields).await {
        Ok(None) => see("/cloud?done=sent"),
        Ok(Some(shown)) => page(StatusCode::UNPROCESSABLE_ENTITY, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Asks, or gives the form back with what is wrong.
async fn asked(
    portal: &Portal,
    visitor: &Visitor,
    what: &str,
    fields: Fields,
) -> Result<Option<AskPage>, NoPage> {
    let mut shown = form(portal, visitor, what, fields).await?;
    let (what, words) = (shown.what, shown.words);
    let expected = |field, expected: &str| FieldProblem { field, expected: expected.to_owned() };
    let project = shown.form.text("project");
    if what.is_about_a_project() && !shown.projects.iter().any(|choice| choice.value == project) {
        shown.frame.problems = vec![expected("project", words.which_expected)];
        return Ok(Some(shown));
    }
    if what == What::Project && shown.form.text("new_project").is_empty() {
        shown.frame.problems = vec![expected("new_project", words.name_expected)];
        return Ok(Some(shown));
    }
    let intake = &rooms(portal)?.intake;
    match intake.ask(&asker(visitor)?, what.kind(), &what.columns(&shown.form)).await {
        Ok(_) => Ok(None),
        Err(NotAsked::Database(error)) => Err(error.into()),
        Err(refused) => {
            shown.frame.problems = problem(what, &refused, words).into_iter().collect();
            Ok(Some(shown))
        }
    }
}

async fn form(portal: &Portal, visitor: &Visitor, what: &str, form: Fields) -> Result<AskPage, NoPage> {
    let what = What::named(what).ok_or(NoPage::NotFound)?;
    if !is_open(portal, visitor, what).await? {
        return Err(NoPage::NotFound);
    }
    let account = rooms(portal)?.intake.account_of(&asker(visitor)?).await?;
    let words = words::Cloud::of(visitor.language);
    let (title, lead) = what.words(words);
    let projects = if what.is_about_a_project() { projects(portal, visitor).await? } else { Vec::new() };
    Ok(AskPage {
        frame: Frame::new(visitor, HERE, title),
        words,
        what,
        lead,
        needs_pin: what != What::Quota && account == Account::NeedsPin,
        projects,
        amounts: if what == What::Quota { amounts(words, &form) } else { Vec::new() },
        form,
    })
}
