//! Every address of a site, in one place: the patterns that the table of routes serves, and the functions that fill
//! them in for pages, feeds and the API.
//!
//! They are paths of this site; `node::urls::absolute` makes a whole address of one. No I/O.

mod care;
mod feed;
mod form;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;
use wire::{AccountId, Digest, DocumentId};

pub use care::*;
pub use feed::*;
pub use form::Form;

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
/// What is known about a topic; see [`topic`].
pub const TOPIC: &str = "/topics/{topic}";
/// What is known about a product within a topic; see [`topic_and_product`].
pub const TOPIC_AND_PRODUCT: &str = "/topics/{topic}/{product}";
/// What is known about a product; see [`product`].
pub const PRODUCT: &str = "/products/{product}";
/// Up to four documents next to each other.
pub const COMPARE: &str = "/compare";
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
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Setting a password by a one-time link; see [`sign_in_link`].
pub const SIGN_IN_LINK: &str = "/sign-in/link";
/// Asking for a new password by mail.
pub const SIGN_IN_FORGOT: &str = "/sign-in/forgot";
/// The way to an OpenID provider; see [`provider`].
pub const SIGN_IN_WITH: &str = "/sign-in/with/{provider}";
/// The way back; see [`provider_callback`].
pub const SIGN_IN_BACK: &str = "/sign-in/with/{provider}/back";
/// Signing out.
pub const SIGN_OUT: &str = "/sign-out";
/// A person's own page.
pub const ME: &str = "/me";
/// Changing one's password.
pub const ME_PASSWORD: &str = "/me/password";
/// Ending one's sessions.
pub const ME_SESSIONS: &str = "/me/sessions";
/// Making and revoking one's access tokens.
pub const ME_TOKENS: &str = "/me/tokens";
/// The people who can sign in.
pub const ACCOUNTS: &str = "/accounts";
/// One of them; see [`account`].
pub const ACCOUNT: &str = "/accounts/{id}";
/// What people searched for and did not find.
pub const GAPS: &str = "/gaps";
/// Who did what.
pub const AUDIT: &str = "/audit";
/// The same as lines of JSON.
pub const AUDIT_LINES: &str = "/audit.jsonl";
/// Choosing what to write.
pub const WRITE: &str = "/write";
/// A draft as a whole; see [`draft`].
pub const DRAFT: &str = "/drafts/{id}";
/// A draft made of a file of Word or PowerPoint.
pub const WRITE_FROM_FILE: &str = "/write/from-file";
/// The files of a draft.
pub const DRAFT_ATTACHMENTS: &str = "/drafts/{id}/attachments";
/// One of them, to be described or removed.
pub const DRAFT_ATTACHMENT: &str = "/drafts/{id}/attachments/{digest}";
/// One of them, to be read; see [`draft_attachment`].
pub const DRAFT_ATTACHMENT_FILE: &str = "/drafts/{id}/attachments/{digest}/{name}";
/// A section of a draft; see [`draft_section`].
pub const DRAFT_SECTION: &str = "/drafts/{id}/{section}";
/// The drafts that wait for review.
pub const REVIEW: &str = "/review";
/// One of them; see [`review`].
pub const REVIEW_DRAFT: &str = "/review/{id}";
/// A style sheet, a script or a picture.
pub const ASSET: &str = "/assets/{name}";
/// What the address of every document begins with.
pub const DOCUMENTS: &str = "/d";
/// One document by its id, without the words of its title; see [`document_by_id`].
pub const DOCUMENT_BY_ID: &str = "/d/{handle}/{id}";
/// One document; see [`document`].
pub const DOCUMENT: &str = "/d/{handle}/{id}/{slug}";
/// A file that a document has attached; see [`attachment`].
pub const ATTACHMENT: &str = "/attachments/{digest}/{name}";
/// The newest documents as an Atom feed.
pub const FEED_ATOM: &str = "/feed.atom";
/// The newest documents as a JSON Feed.
pub const FEED_JSON: &str = "/feed.json";
/// The site map.
pub const SITEMAP: &str = "/sitemap.xml";
/// A part of the site map; see [`sitemap_part`].
pub const SITEMAP_PART: &str = "/sitemap/{part}";
/// The description of the search for browsers.
pub const OPEN_SEARCH: &str = "/opensearch.xml";
/// Where assistants search and read (MCP).
pub const MCP: &str = "/mcp";
/// The page on which a quote is checked.
pub const VERIFY_QUOTE: &str = "/verify-quote";
/// The keys of the logs that this site knows, as a policy.
pub const POLICY: &str = "/tlog-policy";
/// Where libraries harvest (OAI-PMH).
pub const OAI: &str = "/oai";
/// What search engines may read.
pub const ROBOTS: &str = "/robots.txt";

