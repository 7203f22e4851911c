//! Every page of the router, tried by everybody it is not for. The routes are taken from the router, and
//! none can be added without its door: one that is added is tried too.

use axum::http::Method;
use chrono::TimeDelta;
use gatehouse::portal::{Door, PageRoute};

use super::{
    house::House,
    world::{Answer, Browser},
};

/// What nobody of PT Satu may see.
const THEIRS: [&str; 5] = ["PT Dua", "Dewi", "Budi", "dewi@example.com", "budi@example.com"];

/// The path with things of the other company for everything that it names.
fn path(house: &House, route: &PageRoute) -> String {
    let part = |part: &str| match part {
        "{user_id}" => "budi".to_owned(),
        "{company_id}" => house.theirs.to_string(),
        part if part.starts_with('{') => uuid::Uuid::from_u128(42).to_string(),
        part => part.to_owned(),
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn routes(house: &House) -> Vec<PageRoute> {
    let routes = house.world.routes();
    assert!(routes.len() > 40, "only {} routes were found", routes.len());
    routes.into_iter().filter(|route| route.door != Door::Anybody).collect()
}

async fn try_route(
    house: &House,
    browser: &mut Browser,
    route: &PageRoute,
    path: &str,
    token: &str,
) -> Answer {
    // Slow enough that nobody is told to wait.
    house.world.clock.advance(TimeDelta::seconds(1));
    if route.method == Method::GET {
        browser.get(path).await
    } else {
        let fields = [("form_token", token), ("reason", "because"), ("search", "budi"), ("q", "budi")];
        browser.post_raw(path, &fields).await
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_sign_in_from_every_page() {
    let house = House::open().await;
    let mut nobody = house.world.browser();
    for route in routes(&house) {
        let path = path(&house, &route);
        let answer = try_route(&house, &mut nobody, &route, &path, "").await;
        assert_eq!(answer.status, 303, "{} {path}", route.method);
        assert!(answer.location().starts_with("/sign-in?to="), "{} {path}: {answer:?}", route.method);
    }
}

#[tokio::test]
async fn another_company_does_not_exist_on_any_page() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let token = siti.get("/account").await.expect(200).form_token();
    for route in
        routes(&house).into_iter().filter(|route| route.path != "/sign-out" && route.path != "/company/leave")
    {
        let path = path(&house, &route);
        let answer = try_route(&house, &mut siti, &route, &path, &token).await;
        let status = answer.status.as_u16();
        match route.door {
            Door::Staff(_) => assert_eq!(status, 404, "{} {path}", route.method),
            // What is gone leads back to its list.
            _ if route.path.contains('{') => {
                assert!([404, 303].contains(&status), "{} {path}: {status}", route.method);
            }
            _ => assert!(status < 500, "{} {path}: {status}", route.method),
        }
        for text in THEIRS {
            assert!(!answer.body.contains(text), "{} {path} shows {text}: {}", route.method, answer.body);
        }
        assert!(!answer.body.contains(&house.theirs.to_string()), "{} {path}", route.method);
    }
    for (what, statement) in [
        (
            "a member",
            "SELECT count(*) = 2 FROM company_members WHERE company_id = $1::text::uuid AND removed_at IS NULL",
        ),
        ("a trace", "SELECT count(*) = 0 FROM audit_entries WHERE company_id = $1::text::uuid"),
        ("an approval", "SELECT count(*) = 0 FROM approvals WHERE $1 <> ''"),
    ] {
        let is_so: bool = house.value(statement, &house.theirs.to_string()).await;
        assert!(is_so, "{what} of the other company was touched");
    }
}

#[tokio::test]
async fn a_basic_user_finds_no_page_that_needs_a_permission() {
    let house = House::open().await;
    let mut budi = house.browser("budi").await;
    let home = budi.get("/account").await.expect(200);
    home.hides("/company/people");
    home.hides("/backoffice");
    let token = home.form_token();
    for route in routes(&house) {
        if matches!(route.door, Door::Company(_) | Door::Staff(_)) {
            let path = path(&house, &route);
            let answer = try_route(&house, &mut budi, &route, &path, &token).await;
            assert_eq!(answer.status, 404, "{} {path}", route.method);
        }
    }
}

#[tokio::test]
async fn a_form_of_another_session_reaches_nobody_on_any_page() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let mut helga = house.staff("helga", "operator").await;
    for route in routes(&house).into_iter().filter(|route| route.method == Method::POST) {
        let path = path(&house, &route);
        let browser = if matches!(route.door, Door::Staff(_)) { &mut helga } else { &mut siti };
        for token in ["", "stolen"] {
            let answer = try_route(&house, browser, &route, &path, token).await;
            assert_eq!(answer.status, 403, "{} {path}: {}", route.method, answer.body);
        }
    }
}
