//! Staff start a reset of the password of a person's cloud account.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{person::again, reason_of};
use crate::{
    companies::administration::Reason,
    passwords::{NotStarted, Starter},
    portal::{
        NoPage, Portal, Submission, Visitor, cloud,
        page::{note, see},
        words,
    },
};

const FIELD: &str = "cloud_reason";

/// Whether a person's cloud account has a password of its own: none where they sign in by Keycloak.
pub(super) fn is_kept(portal: &Portal, user_id: &str) -> bool {
    portal.cloud().is_some_and(|rooms| !rooms.openstack.knows_by_federation(Some(user_id)))
}

/// Sends the link to the address on file, for a reason.
pub async fn send(State(portal): State<Portal>, Path(user_id): Path<String>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(&portal, &visitor, &user_id, FIELD, expected).await,
    };
    match started(&portal, &visitor, &user_id, &reason).await {
        Ok(()) => see(&format!("/backoffice/people/{user_id}?done=resent")),
        Err(Ok(expected)) => again(&portal, &visitor, &user_id, FIELD, expected).await,
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}

/// Does it; else what to tell, or that there is no page.
async fn started(
    portal: &Portal,
    visitor: &Visitor,
    user_id: &str,
    reason: &Reason,
) -> Result<(), Result<&'static str, NoPage>> {
    let words = words::BackOffice::of(visitor.language);
    let passwords = &cloud::rooms(portal).map_err(Err)?.passwords;
    let starter = Starter::staff(&visitor.caller, reason).map_err(|_| Err(NoPage::NotFound))?;
    passwords.start_reset_of_person(user_id, &starter).await.map_err(|not_started| match not_started {
        NotStarted::Denied(_) => Err(NoPage::NotFound),
        NotStarted::NoAccount | NotStarted::Several | NotStarted::NoAddress => Ok(words.no_cloud_account),
        NotStarted::NotAsked => Ok(words.reset_not_asked),
        NotStarted::Refused(_) | NotStarted::OpenStack(_) => Ok(words.cloud_away),
        NotStarted::Database(error) => {
            note(&error);
            Err(NoPage::Failed)
        }
    })
}
