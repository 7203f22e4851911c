//! Routes with the decision who may pass them. There is no way to add one without.

use axum::{Router, http::Method, middleware};
use utoipa::openapi::{OpenApi, path::PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{Gatekeeper, gate};
use crate::access::Permission;

/// Who may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Whoever has a valid token. The handler serves only what is the caller's own or nobody's.
    AnyCaller,
    /// Any human, about themselves.
    Person,
    /// Whoever holds the permission in the company `{company_id}`; to strangers there is no such company.
    Company(Permission),
    /// The person `{user_id}`, and whoever holds the permission in one of their companies; to strangers
    /// there is no such person.
    PersonIn(Permission),
    /// Whoever holds the permission for the whole system.
    System(Permission),
}

/// A route, for those who look at all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path below the root of the API, with `{parameters}`.
    pub path: String,
    /// Who may pass.
    pub guard: Guard,
}

/// The routes of a part of the API.
pub struct Routes {
    keeper: Gatekeeper,
    router: OpenApiRouter,
    list: Vec<Route>,
}

impl Guard {
    /// The parameter of the path that it looks at.
    const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Company(_) => Some("{company_id}"),
            Self::PersonIn(_) => Some("{user_id}"),
            Self::AnyCaller | Self::Person | Self::System(_) => None,
        }
    }
}

impl Routes {
    /// No route yet; whoever comes is let in by `keeper`.
    #[must_use]
    pub fn new(keeper: Gatekeeper) -> Self {
        Self { keeper, router: OpenApiRouter::new(), list: Vec::new() }
    }

    /// Adds `routes!(handler, …)` behind a guard, over the state of its part.
    ///
    /// # Panics
    /// When the path lacks the parameter that the guard looks at: a mistake in the program, which every
    /// start would show.
    #[must_use]
    pub fn at<S>(mut self, guard: Guard, routes: UtoipaMethodRouter<S>, state: S) -> Self
    where
        S: Clone + Send + Sync + 'static,
    {
        let (schemas, paths, methods) = routes;
        for (path, item) in &paths.paths {
            let parameter = guard.parameter();
            assert!(parameter.is_none_or(|it| path.contains(it)), "{path} lacks {parameter:?}");
            self.list.extend(methods_of(item).map(|method| Route { method, path: path.clone(), guard }));
        }
        let gate = gate::Gate { keeper: self.keeper.clone(), guard };
        let methods = methods.layer(middleware::from_fn_with_state(gate, gate::pass)).with_state(state);
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// Adds the routes of another part.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// The router, what it offers, and the list of its routes.
    pub fn into_parts(self) -> (Router, OpenApi, Vec<Route>) {
        let (router, document) = self.router.split_for_parts();
        (router, document, self.list)
    }
}

fn methods_of(item: &PathItem) -> impl Iterator<Item = Method> {
    let operations = [
        (&item.get, Method::GET),
        (&item.put, Method::PUT),
        (&item.post, Method::POST),
        (&item.delete, Method::DELETE),
        (&item.patch, Method::PATCH),
    ];
    operations.into_iter().filter(|(operation, _)| operation.is_some()).map(|(_, method)| method)
}
