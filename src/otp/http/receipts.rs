//! Reports of the SMS gateway. It cannot sign, so the address itself is the secret: it ends in one.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    routing::post,
};

use crate::{
    adapters::sms::ReceiptConfig,
    otp::{Otp, error::database_problem},
    platform::problem::Problem,
};

/// The provider whose reports these are, as it calls itself in the messages.
const PROVIDER: &str = "http";
/// The largest report, in bytes.
const MAX_BODY: usize = 8 * 1024;

/// `POST /delivery/v1/sms/{secret}`, when the gateway reports at all.
pub fn router(otp: Otp, config: Option<&ReceiptConfig>) -> Router {
    let Some(config) = config else { return Router::new() };
    Router::new()
        .route("/delivery/v1/sms/{secret}", post(take))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state((otp, config.clone()))
}

/// Whoever does not know the secret learns nothing, not even that there is something here. A message that
/// is not known is said so: the gateway may be quicker than our own note, and tries again.
async fn take(
    State((otp, config)): State<(Otp, ReceiptConfig)>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    if !config.admits(&secret) {
        tracing::warn!("a report with a wrong secret was refused");
        return Err(Problem::not_found());
    }
    let report = config.read(&body).ok_or_else(|| {
        Problem::invalid_request("the body: expected a JSON object or a form with the message and its status")
    })?;
    match otp.take_report(PROVIDER, &report).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(Problem::not_found()),
        Err(error) => Err(database_problem(&error)),
    }
}
