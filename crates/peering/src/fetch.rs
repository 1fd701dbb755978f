//! One request, one typed answer, within its limits.

use std::{fmt::Write as _, io, sync::Arc};

use async_compression::{
    tokio::bufread::{GzipDecoder, ZstdDecoder},
    zstd::DParameter,
};
use bytes::Bytes;
use futures_util::StreamExt as _;
use ledger::{FaultCode, PeerFault};
use reqwest::{
    Response, StatusCode,
    header::{self, HeaderName},
    tls::TlsInfo,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, BufReader};
use tokio_util::io::StreamReader;
use url::Url;

use crate::{
    RetryAfter,
    cause::{cause, certificate_error, is_of_unknown_authority},
    certificate::Certificates,
    dates::Dates,
};

/// What a peer answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200, complete and of the right type.
    Body(Body),
    /// 304 to a conditional request.
    NotModified {
        /// Version of the peer's latest node document, where the answer states one.
        node_version: Option<u64>,
    },
    /// 404.
    NotFound,
    /// 410: a leaf names it, and it is no longer live.
    Gone,
    /// 401 or 403: for peers only.
    Unauthorised,
}

/// The bytes of an answer, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The bytes; at most the endpoint's limit.
    pub bytes: Bytes,
    /// Its ETag, when it is one that can be sent back.
    pub etag: Option<String>,
}

/// A request that had no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", fault.text)]
pub struct Failure {
    /// The fault to record for the peer.
    pub fault: PeerFault,
    /// Whether the peer answered, but unusably: another request may still succeed.
    pub answered: bool,
    /// When it asks to be asked again.
    pub retry_after: Option<RetryAfter>,
    /// Decoded bytes of the unusable answer; they count towards what a poll may read.
    pub received: usize,
}

impl Failure {
    pub(crate) fn new(code: FaultCode, text: String) -> Self {
        Self {
            fault: PeerFault { code, text },
            answered: false,
            retry_after: None,
            received: 0,
        }
    }
}

/// An endpoint's limits, and how it is asked this time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// Media type of the answer.
    pub(crate) media: &'static str,
    /// The most bytes of the answer, decoded.
    pub(crate) max_bytes: usize,
    /// The fault of a peer that sends more.
    pub(crate) over: FaultCode,
    /// Content codings that the endpoint may use.
    pub(crate) codings: &'static [&'static str],
    /// ETag of what is held.
    pub(crate) etag: Option<&'a str>,
    /// Whether to bypass caches on the way.
    pub(crate) fresh: bool,
}

/// The header, sent with a checkpoint, that states the version of the latest node document.
pub const NODE_VERSION: HeaderName = HeaderName::from_static("wardround-node-version");

/// The most characters of an ETag that is kept, and of the text of a fault.
const MAX_ETAG: usize = 128;
const MAX_TEXT: usize = 300;
/// The largest zstd window, as a power of two: 8 MiB (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;
const DECODE_BUFFER: usize = 16 * 1024;
/// How many times as long as its compressed form an answer is, about: so much room is made for it at once.
const TYPICAL_RATIO: u64 = 4;

/// Sends requests, and notes the certificates and the clocks of those who answer. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    pub(crate) certificates: Arc<Certificates>,
    pub(crate) dates: Arc<Dates>,
}

impl Http {
    async fn send(&self, url: &Url, request: reqwest::RequestBuilder) -> Result<Response, Failure> {
        let sent = request.send().await;
        let response = sent.map_err(|error| {
            if certificate_error(&error).is_some_and(is_of_unknown_authority) {
                self.certificates.record_unknown_issuer();
            }
            no_answer(url, error)
        })?;
        let shown = response.extensions().get::<TlsInfo>();
        if let Some(certificate) = shown.and_then(TlsInfo::peer_certificate) {
            self.certificates.record(&host_of(url), certificate);
        }
        self.dates.record(&host_of(url), &response);
        Ok(response)
    }
}

/// Returns the host and the port of an address.
pub(crate) fn host_of(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

/// Sends a GET request and reads its answer.
pub(crate) async fn get(http: &Http, url: Url, ask: &Ask<'_>) -> Result<Answer, Failure> {
    let codings = if ask.codings.is_empty() {
        "identity".to_owned()
    } else {
        ask.codings.join(", ")
    };
    let mut request = http
        .client
        .get(url.clone())
        .header(header::ACCEPT, ask.media)
        .header(header::ACCEPT_ENCODING, codings);
    if let Some(etag) = ask.etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    if ask.fresh {
        request = request.header(header::CACHE_CONTROL, "no-cache");
    }
    let response = http.send(&url, request).await?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NOT_MODIFIED if ask.etag.is_some() => {
            let node_version =
                header_text(&response, NODE_VERSION).and_then(|version| version.parse().ok());
            return Ok(Answer::NotModified { node_version });
        }
        StatusCode::NOT_FOUND => return Ok(Answer::NotFound),
        StatusCode::GONE => return Ok(Answer::Gone),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Ok(Answer::Unauthorised),
        _ => return Err(refused(&url, &response)),
    }
    check_type(&url, &response, ask.media)?;
    let etag = etag_of(&response);
    let bytes = read(&url, response, ask).await?;
    Ok(Answer::Body(Body { bytes, etag }))
}

