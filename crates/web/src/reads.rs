//! The layer that counts readers of this node's documents, outside the page cache.
//!
//! It counts, and keeps nothing of a request: no address, no cookie, no words of a search. What says that it is no person is
//! not counted: another method than GET, a prefetch, a program by its name.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, StatusCode, header};
use node::{Node, urls};
use url::Url;
use wire::DocumentId;

/// Words in the names of programs that read pages by themselves.
const PROGRAMS: [&str; 8] = [
    "bot", "crawl", "spider", "slurp", "preview", "monitor", "headless", "scan",
];

/// Counts the reader of a page that was found.
pub(crate) async fn count(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let read = document_of(&node, &request).map(|id| (id, came_from_search(request.headers())));
    let response = next.run(request).await;
    let is_read = matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED);
    if let Some((id, from_search)) = read.filter(|_| is_read) {
        node.reads.count(id, node.now().date(), from_search);
    }
    response
}

/// Returns the document of this node whose page a person requests.
fn document_of(node: &Node, request: &Request) -> Option<DocumentId> {
    let identity = node.identity()?;
    let rest = request.uri().path().strip_prefix(urls::DOCUMENTS)?;
    let mut parts = rest.strip_prefix('/')?.split('/');
    let (handle, id, slug) = (parts.next()?, parts.next()?, parts.next()?);
    let is_page = handle == identity.handle && !slug.contains('.');
    let is_person = request.method() == Method::GET && is_person(request.headers());
    (is_page && is_person).then(|| DocumentId::parse(id))?
}

fn is_person(headers: &HeaderMap) -> bool {
    let text = |name| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_ascii_lowercase()
    };
    let browser = text(header::USER_AGENT);
    let is_prefetch = headers.contains_key("sec-purpose");
    browser.starts_with("mozilla/")
        && !PROGRAMS.iter().any(|word| browser.contains(word))
        && !is_prefetch
}

/// Returns whether the reader followed a link on a page of results of this site.
fn came_from_search(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(referrer), Some(host)) = (text(header::REFERER), text(header::HOST)) else {
        return false;
    };
    let Ok(from) = Url::parse(referrer) else {
        return false;
    };
    let is_here = from.host_str().is_some_and(|name| match from.port() {
        Some(port) => host == format!("{name}:{port}"),
        None => host == name,
    });
    is_here && from.path() == urls::SEARCH
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let each = pairs.iter().cloned();
        each.map(|(name, value)| (name, HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn programs_are_not_counted() {
        for (name, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", true),
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", false),
            ("curl/8.5.0", false),
            ("", false),
        ] {
            let headers = headers(&[(header::USER_AGENT, name)]);
            assert_eq!(is_person(&headers), expected, "{name}");
        }
        let prefetch = headers(&[
            (header::USER_AGENT, "Mozilla/5.0 Chrome/140.0"),
            (HeaderName::from_static("sec-purpose"), "prefetch"),
        ]);
        assert!(!is_person(&prefetch));
    }

    #[test]
    fn a_reader_came_from_a_page_of_results_of_this_site_only() {
        for (referrer, expected) in [
            ("https://lessons.example/search?q=beds", true),
            ("https://lessons.example/", false),
            ("https://evil.example/search?q=beds", false),
            ("https://lessons.example.evil.example/search", false),
            ("no address", false),
        ] {
            let headers = headers(&[
                (header::REFERER, referrer),
                (header::HOST, "lessons.example"),
            ]);
            assert_eq!(came_from_search(&headers), expected, "{referrer}");
        }
        let here = headers(&[
            (header::REFERER, "http://127.0.0.1:8080/search"),
            (header::HOST, "127.0.0.1:8080"),
        ]);
        assert!(came_from_search(&here));
    }
}
