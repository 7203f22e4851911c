//! Tax numbers and what can be told of them without asking a register.
//!
//! Where we sell and know the law, a number that cannot be one is refused. Elsewhere it is kept and said to be unchecked (decision 0031).

mod forms;

use chrono::{DateTime, NaiveDate, Utc};
use forms::{is_gst, is_nik, is_tin, is_uen, npwp};
use serde::{Deserialize, Serialize};

use crate::platform::masked::Masked;

/// The kinds of number that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TaxIdKind {
    /// Indonesia: the number of a taxpayer, kept with 16 digits; 15 are taken too.
    #[serde(rename = "NPWP16")]
    Npwp,
    /// Indonesia: the number of a resident, which is their tax number.
    #[serde(rename = "NIK")]
    Nik,
    /// Singapore: the number of an entity.
    #[serde(rename = "UEN")]
    Uen,
    /// Singapore: the registration for goods and services tax.
    #[serde(rename = "GST")]
    Gst,
    /// Malaysia: the number of a taxpayer.
    #[serde(rename = "TIN")]
    Tin,
    /// Whatever number another country gives, of whose form we know nothing.
    #[serde(rename = "OTHER")]
    Other,
}

/// How far a number is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxIdStatus {
    /// Nothing of it could be checked: it has no form that we know.
    Unverified,
    /// Its form, or its check digit, is right.
    FormatOk,
    /// A register or a document says so.
    Verified,
    /// A register or a document denies it.
    Rejected,
    /// The register could not be asked.
    Unavailable,
}

/// By what it was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckMethod {
    /// By its form alone.
    Format,
    /// By its check digit.
    Checksum,
    /// In the register.
    Registry,
    /// On paper.
    Document,
    /// By staff.
    Staff,
}

/// A tax number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxId {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: TaxIdKind,
    /// In its one written form, without signs between; a resident's number is personal data.
    pub value: Masked<String>,
    /// How far it is proven.
    pub status: TaxIdStatus,
    /// By what; none when nothing of it could be checked.
    pub method: Option<CheckMethod>,
    /// When.
    pub checked_at: Option<DateTime<Utc>>,
    /// Since when it holds.
    pub valid_from: Option<NaiveDate>,
    /// Until when it holds.
    pub valid_to: Option<NaiveDate>,
}

impl TaxId {
    /// The name of its kind with its country, by which [`TaxIdKind::named`] finds both.
    #[must_use]
    pub fn name(&self) -> String {
        match self.kind {
            TaxIdKind::Other => format!("{}/{}", self.country, self.kind.name()),
            known => known.name().to_owned(),
        }
    }

    /// Whether nobody has looked at it yet: neither a rule of ours, nor a register, nor staff.
    #[must_use]
    pub fn is_unchecked(&self) -> bool {
        self.status == TaxIdStatus::Unverified
    }

    /// The number with all hidden but its end: three signs, and never more than half of them.
    #[must_use]
    pub fn masked(&self) -> String {
        let value = self.value.expose();
        let length = value.chars().count();
        let end: String = value.chars().skip(length - 3.min(length / 2)).collect();
        format!("•••{end}")
    }
}

impl TaxIdKind {
    /// Every kind whose country we know, in the order of the page.
    pub const KNOWN: [Self; 5] = [Self::Npwp, Self::Nik, Self::Uen, Self::Gst, Self::Tin];

