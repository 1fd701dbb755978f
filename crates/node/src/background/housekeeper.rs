//! Work for accounts: mails links to those who ask for one, and deletes what has expired.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{flows::accounts, node::Node};

/// Time between two deletions of what has expired. It is not valid before that either.
const DELETE_EVERY: Duration = Duration::from_secs(600);

/// Works until `stop`.
pub async fn run(node: &Arc<Node>, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(request) = node.link_requests.next() => {
                if let Err(error) = accounts::answer_request(node, &request).await {
                    tracing::warn!(%error, "a link that was asked for could not be made");
                }
            }
            () = tokio::time::sleep(DELETE_EVERY) => {
                if let Err(error) = accounts::delete_expired(node).await {
                    tracing::warn!(%error, "expired sessions could not be deleted; trying again");
                }
            }
        }
    }
}
