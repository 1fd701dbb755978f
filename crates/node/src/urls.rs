//! Every address of a site, in one place: the patterns that the table of routes serves, and the functions that fill
//! them in for pages, feeds and the API.
//!
//! A function without `node` returns a path of this site; [`absolute`] makes a whole address of it.

use url::Url;
use wire::DocumentId;

use crate::Node;

/// The home page.
pub const HOME: &str = "/";
/// The search page.
pub const SEARCH: &str = "/search";
/// A search as an Atom feed.
pub const SEARCH_ATOM: &str = "/search.atom";
/// A search as a JSON Feed.
pub const SEARCH_JSON: &str = "/search.json";
/// A search as a table.
pub const SEARCH_CSV: &str = "/search.csv";
/// The page that lists the values to filter by.
pub const BROWSE: &str = "/browse";
/// The list of organisations.
pub const ORGANISATIONS: &str = "/organisations";
/// One organisation; see [`organisation`].
pub const ORGANISATION: &str = "/organisations/{handle}";
/// An organisation's documents as an Atom feed; see [`organisation_feed`].
pub const ORGANISATION_ATOM: &str = "/organisations/{handle}/feed.atom";
/// An organisation's documents as a JSON Feed; see [`organisation_feed`].
pub const ORGANISATION_JSON: &str = "/organisations/{handle}/feed.json";
/// The state of the peers.
pub const FEDERATION: &str = "/federation";
/// The list of help pages.
pub const HELP: &str = "/help";
/// One help page; see [`help`].
pub const HELP_PAGE: &str = "/help/{name}";
/// Display and keyboard settings.
pub const DISPLAY: &str = "/display";
/// A style sheet, a script or a picture.
pub const ASSET: &str = "/assets/{name}";
/// One document by its id, without the words of its title; see [`document_by_id`].
pub const DOCUMENT_BY_ID: &str = "/d/{handle}/{id}";
/// One document; see [`document`].
pub const DOCUMENT: &str = "/d/{handle}/{id}/{slug}";
/// The newest documents as an Atom feed.
pub const FEED_ATOM: &str = "/feed.atom";
/// The newest documents as a JSON Feed.
pub const FEED_JSON: &str = "/feed.json";
/// The site map.
pub const SITEMAP: &str = "/sitemap.xml";
/// A part of the site map; see [`sitemap_part`].
pub const SITEMAP_PART: &str = "/sitemap/{part}";
/// What search engines may read.
pub const ROBOTS: &str = "/robots.txt";

/// The reference of the API, for people.
pub const API: &str = "/api";
/// The description of the API, for programs.
pub const API_DESCRIPTION: &str = "/api/openapi.json";
/// Search.
pub const API_SEARCH: &str = "/api/v1/search";
/// Suggestions while a reader types.
pub const API_SUGGEST: &str = "/api/v1/suggest";
/// One document.
pub const API_DOCUMENT: &str = "/api/v1/documents/{node}/{id}";
/// The peers.
pub const API_PEERS: &str = "/api/v1/peers";
/// The state of this node.
pub const API_STATUS: &str = "/api/v1/status";
/// Any other address of the API.
pub const API_OTHER: &str = "/api/{*path}";

/// The process answers.
pub const HEALTHZ: &str = "/healthz";
/// The node can work.
pub const READYZ: &str = "/readyz";

/// The contact for reports of a weakness (RFC 9116).
pub const SECURITY_TXT: &str = "/.well-known/security.txt";
/// Where a site says which node it is, for operators who add it as a peer.
pub const WELL_KNOWN: &str = peering::WELL_KNOWN;
/// The feed of a site (docs/FEED.md §6).
pub const FEED: &str = "/feed/v1";
/// What the addresses of all versions of the feed begin with.
pub const FEEDS: &str = "/feed/";
/// As [`FEED`], with a slash.
pub const FEED_SLASH: &str = "/feed/v1/";
/// The newest node document.
pub const FEED_NODE: &str = "/feed/v1/node";
/// A version of the node document.
pub const FEED_NODE_VERSION: &str = "/feed/v1/node/{version}";
/// Checkpoint, tiles and entries of a log.
pub const FEED_LOG: &str = "/feed/v1/log/{epoch}/{*path}";
/// A body by its digest.
pub const FEED_BODY: &str = "/feed/v1/doc/{digest}";
/// Receipts.
pub const FEED_SEEN: &str = "/feed/v1/seen";
/// Where peers ask for an early poll: the one address of the feed that takes a body.
pub const FEED_NUDGE: &str = "/feed/v1/nudge";
/// Any other address of the feed.
pub const FEED_OTHER: &str = "/feed/v1/{*path}";

/// Returns the path of a document.
#[must_use]
pub fn document(handle: &str, id: DocumentId, slug: &str) -> String {
    format!("/d/{handle}/{id}/{slug}")
}

/// Returns the path of a document without the words of its title: it stays the same when the title changes.
#[must_use]
pub fn document_by_id(handle: &str, id: DocumentId) -> String {
    format!("/d/{handle}/{id}")
}

