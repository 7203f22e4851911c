//! The billing block of a record: what an invoice needs, and what of it is still missing.
//!
//! Every field is there from the first record on, empty until somebody fills it, so that readers can
//! be written against the whole now. See `schemas/` for what each means.

use serde::Serialize;

/// What billing knows about a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Billing {
    /// `draft` until everything in `readiness` is there.
    pub status: &'static str,
    /// Why invoices are held back.
    pub hold_reasons: Vec<String>,
    /// Whether this is no real customer.
    pub test: bool,
    /// `company`, `individual` or `government`.
    pub party_type: Option<String>,
    /// How the customer is called, at most 100 characters.
    pub display_name: String,
    /// The name in the register, at most 255 characters.
    pub legal_name: Option<String>,
    /// The name they trade by.
    pub trade_name: Option<String>,
    /// Numbers in company registers.
    pub registrations: Vec<Never>,
    /// Tax numbers, each with its type and how far it is proven.
    pub tax_ids: Vec<Never>,
    /// How taxes apply.
    pub tax: Option<Never>,
    /// The billing address.
    pub address: Option<Never>,
    /// Who receives invoices.
    pub invoice_recipients: Vec<Never>,
    /// Whom to ask about them.
    pub billing_contacts: Vec<Never>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Whether the currency can no longer change, because something was invoiced.
    pub currency_locked: bool,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// When and how invoices are paid.
    pub payment_terms: Option<Never>,
    /// When and how invoices are made.
    pub invoicing: Option<Never>,
    /// The customer's own order numbers.
    pub purchase_orders: Vec<Never>,
    /// Which of our own companies sells.
    pub seller_entity: Option<String>,
    /// How much is there, and what is missing.
    pub readiness: Readiness,
}

/// What cannot be there yet, because nothing in this service writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Never {}

/// How much of what an invoice needs is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// 0 to 100.
    pub score: u8,
    /// The names of the fields that are missing.
    pub missing: Vec<&'static str>,
}

impl Billing {
    /// The block of a company that has told us nothing but its name.
    #[must_use]
    pub fn draft(company_name: &str) -> Self {
        Self {
            status: "draft",
            hold_reasons: Vec::new(),
            test: false,
            party_type: None,
            display_name: company_name.chars().take(100).collect(),
            legal_name: None,
            trade_name: None,
            registrations: Vec::new(),
            tax_ids: Vec::new(),
            tax: None,
            address: None,
            invoice_recipients: Vec::new(),
            billing_contacts: Vec::new(),
            currency: None,
            currency_locked: false,
            locale: None,
            time_zone: None,
            payment_terms: None,
            invoicing: None,
            purchase_orders: Vec::new(),
            seller_entity: None,
            readiness: Readiness {
                score: 0,
                missing: vec![
                    "party_type",
                    "legal_name",
                    "tax_ids",
                    "tax",
                    "address",
                    "invoice_recipients",
                    "currency",
                    "time_zone",
                    "payment_terms",
                    "seller_entity",
                ],
            },
        }
    }
}
