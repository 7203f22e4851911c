//! A person's own contacts by API, by a client that knows the document alone.

use serde_json::json;

use crate::support::{api::Api, client::Client};

async fn api() -> Api {
    let api = Api::open().await;
    api.person("siti").await;
    api
}

#[tokio::test]
async fn an_address_is_asked_for_proven_changed_and_removed() {
    let api = api().await;
    let siti = Client::new(&api, api.token("siti"));
    let new = json!({"kind": "email", "value": "keuangan@contoh.example", "purposes": ["billing"]});
    let pending = siti.call("addMyContact", &[], Some(new)).await.expect(202);
    let id = pending["pending_id"].as_str().unwrap().to_owned();
    let before = siti.call("listMyContacts", &[], None).await.expect(200);
    assert_eq!(
        (before["contacts"].as_array().unwrap().len(), before["pending"].as_array().unwrap().len()),
        (0, 1)
    );
    siti.call("resendMyContactCode", &[("pending_id", &id)], None)
        .await
        .expect_problem(429, "otp/rate-limited");
    let code = crate::otp::world::code_in(api.mail.mails().pop().unwrap().text.expose());
    let entered = json!({"code": code});
    let contact =
        siti.call("proveMyContact", &[("pending_id", &id)], Some(entered.clone())).await.expect(200);
    assert_eq!(
        (&contact["value"], &contact["is_primary"]),
        (&json!("keuangan@contoh.example"), &json!(true))
    );
    siti.call("proveMyContact", &[("pending_id", &id)], Some(entered)).await.expect(404);
    let (version, contact) = (&contact["version"], contact["contact_id"].as_str().unwrap().to_owned());
    let first = version.to_string();
    let place = |version| [("contact_id", contact.as_str()), ("If-Match", version)];
    let wanted = json!({"purposes": ["technical", "security"]});
    let changed = siti.call("setMyContactPurposes", &place(&first), Some(wanted.clone())).await;
    assert_eq!(changed.expect(200)["purposes"], json!(["technical", "security"]));
    let second = changed.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(second, format!("\"{}\"", changed.json()["version"]));
    // Whoever looked before the change overwrites nothing.
    for (operation, body) in
        [("setMyContactPurposes", Some(wanted)), ("makeMyContactPrimary", None), ("removeMyContact", None)]
    {
        let late = siti.call(operation, &place(&first), body).await;
        late.expect_problem(412, "request/changed");
        assert_eq!(late.json()["current_version"], changed.json()["version"], "{operation}");
    }
    let none = siti.call("setMyContactPurposes", &place(&second), Some(json!({"purposes": []}))).await;
    none.expect_problem(400, "request/invalid");
    assert_eq!(none.json()["errors"][0]["field"], "purposes");
    siti.call("makeMyContactPrimary", &place(&second), None).await.expect(200);
    siti.call("removeMyContact", &place(&second), None).await.expect(204);
    assert_eq!(api.audited("siti").await, ["contact.added", "contact.purposes_changed", "contact.removed"]);
}

#[tokio::test]
async fn nobody_reaches_the_contacts_of_somebody_else() {
    let api = api().await;
    api.person("dewi").await;
    let (siti, dewi) = (Client::new(&api, api.token("siti")), Client::new(&api, api.token("dewi")));
    let new = json!({"kind": "email", "value": "keuangan@contoh.example", "purposes": ["billing"]});
    let pending = siti.call("addMyContact", &[], Some(new)).await.expect(202);
    let id = pending["pending_id"].as_str().unwrap();
    let code = crate::otp::world::code_in(api.mail.mails().pop().unwrap().text.expose());
    dewi.call("proveMyContact", &[("pending_id", id)], Some(json!({"code": code}))).await.expect(404);
    dewi.call("cancelMyContact", &[("pending_id", id)], None).await.expect(204);
    let contact =
        siti.call("proveMyContact", &[("pending_id", id)], Some(json!({"code": code}))).await.expect(200);
    let place = [("contact_id", contact["contact_id"].as_str().unwrap()), ("If-Match", "\"1\"")];
    dewi.call("removeMyContact", &place, None).await.expect(404);
    dewi.call("makeMyContactPrimary", &place, None).await.expect(404);
    assert_eq!(dewi.call("listMyContacts", &[], None).await.expect(200)["contacts"], json!([]));
    // Systems have no contacts.
    let system = Client::new(&api, api.system("reader", None).await);
    system.call("listMyContacts", &[], None).await.expect(403);
}
