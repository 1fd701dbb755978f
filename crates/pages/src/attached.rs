//! The files of a document, as its page lists them.
//!
//! A file of this site's own document is served here. That of a copy is at its origin, and the page links to it there.

use node::{flows::reading::Shown, urls};
use people::attachments::Kind;

use crate::link::Link;

/// A file that belongs to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// Its name.
    pub link: Link,
    /// What it is, and how large.
    pub about: String,
}

/// The files of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Each of them.
    pub list: Vec<AttachedFile>,
    /// The page at the origin, where the files of a copy are.
    pub elsewhere: Option<String>,
}

/// Returns the files of a document; `None` if it has none.
#[must_use]
pub fn files(shown: &Shown) -> Option<Files> {
    let document = &shown.document;
    let origin = (!document.owner.own).then(|| urls::site_of_feed(&document.base));
    let attachments = &shown.body.common().attachments;
    let file = |attachment: &domain::Attachment| {
        let path = urls::attachment(&attachment.digest, &attachment.name);
        let href = match &origin {
            Some(site) => format!("{}{path}", site.as_str().trim_end_matches('/')),
            None => path,
        };
        let mut kinds = Kind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.media_type() == attachment.media_type);
        let label = kind.map_or("File", Kind::label);
        AttachedFile {
            link: Link::new(markdown::visible(&attachment.name), href),
            about: format!("{label}, {}", size(attachment.len)),
        }
    };
    let elsewhere = origin.is_some().then(|| shown.origin_url.clone());
    let list: Vec<AttachedFile> = attachments.iter().map(file).collect();
    (!list.is_empty()).then_some(Files { list, elsewhere })
}

/// Writes a number of bytes for people.
#[must_use]
pub fn size(bytes: u64) -> String {
    const KILOBYTE: u64 = 1_024;
    match bytes.div_ceil(KILOBYTE) {
        kilobytes @ ..1_000 => format!("{kilobytes} KB"),
        kilobytes => format!("{} MB", kilobytes.div_ceil(KILOBYTE)),
    }
}
