//! Personal data is a type: what is [`Masked`] cannot be printed by accident.

use std::fmt;

/// A value that shows itself as `***` in logs, errors and panics.
///
/// It serialises as the value itself, because records and answers are meant to carry it; only
/// `Debug` and `Display` hide it.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Masked<T>(T);

impl<T> Masked<T> {
    /// Wraps a value that must not be printed.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: for sending, storing and comparing, never for logging.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Unwraps the value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Masked<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A name as staff see it: `Siti` as `S•••`.
#[must_use]
pub fn masked_name(name: &str) -> String {
    name.chars().take(1).chain("•••".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_its_first_sign_remains() {
        assert_eq!(masked_name("Siti"), "S•••");
        assert_eq!(masked_name("😀"), "😀•••");
    }

    #[test]
    fn a_masked_value_never_shows_when_printed() {
        let phone = Masked::new("+6281234567890".to_owned());
        assert_eq!(format!("{phone} {phone:?} {:?}", Some(&phone)), "*** *** Some(***)");
        assert_eq!(phone.expose(), "+6281234567890");
    }
}
