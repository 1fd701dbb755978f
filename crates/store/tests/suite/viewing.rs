//! Who can read what: every viewer, every visibility, every method that reads for a reader.

use audit::By;
use store::{BodyByDigest, DocumentState, Listed, NewRevision, OWN, Store, StoreError};
use wire::{DocumentId, Reference, Relation, Viewer, Visibility};

use crate::{
    support::{at, on_each_engine},
    world::{id, own_node, revision},
};

/// Returns the number of the document that has this visibility. Document 9 is what they all refer to.
fn number(visibility: Visibility) -> u32 {
    match visibility {
        Visibility::Public => 1,
        Visibility::Network => 2,
        Visibility::Organisation => 3,
    }
}

fn document(store_node: &wire::NodeId, visibility: Visibility, rev: u64) -> NewRevision {
    let mut new = revision(number(visibility), rev);
    new.fields.visibility = visibility;
    new.fields.kind = "case-study".to_owned();
    new.fields.references = vec![Reference {
        relation: Relation::BasedOn,
        node: store_node.clone(),
        id: id(9),
        tried: false,
    }];
    new
}

/// What a method shows of the three documents, one by one in the order of [`Visibility::ALL`].
type Shown = [bool; 3];

fn of_ids(ids: &[DocumentId]) -> Shown {
    Visibility::ALL.map(|visibility| ids.contains(&id(number(visibility))))
}

/// Returns what every method that reads for a reader shows to this viewer.
async fn shown(store: &Store, viewer: Viewer) -> Vec<(&'static str, Shown)> {
    let own = store.own_node().await.unwrap().unwrap().node;
    let ids: Vec<DocumentId> = Visibility::ALL.map(|one| id(number(one))).to_vec();
    let keys: Vec<_> = ids.iter().map(|id| (OWN, *id)).collect();
    let mut all = Vec::new();

    let cards = store.cards(viewer, &keys).await.unwrap();
    all.push((
        "cards",
        of_ids(&cards.iter().map(|card| card.id).collect::<Vec<_>>()),
    ));
    for (name, listed) in [
        ("newest", Listed::All),
        ("newest of node", Listed::OfNode(OWN)),
    ] {
        // Card by card, so that the place of each leads to the next.
        let (mut found, mut place) = (Vec::new(), None);
        while let Some(card) = store.newest(viewer, listed, place, 1).await.unwrap().pop() {
            place = Some(card.place());
            found.push(card);
        }
        let whole = store.newest(viewer, listed, None, 9).await.unwrap();
        let times: Vec<_> = whole.iter().map(|card| (card.sort_at, card.id)).collect();
        assert!(times.is_sorted_by(|a, b| a > b), "{name}: {times:?}");
        let ids = |cards: &[store::Card]| cards.iter().map(|card| card.id).collect::<Vec<_>>();
        assert_eq!(ids(&found), ids(&whole), "{name}");
        all.push((name, of_ids(&ids(&found))));
    }
    let links = store.back_links(viewer, &own, id(9), 9).await.unwrap();
    all.push((
        "back links",
        of_ids(&links.iter().map(|link| link.card.id).collect::<Vec<_>>()),
    ));
    let addresses = store.own_addresses(viewer, 0, 9).await.unwrap();
    all.push((
        "addresses",
        of_ids(&addresses.iter().map(|one| one.id).collect::<Vec<_>>()),
    ));

    let (mut documents, mut revisions, mut digests) = ([false; 3], [false; 3], [false; 3]);
    for (place, id) in ids.iter().enumerate() {
        let document = store.document(viewer, OWN, *id).await.unwrap();
        documents[place] = document.is_some_and(|document| document.text.is_some());
        revisions[place] = !store.revisions(viewer, OWN, *id).await.unwrap().is_empty();
        let digest = revision(u32::try_from(place).unwrap() + 1, 1).body.digest();
        let found = store.body_by_digest(viewer, &digest).await.unwrap();
        digests[place] = matches!(found, BodyByDigest::Live(_));
    }
    all.push(("document", documents));
    all.push(("revisions", revisions));
    all.push(("body by digest", digests));
    let bodies = store
        .docs(viewer, 1, 0, None, 1 << 20)
        .await
        .unwrap()
        .unwrap();
    let held = |visibility| {
        bodies
            .iter()
            .any(|one| one.body == revision(number(visibility), 1).body.bytes())
    };
    all.push(("bodies of a bundle", Visibility::ALL.map(held)));
    all
}

