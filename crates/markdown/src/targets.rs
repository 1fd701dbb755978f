//! Where the links and images of a text lead: to this site, to another, or nowhere that a reader may be sent to.

use url::Url;

use crate::anchors::Anchors;

/// What a link to a document begins with, in a text: `/d/<uuid>` for one of the same node, and `/d/<node id>/<uuid>` for one of
/// another. It stays right when the title, the address or the file of the document changes.
pub const DOCUMENT_LINK: &str = "/d/";

/// What the fragment of a link to a document begins with if that has no such part: `/d/<uuid>#missing:<fragment>`.
pub const MISSING_PART: &str = "missing:";

/// A function that gives the address of something, if there is one.
pub type Lookup<'a> = &'a (dyn Fn(&str) -> Option<String> + Send + Sync);

/// Says where the links of a document lead. Links to `http`, `https`, `mailto` and `tel` need no entry here.
#[derive(Default, Clone, Copy)]
pub struct Links<'a> {
    /// The address of document `<uuid>` of the same node, for a link written `/d/<uuid>`, and of `<node id>/<uuid>`, for one
    /// written `/d/<node id>/<uuid>`. Where there is none, the link's text stays and the link goes.
    pub document: Option<Lookup<'a>>,
    /// The address of an attachment, for an image or a link written `attachment:<name>`: a path for a file that is served
    /// here, and anything else for one at the document's origin, to which there is a link in the place of an image.
    pub attachment: Option<Lookup<'a>>,
    /// What an attachment shows, for readers who cannot see it: the words of an image that has none of its own.
    pub description: Option<Lookup<'a>>,
    /// The site of the document's origin, against which a link from the site's root is resolved. Without it (a document
    /// of this node) such a link stays. Of any other relative link only the text stays, here and elsewhere, and a note.
    pub origin: Option<&'a Url>,
    /// A first heading that says just this is left out: the page shows it already.
    pub title: Option<&'a str>,
}

/// Where a link leads.
pub(crate) enum Target {
    /// Another place on this site.
    Here(String),
    /// Another site.
    Out(String),
    /// No address that a reader may be sent to, and why.
    Nowhere(Removed),
}

/// Why the words of a link stay, and the link goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// Its page is not held here, or not for its readers.
    Page,
    /// It is relative to a file that did not come with the text.
    File,
    /// It leads to a folder of a computer: `\\\\server\\share`.
    Folder,
    /// Its scheme is none that a page opens, or it is no address.
    Address,
}

impl Removed {
    /// Returns what a page says next to the words.
    pub(crate) fn note(self) -> &'static str {
        match self {
            Self::Page => " (link removed: page not available here)",
            Self::File => " (link removed: page or file not included)",
            Self::Folder => " (link removed: folder on a computer)",
            Self::Address => " (link removed: address cannot be opened)",
        }
    }
}

/// What a destination is, whoever shows it.
enum Destination {
    /// A path from the root of its site.
    Rooted(String),
    /// An address of its own.
    Web(Url),
    Nothing(Removed),
}

/// Reads a destination that is neither a part of its page, nor a document, nor an attachment. This is the one rule for all
/// of them: a page says the same of a link at home and at peers.
fn read(url: &str) -> Destination {
    // A browser reads an address without these.
    let url = url.trim().replace(['\t', '\n', '\r'], "");
    let absolute = match Url::parse(&url) {
        Ok(absolute) => absolute,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            let path = url.split(['?', '#']).next().unwrap_or_default();
            if path.contains('\\') {
                return Destination::Nothing(Removed::Folder);
            }
            if !path.starts_with('/') {
                return Destination::Nothing(Removed::File);
            }
            if !path.starts_with("//") {
                return Destination::Rooted(url);
            }
            match Url::parse(&format!("https:{url}")) {
                Ok(absolute) => absolute,
                Err(_) => return Destination::Nothing(Removed::Address),
            }
        }
        Err(_) => return Destination::Nothing(Removed::Address),
    };
    match absolute.scheme() {
        "http" | "https" | "mailto" | "tel" => Destination::Web(absolute),
        "missing" => Destination::Nothing(Removed::File),
        _ => Destination::Nothing(Removed::Address),
    }
}

