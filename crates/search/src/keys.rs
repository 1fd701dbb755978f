//! The keys of documents, read from fast fields: to read a stored document unpacks a block with its text.

use std::collections::HashMap;

use tantivy::columnar::Column;
use tantivy::schema::Value as _;
use tantivy::{
    DocAddress, DocId, Searcher, SegmentOrdinal, SegmentReader, TantivyDocument, TantivyError,
};
use wire::DocumentId;

use crate::best::column;
use crate::entry::Key;
use crate::likeness::Likeness;
use crate::schema::{Fields, ID_END, ID_START, LIKENESS, REV};

/// Reads the keys of documents of one searcher.
pub(crate) struct Keys<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    /// The fields of the segments that were asked for; `None` for one of an earlier format, which lacks some.
    segments: HashMap<SegmentOrdinal, Option<Columns>>,
}

/// The fields of a segment.
struct Columns {
    likeness: Column<u64>,
    start: Column<u64>,
    end: Column<u64>,
    rev: Column<u64>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(searcher: &'a Searcher, fields: &'a Fields) -> Self {
        Self {
            searcher,
            fields,
            segments: HashMap::new(),
        }
    }

    /// Returns the key of a document and its revision.
    pub(crate) fn get(&mut self, address: DocAddress) -> tantivy::Result<(Key, u64)> {
        let segment = address.segment_ord;
        if !self.segments.contains_key(&segment) {
            let columns = Columns::open(self.searcher.segment_reader(segment))?;
            self.segments.insert(segment, columns);
        }
        let columns = self.segments.get(&segment).and_then(Option::as_ref);
        match columns.and_then(|columns| columns.key(address.doc_id)) {
            Some(found) => Ok(found),
            None => stored(self.fields, &self.searcher.doc(address)?),
        }
    }
}

impl Columns {
    fn open(reader: &SegmentReader) -> tantivy::Result<Option<Self>> {
        let columns = (
            column(reader, LIKENESS)?,
            column(reader, ID_START)?,
            column(reader, ID_END)?,
            column(reader, REV)?,
        );
        Ok(match columns {
            (Some(likeness), Some(start), Some(end), Some(rev)) => Some(Self {
                likeness,
                start,
                end,
                rev,
            }),
            _ => None,
        })
    }

    fn key(&self, doc: DocId) -> Option<(Key, u64)> {
        let node = Likeness::from_number(self.likeness.first(doc)?).node();
        let halves = (self.start.first(doc)?, self.end.first(doc)?);
        let key = Key {
            node_seq: i64::try_from(node).ok()?,
            id: DocumentId::from_halves(halves)?,
        };
        Some((key, self.rev.first(doc)?))
    }
}

/// Returns the key of a stored document and its revision.
pub(crate) fn stored(fields: &Fields, document: &TantivyDocument) -> tantivy::Result<(Key, u64)> {
    let key = document
        .get_first(fields.key)
        .and_then(|value| Key::parse(value.as_str()?));
    let rev = document
        .get_first(fields.rev)
        .and_then(|value| value.as_u64());
    key.zip(rev)
        .ok_or_else(|| TantivyError::InternalError("a stored document lacks its key".to_owned()))
}
