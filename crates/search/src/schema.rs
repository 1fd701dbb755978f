//! The fields of the index, and how an entry becomes a document of it.
//!
//! One concatenated field with a small weight on the title ranked best of what was measured; a
//! large title weight, the usual default, ranked worst.
//!
//! The values of all facets are in one field, each with the name of its facet before it. A field for
//! each facet costs every new segment a megabyte of memory, and every commit and merge a dictionary
//! more.

use std::ops::Bound;

use domain::FacetGroup;
use tantivy::query::InvertedIndexRangeQuery;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema,
    TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;
use tantivy::{TantivyDocument, Term};

use crate::analyzer;
use crate::entry::{Entry, Key};
use crate::likeness::Likeness;

/// The format of the index directory: raised whenever fields, analysis, their meaning or the choice of
/// documents change.
pub(crate) const SCHEMA_VERSION: u32 = 7;

/// The first format that can serve searches while an index of [`SCHEMA_VERSION`] is built from the database: it holds
/// public documents only, and has every field of the present one, but for those that [`Fields::find`] can do without.
pub(crate) const MIN_SERVED_VERSION: u32 = 4;

/// Longer texts are cut; no document body from a feed reaches this size.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// How much of a body is kept for snippets: beyond that no snippet is looked for.
const MAX_SNIPPET_SOURCE_BYTES: usize = 64 << 10;

/// A facet value is a slug, a code or a product name; more bytes than this are cut.
const MAX_FACET_VALUE_BYTES: usize = 120;

/// What separates the name of a facet from a value; no name has it.
const FACET_SEPARATOR: char = ':';

/// The name of the field of all facet values.
pub(crate) const FACETS: &str = "facets";
/// The name of the fast field that "newest" sorts by.
pub(crate) const SORT_AT: &str = "sort_at";
/// The name of the fast field that "last reviewed" sorts by.
pub(crate) const REVIEWED: &str = "reviewed";
/// The name of the fast field that "most adopted" sorts by.
pub(crate) const ADOPTIONS: &str = "adoptions";

/// The name of the fast field that decides between documents of equal rank.
pub(crate) const TIE: &str = "tie";
/// The name of the fast field of the revision.
pub(crate) const REV: &str = "rev";
/// The names of the fast fields of the halves of a document's id.
pub(crate) const ID_START: &str = "id_start";
pub(crate) const ID_END: &str = "id_end";
/// The name of the field that documents of one node share if they are nearly the same.
pub(crate) const LIKENESS: &str = "likeness";

/// Handles to the fields.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) key: Field,
    pub(crate) rev: Field,
    pub(crate) visibility: Field,
    /// Title, summary, body, tags and labels, with positions.
    pub(crate) all: Field,
    pub(crate) title: Field,
    /// The words as they are written, for completing and correcting what is typed.
    pub(crate) vocab: Field,
    pub(crate) title_vocab: Field,
    pub(crate) title_text: Field,
    pub(crate) body_text: Field,
    pub(crate) sort_at: Field,
    pub(crate) reviewed: Field,
    pub(crate) adoptions: Field,
    tie: Field,
    /// `None` in an index of format 4.
    likeness: Option<Field>,
    /// `None` before format 7.
    id: Option<(Field, Field)>,
    facets: Field,
}

impl Fields {
    /// Finds the fields in the schema of an index, which may be of an earlier format.
    ///
    /// # Errors
    /// `FieldNotFound` for a field that no search can do without.
    pub(crate) fn find(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            key: field("key")?,
            rev: field(REV)?,
            visibility: field("visibility")?,
            all: field("all")?,
            title: field("title")?,
            vocab: field("vocab")?,
            title_vocab: field("title_vocab")?,
            title_text: field("title_text")?,
            body_text: field("body_text")?,
            sort_at: field(SORT_AT)?,
            reviewed: field(REVIEWED)?,
            adoptions: field(ADOPTIONS)?,
            tie: field(TIE)?,
            likeness: field(LIKENESS).ok(),
            id: field(ID_START).ok().zip(field(ID_END).ok()),
            facets: field(FACETS)?,
        })
    }

    /// Returns whether documents that are nearly the same are known.
    pub(crate) fn has_likeness(&self) -> bool {
        self.likeness.is_some()
    }

    /// Returns the term of a facet value.
    pub(crate) fn facet(&self, group: FacetGroup, value: &str) -> Term {
        Term::from_field_text(self.facets, &facet_text(group, value))
    }

    /// Returns the terms between two values of a facet, both included.
    pub(crate) fn facet_range(
        &self,
        group: FacetGroup,
        (first, last): &(String, String),
    ) -> InvertedIndexRangeQuery {
        InvertedIndexRangeQuery::new(
            Bound::Included(self.facet(group, first)),
            Bound::Included(self.facet(group, last)),
        )
    }

    /// Returns the term of a likeness; `None` if the index knows no likeness.
    pub(crate) fn like(&self, likeness: Likeness) -> Option<Term> {
        let field = self.likeness?;
        Some(Term::from_field_u64(field, likeness.number()))
    }
}

/// Returns a facet value with the name of its facet, as the index holds it.
fn facet_text(group: FacetGroup, value: &str) -> String {
    format!("{group}{FACET_SEPARATOR}{value}")
}

/// Reads what [`facet_text`] returns.
pub(crate) fn parse_facet(text: &str) -> Option<(FacetGroup, &str)> {
    let (name, value) = text.split_once(FACET_SEPARATOR)?;
    let group = FacetGroup::ALL
        .into_iter()
        .find(|group| group.as_str() == name)?;
    Some((group, value))
}

