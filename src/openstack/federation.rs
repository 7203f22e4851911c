//! How people of Keycloak sign in to OpenStack: Keystone is told who they are by rules, and knows them before they come.
//!
//! The rules follow the access model. A person is known by Keycloak's id, which never changes; what they may do in a
//! project is a role that the reconciler gives them there, one by one. Only staff get something from the rules: a group
//! for each role of staff, to which the cloud's operator gives what it shall have.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    access::StaffRole,
    adapters::keystone::{Federated, FederatedProtocol},
    platform::config::Findings,
};

/// How people sign in to OpenStack by Keycloak.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationConfig {
    /// The id of Keycloak as an identity provider in Keystone. Without it there is no federation.
    pub identity_provider: Option<String>,
    /// The id of the protocol there.
    pub protocol: String,
    /// What the web server in front of Keystone puts before the names of claims: `HTTP_` when headers carry them.
    pub prefix: String,
    /// What stands before the role in the names of the groups of staff.
    pub group_prefix: String,
    /// The name of the domain of those groups.
    pub group_domain: String,
}

impl FederationConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        let is_id = |id: &String| !id.is_empty() && id.len() <= 64 && !id.contains(['/', '?', '#']);
        findings.expect(
            self.identity_provider.iter().chain([&self.protocol]).all(is_id),
            "openstack.federation.identity_provider",
            "an id of at most 64 signs, as openstack.federation.protocol",
        );
        findings.expect(
            self.prefix.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_'),
            "openstack.federation.prefix",
            "letters, digits and underscores",
        );
    }

    /// Who a person is at Keycloak, for a user that is made before they first sign in. Empty when there is no
    /// federation, or the user is none of Keycloak's people.
    #[must_use]
    pub fn federated(&self, user_id: Option<&str>) -> Vec<Federated> {
        let Some((idp_id, unique_id)) = self.identity_provider.clone().zip(user_id.map(str::to_owned)) else {
            return Vec::new();
        };
        let protocol = FederatedProtocol { protocol_id: self.protocol.clone(), unique_id };
        vec![Federated { idp_id, protocols: vec![protocol] }]
    }
}

/// The rules for `openstack mapping create --rules` (Keystone, Mapping Combinations): the claims of mod_auth_openidc become a user,
/// and the roles of staff become groups. `issuer` is the realm's address; whoever comes from elsewhere is nobody.
#[must_use]
pub fn mapping(config: &FederationConfig, issuer: &str) -> Value {
    let claim = |name: &str| format!("{}OIDC_{name}", config.prefix);
    let from_here = json!({"type": claim("ISS"), "any_one_of": [issuer]});
    let person = json!({
        "local": [{"user": {"id": "{0}", "name": "{1}", "email": "{2}", "type": "ephemeral"}}],
        "remote": [
            {"type": claim("SUB")}, {"type": claim("PREFERRED_USERNAME")}, {"type": claim("EMAIL")}, from_here,
        ],
    });
    let staff = [StaffRole::CustomerService, StaffRole::Operator, StaffRole::Auditor].map(|role| {
        let name = format!("{}{}", config.group_prefix, role.name());
        json!({
            "local": [{"group": {"name": name, "domain": {"name": config.group_domain}}}],
            "remote": [{"type": claim("ROLES"), "any_one_of": [role.name()]}, from_here],
        })
    });
    Value::Array(std::iter::once(person).chain(staff).collect())
}
