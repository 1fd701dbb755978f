//! Documents ready to be shown: parsed and rendered once, kept while memory allows; and their pages
//! as they were sent.
//!
//! The caller looks at the document's row first, and what is kept counts only for the very bytes
//! that the row names: so nothing is ever shown that was erased, withdrawn or revised. A page counts
//! only as long as no document at all has changed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use domain::{Body, body};
use http::HeaderMap;
use markdown::{Links, Rendered};
use quick_cache::{Weighter, sync::Cache};
use tokio::task::{JoinError, spawn_blocking};
use url::Url;
use wire::{Digest, DocumentId};

use crate::urls;

/// Bytes of documents that are kept.
const MAX_BYTES: u64 = 16 << 20;
/// Bytes of pages that are kept, compressed as they were sent: some thousands.
const MAX_PAGE_BYTES: u64 = 16 << 20;
/// How long a page is kept: it says how many minutes ago its peer was asked.
const PAGE_KEPT: Duration = Duration::from_secs(30);
/// Documents that this is expected to be: only a hint.
const EXPECTED: usize = 1_000;
/// Longest that rendering may take; markdown is bounded in size, and takes a millisecond as a rule.
const DEADLINE: Duration = Duration::from_secs(2);

/// A document that was parsed and rendered.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub(crate) body: Arc<Body>,
    pub(crate) rendered: Arc<Rendered>,
}

/// What is kept of one document.
#[derive(Clone)]
struct Kept {
    /// What it was made from.
    made_from: MadeFrom,
    ready: Ready,
    bytes: u64,
}

/// All that a rendering depends on.
#[derive(Clone, PartialEq, Eq)]
struct MadeFrom {
    digest: Digest,
    handle: String,
    origin: Option<Url>,
}

type Key = (i64, DocumentId);

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Kept> for ByBytes {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        kept.bytes
    }
}

/// A page as it was sent.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A page with what it depends on.
#[derive(Clone)]
struct KeptPage {
    /// The last change of any document when it was made.
    change: u64,
    at: Instant,
    page: Page,
}

impl Weighter<String, KeptPage> for ByBytes {
    fn weight(&self, key: &String, kept: &KeptPage) -> u64 {
        /// Headers, and what the cache itself takes.
        const AROUND: usize = 2_048;
        u64::try_from(key.len() + kept.page.bytes.len() + AROUND).unwrap_or(u64::MAX)
    }
}

/// The documents that are kept ready, and the pages.
pub struct Renderings {
    documents: Cache<Key, Kept, ByBytes>,
    pages: Cache<String, KeptPage, ByBytes>,
    /// How often everything was forgotten.
    clears: AtomicU64,
}

impl Default for Renderings {
    fn default() -> Self {
        Self {
            documents: Cache::with_weighter(EXPECTED, MAX_BYTES, ByBytes),
            pages: Cache::with_weighter(EXPECTED, MAX_PAGE_BYTES, ByBytes),
            clears: AtomicU64::new(0),
        }
    }
}

/// A document's bytes, with what its links depend on.
pub(crate) struct Source<'a> {
    pub(crate) node_seq: i64,
    pub(crate) id: DocumentId,
    /// Digest of `body`.
    pub(crate) digest: Digest,
    pub(crate) handle: &'a str,
    pub(crate) body: &'a [u8],
    /// The site of its origin; `None` for this node's own.
    pub(crate) origin: Option<Url>,
    /// [`Renderings::clears`] before the document's row was read.
    pub(crate) clears: u64,
}

/// Why a document cannot be made ready.
pub(crate) enum NotReady {
    /// Its bytes are no body.
    Unreadable,
    /// A task ended early.
    Task(JoinError),
}

impl Renderings {
    /// Forgets every document: nothing of what was withdrawn stays in memory.
    pub fn clear(&self) {
        // First, so that whoever keeps something behind the clearing sees it.
        self.clears.fetch_add(1, Ordering::AcqRel);
        self.documents.clear();
        self.pages.clear();
    }

    /// Returns a page that was kept when `change` was the last change of any document.
    #[must_use]
    pub fn page(&self, key: &str, change: u64) -> Option<Page> {
        let kept = self.pages.get(key)?;
        if kept.change == change && kept.at.elapsed() < PAGE_KEPT {
            return Some(kept.page);
        }
        self.pages.remove(key);
        None
    }

    /// Keeps a page that was made after `change` was looked up. The caller looks it up again and forgets the page if
    /// something has changed meanwhile: a withdrawal clears before or after, never between.
    pub fn keep_page(&self, key: String, change: u64, page: Page) {
        let at = Instant::now();
        self.pages.insert(key, KeptPage { change, at, page });
    }

    /// Forgets a page.
    pub fn forget_page(&self, key: &str) {
        self.pages.remove(key);
    }

    pub(crate) fn forget(&self, node_seq: i64, id: DocumentId) {
        self.documents.remove(&(node_seq, id));
    }

    /// Returns how often everything was forgotten; to be asked before a document's row is read.
    pub(crate) fn clears(&self) -> u64 {
        self.clears.load(Ordering::Acquire)
    }

