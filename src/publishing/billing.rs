//! The billing block of a record: what an invoice needs, and what of it is still missing.
//!
//! Every field is there from the first record on, empty until somebody fills it, so that readers can
//! be written against the whole now. See `schemas/` for what each means.

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    billing::{self, Address, BillingProfile, PartyType, PaymentTerms, PurchaseOrder, Recipient, Tax, TaxId},
    companies::contacts::{CompanyContact, Matter},
    platform::masked::Masked,
};

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
    pub party_type: Option<PartyType>,
    /// How the customer is called, at most 100 characters.
    pub display_name: String,
    /// The name in the register, at most 255 characters.
    pub legal_name: Option<String>,
    /// The name they trade by.
    pub trade_name: Option<String>,
    /// Numbers in company registers.
    pub registrations: Vec<Never>,
    /// Tax numbers, each with its type and how far it is proven.
    pub tax_ids: Vec<TaxId>,
    /// How taxes apply.
    pub tax: Option<Tax>,
    /// The billing address.
    pub address: Option<Address>,
    /// Who receives invoices.
    pub invoice_recipients: Vec<InvoiceRecipient>,
    /// Whom to ask about them.
    pub billing_contacts: Vec<BillingContact>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Whether the currency can no longer change, because something was invoiced.
    pub currency_locked: bool,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// When and how invoices are paid.
    pub payment_terms: Option<PaymentTerms>,
    /// When and how invoices are made.
    pub invoicing: Option<Never>,
    /// The customer's own order numbers.
    pub purchase_orders: Vec<Order>,
    /// Which of our own companies sells.
    pub seller_entity: Option<String>,
    /// How much is there, and what is missing.
    pub readiness: Readiness,
}

/// What cannot be there yet, because nothing in this service writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Never {}

/// Who gets invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct InvoiceRecipient {
    pub email: Masked<String>,
    pub role: &'static str,
    pub purpose: &'static str,
    pub locale: Option<String>,
    pub verified: bool,
}

/// Whom to ask about invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct BillingContact {
    pub name: Masked<String>,
    pub email: Masked<String>,
    pub phone: Option<Masked<String>>,
    pub purpose: Matter,
}

/// An order number of the customer's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct Order {
    pub number: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
}

/// How much of what an invoice needs is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// 0 to 100.
    pub score: u8,
    /// The names of the fields that are missing.
    pub missing: Vec<&'static str>,
}

impl Billing {
    /// The block of a company, from what it has told us; `contacts` are those for billing.
    #[must_use]
    pub fn of(company_name: &str, profile: &BillingProfile, contacts: &[CompanyContact]) -> Self {
        let readiness = billing::Readiness::of(profile);
        let recipient = |recipient: &Recipient| InvoiceRecipient {
            email: recipient.email.clone(),
            role: "to",
            purpose: "invoice",
            locale: profile.locale.clone(),
            verified: true,
        };
        let contact = |contact: &CompanyContact| BillingContact {
            name: contact.name.clone(),
            email: contact.email.clone(),
            phone: contact.phone.clone(),
            purpose: Matter::Billing,
        };
        let order = |order: &PurchaseOrder| Order {
            number: order.number.clone(),
            valid_from: order.valid_from,
            valid_to: order.valid_to,
            amount_minor: None,
            currency: None,
        };
        Self {
            status: if readiness.is_ready() { "ready" } else { "draft" },
            hold_reasons: Vec::new(),
            test: false,
            party_type: profile.party_type,
            display_name: company_name.chars().take(100).collect(),
            legal_name: profile.legal_name.clone(),
            trade_name: profile.trade_name.clone(),
            registrations: Vec::new(),
            tax_ids: profile.tax_ids.clone(),
            tax: profile.tax.clone(),
            address: profile.address.clone(),
            invoice_recipients: profile.recipients.iter().map(recipient).collect(),
            billing_contacts: contacts.iter().map(contact).collect(),
            currency: profile.currency.clone(),
            currency_locked: profile.currency_locked,
            locale: profile.locale.clone(),
            time_zone: profile.time_zone.clone(),
            payment_terms: profile.payment_terms,
            invoicing: None,
            purchase_orders: profile.purchase_orders.iter().map(order).collect(),
            seller_entity: profile.seller_entity.clone(),
            readiness: Readiness {
                score: readiness.score,
                missing: readiness.missing.iter().map(|missing| missing.field).collect(),
            },
        }
    }
}
