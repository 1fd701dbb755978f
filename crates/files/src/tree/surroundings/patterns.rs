//! Patterns in the form of `.gitignore` that name files which are not published.

use std::path::{Path, PathBuf};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::Sign;

/// Which program the patterns are for. One file takes back what another says only for the same program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `.gitignore`.
    Git,
    /// `.wardroundignore`.
    Import,
    /// A generator, by one of its keys.
    Generator(&'static str),
}

/// The patterns of one file, or of one of its keys.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    pub(super) kind: Kind,
    base: PathBuf,
    shown: String,
    /// Each pattern as it was given to the matcher, with its line; 0 for what its program always leaves out.
    lines: Vec<(String, u32)>,
    matcher: Gitignore,
    /// Why they are not known, so that every file below `base` is kept back.
    unread: Option<String>,
}

impl Patterns {
    /// Returns patterns that are relative to `base`. `lines` has each with its number in the file `shown`.
    pub(super) fn new(kind: Kind, shown: &str, base: &Path, lines: Vec<(String, u32)>) -> Self {
        let mut builder = GitignoreBuilder::new(base);
        let mut unread = None;
        for (pattern, line) in &lines {
            // Other programs take a pattern that they cannot read for none. Our own says that its file was not understood.
            let is_wrong = builder.add_line(None, pattern).is_err()
                || pattern.contains(char::REPLACEMENT_CHARACTER) && !pattern.starts_with('#');
            if is_wrong && kind == Kind::Import {
                unread.get_or_insert_with(|| {
                    let pattern = patient_data::shown_file_name(pattern.trim());
                    format!("`{shown}`, line {line}, is no pattern (`{pattern}`)")
                });
            }
        }
        let matcher = builder.build().unwrap_or_else(|_| {
            unread = Some(format!("`{shown}` has too many patterns"));
            Gitignore::empty()
        });
        Self {
            kind,
            base: base.to_path_buf(),
            shown: shown.to_owned(),
            lines,
            matcher,
            unread,
        }
    }

    /// Returns the patterns of a `.gitignore` or `.wardroundignore`.
    pub(super) fn of_ignore_file(sign: &Sign<'_>) -> Self {
        let kind = match sign.name {
            ".gitignore" => Kind::Git,
            _ => Kind::Import,
        };
        let lines = sign.text.lines().map(str::to_owned).zip(1..).collect();
        Self::new(kind, sign.shown, sign.folder, lines)
    }

    /// Returns whether a folder itself is named, or one above it.
    pub(super) fn names_folder(&self, folder: &Path) -> bool {
        folder.starts_with(&self.base)
            && self.unread.is_none()
            && self
                .matcher
                .matched_path_or_any_parents(folder, true)
                .is_ignore()
    }

    /// Returns what is said of a file: which line keeps it back, or that one takes that back.
    pub(super) fn says(&self, location: &Path) -> Option<Result<String, ()>> {
        // The matcher asks for a path below its own.
        if !location.starts_with(&self.base) {
            return None;
        }
        if let Some(unread) = &self.unread {
            let says = "until that is corrected, all files of its folder are kept back";
            return Some(Ok(format!("{unread}; {says}")));
        }
        let glob = match self.matcher.matched_path_or_any_parents(location, false) {
            Match::None => return None,
            Match::Whitelist(_) => return Some(Err(())),
            Match::Ignore(glob) => glob,
        };
        if matches!(self.kind, Kind::Generator(_)) && is_about_repository(location) {
            return None;
        }
        let pattern = glob.original();
        let line = self
            .lines
            .iter()
            .rev()
            .find(|(line, _)| line.trim() == pattern.trim())
            .filter(|(_, line)| *line > 0);
        let line = line.map_or_else(String::new, |(_, line)| format!(", line {line}"));
        let key = match self.kind {
            Kind::Generator(key) => format!(" ({key})"),
            Kind::Git | Kind::Import => String::new(),
        };
        let pattern = pattern.trim_start_matches("**/").trim_start_matches('/');
        Some(Ok(format!(
            "`{}`{line}{key}, keeps the file back by `{pattern}`",
            self.shown
        )))
    }
}

/// Returns whether a file is about its repository, which generators leave out and anyone may read.
fn is_about_repository(location: &Path) -> bool {
    let stem = location.file_stem().unwrap_or_default().to_string_lossy();
    matches!(
        stem.to_lowercase().as_str(),
        "readme"
            | "license"
            | "licence"
            | "contributing"
            | "changelog"
            | "history"
            | "code_of_conduct"
            | "security"
    )
}
