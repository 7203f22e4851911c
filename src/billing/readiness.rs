//! How much of what an invoice needs is there, what is missing, and who must act.

use serde::Serialize;

use super::{BillingProfile, TaxId};

/// Who can fill a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// An administrator of the company.
    Customer,
    /// Our own staff.
    Staff,
}

/// A gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The name of the field in the record.
    pub field: &'static str,
    /// Who can fill it.
    pub who: Who,
}

/// How much is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// 0 to 100.
    pub score: u8,
    /// What is not there.
    pub missing: Vec<Missing>,
    /// The names of tax numbers that are there and that nobody has checked, such as `AU/OTHER`. They hold nothing up.
    pub unchecked: Vec<String>,
}

impl Readiness {
    /// Of a profile.
    #[must_use]
    pub fn of(profile: &BillingProfile) -> Self {
        use Who::{Customer, Staff};
        let needed = [
            ("party_type", Customer, profile.party_type.is_some()),
            ("legal_name", Customer, profile.legal_name.is_some()),
            ("tax_ids", Customer, !profile.tax_ids.is_empty()),
            ("tax", Staff, profile.tax.is_some()),
            ("address", Customer, profile.address.is_some()),
            ("invoice_recipients", Customer, !profile.recipients.is_empty()),
            ("currency", Customer, profile.currency.is_some()),
            ("time_zone", Customer, profile.time_zone.is_some()),
            ("payment_terms", Customer, profile.payment_terms.is_some()),
            ("seller_entity", Staff, profile.seller_entity.is_some()),
        ];
        let gaps = needed.iter().filter(|(_, _, is_there)| !is_there);
        let missing: Vec<Missing> = gaps.map(|(field, who, _)| Missing { field, who: *who }).collect();
        let score = (needed.len() - missing.len()) * 100 / needed.len();
        let unchecked = profile.tax_ids.iter().filter(|id| id.is_unchecked()).map(TaxId::name);
        Self { score: u8::try_from(score).unwrap_or(100), missing, unchecked: unchecked.collect() }
    }

    /// Whether an invoice can be made.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.missing.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_says_who_must_act() {
        let empty = Readiness::of(&BillingProfile::default());
        assert_eq!((empty.score, empty.missing.len()), (0, 10));
        let staff: Vec<_> =
            empty.missing.iter().filter(|gap| gap.who == Who::Staff).map(|gap| gap.field).collect();
        assert_eq!(staff, ["tax", "seller_entity"]);
        let named = BillingProfile { legal_name: Some("PT Contoh".to_owned()), ..BillingProfile::default() };
        let named = Readiness::of(&named);
        assert_eq!((named.score, named.is_ready()), (10, false));
    }
}
