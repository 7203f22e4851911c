//! Logs, metrics and traces. None carries personal data, only ids.

use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::{
    Context, KeyValue, TraceId,
    trace::{Link, SpanKind, TraceContextExt as _, TracerProvider as _},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SamplingResult, SdkTracerProvider, ShouldSample},
};
use serde::Deserialize;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};
use url::Url;

use super::config::Findings;

/// How long a collector of traces may take for one batch of spans.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(3);

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Plain lines, for people.
    Text,
}

/// What is logged and traced, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// A filter in the syntax of `tracing_subscriber::EnvFilter`, for example `info,gatehouse=debug`.
    pub log: String,
    /// `json` or `text`.
    pub format: LogFormat,
    /// Where spans are sent to by OTLP over HTTP, such as `http://collector:4318/v1/traces`; nowhere when absent.
    pub traces_url: Option<Url>,
    /// The share of traces that is sent when nobody before us has decided: 0 to 1.
    pub traces_share: f64,
}

impl TelemetryConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        findings.expect(
            self.traces_url.as_ref().is_none_or(|url| matches!(url.scheme(), "http" | "https")),
            "telemetry.traces_url",
            "an address that begins with https:// or http://",
        );
        findings.expect((0.0..=1.0).contains(&self.traces_share), "telemetry.traces_share", "0 to 1");
    }
}

/// What was installed in this process.
pub struct Telemetry {
    /// Shows the metrics.
    pub metrics: PrometheusHandle,
    traces: SdkTracerProvider,
}

impl Telemetry {
    /// Sends the spans that wait, for as long as a collector may take.
    pub fn flush(&self) {
        if let Err(error) = self.traces.shutdown() {
            tracing::debug!(%error, "the last spans were not sent");
        }
    }
}

/// Installs the log subscriber, the metrics recorder and the tracer of this process. Call it once.
pub fn init(config: &TelemetryConfig) -> anyhow::Result<Telemetry> {
    let filter = EnvFilter::try_new(&config.log)?;
    let traces = tracer_provider(config)?;
    let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer("gatehouse")).with_location(false);
    let registry = tracing_subscriber::registry().with(filter).with(spans);
    match config.format {
        LogFormat::Json => registry.with(fmt::layer().json().flatten_event(true)).try_init()?,
        LogFormat::Text => registry.with(fmt::layer()).try_init()?,
    }
    Ok(Telemetry { metrics: PrometheusBuilder::new().install_recorder()?, traces })
}

fn tracer_provider(config: &TelemetryConfig) -> anyhow::Result<SdkTracerProvider> {
    let resource = Resource::builder().with_service_name("gatehouse").build();
    let provider = SdkTracerProvider::builder().with_resource(resource);
    let Some(url) = &config.traces_url else {
        // Whether somebody before us records a trace is passed on to whoever comes after us.
        return Ok(provider.with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff))).build());
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(url.as_str())
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .context("telemetry.traces_url")?;
    let sampler = AskedOrShare(Sampler::TraceIdRatioBased(config.traces_share));
    Ok(provider.with_sampler(sampler).with_batch_exporter(exporter).build())
}

/// Whoever was before us and records a trace has it whole. All others are drawn by their id, for Keycloak's extension
/// begins traces that it does not record.
#[derive(Debug, Clone)]
struct AskedOrShare(Sampler);

impl ShouldSample for AskedOrShare {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let asked = parent.is_some_and(|parent| parent.span().span_context().is_sampled());
        let sampler = if asked { &Sampler::AlwaysOn } else { &self.0 };
        sampler.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}
