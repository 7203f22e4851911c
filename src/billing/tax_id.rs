//! Tax numbers and what can be told of them without asking a register.
//!
//! Indonesia: PMK 112/PMK.03/2022 (16 digits), with PMK 136/2023. Singapore: ACRA's forms of the UEN.
//! The sums are those of python-stdnum (`id.npwp`, `id.nik`, `sg.uen`).
//!
//! Where we sell and know the law, a number that cannot be one is refused. Elsewhere it is kept and said to be unchecked (decision 0031).

use chrono::{DateTime, NaiveDate, Utc};
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

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|sign| sign.to_digit(10)).collect()
}

/// 15 digits become 16 by a leading zero; 16 that begin otherwise are a resident's number.
fn npwp(value: &str, today: NaiveDate) -> Option<(String, CheckMethod)> {
    digits(value)?;
    let old = match value.len() {
        15 => value,
        16 => match value.strip_prefix('0') {
            Some(old) => old,
            None => return is_nik(value, today).then(|| (value.to_owned(), CheckMethod::Format)),
        },
        _ => return None,
    };
    let is_right = luhn(&digits(&old[..9])?);
    is_right.then(|| (format!("0{old}"), CheckMethod::Checksum))
}

/// ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Province, district, date of birth (of women with 40 added to the day), and a running number.
fn is_nik(value: &str, today: NaiveDate) -> bool {
    const PROVINCES: [u32; 38] = [
        11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 31, 32, 33, 34, 35, 36, 51, 52, 53, 61, 62, 63, 64, 65, 71,
        72, 73, 74, 75, 76, 81, 82, 91, 92, 93, 94, 95, 96,
    ];
    if digits(value).is_none_or(|digits| digits.len() != 16) {
        return false;
    }
    let number = |from: usize, to: usize| value[from..to].parse::<u32>().unwrap_or_default();
    let day = if number(6, 8) > 40 { number(6, 8) - 40 } else { number(6, 8) };
    let year = i32::try_from(number(10, 12)).unwrap_or_default();
    let is_born = |century: i32| {
        NaiveDate::from_ymd_opt(century + year, number(8, 10), day).is_some_and(|born| born <= today)
    };
    PROVINCES.contains(&number(0, 2)) && (is_born(1900) || is_born(2000)) && number(12, 16) > 0
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn letter(letters: &str, index: u32) -> Option<char> {
    letters.chars().nth(index as usize)
}

/// The three forms of the UEN: of businesses, of local companies, and of all others.
fn is_uen(value: &str, today: NaiveDate) -> bool {
    let Some(check) = value.chars().last() else { return false };
    let body = &value[..value.len() - 1];
    match (value.len(), digits(body)) {
        (9, Some(digits)) => {
            letter("XMKECAWLJDB", weighted(&digits, &[10, 4, 9, 3, 8, 2, 7, 1]) % 11) == Some(check)
        }
        (10, Some(digits)) => {
            let year = body[..4].parse::<i32>().unwrap_or(i32::MAX);
            year <= chrono::Datelike::year(&today)
                && letter("ZKCMDNERGWH", weighted(&digits, &[10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11) == Some(check)
        }
        (10, None) => is_other_uen(body, check),
        _ => false,
    }
}

fn is_other_uen(body: &str, check: char) -> bool {
    const SIGNS: &str = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    const TYPES: &str = "CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD MH MM MQ NB NR PA PB \
                         PF RF RP SM SS TC TU VH XL";
    let has_form = body.starts_with(['R', 'S', 'T'])
        && digits(&body[1..3]).is_some()
        && TYPES.split(' ').any(|kind| kind == &body[3..5])
        && digits(&body[5..]).is_some();
    let values: Option<Vec<u32>> =
        body.chars().map(|sign| SIGNS.find(sign).and_then(|place| u32::try_from(place).ok())).collect();
    let Some(values) = values.filter(|_| has_form) else { return false };
    // (sum − 5) mod 11, without going below zero.
    letter(SIGNS, (weighted(&values, &[4, 3, 5, 3, 10, 2, 2, 5, 7]) + 6) % 11) == Some(check)
}

/// `M` and 7 to 11 letters and digits: no public text says more.
fn is_gst(value: &str) -> bool {
    value.strip_prefix('M').is_some_and(|rest| (7..=11).contains(&rest.len()))
}

/// One or two letters and 8 to 13 digits (LHDN's forms, such as `C 20880050010`, `IG12345678901`).
fn is_tin(value: &str) -> bool {
    let number = value.trim_start_matches(|sign: char| sign.is_ascii_uppercase());
    let letters = value.len() - number.len();
    (1..=2).contains(&letters) && (8..=13).contains(&number.len()) && digits(number).is_some()
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
            let mut wrong = digits(&right[0]).unwrap();
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
