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

    /// Returns the digest of the whole file, and those that it would have with the ends of lines of another system;
    /// nothing if it cannot be read.
    pub(super) fn content_digests(&self) -> Vec<Digest> {
        let Ok(bytes) = tree::read(&self.file.location) else {
            return self.digest.into_iter().collect();
        };
        let mut forms = vec![Digest::for_bytes(&bytes)];
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
            let of_windows = text.replace('\n', "\r\n");
            for form in [text, of_windows] {
                let digest = Digest::for_bytes(form.as_bytes());
                if !forms.contains(&digest) {
                    forms.push(digest);
                }
            }
        }
        forms
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_ends_of_lines_make_no_other_file() {
        let folder = tempfile::tempdir().unwrap();
        let digests = |text: &str| {
            let location = folder.path().join("a.md");
            std::fs::write(&location, text).unwrap();
            let file = MarkdownFile {
                path: "a.md".to_owned(),
                location,
                size_bytes: 0,
            };
            FileHead::read(file).content_digests()
        };
        let recorded = ["a\nb\n", "a\r\nb\r\n"].map(|text| Digest::for_bytes(text.as_bytes()));
        for text in ["a\nb\n", "a\r\nb\r\n", "\u{feff}a\r\nb\n"] {
            let found = digests(text);
            assert!(recorded.iter().all(|one| found.contains(one)), "{text:?}");
            assert_eq!(found.first(), Some(&Digest::for_bytes(text.as_bytes())));
        }
        assert!(!digests("a\nc\n").contains(&recorded[0]));
    }
}
