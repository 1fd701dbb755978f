//! What a result card and a list show of a document, in the form that the store keeps.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use wire::{Date, Timestamp};

use crate::{
    attributes::PublicContact,
    body::Body,
    facet::FacetGroup,
    front_matter::{one_line, shorten},
    kinds::{Beginning, Kind},
    organisation::Organisation,
    outline::{HEADINGS, is_alike},
    slug::Slug,
    terms::{Figure, Headline, Terms},
    vocabulary::{AdoptionStatus, Licence, StudyType, Term, Visibility},
};

/// Longest beginning of a text that a card shows instead of a summary, in characters.
const MAX_BEGINNING: usize = 240;

/// The version of the stored form. Since 4 it has the figures, the contact and what the authors would do differently, which
/// pages about several documents show; since 3 the values of all facets are in `facets`.
const VERSION: u32 = 4;
/// The version before, whose cards lists still read: they lack only what is new.
const VERSION_BEFORE: u32 = 3;

/// The heading whose text is [`Card::differently`].
const DIFFERENTLY: &str = "What we would do differently";

/// A result card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The version of this form.
    v: u32,
    /// The kind, as written.
    pub kind: String,
    /// Title.
    pub title: String,
    /// The last part of the address.
    pub slug: String,
    /// Summary, or nothing.
    pub summary: String,
    /// The language.
    pub lang: String,
    /// The licence.
    pub licence: Licence,
    /// Who may read it.
    pub visibility: Visibility,
    /// Free tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Values of the facets that a card, a feed or a CSV file shows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facets: BTreeMap<FacetGroup, Vec<String>>,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Organisation>,
    /// First written, according to its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Last changed, according to its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// Last reviewed as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Date>,
    /// Its next review is due by this date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
    /// A result is promised by this date and not reported yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<Date>,
    /// The measure that says how it went: of a failure one that did not improve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<Headline>,
    /// All its figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// How far its organisation has come with what another one published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adoption: Option<AdoptionStatus>,
    /// Who can be asked, as everyone may know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<PublicContact>,
    /// The beginning of what the authors would do differently; empty if the licence does not allow the text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub differently: String,
}

impl Card {
    /// Makes the card of a body. `plain_text` is the body without markup; it is asked for parts of it.
    #[must_use]
    pub fn new(body: &Body, plain_text: impl Fn(&str) -> String) -> Self {
        let common = body.common();
        let summary = if common.summary.is_empty() && common.licence.allows_text() {
            beginning(body.kind.rules().begins_with, || {
                plain_text(&common.body_md)
            })
        } else {
            common.summary.clone()
        };
        let mut terms = Terms::default();
        body.document.content.index(&mut terms);
        let shown = |(group, _): &(FacetGroup, _)| {
            group.row().csv.is_some() || matches!(group, FacetGroup::System | FacetGroup::Barrier)
        };
        let differently = section(&common.body_md, DIFFERENTLY)
            .filter(|_| common.licence.allows_text())
            .map(|text| shorten(&one_line(&plain_text(&without_tables(text))), MAX_BEGINNING));
        Self {
            v: VERSION,
            kind: body.kind.as_str().to_owned(),
            title: common.title.clone(),
            slug: Slug::from_title(&common.title).as_str().to_owned(),
            summary,
            lang: common.lang.clone(),
            licence: common.licence,
            visibility: common.visibility,
            tags: common.tags.clone(),
            facets: terms.facets.into_iter().filter(shown).collect(),
            organisation: body.stamp.organisation.clone(),
            created: common.created,
            updated: common.updated,
            reviewed: common.reviewed,
            review_by: common.review_by,
            expected_by: body.document.content.part().expected_by(),
            headline: body.document.content.part().headline(),
            figures: body.document.content.part().figures(),
            adoption: body.document.content.part().adoption(),
            contact: common.contact.clone(),
            differently: differently.unwrap_or_default(),
        }
    }

