//! Links in the header of a document's page, for programs that read no HTML (Signposting, <https://signposting.org/FAIR/>).

use http::HeaderValue;
use node::{flows::reading::Shown, urls};

use crate::{citation::licence_url, datacite};

/// What a page about a document is, and what the document is, in the words of schema.org.
const TYPES: [&str; 2] = ["https://schema.org/AboutPage", "https://schema.org/Report"];

/// Returns the `Link` header of a document's page: how to cite it, what describes it, its forms, its licence and type.
/// Nothing for a document without an address at its origin.
#[must_use]
pub fn links(shown: &Shown) -> Option<HeaderValue> {
    let path = shown.path();
    let mut links = vec![format!("<{}>; rel=\"cite-as\"", shown.origin_url)];
    links.push(format!(
        "<{}>; rel=\"describedby\"; type=\"application/json\"",
        urls::Form::Json.address(&path)
    ));
    links.push(format!(
        "<{}>; rel=\"item\"; type=\"text/markdown\"",
        urls::Form::Markdown.address(&path)
    ));
    links.push(format!(
        "<{}>; rel=\"describedby\"; type=\"{}\"",
        urls::Form::DataCite.address(&path),
        datacite::MEDIA_TYPE
    ));
    let licence = licence_url(shown.body.common().licence);
    links.extend(licence.map(|address| format!("<{address}>; rel=\"license\"")));
    links.extend(TYPES.map(|address| format!("<{address}>; rel=\"type\"")));
    let organisation = urls::organisation(&shown.document.owner.handle);
    links.push(format!("<{organisation}>; rel=\"author\""));
    HeaderValue::try_from(links.join(", ")).ok()
}
