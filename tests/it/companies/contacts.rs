//! Whom to ask at a company: people without a login.

use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::House;
use crate::support::{
    api::{Api, Reply},
    eventually,
    keycloak_events::{Person, organization},
};

/// A company with its admin, `siti`, and a basic user, `budi`.
struct Company {
    api: Api,
    id: Uuid,
    admin: String,
}

fn dian() -> Value {
    json!({
        "name": "Dian Lestari", "purposes": ["technical", "billing"], "email": "Dian@Contoh.EXAMPLE",
        "phone": "+62 21 5081-2345",
    })
}

impl Company {
    async fn open() -> Self {
        let api = Api::open().await;
        let id = api.company("PT Satu", "siti").await;
        api.member(id, "budi", "user").await;
        let admin = api.token("siti");
        Self { api, id, admin }
    }

    fn path(&self, below: &str) -> String {
        format!("/companies/{}/contacts{below}", self.id)
    }

    async fn add(&self, body: Value) -> Reply {
        self.api.post(&self.path(""), &self.admin, body).await
    }

    async fn put(&self, id: &str, version: &str, body: Value) -> Reply {
        let headers = [("if-match", version)];
        self.api.call_with(Method::PUT, &self.path(id), &self.admin, Some(body), &headers).await
    }

    async fn remove(&self, id: &str, version: &str) -> Reply {
        let headers = [("if-match", version)];
        self.api.call_with(Method::DELETE, &self.path(id), &self.admin, None, &headers).await
    }

    async fn marked(&self) -> Vec<String> {
        let keys = "WITH gone AS (DELETE FROM changed_keys RETURNING key) SELECT key FROM gone ORDER BY key";
        sqlx::query_scalar(keys).fetch_all(&self.api.pool).await.unwrap()
    }
}

