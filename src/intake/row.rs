//! A row of a table becomes what somebody asks for, or says what is wrong with it.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Ask, Kind, ProjectAsk, QuotaAsk,
    columns::{Columns, Places},
};
use crate::{
    adapters::keystone::QuotaService,
    passwords::Pin,
    platform::{language::Language, masked::Masked},
};

/// The longest cell that is taken, in bytes; names of projects are 64 signs in Keystone.
const LONGEST_CELL: usize = 2000;
const LONGEST_PROJECT: usize = 64;
/// What Keystone and the services take at most.
const MOST: i64 = 2_147_483_647;
/// Ports that a project needs beside those of its machines and networks.
const SPARE_PORTS: i64 = 5;

/// A row as it was read.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number in the table, the header being 1.
    pub number: usize,
    /// What is asked.
    pub ask: Ask,
    /// The PIN that the person chose.
    pub pin: Option<Pin>,
    /// Whether the table says that it is approved.
    pub is_approved: bool,
}

/// What is wrong with a row, or with what it asks for. The texts are for whoever imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the texts say it")]
pub enum RowProblem {
    #[error("the e-mail address is missing or is none")]
    Email,
    #[error("the name is missing")]
    Name,
    #[error("a new person needs a PIN of exactly four digits")]
    Pin,
    #[error("a project is named twice: a new one and one that exists")]
    TwoProjects,
    #[error("the project is missing")]
    NoProject,
    #[error("the name of the project is longer than 64 signs, or holds control characters")]
    ProjectName,
    #[error("a quota is no whole number from -1 on")]
    Quota,
    #[error("no quota is asked for")]
    NoQuota,
    #[error("the end date is none, or is missing although the change is temporary")]
    EndDate,
    #[error("the end date is over")]
    Over,
    #[error("a cell is longer than 2000 bytes")]
    TooLong,
    #[error("there is an account of that name already")]
    UserExists,
    #[error("there is no account of that name")]
    UserMissing,
    #[error("there is a project of that name already, or somebody asks for it")]
    ProjectExists,
    #[error("there is no project of that name")]
    ProjectMissing,
    #[error("it was decided before, and differs now: ask anew under another name")]
    Decided,
}

/// Reads a table with its header. Blank rows are left out; a row that cannot be read says why.
#[must_use]
pub fn read(
    kind: Kind,
    columns: &Columns,
    table: &[Vec<String>],
    language: Language,
) -> Vec<(usize, Result<Row, RowProblem>)> {
    let Some((header, rows)) = table.split_first() else { return Vec::new() };
    let places = columns.find(header);
    rows.iter()
        .zip(2..)
        .filter(|(row, _)| !places.is_blank(row))
        .map(|(row, number)| (number, read_row(kind, &places, row, number, language)))
        .collect()
}

fn read_row(
    kind: Kind,
    places: &Places,
    row: &[String],
    number: usize,
    language: Language,
) -> Result<Row, RowProblem> {
    if row.iter().any(|cell| cell.len() > LONGEST_CELL) {
        return Err(RowProblem::TooLong);
    }
    let cell = |field: &str| places.cell(row, field);
    let email = cell("email");
    if !is_address(&email) {
        return Err(RowProblem::Email);
    }
    let is_new_user = kind == Kind::Access && cell("has_account").eq_ignore_ascii_case("no");
    let (first_name, last_name) = (cell("first_name"), cell("last_name"));
    if is_new_user && first_name.is_empty() && last_name.is_empty() {
        return Err(RowProblem::Name);
    }
    let pin = Pin::parse(&cell("pin"));
    if is_new_user && pin.is_none() {
        return Err(RowProblem::Pin);
    }
    let named = cell("language");
    let quotas = quotas(places, row)?;
    if kind == Kind::Quota && quotas.is_empty() {
        return Err(RowProblem::NoQuota);
    }
    let ask = Ask {
        project: project(kind, places, row, &email)?,
        email: Masked::new(email),
        first_name: Masked::new(first_name),
        last_name: Masked::new(last_name),
        is_new_user,
        organization: cell("organization"),
        role: cell("role"),
        phone: Masked::new(cell("phone")),
        sponsor: cell("sponsor"),
        comment: cell("comment"),
        quotas,
        ends_on: end_date(&cell("duration"), &cell("end_date"))?,
        language: if named.is_empty() { language } else { Language::of(&named) },
    };
    let is_approved = cell("approved").eq_ignore_ascii_case("approved");
    Ok(Row { number, ask, pin: pin.filter(|_| is_new_user), is_approved })
}

