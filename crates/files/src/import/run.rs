//! Runs an import: one batch is written while the next is prepared and the index follows those before.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::Fault;
use ledger::leaf::Why;
use tokio::sync::Notify;

use crate::{
    import::{
        ImportError, Step,
        batch::{self, report_of},
        prepared::NotWritten,
        report::{FileReport, Status, Summary},
        survey::{MissingFile, Survey},
    },
    tree::Tree,
};
use node::{Node, eraser::Removed, flows::withdraw::withdraw, identity::Identity};

/// New revisions from which on the statistics of the database's query planner are renewed.
const MIN_REVISIONS_TO_ANALYSE: u64 = 1_000;

/// A running import.
pub(super) struct Import<'a, F> {
    pub(super) node: &'a Node,
    pub(super) identity: &'a Identity,
    pub(super) survey: Arc<Survey>,
    pub(super) summary: Summary,
    pub(super) on_step: &'a mut F,
}

impl<F: FnMut(Step)> Import<'_, F> {
    /// Imports all files, and updates the index meanwhile.
    pub(super) async fn run(mut self, tree: &Tree, prune: bool) -> Result<Summary, ImportError> {
        let (node, ended, stored) = (self.node, AtomicBool::new(false), Notify::new());
        // Joined below and never dropped half way, since an update of the index continues even without its task.
        let follow = async {
            loop {
                let last = ended.load(Ordering::Acquire);
                // A commit for every few documents would cost more than indexing them.
                if last || node.indexer.has_commit_waiting().await {
                    let followed = node.indexer.catch_up(|_| {}).await;
                    if last {
                        return followed;
                    }
                }
                stored.notified().await;
            }
        };
        let work = async {
            let done = self.import_files(tree, prune, &stored).await;
            ended.store(true, Ordering::Release);
            stored.notify_one();
            done
        };
        let (done, followed) = tokio::join!(work, follow);
        done?;
        if self.summary.created + self.summary.updated >= MIN_REVISIONS_TO_ANALYSE {
            self.node.store.analyse().await?;
        }
        if let Err(error) = &followed {
            tracing::error!(%error, "the import is stored, but the search index could not be updated");
        }
        self.summary.searchable = followed.is_ok();
        Ok(self.summary)
    }

    /// Writes batch by batch; notifies `stored` after each.
    async fn import_files(
        &mut self,
        tree: &Tree,
        prune: bool,
        stored: &Notify,
    ) -> Result<(), ImportError> {
        for rejected in &tree.rejected {
            let file = NotWritten::failed(rejected.path.clone(), vec![rejected.fault.clone()]);
            self.report(report_of(self.identity, file));
        }

        // Write one batch while the next is prepared.
        let (node, identity) = (self.node, self.identity);
        let survey = Arc::clone(&self.survey);
        let mut batches = batch::batches(&survey.files).into_iter();
        let mut prepare = || {
            let batch = batches.next().map(<[_]>::to_vec);
            let survey = &survey;
            async move {
                match batch {
                    Some(batch) => batch::prepare(node, survey, batch).await.map(Some),
                    None => Ok(None),
                }
            }
        };
        let mut next = prepare().await?;
        while let Some(prepared) = next {
            let writing = batch::write(node, identity, prepared);
            let (written, following) = tokio::join!(writing, prepare());
            for report in written? {
                self.report(report);
            }
            stored.notify_one();
            next = following?;
        }

        // Last, the files that are not in the tree any more.
        for path in &survey.old_paths {
            node.store
                .forget_import(&survey.beginning.source, path)
                .await?;
        }
        survey.forget_old_places(node).await?;
        for missing in &survey.missing {
            let report = self.handle_missing_file(missing, prune).await?;
            self.report(report);
        }
        Ok(())
    }

    /// Reports a file that no longer exists; with `prune`, withdraws its document and deletes its draft.
    async fn handle_missing_file(
        &mut self,
        missing: &MissingFile,
        prune: bool,
    ) -> Result<FileReport, ImportError> {
        let mut file = NotWritten {
            path: missing.path.clone(),
            status: Status::Gone,
            id: missing.document.or(missing.draft),
            own: None,
            faults: Vec::new(),
            findings: Vec::new(),
        };
        if !prune {
            let text = "the file no longer exists, and its document stays published; import with `--prune` to withdraw it";
            file.faults.push(Fault::new("", None, text));
            return Ok(report_of(self.identity, file));
        }
        file.status = Status::Withdrawn;
        self.summary.pruned += 1;
        if let Some(id) = missing.draft {
            let hold = self.node.eraser.hold();
            let deleting = || self.node.store.delete_draft(id);
            self.node.eraser.reserve.with_room(deleting).await?;
            hold.end(Removed::Withdrawn);
        }
        let mut report = report_of(self.identity, file);
        if let Some(id) = missing.document
            && let Some(withdrawn) =
                withdraw(self.node, id, Why::Other, &self.survey.beginning.by).await?
        {
            report.rev = Some(withdrawn.rev);
            report.index = withdrawn.leaf_index;
        }
        Ok(report)
    }

    fn report(&mut self, report: FileReport) {
        self.summary.count(report.status);
        (self.on_step)(Step::File(Box::new(report)));
    }
}
