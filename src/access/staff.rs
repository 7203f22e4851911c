//! Whom we know as staff while they are not here: by grants, and by the roles that they were last seen with.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{
    Held, Permission, Power, Source, StaffRole, Target,
    store::{self, GrantRow, Standing},
};
use crate::platform::auth::Session;

/// The roles of staff among the roles of the realm.
pub(super) fn staff_roles(realm_roles: &[String]) -> impl Iterator<Item = Held> {
    realm_roles.iter().filter_map(|name| StaffRole::named(name)).map(|role| Held {
        power: Power::Staff(role),
        place: Target::System,
        source: Source::RealmRole,
        ends_at: None,
    })
}

/// Remembers with which roles of staff somebody is seen, where it is not what we knew.
pub(super) async fn note_seen(
    conn: &mut PgConnection,
    session: &Session,
    realm_roles: &[String],
    known: &Standing,
) -> Result<(), sqlx::Error> {
    let roles = realm_roles.iter().filter_map(|name| StaffRole::named(name)).map(StaffRole::name);
    let mut roles: Vec<String> = roles.map(str::to_owned).collect();
    roles.sort_unstable();
    roles.dedup();
    if roles == known.staff_roles {
        return Ok(());
    }
    store::put_staff_seen(conn, &session.user_id, &roles, session.issued_at).await
}

/// Whether a person may do this in the whole system at `now`, whether or not they are here: they can act at all, and
/// hold it by a grant or by a role of staff that they were last seen with. Who has not come here yet is not known.
///
/// # Errors
/// When the database is away.
pub async fn may_in_system(
    conn: &mut PgConnection,
    user_id: &str,
    permission: Permission,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let standing = store::standing(conn, user_id).await?;
    if !standing.is_known || !standing.is_open {
        return Ok(false);
    }
    let grants = store::grants_of(conn, Some(user_id), None, now).await?;
    let mut held = grants.iter().filter_map(GrantRow::held).chain(staff_roles(&standing.staff_roles));
    Ok(held.any(|held| held.gives(permission, &Target::System)))
}