fn project(kind: Kind, places: &Places, row: &[String], email: &str) -> Result<ProjectAsk, RowProblem> {
    let cell = |field: &str| places.cell(row, field);
    let (new, existing) = (cell("new_project"), cell("project"));
    let project = match (new.is_empty(), existing.is_empty()) {
        (false, false) => return Err(RowProblem::TwoProjects),
        (true, true) if kind == Kind::Quota => return Err(RowProblem::NoProject),
        (_, true) => {
            let extra = cell("extra_users");
            let extra = extra.split(',').map(str::trim).filter(|name| !name.is_empty());
            // Whoever names no project gets one of their own.
            let own = || email.split('@').next().unwrap_or_default().to_owned();
            ProjectAsk::New {
                name: if new.is_empty() { own() } else { new },
                description: cell("description"),
                extra_users: extra.map(|name| Masked::new(name.to_owned())).collect(),
            }
        }
        (true, false) => ProjectAsk::Existing {
            name: existing,
            contact_name: Masked::new(cell("contact_name")),
            contact_email: Masked::new(cell("contact_email")),
        },
    };
    let name = project.name();
    let is_good = name.chars().count() <= LONGEST_PROJECT && !name.contains(char::is_control);
    if is_good { Ok(project) } else { Err(RowProblem::ProjectName) }
}

/// The quotas of a row. An empty cell leaves a quota as it is; RAM is given in GB and kept in MB. Whoever asks for
/// machines or networks and names no ports gets as many as those need, and some to spare.
fn quotas(places: &Places, row: &[String]) -> Result<Vec<QuotaAsk>, RowProblem> {
    let mut quotas = Vec::new();
    for (field, service, resource) in places.quotas() {
        let text = places.cell(row, field);
        let Some(service) = QuotaService::named(service).filter(|_| !text.is_empty()) else { continue };
        let given: i64 = text.parse().map_err(|_| RowProblem::Quota)?;
        let is_ram = service == QuotaService::Compute && resource == "ram" && given > 0;
        let value = if is_ram { given.saturating_mul(1024) } else { given };
        if !(-1..=MOST).contains(&value) {
            return Err(RowProblem::Quota);
        }
        quotas.push(QuotaAsk { service, resource: resource.to_owned(), value, is_floor: false });
    }
    let asked = |name: &str| quotas.iter().find(|quota| quota.resource == name).map(|quota| quota.value);
    let (instances, networks) = (asked("instances"), asked("network"));
    if asked("port").is_none() && (instances.is_some() || networks.is_some()) {
        let unlimited = instances == Some(-1) || networks == Some(-1);
        let needed = instances.unwrap_or(0) + networks.unwrap_or(0) + SPARE_PORTS;
        let value = if unlimited { -1 } else { needed.min(MOST) };
        quotas.push(QuotaAsk {
            service: QuotaService::Network,
            resource: "port".to_owned(),
            value,
            is_floor: true,
        });
    }
    Ok(quotas)
}

fn end_date(duration: &str, date: &str) -> Result<Option<NaiveDate>, RowProblem> {
    let is_temporary = duration.to_ascii_lowercase().starts_with("temp");
    if date.is_empty() {
        return if is_temporary { Err(RowProblem::EndDate) } else { Ok(None) };
    }
    let forms = ["%Y-%m-%d", "%d %b %Y", "%d/%m/%Y"];
    let read = forms.iter().find_map(|form| NaiveDate::parse_from_str(date, form).ok());
    read.map(Some).ok_or(RowProblem::EndDate)
}

/// Whether a mail could go there: one sign `@` with something on both sides and no blank.
fn is_address(text: &str) -> bool {
    let is_plain = text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let mut parts = text.split('@');
    let [user, host] = [parts.next(), parts.next()].map(Option::unwrap_or_default);
    is_plain && parts.next().is_none() && !user.is_empty() && host.contains('.') && !host.starts_with('.')
}
