//! The one place where stories go through `ledger` to get what only it can make.

use ledger::{
    Origin, SecretKey,
    checkpoint::{self, KnownKeys, Signer},
    extend::{Extension, HeldLog, Verified},
};
use store::LogHead;
use wire::{Digest, NodeId, Timestamp};

use crate::world::Producer;

/// Returns the signer of a node's first log; its keys follow from its name.
pub(crate) fn signer(node: &NodeId) -> Signer {
    let origin = Origin {
        node: node.clone(),
        epoch: 1,
    };
    Signer::new(origin, key(node, "log"), key(node, "witness"))
}

fn key(node: &NodeId, role: &str) -> SecretKey {
    SecretKey::from_seed(*Digest::for_bytes(format!("{node} {role}").as_bytes()).as_bytes())
}

pub(crate) fn origin(signer: &Signer) -> String {
    signer.origin().to_string()
}

/// Returns the proof that all entries of a producer continue what is held of its log.
pub(crate) fn verified(producer: &Producer, head: &LogHead, now: Timestamp) -> Verified {
    let node = &producer.peer.node;
    let known = KnownKeys {
        origin: producer.signer.origin().clone(),
        log: vec![key(node, "log").public()],
        witness: vec![key(node, "witness").public()],
    };
    let signed = checkpoint::verify(producer.note(now).as_bytes(), &known).unwrap();
    let held = HeldLog {
        frontier: head.frontier.clone(),
        root: head.root,
        timestamp: head.timestamp,
        tail_hashes: head.tail_hashes.clone(),
    };
    let mut extension = Extension::begin(held, signed, None, now).unwrap();
    while let Some(wanted) = extension.wanted() {
        extension.push_bundle(&producer.bundle(wanted.n)).unwrap();
    }
    extension.finish().unwrap()
}
