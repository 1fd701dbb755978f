//! This node's own documents: the state of some of them, and all of them with their private parts, for an export.

use std::collections::HashMap;

use async_recursion::async_recursion as boxed;
use wire::DocumentId;

use crate::{
    StoreError,
    documents::DocumentState,
    engine::{Store, values},
    record::records,
};

records! {
    /// Where an own document is.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OwnDocument from OwnDocumentRow {
        /// The document.
        pub id: DocumentId,
        /// Its state.
        pub state: DocumentState,
        /// Its last revision.
        pub rev: u64,
        /// Index of that revision's leaf; `None` for what is kept here only.
        pub leaf_index: Option<u64>,
        /// Last part of its address; `None` once it is withdrawn.
        pub slug: Option<String>,
    }

    /// The words of an own document that is live or kept here only.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OwnText from OwnTextRow {
        /// The document.
        pub id: DocumentId,
        /// Its revision.
        pub rev: u64,
        /// Its body, byte for byte.
        pub body: Vec<u8>,
        /// What is never shown or sent.
        pub private: Option<String>,
    }
}

records! {
    /// An own document that is live or kept here only, and that no import has a file for.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Unfiled from UnfiledRow {
        /// The document.
        pub id: DocumentId,
        /// Last part of its address.
        pub slug: String,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        UNFILED = "SELECT d.id, t.slug FROM documents d JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = 1 AND d.state IN ('live', 'local')
            AND NOT EXISTS (SELECT 1 FROM imported i WHERE i.document = d.id) ORDER BY d.id";
        OWN = "SELECT d.id, d.state, d.rev, d.leaf_index, t.slug FROM documents d
            LEFT JOIN document_texts t ON t.seq = d.text_seq WHERE d.node_seq = 1 AND d.id IN ({#})";
        TEXTS = "SELECT d.id, d.rev, t.body, t.private FROM documents d JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = 1 AND d.id > $1 AND d.state IN ('live', 'local') ORDER BY d.id LIMIT $2";
        TEXTS_OF = "SELECT d.id, d.rev, t.body, t.private FROM documents d JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = 1 AND d.state IN ('live', 'local') AND d.id IN ({#})";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns where own documents are, in any state; those that were never held are left out.
    #[boxed]
    pub async fn own_documents(
        &self,
        ids: &[DocumentId],
    ) -> Result<HashMap<DocumentId, OwnDocument>, StoreError> {
        let keys = ids.iter().map(|id| values![*id]).collect();
        let mut db = self.read().await?;
        let found: Vec<OwnDocument> = db.records_of_many(sql::OWN, &[], keys).await?;
        Ok(found.into_iter().map(|own| (own.id, own)).collect())
    }

    /// Returns the own documents that no file was imported for, in the order of their ids.
    #[boxed]
    pub async fn unfiled_documents(&self) -> Result<Vec<Unfiled>, StoreError> {
        let mut db = self.read().await?;
        db.records(sql::UNFILED, values![]).await
    }

    /// Returns the words of own documents of any visibility, in the order of their ids, after one of them.
    #[boxed]
    pub async fn own_texts(
        &self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<OwnText>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let values = values![after, i64::from(limit)];
        self.read().await?.records(sql::TEXTS, values).await
    }

    /// Returns the words of some own documents; those that are not live or kept here are left out.
    #[boxed]
    pub async fn own_texts_of(
        &self,
        ids: &[DocumentId],
    ) -> Result<HashMap<DocumentId, OwnText>, StoreError> {
        let keys = ids.iter().map(|id| values![*id]).collect();
        let mut db = self.read().await?;
        let found: Vec<OwnText> = db.records_of_many(sql::TEXTS_OF, &[], keys).await?;
        Ok(found.into_iter().map(|text| (text.id, text)).collect())
    }
}
