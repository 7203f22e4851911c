//! What a stack holds, as the history checker compares it.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Context as _, Result};
use rdkafka::{
    Message as _,
    message::{Headers as _, OwnedMessage},
};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use xtask::drill::observed::{Company, Event, Observed, Person, Record, Sends};

use super::{stack::Stack, truth::text};

const EVENTS: &str = "gatehouse.keycloak-events.v1";
const USERS: &str = "gatehouse.users.v1";
const COMPANIES: &str = "gatehouse.companies.v1";

impl Stack {
    /// Looks everywhere. What a fault or its healing adds (logs, times) is the caller's to fill in.
    /// `keycloak_database` is the address of Keycloak's database.
    pub async fn observe(&self, keycloak_database: &str) -> Result<Observed> {
        // Each place is looked at before the one that it hands on to, so that nothing is between two looks.
        let mut keycloak = PgConnection::connect(keycloak_database).await?;
        let mut observed = Observed {
            backlog: count(&mut keycloak, "SELECT count(*) FROM gatehouse_outbox").await?,
            keycloak: self
                .keycloak_users()
                .await?
                .into_iter()
                .map(|(id, user)| (id, in_keycloak(&user)))
                .collect(),
            organizations: self.keycloak_organizations().await?,
            users: records(&self.read(USERS)?, in_record)?,
            companies: records(&self.read(COMPANIES)?, company)?,
            ..Observed::default()
        };
        let announced: Vec<(Event, String)> = self
            .read(EVENTS)?
            .iter()
            .filter_map(|message| Some(event(message).transpose()?.map(|event| (event, place(message)))))
            .collect::<Result<_>>()?;
        let mut database = PgConnection::connect(&self.info.postgres_url).await?;
        observed.backlog += unread(&mut database, &announced).await?;
        observed.events = announced.into_iter().map(|(event, _)| event).collect();
        observed.backlog += count(
            &mut database,
            "SELECT (SELECT count(*) FROM changed_keys)
                 + (SELECT count(*) FROM jobs WHERE state = 'waiting' AND run_at < now())
                 + (SELECT count(*) FROM otp_messages WHERE state IN ('queued', 'sending'))",
        )
        .await?;
        read_store(&mut database, &mut observed).await?;
        self.read_messages(&mut observed).await?;
        Ok(observed)
    }

    /// The codes that arrived. A mail with a link is not one of them.
    async fn read_messages(&self, observed: &mut Observed) -> Result<()> {
        let url = format!("{}/messages", self.info.inbox_url);
        let messages: Vec<Value> = self.http.get(url).send().await?.error_for_status()?.json().await?;
        for message in messages {
            let body = text(&message["text"]);
            let mut words = body.split(|c: char| !c.is_ascii_alphanumeric());
            let code = words.find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
            if let Some(code) = code.filter(|_| !body.contains("/login-actions/")) {
                observed.codes.push(code.to_owned());
                observed.sends.entry(text(&message["to"])).or_default().arrived += 1;
            }
        }
        Ok(())
    }
}

async fn count(database: &mut PgConnection, query: &'static str) -> Result<usize> {
    let count: i64 = sqlx::query_scalar(query).fetch_one(database).await?;
    Ok(usize::try_from(count)?)
}

/// How many events are on the topic and were neither taken into the store nor parked.
async fn unread(database: &mut PgConnection, announced: &[(Event, String)]) -> Result<usize> {
    let read: Vec<String> = sqlx::query_scalar("SELECT message_id FROM inbox").fetch_all(database).await?;
    // Before the id of one that was taken in stands the realm that it is of.
    let read: HashSet<&str> = read.iter().map(|id| id.rsplit('#').next().unwrap_or(id)).collect();
    let is_read =
        |(event, place): &&(Event, String)| read.contains(event.id.as_str()) || read.contains(place.as_str());
    Ok(announced.iter().filter(|event| !is_read(event)).count())
}

/// What the inbox calls a record that was parked: the service's `Record::place`.
fn place(message: &OwnedMessage) -> String {
    let time = message.timestamp().to_millis().unwrap_or_default();
    format!("{}/{}@{}/{time}", message.topic(), message.partition(), message.offset())
}

