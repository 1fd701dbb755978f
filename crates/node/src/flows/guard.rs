//! Asks peers what they have seen of this node's log, before its first signature after a start (docs/FEED.md §6, boot
//! guard). A restored copy of the database must not be continued: that would make a second history.
//!
//! A peer's word alone counts for nothing: only heads that this node's own log keys have signed, and node documents that
//! its root keys have signed.

use std::{collections::HashSet, time::Duration};

use async_recursion::async_recursion as boxed;
use futures_util::{StreamExt as _, stream};
use ledger::{
    checkpoint::{self, Checkpoint, KnownKeys},
    limits,
    node::NodeDocument,
    seen::SeenLine,
};
use peering::{Answer, PeerClient};
use store::{OWN, Peer, PeerState, StoreError};
use tokio::time::{Instant, timeout_at};

use crate::{
    hindrance::Hindrance, identity::Identity, log_roots::root_at, node::Node, signing::Verdict,
};

/// Peers that are asked before the first signature after a start, those first that answered last.
const MAX_ASKED: usize = 5;
/// How long a peer may take to answer then. A start waits no longer than this before it signs.
const MAX_WAIT: Duration = Duration::from_secs(8);
/// Peers that are asked at the same time before a node document is signed: all that a node may follow.
const MAX_CONCURRENT: usize = 256;
/// How long each may take then. A person waits for it.
const MAX_WAIT_FOR_DOCUMENT: Duration = Duration::from_secs(5);
/// Lines of `/seen` that are read.
const MAX_LINES: usize = 4_096;
/// Node documents that are followed beyond the held one.
const MAX_STEPS: usize = limits::MAX_CHAIN_STEPS;

/// What a peer shows of this node.
struct Shown {
    peer: String,
    /// Heads that this node's keys have signed.
    heads: Vec<Checkpoint>,
    /// The latest version of this node's document that it holds, and that is signed.
    version: u64,
    /// The first version of which it holds another one than the database, signed by the same root keys.
    other_version: Option<u64>,
    /// Whether it has answered every question: what it has not answered may say otherwise.
    is_whole: bool,
}

/// Which peers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Those that most likely answer, before the first signature.
    Some,
    /// All, before a node document is signed: a second one of its version is refused for good by whoever holds another.
    All,
}

/// Asks peers, and judges what they show.
#[boxed]
pub(crate) async fn ask(
    node: &Node,
    identity: &Identity,
    extent: Extent,
) -> Result<Verdict, StoreError> {
    let peers = peers_to_ask(node, extent).await?;
    let restored = node.store.restored_at().await?.is_some();
    if peers.is_empty() {
        if restored {
            node.store.confirm_not_behind().await?;
        }
        return Ok(Verdict::Confirmed);
    }
    let own = Own::read(node, identity).await?;
    let limit = match extent {
        Extent::Some => MAX_WAIT,
        Extent::All => MAX_WAIT_FOR_DOCUMENT,
    };
    let asked = stream::iter(peers)
        .map(|peer| ask_one(node, peer, &own, limit))
        .buffer_unordered(MAX_CONCURRENT);
    let shown: Vec<Shown> = asked.filter_map(|shown| async { shown }).collect().await;
    let mut found = Vec::new();
    for one in &shown {
        found.extend(judge(node, identity, one).await?);
    }
    if let Some(hindrance) = Hindrance::heaviest(found) {
        return Ok(Verdict::Hindered(hindrance));
    }
    // What a peer has shown once stays true until that peer answers otherwise.
    let mut whole = shown.iter().filter(|one| one.is_whole);
    let before = node.store.hindrance().await?;
    let before = before
        .filter(|before| {
            !whole
                .clone()
                .any(|one| before.peer.as_ref() == Some(&one.peer))
        })
        .and_then(Hindrance::from_record);
    if let Some(hindrance) = before {
        return Ok(Verdict::Hindered(hindrance));
    }
    if whole.next().is_some() {
        if restored {
            node.store.confirm_not_behind().await?;
        }
        return Ok(Verdict::Confirmed);
    }
    Ok(if restored {
        Verdict::Hindered(Hindrance::Unconfirmed)
    } else {
        Verdict::NoAnswer
    })
}

/// Returns the peers to ask, those first that are most likely to answer.
async fn peers_to_ask(node: &Node, extent: Extent) -> Result<Vec<Peer>, StoreError> {
    let mut peers = node.store.peers().await?;
    peers.retain(|peer| peer.state != PeerState::Left);
    peers.sort_by_key(|peer| (peer.failures, std::cmp::Reverse(peer.last_contact)));
    if extent == Extent::Some {
        peers.truncate(MAX_ASKED);
    }
    Ok(peers)
}

/// What this node knows of itself.
struct Own {
    /// Every version of the node document, the first one first.
    documents: Vec<NodeDocument>,
    /// The latest of them.
    document: NodeDocument,
    /// The keys of every version, without those that are revoked by now.
    keys: Vec<KnownKeys>,
    /// Every key that was ever listed or revoked.
    ever: HashSet<[u8; 32]>,
}

