//! Reminders: each is claimed once, and goes when no one can be reminded of it any more.

use audit::By;
use ledger::leaf::Why;
use store::{ReminderStep, Store};
use wire::{AccountId, Date, DocumentId};

use crate::{
    support::{at, on_each_engine},
    world::{id, own_node, revision},
};

fn ann() -> AccountId {
    AccountId::generate(at(0), [1; 10])
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// Publishes a document whose review is due on a day.
async fn due(
    store: &Store,
    signer: &ledger::checkpoint::Signer,
    (number, rev): (u32, u64),
    by: &str,
) {
    let mut revision = revision(number, rev);
    revision.fields.review_by = Some(day(by));
    store.publish(vec![revision], signer, at(1)).await.unwrap();
}

#[test]
fn a_reminder_goes_with_its_day_and_with_its_document() {
    on_each_engine(async |database| {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let claim = async |document: DocumentId, due: &str| {
            let reminder = (document, day(due), ReminderStep::After);
            store
                .claim_reminder(reminder, ann(), at(10), at(5))
                .await
                .unwrap()
        };
        for number in [1, 2, 3] {
            due(&store, &signer, (number, 1), "2026-01-01").await;
            assert!(claim(id(number), "2026-01-01").await);
            assert!(!claim(id(number), "2026-01-01").await, "once");
        }
        // The first is still overdue, the second was reviewed, and the third is withdrawn.
        due(&store, &signer, (2, 2), "2027-01-01").await;
        store
            .withdraw(id(3), Why::Error, &signer, &By::Node, at(11))
            .await
            .unwrap();
        assert!(
            claim(id(3), "2026-01-01").await,
            "it went with the document"
        );
        assert_eq!(
            store.delete_old_reminders(at(9)).await.unwrap(),
            0,
            "too new"
        );
        assert_eq!(store.delete_old_reminders(at(10)).await.unwrap(), 2);
        assert!(!claim(id(1), "2026-01-01").await, "no one is asked twice");
        store.close().await;
    });
}
