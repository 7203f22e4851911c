//! Forms that were sent from our pages.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts as _, Multipart, Request},
    http::header,
    response::{IntoResponse, Response},
};

use super::{Portal, Visitor, page::NoPage, visitor::FORM_TOKEN};

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
        let request = Request::from_parts(parts, body);
        let fields = if is_multipart(&request) {
            Fields::of_parts(request, portal).await?
        } else {
            let body = Bytes::from_request(request, portal).await.map_err(IntoResponse::into_response)?;
            Fields::parse(&body)
        };
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

/// Whether the form carries a file (RFC 7578).
fn is_multipart(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

impl Fields {
    /// The parts of a form with a file; what is no text counts as empty.
    async fn of_parts(request: Request, portal: &Portal) -> Result<Self, Response> {
        let mut parts =
            Multipart::from_request(request, portal).await.map_err(IntoResponse::into_response)?;
        let mut fields = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
            let name = part.name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(IntoResponse::into_response)?;
            let value = String::from_utf8(bytes.to_vec()).unwrap_or_default();
            if fields.len() < MAX_FIELDS {
                fields.push((name, value));
            }
        }
        Ok(Self(fields))
    }

    fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().take(MAX_FIELDS).collect())
    }

    /// A field without the space around it; empty when it is absent.
    #[must_use]
    pub fn text<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// The version that the page was made from. A page without one was not made by us: it matches none.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.text("version").parse().unwrap_or(-1)
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
