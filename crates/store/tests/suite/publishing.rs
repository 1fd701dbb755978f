//! This node's own documents: publishing, keeping, the log that says so, and what is served of it.

use audit::By;
use std::{collections::BTreeSet, sync::Arc};

use ledger::{
    leaf::{self, Entry, Leaf},
    tile,
    tree::{self, Frontier},
};
use store::{
    BodyByDigest, ChangeKind, DocumentState, HashedBody, Held, LeafBody, NewRevision, OWN, Store,
    StoreError,
};
use wire::{Digest, Kept, Viewer, Visibility};

use crate::{
    support::{at, on_each_engine},
    world::{body, id, local_revision, own_node, revision},
};

/// Returns all leaves of the own log, read back from what is served.
async fn leaves(store: &Store) -> Vec<Leaf> {
    let size = store.log_head(OWN, 1).await.unwrap().size;
    let mut leaves = Vec::new();
    for n in 0..size.div_ceil(256) {
        let width = u8::try_from((size - n * 256).min(256)).ok();
        let bundle = store.bundle(1, n, width).await.unwrap().unwrap();
        for entry in tile::decode_bundle(&bundle).unwrap() {
            let Entry::Leaf(leaf) = leaf::read(entry) else {
                panic!("not a leaf")
            };
            leaves.push(leaf);
        }
    }
    leaves
}

#[test]
fn a_published_document_is_in_the_log_the_checkpoint_the_lists_and_the_index_queue() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let new = revision(1, 1);
        let bytes = new.body.bytes().to_vec();
        let published = store.publish(vec![new], &signer, at(5)).await.unwrap();
        let (leaf_index, digest) = (published[0].leaf_index, published[0].digest);
        assert_eq!((leaf_index, digest), (Some(0), Digest::for_bytes(&bytes)));
        store.close().await;

        let store = database.open().await;
        let head = store.log_head(OWN, 1).await.unwrap();
        let put = Leaf::Put {
            id: id(1),
            rev: 1,
            t: at(5),
            doc: digest,
            len: bytes.len() as u64,
        };
        assert_eq!(leaves(&store).await, [put]);
        assert_eq!(head.root, tree::leaf_hash(&put.encode()));
        assert_eq!(head.note, store.checkpoint(1).await.unwrap());
        assert_eq!(head.note, Some(signer.sign(1, &head.root, at(5))));
        let document = store
            .document(Viewer::Public, OWN, id(1))
            .await
            .unwrap()
            .unwrap();
        assert!(document.text.is_some());
        let provenance = document.provenance.as_ref().unwrap();
        assert_eq!((provenance.leaf_index, provenance.log_size), (0, 1));
        let text = document.text.unwrap();
        assert_eq!(text.body, bytes);
        let cards = store.cards(Viewer::Public, &[(OWN, id(1))]).await.unwrap();
        assert_eq!(
            (cards[0].title.as_str(), cards[0].owner.handle.as_str()),
            ("Title 1 of 1", "xx1")
        );
        let changes = store.changes_after(0, 10).await.unwrap();
        let ChangeKind::Put(changed) = &changes[0].kind else {
            panic!("no put")
        };
        assert_eq!(
            (&changed.body, changed.rev, changed.sort_at),
            (&bytes, 1, at(5))
        );
        let docs = store
            .docs(Viewer::Public, 1, 0, None, 1 << 23)
            .await
            .unwrap()
            .unwrap();
        let only = LeafBody {
            leaf_index: 0,
            body: bytes.clone(),
        };
        assert_eq!(docs, [only]);
        assert_eq!(
            store.body_by_digest(Viewer::Public, &digest).await.unwrap(),
            BodyByDigest::Live(bytes)
        );
        store.close().await;
    });
}

#[test]
fn many_documents_share_one_transaction_and_one_signature() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .publish((0..10).map(|n| revision(n, 1)).collect(), &signer, at(1))
            .await
            .unwrap();
        let many = (10..700).map(|n| revision(n, 1)).collect();
        let published = store.publish(many, &signer, at(2)).await.unwrap();
        let indexes: Vec<_> = published.iter().filter_map(|one| one.leaf_index).collect();
        assert_eq!(indexes, (10..700).collect::<Vec<u64>>());
        assert_eq!(leaves(&store).await.len(), 700);
        assert_eq!(
            store.counts(Viewer::Public).await.unwrap().own_documents,
            700
        );
        let mut after = 0;
        for expected in [[0, 300], [300, 600], [600, 700]] {
            let changes = store.changes_after(after, 300).await.unwrap();
            let ids: Vec<_> = changes.iter().map(|change| change.id).collect();
            assert_eq!(ids, (expected[0]..expected[1]).map(id).collect::<Vec<_>>());
            after = changes.last().unwrap().change_seq;
        }
        assert_eq!(after, store.last_change().await.unwrap());
        store.close().await;
    });
}

