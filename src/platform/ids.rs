//! Typed identifiers: a `ContactId` cannot be passed where a `CompanyId` is expected.

use uuid::Uuid;

use super::{clock::Clock, entropy::Entropy};

/// A new UUID version 7 (RFC 9562, 5.7) from the given time and chance.
#[must_use]
pub fn uuid_v7(clock: &dyn Clock, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Declares a newtype over [`Uuid`] that serialises, binds to SQL and prints as the plain UUID.
#[macro_export]
macro_rules! typed_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id (UUID version 7) from the given time and chance.
            #[must_use]
            pub fn generate(
                clock: &dyn $crate::platform::clock::Clock,
                entropy: &dyn $crate::platform::entropy::Entropy,
            ) -> Self {
                Self($crate::platform::ids::uuid_v7(clock, entropy))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::platform::{clock::ManualClock, entropy::SeededEntropy};

    #[test]
    fn an_id_is_a_function_of_time_and_seed() {
        let clock = ManualClock::starting_at(DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        let first = uuid_v7(&clock, &SeededEntropy::new(42));
        let again = uuid_v7(&clock, &SeededEntropy::new(42));
        let other = uuid_v7(&clock, &SeededEntropy::new(43));
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert_eq!(first.get_version_num(), 7);
    }
}
