//! What one person writes to another on a site: a comment, a description. It is written without what may identify a patient; no
//! reason is given, as an approver does for a text, and a warning can be confirmed.

use crate::{
    check::check,
    finding::{Finding, Kind, Severity},
    part::{Form, Part},
};

/// What may identify a patient in a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentFinding {
    /// How certain that is.
    pub severity: Severity,
    /// What it is and what to do, as part of a sentence: lower case, no full stop, the value masked.
    pub text: String,
}

/// Returns what may identify a patient in a comment.
#[must_use]
pub fn comment_findings(text: &str) -> Vec<CommentFinding> {
    let part = Part {
        name: "comment".to_owned(),
        text,
        form: Form::Plain,
        first_line: None,
    };
    let found = check(&[part]);
    // A comment is shown as text, so a picture in it shows nothing.
    let found = found.iter().filter(|one| one.kind != Kind::Image);
    let mut findings: Vec<CommentFinding> = found.map(described).collect();
    findings.dedup();
    findings
}

fn described(finding: &Finding) -> CommentFinding {
    let (masked, what) = (&finding.masked, finding.kind.label());
    CommentFinding {
        severity: finding.severity,
        text: format!("`{masked}` looks like {what}; write it without that"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_written_without_what_may_identify_a_patient() {
        for (text, expected) in [
            ("", &[][..]),
            ("Name the ward, please.", &[]),
            ("Say what it cost: £4,200 a year in 2025?", &[]),
            (
                "The picture ![board](attachment:board.png) is too dark.",
                &[],
            ),
            (
                "Is this NHS number 943 476 5919?",
                &["`••• ••• ••••` looks like an NHS number; write it without that"],
            ),
            (
                "It was the patient of Mrs Jane Kettle, DOB 12/03/1948.",
                &["looks like a date of birth"],
            ),
        ] {
            let found: Vec<String> = comment_findings(text)
                .into_iter()
                .map(|one| one.text)
                .collect();
            assert_eq!(found.is_empty(), expected.is_empty(), "{text}: {found:?}");
            for part in expected {
                assert!(found.iter().any(|one| one.contains(part)), "{found:?}");
            }
        }
    }
}
