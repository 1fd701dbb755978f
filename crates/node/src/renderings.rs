//! A cache, within a bound of memory, of rendered documents, of whole responses, and of answers that many pages show.
//!
//! The caller reads the document's row first, and a rendering is used only for the bytes that the row names: so nothing
//! is ever shown that was erased, withdrawn or revised. A response is used only until any document changes.

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
use store::StoreError;
use url::Url;
use wire::{Digest, DocumentId, DocumentRef, Timestamp};

use crate::{answers::Answers, error::NodeError, urls, work::spawn_blocking};

/// Bytes of the cached documents.
const MAX_BYTES: u64 = 16 << 20;
/// Bytes of the cached responses, compressed as they were sent: some thousands of pages.
const MAX_RESPONSE_BYTES: u64 = 16 << 20;
/// Age at which a response is no longer used: pages say how many minutes ago a peer was polled.
const MAX_RESPONSE_AGE: Duration = Duration::from_secs(30);
/// Expected number of cached documents: a capacity hint, not a bound.
const EXPECTED: usize = 1_000;
/// Time for rendering. Markdown is bounded in size, and rendering usually takes a millisecond.
const DEADLINE: Duration = Duration::from_secs(2);

/// A document that is parsed and rendered.
#[derive(Debug, Clone)]
pub(crate) struct Rendering {
    pub(crate) body: Arc<Body>,
    pub(crate) rendered: Arc<Rendered>,
}

/// A rendering in the cache.
#[derive(Clone)]
struct CachedRendering {
    made_from: MadeFrom,
    rendering: Rendering,
    /// Estimate of the memory that it takes.
    bytes: u64,
}

/// Everything that a rendering depends on.
#[derive(Clone, PartialEq, Eq)]
struct MadeFrom {
    digest: Digest,
    handle: String,
    origin: Option<Url>,
}

type Key = (i64, DocumentId);

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, CachedRendering> for ByBytes {
    fn weight(&self, _: &Key, cached: &CachedRendering) -> u64 {
        cached.bytes
    }
}

/// A successful response as it was sent.
#[derive(Debug, Clone)]
pub struct CachedResponse {
    /// All headers that do not depend on the connection.
    pub headers: HeaderMap,
    /// The body, compressed if the key says so.
    pub bytes: Bytes,
}

/// A response with what it depends on.
#[derive(Clone)]
struct DatedResponse {
    /// The last change of any document when it was made.
    change: u64,
    made_at: Instant,
    response: CachedResponse,
}

impl Weighter<String, DatedResponse> for ByBytes {
    fn weight(&self, key: &String, cached: &DatedResponse) -> u64 {
        /// Headers, and the cache's own overhead.
        const OVERHEAD: usize = 2_048;
        let bytes = key.len() + cached.response.bytes.len() + OVERHEAD;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// The cached renderings and responses.
pub struct Renderings {
    documents: Cache<Key, CachedRendering, ByBytes>,
    responses: Cache<String, DatedResponse, ByBytes>,
    /// Answers that many pages show.
    pub answers: Answers,
    /// Number of calls of [`Renderings::clear`].
    clears: AtomicU64,
}

impl Default for Renderings {
    fn default() -> Self {
        Self {
            documents: Cache::with_weighter(EXPECTED, MAX_BYTES, ByBytes),
            responses: Cache::with_weighter(EXPECTED, MAX_RESPONSE_BYTES, ByBytes),
            answers: Answers::default(),
            clears: AtomicU64::new(0),
        }
    }
}

/// The bytes of a document, with what its links depend on.
pub(crate) struct Unrendered<'a> {
    pub(crate) node_seq: i64,
    pub(crate) id: DocumentId,
    /// Digest of `body`.
    pub(crate) digest: Digest,
    pub(crate) handle: &'a str,
    pub(crate) body: &'a [u8],
    /// The site of its origin; `None` for this node's own.
    pub(crate) origin: Option<Url>,
    /// Since when this node holds the revision.
    pub(crate) seen: Timestamp,
    /// [`Renderings::clears`] before the document's row was read.
    pub(crate) clears: u64,
}

impl Renderings {
    /// Removes everything, so that no withdrawn word stays in memory.
    pub fn clear(&self) {
        // First, so that a reader who adds a rendering after the clearing notices it.
        self.clears.fetch_add(1, Ordering::AcqRel);
        self.documents.clear();
        self.responses.clear();
        self.answers.clear();
    }

