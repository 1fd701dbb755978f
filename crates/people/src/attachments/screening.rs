//! Looks for patient data in what a draft has attached: in the names of its files and in their words.

use attachments::Kind;
use drafting::Place;
use patient_data::{Form, Part, Severity, shown_file_name};
use wire::DocumentId;

use super::{AttachmentWords, without_description, words_of_draft};
use node::{Node, NodeError, work::spawn_blocking};

/// What is wrong with the attachments of a draft.
#[derive(Debug, Default)]
pub(crate) struct Screened {
    /// What has to be put right.
    pub(crate) faults: Vec<Place>,
    /// What may identify a patient, and is published only with a reason.
    pub(crate) warnings: Vec<Place>,
}

/// Checks all attachments of a draft.
///
/// # Errors
/// Of the database, or when no process can be started for the work on a file.
pub(crate) async fn screen(node: &Node, draft: DocumentId) -> Result<Screened, NodeError> {
    let mut screened = Screened::default();
    for name in without_description(node, draft).await? {
        let name = shown_file_name(&name);
        let text = format!("Say what the picture {name} shows");
        screened.faults.push(place(text));
    }
    let files = words_of_draft(node, draft).await?;
    let found = spawn_blocking(move || {
        let mut found = Screened::default();
        for file in &files {
            screen_file(file, &mut found);
        }
        found
    })
    .await?;
    screened.faults.extend(found.faults);
    screened.warnings = found.warnings;
    Ok(screened)
}

fn screen_file(file: &AttachmentWords, found: &mut Screened) {
    let shown = shown_file_name(&file.name);
    let words = match &file.words {
        Ok(words) => words,
        Err(why) => {
            let text = format!("We could not look for patient data in {shown}: {why}");
            found.faults.push(place(text));
            return;
        }
    };
    // Step 1: the name, and each part of the words.
    let form = match file.kind {
        Some(Kind::Xlsx | Kind::Csv) => Form::Rows,
        Some(Kind::Pdf | Kind::Docx | Kind::Pptx | Kind::Png | Kind::Jpeg | Kind::Webp) | None => {
            Form::Plain
        }
    };
    let mut parts = vec![Part::file_name(&file.name)];
    let each = words.places.iter();
    parts.extend(each.map(|words| Part::attachment(words.name.clone(), &words.text, form)));
    for finding in patient_data::check(&parts) {
        let line = finding.place.line.map(|line| format!(", line {line}"));
        let line = line.unwrap_or_default();
        let part = shown_file_name(&finding.place.part);
        let text = format!("In {shown}, {part}{line}: {}", finding.text());
        match finding.severity {
            Severity::Block => found.faults.push(place(text)),
            Severity::Warn => found.warnings.push(place(text)),
        }
    }
    // Step 2: what has no words needs the eyes of a person.
    for unread in &words.unread {
        let text = format!("In {shown}: we cannot read {unread}. Look at it yourself");
        found.warnings.push(place(text));
    }
}

fn place(text: String) -> Place {
    Place {
        section: "attachments",
        title: "Attachments",
        field: String::new(),
        line: None,
        text,
    }
}
