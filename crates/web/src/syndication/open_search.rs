//! The description of this site's search for browsers (OpenSearch 1.1), so that people search from the address bar.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use node::{Node, urls};

use pages::answer::answer;

/// The media type, which browsers look for.
const MEDIA_TYPE: &str = "application/opensearchdescription+xml";
/// The longest name that the specification allows, in characters.
const MAX_NAME: usize = 16;

/// `GET /opensearch.xml`.
pub async fn open_search(State(node): State<Arc<Node>>, request: HeaderMap) -> Response {
    let settings = node.current();
    let site = &settings.site.name;
    let name: String = site.chars().take(MAX_NAME).collect();
    let address = |path: &str| markdown::escape(&urls::absolute(&node, path));
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
         <ShortName>{}</ShortName>\n\
         <Description>{}: what other NHS organisations tried</Description>\n\
         <InputEncoding>UTF-8</InputEncoding>\n\
         <Language>en-GB</Language>\n\
         <Url type=\"text/html\" template=\"{search}?q={{searchTerms}}\"/>\n\
         <Url type=\"application/atom+xml\" template=\"{atom}?q={{searchTerms}}\"/>\n\
         <Url type=\"{MEDIA_TYPE}\" rel=\"self\" template=\"{own}\"/>\n\
         </OpenSearchDescription>\n",
        markdown::escape(&name),
        markdown::escape(site),
        search = address(urls::SEARCH),
        atom = address(urls::SEARCH_ATOM),
        own = address(urls::OPEN_SEARCH),
    );
    answer(&request, MEDIA_TYPE, text.into_bytes())
}
