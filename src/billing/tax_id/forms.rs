//! The forms that we know: what a number that a country gives looks like, and its check digits.
//!
//! Indonesia: PMK 112/PMK.03/2022 (16 digits), with PMK 136/2023. Singapore: ACRA's forms of the UEN.
//! The sums are those of python-stdnum (`id.npwp`, `id.nik`, `sg.uen`).

use chrono::NaiveDate;

use super::CheckMethod;

pub(super) fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|sign| sign.to_digit(10)).collect()
}

/// 15 digits become 16 by a leading zero; 16 that begin otherwise are a resident's number.
pub(super) fn npwp(value: &str, today: NaiveDate) -> Option<(String, CheckMethod)> {
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
pub(super) fn is_nik(value: &str, today: NaiveDate) -> bool {
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
pub(super) fn is_uen(value: &str, today: NaiveDate) -> bool {
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
pub(super) fn is_gst(value: &str) -> bool {
    value.strip_prefix('M').is_some_and(|rest| (7..=11).contains(&rest.len()))
}

/// One or two letters and 8 to 13 digits (LHDN's forms, such as `C 20880050010`, `IG12345678901`).
pub(super) fn is_tin(value: &str) -> bool {
    let number = value.trim_start_matches(|sign: char| sign.is_ascii_uppercase());
    let letters = value.len() - number.len();
    (1..=2).contains(&letters) && (8..=13).contains(&number.len()) && digits(number).is_some()
}
