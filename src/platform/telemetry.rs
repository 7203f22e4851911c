//! Logs and metrics. Log lines carry ids, never personal data.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Plain lines, for people.
    Text,
}

/// What is logged and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// A filter in the syntax of `tracing_subscriber::EnvFilter`, for example `info,gatehouse=debug`.
    pub log: String,
    /// `json` or `text`.
    pub format: LogFormat,
}

/// Installs the log subscriber and the metrics recorder of this process. Call it once.
pub fn init(config: &TelemetryConfig) -> anyhow::Result<PrometheusHandle> {
    let filter = EnvFilter::try_new(&config.log)?;
    let registry = tracing_subscriber::registry().with(filter);
    match config.format {
        LogFormat::Json => registry.with(fmt::layer().json().flatten_event(true)).try_init()?,
        LogFormat::Text => registry.with(fmt::layer()).try_init()?,
    }
    Ok(PrometheusBuilder::new().install_recorder()?)
}
