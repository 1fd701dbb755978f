//! A peer that closes its log and begins another (docs/FEED.md §6).

use std::collections::BTreeSet;

use it::trust::Trust;
use ledger::{checkpoint::Checkpoint, note::Note, proof, tree::leaf_hash};
use store::DocumentState;
use wardround::verify::verify;
use wire::{DocumentId, NodeId};

use super::forger::{Reply, followed};

async fn live(trust: &Trust) -> BTreeSet<DocumentId> {
    trust
        .live()
        .await
        .into_iter()
        .map(|(_, id, _)| id)
        .collect()
}

/// Returns whether an entry of the first epoch of a peer has a proof; one that it has is checked.
async fn is_proven(trust: &Trust, peer: &NodeId, index: u64) -> bool {
    let store = &trust.node().store;
    let seq = store.node(peer).await.unwrap().unwrap().seq;
    let Some(found) = store.inclusion(seq, 1, index).await.unwrap() else {
        return false;
    };
    let note = Note::parse(found.note.as_bytes()).unwrap();
    let Checkpoint { size, root, .. } = Checkpoint::parse(note.text).unwrap();
    let leaf = leaf_hash(&found.entry);
    assert!(proof::verifies(leaf, index, size, &found.proof, &root));
    true
}

#[tokio::test]
async fn an_epoch_that_was_closed_is_read_to_its_end_before_the_next_begins() {
    const CANARY: &str = "quaggacanary";
    let (forger, trust) = followed().await;
    let gone = forger.feed().put("Withdrawn at the end", CANARY);
    let first = forger.feed().put("From the beginning", "words");
    trust.pull_well(&forger.id()).await;
    assert_eq!(trust.found(CANARY).await, [gone]);

    forger.feed().withdraw(gone);
    let late = forger.feed().put("From the end", "words");
    let beyond = forger.feed().put("Behind the end", "words");
    forger.feed().close_epoch(4, None);
    let new = forger.feed().put("From the next epoch", "words");
    let newcomer = Trust::new("ZZ2").await;
    newcomer.follow_at(&forger.base(), &forger.id()).await;
    for trust in [&trust, &newcomer] {
        let peer = trust.pull_well(&forger.id()).await;
        assert_eq!(peer.size, 1, "of the present log");
        assert_eq!(live(trust).await, BTreeSet::from([first, late, new]));
        assert_eq!(trust.state(&forger.id(), beyond).await, None);
        let state = trust.state(&forger.id(), gone).await;
        assert_eq!(state, Some(DocumentState::Withdrawn));
        trust.node().eraser.settle().await.unwrap();
        assert_eq!(trust.files_with(CANARY), Vec::<String>::new());
        // The node document has signed the end of the closed log, which has no checkpoint here.
        let verified = verify(&trust.node().store, &[], |_| {}).await.unwrap();
        assert_eq!(verified.faults, Vec::<String>::new());
        assert_eq!(verified.incomplete, Vec::<String>::new());
    }
    // What the last checkpoint covers that was seen of the closed log can be proven.
    assert!(is_proven(&trust, &forger.id(), 1).await);
    assert!(!is_proven(&trust, &forger.id(), 3).await);
    assert!(!is_proven(&newcomer, &forger.id(), 1).await);
    forger.feed().withdraw(first);
    trust.pull_well(&forger.id()).await;
    assert_eq!(live(&trust).await, BTreeSet::from([late, new]));
}

#[tokio::test]
async fn what_was_staged_beyond_the_end_of_an_epoch_is_dropped_when_it_is_closed() {
    let (forger, trust) = followed().await;
    let store = &trust.node().store;
    let seq = store.node(&forger.id()).await.unwrap().unwrap().seq;
    forger.feed().put("Held", "words");
    trust.pull_well(&forger.id()).await;
    // Each epoch promises more than it serves, and is closed with what was taken of it.
    for closed in [1, 0, 1] {
        for _ in 0..600 {
            forger.feed().push(*b"{\"v\":2}");
        }
        forger.lie(|_, path, reply| {
            if path.contains("/tile/entries/002") {
                *reply = Reply::status(404);
            }
        });
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.unwrap().code, "transport", "{closed}");
        assert!(store.staged_bytes(seq).await.unwrap() > 0, "{closed}");
        forger.be_honest();
        forger.feed().close_epoch(closed, None);
        trust.pull_well(&forger.id()).await;
        assert_eq!(store.staged_bytes(seq).await.unwrap(), 0, "{closed}");
        if closed == 0 {
            forger.feed().put("Of the next", "words");
            trust.pull_well(&forger.id()).await;
        }
    }
}

#[tokio::test]
async fn an_epoch_that_is_closed_with_another_root_halts_the_peer() {
    // One entry is held and two are there; the epoch is closed below, at and above what is held.
    for (held, size) in [(2, 1), (1, 1), (1, 2)] {
        let (forger, trust) = followed().await;
        for _ in 0..held {
            forger.feed().put("Held", "words");
        }
        trust.pull_well(&forger.id()).await;
        let before = trust.live().await;
        forger.feed().put("More", "words");
        forger.feed().close_epoch(size, Some([7; 32]));
        forger.feed().put("New", "words");
        let peer = trust.pull(&forger.id()).await;
        let fault = peer.fault.unwrap();
        assert_eq!(
            (fault.code, peer.state),
            ("equivocation", "halted"),
            "{held} {size}"
        );
        assert_eq!(trust.live().await, before, "{held} {size}");
    }
}
