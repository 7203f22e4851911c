//! Proving an address that becomes no factor.

use gatehouse::{
    adapters::sending::NotSent,
    otp::{AskProof, Channel, MessageState, OtpError, PendingCode, ProofOf, ProofRef, Refusal, State},
    platform::masked::Masked,
};
use serde_json::{Value, json};

use super::world::{Person, World, enrolment, login, somebody, wrong};

fn ask(person: &Person, session: &str, proof_of: ProofOf, channel: Channel) -> AskProof {
    let destination = if channel == Channel::Sms { &person.phone } else { &person.email };
    AskProof {
        realm: "gatehouse".to_owned(),
        user_id: person.user_id.clone(),
        session_id: session.to_owned(),
        client_id: "gatehouse-portal".to_owned(),
        proof_of,
        channel,
        destination: Masked::new(destination.clone()),
        locale: "en".to_owned(),
        ip_address: "192.0.2.1".parse().unwrap(),
    }
}

fn named(shown: &PendingCode, person: &Person, session: &str) -> ProofRef {
    ProofRef {
        challenge: shown.challenge_id,
        user_id: person.user_id.clone(),
        session_id: session.to_owned(),
    }
}

async fn prove(world: &World, proof: &ProofRef, code: &str) -> Result<String, Refusal> {
    let mut tx = world.pool.begin().await.unwrap();
    let proven = world.features.otp.prove_in_tx(&mut tx, proof, Masked::new(code.to_owned())).await.unwrap();
    tx.commit().await.unwrap();
    proven.map(|address| address.destination.into_inner())
}

