//! Compares the files of a tree with those that were imported from other folders: which continue which documents.
//!
//! Reads files, and neither the database nor the network.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
};

use domain::Slug;
use store::Imported;
use wire::{Digest, DocumentId};

use crate::{
    import::{ImportError, file_head::FileHead, records::as_changed},
    tree::{self, MarkdownFile},
};

/// Files that a question names.
const MAX_NAMED_FILES: usize = 5;

/// A file of another folder, as its import recorded it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) source: String,
    pub(super) path: String,
    pub(super) location: PathBuf,
    pub(super) document: DocumentId,
    pub(super) import: Imported,
    /// Whether the file no longer exists.
    pub(super) is_gone: bool,
    /// Whether a file of this tree is its document.
    pub(super) is_taken: bool,
}

/// A file of this tree without a record.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) path: String,
    pub(super) location: PathBuf,
    /// The digests of its bytes, and of those with other ends of lines: a move to another system may change them.
    digests: Vec<Digest>,
    /// The position of the record that it continues.
    pub(super) continues: Option<usize>,
}

/// How certain it is that a file continues a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Its bytes are the same, and the old file is gone; or the operator says so.
    Certain,
    /// Its bytes, or nearly all of its words, are the same, and the old file still exists.
    Copy,
    /// Its title, its path or a good part of its words is the same, and the old file is gone.
    Changed,
}

pub(super) struct Comparison {
    pub(super) files: Vec<NewFile>,
    pub(super) records: Vec<Record>,
    pub(super) by_document: HashMap<DocumentId, Vec<usize>>,
    /// Folders that the operator has named.
    said: Vec<PathBuf>,
    /// Records whose files are in this tree under the id that they name.
    named: Vec<(String, String)>,
    certainties: Vec<(usize, Certainty)>,
    /// Whether most files, of more than are compared, say what documents say whose files still exist.
    pub(super) are_mostly_alike: bool,
}

/// Returns whether a recorded file no longer exists.
fn is_gone(location: &Path) -> bool {
    use io::ErrorKind as K;
    location
        .symlink_metadata()
        .is_err_and(|error| matches!(error.kind(), K::NotFound | K::NotADirectory))
}

pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Comparison {
    /// Reads the new files, and looks which recorded ones still exist.
    pub(super) fn new(
        files: Vec<MarkdownFile>,
        mut records: Vec<Record>,
        said: Vec<PathBuf>,
    ) -> Self {
        let mut existing = HashSet::new();
        let mut by_document: HashMap<DocumentId, Vec<usize>> = HashMap::new();
        for (at, record) in records.iter_mut().enumerate() {
            by_document.entry(record.document).or_default().push(at);
            record.is_gone = is_gone(&record.location);
            if !record.is_gone {
                existing.insert(record.document);
            }
        }
        // A document with one file that still exists was not moved.
        for record in &mut records {
            record.is_gone &= !existing.contains(&record.document);
        }
        let mut comparison = Self {
            files: Vec::with_capacity(files.len()),
            records,
            by_document,
            said,
            named: Vec::new(),
            certainties: Vec::new(),
            are_mostly_alike: false,
        };
        for file in files {
            let head = FileHead::read(file);
            let Some(id) = head.named else {
                comparison.files.push(NewFile {
                    digests: head.content_digests(),
                    path: head.file.path,
                    location: head.file.location,
                    continues: None,
                });
                continue;
            };
            // A file that names its document needs no comparison; its old place no longer counts.
            for at in comparison.by_document.get(&id).into_iter().flatten() {
                if let Some(record) = comparison
                    .records
                    .get_mut(*at)
                    .filter(|record| record.is_gone)
                {
                    record.is_taken = true;
                    let old = (record.source.clone(), record.path.clone());
                    comparison.named.push(old);
                }
            }
        }
        comparison
    }

    pub(super) fn pair(&mut self, file: usize, record: usize, certainty: Certainty) {
        let Some(document) = self.records.get(record).map(|record| record.document) else {
            return;
        };
        if let Some(file) = self.files.get_mut(file) {
            file.continues = Some(record);
        }
        // The records of one document in several sources belong together.
        for at in self.by_document.get(&document).into_iter().flatten() {
            if let Some(record) = self.records.get_mut(*at) {
                record.is_taken = true;
            }
        }
        self.certainties.push((file, certainty));
    }

    /// Pairs each file without a pair with a free record that `find` returns for it.
    fn pair_each(
        &mut self,
        certainty: Certainty,
        find: impl Fn(&NewFile, &[Record]) -> Option<usize>,
    ) {
        for at in 0..self.files.len() {
            let file = self.files.get(at).filter(|file| file.continues.is_none());
            let found = file.and_then(|file| find(file, &self.records));
            if let Some(record) = found {
                self.pair(at, record, certainty);
            }
        }
    }

    /// Pairs files with those of the folders that the operator names: by path, then by bytes.
    pub(super) fn match_said(&mut self) {
        let mut by_path: HashMap<String, usize> = HashMap::new();
        let mut by_digest: HashMap<Digest, Vec<usize>> = HashMap::new();
        for (at, record) in self.records.iter().enumerate() {
            let inside = self
                .said
                .iter()
                .filter_map(|folder| record.location.strip_prefix(folder).ok());
            for path in inside {
                by_path.insert(path.to_string_lossy().into_owned(), at);
                by_digest.entry(record.import.digest).or_default().push(at);
            }
        }
        let is_alone = self.files.len() == 1;
        let is_free = |records: &[Record], at: usize| {
            let record = records.get(at);
            record.is_some_and(|record| !record.is_taken)
        };
        self.pair_each(Certainty::Certain, |file, records| {
            // The operator may name one file.
            let named = by_path.get("").filter(|_| is_alone);
            let at = by_path.get(&file.path).or(named).copied()?;
            is_free(records, at).then_some(at)
        });
        self.pair_each(Certainty::Certain, |file, records| {
            let same = file
                .digests
                .iter()
                .filter_map(|digest| by_digest.get(digest));
            same.flatten().copied().find(|at| is_free(records, *at))
        });
    }

    /// Pairs files of the same bytes: best with the same path, then with the same name, then with any.
    pub(super) fn match_bytes(&mut self) {
        let mut by_digest: HashMap<Digest, Vec<usize>> = HashMap::new();
        for (at, record) in self.records.iter().enumerate() {
            by_digest.entry(record.import.digest).or_default().push(at);
        }
        let is_alike: [fn(&NewFile, &Record) -> bool; 3] = [
            |file, record| record.is_gone && record.path == file.path,
            |file, record| record.is_gone && file_name(&record.path) == file_name(&file.path),
            |_, record| record.is_gone,
        ];
        let find = |file: &NewFile, records: &[Record], alike: fn(&NewFile, &Record) -> bool| {
            let mut same = file
                .digests
                .iter()
                .filter_map(|digest| by_digest.get(digest))
                .flatten();
            let is_free = |at: &&usize| {
                let record = records.get(**at);
                record.is_some_and(|record| !record.is_taken && alike(file, record))
            };
            same.find(is_free).copied()
        };
        for alike in is_alike {
            self.pair_each(Certainty::Certain, |file, records| {
                find(file, records, alike)
            });
        }
        self.pair_each(Certainty::Copy, |file, records| {
            find(file, records, |_, record| !record.is_gone)
        });
    }

    /// Pairs files of the same path where other files of the same folder were moved here, or where that folder is gone.
    pub(super) fn match_paths(&mut self) {
        let mut moved_from: HashSet<String> = self
            .pairs(Certainty::Certain)
            .map(|(_, record)| record.source.clone())
            .collect();
        let sources: HashSet<&str> = self.records.iter().map(|one| one.source.as_str()).collect();
        let gone = sources
            .into_iter()
            .filter(|source| is_gone(Path::new(source)));
        moved_from.extend(gone.map(str::to_owned));
        let mut by_path: HashMap<String, usize> = HashMap::new();
        for (at, record) in self.records.iter().enumerate() {
            if record.is_gone && moved_from.contains(&record.source) {
                by_path.insert(record.path.clone(), at);
            }
        }
        self.pair_each(Certainty::Changed, |file, records| {
            let at = by_path.get(&file.path).copied()?;
            records
                .get(at)
                .is_some_and(|record| !record.is_taken)
                .then_some(at)
        });
    }

    /// Returns whether files are left that continue no document so far.
    pub(super) fn has_unknown_files(&self) -> bool {
        self.files.iter().any(|file| file.continues.is_none())
    }

    /// Returns the documents whose files are gone and not in this tree.
    pub(super) fn gone_documents(&self) -> Vec<DocumentId> {
        let gone = self
            .records
            .iter()
            .filter(|record| record.is_gone && !record.is_taken);
        gone.map(|record| record.document).collect()
    }

    /// Pairs files whose titles are those of documents whose files are gone. Two files of one title say nothing.
    pub(super) fn match_titles(&mut self, slugs: &HashMap<String, DocumentId>) {
        let mut titled: HashMap<DocumentId, Vec<usize>> = HashMap::new();
        for (at, file) in self.files.iter().enumerate() {
            let unpaired = file.continues.is_none().then_some(file);
            let slug = unpaired.and_then(slug_of);
            if let Some(document) = slug.and_then(|slug| slugs.get(&slug)) {
                titled.entry(*document).or_default().push(at);
            }
        }
        for (document, files) in titled {
            let at = self.by_document.get(&document).and_then(|all| all.first());
            let found = at.and_then(|at| Some((*at, self.records.get(*at)?)));
            let Some((at, record)) = found.filter(|(_, record)| !record.is_taken) else {
                continue;
            };
            let mut said = self.said.iter();
            let certainty = if said.any(|folder| record.location.starts_with(folder)) {
                Certainty::Certain
            } else {
                Certainty::Changed
            };
            if let [file] = files.as_slice() {
                self.pair(*file, at, certainty);
            }
        }
    }

    fn pairs(&self, certainty: Certainty) -> impl Iterator<Item = (&NewFile, &Record)> {
        self.certainties
            .iter()
            .filter(move |(_, of)| *of == certainty)
            .filter_map(|(at, _)| {
                let file = self.files.get(*at)?;
                Some((file, self.records.get(file.continues?)?))
            })
    }

    /// Returns the question that a person has to answer, if there is one.
    ///
    /// Single files of the same bytes are often in several folders, such as a licence: copies matter if they are at least
    /// half of what is new. Titles matter if that is so, or if other files of the same folder were moved here.
    pub(super) fn doubt(&self) -> Option<ImportError> {
        // The operator has said what is the same; the rest is new.
        if !self.said.is_empty() {
            return None;
        }
        let is_half = |count: usize| count * 2 >= self.files.len();
        let moved_from: HashSet<&str> = self
            .pairs(Certainty::Certain)
            .map(|(_, record)| record.source.as_str())
            .collect();
        let copies: Vec<_> = self.pairs(Certainty::Copy).collect();
        let changed: Vec<_> = self.pairs(Certainty::Changed).collect();
        let copies_matter = self.are_mostly_alike || is_half(copies.len());
        let changes_matter = is_half(changed.len());
        let mut doubted: Vec<(&NewFile, &Record)> = Vec::new();
        doubted.extend(copies.into_iter().filter(|_| copies_matter));
        doubted.extend(
            changed.into_iter().filter(|(_, record)| {
                changes_matter || moved_from.contains(record.source.as_str())
            }),
        );
        if doubted.is_empty() {
            return None;
        }
        let mut folders: Vec<String> = doubted
            .iter()
            .map(|(_, record)| record.source.clone())
            .collect();
        folders.sort_unstable();
        folders.dedup();
        let paths: Vec<&str> = doubted.iter().map(|(file, _)| file.path.as_str()).collect();
        Some(ImportError::KnownElsewhere {
            files: named_files(&paths),
            folders,
        })
    }

    /// Adds the records of the certain pairs to those of this tree; returns the old ones.
    pub(super) fn take_over(
        self,
        recorded: &mut HashMap<String, Imported>,
    ) -> Vec<(String, String)> {
        let mut old = self.named.clone();
        for (file, record) in self.pairs(Certainty::Certain) {
            recorded.insert(file.path.clone(), as_changed(record.import.clone()));
            let others = self.by_document.get(&record.document).into_iter().flatten();
            let others = others.filter_map(|at| self.records.get(*at));
            old.extend(others.map(|other| (other.source.clone(), other.path.clone())));
        }
        old
    }
}

/// Returns the first of some files for a question.
pub(super) fn named_files(paths: &[&str]) -> String {
    let named = paths.iter().take(MAX_NAMED_FILES);
    let named: Vec<String> = named.map(|path| format!("`{path}`")).collect();
    let more = paths.len() - named.len();
    let more = (more > 0).then(|| format!(" and {more} more"));
    let text = format!("{}{}", named.join(", "), more.unwrap_or_default());
    patient_data::shown_file_name(&text).into_owned()
}

/// Returns the words of a file's title in addresses; `None` if it cannot be read.
fn slug_of(file: &NewFile) -> Option<String> {
    let bytes = tree::read(&file.location).ok()?;
    let decoded = tree::decode(&bytes).ok()?;
    let parsed = tree::parse(&decoded.text, &file.path);
    Some(Slug::from_title(&parsed.draft.title).as_str().to_owned())
}
