//! What one process does of the service's work.

/// A part of the work. A process plays any of them; of each, any number of processes may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Answers: signed calls, pages and API.
    Api,
    /// Does what is queued: jobs, records to publish, parked records, messages that were forgotten.
    Worker,
    /// Reads Keycloak's events.
    Consumer,
}

impl Role {
    /// Every role: one process that does all.
    pub const ALL: [Self; 3] = [Self::Api, Self::Worker, Self::Consumer];
}
