//! Importing a table: what each row would do, and doing it.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;

use super::{
    Intake, Kind, NOTIFY, ProjectAsk, RequestId, Row, RowProblem, State, read,
    store::{self, Written},
};
use crate::{openstack, platform::jobs};

/// What became of a row, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is a request now.
    New,
    /// It was one already, and says the same.
    Unchanged,
    /// It was one already, and is changed.
    Changed,
    /// It says now that it is approved.
    Approved,
    /// It was left out.
    Skipped {
        /// Why.
        problem: RowProblem,
        /// The same in words.
        text: String,
    },
}

/// What became of a row, with what is worth a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowResult {
    /// Its number in the table, the header being 1.
    pub row: usize,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Its request.
    pub request_id: Option<RequestId>,
    /// What stops nothing: how many of the additional people have no account.
    pub unknown_extra_users: usize,
}

/// What became of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Row by row.
    pub rows: Vec<RowResult>,
}

impl Imported {
    /// How many rows were left out.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.outcome, Outcome::Skipped { .. })).count()
    }
}

impl Intake {
    /// Imports a table in one transaction. A dry run does the same and keeps nothing, so it tells the truth.
    pub async fn import(
        &self,
        kind: Kind,
        source: &str,
        table: &[Vec<String>],
        is_dry_run: bool,
    ) -> Result<Imported, sqlx::Error> {
        let config = self.config();
        let rows = read(kind, &config.columns(kind), table, config.language());
        let mut imported = Imported { is_dry_run, rows: Vec::new() };
        let mut tx = self.pool().begin().await?;
        let superseded = self.superseded(&mut tx, kind, &rows).await?;
        let mut seen = HashSet::new();
        let mut to_notify = Vec::new();
        for (number, row) in rows {
            let result = match (row, superseded.get(&number)) {
                (Ok(_), Some(old)) => RowResult {
                    row: number,
                    outcome: Outcome::Unchanged,
                    request_id: Some(*old),
                    unknown_extra_users: 0,
                },
                (Ok(row), None) => {
                    self.import_row(&mut tx, kind, source, &row, &mut seen, &mut to_notify).await?
                }
                (Err(problem), _) => skipped(number, problem),
            };
            imported.rows.push(result);
        }
        if is_dry_run {
            tx.rollback().await?;
        } else {
            jobs::enqueue_in_tx(&mut tx, NOTIFY, &to_notify).await?;
            tx.commit().await?;
        }
        Ok(imported)
    }

    pub(super) async fn import_row(
        &self,
        conn: &mut PgConnection,
        kind: Kind,
        source: &str,
        row: &Row,
        seen: &mut HashSet<String>,
        to_notify: &mut Vec<String>,
    ) -> Result<RowResult, sqlx::Error> {
        let key = row.ask.natural_key(kind);
        let known = store::lock_by_key(conn, &key).await?;
        let content_hash = self.fingerprint(row);
        let result = |outcome, request_id, unknown_extra_users| RowResult {
            row: row.number,
            outcome,
            request_id,
            unknown_extra_users,
        };
        if let Some(known) = &known {
            let is_same = known.content_hash == content_hash;
            let is_undecided = State::named(&known.state).is_some_and(State::is_undecided);
            if is_same && row.is_approved && !known.approved_at_source && is_undecided {
                self.approve_at_source(conn, known.request_id, known.state == "notified", source).await?;
                return Ok(result(Outcome::Approved, Some(known.request_id), 0));
            }
            if is_same {
                return Ok(result(Outcome::Unchanged, Some(known.request_id), 0));
            }
            // Quotas are asked for again and again: what is over makes way, and is known for what it was.
            let makes_way = kind == Kind::Quota && store::supersede(conn, &key, self.now()).await?;
            if !is_undecided && !makes_way {
                return Ok(skipped(row.number, RowProblem::Decided));
            }
        }
        let known = known.filter(|known| State::named(&known.state).is_some_and(State::is_undecided));
        let unknown = match self.check(conn, kind, row, &key).await? {
            Ok(unknown) => unknown,
            Err(problem) => return Ok(skipped(row.number, problem)),
        };
        if !seen.insert(key) {
            return Ok(skipped(row.number, RowProblem::ProjectExists));
        }
        let request_id = known.as_ref().map_or_else(|| self.new_id(), |known| known.request_id);
        let pin = row.pin.as_ref().and_then(|pin| self.seal_pin(request_id, pin));
        let written = Written {
            request_id,
            kind,
            ask: &row.ask,
            content_hash,
            pin,
            approved_at_source: row.is_approved,
            source,
            source_row: i32::try_from(row.number).unwrap_or(i32::MAX),
            now: self.now(),
        };
        if !store::write(conn, &written).await? {
            return Ok(skipped(row.number, RowProblem::Decided));
        }
        let (outcome, what) =
            if known.is_some() { (Outcome::Changed, "changed") } else { (Outcome::New, "received") };
        store::record(conn, request_id, what, source, None, self.now()).await?;
        to_notify.push(request_id.to_string());
        Ok(result(outcome, Some(request_id), unknown))
    }

