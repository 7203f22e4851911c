//! Wrong codes after a right password are told to the person.

use super::world::World;
use crate::{
    otp::world::{World as Otp, login, somebody, wrong},
    support::keycloak_events::Person,
};

const MANY_TRIES: &str = "profile = \"development\"\notp.tries = 3";

/// Enters so many wrong codes, each as soon as one is looked at again.
async fn fail(otp: &Otp, person: &crate::otp::world::Person, session: &str, times: usize) {
    let mut challenge = String::new();
    for count in 0..times {
        if count % 3 == 0 {
            otp.forget_limits().await;
            let session = format!("{session}-{count}");
            challenge = otp.issue(&login(person, &session)).await.expect(201).challenge();
        }
        let session = format!("{session}-{}", count - count % 3);
        let code = wrong(&otp.last_code("email", &person.email));
        otp.age(60).await;
        otp.verify(&challenge, &session, &code).await.expect_problem(422, "otp/code-wrong");
    }
}

#[tokio::test]
async fn a06_43_five_wrong_codes_after_a_right_password_are_told_at_most_once_an_hour() {
    let world = World::new().await;
    let otp = Otp::over(world.database.pool.clone(), MANY_TRIES);
    let person = somebody();
    otp.enrol_email(&person).await;
    let known = Person::new(&person.user_id).with("/email", person.email.as_str());
    world.becomes(&known, 1).await;
    world.reached(&known, 1).await;

    fail(&otp, &person, "first", 4).await;
    assert_eq!(world.count("SELECT count(*) FROM jobs WHERE kind = 'otp.codes_failed'").await, 0);
    fail(&otp, &person, "second", 2).await;
    let ask = async || world.count("SELECT count(*) FROM notices WHERE sent_at IS NOT NULL").await;
    crate::support::eventually("the notice to be sent", ask, |sent| *sent == 1).await;
    let told = [(person.email.clone(), "Mungkin ada yang mengetahui kata sandi Anda".to_owned())];
    assert_eq!(world.told().await, told);
}
