//! An index of an earlier format serves while the present one is built.

use std::{fs, path::Path, sync::Arc};

use finding::search::{SearchParams, SearchResults, search};
use it::{
    setup::Setup,
    trust::{Trust, until},
};
use ledger::leaf::Why;
use node::{Node, audit::By, clock::Clock, flows::withdraw::withdraw};
use serde_json::Value;
use wire::Viewer;

/// Gives an index the format of the version before: without the field by which documents are nearly the same.
fn make_earlier(index: &Path) {
    let version = fs::read_to_string(index.join("wardround-search")).unwrap();
    let (_, facets) = version.split_once('\n').unwrap();
    fs::write(index.join("wardround-search"), format!("4\n{facets}")).unwrap();
    let meta = fs::read_to_string(index.join("meta.json")).unwrap();
    let mut meta: Value = serde_json::from_str(&meta).unwrap();
    let fields = meta["schema"].as_array_mut().unwrap();
    let likeness = fields.iter_mut().find(|field| field["name"] == "likeness");
    likeness.unwrap()["name"] = "none".into();
    fs::write(index.join("meta.json"), meta.to_string()).unwrap();
}

async fn search_for(node: &Node, address: &str) -> SearchResults {
    let params = SearchParams::parse(address).0;
    search(node, Viewer::Public, &params).await.unwrap()
}

/// Returns the titles that are found, and whether a note says that a new index is being built.
async fn titles(node: &Node, address: &str) -> (Vec<String>, bool) {
    let results = search_for(node, address).await;
    let titles = results.hits.iter().map(|hit| hit.card.title.clone());
    let is_noted = results.notes.iter().any(|note| note.contains("% is done"));
    (titles.collect(), is_noted)
}

#[tokio::test]
async fn an_index_of_an_earlier_format_serves_until_the_new_one_is_complete() {
    let mut trust: Trust = Setup::new("ZZ1").start().await;
    trust.publish_page("Bandicoot one", "first").await;
    let second = trust.publish_page("Bandicoot two", "second").await;
    trust.settle().await;
    let settings = trust.node().settings.clone();
    trust.stop().await;
    let directory = settings.data.join("index");
    make_earlier(&directory);

    // The old index serves, without waiting for what it lacks.
    let open = async || Node::open(settings.clone(), Clock::system()).await.unwrap();
    let node: Arc<Node> = open().await;
    assert!(node.index.is_earlier());
    let all = vec!["Bandicoot one".to_owned(), "Bandicoot two".to_owned()];
    let (mut found, is_noted) = titles(&node, "q=bandicoot").await;
    found.sort();
    assert_eq!((found, is_noted), (all, true));
    assert_eq!(titles(&node, "sort=newest").await.0.len(), 2);
    assert_eq!(search_for(&node, "q=bandicot").await.total, 2);

    // What is withdrawn meanwhile is not shown.
    withdraw(&node, second, Why::Privacy, &By::Node)
        .await
        .unwrap();
    let one = (vec!["Bandicoot one".to_owned()], true);
    assert_eq!(titles(&node, "q=bandicoot").await, one);

    // The process ends in the middle of building.
    drop(node.index.resume_replacement().unwrap());
    node.close().await;
    drop(node);
    let node = open().await;
    assert!(node.index.is_earlier());
    assert_eq!(titles(&node, "q=bandicoot").await, one);
    node.close().await;
    drop(node);

    // A node that runs builds the new one by itself, and nothing is left of the old one.
    trust.start().await;
    until(async || !trust.node().index.is_earlier()).await;
    trust.settle().await;
    let one = (vec!["Bandicoot one".to_owned()], false);
    assert_eq!(titles(trust.node(), "q=bandicoot").await, one);
    assert_eq!(trust.node().indexer.building(), None);
    trust.publish_page("Bandicoot three", "third").await;
    assert_eq!(trust.found("bandicoot").await.len(), 2);
    until(async || trust.files_with("Bandicoot two").is_empty()).await;
    let all_files = fs::read_dir(&settings.data).unwrap();
    let names = all_files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let indexes: Vec<String> = names.filter(|name| name.starts_with("index")).collect();
    assert_eq!(indexes, ["index"]);
}

#[tokio::test]
async fn where_no_earlier_index_can_serve_the_page_says_how_far_the_new_one_is() {
    let mut trust: Trust = Setup::new("ZZ1").start().await;
    trust.publish_pages(501, "Bilby", "words").await;
    let settings = trust.node().settings.clone();
    trust.stop().await;
    // A format that this program does not know.
    fs::write(settings.data.join("index/wardround-search"), "1\n").unwrap();
    let node = Node::open(settings, Clock::system()).await.unwrap();
    assert!(!node.index.is_earlier());
    let results = search_for(&node, "q=bilby").await;
    assert_eq!(results.total, 0);
    let is_noted = |results: &SearchResults| {
        let mut notes = results.notes.iter();
        notes.any(|note| note.contains("We are building the search"))
    };
    assert!(is_noted(&results), "{:?}", results.notes);
    node.indexer.catch_up(|_| {}).await.unwrap();
    let results = search_for(&node, "q=bilby").await;
    assert_eq!((results.total, is_noted(&results)), (501, false));
    node.close().await;
}
