//! The profile of a company, and who asks to be let in.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::types::Json;

use super::{
    Companies, CompaniesError, Profile, Reason,
    jobs::{bring_member_in_tx, bring_name_in_tx},
    model::JoinRequestListed,
    service::{lock_in_tx, mark_in_tx},
    store,
};
use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{Entry, Subject},
    companies::{Company, CompanyId, comparable_name},
    platform::db,
};

/// The longest name, in characters.
const MAX_NAME: usize = 255;

impl Companies {
    /// The profile of a company.
    pub async fn profile(&self, caller: &Caller, company_id: CompanyId) -> Result<Profile, CompaniesError> {
        caller.require(Permission::CompanyView, Target::Company(company_id.0))?;
        self.profile_of(company_id).await
    }

    /// The same, for whoever is in the company: everybody there knows its name.
    pub async fn own_profile(
        &self,
        caller: &Caller,
        company_id: CompanyId,
    ) -> Result<Profile, CompaniesError> {
        if caller.companies.contains(&company_id.0) {
            return self.profile_of(company_id).await;
        }
        self.profile(caller, company_id).await
    }

    async fn profile_of(&self, company_id: CompanyId) -> Result<Profile, CompaniesError> {
        let mut conn = self.pool().acquire().await?;
        let found = store::profile(&mut conn, company_id).await?.ok_or(Denied::NotFound)?;
        let (Json(company), wanted_name, is_suspended, members) = found;
        let status = if is_suspended { "suspended" } else { company.status.name() };
        Ok(Profile {
            company_id,
            version: version_of(&company),
            name: company.name,
            wanted_name,
            status: status.to_owned(),
            members,
            created_at: company.created_at,
        })
    }

    /// Gives a company another name, if nobody has changed it since `version`. Keycloak has it a moment
    /// later.
    pub async fn rename(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        name: &str,
        version: i64,
    ) -> Result<(), CompaniesError> {
        caller.require_person()?;
        caller.require(Permission::CompanyManage, Target::Company(company_id.0))?;
        let name = name.trim();
        let key = comparable_name(name)
            .filter(|_| name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control))
            .ok_or(CompaniesError::Invalid("name", "1 to 255 characters"))?;
        let mut tx = self.pool().begin().await?;
        let company = lock_in_tx(&mut tx, company_id).await?;
        if version_of(&company) != version {
            return Err(CompaniesError::Changed(version_of(&company)));
        }
        store::want_name(&mut tx, company_id, name, &key, self.now()).await.map_err(|error| {
            match db::violated_constraint(&error) {
                Some("companies_claim_key") => CompaniesError::NameTaken,
                _ => CompaniesError::Database(error),
            }
        })?;
        bring_name_in_tx(&mut tx, company_id).await?;
        let entry = Entry {
            actor: caller.actor(),
            action: "company.renamed",
            subject: Subject::company(company_id.0),
            company_id: Some(company_id.0),
            before: Some(json!({"name": company.name})),
            after: Some(json!({"name": name})),
            reason: None,
        };
        self.record(&mut tx, caller, &entry).await?;
        Ok(tx.commit().await?)
    }

    /// Who asks to be let in, the eldest request first, at most `limit` after a place.
    pub async fn join_requests(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        after: Option<(DateTime<Utc>, String)>,
        limit: i64,
    ) -> Result<Vec<JoinRequestListed>, CompaniesError> {
        caller.require(Permission::PeopleView, Target::Company(company_id.0))?;
        let mut conn = self.pool().acquire().await?;
        Ok(store::requests(&mut conn, company_id, after.as_ref(), limit).await?)
    }

    /// Lets somebody in who asked, as a basic user.
    pub async fn approve_request(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
    ) -> Result<(), CompaniesError> {
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        if !store::take_request(&mut tx, company_id, user_id).await? {
            return Err(Denied::NotFound.into());
        }
        store::put_member(&mut tx, company_id, user_id, self.now()).await?;
        bring_member_in_tx(&mut tx, company_id, user_id).await?;
        mark_in_tx(&mut tx, company_id, user_id).await?;
        let change = (None, Some(json!({"role": "user"})), None);
        self.record_person(&mut tx, caller, "join_request.approved", company_id, user_id, change).await?;
        Ok(tx.commit().await?)
    }

    /// Refuses somebody who asked.
    pub async fn refuse_request(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
        reason: Option<&Reason>,
    ) -> Result<(), CompaniesError> {
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        if !store::take_request(&mut tx, company_id, user_id).await? {
            return Err(Denied::NotFound.into());
        }
        let change = (None, None, reason.map(|reason| reason.text().to_owned()));
        self.record_person(&mut tx, caller, "join_request.refused", company_id, user_id, change).await?;
        Ok(tx.commit().await?)
    }
}

/// Grows with each change: the time of the last one, in microseconds.
fn version_of(company: &Company) -> i64 {
    company.updated_at.timestamp_micros()
}
