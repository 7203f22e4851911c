//! The billing profile as it is sent and shown.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    billing::{
        BillingField, BillingInput, BillingProfile, MAX_ORDERS, MAX_TAX_IDS, PendingRecipient, Readiness,
        Saved, Tax, Treatment, Version, Who,
    },
    platform::{masked::Masked, problem::Problem},
};

/// The profile as an editor wants it; what is absent is not told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileBody {
    /// `company`, `individual` or `government`.
    party_type: Option<String>,
    /// The name in the register, at most 255 characters.
    legal_name: Option<String>,
    /// The name they trade by, at most 255 characters.
    trade_name: Option<String>,
    /// At most 3, one of each kind.
    tax_ids: Option<Vec<TaxIdBody>>,
    /// Where the customer is.
    address: Option<AddressBody>,
    /// ISO 4217: `IDR`, `SGD`, `MYR` or `USD`.
    currency: Option<String>,
    /// BCP 47: the language of invoices.
    locale: Option<String>,
    /// IANA zone.
    time_zone: Option<String>,
    /// When and how invoices are paid.
    payment_terms: Option<TermsBody>,
    /// At most 3.
    purchase_orders: Option<Vec<OrderBody>>,
}

/// A tax number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxIdBody {
    /// `ID/NPWP`, `ID/NIK`, `SG/UEN`, `SG/GST` or `MY/TIN`; a number of another country has its two letters and `OTHER`, such as
    /// `AU/OTHER`: it is saved unchecked, and so is a `MY/TIN` in a form that we do not know.
    kind: String,
    /// As it is written in the country.
    #[schema(value_type = String)]
    value: Masked<String>,
}

/// A postal address.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressBody {
    /// Street and number.
    #[schema(value_type = Option<String>)]
    line1: Option<Masked<String>>,
    /// Building, floor, kelurahan.
    #[schema(value_type = Option<String>)]
    line2: Option<Masked<String>>,
    /// City or kabupaten; not needed in Singapore.
    city: Option<String>,
    /// Kecamatan; needed in Indonesia.
    district: Option<String>,
    /// ISO 3166-2; needed in Indonesia.
    subdivision: Option<String>,
    /// In the country's form.
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2: `ID`, `SG` or `MY`.
    country: Option<String>,
}

/// When and how invoices are paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsBody {
    /// Days after the invoice, 0 to 180.
    net_days: u32,
    /// `transfer`, `va`, `card`, `giro` or `other`.
    method: String,
    /// Counted from the end of the month.
    end_of_month: Option<bool>,
}

/// An order number of the customer's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    /// At most 60 characters.
    number: String,
    /// Since when it holds.
    valid_from: Option<NaiveDate>,
    /// Until when it holds.
    valid_to: Option<NaiveDate>,
}

/// What only staff set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffBody {
    /// How taxes apply.
    tax: Option<TaxBody>,
    /// Which of our own companies sells, at most 100 characters.
    seller_entity: Option<String>,
    /// Whether something was invoiced, so that the currency stays.
    currency_locked: bool,
}

/// How taxes apply.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxBody {
    /// `standard`, `exempt`, `reverse`, `zero` or `out_of_scope`.
    #[schema(value_type = String)]
    treatment: Treatment,
    /// The law's reason, at most 100 characters.
    reason_code: Option<String>,
    /// Where the proof lies, at most 255 characters.
    evidence_ref: Option<String>,
}

/// An address that shall get invoices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientBody {
    /// The address.
    #[schema(value_type = String, max_length = 254)]
    pub email: Masked<String>,
}

/// A code from a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientCode {
    /// The code.
    #[schema(value_type = String, max_length = 32)]
    pub code: Masked<String>,
}

