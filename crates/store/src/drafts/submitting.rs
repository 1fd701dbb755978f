//! Submitting a draft to review, with the files that were checked.

use ::audit::Act;
use async_recursion::async_recursion as boxed;

use super::{DraftChange, lock};
use crate::{
    StoreError,
    attachments::{DraftAttachment, of_drafts::attached},
    audit,
    engine::{Store, values},
};

mod sql {
    use crate::engine::statements;

    statements! {
        SUBMIT = "UPDATE written_drafts SET state = 'submitted', declined = FALSE, submitted_at = $2, submitted_by = $3,
            mail_since = $2 WHERE id = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Submits a draft to review, with the files that were checked and what who submits it has confirmed; returns its new
    /// version.
    ///
    /// # Errors
    /// As [`Store::save_draft`]; [`StoreError::Stale`] also when it has other files than these, since the files of its author
    /// do not raise its version.
    #[boxed]
    pub async fn submit_draft(
        &self,
        change: DraftChange,
        checked: &[DraftAttachment],
        confirmed: &str,
    ) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        lock(&mut db, change).await?;
        if attached(&mut db, change.id).await? != checked {
            return Err(StoreError::Stale {
                what: change.id.to_string(),
                held: change.version,
            });
        }
        let row = values![change.id, change.now, change.by];
        db.run(sql::SUBMIT, row).await?;
        let entry = change.entry(Act::DraftSubmitted).with_detail(confirmed);
        audit::append(&mut db, &[entry]).await?;
        db.commit().await?;
        Ok(change.version + 1)
    }
}