async fn read_store(database: &mut PgConnection, observed: &mut Observed) -> Result<()> {
    let people: Vec<(String, Value)> =
        sqlx::query_as("SELECT user_id, to_jsonb(people) FROM people WHERE deleted_at IS NULL")
            .fetch_all(&mut *database)
            .await?;
    observed.store = people.into_iter().map(|(id, row)| (id, in_event(&row))).collect();
    let organizations: Vec<(String, String)> = sqlx::query_as(
        "SELECT organization_id, COALESCE(name, '') FROM organizations WHERE deleted_at IS NULL",
    )
    .fetch_all(&mut *database)
    .await?;
    observed.organizations_in_store = organizations.into_iter().collect();
    let companies: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT company_id::text, name, (SELECT count(*) FROM company_members m WHERE m.company_id = c.company_id)
         FROM companies c WHERE deleted_at IS NULL",
    )
    .fetch_all(&mut *database)
    .await?;
    let companies = companies.into_iter().map(|(id, name, members)| (id, Company { name, members }));
    observed.companies_in_store = companies.collect();
    let accepted: Vec<(String, i64)> = sqlx::query_as(
        "SELECT user_id, count(*) FROM otp_challenges WHERE purpose = 'login' AND state = 'approved' GROUP BY user_id",
    )
    .fetch_all(&mut *database)
    .await?;
    for (user, times) in accepted {
        observed.accepted.insert(user, usize::try_from(times)?);
    }
    let noted: Vec<(String, i64)> = sqlx::query_as(
        "SELECT destination, count(*) FROM otp_messages m JOIN otp_challenges c ON c.id = m.challenge_id
         GROUP BY destination",
    )
    .fetch_all(&mut *database)
    .await?;
    for (destination, noted) in noted {
        observed.sends.insert(destination, Sends { noted: usize::try_from(noted)?, arrived: 0 });
    }
    Ok(())
}

fn in_keycloak(user: &Value) -> Person {
    Person {
        email: text(&user["email"]),
        email_verified: user["emailVerified"] == true,
        first_name: text(&user["firstName"]),
        last_name: text(&user["lastName"]),
        enabled: user["enabled"] == true,
    }
}

/// The state in an event, and a row of the store: their fields have the same names.
fn in_event(user: &Value) -> Person {
    Person {
        email: text(&user["email"]),
        email_verified: user["email_verified"] == true,
        first_name: text(&user["first_name"]),
        last_name: text(&user["last_name"]),
        enabled: user["enabled"] == true,
    }
}

fn in_record(record: &Value) -> Person {
    let is_login = |email: &&Value| {
        email["purposes"].as_array().is_some_and(|purposes| purposes.contains(&json!("login")))
    };
    let login = record["emails"].as_array().and_then(|emails| emails.iter().find(is_login)).cloned();
    let login = login.unwrap_or_default();
    Person {
        email: text(&login["address"]),
        email_verified: !login["verified_at"].is_null(),
        first_name: text(&record["name"]["first"]),
        last_name: text(&record["name"]["last"]),
        enabled: record["status"] != "disabled",
    }
}

fn company(record: &Value) -> Company {
    Company { name: text(&record["name"]), members: record["members"].as_i64().unwrap_or(-1) }
}

fn records<T>(messages: &[OwnedMessage], state: fn(&Value) -> T) -> Result<Vec<Record<T>>> {
    let record = |message: &OwnedMessage| {
        let value: Option<Value> = message.payload().map(serde_json::from_slice).transpose()?;
        let revision = value.as_ref().map(|value| value["revision"].as_i64().context("no revision"));
        let key = String::from_utf8(message.key().context("a record without key")?.to_vec())?;
        Ok(Record { key, revision: revision.transpose()?, state: value.as_ref().map(state) })
    };
    messages.iter().map(record).collect()
}

/// A record as Keycloak sent it; nothing for what a drill put on the topic itself, which has no headers of that kind.
fn event(message: &OwnedMessage) -> Result<Option<Event>> {
    let headers: BTreeMap<&str, &[u8]> = message
        .headers()
        .into_iter()
        .flat_map(|headers| headers.iter())
        .filter_map(|header| Some((header.key, header.value?)))
        .collect();
    if headers.contains_key("drill") || !headers.contains_key("ce_id") {
        return Ok(None);
    }
    let header = |name: &str| -> Result<String> {
        let value = headers.get(name).with_context(|| format!("an event without {name}"))?;
        Ok(String::from_utf8(value.to_vec())?)
    };
    let value: Value = serde_json::from_slice(message.payload().context("an event without value")?)?;
    let user = &value["user"];
    Ok(Some(Event {
        key: String::from_utf8(message.key().context("an event without key")?.to_vec())?,
        id: header("ce_id")?,
        sequence: header("ce_sequence")?.parse()?,
        person: (!user.is_null()).then(|| in_event(user)),
    }))
}
