//! The one place where stories go through `ledger` to get what only it can make.

use ledger::{checkpoint::Signer, extend::Verified, tree::Frontier};
use store::{BUNDLE_ENTRIES, LogHead};
use wire::{NodeId, Timestamp};

use crate::world::Producer;

pub(crate) fn signer(node: &NodeId) -> Signer {
    Signer {
        origin: format!("wardround.v1/{node}/1"),
    }
}
pub(crate) fn origin(signer: &Signer) -> String {
    signer.origin()
}
pub(crate) fn verified(producer: &Producer, head: &LogHead, now: Timestamp) -> Verified {
    let mut f = Frontier::new();
    let mut h = std::collections::BTreeMap::new();
    for (n, chunk) in producer.entries.chunks(BUNDLE_ENTRIES as usize).enumerate() {
        let mut hashes = Vec::new();
        for e in chunk {
            let x = ledger::tree::leaf_hash(e);
            f.push(x);
            hashes.extend(x);
        }
        h.insert(n as u64, hashes);
    }
    Verified {
        c: ledger::checkpoint::Checkpoint {
            origin: producer.signer.origin(),
            size: f.size(),
            root: f.root(),
        },
        n: producer.note(now),
        f,
        from: head.size,
        t: now,
        h,
    }
}
