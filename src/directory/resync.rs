//! Events are not the whole truth: imports, synchronisation with other stores and hands in the
//! database raise none. A resync walks everybody in Keycloak, compares, and has what differs sent
//! through the same stream as everything else, so that order and effects are those of any change.
//!
//! Whoever changes during the walk may be counted as different and is sent once more; that is
//! harmless, because a record carries the present state.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use chrono::{Days, NaiveTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::PgPool;

use super::{
    model::{Held, organization_of, person_of},
    store,
};
use crate::{
    adapters::keycloak::{Keycloak, KeycloakError, Page, RESYNC_BATCH},
    events::{Organization, Person},
    platform::{
        clock::SharedClock,
        db,
        jobs::{Done, Failed, Handler, Job},
        leader::{Leadership, Right},
    },
};

/// The kind of the nightly work; its key is the realm.
pub const RESYNC: &str = "directory.resync";

/// Compares Keycloak with the directory.
pub struct Resync {
    /// Where the directory is.
    pub pool: PgPool,
    /// What it is compared with.
    pub keycloak: Arc<dyn Keycloak>,
    /// Of which realm.
    pub realm: String,
}

/// How many were not as in Keycloak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Only in Keycloak.
    pub missing: usize,
    /// Only in the directory.
    pub extra: usize,
    /// In both, with another state.
    pub different: usize,
}

/// What a resync found, and has sent again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Among people.
    pub people: Counts,
    /// Among organisations.
    pub organizations: Counts,
}

impl Report {
    /// People and organisations together.
    #[must_use]
    pub fn total(&self) -> Counts {
        Counts {
            missing: self.people.missing + self.organizations.missing,
            extra: self.people.extra + self.organizations.extra,
            different: self.people.different + self.organizations.different,
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "missing {}, extra {}, different {}", self.missing, self.extra, self.different)
    }
}

/// Why a resync did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ResyncError {
    /// Another one runs, here or elsewhere.
    #[error("another resync is running")]
    Running,
    /// Keycloak did not do its part.
    #[error(transparent)]
    Keycloak(#[from] KeycloakError),
    /// The database did not do its part; the text quotes no row.
    #[error("the database did not do its part: {0}")]
    Database(String),
}

impl From<sqlx::Error> for ResyncError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(db::describe(&error))
    }
}

/// What one walk found.
#[derive(Default)]
struct Found {
    seen: HashSet<String>,
    missing: Vec<String>,
    different: Vec<String>,
}

impl Resync {
    /// Walks everybody; `progress` hears how many were compared so far.
    pub async fn run(&self, mut progress: impl FnMut(usize) + Send) -> Result<Report, ResyncError> {
        let Some(mut right) = Leadership::take(&self.pool, Right::Resync).await? else {
            return Err(ResyncError::Running);
        };
        let mut compared = 0;
        let organizations = self.organizations(&mut right, &mut compared, &mut progress).await?;
        let people = self.people(&mut right, &mut compared, &mut progress).await?;
        let report = Report { people, organizations };
        store::note_resync(right.connection(), report.total()).await?;
        right.release().await;
        Ok(report)
    }

