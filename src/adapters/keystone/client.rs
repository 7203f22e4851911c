//! The real thing: Keystone's Identity API v3, and the quota calls of other services.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{Method, Response, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Assignment, CloudService, Domain, Filter, Group, GroupRole, Keystone, KeystoneConfig, KeystoneError,
    Limit, NewDomain, NewGroup, NewProject, NewUser, Project, ProjectChange, QuotaService, RegisteredLimit,
    Role, User, UserChange,
    token::{Session, Tokens, subject_token},
};

const TOKEN: &str = "x-auth-token";

/// Keystone over HTTP.
pub struct KeystoneClient {
    pub(super) config: KeystoneConfig,
    base: String,
    http: reqwest::Client,
    tokens: Tokens,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    /// The section lacks the address or the account.
    #[error("the address or the account is missing")]
    Incomplete,
    /// The machine has no usable certificates.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

impl KeystoneClient {
    /// Keystone as configured. It connects when first used.
    pub fn new(config: &KeystoneConfig) -> Result<Self, NoClient> {
        let url = config.auth_url.as_ref().ok_or(NoClient::Incomplete)?;
        let account = config.account().ok_or(NoClient::Incomplete)?;
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(config.timeout_seconds))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base = url.as_str().trim_end_matches('/').to_owned();
        let tokens = Tokens::new(&base, account, config.admin_scope(), http.clone());
        Ok(Self { config: config.clone(), base, http, tokens })
    }

