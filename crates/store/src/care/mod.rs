//! Life after publishing: who looks after a document, reminders of its review, requests to withdraw it, and receipts.
//!
//! Invariant: a reminder is claimed before it is sent, so that it is sent once also when several processes share the database.

pub(crate) mod links;
pub(crate) mod mail;
pub(crate) mod receipts;
mod requests;

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Date, DocumentId, Timestamp};

use crate::{
    StoreError, audit,
    engine::{Db, Store, values},
    record::{records, words},
};

words! {
    /// What a reminder is about.
    pub enum ReminderStep as "step of a reminder" {
        /// A review that is due in at most 30 days.
        Before = "before",
        /// A review that is due.
        Due = "due",
        /// A review that was due 30 days ago or earlier.
        After = "after",
        /// A promised result whose day has come.
        Promised = "promised",
    }
}

/// Between which times a claim of a reminder was made that still counts. An earlier one was given up; a later one was made
/// before the clock was set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidClaims {
    /// The first time that does not count any more.
    pub after: Timestamp,
    /// The first time that cannot be.
    pub before: Timestamp,
}

records! {
    /// A document of this node, and who looks after it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Cared from CaredRow {
        /// The document.
        pub id: DocumentId,
        /// Its revision.
        pub rev: u64,
        /// Its title.
        pub title: String,
        /// Last part of its address.
        pub slug: String,
        /// To be reviewed by then.
        pub review_by: Option<Date>,
        /// A result is promised by then.
        pub expected_by: Option<Date>,
        /// Who was made to look after it.
        pub owner: Option<AccountId>,
        /// Since when.
        pub owner_since: Option<Timestamp>,
        /// Who wrote its first version here; no one, if an operator published that.
        pub author: Option<AccountId>,
    }

    /// A request to withdraw a document.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct WithdrawalRequest from WithdrawalRequestRow {
        /// The document.
        pub document: DocumentId,
        /// Who asks for it.
        pub account: AccountId,
        /// Why, in one word of the vocabulary.
        pub why: String,
        /// When.
        pub at: Timestamp,
        /// The document of this node that replaces it, where one is named.
        pub successor: Option<DocumentId>,
        /// When an editor kept the document; nothing while the request waits.
        pub kept_at: Option<Timestamp>,
    }
}

mod sql {
    use crate::engine::statements;

    macro_rules! cared {
        ($rest:literal) => {
            concat!(
                "SELECT d.id, d.rev, t.title, t.slug, d.review_by, d.expected_by, o.account AS owner, o.since AS owner_since,
                    (SELECT w.author FROM written_drafts w WHERE w.document = d.id AND w.state = 'published'
                        AND w.base IS NULL ORDER BY w.published_at LIMIT 1) AS author
                FROM documents d JOIN document_texts t ON t.seq = d.text_seq LEFT JOIN document_owners o ON o.document = d.id
                WHERE d.node_seq = 1 AND d.state IN ('live', 'local') ",
                $rest
            )
        };
    }

