//! HTTP servers: the layers every route gets, and a server that drains on stop.

pub mod client_address;
pub mod extract;
pub mod idempotency;
pub mod limits;
pub mod paging;
pub mod preconditions;

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

use super::{
    problem::Problem,
    trace::{self, TraceParent},
};

/// No request may take longer than this; callers give up sooner.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest body any route takes, in bytes: a list of people of a megabyte, with room for its frame.
/// Routes may set a smaller bound.
const MAX_BODY: usize = 1024 * 1024 + 64 * 1024;

/// Wraps a router in what every route gets: request id, span without personal data, time-out,
/// body bound, panic as a problem, and headers that keep browsers from guessing.
pub fn with_layers(router: Router) -> Router {
    let request_id = HeaderName::from_static("x-request-id");
    router.fallback(not_found).layer(
        ServiceBuilder::new()
            .layer(SetRequestIdLayer::new(request_id.clone(), MakeRequestUuid))
            .layer(PropagateRequestIdLayer::new(request_id))
            .layer(TraceLayer::new_for_http().make_span_with(span))
            .layer(SetResponseHeaderLayer::if_not_present(
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ))
            .layer(SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static("no-store"),
            ))
            .layer(CatchPanicLayer::custom(on_panic))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
            .layer(RequestBodyLimitLayer::new(MAX_BODY)),
    )
}

/// The span of a request names the route's method and id only: paths and queries can hold ids of
/// people and tokens.
fn span(request: &Request) -> tracing::Span {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let id = header("x-request-id").unwrap_or_default();
    let span = tracing::info_span!(
        "http",
        otel.kind = "server",
        method = %request.method(),
        request.id = %id,
        trace.id = tracing::field::Empty
    );
    let trace = match header(trace::HEADER).and_then(TraceParent::parse) {
        Some(parent) => Some(parent.followed_by(&span)),
        None => TraceParent::of(&span),
    };
    if let Some(trace) = trace {
        span.record("trace.id", trace.trace_id());
    }
    span
}

fn on_panic(_: Box<dyn std::any::Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a request handler panicked");
    Problem::internal().into_response()
}

async fn not_found() -> Problem {
    Problem::not_found()
}

/// Serves `router` until `stop` is cancelled, then lets running requests finish.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}
