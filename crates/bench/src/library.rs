//! The search as a library: indexing and one page of results, without database and HTTP, compared with
//! SQLite's full-text search on the same documents and queries.

use std::path::Path;
use std::time::Duration;

use domain::FacetGroup;
use search::{Change, Entry, Index, Key, Query, SearchRequest};
use wire::{Timestamp, Viewer, Visibility};

use super::corpus::{self, Random};
use super::document::Document;
use super::fts5;
use super::measure::{Stopwatch, Took, float, mean, ms, quantile};
use super::report::Figure;

/// Queries of one measurement.
const QUERIES: usize = 200;

/// Documents of one commit.
const BATCH: usize = 1_000;

/// Groups counted on a page, as the goal says.
const GROUPS: usize = 8;

/// Measures indexing and searching `count` documents.
pub(crate) async fn measure(scratch: &Path, count: u64) -> anyhow::Result<Vec<Figure>> {
    let documents = (0..count)
        .map(Document::from_corpus)
        .collect::<anyhow::Result<Vec<Document>>>()?;
    let mut random = Random::new(7);
    let queries: Vec<String> = (0..QUERIES).map(|_| corpus::query(&mut random)).collect();
    let peer = fts5::measure(scratch, &documents, &queries).await?;
    let directory = scratch.join("library-index");
    let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
    tokio::task::spawn_blocking(move || {
        let index = Index::create(&directory)?;
        let indexing = indexing(&index, documents)?;
        let mut figures = vec![indexed(&index, indexing, count, bytes, &peer)?];
        figures.extend(searched(&index, &queries, &peer)?);
        figures.push(suggested(&index, &queries)?);
        Ok(figures)
    })
    .await?
}

fn indexing(index: &Index, documents: Vec<Document>) -> anyhow::Result<Took> {
    let mut changes: Vec<Change> = (0..)
        .zip(documents)
        .map(|(number, document)| put(number, document))
        .collect();
    let stopwatch = Stopwatch::start();
    let mut progress = 0;
    while !changes.is_empty() {
        let rest = changes.split_off(changes.len().min(BATCH));
        progress += 1;
        index.apply(&changes, progress)?;
        changes = rest;
    }
    index.compact()?;
    Ok(stopwatch.stop())
}

fn indexed(
    index: &Index,
    took: Took,
    count: u64,
    bytes: usize,
    peer: &fts5::Measured,
) -> anyhow::Result<Figure> {
    let size = index.status()?.bytes;
    let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / float(count);
    let detail = format!(
        "{:.0} documents per CPU-second, wall {:.1} s, index {:.1} MB = {:.2} × the text",
        float(count) / took.cpu.as_secs_f64().max(1e-9),
        took.wall.as_secs_f64(),
        float(size) / 1e6,
        float(size) / float(u64::try_from(bytes)?).max(1.0),
    );
    Ok(
        Figure::new("index a document, library", each(took.cpu), "µs CPU")
            .goal(500.0)
            .peer("SQLite FTS5", each(peer.index.cpu), None)
            .detail(detail),
    )
}

fn searched(
    index: &Index,
    queries: &[String],
    peer: &fts5::Measured,
) -> anyhow::Result<Vec<Figure>> {
    let mut cpu = Vec::new();
    let mut found = 0;
    for round in 0..2 {
        for query in queries {
            let request = SearchRequest {
                query: Query::parse(query),
                facets: FacetGroup::ALL.into_iter().take(GROUPS).collect(),
                ..SearchRequest::default()
            };
            let stopwatch = Stopwatch::start();
            let page = index.search(&request)?;
            if round > 0 {
                cpu.push(stopwatch.stop().cpu);
                found += page.total;
            }
        }
    }
    let part =
        float(found) / (float(u64::try_from(queries.len())?) * float(index.documents()).max(1.0));
    let (own, theirs) = (mean(&cpu), mean(&peer.search));
    let what = format!("search, top 10, snippets, {GROUPS} facet groups, library");
    let detail = |values: &[Duration]| {
        format!(
            "p50 {:.2}, p99 {:.2} ms",
            ms(quantile(values, 0.5)),
            ms(quantile(values, 0.99))
        )
    };
    Ok(vec![
        Figure::new(what, own, "ms CPU")
            .peer("SQLite FTS5", theirs, Some(0.25))
            .detail(format!(
                "{}, {:.0} % of the documents match",
                detail(&cpu),
                part * 100.0
            )),
        Figure::new("the same in SQLite FTS5, without facets", theirs, "ms CPU")
            .detail(detail(&peer.search)),
    ])
}

fn suggested(index: &Index, queries: &[String]) -> anyhow::Result<Figure> {
    let mut cpu = Vec::new();
    for query in queries {
        for letters in 2..=4 {
            let typed: String = query.chars().take(letters).collect();
            let stopwatch = Stopwatch::start();
            index.suggest(&typed, 8, Viewer::Public)?;
            cpu.push(stopwatch.stop().cpu);
        }
    }
    let p99 = ms(quantile(&cpu, 0.99));
    Ok(Figure::new(
        "suggestions after 2 to 4 letters, p99, library",
        p99,
        "ms CPU",
    )
    .goal(10.0)
    .detail(format!("p50 {:.2} ms", ms(quantile(&cpu, 0.5)))))
}

fn put(number: u64, document: Document) -> Change {
    Change::Put(Box::new(Entry {
        key: Key {
            node_seq: 1,
            id: corpus::id(number),
        },
        rev: 1,
        visibility: Visibility::Public,
        title: document.title,
        summary: document.summary,
        body_text: document.text,
        tags: Vec::new(),
        labels: Vec::new(),
        facets: document.facets,
        sort_at: Timestamp::from_millis(i64::try_from(number).unwrap_or(0)),
        reviewed: None,
        adoptions: 0,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_library_is_compared_with_its_peer() {
        let scratch = tempfile::TempDir::new().unwrap();
        let figures = measure(scratch.path(), 60).await.unwrap();
        assert_eq!(figures.len(), 4);
        assert!(
            figures.iter().all(|figure| figure.value > 0.0),
            "{figures:?}"
        );
        assert!(figures[1].ratio().is_some());
    }
}
