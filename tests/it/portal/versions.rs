//! The revisions of the billing profile as a page.

use super::world::World;
use crate::support::keycloak_events::Person;

#[tokio::test]
async fn each_revision_says_who_saved_it_and_what_it_changed() {
    let (world, siti) = (World::new().await, Person::new("siti").of_company("PT Contoh"));
    world.tell(&siti, 1).await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    browser.get("/company/versions").await.expect(200).shows("Belum ada yang disimpan");
    for (revision, name) in [("0", "PT Pertama"), ("1", "PT Kedua"), ("2", "<b>Ketiga</b>")] {
        let fields = [("legal_name", name), ("revision", revision)];
        browser.post("/company", "/company", &fields).await.expect(303);
    }
    browser.get("/company").await.expect(200).shows("href=\"/company/versions\"");
    let page = browser.get("/company/versions").await.expect(200);
    for text in ["Versi 3", "Versi 1", "disimpan oleh Anda", "<bdi>PT Pertama</bdi>", "<bdi>PT Kedua</bdi>"] {
        page.shows(text);
    }
    page.hides("<b>Ketiga");
    let older = browser.get("/company/versions?before=2").await.expect(200);
    older.shows("Versi 1");
    older.hides("Versi 2");

    let budi = Person::new("budi");
    world.tell(&budi, 1).await;
    world.signed_in(&budi, "s-2").await.get("/company/versions").await.expect(404);
}
