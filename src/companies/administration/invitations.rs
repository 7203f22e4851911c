//! Asking people in.

use std::collections::HashSet;

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::{
    Companies, CompaniesError, NewInvitation,
    admins::require_to_make,
    csv,
    jobs::{bring_invitations_in_tx, bring_member_in_tx},
    model::InvitationId,
    store,
};
use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{Entry, Subject},
    companies::{CompanyId, Member, Role},
};

/// How long an invitation is good: as long as the link that Keycloak sends.
const LIFE: TimeDelta = TimeDelta::hours(12);
/// The most people of one request.
const MOST_AT_ONCE: usize = 1000;
/// The most open invitations of a company.
const MOST_OPEN: i64 = 2000;
/// The longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3).
const MAX_EMAIL: usize = 254;
/// The longest name, in characters.
const MAX_NAME: usize = 255;

/// What became of one line of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvitationOutcome {
    /// The line, from 1; the first after the heading of a CSV file.
    pub line: usize,
    /// `invited`, or with a dry run `would_invite`; `already_member`, `already_invited`, `repeated`,
    /// `invalid_email`, `invalid_name` or `invalid_role`.
    pub outcome: &'static str,
    /// The invitation, if there is one now.
    pub invitation_id: Option<uuid::Uuid>,
}

impl Companies {
    /// Invites people; with `dry_run` it only says what would become of each.
    pub async fn invite(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        people: &[NewInvitation],
        dry_run: bool,
    ) -> Result<Vec<InvitationOutcome>, CompaniesError> {
        let lines: Vec<_> = people.iter().cloned().map(Ok).collect();
        self.invite_lines(caller, company_id, &lines, dry_run).await
    }

    /// Invites the people of a CSV file with the columns `email`, `first_name`, `last_name` and `role`, of
    /// which only the first is needed.
    pub async fn invite_from_csv(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        file: &[u8],
        dry_run: bool,
    ) -> Result<Vec<InvitationOutcome>, CompaniesError> {
        caller.require(Permission::PeopleManage, Target::Company(company_id.0))?;
        let lines = csv::read(file, MOST_AT_ONCE)?;
        self.invite_lines(caller, company_id, &lines, dry_run).await
    }

