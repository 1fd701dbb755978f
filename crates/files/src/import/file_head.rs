//! The head of a file: what its first lines say of its document, before the whole file is parsed.

use wire::{Digest, DocumentId};

use crate::tree::{self, MarkdownFile};

/// Bytes read to find the id in front matter, which has at most 16 KiB: 32 KiB in UTF-16.
const MAX_HEAD_BYTES: u64 = 33 * 1024;

/// A file, with what its content says of its document.
pub(super) struct FileHead {
    pub(super) file: MarkdownFile,
    /// The id that its front matter names.
    pub(super) named: Option<DocumentId>,
    /// The addresses that its front matter gives its page.
    pub(super) addresses: Vec<String>,
    /// The digest of the whole file, if that was read.
    digest: Option<Digest>,
}

impl FileHead {
    /// Reads the head of a file.
    pub(super) fn read(file: MarkdownFile) -> Self {
        let max_bytes = MAX_HEAD_BYTES.min(file.size_bytes.max(1));
        let head = tree::read_head(&file.location, max_bytes);
        let (named, addresses) = named_in(&head);
        Self {
            named,
            addresses,
            digest: None,
            file,
        }
    }

    /// Returns the head of a file whose content is `bytes`.
    pub(super) fn from_content(file: MarkdownFile, bytes: &[u8]) -> Self {
        let max_bytes = usize::try_from(MAX_HEAD_BYTES).unwrap_or(usize::MAX);
        let head = bytes.get(..max_bytes).unwrap_or(bytes);
        let (named, addresses) = named_in(head);
        Self {
            named,
            addresses,
            digest: Some(Digest::for_bytes(bytes)),
            file,
        }
    }

    /// Returns the digest of the whole file; `None` if it cannot be read.
    pub(super) fn content_digest(&self) -> Option<Digest> {
        self.digest.or_else(|| {
            let bytes = tree::read(&self.file.location).ok()?;
            Some(Digest::for_bytes(&bytes))
        })
    }
}

/// Returns the id and the addresses that the front matter names in the first bytes of a file.
fn named_in(head: &[u8]) -> (Option<DocumentId>, Vec<String>) {
    // The last character of the head may be cut in two; the front matter ends before it.
    let Ok(decoded) = tree::decode(head) else {
        return (None, Vec::new());
    };
    let text = &decoded.text;
    (tree::named_id(text), tree::named_addresses(text))
}
