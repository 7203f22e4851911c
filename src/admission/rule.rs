//! The rule: who may sign up. Pure.

use serde::Deserialize;

/// Whether the launch is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Everybody may sign up.
    Open,
    /// Only who is invited, allowed or approved.
    Closed,
}

/// How an address stands with us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that the rule looks at")]
pub struct Standing {
    /// A company has an open invitation for it.
    pub is_invited: bool,
    /// It, or its domain, is on the list.
    pub is_allowed: bool,
    /// Staff have approved its request.
    pub is_approved: bool,
    /// Somebody has an account with it already.
    pub is_taken: bool,
}

impl Standing {
    /// Whether it may sign up while the launch is closed.
    #[must_use]
    pub const fn is_admitted(self) -> bool {
        self.is_invited || self.is_allowed || self.is_approved
    }

    /// Whether its request is noted: who has an account needs no second one.
    #[must_use]
    pub const fn is_noted(self) -> bool {
        !self.is_admitted() && !self.is_taken
    }
}

/// An entry of the list as it is kept: an address or a domain in lower case. None for what is neither.
#[must_use]
pub fn entry(typed: &str) -> Option<String> {
    let text = typed.trim().to_lowercase();
    let address = if text.contains('@') {
        text.strip_prefix('@').map_or_else(|| text.clone(), |domain| format!("any@{domain}"))
    } else {
        format!("any@{text}")
    };
    let fits =
        address.len() <= 254 && address.contains('.') && email_address::EmailAddress::is_valid(&address);
    fits.then(|| text.trim_start_matches('@').to_owned())
}

/// The domain of an address, in lower case.
#[must_use]
pub fn domain_of(address: &str) -> String {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invited_allowed_or_approved_is_admitted_and_who_has_an_account_is_not_noted() {
        let nobody = Standing::default();
        assert!(!nobody.is_admitted() && nobody.is_noted());
        for admitted in [
            Standing { is_invited: true, ..nobody },
            Standing { is_allowed: true, ..nobody },
            Standing { is_approved: true, ..nobody },
        ] {
            assert!(admitted.is_admitted() && !admitted.is_noted(), "{admitted:?}");
        }
        let taken = Standing { is_taken: true, ..nobody };
        assert!(!taken.is_admitted() && !taken.is_noted());
    }

    #[test]
    fn an_entry_is_an_address_or_a_domain() {
        for (typed, kept) in [
            (" Siti@Contoh.Example ", Some("siti@contoh.example")),
            ("Contoh.Example", Some("contoh.example")),
            ("@contoh.example", Some("contoh.example")),
            ("contoh", None),
            ("siti@", None),
            ("@", None),
            ("", None),
            ("a b.example", None),
        ] {
            assert_eq!(entry(typed).as_deref(), kept, "{typed}");
        }
        assert_eq!(domain_of("Siti@Contoh.Example"), "contoh.example");
    }
}
