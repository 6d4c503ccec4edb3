//! `[telemetry]`: logs, traces and metrics.

use crate::endpoint::host_and_port;
use crate::error::{Code, SettingsError};
use crate::section::Section;

/// `[telemetry]`: logs, traces and metrics.
#[derive(Clone, Debug)]
pub struct TelemetrySettings {
    /// The collector, `http://host:port` over gRPC; `None` means logs only.
    pub otlp_endpoint: Option<String>,
    /// How a log record looks.
    pub log_format: LogFormat,
    /// The least severe record of the node's own code. Records of libraries start at warning.
    pub log_level: LogLevel,
}

/// How a log record looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// One line for people.
    Text,
}

/// How severe a log record is. There is no `trace`: libraries write content at that level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Something failed and a person must act.
    Error,
    /// Something is wrong and the node copes.
    Warn,
    /// What the node does.
    Info,
    /// How it does it.
    Debug,
}

const FORMATS: [(&str, LogFormat); 2] = [("json", LogFormat::Json), ("text", LogFormat::Text)];
const LEVELS: [(&str, LogLevel); 4] = [
    ("info", LogLevel::Info),
    ("error", LogLevel::Error),
    ("warn", LogLevel::Warn),
    ("debug", LogLevel::Debug),
];

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self { otlp_endpoint: None, log_format: LogFormat::Json, log_level: LogLevel::Info }
    }
}

impl TelemetrySettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let otlp_endpoint = section.text("otlp_endpoint")?;
        if let Some(text) = &otlp_endpoint
            && host_and_port(text, "http://").is_none()
        {
            let problem = format!("{text:?} is not valid");
            let allowed = "http://host:port of a collector that speaks OTLP over gRPC";
            return Err(section.error("otlp_endpoint", Code::NotAnOtlpEndpoint, problem, allowed));
        }
        let settings = Self {
            otlp_endpoint,
            log_format: section.choice("log_format", &FORMATS)?,
            log_level: section.choice("log_level", &LEVELS)?,
        };
        section.finish()?;
        Ok(settings)
    }
}
