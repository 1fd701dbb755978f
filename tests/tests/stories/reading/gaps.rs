//! What people search for on several days and do not find is shown to those who write, without who searched.

use std::time::Duration;

use it::{samples::page, setup::Setup, trust::Trust};
use node::flows::gaps;
use wire::Role;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Searches for something on so many days.
async fn search_on_days(trust: &Trust, days: u32, words: &str) {
    for _ in 0..days {
        let path = format!("/search?q={}", words.replace(' ', "+"));
        assert_eq!(trust.get(&path).await.status, 200);
        trust.advance(DAY);
    }
}

#[tokio::test]
async fn what_is_not_found_on_three_days_is_shown_to_those_who_write() {
    let mut trust = Setup::new("ZZ1").start().await;
    trust
        .publish(page("Dental chairs", "Chairs were replaced."))
        .await;
    // No page has both words; one has the first.
    search_on_days(&trust, 3, "dental waterlines").await;
    // On too few days, found, with a filter, or what may be the name or number of a person.
    search_on_days(&trust, 2, "hoverboards").await;
    search_on_days(&trust, 3, "dental chairs").await;
    search_on_days(&trust, 3, "hoists&result=worked").await;
    search_on_days(&trust, 3, "943 476 5919").await;
    search_on_days(&trust, 3, "mrs ellis").await;
    gaps::write(trust.node()).await;
    let known = trust.node().store.gaps(99).await.unwrap();
    let words: Vec<_> = known
        .iter()
        .map(|gap| (gap.words.as_str(), gap.days))
        .collect();
    assert_eq!(words, [("dental waterlines", 3)]);

    // Those who write see it, and editors remove it.
    assert_eq!(trust.get("/gaps").await.status, 303);
    let browser = trust.signed_in(Role::Contributor).await;
    let shown = browser.get(&trust, "/gaps").await;
    assert!(shown.text.contains("/search?q=dental+waterlines"));
    assert!(!shown.text.contains("Remove"));
    let browser = trust.signed_in(Role::Editor).await;
    assert!(browser.get(&trust, "/gaps").await.text.contains("Remove"));
    let answer = browser
        .post(&trust, "/gaps", &[("words", "dental waterlines")])
        .await;
    assert_eq!(answer.status, 303);
    let empty = browser.get(&trust, "/gaps").await.text;
    assert!(empty.contains("There is nothing here yet"));

    // Where it is switched off, nothing is counted, and nothing is left.
    search_on_days(&trust, 3, "hoverboards").await;
    gaps::write(trust.node()).await;
    assert_eq!(trust.node().store.gaps(99).await.unwrap().len(), 1);
    trust.change(|settings| settings.search.gaps = false);
    trust.restart().await;
    search_on_days(&trust, 3, "unicycles").await;
    gaps::write(trust.node()).await;
    let store = &trust.node().store;
    it::trust::until(async || store.gaps(99).await.unwrap().is_empty()).await;
}
