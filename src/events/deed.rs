//! What somebody did that leaves no trace in the state that comes along.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// The longest name of a browser or system.
const MAX_NAME: usize = 40;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A browser was signed in with.
    SignedIn(Device),
    /// The password was set, by the person or for them.
    PasswordSet,
}

/// A browser, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// SHA-256 of the random number that the browser keeps, and of the person's id.
    pub id: [u8; 32],
    /// Browser and system, such as `Chrome, Windows`.
    pub name: Option<String>,
}

/// The fields of an event that tell of a deed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Traces {
    #[serde(default)]
    credential_type: Option<String>,
}

/// The browser as the extension writes it.
#[derive(Debug, Deserialize)]
pub(super) struct RawDevice {
    id: String,
    #[serde(default)]
    browser: Option<String>,
    #[serde(default)]
    system: Option<String>,
}

impl RawDevice {
    /// None when it is not what our extension writes: a login without it is a login all the same.
    fn read(&self) -> Option<Device> {
        let id = URL_SAFE_NO_PAD.decode(&self.id).ok()?.try_into().ok()?;
        let plain = |name: &&String| {
            (1..=MAX_NAME).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._-".contains(&byte))
        };
        let names: Vec<&str> =
            [&self.browser, &self.system].into_iter().flatten().filter(plain).map(String::as_str).collect();
        Some(Device { id, name: (!names.is_empty()).then(|| names.join(", ")) })
    }
}

/// What was done, by the type of the event and what it says beside.
pub(super) fn deed(
    kind: &str,
    path_kind: Option<&str>,
    traces: Option<&Traces>,
    device: Option<&RawDevice>,
) -> Option<Deed> {
    let credential_type = traces.and_then(|traces| traces.credential_type.as_deref());
    match kind {
        "org.keycloak.user.LOGIN" => device?.read().map(Deed::SignedIn),
        "org.keycloak.user.UPDATE_CREDENTIAL" if credential_type == Some("password") => {
            Some(Deed::PasswordSet)
        }
        _ if kind.starts_with("org.keycloak.admin.USER.") && path_kind == Some("reset-password") => {
            Some(Deed::PasswordSet)
        }
        _ => None,
    }
}