    /// The stable name, with the country of those that have one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Npwp => "ID/NPWP",
            Self::Nik => "ID/NIK",
            Self::Uen => "SG/UEN",
            Self::Gst => "SG/GST",
            Self::Tin => "MY/TIN",
            Self::Other => "OTHER",
        }
    }

    /// The kind and the country of a name such as `ID/NPWP`; `AU/OTHER` is a number that Australia gives. Of a country
    /// of which we know a kind there is no other: nobody gets around a check by the name of another kind.
    #[must_use]
    pub fn named(name: &str) -> Option<(Self, String)> {
        let (country, kind) = name.split_once('/')?;
        let known = Self::KNOWN.into_iter().find(|known| known.name() == name);
        let is_other = kind == Self::Other.name() && is_another_country(country);
        Some((known.or(is_other.then_some(Self::Other))?, country.to_owned()))
    }

    /// A number as it is kept, and by what it was checked; none when it cannot be one. A number of a country where we do
    /// not sell may have a form that we do not know: it is kept, and was checked by nothing. `today` bounds years in numbers.
    #[must_use]
    pub fn check(self, typed: &str, today: NaiveDate) -> Option<(String, Option<CheckMethod>)> {
        let value = match self {
            Self::Other => plain(typed, |sign| sign.is_alphanumeric() || sign == '&')?,
            _ => plain(typed, |sign| sign.is_ascii_alphanumeric())?,
        };
        match self {
            Self::Npwp => npwp(&value, today).map(|(value, method)| (value, Some(method))),
            Self::Nik => is_nik(&value, today).then_some((value, Some(CheckMethod::Format))),
            Self::Uen => is_uen(&value, today).then_some((value, Some(CheckMethod::Checksum))),
            Self::Gst if is_uen(&value, today) => Some((value, Some(CheckMethod::Checksum))),
            Self::Gst => is_gst(&value).then_some((value, Some(CheckMethod::Format))),
            Self::Tin if is_tin(&value) => Some((value, Some(CheckMethod::Format))),
            Self::Tin | Self::Other => Some((value, None)),
        }
    }
}

/// Whether these are the two letters of a country (ISO 3166-1 alpha-2, as telephone numbers know them) of which we know no kind.
fn is_another_country(code: &str) -> bool {
    let knows = |kind: TaxIdKind| kind.name().split_once('/').is_some_and(|(country, _)| country == code);
    code.parse::<phonenumber::country::Id>().is_ok() && !TaxIdKind::KNOWN.into_iter().any(knows)
}

/// The longest number as typed, with signs between.
const MAX_TYPED: usize = 40;

