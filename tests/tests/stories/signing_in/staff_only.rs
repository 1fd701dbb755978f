//! Search of what is for this node's staff only: they find it above the results for everyone, and no one else does.

use domain::{Document, vocabulary::Visibility};
use it::{browser::Browser, engine::on_each_engine, samples::page, trust::Trust};
use wire::Role;

const LIST: &str = "id=\"staff-only\"";

fn kept(title: &str, visibility: Visibility) -> Document {
    let mut document = page(title, "xylophonic rota of the go-live weekend");
    document.common.visibility = visibility;
    document
}

/// The titles that a reader finds among what is for staff only.
async fn found(browser: &Browser, trust: &Trust, words: &str) -> Vec<String> {
    let path = format!("/api/v1/search?staff_only=yes&q={words}");
    let answer = browser.get(trust, &path).await.json();
    let hits = answer["hits"].as_array().unwrap().iter();
    let mut titles: Vec<_> = hits
        .map(|hit| hit["title"].as_str().unwrap().to_owned())
        .collect();
    titles.sort();
    titles
}

#[test]
fn staff_find_what_is_for_them_above_the_results_for_everyone_and_no_one_else_does() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        trust
            .publish(page("Rota for everyone", "open rota words"))
            .await;
        let house = kept("Rota in the house", Visibility::Organisation);
        let (_, path) = trust.publish(house).await;
        let network = kept("Rota in the network", Visibility::Network);
        trust.publish(network).await;
        let reader = trust.signed_in(Role::Reader).await;
        let stranger = Browser::default();

        let mixed = reader.get(&trust, "/search?q=rota").await.text;
        assert!(mixed.contains(LIST), "{mixed}");
        assert!(mixed.contains(&format!("<a href=\"{path}\">Rota in the house</a>")));
        assert!(
            mixed.contains("1 result for “rota”"),
            "they are not counted: {mixed}"
        );
        // No licence is open to others.
        let house = reader.get(&trust, &path).await.text;
        assert!(
            house.contains("only, and not for use elsewhere."),
            "{house}"
        );
        for words in ["Open Government Licence v3.0.", "open-government-licence"] {
            assert!(!house.contains(words), "{words}: {house}");
        }
        let none = reader.get(&trust, "/search?q=open").await.text;
        assert!(!none.contains(LIST), "{none}");

        let only = reader.get(&trust, "/search?q=rota&staff_only=yes").await;
        assert!(only.text.contains("2 results for “rota”"), "{}", only.text);
        let named = only.text.matches("Published here, for staff only").count();
        assert_eq!(named, 2, "{}", only.text);
        assert!(
            only.text
                .contains("Remove filter </span>For our staff only")
        );
        assert!(
            !only.text.contains("/search.atom"),
            "a feed reader does not sign in"
        );
        assert_eq!(only.header("cache-control"), "private, no-store");
        let all = ["Rota in the house", "Rota in the network"];
        assert_eq!(found(&reader, &trust, "").await, all);
        assert_eq!(found(&reader, &trust, "xylophnic").await, all, "corrected");

        // In turns, so that a cache would be seen.
        let strangers = stranger
            .get(&trust, "/search?q=rota&staff_only=yes")
            .await
            .text;
        assert!(strangers.contains("Sign in to search what is for our staff only"));
        assert!(strangers.contains("1 result for “rota”"), "{strangers}");
        assert!(!strangers.contains("in the house"), "{strangers}");
        assert_eq!(
            found(&stranger, &trust, "rota").await,
            ["Rota for everyone"]
        );
        assert_eq!(found(&stranger, &trust, "xylophonic").await, [""; 0]);
    });
}

#[test]
fn the_index_for_staff_follows_the_database_and_is_erased_like_the_other() {
    on_each_engine(async |engine| {
        let mut trust = Trust::on(engine, "ZZ1").await;
        let (id, _) = trust
            .publish(kept("Rota one", Visibility::Organisation))
            .await;
        let (other, _) = trust.publish(kept("Rota two", Visibility::Network)).await;
        let reader = trust.signed_in(Role::Reader).await;
        assert_eq!(
            found(&reader, &trust, "rota").await,
            ["Rota one", "Rota two"]
        );

        // What becomes public moves to the index for everyone.
        trust.revise(id, kept("Rota one", Visibility::Public)).await;
        assert_eq!(found(&reader, &trust, "rota").await, ["Rota two"]);
        assert_eq!(trust.found("rota").await, [id]);

        // A data directory of before has none: it is filled when the node starts.
        let index = trust.node().settings.data.join("restricted-index");
        trust.stop().await;
        std::fs::remove_dir_all(index).unwrap();
        trust.start().await;
        trust.settle().await;
        assert_eq!(found(&reader, &trust, "rota").await, ["Rota two"]);
        trust.node().indexer.rebuild(|_| {}).await.unwrap();
        assert_eq!(found(&reader, &trust, "rota").await, ["Rota two"]);

        trust.revise(id, page("Open", "other words")).await;
        trust.withdraw(other).await;
        assert_eq!(found(&reader, &trust, "rota").await, [""; 0]);
        trust.node().eraser.settle().await.unwrap();
        // The database keeps earlier versions of what is live.
        let mut files = trust.files_with("xylophonic");
        files.retain(|file| file.contains("index"));
        assert_eq!(files, [""; 0]);
    });
}
