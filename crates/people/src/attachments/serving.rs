//! Returns attached files to those who may read them.

use async_recursion::async_recursion as boxed;
use attachments::{Kind, clean_name};
use store::AttachedFile;
use wire::{Digest, DocumentId, Viewer};

use node::{Node, NodeError};

/// A file as it is served.
#[derive(Debug, Clone)]
pub struct Served {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its kind.
    pub kind: Kind,
    /// The name that its reader saves it under.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Returns a file that a document of this node has attached which the viewer can read, under the name in its address
/// with the extension of its kind.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn served(
    node: &Node,
    viewer: Viewer,
    digest: &Digest,
    name: &str,
) -> Result<Option<Served>, NodeError> {
    let file = node.store.attachment(viewer, digest).await?;
    Ok(file.and_then(|file| as_served(file, digest, name)))
}

/// Returns a file of a draft; the caller has checked that the reader may see the draft.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn served_of_draft(
    node: &Node,
    draft: DocumentId,
    digest: &Digest,
    name: &str,
) -> Result<Option<Served>, NodeError> {
    let file = node.store.attachment_of_draft(draft, digest).await?;
    Ok(file.and_then(|file| as_served(file, digest, name)))
}

fn as_served(file: AttachedFile, digest: &Digest, name: &str) -> Option<Served> {
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| kind.extension() == file.kind)?;
    Some(Served {
        digest: *digest,
        kind,
        name: clean_name(name, kind),
        bytes: file.bytes,
    })
}
