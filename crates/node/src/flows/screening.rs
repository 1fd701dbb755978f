//! The check for patient data of a document as it would be published: its text, every value, the names of its files.

use domain::{Document, Fault, front_matter};
use patient_data::{Acceptance, Cleared, Finding, Part, Values};
use store::WarningReason;

/// Lines that a fault names.
const MAX_NAMED_LINES: usize = 8;

/// Returns what looks like patient data in a document.
#[must_use]
pub fn findings(document: &Document) -> Vec<Finding> {
    findings_but(document, &Cleared::default()).0
}

/// Returns what looks like patient data in a document, without its texts that were checked already, and the values.
pub(crate) fn findings_but(document: &Document, cleared: &Cleared) -> (Vec<Finding>, Values) {
    let values = front_matter::values(document);
    let common = &document.common;
    let mut parts = vec![Part::body(&common.body_md, 1)];
    parts.extend(
        values
            .iter()
            .map(|(key, text)| Part::value(key, text, None)),
    );
    // A key that is not ours can be anything.
    let unknown = document.private.unknown.iter();
    let keys = unknown.flat_map(|(path, _)| path.iter());
    parts.extend(keys.map(|key| Part::value("key", key, None)));
    for (index, attachment) in common.attachments.iter().enumerate() {
        let alt = format!("attachments[{index}].alt");
        parts.push(Part::value(alt, &attachment.alt, None));
        parts.push(Part::file_name(&attachment.name));
    }
    parts.retain(|part| !cleared.has(part));
    let findings = patient_data::check(&parts);
    let values = Values::new(&parts, &findings);
    (findings, values)
}

/// Returns the findings for which no reason was given. With one of them, nothing is published.
#[must_use]
pub fn refused(findings: &[Finding], acceptance: &Acceptance) -> Vec<Finding> {
    let each = findings.iter();
    each.filter(|finding| acceptance.reason_for(finding).is_none())
        .cloned()
        .collect()
}

/// Returns the reasons for which a document is published despite warnings: for its findings, and for those that the
/// caller names by their kind.
#[must_use]
pub(crate) fn accepted(findings: &[Finding], acceptance: &Acceptance) -> Vec<WarningReason> {
    let found = acceptance.for_findings(findings);
    let others = acceptance
        .kinds()
        .iter()
        .filter(|(kind, _)| found.kinds().iter().all(|(held, _)| held != kind));
    let each = found.kinds().iter().chain(others);
    each.map(|(kind, reason)| WarningReason {
        kind: kind.as_str().to_owned(),
        reason: reason.clone(),
    })
    .collect()
}

/// Returns findings as faults: one for each kind in each part, with the lines of all.
#[must_use]
pub fn faults(findings: &[Finding]) -> Vec<Fault> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let same = |group: &&mut Vec<&Finding>| {
            group.first().is_some_and(|first| {
                first.kind == finding.kind
                    && first.severity == finding.severity
                    && first.place.part == finding.place.part
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups.iter().filter_map(|group| fault(group)).collect()
}

fn fault(group: &[&Finding]) -> Option<Fault> {
    let (first, others) = group.split_first()?;
    let mut text = first.text();
    let lines: Vec<String> = others
        .iter()
        .filter_map(|finding| finding.place.line.map(|line| line.to_string()))
        .take(MAX_NAMED_LINES)
        .collect();
    if !others.is_empty() {
        text.push_str(&format!("; {} more of this kind", others.len()));
        if !lines.is_empty() {
            let noun = if lines.len() == 1 { "line" } else { "lines" };
            text.push_str(&format!(", on {noun} {}", lines.join(", ")));
        }
        if others.len() > MAX_NAMED_LINES {
            text.push_str(" and others");
        }
    }
    Some(Fault::new(first.place.part.clone(), first.place.line, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written next to patient data, and what front matter has as keys.
    const KEYS: [&str; 9] = [
        "patient",
        "patient name",
        "date of birth",
        "nhs number",
        "hospital number",
        "mrn",
        "age",
        "postcode",
        "contact.mailbox",
    ];

    #[test]
    fn a_word_of_a_vocabulary_is_patient_data_under_no_key() {
        let values = domain::vocabulary::values();
        let is_word = |value: &&str| !value.contains(|c: char| c.is_ascii_digit());
        for value in values.into_iter().filter(is_word) {
            for key in KEYS {
                let found = patient_data::check(&[Part::value(key, value, None)]);
                assert_eq!(found, [], "{key}: {value}");
            }
        }
    }
}