/// Returns why the words of a link to a destination stay and the link goes, as far as the destination itself says so.
#[must_use]
pub fn removed(url: &str) -> Option<Removed> {
    if url.trim().starts_with('#') {
        return None;
    }
    match read(url) {
        Destination::Nothing(why) => Some(why),
        Destination::Rooted(_) | Destination::Web(_) => None,
    }
}

/// Returns where a destination of a text leads, from a page with these anchors.
pub(crate) fn target(url: &str, links: &Links<'_>, anchors: &Anchors) -> Target {
    let url = url.trim();
    if let Some(fragment) = url.strip_prefix('#') {
        return Target::Here(anchors.fragment(fragment));
    }
    if let Some(rest) = url.strip_prefix(DOCUMENT_LINK)
        && let Some(document) = links.document
    {
        let (path, fragment) = rest
            .split_once('#')
            .map_or((rest, None), |(p, f)| (p, Some(f)));
        let mut parts = path.split(['/', '?']);
        let first = parts.next().unwrap_or_default();
        let found = document(first).or_else(|| document(&format!("{first}/{}", parts.next()?)));
        return found.map_or(Target::Nowhere(Removed::Page), |address| {
            Target::Here(match fragment {
                Some(fragment) if fragment.starts_with(MISSING_PART) => address,
                // A browser looks for these words itself.
                Some(fragment) if fragment.starts_with(":~:") => format!("{address}#{fragment}"),
                Some(fragment) => format!("{address}{}", Anchors::default().fragment(fragment)),
                None => address,
            })
        });
    }
    if let Some(address) = attachment(url, links) {
        return match read(&address) {
            Destination::Web(absolute) => Target::Out(absolute.into()),
            Destination::Rooted(_) | Destination::Nothing(Removed::File) => Target::Here(address),
            Destination::Nothing(why) => Target::Nowhere(why),
        };
    }
    match (read(url), links.origin) {
        (Destination::Nothing(why), _) => Target::Nowhere(why),
        (Destination::Web(address), _) => Target::Out(address.into()),
        (Destination::Rooted(path), None) => Target::Here(path),
        (Destination::Rooted(path), Some(origin)) => match origin.join(&path) {
            Ok(address) => Target::Out(address.into()),
            Err(_) => Target::Nowhere(Removed::Address),
        },
    }
}

/// Returns whether a link leads to the beginning of a page because that has no such part.
pub(crate) fn is_to_missing_part(url: &str, anchors: &Anchors) -> bool {
    let url = url.trim();
    let Some((page, fragment)) = url.split_once('#') else {
        return false;
    };
    if page.starts_with(DOCUMENT_LINK) {
        return fragment.starts_with(MISSING_PART);
    }
    page.is_empty() && !is_of_browser(fragment) && anchors.id(fragment).is_none()
}

/// Returns whether a fragment means something to a browser in every page.
#[must_use]
pub fn is_of_browser(fragment: &str) -> bool {
    fragment.is_empty() || fragment.eq_ignore_ascii_case("top") || fragment.starts_with(":~:")
}

/// Returns the address of an attachment.
pub(crate) fn attachment(url: &str, links: &Links<'_>) -> Option<String> {
    let url = url.strip_prefix("attachment:")?;
    // A part of a file, such as `#page=2`, means something to the program that opens it.
    let (name, part) = url.split_at(url.find(['#', '?']).unwrap_or(url.len()));
    let part = part.find('#').and_then(|at| part.get(at..));
    Some(links.attachment?(name)? + part.unwrap_or_default())
}

/// Returns what an attachment shows.
pub(crate) fn description(url: &str, links: &Links<'_>) -> Option<String> {
    links.description?(url.strip_prefix("attachment:")?)
}

fn is_absolute(url: &str) -> bool {
    let url = url.trim();
    url.starts_with("//") || Url::parse(url).is_ok()
}

/// Returns the address of an image on another site. A picture of the document's own did not come with it.
pub(crate) fn image_target(url: &str, links: &Links<'_>, anchors: &Anchors) -> Option<String> {
    match target(url, links, anchors) {
        Target::Out(address) if is_absolute(url) => Some(address),
        Target::Out(_) | Target::Here(_) | Target::Nowhere(_) => None,
    }
}