/// What the addresses of the API begin with.
pub const API_PREFIX: &str = "/api/";
/// The reference of the API, for people.
pub const API: &str = "/api";
/// The description of the API, for programs.
pub const API_DESCRIPTION: &str = "/api/openapi.json";
/// Search.
pub const API_SEARCH: &str = "/api/v1/search";
/// What is known about a topic, a product or both.
pub const API_KNOWN: &str = "/api/v1/known";
/// Suggestions while a reader types.
pub const API_SUGGEST: &str = "/api/v1/suggest";
/// One document.
pub const API_DOCUMENT: &str = "/api/v1/documents/{node}/{id}";
/// The peers.
pub const API_PEERS: &str = "/api/v1/peers";
/// The state of this node.
pub const API_STATUS: &str = "/api/v1/status";
/// The drafts of the one who asks.
pub const API_DRAFTS: &str = "/api/v1/drafts";
/// Rich text to markdown.
pub const API_MARKDOWN: &str = "/api/v1/markdown";
/// One draft; see [`api_draft`].
pub const API_DRAFT: &str = "/api/v1/drafts/{id}";
/// A section of a draft; see [`api_draft_section`].
pub const API_DRAFT_SECTION: &str = "/api/v1/drafts/{id}/{section}";
/// Any other address of the API.
pub const API_OTHER: &str = "/api/{*path}";

/// The process answers.
pub const HEALTHZ: &str = "/healthz";
/// The node can work.
pub const READYZ: &str = "/readyz";

/// The contact for reports of a weakness (RFC 9116).
pub const SECURITY_TXT: &str = "/.well-known/security.txt";

/// The licences of what the program contains.
pub const LICENCES: &str = "/licences";

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

/// Returns the path of an attachment. The digest decides; the name is for the person who keeps the file.
#[must_use]
pub fn attachment(digest: &Digest, name: &str) -> String {
    format!("/attachments/{}/{}", digest_part(digest), file_name(name))
}

/// Returns the name of a file as a part of an address or of a header.
#[must_use]
pub fn file_name(name: &str) -> String {
    utf8_percent_encode(name, NAME).to_string()
}

/// Returns the path of a file of a draft.
#[must_use]
pub fn draft_attachment(draft: DocumentId, digest: &Digest, name: &str) -> String {
    format!("/drafts/{draft}{}", attachment(digest, name))
}

/// Returns a digest as the path of an attachment has it.
#[must_use]
pub fn digest_part(digest: &Digest) -> String {
    let digest = digest.to_string();
    digest
        .strip_prefix(DIGEST_PREFIX)
        .unwrap_or(&digest)
        .to_owned()
}

/// Reads the digest in the path of an attachment.
#[must_use]
pub fn attachment_digest(text: &str) -> Option<Digest> {
    Digest::parse(&format!("{DIGEST_PREFIX}{text}"))
}

/// What is not written as it is in the name of a file.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// What an address leaves out of a digest.
const DIGEST_PREFIX: &str = "sha256:";

/// Returns the path of what is known about a topic.
#[must_use]
pub fn topic(topic: &str) -> String {
    format!("/topics/{topic}")
}

/// Returns the path of what is known about a product within a topic.
#[must_use]
pub fn topic_and_product(topic: &str, product: &str) -> String {
    format!("/topics/{topic}/{}", encoded(product))
}

/// Returns the path of what is known about a product.
#[must_use]
pub fn product(product: &str) -> String {
    format!("/products/{}", encoded(product))
}

/// Returns words as a part of a query.
#[must_use]
pub fn encoded(words: &str) -> String {
    utf8_percent_encode(words, NON_ALPHANUMERIC).to_string()
}

/// Returns the path of the page to sign in on, which leads on to `next`.
#[must_use]
pub fn sign_in(next: &str) -> String {
    format!("{SIGN_IN}?next={}", encoded(next))
}