    async fn invite_lines(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        lines: &[Result<NewInvitation, &'static str>],
        dry_run: bool,
    ) -> Result<Vec<InvitationOutcome>, CompaniesError> {
        caller.require_person()?;
        caller.require(Permission::PeopleManage, Target::Company(company_id.0))?;
        if !(1..=MOST_AT_ONCE).contains(&lines.len()) {
            return Err(CompaniesError::Invalid("people", "1 to 1000 people at once"));
        }
        for person in lines.iter().flatten() {
            require_to_make(caller, company_id, person.role)?;
        }
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        let mut outcomes = self.judge(&mut tx, company_id, lines).await?;
        if dry_run {
            return Ok(outcomes);
        }
        let open = store::open_invitations(&mut tx, company_id).await?;
        if open + i64::try_from(lines.len()).unwrap_or(i64::MAX) > MOST_OPEN {
            return Err(CompaniesError::TooManyInvitations);
        }
        let mut made = Vec::new();
        for (outcome, line) in outcomes.iter_mut().zip(lines) {
            let Ok(person) = line else { continue };
            if outcome.outcome == "would_invite" {
                let id = self.write(&mut tx, caller, company_id, person).await?;
                outcome.outcome = if id.is_some() { "invited" } else { "already_invited" };
                outcome.invitation_id = id.map(|id| id.0);
                made.extend(id);
            }
        }
        bring_invitations_in_tx(&mut tx, &made).await?;
        tx.commit().await?;
        Ok(outcomes)
    }

    /// What would become of each line.
    async fn judge(
        &self,
        conn: &mut PgConnection,
        company_id: CompanyId,
        lines: &[Result<NewInvitation, &'static str>],
    ) -> Result<Vec<InvitationOutcome>, CompaniesError> {
        let addresses: Vec<String> =
            lines.iter().flatten().map(|person| person.email.expose().to_lowercase()).collect();
        let inside: HashSet<String> =
            store::addresses_inside(conn, company_id, &addresses).await?.into_iter().collect();
        let invited: HashSet<String> =
            store::addresses_invited(conn, company_id, &addresses).await?.into_iter().collect();
        let mut seen = HashSet::new();
        let judged = lines.iter().map(|line| match line {
            Err(outcome) => *outcome,
            Ok(person) => {
                let key = person.email.expose().to_lowercase();
                match wrong_with(person) {
                    Some(outcome) => outcome,
                    None if inside.contains(&key) => "already_member",
                    None if invited.contains(&key) => "already_invited",
                    None if !seen.insert(key) => "repeated",
                    None => "would_invite",
                }
            }
        });
        let outcome = |(line, outcome)| InvitationOutcome { line, outcome, invitation_id: None };
        Ok((1..).zip(judged).map(outcome).collect())
    }

    async fn write(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        company_id: CompanyId,
        person: &NewInvitation,
    ) -> Result<Option<InvitationId>, CompaniesError> {
        let (id, now) = (InvitationId::generate(self.clock().as_ref(), self.entropy().as_ref()), self.now());
        let by = caller.require_person()?;
        let made = store::put_invitation(conn, id, company_id, person, by, (now, now + LIFE)).await?;
        if let Some(id) = made {
            self.record_invitation(conn, caller, "invitation.sent", company_id, id, Some(person.role))
                .await?;
        }
        Ok(made)
    }

    /// Sends an invitation again; its link is a new one, and good as long as the first was.
    pub async fn resend_invitation(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        id: InvitationId,
    ) -> Result<(), CompaniesError> {
        self.change(caller, company_id, id, "invitation.resent").await
    }

    /// Takes an invitation back: its link works no longer.
    pub async fn cancel_invitation(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        id: InvitationId,
    ) -> Result<(), CompaniesError> {
        self.change(caller, company_id, id, "invitation.cancelled").await
    }

    async fn change(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        id: InvitationId,
        action: &'static str,
    ) -> Result<(), CompaniesError> {
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        let until = (action == "invitation.resent").then(|| self.now() + LIFE);
        if !store::change_invitation(&mut tx, company_id, id, until).await? {
            return Err(Denied::NotFound.into());
        }
        bring_invitations_in_tx(&mut tx, &[id]).await?;
        self.record_invitation(&mut tx, caller, action, company_id, id, None).await?;
        Ok(tx.commit().await?)
    }

    async fn record_invitation(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        action: &'static str,
        company_id: CompanyId,
        id: InvitationId,
        role: Option<Role>,
    ) -> Result<(), sqlx::Error> {
        let entry = Entry {
            actor: caller.actor(),
            action,
            subject: Subject { kind: "invitation", id: id.to_string() },
            company_id: Some(company_id.0),
            before: None,
            after: role.map(|role| json!({"role": role})),
            reason: None,
        };
        self.record(conn, caller, &entry).await
    }
}

/// Whoever has come into a company by an invitation and has proven its address becomes what it said. Says whether jobs were
/// queued.
pub async fn accept_invitations_in_tx(
    conn: &mut PgConnection,
    arrived: &[Member],
) -> Result<bool, sqlx::Error> {
    if arrived.is_empty() {
        return Ok(false);
    }
    let admins = store::accept_invitations(conn, arrived).await?;
    for (company_id, user_id) in &admins {
        bring_member_in_tx(conn, *company_id, user_id).await?;
    }
    Ok(!admins.is_empty())
}

/// What keeps somebody from being invited, whoever it is.
fn wrong_with(person: &NewInvitation) -> Option<&'static str> {
    let email = person.email.expose();
    let is_name = |name: &str| name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if email.len() > MAX_EMAIL || !email_address::EmailAddress::is_valid(email) {
        return Some("invalid_email");
    }
    let mut names = [&person.first_name, &person.last_name].into_iter().flatten();
    (!names.all(|name| is_name(name.expose()))).then_some("invalid_name")
}
