//! Attaching files to drafts, reading their words, and making drafts of files of Word and PowerPoint.

mod converting;
mod screening;
mod serving;
mod taking;

use std::time::Duration;

use async_recursion::async_recursion as boxed;

pub use attachments::{Conversion, ConvertedSection, Kind, MAX_BYTES, MAX_COUNT};
use attachments::{Job, Outcome, clean_name, is_package, sniff, unique_name};
use domain::Attachment;
use store::{Attached, DraftAttachment, NamedFile, NewAttachment};
use wire::{AccountId, Digest, DocumentId};

pub use office::{CONTACT, COST, SECTIONS, SUMMARY};

pub use self::converting::{convert, convert_rich_text, prepare_pictures};
pub use self::screening::{FileFindings, findings_of_file, found_in, named_in};
pub(super) use self::screening::{missing, screen, values};
pub use self::serving::{Served, served, served_of_draft};
pub use self::taking::{Taken, prepare_file};
use node::{Node, NodeError, eraser::Removed};

/// The longest text on what a picture shows, in characters; that of the wire.
pub const MAX_ALT_CHARS: usize = 1_000;

/// A file as it was uploaded.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name, as the browser gave it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it shows, if it is a picture.
    pub alt: String,
}

/// The outcome of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is attached, as these bytes.
    Attached(Digest),
    /// The same file was attached before.
    Held,
    /// Why it is not taken, in a sentence for the person who uploaded it.
    Refused(String),
}

/// Attaches a file to a draft. A picture is written again without metadata first.
///
/// # Errors
/// Of the database, or when no process can be started for the work on the file.
#[boxed]
pub async fn add(
    node: &Node,
    draft: DocumentId,
    by: AccountId,
    upload: Upload,
) -> Result<Added, NodeError> {
    let (kind, bytes) = match prepared(node, upload.bytes, &upload.name).await? {
        Ok(prepared) => prepared,
        Err(why) => return Ok(Added::Refused(why)),
    };
    let held = node.store.draft_attachments(draft).await?;
    let names: Vec<String> = held.into_iter().map(|attachment| attachment.name).collect();
    let name = unique_name(&clean_name(&upload.name, kind), &names);
    let file = NewAttachment {
        digest: Digest::for_bytes(&bytes),
        kind: kind.extension().to_owned(),
        bytes,
        name,
        alt: alt_text(&upload.alt),
    };
    let max = u64::try_from(MAX_COUNT).unwrap_or(u64::MAX);
    let attached = node.store.attach(draft, &file, max, by, node.now()).await?;
    Ok(match attached {
        Attached::Added => Added::Attached(file.digest),
        Attached::Held => Added::Held,
        Attached::Full => Added::Refused(format!(
            "a document may have {MAX_COUNT} attachments; remove one first"
        )),
        Attached::Submitted => Added::Refused(
            "the draft was submitted while the file was on its way; take the draft back first"
                .to_owned(),
        ),
    })
}

/// Says what a file is, or why it is not taken. Files within it are unpacked in a process of their own only.
async fn sniffed(node: &Node, bytes: &[u8], name: &str) -> Result<Result<Kind, String>, NodeError> {
    if bytes.len() > MAX_BYTES || !is_package(bytes) {
        return Ok(sniff(bytes, name).map_err(|refused| refused.to_string()));
    }
    let outcome = node.file_reader.work(Job::Kind, bytes.to_vec(), name);
    Ok(match outcome.await? {
        Outcome::Kind(kind) => Ok(kind),
        Outcome::Refused(why) => Err(why),
        Outcome::Converted(_) | Outcome::Words(_) | Outcome::Picture(_) => {
            Err(attachments::Refused::Unknown.to_string())
        }
    })
}

/// Returns a file as it is kept, or why it is not taken.
async fn prepared(
    node: &Node,
    bytes: Vec<u8>,
    name: &str,
) -> Result<Result<(Kind, Vec<u8>), String>, NodeError> {
    let kind = match sniffed(node, &bytes, name).await? {
        Ok(kind) => kind,
        Err(why) => return Ok(Err(why)),
    };
    if !kind.is_picture() {
        return Ok(Ok((kind, bytes)));
    }
    Ok(
        match node.file_reader.work(Job::Picture, bytes, name).await? {
            Outcome::Picture(picture) => Ok((picture.kind, picture.bytes)),
            Outcome::Refused(why) => Err(why),
            Outcome::Converted(_) | Outcome::Words(_) | Outcome::Kind(_) => {
                Err(attachments::Refused::Picture.to_string())
            }
        },
    )
}

/// Attaches files that are ready to a draft.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn attach_all(
    node: &Node,
    draft: DocumentId,
    by: AccountId,
    files: Vec<NewAttachment>,
) -> Result<(), NodeError> {
    let max = u64::try_from(MAX_COUNT).unwrap_or(u64::MAX);
    for file in files {
        node.store.attach(draft, &file, max, by, node.now()).await?;
    }
    Ok(())
}

/// The words of an attachment, for the check for patient data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentWords {
    /// Its name.
    pub name: String,
    /// What it shows, if it is a picture.
    pub alt: String,
    /// Its kind; the author of a picture confirms that it shows no patient data.
    pub kind: Option<Kind>,
    /// Its words by their places, or why they cannot be read.
    pub words: Result<office::Words, String>,
}

