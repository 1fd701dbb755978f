//! Files that are documents of this node already for which no import recorded a file: brought back from peers after a
//! loss, or written in the browser.
//!
//! A file with the title and the words of such a document is that document. One with its title and other words is
//! decided by a person, before anything is published.

use std::collections::{HashMap, HashSet};

use domain::{Document, Slug, body};
use node::Node;
use store::{Imported, OwnText, Unfiled};
use tokio::task::spawn_blocking;
use wire::{Digest, DocumentId};

use crate::{
    import::{ImportError, comparison::named_files, file_head::FileHead},
    tree::{self, MarkdownFile},
};

/// Documents in one database query.
const LOOKUP_BATCH: usize = 500;

/// How to treat files with the title of a document that no file is recorded for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SameTitles {
    /// One with the same words is the document, and the import is refused if others may be.
    #[default]
    IfSameWords,
    /// One with the same words is the document; others are new.
    NeverAsk,
    /// The only file with the title of a document is that document, whatever its words.
    Continue,
}

/// A file without a record, as far as it is compared.
struct NewFile {
    path: String,
    slug: String,
    digest: Digest,
}

/// A document that no file is recorded for, and that has the title of a file.
struct Candidate {
    id: DocumentId,
    rev: u64,
    digest: Digest,
}

/// Adds the records of files whose documents no import recorded.
///
/// # Errors
/// [`ImportError::SameTitles`] when a person has to decide.
pub(super) async fn take_over(
    node: &Node,
    files: &[MarkdownFile],
    same_titles: SameTitles,
    recorded: &mut HashMap<String, Imported>,
) -> Result<(), ImportError> {
    // Step 1: load what has no file.
    let is_new = |file: &&MarkdownFile| !recorded.contains_key(&file.path);
    let new: Vec<MarkdownFile> = files.iter().filter(is_new).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    let unfiled = node.store.unfiled_documents().await?;
    if unfiled.is_empty() {
        return Ok(());
    }

    // Step 2: read the files, and the documents that have the title of one.
    let (new, titled) = spawn_blocking(move || read(new, unfiled)).await?;
    let mut candidates: HashMap<String, Vec<Candidate>> = HashMap::new();
    for documents in titled.chunks(LOOKUP_BATCH) {
        let ids: Vec<DocumentId> = documents.iter().map(|document| document.id).collect();
        let mut texts = node.store.own_texts_of(&ids).await?;
        for document in documents {
            let text = texts.remove(&document.id);
            if let Some(candidate) = text.as_ref().and_then(candidate) {
                let same_title = candidates.entry(document.slug.clone()).or_default();
                same_title.push(candidate);
            }
        }
    }

    // Step 3: pair them, and ask where that is not certain.
    let Pairs {
        mut certain,
        doubted,
    } = pairs(&new, candidates);
    match same_titles {
        SameTitles::NeverAsk => {}
        SameTitles::Continue => certain.extend(doubted),
        // One among many new files is no reason to ask, unless others were such documents.
        SameTitles::IfSameWords => {
            let matters = !certain.is_empty() || doubted.len() * 2 >= new.len();
            if matters && !doubted.is_empty() {
                let mut paths: Vec<&str> = doubted.iter().map(|(path, _)| path.as_str()).collect();
                paths.sort_unstable();
                return Err(ImportError::SameTitles(named_files(&paths)));
            }
        }
    }
    recorded.extend(certain.into_iter().map(|(path, candidate)| {
        let import = record(&path, &candidate);
        (path, import)
    }));
    Ok(())
}

/// Files with the documents that they are.
#[derive(Default)]
struct Pairs {
    /// Of the same title and the same words.
    certain: Vec<(String, Candidate)>,
    /// Of the same title: no other file has it, and no other document.
    doubted: Vec<(String, Candidate)>,
}

/// Pairs files with the documents that have their titles; `candidates` are those by title.
fn pairs(new: &[NewFile], mut candidates: HashMap<String, Vec<Candidate>>) -> Pairs {
    let mut pairs = Pairs::default();
    let mut others: HashMap<&str, Vec<&str>> = HashMap::new();
    for file in new {
        let same_title = candidates.get_mut(&file.slug);
        let found = same_title.and_then(|all| {
            let at = all.iter().position(|one| one.digest == file.digest)?;
            Some(all.remove(at))
        });
        match found {
            Some(candidate) => pairs.certain.push((file.path.clone(), candidate)),
            None => others.entry(&file.slug).or_default().push(&file.path),
        }
    }
    for (slug, paths) in others {
        let mut same_title = candidates.remove(slug).unwrap_or_default();
        if let ([path], Some(candidate), true) =
            (paths.as_slice(), same_title.pop(), same_title.is_empty())
        {
            pairs.doubted.push(((*path).to_owned(), candidate));
        }
    }
    pairs
}

/// Reads the files that name no document, and returns the documents that have the title of one.
fn read(files: Vec<MarkdownFile>, unfiled: Vec<Unfiled>) -> (Vec<NewFile>, Vec<Unfiled>) {
    let new: Vec<NewFile> = files.into_iter().filter_map(new_file).collect();
    let slugs: HashSet<&str> = new.iter().map(|file| file.slug.as_str()).collect();
    let mut titled = unfiled;
    titled.retain(|document| slugs.contains(document.slug.as_str()));
    (new, titled)
}

/// Returns what is compared of a file; `None` of one that names its document, or would be none.
fn new_file(file: MarkdownFile) -> Option<NewFile> {
    let head = FileHead::read(file);
    if head.named.is_some() {
        return None;
    }
    let bytes = tree::read(&head.file.location).ok()?;
    let decoded = tree::decode(&bytes).ok()?;
    let parsed = tree::parse(&decoded.text, &head.file.path);
    let document = parsed.publishable()?;
    Some(NewFile {
        path: head.file.path,
        slug: Slug::from_title(&document.common.title).as_str().to_owned(),
        digest: words_of(document),
    })
}

/// Returns what is compared of a document; `None` if its text cannot be read.
fn candidate(text: &OwnText) -> Option<Candidate> {
    let body = body::read_local(&text.body).ok()?;
    Some(Candidate {
        id: text.id,
        rev: text.rev,
        digest: words_of(&body.document),
    })
}

/// Returns a digest of the kind, the title and the words of a document. Where its links lead is not part of it: what is
/// published links to documents, and a file to files. Neither is a heading that repeats the title.
fn words_of(document: &Document) -> Digest {
    let common = &document.common;
    let md = markdown::without_comments(&common.body_md).md;
    let words = markdown::plain_text(&md);
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (title, words) = (joined(&common.title), joined(&words));
    let words = words.strip_prefix(&title).unwrap_or(&words).trim_start();
    let kind = document.kind();
    Digest::for_bytes(format!("{}\0{title}\0{words}", kind.as_str()).as_bytes())
}

/// Returns a record that counts as changed, so that the file is read and recorded.
fn record(path: &str, candidate: &Candidate) -> Imported {
    Imported {
        path: Some(path.to_owned()),
        digest: Digest::from_bytes([0; 32]),
        document: Some(candidate.id),
        rev: Some(candidate.rev),
        draft: None,
    }
}
