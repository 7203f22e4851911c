//! Whoever comes by an invitation is what it said; whoever was taken out does not come back by a late event.

use super::House;
use crate::support::{eventually, keycloak_events::Person};

#[tokio::test]
async fn who_comes_by_an_invitation_is_what_it_said() {
    let house = House::open().await;
    let siti = Person::new("siti").of_company("PT Contoh");
    house.change(&siti, 1).await;
    let (id, _) = house.company("PT Contoh").await;
    let (alias, org) = (id.to_string(), format!("org-{id}"));
    house.change(&siti.in_organization(&org, &alias, "PT Contoh"), 2).await;
    let arriving = [
        ("budi", "admin", vec!["budi user", "siti admin"]),
        ("dewi", "user", vec!["budi admin", "dewi user", "siti admin"]),
    ];
    for (user, role, members) in arriving {
        sqlx::query(
            "INSERT INTO invitations (invitation_id, company_id, email, role, state, invited_by, invited_at, expires_at)
             VALUES (gen_random_uuid(), $1, $2, $3, 'sent', 'siti', now(), now() + interval '1 hour')",
        )
        .bind(id)
        .bind(format!("{}@Contoh.example", user.to_uppercase()))
        .bind(role)
        .execute(&house.database.pool)
        .await
        .unwrap();
        // Keycloak lets somebody in by the link first and asks them to prove the address then.
        let invited = Person::new(user).in_organization(&org, &alias, "PT Contoh");
        house.change(&invited.clone().unproven(), 1).await;
        house.members("PT Contoh", &members).await;
        house.change(&invited, 2).await;
    }
    house.members("PT Contoh", &["budi admin", "dewi user", "siti admin"]).await;
    let left = || async {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM invitations");
        count.fetch_one(&house.database.pool).await.unwrap()
    };
    eventually("no invitation", left, |left| *left == 0).await;
    let role = ("budi".to_owned(), "company-admin".to_owned());
    let roles = || async { house.keycloak.state().roles.clone() };
    eventually("the role in Keycloak", roles, |roles| roles.contains(&role)).await;
    house.service.stop().await;
}

#[tokio::test]
async fn who_was_taken_out_does_not_come_back_by_a_late_event() {
    let house = House::open().await;
    let budi = Person::new("budi").in_organization("o-1", "satu", "PT Satu");
    house.change(&budi, 1).await;
    house.record("budi", "a member", |record| record["company"]["role"] == "user").await;
    sqlx::query("UPDATE company_members SET removed_at = now()").execute(&house.database.pool).await.unwrap();
    house.change(&budi.with("/locale", "ms"), 2).await;
    house
        .record("budi", "out of the company", |record| {
            record["locale"] == "ms" && record["company"].is_null()
        })
        .await;
    // Keycloak has done the same: nothing of it is left.
    house.change(&Person::new("budi"), 3).await;
    house.members("PT Satu", &[]).await;
    house.service.stop().await;
}
