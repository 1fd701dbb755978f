//! `eval`: measures how well the search ranks, on a collection with known answers.
//!
//! The documents take the path of every document: they are written as files and imported into a node of their own, in a
//! temporary directory, and the queries are searched for as the search page does it. The directory is removed at the
//! end.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use evaluation::{Collection, Comparison, Figures, QueryFigures, RECALL_RANKS, Run, measure};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use url::{Url, form_urlencoded};
use wire::{DocumentId, Viewer};

use super::{arguments::EvalArguments, configuration, terminal::Terminal};
use crate::commands::failure::{DONE, Failure};
use files::import::{Options, Step, import};
use finding::search::{SearchParams, unmarked_hits};
use node::{
    Node,
    background::learner,
    clock::Clock,
    identity::{Introduction, make_private_directory},
};
use settings::load::Sources;

/// Queries that the text names as losses; JSON has all.
const MAX_NAMED_LOSSES: usize = 10;

/// Measures the search.
pub(super) async fn run(arguments: EvalArguments, terminal: &Terminal) -> Result<u8, Failure> {
    let invalid = |error: evaluation::CollectionError| Failure::invalid(error.to_string());
    let collection =
        Collection::open(&arguments.collection, &arguments.queries).map_err(invalid)?;
    let earlier = arguments.against.as_deref().map(Run::open).transpose();
    let earlier = earlier.map_err(invalid)?;

    // Step 1: import the documents, and search.
    let scratch = Scratch::new()?;
    let evaluated = evaluate(&collection, &scratch.0).await;
    drop(scratch);
    let Evaluated { imported, run } = evaluated?;

    // Step 2: measure, and compare.
    let queries = measure(&collection, &run);
    if queries.is_empty() {
        return Err(Failure::invalid(
            "no query of the collection has a relevant document",
        ));
    }
    let comparison =
        earlier.map(|earlier| Comparison::new(&measure(&collection, &earlier), &queries));
    if let Some(path) = &arguments.save {
        fs::write(path, run.to_trec())?;
    }
    let result = EvalResult {
        documents: collection.documents.len(),
        imported,
        means: Figures::mean(&queries),
        queries,
        comparison,
    };
    terminal.line(&if arguments.json {
        result.to_json()
    } else {
        result.to_text()
    });
    Ok(DONE)
}

/// A directory of this process, removed with all that is in it when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("wardround-eval-{}", std::process::id()));
        // One that is there belongs to someone else.
        fs::create_dir(&path)?;
        let scratch = Self(path);
        make_private_directory(&scratch.0.join("files"))?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// What searching for all queries came to.
struct Evaluated {
    /// Documents that can be found.
    imported: usize,
    run: Run,
}

/// Imports the documents into a node in `scratch`, and searches for each query.
async fn evaluate(collection: &Collection, scratch: &Path) -> Result<Evaluated, Failure> {
    let node = open_node(&scratch.join("node")).await?;
    let names = import_all(&node, collection, &scratch.join("files")).await;
    let evaluated = match names {
        Ok(names) => {
            // As a node that has served for a while.
            if node.settings.search.related {
                learner::learn(&node, &CancellationToken::new()).await;
            }
            search_all(&node, collection, &names).await
        }
        Err(failure) => Err(failure),
    };
    node.close().await;
    evaluated
}

async fn open_node(data: &Path) -> Result<Arc<Node>, Failure> {
    let sources = Sources {
        flags: vec![("data", "--data", data.display().to_string())],
        ..Sources::default()
    };
    let node = Node::open(configuration::load(&sources)?.settings, Clock::system()).await?;
    let introduction = Introduction {
        name: "Evaluation".to_owned(),
        ods: None,
        base_url: Url::parse("http://127.0.0.1/")?,
        contact: None,
    };
    node.init(&introduction).await?;
    Ok(node)
}

/// Writes each document as a file and imports them; returns what the collection calls each document of the node.
async fn import_all<'a>(
    node: &Node,
    collection: &'a Collection,
    folder: &Path,
) -> Result<HashMap<DocumentId, &'a str>, Failure> {
    let mut by_path = HashMap::new();
    for (number, document) in collection.documents.iter().enumerate() {
        let path = format!("{number:06}.md");
        fs::write(folder.join(&path), file(&document.title, &document.body))?;
        by_path.insert(path, document.id.as_str());
    }
    let mut names = HashMap::new();
    let on_step = |step| {
        if let Step::File(report) = step
            && report.rev.is_some()
            && let (Some(id), Some(name)) = (report.id, by_path.get(&report.path))
        {
            names.insert(id, *name);
        }
    };
    import(node, folder, &Options::default(), on_step).await?;
    Ok(names)
}

