//! Checking files before they are published: everything that is wrong with them, by line.
//!
//! Needs no node and no network. What it says is what an import would say of the file's own words.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use domain::Fault;
use serde::Serialize;
use wire::{Date, DocumentId};

use crate::tree::{self, Found, WalkError};

/// What is found in files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Every file, in the order of the paths given and within each by path.
    pub files: Vec<CheckedFile>,
}

/// What is found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedFile {
    /// Where it lies.
    pub path: String,
    /// Its kind; nothing if the file could not be read.
    pub kind: Option<String>,
    /// What keeps it from being published as it is.
    pub faults: Vec<Fault>,
    /// What looks like patient data.
    pub findings: Vec<Finding>,
    /// What would make it better.
    pub advice: Vec<Fault>,
}

/// Something that looks like patient data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it looks like.
    pub kind: String,
    /// `block` or `warn`.
    pub level: String,
    /// Which part of the document it stands in.
    #[serde(rename = "where")]
    pub place: String,
    /// The line of the file, from 1.
    pub line: Option<u32>,
    /// The character of the line, from 1.
    pub column: Option<u32>,
}

/// How clean files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// There is advice.
    Warnings,
    /// Something keeps a file from being published as it is.
    Faults,
}

impl Verdict {
    /// Returns the exit code: 0 clean, 1 warnings, 2 faults.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Warnings => 1,
            Self::Faults => 2,
        }
    }
}

impl CheckedFile {
    fn new(path: String) -> Self {
        Self {
            path,
            kind: None,
            faults: Vec::new(),
            findings: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// Returns how clean the file is.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.faults.is_empty() || self.findings.iter().any(|finding| finding.level == "block") {
            Verdict::Faults
        } else if !self.advice.is_empty() || !self.findings.is_empty() {
            Verdict::Warnings
        } else {
            Verdict::Clean
        }
    }
}

impl Checked {
    /// Returns how clean the worst file is.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.files
            .iter()
            .map(CheckedFile::verdict)
            .max()
            .unwrap_or(Verdict::Clean)
    }

    /// Returns the report as JSON, without a final newline.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the report for people: a line for each fault, and one that sums up.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let mut line = |path: &str, what: &str, fault: &Fault| {
            let at = fault
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            out.push_str(&format!("{path}{at}: {what}{}\n", fault.text));
        };
        for file in &self.files {
            file.faults
                .iter()
                .for_each(|fault| line(&file.path, "", fault));
            file.advice
                .iter()
                .for_each(|advice| line(&file.path, "advice: ", advice));
        }
        let count = |verdict| {
            self.files
                .iter()
                .filter(|file| file.verdict() == verdict)
                .count()
        };
        out.push_str(&format!(
            "{} files: {} clean, {} with advice, {} with faults\n",
            self.files.len(),
            count(Verdict::Clean),
            count(Verdict::Warnings),
            count(Verdict::Faults),
        ));
        out
    }
}

/// Checks files and folders. `today` decides about dates; `each` is called before every file, with its number from 1
/// and how many there are.
///
/// # Errors
/// When a path given cannot be read.
pub fn check(
    paths: &[PathBuf],
    today: Date,
    mut each: impl FnMut(usize, usize),
) -> Result<Checked, WalkError> {
    let mut checked = Checked::default();
    let mut found = Vec::new();
    for given in paths {
        let tree = tree::walk(given)?;
        let shown = |path: &str| {
            if given.is_dir() {
                given.join(path)
            } else {
                given.clone()
            }
        };
        for passed in tree.passed {
            let mut file = CheckedFile::new(shown(&passed.path).display().to_string());
            file.faults.push(passed.fault);
            checked.files.push(file);
        }
        found.extend(tree.files.into_iter().map(|file| (shown(&file.path), file)));
    }
    let mut ids = HashMap::new();
    let total = found.len();
    for (number, (shown, file)) in found.into_iter().enumerate() {
        each(number + 1, total);
        checked
            .files
            .push(check_file(&shown, &file, today, &mut ids));
    }
    checked.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(checked)
}

fn check_file(
    shown: &Path,
    found: &Found,
    today: Date,
    ids: &mut HashMap<DocumentId, String>,
) -> CheckedFile {
    let mut file = CheckedFile::new(shown.display().to_string());
    let text = tree::read(&found.at).and_then(|bytes| tree::decode(&bytes));
    let decoded = match text {
        Ok(decoded) => decoded,
        Err(fault) => {
            file.faults.push(fault);
            return file;
        }
    };
    file.advice.extend(decoded.note);
    if decoded.text.trim().is_empty() {
        file.faults.push(Fault::new(
            "body",
            None,
            "the file is empty; write something into it, or delete it",
        ));
        return file;
    }
    let parsed = tree::parse(&decoded.text, &found.path);
    file.kind = Some(parsed.draft.kind.as_str().to_owned());
    if let Some(id) = parsed.id
        && let Some(other) = ids.insert(id, file.path.clone())
        && other != file.path
    {
        let text = format!("`id` is that of `{other}`; give this file another, or none");
        file.faults.push(Fault::new("id", None, text));
    }
    if parsed.held_back {
        let text = "the file says of itself that it is not to be published";
        file.advice.push(Fault::new("", None, text));
    }
    file.advice.extend(parsed.advice);
    match parsed.document {
        Ok(document) => file.faults.extend(document.faults_on(today)),
        Err(faults) => file.faults.extend(faults),
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_can_rely_on_the_form_of_a_report() {
        let mut file = CheckedFile::new("a.md".to_owned());
        file.kind = Some("page".to_owned());
        file.faults
            .push(Fault::new("result", Some(6), "`result` is missing"));
        file.findings.push(Finding {
            kind: "nhs-number".to_owned(),
            level: "block".to_owned(),
            place: "body".to_owned(),
            line: Some(9),
            column: Some(1),
        });
        let checked = Checked {
            files: vec![file, CheckedFile::new("b.md".to_owned())],
        };
        insta::assert_snapshot!(checked.to_json(), @r#"{"files":[{"path":"a.md","kind":"page","faults":[{"field":"result","line":6,"text":"`result` is missing"}],"findings":[{"kind":"nhs-number","level":"block","where":"body","line":9,"column":1}],"advice":[]},{"path":"b.md","kind":null,"faults":[],"findings":[],"advice":[]}]}"#);
    }
}
