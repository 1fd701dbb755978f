//! Looks for patient data in what a draft has attached: in the names of its files and in their words.

use async_recursion::async_recursion as boxed;
use attachments::{Job, Kind, Outcome};
use drafting::{Place, Warning, check};
use patient_data::{Finding, Form, Part, Severity, Values, shown_file_name};
use store::NewAttachment;
use wire::{Digest, DocumentId};

use super::{AttachmentWords, without_description, words_of, words_of_draft};
use crate::drafts::warning;
use node::{Node, NodeError, work::spawn_blocking};

/// What is wrong with the attachments of a draft.
#[derive(Debug, Default)]
pub(crate) struct Screened {
    /// What has to be put right.
    pub(crate) faults: Vec<Place>,
    /// What may identify a patient, and is published only with a reason.
    pub(crate) warnings: Vec<Warning>,
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
            screen_picture(file, &mut found);
        }
        found
    })
    .await?;
    screened.faults.extend(found.faults);
    screened.warnings = found.warnings;
    Ok(screened)
}

/// Returns what may identify a patient in one attachment of a draft, and what of it could not be read, as sentences without a
/// full stop; nothing if the draft has no such attachment.
///
/// # Errors
/// As `screen`.
#[boxed]
pub async fn found_in(
    node: &Node,
    draft: DocumentId,
    digest: &Digest,
) -> Result<Vec<String>, NodeError> {
    let held = node.store.draft_attachments(draft).await?;
    let Some(attachment) = held.into_iter().find(|held| held.digest == *digest) else {
        return Ok(Vec::new());
    };
    let file = words_of(node, draft, attachment).await?;
    let found = spawn_blocking(move || {
        let mut found = Screened::default();
        screen_file(&file, &mut found);
        found
    })
    .await?;
    let warned = found.warnings.into_iter().map(|warning| warning.place);
    let places = found.faults.into_iter().chain(warned);
    Ok(places.map(|place| place.text).collect())
}

/// Names the files that a text shows or links to and that the draft does not have, each once.
///
/// # Errors
/// Of the database.
pub(crate) async fn missing(
    node: &Node,
    draft: DocumentId,
    text: &str,
) -> Result<Vec<Place>, NodeError> {
    let mut names = named_in(text);
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let held = node.store.draft_attachments(draft).await?;
    names.retain(|name| !held.iter().any(|file| file.name == *name));
    let place = |name: &String| Place {
        section: check::FILE,
        title: "The text",
        field: String::new(),
        line: None,
        text: format!(
            "No file called “{}” is attached, so readers do not see it",
            shown_file_name(name)
        ),
    };
    Ok(names.iter().map(place).collect())
}

/// What may identify a patient in a file.
#[derive(Debug, Clone, Default)]
pub struct FileFindings {
    /// In its name and its words.
    pub findings: Vec<Finding>,
    /// The values of these.
    pub values: Values,
    /// What of it has no words that can be read, or why none of it could be read.
    pub unread: Vec<String>,
}

/// Looks for patient data in a file that is about to be kept for a document.
///
/// # Errors
/// When no process can be started for the work on the file.
#[boxed]
pub async fn findings_of_file(
    node: &Node,
    file: &NewAttachment,
) -> Result<FileFindings, NodeError> {
    let mut kinds = Kind::ALL.into_iter();
    let kind = kinds.find(|kind| kind.extension() == file.kind);
    let mut words = office::Words::default();
    if !kind.is_some_and(Kind::is_picture) {
        let job = Job::Words;
        words = match node
            .file_reader
            .work(job, file.bytes.clone(), &file.name)
            .await?
        {
            Outcome::Words(words) => words,
            Outcome::Refused(why) => return Ok(unread(why)),
            Outcome::Converted(_) | Outcome::Picture(_) | Outcome::Kind(_) => {
                return Ok(unread(attachments::Refused::Unknown.to_string()));
            }
        };
    }
    let name = file.name.clone();
    Ok(spawn_blocking(move || {
        let (findings, values) = findings(&name, &words);
        FileFindings {
            findings,
            values,
            unread: words.unread,
        }
    })
    .await?)
}

fn unread(why: String) -> FileFindings {
    FileFindings {
        unread: vec![why],
        ..FileFindings::default()
    }
}