    pub(crate) async fn ready(&self, source: Source<'_>) -> Result<Ready, NotReady> {
        let key = (source.node_seq, source.id);
        let made_from = MadeFrom {
            digest: source.digest,
            handle: source.handle.to_owned(),
            origin: source.origin,
        };
        if let Some(kept) = self.documents.get(&key)
            && kept.made_from == made_from
        {
            return Ok(kept.ready);
        }
        let body = Arc::new(body::read_local(source.body).map_err(|_| NotReady::Unreadable)?);
        let rendered = Arc::new(render(&body, made_from.clone()).await?);
        let ready = Ready { body, rendered };
        // Parsed, a body takes about twice its bytes.
        let bytes = source.body.len() * 3 + ready.rendered.html.len() + 1_024;
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.documents.insert(
            key,
            Kept {
                made_from,
                ready: ready.clone(),
                bytes,
            },
        );
        // The row may have been withdrawn since it was read, and everything forgotten before this was kept.
        if self.clears() != source.clears {
            self.documents.remove(&key);
        }
        Ok(ready)
    }
}

/// Renders on a thread that may block; what takes too long is shown as it was written.
async fn render(body: &Arc<Body>, from: MadeFrom) -> Result<Rendered, NotReady> {
    let own = Arc::clone(body);
    let rendering = spawn_blocking(move || {
        // The slug is left out: it repeats the words of another document's title, which may be
        // withdrawn later. The short address leads to the full one.
        let document =
            |id: &str| DocumentId::parse(id).map(|id| urls::document_by_id(&from.handle, id));
        let common = own.common();
        let links = Links {
            document: Some(&document),
            attachment: None,
            origin: from.origin.as_ref(),
            title: Some(&common.title),
        };
        markdown::render(&common.body_md, &links)
    });
    match tokio::time::timeout(DEADLINE, rendering).await {
        Ok(done) => done.map_err(NotReady::Task),
        Err(_) => {
            tracing::warn!(id = %body.stamp.id, "a document took too long to render");
            Ok(markdown::as_written(&body.common().body_md))
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Document, body::Stamp};
    use wire::Timestamp;

    use super::*;

    fn id() -> DocumentId {
        DocumentId::generate(Timestamp::from_secs(1_800_000_000), [7; 10])
    }

    fn body(text: &str) -> Vec<u8> {
        let stamp = Stamp {
            id: id(),
            rev: 1,
            salt: [7; 16],
            organisation: None,
        };
        body::encode(&Document::page("Beds", text), &stamp).unwrap()
    }

    fn source(body: &[u8], clears: u64) -> Source<'_> {
        Source {
            node_seq: 2,
            id: id(),
            digest: Digest::for_bytes(body),
            handle: "xx2",
            body,
            origin: None,
            clears,
        }
    }

    #[tokio::test]
    async fn relative_links_follow_their_origin_to_its_new_site() {
        let renderings = Renderings::default();
        let body = body("[the form](/forms/beds)");
        for site in ["https://old.example/", "https://new.example/"] {
            let source = Source {
                origin: Some(Url::parse(site).unwrap()),
                ..source(&body, renderings.clears())
            };
            let Ok(ready) = renderings.ready(source).await else {
                panic!("it is not made ready");
            };
            let href = format!("href=\"{site}forms/beds\"");
            assert!(
                ready.rendered.html.contains(&href),
                "{href}: {}",
                ready.rendered.html
            );
        }
    }

    #[tokio::test]
    async fn what_was_read_before_everything_was_forgotten_is_not_kept_after_it() {
        let renderings = Renderings::default();
        let body = body("words");
        let before = renderings.clears();
        assert!(renderings.ready(source(&body, before)).await.is_ok());
        assert_eq!(renderings.documents.len(), 1);
        renderings.clear();
        // A reader who saw the row live is shown it once more, and no word stays.
        assert!(renderings.ready(source(&body, before)).await.is_ok());
        assert_eq!(renderings.documents.len(), 0);
        let now = renderings.clears();
        assert!(renderings.ready(source(&body, now)).await.is_ok());
        assert_eq!(renderings.documents.len(), 1);
    }

    #[test]
    fn a_page_counts_until_any_document_changes() {
        let renderings = Renderings::default();
        let page = |text: &'static str| Page {
            headers: HeaderMap::new(),
            bytes: Bytes::from_static(text.as_bytes()),
        };
        let held = |key, change| renderings.page(key, change).map(|page| page.bytes);
        renderings.keep_page("a".to_owned(), 7, page("seven"));
        assert_eq!(held("a", 7), Some(Bytes::from_static(b"seven")));
        assert_eq!(held("b", 7), None);
        assert_eq!(held("a", 8), None);
        // What has been overtaken is gone for good.
        assert_eq!(held("a", 7), None);
        renderings.keep_page("a".to_owned(), 8, page("eight"));
        renderings.keep_page("b".to_owned(), 8, page("eight"));
        renderings.forget_page("a");
        assert_eq!(held("a", 8), None);
        renderings.clear();
        assert_eq!(held("b", 8), None);
    }
}
