//! `/first-password`: the call for a link, and the pages.

use askama::Template;
use axum::{
    Form as FormBody, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, put},
};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Form, Given, Passwords, Pin, Refusal, Reset,
    service::LONGEST_PASSWORD,
    words::{self, PageWords},
};
use crate::platform::{language::Language, masked::Masked, problem::Problem};

/// Pages load only what we serve, run no script, stand in no frame and send their forms nowhere else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// The longest id of an account: that of Keystone's column.
const LONGEST_ID: usize = 64;
/// The longest name or address that is taken, in bytes.
const LONGEST_TEXT: usize = 255;

/// The routes. `GET` changes nothing, whatever opens it: mail scanners may follow the link.
pub fn router(passwords: Passwords) -> Router {
    Router::new()
        .route("/first-password/token/{user_id}", put(renew))
        .route("/first-password", get(form).post(set))
        .route("/first-password/", get(form).post(set))
        .route("/first-password/forms.css", get(style))
        .route("/first-password/reset", get(reset_form).post(ask_reset))
        .with_state(passwords)
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, include_str!("templates/forms.css")).into_response()
}

async fn renew(
    State(passwords): State<Passwords>,
    Path(user_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = headers.get("x-auth-token").and_then(|token| token.to_str().ok());
    let caller = caller.filter(|token| !token.is_empty()).map(SecretString::from);
    if caller.is_none() {
        return Err(problem(Refusal::Unauthorized));
    }
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !(1..=LONGEST_ID).contains(&user_id.len()) || !user_id.bytes().all(is_id) {
        return Err(Problem::invalid_request("user_id: expected the id of an account"));
    }
    let given = given(&body)?;
    let token = passwords.renew(caller, &user_id, given).await.map_err(problem)?;
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))];
    Ok((kind, token.into_inner()).into_response())
}

/// The body: JSON, whatever its type is called, because the clients of old call it nothing; none at all is `{}`.
fn given(body: &Bytes) -> Result<Given, Problem> {
    let expected = || Problem::invalid_request("expected a JSON object with password and pin as texts");
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Given::default());
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(body) else { return Err(expected()) };
    let mut text = |name: &str| match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(expected()),
    };
    let (password, pin) = (text("password")?, text("pin")?);
    if password.as_ref().is_some_and(|password| password.is_empty() || password.len() > LONGEST_PASSWORD) {
        return Err(Problem::invalid_request(format!("password: expected 1 to {LONGEST_PASSWORD} bytes")));
    }
    let pin = match pin {
        Some(pin) => Some(Pin::parse(&pin).ok_or_else(|| problem(Refusal::PinMalformed))?),
        None => None,
    };
    Ok(Given { password: password.map(SecretString::from), pin })
}

fn problem(refusal: Refusal) -> Problem {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match refusal {
        Refusal::Unauthorized => Problem::new(status, "first-password/unauthorized", "Unauthorized"),
        Refusal::Forbidden => Problem::new(status, "first-password/forbidden", "Forbidden"),
        Refusal::PinMalformed => {
            Problem::new(status, "first-password/pin-invalid", "Pin should be 4-digit number")
        }
        Refusal::Incomplete => {
            Problem::new(status, "first-password/incomplete", "A new account needs password and pin")
        }
        _ => Problem::unavailable(),
    }
}

#[derive(Deserialize)]
struct PageQuery {
    token: Option<String>,
    lang: Option<String>,
}

#[derive(Deserialize, Default)]
struct SetFields {
    #[serde(default)]
    pin: Masked<String>,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    confirm_password: SecretString,
}

#[derive(Deserialize, Default)]
struct ResetFields {
    #[serde(default)]
    name: Masked<String>,
    #[serde(default)]
    email: Masked<String>,
    #[serde(default)]
    confirm_email: Masked<String>,
    #[serde(default)]
    pin: Masked<String>,
}

#[derive(Template)]
#[template(path = "passwords/templates/form.html")]
struct FormPage {
    language: Language,
    words: PageWords,
    languages: Vec<LanguageLink>,
    /// What is wrong, and with which field.
    problem: Option<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "passwords/templates/reset.html")]
struct ResetPage {
    language: Language,
    words: PageWords,
    languages: Vec<LanguageLink>,
    problem: Option<(&'static str, &'static str)>,
    name: String,
    email: String,
}

#[derive(Template)]
#[template(path = "passwords/templates/said.html")]
struct SaidPage {
    language: Language,
    words: PageWords,
    languages: Vec<LanguageLink>,
    title: &'static str,
    help: &'static str,
    is_good: bool,
}

/// A way to the same page in another language.
struct LanguageLink {
    language: Language,
    name: &'static str,
    href: String,
}

fn languages(token: Option<&str>) -> Vec<LanguageLink> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(token) = token {
        query.append_pair("token", token);
    }
    let before = query.finish();
    let before = if before.is_empty() { before } else { format!("{before}&") };
    Language::ALL
        .into_iter()
        .map(|language| LanguageLink {
            language,
            name: match language {
                Language::English => "English",
                Language::Indonesian => "Bahasa Indonesia",
                Language::ChineseSimplified => "简体中文",
                Language::Malay => "Bahasa Melayu",
            },
            href: format!("?{before}lang={}", language.tag()),
        })
        .collect()
}

