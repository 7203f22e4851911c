//! Where something is held about a person, table by table.

use serde_json::Value;
use sqlx::PgConnection;

use crate::platform::masked::Masked;

/// Something that is held about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// How the file calls it.
    pub name: &'static str,
    /// The table that it is read from.
    pub table: &'static str,
    statement: &'static str,
}

/// Declares what is held: how it is called, its table, the columns that say something about the person and nothing about others,
/// and which rows are theirs: `me` is their id and their proven addresses in lower case. At most 10 000 rows of each.
macro_rules! held {
    ($($name:literal: $table:literal, $columns:literal, $whose:literal;)*) => {
        &[$(Held {
            name: $name,
            table: $table,
            statement: concat!(
                "WITH me (user_id, addresses) AS (SELECT $1::text, $2::text[])
                 SELECT coalesce(jsonb_agg(to_jsonb(theirs)), '[]') FROM (SELECT ", $columns, " FROM ", $table,
                " AS held, me WHERE ", $whose, " LIMIT 10000) AS theirs"
            ),
        },)*]
    };
}

/// Everything that the file has beside the person and the history. Of notes it has when they were written: they are for staff, may
/// tell of others, and a person answers for the words.
pub const HELD: &[Held] = held! {
    "contacts": "contacts", "contact_id, kind, value, purposes, is_primary, verified_at, proof, created_at, updated_at",
        "held.user_id = me.user_id";
    "contacts_waiting_for_their_code": "pending_contacts", "kind, value, purposes, created_at", "held.user_id = me.user_id";
    "sign_in_address_waiting_for_its_code": "wanted_login_addresses", "address, asked_at", "held.user_id = me.user_id";
    "sign_in_addresses_before": "login_address_changes",
        "old_address, new_address, changed_at, undo_until, undone_at", "held.user_id = me.user_id";
    "second_factors": "otp_factors",
        "channel, destination, is_primary, verified_at, disabled_at, disabled_reason, ended_at, end_reason",
        "held.user_id = me.user_id";
    "second_factors_from_before": "otp_imports", "channel, destination, imported_at", "held.user_id = me.user_id";
    "wrong_codes": "otp_failures", "channel, in_a_row, next_try_at, locked_at, lock_reason, changed_at",
        "held.user_id = me.user_id";
    "codes": "otp_challenges",
        "purpose, channel, destination, hint, client_id, locale, state, tries, created_at, decided_at,
         (SELECT jsonb_agg(jsonb_build_object('number', number, 'state', message.state, 'at', message.created_at))
          FROM otp_messages AS message WHERE message.challenge_id = held.id) AS messages",
        "held.user_id = me.user_id";
    "notices": "notices", "kind, channel, address, language, facts, created_at, sent_at", "held.user_id = me.user_id";
    "sessions": "portal_sessions", "session_id, began_at, created_at, seen_at, realm_roles", "held.user_id = me.user_id";
    "browsers": "known_devices", "first_seen_at, last_seen_at", "held.user_id = me.user_id";
    "companies": "company_members",
        "company_id, (SELECT name FROM companies WHERE companies.company_id = held.company_id) AS name, role, since, removed_at",
        "held.user_id = me.user_id";
    "requests_to_join_a_company": "join_requests", "company_id, requested_at", "held.user_id = me.user_id";
    "invitations": "invitations", "company_id, email, first_name, last_name, role, state, invited_at, expires_at",
        "held.email_key = ANY(me.addresses)";
    "contact_of_companies": "company_contacts", "company_id, name, email, phone, purposes, created_at, updated_at",
        "lower(held.email) = ANY(me.addresses)";
    "grants": "access_grants", "scope, company_id, deployment_id, level, permission, granted_at, ends_at",
        "held.user_id = me.user_id";
    "belongs_to_the_system": "system_members", "since", "held.user_id = me.user_id";
    "roles_of_staff": "staff_seen", "roles, seen_at", "held.user_id = me.user_id";
    "systems_that_read_this": "person_reads", "client_id, read_on", "held.user_id = me.user_id";
    "stopped": "person_blocks", "kind, reason, set_at", "held.user_id = me.user_id";
    "decisions_by_two_of_staff": "approvals", "kind, company_id, reason, asked_at, decided_at, approved",
        "held.user_id = me.user_id";
    "notes_of_staff": "staff_notes", "written_at", "held.subject_kind = 'person' AND held.subject_id = me.user_id";
    "invoice_addresses_waiting_for_their_code": "pending_recipients", "company_id, email, created_at",
        "held.user_id = me.user_id OR lower(held.email) = ANY(me.addresses)";
    "requests_to_sign_up": "admission_requests",
        "email, first_name, last_name, company, locale, state, asked_at, decided_at, reason",
        "held.email_key = ANY(me.addresses)";
    "cloud_accounts": "cloud_users",
        "domain, name, email, full_name, enabled, created_at,
         (SELECT jsonb_agg(jsonb_build_object('project', project.name, 'task', task, 'since', given.changed_at))
          FROM cloud_grants AS given JOIN cloud_projects AS project USING (cloud_project_id)
          WHERE given.cloud_user_id = held.cloud_user_id AND is_wanted) AS tasks",
        "held.user_id = me.user_id";
    "cloud_projects": "cloud_projects", "company_id, domain, name, contact_name, contact_email, created_at",
        "lower(held.contact_email) = ANY(me.addresses)";
    "cloud_requests": "intake_requests", "kind, state, ask, source, reason, received_at, changed_at",
        "lower(held.ask ->> 'email') = ANY(me.addresses)";
};

/// The rows about a person, as an array.
pub(super) async fn rows(
    conn: &mut PgConnection,
    held: &Held,
    user_id: &str,
    addresses: &[Masked<String>],
) -> Result<Value, sqlx::Error> {
    sqlx::query_scalar(held.statement).bind(user_id).bind(addresses).fetch_one(conn).await
}
