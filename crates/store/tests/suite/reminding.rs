//! Reminders: each is claimed once, and goes when no one can be reminded of it any more.

use audit::By;
use ledger::leaf::Why;
use store::{ReminderStep, Store, ValidClaims};
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

/// Returns what counts at a second: five seconds each way.
fn valid(now: i64) -> ValidClaims {
    ValidClaims {
        after: at(now - 5),
        before: at(now + 5),
    }
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
                .claim_reminder(reminder, ann(), at(10), valid(10))
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

#[test]
fn a_claim_counts_for_a_while_and_not_once_the_clock_was_set_back() {
    on_each_engine(async |database| {
        let store = database.open().await;
        let signer = own_node(&store).await;
        due(&store, &signer, (1, 1), "2026-01-01").await;
        let reminder = (id(1), day("2026-01-01"), ReminderStep::Due);
        let to_remind = async |now: i64| {
            let days = (None, day("2026-01-01"));
            let found = store
                .to_remind(ReminderStep::Due, days, valid(now), 9)
                .await;
            !found.unwrap().is_empty()
        };
        for (now, is_free) in [(1_000, true), (1_004, false), (1_005, true), (990, true)] {
            assert_eq!(to_remind(now).await, is_free, "at {now}");
            let claimed = store.claim_reminder(reminder, ann(), at(now), valid(now));
            assert_eq!(claimed.await.unwrap(), is_free, "at {now}");
        }
        store.reminder_sent(reminder, at(990)).await.unwrap();
        assert!(!to_remind(2_000).await, "it was sent");
        store.close().await;
    });
}
