//! Commands on peers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wire::NodeId;

use crate::{
    cli::{DONE, FAILED, Failure},
    control::{Output, PeerAction},
};
use node::{
    Node,
    flows::peers::{self, Added, PeerError, PeerObject, Wish},
};

/// Follows a peer.
pub(super) async fn add(
    node: &Arc<Node>,
    wish: &Wish,
    pin: &str,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let pin =
        NodeId::parse(pin).ok_or_else(|| Failure::wrong(format!("`{pin}` is not a node id")))?;
    let Added { peer, silent } = peers::add(node, wish, &pin).await.map_err(refused)?;
    tell(&peer, "is now followed", json, output);
    if let Some(why) = silent {
        output.note(format!(
            "its answer is not valid yet: {why}; this node keeps trying. If the address is wrong, remove the peer with `wardround peer remove {}`",
            peer.handle
        ));
    }
    Ok(DONE)
}

/// Who a site says it is, as it is handed to the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its node id.
    pub node: String,
    /// The same in groups, to be read out.
    pub grouped: String,
    /// Base of its feed.
    pub base: String,
    /// Name of its organisation.
    pub name: String,
    /// ODS code of its organisation.
    pub ods: Option<String>,
}

pub(super) async fn look_up(node: &Arc<Node>, wish: &Wish, output: &Output) -> Result<u8, Failure> {
    let found = peers::look_up(node, wish).await.map_err(refused)?;
    output.line(serde_json::to_string(&Found {
        grouped: found.node.grouped(),
        node: found.node.to_string(),
        base: found.base,
        name: found.name,
        ods: found.ods,
    })?);
    Ok(DONE)
}

pub(super) async fn list_peers(
    node: &Arc<Node>,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let peers = peers::list(node).await?;
    if json {
        output.line(serde_json::to_string(&peers)?);
    } else if peers.is_empty() {
        output.line("there are no peers; `wardround peer add` adds one");
    } else {
        peers.iter().for_each(|peer| output.line(in_a_line(peer)));
    }
    Ok(DONE)
}

pub(super) async fn one_peer(
    node: &Arc<Node>,
    action: PeerAction,
    which: &str,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let (done, what) = match action {
        PeerAction::Show => {
            let peer = peers::show(node, which).await.map_err(refused)?;
            output.line(if json {
                serde_json::to_string(&peer)?
            } else {
                at_length(&peer)
            });
            return Ok(DONE);
        }
        PeerAction::Pause => (
            peers::pause(node, which).await,
            "is no longer polled; its documents remain",
        ),
        PeerAction::Resume => (peers::resume(node, which).await, "is polled again"),
        PeerAction::Remove => (
            peers::remove(node, which).await,
            "is removed; its documents are erased on this node",
        ),
    };
    tell(&done.map_err(refused)?, what, json, output);
    Ok(DONE)
}

pub(super) async fn pull(
    node: &Arc<Node>,
    which: Option<&str>,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let pulled = peers::pull(node, which).await;
    if let (Err(PeerError::Refused(_)), Some(which)) = (&pulled, which)
        && json
    {
        // Why it is not pulled from is in the object that a script reads.
        let peer = peers::show(node, which).await.map_err(refused)?;
        output.line(serde_json::to_string(&peer)?);
    }
    let pulled = pulled.map_err(refused)?;
    match (&pulled[..], which) {
        ([peer], Some(_)) if json => output.line(serde_json::to_string(peer)?),
        (peers, _) if json => output.line(serde_json::to_string(peers)?),
        ([], _) => output.line("there is no peer to poll"),
        (peers, _) => peers.iter().for_each(|peer| output.line(in_a_line(peer))),
    }
    let faulty = pulled.iter().any(|peer| peer.fault.is_some());
    Ok(if faulty { FAILED } else { DONE })
}

fn tell(peer: &PeerObject, what: &str, json: bool, output: &Output) {
    match serde_json::to_string(peer) {
        Ok(object) if json => output.line(object),
        _ => output.line(format!("{} ({}) {what}", peer.name, peer.handle)),
    }
}

fn in_a_line(peer: &PeerObject) -> String {
    let PeerObject {
        handle,
        state,
        size,
        name,
        ..
    } = peer;
    let health = match &peer.fault {
        Some(fault) => format!("{} since {}: {}", fault.code, fault.since, fault.text),
        None if peer.stated_base.is_some() => {
            "its node document its node document its node document its node document states an address that is not used".to_owned()
        }
        None if peer.stale => "may be out of date".to_owned(),
        None => match peer.last_fresh {
            Some(fresh) => format!("fresh at {fresh}"),
            None => "not pulled yet".to_owned(),
        },
    };
    format!("{handle:<12} {state:<7} {size:>8} entries  {health}  {name}")
}

fn at_length(peer: &PeerObject) -> String {
    let time = |time: Option<wire::Timestamp>| {
        time.map_or_else(|| "never".to_owned(), |time| time.to_string())
    };
    let feed = match &peer.stated_base {
        Some(stated) => format!(
            "{} (its node document states {stated}, which is not used; the log has the reason)",
            peer.base
        ),
        None => peer.base.clone(),
    };
    let fault = peer.fault.as_ref().map_or_else(
        || "none".to_owned(),
        |fault| format!("{} since {}: {}", fault.code, fault.since, fault.text),
    );
    [
        ("name", peer.name.clone()),
        ("node id", peer.node.grouped()),
        (
            "ODS code",
            peer.ods.clone().unwrap_or_else(|| "none".to_owned()),
        ),
        ("short name", peer.handle.clone()),
        ("feed", feed),
        ("state", peer.state.to_owned()),
        ("fault", fault),
        (
            "out of date",
            if peer.stale { "may be" } else { "no" }.to_owned(),
        ),
        ("entries", peer.size.to_string()),
        ("last contact", time(peer.last_contact)),
        ("last fresh", time(peer.last_fresh)),
        ("next try", peer.next_due.to_string()),
        ("failures", peer.failures.to_string()),
        ("quarantined", peer.quarantined.to_string()),
        ("unavailable", peer.unavailable.to_string()),
    ]
    .map(|(what, value)| format!("{what:<13} {value}"))
    .join("\n")
}

/// What the operator gave is wrong, or something else is.
fn refused(error: PeerError) -> Failure {
    match error {
        PeerError::Refused(_) | PeerError::Unknown(_) => Failure::wrong(error.to_string()),
        error => error.into(),
    }
}
