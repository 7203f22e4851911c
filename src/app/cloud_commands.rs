//! Commands of operators that are about OpenStack. They show no secret, and what they change is recorded with a name.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::json;

use super::{Cloud, Config, Ports};
use crate::{
    adapters::keycloak::KeycloakClient,
    contacts,
    intake::{self, Act, By, Kind, Outcome, State},
    openstack,
    passwords::Starter,
    platform::{db, masked::Masked},
};

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// For people.
    Text,
    /// For programs: one JSON document.
    Json,
}

impl Output {
    pub(super) fn print(self, value: &impl Serialize, text: impl FnOnce() -> String) -> anyhow::Result<()> {
        match self {
            Self::Json => println!("{}", serde_json::to_string_pretty(value)?),
            Self::Text => println!("{}", text()),
        }
        Ok(())
    }
}

/// What was asked at the command line about OpenStack.
#[derive(Debug, Clone)]
pub enum OpenStackCommand {
    /// What a run would do.
    Plan,
    /// Compares and repairs now.
    Apply,
    /// What was made by others.
    Drift,
    /// Approves the end of something that was found.
    Approve {
        /// Its number.
        finding: i64,
        /// Who approves.
        by: String,
    },
}

/// The least requests that an import may skip to end with an exit code of its own.
const SKIPPED: u8 = 3;

struct Desk {
    pool: sqlx::PgPool,
    cloud: Cloud,
}

async fn desk(config: &Config) -> anyhow::Result<Desk> {
    let pool = db::pool(&config.database).context("database.url")?;
    db::MIGRATIONS.run(&pool).await?;
    let ports = Ports::real(config).await?;
    let keycloak = Arc::new(KeycloakClient::new(&config.keycloak).context("keycloak")?);
    let cloud = Cloud::real(config, &pool, &ports, keycloak)?;
    let cloud = cloud.context("keystone.auth_url: expected the address of Keystone")?;
    Ok(Desk { pool, cloud })
}

/// `gatehouse openstack plan | apply | drift | approve`. Returns the exit code: 0, or 1 when something failed.
pub async fn openstack(config: &Config, command: OpenStackCommand, output: Output) -> anyhow::Result<u8> {
    let Desk { pool, cloud, .. } = desk(config).await?;
    match command {
        OpenStackCommand::Plan => {
            let plan = cloud.openstack.plan(None).await?;
            output.print(&plan, || plan_text(&plan))?;
            Ok(0)
        }
        OpenStackCommand::Apply => {
            let report = cloud.openstack.apply(None).await?;
            output.print(&report, || {
                let failed: Vec<String> = report
                    .failed
                    .iter()
                    .map(|(repair, reason)| format!("failed: {repair:?}: {reason}"))
                    .collect();
                let cut = report.cut_off.iter().map(|reason| format!("left for later: {reason}"));
                let repaired = format!("{} of {} repairs made", report.repaired, report.plan.repairs.len());
                [vec![repaired], failed, cut.collect()].concat().join("\n")
            })?;
            Ok(u8::from(!report.failed.is_empty() || report.cut_off.is_some()))
        }
        OpenStackCommand::Drift => {
            let mut conn = pool.acquire().await?;
            let findings = openstack::store::findings(&mut conn).await?;
            let value: Vec<_> = findings
                .iter()
                .map(|(number, finding, at)| json!({"number": number, "found_at": at, "what": finding.0}))
                .collect();
            output.print(&value, || {
                let lines = findings.iter().map(|(number, finding, _)| format!("{number}  {}", finding.0));
                let lines: Vec<String> = lines.collect();
                if lines.is_empty() { "nothing was made by others".to_owned() } else { lines.join("\n") }
            })?;
            Ok(0)
        }
        OpenStackCommand::Approve { finding, by } => {
            if !cloud.openstack.approve(finding, &by).await? {
                bail!("there is no finding {finding} that waits for approval");
            }
            output.print(&json!({"approved": finding}), || {
                "approved; the running service brings it about".to_owned()
            })?;
            Ok(0)
        }
    }
}

fn plan_text(plan: &openstack::Plan) -> String {
    let repairs = plan.repairs.iter().map(|repair| {
        let text = serde_json::to_string(repair).unwrap_or_default();
        format!("would  {text}")
    });
    let findings = plan.findings.iter().map(|finding| format!("leaves {finding}"));
    let lines: Vec<String> = repairs.chain(findings).collect();
    if lines.is_empty() { "everything is as it is wanted".to_owned() } else { lines.join("\n") }
}

/// `gatehouse openstack mapping`: the rules for `openstack mapping create --rules`.
pub fn mapping(config: &Config) -> anyhow::Result<u8> {
    let federation = &config.openstack.federation;
    anyhow::ensure!(
        federation.identity_provider.is_some(),
        "openstack.federation.identity_provider: expected the id of Keycloak in Keystone"
    );
    let rules = openstack::mapping(federation, &config.keycloak.issuer().name);
    println!("{}", serde_json::to_string_pretty(&rules)?);
    Ok(0)
}