/// The language asked for in the address, else the browser's first of ours.
fn language(asked: Option<&str>, headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut tags = accepted.unwrap_or_default().split(',').take(10).filter_map(|item| item.split(';').next());
    let known = |tag: &str| {
        let language = Language::of(tag.trim());
        (language != Language::English || tag.trim().to_ascii_lowercase().starts_with("en"))
            .then_some(language)
    };
    asked.and_then(known).or_else(|| tags.find_map(known)).unwrap_or(Language::English)
}

async fn form(Query(query): Query<PageQuery>, headers: HeaderMap) -> Response {
    let language = language(query.lang.as_deref(), &headers);
    match query.token.as_deref().filter(|token| !token.is_empty()) {
        None => said_refusal(language, Refusal::UnknownToken, None),
        Some(token) => page(
            StatusCode::OK,
            &FormPage {
                language,
                words: PageWords::of(language),
                languages: languages(Some(token)),
                problem: None,
            },
        ),
    }
}

async fn set(
    State(passwords): State<Passwords>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
    fields: Result<FormBody<SetFields>, axum::extract::rejection::FormRejection>,
) -> Response {
    let language = language(query.lang.as_deref(), &headers);
    let FormBody(fields) = fields.unwrap_or_default();
    let token = query.token.unwrap_or_default();
    let longest = LONGEST_PASSWORD;
    let is_bounded = secrecy::ExposeSecret::expose_secret(&fields.password).len() <= longest;
    let form = Form {
        token: token.clone(),
        pin: fields.pin,
        password: fields.password,
        confirmation: fields.confirm_password,
    };
    let outcome = if is_bounded { passwords.set(form).await } else { Err(Refusal::PasswordRefused) };
    let words = PageWords::of(language);
    let Err(refusal) = outcome else {
        return page(
            StatusCode::OK,
            &SaidPage {
                language,
                words,
                languages: Vec::new(),
                title: words.is_set,
                help: words.is_set_help,
                is_good: true,
            },
        );
    };
    let field = match refusal {
        Refusal::MissingField | Refusal::WrongPin => "pin",
        Refusal::PasswordsDiffer => "confirm_password",
        Refusal::PasswordRefused | Refusal::KeeperFailed | Refusal::Unavailable => "password",
        _ => return said_refusal(language, refusal, Some(&token)),
    };
    page(
        status(refusal),
        &FormPage {
            language,
            words,
            languages: languages(Some(&token)),
            problem: Some((field, words::refused(language, refusal))),
        },
    )
}

async fn reset_form(Query(query): Query<PageQuery>, headers: HeaderMap) -> Response {
    let language = language(query.lang.as_deref(), &headers);
    page(
        StatusCode::OK,
        &ResetPage {
            language,
            words: PageWords::of(language),
            languages: languages(None),
            problem: None,
            name: String::new(),
            email: String::new(),
        },
    )
}

async fn ask_reset(
    State(passwords): State<Passwords>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
    fields: Result<FormBody<ResetFields>, axum::extract::rejection::FormRejection>,
) -> Response {
    let language = language(query.lang.as_deref(), &headers);
    let words = PageWords::of(language);
    let FormBody(mut fields) = fields.unwrap_or_default();
    for field in [&mut fields.name, &mut fields.email, &mut fields.confirm_email, &mut fields.pin] {
        if field.expose().len() > LONGEST_TEXT {
            *field = Masked::default();
        }
    }
    let (name, email) = (fields.name.expose().clone(), fields.email.expose().clone());
    let reset = Reset {
        name: fields.name,
        email: fields.email,
        confirm_email: fields.confirm_email,
        pin: fields.pin,
    };
    let Err(refusal) = passwords.ask_reset(reset).await else {
        return page(
            StatusCode::OK,
            &SaidPage {
                language,
                words,
                languages: Vec::new(),
                title: words.is_asked,
                help: words.is_asked_help,
                is_good: true,
            },
        );
    };
    let field = match refusal {
        Refusal::AddressesDiffer => "confirm_email",
        Refusal::PinMalformed => "pin",
        _ => "name",
    };
    page(
        status(refusal),
        &ResetPage {
            language,
            words,
            languages: languages(None),
            problem: Some((field, words::refused(language, refusal))),
            name,
            email,
        },
    )
}

fn said_refusal(language: Language, refusal: Refusal, token: Option<&str>) -> Response {
    let words = PageWords::of(language);
    page(
        status(refusal),
        &SaidPage {
            language,
            words,
            languages: languages(token),
            title: words::refused(language, refusal),
            help: "",
            is_good: false,
        },
    )
}

fn status(refusal: Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            return Problem::internal().into_response();
        }
    };
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
        // The address holds the token: it goes to nobody else, and stays in no cache.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
        (header::VARY, HeaderValue::from_static("Accept-Language")),
    ];
    (status, headers, Html(html)).into_response()
}
