//! What an invoice needs, told by the company's administrators.

use serde_json::{Value, json};

use super::{
    house::House,
    world::{Browser, World},
};
use crate::support::keycloak_events::Person;

const FORM: [(&str, &str); 15] = [
    ("party_type", "company"),
    ("legal_name", "PT Contoh Awan Nusantara"),
    ("tax_kind_1", "ID/NPWP"),
    ("tax_value_1", "01.312.166.0-091.000"),
    ("country", "ID"),
    ("line1", "Jl. Contoh No. 1"),
    ("district", "Setiabudi"),
    ("city", "Jakarta Selatan"),
    ("subdivision", "ID-JK"),
    ("postal_code", "12910"),
    ("currency", "IDR"),
    ("locale", "id-ID"),
    ("time_zone", "Asia/Jakarta"),
    ("net_days", "30"),
    ("method", "va"),
];

/// An administrator of a company of their own.
async fn world() -> (World, Browser) {
    let (world, siti) = (World::new().await, Person::new("siti").of_company("PT Contoh"));
    world.tell(&siti, 1).await;
    let browser = world.signed_in(&siti, "s-1").await;
    (world, browser)
}

/// The form filled in, with some fields otherwise, over a revision.
fn form<'a>(revision: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = FORM.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).chain([("revision", revision)]).collect()
}

async fn profile(world: &World) -> (i64, Value) {
    sqlx::query_as("SELECT revision, profile FROM billing_profiles").fetch_one(&world.pool).await.unwrap()
}

#[tokio::test]
async fn what_is_told_is_kept_with_every_revision_and_billing_hears_of_it() {
    let (world, mut browser) = world().await;
    browser.get("/company").await.expect(200).shows("0 % dari yang diperlukan faktur");
    sqlx::query("DELETE FROM changed_keys").execute(&world.pool).await.unwrap();
    let saved = browser.post("/company", "/company", &form("0", &[])).await.expect(303);
    assert_eq!(saved.location(), "/company?done=saved");
    let (revision, kept) = profile(&world).await;
    assert_eq!(revision, 1);
    assert_eq!(kept["tax_ids"][0]["value"], "0013121660091000", "15 digits become 16");
    assert_eq!(kept["tax_ids"][0]["status"], "format_ok");
    assert_eq!(kept["address"]["subdivision"], "ID-JK");
    assert_eq!(kept["payment_terms"], json!({"net_days": 30, "method": "va", "end_of_month": false}));
    let marked: Vec<String> = sqlx::query_scalar("SELECT stream FROM changed_keys ORDER BY stream")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    assert_eq!(marked, ["companies", "users"]);

    let page = browser.get(saved.location()).await.expect(200);
    page.shows("Profil penagihan sudah disimpan.");
    page.shows("70 % dari yang diperlukan faktur");
    browser.post("/company", "/company", &form("1", &[("trade_name", "Contoh")])).await.expect(303);
    let versions: Vec<(i64, String)> =
        sqlx::query_as("SELECT revision, changed_by FROM billing_profile_versions ORDER BY revision")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    assert_eq!(versions, [(1, "siti".to_owned()), (2, "siti".to_owned())]);
}

#[tokio::test]
async fn two_who_edit_at_once_never_overwrite_each_other() {
    let (world, mut browser) = world().await;
    browser.post("/company", "/company", &form("0", &[])).await.expect(303);
    let first = [("legal_name", "PT Pertama")];
    browser.post("/company", "/company", &form("1", &first)).await.expect(303);
    let second = [("legal_name", "PT Kedua")];
    let refused = browser.post("/company", "/company", &form("1", &second)).await.expect(412);
    refused.shows("Orang lain sudah menyimpan perubahan");
    refused.shows("<bdi>PT Kedua</bdi>");
    refused.shows("<bdi>PT Pertama</bdi>");
    assert_eq!(profile(&world).await.1["legal_name"], "PT Pertama");
    let newest = super::world::value_of(&refused.body, "revision");
    assert_eq!(newest, "2", "saving mine again goes over what was shown");
    browser.post("/company", "/company", &form(&newest, &second)).await.expect(303);
    assert_eq!(profile(&world).await.1["legal_name"], "PT Kedua");
}

