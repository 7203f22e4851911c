//! Which lists other systems read: in the trail once a day for each list and system, not once a person (decision 0032).

use serde_json::json;
use uuid::Uuid;

use super::{Access, Caller, Who, store};
use crate::audit::{Entry, Subject};

/// A list that was answered.
#[derive(Debug, Clone, Copy)]
pub struct ListRead<'a> {
    /// Its path with `{parameters}`: never an id, nor what was searched for.
    pub list: &'a str,
    /// Whose list it is.
    pub company_id: Option<Uuid>,
    /// How many entries the answer has; none when it is sent as it is read, uncounted.
    pub entries: Option<i64>,
}

impl Access {
    /// Notes that a system has got a list. The first time each day the trail says so, with how many entries the answer had, and how many
    /// calls and entries there were on the day before that. People are not noted like that: their deeds are.
    ///
    /// # Errors
    /// When the database does not do its part: then the list must not be sent.
    pub async fn note_list(&self, caller: &Caller, read: ListRead<'_>) -> Result<(), sqlx::Error> {
        let Who::System { client_id } = &caller.who else { return Ok(()) };
        let today = self.clock().now().date_naive();
        let mut tx = self.pool().begin().await?;
        if let Some(day_before) = store::note_list(&mut tx, client_id, &read, today).await? {
            let entry = Entry {
                actor: caller.actor(),
                action: "list.read",
                subject: Subject { kind: "list", id: read.list.to_owned() },
                company_id: read.company_id,
                before: Some(day_before).filter(|day| !day.is_null()),
                after: Some(json!({"entries": read.entries})),
                reason: None,
            };
            self.write(&mut tx, caller, &entry).await?;
        }
        tx.commit().await
    }
}
