//! Drafts as the database has them, and the changes that can be made to them.

use ::audit::{Act, Entry};
use wire::{AccountId, DocumentId, Timestamp};

use crate::record::{records, words};

words! {
    /// How far a draft has got.
    pub enum DraftState as "draft state" {
        /// Its author writes.
        Writing = "writing",
        /// It waits for a reviewer and cannot be changed.
        Submitted = "submitted",
        /// A reviewer has returned it, and its author writes.
        Returned = "returned",
        /// It is published: only the record of it is left.
        Published = "published",
    }
}

records! {
    /// A draft, without its words.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct WrittenDraft from WrittenDraftRow {
        /// Its id.
        pub id: DocumentId,
        /// The document that it becomes, or a new revision of.
        pub document: DocumentId,
        /// The revision that it began with; `None` for a new document.
        pub base: Option<u64>,
        /// Its kind.
        pub kind: String,
        /// The account that began it.
        pub author: AccountId,
        /// How far it has got.
        pub state: DraftState,
        /// Raised by every change.
        pub version: u64,
        /// When it was begun.
        pub created_at: Timestamp,
        /// When its words were last changed.
        pub changed_at: Timestamp,
        /// The account that last changed them.
        pub changed_by: AccountId,
        /// When it was last submitted.
        pub submitted_at: Option<Timestamp>,
        /// The account that submitted it.
        pub submitted_by: Option<AccountId>,
        /// When it was last returned.
        pub returned_at: Option<Timestamp>,
        /// The account that returned it.
        pub returned_by: Option<AccountId>,
        /// When it was published.
        pub published_at: Option<Timestamp>,
        /// The revision that it was published as.
        pub published_rev: Option<u64>,
        /// The account that approved it.
        pub approved_by: Option<AccountId>,
        /// Why the approver accepted what looked like patient data.
        pub reason: Option<String>,
        /// Whether the reviewer who returned it has declined it.
        pub declined: bool,
        /// The accounts that have changed its words since it was begun, separated by spaces.
        pub writers: String,
    }

    /// Where the words of a draft are.
    pub(super) struct Seqs from SeqsRow {
        pub text_seq: Option<i64>,
        pub reviewed_seq: Option<i64>,
        pub notes_seq: Option<i64>,
    }

    /// A draft with the beginning of its words, which is what a list needs.
    pub(super) struct Line from LineRow with draft: WrittenDraft {
        pub content: Option<Vec<u8>>,
    }
}

/// A draft with its words; each has white space behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftWords {
    /// The draft.
    pub draft: WrittenDraft,
    /// What it says; `None` once it is published.
    pub content: Option<Vec<u8>>,
    /// What it said when it was last returned.
    pub reviewed: Option<Vec<u8>>,
    /// What the reviewer said then.
    pub notes: Option<Vec<u8>>,
}

/// A draft to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDraft {
    /// Its id.
    pub id: DocumentId,
    /// The document that it becomes.
    pub document: DocumentId,
    /// The revision that it begins with; `None` for a new document.
    pub base: Option<u64>,
    /// Its kind.
    pub kind: String,
    /// The account that begins it.
    pub author: AccountId,
    /// What it says.
    pub content: Vec<u8>,
}

/// A change of a draft, with its author and its time.
#[derive(Debug, Clone, Copy)]
pub struct DraftChange {
    /// The draft.
    pub id: DocumentId,
    /// The version that the change was made from.
    pub version: u64,
    /// The account that makes it.
    pub by: AccountId,
    /// When.
    pub now: Timestamp,
}

/// What a reviewer did with a draft that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// They returned it to its author.
    Returned,
    /// They declined it.
    Declined,
    /// They took it back to edit it themselves.
    TakenBack,
}

/// The draft that a revision is published from; it is recorded in the transaction that publishes the revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The draft.
    pub draft: DocumentId,
    /// The version of it that was approved.
    pub version: u64,
    /// The account that approved it.
    pub by: AccountId,
    /// Why it accepted what looked like patient data.
    pub reason: Option<String>,
}

impl WrittenDraft {
    /// Returns whether an account has written any of it, also what others have changed since.
    #[must_use]
    pub fn is_written_by(&self, account: AccountId) -> bool {
        let is_writer = |writer: &str| AccountId::parse(writer) == Some(account);
        self.author == account
            || self.changed_by == account
            || self.writers.split(' ').any(is_writer)
    }
}

impl DraftChange {
    /// Returns the row of the audit for a draft that does not wait any more.
    pub(super) fn given_back(self, how: GivenBack) -> Entry {
        self.entry(match how {
            GivenBack::Returned => Act::DraftReturned,
            GivenBack::Declined => Act::DraftDeclined,
            GivenBack::TakenBack => Act::DraftTakenBack,
        })
    }
}