#[test]
fn eight_writers_of_a_hundred_documents_leave_no_gap() {
    on_each_engine(|database| async move {
        let store = Arc::new(database.open().await);
        let signer = Arc::new(own_node(&store).await);
        let reader = {
            let store = Arc::clone(&store);
            // What a reader has seen of the queue is never added to before that place.
            tokio::spawn(async move {
                let (mut seen, mut after) = (0, 0);
                while seen < 800 {
                    for change in store.changes_after(after, 50).await.unwrap() {
                        assert!(change.change_seq > after);
                        after = change.change_seq;
                        seen += 1;
                    }
                }
                after
            })
        };
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (store, signer) = (Arc::clone(&store), Arc::clone(&signer));
                tokio::spawn(async move {
                    let mut indexes = Vec::new();
                    for number in writer * 100..writer * 100 + 100 {
                        let published = store
                            .publish(vec![revision(number, 1)], &signer, at(1))
                            .await
                            .unwrap();
                        indexes.push(published[0].leaf_index.unwrap());
                    }
                    indexes
                })
            })
            .collect();
        let mut indexes = BTreeSet::new();
        for writer in writers {
            indexes.extend(writer.await.unwrap());
        }
        assert_eq!(indexes, (0..800).collect());
        assert_eq!(reader.await.unwrap(), 800);
        let mut frontier = Frontier::new();
        for leaf in leaves(&store).await {
            frontier.push(tree::leaf_hash(&leaf.encode()));
        }
        assert_eq!(frontier.root(), store.log_head(OWN, 1).await.unwrap().root);
        store.close().await;
    });
}

#[test]
fn a_lost_update_writes_nothing_and_says_what_is_held() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .publish(vec![revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        store
            .publish(vec![revision(1, 2)], &signer, at(2))
            .await
            .unwrap();
        for (batch, held) in [
            (vec![revision(2, 1), revision(1, 2)], 2),
            (vec![revision(1, 4)], 2),
            (vec![revision(3, 2)], 0),
        ] {
            let error = store.publish(batch, &signer, at(3)).await.unwrap_err();
            assert!(
                matches!(&error, StoreError::Stale { held: h, .. } if *h == held),
                "{error}"
            );
        }
        let twice = vec![revision(5, 1), revision(5, 1)];
        let error = store.publish(twice, &signer, at(3)).await.unwrap_err();
        assert!(matches!(error, StoreError::DuplicateInBatch(_)), "{error}");
        assert_eq!(store.log_head(OWN, 1).await.unwrap().size, 2);
        assert_eq!(store.last_change().await.unwrap(), 2);
        assert!(
            store
                .document(Viewer::Public, OWN, id(2))
                .await
                .unwrap()
                .is_none()
        );
        store.close().await;
    });
}

#[test]
fn the_origin_keeps_its_history_and_the_feed_answers_gone_for_it() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        for rev in 1..=3 {
            let held = store.held(&[id(1)]).await.unwrap().remove(&id(1));
            assert_eq!(Held::next_rev(held, Kept::InLog), rev);
            let now = at(i64::try_from(rev).unwrap());
            store
                .publish(vec![revision(1, rev)], &signer, now)
                .await
                .unwrap();
        }
        let first = revision(1, 1).body.digest();
        assert_eq!(
            store.body_by_digest(Viewer::Public, &first).await.unwrap(),
            BodyByDigest::Gone
        );
        assert_eq!(
            store
                .body_by_digest(Viewer::Public, &Digest::for_bytes(b"?"))
                .await
                .unwrap(),
            BodyByDigest::Unknown
        );
        let docs = store
            .docs(Viewer::Public, 1, 0, None, 1 << 23)
            .await
            .unwrap()
            .unwrap();
        let last = LeafBody {
            leaf_index: 2,
            body: revision(1, 3).body.bytes().to_vec(),
        };
        assert_eq!(docs, [last]);
        let history = store.revisions(Viewer::Public, OWN, id(1)).await.unwrap();
        let revs: Vec<_> = history
            .iter()
            .map(|one| (one.rev, one.leaf_index, one.held))
            .collect();
        assert_eq!(
            revs,
            [(3, Some(2), true), (2, Some(1), true), (1, Some(0), true)]
        );
        let document = store
            .document(Viewer::Public, OWN, id(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (document.published, document.first_seen, document.changed_at),
            (Some(at(1)), at(1), at(3))
        );
        assert_eq!(store.changes_after(0, 9).await.unwrap().len(), 1);
        store.close().await;
    });
}

