//! Destinations from before: each is offered to its owner at the next enrolment, and becomes a factor once its
//! code was entered. Nothing that was imported counts for anything before.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::Otp;
use crate::{
    adapters::keycloak::{Keycloak, KeycloakError},
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    directory::{self, PersonRow},
    otp::{
        config::OtpConfig,
        destination::{self, Destination},
        model::Channel,
        store::imports::{self, Candidate, Imported, Standing},
        table::{ImportRow, Line, RowProblem},
    },
    platform::{clock::SharedClock, db, entropy::SharedEntropy, masked::Masked},
};

/// Rows of one transaction.
const BATCH: usize = 500;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "result", content = "problem")]
pub enum ImportOutcome {
    /// It waits for its owner from now on.
    New,
    /// It takes the place of what was imported before.
    Changed,
    /// It was imported before.
    Unchanged,
    /// The person has a factor of the channel already.
    Proven,
    /// Nothing came of it.
    Skipped(RowProblem),
}

/// A row, with what became of it. It holds nothing by which a stranger would know the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportResult {
    /// The line of the table, the header being 1; for what came from Keycloak, its place there.
    pub line: u64,
    /// Keycloak's id of the person, when they were found.
    pub user_id: Option<String>,
    /// The masked destination, when it was one.
    pub hint: Option<String>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: ImportOutcome,
}

/// Why an import stopped. What was said before it holds.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Keycloak did not do its part.
    #[error(transparent)]
    Keycloak(#[from] KeycloakError),
    /// The database did not do its part; the text quotes no row.
    #[error("the database did not do its part: {0}")]
    Database(String),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(db::describe(&error))
    }
}

/// One run of an import. A dry run does the same and keeps nothing, so it tells the truth.
pub struct Import {
    pool: PgPool,
    realm: String,
    countries: Vec<phonenumber::country::Id>,
    clock: SharedClock,
    entropy: SharedEntropy,
    is_dry_run: bool,
    seen: HashSet<(String, Channel)>,
}

impl Import {
    /// A run that keeps what is new, or a dry one.
    #[must_use]
    pub fn new(
        pool: PgPool,
        config: &OtpConfig,
        realm: &str,
        (clock, entropy): (SharedClock, SharedEntropy),
        is_dry_run: bool,
    ) -> Self {
        let (realm, countries) = (realm.to_owned(), config.country_ids());
        Self { pool, realm, countries, clock, entropy, is_dry_run, seen: HashSet::new() }
    }

    /// Imports the rows of a table; `tell` hears of each, in their order.
    ///
    /// # Errors
    /// [`ImportError::Database`]; rows that were told of are done.
    pub async fn rows(
        &mut self,
        rows: &[Line],
        mut tell: impl FnMut(ImportResult),
    ) -> Result<(), ImportError> {
        for batch in rows.chunks(BATCH) {
            self.batch(batch).await?.into_iter().for_each(&mut tell);
        }
        Ok(())
    }