#[tokio::test]
async fn a_right_code_proves_the_address_once_and_makes_no_factor() {
    let world = World::new().await;
    let otp = &world.features.otp;
    for channel in [Channel::Sms, Channel::Email] {
        let person = somebody();
        let shown = otp.ask_proof(ask(&person, "s", ProofOf::Contact, channel)).await.unwrap();
        let address = if channel == Channel::Sms { &person.phone } else { &person.email };
        let code = world.last_code(channel.name(), address);
        let proof = named(&shown, &person, "s");
        assert_eq!(otp.proof_status(&proof).await.unwrap(), Some((State::Pending, MessageState::Sent)));
        assert_eq!(prove(&world, &proof, &code).await.as_ref(), Ok(address));
        assert_eq!(prove(&world, &proof, &code).await, Err(Refusal::AlreadyUsed));
        assert_eq!(world.factors(&person).await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn the_message_says_what_the_code_is_for() {
    let world = World::new().await;
    for (proof_of, words) in [
        (ProofOf::Contact, "is your code to add this contact"),
        (ProofOf::Billing, "is your code to receive invoices here"),
    ] {
        let person = somebody();
        world.features.otp.ask_proof(ask(&person, "s", proof_of, Channel::Sms)).await.unwrap();
        let text = world.texts("sms", &person.phone).remove(0);
        assert!(text.contains(words), "{text}");
    }
}

#[tokio::test]
async fn a06_14_a_proof_is_of_its_session_person_and_purpose_and_no_door_of_logins() {
    let world = World::new().await;
    let otp = &world.features.otp;
    let (person, other) = (somebody(), somebody());
    let shown = otp.ask_proof(ask(&person, "s", ProofOf::Contact, Channel::Sms)).await.unwrap();
    let code = world.last_code("sms", &person.phone);
    for (user, session) in [(&person, "t"), (&other, "s")] {
        let proof = named(&shown, user, session);
        assert_eq!(prove(&world, &proof, &code).await, Err(Refusal::NotFound));
        assert!(matches!(otp.ask_proof_again(&proof).await, Err(OtpError::Refused(Refusal::NotFound))));
        assert_eq!(otp.proof_status(&proof).await.unwrap(), None);
    }
    let challenge = shown.challenge_id.to_string();
    world.verify(&challenge, "s", &code).await.expect_problem(404, "otp/not-found");
    world.resend(&challenge, "s", None).await.expect_problem(404, "otp/not-found");
    let billing = otp.ask_proof(ask(&person, "s", ProofOf::Billing, Channel::Sms)).await.unwrap();
    let elsewhere = prove(&world, &named(&billing, &person, "s"), &code).await;
    assert_eq!(elsewhere, Err(Refusal::CodeWrong { attempts_left: 4 }));
    assert!(prove(&world, &named(&shown, &person, "s"), &code).await.is_ok());
}

#[tokio::test]
async fn a_login_is_not_entered_by_the_door_of_proofs() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    let proof = ProofRef {
        challenge: shown.challenge().parse().unwrap(),
        user_id: person.user_id.clone(),
        session_id: "s".to_owned(),
    };
    assert_eq!(prove(&world, &proof, &code).await, Err(Refusal::NotFound));
    world.verify(&shown.challenge(), "s", &code).await.expect(200);
}

#[tokio::test]
async fn keycloak_cannot_ask_for_a_proof() {
    let world = World::new().await;
    let person = somebody();
    for purpose in ["contact", "billing"] {
        let mut body = enrolment(&person, "s", "sms", &person.phone);
        body["purpose"] = json!(purpose);
        let reply = world.issue(&body).await.expect_problem(400, "request/invalid");
        assert_eq!(reply.body["detail"], "purpose: expected login, enrol, reset or step_up");
    }
}

#[tokio::test]
async fn the_same_session_is_shown_the_same_challenge_and_a_resend_waits() {
    let world = World::new().await;
    let otp = &world.features.otp;
    let person = somebody();
    let shown = otp.ask_proof(ask(&person, "s", ProofOf::Contact, Channel::Sms)).await.unwrap();
    let again = otp.ask_proof(ask(&person, "s", ProofOf::Contact, Channel::Sms)).await.unwrap();
    assert_eq!(shown.challenge_id, again.challenge_id);
    let proof = named(&shown, &person, "s");
    let early = otp.ask_proof_again(&proof).await.unwrap_err();
    assert!(matches!(early, OtpError::Refused(Refusal::TooSoon { .. })), "{early:?}");
    assert_eq!(world.sent(), 1);
    world.age(31).await;
    otp.ask_proof_again(&proof).await.unwrap();
    assert_eq!(world.sent(), 2);
}

#[tokio::test]
async fn proofs_fall_under_the_limits_of_all_messages() {
    let world = World::with("profile = \"development\"\notp.limits.per_person = 2").await;
    let person = somebody();
    for (session, passes) in [("a", true), ("b", true), ("c", false)] {
        let asked = world.features.otp.ask_proof(ask(&person, session, ProofOf::Contact, Channel::Sms)).await;
        assert_eq!(asked.is_ok(), passes, "{asked:?}");
    }
    assert_eq!(world.sent(), 2);
}

#[tokio::test]
async fn a_refused_message_is_told_and_gives_the_challenge_up() {
    let world = World::new().await;
    let person = somebody();
    world.sms.fail_with(Some(NotSent::Refused { reason: "number" }));
    let otp = &world.features.otp;
    let refused = otp.ask_proof(ask(&person, "s", ProofOf::Contact, Channel::Sms)).await.unwrap_err();
    assert!(matches!(refused, OtpError::Refused(Refusal::DeliveryUnavailable)), "{refused:?}");
    world.sms.fail_with(None);
    otp.ask_proof(ask(&person, "s", ProofOf::Contact, Channel::Sms)).await.unwrap();
    assert_eq!(world.sent(), 1);
}

#[tokio::test]
async fn guessing_at_proofs_waits_and_an_own_address_in_between_does_not_reset_it() {
    let world = World::new().await;
    let otp = &world.features.otp;
    let (person, victim) = (somebody(), somebody());
    world.enrol_sms(&person).await;
    let mut foreign = ask(&person, "s", ProofOf::Contact, Channel::Sms);
    foreign.destination = Masked::new(victim.phone.clone());
    let shown = otp.ask_proof(foreign).await.unwrap();
    let guess = wrong(&world.last_code("sms", &victim.phone));
    let proof = named(&shown, &person, "s");
    for left in [4, 3, 2, 1] {
        let refused = prove(&world, &proof, &guess).await;
        assert_eq!(refused, Err(Refusal::CodeWrong { attempts_left: left }));
    }
    let own = otp.ask_proof(ask(&person, "t", ProofOf::Contact, Channel::Sms)).await.unwrap();
    let code = world.last_code("sms", &person.phone);
    assert!(prove(&world, &named(&own, &person, "t"), &code).await.is_ok());
    let last = prove(&world, &proof, &guess).await;
    assert_eq!(last, Err(Refusal::CodeWrong { attempts_left: 0 }), "the fifth wrong one in a row");
    let next = otp.ask_proof(ask(&person, "u", ProofOf::Contact, Channel::Sms)).await.unwrap();
    let code = world.last_code("sms", &person.phone);
    let waits = prove(&world, &named(&next, &person, "u"), &code).await;
    assert!(matches!(waits, Err(Refusal::TooSoon { .. })), "{waits:?}");
    world.issue(&login(&person, "v")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    let shown = world.issue(&login(&person, "v")).await.expect(201);
    world.verify(&shown.challenge(), "v", &code).await.expect(200);
}
