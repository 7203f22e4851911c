//! The end of an account.

use super::email::world;
use crate::{portal::world::World, support::keycloak_events::Person};

const PAGE: &str = "/account/delete";

/// Siti leads a company, and so does Budi if there is one.
async fn company(world: &World, admins: &[&str]) {
    sqlx::query(
        "INSERT INTO companies (company_id, realm, name, claim_key, status, organization_id, created_at, updated_at)
         VALUES ('00000000-0000-4000-8000-000000000001', 'gatehouse', 'PT Contoh', 'pt contoh', 'active', 'org-1',
                 now(), now())",
    )
    .execute(&world.pool)
    .await
    .unwrap();
    for admin in admins {
        sqlx::query(
            "INSERT INTO company_members (company_id, user_id, role, in_keycloak, since)
             VALUES ('00000000-0000-4000-8000-000000000001', $1, 'admin', true, now())",
        )
        .bind(admin)
        .execute(&world.pool)
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn whoever_is_sure_is_deleted_and_hears_a_last_time() {
    let (world, mut browser) = world().await;
    browser.get(PAGE).await.expect(200).shows("Ini tidak bisa dibatalkan");
    browser.post(PAGE, PAGE, &[]).await.expect(422).shows("Centang kotak jika");
    let gone = browser.post(PAGE, PAGE, &[("sure", "yes")]).await.expect(303);
    assert_eq!(gone.location(), "/?notice=deleted&lang=id");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    browser.get(gone.location()).await.expect(200).shows("Akun Anda sedang dihapus");
    world.run_commands("siti").await;
    assert_eq!(world.keycloak.state().deleted, ["siti"]);

    world.gone("siti", 2).await;
    world.send_notices().await;
    let mails = world.mail.mails();
    assert_eq!(mails.last().unwrap().to.expose(), "siti@contoh.example");
    assert_eq!(mails.last().unwrap().subject, "Akun Anda sedang dihapus");
    let left: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM contacts), (SELECT count(*) FROM people WHERE email IS NOT NULL)",
    )
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!(left, (0, 0));
}

#[tokio::test]
async fn every_session_is_over_at_once() {
    let (world, mut browser) = world().await;
    let mut second = browser.clone();
    browser.post(PAGE, PAGE, &[("sure", "yes")]).await.expect(303);
    second.get("/account").await.expect(303);
    let stopped: String =
        sqlx::query_scalar("SELECT kind FROM person_blocks").fetch_one(&world.pool).await.unwrap();
    assert_eq!(stopped, "disabled", "nobody signs in while Keycloak has not done it yet");
}

#[tokio::test]
async fn the_last_admin_stays() {
    let (world, mut browser) = world().await;
    company(&world, &["siti"]).await;
    browser.post(PAGE, PAGE, &[("sure", "yes")]).await.expect(422).shows("satu-satunya admin");
    browser.get("/account").await.expect(200);
    let asked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM keycloak_commands").fetch_one(&world.pool).await.unwrap();
    assert_eq!(asked, 0);
}

/// Both are admins, and each counts on the other.
#[tokio::test]
async fn of_two_admins_who_go_at_the_same_moment_one_stays() {
    let (world, mut siti) = world().await;
    let budi = Person::new("budi");
    world.tell(&budi, 1).await;
    company(&world, &["siti", "budi"]).await;
    let mut budi = world.signed_in(&budi, "s-9").await;
    let sure = [("sure", "yes")];
    let (one, two) = tokio::join!(siti.post(PAGE, PAGE, &sure), budi.post(PAGE, PAGE, &sure));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "{one:?} {two:?}");
}
