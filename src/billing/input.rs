//! What people type, and what is wrong with it, field by field.

use chrono::{DateTime, NaiveDate, Utc};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    Address, BillingProfile, PartyType, PaymentMethod, PaymentTerms, PurchaseOrder, TaxId, TaxIdKind,
    TaxIdStatus,
};
use crate::platform::masked::Masked;

/// The most tax numbers of a company.
pub const MAX_TAX_IDS: usize = 3;
/// The most order numbers of a company.
pub const MAX_ORDERS: usize = 3;
/// ISO 4217: what we invoice in.
pub const CURRENCIES: [&str; 4] = ["IDR", "SGD", "MYR", "USD"];
/// ISO 3166-1 alpha-2: where our customers are.
pub const COUNTRIES: [&str; 3] = ["ID", "SG", "MY"];
/// The zones of these countries, and UTC (IANA).
pub const TIME_ZONES: [&str; 7] = [
    "Asia/Jakarta",
    "Asia/Makassar",
    "Asia/Jayapura",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "Asia/Kuching",
    "UTC",
];
/// BCP 47: the languages of invoices.
pub const LOCALES: [&str; 4] = ["id-ID", "en-SG", "zh-Hans-SG", "ms-MY"];
/// ISO 3166-2:ID, with the provinces of 2022.
pub const PROVINCES: [&str; 38] = [
    "ID-AC", "ID-BA", "ID-BB", "ID-BE", "ID-BT", "ID-GO", "ID-JA", "ID-JB", "ID-JI", "ID-JK", "ID-JT",
    "ID-KB", "ID-KI", "ID-KR", "ID-KS", "ID-KT", "ID-KU", "ID-LA", "ID-MA", "ID-MU", "ID-NB", "ID-NT",
    "ID-PA", "ID-PB", "ID-PD", "ID-PE", "ID-PS", "ID-PT", "ID-RI", "ID-SA", "ID-SB", "ID-SG", "ID-SN",
    "ID-SR", "ID-SS", "ID-ST", "ID-SU", "ID-YO",
];

/// The form as it was typed; an empty text says that nothing is told.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the fields of the profile, as text")]
pub struct BillingInput {
    pub party_type: String,
    pub legal_name: String,
    pub trade_name: String,
    pub tax_ids: Vec<(String, String)>,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub district: String,
    pub subdivision: String,
    pub postal_code: String,
    pub country: String,
    pub currency: String,
    pub locale: String,
    pub time_zone: String,
    pub net_days: String,
    pub method: String,
    pub end_of_month: bool,
    pub orders: Vec<(String, String, String)>,
}

/// Names, addresses and numbers of people are typed here: nothing of it is printed.
impl std::fmt::Debug for BillingInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BillingInput(***)")
    }
}

/// A field that is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the profile")]
pub enum BillingField {
    PartyType,
    LegalName,
    TradeName,
    TaxId(usize),
    /// Of a number of another country.
    TaxCountry(usize),
    Line1,
    Line2,
    City,
    District,
    Subdivision,
    PostalCode,
    Country,
    Currency,
    /// Something was invoiced in the old one.
    CurrencyLocked,
    Locale,
    TimeZone,
    NetDays,
    Method,
    Order(usize),
}

