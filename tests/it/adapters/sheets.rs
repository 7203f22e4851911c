//! Google Sheets by the shapes that the references of the Sheets API v4 and of service accounts publish.

use std::{path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    adapters::sheets::{Cell, NoSheets, SheetPlace, Sheets as _, SheetsClient, SheetsConfig, SheetsError},
    platform::clock::SystemClock,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{body_json, header, method, path, query_param},
};

const ACCOUNT: &str = "gatehouse@project.iam.gserviceaccount.example";

struct Google {
    server: MockServer,
    key: KeyPair,
    key_file: PathBuf,
}

impl Drop for Google {
    fn drop(&mut self) {
        std::fs::remove_file(&self.key_file).ok();
    }
}

impl Google {
    async fn start() -> Self {
        let server = MockServer::start().await;
        let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let key_file = std::env::temp_dir().join(format!("google-{}.json", uuid::Uuid::new_v4()));
        let file = json!({
            "type": "service_account", "project_id": "project", "private_key_id": "key-1",
            "private_key": key.serialize_pem(), "client_email": ACCOUNT, "client_id": "1",
            "token_uri": format!("{}/token", server.uri()),
        });
        std::fs::write(&key_file, file.to_string()).unwrap();
        let answer = json!({"access_token": "ya29.one", "expires_in": 3599, "token_type": "Bearer"});
        Mock::given(method("POST"))
            .and(path("/token"))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&server)
            .await;
        Self { server, key, key_file }
    }

    fn config(&self) -> SheetsConfig {
        SheetsConfig {
            key_file: Some(self.key_file.clone()),
            url: self.server.uri().parse().unwrap(),
            requests_per_minute: 300,
            tries: 3,
            wait_millis: 10,
            timeout_seconds: 30,
        }
    }

    fn client(&self) -> SheetsClient {
        SheetsClient::new(&self.config(), true, Arc::new(SystemClock)).unwrap().expect("a client")
    }

    async fn answers(&self, template: ResponseTemplate, times: u64) {
        Mock::given(path("/v4/spreadsheets/id-1/values/'Form%20Responses%201'!A:ZZ"))
            .respond_with(template)
            .up_to_n_times(times)
            .mount(&self.server)
            .await;
    }

    async fn requests(&self, at: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path().contains(at)).collect()
    }
}

fn place() -> SheetPlace {
    SheetPlace { spreadsheet: "id-1".to_owned(), sheet: "Form Responses 1".to_owned() }
}

fn rows() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "range": "'Form Responses 1'!A1:U1000", "majorDimension": "ROWS",
        "values": [["Approved", "PIN"], ["", "0042", 7], []],
    }))
}

#[tokio::test]
async fn a_sheet_is_read_as_people_see_it_with_a_token_for_a_signed_assertion() {
    let google = Google::start().await;
    Mock::given(method("GET"))
        .and(query_param("valueRenderOption", "FORMATTED_VALUE"))
        .and(query_param("majorDimension", "ROWS"))
        .and(header("authorization", "Bearer ya29.one"))
        .respond_with(rows())
        .expect(2)
        .mount(&google.server)
        .await;
    let client = google.client();
    let read = client.read(&place()).await.unwrap();
    assert_eq!(read, [vec!["Approved", "PIN"], vec!["", "0042", "7"], vec![]]);
    client.read(&place()).await.unwrap();
    let asked = google.requests("/values/").await;
    let path = asked[0].url.path();
    assert!(path.starts_with("/v4/spreadsheets/id-1/values/") && path.ends_with("!A:ZZ"), "{path}");

    let asked = google.requests("/token").await;
    assert_eq!(asked.len(), 1, "one token serves both");
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&asked[0].body).into_owned().collect();
    assert_eq!(form[0].1, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        STANDARD.encode(google.key.subject_public_key_info())
    );
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[format!("{}/token", google.server.uri())]);
    validation.set_issuer(&[ACCOUNT]);
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let assertion = jsonwebtoken::decode::<Value>(&form[1].1, &key, &validation).unwrap();
    assert_eq!(assertion.header.kid.as_deref(), Some("key-1"));
    assert_eq!(assertion.claims["scope"], "https://www.googleapis.com/auth/spreadsheets");
}