    /// Imports what an attribute of people in Keycloak says is their number.
    ///
    /// # Errors
    /// [`ImportError`]; rows that were told of are done.
    pub async fn from_keycloak(
        &mut self,
        keycloak: &dyn Keycloak,
        attribute: &str,
        mut tell: impl FnMut(ImportResult),
    ) -> Result<(), ImportError> {
        let (mut after, mut place) = (None, 0);
        loop {
            let page = keycloak.attribute(attribute, after.as_deref()).await?;
            let mut rows = Vec::with_capacity(page.items.len());
            for item in page.items {
                place += 1;
                let row = ImportRow { user: item.user_id.into(), phone: item.value, ..ImportRow::default() };
                rows.push((place, Ok(row)));
            }
            self.rows(&rows, &mut tell).await?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn batch(&mut self, rows: &[Line]) -> Result<Vec<ImportResult>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let people = self.people(&mut tx, rows).await?;
        let mut results: Vec<ImportResult> = Vec::with_capacity(rows.len());
        let mut found: Vec<(usize, String, Destination)> = Vec::new();
        for (line, row) in rows {
            let (user_id, destination) = match row {
                Ok(row) => self.understood(row, &people),
                Err(problem) => (None, Err(*problem)),
            };
            let mut outcome = ImportOutcome::Unchanged;
            let hint = destination.as_ref().ok().map(|to| to.hint.clone());
            match (&user_id, destination) {
                (Some(user_id), Ok(to)) if self.seen.insert((user_id.clone(), to.channel)) => {
                    found.push((results.len(), user_id.clone(), to));
                }
                (_, Ok(_)) => outcome = ImportOutcome::Skipped(RowProblem::Repeated),
                (_, Err(problem)) => outcome = ImportOutcome::Skipped(problem),
            }
            results.push(ImportResult { line: *line, user_id, hint, outcome });
        }
        self.decide(&mut tx, &found, &mut results).await?;
        if self.is_dry_run {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(results)
    }

    /// Decides about the rows that can be used, and keeps what is new.
    async fn decide(
        &self,
        connection: &mut PgConnection,
        found: &[(usize, String, Destination)],
        results: &mut [ImportResult],
    ) -> sqlx::Result<()> {
        let candidates: Vec<Candidate<'_>> =
            found.iter().map(|(_, user_id, to)| candidate(user_id, to)).collect();
        let standing = imports::standing(connection, &self.realm, &candidates).await?;
        let mut kept = Vec::new();
        for (((place, ..), candidate), standing) in found.iter().zip(candidates).zip(standing) {
            let outcome = outcome(&candidate, &standing);
            if let Some(result) = results.get_mut(*place) {
                result.outcome = outcome;
            }
            if matches!(outcome, ImportOutcome::New | ImportOutcome::Changed) {
                kept.push(candidate);
            }
        }
        imports::keep(connection, &self.realm, &kept).await?;
        for candidate in kept {
            self.record(connection, &candidate).await?;
        }
        Ok(())
    }

    async fn record(&self, connection: &mut PgConnection, candidate: &Candidate<'_>) -> sqlx::Result<()> {
        let entry = Entry {
            actor: Actor::Operator { name: "gatehouse factors import".to_owned() },
            action: "factor.imported",
            subject: Subject::person(candidate.user_id),
            company_id: None,
            before: None,
            after: Some(json!({"channel": candidate.channel, "hint": candidate.hint})),
            reason: None,
        };
        let id = AuditId::generate(self.clock.as_ref(), self.entropy.as_ref());
        audit::store::record_in_tx(connection, self.clock.now(), id, &Origin::default(), &entry).await
    }

    /// The people that rows name, by every name of theirs in lower case.
    async fn people(
        &self,
        connection: &mut PgConnection,
        rows: &[Line],
    ) -> sqlx::Result<HashMap<String, PersonRow>> {
        let understood = rows.iter().filter_map(|(_, row)| row.as_ref().ok());
        let names: Vec<String> = understood
            .flat_map(|row| [row.user.expose(), row.email.expose()])
            .filter(|name| !name.is_empty())
            .map(|name| name.to_lowercase())
            .collect();
        let mut people = HashMap::new();
        for person in directory::people_named(connection, &self.realm, &names).await? {
            let names = [&person.username, &person.email].map(|name| name.as_ref().map(Masked::expose));
            for name in names.into_iter().flatten().chain([&person.user_id]) {
                people.insert(name.to_lowercase(), person.clone());
            }
        }
        Ok(people)
    }

    /// Whom a row is about, and where their codes went.
    fn understood(
        &self,
        row: &ImportRow,
        people: &HashMap<String, PersonRow>,
    ) -> (Option<String>, Result<Destination, RowProblem>) {
        let person = match person(row, people) {
            Ok(person) => person,
            Err(problem) => return (None, Err(problem)),
        };
        let (channel, typed) = match (row.channel.as_str(), &person.email) {
            ("" | "sms", _) if row.phone.expose().is_empty() => (Channel::Sms, Err(RowProblem::NoNumber)),
            ("" | "sms", _) => (Channel::Sms, Ok(&row.phone)),
            ("email", Some(address)) => (Channel::Email, Ok(address)),
            ("email", None) => (Channel::Email, Err(RowProblem::NoAddress)),
            _ => (Channel::Sms, Err(RowProblem::Channel)),
        };
        let read = |typed: &Masked<String>| {
            destination::parse(channel, typed.expose(), &self.countries).map_err(RowProblem::from)
        };
        (Some(person.user_id.clone()), typed.and_then(read))
    }
}

/// The one person that a row names.
fn person<'a>(row: &ImportRow, people: &'a HashMap<String, PersonRow>) -> Result<&'a PersonRow, RowProblem> {
    let known = |name: &Masked<String>| people.get(&name.expose().to_lowercase()).ok_or(RowProblem::Unknown);
    match (row.user.expose().is_empty(), row.email.expose().is_empty()) {
        (true, true) => Err(RowProblem::Nobody),
        (false, true) => known(&row.user),
        (true, false) => known(&row.email),
        (false, false) => {
            let (user, email) = (known(&row.user)?, known(&row.email)?);
            if user.user_id == email.user_id { Ok(user) } else { Err(RowProblem::TwoPeople) }
        }
    }
}

fn candidate<'a>(user_id: &'a str, to: &'a Destination) -> Candidate<'a> {
    Candidate { user_id, channel: to.channel, destination: &to.address, hint: &to.hint }
}

fn outcome(candidate: &Candidate<'_>, standing: &Standing) -> ImportOutcome {
    match &standing.held {
        _ if standing.is_proven => ImportOutcome::Proven,
        _ if standing.is_barred => ImportOutcome::Skipped(RowProblem::Barred),
        None => ImportOutcome::New,
        Some(held) if held == candidate.destination => ImportOutcome::Unchanged,
        Some(_) => ImportOutcome::Changed,
    }
}

impl Otp {
    /// What a person can prove because it was imported, masked.
    pub(in crate::otp) async fn imports(&self, realm: &str, user_id: &str) -> sqlx::Result<Vec<Imported>> {
        imports::of_person(&self.0.pool, realm, user_id).await
    }
}
