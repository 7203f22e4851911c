//! Who calls, and whether they may pass.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, MatchedPath, RawPathParams, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    lists::{self, Place},
    routes::Guard,
};
use crate::{
    access::{Access, Caller, Denied, Target, Who},
    audit::Origin,
    platform::{
        auth::{Refused, Verifier},
        clock::SharedClock,
        http::{client_address::network, idempotency, limits::RateLimit},
        problem::{Problem, StatusCode},
    },
};

/// Lets callers in, or not. Cheap to clone.
#[derive(Clone)]
pub struct Gatekeeper(Arc<Inner>);

struct Inner {
    verifier: Verifier,
    access: Access,
    limit: RateLimit,
    pool: PgPool,
    clock: SharedClock,
}

/// What stands before one route.
#[derive(Clone)]
pub(super) struct Gate {
    pub keeper: Gatekeeper,
    pub guard: Guard,
}

impl Gatekeeper {
    /// Lets in whom `verifier` knows and `access` allows, `per_minute` times a minute each.
    #[must_use]
    pub fn new(
        verifier: Verifier,
        access: Access,
        per_minute: u32,
        pool: PgPool,
        clock: SharedClock,
    ) -> Self {
        let limit = RateLimit::new(per_minute, clock.clone());
        Self(Arc::new(Inner { verifier, access, limit, pool, clock }))
    }

    fn take(&self, key: &str) -> Result<(), Problem> {
        self.0.limit.take(key).map_err(|wait| {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "request/rate-limited", "Too many requests for now")
                .with_retry_after(wait.as_secs() + 1)
        })
    }

    async fn caller(&self, headers: &HeaderMap, address: Option<IpAddr>) -> Result<Caller, Problem> {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = authorization
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(Problem::unauthorized)?;
        let bearer = self.0.verifier.bearer(token).await.map_err(|refused| match refused {
            Refused::Invalid(reason) => {
                tracing::debug!(reason, "a token was refused");
                Problem::unauthorized()
            }
            Refused::Unavailable => Problem::unavailable().with_retry_after(10),
        })?;
        let origin = Origin { ip_address: address, client_id: None, trace_id: trace_id(headers) };
        let caller = self.0.access.caller(bearer, origin).await;
        caller.map_err(|error| Problem::of_database(&error))?.ok_or_else(Problem::unauthorized)
    }

    async fn decide(&self, guard: Guard, caller: &Caller, params: &RawPathParams) -> Result<(), Problem> {
        let param = |name: &str| params.iter().find(|(found, _)| *found == name).map(|(_, value)| value);
        match guard {
            Guard::AnyCaller => {}
            Guard::Person => {
                caller.require_person()?;
            }
            Guard::System(permission) => caller.require(permission, Target::System)?,
            Guard::Company(permission) => {
                // What is no id cannot name a company.
                let company = param("company_id").and_then(|id| Uuid::parse_str(id).ok());
                caller.require(permission, Target::Company(company.ok_or(Denied::NotFound)?))?;
            }
            Guard::PersonIn(permission) => {
                let user_id = param("user_id").ok_or(Denied::NotFound)?;
                if caller.user_id() == Some(user_id) {
                    return Ok(());
                }
                let companies = self.0.access.companies_of(user_id).await;
                let companies = companies.map_err(|error| Problem::of_database(&error))?;
                caller.require_in_one_of(permission, &companies.ok_or(Denied::NotFound)?)?;
            }
        }
        Ok(())
    }
}

/// The middleware before every route of the API.
pub(super) async fn pass(
    State(gate): State<Gate>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let keeper = &gate.keeper;
    let admitted = async {
        let caller = match keeper.caller(&parts.headers, address).await {
            Ok(caller) => caller,
            Err(problem) => {
                // Whoever has no token that counts is counted by where they come from.
                let stranger = address.map(|address| format!("network:{}", network(address)));
                keeper.take(stranger.as_deref().unwrap_or("network:unknown"))?;
                return Err(problem);
            }
        };
        keeper.take(&caller.key())?;
        // Systems look, and change nothing, whatever they hold.
        if !parts.method.is_safe() && matches!(caller.who, Who::System { .. }) {
            return Err(Problem::forbidden());
        }
        keeper.decide(gate.guard, &caller, &params).await?;
        Ok::<_, Problem>(caller)
    };
    match admitted.await {
        Err(problem) => problem.into_response(),
        Ok(caller) => {
            let key = caller.key();
            let reader = matches!(caller.who, Who::System { .. })
                .then(|| (caller.clone(), place(&params, parts.extensions.get::<MatchedPath>())));
            parts.extensions.insert(caller);
            let request = Request::from_parts(parts, body);
            let answer = idempotency::once(&keeper.0.pool, keeper.0.clock.now(), &key, request, next).await;
            match reader {
                Some((caller, place)) => {
                    let noted = lists::noted(&keeper.0.access, &caller, &place, answer).await;
                    noted.unwrap_or_else(IntoResponse::into_response)
                }
                None => answer,
            }
        }
    }
}

fn place(params: &RawPathParams, route: Option<&MatchedPath>) -> Place {
    let company = params.iter().find(|(name, _)| *name == "company_id");
    Place {
        list: route.map(|route| route.as_str().to_owned()).unwrap_or_default(),
        company_id: company.and_then(|(_, id)| Uuid::parse_str(id).ok()),
    }
}

/// The trace of the request (W3C Trace Context), or the id that leads to its log lines.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let trace = text("traceparent").and_then(|parent| parent.split('-').nth(1));
    trace.or_else(|| text("x-request-id")).filter(|id| id.len() <= 64).map(str::to_owned)
}
