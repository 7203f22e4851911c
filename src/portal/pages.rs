//! Routes of pages with the decision who may see them. There is no way to add one without.

use axum::{
    Router,
    extract::{Request, State},
    handler::Handler,
    http::{Method, header},
    middleware::{self, Next},
    response::Response,
    routing::{MethodRouter, get, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

use super::{Portal, Visitor, page::NoPage, policy};
use crate::access::Permission;

/// Who may see a page. To everybody else who is signed in there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Whoever comes.
    Anybody,
    /// Whoever is signed in, about themselves.
    Oneself,
    /// Whoever is in a company, about that company.
    Member,
    /// Whoever holds the permission in the company they are in.
    Company(Permission),
    /// Staff who hold the permission.
    Staff(Permission),
}

/// A page's route, for those who look at all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRoute {
    /// Its method.
    pub method: Method,
    /// Its path, with `{parameters}`.
    pub path: &'static str,
    /// Who may see it.
    pub door: Door,
}

/// The routes of a part of the portal.
pub struct Pages {
    portal: Portal,
    router: Router<Portal>,
    list: Vec<PageRoute>,
}

impl Door {
    fn lets_in(self, visitor: &Visitor) -> bool {
        match self {
            Self::Anybody | Self::Oneself => true,
            Self::Member => visitor.company.is_some(),
            Self::Company(permission) => visitor.may(permission),
            Self::Staff(permission) => visitor.may_as_staff(permission),
        }
    }
}

impl Pages {
    /// No route yet.
    #[must_use]
    pub fn new(portal: Portal) -> Self {
        Self { portal, router: Router::new(), list: Vec::new() }
    }

    /// Adds a page.
    #[must_use]
    pub fn get<H, T>(self, door: Door, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Portal>,
        T: 'static,
    {
        self.at(Method::GET, door, path, get(handler))
    }

    /// Adds what takes a form.
    #[must_use]
    pub fn post<H, T>(self, door: Door, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Portal>,
        T: 'static,
    {
        self.at(Method::POST, door, path, post(handler))
    }

    fn at(mut self, method: Method, door: Door, path: &'static str, route: MethodRouter<Portal>) -> Self {
        let route = if door == Door::Anybody {
            route
        } else {
            let policy = policy::of(door, &self.portal);
            let pass = middleware::from_fn_with_state((self.portal.clone(), door), pass);
            let route: MethodRouter<Portal> = route.layer(pass);
            route.layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, policy))
        };
        self.router = self.router.route(path, route);
        self.list.push(PageRoute { method, path, door });
        self
    }

    /// The router, and the list of its routes.
    pub fn into_parts(self) -> (Router<Portal>, Vec<PageRoute>) {
        (self.router, self.list)
    }
}

/// The middleware before every page of who is signed in.
async fn pass(State((portal, door)): State<(Portal, Door)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Visitor::load(&parts, &portal).await {
        Err(elsewhere) => elsewhere,
        Ok(visitor) if !door.lets_in(&visitor) => NoPage::NotFound.show(visitor.language),
        Ok(visitor) => {
            parts.extensions.insert(visitor);
            next.run(Request::from_parts(parts, body)).await
        }
    }
}
