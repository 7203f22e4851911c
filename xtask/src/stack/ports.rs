//! The loopback ports of a stack: well-known ones for people, free ones for tests.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

/// Every port that a stack listens on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ports {
    /// Keycloak, for browsers.
    pub keycloak: u16,
    /// Keycloak's health and metrics.
    pub keycloak_management: u16,
    /// The service, for browsers and Keycloak.
    pub gatehouse: u16,
    /// The service's health and metrics.
    pub gatehouse_operations: u16,
    /// Kafka, for clients.
    pub kafka: u16,
    /// Kafka's controller.
    pub kafka_controller: u16,
    /// PostgreSQL.
    pub postgres: u16,
    /// The inbox: its page, its API and the SNS endpoint.
    pub inbox: u16,
    /// The inbox's SMTP port, which passes mail on to the mail server.
    pub smtp: u16,
    /// The mail server's own SMTP port.
    pub mail_smtp: u16,
    /// The mail server's POP3 port.
    pub mail_pop3: u16,
    /// Keystone, if there is one.
    pub keystone: u16,
    /// Nova, Neutron and Cinder, if they are there.
    #[serde(default)]
    pub quota_services: [u16; 3],
    /// What drills need beside; nothing in other stacks.
    #[serde(default)]
    pub drill: Option<DrillPorts>,
}

/// Ports of the proxies between parts, of the listeners behind them, and of further instances of the service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrillPorts {
    /// From the service to PostgreSQL.
    pub service_postgres: u16,
    /// From the service to Kafka, and where Kafka listens for what comes this way.
    pub service_kafka: (u16, u16),
    /// From Keycloak to Kafka, likewise.
    pub keycloak_kafka: (u16, u16),
    /// From Keycloak to the service.
    pub keycloak_service: u16,
    /// Two more instances of the service: for callers, and for health and metrics.
    pub instances: [(u16, u16); 2],
}

impl Ports {
    /// The ports of `cargo xtask up`.
    #[must_use]
    pub fn fixed() -> Self {
        Self {
            keycloak: 8180,
            keycloak_management: 8190,
            gatehouse: 8080,
            gatehouse_operations: 8081,
            kafka: 9092,
            kafka_controller: 9093,
            postgres: 5433,
            inbox: 8025,
            smtp: 8026,
            mail_smtp: 8027,
            mail_pop3: 8028,
            keystone: 5000,
            quota_services: [8774, 9696, 8776],
            drill: None,
        }
    }

    /// Ports that the kernel says are free, with those for drills if they are wanted. Two that ask at once get different
    /// ones.
    pub fn free(with_drill: bool) -> Result<Self> {
        let mut listeners = Vec::new();
        let mut free = || -> Result<u16> {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port")?;
            let port = listener.local_addr()?.port();
            listeners.push(listener); // held until all are chosen
            Ok(port)
        };
        let drill = if with_drill {
            Some(DrillPorts {
                service_postgres: free()?,
                service_kafka: (free()?, free()?),
                keycloak_kafka: (free()?, free()?),
                keycloak_service: free()?,
                instances: [(free()?, free()?), (free()?, free()?)],
            })
        } else {
            None
        };
        Ok(Self {
            keycloak: free()?,
            keycloak_management: free()?,
            gatehouse: free()?,
            gatehouse_operations: free()?,
            kafka: free()?,
            kafka_controller: free()?,
            postgres: free()?,
            inbox: free()?,
            smtp: free()?,
            mail_smtp: free()?,
            mail_pop3: free()?,
            keystone: free()?,
            quota_services: [free()?, free()?, free()?],
            drill,
        })
    }

    /// The links between parts that have a proxy: name, the proxy's port, the port behind it.
    #[must_use]
    pub fn links(&self) -> Vec<(&'static str, u16, u16)> {
        let Some(drill) = &self.drill else { return Vec::new() };
        vec![
            ("service-postgres", drill.service_postgres, self.postgres),
            ("service-kafka", drill.service_kafka.0, drill.service_kafka.1),
            ("keycloak-kafka", drill.keycloak_kafka.0, drill.keycloak_kafka.1),
            ("keycloak-service", drill.keycloak_service, self.gatehouse),
        ]
    }

    /// The ports as the service is to see them: what it calls may lie behind a proxy.
    #[must_use]
    pub fn seen_by_service(&self) -> Self {
        let mut seen = self.clone();
        if let Some(drill) = &self.drill {
            (seen.postgres, seen.kafka) = (drill.service_postgres, drill.service_kafka.0);
        }
        seen
    }

    /// The ports as Keycloak is to see them.
    #[must_use]
    pub fn seen_by_keycloak(&self) -> Self {
        let mut seen = self.clone();
        if let Some(drill) = &self.drill {
            (seen.kafka, seen.gatehouse) = (drill.keycloak_kafka.0, drill.keycloak_service);
        }
        seen
    }

    /// Says in one line each which ports another program holds.
    pub fn refuse_taken(&self, with_keystone: bool) -> Result<()> {
        let keystone = with_keystone.then_some(("Keystone", self.keystone));
        let taken: Vec<String> = self
            .named()
            .into_iter()
            .chain(keystone)
            .filter(|(_, port)| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_err())
            .map(|(name, port)| {
                format!("port {port} (for {name}) is in use: stop the program that listens there")
            })
            .collect();
        if !taken.is_empty() {
            bail!("{}", taken.join("\n"));
        }
        Ok(())
    }

    fn named(&self) -> [(&'static str, u16); 11] {
        [
            ("Keycloak", self.keycloak),
            ("Keycloak's health", self.keycloak_management),
            ("Gatehouse", self.gatehouse),
            ("Gatehouse's health", self.gatehouse_operations),
            ("Kafka", self.kafka),
            ("Kafka's controller", self.kafka_controller),
            ("PostgreSQL", self.postgres),
            ("the inbox", self.inbox),
            ("the inbox's SMTP", self.smtp),
            ("the mail server", self.mail_smtp),
            ("the mail server's POP3", self.mail_pop3),
        ]
    }

    /// Where browsers reach Keycloak.
    #[must_use]
    pub fn keycloak_url(&self) -> String {
        format!("http://localhost:{}", self.keycloak)
    }

    /// Where browsers reach the service.
    #[must_use]
    pub fn gatehouse_url(&self) -> String {
        format!("http://localhost:{}", self.gatehouse)
    }

    /// Where the inbox is.
    #[must_use]
    pub fn inbox_url(&self) -> String {
        format!("http://localhost:{}", self.inbox)
    }

    /// Where Keystone is, with the version of its API.
    #[must_use]
    pub fn keystone_url(&self) -> String {
        format!("http://localhost:{}/v3", self.keystone)
    }

    /// Where Kafka clients start.
    #[must_use]
    pub fn kafka_bootstrap(&self) -> String {
        format!("localhost:{}", self.kafka)
    }
}