    /// What rows asked for that was decided long ago, where the same person asked for something else since: such a row
    /// is known for what became of it.
    async fn superseded(
        &self,
        conn: &mut PgConnection,
        kind: Kind,
        rows: &[(usize, Result<Row, RowProblem>)],
    ) -> Result<HashMap<usize, RequestId>, sqlx::Error> {
        let rows = rows.iter().filter_map(|(_, row)| row.as_ref().ok());
        let asked: Vec<_> = rows
            .map(|row| (i64::try_from(row.number), row.ask.natural_key(kind), self.fingerprint(row).to_vec()))
            .filter_map(|(number, key, hash)| Some((number.ok()?, key, hash)))
            .collect();
        let found = store::superseded(conn, asked).await?;
        Ok(found.into_iter().filter_map(|(row, id)| Some((usize::try_from(row).ok()?, id))).collect())
    }

    /// Whether what the row is about is there, or is not. Says how many of the additional people are unknown.
    async fn check(
        &self,
        conn: &mut PgConnection,
        kind: Kind,
        row: &Row,
        key: &str,
    ) -> Result<Result<usize, RowProblem>, sqlx::Error> {
        let ask = &row.ask;
        if ask.ends_on.is_some_and(|day| day < self.now().date_naive()) {
            return Ok(Err(RowProblem::Over));
        }
        let domain = self.home(conn, &ask.email).await?.domain;
        let users = openstack::store::users_named(conn, &domain, &[ask.email.expose().clone()]).await?;
        match (ask.is_new_user, users.is_empty()) {
            (true, false) => return Ok(Err(RowProblem::UserExists)),
            (false, true) if kind == Kind::Access => return Ok(Err(RowProblem::UserMissing)),
            _ => {}
        }
        let held = openstack::store::project_named(conn, &domain, ask.project.name()).await?;
        match (&ask.project, held) {
            (ProjectAsk::New { .. }, Some(_)) => Ok(Err(RowProblem::ProjectExists)),
            (ProjectAsk::New { name, extra_users, .. }, None) => {
                if store::is_project_asked(conn, name, key).await? {
                    return Ok(Err(RowProblem::ProjectExists));
                }
                if extra_users.is_empty() {
                    return Ok(Ok(0));
                }
                let names: Vec<String> = extra_users.iter().map(|name| name.expose().clone()).collect();
                let found = openstack::store::users_named(conn, &domain, &names).await?;
                Ok(Ok(names.len().saturating_sub(found.len())))
            }
            (ProjectAsk::Existing { .. }, Some(_)) => Ok(Ok(0)),
            (ProjectAsk::Existing { .. }, None) => Ok(Err(RowProblem::ProjectMissing)),
        }
    }

    /// What the row says, PIN included, without being readable.
    fn fingerprint(&self, row: &Row) -> [u8; 32] {
        let pin = row.pin.as_ref().map(|pin| pin.digits().expose());
        let text = json!({"ask": row.ask, "pin": pin}).to_string();
        self.keys().fingerprint(text.as_bytes())
    }
}

fn skipped(row: usize, problem: RowProblem) -> RowResult {
    let outcome = Outcome::Skipped { problem, text: problem.to_string() };
    RowResult { row, outcome, request_id: None, unknown_extra_users: 0 }
}
