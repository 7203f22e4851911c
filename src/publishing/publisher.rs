//! The publisher: one process at a time turns marked keys into records.
//!
//! What is promised, and why it holds:
//! - *Nothing is forgotten.* A mark goes when its record is acknowledged, and only if the key was not
//!   marked again meanwhile.
//! - *A revision only grows, and a higher one is a later state.* Revisions are drawn from one
//!   sequence after the snapshot is fixed, rounds follow one another, and everything is read through
//!   the connection that the right to publish hangs on: whoever lost the right cannot draw one.
//! - *The last record of a key is its last state.* A predecessor that lost its right while records
//!   were under way may still deliver them for [`DELIVERY_TIME`]. What was published in that time is
//!   therefore published once more after it.
//! - *A record may come twice*, the second time with a higher revision.

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection, PgPool};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use super::{
    CompanyRecord, Project, PublishingConfig, Region, UserRecord,
    cloud_events::{self, Names},
    store::{self, Acknowledged},
};
use crate::{
    access,
    billing::{self, BillingProfile},
    companies::{self, COMPANIES_STREAM, CompanyId, contacts::billing_contacts_of},
    contacts,
    directory::{self, PEOPLE_STREAM},
    openstack,
    platform::{
        changed_keys::{self, Bell, ChangedKey},
        db,
        health::Part,
        kafka::{DELIVERY_TIME, Outgoing, Producer},
        leader::{Leadership, Right},
        trace::TraceParent,
    },
};

/// Most keys of one round.
const ROUND: i64 = 1000;
/// How long before the right, the database or Kafka is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Clocks of two machines may run so far apart during [`DELIVERY_TIME`].
const MARGIN: Duration = Duration::from_secs(5);

/// Publishes what changed.
pub struct Publisher {
    /// Where the state and the marks are.
    pub pool: PgPool,
    /// What sends.
    pub producer: Producer,
    /// Where to.
    pub config: PublishingConfig,
    /// Rung after keys were marked.
    pub bell: Bell,
    /// Ready while this process publishes, or another one does.
    pub part: Part,
    /// Ends it.
    pub stop: CancellationToken,
}

/// A record to be sent, or a deletion, before it has a revision.
struct Draft {
    claimed: ChangedKey,
    /// The span lasts until the record is acknowledged.
    cause: Option<(Span, TraceParent)>,
    stream: Stream,
    content: Option<Content>,
    hash: Vec<u8>,
}

enum Content {
    User(Box<UserRecord>),
    Company(Box<CompanyRecord>),
}

#[derive(Clone, Copy)]
struct Stream {
    name: &'static str,
    names: Names,
}

const PEOPLE: Stream = Stream { name: PEOPLE_STREAM, names: cloud_events::USER };
const COMPANIES: Stream = Stream { name: COMPANIES_STREAM, names: cloud_events::COMPANY };

