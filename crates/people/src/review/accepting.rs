//! What an approver accepts: for each kind of data that may identify a patient, the reason why it does not.

use async_recursion::async_recursion as boxed;
use domain::Fault;
use drafting::Checked;
use node::{Node, NodeError, work::spawn_blocking};
use patient_data::{Acceptance, AcceptanceFault, Finding, Kind, Severity, Values};

use super::ApproveOutcome;
use crate::{
    attachments,
    drafts::{self, Opened},
};

/// A kind of data that may identify a patient, and why it is not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoReason {
    /// The kind, as it is written.
    pub kind: &'static str,
    /// What people call it, as part of a sentence.
    pub label: &'static str,
    /// What to do.
    pub text: String,
}

/// The reasons of an approver why something identifies no patient, each with the kind of data that it is about.
pub type Reasons<'a> = [(&'a str, &'a str)];

/// Reads the reasons, one for each kind that a check warns of. `Err` has all that are missing, say nothing, or repeat what was
/// found.
///
/// # Errors
/// Of the database, or when no process can be started for the work on a file.
#[boxed]
pub async fn accept(
    node: &Node,
    opened: &Opened,
    checked: &Checked,
    reasons: &Reasons<'_>,
) -> Result<Result<Acceptance, Vec<NoReason>>, NodeError> {
    let has_reasons = reasons.iter().any(|(_, reason)| !reason.trim().is_empty());
    // Where nothing was found, no reason can repeat it.
    let values = match has_reasons && !checked.warnings.is_empty() {
        true => values(node, opened).await?,
        false => Values::default(),
    };
    Ok(accepted(checked, reasons, &values))
}

/// Returns the values of what may identify a patient, in a draft and in what it has attached.
async fn values(node: &Node, opened: &Opened) -> Result<Values, NodeError> {
    let content = opened.content.clone();
    let mut values = spawn_blocking(move || drafts::values(&content)).await?;
    values.add(attachments::values(node, opened.draft.id).await?);
    Ok(values)
}

fn accepted(
    checked: &Checked,
    reasons: &Reasons<'_>,
    values: &Values,
) -> Result<Acceptance, Vec<NoReason>> {
    let mut acceptance = Acceptance::default();
    let mut missing: Vec<NoReason> = Vec::new();
    let warned = checked.warnings.iter().map(|warning| warning.kind);
    let given = reasons
        .iter()
        .filter(|(_, reason)| !reason.trim().is_empty());
    let all = warned.chain(given.map(|(kind, _)| *kind));
    let mut kinds: Vec<Kind> = Vec::new();
    for kind in all.filter_map(Kind::parse) {
        if kinds.contains(&kind) {
            continue;
        }
        kinds.push(kind);
        let reason = reasons.iter().find(|(name, _)| *name == kind.as_str());
        let (_, reason) = reason.copied().unwrap_or_default();
        if reason.trim().is_empty() {
            missing.push(no_reason(kind, "say why it identifies no patient"));
        } else if let Err(fault) = acceptance.add_reason(Some(kind), reason) {
            missing.push(no_reason(kind, &fault.to_string()));
        } else if values.are_repeated_in(reason) {
            missing.push(no_reason(kind, &AcceptanceFault::Repeated.to_string()));
        }
    }
    match missing.is_empty() {
        true => Ok(acceptance),
        false => Err(missing),
    }
}

fn no_reason(kind: Kind, why: &str) -> NoReason {
    NoReason {
        kind: kind.as_str(),
        label: kind.label(),
        text: drafting::sentence(&format!("{}: {why}", kind.label())),
    }
}

/// Returns what the document as a whole shows of patients: to be removed, or accepted with a reason.
pub(super) fn found(findings: &[Finding]) -> ApproveOutcome {
    let blocks = findings
        .iter()
        .filter(|one| one.severity == Severity::Block);
    let faults: Vec<Fault> = blocks
        .map(|one| Fault::new(one.place.part.clone(), one.place.line, one.text()))
        .collect();
    if !faults.is_empty() {
        return ApproveOutcome::Faults(faults);
    }
    let mut missing: Vec<NoReason> = Vec::new();
    for finding in findings {
        let kind = finding.kind;
        if missing.iter().all(|one| one.kind != kind.as_str()) {
            missing.push(no_reason(kind, &finding.text()));
        }
    }
    ApproveOutcome::Warnings(missing)
}

/// Writes the reasons for the record of an approval, each after its kind.
pub(super) fn written(acceptance: &Acceptance) -> Option<String> {
    let each = acceptance.kinds().iter();
    let lines: Vec<String> = each
        .map(|(kind, reason)| format!("{kind}: {reason}"))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
