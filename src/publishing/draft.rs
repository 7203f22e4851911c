//! What would be published of marked keys: the records of this moment, before they have a revision.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
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
    contacts::{self, Contact},
    directory::{self, PEOPLE_STREAM, PersonRow},
    openstack,
    platform::{changed_keys::ChangedKey, kafka::Outgoing, trace::TraceParent},
};

/// A record to be sent, or a deletion, before it has a revision.
pub(super) struct Draft {
    pub claimed: ChangedKey,
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

/// The records of these keys that readers do not have as they are.
pub(super) async fn drafts_of(
    conn: &mut PgConnection,
    claimed: Vec<ChangedKey>,
    region: Region<'_>,
) -> Result<Vec<Draft>, sqlx::Error> {
    let (people, companies): (Vec<_>, Vec<_>) =
        claimed.into_iter().partition(|key| key.stream == PEOPLE_STREAM);
    let mut drafts = of_people(conn, people, region).await?;
    drafts.extend(of_companies(conn, companies, region).await?);
    changed_only(conn, drafts).await
}

async fn of_people(
    conn: &mut PgConnection,
    claimed: Vec<ChangedKey>,
    region: Region<'_>,
) -> Result<Vec<Draft>, sqlx::Error> {
    let ids: Vec<String> = claimed.iter().map(|key| key.key.clone()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let people = directory::people_by_id(conn, &ids).await?;
    let mut contacts: HashMap<String, Vec<Contact>> = HashMap::new();
    for contact in contacts::contacts_of(conn, &ids).await? {
        contacts.entry(contact.user_id.clone()).or_default().push(contact);
    }
    let companies = companies::companies_of_people(conn, &ids).await?;
    let company_ids: Vec<CompanyId> = companies.values().map(|(company, _)| company.company_id).collect();
    let profiles = billing::profiles_of(conn, &company_ids).await?;
    let billing_contacts = billing_contacts_of(conn, &company_ids).await?;
    let nothing = BillingProfile::default();
    let projects = openstack::store::projects_of_people(conn, &ids).await?;
    let blocked = access::blocked_among(conn, &ids).await?;
    let people = people.into_iter().filter(PersonRow::is_alive);
    let mut people: HashMap<String, _> = people.map(|person| (person.user_id.clone(), person)).collect();
    let draft = |claimed: ChangedKey| {
        let content = people.remove(&claimed.key).map(|person| {
            let own = contacts.remove(&claimed.key).unwrap_or_default();
            let company = companies.get(&claimed.key).map(|(company, role)| (company, *role));
            let company_id = company.map(|(company, _)| company.company_id);
            let profile = company_id.and_then(|id| profiles.get(&id)).map_or(&nothing, |it| &it.profile);
            let to_ask = company_id.and_then(|id| billing_contacts.get(&id)).map_or(&[][..], Vec::as_slice);
            let mut record = UserRecord::of(region, person, &own, company, (profile, to_ask));
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

async fn of_companies(
    conn: &mut PgConnection,
    claimed: Vec<ChangedKey>,
    region: Region<'_>,
) -> Result<Vec<Draft>, sqlx::Error> {
    let ids: Vec<CompanyId> = claimed.iter().filter_map(|key| key.key.parse().ok()).collect();
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let companies = companies::companies_by_id(conn, &ids).await?.into_iter();
    let companies = companies.filter(|company| company.deleted_at.is_none());
    let companies: HashMap<String, _> =
        companies.map(|company| (company.company_id.to_string(), company)).collect();
    let counts = companies::member_counts(conn, &ids).await?;
    let suspended = companies::suspended_among(conn, &ids).await?;
    let mut profiles = billing::profiles_of(conn, &ids).await?;
    let mut billing_contacts = billing_contacts_of(conn, &ids).await?;
    let plain: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let projects = openstack::store::projects_of_companies(conn, &plain).await?;
    let mut draft = |claimed: ChangedKey| {
        let content = companies.get(&claimed.key).map(|company| {
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
    let keys_of = |stream: Stream| -> Vec<String> {
        let drafts = drafts.iter().filter(|draft| draft.stream.name == stream.name);
        drafts.map(|draft| draft.claimed.key.clone()).collect()
    };
    let people = store::published(conn, PEOPLE_STREAM, &keys_of(PEOPLE)).await?;
    let companies = store::published(conn, COMPANIES_STREAM, &keys_of(COMPANIES)).await?;
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

    /// As a record on its topic.
    pub fn outgoing(&self, config: &PublishingConfig, revision: i64, now: DateTime<Utc>) -> Outgoing {
        let topic =
            if self.stream.name == PEOPLE_STREAM { &config.users_topic } else { &config.companies_topic };
        let value = self.content.as_ref().map(|content| content.with_revision(revision));
        let record =
            cloud_events::outgoing(topic, self.stream.names, &self.claimed.key, revision, now, value);
        match &self.cause {
            Some((_, cause)) => cloud_events::caused(record, cause),
            None => record,
        }
    }

    /// What is noted when Kafka has it.
    pub fn acknowledged(self, revision: i64) -> Acknowledged {
        Acknowledged {
            stream: self.stream.name.to_owned(),
            is_tombstone: self.content.is_none(),
            key: self.claimed.key,
            revision,
            content_hash: self.hash,
        }
    }
}
