//! Test services for whoever runs `cargo test`.

/// The address of a PostgreSQL server for tests, as a superuser.
#[expect(clippy::unused_async, reason = "the start of a server will be awaited here")]
pub async fn postgres_url() -> anyhow::Result<String> {
    std::env::var("GATEHOUSE_TEST_POSTGRES").map_err(Into::into)
}
