//! A client made from the document of the API: it knows what `schemas/openapi.json` says and nothing else,
//! and fails where an answer is not what the document promises.

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    api::{Api, Reply},
    schemas,
};

/// A caller of the API.
pub struct Client<'a> {
    api: &'a Api,
    token: String,
    document: Value,
}

impl<'a> Client<'a> {
    pub fn new(api: &'a Api, token: String) -> Self {
        let document = schemas::read(&schemas::folder("openapi.json"));
        Self { api, token, document }
    }

    /// Calls an operation by its id. Parameters go where the document says.
    pub async fn call(&self, operation_id: &str, parameters: &[(&str, &str)], body: Option<Value>) -> Reply {
        let (path, method, operation) = self.operation(operation_id);
        let (mut filled, mut query, mut headers) = (path.clone(), Vec::new(), Vec::new());
        for declared in operation["parameters"].as_array().into_iter().flatten() {
            let name = declared["name"].as_str().unwrap();
            let given = parameters.iter().find(|(given, _)| *given == name).map(|(_, value)| *value);
            let is_required = declared["required"].as_bool().unwrap_or_default();
            assert!(given.is_some() || !is_required, "{operation_id} needs {name}");
            let Some(given) = given else { continue };
            match declared["in"].as_str() {
                Some("path") => filled = filled.replace(&format!("{{{name}}}"), given),
                Some("query") => query.push(format!("{name}={given}")),
                Some("header") => headers.push((name, given)),
                other => panic!("{operation_id}: {name} in {other:?}"),
            }
        }
        assert!(!filled.contains('{'), "{operation_id}: {filled}");
        assert_eq!(body.is_some(), operation.get("requestBody").is_some(), "{operation_id}: the body");
        if !query.is_empty() {
            filled = format!("{filled}?{}", query.join("&"));
        }
        let reply = self.api.call_with(method, &filled, &self.token, body, &headers).await;
        self.check(operation_id, &operation, &reply);
        reply
    }

    fn operation(&self, operation_id: &str) -> (String, Method, Value) {
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if operation["operationId"] == operation_id {
                    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
                    return (path.clone(), method, operation.clone());
                }
            }
        }
        panic!("the document has no {operation_id}")
    }

    /// The status is one of the document's, and the body is as its schema says.
    fn check(&self, operation_id: &str, operation: &Value, reply: &Reply) {
        let status = reply.status.as_str();
        let declared = &operation["responses"][status];
        // What any operation may answer need not be said at each: a body that cannot be read, too many requests.
        let is_common = matches!(reply.status.as_u16(), 400 | 429);
        assert!(
            declared.is_object() || is_common,
            "{operation_id} answers {status}, which is not in the document"
        );
        let schema = &declared["content"]["application/json"]["schema"];
        if schema.is_null() {
            return;
        }
        let schema = json!({"allOf": [schema], "components": self.document["components"]});
        let validator = jsonschema::options().build(&schema).unwrap();
        let answer = reply.json();
        let errors: Vec<String> =
            validator.iter_errors(&answer).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{operation_id}: {errors:#?} in {answer:#}");
    }
}
