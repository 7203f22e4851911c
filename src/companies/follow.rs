//! Companies follow what changed in Keycloak, in the transaction that noted the change.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sqlx::PgConnection;

use super::{
    CREATE_ORGANIZATION, Company, CompanyId, Member, administration, contacts,
    ledger::{Ledger, PersonNow},
    name::comparable_name,
    store,
};
use crate::{
    directory::{self, OrganizationRow},
    platform::{clock::SharedClock, entropy::SharedEntropy, jobs},
};

/// How often a round is repeated because somebody else took a name at the same moment. Each repeat
/// sees that company, so one is enough for each name that is contended.
const ROUNDS: usize = 8;

/// What is different now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Companies whose record is different.
    pub companies: BTreeSet<CompanyId>,
    /// People whose record is different because of a company.
    pub people: BTreeSet<String>,
    /// Whether jobs were queued.
    pub queued: bool,
}

/// Lets companies follow people and organisations.
pub struct Follower {
    realm: String,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl Follower {
    /// For the companies of one realm.
    pub fn new(realm: impl Into<String>, clock: SharedClock, entropy: SharedEntropy) -> Self {
        Self { realm: realm.into(), clock, entropy }
    }

    /// Follows organisations and people that changed.
    pub async fn follow_in_tx(
        &self,
        conn: &mut PgConnection,
        people: &[PersonNow],
        organizations: &[OrganizationRow],
    ) -> Result<Followed, sqlx::Error> {
        if people.is_empty() && organizations.is_empty() {
            return Ok(Followed::default());
        }
        for _ in 0..ROUNDS {
            let before = self.load(conn, people, organizations).await?;
            let mut after = before.clone();
            let mut new_id = || CompanyId::generate(self.clock.as_ref(), self.entropy.as_ref());
            for organization in organizations {
                after.follow_organization(organization, &mut new_id);
            }
            after.follow_people(people, &mut new_id);
            if self.insert_new(conn, &before, &mut after).await? {
                return write(conn, &before, after, people).await;
            }
        }
        // Transient to the caller: the batch is tried again from its start.
        Err(sqlx::Error::Protocol("company names are contended".to_owned()))
    }

    async fn load(
        &self,
        conn: &mut PgConnection,
        people: &[PersonNow],
        organizations: &[OrganizationRow],
    ) -> Result<Ledger, sqlx::Error> {
        let users: Vec<String> = people.iter().map(|person| person.user_id.clone()).collect();
        let members = store::members(conn, &[], &users).await?;
        let mut requests = store::requests(conn, &[], &users).await?;
        let names = organizations.iter().filter_map(|row| comparable_name(row.name.as_deref()?));
        let keys: Vec<String> =
            people.iter().filter_map(|person| person.claim.clone()).chain(names).collect();
        let organization_ids: Vec<String> = organizations
            .iter()
            .map(|row| row.organization_id.clone())
            .chain(people.iter().flat_map(|person| person.organizations.clone()))
            .collect();
        let aliases = organizations.iter().filter_map(|row| row.alias.as_ref()?.parse().ok());
        let ids: Vec<CompanyId> = members
            .iter()
            .map(|member| member.company_id)
            .chain(requests.iter().map(|request| request.company_id))
            .chain(aliases)
            .collect();
        let companies = store::lock_companies(conn, &self.realm, &keys, &organization_ids, &ids).await?;
        // Read again under the lock: an admin may just have changed what somebody is.
        let mut members = store::members(conn, &[], &users).await?;

        // Of companies that are still contended, everybody counts.
        let pending: Vec<CompanyId> = companies
            .iter()
            .filter(|company| company.status == super::Status::Pending && company.deleted_at.is_none())
            .map(|company| company.company_id)
            .collect();
        let mut proven: HashSet<String> =
            people.iter().filter(|person| person.proven).map(|person| person.user_id.clone()).collect();
        if !pending.is_empty() {
            members.extend(store::members(conn, &pending, &[]).await?);
            requests.extend(store::requests(conn, &pending, &[]).await?);
            let asking: Vec<String> = requests.iter().map(|request| request.user_id.clone()).collect();
            let asking = directory::people_by_id(conn, &asking).await?;
            proven.extend(
                asking.into_iter().filter(|person| person.email_verified).map(|person| person.user_id),
            );
        }
        Ok(Ledger {
            companies: companies.into_iter().map(|company| (company.company_id, company)).collect(),
            members: members.into_iter().map(|m| ((m.company_id, m.user_id.clone()), m)).collect(),
            requests: requests.into_iter().map(|r| ((r.company_id, r.user_id.clone()), r)).collect(),
            proven,
            ..Ledger::default()
        })
    }

    /// Makes the new companies. False when somebody else took a name meanwhile: what was made is
    /// taken back, and the round must be repeated.
    async fn insert_new(
        &self,
        conn: &mut PgConnection,
        before: &Ledger,
        after: &mut Ledger,
    ) -> Result<bool, sqlx::Error> {
        let mut new: Vec<Company> = Vec::new();
        for (id, company) in &mut after.companies {
            if !before.companies.contains_key(id) {
                company.realm.clone_from(&self.realm);
                new.push(company.clone());
            }
        }
        let made = store::insert_companies(conn, &new).await?;
        if made.len() == new.len() {
            return Ok(true);
        }
        store::delete_companies(conn, &made).await?;
        Ok(false)
    }
}

/// Writes what is different, and says whose record that changes.
async fn write(
    conn: &mut PgConnection,
    before: &Ledger,
    after: Ledger,
    people: &[PersonNow],
) -> Result<Followed, sqlx::Error> {
    let changed: Vec<Company> = after
        .companies
        .values()
        .filter(|company| before.companies.get(&company.company_id).is_some_and(|held| held != *company))
        .cloned()
        .collect();
    store::update_companies(conn, &changed).await?;

    let mut followed = Followed::default();
    followed.companies.extend(changed.iter().map(|company| company.company_id));
    followed.companies.extend(after.companies.keys().filter(|id| !before.companies.contains_key(id)));
    // The name and the end of a company are part of every member's record.
    let ids: Vec<CompanyId> = changed.iter().map(|company| company.company_id).collect();
    if !ids.is_empty() {
        let members = store::members(conn, &ids, &[]).await?;
        followed.people.extend(members.iter().map(|member| member.user_id.clone()));
        let ended: Vec<Member> =
            members.into_iter().filter(|member| after.ended.contains(&member.company_id)).collect();
        store::remove_members(conn, &ended).await?;
        let ended: Vec<CompanyId> = after.ended.iter().copied().collect();
        let unasked = store::requests(conn, &ended, &[]).await?;
        store::remove_requests(conn, &unasked).await?;
        contacts::forget_in_tx(conn, &ended).await?;
    }

    let (gone, put) = difference(&before.members, &after.members);
    store::remove_members(conn, &gone).await?;
    store::put_members(conn, &put).await?;
    // An invitation counts for who has proven its address. Keycloak lets people in by the link and asks for the proof after.
    let just_proven: HashSet<&str> = people
        .iter()
        .filter(|person| person.proven && !person.was_proven)
        .map(|person| person.user_id.as_str())
        .collect();
    let arrived: Vec<Member> = after
        .members
        .iter()
        .filter(|(key, member)| {
            !before.members.contains_key(key) || just_proven.contains(member.user_id.as_str())
        })
        .map(|(_, member)| member.clone())
        .collect();
    followed.queued |= administration::accept_invitations_in_tx(conn, &arrived).await?;
    for member in gone.iter().chain(&put) {
        followed.companies.insert(member.company_id);
        followed.people.insert(member.user_id.clone());
    }
    let (gone, put) = difference(&before.requests, &after.requests);
    store::remove_requests(conn, &gone).await?;
    store::put_requests(conn, &put).await?;

    let jobs: Vec<String> = after.to_create.iter().map(ToString::to_string).collect();
    if !jobs.is_empty() {
        jobs::enqueue_in_tx(conn, CREATE_ORGANIZATION, &jobs).await?;
        followed.queued = true;
    }
    Ok(followed)
}

/// What is no longer there, and what is new or different.
fn difference<K: Ord, V: Clone + PartialEq>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
) -> (Vec<V>, Vec<V>) {
    let gone = before.iter().filter(|(key, _)| !after.contains_key(key)).map(|(_, value)| value.clone());
    let put =
        after.iter().filter(|(key, value)| before.get(key) != Some(value)).map(|(_, value)| value.clone());
    (gone.collect(), put.collect())
}