    statements! {
        CARED = cared!("AND d.id = $1");
        DUE_BY = cared!("AND d.review_by IS NOT NULL AND d.review_by <= $1 AND (d.review_by, d.id) > ($2, $3)
            ORDER BY d.review_by, d.id LIMIT $4");
        DUE_FROM = cared!("AND d.id IN (SELECT document FROM document_owners WHERE account = $1
                UNION SELECT document FROM written_drafts WHERE author = $1 AND state = 'published')
            AND (d.review_by <= $2 OR d.expected_by <= $2) ORDER BY COALESCE(d.review_by, d.expected_by), d.id LIMIT $3");
        HANDED_OVER_TO = cared!("AND d.id IN (SELECT document FROM document_owners WHERE account = $1)
            ORDER BY o.since DESC, d.id LIMIT $2");
        REVIEWS_TO_REMIND = cared!("AND d.review_by > $1 AND d.review_by <= $2 AND NOT EXISTS (SELECT 1 FROM reminders r
            WHERE r.document = d.id AND r.due = d.review_by AND r.step = $3 AND (r.sent_at IS NOT NULL OR (r.tried_at > $4 AND r.tried_at < $6)))
            ORDER BY d.review_by, d.id LIMIT $5");
        PROMISES_TO_REMIND = cared!("AND d.expected_by > $1 AND d.expected_by <= $2 AND NOT EXISTS (SELECT 1 FROM reminders r
            WHERE r.document = d.id AND r.due = d.expected_by AND r.step = $3 AND (r.sent_at IS NOT NULL OR (r.tried_at > $4 AND r.tried_at < $6)))
            ORDER BY d.expected_by, d.id LIMIT $5");
        SET_OWNER = "INSERT INTO document_owners (document, account, since, mail_since) VALUES ($1, $2, $3, $4)
            ON CONFLICT (document) DO UPDATE SET account = excluded.account, since = excluded.since,
                mail_since = excluded.mail_since";
        HAND_OVER = "UPDATE document_owners SET account = $2, since = $3, mail_since = $4 WHERE account = $1";
        HAND_OVER_AUTHORED = "INSERT INTO document_owners (document, account, since, mail_since)
            SELECT w.document, $2, $3, $4 FROM written_drafts w
                JOIN documents d ON d.node_seq = 1 AND d.id = w.document AND d.state IN ('live', 'local')
            WHERE w.author = $1 AND w.state = 'published' AND w.base IS NULL
                AND NOT EXISTS (SELECT 1 FROM document_owners o WHERE o.document = w.document)
            ON CONFLICT (document) DO NOTHING";
        COUNT_LOOKED_AFTER = "SELECT (SELECT COUNT(*) FROM document_owners WHERE account = $1)
            + (SELECT COUNT(DISTINCT w.document) FROM written_drafts w
                JOIN documents d ON d.node_seq = 1 AND d.id = w.document AND d.state IN ('live', 'local')
                WHERE w.author = $1 AND w.state = 'published' AND w.base IS NULL
                    AND NOT EXISTS (SELECT 1 FROM document_owners o WHERE o.document = w.document))";
        CLAIM = "INSERT INTO reminders (document, due, step, account, tried_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (document, due, step) DO UPDATE SET tried_at = excluded.tried_at, account = excluded.account
            WHERE reminders.sent_at IS NULL AND (reminders.tried_at <= $6 OR reminders.tried_at >= $7)";
        SENT = "UPDATE reminders SET sent_at = $4 WHERE document = $1 AND due = $2 AND step = $3";
        END_REQUEST = "DELETE FROM withdrawal_requests WHERE document = $1";
        FORGET_OWNER = "DELETE FROM document_owners WHERE document = $1";
        FORGET_REMINDERS = "DELETE FROM reminders WHERE document = $1";
        DELETE_OLD_REMINDERS = "DELETE FROM reminders WHERE tried_at <= $1 AND NOT EXISTS (SELECT 1 FROM documents d
            WHERE d.node_seq = 1 AND d.id = reminders.document AND reminders.due IN (d.review_by, d.expected_by))";
        FORGET_LINKS = "DELETE FROM review_links WHERE document = $1";
    }
}

/// The statements of all modules here.
pub(crate) const MODULES: &[(&str, &[(&str, &str)])] = &[
    ("care", sql::ALL),
    ("care::links", links::STATEMENTS),
    ("care::mail", mail::STATEMENTS),
    ("care::receipts", receipts::STATEMENTS),
    ("care::requests", requests::STATEMENTS),
];

impl Store {
    /// Returns a document of this node with who looks after it.
    #[boxed]
    pub async fn cared(&self, id: DocumentId) -> Result<Option<Cared>, StoreError> {
        self.read().await?.record(sql::CARED, values![id]).await
    }

    /// Returns documents of this node whose review is due by a day, those that have waited longest first, after a place.
    #[boxed]
    pub async fn due_for_review(
        &self,
        by: Date,
        after: Option<(Date, DocumentId)>,
        limit: u32,
    ) -> Result<Vec<Cared>, StoreError> {
        let (date, id) = after.map_or((String::new(), String::new()), |(date, id)| {
            (date.to_string(), id.to_string())
        });
        let values = values![by, date, id, i64::from(limit)];
        self.read().await?.records(sql::DUE_BY, values).await
    }

    /// Returns documents that an account was made to look after or has written, whose review or whose promised result is due
    /// by a day, the earliest first.
    #[boxed]
    pub async fn due_from(
        &self,
        account: AccountId,
        by: Date,
        limit: u32,
    ) -> Result<Vec<Cared>, StoreError> {
        let values = values![account, by, i64::from(limit)];
        self.read().await?.records(sql::DUE_FROM, values).await
    }

