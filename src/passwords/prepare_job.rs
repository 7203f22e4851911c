//! Gives an account its random password, then lets the link go.

use async_trait::async_trait;
use secrecy::SecretString;

use super::{PREPARE, Passwords, letters, store};
use crate::{
    adapters::keystone::{KeystoneError, UserChange},
    notices,
    platform::jobs::{Done, Failed, Handler, Job},
};

/// Does the work. Done twice, it sets the same password and sends one mail.
pub struct PrepareJob(pub Passwords);

#[async_trait]
impl Handler for PrepareJob {
    fn kind(&self) -> &'static str {
        PREPARE
    }

    fn max_attempts(&self) -> i32 {
        1000 // an hour's wait each: a Keystone that is away costs nothing but time
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let inner = &self.0.0;
        let mut conn = inner.pool.acquire().await?;
        let to = store::waiting_recipient(&mut conn, &job.key).await?;
        let link = store::find(&mut conn, &job.key).await?;
        drop(conn);
        let (Some(to), Some(link)) = (to, link) else { return Ok(Done::Finished) };
        let sealed = link.password.as_ref();
        let password: SecretString = sealed
            .and_then(|sealed| inner.keys.open(&link.user_id, sealed))
            .ok_or_else(|| Failed::Park("the key that sealed the password is gone".to_owned()))?;
        let change = UserChange { password: Some(password), ..UserChange::default() };
        inner.ports.keystone.change_user(&link.user_id, &change).await.map_err(failed)?;

        let mut tx = inner.pool.begin().await?;
        if store::end_preparation(&mut tx, &link.user_id).await? {
            let (clock, entropy) = (inner.ports.clock.as_ref(), inner.ports.entropy.as_ref());
            let id = notices::NoticeId::generate(clock, entropy);
            let notice = letters::link(id, &link.user_id, to);
            notices::store::enqueue_in_tx(&mut tx, &[notice]).await?;
        }
        tx.commit().await?;
        Ok(Done::Finished)
    }
}

fn failed(error: KeystoneError) -> Failed {
    if error.is_transient() { Failed::Retry(error.to_string()) } else { Failed::Park(error.to_string()) }
}
