//! What staff look for, find and decide.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{access::Denied, companies::administration::CompaniesError, platform::masked::Masked};

crate::typed_id! {
    /// A note.
    NoteId
}
crate::typed_id! {
    /// Something that waits for a second pair of eyes.
    ApprovalId
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Exactly this address.
    Email(Masked<String>),
    /// Exactly this number, in E.164.
    Phone(Masked<String>),
    /// This id.
    Id(String),
    /// This tax number, as it is kept: letters and digits.
    TaxId(Masked<String>),
    /// Names with words that begin so: of no sign of ASCII but letters and digits.
    Name(Masked<Vec<String>>),
}

/// A text with as many digits, and no blank in it, is a tax number.
const TAX_ID_DIGITS: usize = 6;
/// So many words of a name are looked for.
const MAX_WORDS: usize = 8;

impl Query {
    /// What a text means: an address has an `@`, a number begins with `+`, an id is a UUID, a tax number has
    /// many digits and no blank, and the rest is a name. None when nothing is left to look for.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains('@') {
            return Some(Self::Email(Masked::new(text.to_lowercase())));
        }
        if let Some(number) = text.strip_prefix('+') {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            return (!digits.is_empty()).then(|| Self::Phone(Masked::new(format!("+{digits}"))));
        }
        if Uuid::parse_str(text).is_ok() {
            return Some(Self::Id(text.to_lowercase()));
        }
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if digits >= TAX_ID_DIGITS && !text.contains(char::is_whitespace) {
            let kept = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
            return Some(Self::TaxId(Masked::new(kept.collect())));
        }
        // Without the signs that mean something to the search: all are ASCII. What is not may belong to a word, like the
        // vowels of Tamil and Thai, and is read as it was when the name was.
        let parts = text.split(|c: char| c.is_whitespace() || (c.is_ascii() && !c.is_ascii_alphanumeric()));
        let words = parts.filter(|part| part.contains(char::is_alphanumeric)).take(MAX_WORDS);
        let words: Vec<String> = words.map(str::to_owned).collect();
        (!words.is_empty()).then(|| Self::Name(Masked::new(words)))
    }
}

/// A person that was found, masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundPerson {
    /// Keycloak's id.
    pub user_id: String,
    /// The name, masked.
    pub name: String,
    /// The login e-mail address, masked.
    pub email: String,
    /// Whether they may sign in.
    pub enabled: bool,
}

/// A company that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub struct FoundCompany {
    /// Its id.
    pub company_id: Uuid,
    /// Its name.
    pub name: String,
    /// `pending`, `active`, `disabled` or `suspended`.
    pub status: String,
}

/// A company that a person is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub struct Membership {
    /// The company.
    pub company_id: Uuid,
    /// Its name.
    pub name: String,
    /// `admin` or `user`.
    pub role: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactShown {
    /// `email` or `phone`.
    pub kind: String,
    /// The address, masked for staff who have not asked.
    pub value: String,
    /// What it is for.
    pub purposes: Vec<String>,
    /// Whether it is the first of its kind.
    pub primary: bool,
    /// When it was proven.
    pub verified_at: Option<DateTime<Utc>>,
}

/// Everything about a person that the caller may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Extended {
    /// Keycloak's id.
    pub user_id: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The login e-mail address.
    pub email: Option<String>,
    /// Whether it is proven.
    pub email_verified: bool,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// Whether they may sign in.
    pub enabled: bool,
    /// Kinds of second factors: `sms`, `email`, `totp`, `passkey`.
    pub second_factors: Vec<String>,
    /// Ways to reach them.
    pub contacts: Vec<ContactShown>,
    /// The companies they are in, as far as the caller may know.
    pub companies: Vec<Membership>,
    /// Whether personal data is masked.
    pub masked: bool,
    /// When Keycloak made them.
    pub created_at: Option<DateTime<Utc>>,
}

/// What staff wrote down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub struct Note {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub note_id: NoteId,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: DateTime<Utc>,
}

/// Work that nobody gets done, until somebody looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub struct ParkedJob {
    /// What kind of work.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A record of Kafka that could not be read. Its bytes are not shown: they may hold anything.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ParkedRecord {
    /// From which topic.
    pub topic: String,
    /// Of which partition.
    pub partition: i32,
    /// At which offset.
    pub offset: i64,
    /// Why.
    pub reason: String,
    /// When it was put aside.
    pub parked_at: DateTime<Utc>,
}

/// A session of the pages. Keycloak has more: of applications that are not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct SessionSeen {
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
}

/// A message to a person, without its text.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct MessageSent {
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// `code.login`, …, or the kind of the notice.
    pub kind: String,
    /// `sms` or `email`.
    pub channel: String,
    /// `queued`, `sending`, `sent`, `delivered`, `failed` or `unknown`.
    pub fate: String,
}

/// What needs a second pair of eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalKind {
    /// Taking every second factor from a person.
    FactorReset,
    /// Making a person admin of a company.
    OwnerChange(Uuid),
}

/// Something that waits for a second pair of eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub struct Approval {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub approval_id: ApprovalId,
    /// `factor_reset` or `owner_change`.
    pub kind: String,
    /// The person it is about.
    pub user_id: String,
    /// The company, for a change of owner.
    pub company_id: Option<Uuid>,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub asked_by: String,
    /// When.
    pub asked_at: DateTime<Utc>,
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum BackOfficeError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Who asks does not decide.
    #[error("a second pair of eyes is needed")]
    SameEyes,
    /// The same waits for a decision already.
    #[error("asked already")]
    AskedAlready,
    /// A value is not as it must be: the field, and what is expected.
    #[error("{0}: expected {1}")]
    Invalid(&'static str, &'static str),
    /// A rule of companies.
    #[error(transparent)]
    Companies(#[from] CompaniesError),
    /// The database did not do its part.
    #[error("the database did not do its part")]
    Database(#[from] sqlx::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_itself_what_it_is() {
        let masked = |text: &str| Masked::new(text.to_owned());
        let named =
            |words: &[&str]| Query::Name(Masked::new(words.iter().map(ToString::to_string).collect()));
        assert_eq!(Query::of(" Siti@Example.com "), Some(Query::Email(masked("siti@example.com"))));
        assert_eq!(Query::of("+62 812-3456"), Some(Query::Phone(masked("+628123456"))));
        assert_eq!(Query::of("Siti & | ! 'Contoh"), Some(named(&["Siti", "Contoh"])));
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(Query::of(id), Some(Query::Id(id.to_owned())));
        assert_eq!(Query::of("01.312.166.0-091.000"), Some(Query::TaxId(masked("013121660091000"))));
        assert_eq!(Query::of("201912345k"), Some(Query::TaxId(masked("201912345K"))));
        assert_eq!(Query::of("PT 2019 Awan"), Some(named(&["PT", "2019", "Awan"])));
        assert_eq!(
            Query::of("O’Brien · தமிழ்ச்செல்வி\u{3000}王"),
            Some(named(&["O’Brien", "தமிழ்ச்செல்வி", "王"]))
        );
        assert_eq!(Query::of(&"a ".repeat(9)), Some(named(&["a"; MAX_WORDS])));
        for nothing in ["", "  ", "&|!", "+", "’ ·"] {
            assert_eq!(Query::of(nothing), None, "{nothing}");
        }
    }
}
