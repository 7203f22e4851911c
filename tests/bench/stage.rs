//! Where the legs take place: one stack with its meters.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::Mutex;
use xtask::testing::OwnStack;

use crate::{machine, report::Sample, sink::Sink, statements, support::stack::Stack};

/// Only what is worth reading is written while something is measured.
const QUIET: (&str, &str) = ("GATEHOUSE__TELEMETRY__LOG", "warn");

/// One caller asks more often than a program of a customer may.
const CALLS: (&str, &str) = ("GATEHOUSE__HTTP__REQUESTS_PER_MINUTE", "100000");
/// How long a reader of the log may take to be gone.
const LET_GO_WITHIN: Duration = Duration::from_secs(30);
const MAIL_PORT: &str = "GATEHOUSE__MAIL__PORT";

/// How much is done.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// How often each side is measured.
    pub rounds: usize,
    /// Only a look whether everything works.
    pub quick: bool,
}

impl Size {
    /// The amount of a full run, or that of a look.
    pub fn choose<T>(self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// A stack with the service as it is released.
pub struct Stage {
    pub own: OwnStack,
    pub stack: Stack,
    /// Where mails go, unless a leg wants to read them by the inbox.
    pub sink: Sink,
    pub size: Size,
    inbox_port: String,
    admin: Mutex<PgConnection>,
}

impl Stage {
    /// Starts a stack from empty, whose mails come here.
    pub async fn set(size: Size) -> Result<Self> {
        eprintln!("starting a stack with the service as it is released …");
        let own = xtask::testing::bench_stack().await?;
        let stack = Stack::of(own.info.clone())?;
        let sink = Sink::start().await?;
        let mut admin = PgConnection::connect(&own.postgres_admin_url()).await?;
        statements::prepare(&mut admin).await?;
        let admin = Mutex::new(admin);
        let (_, environment) = machine::program_of(own.pid("gatehouse").await?)?;
        let inbox_port =
            environment.into_iter().find(|(name, _)| name == MAIL_PORT).context("no mail server")?.1;
        let stage = Self { own, stack, sink, size, inbox_port, admin };
        stage.mail_to_sink().await?;
        Ok(stage)
    }

    /// The service hands its mails to the sink from now on.
    pub async fn mail_to_sink(&self) -> Result<()> {
        self.restart(&self.sink.port.to_string()).await
    }

    /// The service hands its mails to the stack's inbox from now on.
    pub async fn mail_to_inbox(&self) -> Result<()> {
        self.restart(&self.inbox_port).await
    }

    async fn restart(&self, mail_port: &str) -> Result<()> {
        self.own.stop("gatehouse").await?;
        let env = [(MAIL_PORT, mail_port), ("GATEHOUSE__MAIL__CONNECTIONS", "16"), QUIET, CALLS];
        self.own.start_with("gatehouse", &env).await
    }

    /// The address of a database on the stack's server, made anew, as its superuser.
    pub async fn fresh_database(&self, name: &str) -> Result<String> {
        let mut admin = self.admin.lock().await;
        for statement in
            [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")]
        {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut *admin).await?;
        }
        let url = self.own.postgres_admin_url();
        Ok(format!("{}/{name}", url.trim_end_matches("/postgres")))
    }

    /// Runs `work` with PostgreSQL alone, restarted so that its log can be decoded.
    pub async fn with_logical_log<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        const USERS: [&str; 2] = ["gatehouse", "keycloak"];
        for part in USERS {
            self.own.stop(part).await?;
        }
        self.restart_postgres("ALTER SYSTEM SET wal_level = logical").await?;
        let done = work.await;
        self.drop_slots().await?;
        self.restart_postgres("ALTER SYSTEM RESET wal_level").await?;
        for part in USERS.into_iter().rev() {
            self.own.start_again(part).await?;
        }
        done
    }

    async fn restart_postgres(&self, setting: &'static str) -> Result<()> {
        let mut admin = self.admin.lock().await;
        sqlx::query(setting).execute(&mut *admin).await?;
        self.own.stop("postgres").await?;
        self.own.start_again("postgres").await?;
        *admin = PgConnection::connect(&self.own.postgres_admin_url()).await?;
        Ok(())
    }

    /// A server with a slot does not start without a log that can be decoded.
    async fn drop_slots(&self) -> Result<()> {
        let mut admin = self.admin.lock().await;
        let began = Instant::now();
        loop {
            sqlx::query(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active",
            )
            .execute(&mut *admin)
            .await?;
            let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_replication_slots")
                .fetch_one(&mut *admin)
                .await?;
            if left == 0 {
                return Ok(());
            }
            ensure!(began.elapsed() < LET_GO_WITHIN, "{left} slots are still in use");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The service's database.
    pub async fn database(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.stack.info.postgres_url).await?)
    }

    /// A process of the stack.
    pub async fn pid(&self, part: &str) -> Result<u32> {
        self.own.pid(part).await
    }

    /// Starts to measure: the database, this process and these.
    pub async fn meter(&self, programs: &[(&'static str, u32)]) -> Result<Meter<'_>> {
        let mut all = vec![("postgres", self.pid("postgres").await?)];
        // Our children are the stack and the peers: what we use ourselves is counted without them.
        all.extend_from_slice(programs);
        statements::forget(&mut *self.admin.lock().await).await?;
        let written = self.written().await?;
        let used = all.iter().map(|(_, pid)| machine::cpu_seconds(*pid)).collect::<Result<_>>()?;
        Ok(Meter { stage: self, programs: all, used, written, began: Instant::now() })
    }

    /// Bytes of the log of changes and transactions committed, since the server started.
    async fn written(&self) -> Result<(f64, f64)> {
        let mut admin = self.admin.lock().await;
        // Backends report their transactions when they are idle, at most once a second; ours by this call.
        sqlx::query("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
            .execute(&mut *admin)
            .await?;
        sqlx::query_as(
            "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8,
                    (SELECT sum(xact_commit) FROM pg_stat_database)::float8",
        )
        .fetch_one(&mut *admin)
        .await
        .context("what PostgreSQL has written")
    }
}

/// A running measurement.
pub struct Meter<'a> {
    stage: &'a Stage,
    programs: Vec<(&'static str, u32)>,
    used: Vec<f64>,
    written: (f64, f64),
    began: Instant,
}

impl Meter<'_> {
    /// Ends it.
    pub async fn stop(self, side: &str, operations: u64) -> Result<Sample> {
        let seconds = self.began.elapsed().as_secs_f64();
        let mut cpu = BTreeMap::new();
        for ((program, pid), before) in self.programs.iter().zip(&self.used) {
            cpu.insert(*program, machine::cpu_seconds(*pid)? - before);
        }
        // What the backends still have to report, they do within a second of idleness.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let (wal, commits) = self.stage.written().await?;
        let statements = statements::longest(&mut *self.stage.admin.lock().await).await?;
        Ok(Sample {
            side: side.to_owned(),
            operations,
            seconds,
            cpu,
            wal_bytes: wal - self.written.0,
            commits: commits - self.written.1,
            latency: BTreeMap::new(),
            statements,
        })
    }
}
