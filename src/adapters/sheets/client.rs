//! The real thing: Sheets API v4 (`spreadsheets.values.get`, `spreadsheets.values.batchUpdate`).

use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::{Method, Response, Url, header::RETRY_AFTER};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{
    Cell, MOST_ROWS, SheetPlace, Sheets, SheetsConfig, SheetsError,
    token::{ServiceAccount, Tokens},
};
use crate::platform::clock::SharedClock;

/// The largest answer that is read, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// The longest wait before another try.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Google Sheets over HTTP.
pub struct SheetsClient {
    config: SheetsConfig,
    http: reqwest::Client,
    tokens: Tokens,
    /// When the next call may go.
    next: Mutex<Instant>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum NoSheets {
    /// The file is not there.
    #[error("sheets.key_file: expected a readable file ({0})")]
    Unreadable(std::io::ErrorKind),
    /// It is no key of a service account.
    #[error("sheets.key_file: expected the key of a service account in JSON")]
    NoKey,
    /// It would fetch tokens over a connection that anybody can read.
    #[error("sheets.key_file: expected a token_uri with https")]
    Plain,
    /// The machine has no usable certificates.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

impl SheetsClient {
    /// Google Sheets as configured; none without a key file. It connects when first used.
    pub fn new(
        config: &SheetsConfig,
        may_be_plain: bool,
        clock: SharedClock,
    ) -> Result<Option<Self>, NoSheets> {
        let Some(file) = &config.key_file else { return Ok(None) };
        let key = std::fs::read(file).map_err(|error| NoSheets::Unreadable(error.kind()))?;
        let account: ServiceAccount = serde_json::from_slice(&key).map_err(|_| NoSheets::NoKey)?;
        if !may_be_plain && !account.is_encrypted() {
            return Err(NoSheets::Plain);
        }
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(config.timeout_seconds))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let tokens = Tokens::new(account, clock).map_err(|_| NoSheets::NoKey)?;
        Ok(Some(Self { config: config.clone(), http, tokens, next: Mutex::new(Instant::now()) }))
    }

    /// Calls; once more with a new token when the old one is not taken, and again after growing waits while Google is
    /// busy or asks to come less often.
    async fn call(&self, method: &Method, url: &Url, body: Option<&Value>) -> Result<Response, SheetsError> {
        let mut wait = Duration::from_millis(self.config.wait_millis);
        let mut has_new_token = false;
        let mut tries = 1;
        loop {
            self.pace().await;
            let (error, told) = match self.send(method, url, body).await {
                Ok(response) => match response.status().as_u16() {
                    200 => return Ok(response),
                    401 if !has_new_token => {
                        has_new_token = true;
                        self.tokens.forget().await;
                        continue;
                    }
                    status => (self.error(status), retry_after(&response)),
                },
                Err(error) => (error, None),
            };
            if tries >= self.config.tries || !error.is_transient() {
                return Err(error);
            }
            tries += 1;
            tokio::time::sleep(told.unwrap_or(wait).min(LONGEST_WAIT)).await;
            wait *= 2;
        }
    }

    async fn send(&self, method: &Method, url: &Url, body: Option<&Value>) -> Result<Response, SheetsError> {
        let token = self.tokens.token(&self.http).await?;
        let mut request = self.http.request(method.clone(), url.clone()).bearer_auth(token.expose_secret());
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.map_err(|_| SheetsError::Unreachable)
    }

    /// Calls follow each other no quicker than configured.
    async fn pace(&self) {
        let gap = Duration::from_mins(1) / self.config.requests_per_minute;
        let slot = {
            let mut next = self.next.lock().await;
            let slot = (*next).max(Instant::now());
            *next = slot + gap;
            slot
        };
        tokio::time::sleep_until(slot.into()).await;
    }

    fn error(&self, status: u16) -> SheetsError {
        match status {
            400 => SheetsError::Range,
            401 => SheetsError::Account("401".to_owned()),
            403 => SheetsError::Forbidden { account: self.tokens.account().to_owned() },
            404 => SheetsError::NotFound,
            429 => SheetsError::TooOften,
            status => SheetsError::Refused(status),
        }
    }

    /// The address of a spreadsheet's values. The id stays one segment of the path whatever it holds.
    fn url(&self, place: &SheetPlace, rest: &[&str], verb: &str) -> Result<Url, SheetsError> {
        let mut url = self.config.url.clone();
        let values = format!("values{verb}");
        let segments = ["v4", "spreadsheets", &place.spreadsheet, &values];
        url.path_segments_mut()
            .map_err(|()| SheetsError::NotFound)?
            .pop_if_empty()
            .extend(segments.iter().chain(rest));
        Ok(url)
    }
}

/// What `spreadsheets.values.get` answers; empty rows at the end, and empty cells at the end of a row, are left out.
#[derive(Deserialize)]
struct ValueRange {
    #[serde(default)]
    values: Vec<Vec<Value>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Update<'a> {
    range: String,
    major_dimension: &'static str,
    values: [[&'a str; 1]; 1],
}

#[async_trait]
impl Sheets for SheetsClient {
    async fn read(&self, place: &SheetPlace) -> Result<Vec<Vec<String>>, SheetsError> {
        let mut url = self.url(place, &[&place.all()], "")?;
        // As people see it: a PIN that is formatted as 0042 stays so.
        url.query_pairs_mut()
            .append_pair("majorDimension", "ROWS")
            .append_pair("valueRenderOption", "FORMATTED_VALUE");
        let mut response = self.call(&Method::GET, &url, None).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| SheetsError::Unreachable)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(SheetsError::Unreadable);
            }
            body.extend_from_slice(&chunk);
        }
        let range: ValueRange = serde_json::from_slice(&body).map_err(|_| SheetsError::Unreadable)?;
        if range.values.len() > MOST_ROWS {
            return Err(SheetsError::Unreadable);
        }
        let text = |value: Value| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        Ok(range.values.into_iter().map(|row| row.into_iter().map(text).collect()).collect())
    }

    async fn write(&self, place: &SheetPlace, cells: &[Cell]) -> Result<(), SheetsError> {
        if cells.is_empty() {
            return Ok(());
        }
        let update = |cell| Update { range: place.at(cell), major_dimension: "ROWS", values: [[&cell.text]] };
        let data: Vec<Update<'_>> = cells.iter().map(update).collect();
        // RAW: what somebody asked for can never become a formula.
        let body = json!({"valueInputOption": "RAW", "data": data});
        self.call(&Method::POST, &self.url(place, &[], ":batchUpdate")?, Some(&body)).await.map(drop)
    }
}

/// The wait that an answer asks for, in seconds; a date is not used by Google.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
