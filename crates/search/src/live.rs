//! The index that searches use, with what is kept in memory next to it.

use std::sync::{Arc, PoisonError, RwLock};

use tantivy::{IndexReader, Searcher};

use crate::facet_table::Tables;
use crate::families::Families;
use crate::highlight::WordReaders;
use crate::related::Related;
use crate::schema::Fields;
use crate::statistics::Lengths;

/// What searches use. Replaced as a whole when a rebuilt index takes over.
pub(crate) struct Live {
    pub(crate) index: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
    pub(crate) tables: Tables,
    pub(crate) lengths: Lengths,
    /// Whether it is of an earlier format: it serves until a new one is built, and is not written.
    pub(crate) is_earlier: bool,
    pub(crate) word_readers: Arc<WordReaders>,
    pub(crate) families: Families,
    /// What was learnt of related documents, or why it cannot be used.
    related: RwLock<Result<Option<Arc<Related>>, String>>,
}

impl Live {
    pub(crate) fn new(
        index: tantivy::Index,
        reader: IndexReader,
        fields: Fields,
        is_earlier: bool,
    ) -> Self {
        Self {
            index,
            reader,
            fields,
            tables: Tables::default(),
            lengths: Lengths::default(),
            word_readers: Arc::default(),
            families: Families::default(),
            is_earlier,
            related: RwLock::new(Ok(None)),
        }
    }

    /// Makes searches see the last commit.
    pub(crate) fn reload(&self) -> tantivy::Result<()> {
        self.reader.reload()?;
        let searcher = self.reader.searcher();
        if let Ok(Some(related)) = self.related() {
            related.update(&searcher, &self.fields)?;
        }
        self.prepare(&searcher)
    }

    /// Reads what searches need of new segments, before the first of them.
    pub(crate) fn prepare(&self, searcher: &Searcher) -> tantivy::Result<()> {
        self.lengths.update(searcher, &self.fields)?;
        self.tables.update(searcher)
    }

    /// Returns what was learnt of related documents, or why it cannot be used.
    pub(crate) fn related(&self) -> Result<Option<Arc<Related>>, String> {
        let related = self.related.read().unwrap_or_else(PoisonError::into_inner);
        related.clone()
    }

    pub(crate) fn set_related(&self, related: Result<Option<Arc<Related>>, String>) {
        *self.related.write().unwrap_or_else(PoisonError::into_inner) = related;
    }
}