/// Returns the names of all facets, one line. An index with other facets has to be built again.
pub(crate) fn facet_names() -> String {
    FacetGroup::ALL.map(FacetGroup::as_str).join(" ")
}

/// Returns the schema of the present format.
pub(crate) fn build() -> Schema {
    let mut schema = Schema::builder();
    let words = |tokenizer: &str, option, norms| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(option)
                .set_fieldnorms(norms),
        )
    };
    let code = words(RAW_TOKENIZER_NAME, IndexRecordOption::Basic, false);
    let facet = code.clone().set_fast(RAW_TOKENIZER_NAME);
    let plain = words(analyzer::PLAIN, IndexRecordOption::Basic, false);
    let number = NumericOptions::from(FAST);
    let text = words(
        analyzer::ENGLISH,
        IndexRecordOption::WithFreqsAndPositions,
        true,
    );
    schema.add_text_field("key", STRING | STORED);
    schema.add_u64_field(REV, number.clone() | STORED);
    schema.add_u64_field(ID_START, number.clone());
    schema.add_u64_field(ID_END, number.clone());
    schema.add_text_field("visibility", code);
    schema.add_text_field("all", text.clone());
    schema.add_text_field("title", text);
    schema.add_text_field("vocab", plain.clone());
    schema.add_text_field("title_vocab", plain);
    schema.add_text_field("title_text", STORED);
    schema.add_text_field("body_text", STORED);
    schema.add_i64_field(SORT_AT, number.clone());
    schema.add_i64_field(REVIEWED, number.clone());
    schema.add_u64_field(ADOPTIONS, number.clone());
    schema.add_u64_field(TIE, number.clone());
    schema.add_u64_field(LIKENESS, number | INDEXED);
    schema.add_text_field(FACETS, facet);
    schema.build()
}

/// Returns the index document of an entry.
pub(crate) fn document(fields: &Fields, entry: &Entry) -> TantivyDocument {
    let body_text = cut(&entry.body_text, MAX_TEXT_BYTES);
    // Grown step by step, it would be copied again and again, into memory that is new each time.
    let mut document = TantivyDocument::with_capacity(capacity(entry, body_text));
    document.add_text(fields.key, entry.key.to_string());
    document.add_u64(fields.rev, entry.rev);
    document.add_text(fields.visibility, entry.visibility.as_str());
    document.add_text(fields.title, &entry.title);
    document.add_text(fields.title_vocab, &entry.title);
    document.add_text(fields.title_text, &entry.title);
    document.add_text(fields.body_text, cut(body_text, MAX_SNIPPET_SOURCE_BYTES));
    let parts = unrepeated(entry, body_text);
    let extra = entry.tags.iter().chain(&entry.labels).map(String::as_str);
    for text in parts.into_iter().chain(extra) {
        document.add_text(fields.all, text);
        document.add_text(fields.vocab, text);
    }
    document.add_i64(fields.sort_at, entry.sort_at.millis());
    if let Some(reviewed) = entry.reviewed {
        document.add_i64(fields.reviewed, reviewed.millis());
    }
    document.add_u64(fields.adoptions, entry.adoptions);
    document.add_u64(fields.tie, tie(&entry.key));
    if let Some((start, end)) = fields.id {
        let halves = entry.key.id.halves();
        document.add_u64(start, halves.0);
        document.add_u64(end, halves.1);
    }
    let likeness = Likeness::new(&entry.key, &entry.title, body_text);
    if let Some(field) = fields.likeness {
        document.add_u64(field, likeness.number());
    }
    for (group, values) in &entry.facets {
        let mut values: Vec<&str> = values
            .iter()
            .map(|value| cut(value, MAX_FACET_VALUE_BYTES))
            .collect();
        values.sort_unstable();
        values.dedup();
        for value in values {
            document.add_text(fields.facets, facet_text(*group, value));
        }
    }
    document
}

/// Returns title, summary and body; nothing for a title or a summary that the body begins with, as one that was made of
/// the first line is. Its words would count twice, and a text without a title would be longer than it is.
fn unrepeated<'a>(entry: &'a Entry, body_text: &'a str) -> [&'a str; 3] {
    let begins = |with: &str| !with.is_empty() && body_text.trim_start().starts_with(with);
    let title = entry.title.trim_end_matches('…');
    let kept = |text: &'a str, is_repeated: bool| if is_repeated { "" } else { text };
    [
        kept(&entry.title, begins(title)),
        kept(&entry.summary, begins(&entry.summary)),
        body_text,
    ]
}

/// Returns what decides between documents of equal rank: a number without meaning that is the same at every node, since
/// it is made of the document's id.
fn tie(key: &Key) -> u64 {
    // FNV-1a, 64 bits.
    let id = key.id.to_string();
    id.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// Returns about as many bytes as the index document of an entry has: its texts are in several fields.
fn capacity(entry: &Entry, body_text: &str) -> usize {
    const OTHER_BYTES: usize = 512;
    const VALUE_BYTES: usize = 24;
    let extra = entry.tags.iter().chain(&entry.labels);
    let extra: usize = extra.map(|text| text.len() + VALUE_BYTES).sum();
    let facets = entry.facets.values().flatten();
    let facets: usize = facets.map(|value| value.len() + VALUE_BYTES).sum();
    let texts = 5 * entry.title.len() + 2 * entry.summary.len() + 3 * body_text.len();
    OTHER_BYTES + texts + 2 * extra + facets
}

/// Returns the longest start of `text` of at most `max_bytes` that ends at a character.
pub(crate) fn cut(text: &str, max_bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(max_bytes))
        .unwrap_or_default()
}
