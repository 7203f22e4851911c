//! Marks of keys.

use gatehouse::platform::changed_keys::{mark, oldest, unmark, waiting};

use crate::support::TestDatabase;

#[tokio::test]
async fn a_mark_that_was_made_again_is_not_taken_away() {
    let database = TestDatabase::create().await;
    let mut conn = database.pool.acquire().await.unwrap();
    mark(&mut conn, [("users", "a"), ("users", "b"), ("users", "a")]).await.unwrap();
    let claimed = oldest(&mut conn, 10, &[]).await.unwrap();
    assert_eq!(claimed.len(), 2);
    mark(&mut conn, [("users", "a")]).await.unwrap();
    unmark(&mut conn, &claimed).await.unwrap();
    let left = oldest(&mut conn, 10, &[]).await.unwrap();
    assert_eq!(left.iter().map(|key| key.key.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(waiting(&mut conn).await.unwrap().0, 1);
}

#[tokio::test]
async fn what_is_under_way_is_passed_over_even_when_it_is_marked_again() {
    let database = TestDatabase::create().await;
    let mut conn = database.pool.acquire().await.unwrap();
    mark(&mut conn, [("users", "a")]).await.unwrap();
    let under_way = oldest(&mut conn, 1, &[]).await.unwrap();
    for (stream, key) in [("companies", "a"), ("users", "b"), ("users", "a"), ("users", "c")] {
        mark(&mut conn, [(stream, key)]).await.unwrap();
    }
    let next = oldest(&mut conn, 2, &under_way).await.unwrap();
    let next: Vec<(&str, &str)> = next.iter().map(|key| (key.stream.as_str(), key.key.as_str())).collect();
    assert_eq!(next, [("companies", "a"), ("users", "b")]);
}

#[tokio::test]
async fn many_transactions_mark_the_same_keys_without_deadlock() {
    let database = TestDatabase::create().await;
    let keys: Vec<String> = (0..200).map(|n| format!("key-{n}")).collect();
    let markers = (0..8).map(|marker| {
        let (pool, mut keys) = (database.pool.clone(), keys.clone());
        keys.rotate_left(marker * 25);
        tokio::spawn(async move {
            for _ in 0..5 {
                let mut tx = pool.begin().await.unwrap();
                mark(&mut tx, keys.iter().map(|key| ("users", key))).await.unwrap();
                tx.commit().await.unwrap();
            }
        })
    });
    for marker in markers.collect::<Vec<_>>() {
        marker.await.unwrap();
    }
    let mut conn = database.pool.acquire().await.unwrap();
    assert_eq!(waiting(&mut conn).await.unwrap().0, 200);
}
