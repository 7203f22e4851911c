//! Damage done on purpose: a checker that has never seen loss proves nothing.

use rand::{Rng, RngExt as _};

use super::history::{Act, Outcome};
use super::invariants::{Evidence, check};
use super::observed::Log;

/// One kind of damage, and the promise that it breaks.
pub struct Control {
    /// The number of the promise.
    pub invariant: &'static str,
    /// What is done.
    pub damage: &'static str,
    /// Does it somewhere; `false` if there is nothing to damage.
    apply: fn(&mut Evidence, &mut dyn Rng) -> bool,
}

/// At least one for each promise.
pub const CONTROLS: [Control; 13] = [
    Control { invariant: "I1", damage: "the records of one person are dropped", apply: drop_person },
    Control { invariant: "I1", damage: "an acknowledged change is undone everywhere", apply: undo_change },
    Control { invariant: "I2", damage: "a person appears whom nobody signed up", apply: invent_person },
    Control { invariant: "I2", damage: "a state was sent that was rolled back", apply: send_rolled_back },
    Control { invariant: "I3", damage: "the store misses a person", apply: forget_in_store },
    Control { invariant: "I4", damage: "one record of the topic is altered", apply: alter_record },
    Control { invariant: "I5", damage: "a revision goes down", apply: lower_revision },
    Control { invariant: "I5", damage: "an event comes after a later one", apply: send_late },
    Control { invariant: "I6", damage: "a code is accepted twice", apply: accept_twice },
    Control { invariant: "I6", damage: "somebody gets in without a code", apply: let_in },
    Control { invariant: "I7", damage: "a message is sent twice", apply: send_twice },
    Control { invariant: "I8", damage: "a log shows an address", apply: log_address },
    Control { invariant: "I9", damage: "a row is never sent", apply: leave_waiting },
];

