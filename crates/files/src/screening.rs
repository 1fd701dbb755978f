//! The check for patient data of a file: as its author typed it, and as it would be published.
//!
//! A file is checked whole, with its name and its comments, since the next person who works on it sees
//! them, and its text without them, as it is published: a comment can part a number in two. What is published in another form than it was typed, such as a text with rewritten links, is checked once more
//! where it is written.

use domain::{Fault, front_matter, front_matter::Parsed};
use patient_data::{Acceptance, AcceptanceFault, Cleared, Finding, Hidden, Part, Severity, Values};
use serde::Serialize;

use node::flows::publish::Submission;
use node::flows::screening;

/// Text of a file that looks like patient data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PatientDataFinding {
    /// The type of data, such as `nhs-number`.
    pub kind: String,
    /// `block` or `warn`.
    pub level: Severity,
    /// The part of the file that holds it: `body`, a key, `front matter`, `file name`.
    #[serde(rename = "where")]
    pub place: String,
    /// The line of the file, from 1.
    pub line: Option<u32>,
    /// The character within the line, from 1.
    pub column: Option<u32>,
    /// The value with its letters and digits replaced.
    pub masked: String,
    /// The reason for which it is accepted.
    pub accepted: Option<String>,
}

impl PatientDataFinding {
    /// Returns whether it prevents publication.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.accepted.is_none()
    }
}

/// The result of checking one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Screened {
    findings: Vec<Finding>,
    hidden: Hidden,
    values: Values,
    cleared: Cleared,
}

impl Screened {
    /// Checks a file. `path` is its path in its folder; `found` is what a check of the same file has found before.
    pub(crate) fn new(
        path: &str,
        text: &str,
        parsed: &Parsed,
        found: Option<Vec<Finding>>,
    ) -> Self {
        let document = parsed.publishable();
        let values = document.map(front_matter::values).unwrap_or_default();
        // Behind front matter, the body is the end of the text as it was typed. Where it is not, all of it is read as text.
        let behind = parsed.draft.body_md.as_str();
        let (front, body) = match text.strip_suffix(behind) {
            Some(front) => (front, behind),
            None => ("", text),
        };
        let lines = front.bytes().filter(|byte| *byte == b'\n').count();
        let body_line = u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1);
        let mut parts = vec![Part::body(body, body_line)];
        parts.extend(
            values
                .iter()
                .map(|(key, text)| Part::value(key, text, None)),
        );
        parts.push(Part::front_matter(front));
        parts.push(Part::file_name(path));
        let findings = found.unwrap_or_else(|| {
            let mut findings = patient_data::check(&parts);
            findings.extend(without_comments(body, body_line, &findings));
            findings
        });
        let cleared = Cleared::new(&parts, &findings);
        let hidden = Hidden::new(&parts, &findings);
        let values = Values::new(&parts, &findings);
        Self {
            findings,
            hidden,
            values,
            cleared,
        }
    }

    /// Returns what was found.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the faults that keep the file from being published; none if all that was found is accepted.
    pub(crate) fn faults(&self, acceptance: &Acceptance) -> Vec<Fault> {
        let kept = acceptance.without_repeated(&self.values);
        let refused = screening::refused(&self.findings, &kept);
        let mut faults = screening::faults(&refused);
        let warns = refused
            .iter()
            .all(|finding| finding.severity == Severity::Warn);
        // What to do is said once.
        if let Some(last) = faults.last_mut().filter(|_| warns) {
            let kind = refused.last().map_or("", |finding| finding.kind.as_str());
            last.text
                .push_str(&format!(": `--accept-warnings {kind}=REASON`"));
            let has_reason = |one: &Finding| acceptance.reason_for(one).is_some();
            if refused.iter().any(has_reason) {
                last.text
                    .push_str(&format!("; {}", AcceptanceFault::Repeated));
            }
        }
        faults
    }

    /// Returns the findings for a report.
    pub(crate) fn reported(&self, acceptance: &Acceptance) -> Vec<PatientDataFinding> {
        let acceptance = acceptance.without_repeated(&self.values);
        let each = self.findings.iter();
        each.map(|finding| PatientDataFinding {
            kind: finding.kind.as_str().to_owned(),
            level: finding.severity,
            place: finding.place.part.clone(),
            line: finding.place.line,
            column: finding.place.column,
            masked: finding.masked.clone(),
            accepted: acceptance.reason_for(finding).map(str::to_owned),
        })
        .collect()
    }

    /// Gives a submission the reasons for what was found, and the texts in which nothing was found. `typed` is its text
    /// before links got other destinations, if nothing else was changed.
    pub(crate) fn accept(
        &self,
        submission: &mut Submission,
        acceptance: &Acceptance,
        typed: Option<&str>,
    ) {
        let kept = acceptance.without_repeated(&self.values);
        submission.acceptance = kept.for_findings(&self.findings);
        submission.cleared = self.cleared.clone();
        if let Some(typed) = typed {
            let body = Part::body(&submission.document.common.body_md, 1);
            submission.cleared.add_relinked(&body, typed);
        }
    }

    /// Removes the values from what faults quote of the file.
    pub(crate) fn hidden_in(&self, mut faults: Vec<Fault>) -> Vec<Fault> {
        for fault in &mut faults {
            fault.text = self.hidden.hide(&fault.text).into_owned();
            fault.field = self.hidden.hide(&fault.field).into_owned();
        }
        faults
    }
}

/// Returns what looks like patient data in a text without its comments only.
fn without_comments(body: &str, first_line: u32, found: &[Finding]) -> Vec<Finding> {
    let published = markdown::without_comments(body).md;
    if published == body {
        return Vec::new();
    }
    let is_known = |finding: &Finding| {
        let is_same = |known: &Finding| {
            known.kind == finding.kind
                && known.place.part == finding.place.part
                && known.masked == finding.masked
        };
        found.iter().any(is_same)
    };
    let mut more = patient_data::check(&[Part::body(&published, first_line)]);
    more.retain(|finding| !is_known(finding));
    more
}