/// Sends a POST request; any answer from 200 to 299 is good, and none is read.
pub(crate) async fn post(http: &Http, url: Url, body: String) -> Result<(), Failure> {
    let request = http
        .client
        .post(url.clone())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT_ENCODING, "identity")
        .body(body);
    let response = http.send(&url, request).await?;
    if response.status().is_success() {
        Ok(())
    } else {
        Err(refused(&url, &response))
    }
}

/// Reads an answer to its end, decoding as it comes, never more than `ask.max_bytes` bytes of it.
async fn read(url: &Url, response: reqwest::Response, ask: &Ask<'_>) -> Result<Bytes, Failure> {
    let coding = header_text(&response, header::CONTENT_ENCODING)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let coded = !coding.is_empty() && coding != "identity";
    if coded && !ask.codings.contains(&coding.as_str()) {
        return Err(useless(url, "has a content coding that was not asked for"));
    }
    if !coded
        && response
            .content_length()
            .is_some_and(|len| len > to_u64(ask.max_bytes))
    {
        return Err(too_large(url, ask));
    }
    let ratio = if coded { TYPICAL_RATIO } else { 1 };
    let expected = response
        .content_length()
        .unwrap_or(0)
        .saturating_mul(ratio)
        .min(to_u64(ask.max_bytes));
    let stream = StreamReader::new(
        response
            .bytes_stream()
            .map(|chunk| chunk.map_err(|error| io::Error::other(cause(&error)))),
    );
    let expected = usize::try_from(expected).unwrap_or(0);
    match coding.as_str() {
        "gzip" => {
            let mut decoder = GzipDecoder::new(stream);
            decoder.multiple_members(true);
            collect(
                url,
                BufReader::with_capacity(DECODE_BUFFER, decoder),
                expected,
                ask,
            )
            .await
        }
        "zstd" => {
            let window = [DParameter::window_log_max(ZSTD_WINDOW_LOG)];
            let mut decoder = ZstdDecoder::with_params(stream, &window);
            decoder.multiple_members(true);
            collect(
                url,
                BufReader::with_capacity(DECODE_BUFFER, decoder),
                expected,
                ask,
            )
            .await
        }
        _ => collect(url, stream, expected, ask).await,
    }
}

async fn collect(
    url: &Url,
    reader: impl AsyncRead + Unpin,
    expected: usize,
    ask: &Ask<'_>,
) -> Result<Bytes, Failure> {
    let mut bytes = Vec::with_capacity(expected);
    // One byte more than allowed is read, to distinguish "full" from "too much".
    let mut limited = reader.take(to_u64(ask.max_bytes).saturating_add(1));
    let failure = match limited.read_to_end(&mut bytes).await {
        Ok(_) if bytes.len() <= ask.max_bytes => return Ok(bytes.into()),
        Ok(_) => too_large(url, ask),
        Err(error) => transport(url, &format!("broke off: {error}")),
    };
    Err(Failure {
        received: bytes.len(),
        ..failure
    })
}

fn check_type(url: &Url, response: &reqwest::Response, media: &str) -> Result<(), Failure> {
    let sent = header_text(response, header::CONTENT_TYPE).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(media) {
        return Ok(());
    }
    let shown = if essence.is_empty() {
        "nothing"
    } else {
        essence
    };
    Err(useless(url, &format!("is `{shown}`, not `{media}`")))
}

/// Returns the ETag if it has the form that RFC 9110 §8.8.3 gives it.
fn etag_of(response: &reqwest::Response) -> Option<String> {
    let text = header_text(response, header::ETAG)?;
    let opaque = text.strip_prefix("W/").unwrap_or(&text);
    let inner = opaque.strip_prefix('"')?.strip_suffix('"')?;
    let plain = inner
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'"');
    (plain && text.len() <= MAX_ETAG).then_some(text)
}

fn header_text(response: &reqwest::Response, name: header::HeaderName) -> Option<String> {
    response
        .headers()
        .get(name)?
        .to_str()
        .ok()
        .map(str::to_owned)
}

fn refused(url: &Url, response: &reqwest::Response) -> Failure {
    let status = response.status();
    let text = if status.is_redirection() {
        "was answered with a redirect, which the feed never is".to_owned()
    } else {
        format!("was answered with status {}", status.as_u16())
    };
    let retry_after =
        header_text(response, header::RETRY_AFTER).and_then(|text| RetryAfter::parse(&text));
    Failure {
        retry_after,
        answered: !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS,
        ..transport(url, &text)
    }
}

fn too_large(url: &Url, ask: &Ask<'_>) -> Failure {
    let text = format!("has more than {} bytes", ask.max_bytes);
    Failure {
        answered: true,
        ..Failure::new(ask.over, sentence(url, &text))
    }
}

fn no_answer(url: &Url, error: reqwest::Error) -> Failure {
    let why = if error.is_timeout() {
        "did not answer in time".to_owned()
    } else {
        format!("cannot be fetched: {}", cause(&error.without_url()))
    };
    transport(url, &why)
}

pub(crate) fn transport(url: &Url, text: &str) -> Failure {
    Failure::new(FaultCode::Transport, sentence(url, text))
}

fn useless(url: &Url, text: &str) -> Failure {
    Failure {
        answered: true,
        ..transport(url, text)
    }
}

/// Names the path and what is wrong with it. Nothing that a peer sent reaches a log or a terminal raw.
fn sentence(url: &Url, text: &str) -> String {
    let mut sentence = format!("`{}` ", url.path());
    let _ = write!(sentence, "{text}");
    sentence
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(MAX_TEXT)
        .collect()
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
