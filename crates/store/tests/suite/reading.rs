//! Lists: order, paging, back-links, and that nothing leaves which is not live and public.

use audit::By;
use ledger::{checkpoint::Checkpoint, leaf::Why, note::Note, proof, tree};
use store::{AcceptedBody, ChangeKind, Listed, OWN, PeerState, Place};
use wire::{NodeId, Reference, Relation, Viewer};

use crate::{
    support::{at, on_each_engine},
    world::{Producer, accepted, id, local_revision, own_node, revision},
};

#[test]
fn the_newest_come_first_page_by_page_and_a_future_date_never_sorts_first() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        for number in 0..50_u32 {
            let mut new = revision(number, 1);
            // Every fifth says that it was updated next year; every seventh that it was long ago.
            new.fields.updated = match number {
                n if n % 5 == 0 => Some(at(30_000_000)),
                n if n % 7 == 0 => Some(at(-1000 - i64::from(n))),
                _ => None,
            };
            store
                .publish(vec![new], &signer, at(i64::from(number / 10)))
                .await
                .unwrap();
        }
        let mut expected: Vec<_> = (0..50_u32)
            .map(|n| match n {
                n if n % 5 != 0 && n % 7 == 0 => (at(-1000 - i64::from(n)), id(n)),
                n => (at(i64::from(n / 10)), id(n)),
            })
            .collect();
        expected.sort_unstable();
        expected.reverse();
        for listed in [Listed::All, Listed::OfNode(OWN)] {
            let mut found = Vec::new();
            let mut place: Option<Place> = None;
            loop {
                let page = store
                    .newest(Viewer::Public, listed, place, 7)
                    .await
                    .unwrap();
                let Some(last) = page.last() else { break };
                place = Some(last.place());
                found.extend(page.iter().map(|card| (card.sort_at, card.id)));
            }
            assert_eq!(found, expected, "{listed:?}");
        }
        assert!(
            store
                .newest(Viewer::Public, Listed::OfNode(9), None, 7)
                .await
                .unwrap()
                .is_empty()
        );
        store.close().await;
    });
}

#[test]
fn cards_come_in_the_order_asked_for_and_only_live_ones() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        store
            .publish((0..400).map(|n| revision(n, 1)).collect(), &signer, at(1))
            .await
            .unwrap();
        peer.put(1, 1, "theirs");
        peer.put(2, 1, "not here yet");
        peer.pull(&store, at(1)).await;
        peer.accept(&store, 1, 1, "theirs", at(2)).await;
        let theirs = peer.peer.node_seq;
        let keys = [
            (OWN, id(3)),
            (theirs, id(1)),
            (theirs, id(2)),
            (OWN, id(1)),
            (OWN, id(999)),
        ];
        let cards = store.cards(Viewer::Public, &keys).await.unwrap();
        let titles: Vec<_> = cards.iter().map(|card| card.title.as_str()).collect();
        assert_eq!(titles, ["Title 3 of 1", "theirs", "Title 1 of 1"]);
        let all: Vec<_> = (0..400).map(|n| (OWN, id(n))).collect();
        assert_eq!(store.cards(Viewer::Public, &all).await.unwrap().len(), 400);
        assert!(store.cards(Viewer::Public, &[]).await.unwrap().is_empty());
        store.close().await;
    });
}

#[test]
fn a_document_knows_what_refers_to_it_while_that_is_live() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        store
            .publish(vec![revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        let own = store.own_node().await.unwrap().unwrap().node;
        peer.put(7, 1, "adapted");
        peer.pull(&store, at(2)).await;
        let mut adapted = accepted(7, 1, "adapted");
        let reference = Reference {
            relation: Relation::BasedOn,
            node: own.clone(),
            id: id(1),
            tried: false,
        };
        adapted.fields.references = vec![reference.clone(), reference];
        let node_seq = peer.peer.node_seq;
        store
            .accept_bodies(node_seq, vec![adapted], at(3))
            .await
            .unwrap();
        let links = store
            .back_links(Viewer::Public, &own, id(1), 9)
            .await
            .unwrap();
        assert_eq!((links.len(), links[0].relation), (1, Relation::BasedOn));
        assert_eq!(links[0].card.title, "adapted");
        peer.withdraw(7, 2);
        peer.pull(&store, at(4)).await;
        assert!(
            store
                .back_links(Viewer::Public, &own, id(1), 9)
                .await
                .unwrap()
                .is_empty()
        );
        let stranger = NodeId::for_text(b"stranger");
        assert!(
            store
                .back_links(Viewer::Public, &stranger, id(1), 9)
                .await
                .unwrap()
                .is_empty()
        );
        store.close().await;
    });
}

