//! The `[openstack]` section.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use super::FederationConfig;
use crate::{adapters::keystone::QuotaService, platform::config::Findings};

/// The longest name of a task in characters: the group of a task in a project has a name of at most 64.
pub const LONGEST_TASK: usize = 17;

/// How people get the roles of their tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantBy {
    /// Each role to each person.
    Direct,
    /// The roles to a group for each task in a project, and people into the group.
    Group,
}

/// How what is wanted becomes what is there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenStackConfig {
    /// The name of the domain for accounts and projects of no company, and of every company that has none of its own.
    pub domain: String,
    /// Whether each company gets a domain of its own.
    pub domain_per_company: bool,
    /// Which roles of Keystone each task stands for, such as `member = ["member"]`.
    pub tasks: BTreeMap<String, Vec<String>>,
    /// How people get these roles. It may be changed at any time: the next pass moves everybody.
    pub grants: GrantBy,
    /// Under which name a resource is a unified limit, such as `"compute.cores" = "class:VCPU"`. The resource's own
    /// name is tried, too.
    pub limits: BTreeMap<String, String>,
    /// How people sign in to OpenStack by Keycloak.
    pub federation: FederationConfig,
    /// How often everything is compared, 1 to 1440 minutes.
    pub every_minutes: u32,
    /// How many days before its end a project's contact is reminded, 1 to 90.
    pub remind_days: u32,
}

impl OpenStackConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        findings.expect(!self.domain.trim().is_empty(), "openstack.domain", "the name of a domain");
        findings.expect(
            self.tasks.contains_key("member") && self.tasks.values().all(|roles| !roles.is_empty()),
            "openstack.tasks",
            "at least member, each task with the names of one or more roles",
        );
        let is_short = |task: &String| (1..=LONGEST_TASK).contains(&task.chars().count());
        findings.expect(
            self.tasks.keys().all(is_short),
            "openstack.tasks",
            format!("names of 1 to {LONGEST_TASK} characters"),
        );
        findings.expect(
            self.limits.keys().all(|key| {
                key.split_once('.').is_some_and(|(service, _)| QuotaService::named(service).is_some())
            }),
            "openstack.limits",
            "keys such as compute.cores, network.port, volume.gigabytes",
        );
        self.federation.validate(findings);
        findings.expect((1..=1440).contains(&self.every_minutes), "openstack.every_minutes", "1 to 1440");
        findings.expect((1..=90).contains(&self.remind_days), "openstack.remind_days", "1 to 90");
    }

    /// How often everything is compared.
    #[must_use]
    pub fn every(&self) -> Duration {
        Duration::from_secs(u64::from(self.every_minutes) * 60)
    }
}
