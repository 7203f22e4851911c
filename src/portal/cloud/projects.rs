//! Who may do what in the projects of a company.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::{Choice, rooms};
use crate::{
    access::Permission,
    companies, directory,
    openstack::{CloudProject, CloudProjectId, HeldTask, Manager, TaskRefused},
    portal::{
        FieldProblem, Fields, Frame, NoPage, Portal, Submission, Visitor, page, see,
        words::{self, fill},
    },
};

const HERE: &str = "/company/projects";

#[derive(Template)]
#[template(path = "portal/templates/company_projects.html")]
struct ProjectsPage {
    frame: Frame,
    words: &'static words::Cloud,
    projects: Vec<ProjectRow>,
    may_edit: bool,
    form: Fields,
    project_choices: Vec<Choice>,
    people: Vec<Choice>,
    tasks: Vec<Choice>,
}

struct ProjectRow {
    id: String,
    name: String,
    description: String,
    is_ready: bool,
    ends: Option<String>,
    for_a_time: Vec<String>,
    tasks: Vec<TaskRow>,
}

struct TaskRow {
    user: String,
    name: String,
    task: String,
    take_back: String,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    match projects(&portal, &visitor, Fields::default()).await {
        Ok(mut shown) => {
            shown.frame.done = match query.done.as_deref() {
                Some("given") => Some(shown.words.given),
                Some("taken-back") => Some(shown.words.taken_back),
                _ => None,
            };
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Gives a task.
pub async fn give(State(portal): State<Portal>, sent: Submission) -> Response {
    let Submission { visitor, fields } = sent;
    let given = async {
        let manager = manager(&visitor)?;
        let project: Option<CloudProjectId> = fields.text("project").parse().ok();
        let Some(project) = project else { return Ok(Some("project")) };
        let openstack = &rooms(&portal)?.openstack;
        match openstack.give_task(&manager, project, fields.text("person"), fields.text("task")).await {
            Ok(()) => Ok(None),
            Err(TaskRefused::Unknown) => Ok(Some("person")),
            Err(TaskRefused::NoAccount) => Ok(Some("account")),
            Err(TaskRefused::Database(error)) => Err(NoPage::from(error)),
        }
    };
    let wrong = match given.await {
        Ok(None) => return see("/company/projects?done=given"),
        Ok(Some(wrong)) => wrong,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match projects(&portal, &visitor, fields).await {
        Ok(mut shown) => {
            let words = shown.words;
            let (field, expected) = match wrong {
                "project" => ("project", words.which_expected),
                "account" => ("person", words.no_account),
                _ => ("person", words.person_expected),
            };
            shown.frame.problems = vec![FieldProblem { field, expected: expected.to_owned() }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Takes a task back.
pub async fn take_back(State(portal): State<Portal>, sent: Submission) -> Response {
    let Submission { visitor, fields } = sent;
    let taken = async {
        let manager = manager(&visitor)?;
        let project = fields.text("project").parse().map_err(|_| NoPage::NotFound)?;
        let user = fields.text("user").parse().map_err(|_| NoPage::NotFound)?;
        let openstack = &rooms(&portal)?.openstack;
        match openstack.take_task_back(&manager, project, user, fields.text("task")).await {
            // Sent twice: the first time took it back.
            Ok(()) | Err(TaskRefused::Unknown | TaskRefused::NoAccount) => Ok(()),
            Err(TaskRefused::Database(error)) => Err(NoPage::from(error)),
        }
    };
    match taken.await {
        Ok(()) => see("/company/projects?done=taken-back"),
        Err(no_page) => no_page.show(visitor.language),
    }
}

fn manager(visitor: &Visitor) -> Result<Manager, NoPage> {
    // The service asks the access model again, of the very project.
    Ok(Manager { caller: visitor.caller.clone(), company_id: visitor.company_id()?.0 })
}

async fn projects(portal: &Portal, visitor: &Visitor, form: Fields) -> Result<ProjectsPage, NoPage> {
    let words = words::Cloud::of(visitor.language);
    let (company, _) = visitor.company.as_ref().ok_or(NoPage::NotFound)?;
    let openstack = &rooms(portal)?.openstack;
    let (projects, held) = openstack.projects_of(company.company_id.0).await?;
    let for_a_time = openstack.quotas_for_a_time(company.company_id.0).await?;
    let may_edit = visitor.may(Permission::DeploymentAccess) && !projects.is_empty();
    let people = if may_edit { people(portal, company.company_id).await? } else { Vec::new() };
    let of_project = |project: &CloudProject| Choice {
        value: project.cloud_project_id.to_string(),
        label: project.name.clone(),
    };
    let task = |task: &str| Choice { value: task.to_owned(), label: task.to_owned() };
    Ok(ProjectsPage {
        frame: Frame::new(visitor, HERE, words.projects),
        words,
        may_edit,
        form,
        project_choices: projects.iter().map(of_project).collect(),
        people,
        tasks: openstack.tasks().map(task).collect(),
        projects: projects.into_iter().map(|one| project_row(words, one, &held, &for_a_time)).collect(),
    })
}

/// A quota that runs in a project: the resource, how much, and until when.
type ForATime = (CloudProjectId, String, i64, DateTime<Utc>);

fn project_row(
    words: &words::Cloud,
    project: CloudProject,
    held: &[HeldTask],
    for_a_time: &[ForATime],
) -> ProjectRow {
    let quota = |(_, resource, amount, until): &ForATime| {
        let amount = if *amount == -1 { words.unlimited.to_owned() } else { amount.to_string() };
        let last = (*until - TimeDelta::seconds(1)).date_naive();
        format!("{resource} {amount} · {}", fill(words.until, last))
    };
    let temporary = for_a_time.iter().filter(|(of, ..)| *of == project.cloud_project_id);
    let row = |held: &HeldTask| {
        let name = Some(held.full_name.expose().clone()).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| held.name.expose().clone());
        TaskRow {
            user: held.cloud_user_id.to_string(),
            take_back: fill(words.take_back_of, &name),
            name,
            task: held.task.clone(),
        }
    };
    let here = held.iter().filter(|held| held.cloud_project_id == project.cloud_project_id);
    ProjectRow {
        id: project.cloud_project_id.to_string(),
        is_ready: project.keystone_id.is_some(),
        ends: project.ends_at.map(|at| fill(words.ends, at.format("%Y-%m-%d"))),
        for_a_time: temporary.map(quota).collect(),
        name: project.name,
        description: project.description,
        tasks: here.map(row).collect(),
    }
}

/// The members of a company, by name.
async fn people(portal: &Portal, company: companies::CompanyId) -> Result<Vec<Choice>, NoPage> {
    let mut conn = portal.pool().acquire().await?;
    let members = companies::members_of_company(&mut conn, company).await?;
    let ids: Vec<String> = members.into_iter().map(|member| member.user_id).collect();
    let found: HashMap<_, _> = companies::companies_of_people(&mut conn, &ids).await?;
    let mut choices = Vec::new();
    for person in directory::people_by_id(&mut conn, &ids).await? {
        let is_member = found.get(&person.user_id).is_some_and(|(held, _)| held.company_id == company);
        let Some(email) = person.email.as_ref().filter(|_| is_member && person.is_alive() && person.enabled)
        else {
            continue;
        };
        let names = [&person.first_name, &person.last_name];
        let names: Vec<&str> = names.into_iter().flatten().map(|name| name.expose().trim()).collect();
        let label = format!("{} ({})", names.join(" ").trim(), email.expose());
        choices.push(Choice { value: person.user_id.clone(), label: label.trim().to_owned() });
    }
    choices.sort_by_key(|choice| choice.label.to_lowercase());
    Ok(choices)
}
