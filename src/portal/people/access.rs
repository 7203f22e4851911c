//! Finer permissions: given for as long as needed, and taken away.

use axum::{
    extract::{Path, State},
    response::Response,
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::person::again;
use crate::{
    access::{
        AccessError, Denied, GrantId, Held, Holder, Level, NewGrant, Permission, Power, Scope, Source, Target,
    },
    companies::CompanyId,
    portal::{
        NoPage, Portal, Submission, Visitor,
        company::form::Choice,
        page::{note, see},
        words::{self, fill},
    },
};

/// A grant in the list.
pub(super) struct GrantRow {
    pub what: &'static str,
    pub until: Option<String>,
    pub href: String,
    pub revoke: String,
}

/// What a visitor can give.
pub(super) struct Powers {
    /// For the form.
    pub choices: Vec<Choice>,
    /// The same, in the same order.
    pub powers: Vec<Power>,
}

/// Roles and permissions of a company, as far as the visitor holds them.
pub(super) fn powers(visitor: &Visitor, company_id: CompanyId) -> Powers {
    let (words, names) = (words::People::of(visitor.language), words::Permissions::of(visitor.language));
    let place = Target::Company(company_id.0);
    let roles = [(Level::View, words.view_role), (Level::Manage, words.manage_role)];
    let roles = roles.into_iter().map(|(level, label)| (level.name(), label, Power::Role(level)));
    let direct = Permission::ALL.iter().filter(|permission| permission.scope() <= Scope::Customer);
    let direct = direct.map(|it| (it.name(), names.name(*it), Power::Direct(*it)));
    let (choices, powers) = roles
        .chain(direct)
        .filter(|(_, _, power)| visitor.caller.holds_all(*power, place))
        .map(|(value, label, power)| (Choice { value, label }, power))
        .unzip();
    Powers { choices, powers }
}

/// The grants among what somebody holds.
pub(super) fn rows(held: &[Held], visitor: &Visitor) -> Vec<GrantRow> {
    let words = words::People::of(visitor.language);
    let row = |held: &Held| {
        let Source::Grant { grant_id, .. } = &held.source else { return None };
        let what = name_of(held.power, visitor);
        Some(GrantRow {
            what,
            until: held.ends_at.map(|at| fill(words.until, visitor.time(at))),
            href: format!("grants/{grant_id}/revoke"),
            revoke: fill(words.revoke_what, what),
        })
    };
    held.iter().filter_map(row).collect()
}

/// By which decision something is held.
pub(super) fn because(held: &Held, visitor: &Visitor) -> String {
    let words = words::People::of(visitor.language);
    match &held.source {
        Source::Grant { .. } => {
            let granted = fill(words.by_grant, name_of(held.power, visitor));
            match held.ends_at {
                Some(end) => format!("{granted}, {}", fill(words.until, visitor.time(end))),
                None => granted,
            }
        }
        Source::CompanyAdmin | Source::RealmRole => words.by_admin.to_owned(),
    }
}

fn name_of(power: Power, visitor: &Visitor) -> &'static str {
    let words = words::People::of(visitor.language);
    match power {
        Power::Role(Level::View) => words.view_role,
        Power::Role(Level::Manage) => words.manage_role,
        Power::Role(Level::Admin | Level::Super) => words.admin_role,
        Power::Staff(role) => role.name(),
        Power::Direct(permission) => words::Permissions::of(visitor.language).name(permission),
    }
}

/// That there is no page, for an error that leaves none.
pub(super) fn no_page(error: AccessError) -> NoPage {
    match error {
        AccessError::Database(error) => {
            note(&error);
            NoPage::Failed
        }
        _ => NoPage::NotFound,
    }
}

/// The end of a day, in the world's time; none when the text is no day.
fn end_of(text: &str) -> Option<DateTime<Utc>> {
    let day = text.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(1))?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

/// Gives somebody a role or a permission.
pub async fn grant(State(portal): State<Portal>, Path(user_id): Path<String>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let words = words::People::of(visitor.language);
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let Powers { choices, powers } = powers(&visitor, company_id);
    let chosen = choices.iter().position(|choice| choice.value == fields.text("power"));
    let Some(power) = chosen.and_then(|at| powers.get(at)) else {
        return again(&portal, &visitor, &user_id, "power", words.not_granted.to_owned()).await;
    };
    let until = fields.text("until");
    let ends_at = end_of(until);
    if !until.is_empty() && ends_at.is_none() {
        return again(&portal, &visitor, &user_id, "until", words.until_day_expected.to_owned()).await;
    }
    let new = NewGrant {
        holder: Holder::Person(user_id.clone()),
        power: *power,
        place: Target::Company(company_id.0),
        ends_at,
        reason: None,
    };
    match portal.access().grant(&visitor.caller, &new).await {
        Ok(_) => see(&format!("/company/people/{user_id}?done=granted")),
        Err(AccessError::Over) => {
            again(&portal, &visitor, &user_id, "until", words.until_day_expected.to_owned()).await
        }
        Err(AccessError::Longer) => {
            again(&portal, &visitor, &user_id, "until", words.until_held_expected.to_owned()).await
        }
        Err(AccessError::Denied(Denied::Forbidden)) => {
            again(&portal, &visitor, &user_id, "power", words.not_granted.to_owned()).await
        }
        Err(error) => no_page(error).show(visitor.language),
    }
}

/// Takes it away.
pub async fn revoke(
    State(portal): State<Portal>,
    Path((user_id, grant_id)): Path<(String, GrantId)>,
    form: Submission,
) -> Response {
    let visitor = form.visitor;
    let words = words::People::of(visitor.language);
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.access().revoke(&visitor.caller, Some(company_id.0), grant_id, None).await {
        Ok(()) => see(&format!("/company/people/{user_id}?done=revoked")),
        Err(AccessError::Denied(Denied::Forbidden)) => {
            again(&portal, &visitor, &user_id, "power", words.not_granted.to_owned()).await
        }
        Err(error) => no_page(error).show(visitor.language),
    }
}
