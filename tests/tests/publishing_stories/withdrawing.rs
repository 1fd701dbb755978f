//! Withdrawing: gone at once for readers, and soon from every file.

use ledger::leaf::Why;
use node::flows::withdraw::withdraw;
use tokio_util::sync::CancellationToken;

use crate::world::{STUDY, World, on_each_engine};

const CANARY: &str = "quetzalcoatlus";

async fn published(world: &World) -> wire::DocumentId {
    let text = STUDY.replace("Survey the Wi-Fi first.", CANARY);
    let id = world.publish(&text, None).await.unwrap().id;
    // Neighbours, so that the index has segments that hold more than what is erased.
    for n in 0..5 {
        world
            .publish(&format!("# Page {n}\n\nneighbour {n}"), None)
            .await
            .unwrap();
    }
    assert_eq!(world.found(CANARY).await, [id]);
    id
}

#[test]
fn withdrawn_words_leave_every_file() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let id = published(&world).await;
        assert!(
            !world.files_with(CANARY).is_empty(),
            "the check would find them"
        );
        let withdrawn = withdraw(&world.node, id, Why::Privacy)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (withdrawn.rev, withdrawn.leaf_index, withdrawn.why.as_str()),
            (2, Some(6), "privacy")
        );
        assert!(world.found(CANARY).await.is_empty());
        world.node.eraser.settle().await.unwrap();
        assert!(!world.node.eraser.is_due());
        assert_eq!(world.files_with(CANARY), Vec::<std::path::PathBuf>::new());
        let again = withdraw(&world.node, id, Why::Other)
            .await
            .unwrap()
            .unwrap();
        assert!(again.again && again.why == "privacy");
        let refused = world.publish(STUDY, Some(id)).await.unwrap_err();
        assert!(
            refused.withdrawn && refused.faults[0].text.contains("replaces"),
            "{refused:?}"
        );
        let unknown = wire::DocumentId::generate(world.node.now(), [7; 10]);
        assert_eq!(
            withdraw(&world.node, unknown, Why::Other).await.unwrap(),
            None
        );
    });
}

#[test]
fn an_erasure_that_was_cut_short_is_taken_up_by_the_next_start() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let id = published(&world).await;
        // As if killed right after the commit: nobody was asked to erase.
        let identity = world.node.identity().unwrap();
        let now = world.node.now();
        world
            .node
            .store
            .withdraw(id, Why::Privacy, &identity.signer, now)
            .await
            .unwrap()
            .unwrap();
        let world = world.reopened().await;
        if world.keeps_words_in_files() {
            assert!(!world.files_with(CANARY).is_empty());
        }
        assert!(world.node.eraser.is_due());
        let stop = CancellationToken::new();
        let (node, token) = (world.node.clone(), stop.clone());
        let running = tokio::spawn(async move { node.eraser.run(&token).await });
        while world.node.eraser.is_due() {
            tokio::task::yield_now().await;
        }
        assert_eq!(world.files_with(CANARY), Vec::<std::path::PathBuf>::new());
        stop.cancel();
        running.await.unwrap();
    });
}
