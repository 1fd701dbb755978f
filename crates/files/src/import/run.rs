//! An import under way: one batch is written while the next is prepared and the index follows those before.

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
        batch::{self, Refusal, told},
        prepare::Told,
        report::{FileReport, Status, Summary},
        survey::{Gone, Survey},
    },
    tree::{Passed, Tree},
};
use node::{
    Node,
    eraser::Taken,
    flows::{publish::Places, withdraw::withdraw},
};

/// After so many new revisions the database's planner should look again.
const MANY: u64 = 1_000;

/// An import under way.
pub(super) struct Import<'a, F> {
    pub(super) node: &'a Node,
    pub(super) places: &'a Places,
    pub(super) survey: Arc<Survey>,
    pub(super) summary: Summary,
    pub(super) each: &'a mut F,
}

impl<F: FnMut(Step)> Import<'_, F> {
    /// Runs to the end, with the index following.
    pub(super) async fn run(mut self, tree: &Tree, prune: bool) -> Result<Summary, ImportError> {
        let (node, ended, stored) = (self.node, AtomicBool::new(false), Notify::new());
        // Not dropped half way: what is being applied to the index goes on without its task.
        let follow = async {
            loop {
                let last = ended.load(Ordering::Acquire);
                let followed = node.indexer.catch_up(|_| {}).await;
                if last {
                    return followed;
                }
                stored.notified().await;
            }
        };
        let work = async {
            let done = self.work(tree, prune, &stored).await;
            ended.store(true, Ordering::Release);
            stored.notify_one();
            done
        };
        let (done, followed) = tokio::join!(work, follow);
        done?;
        if self.summary.created + self.summary.updated >= MANY {
            self.node.store.analyse().await?;
        }
        if let Err(error) = &followed {
            tracing::error!(%error, "the import is stored, and the search index does not follow");
        }
        self.summary.searchable = followed.is_ok();
        Ok(self.summary)
    }

    async fn work(&mut self, tree: &Tree, prune: bool, stored: &Notify) -> Result<(), ImportError> {
        for passed in &tree.passed {
            self.tell(told(self.places, of_passed(passed)));
        }
        let (node, places) = (self.node, self.places);
        let survey = Arc::clone(&self.survey);
        let mut batches = batch::batches(&survey.entries).into_iter();
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
            let writing = batch::write(node, places, prepared, Refusal::Draft);
            let (written, following) = tokio::join!(writing, prepare());
            for report in written? {
                self.tell(report);
            }
            stored.notify_one();
            next = following?;
        }
        for path in &survey.moved {
            node.store.forget_import(&survey.source, path).await?;
        }
        for gone in &survey.gone {
            let report = self.take_leave(gone, prune).await?;
            self.tell(report);
        }
        Ok(())
    }

    /// Withdraws what a file was that is not there any more, if that is wanted.
    async fn take_leave(&self, gone: &Gone, prune: bool) -> Result<FileReport, ImportError> {
        let mut line = Told {
            path: gone.path.clone(),
            status: Status::Gone,
            id: gone.document.or(gone.draft),
            own: None,
            faults: Vec::new(),
        };
        if !prune {
            let text =
                "the file is gone, and its document stays; import with `--prune` to withdraw it";
            line.faults.push(Fault::new("", None, text));
            return Ok(told(self.places, line));
        }
        line.status = Status::Withdrawn;
        if let Some(id) = gone.draft {
            let hold = self.node.eraser.hold();
            self.node.store.delete_draft(id).await?;
            hold.end(Taken::Withdrawn);
        }
        let mut report = told(self.places, line);
        if let Some(id) = gone.document
            && let Some(withdrawn) = withdraw(self.node, id, Why::Other).await?
        {
            report.rev = Some(withdrawn.rev);
            report.index = withdrawn.leaf_index;
        }
        Ok(report)
    }

    fn tell(&mut self, report: FileReport) {
        self.summary.count(report.status);
        (self.each)(Step::File(Box::new(report)));
    }
}

fn of_passed(passed: &Passed) -> Told {
    Told {
        path: passed.path.clone(),
        status: Status::Failed,
        id: None,
        own: None,
        faults: vec![passed.fault.clone()],
    }
}
