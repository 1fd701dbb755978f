//! Where the links of two texts lead: compared link by link, apart from the words, and shown with the titles of pages that
//! are known here.

use std::collections::{BTreeSet, HashMap};

use drafting::Piece;
use markdown::DOCUMENT_LINK;
use node::Node;
use pages::PageError;
use store::Publisher;
use wire::{DocumentId, DocumentRef, Viewer};

use super::FieldDifference;

/// Pages whose titles are looked up for one comparison.
const MAX_TITLES: usize = 64;

/// The words of a link, and where it leads.
type Lead = (String, String);

/// The links that one of two texts has, and the other has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Leads {
    removed: Vec<Lead>,
    added: Vec<Lead>,
}

impl Leads {
    /// Compares the links of two texts.
    pub(super) fn new(earlier: &str, later: &str) -> Self {
        let (from, to) = (leads(earlier), leads(later));
        Self {
            removed: without(&from, &to),
            added: without(&to, &from),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }

    /// Returns a line for each link, removed or added as a whole. `titles` has the titles of pages by their addresses.
    pub(super) fn pieces(&self, titles: &HashMap<String, String>) -> Vec<Piece> {
        let line = |(words, url): &Lead| match titles.get(url) {
            Some(title) => format!("Link “{words}” to the page “{title}”"),
            None => format!("Link “{words}” to {url}"),
        };
        let removed = self.removed.iter().map(|lead| Piece::Removed(line(lead)));
        let added = self.added.iter().map(|lead| Piece::Added(line(lead)));
        let on_its_line = |piece| [Piece::Same("\n".to_owned()), piece];
        removed.chain(added).flat_map(on_its_line).collect()
    }

    fn urls(&self) -> impl Iterator<Item = &str> {
        let both = self.removed.iter().chain(&self.added);
        both.map(|(_, url)| url.as_str())
    }
}

fn leads(text: &str) -> Vec<Lead> {
    let links = markdown::links(text).into_iter();
    links.map(|link| (link.text, link.url)).collect()
}

/// Returns what one list has more often than the other.
fn without(all: &[Lead], others: &[Lead]) -> Vec<Lead> {
    let mut held: HashMap<&Lead, usize> = HashMap::new();
    for lead in others {
        *held.entry(lead).or_default() += 1;
    }
    let is_left = |lead: &&Lead| match held.get_mut(*lead) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        Some(_) | None => true,
    };
    all.iter().filter(is_left).cloned().collect()
}

/// Returns the titles of the pages to which the links of differences lead, by their addresses: of those that the viewer can
/// read.
pub(super) async fn titles(
    node: &Node,
    viewer: Viewer,
    differences: &[FieldDifference],
) -> Result<HashMap<String, String>, PageError> {
    let urls = differences.iter().flat_map(|one| one.leads.urls());
    let urls = urls.filter(|url| url.starts_with(DOCUMENT_LINK));
    titles_of(node, viewer, urls.map(str::to_owned).collect()).await
}

/// Returns the titles of pages by their addresses within a text: of those that the viewer can read.
pub(crate) async fn titles_of(
    node: &Node,
    viewer: Viewer,
    urls: BTreeSet<String>,
) -> Result<HashMap<String, String>, PageError> {
    let Some(own) = node.identity().filter(|_| !urls.is_empty()) else {
        return Ok(HashMap::new());
    };
    let publishers = node.store.publishers().await?.list;
    let keyed = urls
        .into_iter()
        .filter_map(|url| Some((key_of(&url, &own.handle, &publishers)?, url)));
    let keyed: Vec<_> = keyed.take(MAX_TITLES).collect();
    let keys: Vec<_> = keyed.iter().map(|(key, _)| *key).collect();
    let cards = node.store.cards(viewer, &keys).await?.into_iter();
    let known: HashMap<_, _> = cards
        .map(|card| ((card.owner.node_seq, card.id), card.title))
        .collect();
    let titled = keyed.into_iter();
    Ok(titled
        .filter_map(|(key, url)| Some((url, known.get(&key)?.clone())))
        .collect())
}

/// Returns the document that an address within a text names: of this node, or of the one that it names too.
fn key_of(url: &str, own: &str, publishers: &[Publisher]) -> Option<(i64, DocumentId)> {
    let mut parts = url.strip_prefix(DOCUMENT_LINK)?.split(['/', '?', '#']);
    let first = parts.next()?;
    if let Some(id) = DocumentId::parse(first) {
        let own = publishers.iter().find(|held| held.handle == own)?;
        return Some((own.node_seq, id));
    }
    let named = DocumentRef::parse(&format!("{first}/{}", parts.next()?))?;
    let node = publishers.iter().find(|held| held.node == named.node)?;
    Some((node.node_seq, named.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_compared_as_wholes_and_named_by_their_titles() {
        let titles = HashMap::from([("/d/1".to_owned(), "The plan of wards".to_owned())]);
        for (earlier, later, expected) in [
            ("See [the plan](/d/1).", "Read [the plan](/d/1).", ""),
            (
                "See [the plan](/d/1).",
                "Nothing.",
                "\n-Link “the plan” to the page “The plan of wards”",
            ),
            (
                "[a](/d/2) and [a](/d/2)",
                "[b](/d/1) and [a](/d/2)",
                "\n-Link “a” to /d/2\n+Link “b” to the page “The plan of wards”",
            ),
        ] {
            let leads = Leads::new(earlier, later);
            let mut shown = String::new();
            for piece in leads.pieces(&titles) {
                match piece {
                    Piece::Same(text) => shown.push_str(&text),
                    Piece::Removed(text) => shown.push_str(&format!("-{text}")),
                    Piece::Added(text) => shown.push_str(&format!("+{text}")),
                    Piece::LeftOut => {}
                }
            }
            assert_eq!(shown, expected, "{earlier}");
            assert_eq!(leads.is_empty(), expected.is_empty());
        }
    }
}
