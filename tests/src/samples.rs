//! Documents that stories publish.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

use domain::{Document, Heading, front_matter};

/// A case study as a file that can be published.
pub const STUDY: &str = include_str!("../../crates/domain/tests/golden/case-study.md");

/// An observation as a file that can be published.
pub const OBSERVATION: &str = include_str!("../../crates/domain/tests/golden/observation.md");

/// An adoption as a file that can be published, of a document of a node that does not exist.
pub const ADOPTION: &str = include_str!("../../crates/domain/tests/golden/adoption.md");

/// Returns a case study of the sample content.
#[must_use]
pub fn case_study() -> Document {
    parse(include_str!(
        "../../content/case-studies/northmoor/epma-seven-weekends.md"
    ))
}

/// Returns the document of a file without faults.
#[must_use]
pub fn parse(text: &str) -> Document {
    front_matter::parse_file(text, "x.md", outline)
        .document
        .unwrap()
}

/// Returns an adoption of a document, which is said to be that far.
#[must_use]
pub fn adoption(about: &str, status: &str) -> Document {
    let line = ADOPTION
        .lines()
        .find(|line| line.starts_with("about:"))
        .unwrap();
    let file = ADOPTION
        .replace(line, &format!("about: {about}"))
        .replace("status: adapted", &format!("status: {status}"));
    parse(&file)
}

fn outline(md: &str) -> Vec<Heading> {
    let headings = markdown::outline(md).into_iter();
    let heading = |written: markdown::WrittenHeading| Heading {
        text: written.text,
        lines: written.lines,
    };
    headings.map(heading).collect()
}

/// Returns a page with a summary.
#[must_use]
pub fn page(title: &str, words: &str) -> Document {
    let mut document = Document::page(title, words);
    document.common.summary = format!("Summary of {title}");
    document
}

/// Returns the folder of the sample content.
#[must_use]
pub fn content() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().join("content")
}
