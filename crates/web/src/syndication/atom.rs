//! Atom (RFC 4287), in pages (RFC 5005), with withdrawn documents (RFC 6721).

use std::collections::BTreeMap;

use atom_syndication::{
    Category, Entry, Feed, FixedDateTime, Generator, Link, Person, Text, extension::Extension,
};
use wire::Timestamp;

use crate::syndication::view::{Item, View, Withdrawn};

/// The media type.
pub(crate) const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";
/// The namespace of tombstones (RFC 6721 §2).
const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";

/// Writes a feed.
pub(super) fn write(view: &View) -> Vec<u8> {
    let link = |rel: &str, href: &str, media_type: &str| Link {
        rel: rel.to_owned(),
        href: href.to_owned(),
        mime_type: Some(media_type.to_owned()),
        ..Link::default()
    };
    let atom = "application/atom+xml";
    let mut links = vec![
        link("self", &view.self_url, atom),
        link("alternate", &view.home_url, "text/html"),
        link("first", &view.first_url, atom),
    ];
    links.extend(view.next_url.as_ref().map(|next| link("next", next, atom)));
    let mut feed = Feed {
        title: Text::plain(view.title.clone()),
        subtitle: view.about.map(Text::plain),
        id: view.first_url.clone(),
        updated: date(view.updated()),
        authors: vec![person(&view.publisher)],
        generator: Some(Generator {
            value: "Wardround".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            ..Generator::default()
        }),
        links,
        entries: view.items.iter().map(entry).collect(),
        ..Feed::default()
    };
    if !view.withdrawn.is_empty() {
        feed.namespaces
            .insert("at".to_owned(), TOMBSTONES.to_owned());
        let tombstones = view.withdrawn.iter().map(tombstone).collect();
        let named = BTreeMap::from([("deleted-entry".to_owned(), tombstones)]);
        feed.extensions.insert("at".to_owned(), named);
    }
    feed.to_string().into_bytes()
}

fn entry(item: &Item) -> Entry {
    Entry {
        title: Text::plain(item.title.clone()),
        id: item.id.clone(),
        updated: date(item.updated),
        published: Some(date(item.published)),
        authors: vec![person(&item.organisation)],
        categories: item
            .categories
            .iter()
            .map(|category| Category {
                term: category.term.clone(),
                scheme: None,
                label: Some(category.label.clone()),
            })
            .collect(),
        links: vec![Link {
            rel: "alternate".to_owned(),
            href: item.url.clone(),
            mime_type: Some("text/html".to_owned()),
            hreflang: Some(item.lang.clone()),
            ..Link::default()
        }],
        rights: Some(Text::plain(item.licence)),
        // An entry without content gets a summary: RFC 4287 §4.1.2 does not require it, but readers do.
        summary: Some(Text::plain(item.summary.clone())),
        ..Entry::default()
    }
}

fn tombstone(withdrawn: &Withdrawn) -> Extension {
    Extension {
        name: "at:deleted-entry".to_owned(),
        attrs: BTreeMap::from([
            ("ref".to_owned(), withdrawn.id.clone()),
            ("when".to_owned(), withdrawn.at.to_string()),
        ]),
        ..Extension::default()
    }
}

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        ..Person::default()
    }
}

fn date(at: Timestamp) -> FixedDateTime {
    // Every timestamp is written as RFC 3339, so that this never falls back.
    FixedDateTime::parse_from_rfc3339(&at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syndication::view::tests::hostile;

    #[test]
    fn a_feed_is_written_so_that_nothing_in_it_is_markup() {
        let text = String::from_utf8(write(&hostile())).unwrap();
        insta::assert_snapshot!(text.replace("><", ">\n<"));
        let read: Feed = text.parse().unwrap();
        let title = read.entries.first().unwrap().title.value.clone();
        assert_eq!(title, "</title><script>alert(1)</script> ]]> & more");
    }
}
