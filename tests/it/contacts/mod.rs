//! Contacts follow the login address and the second factors, and keep what is the person's own.

mod api;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use gatehouse::{
    contacts::{Contact, ContactId, Destination, Facts, Kind, Login, Proof, Purpose, follow},
    platform::masked::Masked,
};
use proptest::prelude::*;
use uuid::Uuid;

fn day(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap() + TimeDelta::days(day)
}

fn facts(login: Option<(&str, bool)>, destinations: &[(Kind, &str)]) -> Facts {
    Facts {
        user_id: "siti".to_owned(),
        login: login.map(|(address, verified)| Login { address: Masked::new(address.to_owned()), verified }),
        destinations: destinations
            .iter()
            .map(|(kind, value)| Destination {
                kind: *kind,
                value: Masked::new((*value).to_owned()),
                verified_at: day(1),
            })
            .collect(),
        exists: true,
        since: day(3),
    }
}

fn ids() -> impl FnMut() -> ContactId {
    let mut next = 0;
    move || {
        next += 1;
        ContactId(Uuid::from_u128(next))
    }
}

fn own(value: &str, purpose: Purpose, primary: bool) -> Contact {
    Contact {
        contact_id: ContactId(Uuid::from_u128(1000)),
        user_id: "siti".to_owned(),
        kind: Kind::Email,
        value: Masked::new(value.to_owned()),
        purposes: BTreeSet::from([purpose]),
        is_primary: primary,
        verified_at: None,
        proof: None,
        created_at: day(0),
        updated_at: day(0),
    }
}

#[test]
fn one_address_may_have_two_purposes() {
    let contacts = follow(
        &[],
        &facts(
            Some(("siti@Contoh.Example", false)),
            &[(Kind::Email, "siti@contoh.example"), (Kind::Phone, "+6281")],
        ),
        ids(),
    );
    assert_eq!(contacts.len(), 2);
    assert_eq!(contacts[0].purposes, BTreeSet::from([Purpose::Login, Purpose::SecondFactor]));
    assert_eq!((contacts[0].proof, contacts[0].verified_at), (Some(Proof::Code), Some(day(1))));
    assert!(contacts.iter().all(|contact| contact.is_primary));
}

#[test]
fn a_new_login_address_takes_the_place_of_the_old_one() {
    let before = follow(&[], &facts(Some(("old@contoh.example", true)), &[]), ids());
    let after = follow(&before, &facts(Some(("new@contoh.example", false)), &[]), ids());
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].value.expose(), "new@contoh.example");
    assert!(after[0].is_primary && after[0].verified_at.is_none());
}

#[test]
fn what_is_the_persons_own_stays() {
    let billing = own("finance@contoh.example", Purpose::Billing, true);
    let with_login = follow(&[billing], &facts(Some(("siti@contoh.example", true)), &[]), ids());
    assert_eq!(with_login.len(), 2);
    assert_eq!(with_login.iter().filter(|contact| contact.is_primary).count(), 1);
    let without = follow(&with_login, &facts(None, &[]), ids());
    assert_eq!(without.len(), 1);
    assert_eq!(without[0].purposes, BTreeSet::from([Purpose::Billing]));
    assert!(without[0].is_primary, "somebody else steps in as primary");
}

#[test]
fn of_who_is_gone_nothing_stays() {
    let billing = own("finance@contoh.example", Purpose::Billing, true);
    let gone = Facts { exists: false, ..facts(None, &[]) };
    assert_eq!(follow(&[billing], &gone, ids()), []);
}

proptest! {
    #[test]
    fn the_rule_is_content_with_its_own_result(
        login in prop::option::of((0_u8..3, any::<bool>())),
        destinations in prop::collection::vec((any::<bool>(), 0_u8..3), 0..4),
        billing in prop::option::of(0_u8..3),
    ) {
        let address = |n: u8| format!("a{n}@contoh.example");
        let login = login.map(|(n, verified)| (address(n), verified));
        let destinations: Vec<(Kind, String)> = destinations
            .into_iter()
            .map(|(phone, n)| if phone { (Kind::Phone, format!("+628{n}")) } else { (Kind::Email, address(n)) })
            .collect();
        let destinations: Vec<(Kind, &str)> = destinations.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let facts = facts(login.as_ref().map(|(a, v)| (a.as_str(), *v)), &destinations);
        let held: Vec<Contact> = billing.map(|n| own(&address(n), Purpose::Billing, true)).into_iter().collect();

        let once = follow(&held, &facts, ids());
        prop_assert_eq!(&follow(&once, &facts, ids()), &once);
        for kind in [Kind::Email, Kind::Phone] {
            let of_kind = || once.iter().filter(|contact| contact.kind == kind);
            let primaries = of_kind().filter(|contact| contact.is_primary).count();
            prop_assert_eq!(primaries, usize::from(of_kind().count() > 0));
            let values: BTreeSet<&String> = of_kind().map(|contact| contact.value.expose()).collect();
            prop_assert_eq!(values.len(), of_kind().count(), "an address is held once");
        }
        prop_assert!(once.iter().all(|contact| !contact.purposes.is_empty()));
        prop_assert!(once.iter().all(|contact| contact.proof.is_some() == contact.verified_at.is_some()));
        prop_assert_eq!(once.iter().any(|c| c.purposes.contains(&Purpose::Billing)), billing.is_some());
    }
}