/// The profile of a company and what it lacks.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileShown {
    /// The company.
    pub company_id: Uuid,
    /// Grows by one with each change; 0 has never been saved. The `ETag` says the same.
    pub revision: i64,
    /// When it was saved.
    pub updated_at: Option<DateTime<Utc>>,
    /// 0 to 100.
    pub score: u8,
    /// Whether an invoice can be made.
    pub is_ready: bool,
    /// What is not there.
    pub missing: Vec<MissingShown>,
    /// The kinds of tax numbers that are there and that nobody has checked, such as `AU/OTHER`. They hold no invoice up.
    pub unchecked: Vec<String>,
    /// What it says: the `billing` of the topic's records, field by field.
    #[schema(value_type = Object)]
    pub profile: BillingProfile,
}

/// Something that is not there.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingShown {
    /// The field.
    pub field: &'static str,
    /// Who can fill it: `customer` or `staff`.
    #[schema(value_type = String)]
    pub who: Who,
}

/// A revision that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionShown {
    /// Its number.
    pub revision: i64,
    /// Since when it was the newest.
    pub valid_from: DateTime<Utc>,
    /// Keycloak's id of who saved it.
    pub changed_by: String,
    /// What it says.
    #[schema(value_type = Object)]
    pub profile: BillingProfile,
}

/// An address that waits for its code.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingRecipientShown {
    /// Its id.
    pub pending_id: Uuid,
    /// The address.
    #[schema(value_type = String)]
    pub email: Masked<String>,
    /// When the code was asked for.
    pub created_at: DateTime<Utc>,
}

impl ProfileShown {
    /// Of a company.
    pub fn of(company_id: Uuid, saved: Saved) -> Self {
        let readiness = Readiness::of(&saved.profile);
        let missing = readiness.missing.iter().map(|gap| MissingShown { field: gap.field, who: gap.who });
        Self {
            company_id,
            revision: saved.revision,
            updated_at: saved.updated_at,
            score: readiness.score,
            is_ready: readiness.is_ready(),
            missing: missing.collect(),
            unchecked: readiness.unchecked,
            profile: saved.profile,
        }
    }
}

impl From<Version> for VersionShown {
    fn from(version: Version) -> Self {
        let Version { revision, valid_from, changed_by, profile } = version;
        Self { revision, valid_from, changed_by, profile: profile.0 }
    }
}

impl From<PendingRecipient> for PendingRecipientShown {
    fn from(pending: PendingRecipient) -> Self {
        Self { pending_id: pending.pending_id.0, email: pending.email, created_at: pending.created_at }
    }
}

impl ProfileBody {
    /// The same as a form would say it: one rule checks both.
    pub fn into_input(self) -> Result<BillingInput, Problem> {
        let too_many = |field, most| {
            let expected = format!("at most {most}");
            Problem::invalid_request(format!("{field}: expected {expected}"))
                .with("errors", json!([{"field": field, "expected": expected}]))
        };
        let (tax_ids, orders) = (self.tax_ids.unwrap_or_default(), self.purchase_orders.unwrap_or_default());
        if tax_ids.len() > MAX_TAX_IDS {
            return Err(too_many("tax_ids", MAX_TAX_IDS));
        }
        if orders.len() > MAX_ORDERS {
            return Err(too_many("purchase_orders", MAX_ORDERS));
        }
        let address = self.address.unwrap_or_default();
        let terms = self.payment_terms;
        let date = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let order = |order: OrderBody| (order.number, date(order.valid_from), date(order.valid_to));
        Ok(BillingInput {
            party_type: self.party_type.unwrap_or_default(),
            legal_name: self.legal_name.unwrap_or_default(),
            trade_name: self.trade_name.unwrap_or_default(),
            tax_ids: tax_ids.into_iter().map(|id| (id.kind, id.value.into_inner())).collect(),
            line1: address.line1.map(Masked::into_inner).unwrap_or_default(),
            line2: address.line2.map(Masked::into_inner).unwrap_or_default(),
            city: address.city.unwrap_or_default(),
            district: address.district.unwrap_or_default(),
            subdivision: address.subdivision.unwrap_or_default(),
            postal_code: address.postal_code.unwrap_or_default(),
            country: address.country.unwrap_or_default(),
            currency: self.currency.unwrap_or_default(),
            locale: self.locale.unwrap_or_default(),
            time_zone: self.time_zone.unwrap_or_default(),
            net_days: terms.as_ref().map(|terms| terms.net_days.to_string()).unwrap_or_default(),
            method: terms.as_ref().map(|terms| terms.method.clone()).unwrap_or_default(),
            end_of_month: terms.and_then(|terms| terms.end_of_month).unwrap_or_default(),
            orders: orders.into_iter().map(order).collect(),
        })
    }
}

