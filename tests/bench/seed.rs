//! People and companies by the hundred thousand, written straight into the store.

use anyhow::Result;
use sqlx::PgConnection;

/// There is a company for so many people.
pub const PER_COMPANY: i32 = 100;

/// Fills the store up to so many people of this run, each with a proven address. The first ten thousand are one company,
/// the others are in companies of a hundred; those that would be theirs are empty. Its tables are vacuumed.
pub async fn fill(database: &mut PgConnection, people: i32) -> Result<()> {
    for statement in [
        "INSERT INTO people (user_id, realm, sequence, username, email, email_verified, first_name, last_name, locale,
                             time_zone, country, enabled, created_at, updated_at)
         SELECT person(n), 'gatehouse', 1, 'm' || n || '@many.example', 'm' || n || '@many.example', true,
                (ARRAY['Siti', 'Budi', 'Wei', 'Aisyah', 'Ravi', 'Dewi', 'Hui', 'Farid'])[n % 8 + 1],
                (ARRAY['Rahma', 'Tan', 'Lim', 'Santoso', 'Kumar', 'Wijaya', 'Ong'])[n % 7 + 1] || ' ' || n,
                'id', 'Asia/Jakarta', 'ID', true, now(), now()
         FROM generate_series(0, $1 - 1) n ON CONFLICT DO NOTHING",
        "INSERT INTO contacts (contact_id, user_id, kind, value, purposes, is_primary, verified_at, proof, created_at,
                               updated_at)
         SELECT md5('contact' || n)::uuid, person(n), 'email', 'm' || n || '@many.example', ARRAY['login'], true, now(),
                'keycloak', now(), now()
         FROM generate_series(0, $1 - 1) n ON CONFLICT DO NOTHING",
        "INSERT INTO companies (company_id, realm, name, claim_key, status, created_at, updated_at)
         SELECT company(n), 'gatehouse', 'PT Banyak ' || n, 'ptbanyak' || n, 'active', now(), now()
         FROM generate_series(0, ($1 - 1) / 100) n ON CONFLICT DO NOTHING",
        "INSERT INTO company_members (company_id, user_id, role, in_keycloak, since)
         SELECT employer(n), person(n), CASE n % 100 WHEN 0 THEN 'admin' ELSE 'user' END, true, now()
         FROM generate_series(0, $1 - 1) n ON CONFLICT DO NOTHING",
    ] {
        sqlx::query(statement).bind(people).execute(&mut *database).await?;
    }
    // What the legs before have left would be cleared away while this one is measured.
    for table in
        ["people", "contacts", "companies", "company_members", "published_records", "changed_keys", "inbox"]
    {
        sqlx::query(sqlx::AssertSqlSafe(format!("VACUUM (ANALYZE) {table}"))).execute(&mut *database).await?;
    }
    Ok(())
}

/// Ids that a number stands for, the same in every statement.
pub async fn prepare(database: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(
        "CREATE OR REPLACE FUNCTION person(n int) RETURNS text LANGUAGE sql IMMUTABLE
             AS $$ SELECT md5('person' || n)::uuid::text $$;
         CREATE OR REPLACE FUNCTION company(n int) RETURNS uuid LANGUAGE sql IMMUTABLE
             AS $$ SELECT md5('company' || n)::uuid $$;
         CREATE OR REPLACE FUNCTION employer(n int) RETURNS uuid LANGUAGE sql IMMUTABLE
             AS $$ SELECT company(CASE WHEN n < 10000 THEN 0 ELSE n / 100 END) $$",
    )
    .execute(database)
    .await?;
    Ok(())
}
