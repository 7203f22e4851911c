//! The statements of first passwords.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};

use super::{
    keys::{Hashed, Sealed},
    model::{Keeper, Link, Recipient},
};

#[derive(FromRow)]
struct LinkRow {
    user_id: String,
    keeper: String,
    token_nonce: Vec<u8>,
    token_version: i16,
    pin_hash: String,
    pin_version: i16,
    sealed_password: Option<Vec<u8>>,
    password_version: Option<i16>,
    issued_at: DateTime<Utc>,
}

impl From<LinkRow> for Link {
    fn from(row: LinkRow) -> Self {
        let password = row.sealed_password.zip(row.password_version);
        Self {
            user_id: row.user_id,
            keeper: Keeper::named(&row.keeper),
            token_nonce: row.token_nonce,
            token_version: row.token_version,
            pin: Hashed { version: row.pin_version, text: row.pin_hash },
            password: password.map(|(bytes, version)| Sealed { version, bytes }),
            issued_at: row.issued_at,
        }
    }
}

/// What a new link changes; what is none stays as it is held.
pub(super) struct Renewal<'a> {
    pub user_id: &'a str,
    pub keeper: Keeper,
    pub token_hash: [u8; 32],
    pub token_nonce: [u8; 16],
    pub token_version: i16,
    pub pin: Option<Hashed>,
    pub password: Option<Sealed>,
    pub issued_at: DateTime<Utc>,
}

/// Makes a link, or makes it anew: unlocked, with its whole time before it. Returns whether it is there; without PIN
/// or password it is not, unless it was before.
pub(super) async fn renew(conn: &mut PgConnection, new: &Renewal<'_>) -> Result<bool, sqlx::Error> {
    let (pin, password) = (new.pin.as_ref(), new.password.as_ref());
    let is_whole = pin.is_some() && (password.is_some() || new.keeper == Keeper::Keycloak);
    let query = if is_whole {
        sqlx::query(
            "INSERT INTO first_passwords (user_id, keeper, token_hash, token_nonce, token_version, pin_hash,
                 pin_version, sealed_password, password_version, issued_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT ON CONSTRAINT first_passwords_pkey DO UPDATE SET
                 keeper = excluded.keeper, token_hash = excluded.token_hash,
                 token_nonce = excluded.token_nonce, token_version = excluded.token_version,
                 pin_hash = excluded.pin_hash, pin_version = excluded.pin_version,
                 sealed_password = excluded.sealed_password, password_version = excluded.password_version,
                 issued_at = excluded.issued_at, tries = 0, claimed_until = NULL",
        )
    } else {
        sqlx::query(
            "UPDATE first_passwords SET
                 token_hash = $3, token_nonce = $4, token_version = $5,
                 pin_hash = coalesce($6, pin_hash), pin_version = coalesce($7, pin_version),
                 sealed_password = coalesce($8, sealed_password),
                 password_version = coalesce($9, password_version),
                 issued_at = $10, tries = 0, claimed_until = NULL
             WHERE user_id = $1 AND keeper = $2",
        )
    };
    let done = query
        .bind(new.user_id)
        .bind(new.keeper.name())
        .bind(&new.token_hash[..])
        .bind(&new.token_nonce[..])
        .bind(new.token_version)
        .bind(pin.map(|pin| pin.text.as_str()))
        .bind(pin.map(|pin| pin.version))
        .bind(password.map(|password| password.bytes.as_slice()))
        .bind(password.map(|password| password.version))
        .bind(new.issued_at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The link of a person.
pub(super) async fn find(conn: &mut PgConnection, user_id: &str) -> Result<Option<Link>, sqlx::Error> {
    let row: Option<LinkRow> = sqlx::query_as(
        "SELECT user_id, keeper, token_nonce, token_version, pin_hash, pin_version, sealed_password,
             password_version, issued_at
         FROM first_passwords WHERE user_id = $1",
    )
    .bind(user_id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Link::from))
}

/// What came of beginning a try.
pub(super) enum Try {
    /// There is no such link.
    Unknown,
    /// All tries are used.
    Locked,
    /// One try is taken; it is given back when the PIN is right.
    Begun(Link),
}

/// Takes one of `tries` tries of a link. Of any number that come at once, exactly as many get through as are left.
pub(super) async fn begin_try(
    conn: &mut PgConnection,
    token_hash: &[u8; 32],
    tries: i32,
) -> Result<Try, sqlx::Error> {
    let row: Option<LinkRow> = sqlx::query_as(
        "UPDATE first_passwords SET tries = tries + 1 WHERE token_hash = $1 AND tries < $2
         RETURNING user_id, keeper, token_nonce, token_version, pin_hash, pin_version, sealed_password,
             password_version, issued_at",
    )
    .bind(&token_hash[..])
    .bind(tries)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(row) = row {
        return Ok(Try::Begun(row.into()));
    }
    let is_there: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM first_passwords WHERE token_hash = $1)")
            .bind(&token_hash[..])
            .fetch_one(conn)
            .await?;
    Ok(if is_there { Try::Locked } else { Try::Unknown })
}

