//! How well the search ranks, measured on a collection with known answers.
//!
//! A collection is a directory of three files: `docs.jsonl` (`id`, `title`, `body`),
//! `queries.jsonl` (`id`, `text`) and `qrels.txt` in TREC form (`query 0 document grade`).
//! Collections are not part of this project: their licences are unstated or academic.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use search::{Change, Entry, Index, Key, Query, SearchRequest};
use serde::{Deserialize, Serialize};
use wire::{DocumentId, Timestamp, Visibility};

/// Documents that are applied to the index at a time.
const BATCH: usize = 1000;

/// Ranks at which quality is measured.
const NDCG_RANKS: usize = 10;
const RECALL_RANKS: usize = 100;

/// The figures of one collection, each the mean over its queries, `0..=1`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// Documents in the collection.
    pub documents: usize,
    /// Queries that have at least one relevant document.
    pub queries: usize,
    /// Normalised discounted cumulative gain of the first ten hits, gain = grade.
    pub ndcg_at_10: f64,
    /// The part of the relevant documents that is among the first hundred hits.
    pub recall_at_100: f64,
}

#[derive(Deserialize)]
struct Document {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
struct QueryLine {
    id: String,
    text: String,
}

/// Indexes the collection in `directory` into a temporary index and measures every query.
///
/// # Errors
/// A file that is missing or cannot be read, by name and line.
pub fn evaluate(directory: &Path, queries: &str, scratch: &Path) -> anyhow::Result<Quality> {
    let documents: Vec<Document> = lines(&directory.join("docs.jsonl"))?;
    let queries: Vec<QueryLine> = lines(&directory.join(queries))?;
    let relevant = judgements(&directory.join("qrels.txt"))?;
    let index = Index::create(scratch)?;
    let keys: Vec<Key> = (0..).map(key).take(documents.len()).collect();
    let names: HashMap<Key, &str> = keys
        .iter()
        .zip(&documents)
        .map(|(key, document)| (*key, document.id.as_str()))
        .collect();
    let mut progress = 0;
    for (keys, documents) in keys.chunks(BATCH).zip(documents.chunks(BATCH)) {
        let changes: Vec<Change> = keys
            .iter()
            .zip(documents)
            .map(|(key, document)| Change::Put(Box::new(entry(*key, document))))
            .collect();
        progress += 1;
        index.apply(&changes, progress)?;
    }
    index.compact(1)?;
    let (mut ndcg, mut recall, mut count) = (0.0, 0.0, 0_u32);
    for query in &queries {
        let Some(grades) = relevant.get(&query.id) else {
            continue;
        };
        let request = SearchRequest {
            query: Query::parse(&query.text),
            per_page: 100,
            facets: Vec::new(),
            ..SearchRequest::default()
        };
        let page = index.search(&request)?;
        let found: Vec<f64> = page
            .hits
            .iter()
            .map(|hit| {
                names
                    .get(&hit.key)
                    .and_then(|id| grades.get(*id))
                    .copied()
                    .unwrap_or(0.0)
            })
            .collect();
        ndcg += normalised_gain(&found, grades.values().copied());
        let hit = found
            .iter()
            .take(RECALL_RANKS)
            .filter(|grade| **grade > 0.0)
            .count();
        recall += ratio(hit, grades.len());
        count += 1;
    }
    if count == 0 {
        bail!(
            "no query of `{}` has a relevant document",
            directory.display()
        );
    }
    Ok(Quality {
        documents: documents.len(),
        queries: usize::try_from(count)?,
        ndcg_at_10: ndcg / f64::from(count),
        recall_at_100: recall / f64::from(count),
    })
}

fn key(number: u32) -> Key {
    let mut random = [0; 10];
    for (slot, byte) in random.iter_mut().rev().zip(number.to_le_bytes()) {
        *slot = byte;
    }
    Key {
        node_seq: 1,
        id: DocumentId::generate(Timestamp::from_millis(0), random),
    }
}

fn entry(key: Key, document: &Document) -> Entry {
    Entry {
        key,
        rev: 1,
        visibility: Visibility::Public,
        title: document.title.clone(),
        summary: String::new(),
        body_text: document.body.clone(),
        tags: Vec::new(),
        labels: Vec::new(),
        facets: BTreeMap::new(),
        sort_at: Timestamp::from_millis(0),
        reviewed: None,
        adoptions: 0,
    }
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    text.lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| {
            serde_json::from_str(line)
                .with_context(|| format!("`{}`, line {number}", path.display()))
        })
        .collect()
}

/// Returns per query the grade of each relevant document.
fn judgements(path: &Path) -> anyhow::Result<HashMap<String, HashMap<String, f64>>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut relevant: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for (line, number) in text.lines().zip(1..) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [query, _, document, grade] = parts.as_slice() else {
            if parts.is_empty() {
                continue;
            }
            bail!(
                "`{}`, line {number}: expected `query 0 document grade`",
                path.display()
            );
        };
        let grade: f64 = grade.parse().with_context(|| {
            format!("`{}`, line {number}: `{grade}` is no grade", path.display())
        })?;
        if grade > 0.0 {
            relevant
                .entry((*query).to_owned())
                .or_default()
                .insert((*document).to_owned(), grade);
        }
    }
    Ok(relevant)
}

/// Returns the discounted gain of the first ten of `found` as a part of the best that is possible.
fn normalised_gain(found: &[f64], grades: impl Iterator<Item = f64>) -> f64 {
    let gain = |grades: &[f64]| -> f64 {
        grades
            .iter()
            .zip(1_u32..)
            .take(NDCG_RANKS)
            .map(|(grade, rank)| grade / f64::from(rank + 1).log2())
            .sum()
    };
    let mut ideal: Vec<f64> = grades.collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let best = gain(&ideal);
    if best > 0.0 { gain(found) / best } else { 0.0 }
}

fn ratio(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 {
        0.0
    } else {
        number(part) / number(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_collection_has_the_figures_worked_out_by_hand() {
        let home = tempfile::TempDir::new().unwrap();
        let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
        write(
            "docs.jsonl",
            "{\"id\":\"a\",\"title\":\"ward\",\"body\":\"ward ward\"}\n\
             {\"id\":\"b\",\"title\":\"\",\"body\":\"a ward among many other words\"}\n\
             {\"id\":\"c\",\"title\":\"\",\"body\":\"nothing\"}\n",
        );
        write(
            "queries.jsonl",
            "{\"id\":\"1\",\"text\":\"wards\"}\n{\"id\":\"2\",\"text\":\"x\"}\n",
        );
        write("qrels.txt", "1 0 b 1\n1 0 c 1\n\n1 0 a 0\n");
        let scratch = home.path().join("index");
        let quality = evaluate(home.path(), "queries.jsonl", &scratch).unwrap();
        assert_eq!((quality.documents, quality.queries), (3, 1));
        // One of two relevant documents, at rank 2: (1/log2 3) / (1 + 1/log2 3).
        assert!((quality.ndcg_at_10 - 0.386_853).abs() < 1e-5, "{quality:?}");
        assert!((quality.recall_at_100 - 0.5).abs() < 1e-9);
        write("qrels.txt", "1 0 b\n");
        let error = evaluate(home.path(), "queries.jsonl", &home.path().join("i2")).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
