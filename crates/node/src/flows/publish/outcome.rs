//! What publishing answers for each document.

use domain::{Document, Fault};
use patient_data::Finding;
use serde::Serialize;
use wire::DocumentId;

use crate::flows::screening;

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A first revision was made.
    Created,
    /// A further revision was made.
    Updated,
    /// The held revision is the same; nothing was written.
    Unchanged,
}

/// A document that is durably stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Id of the document.
    pub id: DocumentId,
    /// Its current revision.
    pub rev: u64,
    /// Index of its leaf; `None` when it is not in the log.
    pub index: Option<u64>,
    /// Address of its page.
    pub url: String,
    /// What was written.
    pub change: Change,
}

/// A document that was not published.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Id of the document.
    pub id: DocumentId,
    /// Why it was refused.
    pub refusal: Refusal,
}

/// Why a document was not published.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// It breaks rules: all its faults.
    Faults(Vec<Fault>),
    /// It looks as if it had patient data: what blocks, and warnings without a reason.
    PatientData(Vec<Finding>),
    /// Its id is withdrawn, so no word of the text may be stored.
    Withdrawn(Fault),
    /// The held revision is not the one that the author began with.
    Stale(Box<Stale>),
}

/// The two texts between which the author of a stale submission has to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Stale {
    /// The revision that the author began with.
    pub base: u64,
    /// The revision that is held; 0 when there is none.
    pub rev: u64,
    /// The held text; `None` when there is none.
    pub held: Option<Box<Document>>,
    /// The text that was submitted.
    pub submitted: Box<Document>,
}

impl Refused {
    pub(super) fn new(id: DocumentId, faults: Vec<Fault>) -> Self {
        let refusal = Refusal::Faults(faults);
        Self { id, refusal }
    }

    /// Returns the refusal as faults for the author.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        match self.refusal {
            Refusal::Faults(faults) => faults,
            Refusal::PatientData(findings) => screening::faults(&findings),
            Refusal::Withdrawn(fault) => vec![fault],
            Refusal::Stale(stale) => vec![stale.fault(self.id)],
        }
    }
}

impl Stale {
    fn fault(&self, id: DocumentId) -> Fault {
        let Self { base, rev, .. } = self;
        let text = format!(
            "`{id}` has changed: you began with revision {base}, and revision {rev} is published now; put your changes into that text and publish again with base {rev}"
        );
        Fault::new("", None, text)
    }
}

/// The result of one submission.
pub type Outcome = Result<Accepted, Refused>;
