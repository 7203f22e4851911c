//! Pages of the list of people: each person once, in order, whatever is asked for.

use serde_json::Value;

use super::House;

/// What one page cannot hold, all since the same moment, in another order than their ids were made: every fifth blocked by
/// staff, every seventh disabled by an admin (some both), every eleventh disabled in Keycloak, one taken out, one whose account has
/// not been heard of; and who was invited at the same moment, one too long ago and one taken back.
const MANY: [&str; 8] = [
    "INSERT INTO people (user_id, realm, sequence, email, first_name, last_name, enabled, created_at, updated_at)
     SELECT 'm' || n * 37 % 101, 'gatehouse', 1, 'm' || n || '@many.example', (ARRAY['Siti', 'Budi'])[n % 2 + 1],
         (ARRAY['Rahma', 'Tan', 'Lim'])[n % 3 + 1], n % 11 <> 0, now(), now() FROM generate_series(1, 99) AS n",
    "INSERT INTO company_members (company_id, user_id, role, in_keycloak, since)
     SELECT $1, 'm' || n, 'user', true, '2026-01-01' FROM generate_series(0, 100) AS n",
    "INSERT INTO person_blocks SELECT 'm' || n, 'blocked', 'why', 'helga', now() FROM generate_series(5, 100, 5) AS n WHERE $1 IS NOT NULL",
    "INSERT INTO person_blocks SELECT 'm' || n, 'disabled', 'why', 'siti', now() FROM generate_series(7, 100, 7) AS n WHERE $1 IS NOT NULL",
    "UPDATE company_members SET removed_at = now() WHERE user_id = 'm13' AND company_id = $1",
    "INSERT INTO invitations (invitation_id, company_id, email, first_name, role, state, invited_by, invited_at, expires_at)
     SELECT md5(n::text)::uuid, $1, 'i' || n || '@many.example', 'Siti', 'user', 'sent', 'siti', '2026-01-01',
         CASE WHEN n % 4 = 0 THEN '2026-01-02' ELSE '2999-01-01' END::timestamptz FROM generate_series(1, 30) AS n",
    "UPDATE invitations SET state = 'cancelled' WHERE email = 'i3@many.example' AND company_id = $1",
    // Another company with the same people.
    "INSERT INTO person_blocks SELECT 'stranger', 'blocked', 'why', 'helga', now() WHERE $1 IS NOT NULL",
];

/// Whoever is listed as what state, by their place in the list.
type Listed = Vec<(String, String, String)>;

async fn pages(house: &House, query: &str, limit: usize) -> Listed {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let path = house.path(&format!("/people?limit={limit}{query}{after}"));
        let page = house.api.get(&path, &house.admin).await.expect(200);
        let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
        let items = page["items"].as_array().unwrap();
        all.extend(items.iter().map(|it| {
            let id = Some(text(it, "user_id")).filter(|id| !id.is_empty());
            (id.unwrap_or_else(|| text(it, "invitation_id")), text(it, "state"), text(it, "email"))
        }));
        let Some(next) = page["next"].as_str() else { return all };
        after = format!("&after={next}");
    }
}

#[tokio::test]
async fn pages_of_any_filter_hold_everybody_once_in_one_order() {
    let house = House::open().await;
    for statement in MANY {
        sqlx::query(statement).bind(house.company).execute(&house.api.pool).await.unwrap();
    }
    let everybody = pages(&house, "", 200).await;
    assert_eq!(everybody.len(), 2 + 100 + 29, "siti, budi, members and invitations");
    let ids: Vec<&String> = everybody.iter().map(|it| &it.0).take(129).collect();
    assert!(ids.is_sorted(), "those of the same moment are by id, members and invitations alike: {ids:?}");
    let state_of = |id: &str| everybody.iter().find(|it| it.0 == id).map(|it| it.1.as_str());
    for (id, state) in
        [("m35", "blocked"), ("m10", "blocked"), ("m7", "disabled"), ("m1", "active"), ("m0", "active")]
    {
        assert_eq!(state_of(id), Some(state), "{id}");
    }
    // Disabled in Keycloak: the eleventh of them by number.
    let closed: String = sqlx::query_scalar(
        "SELECT user_id FROM people WHERE NOT enabled AND user_id NOT IN (SELECT user_id FROM person_blocks) LIMIT 1",
    )
    .fetch_one(&house.api.pool)
    .await
    .unwrap();
    assert_eq!(state_of(&closed), Some("disabled"));
    assert_eq!(state_of("m13"), None);

    for statistics in [false, true] {
        if statistics {
            sqlx::raw_sql("ANALYZE").execute(&house.api.pool).await.unwrap();
        }
        assert_eq!(pages(&house, "", 7).await, everybody);
        for (state, least) in
            [("active", 50), ("blocked", 20), ("disabled", 10), ("invited", 20), ("expired", 7)]
        {
            let expected: Listed = everybody.iter().filter(|it| it.1 == state).cloned().collect();
            assert!(expected.len() >= least, "{state}: {}", expected.len());
            assert_eq!(pages(&house, &format!("&state={state}"), 7).await, expected, "{state}");
        }
        let found = pages(&house, "&search=9%40MANY.example&state=blocked", 2).await;
        let has = |it: &&(String, String, String)| it.2.contains("9@many.example") && it.1 == "blocked";
        let expected: Listed = everybody.iter().filter(has).cloned().collect();
        assert!(!expected.is_empty());
        assert_eq!(found, expected);
    }
}
