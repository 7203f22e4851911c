//! Changes that a database refuses: Keycloak's at the commit, and the store's later.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rdkafka::Message as _;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use xtask::drill::history::{Act, Outcome};

use crate::{
    load,
    stage::{SETTLE_WITHIN, Stage},
    support::{
        admin::{Admin, ServiceAccount},
        events::{Event, Events},
        form::Person,
        unique,
    },
    topic::PARKED,
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
    let mut events = Events::from_now(&stage.stack)?;
    ensure!(somebody.rename("Before").await == Outcome::Ok, "Keycloak refused a name that it may take");
    let mut keycloak = PgConnection::connect(&stage.own.keycloak_database).await?;
    sqlx::raw_sql(REFUSE_AT_COMMIT).execute(&mut keycloak).await?;
    let mut outcomes = Vec::new();
    for number in 0..TIMES {
        outcomes.push(somebody.rename(&format!("Refused {number}")).await);
    }
    // First of all: the drills after this one have the same database.
    sqlx::raw_sql("DROP FUNCTION drill_refuses() CASCADE").execute(&mut keycloak).await?;
    ensure!(
        outcomes == [Outcome::Failed; TIMES],
        "changes that were to be rolled back ended as {outcomes:?}"
    );
    stage.note(format_args!("{TIMES} changes were rolled back"));
    ensure!(somebody.rename("After").await == Outcome::Ok, "Keycloak refuses names for ever");
    let is_after = |event: &Event| event.key == somebody.id && event.value["user"]["last_name"] == "After";
    events.until("the name after", |events| events.iter().any(is_after)).await?;
    // The events of one person keep their order: what was told of those changes would stand between.
    let theirs = events.seen.iter().filter(|event| event.key == somebody.id);
    let names: Vec<&str> = theirs.filter_map(|event| event.value["user"]["last_name"].as_str()).collect();
    let told: Vec<&str> = names.into_iter().skip_while(|name| *name != "Before").collect();
    ensure!(told == ["Before", "After"], "Keycloak told of {told:?}");
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
    let passed_by = others_go_on(stage, &admin, &somebody).await;
    // First of all: the drills after this one have the same store.
    sqlx::raw_sql("ALTER TABLE people DROP CONSTRAINT drill_refuses").execute(&mut store).await?;
    passed_by?;
    stage.note("the store takes them; Keycloak tells of them again");
    let service = ServiceAccount::sign_in(&stage.stack).await?;
    let status = service.resync(&json!({"users": [somebody.id], "organizations": []})).await?;
    ensure!(status.is_success(), "the resync was refused: {status}");
    let parked = somebody.parked()?;
    ensure!(parked == 1, "one event was parked {parked} times");
    Ok(())
}

/// The refused one's event is parked, and somebody who comes after them is taken.
async fn others_go_on(stage: &Stage, admin: &Admin<'_>, refused: &Somebody<'_>) -> Result<()> {
    ensure!(refused.rename("Refused").await == Outcome::Ok, "Keycloak refused the change");
    let wait = Wait::until("the event is parked");
    while refused.parked()? == 0 {
        wait.on().await?;
    }
    let other = Somebody::signs_up(stage, admin, "beside-poison").await?;
    let wait = Wait::until("somebody else is in the store");
    while !other.is_in_the_store().await? {
        wait.on().await?;
    }
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
        let id = admin.id_of(&email).await?;
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

    /// How many records about them were parked.
    fn parked(&self) -> Result<usize> {
        let records = self.stage.stack.read(PARKED)?;
        Ok(records.iter().filter(|record| record.key() == Some(self.id.as_bytes())).count())
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
