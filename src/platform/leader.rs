//! One of many: a right that at most one process has at a time, held by a session advisory lock of
//! PostgreSQL on a connection of its own. When the connection is gone, so is the right; whoever
//! writes through that connection therefore cannot act after losing it.

use sqlx::{Connection as _, PgConnection, PgPool};

/// The rights there are; each is a key of an advisory lock, so none may be used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To publish records.
    Publish,
    /// To send parked records on.
    Park,
    /// To compare Keycloak with the directory.
    Resync,
    /// To plan periodic jobs.
    Schedule,
}

impl Right {
    /// "gate" in ASCII, above the number of the right.
    const fn key(self) -> i64 {
        0x6761_7465_0000_0000 | self as i64
    }
}

/// The right, for as long as this is kept and its connection lives.
#[derive(Debug)]
pub struct Leadership {
    connection: PgConnection,
}

impl Leadership {
    /// Takes the right if nobody has it now.
    pub async fn take(pool: &PgPool, right: Right) -> Result<Option<Self>, sqlx::Error> {
        let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
        let taken = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
            .bind(right.key())
            .fetch_one(&mut connection)
            .await?;
        if taken {
            return Ok(Some(Self { connection }));
        }
        connection.close().await?;
        Ok(None)
    }

    /// The connection that the right hangs on.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Gives the right back at once.
    pub async fn release(self) {
        // A connection that breaks while it closes has given the right back as well.
        let _ = self.connection.close().await;
    }
}
