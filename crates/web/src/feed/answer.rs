//! How an endpoint answers: type, caching, ETag, and 304 to whoever has it already.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use wire::{Digest, base64};

/// Media types of the feed.
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const BYTES: &str = "application/octet-stream";
pub(super) const LINES: &str = "application/x-ndjson";
pub(super) const JSON: &str = "application/json";

/// What never changes: tiles, bundles, numbered node documents.
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// What is asked for again each time, and often not sent.
pub(super) const REVALIDATE: &str = "no-cache";

/// What is the same for a 200 and a 304.
pub(super) struct Answer {
    /// Content type.
    pub(super) media: &'static str,
    /// `Cache-Control`.
    pub(super) cache: &'static str,
    /// ETag with its quotes, where the table has one.
    pub(super) etag: Option<String>,
    /// Request headers that the answer depends on.
    pub(super) vary: Option<HeaderName>,
}

impl Answer {
    /// Describes an answer without an ETag.
    pub(super) const fn new(media: &'static str, cache: &'static str) -> Self {
        Self {
            media,
            cache,
            etag: None,
            vary: None,
        }
    }

    /// Describes an answer whose ETag is the digest of `bytes`.
    pub(super) fn tagged(media: &'static str, cache: &'static str, bytes: &[u8]) -> Self {
        let tag = base64::encode_url(Digest::of(bytes).as_bytes());
        Self {
            etag: Some(format!("\"{tag}\"")),
            ..Self::new(media, cache)
        }
    }

    /// Says whether the caller has this answer already (RFC 9110 §13.1.2).
    pub(super) fn is_held(&self, request: &HeaderMap) -> bool {
        let Some(etag) = &self.etag else { return false };
        let held = request.get_all(header::IF_NONE_MATCH);
        held.iter()
            .filter_map(|value| value.to_str().ok())
            .any(|list| {
                let mut tags = list.split(',').map(str::trim);
                tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
            })
    }

    /// Sends the body, or 304 to a caller who has it.
    pub(super) fn send(self, request: &HeaderMap, body: impl Into<Body>) -> Response {
        if self.is_held(request) {
            return self.not_modified();
        }
        self.response(StatusCode::OK, body.into())
    }

    /// Answers 304.
    pub(super) fn not_modified(self) -> Response {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_who_holds_the_tag_in_any_spelling_is_told_so() {
        let answer = Answer {
            etag: Some("\"a\"".to_owned()),
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
            assert_eq!(answer.is_held(&request), held, "{value}");
        }
        assert!(!answer.is_held(&HeaderMap::new()));
        assert!(!Answer::new(TEXT, REVALIDATE).is_held(&HeaderMap::new()));
    }
}
