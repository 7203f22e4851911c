//! What was seen is remembered for as long as it can come again.

use std::collections::HashSet;

use gatehouse::platform::inbox::{forget_older_than, remember};

use crate::support::TestDatabase;

#[tokio::test]
async fn a_message_is_new_once() {
    let database = TestDatabase::create().await;
    let mut conn = database.pool.acquire().await.unwrap();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let set = |seen: &[&str]| ids(seen).into_iter().collect::<HashSet<_>>();
    assert_eq!(remember(&mut conn, &ids(&["a", "b", "a"])).await.unwrap(), set(&["a", "b"]));
    assert_eq!(remember(&mut conn, &ids(&["b", "c"])).await.unwrap(), set(&["c"]));

    sqlx::query("UPDATE inbox SET seen_at = now() - interval '36 days' WHERE message_id = 'a'")
        .execute(&mut *conn)
        .await
        .unwrap();
    assert_eq!(forget_older_than(&mut conn, 35).await.unwrap(), 1);
    assert_eq!(remember(&mut conn, &ids(&["a", "b"])).await.unwrap(), set(&["a"]));
}
