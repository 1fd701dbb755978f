//! What single publishes and withdrawals cost a node, and how soon readers here and at a peer see them.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    corpus::write_files,
    measure::{each_us, mean, quantile},
    report::Figure,
    served::{MAX_WAIT, Served, number, path, text},
};

/// Single publishes.
const SINGLES: usize = 20;
/// Publishes whose CPU time is compared: segments merge at some of them, so that a few would not be an average.
const COMPARED: u64 = 80;
/// Between two of them, so that each has a commit of the index of its own.
const BETWEEN_COMPARED: Duration = Duration::from_millis(250);
/// Publishes and withdrawals that a peer is waited for.
const ROUND_TRIPS: usize = 2;
/// A node takes one nudge of a peer in 30 s; the next waits until then.
const BETWEEN_NUDGES: Duration = Duration::from_secs(33);
/// Until the nudge of many publishes in a row, which comes after the first one's, is forgotten too.
const AFTER_MANY: Duration = Duration::from_secs(68);
/// Documents of the node that a publish is compared with.
const SMALL_NODE_DOCUMENTS: u64 = 1_000;

/// Publishes single documents here; then publishes and withdraws some while the peer waits for them.
pub(super) async fn singles(
    here: &Served,
    there: &Served,
    directory: &Path,
    count: u64,
) -> anyhow::Result<Vec<Figure>> {
    let (mut found, mut arrived, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    fs::create_dir_all(directory)?;
    for number in 0..SINGLES {
        let word = format!("marker{number}q");
        let begun = Instant::now();
        publish(here, directory, &word).await?;
        here.finds(&word, 1).await?;
        found.push(begun.elapsed());
    }
    tokio::time::sleep(AFTER_MANY).await;
    for number in 0..ROUND_TRIPS {
        let word = format!("traveller{number}q");
        let begun = Instant::now();
        let id = publish(here, directory, &word).await?;
        there.finds(&word, 1).await?;
        arrived.push(begun.elapsed());
        tokio::time::sleep(BETWEEN_NUDGES).await;
        let begun = Instant::now();
        here.run(&["withdraw", &id, "--why", "error"]).await?;
        there.finds(&word, 0).await?;
        gone.push(begun.elapsed());
        tokio::time::sleep(BETWEEN_NUDGES).await;
    }
    let figure = |what: &str, took: &[Duration], goal: f64| {
        let slowest = quantile(took, 1.0).as_secs_f64();
        Figure::new(
            format!(
                "{what} at {count} documents, slowest of {}, wall",
                took.len()
            ),
            slowest,
            "s",
        )
        .goal(goal)
        .detail(format!("mean {:.2} s", mean(took) / 1e3))
    };
    Ok(vec![
        figure("publish to searchable here", &found, 1.0),
        figure("publish to searchable at a peer, nudged", &arrived, 5.0),
        figure("withdraw to unsearchable at a peer, nudged", &gone, 10.0),
    ])
}

/// Publishes a page that has a word of its own; returns its id.
async fn publish(node: &Served, directory: &Path, word: &str) -> anyhow::Result<String> {
    let file = directory.join(format!("{word}.md"));
    let page = format!("---\nkind: page\ntitle: Page of {word}\n---\n\nIt says {word}.\n");
    fs::write(&file, page)?;
    let published = node.run(&["publish", path(&file)?, "--json"]).await?;
    text(
        &serde_json::from_str(published.lines().next().unwrap_or_default())?,
        "id",
    )
}

/// Compares the CPU time of one publish at `count` documents with that at 1,000. The large node has a peer, which follows
/// it, and so has the small one.
pub(super) async fn publish_cost(
    program: &Path,
    large: &Served,
    scratch: &Path,
    count: u64,
) -> anyhow::Result<Figure> {
    let small = Served::create(program, &scratch.join("small"), "Bench Small", "ZZ93").await?;
    let follower = Served::create(program, &scratch.join("follower"), "Bench Four", "ZZ94").await?;
    let few = write_files(&scratch.join("few"), 0..SMALL_NODE_DOCUMENTS)?;
    small.run(&["import", path(&few)?]).await?;
    small
        .holds(SMALL_NODE_DOCUMENTS, MAX_WAIT, async || Ok(()))
        .await?;
    follower.add_peer(&small).await?;
    small.add_peer(&follower).await?;
    follower
        .holds(SMALL_NODE_DOCUMENTS, MAX_WAIT, async || Ok(()))
        .await?;
    let at_few = publish_one_by_one(&small, &scratch.join("small-files"), count).await?;
    let at_many = publish_one_by_one(large, &scratch.join("large-files"), count).await?;
    let what = format!("one publish at {count} documents, indexing included");
    Ok(Figure::new(what, at_many, "ms CPU")
        .peer("the same at 1,000", at_few, Some(1.2))
        .detail(format!("mean of {COMPARED}, each with its commit")))
}

async fn publish_one_by_one(node: &Served, directory: &Path, from: u64) -> anyhow::Result<f64> {
    let files: Vec<PathBuf> = (from..from + COMPARED)
        .map(|number| directory.join(format!("{:03}/study-{number}.md", number % 100)))
        .collect();
    write_files(directory, from..from + COMPARED)?;
    let documents = number(&node.status().await?, "documents");
    let cpu = node.cpu()?;
    for (file, documents) in files.iter().zip(documents + 1..) {
        node.run(&["publish", path(file)?]).await?;
        // Usually one look is enough then.
        tokio::time::sleep(BETWEEN_COMPARED).await;
        node.holds(documents, MAX_WAIT, async || Ok(())).await?;
    }
    Ok(each_us(node.cpu()? - cpu, COMPARED) / 1e3)
}