    /// Calls, and once more with a new token when the old one is not taken: it may have been revoked, or keys rotated.
    async fn send(
        &self,
        method: &Method,
        url: &str,
        query: &[(&'static str, String)],
        body: Option<&Value>,
    ) -> Result<Response, KeystoneError> {
        for attempt in [1, 2] {
            let session = self.tokens.session().await?;
            let mut request = self.http.request(method.clone(), url).query(query);
            request = request.header(TOKEN, session.token.expose_secret());
            if let Some(body) = body {
                request = request.json(body);
            }
            let response = request.send().await.map_err(|_| KeystoneError::Unreachable)?;
            match response.status().as_u16() {
                401 if attempt == 1 => self.tokens.forget().await,
                200..=299 => return Ok(response),
                status => return Err(KeystoneError::of_status(status)),
            }
        }
        Err(KeystoneError::Forbidden(401))
    }

    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Value, KeystoneError> {
        let response = self.send(&Method::GET, &format!("{}{path}", self.base), query, None).await?;
        response.json().await.map_err(|_| KeystoneError::Unreadable)
    }

    /// The address of one thing. Ids come from Keystone itself, but stay one segment of the path whatever they are.
    fn place(&self, segments: &[&str]) -> Result<String, KeystoneError> {
        let mut url = Url::parse(&self.base).map_err(|_| KeystoneError::Unreadable)?;
        url.path_segments_mut().map_err(|()| KeystoneError::Unreadable)?.extend(segments);
        Ok(url.into())
    }

    async fn write(&self, method: Method, segments: &[&str], body: &Value) -> Result<Value, KeystoneError> {
        let response = self.send(&method, &self.place(segments)?, &[], Some(body)).await?;
        response.json().await.map_err(|_| KeystoneError::Unreadable)
    }

    async fn create<T: DeserializeOwned>(
        &self,
        collection: &str,
        member: &str,
        new: &impl Serialize,
    ) -> Result<T, KeystoneError> {
        let mut made = self.write(Method::POST, &[collection], &json!({ (member): new })).await?;
        let made = made.get_mut(member).map(Value::take).ok_or(KeystoneError::Unreadable)?;
        serde_json::from_value(made).map_err(|_| KeystoneError::Unreadable)
    }

    async fn assign(
        &self,
        method: Method,
        user: &str,
        role: &str,
        project: &str,
    ) -> Result<(), KeystoneError> {
        let url = self.place(&["projects", project, "users", user, "roles", role])?;
        self.send(&method, &url, &[], None).await.map(drop)
    }

    /// Calls about one thing without a body, and without an answer.
    async fn touch(&self, method: Method, segments: &[&str]) -> Result<(), KeystoneError> {
        self.send(&method, &self.place(segments)?, &[], None).await.map(drop)
    }

    async fn quota_url(
        &self,
        service: QuotaService,
        project_id: &str,
    ) -> Result<Option<String>, KeystoneError> {
        let session: Arc<Session> = self.tokens.session().await?;
        Ok(service.url(&session.catalog, &self.config, project_id))
    }

    /// A token of the user, without a scope.
    async fn sign_in(&self, user_id: &str, password: &SecretString) -> Result<SecretString, KeystoneError> {
        let request = json!({"auth": {"identity": {"methods": ["password"], "password": {
            "user": {"id": user_id, "password": password.expose_secret()},
        }}, "scope": "unscoped"}});
        subject_token(&self.tokens.ask(&request).await?)
    }
}

#[async_trait]
impl Keystone for KeystoneClient {
    async fn domains(&self, filter: &Filter) -> Result<Vec<Domain>, KeystoneError> {
        self.list("domains", &filter.query()).await
    }

    async fn projects(&self, filter: &Filter) -> Result<Vec<Project>, KeystoneError> {
        self.list("projects", &filter.query()).await
    }

    async fn users(&self, filter: &Filter) -> Result<Vec<User>, KeystoneError> {
        self.list("users", &filter.query()).await
    }

    async fn roles(&self) -> Result<Vec<Role>, KeystoneError> {
        self.list("roles", &[]).await
    }

    async fn assignments(&self, filter: &Filter) -> Result<Vec<Assignment>, KeystoneError> {
        self.list_assignments(filter).await
    }

    async fn groups(&self, filter: &Filter) -> Result<Vec<Group>, KeystoneError> {
        self.list("groups", &filter.query()).await
    }

    async fn group_roles(&self, filter: &Filter) -> Result<Vec<GroupRole>, KeystoneError> {
        self.list_group_roles(filter).await
    }

    async fn services(&self) -> Result<Vec<CloudService>, KeystoneError> {
        self.list("services", &[]).await
    }

    async fn registered_limits(&self) -> Result<Vec<RegisteredLimit>, KeystoneError> {
        self.list("registered_limits", &[]).await
    }

    async fn limits(&self, filter: &Filter) -> Result<Vec<Limit>, KeystoneError> {
        self.list("limits", &filter.query()).await
    }

    async fn create_domain(&self, domain: &NewDomain) -> Result<Domain, KeystoneError> {
        self.create("domains", "domain", domain).await
    }

    async fn create_project(&self, project: &NewProject) -> Result<Project, KeystoneError> {
        self.create("projects", "project", project).await
    }

    async fn change_project(&self, id: &str, change: &ProjectChange) -> Result<(), KeystoneError> {
        self.write(Method::PATCH, &["projects", id], &json!({ "project": change })).await.map(drop)
    }

    async fn create_user(&self, user: &NewUser) -> Result<User, KeystoneError> {
        self.create("users", "user", user).await
    }

    async fn change_user(&self, id: &str, change: &UserChange) -> Result<(), KeystoneError> {
        self.write(Method::PATCH, &["users", id], &json!({ "user": change })).await.map(drop)
    }

    async fn grant(&self, user_id: &str, role_id: &str, project_id: &str) -> Result<(), KeystoneError> {
        self.assign(Method::PUT, user_id, role_id, project_id).await
    }

    async fn revoke(&self, user_id: &str, role_id: &str, project_id: &str) -> Result<(), KeystoneError> {
        match self.assign(Method::DELETE, user_id, role_id, project_id).await {
            Err(KeystoneError::NotFound) => Ok(()),
            answer => answer,
        }
    }

    async fn create_group(&self, group: &NewGroup) -> Result<Group, KeystoneError> {
        self.create("groups", "group", group).await
    }

    async fn grant_to_group(
        &self,
        group_id: &str,
        role_id: &str,
        project_id: &str,
    ) -> Result<(), KeystoneError> {
        self.touch(Method::PUT, &["projects", project_id, "groups", group_id, "roles", role_id]).await
    }

    async fn join(&self, group_id: &str, user_id: &str) -> Result<(), KeystoneError> {
        self.touch(Method::PUT, &["groups", group_id, "users", user_id]).await
    }

    async fn leave(&self, group_id: &str, user_id: &str) -> Result<(), KeystoneError> {
        match self.touch(Method::DELETE, &["groups", group_id, "users", user_id]).await {
            Err(KeystoneError::NotFound) => Ok(()),
            answer => answer,
        }
    }

    async fn create_limit(&self, limit: &Limit) -> Result<(), KeystoneError> {
        let mut new = json!({
            "service_id": limit.service_id, "project_id": limit.project_id,
            "resource_name": limit.resource_name, "resource_limit": limit.resource_limit,
        });
        if let Some(region) = &limit.region_id {
            new["region_id"] = region.as_str().into();
        }
        self.write(Method::POST, &["limits"], &json!({ "limits": [new] })).await.map(drop)
    }

    async fn change_limit(&self, id: &str, value: i64) -> Result<(), KeystoneError> {
        let body = json!({"limit": {"resource_limit": value}});
        self.write(Method::PATCH, &["limits", id], &body).await.map(drop)
    }

    async fn quota_set(
        &self,
        service: QuotaService,
        project_id: &str,
    ) -> Result<Option<BTreeMap<String, i64>>, KeystoneError> {
        let Some(url) = self.quota_url(service, project_id).await? else { return Ok(None) };
        let response = self.send(&Method::GET, &url, &[], None).await?;
        let answer: Value = response.json().await.map_err(|_| KeystoneError::Unreadable)?;
        service.values(&answer).map(Some).ok_or(KeystoneError::Unreadable)
    }

    async fn set_quota_set(
        &self,
        service: QuotaService,
        project_id: &str,
        values: &BTreeMap<String, i64>,
    ) -> Result<(), KeystoneError> {
        let url = self.quota_url(service, project_id).await?.ok_or(KeystoneError::NotFound)?;
        self.send(&Method::PUT, &url, &[], Some(&service.body(values))).await.map(drop)
    }

    async fn is_administrator(&self, token: &SecretString) -> Result<bool, KeystoneError> {
        let request = json!({"auth": {
            "identity": {"methods": ["token"], "token": {"id": token.expose_secret()}},
            "scope": self.config.admin_scope(),
        }});
        match self.tokens.ask(&request).await {
            Ok(_) => Ok(true),
            // 400: what was brought is no token at all.
            Err(KeystoneError::Forbidden(_) | KeystoneError::NotFound | KeystoneError::Refused(400)) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn knows_password(&self, user_id: &str, password: &SecretString) -> Result<bool, KeystoneError> {
        match self.sign_in(user_id, password).await {
            Ok(_) => Ok(true),
            Err(KeystoneError::Forbidden(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn change_own_password(
        &self,
        user_id: &str,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), KeystoneError> {
        let token = self.sign_in(user_id, old).await?;
        let url = self.place(&["users", user_id, "password"])?;
        let body = json!({"user": {
            "password": new.expose_secret(), "original_password": old.expose_secret(),
        }});
        let request = self.http.post(url).header(TOKEN, token.expose_secret()).json(&body);
        let response = request.send().await.map_err(|_| KeystoneError::Unreachable)?;
        match response.status().as_u16() {
            200..=299 => Ok(()),
            status => Err(KeystoneError::of_status(status)),
        }
    }
}
