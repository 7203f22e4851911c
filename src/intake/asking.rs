//! Asking in the portal, by the rules of a row of a table; following what one asked for, and calling it off.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;
use sqlx::PgConnection;

use super::{
    Act, Ask, By, Columns, Intake, Kind, NOTIFY, Outcome, Refused, Request, RequestId, Row, RowProblem,
    State, Step, read, store,
};
use crate::{
    access::Caller,
    audit::{self, Entry, Subject},
    openstack,
    platform::{db, jobs, language::Language, masked::Masked},
};

/// Where requests of the portal come from, in their record.
const SOURCE: &str = "portal";
/// What a row must have, and who signs in by Keycloak has no use for.
const UNUSED_PIN: &str = "0000";
/// The most requests of one person that wait for a decision.
const MOST_WAITING: i64 = 20;

/// Who asks. The address is the one that Keycloak has proven.
#[derive(Debug, Clone)]
pub struct Asker {
    /// As whom they call.
    pub caller: Caller,
    /// Their address, which is the name of their account.
    pub email: Masked<String>,
    /// Given name.
    pub first_name: Masked<String>,
    /// Family name.
    pub last_name: Masked<String>,
    /// The name of their company, if they have one.
    pub company: String,
    /// The language of their mails.
    pub language: Language,
}

/// Why it was not asked.
#[derive(Debug, thiserror::Error)]
pub enum NotAsked {
    /// Something is wrong with it.
    #[error(transparent)]
    Wrong(#[from] RowProblem),
    /// They have asked for so much already that nobody has decided.
    #[error("{MOST_WAITING} requests wait for a decision already")]
    TooMany,
    /// Our database is away.
    #[error("{}", db::describe(.0))]
    Database(#[from] sqlx::Error),
}

/// What somebody brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// An account.
    Held,
    /// None; the first password needs a PIN.
    NeedsPin,
    /// None, and they sign in by Keycloak.
    Federated,
}

impl Intake {
    /// What an asker brings along.
    pub async fn account_of(&self, asker: &Asker) -> Result<Account, sqlx::Error> {
        let mut conn = self.pool().acquire().await?;
        let home = self.home(&mut conn, &asker.email).await?;
        let names = [asker.email.expose().clone()];
        let held = openstack::store::users_named(&mut conn, &home.domain, &names).await?;
        let is_federated = self.ports().openstack.knows_by_federation(home.user_id.as_deref());
        Ok(match (held.is_empty(), is_federated) {
            (false, _) => Account::Held,
            (true, true) => Account::Federated,
            (true, false) => Account::NeedsPin,
        })
    }

    /// Asks for something: `fields` are named as the columns of a table are. The same again is the same request as long
    /// as nobody has decided.
    pub async fn ask(
        &self,
        asker: &Asker,
        kind: Kind,
        fields: &BTreeMap<&'static str, String>,
    ) -> Result<RequestId, NotAsked> {
        let account = self.account_of(asker).await?;
        let mut row = row_of(asker, kind, fields, account)?;
        row.pin = row.pin.filter(|_| account == Account::NeedsPin);
        let mut tx = self.pool().begin().await?;
        if store::count_waiting(&mut tx, &asker.email).await? >= MOST_WAITING {
            return Err(NotAsked::TooMany);
        }
        // What is over does not stand in the way: quotas are changed again and again.
        store::supersede(&mut tx, &row.ask.natural_key(kind), self.now()).await?;
        let mut to_notify = Vec::new();
        let result =
            self.import_row(&mut tx, kind, SOURCE, &row, &mut HashSet::new(), &mut to_notify).await?;
        if let Outcome::Skipped { problem, .. } = result.outcome {
            return Err(problem.into());
        }
        let id = result.request_id.ok_or(NotAsked::Wrong(RowProblem::Decided))?;
        // The same again is no news.
        if !to_notify.is_empty() {
            self.record_asking(&mut tx, asker, kind, id, &row.ask).await?;
        }
        jobs::enqueue_in_tx(&mut tx, NOTIFY, &to_notify).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn record_asking(
        &self,
        conn: &mut PgConnection,
        asker: &Asker,
        kind: Kind,
        id: RequestId,
        ask: &Ask,
    ) -> Result<(), sqlx::Error> {
        let home = self.home(conn, &asker.email).await?;
        let entry = Entry {
            actor: asker.caller.actor(),
            action: "request.asked",
            subject: Subject { kind: "request", id: id.to_string() },
            company_id: home.company_id,
            before: None,
            after: Some(json!({
                "kind": kind.name(), "project": ask.project.name(), "until": ask.ends_on,
            })),
            reason: None,
        };
        audit::store::record_in_tx(conn, self.now(), self.audit_id(), &asker.caller.origin, &entry).await
    }

    /// What somebody asked for, the newest first, each with its way; at most 100.
    pub async fn requests_of(&self, asker: &Asker) -> Result<Vec<(Request, Vec<Step>)>, sqlx::Error> {
        let mut conn = self.pool().acquire().await?;
        let mut found = Vec::new();
        for request in store::of_account(&mut conn, &asker.email).await? {
            let steps = store::steps(&mut conn, request.request_id).await?;
            found.push((request, steps));
        }
        Ok(found)
    }

    /// Calls off what one asked for, as long as nobody has decided.
    pub async fn call_off(&self, asker: &Asker, id: RequestId) -> Result<State, Refused> {
        let mut conn = self.pool().acquire().await?;
        let request = store::find(&mut conn, id).await?.ok_or(Refused::Unknown)?;
        drop(conn);
        if !request.ask.email.expose().eq_ignore_ascii_case(asker.email.expose()) {
            return Err(Refused::Unknown); // another's is none
        }
        self.act(id, &Act::Cancel, &By::requester(&asker.caller)).await
    }
}

/// What is asked as a row of a table, read by the same rules.
fn row_of(
    asker: &Asker,
    kind: Kind,
    fields: &BTreeMap<&'static str, String>,
    account: Account,
) -> Result<Row, RowProblem> {
    let mut cells = fields.clone();
    cells.retain(|field, _| *field != "approved");
    cells.insert("email", asker.email.expose().clone());
    cells.insert("first_name", asker.first_name.expose().clone());
    cells.insert("last_name", asker.last_name.expose().clone());
    cells.insert("organization", asker.company.clone());
    cells.insert("language", asker.language.tag().to_owned());
    cells.insert("has_account", if account == Account::Held { "Yes" } else { "No" }.to_owned());
    if account == Account::Federated {
        cells.insert("pin", UNUSED_PIN.to_owned()); // a row must have one; it is dropped
    }
    // Only what is named here: the places of a sheet would find the PIN, or an approval, in other cells.
    let columns = Columns::named(cells.keys().copied());
    let (header, row) = cells.into_iter().map(|(field, cell)| (field.to_owned(), cell)).unzip();
    let table: [Vec<String>; 2] = [header, row];
    let read = read(kind, &columns, &table, asker.language);
    read.into_iter().next().map_or(Err(RowProblem::Email), |(_, row)| row)
}
