//! One invented document, read once, so that both engines get the same text.

use std::collections::BTreeMap;

use anyhow::anyhow;
use domain::{Body, FacetGroup, Heading, Searchable, Stamp, front_matter};

use super::corpus;

/// One document, as both engines take it.
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) text: String,
    /// Only this program's library counts facets.
    pub(crate) facets: BTreeMap<FacetGroup, Vec<String>>,
}

impl Document {
    /// Reads document `number` of the corpus as a node reads a file, and takes what is indexed.
    pub(crate) fn from_corpus(number: u64) -> anyhow::Result<Self> {
        let file = corpus::case_study(number);
        let parsed = parse(&file);
        let document = parsed
            .document
            .map_err(|faults| anyhow!("document {number}: {faults:?}"))?;
        let stamp = Stamp {
            id: corpus::id(number),
            rev: 1,
            salt: [0; 16],
            organisation: None,
        };
        let bytes =
            domain::body::encode(&document, &stamp).map_err(|fault| anyhow!("{fault:?}"))?;
        let body: Body = domain::body::read(&bytes).map_err(|faults| anyhow!("{faults:?}"))?;
        let searchable = Searchable::new(&body, markdown::plain_text);
        let mut facets: BTreeMap<FacetGroup, Vec<String>> = searchable.facets.into_iter().collect();
        facets.insert(
            FacetGroup::Organisation,
            vec![format!("ZZ{}", number % 205)],
        );
        facets.insert(FacetGroup::Year, vec![format!("{}", 2019 + number % 7)]);
        Ok(Self {
            title: searchable.title,
            summary: searchable.summary,
            text: searchable.body_text,
            facets,
        })
    }
}

/// Parses a file with the headings that the renderer finds, as a node does.
pub(crate) fn parse(text: &str) -> front_matter::Parsed {
    front_matter::parse_file(text, "bench.md", |md| {
        let headings = markdown::outline(md).into_iter();
        let heading = |written: markdown::WrittenHeading| Heading {
            text: written.text,
            lines: written.lines,
        };
        headings.map(heading).collect()
    })
}
