//! What every page has in common: headers, the frame, alerts, and the answer when there is no page.

use std::fmt::Display;

use askama::Template;
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{
    navigation,
    visitor::Visitor,
    words::{self, Language},
};
use crate::platform::{db, problem::Problem};

/// What a page is asked for that was looked at while something on it was being done.
pub(super) const SETTLED: &str = "settled";

/// What a template of who is signed in extends `frame.html` with.
pub struct Frame {
    /// The page's language.
    pub language: Language,
    /// The words of the frame.
    pub words: &'static words::Layout,
    /// The heading and the title of the window.
    pub title: String,
    /// The sections that the person may enter.
    pub sections: Vec<Link>,
    /// The pages of the section.
    pub pages: Vec<Link>,
    /// How the person is called.
    pub name: String,
    /// Proves that a form was filled in on a page of ours.
    pub form_token: String,
    /// What was done by the request before.
    pub done: Option<&'static str>,
    /// What is wrong in the form: the field's id and what is expected.
    pub problems: Vec<FieldProblem>,
    /// Whether a browser without a script loads the page again in a moment: something on it is still being done.
    pub reloads: bool,
}

/// A place to go.
pub struct Link {
    /// Where.
    pub href: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Whether the person is there.
    pub is_current: bool,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The id of the field.
    pub field: &'static str,
    /// What is expected there, in the person's language.
    pub expected: String,
}

impl Frame {
    /// The frame of the page at `here`, a path without query.
    #[must_use]
    pub fn new(visitor: &Visitor, here: &str, title: impl Into<String>) -> Self {
        let words = words::Layout::of(visitor.language);
        Self {
            language: visitor.language,
            title: title.into(),
            sections: navigation::sections(visitor, words, here),
            pages: navigation::pages(visitor, words, here),
            name: visitor.display_name(),
            form_token: visitor.form_token(),
            done: None,
            problems: Vec::new(),
            reloads: false,
            words,
        }
    }

    /// The same with an alert that something was done.
    #[must_use]
    pub fn done(self, done: Option<&'static str>) -> Self {
        Self { done, ..self }
    }

    /// Says whether something on the page is still being done. A script looks again until it is (`live.html`), and tells so.
    pub fn underway(&mut self, is_underway: bool, asked: Option<&str>) {
        self.reloads = is_underway;
        if asked == Some(SETTLED) && !is_underway {
            self.done = Some(self.words.settled);
        }
    }

    /// The same with what is wrong in the form.
    #[must_use]
    pub fn problems(self, problems: Vec<FieldProblem>) -> Self {
        Self { problems, ..self }
    }

    /// How many entries a list has got, for who does not see that it has changed.
    #[must_use]
    pub fn loaded(&self, count: impl Display) -> String {
        words::fill(self.words.loaded, count)
    }

    /// What is wrong with one field.
    #[must_use]
    pub fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.expected.as_str())
    }
}

/// Renders a page.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            return Problem::internal().into_response();
        }
    };
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::VARY, HeaderValue::from_static("Accept-Language, Cookie")),
    ];
    (status, headers, Html(html)).into_response()
}

/// After a form was taken: the browser shows `path`, and loading it again repeats nothing (RFC 9110, 15.4.4).
#[must_use]
pub fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Why there is no page. It becomes one that says so.
#[derive(Debug)]
pub enum NoPage {
    /// Nothing is here, or not for this person.
    NotFound,
    /// The form is not of this session's pages.
    StaleForm,
    /// Too much was sent in a short time.
    TooMany,
    /// Our fault, or the database is away.
    Failed,
}

impl From<sqlx::Error> for NoPage {
    fn from(error: sqlx::Error) -> Self {
        note(&error);
        Self::Failed
    }
}

/// Tells the log why there is no page.
pub fn note(error: &sqlx::Error) {
    tracing::error!(error = %db::describe(error), "a page lacks its data");
}

#[derive(Template)]
#[template(path = "portal/templates/no_page.html")]
struct NoPageTemplate {
    language: Language,
    title: &'static str,
    help: &'static str,
    back: &'static str,
}

impl NoPage {
    /// The page that says so.
    #[must_use]
    pub fn show(&self, language: Language) -> Response {
        let words = words::Layout::of(language);
        let (status, title, help) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, words.not_found, words.not_found_help),
            Self::StaleForm => (StatusCode::FORBIDDEN, words.stale_form, words.stale_form_help),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, words.too_many, words.too_many_help),
            Self::Failed => (StatusCode::SERVICE_UNAVAILABLE, words.failed, words.failed_help),
        };
        page(status, &NoPageTemplate { language, title, help, back: words.account })
    }
}

impl IntoResponse for NoPage {
    fn into_response(self) -> Response {
        self.show(Language::English)
    }
}
