//! The statements of commands.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

use super::{COMMANDS, Command, CommandId, CommandState, Refusal};
use crate::platform::jobs;

/// Asks for it in the caller's transaction.
pub async fn enqueue_in_tx(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    id: CommandId,
    user_id: &str,
    command: &Command,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO keycloak_commands (command_id, user_id, kind, payload, created_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(user_id)
    .bind(command.kind())
    .bind(Json(command))
    .bind(at)
    .execute(&mut *conn)
    .await?;
    jobs::enqueue_in_tx(conn, COMMANDS, &[user_id.to_owned()]).await
}

/// What became of it; none when it was never asked for, or long ago.
pub async fn state(conn: &mut PgConnection, id: CommandId) -> Result<Option<CommandState>, sqlx::Error> {
    let row: Option<(bool, Option<String>)> = sqlx::query_as(
        "SELECT finished_at IS NOT NULL, refusal FROM keycloak_commands WHERE command_id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| match row {
        (false, _) => CommandState::Waiting,
        (true, None) => CommandState::Done,
        (true, Some(refusal)) => CommandState::Refused(Refusal::of(&refusal)),
    }))
}

/// A command as it stands: what it is until it is finished, since when it is, and why it was not done.
pub(super) type Standing = (Option<Json<Command>>, Option<DateTime<Utc>>, Option<String>);

/// The last command of a kind about a person.
pub(super) async fn last(
    conn: &mut PgConnection,
    user_id: &str,
    kind: &str,
) -> Result<Option<Standing>, sqlx::Error> {
    sqlx::query_as(
        "SELECT payload, finished_at, refusal FROM keycloak_commands
         WHERE user_id = $1 AND kind = $2 ORDER BY created_at DESC, command_id DESC LIMIT 1",
    )
    .bind(user_id)
    .bind(kind)
    .fetch_optional(conn)
    .await
}

/// The commands about a person that wait, in their order.
pub(super) async fn waiting(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<Vec<(CommandId, Json<Command>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT command_id, payload FROM keycloak_commands
         WHERE user_id = $1 AND finished_at IS NULL ORDER BY created_at, command_id",
    )
    .bind(user_id)
    .fetch_all(conn)
    .await
}

/// Notes what became of it, and forgets what it was.
pub(super) async fn finish(
    conn: &mut PgConnection,
    id: CommandId,
    at: DateTime<Utc>,
    refusal: Option<Refusal>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE keycloak_commands SET payload = NULL, finished_at = $2, refusal = $3
         WHERE command_id = $1 AND finished_at IS NULL",
    )
    .bind(id)
    .bind(at)
    .bind(refusal.map(Refusal::name))
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets what was finished before.
pub(super) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM keycloak_commands WHERE finished_at < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop)
}
