//! Tax numbers and what can be told of them without asking a register.
//!
//! Indonesia: PMK 112/PMK.03/2022 (16 digits), with PMK 136/2023. Singapore: ACRA's forms of the UEN.
//! The sums are those of python-stdnum (`id.npwp`, `id.nik`, `sg.uen`).

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
}

/// How far a number is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxIdStatus {
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
    /// By what.
    pub method: CheckMethod,
    /// When.
    pub checked_at: DateTime<Utc>,
    /// Since when it holds.
    pub valid_from: Option<NaiveDate>,
    /// Until when it holds.
    pub valid_to: Option<NaiveDate>,
}

impl TaxIdKind {
    /// Every kind, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Npwp, Self::Nik, Self::Uen, Self::Gst, Self::Tin];

    /// The stable name, with its country.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Npwp => "ID/NPWP",
            Self::Nik => "ID/NIK",
            Self::Uen => "SG/UEN",
            Self::Gst => "SG/GST",
            Self::Tin => "MY/TIN",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(self) -> &'static str {
        &self.name()[..2]
    }

    /// A number as it is kept, and by what it was checked; none when it cannot be one.
    /// `today` bounds years in numbers.
    #[must_use]
    pub fn check(self, typed: &str, today: NaiveDate) -> Option<(String, CheckMethod)> {
        let value = plain(typed)?;
        match self {
            Self::Npwp => npwp(&value, today),
            Self::Nik => is_nik(&value, today).then_some((value, CheckMethod::Format)),
            Self::Uen => is_uen(&value, today).then_some((value, CheckMethod::Checksum)),
            Self::Gst if is_uen(&value, today) => Some((value, CheckMethod::Checksum)),
            Self::Gst => is_gst(&value).then_some((value, CheckMethod::Format)),
            Self::Tin => is_tin(&value).then_some((value, CheckMethod::Format)),
        }
    }
}

/// The longest number as typed, with signs between.
const MAX_TYPED: usize = 40;

/// Upper case, without the signs that people put between groups.
fn plain(typed: &str) -> Option<String> {
    if typed.len() > MAX_TYPED {
        return None;
    }
    let plain: String = typed.chars().filter(|sign| !matches!(sign, ' ' | '.' | '-' | '/')).collect();
    let fits = !plain.is_empty() && plain.chars().all(|sign| sign.is_ascii_alphanumeric());
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
            (Tin, "20880050010"),
            (Tin, "ABC20880050010"),
            (Npwp, "０１３１２１６６００９１０００"),
        ] {
            assert_eq!(kept(kind, typed), None, "{} {typed}", kind.name());
        }
    }

    proptest! {
        #[test]
        fn no_input_panics_and_the_kept_form_is_stable(typed in "\\PC{0,24}|[0-9A-Z. -]{0,24}") {
            for kind in TaxIdKind::ALL {
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