#[test]
fn each_viewer_reads_what_is_for_them_and_nothing_else_by_any_method() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let own = store.own_node().await.unwrap().unwrap().node;
        let of = |visibility| document(&own, visibility, 1);
        store
            .publish(vec![revision(9, 1)], &signer, at(1))
            .await
            .unwrap();
        store
            .publish(vec![of(Visibility::Public)], &signer, at(2))
            .await
            .unwrap();
        store
            .keep_local(vec![of(Visibility::Organisation)], &signer, at(3))
            .await
            .unwrap();
        store
            .publish(vec![of(Visibility::Network)], &signer, at(4))
            .await
            .unwrap();
        for (viewer, expected) in [
            (Viewer::Public, [true, false, false]),
            (Viewer::Peer, [true, true, false]),
            (Viewer::Staff, [true, true, true]),
        ] {
            for (method, found) in shown(&store, viewer).await {
                // What is kept here is in no log, so that its feed has it for no one.
                let expected = match method {
                    "body by digest" | "bodies of a bundle" => [expected[0], expected[1], false],
                    _ => expected,
                };
                assert_eq!(found, expected, "{viewer:?}: {method}");
            }
            // Document 9 is public.
            let readable = 1 + expected.iter().filter(|one| **one).count() as u64;
            let counts = store.counts(viewer).await.unwrap();
            assert_eq!(
                (counts.documents, counts.own_documents),
                (readable, readable)
            );
            let organisations = store.organisations(viewer).await.unwrap();
            let newest = if viewer == Viewer::Public {
                at(2)
            } else {
                at(4)
            };
            let found = (organisations[0].documents, organisations[0].newest);
            assert_eq!(found, (readable, Some(newest)), "{viewer:?}");
        }
        store.close().await;
    });
}

#[test]
fn a_document_that_is_no_longer_for_a_viewer_is_gone_for_them_with_its_history() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .publish(vec![revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        let mut narrowed = revision(1, 2);
        narrowed.fields.visibility = Visibility::Network;
        store.publish(vec![narrowed], &signer, at(2)).await.unwrap();
        for (viewer, revisions) in [(Viewer::Public, 0), (Viewer::Peer, 2), (Viewer::Staff, 2)] {
            let found = store.revisions(viewer, OWN, id(1)).await.unwrap();
            assert_eq!(found.len(), revisions, "{viewer:?}");
            let document = store.document(viewer, OWN, id(1)).await.unwrap();
            assert_eq!(document.is_some(), revisions > 0);
        }
        store.close().await;
    });
}

#[test]
fn what_was_kept_here_and_withdrawn_is_known_to_staff_only() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let own = store.own_node().await.unwrap().unwrap().node;
        let kept = document(&own, Visibility::Organisation, 1);
        store.keep_local(vec![kept], &signer, at(1)).await.unwrap();
        let why = ledger::leaf::Why::Privacy;
        store
            .withdraw(id(3), why, &signer, &By::Node, at(2))
            .await
            .unwrap();
        for (viewer, known) in [(Viewer::Public, 0), (Viewer::Peer, 0), (Viewer::Staff, 1)] {
            assert_eq!(
                store.withdrawn(viewer, 9).await.unwrap().len(),
                known,
                "{viewer:?}"
            );
            let document = store.document(viewer, OWN, id(3)).await.unwrap();
            let states = document.map(|document| (document.state, document.text.is_none()));
            let tombstone = (DocumentState::Withdrawn, true);
            assert_eq!(states, (known == 1).then_some(tombstone), "{viewer:?}");
        }
        store.close().await;
    });
}

#[test]
fn only_what_is_for_this_organisation_alone_is_kept_from_the_log() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let own = store.own_node().await.unwrap().unwrap().node;
        for visibility in Visibility::ALL {
            let new = || vec![document(&own, visibility, 1)];
            let refused = if visibility == Visibility::Organisation {
                store.publish(new(), &signer, at(1)).await.unwrap_err()
            } else {
                store.keep_local(new(), &signer, at(1)).await.unwrap_err()
            };
            assert!(
                matches!(refused, StoreError::WrongVisibility(_)),
                "{refused}"
            );
        }
        assert_eq!(store.counts(Viewer::Staff).await.unwrap().documents, 0);
        store.close().await;
    });
}
