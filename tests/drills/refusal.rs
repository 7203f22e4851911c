//! Changes that a database refuses: Keycloak's at the commit, and the store's later.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rdkafka::{Message as _, message::OwnedMessage};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use xtask::drill::history::{Act, Outcome};

use crate::{
    load,
    stage::{SETTLE_WITHIN, Stage},
    support::{
        admin::{Admin, ServiceAccount},
        form::Person,
        unique,
    },
    topic::{EVENTS, PARKED},
};

/// How often a change is rolled back.
const TIMES: usize = 5;

/// Refuses a name when everything else of the transaction is done, as a constraint that was deferred would.
const REFUSE_AT_COMMIT: &str = "
    CREATE FUNCTION drill_refuses() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused by a drill' USING ERRCODE = 'integrity_constraint_violation'; END $$;
    CREATE CONSTRAINT TRIGGER drill_refuses AFTER UPDATE ON user_entity DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.last_name LIKE 'Refused%') EXECUTE FUNCTION drill_refuses()";

/// Changes that are rolled back after the listener has seen them: nobody hears of them.
pub async fn rollback(stage: &Stage) -> Result<()> {
    let admin = Admin::new(&stage.stack)?;
    let somebody = Somebody::signs_up(stage, &admin, "rollback").await?;
    let before = somebody.told_when_called("Before").await?;
    let mut keycloak = PgConnection::connect(&stage.own.keycloak_database).await?;
    sqlx::raw_sql(REFUSE_AT_COMMIT).execute(&mut keycloak).await?;
    for number in 0..TIMES {
        let outcome = somebody.rename(&format!("Refused {number}")).await;
        ensure!(outcome == Outcome::Failed, "a change that was rolled back ended as {outcome:?}");
    }
    sqlx::raw_sql("DROP FUNCTION drill_refuses() CASCADE").execute(&mut keycloak).await?;
    stage.note(format_args!("{TIMES} changes were rolled back"));
    // The events of one person keep their order: what was told of those changes would come first.
    let told = somebody.told_when_called("After").await? - before;
    ensure!(told == 1, "{told} events tell of one change");
    Ok(())
}

/// One person's events are parked, while those of the others go on; sent again, they are taken.
pub async fn poison(stage: &Stage) -> Result<()> {
    let admin = Admin::new(&stage.stack)?;
    let somebody = Somebody::signs_up(stage, &admin, "poison").await?;
    let mut store = PgConnection::connect(&stage.stack.info.postgres_url).await?;
    sqlx::raw_sql("ALTER TABLE people ADD CONSTRAINT drill_refuses CHECK (last_name <> 'Refused') NOT VALID")
        .execute(&mut store)
        .await?;
    stage.note("the store refuses somebody");
    ensure!(somebody.rename("Refused").await == Outcome::Ok, "Keycloak refused the change");
    let wait = Wait::until("the event is parked");
    while somebody.records_on(PARKED)?.is_empty() {
        wait.on().await?;
    }
    let other = Somebody::signs_up(stage, &admin, "beside-poison").await?;
    let wait = Wait::until("somebody else is in the store");
    while !other.is_in_the_store().await? {
        wait.on().await?;
    }
    sqlx::raw_sql("ALTER TABLE people DROP CONSTRAINT drill_refuses").execute(&mut store).await?;
    stage.note("the store takes them; Keycloak tells of them again");
    let service = ServiceAccount::sign_in(&stage.stack).await?;
    let status = service.resync(&json!({"users": [somebody.id], "organizations": []})).await?;
    ensure!(status.is_success(), "the resync was refused: {status}");
    let parked = somebody.records_on(PARKED)?.len();
    ensure!(parked == 1, "one event was parked {parked} times");
    Ok(())
}

/// A person whom the load never touches.
struct Somebody<'a> {
    stage: &'a Stage,
    admin: &'a Admin<'a>,
    email: String,
    id: String,
}

impl<'a> Somebody<'a> {
    async fn signs_up(stage: &'a Stage, admin: &'a Admin<'a>, name: &str) -> Result<Self> {
        let email = format!("{name}-{}@{}", unique(), stage.history.domain);
        let outcome = load::sign_up(stage, &mut Person::new()?, &email).await;
        ensure!(outcome == Outcome::Ok, "{name} could not sign up");
        let found = admin.done(Method::GET, &format!("users?exact=true&username={email}"), None).await?;
        let id = found[0]["id"].as_str().context("who signed up is not there")?.to_owned();
        Ok(Self { stage, admin, email, id })
    }

    /// Whatever Keycloak answers but a success is a refusal: no answer is lost here.
    async fn rename(&self, last_name: &str) -> Outcome {
        let body = json!({"lastName": last_name});
        let change = async {
            match self.admin.call(Method::PUT, &format!("users/{}", self.id), Some(body)).await {
                Ok((status, _)) if status.is_success() => Outcome::Ok,
                Ok(_) => Outcome::Failed,
                Err(_) => Outcome::Unknown,
            }
        };
        let act = Act::Rename { last_name: last_name.to_owned() };
        self.stage.history.record(&self.email, act, change).await
    }

    /// Gives them a name and says how many events were told of them when that one is.
    async fn told_when_called(&self, last_name: &str) -> Result<usize> {
        ensure!(self.rename(last_name).await == Outcome::Ok, "Keycloak refused the name {last_name}");
        let wait = Wait::until("the new name is on the events topic");
        loop {
            let events = self.records_on(EVENTS)?;
            let is_new = |event: &OwnedMessage| {
                event.payload().is_some_and(|value| String::from_utf8_lossy(value).contains(last_name))
            };
            if events.iter().any(is_new) {
                return Ok(events.len());
            }
            wait.on().await?;
        }
    }

    fn records_on(&self, topic: &str) -> Result<Vec<OwnedMessage>> {
        let mut records = self.stage.stack.read(topic)?;
        records.retain(|record| record.key() == Some(self.id.as_bytes()));
        Ok(records)
    }

    async fn is_in_the_store(&self) -> Result<bool> {
        let mut store = PgConnection::connect(&self.stage.stack.info.postgres_url).await?;
        let query = "SELECT EXISTS (SELECT FROM people WHERE user_id = $1)";
        Ok(sqlx::query_scalar(query).bind(&self.id).fetch_one(&mut store).await?)
    }
}

/// Something that is looked for again and again, for a while.
struct Wait {
    what: &'static str,
    began: Instant,
}

impl Wait {
    fn until(what: &'static str) -> Self {
        Self { what, began: Instant::now() }
    }

    async fn on(&self) -> Result<()> {
        ensure!(self.began.elapsed() < SETTLE_WITHIN, "waited in vain until {}", self.what);
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok(())
    }
}
