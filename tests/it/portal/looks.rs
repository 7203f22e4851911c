//! Every page has been looked at: a browser test shows it to axe and takes its pictures, by the name that stands here. A page
//! that is added fails this test until a walk looks at it.

use std::{fs, path::Path};

use axum::http::Method;

use super::house::House;

/// What leads elsewhere or is a file: nothing to look at.
const NO_PAGES: [&str; 5] = [
    "/sign-in",
    "/sign-in/callback",
    "/account/data/export",
    "/company/history/export",
    "/backoffice/trail/export",
];

/// The look at each page.
const LOOKS: [(&str, &str); 49] = [
    ("/", "portal"),
    ("/undo-address", "portal-undo"),
    ("/account", "portal-profile"),
    ("/account/contacts", "portal-contacts"),
    ("/account/contacts/new-email", "portal-contact-new-email"),
    ("/account/contacts/new-phone", "portal-contact-new"),
    ("/account/contacts/pending/{id}", "portal-contact-code"),
    ("/account/contacts/{id}", "portal-contact"),
    ("/account/data", "portal-data"),
    ("/account/delete", "portal-delete"),
    ("/account/email", "portal-email"),
    ("/account/email/code", "portal-email-code"),
    ("/account/security", "portal-security"),
    ("/account/sessions", "portal-sessions"),
    ("/cloud", "cloud-waiting"),
    ("/cloud/ask", "cloud-choose"),
    ("/cloud/ask/{what}", "cloud-ask-problem"),
    ("/company", "company-billing"),
    ("/company/versions", "portal-versions"),
    ("/company/recipients/{id}", "company-recipient-code"),
    ("/company/profile", "company-profile"),
    ("/company/people", "company-people"),
    ("/company/people/invite", "company-invite"),
    ("/company/people/invite-many", "company-invite-many"),
    ("/company/people/{user_id}", "company-person"),
    ("/company/requests", "company-requests"),
    ("/company/contacts", "company-contacts"),
    ("/company/contacts/new", "company-contact-problem"),
    ("/company/contacts/{contact_id}", "company-contact-changed"),
    ("/company/systems", "company-systems"),
    ("/company/systems/new", "company-system-new"),
    ("/company/systems/{client_id}", "company-system"),
    ("/company/history", "company-history"),
    ("/company/projects", "company-projects"),
    ("/backoffice", "backoffice-search"),
    ("/backoffice/people/{user_id}", "backoffice-person"),
    ("/backoffice/companies/{company_id}", "backoffice-company"),
    ("/backoffice/approvals", "backoffice-approvals"),
    ("/backoffice/work", "backoffice-work"),
    ("/backoffice/messages", "backoffice-messages"),
    ("/backoffice/trail", "backoffice-trail"),
    ("/backoffice/requests", "backoffice-requests"),
    ("/backoffice/requests/{request_id}", "backoffice-request"),
    ("/backoffice/sign-ups", "backoffice-sign-ups"),
    ("/backoffice/sign-ups/{request_id}", "backoffice-sign-up"),
    ("/backoffice/sign-ups/allowed", "backoffice-allowed"),
    ("/backoffice/systems", "backoffice-systems"),
    ("/backoffice/systems/new", "backoffice-system-new"),
    ("/backoffice/systems/{client_id}", "backoffice-system"),
];

/// All walks, as text.
fn walks() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/specs");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[tokio::test]
async fn every_page_is_looked_at_by_a_walk_in_a_browser() {
    let house = House::open().await;
    let pages = house.world.routes().into_iter().filter(|route| route.method == Method::GET);
    let pages: Vec<&str> = pages.map(|route| route.path).filter(|path| !NO_PAGES.contains(path)).collect();
    let walks = walks();
    for page in &pages {
        let look = LOOKS.iter().find(|(path, _)| path == page);
        let (_, name) = look.unwrap_or_else(|| panic!("nobody looks at {page}"));
        assert!(walks.contains(&format!("'{name}'")), "no walk looks at {page} as {name}");
    }
    for (path, _) in LOOKS {
        assert!(pages.contains(&path), "{path} is no page any more");
    }
}