    /// Returns documents that an account was made to look after, the latest first.
    #[boxed]
    pub async fn handed_over_to(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<Cared>, StoreError> {
        let values = values![account, i64::from(limit)];
        self.read()
            .await?
            .records(sql::HANDED_OVER_TO, values)
            .await
    }

    /// Returns documents of this node for which a reminder is still to be sent: those whose day is after `after` and at most
    /// `until`, the earliest first. A claim that is no [`ValidClaims`] is void.
    #[boxed]
    pub async fn to_remind(
        &self,
        step: ReminderStep,
        (after, until): (Option<Date>, Date),
        valid: ValidClaims,
        limit: u32,
    ) -> Result<Vec<Cared>, StoreError> {
        let sql = match step {
            ReminderStep::Before | ReminderStep::Due | ReminderStep::After => {
                sql::REVIEWS_TO_REMIND
            }
            ReminderStep::Promised => sql::PROMISES_TO_REMIND,
        };
        let after = after.map(|date| date.to_string()).unwrap_or_default();
        let limit = i64::from(limit);
        let values = values![
            after,
            until,
            step.as_str(),
            valid.after,
            limit,
            valid.before
        ];
        self.read().await?.records(sql, values).await
    }

    /// Makes an account look after a document.
    #[boxed]
    pub async fn set_owner(
        &self,
        id: DocumentId,
        account: AccountId,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let row = values![id, account, now, mail_since(by, account, now)];
        db.run(sql::SET_OWNER, row).await?;
        let entry = Entry::new(by, Act::OwnerChanged, Object::Document(id), now);
        let detail = format!("to account {account}");
        audit::append(&mut db, &[entry.with_detail(&detail)]).await?;
        Ok(db.commit().await?)
    }

    /// Returns how many documents handing over everything that an account looks after would give to another one.
    #[boxed]
    pub async fn count_looked_after(&self, by: AccountId) -> Result<u64, StoreError> {
        let mut db = self.read().await?;
        let (count,) = db
            .one::<(i64,)>(sql::COUNT_LOOKED_AFTER, values![by])
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Makes an account look after everything that another one looks after; returns how many documents that are.
    #[boxed]
    pub async fn hand_over(
        &self,
        from: AccountId,
        to: AccountId,
        by: &By,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let row = || values![from, to, now, mail_since(by, to, now)];
        let owned = db.run(sql::HAND_OVER, row()).await?;
        let authored = db.run(sql::HAND_OVER_AUTHORED, row()).await?;
        let count = owned + authored;
        if count > 0 {
            let entry = Entry::new(by, Act::OwnerChanged, Object::Account(from), now);
            let detail = format!("{count} documents to account {to}");
            audit::append(&mut db, &[entry.with_detail(&detail)]).await?;
        }
        db.commit().await?;
        Ok(count)
    }

    /// Claims a reminder, so that no one else sends it; returns whether it is still to be sent. A claim that is no
    /// [`ValidClaims`] is void.
    #[boxed]
    pub async fn claim_reminder(
        &self,
        (document, due, step): (DocumentId, Date, ReminderStep),
        account: AccountId,
        now: Timestamp,
        valid: ValidClaims,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let (after, before) = (valid.after, valid.before);
        let row = values![document, due, step.as_str(), account, now, after, before];
        let claimed = db.run(sql::CLAIM, row).await? > 0;
        db.commit().await?;
        Ok(claimed)
    }

    /// Records that a reminder was sent.
    #[boxed]
    pub async fn reminder_sent(
        &self,
        (document, due, step): (DocumentId, Date, ReminderStep),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::SENT, values![document, due, step.as_str(), now])
            .await?;
        Ok(db.commit().await?)
    }

    /// Deletes reminders of before a time for a day that is not the document's any more: no one is reminded of it again.
    /// Returns how many there were.
    #[boxed]
    pub async fn delete_old_reminders(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let deleted = db.run(sql::DELETE_OLD_REMINDERS, values![before]).await?;
        db.commit().await?;
        Ok(deleted)
    }
}

/// Returns since when mail is due to a person who is made to look after documents; those who do it themselves know.
fn mail_since(by: &By, account: AccountId, now: Timestamp) -> Option<Timestamp> {
    (*by != By::Account(account)).then_some(now)
}

/// Forgets who looks after a document that is withdrawn, and what they were reminded of.
pub(crate) async fn forget_document(db: &mut Db, id: DocumentId) -> Result<(), StoreError> {
    for sql in [
        sql::END_REQUEST,
        sql::FORGET_OWNER,
        sql::FORGET_LINKS,
        sql::FORGET_REMINDERS,
    ] {
        db.run(sql, values![id]).await?;
    }
    Ok(())
}