#[tokio::test]
async fn a_contact_is_added_changed_and_removed() {
    let company = Company::open().await;
    let added = company.add(dian()).await;
    assert_eq!(added.headers["etag"], "\"1\"");
    let contact = added.expect(201);
    assert_eq!(
        (&contact["email"], &contact["phone"], &contact["purposes"]),
        (&json!("Dian@contoh.example"), &json!("+622150812345"), &json!(["technical", "billing"]))
    );
    let id = format!("/{}", contact["contact_id"].as_str().unwrap());
    let everybody = company.marked().await;
    assert_eq!(everybody, [company.id.to_string(), "budi".to_owned(), "siti".to_owned()].sorted());

    let mut other = dian();
    other["purposes"] = json!(["security"]);
    other.as_object_mut().unwrap().remove("phone");
    company.put(&id, "\"1\"", other.clone()).await.expect(200);
    let late = company.put(&id, "\"1\"", dian()).await;
    late.expect_problem(412, "request/changed");
    assert_eq!(late.json()["current_version"], 2);
    company.remove(&id, "\"1\"").await.expect_problem(412, "request/changed");
    let found = company.api.get(&company.path(&id), &company.admin).await.expect(200);
    assert_eq!((&found["phone"], &found["purposes"]), (&Value::Null, &json!(["security"])));
    // It was for billing before; what billing does not see is not told to it.
    assert_eq!(company.marked().await.len(), 3);
    // The same again is no change.
    assert_eq!(company.put(&id, "\"2\"", other).await.expect(200)["version"], 2);

    company.remove(&id, "\"2\"").await.expect(204);
    assert_eq!(company.marked().await, Vec::<String>::new());
    company.remove(&id, "\"2\"").await.expect_problem(404, "request/not-found");
    let left = company.api.get(&company.path(""), &company.admin).await.expect(200);
    assert_eq!(left, json!({"items": []}));
    let trail = company.api.audited(&id[1..]).await;
    assert_eq!(trail, ["company_contact.added", "company_contact.changed", "company_contact.removed"]);
    let kept: String = sqlx::query_scalar("SELECT string_agg(it::text, ' ') FROM audit_entries AS it")
        .fetch_one(&company.api.pool)
        .await
        .unwrap();
    assert!(kept.contains("D•••@contoh.example"), "{kept}");
    for personal in ["Dian", "5081"] {
        assert!(!kept.contains(personal), "{personal} in {kept}");
    }
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl<const N: usize> Sorted for [String; N] {
    fn sorted(mut self) -> Self {
        self.sort_unstable();
        self
    }
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named() {
    let company = Company::open().await;
    for (field, value) in [
        ("name", json!("  ")),
        ("name", json!("x".repeat(101))),
        ("name", json!("Dian\u{7}")),
        ("purposes", json!([])),
        ("email", json!("dian")),
        ("phone", json!("call me")),
        ("phone", json!("+65 1900 123 4567")),
    ] {
        let mut body = dian();
        body[field] = value.clone();
        let refused = company.add(body).await;
        refused.expect_problem(400, "request/invalid");
        let errors = refused.json()["errors"].clone();
        assert_eq!((errors.as_array().unwrap().len(), &errors[0]["field"]), (1, &json!(field)), "{value}");
    }
    let nothing = json!({"name": "", "purposes": [], "email": "", "phone": "?"});
    assert_eq!(company.add(nothing).await.json()["errors"].as_array().unwrap().len(), 4);
    let mut unknown = dian();
    unknown["purposes"] = json!(["anything"]);
    company.add(unknown).await.expect_problem(400, "request/invalid");
    assert_eq!(company.api.get(&company.path(""), &company.admin).await.expect(200), json!({"items": []}));
}

#[tokio::test]
async fn an_address_stands_once_and_a_company_has_fifty_contacts_at_most() {
    let company = Company::open().await;
    company.add(dian()).await.expect(201);
    company.add(dian()).await.expect_problem(409, "companies/contact-held");
    let numbered = |number: usize| {
        let mut body = dian();
        body["email"] = json!(format!("contact-{number}@contoh.example"));
        body
    };
    let asked: Vec<_> = (0..51).map(numbered).collect();
    let answers = futures::future::join_all(asked.into_iter().map(|body| company.add(body))).await;
    let added = answers.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(added, 49, "the fifty include the first");
    for refused in answers.iter().filter(|reply| reply.status != 201) {
        refused.expect_problem(409, "companies/too-many-contacts");
    }
    // One that is changed onto the address of another is refused, too.
    let listed = company.api.get(&company.path(""), &company.admin).await.expect(200);
    let last = format!("/{}", listed["items"][49]["contact_id"].as_str().unwrap());
    company.put(&last, "\"1\"", dian()).await.expect_problem(409, "companies/contact-held");
}

#[tokio::test]
async fn nobody_reaches_the_contacts_of_another_company() {
    let company = Company::open().await;
    let theirs = company.api.company("PT Dua", "dewi").await;
    let dewi = company.api.token("dewi");
    let contact = company.add(dian()).await.expect(201);
    let id = contact["contact_id"].as_str().unwrap();
    let tag = [("if-match", "\"1\"")];
    for place in [company.path(&format!("/{id}")), format!("/companies/{theirs}/contacts/{id}")] {
        for (method, body) in [(Method::GET, None), (Method::PUT, Some(dian())), (Method::DELETE, None)] {
            let reply = company.api.call_with(method, &place, &dewi, body, &tag).await;
            reply.expect_problem(404, "request/not-found");
        }
    }
    company.api.post(&company.path(""), &dewi, dian()).await.expect_problem(404, "request/not-found");
    let own = company.api.get(&format!("/companies/{theirs}/contacts"), &dewi).await.expect(200);
    assert_eq!(own, json!({"items": []}));
    // Whoever only belongs to the company holds nothing there.
    let budi = company.api.token("budi");
    company.api.get(&company.path(""), &budi).await.expect_problem(403, "access/forbidden");
    company.api.post(&company.path(""), &budi, dian()).await.expect_problem(403, "access/forbidden");
}

#[tokio::test]
async fn staff_see_contacts_masked_and_may_correct_them() {
    let company = Company::open().await;
    let contact = company.add(dian()).await.expect(201);
    company.api.person("helga").await;
    let helga = company.api.staff_token("helga", &["customer-service"]);
    let seen = company.api.get(&company.path(""), &helga).await.expect(200);
    assert_eq!(
        (&seen["items"][0]["name"], &seen["items"][0]["email"], &seen["items"][0]["phone"]),
        (&json!("D•••"), &json!("D•••@contoh.example"), &json!("+62 ••• 45"))
    );
    let place = company.path(&format!("/{}", contact["contact_id"].as_str().unwrap()));
    let mut body = dian();
    body["email"] = json!("dian@baru.example");
    let tag = [("if-match", "\"1\"")];
    let reply = company.api.call_with(Method::PUT, &place, &helga, Some(body), &tag).await.expect(200);
    assert_eq!(reply["email"], "d•••@baru.example");
    let unmask = format!("/backoffice/companies/{}/contacts/unmask", company.id);
    let refused = company.api.post(&unmask, &helga, json!({"reason": " "})).await;
    refused.expect_problem(400, "request/invalid");
    let shown = company.api.post(&unmask, &helga, json!({"reason": "a fault"})).await.expect(200);
    assert_eq!(shown["items"][0]["name"], "Dian Lestari");
    let history = format!("/companies/{}/audit?action=company_contacts.unmasked", company.id);
    let seen = company.api.get(&history, &company.admin).await.expect(200);
    assert_eq!(
        (&seen["items"][0]["actor_id"], &seen["items"][0]["reason"]),
        (&json!("helga"), &json!("a fault")),
        "the company reads who looked, and why"
    );
    let auditor = company.api.staff_token("helga", &["auditor"]);
    let looks = json!({"reason": "curious"});
    company.api.post(&unmask, &auditor, looks).await.expect_problem(403, "access/forbidden");
    company.api.post(&company.path(""), &auditor, dian()).await.expect_problem(403, "access/forbidden");
}

#[tokio::test]
async fn whom_to_ask_about_invoices_stands_in_the_records_and_goes_with_the_company() {
    let house = House::open().await;
    let topic = house.topic();
    house.kafka.send(&[organization(&topic, "o-1", "satu", Some("PT Satu"), 1)]).await;
    house.change(&Person::new("budi").in_organization("o-1", "satu", "PT Satu"), 1).await;
    house.members("PT Satu", &["budi user"]).await;
    let (id, _) = house.company("PT Satu").await;
    for (email, purposes) in
        [("dian@satu.example", "{technical,billing}"), ("noc@satu.example", "{technical}")]
    {
        sqlx::query(
            "INSERT INTO company_contacts VALUES
                 (gen_random_uuid(), $1, 1, 'Dian', $2::text[], $3, '+622150812345', now(), now())",
        )
        .bind(id)
        .bind(purposes)
        .bind(email)
        .execute(&house.database.pool)
        .await
        .unwrap();
    }
    house.kafka.send(&[organization(&topic, "o-1", "satu", Some("PT Satu Baru"), 2)]).await;
    let expected = json!([{
        "name": "Dian", "email": "dian@satu.example", "phone": "+622150812345", "purpose": "billing",
    }]);
    house
        .kafka
        .companies_until("the contact", |seen| {
            seen.last().is_some_and(|last| last.json()["billing"]["billing_contacts"] == expected)
        })
        .await;
    let is_there = |record: &Value| record["company"]["billing"]["billing_contacts"] == expected;
    house.record("budi", "the contact", is_there).await;

    house.kafka.send(&[organization(&topic, "o-1", "satu", None, 3)]).await;
    let left = || async {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM company_contacts")
            .fetch_one(&house.database.pool)
            .await
            .unwrap()
    };
    eventually("no contact", left, |left| *left == 0).await;
    house.service.stop().await;
}