    /// Returns the values of a facet, as they are written.
    #[must_use]
    pub fn values(&self, group: FacetGroup) -> &[String] {
        self.facets.get(&group).map_or(&[], Vec::as_slice)
    }

    /// Returns the values of a facet that are of this vocabulary.
    pub fn terms<T: Term>(&self, group: FacetGroup) -> impl Iterator<Item = T> + '_ {
        self.values(group)
            .iter()
            .filter_map(|value| T::parse(value))
    }

    /// Returns the first value of a facet.
    #[must_use]
    pub fn term<T: Term>(&self, group: FacetGroup) -> Option<T> {
        self.terms(group).next()
    }

    /// Returns what people read for its kind: the type of a case study, unless it is an ordinary one.
    #[must_use]
    pub fn kind_label(&self) -> String {
        match self.term::<StudyType>(FacetGroup::Type) {
            Some(study_type) => study_type.label().to_owned(),
            None => Kind::parse(&self.kind).label().to_owned(),
        }
    }

    /// Returns the card as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns whether it has what pages about several documents show; cards of earlier versions lack it.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.v == VERSION
    }

    /// Reads a stored card. A card in an unknown form is `None`; it is made again from its body.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        if let Ok(card) = serde_json::from_str::<Self>(text)
            && (card.v == VERSION || card.v == VERSION_BEFORE)
        {
            return Some(card);
        }
        version_2(text)
    }
}

/// Returns the markdown under a heading of the second level, to the next heading of that level or above.
#[must_use]
pub fn section<'a>(body_md: &'a str, heading: &str) -> Option<&'a str> {
    let mut begin = None;
    let mut at = 0;
    for line in body_md.split_inclusive('\n') {
        let (start, title) = (at, line.strip_prefix("## "));
        at += line.len();
        match begin {
            None if title.is_some_and(|title| is_alike(title.trim(), heading)) => begin = Some(at),
            Some(begin) if title.is_some() || line.starts_with("# ") => {
                return body_md.get(begin..start);
            }
            None | Some(_) => {}
        }
    }
    body_md.get(begin?..)
}

/// Returns a text without its tables, whose cells in a row are no sentence; a text of nothing else stays.
fn without_tables(md: &str) -> Cow<'_, str> {
    let mut kept = Vec::new();
    let mut lines = md.lines().peekable();
    while let Some(line) = lines.next() {
        let is_head = line.contains('|') && lines.peek().is_some_and(|next| is_delimiter(next));
        if is_head {
            // A table ends with an empty line.
            for row in lines.by_ref() {
                if row.trim().is_empty() {
                    break;
                }
            }
        } else {
            kept.push(line);
        }
    }
    match kept.iter().all(|line| line.trim().is_empty()) {
        true => Cow::Borrowed(md),
        false => Cow::Owned(kept.join("\n")),
    }
}

/// Returns whether a line parts the head of a table from its rows.
fn is_delimiter(line: &str) -> bool {
    let has_form = line
        .chars()
        .all(|c| matches!(c, '|' | ':' | '-' | ' ' | '\t'));
    has_form && line.contains('-') && line.contains('|')
}

/// Returns what a card shows instead of a missing summary.
fn beginning(begins_with: Beginning, plain_text: impl Fn() -> String) -> String {
    match begins_with {
        Beginning::Nothing => String::new(),
        Beginning::Under(heading) => under(&plain_text(), heading),
        Beginning::Text => shorten(&one_line(&plain_text()), MAX_BEGINNING),
    }
}

/// Returns the beginning of the text under a heading.
fn under(text: &str, heading: &str) -> String {
    let is_heading = |line: &str| is_alike(line, heading);
    let is_other = |line: &str| HEADINGS.iter().any(|name| is_alike(line, name));
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let under = lines.by_ref().skip_while(|line| !is_heading(line)).skip(1);
    let words: Vec<&str> = under.take_while(|line| !is_other(line)).collect();
    shorten(&one_line(&words.join(" ")), MAX_BEGINNING)
}

