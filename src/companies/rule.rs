//! Who becomes the admin of a company by signing up with its name.
//!
//! The first one does, once. A name that is held already lets nobody in: it becomes a request. One
//! exception keeps strangers from sitting on a name: whoever has not proven their e-mail address
//! gives way to the first who has, and becomes the one who asks.

use std::collections::BTreeMap;

/// Somebody signed up with a company name and is in no company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// The comparable name.
    pub key: String,
    /// Whether their e-mail address is proven.
    pub proven: bool,
}

/// By whom a name is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// By somebody whose e-mail address is not proven.
    Unproven {
        /// Keycloak's id of that person.
        founder: String,
    },
    /// For good.
    Firmly,
}

/// What a claim leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The name is new: a company begins, and this person is its admin.
    Found,
    /// This person becomes the admin instead of `from`, who asks from now on.
    TakeOver {
        /// Who held the name.
        from: String,
    },
    /// The name is held: this person asks to be let in.
    Ask,
}

/// Decides claims in their order; `held` says by whom each name is held before the first.
#[must_use]
pub fn decide(claims: &[Claim], mut held: BTreeMap<String, Held>) -> Vec<Decision> {
    claims
        .iter()
        .map(|claim| {
            let now =
                if claim.proven { Held::Firmly } else { Held::Unproven { founder: claim.user_id.clone() } };
            match held.get(&claim.key) {
                None => {
                    held.insert(claim.key.clone(), now);
                    Decision::Found
                }
                Some(Held::Unproven { founder }) if claim.proven && *founder != claim.user_id => {
                    let from = founder.clone();
                    held.insert(claim.key.clone(), now);
                    Decision::TakeOver { from }
                }
                Some(_) => Decision::Ask,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Claims of as many people: which name, and whether they are proven.
    fn claims(raw: &[(u8, bool)]) -> Vec<Claim> {
        (1..)
            .zip(raw)
            .map(|(user, (key, proven))| Claim {
                user_id: format!("user-{user}"),
                key: format!("name-{key}"),
                proven: *proven,
            })
            .collect()
    }

    /// The admin of each name after the decisions.
    fn admins(claims: &[Claim], decisions: &[Decision]) -> BTreeMap<String, String> {
        let mut admins = BTreeMap::new();
        for (claim, decision) in claims.iter().zip(decisions) {
            match decision {
                Decision::Found => {
                    let before = admins.insert(claim.key.clone(), claim.user_id.clone());
                    assert_eq!(before, None, "a name was founded twice");
                }
                Decision::TakeOver { from } => {
                    let before = admins.insert(claim.key.clone(), claim.user_id.clone());
                    assert_eq!(before.as_ref(), Some(from), "taken from somebody who did not hold it");
                }
                Decision::Ask => {}
            }
        }
        admins
    }

    proptest! {
        #[test]
        fn each_new_name_has_exactly_one_admin(
            raw in prop::collection::vec((0_u8..3, any::<bool>()), 0..20),
        ) {
            let claims = claims(&raw);
            let decisions = decide(&claims, BTreeMap::new());
            let admins = admins(&claims, &decisions);
            for key in claims.iter().map(|claim| &claim.key) {
                let of_key = || claims.iter().filter(|claim| claim.key == *key);
                let admin = admins.get(key).expect("a claimed name has an admin");
                let first_proven = of_key().find(|claim| claim.proven).map(|claim| &claim.user_id);
                let first = of_key().next().map(|claim| &claim.user_id);
                let rightful = if first_proven.is_some() { first_proven } else { first };
                prop_assert_eq!(Some(admin), rightful);
            }
        }

        #[test]
        fn a_name_that_is_held_firmly_lets_nobody_in(
            raw in prop::collection::vec((0_u8..1, any::<bool>()), 0..20),
        ) {
            let claims = claims(&raw);
            let held = BTreeMap::from([("name-0".to_owned(), Held::Firmly)]);
            prop_assert!(decide(&claims, held).iter().all(|decision| *decision == Decision::Ask));
        }
    }

    #[test]
    fn the_unproven_gives_way_once() {
        let claims = claims(&[(0, false), (0, true), (0, true)]);
        let decisions = decide(&claims, BTreeMap::new());
        let takeover = Decision::TakeOver { from: "user-1".to_owned() };
        assert_eq!(decisions, [Decision::Found, takeover, Decision::Ask]);
    }
}
