//! The few calls to Keycloak's Admin API that a stack needs.

use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::{ADMIN, REALM, STAFF};
use crate::layout::Layout;
use crate::stack::ports::Ports;
use crate::stack::secrets::Secrets;

/// The realm role of the people who help customers.
const STAFF_ROLE: &str = "customer-service";

/// A signed-in administrator.
#[derive(Debug)]
pub struct Admin {
    http: Client,
    base: String,
    token: String,
}

impl Admin {
    /// Signs in as Keycloak's administrator.
    pub async fn sign_in(ports: &Ports, secrets: &Secrets) -> Result<Self> {
        let http = Client::new();
        let base = format!("http://127.0.0.1:{}", ports.keycloak);
        let answer: Value = http
            .post(format!("{base}/realms/master/protocol/openid-connect/token"))
            .form(&[
                ("grant_type", "password"),
                ("client_id", "admin-cli"),
                ("username", ADMIN),
                ("password", &secrets.keycloak_admin),
            ])
            .send()
            .await?
            .error_for_status()
            .context("keycloak: its administrator cannot sign in")?
            .json()
            .await?;
        let token =
            answer["access_token"].as_str().context("keycloak: the answer holds no token")?.to_owned();
        Ok(Self { http, base, token })
    }

    /// Calls `/admin/realms/gatehouse{path}`.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response> {
        let mut request = self.http.request(method, format!("{}/admin/realms/{REALM}{path}", self.base));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.bearer_auth(&self.token).send().await?;
        let status = response.status();
        if status.is_success() || status == StatusCode::CONFLICT {
            return Ok(response);
        }
        bail!("keycloak answers {status} to {path}: {}", response.text().await.unwrap_or_default())
    }

    /// Makes a user, unless it is there, and returns its id.
    pub async fn make_user(&self, user: &Value) -> Result<String> {
        let response = self.call(Method::POST, "/users", Some(user)).await?;
        if let Some(location) = response.headers().get(header::LOCATION) {
            let id = location.to_str().ok().and_then(|location| location.rsplit('/').next());
            return id.map(str::to_owned).context("keycloak: the new user has no id");
        }
        let username = user["username"].as_str().unwrap_or_default();
        let found = self.call(Method::GET, &format!("/users?exact=true&username={username}"), None).await?;
        let users: Value = found.json().await?;
        users[0]["id"]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("keycloak: {username} cannot be made"))
    }

    /// Gives a user a role of the realm.
    pub async fn grant_realm_role(&self, user_id: &str, role: &str) -> Result<()> {
        let role: Value = self.call(Method::GET, &format!("/roles/{role}"), None).await?.json().await?;
        self.call(Method::POST, &format!("/users/{user_id}/role-mappings/realm"), Some(&json!([role])))
            .await?;
        Ok(())
    }
}

/// Makes the member of staff at the first start. The second factor is theirs to enrol at the first login.
pub async fn make_staff_once(layout: &Layout, ports: &Ports, secrets: &Secrets) -> Result<()> {
    let made = layout.data("keycloak").join("staff.made");
    if made.exists() {
        return Ok(());
    }
    let admin = Admin::sign_in(ports, secrets).await?;
    let staff = json!({
        "username": STAFF, "email": STAFF, "emailVerified": true, "enabled": true,
        "firstName": "Customer", "lastName": "Service",
        "attributes": {"company": ["Gatehouse"], "country": ["SG"], "locale": ["en"]},
        "credentials": [{"type": "password", "value": secrets.staff, "temporary": false}],
    });
    let id = admin.make_user(&staff).await?;
    admin.grant_realm_role(&id, STAFF_ROLE).await?;
    std::fs::write(&made, "").context("cannot note that the member of staff was made")
}
