//! What lies in the queue, for metrics and the health page.

use gatehouse::platform::jobs;

use crate::support::TestDatabase;

#[tokio::test]
async fn due_and_parked_jobs_are_counted_and_those_of_later_are_not() {
    let pool = TestDatabase::create().await.pool;
    sqlx::query(
        "INSERT INTO jobs (kind, key, state, run_at) VALUES
             ('test.mail', 'a', 'waiting', now() - interval '90 seconds'),
             ('test.mail', 'b', 'waiting', now() - interval '10 seconds'),
             ('test.mail', 'c', 'parked', now() - interval '1 hour'),
             ('test.nightly', 'd', 'waiting', now() + interval '1 hour')",
    )
    .execute(&pool)
    .await
    .unwrap();
    let mut conn = pool.acquire().await.unwrap();
    let found = jobs::backlog(&mut conn).await.unwrap();
    let counts: Vec<_> = found.iter().map(|one| (one.kind.as_str(), one.state.as_str(), one.count)).collect();
    assert_eq!(counts, [("test.mail", "parked", 1), ("test.mail", "waiting", 2)]);
    assert!((3600.0..3700.0).contains(&found[0].oldest_seconds), "{found:?}");
    assert!((90.0..190.0).contains(&found[1].oldest_seconds), "{found:?}");
}
