//! The body of a signed call.

use serde_json::{Map, Value};

use crate::platform::problem::Problem;

/// The longest id or name in a call, in bytes.
pub const MAX_ID: usize = 255;

/// The fields of a body, taken one by one. What is missing, of the wrong type or left over is named;
/// what was sent is never repeated.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The fields of a body.
    ///
    /// # Errors
    /// When it is no JSON object.
    pub fn of(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(Problem::invalid_request("the body: expected one JSON object")),
        }
    }

    /// A field that must be there: 1 to `most` bytes.
    ///
    /// # Errors
    /// When it is absent, no text or too long.
    pub fn text(&mut self, name: &str, most: usize) -> Result<String, Problem> {
        self.optional_text(name, most)?.ok_or_else(|| expected(name, &text_of(most)))
    }

    /// A field that may be absent or `null`.
    ///
    /// # Errors
    /// When it is no text, or too long.
    pub fn optional_text(&mut self, name: &str, most: usize) -> Result<Option<String>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            // NUL cannot be stored as text.
            Some(Value::String(text)) if (1..=most).contains(&text.len()) && !text.contains('\0') => {
                Ok(Some(text))
            }
            Some(_) => Err(expected(name, &text_of(most))),
        }
    }

    /// A field that must be one of those that `read` knows; `what` says which.
    ///
    /// # Errors
    /// When it is not.
    pub fn one_of<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        what: &str,
    ) -> Result<T, Problem> {
        read(&self.text(name, MAX_ID)?).ok_or_else(|| expected(name, what))
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// Names a field that is not known.
    pub fn end(self) -> Result<(), Problem> {
        let Some(name) = self.0.keys().next() else { return Ok(()) };
        let plain = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let name = if plain { name.as_str() } else { "a field with a strange name" };
        Err(Problem::invalid_request(format!("{name}: this field is not known")))
    }
}

/// `request/invalid`: what is expected of a field.
#[must_use]
pub fn expected(name: &str, what: &str) -> Problem {
    Problem::invalid_request(format!("{name}: expected {what}"))
}

fn text_of(most: usize) -> String {
    format!("a text of 1 to {most} bytes")
}
