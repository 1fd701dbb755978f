//! Sends spans, how long each request took and what the log said meanwhile, to a collector of OpenTelemetry: OTLP over HTTP.
//!
//! The feature `otlp` decides whether a program can do that at all; without it this crate needs nothing and says so. A span
//! has what the log has: the path of a request and never its query, and no address of a reader. The environment is not read.

#[cfg(feature = "otlp")]
mod otlp;
#[cfg(not(feature = "otlp"))]
mod without;

#[cfg(feature = "otlp")]
pub use otlp::Spans;
#[cfg(not(feature = "otlp"))]
pub use without::Spans;
