//! Companies, members and requests as far as a change concerns them, and what the change makes of
//! them. Pure: it is loaded before and written after.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};

use super::{
    Claim, Company, CompanyId, Decision, Held, JoinRequest, Member, Role, Status, comparable_name, decide,
};
use crate::directory::OrganizationRow;

/// A person after a change, as far as companies are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonNow {
    /// Keycloak's id.
    pub user_id: String,
    /// Whether they exist.
    pub exists: bool,
    /// Whether their e-mail address is proven.
    pub proven: bool,
    /// Whether it was before.
    pub was_proven: bool,
    /// The comparable company name they signed up with.
    pub claim: Option<String>,
    /// As they wrote it.
    pub company: Option<String>,
    /// The comparable name before; the outer none when they are new here.
    pub claim_before: Option<Option<String>>,
    /// The organisations they are in.
    pub organizations: BTreeSet<String>,
    /// When Keycloak made them: who came first, claims first.
    pub created_at: Option<DateTime<Utc>>,
    /// When this became true.
    pub since: DateTime<Utc>,
}

impl PersonNow {
    fn is_new(&self) -> bool {
        self.claim_before.is_none()
    }

    fn changed_claim(&self) -> bool {
        self.claim_before.as_ref().is_some_and(|before| *before != self.claim)
    }
}

/// What is known about the companies concerned.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub companies: BTreeMap<CompanyId, Company>,
    pub members: BTreeMap<(CompanyId, String), Member>,
    pub requests: BTreeMap<(CompanyId, String), JoinRequest>,
    /// People who ask and have proven their e-mail address.
    pub proven: HashSet<String>,
    /// Companies that end: also members that were not loaded are to be taken out.
    pub ended: BTreeSet<CompanyId>,
    /// Companies that got an admin whom Keycloak does not know of yet.
    pub to_create: BTreeSet<CompanyId>,
}

impl Ledger {
    /// An organisation changed in Keycloak.
    pub fn follow_organization(&mut self, row: &OrganizationRow, new_id: &mut dyn FnMut() -> CompanyId) {
        let found = self.company_of(row);
        let Some(name) = row.name.as_ref().filter(|_| row.deleted_at.is_none()) else {
            if let Some(id) = found {
                self.end(id, row.updated_at);
            }
            return;
        };
        let id = found.unwrap_or_else(|| {
            let id = new_id();
            self.companies.insert(id, begin(id, row, name));
            id
        });
        self.open_to_administrator(id, row.updated_at);
        let claim_key =
            comparable_name(name).filter(|key| self.holder(key).is_none_or(|holder| holder == id));
        let status = if row.enabled { Status::Active } else { Status::Disabled };
        let Some(company) = self.companies.get_mut(&id) else { return };
        let wanted = Company {
            name: name.clone(),
            claim_key,
            status,
            organization_id: Some(row.organization_id.clone()),
            ..company.clone()
        };
        if wanted != *company {
            *company = Company { updated_at: row.updated_at, ..wanted };
        }
    }

    /// By the organisation it has, by the alias we gave, or by a name that waits for its organisation.
    fn company_of(&self, row: &OrganizationRow) -> Option<CompanyId> {
        let living = || self.companies.values().filter(|company| company.deleted_at.is_none());
        let key = row.name.as_deref().and_then(comparable_name);
        let alias: Option<CompanyId> = row.alias.as_ref().and_then(|alias| alias.parse().ok());
        living()
            .find(|company| company.organization_id.as_ref() == Some(&row.organization_id))
            .or_else(|| {
                living()
                    .find(|company| company.organization_id.is_none() && Some(company.company_id) == alias)
            })
            .or_else(|| {
                living().find(|c| c.organization_id.is_none() && c.claim_key.is_some() && c.claim_key == key)
            })
            .map(|company| company.company_id)
    }

    /// An administrator made an organisation of a name that an unproven person holds: they ask instead.
    fn open_to_administrator(&mut self, id: CompanyId, at: DateTime<Utc>) {
        if self.companies.get(&id).is_some_and(|company| company.status == Status::Pending)
            && let Some(founder) = self.founder(id)
        {
            self.members.remove(&(id, founder.clone()));
            self.ask(id, &founder, at);
        }
    }