/// Returns the path of the page to sign in on for someone in whose browser another person has signed in.
#[must_use]
pub fn sign_in_again(next: &str) -> String {
    format!("{}&again=yes", sign_in(next))
}

/// Returns the address within this site that a form or a query says to continue to; `None` for any that a browser could
/// read as that of another site.
#[must_use]
pub fn next(text: &str) -> Option<&str> {
    /// The longest address that a search makes.
    const MAX_BYTES: usize = 2_000;
    let rest = text.strip_prefix('/')?;
    let is_path = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte);
    let is_own = !rest.starts_with('/') && text.len() <= MAX_BYTES && text.bytes().all(is_path);
    // Signing in leads to no page that signs out or in again.
    let path = text.split(['?', '#']).next().unwrap_or_default();
    (is_own && path != SIGN_OUT && !path.starts_with(SIGN_IN)).then_some(text)
}

/// Returns the path that leads to an OpenID provider, and afterwards on to `next`.
#[must_use]
pub fn provider(name: &str, next: &str) -> String {
    let path = format!("/sign-in/with/{name}");
    match next {
        "" => path,
        next => format!("{path}?next={}", encoded(next)),
    }
}

/// Returns the path to which an OpenID provider sends a browser back.
#[must_use]
pub fn provider_callback(name: &str) -> String {
    format!("/sign-in/with/{name}/back")
}

/// Returns the path of a one-time link. Its secret part is in the query, which no log has.
#[must_use]
pub fn sign_in_link(secret: &str) -> String {
    format!("{SIGN_IN_LINK}?key={secret}")
}

/// Returns the path of an account's page.
#[must_use]
pub fn account(id: AccountId) -> String {
    format!("{ACCOUNTS}/{id}")
}

/// Returns the path of a draft.
#[must_use]
pub fn draft(id: DocumentId) -> String {
    format!("/drafts/{id}")
}

/// Returns the path of a section of a draft.
#[must_use]
pub fn draft_section(id: DocumentId, section: &str) -> String {
    format!("/drafts/{id}/{section}")
}

/// Returns the path on which a draft is reviewed.
#[must_use]
pub fn review(id: DocumentId) -> String {
    format!("{REVIEW}/{id}")
}

/// Returns the path of a draft for programs.
#[must_use]
pub fn api_draft(id: DocumentId) -> String {
    format!("{API_DRAFTS}/{id}")
}

/// Returns the path of a section of a draft for programs.
#[must_use]
pub fn api_draft_section(id: DocumentId, section: &str) -> String {
    format!("{API_DRAFTS}/{id}/{section}")
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
    match query {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
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
    fn signing_in_leads_on_to_this_site_only() {
        for path in ["/", "/me", "/search?q=a%20b&page=2", "/d/zz1/1/x#top"] {
            assert_eq!(next(path), Some(path));
        }
        for wrong in [
            "",
            "me",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example/",
            "/a b",
            "/\r\nSet-Cookie: x=y",
            "/sign-out",
            "/sign-out?x",
            "/sign-in",
            "/sign-in/link?key=x",
            "/\u{e9}",
        ] {
            assert_eq!(next(wrong), None, "{wrong:?}");
        }
        assert_eq!(sign_in("/a?b=c"), "/sign-in?next=%2Fa%3Fb%3Dc");
    }

    #[test]
    fn the_ending_of_an_address_names_the_form() {
        for (last, split) in [
            ("tap-and-go", None),
            ("tap-and-go.md", Some(("tap-and-go", Form::Markdown))),
            ("tap-and-go.json", Some(("tap-and-go", Form::Json))),
            ("x.tlog-proof", Some(("x", Form::Proof))),
            ("x.datacite.json", Some(("x", Form::DataCite))),
            ("x.docx", Some(("x", Form::Brief))),
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
        let now = Timestamp::from_secs(1_800_000_000);
        let (id, account_id) = (
            DocumentId::generate(now, [7; 10]),
            AccountId::generate(now, [7; 10]),
        );
        for (pattern, path) in [
            (DOCUMENT, document("rx1", id, "beds")),
            (DOCUMENT_BY_ID, document_by_id("rx1", id)),
            (ACCOUNT, account(account_id)),
            (SIGN_IN_WITH, provider("entra", "")),
            (SIGN_IN_BACK, provider_callback("entra")),
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
