//! Answers to conditional requests: media type, caching, `ETag`, and 304 for a client that has the answer already.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use wire::{Digest, base64};

use crate::problem::Problem;

/// Media type of plain text.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// Media type of bytes: tiles and bundles of a log.
pub const BYTES: &str = "application/octet-stream";
/// Media type of JSON, one value on each line.
pub const LINES: &str = "application/x-ndjson";
/// Media type of a page.
pub const HTML: &str = "text/html; charset=utf-8";
/// Media type of JSON.
pub const JSON: &str = "application/json";

/// For answers that never change: tiles, bundles, numbered node documents.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For answers that a client keeps and checks at each use; most checks end with 304.
pub const REVALIDATE: &str = "no-cache";

/// The headers that a 200 and a 304 share.
pub struct Answer {
    /// Content type.
    pub media: &'static str,
    /// `Cache-Control`.
    pub cache: &'static str,
    /// ETag with its quotes, where the table has one.
    pub etag: Option<String>,
    /// Request headers that the answer depends on.
    pub vary: Option<HeaderName>,
}

impl Answer {
    /// Describes an answer without an ETag.
    pub const fn new(media: &'static str, cache: &'static str) -> Self {
        Self {
            media,
            cache,
            etag: None,
            vary: None,
        }
    }

    /// Describes an answer whose ETag is the digest of `bytes`.
    pub fn tagged(media: &'static str, cache: &'static str, bytes: &[u8]) -> Self {
        let tag = base64::encode_url(Digest::for_bytes(bytes).as_bytes());
        Self {
            etag: Some(format!("\"{tag}\"")),
            ..Self::new(media, cache)
        }
    }

    /// Describes an answer whose ETag stays the same under any compression.
    pub fn weakly_tagged(media: &'static str, cache: &'static str, bytes: &[u8]) -> Self {
        let digest = Digest::for_bytes(bytes).to_string();
        Self {
            etag: Some(format!("W/\"{}\"", digest.get(7..29).unwrap_or(&digest))),
            ..Self::new(media, cache)
        }
    }

    /// Returns whether the client has this answer already (RFC 9110 §13.1.2).
    pub fn is_held(&self, request: &HeaderMap) -> bool {
        let Some(etag) = &self.etag else { return false };
        let opaque = |tag: &'_ str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
        let etag = opaque(etag);
        let held = request.get_all(header::IF_NONE_MATCH);
        held.iter()
            .filter_map(|value| value.to_str().ok())
            .any(|list| {
                let mut tags = list.split(',').map(str::trim);
                tags.any(|tag| tag == "*" || opaque(tag) == etag)
            })
    }

    /// Sends the body, or 304 to a client that has it.
    pub fn send(self, request: &HeaderMap, body: impl Into<Body>) -> Response {
        if self.is_held(request) {
            return self.not_modified();
        }
        self.response(StatusCode::OK, body.into())
    }

    /// Answers 304.
    pub fn not_modified(self) -> Response {
        self.response(StatusCode::NOT_MODIFIED, Body::empty())
    }

    fn response(self, status: StatusCode, body: Body) -> Response {
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::OK {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        if let Some(etag) = self.etag.and_then(|etag| HeaderValue::try_from(etag).ok()) {
            headers.insert(header::ETAG, etag);
        }
        if let Some(vary) = self.vary {
            headers.insert(header::VARY, vary.into());
        }
        response
    }
}

/// Answers with bytes of a media type that the client may keep and has to revalidate.
#[must_use]
pub fn answer(request: &HeaderMap, media: &'static str, bytes: Vec<u8>) -> Response {
    Answer::weakly_tagged(media, REVALIDATE, &bytes).send(request, bytes)
}

/// Answers with JSON that the client may keep and has to revalidate.
///
/// # Errors
/// A problem of status 500 for a value that cannot be written as JSON.
pub fn json(request: &HeaderMap, value: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
    Ok(answer(request, JSON, bytes))
}

/// Says whether an answer is for its requester only: no cache keeps it, and it is not compressed.
pub fn is_personal(headers: &HeaderMap) -> bool {
    let caching = headers
        .get(header::CACHE_CONTROL)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    headers.contains_key(header::SET_COOKIE)
        || caching.contains("private")
        || caching.contains("no-store")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_who_holds_the_tag_in_any_spelling_gets_304() {
        let with = |etag: &str| Answer {
            etag: Some(etag.to_owned()),
            ..Answer::new(TEXT, REVALIDATE)
        };
        for (value, held) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            let mut request = HeaderMap::new();
            request.insert(header::IF_NONE_MATCH, value.parse().unwrap());
            for etag in ["\"a\"", "W/\"a\""] {
                assert_eq!(with(etag).is_held(&request), held, "{etag}: {value}");
            }
        }
        assert!(!with("\"a\"").is_held(&HeaderMap::new()));
        assert!(!Answer::new(TEXT, REVALIDATE).is_held(&HeaderMap::new()));
    }
}