    /// People changed: memberships first, then names that became free, then claims.
    pub fn follow_people(&mut self, people: &[PersonNow], new_id: &mut dyn FnMut() -> CompanyId) {
        for person in people {
            self.follow_memberships(person);
            self.drop_requests(person);
            self.follow_founder(person);
        }
        self.pass_on();
        self.claim(people, new_id);
    }

    fn follow_memberships(&mut self, person: &PersonNow) {
        let of_person = |key: &(CompanyId, String)| key.1 == person.user_id;
        let desired: BTreeSet<CompanyId> = self
            .companies
            .values()
            .filter(|company| company.deleted_at.is_none())
            .filter(|company| {
                company.organization_id.as_ref().is_some_and(|id| person.organizations.contains(id))
            })
            .map(|company| company.company_id)
            .collect();
        self.members.retain(|key, member| {
            !of_person(key) || person.exists && (!member.in_keycloak || desired.contains(&key.0))
        });
        for company_id in desired {
            self.members
                .entry((company_id, person.user_id.clone()))
                .or_insert_with(|| Member {
                    company_id,
                    user_id: person.user_id.clone(),
                    role: Role::User,
                    in_keycloak: true,
                    since: person.since,
                })
                .in_keycloak = true;
        }
    }

    /// Requests end when the person is in a company, is gone, or names another company.
    fn drop_requests(&mut self, person: &PersonNow) {
        if !person.exists || person.changed_claim() || self.is_member(&person.user_id) {
            self.requests.retain(|(_, user_id), _| *user_id != person.user_id);
        }
    }

    /// A founder who has proven the address holds the name for good; one who names another company
    /// before that lets it go.
    fn follow_founder(&mut self, person: &PersonNow) {
        let pending: Vec<CompanyId> = self.pending_of(&person.user_id);
        for id in pending {
            if person.proven {
                self.activate(id, person.since);
            } else if person.changed_claim() {
                self.members.remove(&(id, person.user_id.clone()));
            }
        }
    }

    /// A pending company without its founder goes to whoever asked first, the proven before others;
    /// without anybody it ends.
    fn pass_on(&mut self) {
        let orphans: Vec<CompanyId> = self
            .companies
            .values()
            .filter(|company| company.status == Status::Pending && company.deleted_at.is_none())
            .map(|company| company.company_id)
            .filter(|id| self.founder(*id).is_none())
            .collect();
        for id in orphans {
            let heir = self
                .requests
                .values()
                .filter(|request| request.company_id == id)
                .min_by_key(|request| {
                    (!self.proven.contains(&request.user_id), request.requested_at, request.user_id.clone())
                })
                .cloned();
            let at = self.companies[&id].updated_at;
            match heir {
                None => self.end(id, at),
                Some(heir) => {
                    self.requests.remove(&(id, heir.user_id.clone()));
                    self.appoint(id, &heir.user_id, self.proven.contains(&heir.user_id), heir.requested_at);
                }
            }
        }
    }

    fn claim(&mut self, people: &[PersonNow], new_id: &mut dyn FnMut() -> CompanyId) {
        let mut claimants: Vec<&PersonNow> = people.iter().filter(|person| self.may_claim(person)).collect();
        claimants.sort_by_key(|person| (person.created_at, &person.user_id));
        let claims: Vec<Claim> = claimants
            .iter()
            .filter_map(|person| {
                let key = person.claim.clone()?;
                Some(Claim { user_id: person.user_id.clone(), key, proven: person.proven })
            })
            .collect();
        let decisions = decide(&claims, self.held());
        for ((person, claim), decision) in claimants.into_iter().zip(&claims).zip(decisions) {
            match (decision, self.holder(&claim.key)) {
                (Decision::Found, _) => self.found(person, claim, new_id()),
                (Decision::TakeOver { from }, Some(id)) => {
                    self.members.remove(&(id, from.clone()));
                    self.requests.remove(&(id, person.user_id.clone()));
                    self.ask(id, &from, person.since);
                    self.appoint(id, &person.user_id, true, person.since);
                }
                (_, Some(id)) => self.ask(id, &person.user_id, person.since),
                (_, None) => {}
            }
        }
    }

