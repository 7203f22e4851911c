//! The billing profile by API, by a client that knows the document alone.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{api::Api, client::Client};

fn profile() -> Value {
    json!({
        "party_type": "company", "legal_name": "PT Contoh Awan Nusantara",
        "tax_ids": [{"kind": "ID/NPWP", "value": "01.312.166.0-091.000"}],
        "address": {"line1": "Jl. Contoh No. 1", "district": "Setiabudi", "city": "Jakarta Selatan",
                    "subdivision": "ID-JK", "postal_code": "12910", "country": "ID"},
        "currency": "IDR", "locale": "id-ID", "time_zone": "Asia/Jakarta",
        "payment_terms": {"net_days": 30, "method": "va"},
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = profile();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

struct House {
    api: Api,
    company: Uuid,
}

impl House {
    async fn open() -> Self {
        let api = Api::open().await;
        let company = api.company("PT Contoh", "siti").await;
        Self { api, company }
    }

    fn admin(&self) -> Client<'_> {
        Client::new(&self.api, self.api.token("siti"))
    }

    async fn staff(&self) -> Client<'_> {
        self.api.person("sari").await;
        Client::new(&self.api, self.api.staff_token("sari", &["customer-service"]))
    }

    async fn saved(&self, revision: &str, body: Value) -> crate::support::api::Reply {
        let company = self.company.to_string();
        let parameters = [("company_id", company.as_str()), ("if-match", revision)];
        self.admin().call("saveBillingProfile", &parameters, Some(body)).await
    }
}

#[tokio::test]
async fn a_profile_is_saved_over_the_revision_that_was_read_and_every_revision_is_kept() {
    let house = House::open().await;
    let company = house.company.to_string();
    let here = [("company_id", company.as_str())];
    let empty = house.admin().call("getBillingProfile", &here, None).await;
    assert_eq!((empty.headers["etag"].to_str().unwrap(), empty.json()["score"].clone()), ("\"0\"", json!(0)));
    let saved = house.saved("\"0\"", profile()).await;
    let shown = saved.expect(200);
    assert_eq!(saved.headers["etag"], "\"1\"");
    assert_eq!(shown["score"], 70);
    assert_eq!(
        shown["missing"],
        json!([
            {"field": "tax", "who": "staff"}, {"field": "invoice_recipients", "who": "customer"},
            {"field": "seller_entity", "who": "staff"},
        ])
    );
    let stale = house.saved("\"0\"", with("/legal_name", json!("PT Lain"))).await;
    stale.expect_problem(412, "request/changed");
    assert_eq!(stale.json()["current_version"], 1);
    let without = house
        .api
        .call(
            axum::http::Method::PUT,
            &format!("/companies/{company}/billing"),
            &house.api.token("siti"),
            Some(profile()),
        )
        .await;
    without.expect_problem(428, "request/if-match-required");

    house.saved("\"1\"", with("/legal_name", json!("PT Baru"))).await.expect(200);
    let first = house.admin().call("listBillingVersions", &[here[0], ("limit", "1")], None).await.expect(200);
    assert_eq!(first["items"][0]["revision"], 2);
    assert_eq!(first["items"][0]["changed_by"], "siti");
    let next = first["next"].as_str().unwrap();
    let older =
        house.admin().call("listBillingVersions", &[here[0], ("limit", "1"), ("after", next)], None).await;
    assert_eq!(older.expect(200)["items"][0]["profile"]["legal_name"], "PT Contoh Awan Nusantara");
    let one = [here[0], ("revision", "1")];
    let one = house.admin().call("getBillingVersion", &one, None).await.expect(200);
    assert_eq!(one["profile"]["legal_name"], "PT Contoh Awan Nusantara");
    house.admin().call("getBillingVersion", &[here[0], ("revision", "9")], None).await.expect(404);
}

#[tokio::test]
async fn the_trail_tells_what_was_changed_before_and_after_and_names_nobody() {
    let house = House::open().await;
    house.saved("\"0\"", profile()).await.expect(200);
    let mut person = with("/party_type", json!("individual"));
    person["legal_name"] = json!("Siti Rahma");
    person["tax_ids"] = json!([{"kind": "ID/NIK", "value": "3171015708450001"}]);
    person["address"]["line1"] = json!("Jl. Rahasia No. 2");
    house.saved("\"1\"", person).await.expect(200);
    let told = "SELECT before, after FROM audit_entries WHERE action = 'billing.saved' ORDER BY occurred_at";
    let told: Vec<(Value, Value)> = sqlx::query_as(told).fetch_all(&house.api.pool).await.unwrap();
    assert_eq!(
        (&told[0].0["legal_name"], &told[0].1["legal_name"]),
        (&json!(null), &json!("PT Contoh Awan Nusantara"))
    );
    assert_eq!(told[0].1["revision"], 1);
    let (before, after) = &told[1];
    let place = json!({"line1": "•••", "city": "Jakarta Selatan", "country": "ID"});
    assert_eq!(
        *after,
        json!({
            "party_type": "individual", "legal_name": "S•••", "address": place,
            "tax_ids": [{"type": "NIK", "value": "•••001"}], "revision": 2,
        })
    );
    assert_eq!(
        *before,
        json!({
            "party_type": "company", "legal_name": "PT Contoh Awan Nusantara", "address": place,
            "tax_ids": [{"type": "NPWP16", "value": "•••000"}],
        })
    );
}

#[tokio::test]
async fn each_wrong_field_is_named_with_what_is_expected() {
    let house = House::open().await;
    for (pointer, value, field) in [
        ("/party_type", json!("robot"), "party_type"),
        ("/legal_name", json!("x".repeat(256)), "legal_name"),
        ("/tax_ids/0/value", json!("01.312.166.1-091.000"), "tax_ids[0]"),
        ("/tax_ids/0/kind", json!("XX/YY"), "tax_ids[0]"),
        ("/tax_ids/0", json!({"kind": "ID/NIK", "value": "3171013208450001"}), "tax_ids[0]"),
        ("/tax_ids/0", json!({"kind": "SG/UEN", "value": "197401143D"}), "tax_ids[0]"),
        ("/tax_ids/0", json!({"kind": "SG/GST", "value": "X90312345A"}), "tax_ids[0]"),
        ("/tax_ids/0", json!({"kind": "ID/OTHER", "value": "01.312.166.1-091.000"}), "tax_ids[0]"),
        ("/tax_ids/0", json!({"kind": "QQ/OTHER", "value": "51824753556"}), "tax_ids[0]"),
        ("/tax_ids/0", json!({"kind": "AU/OTHER", "value": "51<824"}), "tax_ids[0]"),
        ("/tax_ids", json!(vec![json!({"kind": "ID/NIK", "value": "1"}); 4]), "tax_ids"),
        ("/address/country", json!("XX"), "address.country"),
        ("/address/postal_code", json!("1234"), "address.postal_code"),
        ("/currency", json!("BTC"), "currency"),
        ("/payment_terms/net_days", json!(181), "payment_terms.net_days"),
    ] {
        let refused = house.saved("\"0\"", with(pointer, value)).await;
        refused.expect_problem(400, "request/invalid");
        let errors = refused.json()["errors"].clone();
        let fields: Vec<&str> =
            errors.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert!(fields.contains(&field), "{pointer}: {fields:?}");
    }
    house.saved("\"0\"", json!({"legal_nam": "x"})).await.expect_problem(400, "request/invalid");
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM billing_profiles").fetch_one(&house.api.pool).await.unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_number_in_no_form_that_we_know_is_saved_and_said_to_be_unchecked_until_it_is_another() {
    let house = House::open().await;
    let mut body = profile();
    body["tax_ids"] = json!([
        {"kind": "ID/NPWP", "value": "01.312.166.0-091.000"}, {"kind": "AU/OTHER", "value": "51 824 753 556"},
        {"kind": "MY/TIN", "value": "20880050010"},
    ]);
    let shown = house.saved("\"0\"", body).await.expect(200);
    assert_eq!((&shown["score"], &shown["unchecked"]), (&json!(70), &json!(["AU/OTHER", "MY/TIN"])));
    let ids = &shown["profile"]["tax_ids"];
    assert_eq!((&ids[0]["status"], &ids[0]["method"]), (&json!("format_ok"), &json!("checksum")));
    let foreign = json!({
        "country": "AU", "type": "OTHER", "value": "51824753556", "status": "unverified", "method": null,
        "checked_at": null, "valid_from": null, "valid_to": null,
    });
    assert_eq!(ids[1], foreign);
    assert_eq!((&ids[2]["type"], &ids[2]["status"]), (&json!("TIN"), &json!("unverified")));

    // Two countries may each give one, the same country only one; what is in a form that we know is checked.
    let two = |other: &str| {
        let mut body = profile();
        body["tax_ids"] = json!([
            {"kind": "AU/OTHER", "value": "51824753556"}, {"kind": other, "value": "DE123456789"},
        ]);
        body
    };
    house.saved("\"1\"", two("AU/OTHER")).await.expect_problem(400, "request/invalid");
    house.saved("\"1\"", two("DE/OTHER")).await.expect(200);
    let mut known = profile();
    known["tax_ids"] = json!([{"kind": "MY/TIN", "value": "C 20880050010"}]);
    let shown = house.saved("\"2\"", known).await.expect(200);
    assert_eq!(shown["unchecked"], json!([]));
    assert_eq!(shown["profile"]["tax_ids"][0]["method"], "format");
}

#[tokio::test]
async fn staff_set_what_only_staff_set_and_a_locked_currency_stays() {
    let house = House::open().await;
    let company = house.company.to_string();
    house.saved("\"0\"", profile()).await.expect(200);
    let set =
        json!({"tax": {"treatment": "standard"}, "seller_entity": "PT Gatehouse", "currency_locked": true});
    let over_one = [("company_id", company.as_str()), ("if-match", "\"1\"")];
    // An admin of the company is no staff.
    house.admin().call("setBillingByStaff", &over_one, Some(set.clone())).await.expect(403);
    let staff = house.staff().await;
    let done = staff.call("setBillingByStaff", &over_one, Some(set.clone())).await.expect(200);
    assert_eq!((&done["score"], &done["revision"]), (&json!(90), &json!(2)));
    staff.call("setBillingByStaff", &over_one, Some(set.clone())).await.expect(412);
    let nowhere = Uuid::from_u128(7).to_string();
    let nowhere = [("company_id", nowhere.as_str()), ("if-match", "\"0\"")];
    staff.call("setBillingByStaff", &nowhere, Some(set)).await.expect(404);

    let other = house.saved("\"2\"", with("/currency", json!("SGD"))).await;
    other.expect_problem(400, "request/invalid");
    assert_eq!(other.json()["errors"][0]["field"], "currency");
    let kept = house.saved("\"2\"", with("/legal_name", json!("PT Baru"))).await.expect(200);
    assert_eq!(kept["profile"]["seller_entity"], "PT Gatehouse", "what staff set stays");
    assert_eq!(kept["profile"]["currency_locked"], true);
    let actions = house.api.audited(&company).await;
    assert_eq!(actions, ["billing.saved", "billing.set_by_staff", "billing.saved"]);
}

#[tokio::test]
async fn invoices_go_to_an_address_once_its_code_was_entered() {
    let house = House::open().await;
    let company = house.company.to_string();
    let here = ("company_id", company.as_str());
    let admin = house.admin();
    let asked = json!({"email": "tagihan@contoh.example"});
    let pending = admin.call("addRecipient", &[here], Some(asked.clone())).await.expect(202);
    let id = pending["pending_id"].as_str().unwrap().to_owned();
    let listed = admin.call("listPendingRecipients", &[here], None).await.expect(200);
    assert_eq!(listed[0]["pending_id"], pending["pending_id"]);
    let code = crate::otp::world::code_in(house.api.mail.mails().pop().unwrap().text.expose());
    let place = [here, ("pending_id", id.as_str())];
    let wrong =
        admin.call("proveRecipient", &place, Some(json!({"code": crate::otp::world::wrong(&code)}))).await;
    wrong.expect_problem(422, "otp/code-wrong");
    admin.call("proveRecipient", &place, Some(json!({"code": code}))).await.expect(204);
    let shown = admin.call("getBillingProfile", &[here], None).await.expect(200);
    assert_eq!(shown["profile"]["recipients"][0]["email"], "tagihan@contoh.example");
    admin
        .call("addRecipient", &[here], Some(asked.clone()))
        .await
        .expect_problem(409, "billing/recipient-held");
    admin.call("removeRecipient", &[here], Some(asked)).await.expect(204);
    let shown = admin.call("getBillingProfile", &[here], None).await.expect(200);
    assert_eq!(shown["profile"]["recipients"], json!([]));
}
