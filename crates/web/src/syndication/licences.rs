//! The notices of what the program contains, as its licences ask for.

use axum::response::Response;
use http::HeaderMap;

use pages::answer::{TEXT, answer};

/// Made by `.release/inventory`.
const NOTICES: &str = include_str!("../../../../content/third-party.txt");

/// `GET /licences`.
pub async fn licences(request: HeaderMap) -> Response {
    answer(&request, TEXT, NOTICES.as_bytes().to_vec())
}