    /// Whoever is new, names another company, or has just proven the address while asking. Whoever
    /// was taken out of a company by its admin does not ask again by that.
    fn may_claim(&self, person: &PersonNow) -> bool {
        let asks = self.requests.keys().any(|(_, user_id)| *user_id == person.user_id);
        let occasion =
            person.is_new() || person.changed_claim() || asks && person.proven && !person.was_proven;
        person.exists && person.claim.is_some() && occasion && !self.is_member(&person.user_id)
    }

    fn found(&mut self, person: &PersonNow, claim: &Claim, id: CompanyId) {
        let company = Company {
            company_id: id,
            realm: String::new(),
            name: person.company.as_deref().unwrap_or(&claim.key).trim().to_owned(),
            claim_key: Some(claim.key.clone()),
            status: Status::Pending,
            organization_id: None,
            created_at: person.since,
            updated_at: person.since,
            deleted_at: None,
        };
        self.companies.insert(id, company);
        self.appoint(id, &person.user_id, claim.proven, person.since);
    }

    fn appoint(&mut self, id: CompanyId, user_id: &str, proven: bool, since: DateTime<Utc>) {
        let member = Member {
            company_id: id,
            user_id: user_id.to_owned(),
            role: Role::Admin,
            in_keycloak: false,
            since,
        };
        self.members.insert((id, user_id.to_owned()), member);
        if proven {
            self.activate(id, since);
        }
    }

    fn activate(&mut self, id: CompanyId, at: DateTime<Utc>) {
        if let Some(company) = self.companies.get_mut(&id) {
            company.status = Status::Active;
            company.updated_at = at;
            self.to_create.insert(id);
        }
    }

    fn ask(&mut self, id: CompanyId, user_id: &str, at: DateTime<Utc>) {
        self.requests.entry((id, user_id.to_owned())).or_insert_with(|| JoinRequest {
            company_id: id,
            user_id: user_id.to_owned(),
            requested_at: at,
        });
    }

    fn end(&mut self, id: CompanyId, at: DateTime<Utc>) {
        if let Some(company) = self.companies.get_mut(&id) {
            company.claim_key = None;
            company.deleted_at = Some(at);
            company.updated_at = at;
        }
        self.members.retain(|(company, _), _| *company != id);
        self.requests.retain(|(company, _), _| *company != id);
        self.ended.insert(id);
    }

    fn is_member(&self, user_id: &str) -> bool {
        self.members.keys().any(|(_, member)| member == user_id)
    }

    fn founder(&self, id: CompanyId) -> Option<String> {
        self.members.keys().find(|(company, _)| *company == id).map(|(_, user_id)| user_id.clone())
    }

    fn pending_of(&self, user_id: &str) -> Vec<CompanyId> {
        self.members
            .keys()
            .filter(|(_, member)| member == user_id)
            .map(|(id, _)| *id)
            .filter(|id| self.companies.get(id).is_some_and(|company| company.status == Status::Pending))
            .collect()
    }

    fn holder(&self, key: &str) -> Option<CompanyId> {
        self.companies.values().find(|c| c.claim_key.as_deref() == Some(key)).map(|c| c.company_id)
    }

    fn held(&self) -> BTreeMap<String, Held> {
        let held = |company: &Company| match (company.status, self.founder(company.company_id)) {
            (Status::Pending, Some(founder)) => Held::Unproven { founder },
            _ => Held::Firmly,
        };
        self.companies.values().filter_map(|c| Some((c.claim_key.clone()?, held(c)))).collect()
    }
}

fn begin(id: CompanyId, row: &OrganizationRow, name: &str) -> Company {
    Company {
        company_id: id,
        realm: row.realm.clone(),
        name: name.to_owned(),
        claim_key: None,
        status: Status::Active,
        organization_id: Some(row.organization_id.clone()),
        created_at: row.updated_at,
        updated_at: row.updated_at,
        deleted_at: None,
    }
}
