//! W3C Trace Context: what joins a request, the event that it caused and the record that came of it.
//!
//! The context goes on whether spans are exported or not: it comes by the header `traceparent` of a call or of a
//! record, is kept with the keys that a change marks, and leaves with the record that is published for them.

use opentelemetry::{
    SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt as _, TraceState},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The header of calls and records (W3C Trace Context, section 3.2).
pub const HEADER: &str = "traceparent";

/// A `traceparent` of version 00, well formed: 55 characters in lower case, neither id zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TraceParent {
    text: String,
    span: SpanContext,
}

impl TraceParent {
    /// None when it is malformed; a context is a courtesy, so nothing fails for want of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let (version, trace, span, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let hex = |field: &str, length: usize| {
            field.len() == length && field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        if version != "00" || fields.next().is_some() || !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) {
            return None;
        }
        let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
        let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
        let span = SpanContext::new(trace, span, flags, true, TraceState::NONE);
        span.is_valid().then(|| Self { text: text.to_owned(), span })
    }

    /// That of a span, for what the span causes; none where spans have no ids, as in most tests.
    #[must_use]
    pub fn of(span: &Span) -> Option<Self> {
        let context = span.context();
        let span = context.span().span_context().clone();
        let text = format!("00-{}-{}-{:02x}", span.trace_id(), span.span_id(), span.trace_flags().to_u8());
        span.is_valid().then_some(Self { text, span })
    }

    /// That of the work at hand.
    #[must_use]
    pub fn current() -> Option<Self> {
        Self::of(&Span::current())
    }

    /// As it is written in a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same for everything that one request has caused.
    #[must_use]
    pub fn trace_id(&self) -> String {
        self.span.trace_id().to_string()
    }

    /// Makes `span` a part of the trace, and says what follows from the span. Without an exporter spans have no ids, and
    /// what came goes on.
    #[must_use]
    pub fn followed_by(self, span: &Span) -> Self {
        let context = opentelemetry::Context::new().with_remote_span_context(self.span.clone());
        if span.set_parent(context).is_err() {
            return self;
        }
        Self::of(span).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_form_of_version_zero_is_a_trace_context() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parsed = TraceParent::parse(good).unwrap();
        assert_eq!((parsed.as_str(), &*parsed.trace_id()), (good, "0af7651916cd43dd8448eb211c80319c"));
        for bad in [
            "",
            "00",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        ] {
            assert_eq!(TraceParent::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_stranger_sends_is_more_than_refused(text in "\\PC{0,80}") {
            if let Some(parsed) = TraceParent::parse(&text) {
                prop_assert_eq!(parsed.as_str().len(), 55);
            }
        }
    }
}
