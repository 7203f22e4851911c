//! Two companies with people in them, to look around. They come in by Keycloak's own doors: the first of a company founds
//! it, as at a sign-up; the others are let in as members of its organisation.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};

use super::ports::Ports;
use super::secrets::Secrets;
use crate::layout::Layout;
use crate::parts::keycloak::admin::Admin;

/// A sign-up is known everywhere, and its company an organisation in Keycloak, within this time.
const FOUNDED_WITHIN: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(200);

struct Company {
    name: &'static str,
    country: &'static str,
    locale: &'static str,
    /// First name, last name, e-mail address; the first founds the company.
    people: [[&'static str; 3]; 3],
}

const COMPANIES: [Company; 2] = [
    Company {
        name: "Nusantara Logistik",
        country: "ID",
        locale: "id",
        people: [
            ["Siti", "Rahma", "siti@nusantara.example"],
            ["Budi", "Santoso", "budi@nusantara.example"],
            ["Dewi", "Lestari", "dewi@nusantara.example"],
        ],
    },
    Company {
        name: "Merlion Analytics",
        country: "SG",
        locale: "en",
        people: [
            ["Wei Ling", "Tan", "weiling@merlion.example"],
            ["Arjun", "Nair", "arjun@merlion.example"],
            ["Nurul", "Aziz", "nurul@merlion.example"],
        ],
    },
];

/// Adds the companies, once in the life of a stack.
pub async fn add_once(layout: &Layout, ports: &Ports, secrets: &Secrets) -> Result<()> {
    let made = layout.data("keycloak").join("demo.made");
    if made.exists() {
        return Ok(());
    }
    for company in &COMPANIES {
        let admin = Admin::sign_in(ports, secrets).await?;
        let [founder, others @ ..] = &company.people;
        admin.make_user(&person(company, founder, secrets)).await?;
        let organization = wait_for_organization(&admin, company.name).await?;
        for other in others {
            let id = admin.make_user(&person(company, other, secrets)).await?;
            let members = format!("/organizations/{organization}/members");
            admin.call(Method::POST, &members, Some(&json!(id))).await?;
        }
    }
    std::fs::write(&made, "").context("cannot note that the demonstration was added")
}

/// What the summary says of them.
#[must_use]
pub fn people(secrets: &Secrets) -> String {
    let mut text = String::from("\n  People to try, who choose their second factor at the first login:\n");
    for company in &COMPANIES {
        let addresses = company.people.map(|[_, _, email]| email).join("  ");
        let _ = writeln!(text, "  {:<18} {addresses}", company.name);
    }
    let _ = writeln!(text, "  {:<18} {}", "password of all", secrets.demo);
    text
}

fn person(company: &Company, [first, last, email]: &[&str; 3], secrets: &Secrets) -> Value {
    json!({
        "username": email, "email": email, "emailVerified": true, "enabled": true,
        "firstName": first, "lastName": last,
        "attributes": {"company": [company.name], "country": [company.country], "locale": [company.locale]},
        "credentials": [{"type": "password", "value": secrets.demo, "temporary": false}],
    })
}

async fn wait_for_organization(admin: &Admin, name: &str) -> Result<String> {
    let began = Instant::now();
    let path = format!("/organizations?exact=true&search={}", name.replace(' ', "%20"));
    loop {
        let found: Value = admin.call(Method::GET, &path, None).await?.json().await?;
        if let Some(id) = found[0]["id"].as_str() {
            return Ok(id.to_owned());
        }
        if began.elapsed() > FOUNDED_WITHIN {
            bail!("the company {name} did not become an organisation within {} s", FOUNDED_WITHIN.as_secs());
        }
        tokio::time::sleep(POLL).await;
    }
}