/// Reads the words of all attachments of a draft.
///
/// # Errors
/// As [`add`].
#[boxed]
pub async fn words_of_draft(
    node: &Node,
    draft: DocumentId,
) -> Result<Vec<AttachmentWords>, NodeError> {
    let mut all = Vec::new();
    for attachment in node.store.draft_attachments(draft).await? {
        all.push(words_of(node, draft, attachment).await?);
    }
    Ok(all)
}

/// Reads the words of one attachment of a draft.
async fn words_of(
    node: &Node,
    draft: DocumentId,
    attachment: DraftAttachment,
) -> Result<AttachmentWords, NodeError> {
    let kind = kind_of(&attachment);
    let is_picture = kind.is_some_and(Kind::is_picture);
    let mut words = Ok(office::Words::default());
    if !is_picture
        && let Some(file) = node
            .store
            .attachment_of_draft(draft, &attachment.digest)
            .await?
    {
        words = match node
            .file_reader
            .work(Job::Words, file.bytes, &attachment.name)
            .await?
        {
            Outcome::Words(words) => Ok(words),
            Outcome::Refused(why) => Err(why),
            Outcome::Converted(_) | Outcome::Picture(_) | Outcome::Kind(_) => {
                Err(attachments::Refused::Unknown.to_string())
            }
        };
    }
    Ok(AttachmentWords {
        name: attachment.name,
        alt: attachment.alt,
        kind,
        words,
    })
}

/// Returns the attachments of a draft as its document names them.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn of_draft(node: &Node, draft: DocumentId) -> Result<Vec<Attachment>, NodeError> {
    let held = node.store.draft_attachments(draft).await?;
    Ok(held
        .into_iter()
        .filter_map(|attachment| {
            let kind = kind_of(&attachment)?;
            Some(Attachment {
                digest: attachment.digest,
                len: attachment.len,
                media_type: kind.media_type().to_owned(),
                name: attachment.name,
                alt: attachment.alt,
            })
        })
        .collect())
}

/// Gives a draft what the document has attached that it changes.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn take_over(
    node: &Node,
    document: DocumentId,
    draft: DocumentId,
) -> Result<(), NodeError> {
    let Some(text) = node
        .store
        .own_texts_of(&[document])
        .await?
        .remove(&document)
    else {
        return Ok(());
    };
    let Ok(body) = domain::body::read_local(&text.body) else {
        return Ok(());
    };
    for attachment in &body.common().attachments {
        node.store
            .attach_held(draft, &attachment.digest, &attachment.name, &attachment.alt)
            .await?;
    }
    Ok(())
}

/// Returns the names of pictures in a draft without a description.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn without_description(node: &Node, draft: DocumentId) -> Result<Vec<String>, NodeError> {
    let held = node.store.draft_attachments(draft).await?;
    let unclear = held
        .into_iter()
        .filter(|held| held.alt.is_empty() && kind_of(held).is_some_and(Kind::is_picture));
    Ok(unclear.map(|held| held.name).collect())
}

/// Says what a picture shows, in a draft. `false` if the draft has no such attachment, or was submitted since.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn describe(
    node: &Node,
    draft: DocumentId,
    by: AccountId,
    digest: &Digest,
    alt: &str,
) -> Result<bool, NodeError> {
    let held = node.store.draft_attachments(draft).await?;
    let Some(attachment) = held
        .into_iter()
        .find(|attachment| attachment.digest == *digest)
    else {
        return Ok(false);
    };
    let file = NamedFile {
        digest: *digest,
        name: attachment.name,
        alt: alt_text(alt),
    };
    let hold = node.eraser.hold();
    let described = node.store.describe_attachment(draft, &file, by).await?;
    hold.end(if described {
        Removed::Superseded
    } else {
        Removed::Nothing
    });
    Ok(described)
}

/// Takes an attachment off a draft. `false` if the draft has no such attachment, or was submitted since.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn remove(
    node: &Node,
    draft: DocumentId,
    by: AccountId,
    digest: &Digest,
) -> Result<bool, NodeError> {
    let hold = node.eraser.hold();
    let removed = node.store.detach(draft, digest, by).await?;
    hold.end(if removed {
        Removed::Withdrawn
    } else {
        Removed::Nothing
    });
    Ok(removed)
}

/// How long a file may be without a document or a draft: an import keeps files before it publishes their documents.
const MAX_UNUSED: Duration = Duration::from_secs(60 * 60);

/// Erases the files that no draft and no document has any more.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn clean(node: &Node) -> Result<(), NodeError> {
    let hold = node.eraser.hold();
    let before = node.now().minus(MAX_UNUSED);
    let count = node.store.erase_unused_attachments(before).await?;
    hold.end(if count > 0 {
        Removed::Withdrawn
    } else {
        Removed::Nothing
    });
    Ok(())
}

/// Returns the kind of an attachment.
#[must_use]
pub fn kind_of(attachment: &DraftAttachment) -> Option<Kind> {
    Kind::ALL
        .into_iter()
        .find(|kind| kind.extension() == attachment.kind)
}

/// Returns a description on one line, within the limit of the wire.
fn alt_text(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_ALT_CHARS)
        .collect()
}
