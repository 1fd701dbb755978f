//! Files that name the id of a document of this node and are not that document: an export that was copied as a template.
//!
//! A file that no import recorded as that document is its next version if it has the title or a good part of the words;
//! otherwise it would replace the document without a word.

use std::collections::{HashMap, HashSet};

use domain::{Slug, body};
use node::Node;
use store::{Imported, OwnText};
use tokio::task::spawn_blocking;
use wire::DocumentId;

use crate::{
    import::{ImportError, file_head::FileHead},
    tree::{self, MarkdownFile},
};

/// Documents in one database query.
const LOOKUP_BATCH: usize = 500;
/// Of all the words of two texts, they share at least one in this many if one is a version of the other.
const ONE_WORD_IN: usize = 3;

/// Returns the paths of such files, each with the title of the document that it names.
pub(super) async fn find(
    node: &Node,
    files: &[MarkdownFile],
    recorded: &HashMap<String, Imported>,
) -> Result<HashMap<String, String>, ImportError> {
    // Step 1: read which documents the files name that no import recorded as these.
    let files = files.to_vec();
    let documents: HashMap<String, DocumentId> = recorded
        .iter()
        .filter_map(|(path, import)| Some((path.clone(), import.document?)))
        .collect();
    let named: Vec<(MarkdownFile, DocumentId)> = spawn_blocking(move || {
        let heads = files.into_iter().map(FileHead::read);
        let named = heads.filter_map(|head| Some((head.named?, head.file)));
        named
            .filter(|(id, file)| documents.get(&file.path) != Some(id))
            .map(|(id, file)| (file, id))
            .collect()
    })
    .await?;

    // Step 2: compare each with its document.
    let mut strangers = HashMap::new();
    for named in named.chunks(LOOKUP_BATCH) {
        let ids: Vec<DocumentId> = named.iter().map(|(_, id)| *id).collect();
        let texts = node.store.own_texts_of(&ids).await?;
        let named = named.to_vec();
        let compare = move || {
            let strange = named.into_iter().filter_map(|(file, id)| {
                let title = other_title(&file, texts.get(&id)?)?;
                Some((file.path, title))
            });
            strange.collect::<Vec<_>>()
        };
        strangers.extend(spawn_blocking(compare).await?);
    }
    Ok(strangers)
}

/// Returns the title of a document if the file has neither that nor its words.
fn other_title(file: &MarkdownFile, text: &OwnText) -> Option<String> {
    let held = body::read_local(&text.body).ok()?.document.common;
    let bytes = tree::read(&file.location).ok()?;
    let decoded = tree::decode(&bytes).ok()?;
    // With its headings: most titles are one.
    let written = tree::parse(&decoded.text, &file.path).draft;
    let same_title = Slug::from_title(&written.title) == Slug::from_title(&held.title);
    let is_other = !same_title && !share_words(&written.body_md, &held.body_md);
    is_other.then_some(held.title)
}

/// Returns whether two texts could be versions of one.
fn share_words(one: &str, other: &str) -> bool {
    let (one, other) = (words_of(one), words_of(other));
    shared_words(&one, &other) * ONE_WORD_IN >= all_words(&one, &other)
}

/// Returns the words of a text, each once, in lower case.
pub(super) fn words_of(md: &str) -> HashSet<String> {
    let text = markdown::plain_text(&markdown::without_comments(md).md).to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns how many words two texts share.
pub(super) fn shared_words(one: &HashSet<String>, other: &HashSet<String>) -> usize {
    one.intersection(other).count()
}

/// Returns how many words two texts have together.
pub(super) fn all_words(one: &HashSet<String>, other: &HashSet<String>) -> usize {
    one.union(other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_share_a_third_of_their_words_are_versions_of_one() {
        for (one, other, expected) in [
            (
                "The bed board shows free beds.",
                "The bed board shows all free beds now.",
                true,
            ),
            ("Same words", "*same* words", true),
            ("", "", true),
            ("Template words", "Quite other text entirely", false),
            (
                "## Situation\n\nBeds were full.",
                "## Situation\n\nLetters came late to the clinic in May.",
                false,
            ),
        ] {
            assert_eq!(share_words(one, other), expected, "{one} / {other}");
        }
    }
}