    /// Returns the cached response, if `change` was the last change of any document when it was made.
    #[must_use]
    pub fn response(&self, key: &str, change: u64) -> Option<CachedResponse> {
        let cached = self.responses.get(key)?;
        if cached.change == change && cached.made_at.elapsed() < MAX_RESPONSE_AGE {
            return Some(cached.response);
        }
        self.responses.remove(key);
        None
    }

    /// Caches a response that was made after `change` was read. The caller reads the last change again afterwards, and
    /// removes the response if it is another: so a withdrawal in between leaves nothing behind.
    pub fn cache_response(&self, key: String, change: u64, response: CachedResponse) {
        let cached = DatedResponse {
            change,
            made_at: Instant::now(),
            response,
        };
        self.responses.insert(key, cached);
    }

    /// Removes a response.
    pub fn remove_response(&self, key: &str) {
        self.responses.remove(key);
    }

    /// Removes the rendering of a document that is no longer shown.
    pub(crate) fn remove(&self, node_seq: i64, id: DocumentId) {
        self.documents.remove(&(node_seq, id));
    }

    /// Returns the number of clearings so far; call it before the document's row is read.
    pub fn clears(&self) -> u64 {
        self.clears.load(Ordering::Acquire)
    }

    /// Returns a document's rendering from the cache, or else renders it and caches it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for bytes that are not a body; bodies are checked before they are stored.
    pub(crate) async fn rendering(&self, document: Unrendered<'_>) -> Result<Rendering, NodeError> {
        let key = (document.node_seq, document.id);
        let made_from = MadeFrom {
            digest: document.digest,
            handle: document.handle.to_owned(),
            origin: document.origin,
        };
        if let Some(cached) = self.documents.get(&key)
            && cached.made_from == made_from
        {
            return Ok(cached.rendering);
        }
        let body = body::read_local(document.body)
            .map_err(|_| StoreError::Corrupt(format!("an unreadable body of `{}`", document.id)))?;
        let body = Arc::new(match made_from.origin {
            Some(_) => body.seen_at(document.seen),
            None => body,
        });
        let rendered = Arc::new(render(&body, made_from.clone()).await?);
        let rendering = Rendering { body, rendered };
        // A parsed body takes about three times its bytes.
        let bytes = document.body.len() * 3 + rendering.rendered.html.len() + 1_024;
        let cached = CachedRendering {
            made_from,
            rendering: rendering.clone(),
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        };
        self.documents.insert(key, cached);
        // The row may have been withdrawn after it was read, and the cache cleared before the rendering was added.
        if self.clears() != document.clears {
            self.documents.remove(&key);
        }
        Ok(rendering)
    }
}

/// Renders on a thread that may block. If that takes too long, the result is the text as it was written.
async fn render(body: &Arc<Body>, from: MadeFrom) -> Result<Rendered, NodeError> {
    let own = Arc::clone(body);
    let rendering = spawn_blocking(move || {
        // Without the slug, which has words of the other document's title: that document may be withdrawn later. The
        // short address redirects to the full one.
        let document = |name: &str| match DocumentRef::parse(name) {
            Some(other) => Some(urls::document_by_id(other.node.as_str(), other.id)),
            None => DocumentId::parse(name).map(|id| urls::document_by_id(&from.handle, id)),
        };
        let common = own.common();
        // The file of a peer's document is at the peer's site.
        let attachment = |name: &str| {
            let held = common.attachments.iter().find(|held| held.name == name)?;
            let path = urls::attachment(&held.digest, name);
            match &from.origin {
                Some(site) => site.join(&path).ok().map(String::from),
                None => Some(path),
            }
        };
        let description = |name: &str| {
            let held = common.attachments.iter().find(|held| held.name == name)?;
            Some(held.alt.clone())
        };
        let links = Links {
            document: Some(&document),
            attachment: Some(&attachment),
            description: Some(&description),
            origin: from.origin.as_ref(),
            title: Some(&common.title),
        };
        markdown::render(&common.body_md, &links)
    });
    match tokio::time::timeout(DEADLINE, rendering).await {
        Ok(done) => done.map_err(NodeError::from),
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

    fn unrendered(body: &[u8], clears: u64) -> Unrendered<'_> {
        Unrendered {
            node_seq: 2,
            id: id(),
            digest: Digest::for_bytes(body),
            handle: "xx2",
            body,
            origin: None,
            seen: Timestamp::from_secs(1_800_000_000),
            clears,
        }
    }

    #[tokio::test]
    async fn relative_links_follow_their_origin_to_its_new_site() {
        let renderings = Renderings::default();
        let body = body("[the form](/forms/beds)");
        for site in ["https://old.example/", "https://new.example/"] {
            let document = Unrendered {
                origin: Some(Url::parse(site).unwrap()),
                ..unrendered(&body, renderings.clears())
            };
            let Ok(rendering) = renderings.rendering(document).await else {
                panic!("it is not rendered");
            };
            let href = format!("href=\"{site}forms/beds\"");
            assert!(
                rendering.rendered.html.contains(&href),
                "{href}: {}",
                rendering.rendered.html
            );
        }
    }

    #[tokio::test]
    async fn a_picture_is_shown_here_and_linked_to_from_a_peer() {
        let mut document = Document::page(
            "Beds",
            "![a bed](attachment:bed.png) [x](attachment:no.pdf)",
        );
        document.common.attachments.push(domain::Attachment {
            digest: Digest::for_bytes(b"bed"),
            len: 3,
            media_type: "image/png".to_owned(),
            name: "bed.png".to_owned(),
            alt: "a bed".to_owned(),
        });
        let stamp = Stamp {
            id: id(),
            rev: 1,
            salt: [7; 16],
            organisation: None,
        };
        let bytes = body::encode(&document, &stamp).unwrap();
        let path = urls::attachment(&Digest::for_bytes(b"bed"), "bed.png");
        for (origin, wanted) in [
            (
                None,
                format!("<img src=\"{path}\" alt=\"a bed\" loading=\"lazy\"> x"),
            ),
            (
                Some("https://far.example/"),
                format!(
                    "<a href=\"https://far.example{path}\" rel=\"noopener ugc nofollow\">a bed</a> x"
                ),
            ),
        ] {
            let renderings = Renderings::default();
            let unrendered = Unrendered {
                origin: origin.map(|site| Url::parse(site).unwrap()),
                ..unrendered(&bytes, renderings.clears())
            };
            let rendering = renderings.rendering(unrendered).await.unwrap();
            let html = &rendering.rendered.html;
            assert!(html.contains(&wanted), "{wanted}: {html}");
        }
    }

    #[tokio::test]
    async fn what_was_read_before_a_clearing_is_not_cached_after_it() {
        let renderings = Renderings::default();
        let body = body("words");
        let before = renderings.clears();
        assert!(
            renderings
                .rendering(unrendered(&body, before))
                .await
                .is_ok()
        );
        assert_eq!(renderings.documents.len(), 1);
        renderings.clear();
        // A reader who read the row before is shown the document, and no word of it stays in memory.
        assert!(
            renderings
                .rendering(unrendered(&body, before))
                .await
                .is_ok()
        );
        assert_eq!(renderings.documents.len(), 0);
        let now = renderings.clears();
        assert!(renderings.rendering(unrendered(&body, now)).await.is_ok());
        assert_eq!(renderings.documents.len(), 1);
    }

    #[test]
    fn a_response_is_used_until_any_document_changes() {
        let renderings = Renderings::default();
        let response = |text: &'static str| CachedResponse {
            headers: HeaderMap::new(),
            bytes: Bytes::from_static(text.as_bytes()),
        };
        let cached = |key, change| renderings.response(key, change).map(|found| found.bytes);
        renderings.cache_response("a".to_owned(), 7, response("seven"));
        assert_eq!(cached("a", 7), Some(Bytes::from_static(b"seven")));
        assert_eq!(cached("b", 7), None);
        assert_eq!(cached("a", 8), None);
        // An outdated response is removed.
        assert_eq!(cached("a", 7), None);
        renderings.cache_response("a".to_owned(), 8, response("eight"));
        renderings.cache_response("b".to_owned(), 8, response("eight"));
        renderings.remove_response("a");
        assert_eq!(cached("a", 8), None);
        renderings.clear();
        assert_eq!(cached("b", 8), None);
    }
}
