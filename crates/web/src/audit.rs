//! `GET /audit.jsonl`: the audit as lines of JSON, the oldest row first, sent while it is read.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use node::Node;
use pages::{
    accounts::{Asked, audit::AuditFields},
    problem::Problem,
};
use store::{AuditFilter, StoreError};

/// Rows that are read and sent at a time.
const MAX_BATCH: u32 = 500;

/// Sends the rows that the page of the audit shows, all of them. A row that is appended meanwhile may be among them.
pub(crate) async fn lines(
    State(node): State<Arc<Node>>,
    Asked(fields): Asked<AuditFields>,
) -> Response {
    let (filter, unread) = fields.filter();
    if !unread.is_empty() {
        let text = format!("these cannot be read: {}", unread.join(", "));
        return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, text).into_response();
    }
    let begun = (node, filter, 0);
    let body = stream::try_unfold(begun, async |(node, filter, after)| {
        let part = part(&node, &filter, after).await?;
        Ok::<_, StoreError>(part.map(|(text, last)| (text, (node, filter, last))))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"wardround-audit.jsonl\"",
        ),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// Returns the next lines, and the place of the last of them; `None` after the last row.
async fn part(
    node: &Node,
    filter: &AuditFilter,
    after: u64,
) -> Result<Option<(String, u64)>, StoreError> {
    let rows = node.store.audit_after(after, filter, MAX_BATCH).await?;
    let mut text = String::new();
    for row in &rows {
        text.push_str(&row.to_json());
        text.push('\n');
    }
    Ok(rows.last().map(|last| (text, last.seq)))
}