/// Returns the file of a document. A document without a title has none in its file either.
fn file(title: &str, body: &str) -> String {
    let title = title.trim();
    if title.is_empty() {
        return format!("{body}\n");
    }
    // A string of JSON is a string of YAML.
    format!("---\ntitle: {}\n---\n\n{body}\n", json!(title))
}

/// Searches for each query that has judgements.
async fn search_all(
    node: &Node,
    collection: &Collection,
    names: &HashMap<DocumentId, &str>,
) -> Result<Evaluated, Failure> {
    let mut run = Run::default();
    for query in &collection.queries {
        if !collection.grades.contains_key(&query.id) {
            continue;
        }
        let mut address = form_urlencoded::Serializer::new(String::new());
        address.append_pair("q", &query.text);
        address.append_pair("per_page", &RECALL_RANKS.to_string());
        let (params, _) = SearchParams::parse(&address.finish());
        let found = unmarked_hits(node, Viewer::Public, &params).await?;
        let hits = found.hits.iter().chain(&found.related);
        let documents = hits.filter_map(|hit| names.get(&hit.card.id).copied().map(str::to_owned));
        run.add(&query.id, documents.collect());
    }
    let imported = names.len();
    Ok(Evaluated { imported, run })
}

/// What `eval` prints.
struct EvalResult {
    documents: usize,
    imported: usize,
    means: Figures,
    queries: Vec<QueryFigures>,
    comparison: Option<Comparison>,
}

impl EvalResult {
    fn to_json(&self) -> String {
        json!({
            "documents": self.documents, "imported": self.imported, "queries": self.queries.len(),
            "means": self.means, "each": self.queries, "comparison": self.comparison,
        })
        .to_string()
    }

    fn to_text(&self) -> String {
        let mut lines = vec![
            format!(
                "{} of {} documents imported, {} queries",
                self.imported,
                self.documents,
                self.queries.len()
            ),
            format!("nDCG@10     {:.4}", self.means.ndcg_at_10),
            format!("MAP         {:.4}", self.means.average_precision),
            format!("recall@100  {:.4}", self.means.recall_at_100),
            format!("success@5   {:.4}", self.means.success_at_5),
        ];
        lines.extend(self.comparison.iter().flat_map(comparison_lines));
        lines.join("\n")
    }
}

fn comparison_lines(comparison: &Comparison) -> Vec<String> {
    let Comparison {
        before,
        after,
        better,
        worse,
        p,
        losses,
    } = comparison;
    let mut lines = vec![
        String::new(),
        format!(
            "nDCG@10 {before:.4} before, {after:.4} now ({:+.4}): {better} queries better, {worse} worse, p = {p:.4}",
            after - before
        ),
    ];
    lines.extend(losses.iter().take(MAX_NAMED_LOSSES).map(|loss| {
        let (before, after) = (loss.before, loss.after);
        format!("  {before:.3} to {after:.3}  {}: {}", loss.query, loss.text)
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_collection_is_imported_searched_and_measured() {
        let home = tempfile::TempDir::new().unwrap();
        let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
        write(
            "docs.jsonl",
            "{\"id\":\"a\",\"title\":\"Ward: \\\"rounds\\\"\",\"body\":\"ward ward rounds\"}\n\
             {\"id\":\"b\",\"title\":\"\",\"body\":\"a ward among many other words\"}\n\
             {\"id\":\"c\",\"title\":\"\",\"body\":\"nothing\"}\n",
        );
        write(
            "queries.jsonl",
            "{\"id\":\"1\",\"text\":\"wards\"}\n{\"id\":\"2\",\"text\":\"x\"}\n",
        );
        write("qrels.txt", "1 0 b 1\n1 0 c 1\n1 0 a 0\n");
        let collection = Collection::open(home.path(), "queries.jsonl").unwrap();
        let scratch = home.path().join("scratch");
        make_private_directory(&scratch.join("files")).unwrap();
        let Evaluated { imported, run } = evaluate(&collection, &scratch).await.unwrap();
        assert_eq!(imported, 3);
        assert_eq!(run.documents("1"), ["a", "b"]);
        let queries = measure(&collection, &run);
        let result = EvalResult {
            documents: 3,
            imported,
            means: Figures::mean(&queries),
            comparison: Some(Comparison::new(&queries, &queries)),
            queries,
        };
        // One of two relevant documents, at rank 2: (1 / log2 3) / (1 + 1 / log2 3).
        assert_eq!(
            result.to_text(),
            "3 of 3 documents imported, 1 queries\n\
             nDCG@10     0.3869\nMAP         0.2500\nrecall@100  0.5000\nsuccess@5   1.0000\n\n\
             nDCG@10 0.3869 before, 0.3869 now (+0.0000): 0 queries better, 0 worse, p = 1.0000"
        );
        assert!(result.to_json().contains("\"imported\":3"));
    }
}