/// Damages a copy in each way and says which of them the checker saw; `None` where there was nothing to damage.
pub fn run<'a>(
    evidence: &'a Evidence,
    chance: &'a mut dyn Rng,
) -> impl Iterator<Item = (&'static Control, Option<bool>)> + 'a {
    let before = check(evidence);
    CONTROLS.iter().map(move |control| {
        let mut damaged = evidence.clone();
        if !(control.apply)(&mut damaged, chance) {
            return (control, None);
        }
        let seen = check(&damaged).into_iter().filter(|violation| !before.contains(violation));
        (control, Some(seen.into_iter().any(|violation| violation.invariant == control.invariant)))
    })
}

/// Somebody of the load who signed up for sure and was not deleted.
fn somebody(evidence: &Evidence, chance: &mut dyn Rng) -> Option<String> {
    let deleted = |subject: &str| {
        let mut operations = evidence.operations.iter();
        operations.any(|operation| operation.subject == subject && operation.act == Act::Delete)
    };
    let people: Vec<&str> = evidence
        .operations
        .iter()
        .filter(|operation| operation.outcome == Outcome::Ok && matches!(operation.act, Act::SignUp { .. }))
        .map(|operation| operation.subject.as_str())
        .filter(|subject| !deleted(subject))
        .collect();
    (!people.is_empty()).then(|| people[chance.random_range(0..people.len())].to_owned())
}

fn id_of(evidence: &Evidence, email: &str) -> Option<String> {
    evidence.observed.keycloak.iter().find(|(_, person)| person.email == email).map(|(id, _)| id.clone())
}

fn some_id(evidence: &Evidence, chance: &mut dyn Rng) -> Option<String> {
    somebody(evidence, chance).and_then(|email| id_of(evidence, &email))
}

fn drop_person(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(id) = some_id(evidence, chance) else { return false };
    evidence.observed.users.retain(|record| record.key != id);
    true
}

fn undo_change(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(id) = some_id(evidence, chance) else { return false };
    let observed = &mut evidence.observed;
    let records = observed.users.iter_mut().filter(|record| record.key == id);
    let states = records.filter_map(|record| record.state.as_mut());
    for person in states.chain(observed.keycloak.get_mut(&id)).chain(observed.store.get_mut(&id)) {
        "As before".clone_into(&mut person.last_name);
    }
    true
}

fn invent_person(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(id) = some_id(evidence, chance) else { return false };
    let observed = &mut evidence.observed;
    let Some(mut ghost) = observed.keycloak.get(&id).cloned() else { return false };
    ghost.email = format!("nobody@{}", evidence.domain);
    observed.keycloak.insert("ghost".to_owned(), ghost.clone());
    observed.store.insert("ghost".to_owned(), ghost);
    true
}

fn send_rolled_back(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(email) = somebody(evidence, chance) else { return false };
    let ours = |person: &&mut super::observed::Person| person.email == email;
    let mut states = evidence.observed.events.iter_mut().filter_map(|event| event.person.as_mut());
    let Some(person) = states.find(ours) else { return false };
    "Rolled back".clone_into(&mut person.last_name);
    true
}

fn forget_in_store(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    some_id(evidence, chance).is_some_and(|id| evidence.observed.store.remove(&id).is_some())
}

fn alter_record(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(id) = some_id(evidence, chance) else { return false };
    let last = evidence.observed.users.iter_mut().rfind(|record| record.key == id);
    let Some(person) = last.and_then(|record| record.state.as_mut()) else { return false };
    person.email_verified = !person.email_verified;
    true
}

fn lower_revision(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(id) = some_id(evidence, chance) else { return false };
    let records = &mut evidence.observed.users;
    let Some(mut record) = records.iter().rfind(|record| record.key == id).cloned() else { return false };
    record.revision = record.revision.map(|revision| revision - 1);
    records.push(record);
    true
}

fn send_late(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let events = &mut evidence.observed.events;
    if events.is_empty() {
        return false;
    }
    let mut late = events[chance.random_range(0..events.len())].clone();
    "late".clone_into(&mut late.id);
    events.push(late);
    true
}

fn accept_twice(evidence: &mut Evidence, _: &mut dyn Rng) -> bool {
    let ok = evidence
        .operations
        .iter()
        .find(|operation| operation.outcome == Outcome::Ok && matches!(operation.act, Act::Verify { .. }));
    let Some(again) = ok.cloned() else { return false };
    evidence.operations.push(again);
    true
}

fn let_in(evidence: &mut Evidence, _: &mut dyn Rng) -> bool {
    let mut logins = evidence.operations.iter();
    let ok = logins.find(|operation| operation.outcome == Outcome::Ok && operation.act == Act::LogIn);
    let Some(id) = ok.and_then(|login| id_of(evidence, &login.subject)) else { return false };
    evidence.observed.accepted.remove(&id).is_some()
}

fn send_twice(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(email) = somebody(evidence, chance) else { return false };
    let sends = evidence.observed.sends.entry(email).or_default();
    sends.arrived = sends.noted + 1;
    true
}

fn log_address(evidence: &mut Evidence, chance: &mut dyn Rng) -> bool {
    let Some(email) = somebody(evidence, chance) else { return false };
    evidence.observed.logs.push(Log { part: "control".to_owned(), text: format!("hello {email}") });
    true
}

fn leave_waiting(evidence: &mut Evidence, _: &mut dyn Rng) -> bool {
    evidence.observed.backlog = 1;
    evidence.observed.since_heal = evidence.observed.settle_within;
    true
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::super::world;
    use super::*;

    #[test]
    fn every_damage_is_seen_in_every_world_and_nothing_where_there_is_none() {
        for seed in 0..200 {
            let mut chance = StdRng::seed_from_u64(seed);
            let evidence = world::sound(&mut chance);
            assert_eq!(check(&evidence), [], "seed {seed}");
            for (control, seen) in run(&evidence, &mut chance) {
                assert_eq!(
                    seen,
                    Some(true),
                    "seed {seed}: {} is not seen: {}",
                    control.invariant,
                    control.damage
                );
            }
        }
    }

    #[test]
    fn each_promise_has_a_control() {
        for invariant in super::super::invariants::INVARIANTS {
            assert!(
                CONTROLS.iter().any(|control| control.invariant == invariant.number),
                "{}",
                invariant.number
            );
        }
    }
}