/// Checks the name of a file, and each part of its words.
fn findings(name: &str, words: &office::Words) -> (Vec<Finding>, Values) {
    let mut parts = vec![Part::file_name(name)];
    parts.extend(words.places.iter().map(|place| {
        let form = if place.is_table {
            Form::Rows
        } else {
            Form::Plain
        };
        let part = Part::attachment(place.name.clone(), &place.text, form);
        Part {
            first_line: Some(place.first_line),
            ..part
        }
    }));
    let findings = patient_data::check(&parts);
    let values = Values::new(&parts, &findings);
    (findings, values)
}

/// Returns the values of what may identify a patient in the attachments of a draft.
///
/// # Errors
/// As [`screen`].
pub(crate) async fn values(node: &Node, draft: DocumentId) -> Result<Values, NodeError> {
    let files = words_of_draft(node, draft).await?;
    Ok(spawn_blocking(move || {
        let mut all = Values::default();
        for file in &files {
            if let Ok(words) = &file.words {
                all.add(findings(&file.name, words).1);
            }
            let parts = [Part::value("description", &file.alt, None)];
            all.add(Values::new(&parts, &patient_data::check(&parts)));
        }
        all
    })
    .await?)
}

/// Says which line of a part a finding is on: tables have rows.
fn line_of(finding: &Finding, words: &office::Words) -> String {
    let Some(line) = finding.place.line else {
        return String::new();
    };
    let is_table = |place: &office::Place| place.is_table && place.name == finding.place.part;
    let word = if words.places.iter().any(is_table) {
        "row"
    } else {
        "line"
    };
    format!(", {word} {line}")
}

fn screen_file(file: &AttachmentWords, found: &mut Screened) {
    let shown = shown_file_name(&file.name);
    let words = match &file.words {
        Ok(words) => words,
        Err(why) => {
            let why = why_unread(why);
            let text = format!("We could not look for patient data in {shown}: {why}");
            found.faults.push(place(text));
            return;
        }
    };
    // Step 1: the name, and each part of the words.
    for finding in findings(&file.name, words).0 {
        let line = line_of(&finding, words);
        let part = shown_file_name(&finding.place.part);
        let text = format!("In {shown}, {part}{line}: {}", finding.text_in_draft());
        match finding.severity {
            Severity::Block => found.faults.push(place(text)),
            Severity::Warn => found.warnings.push(warning(finding.kind, place(text))),
        }
    }
    // Step 2: what is said of a picture.
    for finding in patient_data::check(&[Part::value("description", &file.alt, None)]) {
        let text = format!("In what {shown} shows: {}", finding.text_in_draft());
        match finding.severity {
            Severity::Block => found.faults.push(place(text)),
            Severity::Warn => found.warnings.push(warning(finding.kind, place(text))),
        }
    }
    // Step 3: what has no words needs the eyes of a person.
    for unread in &words.unread {
        let text = format!("In {shown}: we cannot read {unread}. Look at it yourself");
        found
            .warnings
            .push(warning(patient_data::Kind::Image, place(text)));
    }
}

/// Says why a file that is attached cannot be read: what a form says that takes only its text fits no attachment.
fn why_unread(why: &str) -> &str {
    match why == office::Refusal::TooLarge.to_string() {
        true => {
            "it has more in it than we read. Remove it, and attach a part of it, or write in your text what it says"
        }
        false => why,
    }
}

/// Asks for the eyes of a person also where no text shows a picture, which a link or the list of files opens.
fn screen_picture(file: &AttachmentWords, found: &mut Screened) {
    if file.kind.is_some_and(Kind::is_picture) {
        let shown = shown_file_name(&file.name);
        let text = format!("We cannot look into the picture {shown}. Look at it yourself");
        found
            .warnings
            .push(warning(patient_data::Kind::Image, place(text)));
    }
}

/// Returns the names of the files that a text shows or links to, each once.
#[must_use]
pub fn named_in(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    drop(markdown::rewrite_links(text, |url| {
        let name = url.strip_prefix("attachment:")?;
        if !names.iter().any(|held| held == name) && names.len() < domain::body::MAX_ATTACHMENTS {
            names.push(name.to_owned());
        }
        None
    }));
    names
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_an_attachment_cannot_be_read_is_said_of_an_attachment() {
        let too_large = office::Refusal::TooLarge.to_string();
        assert!(why_unread(&too_large).contains("attach a part of it"));
        assert!(!why_unread(&too_large).contains("upload"));
        let protected = office::Refusal::Protected.to_string();
        assert_eq!(why_unread(&protected), protected);
    }

    #[test]
    fn files_that_a_text_names_are_listed_once() {
        let text = "![A](attachment:a.png) and [it](attachment:a.png), [b](https://example.org/b)";
        assert_eq!(named_in(text), ["a.png"]);
    }
}
