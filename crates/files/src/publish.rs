//! Publishes one file: finds the document that it is, and publishes a new revision of it.
//!
//! The rules are those of an import of its folder; here the file is read once, and nothing is saved of a file that
//! cannot be published.

use std::path::Path;

use async_recursion::async_recursion as boxed;
use domain::Fault;
use patient_data::Acceptance;
use tokio::task::spawn_blocking;

use crate::{
    attached,
    import::{
        FileReport, ImportError, Status,
        batch::{accepted_report, report_of},
        prepare::prepare_content,
        prepared::{Candidate, FileDraft, NotWritten, Prepared},
        survey::survey_one,
    },
    screening::PatientDataFinding,
    tree::{self, MarkdownFile},
};
use node::audit::By;
use node::{Node, NodeError, flows::publish::publish, identity::Identity};

/// Why a file could not be published. Faults of the file itself are in its report.
#[derive(Debug, thiserror::Error)]
pub enum PublishFileError {
    /// A folder was given in place of a file.
    #[error("`{0}` is a folder; use `wardround import` for it")]
    Folder(String),
    /// The file does not exist, or the database failed.
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Publishes one file; waits while an import runs. A file that an earlier import recorded stays the same document.
/// The report of a file that cannot be published is `failed`, with all its faults. The file is published
/// only if the published revision is still `base`, or without a `base` the one of its last import, and despite
/// warnings about patient data only if `acceptance` has a reason for each.
///
/// # Errors
/// [`PublishFileError::Folder`]; when the file does not exist or the database fails.
#[boxed]
pub async fn publish_file(
    node: &Node,
    path: &Path,
    base: Option<u64>,
    acceptance: Acceptance,
    by: &By,
) -> Result<FileReport, PublishFileError> {
    // Without the lock, two calls for one new file would make two documents of it.
    let _lock = node.importing.lock().await;
    let given = path.to_path_buf();
    let found = spawn_blocking(move || tree::find_file(&given)).await;
    let found = found
        .map_err(ImportError::from)?
        .map_err(ImportError::from)?;
    let file = found.ok_or_else(|| PublishFileError::Folder(path.display().to_string()))?;
    Ok(publish_found(node, file, base, acceptance, by).await?)
}

async fn publish_found(
    node: &Node,
    mut file: MarkdownFile,
    base: Option<u64>,
    acceptance: Acceptance,
    by: &By,
) -> Result<FileReport, ImportError> {
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;
    // Also where the file is no news: nothing of a node that has left reaches anyone.
    if identity.left {
        return Err(NodeError::HasLeft.into());
    }

    // Step 1: read the file.
    let source = find_source(node, &mut file).await?;
    let location = file.location.clone();
    let bytes = match spawn_blocking(move || tree::read(&location)).await? {
        Ok(bytes) => bytes,
        Err(fault) => return Ok(refused(&identity, file.path, vec![fault], Vec::new())),
    };

    // Step 2: find the document that it is.
    let (surveyed, survey) = survey_one(node, file, source, &bytes, acceptance, by).await?;
    let own = node.store.own_documents(&[surveyed.id]).await?;
    let own = own.get(&surveyed.id).cloned();

    // Step 3: parse it.
    let now = node.now();
    let parsing = spawn_blocking(move || {
        let prepared = prepare_content(&surveyed, bytes, own.as_ref(), &survey, now);
        (prepared, survey)
    });
    let (prepared, survey) = parsing.await?;
    let Candidate {
        mut submission,
        attached,
        faults,
        fallback,
    } = match prepared.write {
        Prepared::Publish(candidate) => *candidate,
        Prepared::Draft(draft) => {
            return Ok(refused(
                &identity,
                draft.draft.path,
                draft.faults,
                draft.findings,
            ));
        }
        // An earlier import saved the same draft; this command asks for a document.
        Prepared::NotWritten(file) if file.status == Status::Draft => {
            return Ok(refused(&identity, file.path, file.faults, file.findings));
        }
        Prepared::NotWritten(file) => return Ok(report_of(&identity, file)),
    };

    // Step 4: publish it.
    submission.base = base.or(submission.base);
    let FileDraft {
        draft, findings, ..
    } = fallback;
    let path = draft.path;
    if let Err(found) = attached::complete(node, &mut submission, attached).await? {
        let faults = found.into_iter().chain(faults).collect();
        return Ok(refused(&identity, path, faults, findings));
    }
    match publish(node, submission).await? {
        Ok(document) => {
            survey.forget_old_places(node).await?;
            Ok(accepted_report(&identity, path, document, faults, findings))
        }
        Err(refusal) => {
            let faults = refusal.into_faults().into_iter().chain(faults).collect();
            Ok(refused(&identity, path, faults, findings))
        }
    }
}

fn refused(
    identity: &Identity,
    path: String,
    faults: Vec<Fault>,
    findings: Vec<PatientDataFinding>,
) -> FileReport {
    let file = NotWritten {
        findings,
        ..NotWritten::failed(path, faults)
    };
    report_of(identity, file)
}

/// Finds the source of the earlier import that recorded a file: its folder, or one above, to which `file.path` becomes
/// relative. Without such an import it is its folder.
async fn find_source(node: &Node, file: &mut MarkdownFile) -> Result<String, ImportError> {
    let folder = file.location.parent().unwrap_or(&file.location);
    for above in folder.ancestors() {
        let source = above.display().to_string();
        let path = tree::relative_path(above, &file.location);
        if node.store.imported(&source, &path).await?.is_some() {
            file.path = path;
            return Ok(source);
        }
    }
    Ok(folder.display().to_string())
}
