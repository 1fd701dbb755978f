//! Takes a file for a document that is published from files, and not from a draft.

use async_recursion::async_recursion as boxed;
use attachments::{clean_name, unique_name};
use domain::Attachment;
use store::NewAttachment;
use wire::Digest;

use super::{Upload, alt_text, prepared, sniffed};
use node::{Node, NodeError};

/// A file that is ready to be kept for a document.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Its bytes.
    pub file: NewAttachment,
    /// The digest of the bytes that it was made from.
    pub original: Digest,
    /// How the document names it.
    pub attachment: Attachment,
}

/// Takes a file for a document that is published from files, as `add` takes one for a draft; `names` are those that the
/// document has already. A picture that this node holds is taken as it is, so that it stays the same file.
///
/// # Errors
/// Of the database, or when no process can be started for the work on the file.
#[boxed]
pub async fn prepare_file(
    node: &Node,
    upload: Upload,
    names: &[String],
) -> Result<Result<Taken, String>, NodeError> {
    let original = Digest::for_bytes(&upload.bytes);
    let held = node.store.holds_attachment(&original).await?;
    let ready = match held {
        true => sniffed(node, &upload.bytes, &upload.name)
            .await?
            .map(|kind| (kind, upload.bytes)),
        false => prepared(node, upload.bytes, &upload.name).await?,
    };
    let (kind, bytes) = match ready {
        Ok(ready) => ready,
        Err(why) => return Ok(Err(why)),
    };
    let file = NewAttachment {
        digest: Digest::for_bytes(&bytes),
        kind: kind.extension().to_owned(),
        bytes,
        name: unique_name(&clean_name(&upload.name, kind), names),
        alt: alt_text(&upload.alt),
    };
    let attachment = Attachment {
        digest: file.digest,
        len: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
        media_type: kind.media_type().to_owned(),
        name: file.name.clone(),
        alt: file.alt.clone(),
    };
    Ok(Ok(Taken {
        file,
        original,
        attachment,
    }))
}