impl Own {
    async fn read(node: &Node, identity: &Identity) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("no valid node document of this node".to_owned());
        let mut documents = Vec::new();
        for version in 1..=identity.version {
            let stored = node.store.node_document(OWN, version).await?;
            let stored = stored.ok_or_else(corrupt)?;
            documents.push(NodeDocument::stored(&stored.note).map_err(|_| corrupt())?);
        }
        let document = documents.last().cloned().ok_or_else(corrupt)?;
        let revoked: Vec<_> = document
            .content()
            .revoked
            .iter()
            .map(|one| one.key)
            .collect();
        let keys = documents.iter().map(|document| {
            let mut keys = document.known_keys();
            keys.log.retain(|key| !revoked.contains(key.as_bytes()));
            keys
        });
        let keys = keys.collect();
        let ever = node.store.node_keys(OWN).await?;
        let ever = ever.iter().map(|key| key.public_key).collect();
        Ok(Self {
            documents,
            document,
            keys,
            ever,
        })
    }

    /// Reads a head that one of this node's keys has signed.
    fn verify(&self, line: &SeenLine) -> Option<Checkpoint> {
        let keys = self.keys.iter().filter(|keys| keys.origin == line.origin);
        let mut verified =
            keys.filter_map(|keys| checkpoint::verify(line.applied.as_bytes(), keys).ok());
        verified.next().map(|signed| signed.checkpoint().clone())
    }
}

/// Asks a peer; `None` when it has not answered in time, or not as a node does.
async fn ask_one(node: &Node, peer: Peer, own: &Own, limit: Duration) -> Option<Shown> {
    let client = node.network.client(&peer.base, &peer.allow_cidr).ok()?;
    let end = Instant::now() + limit;
    let seen = timeout_at(end, client.seen()).await.ok()?;
    let Ok(Answer::Body(body)) = seen else {
        return None;
    };
    let mirror = client.mirror_of(own.document.node());
    let documents = async {
        let other_version = other_version(&mirror, own).await.ok()?;
        Some((other_version, latest_document(&mirror, own).await))
    };
    let answered = timeout_at(end, documents).await.ok().flatten();
    let is_whole = answered.is_some();
    let (other_version, latest) = answered.unwrap_or_default();
    // The keys of later versions count too: the database may be older than a rotation.
    let mut keys: Vec<_> = own.keys.clone();
    keys.extend(latest.iter().map(NodeDocument::known_keys));
    let own = Own {
        documents: Vec::new(),
        document: own.document.clone(),
        keys,
        ever: HashSet::new(),
    };
    let lines = body.bytes.split(|byte| *byte == b'\n').take(MAX_LINES);
    let heads = lines
        .filter_map(SeenLine::parse)
        .filter(|line| line.origin.node == *own.document.node())
        .filter_map(|line| own.verify(&line))
        .collect();
    Some(Shown {
        peer: peer.handle,
        heads,
        version: latest.last().map_or(0, |latest| latest.content().version),
        other_version,
        is_whole,
    })
}

/// Follows the chain of this node's own documents, as far as a peer holds it beyond the database.
async fn latest_document(mirror: &PeerClient, own: &Own) -> Vec<NodeDocument> {
    let mut later: Vec<NodeDocument> = Vec::new();
    let mut ever = own.ever.clone();
    for _ in 0..MAX_STEPS {
        let held = later.last().unwrap_or(&own.document);
        let version = held.content().version + 1;
        let Ok(Answer::Body(body)) = mirror.node_version(version).await else {
            break;
        };
        let Ok(next) = held.next(&body.bytes, &ever) else {
            break;
        };
        ever.extend(next.listed_or_revoked());
        later.push(next);
    }
    later
}

/// Finds the first version of this node's document of which a peer holds another one. It is believed if the root keys of the
/// version before it have signed it: those of this node have then signed two histories.
async fn other_version(mirror: &PeerClient, own: &Own) -> Result<Option<u64>, peering::Failure> {
    let mut other: Option<Vec<u8>> = None;
    for held in own.documents.iter().rev().take(MAX_STEPS) {
        let version = held.content().version;
        // A peer that has not heard of the latest versions holds the ones before.
        let Answer::Body(body) = mirror.node_version(version).await? else {
            continue;
        };
        let Ok(claimed) = NodeDocument::claimed(&body.bytes) else {
            break;
        };
        if claimed != (version, *held.digest()) {
            other = Some(body.bytes.to_vec());
            continue;
        }
        // The last one that both have; what follows it differs. Both may list the same new keys, so no key counts as given up.
        let following = other
            .as_deref()
            .and_then(|following| held.next(following, &HashSet::new()).ok());
        return Ok(following.map(|_| version + 1));
    }
    Ok(None)
}

/// Compares what a peer shows with the database; returns what says most of it.
async fn judge(
    node: &Node,
    identity: &Identity,
    shown: &Shown,
) -> Result<Option<Hindrance>, StoreError> {
    let peer = || shown.peer.clone();
    if let Some(version) = shown.other_version {
        return Ok(Some(Hindrance::OtherDocument {
            peer: peer(),
            version,
        }));
    }
    if shown.version > identity.version {
        return Ok(Some(Hindrance::OlderDocument {
            peer: peer(),
            theirs: shown.version,
            own: identity.version,
        }));
    }
    let mut forked = None;
    for head in &shown.heads {
        // An epoch that is closed ends where the node document says.
        if head.origin.epoch < identity.epoch {
            continue;
        }
        let own = node.store.log_head(OWN, head.origin.epoch).await?.size;
        if head.size > own {
            return Ok(Some(Hindrance::Behind {
                peer: peer(),
                theirs: head.size,
                own,
            }));
        }
        let root = root_at(&node.store, OWN, head.origin.epoch, head.size).await?;
        if root != Some(head.root) {
            forked = Some(Hindrance::Forked {
                peer: peer(),
                size: head.size,
            });
        }
    }
    Ok(forked)
}