    async fn people(
        &self,
        right: &mut Leadership,
        compared: &mut usize,
        progress: &mut (impl FnMut(usize) + Send),
    ) -> Result<Counts, ResyncError> {
        let mut found = Found::default();
        let mut after = None;
        loop {
            let page = self.keycloak.users(after.as_deref()).await?;
            let people: Vec<Person> = readable(&page);
            let ids: Vec<String> = people.iter().map(|person| person.id.clone()).collect();
            let held = store::people_by_id(right.connection(), &ids).await?;
            let memberships = store::memberships_of(right.connection(), &ids).await?;
            for person in people {
                let wanted = person_of(&person, &self.realm, 0, chrono::DateTime::UNIX_EPOCH);
                let groups =
                    memberships.iter().filter(|(user, _)| *user == person.id).map(|(_, group)| group);
                let same_groups = same_set(groups, person.organizations.iter().map(|group| &group.id));
                let held = held.iter().find(|row| row.user_id == person.id && row.is_alive());
                found.compare(person.id, held.map(|held| same_groups && wanted.same_as(held)));
            }
            *compared += ids.len();
            progress(*compared);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let living = store::living_people(right.connection(), &self.realm).await?;
        let (counts, again) = found.conclude(living);
        for batch in again.chunks(RESYNC_BATCH) {
            self.keycloak.send_again(batch, &[]).await?;
        }
        Ok(counts)
    }

    async fn organizations(
        &self,
        right: &mut Leadership,
        compared: &mut usize,
        progress: &mut (impl FnMut(usize) + Send),
    ) -> Result<Counts, ResyncError> {
        let mut found = Found::default();
        let mut after = None;
        loop {
            let page = self.keycloak.organizations(after.as_deref()).await?;
            let organizations: Vec<Organization> = readable(&page);
            let ids: Vec<String> = organizations.iter().map(|found| found.id.clone()).collect();
            let held = store::organizations_by_id(right.connection(), &ids).await?;
            for organization in organizations {
                let wanted = organization_of(&organization, &self.realm, 0, chrono::DateTime::UNIX_EPOCH);
                let held = held
                    .iter()
                    .find(|row| row.organization_id == organization.id && row.deleted_at.is_none());
                found.compare(organization.id, held.map(|held| wanted.same_as(held)));
            }
            *compared += ids.len();
            progress(*compared);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let living = store::living_organizations(right.connection(), &self.realm).await?;
        let (counts, again) = found.conclude(living);
        for batch in again.chunks(RESYNC_BATCH) {
            self.keycloak.send_again(&[], batch).await?;
        }
        Ok(counts)
    }
}

impl Found {
    /// `same` is none when the directory does not have it.
    fn compare(&mut self, id: String, same: Option<bool>) {
        match same {
            None => self.missing.push(id.clone()),
            Some(false) => self.different.push(id.clone()),
            Some(true) => {}
        }
        self.seen.insert(id);
    }

    /// Counts, and the ids to be sent again.
    fn conclude(self, living: Vec<String>) -> (Counts, Vec<String>) {
        let extra: Vec<String> = living.into_iter().filter(|id| !self.seen.contains(id)).collect();
        let counts =
            Counts { missing: self.missing.len(), extra: extra.len(), different: self.different.len() };
        (counts, [self.missing, self.different, extra].concat())
    }
}

/// The items that can be read. One that cannot would be refused as an event too.
fn readable<T: DeserializeOwned>(page: &Page) -> Vec<T> {
    let items: Vec<T> =
        page.items.iter().filter_map(|item| serde_json::from_value(item.clone()).ok()).collect();
    if items.len() < page.items.len() {
        tracing::warn!(items = page.items.len() - items.len(), "the resync met states that it cannot read");
    }
    items
}

fn same_set<'a>(one: impl Iterator<Item = &'a String>, other: impl Iterator<Item = &'a String>) -> bool {
    one.collect::<HashSet<_>>() == other.collect::<HashSet<_>>()
}

/// The work of every night, and of the first start.
pub struct ResyncJob {
    /// What is done.
    pub resync: Resync,
    /// What time it is.
    pub clock: SharedClock,
    /// When the night is, in UTC.
    pub at: NaiveTime,
}

#[async_trait]
impl Handler for ResyncJob {
    fn kind(&self) -> &'static str {
        RESYNC
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX
    }

    fn time_limit(&self) -> std::time::Duration {
        std::time::Duration::from_hours(1)
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        let report = self.resync.run(|_| {}).await.map_err(|error| Failed::Retry(error.to_string()))?;
        tracing::info!(total = %report.total(), "resync");
        Ok(Done::Until(next_night(self.clock.now(), self.at)))
    }
}

/// The next time it is `at`, in UTC.
fn next_night(now: chrono::DateTime<Utc>, at: NaiveTime) -> chrono::DateTime<Utc> {
    let tonight = now.date_naive().and_time(at).and_utc();
    if tonight > now { tonight } else { tonight + Days::new(1) }
}
