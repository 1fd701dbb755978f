//! What people did not find: days add up, and what is old or too much goes.

use std::time::Duration;

use audit::By;
use store::{Gap, MAX_GAP_AGE, MAX_GAPS};
use wire::Timestamp;

use crate::support::{at, on_each_engine};

fn gap(words: &str, days: u64, last_at: Timestamp) -> Gap {
    Gap {
        words: words.to_owned(),
        days,
        first_at: at(0),
        last_at,
    }
}

#[test]
fn days_add_up_and_what_is_old_or_too_much_goes() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let day = |day: u64| at(0).plus(Duration::from_secs(day * 86_400));
        let words = async |limit| {
            let gaps = store.gaps(limit).await.unwrap().into_iter();
            gaps.map(|gap| (gap.words, gap.days)).collect::<Vec<_>>()
        };
        let own = |words: &str, days: u64| (words.to_owned(), days);
        let gaps = [gap("wards", 3, day(2)), gap("beds", 3, day(3))];
        store.add_gaps(&gaps, &[], day(3)).await.unwrap();
        assert_eq!(words(9).await, [own("beds", 3), own("wards", 3)]);
        store
            .add_gaps(&[], &[gap("wards", 1, day(4))], day(4))
            .await
            .unwrap();
        let kept = store.gaps(1).await.unwrap();
        assert_eq!(kept, [gap("wards", 4, day(4))]);

        // One is removed by hand, and once only.
        assert!(store.remove_gap("wards", &By::Node, day(3)).await.unwrap());
        assert!(!store.remove_gap("wards", &By::Node, day(3)).await.unwrap());
        // Another day does not bring it back.
        let again = [gap("wards", 1, day(5))];
        store.add_gaps(&[], &again, day(5)).await.unwrap();
        assert_eq!(words(9).await, [own("beds", 3)]);
        // What was not searched for again goes after its time.
        let later = day(3).plus(MAX_GAP_AGE).plus(Duration::from_millis(1));
        store.add_gaps(&[], &[], later).await.unwrap();
        assert_eq!(words(9).await, []);

        // Those that were searched for last are kept.
        let many = |number: u32| gap(&format!("words {number}"), 3, day(u64::from(number)));
        let many: Vec<Gap> = (0..MAX_GAPS + 5).map(many).collect();
        store.add_gaps(&many, &[], day(0)).await.unwrap();
        let kept = words(MAX_GAPS + 9).await;
        assert_eq!(kept.len(), usize::try_from(MAX_GAPS).unwrap());
        assert!(!kept.contains(&own("words 4", 3)) && kept.contains(&own("words 5", 3)));
        store.remove_gaps().await.unwrap();
        assert_eq!(words(9).await, []);
        store.close().await;
    });
}
