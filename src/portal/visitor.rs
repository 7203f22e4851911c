//! Who looks at a page, and what they sent.

use std::net::SocketAddr;

use axum::{
    body::Bytes,
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request},
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
    audit::Origin,
    companies::{self, Company, Role},
    contacts::Owner,
    directory::{self, PersonRow},
};

/// The cookie that holds the secret of a session. By its prefix browsers take it only from this host,
/// over a secure connection (RFC 6265bis, 4.1.3.2); `localhost` counts as secure.
pub const SESSION_COOKIE: &str = "__Host-gatehouse-session";
/// The field of each form that proves that it is ours.
const FORM_TOKEN: &str = "form_token";

/// Somebody who is signed in and may use the pages.
pub struct Visitor {
    /// Who.
    pub person: PersonRow,
    /// Their company, and what they may do in it.
    pub company: Option<(Company, Role)>,
    /// The language of their pages.
    pub language: Language,
    /// Their session.
    pub visit: Visit,
    /// From where they look.
    pub origin: Origin,
}

impl Visitor {
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

impl FromRequestParts<Portal> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let here = parts.uri.path().to_owned();
        let origin = origin(parts, portal.client_id());
        let failed = |error: sqlx::Error| NoPage::from(error).into_response();
        let to_sign_in = || sign_in::redirect_to_sign_in(&here);
        let secret = secret_in(&CookieJar::from_headers(&parts.headers)).ok_or_else(to_sign_in)?;
        let visit = portal.sessions().find(secret).await.map_err(failed)?.ok_or_else(to_sign_in)?;

        let ids = [visit.session.user_id.clone()];
        let mut conn = portal.pool().acquire().await.map_err(failed)?;
        let people = directory::people_by_id(&mut conn, &ids).await.map_err(failed)?;
        let person = people.into_iter().find(|person| person.is_alive() && person.enabled);
        let Some(person) = person else { return Err(to_sign_in()) };
        let mut companies = companies::companies_of_people(&mut conn, &ids).await.map_err(failed)?;
        let company = companies.remove(&person.user_id);
        let language = Language::of_locale(person.locale.as_deref());
        Ok(Self { person, company, language, visit, origin })
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

/// A form that was sent from a page of this session.
pub struct Submission {
    /// By whom.
    pub visitor: Visitor,
    /// What it holds.
    pub fields: Fields,
}

impl FromRequest<Portal> for Submission {
    type Rejection = Response;

    async fn from_request(request: Request, portal: &Portal) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, portal).await?;
        let body = Bytes::from_request(Request::from_parts(parts, body), portal)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        let fields = Fields::parse(&body);
        if !portal.admits_form(&visitor.person.user_id) {
            return Err(NoPage::TooMany.show(visitor.language));
        }
        if !visitor.visit.secret.is_derived(FORM_TOKEN, fields.text(FORM_TOKEN)) {
            return Err(NoPage::StaleForm.show(visitor.language));
        }
        Ok(Self { visitor, fields })
    }
}

/// The fields of a form in their order; a name may come several times.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

/// The most fields of a form.
const MAX_FIELDS: usize = 500;

impl Fields {
    fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().take(MAX_FIELDS).collect())
    }

    /// A field without the space around it; empty when it is absent.
    #[must_use]
    pub fn text<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// Each value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Whether a box is ticked or a button was pressed.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Fields {
    fn from(fields: [(&str, &str); N]) -> Self {
        Self(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}
