//! How those who did something are called to whoever reads of it: people of their own company by name, staff by none.

use std::collections::{HashMap, HashSet};

use super::{Portal, Visitor, words};
use crate::{
    audit::{self, Recorded},
    companies, directory,
};

/// How the people of some entries are known to a visitor.
pub(super) struct Known {
    words: &'static words::Company,
    own_id: String,
    /// The names of those who are in the visitor's company now: others stay unnamed.
    names: HashMap<String, String>,
    /// Who is no longer in it and was.
    former: HashSet<String>,
}

impl Known {
    /// As far as these entries name people.
    pub async fn of(portal: &Portal, visitor: &Visitor, entries: &[Recorded]) -> Result<Self, sqlx::Error> {
        let mut known = Self {
            words: words::Company::of(visitor.language),
            own_id: visitor.person.user_id.clone(),
            names: HashMap::new(),
            former: HashSet::new(),
        };
        let Ok(own) = visitor.company_id() else { return Ok(known) };
        let actors = entries.iter().filter_map(|entry| entry.actor_id.clone());
        let subjects =
            entries.iter().filter(|it| it.subject_kind == "person").map(|it| it.subject_id.clone());
        let mut ids: Vec<String> = actors.chain(subjects).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut conn = portal.pool().acquire().await?;
        let companies = companies::companies_of_people(&mut conn, &ids).await?;
        let is_in_it = |id: &String| companies.get(id).is_some_and(|(company, _)| company.company_id == own);
        let (inside, outside): (Vec<String>, Vec<String>) = ids.into_iter().partition(is_in_it);
        let people = directory::people_by_id(&mut conn, &inside).await?;
        let name = |person: directory::PersonRow| {
            let names = [&person.first_name, &person.last_name].into_iter().flatten();
            let name = names.map(|name| name.expose().trim()).collect::<Vec<_>>().join(" ");
            (person.user_id, name.trim().to_owned())
        };
        known.names = people.into_iter().map(name).filter(|(_, name)| !name.is_empty()).collect();
        known.former = audit::store::people_of_company(&mut conn, own.0, &outside).await?;
        Ok(known)
    }

    /// Somebody of the visitor's company, now or before; none for everybody else.
    pub fn called(&self, id: &str) -> Option<String> {
        let former = || self.former.contains(id).then(|| self.words.former.to_owned());
        self.names.get(id).cloned().or_else(former)
    }

    /// Who did it.
    pub fn who(&self, entry: &Recorded) -> String {
        let actor = entry.actor_id.as_deref().unwrap_or_default();
        match entry.actor_kind.as_str() {
            "person" if actor == self.own_id => self.words.you.to_owned(),
            // Staff are named to nobody outside.
            "person" | "operator" => self.called(actor).unwrap_or_else(|| self.words.staff.to_owned()),
            "system" => self.words.system.to_owned(),
            _ => self.words.service.to_owned(),
        }
    }
}
