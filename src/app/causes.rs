//! What caused the changes of one batch: each event comes with the trace of the request that it happened in.

use std::collections::HashMap;

use tracing::Span;

use crate::{
    events::{Event, Subject},
    platform::trace::TraceParent,
};

/// The traces of a batch. Its spans last as long as it is applied, so it is dropped after the commit.
#[derive(Default)]
pub struct Causes {
    of_subjects: HashMap<String, TraceParent>,
    /// That of every event, if they have one in common.
    common: Option<TraceParent>,
    spans: Vec<Span>,
}

impl Causes {
    /// Of events in their order; the last of a subject counts.
    pub fn new(events: &[Event]) -> Self {
        let mut causes = Self::default();
        for (index, event) in events.iter().enumerate() {
            let cause = event.trace_parent.clone().map(|cause| {
                let span = tracing::info_span!("event", otel.kind = "consumer", event = event.kind);
                let cause = cause.followed_by(&span);
                causes.spans.push(span);
                cause
            });
            let trace = |cause: &Option<TraceParent>| cause.as_ref().map(TraceParent::trace_id);
            if index == 0 {
                causes.common.clone_from(&cause);
            } else if trace(&causes.common) != trace(&cause) {
                causes.common = None;
            }
            if let (Some(cause), Subject::Person { id, .. } | Subject::Organization { id, .. }) =
                (cause, &event.subject)
            {
                causes.of_subjects.insert(id.clone(), cause);
            }
        }
        causes
    }

    /// What caused the change of a person; of one whom no event names, what caused everything.
    pub fn of(&self, subject: &str) -> Option<&TraceParent> {
        self.of_subjects.get(subject).or(self.common.as_ref())
    }

    /// What caused everything, if it was one thing.
    pub fn common(&self) -> Option<&TraceParent> {
        self.common.as_ref()
    }
}