#[test]
fn what_is_for_peers_only_leaves_by_no_public_way() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut network = revision(1, 1);
        network.fields.visibility = Visibility::Network;
        let bytes = network.body.bytes().to_vec();
        store.publish(vec![network], &signer, at(1)).await.unwrap();
        let digest = Digest::for_bytes(&bytes);
        assert_eq!(
            store.body_by_digest(Viewer::Public, &digest).await.unwrap(),
            BodyByDigest::Protected
        );
        assert!(
            store
                .docs(Viewer::Public, 1, 0, None, 99)
                .await
                .unwrap()
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            store
                .docs(Viewer::Peer, 1, 0, None, 99)
                .await
                .unwrap()
                .unwrap()
                .len(),
            1
        );
        assert!(
            store
                .cards(Viewer::Public, &[(OWN, id(1))])
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            store
                .newest(Viewer::Public, store::Listed::All, None, 9)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(store.counts(Viewer::Public).await.unwrap().documents, 0);
        assert!(
            store
                .document(Viewer::Public, OWN, id(1))
                .await
                .unwrap()
                .is_none()
        );
        store.close().await;
    });
}

#[test]
fn what_is_kept_here_is_in_no_log_until_it_is_published() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let local = |rev| {
            let mut new = revision(1, rev);
            new.fields.visibility = Visibility::Organisation;
            new
        };
        for rev in [1, 2] {
            let kept = store
                .keep_local(vec![local(rev)], &signer, at(1))
                .await
                .unwrap();
            assert_eq!(kept[0].leaf_index, None);
        }
        let stale = store
            .keep_local(vec![local(2)], &signer, at(1))
            .await
            .unwrap_err();
        assert!(
            matches!(stale, StoreError::Stale { held: 2, .. }),
            "{stale}"
        );
        assert_eq!(store.log_head(OWN, 1).await.unwrap().size, 0);
        let digest = local(2).body.digest();
        assert_eq!(
            store.body_by_digest(Viewer::Public, &digest).await.unwrap(),
            BodyByDigest::Unknown
        );
        assert!(
            store
                .cards(Viewer::Public, &[(OWN, id(1))])
                .await
                .unwrap()
                .is_empty()
        );
        let ChangeKind::Put(changed) = &store.changes_after(0, 9).await.unwrap()[0].kind else {
            panic!("no put")
        };
        let shown = (changed.state, changed.visibility);
        assert_eq!(shown, (DocumentState::Local, Visibility::Organisation));

        let held = store.held(&[id(1)]).await.unwrap().remove(&id(1));
        assert_eq!(
            (
                Held::next_rev(held, Kept::InLog),
                Held::next_rev(held, Kept::HereOnly)
            ),
            (1, 3)
        );
        let public = NewRevision {
            body: HashedBody::new(body(1, 1, "public")),
            ..revision(1, 1)
        };
        store.publish(vec![public], &signer, at(2)).await.unwrap();
        let error = store
            .keep_local(vec![local(1)], &signer, at(3))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::AlreadyPublished(_)), "{error}");
        store.close().await;
    });
}

