//! Commands that import, publish and export files.

use std::{path::Path, sync::Arc};

use super::{
    failure::{DONE, FAILED, Failure, INVALID},
    output::Output,
};
use files::{
    export,
    import::{self, FileReport, ImportError, Status, Step, Summary},
    publish::{PublishFileError, publish_file},
};
use node::{Node, audit::By};
use patient_data::Acceptance;

pub(super) async fn import_all(
    node: &Arc<Node>,
    dir: &Path,
    options: &import::Options,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let (mut done, mut total) = (0, 0);
    let on_step = |step: Step| match step {
        Step::Found(found) => total = found,
        Step::File(report) => {
            done += 1;
            report_file(&report, json, output);
            output.progress("importing", done, total);
        }
    };
    let imported = import::import(node, dir, options, on_step).await;
    if let Err(ImportError::KnownElsewhere { folders, .. }) = &imported {
        output.known_elsewhere(folders.clone());
    }
    let summary = imported.map_err(failure)?;
    output.line(if json {
        summary.to_json()
    } else {
        summary_text(&summary)
    });
    let is_all = summary.failed == 0 && summary.draft == 0;
    Ok(if is_all { DONE } else { FAILED })
}

/// Prints the report of a file: as JSON for each file, as text for those that need attention.
fn report_file(report: &FileReport, json: bool, output: &Output) {
    if json {
        output.line(report.to_json());
        return;
    }
    let result = match report.status {
        Status::Created | Status::Updated | Status::Unchanged if report.faults.is_empty() => return,
        Status::Created | Status::Updated | Status::Unchanged => "published, but",
        Status::Draft => "saved as a draft:",
        Status::Failed => "failed:",
        Status::Gone => "no longer exists; its document stays published",
        Status::Withdrawn => "its document is withdrawn",
    };
    output.line(format!("{}: {result}", report.path));
    for fault in &report.faults {
        output.line(format!("  {}", fault_text(fault)));
    }
}

fn fault_text(fault: &domain::Fault) -> String {
    let line = fault
        .line
        .map(|line| format!("line {line}: "))
        .unwrap_or_default();
    let field = Some(&fault.field).filter(|field| !field.is_empty());
    let field = field
        .map(|field| format!("`{field}`: "))
        .unwrap_or_default();
    format!("{line}{field}{}", fault.text)
}

fn summary_text(summary: &Summary) -> String {
    let Summary {
        files,
        created,
        updated,
        unchanged,
        draft,
        failed,
        gone,
        withdrawn,
        pruned,
        ..
    } = summary;
    let before = withdrawn.saturating_sub(*pruned);
    let mut text =
        format!("{files} files: {created} created, {updated} updated, {unchanged} unchanged");
    for (count, what) in [
        (draft, "saved as drafts"),
        (failed, "failed"),
        (gone, "missing"),
        (pruned, "withdrawn"),
        (&before, "withdrawn before"),
    ] {
        if *count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

pub(super) async fn export_all(
    node: &Arc<Node>,
    dir: &Path,
    force: bool,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let options = export::Options { force };
    let on_progress = |done, total| output.progress("exporting", done, total);
    let summary = export::export(node, dir, options, on_progress).await?;
    output.line(if json {
        serde_json::to_string(&summary)?
    } else {
        let mut text = format!(
            "{} documents were written to `{}`",
            summary.documents,
            summary.folder.display()
        );
        if summary.not_held > 0 {
            text.push_str(&format!(
                "; {} attached files are not held here, and are in no list",
                summary.not_held
            ));
        }
        text
    });
    Ok(DONE)
}

pub(super) async fn publish_one(
    node: &Arc<Node>,
    file: &Path,
    base: Option<u64>,
    acceptance: Acceptance,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    if node.importing.try_lock().is_err() {
        output.note("an import is running; the file is published when it has ended");
    }
    let report = publish_file(node, file, base, acceptance, by)
        .await
        .map_err(|error| match error {
            PublishFileError::Folder(_) => Failure::invalid(error.to_string()),
            PublishFileError::Import(error) => failure(error),
        })?;
    if json {
        output.line(report.to_json());
    } else {
        report_file(&report, json, output);
        if let (Some(url), Some(rev), Some(id)) = (&report.url, report.rev, report.id) {
            output.line(format!("revision {rev} of {id} is published at {url}"));
        }
    }
    let refused = matches!(
        report.status,
        Status::Failed | Status::Withdrawn | Status::Draft
    );
    Ok(if refused { INVALID } else { DONE })
}

/// Tells mistakes in the arguments from other failures.
fn failure(error: ImportError) -> Failure {
    match error {
        ImportError::Walk(_)
        | ImportError::PruneFile(_)
        | ImportError::KnownElsewhere { .. }
        | ImportError::SameTitles(_)
        | ImportError::NothingThere(_)
        | ImportError::Nothing { .. } => Failure::invalid(error.to_string()),
        error => error.into(),
    }
}
