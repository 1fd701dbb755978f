//! Importing a folder of markdown: each file becomes a document, a draft, or a report that says why not.
//!
//! Nothing is lost: a file that cannot be published is saved as a draft with its whole text. Files are recognised by
//! path and digest, so that a second import of the same folder changes nothing, and an import that was killed is
//! completed by the next one. Files are read and parsed on other threads while those before them are written and
//! indexed.

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
pub(crate) use links::{linked_file_names, restore_links};
use node::{
    Node,
    flows::{
        publish::{Places, PublishError},
        withdraw::WithdrawError,
    },
};
use prepare::{NotWritten, Prepared};
pub use report::{FileReport, Status, Summary};
use run::Import;
use survey::{Extent, survey};

/// How long an import waits for the publication of a single file to end. It does not wait for another import, which
/// takes minutes.
const MAX_PUBLISH_WAIT: Duration = Duration::from_secs(2);

/// How a folder is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The name under which its files are recorded; `None` for the path of the folder.
    pub source: Option<String>,
    /// Whether to withdraw the documents of files that no longer exist.
    pub prune: bool,
}

/// Progress of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The number of files to import; the first step.
    Found(u64),
    /// One file is done, and what was written of it is durable.
    File(Box<FileReport>),
}

/// Why an import could not begin or go on. The files reported until then are done.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder cannot be read.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// Publishing failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// Withdrawing failed.
    #[error(transparent)]
    Withdraw(#[from] WithdrawError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task of this program ended early.
    #[error("an importing task ended early")]
    Task(#[from] JoinError),
    /// Another import is running.
    #[error("another import is running on this node; try again when it has finished")]
    Busy,
    /// A folder was given in place of a file.
    #[error("`{0}` is a folder; use `wardround import` for it")]
    NoFile(String),
    /// A file was given in place of a folder: it does not show which other files no longer exist.
    #[error("`{0}` is a file; `--prune` needs the folder, to find the files that no longer exist")]
    PruneFile(String),
    /// Pruning would withdraw everything.
    #[error(
        "`{folder}` holds no markdown, and pruning would withdraw all {documents} documents that came from it; check the folder, or use `wardround withdraw`"
    )]
    Nothing {
        /// The folder.
        folder: String,
        /// Number of documents that came from it.
        documents: usize,
    },
}

/// Imports a folder, or one file of it. `on_step` is called for each file, in the order of their paths, when what is
/// written of it is durable.
///
/// # Errors
/// When the folder cannot be read or the database fails. Faults of a file are in its report.
pub async fn import(
    node: &Node,
    folder: &Path,
    options: &Options,
    mut on_step: impl FnMut(Step),
) -> Result<Summary, ImportError> {
    let begun = Instant::now();
    let _lock = timeout(MAX_PUBLISH_WAIT, node.importing.lock())
        .await
        .map_err(|_| ImportError::Busy)?;
    let identity = node.identity().ok_or(PublishError::NotInitialised)?;
    let places = Places::of(&identity);

    // Step 1: find the files.
    let given = folder.to_path_buf();
    let tree = spawn_blocking(move || tree::walk(&given)).await??;
    let source = options
        .source
        .clone()
        .unwrap_or_else(|| tree.root.display().to_string());
    let extent = if folder.is_dir() {
        Extent::Whole
    } else {
        Extent::OneFile
    };
    if options.prune && extent == Extent::OneFile {
        return Err(ImportError::PruneFile(folder.display().to_string()));
    }

    // Step 2: assign them to documents.
    let survey = Arc::new(survey(node, &tree, source, extent).await?);
    if options.prune && tree.files.is_empty() && !survey.missing.is_empty() {
        return Err(ImportError::Nothing {
            folder: folder.display().to_string(),
            documents: survey.missing.len(),
        });
    }

    // Step 3: write and index them.
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    on_step(Step::Found(count(tree.files.len() + tree.rejected.len())));
    let summary = Summary {
        files: count(tree.files.len()),
        skipped: tree.other_files.saturating_add(count(tree.aliases.len())),
        ..Summary::default()
    };
    let import = Import {
        node,
        places: &places,
        survey,
        summary,
        on_step: &mut on_step,
    };
    let mut summary = import.run(&tree, options.prune).await?;
    summary.took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(summary)
}

/// Publishes one file; waits while an import runs. A file that an earlier import recorded stays the same document.
/// Nothing is saved of a file that cannot be published: its report is `failed`, with all its faults. With a `base`,
/// the file is published only if that is the published revision.
///
/// # Errors
/// As [`import`].
pub async fn publish_file(
    node: &Node,
    file: &Path,
    base: Option<u64>,
) -> Result<FileReport, ImportError> {
    // Without the lock, two calls for one new file would make two documents of it.
    let _lock = node.importing.lock().await;
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
    let source = find_source(node, &mut tree).await?;
    let survey = survey(node, &tree, source, Extent::OneFile).await?;
    let survey = Arc::new(survey);
    let prepared = batch::prepare(node, &survey, survey.files.clone()).await?;
    let prepared = prepared
        .into_iter()
        .map(|prepared| without_draft(prepared).with_base(base))
        .collect();
    let mut reports = batch::write(node, &places, prepared, Refusal::Report).await?;
    reports
        .pop()
        .ok_or_else(|| ImportError::NoFile(file.display().to_string()))
}

/// Finds the source of the earlier import that recorded a file: its folder, or one above.
async fn find_source(node: &Node, tree: &mut Tree) -> Result<String, ImportError> {
    let Some(file) = tree.files.first_mut() else {
        return Ok(tree.root.display().to_string());
    };
    let folders: Vec<PathBuf> = tree.root.ancestors().map(Path::to_path_buf).collect();
    for folder in folders {
        let source = folder.display().to_string();
        let path = tree::relative_path(&folder, &file.location);
        if node.store.imported(&source, &path).await?.is_some() {
            file.path = path;
            tree.root = folder;
            return Ok(source);
        }
    }
    Ok(tree.root.display().to_string())
}

/// Reports a file that cannot be published as failed, in place of a draft that no one asked for.
fn without_draft(prepared: Prepared) -> Prepared {
    match prepared {
        Prepared::Draft(draft) => {
            Prepared::NotWritten(NotWritten::failed(draft.draft.path, draft.faults))
        }
        Prepared::NotWritten(file) if file.status == Status::Draft => {
            Prepared::NotWritten(NotWritten {
                status: Status::Failed,
                id: None,
                ..file
            })
        }
        other => other,
    }
}
