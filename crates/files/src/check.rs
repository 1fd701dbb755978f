//! Checks files before they are published: returns everything that is wrong with them, by line.
//!
//! Needs no node and no network. Reports the same faults of a file's content as an import into a new node would, of its
//! links too. The links of a file that is given by itself are not checked: only its folder says where they lead.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use domain::{Document, Fault};
use patient_data::{Acceptance, Severity};
use serde::Serialize;
use wire::{Date, DocumentId, Timestamp};

use crate::{
    import::{
        ImportError,
        body::lone_link_faults,
        prepare::link_faults,
        survey::{Survey, survey_new},
    },
    screening::{PatientDataFinding, Screened},
    tree::{self, MarkdownFile, Surroundings},
};

/// The result of checking files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The files, sorted by path.
    pub files: Vec<CheckedFile>,
}

/// The result of checking one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedFile {
    /// Its path, below the path that was given.
    pub path: String,
    /// The kind of document; `None` if the file could not be read.
    pub kind: Option<String>,
    /// What an import would make of it.
    pub becomes: Becomes,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Text that looks like patient data.
    pub findings: Vec<PatientDataFinding>,
    /// The same for a person, of what keeps the file from being published.
    #[serde(skip)]
    pub held_back: Vec<Fault>,
    /// Suggested improvements.
    pub advice: Vec<Fault>,
}

/// What an import would make of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Becomes {
    /// A document; a page without the values that could not be read.
    Document,
    /// A draft, which is not published.
    Draft,
    /// Nothing: it cannot be read.
    Nothing,
}

/// The overall result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing to fix.
    Clean,
    /// There is advice, or a possible finding of patient data.
    Warnings,
    /// A file cannot be published as it is.
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
            becomes: Becomes::Nothing,
            faults: Vec::new(),
            findings: Vec::new(),
            held_back: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// Returns the result of this file.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let blocks = |finding: &PatientDataFinding| finding.level == Severity::Block;
        let is_refused = self.findings.iter().any(PatientDataFinding::is_refused);
        if !self.faults.is_empty() || self.findings.iter().any(blocks) {
            Verdict::Faults
        } else if !self.advice.is_empty() || is_refused {
            Verdict::Warnings
        } else {
            Verdict::Clean
        }
    }
}

impl Checked {
    /// Returns the result of the worst file.
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

    /// Returns the report as text: a line for each fault, and a summary line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let mut line = |path: &str, label: &str, fault: &Fault| {
            let line = fault
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            out.push_str(&format!("{path}{line}: {label}{}\n", fault.text));
        };
        for file in &self.files {
            file.faults
                .iter()
                .for_each(|fault| line(&file.path, "", fault));
            file.held_back
                .iter()
                .for_each(|fault| line(&file.path, "patient data: ", fault));
            file.advice
                .iter()
                .for_each(|advice| line(&file.path, "advice: ", advice));
        }
        // A draft is named, for nothing else on its lines says that it would not be published.
        let drafts = self
            .files
            .iter()
            .filter(|file| file.becomes == Becomes::Draft);
        let drafts = drafts.count();
        if drafts > 0 {
            out.push_str(&format!(
                "{drafts} would be kept as drafts, and not be published\n"
            ));
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

/// How files are checked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The reasons for which warnings about patient data do not count.
    pub acceptance: Acceptance,
    /// Whether the folders are for everyone, whatever their names say.
    pub is_public: bool,
}

/// Checks files and folders. Dates are checked against the day of `now`. `on_file` is called before each file, with its number from 1 and the number of files.
///
/// # Errors
/// When one of the given paths cannot be read.
pub fn check(
    paths: &[PathBuf],
    now: Timestamp,
    options: &Options,
    mut on_file: impl FnMut(usize, usize),
) -> Result<Checked, ImportError> {
    let mut checked = Checked::default();
    // Find the files of all paths first, so that the number of files is known.
    let mut files = Vec::new();
    for given in paths {
        let tree = tree::walk(given)?;
        let displayed = |path: &str| {
            if given.is_dir() {
                given.join(path)
            } else {
                given.clone()
            }
        };
        let read = Surroundings::read(&tree.root, &tree.signs, options.is_public);
        let surroundings = Arc::new(read);
        let survey = if given.is_dir() {
            let (acceptance, surroundings) = (&options.acceptance, Arc::clone(&surroundings));
            Some(Rc::new(survey_new(&tree, now, acceptance, surroundings)?))
        } else {
            None
        };
        for rejected in tree.rejected {
            let mut file = CheckedFile::new(shown(&displayed(&rejected.path)));
            file.faults.push(rejected.fault);
            checked.files.push(file);
        }
        let found = tree.files.into_iter();
        files.extend(found.map(|file| GivenFile {
            displayed: displayed(&file.path),
            file,
            survey: survey.clone(),
            surroundings: Arc::clone(&surroundings),
        }));
    }
    let mut ids = HashMap::new();
    let total = files.len();
    for (number, given) in files.into_iter().enumerate() {
        on_file(number + 1, total);
        let file = check_file(&given, now.date(), &options.acceptance, &mut ids);
        checked.files.push(file);
    }
    checked.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(checked)
}

