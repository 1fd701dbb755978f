//! Instructions to crawlers: the addresses of this site (sitemaps.org 0.9), and those not to visit.
//!
//! Only this node's own documents are in the map; copies of others' name their origin as canonical.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;
use store::Address;
use wire::Viewer;

use node::{Node, urls};
use pages::{answer::answer, problem::Problem, requester::Requester};

/// Addresses in one map (sitemaps.org).
const MAX_ADDRESSES: u32 = 50_000;
pub(crate) const MEDIA_TYPE: &str = "application/xml; charset=utf-8";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// `GET /sitemap.xml`: the map or, when it has too many addresses, the list of its parts.
///
/// # Errors
/// Of the database.
pub async fn sitemap(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let documents = node.store.counts(viewer).await?.own_documents;
    let parts = documents.div_ceil(u64::from(MAX_ADDRESSES));
    let xml = if parts > 1 {
        let addresses = (0..parts).map(|part| urls::absolute(&node, &urls::sitemap_part(part)));
        index(addresses)
    } else {
        map_of(&node, viewer, 0).await?
    };
    Ok(answer(&request, MEDIA_TYPE, xml.into_bytes()))
}

/// `GET /sitemap/{part}`: a part of a large map, from `0.xml`.
///
/// # Errors
/// 404 for a part that is not there.
pub async fn sitemap_part(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    Path(part): Path<String>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("the map of this site has no such part");
    let number = part.strip_suffix(".xml").ok_or_else(missing)?;
    let plain = number.len() <= 6 && number.bytes().all(|b| b.is_ascii_digit());
    let number: u32 = plain
        .then(|| number.parse().ok())
        .flatten()
        .ok_or_else(missing)?;
    let documents = node.store.counts(viewer).await?.own_documents;
    if u64::from(number) >= documents.div_ceil(u64::from(MAX_ADDRESSES)).max(1) {
        return Err(missing());
    }
    let xml = map_of(&node, viewer, number).await?;
    Ok(answer(&request, MEDIA_TYPE, xml.into_bytes()))
}

/// `GET /robots.txt`.
pub async fn robots(State(node): State<Arc<Node>>, request: HeaderMap) -> Response {
    // Every combination of filters has its own address, and none has content that is not elsewhere.
    let text = format!(
        "User-agent: *\nDisallow: {}\nDisallow: {}/\nDisallow: {}\nDisallow: {}\nDisallow: {}\n\nSitemap: {}\n",
        urls::SEARCH,
        urls::API,
        urls::FEEDS,
        urls::OAI,
        urls::MCP,
        urls::absolute(&node, urls::SITEMAP)
    );
    answer(&request, "text/plain; charset=utf-8", text.into_bytes())
}

async fn map_of(node: &Node, viewer: Viewer, part: u32) -> Result<String, Problem> {
    let Some(identity) = node.identity() else {
        return Ok(urls(std::iter::empty()));
    };
    let skip = u64::from(part) * u64::from(MAX_ADDRESSES);
    let found = node
        .store
        .own_addresses(viewer, skip, MAX_ADDRESSES)
        .await?;
    let url = |place: &Address| {
        let path = urls::document(&identity.handle, place.id, &place.slug);
        (urls::absolute(node, &path), place.changed_at.to_string())
    };
    Ok(urls(found.iter().map(url)))
}

fn urls(addresses: impl Iterator<Item = (String, String)>) -> String {
    let mut xml = begin("urlset");
    for (address, changed) in addresses {
        let address = markdown::escape(&address);
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            xml,
            "<url><loc>{address}</loc><lastmod>{changed}</lastmod></url>"
        );
    }
    xml.push_str("</urlset>\n");
    xml
}

fn index(addresses: impl Iterator<Item = String>) -> String {
    let mut xml = begin("sitemapindex");
    for address in addresses {
        let _ = writeln!(
            xml,
            "<sitemap><loc>{}</loc></sitemap>",
            markdown::escape(&address)
        );
    }
    xml.push_str("</sitemapindex>\n");
    xml
}

fn begin(element: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{element} xmlns=\"{NAMESPACE}\">\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_escaped() {
        let xml = urls(std::iter::once((
            "https://x/?a&<".to_owned(),
            "2026-11-24T00:00:00Z".to_owned(),
        )));
        assert!(
            xml.contains("<loc>https://x/?a&amp;&lt;</loc><lastmod>2026-11-24T00:00:00Z</lastmod>")
        );
        let xml = index(["https://x/sitemap/0.xml".to_owned()].into_iter());
        assert!(xml.contains("<sitemap><loc>https://x/sitemap/0.xml</loc></sitemap>"));
    }
}
