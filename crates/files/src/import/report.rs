//! The report of an import: one line for each file when what is written of it is durable, and a summary.

use domain::Fault;
use serde::Serialize;
use serde_json::json;
use wire::{DocumentId, NodeId};

use crate::screening::PatientDataFinding;
use node::flows::publish::Change;

/// The result of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A new document was published.
    Created,
    /// A new revision of its document was published.
    Updated,
    /// Its document has this content already.
    Unchanged,
    /// It was saved as a draft; its faults say what to fix.
    Draft,
    /// Nothing was written; its faults say why.
    Failed,
    /// The file no longer exists; its document stays published.
    Gone,
    /// Its document is withdrawn, and nothing was written.
    Withdrawn,
}

impl From<Change> for Status {
    fn from(change: Change) -> Self {
        match change {
            Change::Created => Self::Created,
            Change::Updated => Self::Updated,
            Change::Unchanged => Self::Unchanged,
        }
    }
}

/// The report of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its path inside the tree.
    pub path: String,
    /// Its result.
    pub status: Status,
    /// This node.
    pub node: NodeId,
    /// The document, or the draft.
    pub id: Option<DocumentId>,
    /// The document's revision.
    pub rev: Option<u64>,
    /// Index of that revision's leaf in this node's log; `None` for a document that is not in the log.
    pub index: Option<u64>,
    /// The document's page.
    pub url: Option<String>,
    /// What is wrong with the file, and what of it was not imported.
    pub faults: Vec<Fault>,
    /// What of the file looks like patient data.
    pub findings: Vec<PatientDataFinding>,
}

impl FileReport {
    /// Returns the report as one line of JSON, without a final newline.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The summary of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Markdown files of the folder.
    pub files: u64,
    /// New documents.
    pub created: u64,
    /// New revisions.
    pub updated: u64,
    /// Files that changed nothing.
    pub unchanged: u64,
    /// Drafts.
    pub draft: u64,
    /// Files of which nothing was written.
    pub failed: u64,
    /// Files that no longer exist and whose documents stay published.
    pub gone: u64,
    /// Files whose documents are withdrawn, by this import or before.
    pub withdrawn: u64,
    /// Files whose documents or drafts this import has removed.
    #[serde(skip)]
    pub pruned: u64,
    /// Files that are not markdown, and symbolic links to files of the folder.
    pub skipped: u64,
    /// Whether search finds all of the documents already.
    pub searchable: bool,
    /// Duration in milliseconds.
    pub took_ms: u64,
}

impl Summary {
    /// Counts a file.
    pub(crate) fn count(&mut self, status: Status) {
        let counter = match status {
            Status::Created => &mut self.created,
            Status::Updated => &mut self.updated,
            Status::Unchanged => &mut self.unchanged,
            Status::Draft => &mut self.draft,
            Status::Failed => &mut self.failed,
            Status::Gone => &mut self.gone,
            Status::Withdrawn => &mut self.withdrawn,
        };
        *counter += 1;
    }

    /// Returns the summary as one line of JSON, without a final newline.
    #[must_use]
    pub fn to_json(&self) -> String {
        json!({ "summary": self }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_can_rely_on_the_form_of_a_report() {
        let report = FileReport {
            path: "deep/a.md".to_owned(),
            status: Status::Created,
            node: NodeId::for_text(b"node"),
            id: DocumentId::parse("01996c5e-8a00-7000-8000-000000000001"),
            rev: Some(1),
            index: Some(0),
            url: Some("https://exchange.example/d/zz1/01996c5e/a".to_owned()),
            faults: vec![Fault::new("body", Some(3), "too long")],
            findings: Vec::new(),
        };
        insta::assert_snapshot!(report.to_json(), @r#"{"path":"deep/a.md","status":"created","node":"wr1krpkkocgcab67xemqhbeiuy3aa7w6jwpzt3mabz3gi4733pusrda","id":"01996c5e-8a00-7000-8000-000000000001","rev":1,"index":0,"url":"https://exchange.example/d/zz1/01996c5e/a","faults":[{"field":"body","line":3,"text":"too long"}],"findings":[]}"#);
        let nothing = FileReport {
            status: Status::Failed,
            id: None,
            rev: None,
            index: None,
            url: None,
            faults: Vec::new(),
            ..report
        };
        insta::assert_snapshot!(nothing.to_json(), @r#"{"path":"deep/a.md","status":"failed","node":"wr1krpkkocgcab67xemqhbeiuy3aa7w6jwpzt3mabz3gi4733pusrda","id":null,"rev":null,"index":null,"url":null,"faults":[],"findings":[]}"#);
        let mut summary = Summary {
            files: 7,
            skipped: 1,
            searchable: true,
            took_ms: 20,
            ..Summary::default()
        };
        for status in [
            Status::Created,
            Status::Updated,
            Status::Unchanged,
            Status::Draft,
            Status::Failed,
            Status::Gone,
            Status::Withdrawn,
            Status::Created,
        ] {
            summary.count(status);
        }
        insta::assert_snapshot!(summary.to_json(), @r#"{"summary":{"files":7,"created":2,"updated":1,"unchanged":1,"draft":1,"failed":1,"gone":1,"withdrawn":1,"skipped":1,"searchable":true,"took_ms":20}}"#);
    }
}
