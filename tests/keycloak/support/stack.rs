//! The running stack as tests see it: its addresses, its parts, Keycloak's administrator.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::Client;
use serde_json::Value;
use url::Url;
use xtask::Description;

/// A stack and how to speak with it.
pub struct Stack {
    /// What `stack.json` says.
    pub info: Description,
    pub(super) http: Client,
}

impl Stack {
    /// The stack of this address book.
    pub fn of(info: Description) -> Result<Self> {
        Ok(Self { info, http: Client::builder().timeout(Duration::from_mins(1)).build()? })
    }

    /// The stack that tests share: the one that the environment names, or one that is started now.
    pub async fn shared() -> Result<Self> {
        Self::of(xtask::testing::stack().await?)
    }

    /// Ends a part at once, as a power cut would.
    pub async fn kill(&self, part: &str) -> Result<()> {
        self.order(part, "kill").await
    }

    /// Starts a part again and returns when it is ready.
    pub async fn start(&self, part: &str) -> Result<()> {
        self.order(part, "start").await
    }

    async fn order(&self, part: &str, action: &str) -> Result<()> {
        let url = format!("{}/parts/{part}", self.info.inbox_url);
        let answer = self.http.post(url).json(&serde_json::json!({ "action": action })).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "{action} {part}: {status} {}", answer.text().await?);
        Ok(())
    }

    /// The registration page of the realm, by way of the portal's client.
    pub fn registration_url(&self) -> Result<Url> {
        let base = format!(
            "{}/realms/{}/protocol/openid-connect/registrations",
            self.info.keycloak_url, self.info.realm
        );
        let redirect = format!("{}/signed-in", self.info.gatehouse_url);
        Ok(Url::parse_with_params(
            &base,
            [
                ("client_id", "gatehouse-portal"),
                ("response_type", "code"),
                ("scope", "openid"),
                ("redirect_uri", redirect.as_str()),
                // RFC 7636, appendix B.
                ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                ("code_challenge_method", "S256"),
            ],
        )?)
    }

    /// A token of Keycloak's administrator.
    pub async fn admin_token(&self) -> Result<String> {
        let url = format!("{}/realms/master/protocol/openid-connect/token", self.info.keycloak_url);
        let login = &self.info.keycloak_admin;
        let form = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", login.username.as_str()),
            ("password", login.password.as_str()),
        ];
        let answer: Value = self.http.post(url).form(&form).send().await?.error_for_status()?.json().await?;
        answer["access_token"].as_str().map(str::to_owned).context("no token for the administrator")
    }

    /// The address of an Admin API resource of the realm.
    pub fn admin_url(&self, path: &str) -> String {
        format!("{}/admin/realms/{}/{path}", self.info.keycloak_url, self.info.realm)
    }
}