#[tokio::test]
async fn cells_are_written_in_one_call_and_as_text() {
    let google = Google::start().await;
    let expected = json!({"valueInputOption": "RAW", "data": [
        {"range": "'Form Responses 1'!V2", "majorDimension": "ROWS", "values": [["done"]]},
        {"range": "'Form Responses 1'!B3", "majorDimension": "ROWS", "values": [["=1+1"]]},
    ]});
    Mock::given(method("POST"))
        .and(path("/v4/spreadsheets/id-1/values:batchUpdate"))
        .and(body_json(expected))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"spreadsheetId": "id-1"})))
        .expect(1)
        .mount(&google.server)
        .await;
    let client = google.client();
    let cell = |row, column, text: &str| Cell { row, column, text: text.to_owned() };
    client.write(&place(), &[cell(2, 21, "done"), cell(3, 1, "=1+1")]).await.unwrap();
    client.write(&place(), &[]).await.unwrap();
}

#[tokio::test]
async fn who_asks_too_often_waits_and_asks_again_and_gives_up_at_last() {
    let google = Google::start().await;
    google.answers(ResponseTemplate::new(429).insert_header("retry-after", "0"), 1).await;
    google.answers(ResponseTemplate::new(503), 1).await;
    google.answers(rows(), 1).await;
    google.answers(ResponseTemplate::new(429), 100).await;
    let client = google.client();
    assert_eq!(client.read(&place()).await.unwrap().len(), 3);
    assert_eq!(client.read(&place()).await, Err(SheetsError::TooOften));
    assert_eq!(google.requests("/values/").await.len(), 6, "three tries each");
}

#[tokio::test]
async fn a_token_that_is_taken_no_longer_is_fetched_anew() {
    let google = Google::start().await;
    google.answers(ResponseTemplate::new(401), 1).await;
    google.answers(rows(), 1).await;
    assert_eq!(google.client().read(&place()).await.unwrap().len(), 3);
    assert_eq!(google.requests("/token").await.len(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_said_so_that_somebody_can_mend_it() {
    let google = Google::start().await;
    for (status, expected) in [
        (403, format!("the spreadsheet is not shared with {ACCOUNT} as an editor")),
        (404, "there is no spreadsheet with this id".to_owned()),
        (400, SheetsError::Range.to_string()),
    ] {
        google.answers(ResponseTemplate::new(status), 1).await;
        assert_eq!(google.client().read(&place()).await.unwrap_err().to_string(), expected);
    }
    google.server.reset().await;
    let refused = ResponseTemplate::new(400)
        .set_body_json(json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}));
    Mock::given(path("/token")).respond_with(refused).mount(&google.server).await;
    let refused = google.client().read(&place()).await;
    assert_eq!(refused, Err(SheetsError::Account("invalid_grant".to_owned())));
}

#[tokio::test]
async fn a_key_file_that_is_none_is_refused_at_start() {
    let google = Google::start().await;
    let client =
        |config: &SheetsConfig, may_be_plain| SheetsClient::new(config, may_be_plain, Arc::new(SystemClock));
    let missing = SheetsConfig { key_file: Some("/nowhere/key.json".into()), ..google.config() };
    assert!(matches!(client(&missing, true), Err(NoSheets::Unreadable(_))));
    assert!(matches!(client(&google.config(), false), Err(NoSheets::Plain)));
    std::fs::write(&google.key_file, "{}").unwrap();
    assert!(matches!(client(&google.config(), true), Err(NoSheets::NoKey)));
    let none = SheetsConfig { key_file: None, ..google.config() };
    assert!(client(&none, true).unwrap().is_none());
}
