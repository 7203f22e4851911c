//! Quotas of the services that keep their own: Nova, Neutron and Cinder, by their published APIs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{KeystoneConfig, token::CatalogEntry};

/// A service that keeps quotas of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuotaService {
    /// Nova.
    Compute,
    /// Neutron.
    Network,
    /// Cinder.
    Volume,
}

impl QuotaService {
    /// Every service.
    pub const ALL: [Self; 3] = [Self::Compute, Self::Network, Self::Volume];

    /// The word for it in our store and texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Network => "network",
            Self::Volume => "volume",
        }
    }

    /// The service of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }

    /// The types of its entry in the catalogue, the official one first (OpenStack service-types authority).
    const fn catalog_types(self) -> &'static [&'static str] {
        match self {
            Self::Compute => &["compute"],
            Self::Network => &["network"],
            Self::Volume => &["block-storage", "volumev3"],
        }
    }

    /// Whether it stands under this type in the catalogue.
    #[must_use]
    pub fn is_catalog_type(self, kind: &str) -> bool {
        self.catalog_types().contains(&kind)
    }

    /// The member of a body that holds the values.
    pub(super) const fn member(self) -> &'static str {
        match self {
            Self::Compute | Self::Volume => "quota_set",
            Self::Network => "quota",
        }
    }

    /// Where the quotas of a project are, if the catalogue has the service.
    pub(super) fn url(
        self,
        catalog: &[CatalogEntry],
        config: &KeystoneConfig,
        project_id: &str,
    ) -> Option<String> {
        let entry =
            self.catalog_types().iter().find_map(|kind| catalog.iter().find(|entry| entry.kind == *kind))?;
        let endpoint = entry.endpoints.iter().find(|endpoint| {
            endpoint.interface == config.interface
                && endpoint.region_id.as_ref().is_none_or(|region| *region == config.region)
        })?;
        let base = endpoint.url.trim_end_matches('/');
        Some(match self {
            Self::Compute | Self::Volume => format!("{base}/os-quota-sets/{project_id}"),
            // Neutron's address in the catalogue is its root; the version is the client's business.
            Self::Network => {
                let base = base.strip_suffix("/v2.0").unwrap_or(base);
                format!("{base}/v2.0/quotas/{project_id}")
            }
        })
    }

    /// The body that sets these values.
    pub(super) fn body(self, values: &BTreeMap<String, i64>) -> Value {
        json!({ (self.member()): values })
    }

    /// The values of an answer: whatever in it is a number.
    pub(super) fn values(self, answer: &Value) -> Option<BTreeMap<String, i64>> {
        let members = answer.get(self.member())?.as_object()?;
        Some(members.iter().filter_map(|(name, value)| Some((name.clone(), value.as_i64()?))).collect())
    }
}
