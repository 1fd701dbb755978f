//! Errors for programs: problem details (RFC 9457), on every path that is not a page.
//!
//! A problem says what went wrong and what to do. It never contains the cause, which only the log has.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use store::StoreError;

use node::NodeError;

/// How long a client should wait before it repeats a request that the database could not serve.
pub const BUSY: Duration = Duration::from_secs(5);

/// An answer that reports an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// What sort of problem it is: the same words for the same status.
    pub title: String,
    /// What happened this time and what to do.
    pub detail: String,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

/// The form on the wire.
#[derive(Serialize)]
struct Written<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    /// Makes a problem whose title is the status's own.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// Makes a problem of status 404.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Makes a problem of status 503 that asks to try again.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    }

    /// Makes a problem of status 500 and writes its cause to the log.
    #[must_use]
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "something went wrong on this node; its log has the cause",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let written = Written {
            // RFC 9457 §4.2.1: the title is the status's own, and there is nothing more to look up.
            r#type: "about:blank",
            title: &self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
        };
        let body = serde_json::to_vec(&written).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(wait.as_secs().max(1)),
            );
        }
        response
    }
}

/// Returns the status that says why the node cannot answer now: 507 on a full disk, 503 if trying again may help, 409 if it has
/// left the exchange, otherwise 500.
#[must_use]
pub fn status(error: &NodeError) -> StatusCode {
    match error {
        NodeError::Store(StoreError::Full) => StatusCode::INSUFFICIENT_STORAGE,
        NodeError::Store(error) if !error.is_temporary() => StatusCode::INTERNAL_SERVER_ERROR,
        NodeError::HasLeft => StatusCode::CONFLICT,
        NodeError::Random(_) | NodeError::Task(_) => StatusCode::INTERNAL_SERVER_ERROR,
        NodeError::Store(_)
        | NodeError::NotInitialised
        | NodeError::MayNotSign(_)
        | NodeError::Index(_)
        | NodeError::File(_)
        | NodeError::SearchTimeout => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<NodeError> for Problem {
    fn from(error: NodeError) -> Self {
        let status = status(&error);
        let detail = match &error {
            _ if status == StatusCode::INTERNAL_SERVER_ERROR => return Self::internal(&error),
            NodeError::Store(StoreError::Full) => {
                "no disk space is left; reading still works".to_owned()
            }
            NodeError::Store(_) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the database is not ready");
                "the database is not ready; try again".to_owned()
            }
            NodeError::MayNotSign(_) => "this site is being restored from a copy and publishes nothing until its operator has finished; reading still works".to_owned(),
            NodeError::HasLeft => "this organisation has left the exchange and publishes nothing any more; reading and withdrawing still work".to_owned(),
            // The flow has written the cause to the log.
            NodeError::Index(_) => "search is being repaired; try again in a moment".to_owned(),
            error => error.to_string(),
        };
        Self {
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(BUSY),
            ..Self::new(status, detail)
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        NodeError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn written(problem: Problem) -> (Response, String) {
        let (parts, body) = problem.into_response().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        (Response::from_parts(parts, axum::body::Body::empty()), text)
    }

    #[tokio::test]
    async fn a_problem_is_written_as_the_standard_says() {
        let (response, text) = written(Problem::not_found("no document `x` here")).await;
        assert_eq!(response.status(), 404);
        assert_eq!(
            response.headers().get(header::CONTENT_TYPE).unwrap(),
            "application/problem+json"
        );
        assert_eq!(
            text,
            r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"no document `x` here"}"#
        );
    }

    #[tokio::test]
    async fn what_can_be_tried_again_says_when() {
        for (problem, status) in [
            (Problem::from(StoreError::Locked), 503),
            (Problem::from(StoreError::NotInitialised), 503),
            (Problem::from(NodeError::SearchTimeout), 503),
            (Problem::from(StoreError::Full), 507),
            (
                Problem::from(StoreError::Corrupt("a thing".to_owned())),
                500,
            ),
        ] {
            let (response, text) = written(problem).await;
            assert_eq!(response.status(), status);
            assert_eq!(
                response.headers().contains_key(header::RETRY_AFTER),
                status == 503
            );
            assert!(!text.contains("a thing"), "a cause is for the log: {text}");
        }
    }
}
