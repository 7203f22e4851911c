//! Pages and the API, while the store grows.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::{
    report::{Goal, Latency, Outcome, Sample},
    seed,
    stage::Stage,
    support::{
        admin::Admin,
        form,
        staff::Caller,
        unique,
        walk::{PASSWORD, enrol_email, login},
    },
};

/// The role of the member of staff who looks.
const ROLE: &str = "operator";

/// Measures what staff open, with ever more people in the store.
pub async fn run(stage: &Stage) -> Result<Outcome> {
    let sizes: &[i32] = stage.size.choose(&[1_000, 100_000, 1_000_000], &[1_000, 2_000]);
    let times = stage.size.choose(200, 10);
    stage.mail_to_inbox().await?;
    let admin = Admin::new(&stage.stack)?;
    let staff = Caller::sign_in(&stage.stack, &admin).await?;
    let mut visitor = sign_in(stage, &admin).await?;
    let mut database = stage.database().await?;
    seed::prepare(&mut database).await?;
    let mut samples = Vec::new();
    for people in sizes {
        seed::fill(&mut database, *people).await?;
        for what in WHAT {
            let meter = stage.meter(&[("gatehouse", stage.pid("gatehouse").await?)]).await?;
            let mut took = Vec::new();
            for number in 0..times {
                // Spread over the people that there are.
                let number = number * 7919 % people;
                let path = path(&mut database, what, number).await?;
                let began = Instant::now();
                if what.starts_with("page") {
                    let page = visitor
                        .open(Url::parse(&format!("{}{path}", stage.stack.info.gatehouse_url))?)
                        .await?;
                    took.push(began.elapsed());
                    ensure!(
                        page.status == 200 && page.url.path() == path,
                        "{path}: {} {}",
                        page.status,
                        page.url
                    );
                } else {
                    let (status, value) = staff.call(Method::GET, &path, None).await?;
                    took.push(began.elapsed());
                    ensure!(status.is_success(), "{path}: {status} {value}");
                }
            }
            samples.push(sample(
                meter.stop(&format!("{what}, {people} people"), u64::try_from(times)?).await?,
                took,
            ));
        }
        eprintln!("   measured with {people} people");
    }
    stage.mail_to_sink().await?;
    let mut outcome = Outcome {
        name: "pages",
        title: "pages and the API, while the store grows",
        unit: "calls",
        samples,
        goals: Vec::new(),
        notes: vec![format!(
            "{times} calls of each kind, one after another, each about somebody else; from sending the request to the whole answer, the load on the same cores. The tables are vacuumed before."
        )],
    };
    outcome.goals = goals(&outcome, sizes);
    Ok(outcome)
}

const WHAT: [&str; 8] = [
    "page of a person",
    "page of a company",
    "page of my account",
    "search by address",
    "search by name",
    "list of a company's people",
    "list of the largest company's people",
    "extended user",
];

async fn path(database: &mut sqlx::PgConnection, what: &str, number: i32) -> Result<String> {
    let (person, company, largest): (String, String, String) =
        sqlx::query_as("SELECT person($1), employer($1)::text, employer(0)::text")
            .bind(number)
            .fetch_one(database)
            .await?;
    Ok(match what {
        "page of a person" => format!("/backoffice/people/{person}"),
        "page of a company" => format!("/backoffice/companies/{company}"),
        "page of my account" => "/account".to_owned(),
        "search by address" => format!("backoffice/users?q=m{number}%40many.example"),
        "search by name" => format!("backoffice/users?q=Rahma%20{}", number / 7 * 7),
        "list of a company's people" => format!("companies/{company}/people"),
        "list of the largest company's people" => format!("companies/{largest}/people"),
        _ => format!("users/{person}/extended"),
    })
}

fn sample(mut sample: Sample, took: Vec<Duration>) -> Sample {
    sample.seconds = took.iter().sum::<Duration>().as_secs_f64();
    sample.latency.extend(Latency::of(took).map(|latency| ("answer", latency)));
    sample
}

fn goals(outcome: &Outcome, sizes: &[i32]) -> Vec<Goal> {
    let answer = |what: &str, people: &i32, of: fn(&Latency) -> f64| {
        let side = format!("{what}, {people} people");
        outcome.median(&side, |it| it.latency.get("answer").map_or(f64::NAN, of))
    };
    let (Some(least), Some(most)) = (sizes.first(), sizes.last()) else { return Vec::new() };
    let flat = WHAT.map(|what| {
        let growth = answer(what, most, |it| it.p50) / answer(what, least, |it| it.p50);
        Goal::at_most(&format!("{what}: p50 with {most} people, in that with {least}"), 1.5, growth)
    });
    let quick = sizes.iter().filter(|people| **people <= 100_000).max().into_iter().flat_map(|people| {
        WHAT.map(|what| {
            Goal::at_most(
                &format!("{what}: p95 in ms with {people} people"),
                50.0,
                answer(what, people, |it| it.p95),
            )
        })
    });
    quick.chain(flat).collect()
}

/// A member of staff at the portal.
async fn sign_in(stage: &Stage, admin: &Admin<'_>) -> Result<form::Person> {
    let email = format!("looker-{}@bench.example", unique());
    let id = admin.create_person(&email, PASSWORD).await?;
    let role = admin.done(Method::GET, &format!("roles/{ROLE}"), None).await?;
    admin.done(Method::POST, &format!("users/{id}/role-mappings/realm"), Some(json!([role]))).await?;
    let mut person = form::Person::new()?;
    let choice = login(&stage.stack, &mut person, &email, PASSWORD).await?;
    enrol_email(&stage.stack, &mut person, &choice, &email).await?;
    let home = Url::parse(&format!("{}/account", stage.stack.info.gatehouse_url))?;
    let mut page = person.open(home).await.context("the portal")?;
    // To Keycloak, where they are signed in, and back.
    for _ in 0..2 {
        if page.status == 302 {
            page = person.open(page.url).await.context("the way in")?;
        }
    }
    ensure!(
        page.status == 200 && page.url.path() == "/account",
        "not signed in: {} {}",
        page.status,
        page.url
    );
    Ok(person)
}