#[test]
fn what_says_that_it_tried_a_document_moves_that_to_the_end_of_the_queue_and_counts_once() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        let own = store.own_node().await.unwrap().unwrap().node;
        let tried = Reference {
            relation: Relation::About,
            node: own.clone(),
            id: id(1),
            tried: true,
        };
        // A document of this node that says so of another one counts nothing, and neither does one that only speaks of it.
        let mut itself = revision(2, 1);
        itself.fields.references = vec![tried.clone()];
        store
            .publish(vec![revision(1, 1), itself], &signer, at(1))
            .await
            .unwrap();
        let mut seen = store.last_change().await.unwrap();
        for (number, title) in [(7, "one"), (8, "two"), (9, "three")] {
            peer.put(number, 1, title);
        }
        peer.pull(&store, at(2)).await;
        let node_seq = peer.peer.node_seq;
        let speaking = |number, title, has_tried| {
            let mut body = accepted(number, 1, title);
            body.fields.references = vec![Reference {
                tried: has_tried,
                ..tried.clone()
            }];
            body
        };
        let mut step = async |expected: Option<u64>| {
            let changes = store.changes_after(seen, 50).await.unwrap();
            seen = store.last_change().await.unwrap();
            let numbers: Vec<_> = changes.iter().map(|change| change.change_seq).collect();
            assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
            let target = changes
                .into_iter()
                .find(|change| (change.node_seq, change.id) == (OWN, id(1)));
            let counted = target.map(|change| match change.kind {
                ChangeKind::Put(document) => document.tried,
                ChangeKind::Delete => 99,
            });
            assert_eq!(counted, expected);
            let card = store.cards(Viewer::Public, &[(OWN, id(1))]).await.unwrap();
            assert_eq!(card[0].tried, expected.unwrap_or(card[0].tried));
        };
        let accept = async |bodies: Vec<AcceptedBody>| {
            store.accept_bodies(node_seq, bodies, at(3)).await.unwrap();
        };
        accept(vec![speaking(9, "three", false)]).await;
        step(Some(0)).await;
        accept(vec![speaking(7, "one", true), speaking(8, "two", true)]).await;
        step(Some(1)).await;
        step(None).await;
        // One of two is withdrawn, and then the peer is removed with the other.
        peer.withdraw(7, 2);
        peer.pull(&store, at(4)).await;
        step(Some(1)).await;
        store.remove_peer(node_seq, &By::Node, at(5)).await.unwrap();
        step(Some(0)).await;
        store.close().await;
    });
}

#[test]
fn organisations_and_counts_show_what_is_public() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        store
            .publish(vec![revision(1, 1), revision(2, 1)], &signer, at(1))
            .await
            .unwrap();
        peer.put(1, 1, "theirs");
        peer.put(2, 1, "pending");
        peer.pull(&store, at(2)).await;
        peer.accept(&store, 1, 1, "theirs", at(3)).await;
        let organisations = store.organisations(Viewer::Public).await.unwrap();
        let shown: Vec<_> = organisations
            .iter()
            .map(|one| {
                (
                    one.owner.organisation.as_str(),
                    one.documents,
                    one.owner.own,
                    one.newest,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("Northmoor", 2, true, Some(at(1))),
                ("Peer 1", 1, false, Some(at(2)))
            ]
        );
        let counts = store.counts(Viewer::Public).await.unwrap();
        assert_eq!(
            (counts.documents, counts.own_documents, counts.peers),
            (3, 2, 1)
        );
        assert_eq!(
            (counts.log_size, counts.last_change, counts.drafts),
            (2, 3, 0)
        );
        store.close().await;
    });
}

