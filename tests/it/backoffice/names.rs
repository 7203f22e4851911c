//! Finding by name: the same is found however common the words are, and whether PostgreSQL knows that they are.

use std::collections::BTreeSet;

use super::Office;

/// Two thousand people with common names, each pair of them, and one person at the end of the list who alone is both `Wei` and
/// `Santoso`.
const MANY: &str = "INSERT INTO people (user_id, realm, sequence, first_name, last_name, enabled, created_at, updated_at)
    SELECT 'many-' || lpad(n::text, 4, '0'), 'gatehouse', 1, (ARRAY['Siti', 'Budi', 'Wei'])[n % 3 + 1],
        CASE WHEN n % 3 = 2 AND n % 4 = 3 THEN 'Ong' ELSE (ARRAY['Rahma', 'Tan', 'Lim', 'Santoso'])[n % 4 + 1] END || ' N' || n,
        true, now(), now()
    FROM generate_series(0, 1999) AS n
    UNION ALL SELECT 'many-9999', 'gatehouse', 1, 'Wei', 'Santoso Zulkarnain', true, now(), now()";

impl Office {
    /// The ids of a page of people, and where the next one begins.
    async fn names(&self, q: &str, limit: usize, after: Option<&str>) -> (Vec<String>, Option<String>) {
        let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("/backoffice/users?q={q}&limit={limit}{after}");
        let page = self.api.get(&path, &self.helper("helga")).await.expect(200);
        let ids =
            page["items"].as_array().unwrap().iter().map(|it| it["user_id"].as_str().unwrap().to_owned());
        (ids.collect(), page["next"].as_str().map(str::to_owned))
    }

    /// Everybody who is found, page by page.
    async fn all_names(&self, q: &str, limit: usize) -> Vec<String> {
        let (mut all, mut next) = self.names(q, limit, None).await;
        while let Some(after) = next {
            let (page, then) = self.names(q, limit, Some(&after)).await;
            all.extend(page);
            next = then;
        }
        all
    }

    async fn run(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.api.pool).await.unwrap();
    }

    /// Whose names have a word that begins so for each of these.
    async fn expected(&self, words: &[&str]) -> Vec<String> {
        let names: Vec<(String, String)> = sqlx::query_as(
            "SELECT user_id, concat_ws(' ', first_name, last_name) FROM people ORDER BY user_id",
        )
        .fetch_all(&self.api.pool)
        .await
        .unwrap();
        let bears =
            |name: &str| words.iter().all(|begin| name.split(' ').any(|word| word.starts_with(begin)));
        names.into_iter().filter(|(_, name)| bears(name)).map(|(id, _)| id).collect()
    }
}

#[tokio::test]
async fn everybody_is_found_once_and_in_order_however_common_the_words_are() {
    let office = Office::open().await;
    office.run(MANY).await;
    for statistics in [false, true] {
        if statistics {
            office.run("ANALYZE people").await;
        }
        for (words, least) in [
            (&["Siti"][..], 600), // common alone
            (&["Wei", "Rahma"], 100),
            (&["Rahma", "We"], 100), // a short beginning
            (&["S", "R"], 100),
            (&["Rahma", "N77"], 2), // a rare word beside a common one
            (&["N", "Tan"], 400),
            (&["Wei", "Santoso"], 1), // each common, together at the end alone
            (&["Zulk", "Wei"], 1),
            (&["Ong", "Siti"], 0),
            (&["Nobody"], 0),
        ] {
            let expected = office.expected(words).await;
            assert!(expected.len() >= least, "{words:?}: {}", expected.len());
            let found = office.all_names(&words.join(" "), 47).await;
            assert_eq!(found, expected, "{words:?}, with statistics: {statistics}");
        }
    }
    // Further than a page is looked for in order.
    assert_eq!(office.names("wei santoso", 1, None).await.0, ["many-9999"]);
}