impl StaffBody {
    /// What staff set, its texts within their bounds.
    pub fn into_set(self) -> Result<crate::billing::SetByStaff, Problem> {
        let within = |field: &str, text: Option<String>, longest: usize| {
            let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let fits = text
                .as_ref()
                .is_none_or(|text| text.chars().count() <= longest && !text.chars().any(char::is_control));
            if fits {
                return Ok(text);
            }
            let expected = format!("at most {longest} characters");
            Err(Problem::invalid_request(format!("{field}: expected {expected}"))
                .with("errors", json!([{"field": field, "expected": expected}])))
        };
        let tax = self.tax.map(|tax| {
            Ok::<_, Problem>(Tax {
                treatment: tax.treatment,
                reason_code: within("tax.reason_code", tax.reason_code, 100)?,
                evidence_ref: within("tax.evidence_ref", tax.evidence_ref, 255)?,
            })
        });
        Ok(crate::billing::SetByStaff {
            tax: tax.transpose()?,
            seller_entity: within("seller_entity", self.seller_entity, 100)?,
            currency_locked: self.currency_locked,
        })
    }
}

/// A field and what is expected there, as the API names it.
pub fn expected(field: BillingField) -> (String, &'static str) {
    let plain = |name: &str, expected| (name.to_owned(), expected);
    match field {
        BillingField::PartyType => plain("party_type", "company, individual or government"),
        BillingField::LegalName => plain("legal_name", "at most 255 characters"),
        BillingField::TradeName => plain("trade_name", "at most 255 characters"),
        BillingField::TaxId(index) => {
            (format!("tax_ids[{index}]"), "a kind and a number in that country's form, one of each kind")
        }
        BillingField::TaxCountry(index) => (
            format!("tax_ids[{index}]"),
            "the two letters of a country before OTHER; for Indonesia, Singapore and Malaysia one of their kinds",
        ),
        BillingField::Line1 => plain("address.line1", "1 to 100 characters"),
        BillingField::Line2 => plain("address.line2", "at most 100 characters"),
        BillingField::City => plain("address.city", "1 to 100 characters, needed outside Singapore"),
        BillingField::District => plain("address.district", "1 to 100 characters, needed in Indonesia"),
        BillingField::Subdivision => plain("address.subdivision", "ISO 3166-2, needed in Indonesia"),
        BillingField::PostalCode => {
            plain("address.postal_code", "6 digits in Singapore, 5 in Indonesia and Malaysia")
        }
        BillingField::Country => plain("address.country", "ID, SG or MY"),
        BillingField::Currency => plain("currency", "IDR, SGD, MYR or USD"),
        BillingField::CurrencyLocked => plain("currency", "the present one: something was invoiced in it"),
        BillingField::Locale => plain("locale", "id-ID, en-SG, zh-Hans-SG or ms-MY"),
        BillingField::TimeZone => {
            plain("time_zone", "an IANA zone of Indonesia, Singapore or Malaysia, or UTC")
        }
        BillingField::NetDays => plain("payment_terms.net_days", "0 to 180"),
        BillingField::Method => plain("payment_terms.method", "transfer, va, card, giro or other"),
        BillingField::Order(index) => (
            format!("purchase_orders[{index}]"),
            "a number of at most 60 characters, and a last day that is not before the first",
        ),
    }
}
