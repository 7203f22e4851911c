//! What a contact is for, to be chosen.

use std::collections::BTreeSet;

use crate::{
    contacts::Purpose,
    portal::{Fields, words},
};

/// The purpose in the person's language.
pub(super) fn purpose_name(purpose: Purpose, words: &'static words::Contacts) -> &'static str {
    match purpose {
        Purpose::Login => words.login,
        Purpose::SecondFactor => words.second_factor,
        Purpose::Billing => words.billing,
        Purpose::Notice => words.notice,
        Purpose::Technical => words.technical,
        Purpose::Security => words.security,
    }
}

/// A purpose to choose.
pub(super) struct Choice {
    pub value: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub is_chosen: bool,
}

/// The purposes to choose from.
pub(super) fn choices(chosen: &BTreeSet<Purpose>, words: &'static words::Contacts) -> Vec<Choice> {
    let choice = |purpose: Purpose| Choice {
        value: purpose.name(),
        label: purpose_name(purpose, words),
        help: match purpose {
            Purpose::Billing => words.billing_help,
            Purpose::Technical => words.technical_help,
            _ => words.security_help,
        },
        is_chosen: chosen.contains(&purpose),
    };
    Purpose::CHOICES.into_iter().map(choice).collect()
}

/// Those that were chosen in a form.
pub(super) fn chosen_in(fields: &Fields) -> BTreeSet<Purpose> {
    let is_chosen = |purpose: &Purpose| fields.all("purposes").any(|name| name == purpose.name());
    Purpose::CHOICES.into_iter().filter(is_chosen).collect()
}
