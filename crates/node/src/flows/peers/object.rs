//! A peer as the command line and the API show it.

use ledger::{FaultCode, Stated};
use serde::Serialize;
use store::{Peer, Successor};
use wire::{Digest, NodeId, Timestamp};

/// A peer as `GET /api/v1/peers` and the command line show it (docs/FEED.md §8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PeerObject {
    /// Node id.
    #[schema(value_type = String)]
    pub node: NodeId,
    /// Short local name.
    pub handle: String,
    /// ODS code.
    pub ods: Option<String>,
    /// Name of the organisation.
    pub name: String,
    /// Address that is polled.
    pub base: String,
    /// How to reach its operator.
    pub contact: Option<String>,
    /// What its node document states, where some of it differs from what is shown and waits for the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated: Option<StatedObject>,
    /// `new`, `active`, `paused`, `halted` or `left`.
    pub state: &'static str,
    /// The node that it names to carry on its work, if it has left. It is not followed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<SuccessorObject>,
    /// Whether its checkpoint or node document is older than it should be.
    pub stale: bool,
    /// Its fault, if it has one.
    pub fault: Option<FaultObject>,
    /// Entries applied of its log.
    pub size: u64,
    /// When it last answered.
    #[schema(value_type = Option<String>)]
    pub last_contact: Option<Timestamp>,
    /// When its log was last known to be current.
    #[schema(value_type = Option<String>)]
    pub last_fresh: Option<Timestamp>,
    /// When it is polled next.
    #[schema(value_type = String)]
    pub next_due: Timestamp,
    /// Failed polls in a row.
    pub failures: u32,
    /// Leaves and documents that are quarantined.
    pub quarantined: u64,
    /// Documents whose bodies could not be fetched.
    pub unavailable: u64,
    /// Address ranges that its server may be in besides public ones, for the operator only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub allow_cidr: Option<String>,
    /// Seconds between two polls of it where it has an interval of its own, for the operator only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub interval: Option<u64>,
}

/// The node that carries on the work of one that has left, in a [`PeerObject`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SuccessorObject {
    /// Node id.
    #[schema(value_type = String)]
    pub node: NodeId,
    /// Its short local name, if it is followed here or is this node.
    pub handle: Option<String>,
}

impl From<Successor> for SuccessorObject {
    fn from(successor: Successor) -> Self {
        Self {
            node: successor.node,
            handle: successor.known.map(|(handle, _)| handle),
        }
    }
}

/// What a node document states about its organisation, in a [`PeerObject`]: claims that are not shown to readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StatedObject {
    /// Name of the organisation.
    pub name: String,
    /// ODS code.
    pub ods: Option<String>,
    /// Base address of the feed.
    pub base: String,
    /// How to reach the operator.
    pub contact: Option<String>,
    /// What the name or the code resembles, for the operator only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub resembles: Option<String>,
    /// The digest of all of this: what an operator accepts is what was looked at.
    #[schema(ignore)]
    pub digest: String,
}

impl StatedObject {
    fn new(stated: Stated, resembles: Option<String>) -> Self {
        Self {
            resembles,
            digest: statement_digest(&stated),
            name: stated.name,
            ods: stated.ods,
            base: stated.base,
            contact: stated.contact,
        }
    }
}

/// Returns the digest by which an operator names what a peer states.
pub(super) fn statement_digest(stated: &Stated) -> String {
    let parts = (&stated.name, &stated.ods, &stated.base, &stated.contact);
    // Four texts are always JSON.
    let bytes = serde_json::to_vec(&parts).unwrap_or_default();
    Digest::for_bytes(&bytes).to_string()
}

/// A fault in a [`PeerObject`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FaultObject {
    /// The code, a word of docs/FEED.md §7.
    pub code: &'static str,
    /// What was found.
    pub text: String,
    /// Since when.
    #[schema(value_type = String)]
    pub since: Timestamp,
}

impl From<Peer> for PeerObject {
    fn from(peer: Peer) -> Self {
        Self {
            node: peer.node,
            handle: peer.handle,
            ods: peer.ods,
            name: peer.name,
            base: peer.base,
            contact: peer.contact,
            stated: peer
                .stated
                .map(|stated| StatedObject::new(stated, peer.resembles)),
            state: peer.state.as_str(),
            successor: peer.successor.map(SuccessorObject::from),
            stale: peer.stale,
            fault: peer.fault.map(|fault| FaultObject {
                code: fault.code.as_str(),
                text: fault.text,
                since: fault.since,
            }),
            size: peer.size,
            last_contact: peer.last_contact,
            last_fresh: peer.last_fresh,
            next_due: peer.next_due,
            failures: peer.failures,
            quarantined: peer.quarantined,
            unavailable: peer.unavailable,
            allow_cidr: Some(peer.allow_cidr).filter(|ranges| !ranges.is_empty()),
            interval: peer.interval.map(|interval| interval.as_secs()),
        }
    }
}

impl PeerObject {
    /// Returns its name and its short name; a peer that has never answered has no name yet, but an address.
    #[must_use]
    pub fn title(&self) -> String {
        let name = if self.name == self.handle {
            &self.base
        } else {
            &self.name
        };
        format!("{name} ({})", self.handle)
    }

    /// Says what the name or code that waits resembles, and which node id the peer has, which that has not, as the end of a
    /// sentence; empty if nothing.
    #[must_use]
    pub fn resembling(&self) -> String {
        let resembles = self.stated.as_ref().and_then(|it| it.resembles.as_deref());
        resembles.map_or_else(String::new, |text| {
            let node = self.node.grouped();
            format!(", which resembles {text}; the node id of this peer is {node}")
        })
    }

    /// Says who carries on its work, with the command that follows it; `None` if it has not left or names no one.
    #[must_use]
    pub fn goes_on(&self) -> Option<String> {
        let successor = self.successor.as_ref()?;
        Some(match &successor.handle {
            Some(handle) => format!("`{handle}` carries on its work"),
            None => format!(
                "it names {node} to carry on its work, which is not followed; ring its operator for the address, and then `wardround peer add URL --node {node}`",
                node = successor.node
            ),
        })
    }

    /// Returns what anyone may see: no claim that the operator has not agreed to, and nothing of this node's network.
    #[must_use]
    pub fn for_readers(mut self) -> Self {
        self.stated = None;
        self.allow_cidr = None;
        self.interval = None;
        let code = FaultCode::Transport.as_str();
        if let Some(fault) = self.fault.as_mut().filter(|fault| fault.code == code) {
            "the last attempt failed".clone_into(&mut fault.text);
        }
        self
    }
}
