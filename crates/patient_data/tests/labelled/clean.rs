//! Clean texts: the sample case studies, and paragraphs as case studies of the NHS have them.

use std::{fs, path::Path};

/// Returns the sample case studies, each with its name.
pub(crate) fn studies() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    found.sort();
    found
}

/// Returns the paragraphs of those studies, and others with more figures, dates, names and contacts than they have.
pub(crate) fn paragraphs() -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    for (_, text) in studies() {
        paragraphs.extend(text.split("\n\n").map(str::to_owned));
    }
    let own = include_str!("clean.md");
    paragraphs.extend(own.split("\n\n").map(str::to_owned));
    paragraphs.retain(|paragraph| paragraph.len() > 40);
    paragraphs
}