#[tokio::test]
async fn who_is_gone_is_not_found_and_leaves_the_places_as_they_are() {
    let office = Office::open().await;
    office.run(MANY).await;
    office.run("ANALYZE people").await;
    let (first, next) = office.names("siti rahma", 10, None).await;
    let gone =
        "UPDATE people SET first_name = NULL, last_name = NULL, deleted_at = now() WHERE user_id IN ($1, $2)";
    // The one at whom the page ended, and one of the next page.
    let next_of_all = office.expected(&["Siti", "Rahma"]).await;
    sqlx::query(gone).bind(&first[9]).bind(&next_of_all[12]).execute(&office.api.pool).await.unwrap();
    let (second, _) = office.names("siti rahma", 10, next.as_deref()).await;
    assert_eq!(second, [&next_of_all[10..12], &next_of_all[13..21]].concat());
}

#[tokio::test]
async fn names_of_every_script_are_found_by_what_was_typed() {
    let office = Office::open().await;
    let names = [
        ("O'Brien", "Siobhán", &["o'brien", "brien", "siobhán", "O'B s"][..]),
        ("Abdul-Rahman", "bin Ismail", &["abdul-rahman", "rahman ismail", "ABDUL"]),
        ("D’Souza", "Maria", &["d’souza", "maria d’s"]),
        ("王", "小明", &["王 小明", "小"]),
        ("தமிழ்ச்செல்வி", "ரா", &["தமிழ்ச்செல்வி", "தமிழ் ரா"]),
        ("สมชาย", "ใจดี", &["สมชาย", "ใจ สม"]),
        ("नरेन्द्र", "शर्मा", &["नरेन्द्र शर्मा"]),
        ("عبد", "الرحمن", &["عبد", "الرحمن عبد"]),
        ("NGUYỄN", "Thị Ánh", &["nguyễn", "Nguyễn", "ánh ngu"]),
        ("Юлия", "ИВАНОВА", &["юлия", "Иван юл", "ИВАН"]),
        ("J", "50% _off\\", &["j 50%", "off"]),
    ];
    for (number, (first, last, _)) in names.iter().enumerate() {
        sqlx::query(
            "INSERT INTO people (user_id, realm, sequence, first_name, last_name, enabled, created_at, updated_at)
             VALUES ($1, 'gatehouse', 1, $2, $3, true, now(), now())",
        )
        .bind(format!("script-{number:02}"))
        .bind(first)
        .bind(last)
        .execute(&office.api.pool)
        .await
        .unwrap();
    }
    for statistics in [false, true] {
        if statistics {
            office.run("ANALYZE people").await;
        }
        let mut missed = BTreeSet::new();
        for (number, (.., asked)) in names.iter().enumerate() {
            for q in *asked {
                if office.all_names(q, 50).await != [format!("script-{number:02}")] {
                    missed.insert(*q);
                }
            }
        }
        assert_eq!(missed, BTreeSet::new(), "with statistics: {statistics}");
    }
}

#[tokio::test]
async fn a_company_is_found_by_a_word_beside_one_that_all_bear() {
    let office = Office::open().await;
    office
        .run(
            "INSERT INTO companies (company_id, realm, name, status, created_at, updated_at)
             SELECT md5(n::text)::uuid, 'gatehouse', 'PT Banyak ' || n, 'active', now(), now()
             FROM generate_series(1000, 1999) AS n
             UNION ALL SELECT md5('other')::uuid, 'gatehouse', 'CV Banyak 1777', 'active', now(), now()",
        )
        .await;
    let helga = office.helper("helga");
    for statistics in [false, true] {
        if statistics {
            office.run("ANALYZE companies").await;
        }
        for (q, expected) in [("pt%20banyak%20177", 10), ("pt%20satu", 1), ("aw%20p", 1), ("pt%20nowhere", 0)]
        {
            let page = office.api.get(&format!("/backoffice/companies?q={q}"), &helga).await.expect(200);
            assert_eq!(
                page["items"].as_array().unwrap().len(),
                expected,
                "{q}, with statistics: {statistics}"
            );
        }
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/backoffice/companies?q=pt&limit=200{after}");
            let page = office.api.get(&path, &helga).await.expect(200);
            seen.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it["company_id"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert!(seen.is_sorted() && seen.len() == 1001, "{} companies", seen.len());
    }
}