#[test]
fn answers_are_filled_to_their_limit_and_go_on_after_it() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .publish((0..300).map(|n| revision(n, 1)).collect(), &signer, at(1))
            .await
            .unwrap();
        let (mut after, mut lines, mut answers) = (None, Vec::new(), 0);
        loop {
            let docs = store
                .docs(Viewer::Public, 1, 0, after, 4000)
                .await
                .unwrap()
                .unwrap();
            let Some(last) = docs.last() else { break };
            assert!(docs.iter().map(|one| one.body.len() + 1).sum::<usize>() <= 4000);
            after = Some(last.leaf_index);
            answers += 1;
            lines.extend(docs.into_iter().map(|one| one.leaf_index));
        }
        assert_eq!(lines, (0..256).collect::<Vec<u64>>());
        assert!(answers > 5);
        // A body beyond the limit is still sent, alone.
        assert_eq!(
            store
                .docs(Viewer::Public, 1, 1, Some(298), 1)
                .await
                .unwrap()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            store.docs(Viewer::Public, 1, 9, None, 1).await.unwrap(),
            Some(Vec::new())
        );
        assert_eq!(
            store.docs(Viewer::Public, 2, 0, None, 1).await.unwrap(),
            None
        );
        store.close().await;
    });
}

#[test]
fn a_renewed_checkpoint_says_the_same_at_a_later_time() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let empty = store.log_head(OWN, 1).await.unwrap();
        assert_eq!(
            (empty.size, empty.root),
            (0, *Digest::for_bytes(b"").as_bytes())
        );
        store
            .publish(vec![revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        let before = store.log_head(OWN, 1).await.unwrap();
        let note = store.renew_checkpoint(&signer, at(900)).await.unwrap();
        let after = store.log_head(OWN, 1).await.unwrap();
        assert_eq!((after.size, after.root), (before.size, before.root));
        assert_eq!((after.note, after.timestamp), (Some(note), Some(at(900))));
        store.close().await;
    });
}

#[test]
fn no_checkpoint_is_dated_before_one_that_a_peer_may_hold() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        // A batch takes its time, a withdrawal commits meanwhile, then the batch commits. Further ahead than peers take
        // is a clock that was wrong.
        for (number, now, expected) in [
            (1, 101, 101),
            (2, 100, 101),
            (3, 1000, 1000),
            (4, 700, 1000),
            (5, 699, 699),
            (6, 710, 710),
        ] {
            let batch = vec![revision(number, 1)];
            store.publish(batch, &signer, at(now)).await.unwrap();
            let head = store.log_head(OWN, 1).await.unwrap();
            assert_eq!(head.timestamp, Some(at(expected)), "published at {now}");
            let note = signer.sign(head.size, &head.root, at(expected));
            assert_eq!(head.note, Some(note), "published at {now}");
        }
        for (now, expected) in [(709, 710), (410, 710), (409, 409)] {
            let note = store.renew_checkpoint(&signer, at(now)).await.unwrap();
            let head = store.log_head(OWN, 1).await.unwrap();
            assert_eq!(head.timestamp, Some(at(expected)), "renewed at {now}");
            assert_eq!(note, signer.sign(6, &head.root, at(expected)));
        }
        store.close().await;
    });
}

#[test]
fn own_documents_are_read_with_their_private_parts() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .publish(vec![revision(1, 1), revision(2, 1)], &signer, at(1))
            .await
            .unwrap();
        store
            .keep_local(vec![local_revision(3, 1)], &signer, at(1))
            .await
            .unwrap();
        store
            .withdraw(id(2), ledger::leaf::Why::Error, &signer, &By::Node, at(2))
            .await
            .unwrap();
        let own = store
            .own_documents(&[id(1), id(2), id(3), id(4)])
            .await
            .unwrap();
        assert_eq!(own.len(), 3);
        assert_eq!(own[&id(1)].leaf_index, Some(0));
        assert_eq!(own[&id(1)].slug.as_deref(), Some("title-1-of-1"));
        assert_eq!(
            (own[&id(2)].state, own[&id(2)].slug.as_deref()),
            (DocumentState::Withdrawn, None)
        );
        assert_eq!(
            (own[&id(3)].state, own[&id(3)].leaf_index),
            (DocumentState::Local, None)
        );
        let first = store.own_texts(None, 1).await.unwrap();
        assert_eq!(
            first.iter().map(|text| text.id).collect::<Vec<_>>(),
            [id(1)]
        );
        assert_eq!(first[0].private.as_deref(), Some("private 1"));
        let rest = store.own_texts(Some(id(1)), 9).await.unwrap();
        assert_eq!(rest.iter().map(|text| text.id).collect::<Vec<_>>(), [id(3)]);
        let some = store.own_texts_of(&[id(1), id(2)]).await.unwrap();
        assert_eq!(some.into_values().collect::<Vec<_>>(), first);
        store.close().await;
    });
}
