//! Where a page of a feed begins, as its address says.

use store::Place;
use url::form_urlencoded;
use wire::{DocumentId, Timestamp};

/// The parameters of an address, and the value for the beginning of a list.
const PAGE: &str = "page";
const REST: &str = "rest";
const AFTER: &str = "after";
const NEWEST: &str = "newest";

/// Where a page of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// At a page, from 1, of the beginning of the list, in which nodes take turns.
    InTurn(u32),
    /// After a place among the documents that are not in that beginning; `None` is before the newest of them.
    Rest(Option<Place>),
    /// After a place among all documents.
    After(Place),
}

impl Start {
    /// Reads where a page begins; anything else is the first page.
    pub(super) fn read(query: &str) -> Self {
        let read = |(name, value): (_, std::borrow::Cow<'_, str>)| match (name, value.as_ref()) {
            (PAGE, number) => number
                .parse()
                .ok()
                .filter(|page| *page > 0)
                .map(Self::InTurn),
            (REST, NEWEST) => Some(Self::Rest(None)),
            (REST, place) => read_place(place).map(|place| Self::Rest(Some(place))),
            (AFTER, place) => read_place(place).map(Self::After),
            _ => None,
        };
        let pairs = form_urlencoded::parse(query.as_bytes());
        let mut named = pairs.filter_map(|(name, value)| {
            let name = [PAGE, REST, AFTER]
                .into_iter()
                .find(|known| *known == name)?;
            Some((name, value))
        });
        named.next().and_then(read).unwrap_or(Self::InTurn(1))
    }

    /// Returns the address of the page of a list at a path.
    pub(super) fn address(self, path: &str) -> String {
        match self {
            Self::InTurn(1) => path.to_owned(),
            Self::InTurn(page) => format!("{path}?{PAGE}={page}"),
            Self::Rest(None) => format!("{path}?{REST}={NEWEST}"),
            Self::Rest(Some(place)) => format!("{path}?{REST}={}", write_place(place)),
            Self::After(place) => format!("{path}?{AFTER}={}", write_place(place)),
        }
    }
}

fn write_place(place: Place) -> String {
    format!("{}.{}.{}", place.sort_at.millis(), place.node_seq, place.id)
}

fn read_place(text: &str) -> Option<Place> {
    let mut parts = text.split('.');
    let place = Place {
        sort_at: Timestamp::from_millis(parts.next()?.parse().ok()?),
        node_seq: parts.next()?.parse().ok()?,
        id: DocumentId::parse(parts.next()?)?,
    };
    parts.next().is_none().then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_and_anything_else_is_the_first_page() {
        let place = Place {
            sort_at: Timestamp::from_millis(1_790_000_000_123),
            node_seq: 7,
            id: DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").unwrap(),
        };
        for start in [
            Start::InTurn(1),
            Start::InTurn(2),
            Start::Rest(None),
            Start::Rest(Some(place)),
            Start::After(place),
        ] {
            let address = start.address("/feed.atom");
            let query = address.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(Start::read(&format!("x=y&{query}")), start);
        }
        let written = write_place(place);
        for wrong in [
            "",
            "page=0",
            "page=-1",
            "page=x",
            "rest=",
            "after=",
            "after=newest",
            "after=1.2",
            "after=1.2.3",
            &format!("after={written}.4"),
            "rest=a.b.c",
        ] {
            assert_eq!(Start::read(wrong), Start::InTurn(1), "{wrong}");
        }
    }
}
