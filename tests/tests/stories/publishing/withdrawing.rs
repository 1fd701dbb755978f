//! Withdrawing: gone at once for readers, and soon from every file.

use it::{
    engine::on_each_engine,
    samples::{STUDY, parse},
    trust::{Trust, until},
};
use ledger::leaf::Why;
use node::audit::By;
use node::flows::{publish::Refusal, withdraw::withdraw};
use store::Store;

const CANARY: &str = "quetzalcoatlus";

async fn published(trust: &Trust) -> wire::DocumentId {
    let text = STUDY.replace("Survey the Wi-Fi first.", CANARY);
    let (id, _) = trust.publish(parse(&text)).await;
    // Neighbours, so that the index has segments that hold more than what is erased.
    for n in 0..5 {
        trust.publish_page(&format!("Page {n}"), "neighbour").await;
    }
    assert_eq!(trust.found(CANARY).await, [id]);
    id
}

#[test]
fn withdrawn_words_leave_every_file() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let id = published(&trust).await;
        assert!(
            !trust.files_with(CANARY).is_empty(),
            "the check would find them"
        );
        let withdrawn = trust.withdraw(id).await;
        assert_eq!(
            (withdrawn.rev, withdrawn.leaf_index, withdrawn.why.as_str()),
            (2, Some(6), "privacy")
        );
        assert!(trust.found(CANARY).await.is_empty());
        trust.node().eraser.settle().await.unwrap();
        assert!(!trust.node().eraser.is_due());
        assert_eq!(trust.files_with(CANARY), Vec::<String>::new());
        let again = withdraw(trust.node(), id, Why::Other, &By::Node)
            .await
            .unwrap()
            .unwrap();
        assert!(again.again && again.why == "privacy");
        let refused = trust.submit_text(STUDY, Some(id)).await.unwrap_err();
        assert!(
            matches!(&refused.refusal, Refusal::Withdrawn(fault) if fault.text.contains("replaces")),
            "{refused:?}"
        );
        let unknown = wire::DocumentId::generate(trust.node().now(), [7; 10]);
        assert_eq!(
            withdraw(trust.node(), unknown, Why::Other, &By::Node)
                .await
                .unwrap(),
            None
        );
    });
}

#[test]
fn an_erasure_that_was_cut_short_is_taken_up_by_the_next_start() {
    on_each_engine(async |engine| {
        let mut trust = Trust::on(engine, "ZZ1").await;
        let id = published(&trust).await;
        let identity = trust.node().identity().unwrap();
        let database = node::database(&trust.node().settings);
        trust.stop().await;
        // As if killed right after the commit: the index has not followed, and no one has asked for the erasure.
        let store = Store::open(&database).await.unwrap();
        let withdrawn = store.withdraw(
            id,
            Why::Privacy,
            &identity.signer,
            &By::Node,
            trust.clock.now(),
        );
        withdrawn.await.unwrap().unwrap();
        store.close().await;
        assert!(!trust.files_with(CANARY).is_empty());
        trust.start().await;
        until(async || trust.files_with(CANARY).is_empty()).await;
    });
}
