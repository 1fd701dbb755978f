//! Trees of files, and what an import reported of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{fs, path::Path};

use files::import::{FileReport, Options, Status, Step, Summary, import};
use patient_data::Acceptance;
use wire::DocumentId;

use crate::trust::Trust;

/// Writes files into a folder, given as (path, bytes).
pub fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What an import reported.
#[derive(Debug)]
pub struct Imported {
    /// The sums.
    pub summary: Summary,
    /// Each file.
    pub files: Vec<FileReport>,
}

impl Trust {
    /// Imports a tree.
    pub async fn import(&self, folder: &Path) -> Imported {
        self.import_with(folder, &Options::default()).await
    }

    /// Imports a tree, and withdraws the documents whose files are gone.
    pub async fn import_and_prune(&self, folder: &Path) -> Imported {
        let prune = Options {
            prune: true,
            ..Options::default()
        };
        self.import_with(folder, &prune).await
    }

    /// Imports a tree whose pictures someone has looked at.
    pub async fn import_with_pictures(&self, folder: &Path) -> Imported {
        let options = Options {
            acceptance: pictures_accepted(),
            ..Options::default()
        };
        self.import_with(folder, &options).await
    }

    /// Imports a tree in any way.
    pub async fn import_with(&self, folder: &Path, options: &Options) -> Imported {
        let mut files = Vec::new();
        let summary = import(self.node(), folder, options, |step| {
            if let Step::File(report) = step {
                files.push(*report);
            }
        });
        Imported {
            summary: summary.await.unwrap(),
            files,
        }
    }
}

/// Returns a reason for every picture.
#[must_use]
pub fn pictures_accepted() -> Acceptance {
    let mut acceptance = Acceptance::default();
    acceptance.add("image=drawn for this test").unwrap();
    acceptance
}

impl Imported {
    /// Returns what was reported of a file.
    #[must_use]
    pub fn file(&self, path: &str) -> &FileReport {
        let found = self.files.iter().find(|file| file.path == path);
        found.unwrap_or_else(|| panic!("nothing was reported of `{path}`: {:?}", self.files))
    }

    /// Returns the id of a file's document.
    #[must_use]
    pub fn id(&self, path: &str) -> DocumentId {
        self.file(path).id.unwrap()
    }

    /// Returns each path and its status, in the order of the reports.
    #[must_use]
    pub fn statuses(&self) -> Vec<(&str, Status)> {
        let files = self.files.iter();
        files
            .map(|file| (file.path.as_str(), file.status))
            .collect()
    }

    /// Returns the faults of a file as one text.
    #[must_use]
    pub fn faults(&self, path: &str) -> String {
        let faults = self.file(path).faults.iter();
        faults
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ")
    }
}
