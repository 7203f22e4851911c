//! Keycloak's events become state: one batch, one transaction, every feature in its turn.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use chrono::TimeDelta;
use sqlx::{PgConnection, PgPool};

use super::{causes::Causes, notify::Notifier};
use crate::{
    companies::{self, COMPANIES_STREAM, PersonNow, comparable_name},
    contacts::{self, ContactId, Destination, Facts, Kind, Login},
    directory::{self, Change, OrganizationRow, PEOPLE_STREAM, PersonRow},
    events::{self, Event, Subject, Unreadable},
    otp::{self, Channel, FactorId},
    platform::{
        changed_keys::{Bell, Marks},
        clock::SharedClock,
        entropy::SharedEntropy,
        inbox,
        kafka::{self, Outcome, Record, Sink},
    },
};

/// Applies batches of records from Keycloak.
pub struct Ingest {
    pool: PgPool,
    realm: String,
    clock: SharedClock,
    entropy: SharedEntropy,
    companies: companies::Follower,
    notifier: Notifier,
    bells: Bells,
}

/// Rung after commits.
#[derive(Clone, Default)]
pub struct Bells {
    /// Keys were marked.
    pub changed: Bell,
    /// Jobs were queued.
    pub jobs: Bell,
    /// Records were parked.
    pub parked: Bell,
}

impl Ingest {
    /// For the events of one realm; those of others are ignored.
    pub fn new(
        pool: PgPool,
        realm: impl Into<String>,
        clock: SharedClock,
        entropy: SharedEntropy,
        bells: Bells,
    ) -> Self {
        // Prometheus sees no increase in a count that begins above nothing: the first event may be one to park.
        Effects::default().count();
        let realm = realm.into();
        let companies = companies::Follower::new(realm.clone(), clock.clone(), entropy.clone());
        let notifier = Notifier { clock: clock.clone(), entropy: entropy.clone() };
        Self { pool, realm, clock, entropy, companies, notifier, bells }
    }

    async fn apply_in_tx(&self, conn: &mut PgConnection, records: &[Record]) -> Result<Effects, sqlx::Error> {
        let parsed: Vec<Result<Event, Unreadable>> = records.iter().map(events::parse).collect();
        let ids: Vec<String> = parsed
            .iter()
            .zip(records)
            .map(|(parsed, record)| match parsed {
                Ok(event) => event.id.clone(),
                Err(_) => record.place(),
            })
            .collect();
        let mut fresh = inbox::remember(conn, &ids).await?;
        let mut effects = Effects::default();
        let mut events = Vec::new();
        for ((parsed, record), id) in parsed.into_iter().zip(records).zip(&ids) {
            effects.outcomes.push(if parsed.is_ok() { Outcome::Applied } else { Outcome::Parked });
            // Taken out, so that the second of two in one batch is a duplicate too.
            let is_fresh = fresh.remove(id);
            match parsed {
                _ if !is_fresh => effects.duplicates += 1,
                Ok(event) if self.concerns_us(&event) => events.push(event),
                Ok(_) => effects.ignored += 1,
                Err(reason) => {
                    tracing::warn!(%reason, topic = record.topic, partition = record.partition, offset = record.offset, "parked");
                    kafka::park_in_tx(conn, record, &reason.to_string()).await?;
                    effects.parked += 1;
                }
            }
        }
        effects.applied = events.len();
        effects.causes = Causes::new(&events);
        effects.delay = events.iter().map(|event| self.clock.now() - event.time).max();
        self.follow(conn, &events, &mut effects).await?;
        Ok(effects)
    }

    fn concerns_us(&self, event: &Event) -> bool {
        event.subject != Subject::Unknown && event.realm == self.realm
    }

    async fn follow(
        &self,
        conn: &mut PgConnection,
        events: &[Event],
        effects: &mut Effects,
    ) -> Result<(), sqlx::Error> {
        let (people, organizations) = directory::fold(events);
        let groups = directory::apply_organizations_in_tx(conn, organizations).await?;
        let applied = directory::apply_people_in_tx(conn, people).await?;
        let organizations: Vec<OrganizationRow> =
            groups.into_iter().map(|group| group.after).chain(applied.new_organizations).collect();
        let changes = applied.changes;
        let held = contacts::contacts_of(conn, &ids_of(&changes)).await?;
        let facts = facts_of(conn, &changes).await?;
        let new_id = || ContactId::generate(self.clock.as_ref(), self.entropy.as_ref());
        contacts::follow_people_in_tx(conn, &facts, &held, new_id).await?;
        effects.queued = self.notifier.tell_of_batch_in_tx(conn, events, &changes, &held).await?;
        if changes.is_empty() && organizations.is_empty() {
            return Ok(());
        }

        let people = self.people_now(conn, &changes, &organizations).await?;
        let followed = self.companies.follow_in_tx(conn, &people, &organizations).await?;
        let users: BTreeSet<String> =
            changes.into_iter().map(|change| change.after.user_id).chain(followed.people).collect();
        let mut marks = Marks::default();
        for id in &users {
            marks.add(PEOPLE_STREAM, id, effects.causes.of(id));
        }
        for id in &followed.companies {
            marks.add(COMPANIES_STREAM, &id.to_string(), effects.causes.common());
        }
        marks.write(conn).await?;
        effects.marked = true;
        effects.queued |= followed.queued;
        Ok(())
    }