/// The letters A to Z in upper case (others may grow by it), without the signs that people put between groups; none when there is another sign in it.
fn plain(typed: &str, is_sign: impl Fn(char) -> bool) -> Option<String> {
    if typed.len() > MAX_TYPED {
        return None;
    }
    let plain: String = typed.chars().filter(|sign| !matches!(sign, ' ' | '.' | '-' | '/')).collect();
    let fits = !plain.is_empty() && plain.chars().all(is_sign);
    fits.then(|| plain.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TaxIdKind::*, *};

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    fn kept(kind: TaxIdKind, typed: &str) -> Option<String> {
        kind.check(typed, today()).map(|(value, _)| value)
    }

    #[test]
    fn numbers_are_understood_as_people_write_them() {
        for (kind, typed, value) in [
            (Npwp, "01.312.166.0-091.000", "0013121660091000"),
            (Npwp, "0013121660091000", "0013121660091000"),
            (Npwp, "3171011708450001", "3171011708450001"),
            (Nik, "3171015708450001", "3171015708450001"),
            (Uen, "00192200M", "00192200M"),
            (Uen, "197401143C", "197401143C"),
            (Uen, "s16fc0121d", "S16FC0121D"),
            (Uen, "T01FC6132D", "T01FC6132D"),
            (Gst, "M90312345A", "M90312345A"),
            (Gst, "M2-1234567-8", "M212345678"),
            (Gst, "197401143C", "197401143C"),
            (Tin, "C 20880050010", "C20880050010"),
            (Tin, "20880050010", "20880050010"),
            (Other, "51 824 753 556", "51824753556"),
            (Other, "Ñ&a-010101-ab1", "Ñ&A010101AB1"),
        ] {
            assert_eq!(kept(kind, typed).as_deref(), Some(value), "{} {typed}", kind.name());
        }
    }

    #[test]
    fn what_cannot_be_a_number_is_refused() {
        for (kind, typed) in [
            (Npwp, "01.312.166.1-091.000"),
            (Npwp, "123"),
            (Npwp, "0013121661091000"),
            (Nik, "3171013208450001"),
            (Nik, "0071011708450001"),
            (Nik, "3171011713450001"),
            (Nik, "3171011708450000"),
            (Uen, "00192200X"),
            (Uen, "197401143D"),
            (Uen, "299901143C"),
            (Uen, "S16ZZ0121D"),
            (Uen, ""),
            (Gst, "X90312345A"),
            (Gst, "１９７４０１１４３C"),
            (Tin, "C２０８８００５００１０"),
            (Other, " - "),
            (Other, "51\n824"),
            (Other, "51824753556518247535565182475355651824753556"),
            (Npwp, "０１３１２１６６００９１０００"),
        ] {
            assert_eq!(kept(kind, typed), None, "{} {typed}", kind.name());
        }
    }

    #[test]
    fn only_what_no_rule_of_ours_knows_is_unchecked() {
        let method = |kind: TaxIdKind, typed| kind.check(typed, today()).and_then(|(_, method)| method);
        assert_eq!(method(Uen, "197401143C"), Some(CheckMethod::Checksum));
        assert_eq!(method(Tin, "C20880050010"), Some(CheckMethod::Format));
        assert_eq!((method(Tin, "20880050010"), method(Other, "51824753556")), (None, None));
    }

    #[test]
    fn a_name_tells_kind_and_country_and_where_we_know_a_kind_there_is_no_other() {
        let named = |name| TaxIdKind::named(name).map(|(kind, country)| (kind, country.len()));
        for known in TaxIdKind::KNOWN {
            assert_eq!(named(known.name()), Some((known, 2)));
        }
        assert_eq!(named("AU/OTHER"), Some((Other, 2)));
        for name in [
            "ID/OTHER",
            "SG/OTHER",
            "MY/OTHER",
            "au/OTHER",
            "QQ/OTHER",
            "/OTHER",
            "OTHER",
            "AU/VAT",
            "AUS/OTHER",
        ] {
            assert_eq!(named(name), None, "{name}");
        }
    }

    #[test]
    fn of_a_number_its_end_remains_and_never_more_than_half() {
        let masked = |value: &str| {
            let value = Masked::new(value.to_owned());
            let country = "AU".to_owned();
            let (kind, status) = (Other, TaxIdStatus::Unverified);
            TaxId {
                country,
                kind,
                value,
                status,
                method: None,
                checked_at: None,
                valid_from: None,
                valid_to: None,
            }
            .masked()
        };
        assert_eq!(
            (masked("51824753556"), masked("AB1"), masked("7")),
            ("•••556".into(), "•••1".into(), "•••".into())
        );
    }

    proptest! {
        #[test]
        fn no_input_panics_and_the_kept_form_is_stable(typed in "\\PC{0,24}|[0-9A-Z. -]{0,24}") {
            for kind in TaxIdKind::KNOWN.into_iter().chain([Other]) {
                if let Some(once) = kept(kind, &typed) {
                    prop_assert_eq!(kept(kind, &once), Some(once));
                }
            }
        }

        #[test]
        fn a_mistyped_digit_of_a_number_with_a_check_is_found(serial in 0_u64..100_000_000, place in 0_usize..9, by in 1_u32..10) {
            let body = format!("{serial:08}");
            let right: Vec<String> = (0..10)
                .map(|check| format!("{body}{check}091000"))
                .filter(|number| kept(Npwp, number).is_some())
                .collect();
            prop_assert_eq!(right.len(), 1, "exactly one check digit is right");
            let mut wrong = forms::digits(&right[0]).unwrap();
            wrong[place] = (wrong[place] + by) % 10;
            let wrong: String = wrong.iter().map(ToString::to_string).collect();
            prop_assert_eq!(kept(Npwp, &wrong), None);
        }

        #[test]
        fn each_company_number_has_one_check_letter(year in 1900_u32..2027, serial in 0_u32..100_000) {
            let right = ('A'..='Z').filter(|check| kept(Uen, &format!("{year}{serial:05}{check}")).is_some());
            prop_assert_eq!(right.count(), 1);
        }

        #[test]
        fn each_business_number_has_one_check_letter(serial in 0_u32..100_000_000) {
            let right = ('A'..='Z').filter(|check| kept(Uen, &format!("{serial:08}{check}")).is_some());
            prop_assert_eq!(right.count(), 1);
        }
    }
}
