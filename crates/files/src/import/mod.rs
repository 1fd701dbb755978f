//! Importing a folder of markdown: each file becomes a document, a draft, or a report that says why not.
//!
//! Nothing is lost: a file that cannot be published is saved as a draft with its whole text. Files are recognised by
//! path and digest, so that a second import of the same folder changes nothing, and an import that was killed is
//! completed by the next one. Files are read and parsed on other threads while those before them are written and
//! indexed.

mod addresses;
mod ahead;
mod alike;
pub(crate) mod batch;
pub(crate) mod body;
mod comparison;
mod deciding;
mod file_head;
mod images;
pub(crate) mod links;
mod marks;
mod moved;
mod naming;
mod parts;
pub(crate) mod prepare;
pub(crate) mod prepared;
mod readers;
mod records;
mod report;
mod run;
mod site_pages;
mod strangers;
pub(crate) mod survey;
mod surveyed;
mod unfiled;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use patient_data::Acceptance;
use tokio::{task::spawn_blocking, time::timeout};

use crate::tree::{self, WalkError};
pub(crate) use links::{linked_file_names, restore_links};
pub use moved::Moved;
use node::{
    Node, NodeError,
    audit::{self, Act, By, Entry, Object},
};
pub use report::{FileReport, Status, Summary};
use run::Import;
use survey::{Extent, survey};
pub use unfiled::SameTitles;

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
    /// Whether the folder is for everyone, whatever its name says.
    pub is_public: bool,
    /// How to treat files that are documents of other folders already.
    pub moved: Moved,
    /// How to treat files with the title of a document that no file is recorded for.
    pub same_titles: SameTitles,
    /// The reasons for which warnings about patient data are accepted.
    pub acceptance: Acceptance,
    /// Who imports it.
    pub by: By,
}

/// Progress of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The number of files to import; the first step.
    Found(u64),
    /// One file is done, and what was written of it is durable.
    File(Box<FileReport>),
}

/// Why an import could not begin or continue. The files reported until then are done.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder cannot be read.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// The node cannot publish or withdraw now.
    #[error(transparent)]
    Node(NodeError),
    /// Another import is running.
    #[error("another import is running on this node; try again when it has finished")]
    Busy,
    /// A file was given in place of a folder: it does not show which other files no longer exist.
    #[error("`{0}` is a file; `--prune` needs the folder, to find the files that no longer exist")]
    PruneFile(String),
    /// Files are documents of other folders already, or may be, and a person has to decide.
    #[error(
        "{files} may be documents already, from {}; nothing was published. If these files were moved or continue those, import with {}; to publish them as new documents, with `--as-new`",
        quoted(folders, ""),
        quoted(folders, "--moved-from ")
    )]
    KnownElsewhere {
        /// The files, for a person.
        files: String,
        /// The folders that the documents were imported from.
        folders: Vec<String>,
    },
    /// Files have the titles of documents that no file is recorded for, and other words, and a person has to decide.
    #[error(
        "{0} may be documents of this site already, with the same titles and other words: it has no file for them, since they were brought back from peers or written in the browser; nothing was published. To change those documents, import with `--same-titles`; to publish new ones, with `--as-new`"
    )]
    SameTitles(String),
    /// Nothing was imported from a folder that `--moved-from` names.
    #[error("no document came from `{0}`; give `--moved-from` the folder as it was imported")]
    NothingThere(String),
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

/// Lists options or folders for a message.
fn quoted(folders: &[String], before: &str) -> String {
    let each: Vec<String> = folders
        .iter()
        .map(|folder| format!("`{before}{folder}`"))
        .collect();
    each.join(" and ")
}

impl<E: Into<NodeError>> From<E> for ImportError {
    fn from(error: E) -> Self {
        Self::Node(error.into())
    }
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
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;

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
    let survey = Arc::new(survey(node, &tree, source, extent, options).await?);
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
        identity: &identity,
        survey,
        summary,
        on_step: &mut on_step,
    };
    let mut summary = import.run(&tree, options.prune).await?;
    summary.took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    // Each publication has its own row; this one says that they belong together.
    if summary.created + summary.updated + summary.pruned > 0 {
        let object = Object::Named(tree.root.display().to_string());
        let entry = Entry::new(&options.by, Act::Imported, object, node.now());
        let detail = format!(
            "{} created, {} updated, {} withdrawn",
            summary.created, summary.updated, summary.pruned
        );
        audit::record(node, entry.with_detail(&detail)).await;
    }
    Ok(summary)
}