/// `gatehouse intake import FILE | --sheet`: exit code 0, or 3 when rows were skipped. Without a file it is the sheet.
pub async fn import(
    config: &Config,
    kind: Kind,
    file: Option<&Path>,
    is_dry_run: bool,
    output: Output,
) -> anyhow::Result<u8> {
    let Desk { cloud, .. } = desk(config).await?;
    let imported = match file {
        None => cloud.intake.import_sheet(kind, is_dry_run).await?,
        Some(file) => {
            let table = read_csv(file).with_context(|| format!("cannot read {}", file.display()))?;
            let source = file.file_name().map(|name| name.to_string_lossy().into_owned());
            cloud.intake.import(kind, &source.unwrap_or_default(), &table, is_dry_run).await?
        }
    };
    output.print(&imported, || {
        let line = |row: &intake::RowResult| {
            let outcome = match &row.outcome {
                Outcome::New => "new".to_owned(),
                Outcome::Unchanged => "unchanged".to_owned(),
                Outcome::Changed => "changed".to_owned(),
                Outcome::Approved => "approved".to_owned(),
                Outcome::Skipped { text, .. } => format!("skipped: {text}"),
            };
            let warning = match row.unknown_extra_users {
                0 => String::new(),
                unknown => format!(" (warning: {unknown} additional people have no account)"),
            };
            format!("row {}: {outcome}{warning}", row.row)
        };
        let mut lines: Vec<String> = imported.rows.iter().map(line).collect();
        lines.extend(is_dry_run.then(|| "a dry run: nothing was kept".to_owned()));
        lines.join("\n")
    })?;
    Ok(if imported.skipped() == 0 { 0 } else { SKIPPED })
}

/// A table from CSV; rows may be of different lengths.
fn read_csv(file: &Path) -> anyhow::Result<Vec<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(file)?;
    let mut table = Vec::new();
    for record in reader.records() {
        table.push(record?.iter().map(str::to_owned).collect());
        anyhow::ensure!(table.len() <= 100_000, "more than 100000 rows");
    }
    Ok(table)
}

/// `gatehouse intake list`.
pub async fn list(config: &Config, state: Option<&str>, output: Output) -> anyhow::Result<u8> {
    let state = match state {
        Some(word) => Some(State::named(word).with_context(|| format!("{word} is no state of a request"))?),
        None => None,
    };
    let pool = db::pool(&config.database).context("database.url")?;
    let mut conn = pool.acquire().await?;
    let requests = intake::store::list(&mut conn, state).await?;
    let value: Vec<_> = requests
        .iter()
        .map(|request| {
            json!({
                "request_id": request.request_id, "kind": request.kind, "state": request.state,
                "account": contacts::masked(contacts::Kind::Email, request.ask.email.expose()),
                "project": request.ask.project.name(),
                "until": request.ask.ends_on,
                "received_at": request.received_at, "assignee": request.assignee, "reason": request.reason,
            })
        })
        .collect();
    output.print(&value, || {
        let line = |request: &intake::Request| {
            let reason = request.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            let project = request.ask.project.name();
            format!("{}  {:<12} {:<6} {project}{reason}", request.request_id, request.state, request.kind)
        };
        let lines: Vec<String> = requests.iter().map(line).collect();
        if lines.is_empty() { "no requests".to_owned() } else { lines.join("\n") }
    })?;
    Ok(0)
}

/// `gatehouse intake approve | reject | cancel | delegate | escalate | retry ID`.
pub async fn act(config: &Config, id: &str, act: &Act, by: &By, output: Output) -> anyhow::Result<u8> {
    let id = id.parse().context("ID: expected the id of a request")?;
    let Desk { cloud, .. } = desk(config).await?;
    let state = cloud.intake.act(id, act, by).await?;
    output.print(&json!({"request_id": id, "state": state}), || format!("{id} is {}", state.name()))?;
    Ok(0)
}

/// `gatehouse intake remind`.
pub async fn remind(config: &Config, output: Output) -> anyhow::Result<u8> {
    let Desk { cloud, .. } = desk(config).await?;
    let count = cloud.intake.remind().await?;
    output.print(&json!({"reminded": count}), || format!("reminded of {count} requests"))?;
    Ok(0)
}

/// `gatehouse first-password renew ADDRESS`: for somebody who asked for a new password and chose a PIN. The link goes
/// only to the address on file; neither link nor PIN is shown.
pub async fn renew_password(config: &Config, address: &str, by: &str, output: Output) -> anyhow::Result<u8> {
    let Desk { pool, cloud } = desk(config).await?;
    let address = Masked::new(address.trim().to_owned());
    let language = cloud.intake.language_of(&mut *pool.acquire().await?, &address).await?;
    cloud.passwords.start_reset(&address, language, &Starter::operator(by)).await?;
    output.print(&json!({"renewed": true}), || "a link goes to the address on file".to_owned())?;
    Ok(0)
}
