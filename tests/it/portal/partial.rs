//! What pages are with a script: one, from us, by attributes of the templates alone.

use std::collections::BTreeSet;

use axum::http::Method;
use gatehouse::portal::Door;

use super::{house::House, world::Answer};

const SCRIPT: &str = r#"<script src="/assets/htmx-2.0.11.min.js" defer></script>"#;

/// What the templates may say to the script. None of it holds code.
const WORDS: [&str; 9] = [
    "hx-get",
    "hx-post",
    "hx-trigger",
    "hx-target",
    "hx-select",
    "hx-select-oob",
    "hx-swap",
    "hx-sync",
    "hx-preserve",
];

fn policy(answer: &Answer) -> &str {
    answer.headers["content-security-policy"].to_str().unwrap()
}

/// The names of all attributes of the page.
fn attributes(html: &str) -> BTreeSet<&str> {
    let tags = html.split('<').skip(1).filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag);
    tags.flat_map(str::split_whitespace)
        .filter_map(|word| word.split('=').next())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        .collect()
}

/// Everything that runs or styles by itself is refused by the policy, and is not there in the first place.
fn holds_nothing_inline(path: &str, answer: &Answer) {
    let policy = policy(answer);
    assert!(!policy.contains("unsafe") && policy.contains("default-src 'none'"), "{path}: {policy}");
    assert!(
        policy.contains("style-src 'self'; ") && policy.contains("frame-ancestors 'none'"),
        "{path}: {policy}"
    );
    for text in ["<style", "javascript:", "<iframe", "<object"] {
        assert!(!answer.body.contains(text), "{path} has {text}: {}", answer.body);
    }
    for name in attributes(&answer.body) {
        assert!(!name.starts_with("on") && name != "style", "{path} has the attribute {name}");
        assert!(!name.starts_with("hx-") || WORDS.contains(&name), "{path} says {name} to the script");
    }
}

#[tokio::test]
async fn every_page_of_who_is_signed_in_runs_the_one_script_and_no_other_page_runs_any() {
    let house = House::open().await;
    let (mut siti, mut helga) = (house.browser("siti").await, house.staff("helga", "operator").await);
    let mut seen = 0;
    for route in house.world.routes().into_iter().filter(|route| route.method == Method::GET) {
        let path = route.path.replace("{user_id}", "siti").replace("{company_id}", &house.mine.to_string());
        let browser = if matches!(route.door, Door::Staff(_)) { &mut helga } else { &mut siti };
        let answer = browser.get(&path).await;
        holds_nothing_inline(&path, &answer);
        let scripts = answer.body.matches("<script").count();
        if route.door == Door::Anybody {
            assert!(!policy(&answer).contains("script-src") && scripts == 0, "{path}: {answer:?}");
            continue;
        }
        assert!(policy(&answer).contains("; script-src 'self'; connect-src 'self'; "), "{path}: {answer:?}");
        let is_page = answer.status == 200 && answer.body.starts_with("<!doctype html>");
        assert_eq!(scripts, usize::from(is_page), "{path}: {}", answer.body);
        if is_page {
            answer.shows(SCRIPT);
            for refused in [
                "\"allowEval\":false",
                "\"allowScriptTags\":false",
                "\"includeIndicatorStyles\":false",
                "\"selfRequestsOnly\":true",
                "\"historyEnabled\":false",
                "\"historyCacheSize\":0",
            ] {
                answer.shows(refused);
            }
            seen += 1;
        }
    }
    assert!(seen > 25, "only {seen} pages were seen");
    let script = siti.get("/assets/htmx-2.0.11.min.js").await.expect(200);
    assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn when_the_session_has_ended_the_whole_page_goes_to_sign_in() {
    let house = House::open().await;
    let mut nobody = house.world.browser();
    let whole = nobody.get("/company/people").await.expect(303);
    assert_eq!(whole.location(), "/sign-in?to=/company/people");
    let part = nobody.partial("/company/people").await.expect(204);
    assert_eq!(part.headers["hx-redirect"], "/sign-in?to=/company/people");
    assert!(part.headers.get("location").is_none(), "the script would follow it, to another origin");
    assert!(part.body.is_empty());
    let mut siti = house.browser("siti").await;
    assert!(siti.partial("/company/people").await.expect(200).headers.get("hx-redirect").is_none());
}

#[tokio::test]
async fn who_comes_to_what_only_takes_forms_gets_the_page_that_it_is_under() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    for (path, page) in [
        ("/company/people/search", "/company/people"),
        ("/company/people/siti/role", "/company/people/siti"),
        ("/company/people/siti/grants/5/revoke", "/company/people/siti"),
        ("/company/invitations/5/resend", "/company"),
        ("/sign-out", "/"),
    ] {
        let answer = siti.get(path).await.expect(303);
        assert_eq!(answer.location(), page, "{path}");
    }
    siti.post_raw("/company/history", &[]).await.expect(405);
}

#[tokio::test]
async fn what_is_being_done_is_looked_at_again_in_parts_and_without_a_script_as_a_whole() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    // What was decided about Sari is not at Keycloak yet, and will not be for a year.
    let statement =
        "INSERT INTO jobs (kind, key, run_at) VALUES ('people.standing', 'sari', now() + interval '1 year')";
    sqlx::query(statement).execute(&house.world.pool).await.unwrap();
    let again = r#"<noscript><meta http-equiv="refresh" content="3"></noscript>"#;
    for path in ["/company/people", "/company/people/sari"] {
        let page = siti.get(path).await.expect(200);
        page.shows(again);
        page.shows(&format!(
            r##"hx-get="{path}?done=settled" hx-trigger="every 3s" hx-target="#live" hx-select="#live""##
        ));
        page.shows("This is being done.");
        assert!(page.headers.get("refresh").is_none(), "what is typed elsewhere on the page would be lost");
        siti.partial(&format!("{path}?done=settled")).await.expect(200).hides("This is finished.");
    }
    sqlx::query("DELETE FROM jobs").execute(&house.world.pool).await.unwrap();
    for path in ["/company/people", "/company/people/sari"] {
        let page = siti.partial(&format!("{path}?done=settled")).await.expect(200);
        page.shows(r#"<div id="told" role="status"><p class="alert success">This is finished."#);
        page.hides("every 3s");
        page.hides(again);
    }
}
