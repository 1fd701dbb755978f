//! Drafts about which a mail is due. The transaction that submits, returns or publishes a draft records this.

use async_recursion::async_recursion as boxed;
use wire::DocumentId;

use super::{WrittenDraft, draft_of};
use crate::{
    StoreError,
    engine::{Store, values},
    record::parsed,
};

mod sql {
    use crate::engine::statements;

    statements! {
        TO_MAIL = "SELECT id FROM written_drafts WHERE mail_since IS NOT NULL ORDER BY mail_since LIMIT $1";
        FORGET = "UPDATE written_drafts SET mail_since = NULL WHERE mail_since IS NOT NULL";
        MAILED = "UPDATE written_drafts SET mail_since = NULL WHERE id = $1 AND version = $2";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns drafts whose people are still to be sent mail, those that have waited longest first.
    #[boxed]
    pub async fn drafts_to_mail(&self, limit: u32) -> Result<Vec<WrittenDraft>, StoreError> {
        let mut db = self.snapshot().await?;
        let ids = db
            .rows::<(String,)>(sql::TO_MAIL, values![i64::from(limit)])
            .await?;
        let mut drafts = Vec::with_capacity(ids.len());
        for (id,) in ids {
            let id = parsed(DocumentId::parse(&id), "id of a draft", &id)?;
            drafts.extend(draft_of(&mut db, id).await?);
        }
        Ok(drafts)
    }

    /// Records that the people of a draft were sent mail about this version of it; one that was changed since stays due.
    #[boxed]
    pub async fn draft_mailed(&self, id: DocumentId, version: u64) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::MAILED, values![id, version]).await?;
        Ok(db.commit().await?)
    }

    /// Records that no one will be sent mail about what became of drafts up to now.
    #[boxed]
    pub async fn forget_draft_mails(&self) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::FORGET, values![]).await?;
        Ok(db.commit().await?)
    }
}
