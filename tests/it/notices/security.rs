//! Changes of an account are told at every address but the one that the change brought.

use gatehouse::adapters::sending::NotSent;
use serde_json::{Value, json};

use super::world::{CREDENTIAL, LOGIN, World, browser, password, siti};
use crate::support::eventually;

const SITI: &str = "siti@contoh.example";
const OFFICE: &str = "office@contoh.example";

fn pair(address: &str, subject: &str) -> (String, String) {
    (address.to_owned(), subject.to_owned())
}

fn passkey(id: &str) -> Value {
    json!([{"id": id, "channel": "passkey", "hint": null}])
}

#[tokio::test]
async fn a06_42_a_changed_sign_in_address_is_told_to_the_old_one_and_every_other() {
    let world = World::new().await;
    world.becomes(&siti(), 1).await;
    world.reached(&siti(), 1).await;
    world.add_contact(&siti(), "email", OFFICE).await;
    world.becomes(&siti().with("/email", "thief@evil.example"), 2).await;
    world.reached(&siti(), 2).await;
    let subject = "Alamat login Anda telah diubah";
    assert_eq!(world.told().await, [pair(OFFICE, subject), pair(SITI, subject)]);
    let mail = &world.mail.mails()[0];
    for part in [mail.text.expose(), mail.html.expose()] {
        assert!(part.contains("t•••@evil.example") && !part.contains("thief"), "{part}");
    }
}

#[tokio::test]
async fn a06_42_each_change_of_a_factor_is_told_once_at_every_address() {
    let world = World::new().await;
    world.becomes(&siti(), 1).await;
    world.reached(&siti(), 1).await;
    world.becomes(&siti().with("/factors", passkey("first")), 2).await;
    world.reached(&siti(), 2).await;
    assert_eq!(world.told().await, [pair(SITI, "Faktor kedua telah ditambahkan")]);
    world.becomes(&siti().with("/factors", passkey("second")), 3).await;
    world.reached(&siti(), 3).await;
    world.becomes(&siti(), 4).await;
    world.reached(&siti(), 4).await;
    let told = world.told().await;
    let subjects: Vec<&str> = told.iter().map(|(_, subject)| subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["Faktor kedua telah dihapus", "Faktor kedua telah ditambahkan", "Faktor kedua telah diubah"]
    );

    let _again = world.read_again();
    world.becomes(&siti().with("/first_name", "Sri"), 5).await;
    world.reached(&siti(), 5).await;
    assert_eq!(world.told().await.len(), 3, "a record that comes again tells nothing again");
}

#[tokio::test]
async fn a_new_password_is_told_whoever_set_it() {
    let world = World::new().await;
    world.becomes(&siti(), 1).await;
    world.says(&siti(), CREDENTIAL, 2, &password()).await;
    world.reached(&siti(), 2).await;
    let told = [pair(SITI, "Kata sandi Anda telah diubah")];
    assert_eq!(world.told().await, told);

    world.an_hour_passes().await;
    let by_staff = json!({"path_kind": "reset-password"});
    world.says(&siti(), "org.keycloak.admin.USER.ACTION", 3, &by_staff).await;
    world.reached(&siti(), 3).await;
    assert_eq!(world.told().await.len(), 2);
}

#[tokio::test]
async fn an_address_hears_of_a_matter_once_an_hour() {
    let world = World::new().await;
    world.becomes(&siti(), 1).await;
    for sequence in 2..6 {
        world.says(&siti(), CREDENTIAL, sequence, &password()).await;
    }
    world.reached(&siti(), 5).await;
    assert_eq!(world.told().await.len(), 1);
    world.an_hour_passes().await;
    world.says(&siti(), CREDENTIAL, 6, &password()).await;
    world.reached(&siti(), 6).await;
    assert_eq!(world.told().await.len(), 2);
}

#[tokio::test]
async fn a_browser_that_was_never_used_is_told_but_for_the_first() {
    let world = World::new().await;
    world.says(&siti(), LOGIN, 1, &browser('a')).await;
    world.says(&siti(), LOGIN, 2, &browser('a')).await;
    world.says(&siti(), LOGIN, 3, &json!({"device": {"id": "no hash"}})).await;
    world.reached(&siti(), 3).await;
    assert_eq!(world.told().await, []);
    world.says(&siti(), LOGIN, 4, &browser('b')).await;
    world.says(&siti(), LOGIN, 5, &browser('a')).await;
    world.reached(&siti(), 5).await;
    assert_eq!(world.told().await, [pair(SITI, "Login baru ke akun Anda")]);
    assert!(world.mail.mails()[0].text.expose().contains("Firefox, Linux"));
    assert_eq!(world.count("SELECT count(*) FROM known_devices").await, 2);
}

#[tokio::test]
async fn a_phone_hears_where_no_mailbox_can() {
    let world = World::new().await;
    let unproven = siti().unproven();
    world.becomes(&unproven, 1).await;
    world.reached(&unproven, 1).await;
    world.add_contact(&unproven, "phone", "+6281234567890").await;
    world.says(&unproven, CREDENTIAL, 2, &password()).await;
    world.reached(&unproven, 2).await;
    assert_eq!(world.told().await, []);
    let texts: Vec<String> = world.sms.messages().into_iter().map(|sms| sms.text.into_inner()).collect();
    assert_eq!(texts, ["Gatehouse: Kata sandi Anda telah diubah. Bukan Anda? Segera hubungi dukungan kami."]);
}

#[tokio::test]
async fn who_is_new_and_who_is_gone_are_told_nothing() {
    let world = World::new().await;
    world.becomes(&siti().with("/factors", passkey("first")), 1).await;
    world.says(&siti(), LOGIN, 2, &browser('a')).await;
    world.send(&[siti().deleted(&world.kafka.events(), 3)]).await;
    world.reached(&siti(), 3).await;
    assert_eq!(world.count("SELECT count(*) FROM notices").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM known_devices").await, 0);
}

#[tokio::test]
async fn a_refused_notice_is_parked_and_goes_out_when_staff_send_it_again() {
    let world = World::new().await;
    world.becomes(&siti(), 1).await;
    world.mail.fail_with(Some(NotSent::Refused { reason: "smtp_5yz" }));
    world.says(&siti(), CREDENTIAL, 2, &password()).await;
    let ask = async || {
        sqlx::query_as::<_, (String, String)>(
            "SELECT key, last_error FROM jobs WHERE kind = 'notices.send' AND state = 'parked'",
        )
        .fetch_optional(&world.database.pool)
        .await
        .unwrap()
    };
    let parked = eventually("the notice to be parked", ask, Option::is_some).await;
    let (key, reason) = parked.unwrap();
    assert_eq!(reason, "refused (smtp_5yz)");
    world.mail.fail_with(None);
    let mut conn = world.database.pool.acquire().await.unwrap();
    assert!(gatehouse::platform::jobs::unpark(&mut conn, "notices.send", &key).await.unwrap());
    assert_eq!(world.told().await.len(), 1);
    assert_eq!(world.mail.mails()[0].message_id, key);
}
