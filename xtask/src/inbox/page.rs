//! The page: what people received, newest first, readable without JavaScript.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

use super::messages::{Channel, Message};
use super::{Filter, Inbox};

/// More would make the page slow; the API has them all.
const SHOWN: usize = 200;
/// Mails come from anywhere: they may draw, but run, load and frame nothing.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The page itself.
pub async fn page(State(inbox): State<Arc<Inbox>>, Query(filter): Query<Filter>) -> impl IntoResponse {
    inbox.take_mail().await;
    let to = filter.to.as_deref().filter(|to| !to.trim().is_empty());
    let messages = inbox.messages.list(to);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(draw(&messages, to)))
}

/// What the page is drawn with; the tokens and the mark are those of the login pages.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    const COMMON: [&str; 2] = [
        include_str!("../../../keycloak-theme/gatehouse/common/resources/css/tokens.css"),
        include_str!("../../../keycloak-theme/gatehouse/common/resources/img/mark.svg"),
    ];
    let file = |kind: &'static str, content: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], content) })
    };
    Router::new()
        .route("/tokens.css", file("text/css; charset=utf-8", COMMON[0]))
        .route("/mark.svg", file("image/svg+xml", COMMON[1]))
        .route("/inbox.css", file("text/css; charset=utf-8", include_str!("inbox.css")))
        .route("/inbox.js", file("text/javascript; charset=utf-8", include_str!("inbox.js")))
}

fn draw(messages: &[Message], to: Option<&str>) -> String {
    let filter = escape(to.unwrap_or_default());
    let mut list = String::new();
    for message in messages.iter().rev().take(SHOWN) {
        list.push_str(&article(message));
    }
    if messages.is_empty() {
        list.push_str(match to {
            None => "<p class=\"empty\">Nothing yet. Sign up, and the mail to prove your address arrives here.</p>",
            Some(_) => "<p class=\"empty\">Nothing for this address. <a href=\"/\">Show everything</a>.</p>",
        });
    }
    let count = match messages.len() {
        1 => "1 message".to_owned(),
        more => format!("{more} messages"),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>Inbox · Gatehouse</title>\
         <link rel=\"stylesheet\" href=\"/tokens.css\"><link rel=\"stylesheet\" href=\"/inbox.css\">\
         <link rel=\"icon\" href=\"/mark.svg\"><script src=\"/inbox.js\" defer></script>\
         <noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript></head><body>\
         <header><h1><img src=\"/mark.svg\" alt=\"\"> Inbox</h1><p>Every mail and text message that Gatehouse sends on this machine ends here.</p>\
         <form role=\"search\"><label for=\"to\">Address or phone number</label><div class=\"row\">\
         <input id=\"to\" name=\"to\" value=\"{filter}\" autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\">\
         <button>Search</button></div></form></header>\
         <main data-count=\"{total}\"><p class=\"count\" role=\"status\">{count}</p>{list}</main></body></html>",
        total = messages.len()
    )
}

fn article(message: &Message) -> String {
    let (kind, name) = match message.channel {
        Channel::Email => ("email", "Mail"),
        Channel::Sms => ("sms", "SMS"),
    };
    let text = message.text.as_deref().unwrap_or_default();
    let mut html = format!(
        "<article class=\"{kind}\"><p class=\"meta\"><span class=\"kind\">{name}</span> to <b>{to}</b> \
         <time datetime=\"{time}\">{clock} UTC</time></p>",
        to = escape(&message.to),
        time = message.received_at.to_rfc3339(),
        clock = message.received_at.format("%H:%M:%S"),
    );
    if let Some(subject) = &message.subject {
        let _ = write!(html, "<h2>{}</h2>", escape(subject));
    }
    let _ = write!(html, "<div class=\"text\">{}</div>", linked(text.trim()));
    if let Some(part) = &message.html {
        // The frame may open links in a new page and do nothing else.
        let _ = write!(
            html,
            "<details><summary>As a mail program shows it</summary><iframe sandbox=\"allow-popups \
             allow-popups-to-escape-sandbox\" title=\"The mail\" srcdoc=\"{}\"></iframe></details>",
            escape(&format!("<base target=\"_blank\">{part}"))
        );
    }
    html + "</article>"
}

/// Escapes text and makes its web addresses links.
fn linked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | ')'))
            .unwrap_or(from.len());
        let address = from[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
        html.push_str(&escape(before));
        let _ = write!(html, "<a href=\"{0}\" rel=\"noreferrer\">{0}</a>", escape(address));
        rest = &from[address.len()..];
    }
    html + &escape(rest)
}

fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_become_links_and_nothing_else_does() {
        assert_eq!(
            linked("Go <b>: http://localhost:8180/a?b=1&c=2."),
            "Go &lt;b&gt;: <a href=\"http://localhost:8180/a?b=1&amp;c=2\" rel=\"noreferrer\">\
             http://localhost:8180/a?b=1&amp;c=2</a>."
        );
        assert_eq!(linked("javascript:alert(1)"), "javascript:alert(1)");
    }

    #[test]
    fn an_empty_inbox_says_what_to_do() {
        assert!(draw(&[], None).contains("Sign up"));
        assert!(draw(&[], Some("<x>")).contains("value=\"&lt;x&gt;\""));
    }
}
