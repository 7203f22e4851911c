//! The billing profile of a company.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::TaxId;
use crate::platform::masked::Masked;

/// What the customer is in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyType {
    /// A company.
    Company,
    /// A natural person.
    Individual,
    /// An authority.
    Government,
}

impl PartyType {
    /// Every type, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Company, Self::Individual, Self::Government];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Individual => "individual",
            Self::Government => "government",
        }
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    pub line1: Masked<String>,
    /// Building, floor, kelurahan.
    pub line2: Option<Masked<String>>,
    /// City or kabupaten.
    pub city: Option<String>,
    /// Kecamatan.
    pub district: Option<String>,
    /// ISO 3166-2; needed in Indonesia.
    pub subdivision: Option<String>,
    /// In the country's form.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// BCP 47: the language it is written in.
    pub lang: Option<String>,
}

/// Who gets invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The address, proven by a code.
    pub email: Masked<String>,
    /// When it was proven.
    pub verified_at: DateTime<Utc>,
}

/// How an invoice is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaymentMethod {
    /// Bank transfer.
    Transfer,
    /// To a virtual account.
    Va,
    /// By card.
    Card,
    /// By giro.
    Giro,
    /// Otherwise.
    Other,
}

impl PaymentMethod {
    /// Every method, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Transfer, Self::Va, Self::Card, Self::Giro, Self::Other];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Va => "va",
            Self::Card => "card",
            Self::Giro => "giro",
            Self::Other => "other",
        }
    }
}

/// When and how invoices are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTerms {
    /// Days after the invoice, 0 to 180.
    pub net_days: u8,
    /// How.
    pub method: PaymentMethod,
    /// Counted from the end of the month.
    pub end_of_month: bool,
}

/// An order number of the customer's own, shown on invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseOrder {
    /// The number.
    pub number: String,
    /// Since when it holds.
    pub valid_from: Option<NaiveDate>,
    /// Until when it holds.
    pub valid_to: Option<NaiveDate>,
}

/// How taxes apply; decided by staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// Which way.
    pub treatment: Treatment,
    /// The law's reason.
    pub reason_code: Option<String>,
    /// Where the proof lies.
    pub evidence_ref: Option<String>,
}

/// Which way taxes apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// As usual.
    Standard,
    /// Not at all.
    Exempt,
    /// The buyer pays.
    Reverse,
    /// At a rate of zero.
    Zero,
    /// The law does not ask for it.
    OutOfScope,
}

impl Treatment {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Exempt => "exempt",
            Self::Reverse => "reverse",
            Self::Zero => "zero",
            Self::OutOfScope => "out_of_scope",
        }
    }
}

/// What an invoice to a company needs; what nobody has told is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingProfile {
    /// What the customer is in law.
    pub party_type: Option<PartyType>,
    /// The name in the register, at most 255 characters.
    pub legal_name: Option<String>,
    /// The name they trade by, at most 255 characters.
    pub trade_name: Option<String>,
    /// Tax numbers.
    #[serde(default)]
    pub tax_ids: Vec<TaxId>,
    /// How taxes apply; set by staff.
    pub tax: Option<Tax>,
    /// Where the customer is.
    pub address: Option<Address>,
    /// Who gets invoices, at most 20.
    #[serde(default)]
    pub recipients: Vec<Recipient>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Whether something was invoiced, so that the currency stays.
    #[serde(default)]
    pub currency_locked: bool,
    /// BCP 47: the language of invoices.
    pub locale: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// When and how invoices are paid.
    pub payment_terms: Option<PaymentTerms>,
    /// The customer's own order numbers.
    #[serde(default)]
    pub purchase_orders: Vec<PurchaseOrder>,
    /// Which of our own companies sells; set by staff.
    pub seller_entity: Option<String>,
}
