//! What Keycloak and the topics hold, for tests that compare them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use rdkafka::{
    ClientConfig, Message as _, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer as _},
    message::OwnedMessage,
};
use serde_json::Value;

use super::stack::Stack;

impl Stack {
    /// Everybody in the realm as the Admin API shows them, by id.
    pub async fn keycloak_users(&self) -> Result<BTreeMap<String, Value>> {
        let token = self.admin_token().await?;
        let mut users = BTreeMap::new();
        loop {
            let first = users.len();
            let url = self.admin_url(&format!("users?briefRepresentation=false&first={first}&max=200"));
            let page: Vec<Value> =
                self.http.get(url).bearer_auth(&token).send().await?.error_for_status()?.json().await?;
            if page.is_empty() {
                return Ok(users);
            }
            for user in page {
                let id = user["id"].as_str().context("a user without id")?.to_owned();
                users.insert(id, user);
            }
        }
    }

    /// The id of whoever has this user name.
    pub async fn keycloak_user_id(&self, token: &str, username: &str) -> Result<Option<String>> {
        let url = self.admin_url("users");
        let query = [("username", username), ("exact", "true"), ("briefRepresentation", "true")];
        let request = self.http.get(url).query(&query).bearer_auth(token);
        let found: Vec<Value> = request.send().await?.error_for_status()?.json().await?;
        Ok(found.first().and_then(|user| user["id"].as_str()).map(str::to_owned))
    }

    /// One person as the Admin API shows them.
    pub async fn keycloak_user(&self, token: &str, id: &str) -> Result<Value> {
        let request = self.http.get(self.admin_url(&format!("users/{id}"))).bearer_auth(token);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Sends an Admin API request with a body.
    pub async fn admin_put(&self, token: &str, path: &str, body: &Value) -> Result<()> {
        let answer = self.http.put(self.admin_url(path)).bearer_auth(token).json(body).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "PUT {path}: {status}");
        Ok(())
    }

    /// The names of all organisations in the realm, by id.
    pub async fn keycloak_organizations(&self) -> Result<BTreeMap<String, String>> {
        let token = self.admin_token().await?;
        let mut organizations = BTreeMap::new();
        loop {
            let first = organizations.len();
            let url = self.admin_url(&format!("organizations?first={first}&max=200"));
            let page: Vec<Value> =
                self.http.get(url).bearer_auth(&token).send().await?.error_for_status()?.json().await?;
            if page.is_empty() {
                return Ok(organizations);
            }
            for organization in page {
                organizations.insert(text(&organization["id"]), text(&organization["name"]));
            }
        }
    }

    /// Everything on a topic, from its beginning to its present end, in order for each key.
    pub fn read(&self, topic: &str) -> Result<Vec<OwnedMessage>> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &self.info.kafka_bootstrap)
            .set("group.id", "reader")
            .set("enable.auto.commit", "false")
            .create()?;
        let wait = Duration::from_secs(20);
        let metadata = consumer.fetch_metadata(Some(topic), wait)?;
        let partitions = metadata.topics().first().context("no such topic")?.partitions().len();
        let mut all = TopicPartitionList::new();
        let mut open = BTreeMap::new();
        for partition in 0..i32::try_from(partitions)? {
            let (low, high) = consumer.fetch_watermarks(topic, partition, wait)?;
            if low < high {
                open.insert(partition, high - 1);
                all.add_partition_offset(topic, partition, Offset::Beginning)?;
            }
        }
        consumer.assign(&all)?;
        let mut messages = Vec::new();
        let deadline = Instant::now() + wait;
        while !open.is_empty() {
            ensure!(Instant::now() < deadline, "{topic}: partitions {open:?} could not be read to the end");
            let Some(message) = consumer.poll(Duration::from_millis(200)) else { continue };
            let message = message?.detach();
            if open.get(&message.partition()).is_some_and(|last| message.offset() >= *last) {
                open.remove(&message.partition());
            }
            messages.push(message);
        }
        Ok(messages)
    }
}

/// A field that is text, or nothing.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
