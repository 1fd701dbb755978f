//! What a reader has ticked to compare it. Nothing of it is kept here: the addresses of their pages carry it.

use async_recursion::async_recursion as boxed;
use node::{
    Node, NodeError,
    flows::reading::{self, Reading},
    urls,
};
use url::form_urlencoded;
use wire::{DocumentId, Viewer};

/// The parameter that names a document: `handle/id`.
pub const TICK: &str = "d";
/// Documents that are compared at once: as many as a sheet has room for.
pub const MAX_TICKS: usize = 4;
/// Parameters of an address that are read.
const MAX_PARAMETERS: usize = 50;

/// The documents that an address names, each once, the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticks {
    /// Handle and id of each.
    pub documents: Vec<(String, DocumentId)>,
    /// Whether it names more.
    pub has_more: bool,
}

/// What an address names, as far as the viewer can read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// The values of all, in the order of the address.
    pub values: Vec<String>,
    /// Those of them that are not on the page.
    pub elsewhere: Vec<Elsewhere>,
    /// Whether more were ticked than can be compared.
    pub has_more: bool,
}

/// A document that is ticked and not on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// What names it in an address.
    pub value: String,
    /// Its title.
    pub title: String,
}

impl Ticks {
    /// Reads the query of an address.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let mut ticks = Self::default();
        let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == TICK);
        for (_, value) in pairs.take(MAX_PARAMETERS) {
            let named = value.split_once('/');
            let named =
                named.and_then(|(handle, id)| Some((handle.to_owned(), DocumentId::parse(id)?)));
            let Some(one) = named.filter(|one| !ticks.documents.contains(one)) else {
                continue;
            };
            if ticks.documents.len() == MAX_TICKS {
                ticks.has_more = true;
                break;
            }
            ticks.documents.push(one);
        }
        ticks
    }

    /// Returns an address that names them too.
    #[must_use]
    pub fn added_to(&self, address: &str) -> String {
        let values = self.documents.iter();
        added(address, values.map(|(handle, id)| value(handle, *id)))
    }
}

impl Carried {
    /// Returns whether a document is ticked.
    #[must_use]
    pub fn has(&self, value: &str) -> bool {
        self.values.iter().any(|one| one == value)
    }

    /// Returns those that are on the page.
    pub fn here(&self) -> impl Iterator<Item = &String> {
        let is_elsewhere = move |value: &str| self.elsewhere.iter().any(|one| one.value == value);
        let values = self.values.iter();
        values.filter(move |value| !is_elsewhere(value))
    }
}

/// Reads what an address names. `listed` are the values of what is on the page; of the others, what the viewer cannot read is
/// left out, whether it exists or not.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn carried(
    node: &Node,
    viewer: Viewer,
    query: &str,
    listed: &[String],
) -> Result<Carried, NodeError> {
    let ticks = Ticks::parse(query);
    let mut carried = Carried {
        has_more: ticks.has_more,
        ..Carried::default()
    };
    for (handle, id) in ticks.documents {
        let mut named = value(&handle, id);
        let mut title = None;
        if !listed.contains(&named) {
            let read = reading::find(node, viewer, &handle, &id.to_string()).await?;
            let Reading::Found(shown) = read else {
                continue;
            };
            // An address may name a node by its id.
            named = value(&shown.document.owner.handle, shown.document.id);
            title = Some(shown.body.common().title.clone());
        }
        if carried.has(&named) {
            continue;
        }
        let title = title.filter(|_| !listed.contains(&named));
        carried.elsewhere.extend(title.map(|title| Elsewhere {
            value: named.clone(),
            title,
        }));
        carried.values.push(named);
    }
    Ok(carried)
}

/// Returns the value that names a document.
#[must_use]
pub fn value(handle: &str, id: DocumentId) -> String {
    format!("{handle}/{id}")
}

/// Returns an address that names some documents too.
#[must_use]
pub fn added(address: &str, values: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut query = form_urlencoded::Serializer::new(query.to_owned());
    for value in values {
        query.append_pair(TICK, value.as_ref());
    }
    urls::with_query(path, &query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01996c5e-8a00-7000-8000-000000000001";

    #[test]
    fn an_address_names_each_document_once_and_at_most_four() {
        let many = format!("d=zz1%2F{ID}&").repeat(60);
        let five: String = (1..=5).map(|n| format!("d=zz{n}%2F{ID}&")).collect();
        for (query, expected) in [
            ("", 0),
            ("d=", 0),
            ("d=zz1", 0),
            ("d=zz1%2Fx", 0),
            ("q=x&d=zz1%2F01996c5e-8a00-7000-8000-000000000001", 1),
            (many.as_str(), 1),
            (five.as_str(), 4),
        ] {
            let ticks = Ticks::parse(query);
            assert_eq!(ticks.documents.len(), expected, "{query:.60}");
            assert_eq!(ticks.has_more, query == five, "{query:.60}");
        }
    }

    #[test]
    fn an_address_carries_what_is_ticked_and_stays_as_it_is_where_nothing_is() {
        let ticks = Ticks::parse(&format!("d=zz1%2F{ID}"));
        for (address, expected) in [
            ("/search", "/search?d=zz1%2F"),
            ("/search?q=a+b&page=2", "/search?q=a+b&page=2&d=zz1%2F"),
        ] {
            assert_eq!(ticks.added_to(address), format!("{expected}{ID}"));
            assert_eq!(Ticks::default().added_to(address), address);
        }
    }
}
