//! `GET /tlog-policy`: the keys of the logs that this site knows, as a policy (C2SP tlog-policy), for those who check quotes
//! and proofs without the network.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use finding::quoted;
use http::HeaderMap;
use ledger::{Origin, policy::Policy};
use node::Node;

use pages::{
    answer::{TEXT, answer},
    problem::Problem,
    text::one_line,
};

/// Answers with the policy.
///
/// # Errors
/// Of the database.
pub(crate) async fn policy(
    State(node): State<Arc<Node>>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let mut text = format!(
        "# The logs that this site follows: {}.\n# Keep this file apart from what you check by it, and compare the node ids with the organisations.\n",
        one_line(&node.current().site.name)
    );
    let followed = node.store.publishers().await?.list;
    for known in node.store.nodes().await? {
        let is_followed = followed.iter().any(|one| one.node_seq == known.seq);
        if known.epoch == 0 || !is_followed {
            continue;
        }
        let origin = Origin {
            node: known.node.clone(),
            epoch: known.epoch,
        };
        let keys = node.store.node_keys(known.seq).await?;
        let keys = quoted::known_keys(origin, &keys);
        text.push_str(&format!("\n# {}\n", one_line(&known.name)));
        text.push_str(&Policy::lines(&keys, &known.handle, &known.base));
    }
    text.push_str("\nquorum none\n");
    Ok(answer(&request, TEXT, text.into_bytes()))
}
