//! Staff's hands on single factors.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::person::again;
use crate::{
    otp::{FactorId, FactorName, FactorRecord, OtpError, Refusal, Reset, StaffAct},
    portal::{
        NoPage, Portal, Submission, Visitor,
        company::form::Choice,
        page::see,
        words::{self, fill},
    },
};

/// A factor on record, masked.
pub(super) struct FactorRow {
    pub channel: &'static str,
    pub hint: String,
    pub tags: Vec<String>,
    pub href: String,
    pub field: String,
    pub is_live: bool,
}

/// What can be done about a factor.
pub(super) fn deeds(words: &'static words::BackOffice) -> [Choice; 5] {
    let choice = |value, label| Choice { value, label };
    [
        choice("unlock", words.unlock),
        choice("lock", words.lock),
        choice("disable", words.disable),
        choice("enable", words.enable),
        choice("reset", words.reset),
    ]
}

/// The factors of a person, the live ones first.
pub(super) async fn factors_of(
    portal: &Portal,
    visitor: &Visitor,
    user_id: &str,
) -> Result<Vec<FactorRow>, NoPage> {
    let records = portal.otp().factors_on_record(&visitor.caller.realm, user_id).await?;
    Ok(records.into_iter().map(|record| row(record, visitor, user_id)).collect())
}

fn row(record: FactorRecord, visitor: &Visitor, user_id: &str) -> FactorRow {
    let words = words::BackOffice::of(visitor.language);
    let told = |is_so: bool, word: &str| is_so.then(|| word.to_owned());
    let tags = [
        told(record.is_primary, words.primary),
        told(record.locked_at.is_some(), words.locked),
        told(record.disabled_at.is_some(), words.factor_disabled),
        told(record.ended_at.is_some(), words.ended),
        (record.failures > 0).then(|| fill(words.wrong_codes, record.failures)),
    ];
    FactorRow {
        channel: record.channel.name(),
        hint: record.hint,
        tags: tags.into_iter().flatten().collect(),
        href: format!("/backoffice/people/{user_id}/factors/{}", record.id),
        field: format!("factor-{}", record.id),
        is_live: record.ended_at.is_none(),
    }
}

/// Does what was chosen, with a reason.
pub async fn act(
    State(portal): State<Portal>,
    Path((user_id, id)): Path<(String, FactorId)>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let words = words::BackOffice::of(visitor.language);
    let caller = &visitor.caller;
    let reason = fields.text("reason");
    let Ok(act) = StaffAct::new(caller.actor(), caller.origin.clone(), reason) else {
        let expected = words::Layout::of(visitor.language).reason_expected;
        return again(&portal, &visitor, &user_id, "factors", expected).await;
    };
    let (otp, factor) = (portal.otp(), FactorName { realm: &caller.realm, user_id: &user_id, id });
    let acted = match fields.text("deed") {
        "unlock" => otp.unlock_factor(factor, &act).await.map(|()| "done"),
        "lock" => otp.lock_factor(factor, &act).await.map(|()| "done"),
        "disable" => otp.disable_factor(factor, &act).await.map(|()| "done"),
        "enable" => otp.enable_factor(factor, &act).await.map(|()| "done"),
        "reset" => otp.reset_factor(factor, &act).await.map(|reset| match reset {
            Reset::Asked => "asked",
            Reset::Done => "done",
        }),
        _ => Err(OtpError::Refused(Refusal::UnknownFactor)),
    };
    match acted {
        Ok(word) => see(&format!("/backoffice/people/{user_id}?done={word}")),
        Err(OtpError::Database(error)) => visitor.failed(&error),
        Err(OtpError::Refused(Refusal::UnknownFactor)) => NoPage::NotFound.show(visitor.language),
        Err(OtpError::Refused(_)) => again(&portal, &visitor, &user_id, "factors", words.not_acted).await,
    }
}