impl BillingInput {
    /// What is typed takes the place of what `held` says; what only staff set stays.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn apply(
        &self,
        held: &BillingProfile,
        now: DateTime<Utc>,
    ) -> Result<BillingProfile, Vec<BillingField>> {
        let mut wrong = Wrong::default();
        let profile = BillingProfile {
            party_type: wrong.choice(&self.party_type, BillingField::PartyType, |name| {
                PartyType::ALL.into_iter().find(|kind| kind.name() == name)
            }),
            legal_name: wrong.text(&self.legal_name, 255, BillingField::LegalName),
            trade_name: wrong.text(&self.trade_name, 255, BillingField::TradeName),
            tax_ids: self.tax_ids(held, now, &mut wrong),
            address: self.address(&mut wrong),
            currency: wrong.listed(&self.currency, &CURRENCIES, BillingField::Currency),
            locale: wrong.listed(&self.locale, &LOCALES, BillingField::Locale),
            time_zone: wrong.listed(&self.time_zone, &TIME_ZONES, BillingField::TimeZone),
            payment_terms: self.payment_terms(&mut wrong),
            purchase_orders: self.orders(&mut wrong),
            ..held.clone()
        };
        wrong.note(held.currency_locked && profile.currency != held.currency, BillingField::CurrencyLocked);
        if wrong.0.is_empty() { Ok(profile) } else { Err(wrong.0) }
    }

    fn tax_ids(&self, held: &BillingProfile, now: DateTime<Utc>, wrong: &mut Wrong) -> Vec<TaxId> {
        let mut tax_ids: Vec<TaxId> = Vec::new();
        for (index, (kind, typed)) in self.tax_ids.iter().enumerate().take(MAX_TAX_IDS) {
            if typed.is_empty() {
                continue;
            }
            let Some((kind, country)) = TaxIdKind::named(kind) else {
                let is_other = kind.ends_with("/OTHER");
                wrong.note(is_other, BillingField::TaxCountry(index));
                wrong.note(!is_other, BillingField::TaxId(index));
                continue;
            };
            let Some((value, method)) = kind.check(typed, now.date_naive()) else {
                wrong.note(true, BillingField::TaxId(index));
                continue;
            };
            // What a register or staff said of a number stays with it.
            let is_same = |other: &&TaxId| other.kind == kind && other.country == country;
            let known = held.tax_ids.iter().filter(is_same).find(|known| *known.value.expose() == value);
            let is_twice = tax_ids.iter().any(|other| is_same(&other));
            wrong.note(is_twice, BillingField::TaxId(index));
            let known = known.cloned();
            tax_ids.push(known.unwrap_or_else(|| TaxId {
                country,
                kind,
                value: Masked::new(value),
                status: if method.is_some() { TaxIdStatus::FormatOk } else { TaxIdStatus::Unverified },
                checked_at: method.map(|_| now),
                method,
                valid_from: None,
                valid_to: None,
            }));
        }
        tax_ids
    }

    fn address(&self, wrong: &mut Wrong) -> Option<Address> {
        let texts =
            [&self.line1, &self.line2, &self.city, &self.district, &self.subdivision, &self.postal_code];
        if self.country.is_empty() && texts.iter().all(|text| text.is_empty()) {
            return None;
        }
        let country = wrong.listed(&self.country, &COUNTRIES, BillingField::Country);
        wrong.note(country.is_none(), BillingField::Country);
        let line1 = wrong.text(&self.line1, 100, BillingField::Line1);
        wrong.note(line1.is_none(), BillingField::Line1);
        let line2 = wrong.text(&self.line2, 100, BillingField::Line2);
        let city = wrong.text(&self.city, 100, BillingField::City);
        let district = wrong.text(&self.district, 100, BillingField::District);
        let is_indonesia = country.as_deref() == Some("ID");
        wrong.note(city.is_none() && country.as_deref() != Some("SG"), BillingField::City);
        wrong.note(district.is_none() && is_indonesia, BillingField::District);
        let subdivision = if is_indonesia {
            let province = wrong.listed(&self.subdivision, &PROVINCES, BillingField::Subdivision);
            wrong.note(province.is_none(), BillingField::Subdivision);
            province
        } else {
            None
        };
        // Singapore has six digits, Indonesia and Malaysia have five.
        let length = if country.as_deref() == Some("SG") { 6 } else { 5 };
        let is_code =
            self.postal_code.len() == length && self.postal_code.bytes().all(|b| b.is_ascii_digit());
        wrong.note(!is_code, BillingField::PostalCode);
        Some(Address {
            line1: Masked::new(line1?),
            line2: line2.map(Masked::new),
            city,
            district,
            subdivision,
            postal_code: Some(self.postal_code.clone()),
            country: country?,
            lang: None,
        })
    }

    fn payment_terms(&self, wrong: &mut Wrong) -> Option<PaymentTerms> {
        if self.net_days.is_empty() && self.method.is_empty() {
            return None;
        }
        let days = self.net_days.parse::<u8>().ok().filter(|days| *days <= 180);
        wrong.note(days.is_none(), BillingField::NetDays);
        let method = PaymentMethod::ALL.into_iter().find(|method| method.name() == self.method);
        wrong.note(method.is_none(), BillingField::Method);
        Some(PaymentTerms { net_days: days?, method: method?, end_of_month: self.end_of_month })
    }

    fn orders(&self, wrong: &mut Wrong) -> Vec<PurchaseOrder> {
        let mut orders = Vec::new();
        for (index, (number, from, to)) in self.orders.iter().enumerate().take(MAX_ORDERS) {
            let (from, to) = (from.trim(), to.trim());
            if number.is_empty() && from.is_empty() && to.is_empty() {
                continue;
            }
            let field = BillingField::Order(index);
            let (valid_from, valid_to) = (date(from), date(to));
            let number = wrong.text(number, 60, field);
            let is_backwards = matches!((valid_from, valid_to), (Some(from), Some(to)) if to < from);
            let unreadable =
                (valid_from.is_none() && !from.is_empty()) || (valid_to.is_none() && !to.is_empty());
            wrong.note(number.is_none() || is_backwards || unreadable, field);
            orders.push(PurchaseOrder { number: number.unwrap_or_default(), valid_from, valid_to });
        }
        orders
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| (2000..2200).contains(&chrono::Datelike::year(date)))
}

/// Collects what is wrong, each field once.
#[derive(Default)]
struct Wrong(Vec<BillingField>);

impl Wrong {
    fn note(&mut self, is_wrong: bool, field: BillingField) {
        if is_wrong && !self.0.contains(&field) {
            self.0.push(field);
        }
    }

    /// Text in any script, composed (NFC) and without control characters.
    fn text(&mut self, typed: &str, longest: usize, field: BillingField) -> Option<String> {
        let text: String = typed.trim().nfc().collect();
        self.note(text.chars().count() > longest || text.chars().any(char::is_control), field);
        (!text.is_empty()).then_some(text)
    }

    fn choice<T>(&mut self, typed: &str, field: BillingField, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let chosen = of(typed);
        self.note(chosen.is_none() && !typed.is_empty(), field);
        chosen
    }

    fn listed(&mut self, typed: &str, list: &[&str], field: BillingField) -> Option<String> {
        self.choice(typed, field, |typed| list.contains(&typed).then(|| typed.to_owned()))
    }
}