/// Returns a path for a report.
fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    patient_data::shown_file_name(&path).into_owned()
}

/// A file that was given, or is in a folder that was.
struct GivenFile {
    /// Its path for a report.
    displayed: PathBuf,
    file: MarkdownFile,
    /// The survey of its folder; `None` if it was given by itself.
    survey: Option<Rc<Survey>>,
    /// What is said of it elsewhere.
    surroundings: Arc<Surroundings>,
}

fn check_file(
    given: &GivenFile,
    today: Date,
    acceptance: &Acceptance,
    ids: &mut HashMap<DocumentId, String>,
) -> CheckedFile {
    let GivenFile {
        displayed,
        file: source,
        survey,
        surroundings,
    } = given;
    let mut file = CheckedFile::new(shown(displayed));
    let text = tree::read(&source.location).and_then(|bytes| tree::decode(&bytes));
    let decoded = match text {
        Ok(decoded) => decoded,
        Err(fault) => {
            file.faults.push(fault);
            return file;
        }
    };
    file.advice.extend(decoded.warning);
    let parsed = tree::parse(&decoded.text, &source.path);
    file.kind = Some(parsed.draft.kind.as_str().to_owned());
    if let Some(id) = parsed.id
        && let Some(other) = ids.insert(id, file.path.clone())
        && other != file.path
    {
        let text =
            format!("`id` is that of `{other}`; give this file another id, or remove the line");
        file.faults.push(Fault::new("id", None, text));
    }
    let screened = Screened::new(&source.path, &decoded.text, &parsed, None);
    file.findings = screened.reported(acceptance);
    file.held_back = screened.faults(acceptance);
    let verdict = tree::verdict(source, surroundings, &decoded.text, &parsed, today);
    let published = published(&mut file, verdict, today);
    if let Some(survey) = survey {
        let body_md = &parsed.draft.body_md;
        let faults = link_faults(&source.path, survey, body_md, published);
        file.advice.extend(faults);
    } else {
        let faults = lone_link_faults(&source.location, &parsed.draft.body_md);
        file.advice.extend(faults);
    }
    file.becomes = if published.is_some() && file.held_back.is_empty() {
        Becomes::Document
    } else {
        Becomes::Draft
    };
    file.advice.extend(parsed.advice);
    file.faults
        .extend(parsed.document.err().into_iter().flatten());
    file.faults = screened.hidden_in(file.faults);
    file.advice = screened.hidden_in(file.advice);
    file
}

/// Returns the document that an import would publish by what the file says; adds why it would not.
fn published<'a>(
    file: &mut CheckedFile,
    verdict: tree::Verdict<'a>,
    today: Date,
) -> Option<&'a Document> {
    match verdict {
        tree::Verdict::Document(document) => {
            file.faults.extend(document.faults_on(today));
            file.faults.is_empty().then_some(document)
        }
        tree::Verdict::Draft => None,
        tree::Verdict::HeldBack(fault) if fault.field == "body" => {
            file.faults.push(fault);
            None
        }
        tree::Verdict::HeldBack(fault) => {
            file.advice.push(fault);
            None
        }
    }
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
        file.findings.push(PatientDataFinding {
            kind: "nhs-number".to_owned(),
            level: Severity::Block,
            place: "body".to_owned(),
            line: Some(9),
            column: Some(1),
            masked: "••• ••• ••••".to_owned(),
            accepted: None,
        });
        let checked = Checked {
            files: vec![file, CheckedFile::new("b.md".to_owned())],
        };
        insta::assert_snapshot!(checked.to_json(), @r#"{"files":[{"path":"a.md","kind":"page","becomes":"nothing","faults":[{"field":"result","line":6,"text":"`result` is missing"}],"findings":[{"kind":"nhs-number","level":"block","where":"body","line":9,"column":1,"masked":"••• ••• ••••","accepted":null}],"advice":[]},{"path":"b.md","kind":null,"becomes":"nothing","faults":[],"findings":[],"advice":[]}]}"#);
    }
}
