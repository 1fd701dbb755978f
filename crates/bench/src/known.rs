//! What the pages about topics cost: when they are made, and when they come from the cache.

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::{
    measure::each_us,
    report::Figure,
    served::{Served, text},
};

/// Rounds of requests for pages that are kept.
const ROUNDS: u32 = 4;

/// Measures the pages of all topics. No one has requested them yet, so the first request of each makes the page.
pub(crate) async fn known(node: &Served, count: u64) -> anyhow::Result<Figure> {
    let found = node.json("/api/v1/search?q=&per_page=1").await?;
    let topics = found.pointer("/facets/topic").and_then(Value::as_array);
    let paths = topics
        .context("no topics")?
        .iter()
        .map(|topic| Ok(format!("/topics/{}", text(topic, "value")?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    ensure!(!paths.is_empty(), "no topics");
    let requests = u64::try_from(paths.len())?;
    let cpu = node.cpu()?;
    for path in &paths {
        node.get(path).await?;
    }
    let made = node.cpu()? - cpu;
    let cpu = node.cpu()?;
    for _ in 0..ROUNDS {
        for path in &paths {
            node.get(path).await?;
        }
    }
    let kept = node.cpu()? - cpu;
    let what = format!("topic page at {count} documents, first request of each");
    let kept = each_us(kept, requests * u64::from(ROUNDS)) / 1e3;
    Ok(Figure::new(what, each_us(made, requests) / 1e3, "ms CPU")
        .goal(2.0)
        .detail(format!("{requests} topics; {kept:.2} ms once it is kept")))
}
