//! Files that say what documents of other folders say, but for a few words: a folder that was moved or copied, and then
//! had a tag or a word added, or its lines wrapped.
//!
//! Which documents are looked at is said by the name of the file or by its title, so that not every text is compared with
//! every other.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use domain::{Slug, body};
use node::Node;
use store::OwnText;
use tokio::task::spawn_blocking;
use wire::DocumentId;

use super::{
    ImportError,
    comparison::{Certainty, Comparison, file_name},
    strangers::{all_words, shared_words, words_of},
};
use crate::tree;

/// Documents in one database query.
const LOOKUP_BATCH: usize = 500;
/// Files that are compared: of more, as many at even distances say what most of them are.
const MAX_COMPARED: usize = 300;
/// Documents that one file is compared with.
const MAX_CANDIDATES: usize = 20;

/// What is compared of a new file.
struct Text {
    slug: String,
    words: HashSet<String>,
}

impl Text {
    /// Reads a file; `None` if that cannot be done.
    fn read(location: &Path, path: &str) -> Option<Self> {
        let bytes = tree::read(location).ok()?;
        let decoded = tree::decode(&bytes).ok()?;
        let draft = tree::parse(&decoded.text, path).draft;
        Some(Self {
            slug: Slug::from_title(&draft.title).as_str().to_owned(),
            words: words_of(&draft.body_md),
        })
    }

    /// Returns whether it says nearly what a document says, or a good part of it where the file of the document is gone.
    fn is_like(&self, document: &HashSet<String>, is_gone: bool) -> bool {
        let shared = shared_words(&self.words, document);
        let all = all_words(&self.words, document);
        let (parts, of) = if is_gone { (1, 3) } else { (4, 5) };
        !self.words.is_empty() && shared * of >= all * parts
    }
}

/// A file of this tree, and the records that it may continue.
struct Candidates {
    file: usize,
    text: Text,
    records: Vec<(usize, DocumentId)>,
}

impl Candidates {
    fn documents(&self) -> impl Iterator<Item = DocumentId> {
        self.records.iter().map(|(_, document)| *document)
    }
}

/// Pairs files with documents of other folders that say nearly the same.
///
/// # Errors
/// Of the database.
pub(super) async fn pair_alike(
    node: &Node,
    mut comparison: Comparison,
) -> Result<Comparison, ImportError> {
    let documents = comparison.free_documents();
    if documents.is_empty() || !comparison.has_unknown_files() {
        return Ok(comparison);
    }

    // Step 1: find the documents that have the title of a file, or whose file has its name.
    let mut slugs: HashMap<String, Vec<DocumentId>> = HashMap::new();
    for ids in documents.chunks(LOOKUP_BATCH) {
        for (id, own) in node.store.own_documents(ids).await? {
            if let Some(slug) = own.slug {
                slugs.entry(slug).or_default().push(id);
            }
        }
    }
    let (read, candidates) = spawn_blocking(move || {
        let candidates = comparison.candidates(&slugs, MAX_CANDIDATES);
        (comparison, candidates)
    })
    .await?;
    comparison = read;

    // Step 2: compare the words.
    let ids: HashSet<DocumentId> = candidates.iter().flat_map(|one| one.documents()).collect();
    let ids: Vec<DocumentId> = ids.into_iter().collect();
    let mut texts: HashMap<DocumentId, HashSet<String>> = HashMap::new();
    for ids in ids.chunks(LOOKUP_BATCH) {
        let found = node.store.own_texts_of(ids).await?;
        texts.extend(spawn_blocking(move || words_of_each(found)).await?);
    }
    spawn_blocking(move || {
        comparison.match_words(&candidates, |text, document, is_gone| {
            let words = texts.get(&document);
            words.is_some_and(|words| text.is_like(words, is_gone))
        });
        comparison
    })
    .await
    .map_err(ImportError::from)
}

fn words_of_each(texts: HashMap<DocumentId, OwnText>) -> HashMap<DocumentId, HashSet<String>> {
    let each = texts.into_iter().filter_map(|(id, text)| {
        let document = body::read_local(&text.body).ok()?.document;
        Some((id, words_of(&document.common.body_md)))
    });
    each.collect()
}

impl Comparison {
    /// Returns the documents of records that no file continues.
    fn free_documents(&self) -> Vec<DocumentId> {
        let free = self.records.iter().filter(|record| !record.is_taken);
        let documents: HashSet<DocumentId> = free.map(|record| record.document).collect();
        documents.into_iter().collect()
    }

    /// Reads files without a pair, and finds the records with their title or the name of their file, at most `max` each.
    fn candidates(&self, slugs: &HashMap<String, Vec<DocumentId>>, max: usize) -> Vec<Candidates> {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, record) in self.records.iter().enumerate() {
            if !record.is_taken {
                let name = file_name(&record.path).to_lowercase();
                by_name.entry(name).or_default().push(at);
            }
        }
        let unknown: Vec<usize> = (0..self.files.len())
            .filter(|at| {
                self.files
                    .get(*at)
                    .is_some_and(|file| file.continues.is_none())
            })
            .collect();
        let step = unknown.len().div_ceil(MAX_COMPARED).max(1);
        let read = unknown.iter().step_by(step).filter_map(|at| {
            let file = self.files.get(*at)?;
            let text = Text::read(&file.location, &file.path)?;
            let titled = slugs.get(&text.slug).into_iter().flatten();
            let titled = titled.filter_map(|id| self.by_document.get(id)?.first());
            let named = by_name.get(&file_name(&file.path).to_lowercase());
            let records = titled.chain(named.into_iter().flatten()).copied();
            let free = records.filter_map(|at| {
                let record = self.records.get(at).filter(|record| !record.is_taken)?;
                Some((at, record.document))
            });
            let records: Vec<_> = free.take(max).collect();
            (!records.is_empty()).then_some(Candidates {
                file: *at,
                text,
                records,
            })
        });
        read.collect()
    }

    /// Pairs files with the first of their candidates that is like them.
    fn match_words(
        &mut self,
        candidates: &[Candidates],
        is_like: impl Fn(&Text, DocumentId, bool) -> bool,
    ) {
        let unknown = self
            .files
            .iter()
            .filter(|file| file.continues.is_none())
            .count();
        let mut alike = 0;
        for one in candidates {
            let mut records = one.records.iter();
            let found = records.find_map(|(at, document)| {
                let record = self.records.get(*at).filter(|record| !record.is_taken)?;
                is_like(&one.text, *document, record.is_gone).then_some((*at, record.is_gone))
            });
            if let Some((at, is_gone)) = found {
                alike += 1;
                let certainty = if is_gone {
                    Certainty::Changed
                } else {
                    Certainty::Copy
                };
                self.pair(one.file, at, certainty);
            }
        }
        self.are_mostly_alike = unknown > MAX_COMPARED
            && unknown * 2 >= self.files.len()
            && alike * 2 >= unknown.div_ceil(unknown.div_ceil(MAX_COMPARED));
    }
}