impl Publisher {
    /// Publishes until told to stop.
    pub async fn run(self) {
        while !self.stop.is_cancelled() {
            match Leadership::take(&self.pool, Right::Publish).await {
                Ok(Some(mut leadership)) => {
                    self.part.report(true);
                    if let Err(error) = self.lead(&mut leadership).await {
                        self.producer.drop_outstanding();
                        tracing::warn!(error = %db::describe(&error), "publishing waits for the database");
                    }
                    leadership.release().await;
                }
                Ok(None) => self.part.report(true),
                Err(error) => {
                    self.part.report(false);
                    tracing::debug!(error = %db::describe(&error), "nobody to ask for the right to publish");
                }
            }
            // Without listening to the bell: who has no right would ask for it at every change.
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn lead(&self, leadership: &mut Leadership) -> Result<(), sqlx::Error> {
        let poll = Duration::from_millis(self.config.poll_millis);
        let since = Instant::now();
        let mut predecessor_may_deliver = true;
        while !self.stop.is_cancelled() {
            let conn = leadership.connection();
            if predecessor_may_deliver && since.elapsed() > DELIVERY_TIME + MARGIN {
                predecessor_may_deliver = false;
                let mut tx = conn.begin().await?;
                store::doubt_recent_in_tx(&mut tx, since.elapsed().as_secs_f64()).await?;
                tx.commit().await?;
            }
            match self.round(conn).await? {
                Round::Idle => self.pause(poll).await,
                Round::Progress => {}
                Round::Stuck => self.pause(PAUSE).await,
            }
        }
        Ok(())
    }

    async fn round(&self, conn: &mut PgConnection) -> Result<Round, sqlx::Error> {
        let mut tx = conn.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
        let claimed = changed_keys::oldest(&mut tx, ROUND).await?;
        if claimed.is_empty() {
            return Ok(Round::Idle);
        }
        let (people, companies): (Vec<_>, Vec<_>) =
            claimed.iter().cloned().partition(|key| key.stream == PEOPLE_STREAM);
        let mut drafts = self.people(&mut tx, people).await?;
        drafts.extend(companies_of(&mut tx, companies, Region(&self.config.region)).await?);
        let drafts = changed_only(&mut tx, drafts).await?;
        let (revisions, now) = store::revisions(&mut tx, drafts.len()).await?;
        tx.commit().await?;

        let outgoing: Vec<Outgoing> = drafts
            .iter()
            .zip(&revisions)
            .map(|(draft, revision)| {
                let topic = if draft.stream.name == PEOPLE_STREAM {
                    &self.config.users_topic
                } else {
                    &self.config.companies_topic
                };
                let value = draft.content.as_ref().map(|content| content.with_revision(*revision));
                let key = &draft.claimed.key;
                let record = cloud_events::outgoing(topic, draft.stream.names, key, *revision, now, value);
                match &draft.cause {
                    Some((_, cause)) => cloud_events::caused(record, cause),
                    None => record,
                }
            })
            .collect();
        let answers = self.producer.send_all(&outgoing).await;

        let (mut acknowledged, mut waiting) = (Vec::new(), Vec::new());
        for ((draft, revision), answer) in drafts.into_iter().zip(revisions).zip(answers) {
            match answer {
                Ok(()) => acknowledged.push(draft.acknowledged(revision)),
                Err(error) => {
                    tracing::warn!(%error, stream = draft.stream.name, key = draft.claimed.key, "a record waits");
                    waiting.push(draft.claimed);
                }
            }
        }
        metrics::counter!("gatehouse_records_published_total")
            .increment(u64::try_from(acknowledged.len()).unwrap_or_default());
        let done: Vec<ChangedKey> = claimed.into_iter().filter(|key| !waiting.contains(key)).collect();
        let mut tx = conn.begin().await?;
        store::note_published(&mut tx, &acknowledged).await?;
        changed_keys::unmark(&mut tx, &done).await?;
        tx.commit().await?;
        Ok(if done.is_empty() { Round::Stuck } else { Round::Progress })
    }

    async fn people(
        &self,
        conn: &mut PgConnection,
        claimed: Vec<ChangedKey>,
    ) -> Result<Vec<Draft>, sqlx::Error> {
        let ids: Vec<String> = claimed.iter().map(|key| key.key.clone()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let people = directory::people_by_id(conn, &ids).await?;
        let contacts = contacts::contacts_of(conn, &ids).await?;
        let companies = companies::companies_of_people(conn, &ids).await?;
        let company_ids: Vec<CompanyId> = companies.values().map(|(company, _)| company.company_id).collect();
        let profiles = billing::profiles_of(conn, &company_ids).await?;
        let billing_contacts = billing_contacts_of(conn, &company_ids).await?;
        let nothing = BillingProfile::default();
        let projects = openstack::store::projects_of_people(conn, &ids).await?;
        let blocked = access::blocked_among(conn, &ids).await?;
        let mut people: std::collections::HashMap<String, _> = people
            .into_iter()
            .filter(directory::PersonRow::is_alive)
            .map(|person| (person.user_id.clone(), person))
            .collect();
        let draft = |claimed: ChangedKey| {
            let content = people.remove(&claimed.key).map(|person| {
                // Contacts come sorted by person.
                let from = contacts.partition_point(|contact| contact.user_id < claimed.key);
                let upto = contacts.partition_point(|contact| contact.user_id <= claimed.key);
                let company = companies.get(&claimed.key).map(|(company, role)| (company, *role));
                let company_id = company.map(|(company, _)| company.company_id);
                let profile = company_id.and_then(|id| profiles.get(&id)).map_or(&nothing, |it| &it.profile);
                let to_ask =
                    company_id.and_then(|id| billing_contacts.get(&id)).map_or(&[][..], Vec::as_slice);
                let (region, own) = (Region(&self.config.region), &contacts[from..upto]);
                let mut record = UserRecord::of(region, person, own, company, (profile, to_ask));
                record.projects = Project::all(region, projects.get(&claimed.key));
                if blocked.contains(&claimed.key) {
                    record.status = directory::Status::Blocked;
                }
                Content::User(Box::new(record))
            });
            Draft::new(claimed, PEOPLE, content)
        };
        Ok(claimed.into_iter().map(draft).collect())
    }

    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.bell.rung() => {}
            () = tokio::time::sleep(time) => {}
        }
    }
}

enum Round {
    /// Nothing was marked.
    Idle,
    /// Something was published, or needed no publishing.
    Progress,
    /// Nothing could be delivered.
    Stuck,
}

async fn companies_of(
    conn: &mut PgConnection,
    claimed: Vec<ChangedKey>,
    region: Region<'_>,
) -> Result<Vec<Draft>, sqlx::Error> {
    let ids: Vec<CompanyId> = claimed.iter().filter_map(|key| key.key.parse().ok()).collect();
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let companies = companies::companies_by_id(conn, &ids).await?;
    let counts = companies::member_counts(conn, &ids).await?;
    let suspended = companies::suspended_among(conn, &ids).await?;
    let mut profiles = billing::profiles_of(conn, &ids).await?;
    let mut billing_contacts = billing_contacts_of(conn, &ids).await?;
    let plain: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let projects = openstack::store::projects_of_companies(conn, &plain).await?;
    let mut draft = |claimed: ChangedKey| {
        let company = companies
            .iter()
            .find(|company| company.company_id.to_string() == claimed.key && company.deleted_at.is_none());
        let content = company.map(|company| {
            let members = counts.get(&company.company_id).copied().unwrap_or_default();
            let profile = profiles.remove(&company.company_id).unwrap_or_default().profile;
            let to_ask = billing_contacts.remove(&company.company_id).unwrap_or_default();
            let mut record = CompanyRecord::of(company, members, (&profile, &to_ask));
            record.projects = Project::all(region, projects.get(&company.company_id.0));
            if suspended.contains(&company.company_id) {
                record.status = companies::Status::Suspended;
            }
            Content::Company(Box::new(record))
        });
        Draft::new(claimed, COMPANIES, content)
    };
    Ok(claimed.into_iter().map(&mut draft).collect())
}

/// Drops what readers have as it is, and deletions of what they never had.
async fn changed_only(conn: &mut PgConnection, drafts: Vec<Draft>) -> Result<Vec<Draft>, sqlx::Error> {
    let keys: Vec<String> = drafts.iter().map(|draft| draft.claimed.key.clone()).collect();
    let people = store::published(conn, PEOPLE_STREAM, &keys).await?;
    let companies = store::published(conn, COMPANIES_STREAM, &keys).await?;
    let is_changed = |draft: &Draft| {
        let published = if draft.stream.name == PEOPLE_STREAM { &people } else { &companies };
        match published.get(&draft.claimed.key) {
            None => draft.content.is_some(),
            Some(published) => published.content_hash.as_ref() != Some(&draft.hash),
        }
    };
    Ok(drafts.into_iter().filter(is_changed).collect())
}

impl Content {
    /// The value with a revision.
    fn with_revision(&self, revision: i64) -> Vec<u8> {
        let value = match self {
            Self::User(record) => serde_json::to_vec(&UserRecord { revision, ..(**record).clone() }),
            Self::Company(record) => serde_json::to_vec(&CompanyRecord { revision, ..(**record).clone() }),
        };
        value.expect("a record has text keys and no types that JSON lacks")
    }
}

impl Draft {
    fn new(claimed: ChangedKey, stream: Stream, content: Option<Content>) -> Self {
        // The revision is no content: two records that differ by it alone are the same.
        let value = content.as_ref().map(|content| content.with_revision(0)).unwrap_or_default();
        let cause = claimed.trace_parent.as_deref().and_then(TraceParent::parse).map(|cause| {
            let span = tracing::info_span!("publish", otel.kind = "producer", key = claimed.key);
            let cause = cause.followed_by(&span);
            (span, cause)
        });
        Self { claimed, cause, stream, content, hash: Sha256::digest(value).to_vec() }
    }

    fn acknowledged(self, revision: i64) -> Acknowledged {
        Acknowledged {
            stream: self.stream.name.to_owned(),
            is_tombstone: self.content.is_none(),
            key: self.claimed.key,
            revision,
            content_hash: self.hash,
        }
    }
}