/// Reads a card of version 2, which had the values of a case study under names of its own. Without
/// this, a node that was upgraded would read the body of every such document that it lists.
fn version_2(text: &str) -> Option<Card> {
    const FIELDS: [(&str, FacetGroup); 8] = [
        ("type", FacetGroup::Type),
        ("result", FacetGroup::Result),
        ("stage", FacetGroup::Stage),
        ("would_repeat", FacetGroup::WouldRepeat),
        ("cost_band", FacetGroup::Cost),
        ("priority", FacetGroup::Priority),
        ("care_settings", FacetGroup::CareSetting),
        ("evidence", FacetGroup::Evidence),
    ];
    let mut stored: serde_json::Map<String, Json> = serde_json::from_str(text).ok()?;
    if stored.get("v").and_then(Json::as_u64) != Some(2) {
        return None;
    }
    let mut facets = serde_json::Map::new();
    let mut put = |group: FacetGroup, value: Json| {
        let values = if value.is_array() {
            value
        } else {
            Json::Array(vec![value])
        };
        facets.insert(group.as_str().to_owned(), values);
    };
    if let Some(topics) = stored.remove("topics") {
        put(FacetGroup::Topic, topics);
    }
    if let Some(Json::Object(mut study)) = stored.remove("study") {
        for (name, group) in FIELDS {
            if let Some(value) = study.remove(name) {
                put(group, value);
            }
        }
        stored.extend(study.remove_entry("headline"));
    }
    stored.insert("v".to_owned(), Json::from(VERSION_BEFORE));
    stored.insert("facets".to_owned(), Json::Object(facets));
    serde_json::from_value(Json::Object(stored)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{CareSetting, Outcome, Topic};

    #[test]
    fn a_card_of_version_2_is_still_read() {
        let stored = r#"{"v":2,"kind":"case-study","title":"T","slug":"t","summary":"S","lang":"en-GB","licence":"OGL-UK-3.0","visibility":"public","topics":["epma","ai"],"study":{"type":"lesson","result":"partly","stage":"live-part","would_repeat":"with-changes","cost_band":"10k-50k","priority":"workforce","wgll":["well-led"],"care_settings":["acute"],"evidence":"before-after","headline":{"name":"Wait","change":"52 → 7","better":true}}}"#;
        let card = Card::from_json(stored).unwrap();
        assert_eq!(card.term(FacetGroup::Result), Some(Outcome::Partly));
        assert_eq!(card.values(FacetGroup::Cost), ["10k-50k"]);
        assert!(card.term(FacetGroup::CareSetting) == Some(CareSetting::Acute));
        let topics: Vec<Topic> = card.terms(FacetGroup::Topic).collect();
        assert_eq!(topics, [Topic::Epma, Topic::Ai]);
        assert_eq!(card.kind_label(), "Lesson learned");
        assert_eq!(card.headline.as_ref().unwrap().name, "Wait");
        // It is written again in the form of today.
        assert_eq!(Card::from_json(&card.to_json()), Some(card));
        assert_eq!(
            Card::from_json(&stored.replacen(r#""v":2"#, r#""v":1"#, 1)),
            None
        );
    }

    #[test]
    fn what_was_learned_has_no_cells_of_tables() {
        for (text, expected) in [
            (
                "Ask first.\n\n| who | share |\n|---|---|\n| a | b |\n",
                "Ask first.\n",
            ),
            ("who | share\n--- | ---\na | b\n\nAsk first.", "Ask first."),
            (" | who | share |\n |:--|--:|\n | a | b |\n\nAsk.", "Ask."),
            (
                "| who | share |\n|---|---|\n",
                "| who | share |\n|---|---|\n",
            ),
            (
                "Ask a | b first.\n---\nThen c.",
                "Ask a | b first.\n---\nThen c.",
            ),
            ("", ""),
        ] {
            assert_eq!(without_tables(text), expected);
        }
    }
}
