//! Any two versions of a page, next to each other.

use std::time::Duration;

use domain::Document;
use it::{
    engine::{Engine, on_each_engine},
    trust::Trust,
};
use wire::{Viewer, Visibility};

fn page(title: &str, text: &str) -> Document {
    Document::page(title, text)
}

#[test]
fn any_two_versions_are_compared_for_those_who_can_read_them() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (id, path) = trust
            .publish(page("Night rounds", "We walk at <b>two</b>."))
            .await;
        trust
            .revise(id, page("Night rounds", "We walk at three."))
            .await;
        trust
            .revise(id, page("Night rounds", "We walk at three, quietly."))
            .await;
        let shown = trust.get(&path).await.text;
        let address = format!("/versions/{id}");
        assert!(shown.contains(&address), "{shown}");
        // Without a choice the last two, each change marked and said.
        let last = trust.get(&address).await;
        assert_eq!(last.status, 200);
        assert!(
            last.text
                .contains("What changed from version 2 to version 3"),
            "{}",
            last.text
        );
        assert!(last.text.contains("Added: </span>"), "{}", last.text);
        let all = trust.get(&format!("{address}?from=1.1&to=1.3")).await.text;
        assert!(
            all.contains("Removed: </span>") && !all.contains("<b>two</b>"),
            "{all}"
        );
        for query in [
            "from=9.9&to=1.1",
            "from=&to=",
            "from=%00",
            "from[]=1",
            "to=1.1",
        ] {
            assert_eq!(
                trust.get(&format!("{address}?{query}")).await.status,
                200,
                "{query}"
            );
        }
        for other in ["x", "0193e3a0-5b7c-7cc0-8b2f-0d9c8a3f1e11"] {
            assert_eq!(
                trust.get(&format!("/versions/{other}")).await.status,
                404,
                "{other}"
            );
        }
        trust.withdraw(id).await;
        assert_eq!(trust.get(&address).await.status, 410);
    });
}

#[test]
fn where_links_lead_is_compared_apart_from_the_words_and_named_by_titles_that_a_reader_can_see() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (known, _) = trust.publish(page("Downtime forms", "On paper.")).await;
        let mut inside = page("Lift codes of wombats", "The code.");
        inside.common.visibility = Visibility::Organisation;
        let (hidden, _) = trust.publish(inside).await;
        let (id, _) = trust
            .publish(page("Night rounds", "An evaluation is due in March."))
            .await;
        let text = format!("Forms: [the forms](/d/{known}), [the codes](/d/{hidden}).");
        trust.revise(id, page("Night rounds", &text)).await;
        let shown = trust.get(&format!("/versions/{id}")).await.text;
        // Nothing that was removed from the text is in the line of a link.
        for line in [
            "Added: </span>Link “the forms” to the page “Downtime forms”</ins>".to_owned(),
            format!("Added: </span>Link “the codes” to /d/{hidden}</ins>"),
        ] {
            assert!(shown.contains(&line), "{shown}");
        }
        assert!(!shown.contains("wombats"), "{shown}");
        assert!(!shown.contains(&format!("to /d/{known}")), "{shown}");
    });
}

#[test]
fn a_version_that_was_for_fewer_readers_stays_with_them() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let mut inside = page("Lift codes", "The code is wombat.");
        inside.common.visibility = Visibility::Network;
        let (id, _) = trust.publish(inside).await;
        trust
            .revise(id, page("Lift codes", "Ask the porter."))
            .await;
        let address = format!("/versions/{id}?from=1.1&to=1.2");
        let public = trust.get(&address).await.text;
        assert!(!public.contains("wombat"), "{public}");
        let staff = trust.get_as(Viewer::Staff, &address).await.text;
        assert!(staff.contains("wombat"), "{staff}");
        let mut local = page("Rota", "The rota is numbat.");
        local.common.visibility = Visibility::Organisation;
        let (id, _) = trust.publish(local).await;
        assert_eq!(trust.get(&format!("/versions/{id}")).await.status, 404);
    });
}

#[test]
fn comparing_hostile_texts_takes_little_time() {
    on_each_engine(async |engine| {
        if engine == Engine::Postgres {
            return;
        }
        let trust = Trust::on(engine, "ZZ1").await;
        let words = |step: usize| -> String {
            let each = (0..12_000).map(|n: usize| format!("w{} ", (n * step) % 7_919));
            each.collect()
        };
        let (id, _) = trust.publish(page("Many words", &words(31))).await;
        trust.revise(id, page("Many words", &words(57))).await;
        let begun = std::time::Instant::now();
        let answer = trust.get(&format!("/versions/{id}")).await;
        assert_eq!(answer.status, 200);
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{:?}",
            begun.elapsed()
        );
    });
}
