//! Work after commits: done once, tried again, parked, and asked for again meanwhile.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chrono::{TimeDelta, Utc};
use gatehouse::platform::{
    changed_keys::Bell,
    entropy::SeededEntropy,
    jobs::{self, Done, Failed, Handler, Job, JobRow, Runner},
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::support::{TestDatabase, eventually};

const KIND: &str = "test.work";

/// Answers from a script, then with success; waits for leave before each answer.
struct Scripted {
    script: Mutex<Vec<Result<Done, Failed>>>,
    runs: AtomicUsize,
    leave: Semaphore,
}

impl Scripted {
    fn new(mut script: Vec<Result<Done, Failed>>, leave: usize) -> Arc<Self> {
        script.reverse();
        Arc::new(Self { script: Mutex::new(script), runs: AtomicUsize::new(0), leave: Semaphore::new(leave) })
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Handler for Scripted {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn max_attempts(&self) -> i32 {
        2
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.leave.acquire().await.unwrap().forget();
        self.script.lock().unwrap().pop().unwrap_or(Ok(Done::Finished))
    }
}

struct Queue {
    database: TestDatabase,
    bell: Bell,
    stop: CancellationToken,
    runners: Vec<tokio::task::JoinHandle<()>>,
}

impl Queue {
    async fn with(handler: &Arc<Scripted>, runners: usize) -> Self {
        let (database, bell, stop) =
            (TestDatabase::create().await, Bell::default(), CancellationToken::new());
        let runners = (0..runners).map(|_| {
            let handlers: Vec<Arc<dyn Handler>> = vec![handler.clone()];
            let entropy = Arc::new(SeededEntropy::new(1));
            let runner = Runner::new(database.pool.clone(), handlers, entropy, bell.clone(), stop.clone(), 4);
            tokio::spawn(runner.run())
        });
        let runners = runners.collect();
        Self { database, bell, stop, runners }
    }

    async fn enqueue(&self, key: &str) {
        let mut conn = self.database.pool.acquire().await.unwrap();
        jobs::enqueue_in_tx(&mut conn, KIND, &[key.to_owned()]).await.unwrap();
        self.bell.ring();
    }

    async fn job(&self, key: &str) -> Option<JobRow> {
        let mut conn = self.database.pool.acquire().await.unwrap();
        jobs::find(&mut conn, KIND, key).await.unwrap()
    }

    async fn stop(self) {
        self.stop.cancel();
        for runner in self.runners {
            runner.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_job_is_done_once_by_one_of_many_runners() {
    let handler = Scripted::new(vec![], 100);
    let queue = Queue::with(&handler, 4).await;
    for key in 0..20 {
        queue.enqueue(&key.to_string()).await;
    }
    let left = || async {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM jobs")
            .fetch_one(&queue.database.pool)
            .await
            .unwrap()
    };
    eventually("an empty queue", left, |left| *left == 0).await;
    assert_eq!(handler.runs(), 20);
    queue.stop().await;
}

#[tokio::test]
async fn a_failure_is_tried_again_and_then_parked_where_it_is_seen() {
    let fail = || Err(Failed::Retry("not now".to_owned()));
    let handler = Scripted::new(vec![fail(), fail()], 100);
    let queue = Queue::with(&handler, 1).await;
    queue.enqueue("a").await;
    let job =
        eventually("parked", || queue.job("a"), |job| job.as_ref().is_some_and(|job| job.state == "parked"))
            .await;
    let job = job.unwrap();
    assert_eq!((handler.runs(), job.attempts, job.last_error.as_deref()), (2, 2, Some("not now")));

    let mut conn = queue.database.pool.acquire().await.unwrap();
    assert!(jobs::unpark(&mut conn, KIND, "a").await.unwrap());
    queue.bell.ring();
    eventually("done", || queue.job("a"), Option::is_none).await;
    assert!(!jobs::unpark(&mut conn, KIND, "a").await.unwrap());
    queue.stop().await;
}

#[tokio::test]
async fn what_cannot_succeed_is_parked_at_once() {
    let handler = Scripted::new(vec![Err(Failed::Park("never".to_owned()))], 100);
    let queue = Queue::with(&handler, 1).await;
    queue.enqueue("a").await;
    eventually("parked", || queue.job("a"), |job| job.as_ref().is_some_and(|job| job.state == "parked"))
        .await;
    assert_eq!(handler.runs(), 1);
    queue.stop().await;
}

#[tokio::test]
async fn work_that_is_asked_for_while_it_runs_runs_again() {
    let handler = Scripted::new(vec![], 0);
    let queue = Queue::with(&handler, 2).await;
    queue.enqueue("a").await;
    eventually("the first run", || async { handler.runs() }, |runs| *runs == 1).await;
    queue.enqueue("a").await;
    queue.enqueue("a").await;
    handler.leave.add_permits(10);
    eventually("done", || queue.job("a"), Option::is_none).await;
    assert_eq!(handler.runs(), 2, "once more, and not beside the first");
    queue.stop().await;
}

#[tokio::test]
async fn periodic_work_waits_for_its_time_and_stopping_waits_for_work() {
    let tomorrow = Utc::now() + TimeDelta::days(1);
    let handler = Scripted::new(vec![Ok(Done::Until(tomorrow))], 0);
    let queue = Queue::with(&handler, 1).await;
    let mut conn = queue.database.pool.acquire().await.unwrap();
    jobs::plan(&mut conn, KIND, "nightly", Utc::now()).await.unwrap();
    jobs::plan(&mut conn, KIND, "nightly", tomorrow).await.unwrap();
    queue.bell.ring();
    eventually("the run", || async { handler.runs() }, |runs| *runs == 1).await;
    queue.stop.cancel();
    handler.leave.add_permits(1);
    let database = queue.database.pool.clone();
    queue.stop().await;
    let job = jobs::find(&mut database.acquire().await.unwrap(), KIND, "nightly").await.unwrap().unwrap();
    assert!((job.run_at - tomorrow).abs() < TimeDelta::seconds(1), "{job:?}");
}

#[test]
fn waits_grow_and_differ() {
    let entropy = SeededEntropy::new(7);
    for (attempts, seconds) in [(1, 1.0), (2, 2.0), (5, 16.0), (12, 2048.0), (13, 3600.0), (1000, 3600.0)] {
        let wait = jobs::backoff(attempts, &entropy).as_secs_f64();
        assert!((seconds * 0.75..=seconds * 1.26).contains(&wait), "{attempts}: {wait}");
    }
}
