//! What libraries harvest: every change once, in order, and nothing that not everyone may know of.

use audit::By;
use ledger::leaf::Why;
use store::{Harvest, Harvested, OWN, RefusedBody, Store};
use wire::{DocumentId, Viewer, Visibility};

use crate::{
    support::{at, on_each_engine},
    world::{Producer, accepted, id, local_revision, own_node, revision},
};

const ALL: Harvest<'_> = Harvest {
    after: 0,
    from: None,
    before: None,
    node_seq: None,
    word: None,
};

async fn listed(store: &Store, harvest: Harvest<'_>) -> Vec<(i64, DocumentId, bool)> {
    let found: Vec<Harvested> = store.harvest(&harvest, 100).await.unwrap();
    assert!(found.is_sorted_by_key(|one| one.change_seq));
    found
        .iter()
        .map(|one| (one.node_seq, one.id, one.is_deleted))
        .collect()
}

#[test]
fn a_harvest_lists_each_change_that_everyone_may_know_of() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        // Documents of every visibility and state.
        for number in 1..=4 {
            let at = at(i64::from(number));
            store
                .publish(vec![revision(number, 1)], &signer, at)
                .await
                .unwrap();
        }
        let mut network = revision(5, 1);
        network.fields.visibility = Visibility::Network;
        store.publish(vec![network], &signer, at(5)).await.unwrap();
        let local = vec![local_revision(8, 1), local_revision(9, 1)];
        store.keep_local(local, &signer, at(5)).await.unwrap();
        for number in [4, 9] {
            let done = store
                .withdraw(id(number), Why::Error, &signer, &By::Node, at(6))
                .await;
            assert!(done.unwrap().is_some());
        }
        peer.put(1, 1, "theirs");
        peer.put(2, 1, "not here yet");
        peer.put(3, 1, "gone");
        peer.withdraw(3, 2);
        peer.pull(&store, at(7)).await;
        peer.accept(&store, 1, 1, "theirs", at(8)).await;
        let theirs = peer.peer.node_seq;
        let own = |number, is_deleted| (OWN, id(number), is_deleted);
        let expected = vec![
            own(1, false),
            own(2, false),
            own(3, false),
            own(4, true),
            (theirs, id(3), true),
            (theirs, id(1), false),
        ];
        assert_eq!(listed(&store, ALL).await, expected);
        // From one place to the next, whatever the number.
        let (mut found, mut after) = (Vec::new(), 0);
        while let Some(one) = store
            .harvest(&Harvest { after, ..ALL }, 1)
            .await
            .unwrap()
            .pop()
        {
            after = one.change_seq;
            found.push((one.node_seq, one.id, one.is_deleted));
        }
        assert_eq!(found, expected);
        // By time, by node, by a word of the card.
        let of_time = Harvest {
            from: Some(at(3)),
            before: Some(at(7)),
            ..ALL
        };
        assert_eq!(listed(&store, of_time).await, expected[2..4]);
        let of_peer = Harvest {
            node_seq: Some(theirs),
            ..ALL
        };
        assert_eq!(listed(&store, of_peer).await, expected[4..]);
        let of_word = Harvest {
            word: Some("no such word"),
            ..ALL
        };
        assert_eq!(
            listed(&store, of_word).await,
            [own(4, true), (theirs, id(3), true)]
        );
        assert_eq!(store.earliest_harvested().await.unwrap(), Some(at(1)));
        // One by one.
        let node = store.own_node().await.unwrap().unwrap().node;
        for (number, is_deleted) in [
            (1, Some(false)),
            (4, Some(true)),
            (5, None),
            (8, None),
            (9, None),
            (99, None),
        ] {
            let found = store.harvested(&node, id(number)).await.unwrap();
            assert_eq!(found.map(|one| one.is_deleted), is_deleted, "{number}");
        }
        // What is public no more, and changes again where the public does not see it, left once: here and at a peer.
        for (rev, secs) in [(2, 10), (3, 12)] {
            let mut network = revision(2, rev);
            network.fields.visibility = Visibility::Network;
            store
                .publish(vec![network], &signer, at(secs))
                .await
                .unwrap();
            peer.put(1, rev, "theirs");
            peer.pull(&store, at(secs)).await;
            let mut network = accepted(1, rev, "theirs");
            network.fields.visibility = Visibility::Network;
            let found = store
                .accept_bodies(theirs, vec![network], at(secs + 1))
                .await;
            assert_eq!(found.unwrap(), 1);
            for (of, number, left) in [(&node, 2, at(10)), (&peer.peer.node, 1, at(11))] {
                let found = store.harvested(of, id(number)).await.unwrap().unwrap();
                assert_eq!((found.is_deleted, found.at), (true, left), "{number} {rev}");
            }
            for word in [None, Some("no such word")] {
                let since = |secs| Harvest {
                    from: Some(at(secs)),
                    word,
                    ..ALL
                };
                let found = listed(&store, since(10)).await;
                assert_eq!(found, [own(2, true), (theirs, id(1), true)], "{rev}");
                assert_eq!(listed(&store, since(12)).await, [], "{rev}");
            }
        }
        // So is one whose new text the peer does not give.
        peer.put(4, 1, "theirs too");
        peer.pull(&store, at(14)).await;
        peer.accept(&store, 4, 1, "theirs too", at(14)).await;
        peer.put(4, 2, "not given");
        peer.pull(&store, at(15)).await;
        let found = store.harvested(&peer.peer.node, id(4)).await.unwrap();
        assert!(found.is_none(), "not before that is known");
        let missing = store
            .missing_bodies(theirs, 1, 0, 10, at(15))
            .await
            .unwrap();
        let missing = missing.into_iter().find(|one| one.id == id(4)).unwrap();
        let refused = RefusedBody {
            id: missing.id,
            rev: missing.rev,
            reason: "refused".to_owned(),
        };
        store
            .mark_unavailable(theirs, &[(refused, at(99))])
            .await
            .unwrap();
        let found = store
            .harvested(&peer.peer.node, id(4))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.is_deleted, found.at), (true, at(15)));
        // What a peer that is followed no more had is deleted here, at the time of that.
        store.remove_peer(theirs, &By::Node, at(20)).await.unwrap();
        let later = Harvest {
            from: Some(at(20)),
            ..ALL
        };
        assert!(listed(&store, later).await.contains(&(theirs, id(1), true)));
        assert!(
            store
                .cards(Viewer::Public, &[(theirs, id(1))])
                .await
                .unwrap()
                .is_empty()
        );
        store.close().await;
    });
}
