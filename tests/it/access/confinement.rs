//! Every route of the API, tried with the ids of another company by somebody who may do everything in
//! their own: nobody learns that it exists. The routes are taken from the router, so that one that is
//! added is tried too.

use axum::http::Method;
use gatehouse::access::http::{Guard, Route};
use serde_json::json;
use uuid::Uuid;

use crate::support::api::Api;

struct Two {
    api: Api,
    mine: Uuid,
    theirs: Uuid,
}

impl Two {
    async fn companies() -> Self {
        let api = Api::open().await;
        let mine = api.company("PT Satu", "siti").await;
        let theirs = api.company("PT Dua", "dewi").await;
        api.member(theirs, "budi", "user").await;
        Self { api, mine, theirs }
    }

    fn routes(&self) -> Vec<Route> {
        self.api.features.api().into_parts().2
    }

    /// The path with `company` as the company, and things of the other company for everything else.
    fn path(route: &Route, company: Uuid) -> String {
        let theirs = |name: &str| match name {
            "company_id" => company.to_string(),
            "user_id" => "budi".to_owned(),
            _ => Uuid::from_u128(42).to_string(),
        };
        let parts = route.path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            name.map_or_else(|| part.to_owned(), theirs)
        });
        parts.collect::<Vec<_>>().join("/")
    }

    async fn status(&self, route: &Route, path: &str, token: &str) -> u16 {
        let body = (route.method != Method::GET).then(|| json!({}));
        let headers = [("if-match", "\"1\"")];
        self.api.call_with(route.method.clone(), path, token, body, &headers).await.status.as_u16()
    }
}

#[tokio::test]
async fn another_company_does_not_exist_on_any_route() {
    let two = Two::companies().await;
    let token = two.api.token("siti");
    let mut tried = 0;
    for route in two.routes() {
        let expected = match route.guard {
            Guard::Company(_) | Guard::PersonIn(_) => 404,
            Guard::System(_) => 403,
            Guard::AnyCaller | Guard::Person => continue,
        };
        let path = Two::path(&route, two.theirs);
        assert_eq!(two.status(&route, &path, &token).await, expected, "{} {path}", route.method);
        // Not to be told from one that never existed.
        let nowhere = Two::path(&route, Uuid::from_u128(7)).replace("budi", "nobody");
        assert_eq!(two.status(&route, &nowhere, &token).await, expected, "{} {nowhere}", route.method);
        tried += 1;
    }
    assert!(tried > 5, "only {tried} routes were found");
}

/// One's own company in the path, and something of another below it.
#[tokio::test]
async fn what_belongs_to_another_company_is_not_found_below_ones_own() {
    let two = Two::companies().await;
    let token = two.api.token("siti");
    for route in two.routes() {
        let below = route.path.matches('{').count() > 1;
        if !below || !matches!(route.guard, Guard::Company(_)) {
            continue;
        }
        let path = Two::path(&route, two.mine);
        let status = two.status(&route, &path, &token).await;
        // A body that is read before the id is looked for may be refused first; it tells nothing.
        let tells_nothing = status == 404 || route.method != Method::GET && matches!(status, 400 | 415 | 422);
        assert!(tells_nothing, "{} {path}: {status}", route.method);
    }
}

/// Lists, counts, searches and exports hold nothing of anybody else.
#[tokio::test]
async fn no_answer_shows_anything_of_another_company() {
    let two = Two::companies().await;
    let token = two.api.token("siti");
    two.api.post(&format!("/companies/{}/leave", two.mine), &two.api.token("dewi"), json!({})).await;
    let mut seen = 0;
    for route in two.routes().into_iter().filter(|route| route.method == Method::GET) {
        let path = Two::path(&route, two.mine).replace("budi", "siti");
        for query in ["", "?search=budi", "?q=budi", "?q=budi@example.com", "?limit=200"] {
            let reply = two.api.get(&format!("{path}{query}"), &token).await;
            for text in ["PT Dua", "dewi", "budi@", &two.theirs.to_string()] {
                assert!(!reply.text.contains(text), "{path}{query} shows {text}: {}", reply.text);
            }
            seen += usize::from(reply.status == 200);
        }
    }
    assert!(seen > 10, "only {seen} answers were seen");
}

#[tokio::test]
async fn without_a_token_there_is_nothing_on_any_route() {
    let two = Two::companies().await;
    for route in two.routes() {
        let path = Two::path(&route, two.mine);
        assert_eq!(two.status(&route, &path, "").await, 401, "{} {path}", route.method);
        assert_eq!(two.status(&route, &path, "not.a.token").await, 401, "{} {path}", route.method);
    }
}

#[tokio::test]
async fn a_system_changes_nothing_on_any_route() {
    let two = Two::companies().await;
    let mut claims = two.api.tokens.of_system("reader", two.api.now());
    claims["realm_access"]["roles"] = json!(["operator"]);
    let token = two.api.tokens.sign(&claims);
    for route in two.routes().into_iter().filter(|route| route.method != Method::GET) {
        let path = Two::path(&route, two.mine);
        assert_eq!(two.status(&route, &path, &token).await, 403, "{} {path}", route.method);
    }
}

/// A basic user belongs to the company and holds nothing there.
#[tokio::test]
async fn a_basic_user_is_told_no_in_their_own_company() {
    let two = Two::companies().await;
    let token = two.api.token("budi");
    for route in two.routes().into_iter().filter(|route| matches!(route.guard, Guard::Company(_))) {
        let path = Two::path(&route, two.theirs);
        assert_eq!(two.status(&route, &path, &token).await, 403, "{} {path}", route.method);
    }
}
