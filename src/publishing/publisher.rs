//! The publisher: one process at a time turns marked keys into records.
//!
//! What is promised, and why it holds:
//! - *Nothing is forgotten.* A mark goes when its record is acknowledged, and only if the key was not
//!   marked again meanwhile.
//! - *A revision only grows, and a higher one is a later state.* Revisions are drawn from one
//!   sequence after the snapshot is fixed, a key is read again only after its last record was answered, and everything
//!   is read through the connection that the right to publish hangs on: whoever lost the right cannot draw one.
//! - *The last record of a key is its last state.* A predecessor that lost its right while records
//!   were under way may still deliver them for [`DELIVERY_TIME`]. What was published in that time is
//!   therefore published once more after it.
//! - *A record may come twice*, the second time with a higher revision.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection, PgPool};
use tokio_util::sync::CancellationToken;

use super::{
    PublishingConfig, Region,
    draft::{Draft, drafts_of},
    store,
};
use crate::platform::{
    changed_keys::{self, Bell, ChangedKey},
    db,
    health::Part,
    kafka::{DELIVERY_TIME, Outgoing, ProduceError, Producer},
    leader::{Leadership, Right},
};

/// Most keys of one round.
const ROUND: usize = 1000;
/// How long before the right, the database or Kafka is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Clocks of two machines may run so far apart during [`DELIVERY_TIME`].
const MARGIN: Duration = Duration::from_secs(5);

/// Publishes what changed.
pub struct Publisher {
    /// Where the state and the marks are.
    pub pool: PgPool,
    /// What sends.
    pub producer: Producer,
    /// Where to.
    pub config: PublishingConfig,
    /// Rung after keys were marked.
    pub bell: Bell,
    /// Ready while this process publishes, or another one does.
    pub part: Part,
    /// Ends it.
    pub stop: CancellationToken,
}

/// Keys, and what is to be sent of them.
#[derive(Default)]
struct Round {
    /// Whose marks go when their records are acknowledged; those without a record need none.
    claimed: Vec<ChangedKey>,
    /// With its revision each.
    drafts: Vec<(Draft, i64)>,
    outgoing: Vec<Outgoing>,
}

impl Publisher {
    /// Publishes until told to stop.
    pub async fn run(self) {
        while !self.stop.is_cancelled() {
            match Leadership::take(&self.pool, Right::Publish).await {
                Ok(Some(mut leadership)) => {
                    self.part.report(true);
                    if let Err(error) = self.lead(&mut leadership).await {
                        self.producer.drop_outstanding();
                        tracing::warn!(error = %db::describe(&error), "publishing waits for the database");
                    }
                    leadership.release().await;
                }
                Ok(None) => self.part.report(true),
                Err(error) => {
                    self.part.report(false);
                    tracing::debug!(error = %db::describe(&error), "nobody to ask for the right to publish");
                }
            }
            // Without listening to the bell: who has no right would ask for it at every change.
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn lead(&self, leadership: &mut Leadership) -> Result<(), sqlx::Error> {
        let poll = Duration::from_millis(self.config.poll_millis);
        let since = Instant::now();
        let mut predecessor_may_deliver = true;
        let mut round = Round::default();
        while !self.stop.is_cancelled() {
            let conn = leadership.connection();
            if predecessor_may_deliver && since.elapsed() > DELIVERY_TIME + MARGIN {
                predecessor_may_deliver = false;
                let mut tx = conn.begin().await?;
                store::doubt_recent_in_tx(&mut tx, since.elapsed().as_secs_f64()).await?;
                tx.commit().await?;
            }
            match self.round(conn, &mut round).await? {
                Outcome::Idle => self.pause(poll).await,
                Outcome::Progress => {}
                Outcome::Stuck => self.pause(PAUSE).await,
            }
        }
        Ok(())
    }

    /// Sends a round, prepares the next meanwhile, and notes what was acknowledged. Whatever is sent is answered when
    /// this ends.
    async fn round(&self, conn: &mut PgConnection, round: &mut Round) -> Result<Outcome, sqlx::Error> {
        let sending = async { Ok(self.producer.send_all(&round.outgoing).await) };
        let (answers, next) = tokio::try_join!(sending, self.prepare(conn, &round.claimed))?;
        let sent = std::mem::replace(round, next);
        if !sent.claimed.is_empty() && note(conn, sent, answers).await? == 0 {
            // What is sent follows at once what that connection last did: who pauses may have lost the right since.
            *round = Round::default();
            return Ok(Outcome::Stuck);
        }
        Ok(if round.claimed.is_empty() { Outcome::Idle } else { Outcome::Progress })
    }

    /// The oldest marks but those that are `under_way`: what readers have of these keys is not known yet.
    async fn prepare(&self, conn: &mut PgConnection, under_way: &[ChangedKey]) -> Result<Round, sqlx::Error> {
        let mut tx = conn.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
        let claimed = changed_keys::oldest(&mut tx, ROUND, under_way).await?;
        if claimed.is_empty() {
            return Ok(Round::default());
        }
        let drafts = drafts_of(&mut tx, claimed.clone(), Region(&self.config.region)).await?;
        let (revisions, now) = store::revisions(&mut tx, drafts.len()).await?;
        tx.commit().await?;
        let drafts: Vec<(Draft, i64)> = drafts.into_iter().zip(revisions).collect();
        let outgoing =
            drafts.iter().map(|(draft, revision)| draft.outgoing(&self.config, *revision, now)).collect();
        Ok(Round { claimed, drafts, outgoing })
    }

    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.bell.rung() => {}
            () = tokio::time::sleep(time) => {}
        }
    }
}

enum Outcome {
    /// Nothing more is to be done.
    Idle,
    /// The next round waits to be sent.
    Progress,
    /// Nothing could be delivered.
    Stuck,
}

/// Takes away the marks of what was acknowledged, and of what needed no record. Says of how many.
async fn note(
    conn: &mut PgConnection,
    sent: Round,
    answers: Vec<Result<(), ProduceError>>,
) -> Result<usize, sqlx::Error> {
    let (mut acknowledged, mut waiting) = (Vec::new(), HashSet::new());
    for ((draft, revision), answer) in sent.drafts.into_iter().zip(answers) {
        match answer {
            Ok(()) => acknowledged.push(draft.acknowledged(revision)),
            Err(error) => {
                tracing::warn!(%error, stream = draft.claimed.stream, key = draft.claimed.key, "a record waits");
                waiting.insert(draft.claimed);
            }
        }
    }
    metrics::counter!("gatehouse_records_published_total")
        .increment(u64::try_from(acknowledged.len()).unwrap_or_default());
    let done: Vec<ChangedKey> = sent.claimed.into_iter().filter(|key| !waiting.contains(key)).collect();
    let mut tx = conn.begin().await?;
    store::note_published(&mut tx, &acknowledged).await?;
    changed_keys::unmark(&mut tx, &done).await?;
    tx.commit().await?;
    Ok(done.len())
}