#[test]
fn feeds_learn_what_was_withdrawn_and_maps_where_own_documents_are() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        store
            .publish((1..=5).map(|n| revision(n, 1)).collect(), &signer, at(1))
            .await
            .unwrap();
        store
            .keep_local(vec![local_revision(9, 1)], &signer, at(1))
            .await
            .unwrap();
        peer.put(1, 1, "theirs");
        peer.put(2, 1, "theirs too");
        peer.withdraw(2, 2);
        peer.pull(&store, at(2)).await;
        store
            .withdraw(id(4), Why::Privacy, &signer, &By::Node, at(3))
            .await
            .unwrap();
        store
            .withdraw(id(9), Why::Privacy, &signer, &By::Node, at(4))
            .await
            .unwrap();
        let withdrawn = store.withdrawn(Viewer::Public, 9).await.unwrap();
        let listed: Vec<_> = withdrawn
            .iter()
            .map(|one| (one.node_seq, one.id, one.at))
            .collect();
        assert_eq!(
            listed,
            [(OWN, id(4), at(3)), (peer.peer.node_seq, id(2), at(2)),]
        );
        assert_eq!(store.withdrawn(Viewer::Public, 1).await.unwrap().len(), 1);
        let places = store.own_addresses(Viewer::Public, 0, 9).await.unwrap();
        let ids: Vec<_> = places.iter().map(|place| place.id).collect();
        assert_eq!(ids, [id(1), id(2), id(3), id(5)]);
        assert_eq!(places[0].slug, "title-1-of-1");
        let rest = store.own_addresses(Viewer::Public, 3, 9).await.unwrap();
        assert_eq!((rest.len(), rest[0].id), (1, id(5)));
        store.close().await;
    });
}

#[test]
fn every_entry_of_every_log_can_be_proven() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        store
            .publish((0..300).map(|n| revision(n, 1)).collect(), &signer, at(1))
            .await
            .unwrap();
        for number in 0..600 {
            peer.put(number, 1, "theirs");
        }
        peer.pull(&store, at(2)).await;
        for (node_seq, size) in [(OWN, 300), (peer.peer.node_seq, 600)] {
            for index in [0, 1, 255, 256, 257, size - 1] {
                let found = store.inclusion(node_seq, 1, index).await.unwrap().unwrap();
                let note = Note::parse(found.note.as_bytes()).unwrap();
                let checkpoint = Checkpoint::parse(note.text).unwrap();
                assert_eq!(checkpoint.size, size);
                let leaf = tree::leaf_hash(&found.entry);
                assert!(proof::verifies(
                    leaf,
                    index,
                    size,
                    &found.proof,
                    &checkpoint.root
                ));
            }
            assert_eq!(store.inclusion(node_seq, 1, size).await.unwrap(), None);
            assert_eq!(store.inclusion(node_seq, 2, 0).await.unwrap(), None);
        }
        let last = store
            .inclusion(peer.peer.node_seq, 1, 599)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(last.entry, peer.entries[599]);
        store.close().await;
    });
}

#[test]
fn publishers_say_whose_documents_are_fresh() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        assert!(store.publishers().await.unwrap().list.is_empty());
        let signer = own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        peer.put(1, 1, "theirs");
        store
            .publish(vec![revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        peer.pull(&store, at(2)).await;
        let publishers = store.publishers().await.unwrap();
        assert_eq!(publishers.last_change, store.last_change().await.unwrap());
        let [own, theirs] = publishers.list.as_slice() else {
            panic!("{publishers:?}")
        };
        assert!(own.own && own.state.is_none());
        assert_eq!(
            (theirs.node_seq, theirs.state, theirs.last_fresh),
            (peer.peer.node_seq, Some(PeerState::Active), Some(at(2)))
        );
        store.close().await;
    });
}
