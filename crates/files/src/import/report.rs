//! What an import says: a line for each file when it is durably dealt with, and a summary.

use domain::Fault;
use serde::Serialize;
use serde_json::json;
use wire::{DocumentId, NodeId};

use node::flows::publish::Change;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A new document.
    Created,
    /// A new revision of a document.
    Updated,
    /// The document is held in just this form.
    Unchanged,
    /// Kept as a draft: it lacks what its faults say.
    Draft,
    /// Nothing was taken; its faults say why.
    Failed,
    /// The file is not there any more; its document stays.
    Gone,
    /// Its document is withdrawn, and nothing was taken.
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

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its path inside the tree.
    pub path: String,
    /// What became of it.
    pub status: Status,
    /// This node.
    pub node: NodeId,
    /// The document, or the draft.
    pub id: Option<DocumentId>,
    /// The document's revision.
    pub rev: Option<u64>,
    /// Index of that revision's leaf in this node's log; nothing for what is kept here only.
    pub index: Option<u64>,
    /// The document's page.
    pub url: Option<String>,
    /// What is wrong with the file, and what of it could not come along.
    pub faults: Vec<Fault>,
}

impl FileReport {
    /// Returns the report as one line of JSON, without its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What became of a tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files of markdown in the tree.
    pub files: u64,
    /// New documents.
    pub created: u64,
    /// New revisions.
    pub updated: u64,
    /// Files that changed nothing.
    pub unchanged: u64,
    /// Drafts.
    pub draft: u64,
    /// Files of which nothing was taken.
    pub failed: u64,
    /// Files that are not there any more and whose documents stay.
    pub gone: u64,
    /// Files whose documents are withdrawn.
    pub withdrawn: u64,
    /// Files of other sorts, and second names of the same files.
    pub skipped: u64,
    /// Whether a search finds all of it already.
    pub searchable: bool,
    /// How long it took.
    pub took_ms: u64,
}

impl Summary {
    /// Counts a file.
    pub(crate) fn count(&mut self, status: Status) {
        let place = match status {
            Status::Created => &mut self.created,
            Status::Updated => &mut self.updated,
            Status::Unchanged => &mut self.unchanged,
            Status::Draft => &mut self.draft,
            Status::Failed => &mut self.failed,
            Status::Gone => &mut self.gone,
            Status::Withdrawn => &mut self.withdrawn,
        };
        *place += 1;
    }

    /// Returns the last line of a report, without its end.
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
            node: NodeId::of_text(b"node"),
            id: DocumentId::parse("01996c5e-8a00-7000-8000-000000000001"),
            rev: Some(1),
            index: Some(0),
            url: Some("https://exchange.example/d/zz1/01996c5e/a".to_owned()),
            faults: vec![Fault::new("body", Some(3), "too long")],
        };
        insta::assert_snapshot!(report.to_json(), @r#"{"path":"deep/a.md","status":"created","node":"wr1krpkkocgcab67xemqhbeiuy3aa7w6jwpzt3mabz3gi4733pusrda","id":"01996c5e-8a00-7000-8000-000000000001","rev":1,"index":0,"url":"https://exchange.example/d/zz1/01996c5e/a","faults":[{"field":"body","line":3,"text":"too long"}]}"#);
        let nothing = FileReport {
            status: Status::Failed,
            id: None,
            rev: None,
            index: None,
            url: None,
            faults: Vec::new(),
            ..report
        };
        insta::assert_snapshot!(nothing.to_json(), @r#"{"path":"deep/a.md","status":"failed","node":"wr1krpkkocgcab67xemqhbeiuy3aa7w6jwpzt3mabz3gi4733pusrda","id":null,"rev":null,"index":null,"url":null,"faults":[]}"#);
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
