//! Codes in forms: how they are typed, and why one is refused.

use super::{
    Fields,
    words::{self, fill},
};
use crate::{otp::Refusal, platform::masked::Masked};

/// The longest code that is looked at, in characters.
const MAX_CODE: usize = 32;

/// The code of a form. Spaces are how people read one out; everything else is for the rule to judge.
pub fn typed_code(fields: &Fields) -> Masked<String> {
    let signs = fields.text("code").chars().filter(|sign| !sign.is_whitespace());
    Masked::new(signs.take(MAX_CODE).collect())
}

/// Why no code was sent, or one was not taken.
pub fn refused(refusal: &Refusal, words: &'static words::Contacts, is_phone: bool) -> String {
    match refusal {
        Refusal::CodeWrong { attempts_left } => fill(words.code_wrong, attempts_left),
        Refusal::Locked => words.code_locked.to_owned(),
        Refusal::TooSoon { wait } | Refusal::RateLimited { wait, .. } => {
            fill(words.code_later, wait.as_secs() + 1)
        }
        Refusal::DestinationInvalid(_) if is_phone => words.phone_expected.to_owned(),
        Refusal::DestinationInvalid(_) => words.email_expected.to_owned(),
        Refusal::DeliveryUnavailable => words.not_sent.to_owned(),
        _ => words.code_over.to_owned(),
    }
}