/// A form of a document other than its page, by the ending of the address. No id and no slug contains a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Front matter and text.
    Markdown,
    /// The signed parts.
    Json,
    /// The proof of its place in the log (C2SP tlog-proof).
    Proof,
}

impl Form {
    const ALL: [Self; 3] = [Self::Markdown, Self::Json, Self::Proof];

    /// Returns the ending, with its dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Markdown => ".md",
            Self::Json => ".json",
            Self::Proof => ".tlog-proof",
        }
    }

    /// Returns the address of this form of the document at `page`.
    #[must_use]
    pub fn address(self, page: &str) -> String {
        format!("{page}{}", self.ending())
    }

    /// Splits the last part of an address into its stem and its form; `None` for the address of a page.
    #[must_use]
    pub fn split(last: &str) -> Option<(&str, Self)> {
        Self::ALL
            .into_iter()
            .find_map(|form| Some((last.strip_suffix(form.ending())?, form)))
    }
}

/// Returns the path of an organisation's page.
#[must_use]
pub fn organisation(handle: &str) -> String {
    format!("/organisations/{handle}")
}

/// Returns the path of an organisation's feed, with its `ending`: `atom` or `json`.
#[must_use]
pub fn organisation_feed(handle: &str, ending: &str) -> String {
    format!("/organisations/{handle}/feed.{ending}")
}

/// Returns the path of the newest documents' feed, with its `ending`: `atom` or `json`.
#[must_use]
pub fn feed(ending: &str) -> String {
    format!("/feed.{ending}")
}

/// Returns the path of a help page.
#[must_use]
pub fn help(name: &str) -> String {
    format!("/help/{name}")
}

/// Returns the path of a part of the site map.
#[must_use]
pub fn sitemap_part(part: u64) -> String {
    format!("/sitemap/{part}.xml")
}

/// Returns a path with a query; without a question mark where the query is empty.
#[must_use]
pub fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// Returns the address of the site that serves a feed. `base` is the one that is polled, and never one that a peer only
/// states: links to the site of a node lead here.
#[must_use]
pub fn site_of_feed(base: &str) -> Url {
    let trimmed = base.trim_end_matches('/');
    let site = trimmed.strip_suffix(FEED).unwrap_or(trimmed);
    let is_web_address = |site: &Url| {
        matches!(site.scheme(), "http" | "https") && site.has_host() && site.username().is_empty()
    };
    let site = Url::parse(site).ok().filter(is_web_address);
    site.unwrap_or_else(unknown_site)
}

/// Returns an address in place of one that is invalid; a base is checked before it is stored, so this is never shown.
fn unknown_site() -> Url {
    #[expect(clippy::expect_used, reason = "a constant that is an address")]
    Url::parse("http://localhost/").expect("an address")
}

/// Returns a path of this site as a whole address; the path alone before `init`.
#[must_use]
pub fn absolute(node: &Node, path: &str) -> String {
    match node.identity() {
        Some(identity) => identity.absolute(path),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;

    /// Says whether a path is one that a pattern of the router takes.
    fn fits(pattern: &str, path: &str) -> bool {
        let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(part), Some(word)) if part.starts_with('{') && !word.is_empty() => {}
                (Some(part), Some(word)) if part == word => {}
                _ => return false,
            }
        }
    }

    #[test]
    fn the_ending_of_an_address_names_the_form() {
        for (last, split) in [
            ("tap-and-go", None),
            ("tap-and-go.md", Some(("tap-and-go", Form::Markdown))),
            ("tap-and-go.json", Some(("tap-and-go", Form::Json))),
            ("x.tlog-proof", Some(("x", Form::Proof))),
            (".md", Some(("", Form::Markdown))),
            ("md", None),
            ("x.html", None),
        ] {
            assert_eq!(Form::split(last), split, "{last}");
            if let Some((stem, form)) = split {
                assert_eq!(form.address(stem), last);
            }
        }
    }

    #[test]
    fn every_address_that_is_built_fits_its_pattern() {
        let id = DocumentId::generate(Timestamp::from_secs(1_800_000_000), [7; 10]);
        for (pattern, path) in [
            (DOCUMENT, document("rx1", id, "beds")),
            (DOCUMENT_BY_ID, document_by_id("rx1", id)),
            (ORGANISATION, organisation("rx1")),
            (ORGANISATION_ATOM, organisation_feed("rx1", "atom")),
            (ORGANISATION_JSON, organisation_feed("rx1", "json")),
            (FEED_ATOM, feed("atom")),
            (FEED_JSON, feed("json")),
            (HELP_PAGE, help("searching")),
            (SITEMAP_PART, sitemap_part(0)),
        ] {
            assert!(fits(pattern, &path), "{path} does not fit {pattern}");
        }
        assert!(!fits(DOCUMENT, "/d/rx1/x"));
        assert_eq!(with_query(SEARCH, ""), "/search");
        assert_eq!(with_query(SEARCH, "q=x"), "/search?q=x");
    }
}
