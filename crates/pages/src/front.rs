//! What everyone can read of a document's front matter besides its title, its summary and its answers.
//!
//! The page of a document and the review of a draft make it with the same function, and take it apart field by field: what a later
//! key shows to readers cannot be left out where a second person reads it before it is public.

use domain::{Author, Body, Term as _, attributes::Common, vocabulary::Visibility};
use wire::Date;

use crate::{
    glance::{self, Glance, Row},
    measures::{self, MeasureRow},
    promised::Promised,
    versions,
};

/// The label of the pages that a document replaces.
pub const REPLACES: &str = "Replaces the pages";
/// The label of the pages that a document is adapted from.
pub const BASED_ON: &str = "Adapted from the pages";

/// What a page shows of the front matter of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// A result that is promised.
    pub promised: Option<Promised>,
    /// What was measured.
    pub measures: Vec<MeasureRow>,
    /// The rows of its kind.
    pub(crate) glance: Glance,
    /// Who wrote it.
    pub(crate) authors: Vec<Author>,
    /// The language, if it is not that of the pages.
    pub(crate) lang: Option<String>,
    /// Its dates, each as a sentence.
    pub(crate) dates: Vec<String>,
    /// The licence of the text; what is for signed-in staff only has none for others.
    pub(crate) licence: Option<&'static str>,
    /// What the page says by other documents, and to programs: keywords, and which documents it names.
    pub(crate) others: Vec<(&'static str, String)>,
}

impl Front {
    /// Returns what the page of a document shows on `today`.
    #[must_use]
    pub fn for_body(body: &Body, today: Date) -> Self {
        let (common, content) = (body.common(), &body.document.content);
        Self {
            promised: Promised::for_content(content),
            measures: measures::for_content(content),
            glance: Glance::new(content),
            authors: common.authors.clone(),
            lang: other_language(&common.lang),
            dates: versions::dates_of(common, today),
            licence: (common.visibility != Visibility::Organisation)
                .then(|| common.licence.label()),
            others: others(common),
        }
    }

    /// Returns all of it but the promise and the measures, which have a place of their own: each with what it is.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let Self {
            promised: _,
            measures: _,
            glance: Glance { rows, about },
            authors,
            lang,
            dates,
            licence,
            others,
        } = self;
        let of_kind = rows.iter().chain(about);
        let mut out: Vec<_> = of_kind.map(|row| (row.label, in_words(row))).collect();
        let mut add = |label, text: String| {
            if !text.is_empty() {
                out.push((label, text));
            }
        };
        add("Written by", glance::authors(authors));
        if authors.iter().any(|author| author.name.is_some()) {
            let ask = "Everyone can read a name. Has each of them agreed to be named?";
            add("People who are named", ask.to_owned());
        }
        for (label, text) in others {
            add(*label, text.clone());
        }
        add("Language", lang.clone().unwrap_or_default());
        add("Dates", dates.join(". "));
        add("Licence", licence.unwrap_or_default().to_owned());
        out
    }
}

/// Returns a row as text: its words, then those of its links.
fn in_words(row: &Row) -> String {
    let links = row.links.iter().map(|link| link.words.as_str());
    let words = Some(row.text.as_str()).filter(|text| !text.is_empty());
    let all: Vec<&str> = words.into_iter().chain(links).collect();
    all.join(", ")
}

/// Returns the language of a text that is not in the language of the pages.
fn other_language(lang: &str) -> Option<String> {
    let is_usual = lang.eq_ignore_ascii_case(domain::attributes::DEFAULT_LANG);
    (!is_usual).then(|| lang.to_owned())
}

fn others(common: &Common) -> Vec<(&'static str, String)> {
    let replaces: Vec<String> = common.replaces.iter().map(ToString::to_string).collect();
    let based_on: Vec<String> = common.based_on.iter().map(ToString::to_string).collect();
    vec![
        (
            "Keywords",
            markdown::visible(&common.tags.join(", ")).into_owned(),
        ),
        (REPLACES, replaces.join(", ")),
        (BASED_ON, based_on.join(", ")),
    ]
}

#[cfg(test)]
mod tests {
    use domain::{Organisation, Stamp, body, front_matter, value::Map};
    use wire::DocumentId;

    use super::*;
    use crate::answers;

    const TODAY: &str = "2026-10-01";

    /// Returns a file as peers read it; `None` with a fault.
    fn read(map: &Map) -> Option<Body> {
        let parsed =
            front_matter::parse_parts(map, "## Situation\n\nBeds.\n", 1, "", |_| Vec::new());
        let stamp = Stamp {
            id: DocumentId::parse("01996c5e-8a00-7000-8000-000000000001")?,
            rev: 1,
            salt: [0; 16],
            organisation: Some(Organisation {
                ods: Some("ZZ1".to_owned()),
                name: "Northmoor".to_owned(),
            }),
        };
        let bytes = body::encode(&parsed.document.ok()?, &stamp).ok()?;
        body::read_local(&bytes).ok()
    }

    fn map_of(front: &str) -> Map {
        front_matter::read_parts(front).unwrap().0
    }

    #[test]
    fn a_key_that_a_page_shows_is_shown_to_who_reviews_it() {
        let golden = include_str!("../../domain/tests/golden/case-study.md");
        let promise = "type: case-study\nlang: cy\nexpected:\n  what: The time on all wards\n  by: 2027-05-01\n";
        let whole = map_of(&golden.replacen("type: case-study\n", promise, 1));
        let today = Date::parse(TODAY).unwrap();
        let front = |map: &Map| read(map).map(|body| (Front::for_body(&body, today), body));
        let (all, body) = front(&whole).expect("the golden study and a promise");
        let reviewed = |front: &Front, body: &Body| {
            let answers = answers::for_preview(body);
            format!(
                "{:?}{:?}{:?}{answers:?}",
                front.promised,
                front.measures,
                front.rows()
            )
        };
        let shown = |front: &Front| format!("{front:?}");
        let mut changed = Vec::new();
        for (key, _) in &whole {
            let mut less = whole.clone();
            less.retain(|(held, _)| held != key);
            // What a case study cannot be without is in its answers or its texts.
            let Some((without, less)) = front(&less) else {
                continue;
            };
            if shown(&without) != shown(&all) {
                changed.push(key.as_str());
                assert_ne!(
                    reviewed(&without, &less),
                    reviewed(&all, &body),
                    "{key} is on the page, and not at review"
                );
            }
        }
        for key in ["expected", "authors", "review_by", "lang", "tags"] {
            assert!(changed.contains(&key), "{key}: {changed:?}");
        }
        let rows = all.rows();
        let row = |label| rows.iter().find(|(held, _)| *held == label);
        assert!(row("Licence").is_some(), "{rows:?}");
        assert!(row("People who are named").is_some(), "{rows:?}");
    }

    #[test]
    fn a_reviewer_is_asked_about_names_only_where_there_are_any() {
        let golden = include_str!("../../domain/tests/golden/case-study.md");
        let whole = map_of(&golden.replacen("  - name: A. Example\n    role", "  - role", 1));
        let body = read(&whole).expect("the golden study without a name");
        let rows = Front::for_body(&body, Date::parse(TODAY).unwrap()).rows();
        let has = |label| rows.iter().any(|(held, _)| *held == label);
        assert!(has("Written by"), "{rows:?}");
        assert!(!has("People who are named"), "{rows:?}");
    }
}
