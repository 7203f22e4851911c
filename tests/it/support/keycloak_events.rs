//! Records as our extension in Keycloak sends them.

use gatehouse::platform::kafka::Outgoing;
use serde_json::{Value, json};
use uuid::Uuid;

/// A person in Keycloak, to be changed and sent.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub state: Value,
}

impl Person {
    /// A person who has proven their address and has a second factor.
    pub fn new(id: &str) -> Self {
        let state = json!({
            "id": id,
            "username": format!("{id}@contoh.example"),
            "email": format!("{id}@contoh.example"),
            "email_verified": true,
            "first_name": "Siti",
            "last_name": "Rahma",
            "locale": "id",
            "enabled": true,
            "created_at": "2026-11-01T08:00:00.123Z",
            "attributes": {
                "company": null, "country": "ID", "locale": "id", "terms_version": "2026-01",
                "terms_accepted_at": "2026-11-01T08:00:00Z", "time_zone": "Asia/Jakarta",
            },
            "organizations": [],
            "factors": [{"id": "0d9c2f0e-0000-4000-8000-000000000001", "channel": "sms", "hint": "+62 ••• 7890"}],
        });
        Self { id: id.to_owned(), state }
    }

    pub fn with(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        *self.state.pointer_mut(pointer).unwrap_or_else(|| panic!("no field {pointer}")) = value.into();
        self
    }

    pub fn of_company(self, name: &str) -> Self {
        self.with("/attributes/company", name)
    }

    pub fn unproven(self) -> Self {
        self.with("/email_verified", false)
    }

    pub fn in_organization(self, id: &str, alias: &str, name: &str) -> Self {
        self.with("/organizations", json!([{"id": id, "alias": alias, "name": name}]))
    }

    /// The record of an event with this state.
    pub fn event(&self, topic: &str, kind: &str, sequence: i64) -> Outgoing {
        record(topic, &self.id, kind, sequence, &json!({"event": event(kind, "USER"), "user": self.state}))
    }

    /// The record of an event that says more: `details` replaces fields of its `event`.
    pub fn event_saying(&self, topic: &str, kind: &str, sequence: i64, details: &Value) -> Outgoing {
        let mut event = event(kind, "USER");
        for (name, value) in details.as_object().into_iter().flatten() {
            event[name] = value.clone();
        }
        record(topic, &self.id, kind, sequence, &json!({"event": event, "user": self.state}))
    }

    /// The record of an event after which the person is gone.
    pub fn deleted(&self, topic: &str, sequence: i64) -> Outgoing {
        let kind = "org.keycloak.admin.USER.DELETE";
        record(topic, &self.id, kind, sequence, &json!({"event": event(kind, "USER"), "user": null}))
    }
}

/// The record of an organisation; without a name it is gone.
pub fn organization(topic: &str, id: &str, alias: &str, name: Option<&str>, sequence: i64) -> Outgoing {
    organization_that(topic, id, alias, name, true, sequence)
}

/// The same, enabled or not.
pub fn organization_that(
    topic: &str,
    id: &str,
    alias: &str,
    name: Option<&str>,
    enabled: bool,
    sequence: i64,
) -> Outgoing {
    let kind = "org.keycloak.admin.ORGANIZATION.UPDATE";
    let mut details = event(kind, "ORGANIZATION");
    details["organization"] = match name {
        Some(name) => json!({"id": id, "alias": alias, "name": name, "enabled": enabled, "members": 0}),
        None => Value::Null,
    };
    record(topic, id, kind, sequence, &json!({"event": details, "user": null}))
}

fn event(kind: &str, resource: &str) -> Value {
    json!({
        "id": Uuid::new_v4(), "type": kind, "realm": "gatehouse", "client_id": null, "ip_address": null,
        "operation": null, "resource": resource, "path_kind": null, "error": null, "device": null,
        "details": {"credential_type": null, "reason": null}, "organization": null,
    })
}

/// A record with the headers of our extension and any value.
pub fn record(topic: &str, key: &str, kind: &str, sequence: i64, value: &Value) -> Outgoing {
    let headers = [
        ("ce_specversion", "1.0".to_owned()),
        ("ce_id", Uuid::new_v4().to_string()),
        ("ce_source", "/realms/gatehouse".to_owned()),
        ("ce_type", kind.to_owned()),
        ("ce_subject", key.to_owned()),
        ("ce_time", "2026-11-21T09:30:00.456Z".to_owned()),
        ("ce_sequence", sequence.to_string()),
        ("content-type", "application/json".to_owned()),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
    ];
    Outgoing {
        topic: topic.to_owned(),
        key: Some(key.as_bytes().to_vec()),
        value: Some(serde_json::to_vec(value).unwrap()),
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Some(value.into_bytes())))
            .collect(),
    }
}
