//! Who looks at a page, and what they sent.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{
    Portal,
    page::{NoPage, note},
    session::{Secret, Visit},
    sign_in,
    words::Language,
};
use crate::{
    access::{Caller, Permission, Target},
    audit::Origin,
    companies::{self, Company, CompanyId, Role},
    contacts::Owner,
    directory::{self, PersonRow},
};

/// The cookie that holds the secret of a session. By its prefix browsers take it only from this host,
/// over a secure connection (RFC 6265bis, 4.1.3.2); `localhost` counts as secure.
pub const SESSION_COOKIE: &str = "__Host-gatehouse-session";
/// The field of each form that proves that it is ours.
pub(super) const FORM_TOKEN: &str = "form_token";

/// Somebody who is signed in and may use the pages.
#[derive(Clone)]
pub struct Visitor {
    /// Who.
    pub person: PersonRow,
    /// Their company, and what they may do in it.
    pub company: Option<(Company, Role)>,
    /// Whether there is an OpenStack to ask for.
    pub has_cloud: bool,
    /// Whether they decide who may sign up, and there is something to decide.
    pub has_sign_ups: bool,
    /// The language of their pages.
    pub language: Language,
    /// Their session.
    pub visit: Visit,
    /// From where they look.
    pub origin: Origin,
    /// What they may do.
    pub caller: Caller,
}

impl Visitor {
    /// Whoever the request's cookie stands for; else the answer that leads to sign-in.
    pub(super) async fn load(parts: &Parts, portal: &Portal) -> Result<Self, Response> {
        let here = parts.uri.path().to_owned();
        let origin = origin(parts, portal.client_id());
        let failed = |error: sqlx::Error| NoPage::from(error).into_response();
        let to_sign_in = || sign_in::redirect_to_sign_in(&here);
        let secret = secret_in(&CookieJar::from_headers(&parts.headers)).ok_or_else(to_sign_in)?;
        let visit = portal.sessions().find(secret).await.map_err(failed)?.ok_or_else(to_sign_in)?;
        let caller = portal.access().person(&visit.session, &visit.realm_roles, origin.clone()).await;
        let caller = caller.map_err(failed)?.ok_or_else(to_sign_in)?;

        let ids = [visit.session.user_id.clone()];
        let mut conn = portal.pool().acquire().await.map_err(failed)?;
        let people = directory::people_by_id(&mut conn, &ids).await.map_err(failed)?;
        let person = people.into_iter().find(|person| person.is_alive() && person.enabled);
        let Some(person) = person else { return Err(to_sign_in()) };
        let mut companies = companies::companies_of_people(&mut conn, &ids).await.map_err(failed)?;
        drop(conn);
        let company = companies.remove(&person.user_id);
        let language = Language::of_locale(person.locale.as_deref());
        let has_cloud = portal.cloud().is_some();
        let has_sign_ups = caller.may(Permission::RequestsManage, &Target::System)
            && portal.admission().needs_staff().await.map_err(failed)?;
        Ok(Self { person, company, has_cloud, has_sign_ups, language, visit, origin, caller })
    }

    /// The company whose pages they see; to who is in none there are no such pages.
    pub fn company_id(&self) -> Result<CompanyId, NoPage> {
        self.company.as_ref().map(|(company, _)| company.company_id).ok_or(NoPage::NotFound)
    }

    /// Whether they may do this in the company whose pages they see.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.company_id().is_ok_and(|id| self.caller.may(permission, &Target::Company(id.0)))
    }

    /// Whether they may do this as staff.
    #[must_use]
    pub fn may_as_staff(&self, permission: Permission) -> bool {
        self.caller.may(permission, &Target::System)
    }

    /// How the person is called: by their name, else by what they sign in with.
    #[must_use]
    pub fn display_name(&self) -> String {
        let names = [&self.person.first_name, &self.person.last_name];
        let full: Vec<&str> = names.into_iter().flatten().map(|name| name.expose().trim()).collect();
        let full = full.join(" ").trim().to_owned();
        let username = || self.person.username.as_ref().map(|name| name.expose().clone()).unwrap_or_default();
        if full.is_empty() { username() } else { full }
    }

    /// The page that says that we failed; the reason goes to the log.
    #[must_use]
    pub fn failed(&self, error: &sqlx::Error) -> Response {
        note(error);
        NoPage::Failed.show(self.language)
    }

    /// A time on the person's clock: in their zone, else in that of their country.
    #[must_use]
    pub fn time(&self, at: DateTime<Utc>) -> String {
        let zone = self.person.time_zone.as_deref().and_then(|zone| zone.parse::<Tz>().ok());
        let zone = zone.unwrap_or(match self.person.country.as_deref() {
            Some("ID") => Tz::Asia__Jakarta,
            Some("SG") => Tz::Asia__Singapore,
            Some("MY") => Tz::Asia__Kuala_Lumpur,
            _ => Tz::UTC,
        });
        at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// The person as who manages their own contacts.
    #[must_use]
    pub fn owner(&self) -> Owner {
        Owner {
            user_id: self.person.user_id.clone(),
            realm: self.person.realm.clone(),
            session_id: self.visit.session.session_id.clone(),
            locale: self.language.keycloak_tag().to_owned(),
            origin: self.origin.clone(),
        }
    }

    /// For the forms of this session's pages.
    #[must_use]
    pub fn form_token(&self) -> String {
        self.visit.secret.derive(FORM_TOKEN)
    }
}

/// The secret in the session's cookie.
pub fn secret_in(jar: &CookieJar) -> Option<Secret> {
    Secret::parse(jar.get(SESSION_COOKIE)?.value())
}

/// The visitor whom the page's door has let in.
impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get().cloned().ok_or_else(|| {
            tracing::error!("a page asks for a visitor, and no door stands before it");
            NoPage::Failed.into_response()
        })
    }
}

/// From where a request comes, for those who are not signed in.
pub struct ClientOrigin(pub Origin);

impl FromRequestParts<Portal> for ClientOrigin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Self::Rejection> {
        Ok(Self(origin(parts, portal.client_id())))
    }
}

fn origin(parts: &Parts, client_id: &str) -> Origin {
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trace_id = parts.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    Origin {
        ip_address: address,
        client_id: Some(client_id.to_owned()),
        trace_id: trace_id.map(str::to_owned),
    }
}
