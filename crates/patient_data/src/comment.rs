//! What one person writes to another on a site: a comment, a description. No one gives a reason for it, as an approver does for
//! a text: it is written without what may identify a patient.

use crate::{
    check::check,
    finding::{Finding, Kind},
    part::{Form, Part},
};

/// Returns what may identify a patient in a comment, each as part of a sentence: lower case, no full stop, the value masked.
#[must_use]
pub fn comment_faults(text: &str) -> Vec<String> {
    let part = Part {
        name: "comment".to_owned(),
        text,
        form: Form::Plain,
        first_line: None,
    };
    let found = check(&[part]);
    // A comment is shown as text, so a picture in it shows nothing.
    let found = found.iter().filter(|one| one.kind != Kind::Image);
    let mut faults: Vec<String> = found.map(fault).collect();
    faults.dedup();
    faults
}

fn fault(finding: &Finding) -> String {
    let (masked, what) = (&finding.masked, finding.kind.label());
    format!("`{masked}` looks like {what}; write it without that")
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
            let found = comment_faults(text);
            assert_eq!(found.is_empty(), expected.is_empty(), "{text}: {found:?}");
            for part in expected {
                assert!(found.iter().any(|one| one.contains(part)), "{found:?}");
            }
        }
    }
}