    /// The people whom companies must look at: those who changed, and the members of organisations
    /// that did, for these may have been waiting for it.
    async fn people_now(
        &self,
        conn: &mut PgConnection,
        changes: &[Change<PersonRow>],
        organizations: &[OrganizationRow],
    ) -> Result<Vec<PersonNow>, sqlx::Error> {
        let ids: Vec<String> = organizations.iter().map(|row| row.organization_id.clone()).collect();
        let members = directory::members_of(conn, &ids).await?;
        let known: HashSet<&str> = changes.iter().map(|change| change.after.user_id.as_str()).collect();
        let others: BTreeSet<String> =
            members.into_iter().map(|(_, user)| user).filter(|user| !known.contains(user.as_str())).collect();
        let others: Vec<String> = others.into_iter().collect();
        let others = directory::people_by_id(conn, &others).await?;
        let others = others
            .into_iter()
            .map(|row| Change { before: Some(row.clone()), after: row })
            .collect::<Vec<_>>();
        let everybody: Vec<&Change<PersonRow>> = changes.iter().chain(&others).collect();

        let ids: Vec<String> = everybody.iter().map(|change| change.after.user_id.clone()).collect();
        let mut organizations: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (user, organization) in directory::memberships_of(conn, &ids).await? {
            organizations.entry(user).or_default().insert(organization);
        }
        Ok(everybody
            .into_iter()
            .map(|change| person_now(change, organizations.remove(&change.after.user_id).unwrap_or_default()))
            .collect())
    }

    fn report(&self, effects: &Effects) {
        if effects.marked {
            self.bells.changed.ring();
        }
        if effects.queued {
            self.bells.jobs.ring();
        }
        if effects.parked > 0 {
            self.bells.parked.ring();
        }
        if let Some(delay) = effects.delay {
            metrics::histogram!("gatehouse_event_delay_seconds").record(delay.as_seconds_f64().max(0.0));
        }
        effects.count();
    }
}

/// What a batch did.
#[derive(Default)]
struct Effects {
    outcomes: Vec<Outcome>,
    applied: usize,
    /// Dropped after the commit, which ends the spans of the events.
    causes: Causes,
    /// Since the oldest of the applied events happened.
    delay: Option<TimeDelta>,
    duplicates: usize,
    ignored: usize,
    parked: usize,
    marked: bool,
    queued: bool,
}

impl Effects {
    fn count(&self) {
        for (outcome, count) in [
            ("applied", self.applied),
            ("duplicate", self.duplicates),
            ("ignored", self.ignored),
            ("parked", self.parked),
        ] {
            metrics::counter!("gatehouse_events_total", "outcome" => outcome)
                .increment(u64::try_from(count).unwrap_or_default());
        }
    }
}

#[async_trait]
impl Sink for Ingest {
    async fn apply(&self, records: &[Record]) -> Result<Vec<Outcome>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let effects = self.apply_in_tx(&mut tx, records).await?;
        tx.commit().await?;
        self.report(&effects);
        Ok(effects.outcomes)
    }

    async fn park(&self, record: &Record, reason: &str) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        if inbox::remember(&mut tx, &[record.place()]).await?.len() == 1 {
            kafka::park_in_tx(&mut tx, record, reason).await?;
        }
        tx.commit().await?;
        self.report(&Effects { parked: 1, ..Effects::default() });
        Ok(())
    }
}

fn ids_of(changes: &[Change<PersonRow>]) -> Vec<String> {
    changes.iter().map(|change| change.after.user_id.clone()).collect()
}

/// Lets the second factors follow, and says where each person can be reached now.
async fn facts_of(conn: &mut PgConnection, changes: &[Change<PersonRow>]) -> Result<Vec<Facts>, sqlx::Error> {
    for change in changes {
        let person = &change.after;
        let held = change.before.as_ref().map(code_factors).unwrap_or_default();
        if !person.is_alive() {
            otp::forget_in_tx(conn, &person.user_id).await?;
        } else if code_factors(person) != held {
            otp::follow_keycloak_in_tx(conn, &person.user_id, &code_factors(person)).await?;
        }
    }
    let ids = ids_of(changes);
    let mut destinations: HashMap<String, Vec<Destination>> = HashMap::new();
    for factor in otp::factors_of_in_tx(conn, &ids).await? {
        let kind = match factor.channel {
            Channel::Sms => Kind::Phone,
            Channel::Email => Kind::Email,
        };
        let destination = Destination { kind, value: factor.destination, verified_at: factor.verified_at };
        destinations.entry(factor.user_id).or_default().push(destination);
    }
    let facts = |change: &Change<PersonRow>| {
        let person = &change.after;
        let login = |address| Login { address, verified: person.email_verified };
        Facts {
            user_id: person.user_id.clone(),
            login: person.email.clone().map(login),
            destinations: destinations.remove(&person.user_id).unwrap_or_default(),
            exists: person.is_alive(),
            since: person.updated_at,
        }
    };
    Ok(changes.iter().map(facts).collect())
}

/// The factors that the one-time codes keep, as Keycloak shows them.
fn code_factors(person: &PersonRow) -> Vec<FactorId> {
    let ours = person.factors.iter().filter(|factor| matches!(factor.channel.as_str(), "sms" | "email"));
    ours.filter_map(|factor| factor.id.parse().ok()).collect()
}

fn person_now(change: &Change<PersonRow>, organizations: BTreeSet<String>) -> PersonNow {
    let claim_of = |row: &PersonRow| row.company.as_deref().and_then(comparable_name);
    let before = change.before.as_ref().filter(|row| row.is_alive());
    PersonNow {
        user_id: change.after.user_id.clone(),
        exists: change.after.is_alive(),
        proven: change.after.email_verified,
        was_proven: before.is_some_and(|row| row.email_verified),
        claim: claim_of(&change.after),
        company: change.after.company.clone(),
        claim_before: before.map(claim_of),
        organizations,
        created_at: change.after.created_at,
        since: change.after.updated_at,
    }
}
