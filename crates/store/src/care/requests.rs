//! Requests to withdraw a document: by an author, until an editor withdraws or keeps it.

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use wire::{DocumentId, Timestamp};

use super::WithdrawalRequest;
use crate::{
    StoreError, audit,
    engine::{Store, values},
};

mod sql {
    use crate::engine::statements;

    statements! {
        REQUEST = "INSERT INTO withdrawal_requests (document, account, why, at, successor, mail_since) VALUES ($1, $2, $3, $4, $5, $4)
            ON CONFLICT (document) DO UPDATE SET account = excluded.account, why = excluded.why, at = excluded.at,
                successor = excluded.successor, mail_since = excluded.mail_since, kept_at = NULL
            WHERE withdrawal_requests.kept_at IS NOT NULL";
        REQUEST_AGAIN = "UPDATE withdrawal_requests SET account = $2, why = $3, at = $4, successor = $5, mail_since = $4
            WHERE document = $1 AND kept_at IS NULL AND at = $6";
        REQUESTS = "SELECT document, account, why, at, successor, kept_at FROM withdrawal_requests WHERE kept_at IS NULL ORDER BY at LIMIT $1";
        REQUEST_OF = "SELECT document, account, why, at, successor, kept_at FROM withdrawal_requests WHERE document = $1";
        KEEP = "UPDATE withdrawal_requests SET kept_at = $2, mail_since = $2 WHERE document = $1 AND kept_at IS NULL AND at = $3";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Records that an author asks for the withdrawal of a document, in place of the request of a time if one is given, and else
    /// of none that waits; returns whether it was recorded. Of two requests at once, one is.
    #[boxed]
    pub async fn request_withdrawal(
        &self,
        request: &WithdrawalRequest,
        replaced: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let mut row = values![
            request.document,
            request.account,
            &request.why,
            request.at,
            request.successor
        ];
        let sql = match replaced {
            Some(at) => {
                row.extend(values![at]);
                sql::REQUEST_AGAIN
            }
            None => sql::REQUEST,
        };
        if db.run(sql, row).await? == 0 {
            return Ok(false);
        }
        let (by, object) = (
            By::Account(request.account),
            Object::Document(request.document),
        );
        let entry = Entry::new(&by, Act::WithdrawalRequested, object, request.at);
        audit::append(&mut db, &[entry]).await?;
        db.commit().await?;
        Ok(true)
    }

    /// Returns requests to withdraw documents, the oldest first.
    #[boxed]
    pub async fn withdrawal_requests(
        &self,
        limit: u32,
    ) -> Result<Vec<WithdrawalRequest>, StoreError> {
        let values = values![i64::from(limit)];
        self.read().await?.records(sql::REQUESTS, values).await
    }

    /// Returns the request to withdraw a document.
    #[boxed]
    pub async fn withdrawal_request(
        &self,
        id: DocumentId,
    ) -> Result<Option<WithdrawalRequest>, StoreError> {
        self.read()
            .await?
            .record(sql::REQUEST_OF, values![id])
            .await
    }

    /// Records that an editor keeps a document that someone has asked to withdraw; returns whether the request of the time
    /// `seen` waited. One that was made since waits on.
    #[boxed]
    pub async fn keep_requested(
        &self,
        id: DocumentId,
        seen: Timestamp,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let kept = db.run(sql::KEEP, values![id, now, seen]).await? > 0;
        if kept {
            let entry = Entry::new(by, Act::WithdrawalDeclined, Object::Document(id), now);
            audit::append(&mut db, &[entry]).await?;
        }
        db.commit().await?;
        Ok(kept)
    }
}
