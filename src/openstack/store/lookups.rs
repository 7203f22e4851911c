//! Questions of other rooms.

use std::collections::{BTreeSet, HashMap};

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    openstack::{CloudProject, CloudProjectId, CloudUser, CloudUserId, HeldTask},
    platform::masked::Masked,
};

/// The project of a name in a domain, whatever the case.
pub async fn project_named(
    conn: &mut PgConnection,
    domain: &str,
    name: &str,
) -> Result<Option<CloudProject>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_project_id, company_id, domain, name, description, contact_name, contact_email, enabled,
             ends_at, keystone_id, failure
         FROM cloud_projects WHERE domain = $1 AND lower(name) = lower($2)",
    )
    .bind(domain)
    .bind(name)
    .fetch_optional(conn)
    .await
}

/// The users of these names in a domain, whatever the case.
pub async fn users_named(
    conn: &mut PgConnection,
    domain: &str,
    names: &[String],
) -> Result<Vec<CloudUser>, sqlx::Error> {
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    sqlx::query_as(
        "SELECT cloud_user_id, user_id, domain, name, email, full_name, enabled, keystone_id, failure
         FROM cloud_users WHERE domain = $1 AND lower(name) = ANY($2)",
    )
    .bind(domain)
    .bind(names)
    .fetch_all(conn)
    .await
}

/// The old and the new value of each quota of a project that was set. A floor that was met already is no news.
pub async fn quota_changes(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<Vec<(String, Option<i64>, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT resource, before, applied FROM cloud_quotas
         WHERE cloud_project_id = $1 AND applied IS NOT NULL
           AND NOT ((is_floor OR temporary_is_floor) AND before IS NOT DISTINCT FROM applied)
         ORDER BY service, resource",
    )
    .bind(project)
    .fetch_all(conn)
    .await
}

/// Everybody who has a task in a project: address and name.
pub async fn people_of_project(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<Vec<(Masked<String>, Masked<String>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT DISTINCT u.email, u.full_name FROM cloud_grants g JOIN cloud_users u USING (cloud_user_id)
         WHERE g.cloud_project_id = $1 AND g.is_wanted ORDER BY 1",
    )
    .bind(project)
    .fetch_all(conn)
    .await
}

/// The projects in Keystone of each of these people, for their records.
pub async fn projects_of_people(
    conn: &mut PgConnection,
    user_ids: &[String],
) -> Result<HashMap<String, BTreeSet<String>>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT u.user_id, p.keystone_id FROM cloud_users u
         JOIN cloud_grants g USING (cloud_user_id) JOIN cloud_projects p USING (cloud_project_id)
         WHERE u.user_id = ANY($1) AND g.is_wanted AND p.keystone_id IS NOT NULL",
    )
    .bind(user_ids)
    .fetch_all(conn)
    .await?;
    Ok(gather(rows))
}

/// The projects in Keystone of each of these companies, for their records.
pub async fn projects_of_companies(
    conn: &mut PgConnection,
    company_ids: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<String>>, sqlx::Error> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT company_id, keystone_id FROM cloud_projects
         WHERE company_id = ANY($1) AND keystone_id IS NOT NULL",
    )
    .bind(company_ids)
    .fetch_all(conn)
    .await?;
    Ok(gather(rows))
}

fn gather<K: std::hash::Hash + Eq>(rows: Vec<(K, String)>) -> HashMap<K, BTreeSet<String>> {
    let mut gathered: HashMap<K, BTreeSet<String>> = HashMap::new();
    for (key, project) in rows {
        gathered.entry(key).or_default().insert(project);
    }
    gathered
}

/// Whose records change with a project: the people with an account in it, and the company.
pub(in crate::openstack) async fn concerned(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<(Vec<String>, Option<Uuid>), sqlx::Error> {
    let people = sqlx::query_scalar(
        "SELECT DISTINCT u.user_id FROM cloud_grants g JOIN cloud_users u USING (cloud_user_id)
         WHERE g.cloud_project_id = $1 AND u.user_id IS NOT NULL",
    )
    .bind(project)
    .fetch_all(&mut *conn)
    .await?;
    let company = sqlx::query_scalar("SELECT company_id FROM cloud_projects WHERE cloud_project_id = $1")
        .bind(project)
        .fetch_optional(conn)
        .await?;
    Ok((people, company.flatten()))
}

/// Keycloak's id of the person behind a user.
pub(in crate::openstack) async fn person_of(
    conn: &mut PgConnection,
    user: CloudUserId,
) -> Result<Option<String>, sqlx::Error> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("SELECT user_id FROM cloud_users WHERE cloud_user_id = $1")
            .bind(user)
            .fetch_optional(conn)
            .await?;
    Ok(found.flatten())
}

/// The project of an id.
pub async fn project_by_id(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<Option<CloudProject>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_project_id, company_id, domain, name, description, contact_name, contact_email, enabled,
             ends_at, keystone_id, failure
         FROM cloud_projects WHERE cloud_project_id = $1",
    )
    .bind(project)
    .fetch_optional(conn)
    .await
}

/// The user of an id.
pub async fn user_by_id(
    conn: &mut PgConnection,
    user: CloudUserId,
) -> Result<Option<CloudUser>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_user_id, user_id, domain, name, email, full_name, enabled, keystone_id, failure
         FROM cloud_users WHERE cloud_user_id = $1",
    )
    .bind(user)
    .fetch_optional(conn)
    .await
}

/// The projects of a company, by name; at most 1000.
pub(in crate::openstack) async fn of_company(
    conn: &mut PgConnection,
    company_id: Uuid,
) -> Result<Vec<CloudProject>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_project_id, company_id, domain, name, description, contact_name, contact_email, enabled,
             ends_at, keystone_id, failure
         FROM cloud_projects WHERE company_id = $1 ORDER BY lower(name) LIMIT 1000",
    )
    .bind(company_id)
    .fetch_all(conn)
    .await
}

/// The tasks that people have in the projects of a company.
pub(in crate::openstack) async fn tasks_of_company(
    conn: &mut PgConnection,
    company_id: Uuid,
) -> Result<Vec<HeldTask>, sqlx::Error> {
    sqlx::query_as(
        "SELECT g.cloud_project_id, g.cloud_user_id, u.full_name, u.name, g.task
         FROM cloud_projects p JOIN cloud_grants g USING (cloud_project_id) JOIN cloud_users u USING (cloud_user_id)
         WHERE p.company_id = $1 AND g.is_wanted ORDER BY lower(u.name), g.task",
    )
    .bind(company_id)
    .fetch_all(conn)
    .await
}
