//! Requests to withdraw documents, and documents that were handed over, of which people are informed. That a mail is due is
//! recorded by the transaction of the act.

use async_recursion::async_recursion as boxed;
use wire::{AccountId, DocumentId, Timestamp};

use super::WithdrawalRequest;
use crate::{
    StoreError,
    engine::{Store, values},
    record::records,
};

records! {
    /// What was handed over to a person since they were sent mail about it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct HandedOver from HandedOverRow {
        /// The person.
        pub account: AccountId,
        /// How many documents.
        pub documents: u64,
        /// When the latest one was.
        pub at: Timestamp,
    }

    /// What people are still to be sent mail about: drafts, requests and handovers together.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct MailsDue from MailsDueRow {
        /// How many.
        pub mails: u64,
        /// When the latest one was recorded.
        pub latest: Option<Timestamp>,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        REQUESTS_TO_MAIL = "SELECT document, account, why, at, successor, kept_at FROM withdrawal_requests WHERE mail_since IS NOT NULL
            ORDER BY mail_since LIMIT $1";
        REQUEST_MAILED = "UPDATE withdrawal_requests SET mail_since = NULL WHERE document = $1 AND mail_since = $2";
        KEPT_FOR = "SELECT document, account, why, at, successor, kept_at FROM withdrawal_requests
            WHERE account = $1 AND kept_at > $2 ORDER BY kept_at DESC LIMIT $3";
        HANDED_OVER_TO_MAIL = "SELECT account, COUNT(*) AS documents, MAX(mail_since) AS at FROM document_owners
            WHERE mail_since IS NOT NULL GROUP BY account ORDER BY at LIMIT $1";
        FORGET_REQUESTS = "UPDATE withdrawal_requests SET mail_since = NULL WHERE mail_since IS NOT NULL";
        FORGET_HANDED_OVER = "UPDATE document_owners SET mail_since = NULL WHERE mail_since IS NOT NULL";
        DUE = "SELECT CAST(SUM(due.mails) AS BIGINT) AS mails, MAX(due.latest) AS latest FROM (
            SELECT COUNT(*) AS mails, MAX(mail_since) AS latest FROM written_drafts WHERE mail_since IS NOT NULL
            UNION ALL SELECT COUNT(*), MAX(mail_since) FROM withdrawal_requests WHERE mail_since IS NOT NULL
            UNION ALL SELECT COUNT(*), MAX(mail_since) FROM document_owners WHERE mail_since IS NOT NULL) due";
        HANDED_OVER_MAILED = "UPDATE document_owners SET mail_since = NULL WHERE account = $1 AND mail_since <= $2";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns requests to withdraw documents about which editors, or who asked and was refused, are still to be sent mail, those
    /// that have waited longest first.
    #[boxed]
    pub async fn withdrawal_requests_to_mail(
        &self,
        limit: u32,
    ) -> Result<Vec<WithdrawalRequest>, StoreError> {
        let mut db = self.read().await?;
        db.records(sql::REQUESTS_TO_MAIL, values![i64::from(limit)])
            .await
    }

    /// Records that people were sent mail about a request of that time, or that it was refused then; what is later stays due.
    #[boxed]
    pub async fn withdrawal_request_mailed(
        &self,
        document: DocumentId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::REQUEST_MAILED, values![document, at]).await?;
        Ok(db.commit().await?)
    }

    /// Returns what a person has asked to withdraw and editors have kept since a time, the latest first.
    #[boxed]
    pub async fn kept_for(
        &self,
        account: AccountId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<WithdrawalRequest>, StoreError> {
        let values = values![account, since, i64::from(limit)];
        self.read().await?.records(sql::KEPT_FOR, values).await
    }

    /// Returns what was handed over to people who are still to be sent mail about it, one row a person, those that have waited
    /// longest first.
    #[boxed]
    pub async fn handed_over_to_mail(&self, limit: u32) -> Result<Vec<HandedOver>, StoreError> {
        let mut db = self.read().await?;
        db.records(sql::HANDED_OVER_TO_MAIL, values![i64::from(limit)])
            .await
    }

    /// Returns how much people are still to be sent mail about, which another process may have recorded.
    #[boxed]
    pub async fn mails_due(&self) -> Result<MailsDue, StoreError> {
        let due = self.read().await?.record(sql::DUE, values![]).await?;
        Ok(due.unwrap_or(MailsDue {
            mails: 0,
            latest: None,
        }))
    }

    /// Records that no one will be sent mail about the requests and handovers up to now.
    #[boxed]
    pub async fn forget_page_mails(&self) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::FORGET_REQUESTS, values![]).await?;
        db.run(sql::FORGET_HANDED_OVER, values![]).await?;
        Ok(db.commit().await?)
    }

    /// Records that a person was sent mail about what was handed over to them until a time; what was later stays due.
    #[boxed]
    pub async fn handed_over_mailed(&self, handed: &HandedOver) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::HANDED_OVER_MAILED, values![handed.account, handed.at])
            .await?;
        Ok(db.commit().await?)
    }
}
