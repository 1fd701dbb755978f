//! A program that sends spans.

use std::{thread, time::Duration};

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use reqwest::redirect::Policy;
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};
use url::Url;

/// The service that a collector shows.
const SERVICE: &str = "wardround";
/// How long one message to the collector may take. It holds up no request: a thread of its own sends them.
const MAX_SEND: Duration = Duration::from_secs(5);

/// Where spans are sent.
#[derive(Debug)]
pub struct Spans(SdkTracerProvider);

impl Spans {
    /// Begins to send spans to the collector at an address, such as `http://127.0.0.1:4318/v1/traces`.
    ///
    /// # Errors
    /// When no client can be made for the address. A collector that is away is none: what it misses is lost.
    pub fn open(endpoint: &Url, version: &'static str) -> Result<Self, String> {
        // Its client waits, which a thread of the asynchronous runtime must not.
        let made = thread::spawn(|| {
            let client = reqwest::blocking::Client::builder();
            client
                .no_proxy()
                .redirect(Policy::none())
                .timeout(MAX_SEND)
                .build()
        });
        let client = made.join().map_err(|_| "no client for spans".to_owned())?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client.map_err(|error| error.to_string())?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint.as_str())
            .build()
            .map_err(|error| error.to_string())?;
        let resource = Resource::builder_empty()
            .with_service_name(SERVICE)
            .with_attribute(KeyValue::new("service.version", version))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        Ok(Self(provider))
    }

    /// Says whether spans could be sent to the collector at an address; nothing is sent.
    ///
    /// # Errors
    /// Never: each address that the settings take can be asked.
    pub fn check(_: &Url) -> Result<(), String> {
        Ok(())
    }

    /// Returns the layer of the log that records spans.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer(SERVICE))
    }

    /// Sends what is left.
    pub fn close(&self) {
        // A collector that is away has been said by nothing that was lost before, and is no reason not to end.
        drop(self.0.shutdown());
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader, Read as _, Write as _},
        net::TcpListener,
    };

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Takes one message as a collector does; returns the head of its request in small letters, and its body.
    fn receive(listener: &TcpListener) -> (String, Vec<u8>) {
        let (mut stream, _) = listener.accept().unwrap();
        let mut read = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            read.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            let line = line.to_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        read.read_exact(&mut body).unwrap();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(answer).unwrap();
        (head, body)
    }

    #[test]
    fn a_collector_gets_each_span_with_what_was_logged_in_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = Url::parse(&format!("http://{address}/v1/traces")).unwrap();
        let collector = thread::spawn(move || receive(&listener));
        let spans = Spans::open(&endpoint, "0.1.0").unwrap();
        let log = tracing_subscriber::registry().with(spans.layer());
        tracing::subscriber::with_default(log, || {
            let span = tracing::info_span!("request", id = "f00", method = "GET", path = "/search");
            span.in_scope(|| tracing::warn!(status = 503, "answered"));
        });
        spans.close();
        let (head, body) = collector.join().unwrap();
        assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
        let form = "content-type: application/x-protobuf";
        assert!(head.contains(form), "{head}");
        // Texts are in the message as they are: a byte for the field, one for the length, and the text.
        let has = |text: &str| {
            let length = u8::try_from(text.len()).unwrap();
            let field = [&[length], text.as_bytes()].concat();
            body.windows(field.len()).any(|window| window == field)
        };
        for text in [
            "service.name",
            "wardround",
            "service.version",
            "0.1.0",
            "request",
            "path",
            "/search",
            "id",
            "f00",
            "answered",
        ] {
            assert!(has(text), "{text}: {}", String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn a_collector_that_is_away_holds_up_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let free = listener.local_addr().unwrap();
        drop(listener);
        let endpoint = Url::parse(&format!("http://{free}/v1/traces")).unwrap();
        let spans = Spans::open(&endpoint, "0.1.0").unwrap();
        let log = tracing_subscriber::registry().with(spans.layer());
        tracing::subscriber::with_default(log, || drop(tracing::info_span!("request").entered()));
        spans.close();
    }
}
