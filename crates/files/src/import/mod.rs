//! Importing a tree of markdown: every file becomes a document, a draft, or a line that says why not.
//!
//! Nothing is lost: what cannot be published is kept as a draft with its whole text. A file is known again by its path
//! and digest, so that importing a tree twice changes nothing, and an import that was killed is completed by the next.
//! Files are read and understood on other threads while those before them are written and indexed.

mod batch;
mod links;
mod prepare;
mod report;
mod run;
mod survey;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use store::StoreError;
use tokio::{
    task::{JoinError, spawn_blocking},
    time::timeout,
};

use crate::tree::{self, Tree, WalkError};
use batch::Refusal;
pub(crate) use links::{names_of_files, restore};
use node::{
    Node,
    flows::{
        publish::{Places, PublishError},
        withdraw::WithdrawError,
    },
};
use prepare::{Prepared, Told};
pub use report::{FileReport, Status, Summary};
use run::Import;
use survey::{Extent, survey};

/// What publishing one file may take before an import that waits for it gives up; another import takes minutes.
const A_PUBLISH: Duration = Duration::from_secs(2);

/// How a tree is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The name under which its files are known again; nothing for the folder's path.
    pub source: Option<String>,
    /// Whether documents whose files are gone are withdrawn.
    pub prune: bool,
}

/// What an import tells while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There are so many files to come.
    Found(u64),
    /// One file is done with, durably.
    File(Box<FileReport>),
}

/// Why an import could not begin or go on. What was reported until then stays done.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The tree cannot be read.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// Publishing failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// Withdrawing failed.
    #[error(transparent)]
    Withdraw(#[from] WithdrawError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task of this program ended early.
    #[error("an importing task ended early")]
    Task(#[from] JoinError),
    /// Another import is running.
    #[error("another import is running on this node; wait for its end")]
    Busy,
    /// It is a folder.
    #[error("`{0}` is a folder; use `wardround import` for it")]
    NoFile(String),
    /// It is one file, which says nothing of what else is gone.
    #[error(
        "`{0}` is a file, so nothing can be told of what is gone; give its folder with `--prune`"
    )]
    PruneFile(String),
    /// Pruning would withdraw everything.
    #[error(
        "`{folder}` holds no markdown, and pruning would withdraw all {documents} documents that came from it; check the folder, or use `wardround withdraw`"
    )]
    Nothing {
        /// The folder.
        folder: String,
        /// Documents that came from it.
        documents: usize,
    },
}

/// Imports a tree. `each` is called for every file, in the order of their paths, once it is durably dealt with.
///
/// # Errors
/// Of the tree as a whole, and of the database. A file's faults are in its report.
pub async fn import(
    node: &Node,
    folder: &Path,
    options: &Options,
    mut each: impl FnMut(Step),
) -> Result<Summary, ImportError> {
    let begun = Instant::now();
    let _alone = timeout(A_PUBLISH, node.importing.lock())
        .await
        .map_err(|_| ImportError::Busy)?;
    let identity = node.identity().ok_or(PublishError::NotInitialised)?;
    let places = Places::of(&identity);
    let given = folder.to_path_buf();
    let tree = spawn_blocking(move || tree::walk(&given)).await??;
    let source = options
        .source
        .clone()
        .unwrap_or_else(|| tree.root.display().to_string());
    // One file says nothing of the others beside it.
    let extent = if folder.is_dir() {
        Extent::Whole
    } else {
        Extent::Part
    };
    if options.prune && extent == Extent::Part {
        return Err(ImportError::PruneFile(folder.display().to_string()));
    }
    let survey = Arc::new(survey(node, &tree, source, extent).await?);
    if options.prune && tree.files.is_empty() && !survey.gone.is_empty() {
        let folder = folder.display().to_string();
        return Err(ImportError::Nothing {
            folder,
            documents: survey.gone.len(),
        });
    }
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    each(Step::Found(count(tree.files.len() + tree.passed.len())));
    let summary = Summary {
        files: count(tree.files.len()),
        skipped: tree.others.saturating_add(count(tree.aliases.len())),
        ..Summary::default()
    };
    let import = Import {
        node,
        places: &places,
        survey,
        summary,
        each: &mut each,
    };
    let mut summary = import.run(&tree, options.prune).await?;
    summary.took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(summary)
}

/// Publishes one file, after an import that is under way. One that an earlier import knows stays the document it is. Nothing is kept of a file that
/// cannot be published: its report is `failed`, with all its faults.
///
/// # Errors
/// As [`import`].
pub async fn publish_file(node: &Node, file: &Path) -> Result<FileReport, ImportError> {
    // Two at once would both find the file unknown, and make two documents of it.
    let _alone = node.importing.lock().await;
    let identity = node.identity().ok_or(PublishError::NotInitialised)?;
    let places = Places::of(&identity);
    let given = file.to_path_buf();
    let mut tree = spawn_blocking(move || {
        if given.is_dir() {
            Ok(Tree::default())
        } else {
            tree::walk(&given)
        }
    })
    .await??;
    if tree.files.is_empty() {
        return Err(ImportError::NoFile(file.display().to_string()));
    }
    let source = source_of(node, &mut tree).await?;
    let survey = survey(node, &tree, source, Extent::Part).await?;
    let survey = Arc::new(survey);
    let prepared = batch::prepare(node, &survey, survey.entries.clone()).await?;
    let prepared = prepared.into_iter().map(without_draft).collect();
    let mut reports = batch::write(node, &places, prepared, Refusal::Report).await?;
    reports
        .pop()
        .ok_or_else(|| ImportError::NoFile(file.display().to_string()))
}

/// Finds the tree that an earlier import of a file belonged to: its folder, or one above.
async fn source_of(node: &Node, tree: &mut Tree) -> Result<String, ImportError> {
    let Some(found) = tree.files.first_mut() else {
        return Ok(tree.root.display().to_string());
    };
    let folders: Vec<PathBuf> = tree.root.ancestors().map(Path::to_path_buf).collect();
    for folder in folders {
        let source = folder.display().to_string();
        let path = tree::relative(&folder, &found.at);
        if node.store.imported(&source, &path).await?.is_some() {
            found.path = path;
            tree.root = folder;
            return Ok(source);
        }
    }
    Ok(tree.root.display().to_string())
}

/// A file that cannot be published is not kept, since nobody asked for that.
fn without_draft(prepared: Prepared) -> Prepared {
    match prepared {
        Prepared::Keep(kept) => Prepared::Told(Told {
            path: kept.draft.path,
            status: Status::Failed,
            id: None,
            own: None,
            faults: kept.faults,
        }),
        Prepared::Told(told) if told.status == Status::Draft => Prepared::Told(Told {
            status: Status::Failed,
            id: None,
            ..told
        }),
        other => other,
    }
}
