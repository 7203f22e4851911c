//! What the trail tells of a change: the fields that are different, before and after, masked. The values themselves are kept with
//! the revision, for those who may see the profile.

use serde_json::{Map, Value, json};

use super::{BillingProfile, PartyType, TaxId};
use crate::{
    contacts::{self, Kind},
    platform::masked::masked_name,
};

/// The fields that a change made different, as they were and as they are; with the revision that it made.
pub(super) fn difference(before: &BillingProfile, after: &BillingProfile, revision: i64) -> (Value, Value) {
    let (old, new) = (fields(before), fields(after));
    let is_changed = |name: &&String| old.get(*name) != new.get(*name);
    let changed: Vec<String> = new.keys().filter(is_changed).cloned().collect();
    let shown = |profile: &BillingProfile| {
        let mut shown = masked(profile);
        shown.retain(|name, _| changed.contains(name));
        shown
    };
    let mut now = shown(after);
    now.insert("revision".to_owned(), json!(revision));
    (Value::Object(shown(before)), Value::Object(now))
}

fn fields(profile: &BillingProfile) -> Map<String, Value> {
    match serde_json::to_value(profile) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// The profile without what names a person: unless it is a company or an authority the name, of a number all but its end, of an address all but
/// town and country, of a mailbox all but its domain.
fn masked(profile: &BillingProfile) -> Map<String, Value> {
    let mut shown = fields(profile);
    if !matches!(profile.party_type, Some(PartyType::Company | PartyType::Government)) {
        for (field, name) in [("legal_name", &profile.legal_name), ("trade_name", &profile.trade_name)] {
            shown.insert(field.to_owned(), json!(name.as_deref().map(masked_name)));
        }
    }
    let number = |id: &TaxId| json!({"type": id.kind, "value": id.masked()});
    shown.insert("tax_ids".to_owned(), profile.tax_ids.iter().map(number).collect());
    let address = profile.address.as_ref();
    let address = address.map(|it| json!({"line1": "•••", "city": it.city, "country": it.country}));
    shown.insert("address".to_owned(), json!(address));
    let mailbox = |it: &super::Recipient| json!(contacts::masked(Kind::Email, it.email.expose()));
    shown.insert("recipients".to_owned(), profile.recipients.iter().map(mailbox).collect());
    shown
}