#[tokio::test]
async fn saving_the_same_again_changes_nothing() {
    let (world, mut browser) = world().await;
    browser.post("/company", "/company", &form("0", &[])).await.expect(303);
    browser.post("/company", "/company", &form("1", &[])).await.expect(303);
    assert_eq!(profile(&world).await.0, 1);
}

#[tokio::test]
async fn each_wrong_field_says_what_is_expected_and_keeps_what_was_typed() {
    let (world, mut browser) = world().await;
    let long = "x".repeat(256);
    for (field, value, id) in [
        ("party_type", "robot", "party_type"),
        ("legal_name", long.as_str(), "legal_name"),
        ("tax_value_1", "01.312.166.1-091.000", "tax_value_1"),
        ("tax_kind_1", "OTHER", "tax_country_1"),
        ("country", "XX", "country"),
        ("line1", "", "line1"),
        ("district", "", "district"),
        ("subdivision", "SG-01", "subdivision"),
        ("postal_code", "1234", "postal_code"),
        ("currency", "BTC", "currency"),
        ("time_zone", "Mars/Olympus", "time_zone"),
        ("net_days", "181", "net_days"),
        ("method", "cash", "method"),
        ("order_to_1", "2026-13-01", "order_number_1"),
    ] {
        let page = browser.post("/company", "/company", &form("0", &[(field, value)])).await.expect(422);
        page.shows(&format!("<a href=\"#{id}\">"));
        page.shows("PT Contoh");
    }
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM billing_profiles").fetch_one(&world.pool).await.unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_number_of_a_form_that_we_do_not_know_is_saved_with_a_warning_that_staff_see_too() {
    let house = House::open().await;
    let (mut siti, mut sari) = (house.browser("siti").await, house.browser("sari").await);
    let other = [("tax_kind_1", "OTHER"), ("tax_country_1", " au "), ("tax_value_1", "51 824 753 556")];
    siti.post("/company", "/company", &form("0", &other)).await.expect(303);
    let page = siti.get("/company?done=saved").await.expect(200);
    for text in [
        "The billing profile is saved.",
        "<dt>Not checked by us</dt>",
        r#"<span class="tag warn">AU/OTHER</span>"#,
        "Saved, but not checked",
        r#"<option value="OTHER" selected>"#,
        r#"name="tax_country_1" type="text" value="AU""#,
        r#"value="51824753556""#,
    ] {
        page.shows(text);
    }
    // Who may only look is told, too, and saving again keeps what is there.
    siti.post("/company/people/sari", "/company/people/sari/grants", &[("power", "VIEW")]).await.expect(303);
    sari.get("/company").await.expect(200).shows("AU/OTHER");
    siti.post("/company", "/company", &form("1", &other)).await.expect(303);
    siti.get("/company").await.expect(200).shows(r#"name="revision" value="1""#);

    let mut staff = house.staff("helga", "customer-service").await;
    let seen = staff.get(&format!("/backoffice/companies/{}", house.mine)).await.expect(200);
    seen.shows("<bdi>AU/OTHER •••556</bdi>");
    seen.shows("Not checked by us");
    seen.hides("51824753556");

    // A number that we can check says nothing of it.
    siti.post("/company", "/company", &form("1", &[])).await.expect(303);
    siti.get("/company").await.expect(200).hides("Not checked by us");
    let seen = staff.get(&format!("/backoffice/companies/{}", house.mine)).await.expect(200);
    seen.shows("<bdi>ID/NPWP •••000</bdi>");
    seen.hides("Not checked by us");
}

#[tokio::test]
async fn invoices_go_only_to_addresses_whose_code_was_entered() {
    let (world, mut browser) = world().await;
    let fields = [("email", "tagihan@contoh.example")];
    let page =
        browser.post("/company", "/company/recipients", &fields).await.expect(303).location().to_owned();
    browser.get("/company").await.expect(200).shows("tagihan@contoh.example");
    let none: i64 =
        sqlx::query_scalar("SELECT count(*) FROM billing_profiles").fetch_one(&world.pool).await.unwrap();
    assert_eq!(none, 0, "nothing counts before");
    // The same code again, as often as the limits allow; then the wish is taken back and told anew.
    let early = browser.post(&page, &format!("{page}/resend"), &[]).await.expect(422);
    early.shows("id=\"code-problem\"");
    sqlx::query("UPDATE otp_messages SET created_at = created_at - interval '31 seconds'")
        .execute(&world.pool)
        .await
        .unwrap();
    let again = browser.post(&page, &format!("{page}/resend"), &[]).await.expect(303);
    browser.get(again.location()).await.expect(200).shows("Kami telah mengirim ulang kode.");
    let gone = browser.post(&page, &format!("{page}/cancel"), &[]).await.expect(303);
    browser.get(gone.location()).await.expect(200).hides("tagihan@contoh.example");
    browser.get(&page).await.expect(404);
    let page =
        browser.post("/company", "/company/recipients", &fields).await.expect(303).location().to_owned();
    let mail = world.mail.mails().pop().unwrap();
    let code = crate::otp::world::code_in(mail.text.expose());
    let wrong = crate::otp::world::wrong(&code);
    browser.post(&page, &page, &[("code", wrong.as_str())]).await.expect(422);
    browser.post(&page, &page, &[("code", code.as_str())]).await.expect(303);
    assert_eq!(profile(&world).await.1["recipients"][0]["email"], "tagihan@contoh.example");
    browser.post("/company", "/company/recipients/remove", &fields).await.expect(303);
    assert_eq!(profile(&world).await, (2, profile(&world).await.1));
    assert_eq!(profile(&world).await.1["recipients"], json!([]));
}

#[tokio::test]
async fn who_may_not_see_the_profile_has_no_page_of_it() {
    let (world, _) = world().await;
    let budi = Person::new("budi");
    world.tell(&budi, 1).await;
    let mut alone = world.signed_in(&budi, "s-2").await;
    alone.get("/company").await.expect(404);
    alone.post("/account", "/company", &form("0", &[])).await.expect(404);
    alone.post("/account", "/company/recipients", &[("email", "a@contoh.example")]).await.expect(404);
    let member = "INSERT INTO company_members SELECT company_id, 'budi', 'user', true, now() FROM companies";
    sqlx::query(member).execute(&world.pool).await.unwrap();
    alone.get("/company").await.expect(404);
    alone.post("/account", "/company", &form("0", &[])).await.expect(404);
    // The section opens with what they may see.
    let home = alone.get("/account").await.expect(200);
    home.shows("<a href=\"/company/profile\">");
    home.hides("<a href=\"/company\">");
    assert_eq!(world.mail.mails().len(), 0);
}

#[tokio::test]
async fn whoever_was_given_the_right_sees_the_profile_or_changes_it_without_being_an_admin() {
    let house = House::open().await;
    let (mut siti, mut sari) = (house.browser("siti").await, house.browser("sari").await);
    let page = "/company/people/sari";
    let give = format!("{page}/grants");
    siti.post(page, &give, &[("power", "VIEW")]).await.expect(303);
    let seen = sari.get("/company").await.expect(200);
    seen.hides("<form id=\"billing\"");
    sari.post_raw("/company", &[("form_token", &seen.form_token())]).await.expect(404);
    siti.post(page, &give, &[("power", "billing.manage")]).await.expect(303);
    sari.post("/company", "/company", &form("0", &[])).await.expect(303);
    let by: String = house.value("SELECT changed_by FROM billing_profile_versions WHERE $1 = ''", "").await;
    assert_eq!(by, "sari");
}
