//! Answers that a reader may keep: with an `ETag` of their bytes, or 304 to who holds them already.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use wire::Digest;

use crate::problem::Problem;

/// Answers with bytes of a media type.
#[must_use]
pub fn answer(request: &HeaderMap, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let digest = Digest::of(&bytes).to_string();
    // Weak: compression on the way changes the bytes, not what they say.
    let etag = format!("W/\"{}\"", digest.get(7..29).unwrap_or(&digest));
    let held = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|held| held.trim() == etag || held.trim() == "*");
    let mut response = if held {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

/// Answers with JSON.
///
/// # Errors
/// A problem of status 500 for what cannot be written as JSON.
pub fn json(request: &HeaderMap, value: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
    Ok(answer(request, "application/json", bytes))
}
