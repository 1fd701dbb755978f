//! What a draft was made from: the published page, whether that was changed since, and whether the draft changes anything.

use ::attachments::unique_name;
use async_recursion::async_recursion as boxed;
use domain::{Attachment, Private};
use drafting::{Content, Place, check};
use node::{Node, NodeError, eraser::Removed, work::spawn_blocking};
use store::{DraftState, FileChanges, NamedFile, WrittenDraft};
use wire::DocumentId;

use super::{Found, Opened, Person, begin, change, done, open, outline};
use crate::attachments;

/// Gives a draft the revision `published` as the one it was made from, of which its author has seen the difference, and what
/// was published of its files since. Returns whether it did: not if another revision is published by now.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn rebase(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
    published: u64,
    files: &FileChanges,
) -> Result<bool, NodeError> {
    let Found::Open(opened) = open(node, person, id).await? else {
        return Ok(false);
    };
    let document = opened.draft.document;
    let Some(held) = node.store.held(&[document]).await?.remove(&document) else {
        return Ok(false);
    };
    if opened.draft.state == DraftState::Submitted || held.rev != published {
        return Ok(false);
    }
    let hold = node.eraser.hold();
    let change = change(node, person, id, version);
    let is_done = done(node.store.rebase_draft(change, published, files).await)?;
    hold.end(if is_done && *files != FileChanges::default() {
        Removed::Withdrawn
    } else {
        Removed::Nothing
    });
    Ok(is_done)
}

/// Returns what others have published of the files of a document since a draft was begun: `began` is what the document had
/// then, `published` what it has now, `held` what the draft has.
#[must_use]
pub fn file_changes(
    began: &[Attachment],
    published: &[Attachment],
    held: &[Attachment],
) -> FileChanges {
    let of = |files: &[Attachment], file: &Attachment| {
        let mut files = files.iter();
        files.find(|held| held.digest == file.digest).cloned()
    };
    let mut changes = FileChanges::default();
    let mut names: Vec<String> = held.iter().map(|file| file.name.clone()).collect();
    for file in published {
        let named = |name: String| NamedFile {
            digest: file.digest,
            name,
            alt: file.alt.clone(),
        };
        match (of(began, file), of(held, file)) {
            // Others have attached it.
            (None, None) => {
                let name = unique_name(&file.name, &names);
                names.push(name.clone());
                changes.added.push(named(name));
            }
            // Others have described it otherwise, and the draft has not.
            (Some(was), Some(is)) if was == is && was != *file => {
                changes.described.push(named(file.name.clone()));
            }
            // The draft has removed it, or says of it what it should.
            (Some(_), None) | (_, Some(_)) => {}
        }
    }
    // Others have removed it.
    let is_gone = |file: &&Attachment| of(began, file).is_some() && of(published, file).is_none();
    let gone = held.iter().filter(is_gone);
    changes.removed = gone.map(|file| file.digest).collect();
    changes
}

/// Returns whether the document of a draft was changed since the draft was begun.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn is_outdated(node: &Node, draft: &WrittenDraft) -> Result<bool, NodeError> {
    let Some(base) = draft.base else {
        return Ok(false);
    };
    let held = node.store.held(&[draft.document]).await?;
    let held = held.get(&draft.document);
    Ok(held.is_some_and(|held| held.rev != base))
}

/// Returns whether a draft changes nothing of the page that it was made from, which is still the one that is published.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn is_unchanged(node: &Node, opened: &Opened) -> Result<bool, NodeError> {
    let draft = &opened.draft;
    let Some((document, rev)) = begin::own_document(node, draft.document).await? else {
        return Ok(false);
    };
    if draft.base != Some(rev)
        || attachments::of_draft(node, draft.id).await? != document.common.attachments
    {
        return Ok(false);
    }
    let content = opened.content.clone();
    let same = move || {
        let published = Content::from_document(&document, content.keeps_private(), outline);
        let sections = content.form().map(|form| form.sections).unwrap_or_default();
        let mut sections = sections.iter();
        let is_same = sections.all(|section| {
            content.section(section, outline) == published.section(section, outline)
        });
        is_same
            && *content.kind() == *published.kind()
            && (content.is_file() || content.file() == published.file())
    };
    Ok(spawn_blocking(same).await?)
}

/// Says that a draft still promises the result that its page promises, although it changes texts or figures.
pub(crate) async fn promise_left(node: &Node, opened: &Opened) -> Result<Option<Place>, NodeError> {
    if opened.draft.base.is_none() {
        return Ok(None);
    }
    let Some(published) = published(node, opened).await? else {
        return Ok(None);
    };
    let content = opened.content.clone();
    let left = move || check::promise(&published.content, &content, outline);
    Ok(spawn_blocking(left).await?)
}

/// What is published now under the id of a draft's document.
#[derive(Debug, Clone)]
pub struct Published {
    /// What it says, as a draft would say it.
    pub content: Content,
    /// Its revision.
    pub rev: u64,
    /// Its files.
    pub files: Vec<Attachment>,
}

/// Returns what is published under the id of a draft's document.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn published(node: &Node, opened: &Opened) -> Result<Option<Published>, NodeError> {
    let document = begin::own_document(node, opened.draft.document).await?;
    let keeps_private = opened.content.keeps_private();
    Ok(document.map(|(document, rev)| Published {
        content: Content::from_document(&document, keeps_private, outline),
        rev,
        files: document.common.attachments,
    }))
}

/// Returns the private part of a document that this node has published.
pub(crate) async fn private_of(
    node: &Node,
    document: DocumentId,
) -> Result<Option<Private>, NodeError> {
    let document = begin::own_document(node, document).await?;
    Ok(document.map(|(document, _)| document.private))
}

#[cfg(test)]
mod tests {
    use wire::Digest;

    use super::*;

    fn file(name: &str, alt: &str) -> Attachment {
        Attachment {
            digest: Digest::for_bytes(name.as_bytes()),
            len: 1,
            media_type: "image/png".to_owned(),
            name: name.to_owned(),
            alt: alt.to_owned(),
        }
    }

    #[test]
    fn files_are_put_together_with_those_that_were_published_since() {
        let (kept, gone, new) = (
            file("kept.png", ""),
            file("gone.png", ""),
            file("new.png", "x"),
        );
        let (own, dropped) = (file("own.png", ""), file("dropped.png", ""));
        let described = file("kept.png", "a board");
        let began = [kept.clone(), gone.clone(), dropped.clone()];
        let published = [described.clone(), dropped, new.clone()];
        let held = [kept, gone.clone(), own];
        let changes = file_changes(&began, &published, &held);
        let names = |files: &[NamedFile]| -> Vec<String> {
            let each = files.iter();
            each.map(|file| format!("{}: {}", file.name, file.alt))
                .collect()
        };
        assert_eq!(names(&changes.added), ["new.png: x"]);
        assert_eq!(names(&changes.described), ["kept.png: a board"]);
        assert_eq!(changes.removed, [gone.digest]);
        // What is the same everywhere, or changed in the draft only, stays.
        let own = [file("kept.png", "our board"), new.clone()];
        let nothing = FileChanges::default();
        assert_eq!(file_changes(&began, &began, &began), nothing);
        assert_eq!(file_changes(&[described], &[], &own).removed.len(), 1);
        assert_eq!(file_changes(&[], &[new], &own), nothing);
        // A name that the draft has given to another file stays that of the draft.
        let other = Attachment {
            digest: Digest::for_bytes(b"other"),
            ..file("own.png", "")
        };
        let added = file_changes(&[], &[other], &held).added;
        assert_eq!(names(&added), ["own-2.png: "]);
    }
}