/// Gives a try back, because its PIN was right.
pub(super) async fn give_back(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE first_passwords SET tries = greatest(tries - 1, 0) WHERE token_hash = $1")
        .bind(&token_hash[..])
        .execute(conn)
        .await
        .map(drop)
}

/// Gives a try back and takes the link for one right answer, until a time. Returns whether nobody else has it.
pub(super) async fn claim(
    conn: &mut PgConnection,
    token_hash: &[u8; 32],
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let claimed = sqlx::query(
        "UPDATE first_passwords SET tries = greatest(tries - 1, 0), claimed_until = $3
         WHERE token_hash = $1 AND (claimed_until IS NULL OR claimed_until <= $2)",
    )
    .bind(&token_hash[..])
    .bind(now)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Lets the next right answer in: this one came to nothing.
pub(super) async fn release(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE first_passwords SET claimed_until = NULL WHERE token_hash = $1")
        .bind(&token_hash[..])
        .execute(conn)
        .await
        .map(drop)
}

/// Ends a link for good: it was used.
pub(super) async fn delete(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM first_passwords WHERE token_hash = $1")
        .bind(&token_hash[..])
        .execute(conn)
        .await
        .map(drop)
}

/// Notes that somebody asks for a new password; the last PIN counts. Returns whether it is to be told to the help
/// desk: not again for the same address within a day, and not when `most` have asked since `hour_ago`.
pub(super) async fn note_reset(
    conn: &mut PgConnection,
    address_hash: &[u8; 32],
    pin: &Hashed,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "WITH before AS (SELECT asked_at FROM password_resets WHERE address_hash = $1)
         INSERT INTO password_resets AS held (address_hash, pin_hash, pin_version, asked_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT password_resets_pkey DO UPDATE SET
             pin_hash = excluded.pin_hash, pin_version = excluded.pin_version,
             asked_at = CASE WHEN held.asked_at > excluded.asked_at - interval '1 day'
                             THEN held.asked_at ELSE excluded.asked_at END
         RETURNING NOT EXISTS (SELECT FROM before WHERE asked_at > $4::timestamptz - interval '1 day')",
    )
    .bind(&address_hash[..])
    .bind(&pin.text)
    .bind(pin.version)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// How many addresses asked since a time.
pub(super) async fn resets_since(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM password_resets WHERE asked_at > $1")
        .bind(since)
        .fetch_one(conn)
        .await
}

/// Takes the PIN that was chosen for an address, at most a week ago: it is used once.
pub(super) async fn take_reset(
    conn: &mut PgConnection,
    address_hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Hashed>, sqlx::Error> {
    let row: Option<(String, i16)> = sqlx::query_as(
        "DELETE FROM password_resets WHERE address_hash = $1 AND asked_at > $2::timestamptz - interval '7 days'
         RETURNING pin_hash, pin_version",
    )
    .bind(&address_hash[..])
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(text, version)| Hashed { version, text }))
}

/// Notes who gets the link once the account has its random password.
pub(super) async fn await_preparation(
    conn: &mut PgConnection,
    user_id: &str,
    to: &Recipient,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE first_passwords SET letter = $2 WHERE user_id = $1")
        .bind(user_id)
        .bind(Json(to))
        .execute(conn)
        .await
        .map(drop)
}

/// Who waits for the link of an account.
pub(super) async fn waiting_recipient(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<Option<Recipient>, sqlx::Error> {
    let found: Option<Json<Recipient>> =
        sqlx::query_scalar("SELECT letter FROM first_passwords WHERE user_id = $1 AND letter IS NOT NULL")
            .bind(user_id)
            .fetch_optional(conn)
            .await?;
    Ok(found.map(|letter| letter.0))
}

/// Nobody waits any longer. Returns whether somebody did.
pub(super) async fn end_preparation(conn: &mut PgConnection, user_id: &str) -> Result<bool, sqlx::Error> {
    let ended =
        sqlx::query("UPDATE first_passwords SET letter = NULL WHERE user_id = $1 AND letter IS NOT NULL")
            .bind(user_id)
            .execute(conn)
            .await?;
    Ok(ended.rows_affected() == 1)
}
