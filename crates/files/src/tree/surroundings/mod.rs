//! What other files and folders say about a file: `.gitignore`, the configuration of a generator, the keys that a folder hands
//! down, a README that speaks for its folder, and the names of the folders around it.
//!
//! A file that says `visibility: public` itself is its author's word about this file, and comes before all of these. Rules of
//! files above the given folder count as well: most people import the folder `docs`, next to `mkdocs.yml`.

mod configs;
mod inherited;
mod patterns;
mod programs;
mod signs;

use std::{
    cmp::Reverse,
    fs,
    path::{Component, Path, PathBuf},
};

use domain::{Fault, is_closed_folder, spoken_for_folder, value::Map};
use wire::Date;

use super::{MarkdownFile, front::front_map};
use inherited::Inherited;
use patterns::Patterns;
pub(crate) use signs::{Signs, is_sign};

/// Folders above the given one in which the beginning of its repository is looked for.
const MAX_ABOVE: usize = 8;
/// Where the system itself has a folder of this name: macOS, and systemd for services with a user of their own.
const OF_SYSTEM: [&str; 4] = [
    "/private",
    "/var/lib/private",
    "/var/cache/private",
    "/var/log/private",
];

/// What is said about the files of a tree outside of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// The given folder, or one above it, whose name says that its files are not for everyone.
    closed: Option<String>,
    /// Deeper ones first, since they decide.
    patterns: Vec<Patterns>,
    inherited: Vec<Inherited>,
    spoken: Vec<Spoken>,
    unread: Vec<Unread>,
}

/// A folder of which it is not known what is said about its files.
#[derive(Debug, Clone)]
struct Unread {
    folder: PathBuf,
    says: String,
}

impl Unread {
    fn file(folder: &Path, shown: &str, reason: &str) -> Self {
        Self {
            folder: folder.to_path_buf(),
            says: format!(
                "`{shown}` may say which files are not published, and cannot be read: {reason}; until it can, all files of its folder are kept back"
            ),
        }
    }

    fn listing((folder, reason): &(PathBuf, String)) -> Self {
        let shown = folder.display().to_string();
        Self {
            folder: folder.clone(),
            says: format!(
                "files of `{}` may say which files are not published, and that folder cannot be listed: {reason}; give this user permission to list it, or use `--folder-is-public` if everyone may read the files",
                patient_data::shown_file_name(&shown)
            ),
        }
    }
}

/// What a file says for all files of its folder.
#[derive(Debug, Clone)]
struct Spoken {
    folder: PathBuf,
    shown: String,
    line: u32,
    words: String,
}

/// A file that may say something about others.
struct Sign<'a> {
    folder: &'a Path,
    name: &'a str,
    shown: &'a str,
    text: &'a str,
}

impl Surroundings {
    /// Reads what is said about the files below `root`. `signs` are those files of its tree that [`is_sign`] names;
    /// `is_confirmed` says that a person has decided that the folder is for everyone, whatever its name and whatever is
    /// above it that cannot be listed.
    pub(crate) fn read(root: &Path, signs: &Signs, is_confirmed: bool) -> Self {
        let mut read = Self::default();
        let above = folders_above(root);
        let mut signs = signs.clone();
        for folder in &above {
            signs.add_folder(folder);
        }
        if !is_confirmed {
            read.closed = closed_folder(root);
            read.unread
                .extend(signs.unlisted.iter().map(Unread::listing));
        }
        let within = above.last().map_or(root, PathBuf::as_path);
        let within = fs::canonicalize(within).unwrap_or_else(|_| within.to_path_buf());
        let mut all = signs.files;
        // Deeper ones first.
        all.sort_by_key(|sign| Reverse(sign.components().count()));
        let is_hugo = all.iter().any(|sign| configs::is_of_hugo(&name_of(sign)))
            || root.iter().any(|name| name == "content");
        for location in &all {
            read.add(root, &within, location, is_hugo);
        }
        read
    }

    /// Reads what is said about one file without its tree: `source` is the folder whose import has recorded the file, or its
    /// own folder. What the folders in between say counts, too.
    pub(crate) fn read_for_file(location: &Path, source: &Path) -> Self {
        let folder = location.parent().unwrap_or(location);
        let root = if folder.starts_with(source) {
            source
        } else {
            folder
        };
        let mut signs = Signs::in_folder(folder);
        let is_within = |above: &&Path| above.starts_with(root);
        for above in folder.ancestors().skip(1).take_while(is_within) {
            signs.add_folder(above);
        }
        Self::read(root, &signs, false)
    }

    fn add(&mut self, root: &Path, within: &Path, location: &Path, is_hugo: bool) {
        let name = name_of(location).to_lowercase();
        let shown = signs::shown_in(root, location);
        let folder = location.parent().unwrap_or(root);
        let text = match signs::text(location, within) {
            Ok(Some(text)) => text,
            Ok(None) => return,
            Err(reason) => return self.unread.push(Unread::file(folder, &shown, &reason)),
        };
        let sign = Sign {
            folder,
            name: &name,
            shown: &shown,
            text: text.trim_start_matches('\u{feff}'),
        };
        if name.ends_with("ignore") {
            let patterns = Patterns::of_ignore_file(&sign);
            // Who gives a folder to be imported that its repository leaves out, such as one that a program has made, has
            // decided about it.
            if location.starts_with(root) || !patterns.names_folder(root) {
                self.patterns.push(patterns);
            }
        } else if signs::speaks(&name) {
            self.add_spoken(&sign);
            let is_hugo = is_hugo || location.iter().any(|part| part == "content");
            match inherited::of_page(&sign, is_hugo) {
                Ok(inherited) => self.inherited.extend(inherited),
                Err(reason) => self.unread.push(Unread::file(folder, &shown, &reason)),
            }
        } else {
            match configs::read(&sign) {
                Ok((patterns, inherited)) => {
                    self.patterns.extend(patterns);
                    self.inherited.extend(inherited);
                }
                Err(reason) => {
                    let folder = configs::folder_of(&sign);
                    self.unread.push(Unread::file(&folder, &shown, &reason));
                }
            }
        }
    }

    fn add_spoken(&mut self, sign: &Sign<'_>) {
        self.spoken
            .extend(spoken_for_folder(sign.text).map(|(line, words)| Spoken {
                folder: sign.folder.to_path_buf(),
                shown: sign.shown.to_owned(),
                line,
                words,
            }));
    }

    /// Returns why a file is not published, by what is said about it elsewhere; `text` is its own.
    pub(crate) fn held_back(&self, file: &MarkdownFile, text: &str, today: Date) -> Option<Fault> {
        let mut read = None;
        let mut own = || {
            read.get_or_insert_with(|| front_map(text).unwrap_or_default())
                .clone()
        };
        let says = self
            .unread(&file.location)
            .or_else(|| self.named(&file.location))
            .or_else(|| self.inherited_by(&file.location, &mut own, today))
            .or_else(|| self.spoken_for(&file.location))
            .or_else(|| later_post(&file.path, &mut own, today))
            .or_else(|| self.in_closed_folder())?;
        let is_public = own().iter().any(|(key, node)| {
            let value = node.value.as_text().unwrap_or_default();
            key == "visibility" && value.trim().eq_ignore_ascii_case("public")
        });
        let text = format!(
            "{says}; if everyone may read this file, write `visibility: public` into its front matter"
        );
        (!is_public).then(|| Fault::new("", None, text))
    }

    fn unread(&self, location: &Path) -> Option<String> {
        let mut unread = self.unread.iter();
        let found = unread.find(|unread| location.starts_with(&unread.folder))?;
        Some(found.says.clone())
    }

    fn named(&self, location: &Path) -> Option<String> {
        let mut kinds_decided = Vec::new();
        for patterns in &self.patterns {
            if kinds_decided.contains(&patterns.kind) {
                continue;
            }
            match patterns.says(location) {
                Some(Ok(says)) => return Some(says),
                // What a deeper file takes back, the ones above do not say again.
                Some(Err(())) => kinds_decided.push(patterns.kind),
                None => {}
            }
        }
        None
    }

    /// `own` returns the keys of the file, which come before those that it is handed.
    fn inherited_by(
        &self,
        location: &Path,
        own: &mut impl FnMut() -> Map,
        today: Date,
    ) -> Option<String> {
        let rules = self.inherited.iter();
        let rules: Vec<&Inherited> = rules.filter(|rule| rule.concerns(location)).collect();
        if rules.is_empty() {
            return None;
        }
        let mut known: Vec<String> = own().into_iter().map(|(key, _)| key).collect();
        for rule in rules {
            if let Some(says) = rule.says(&known, today) {
                return Some(says);
            }
            known.extend(rule.map.iter().map(|(key, _)| key.clone()));
        }
        None
    }

    fn spoken_for(&self, location: &Path) -> Option<String> {
        let spoken = self.spoken.iter();
        let found = spoken
            .into_iter()
            .find(|spoken| location.starts_with(&spoken.folder))?;
        Some(format!(
            "`{}`, line {}, says of the files of its folder: `{}`",
            found.shown, found.line, found.words
        ))
    }

    fn in_closed_folder(&self) -> Option<String> {
        let folder = self.closed.as_ref()?;
        Some(format!(
            "the file is in the folder `{folder}`; import that folder with `--folder-is-public` if everyone may read its files"
        ))
    }
}

/// Returns the day of a post of Jekyll, which is in the name of its file, if that is in the future.
fn later_post(path: &str, own: &mut impl FnMut() -> Map, today: Date) -> Option<String> {
    /// Characters of `2099-05-03`.
    const DAY: usize = 10;
    let (folders, name) = path.rsplit_once('/')?;
    let day = Date::parse(name.get(..DAY)?)?;
    let is_later = day > today && folders.split('/').any(|folder| folder == "_posts");
    let mut has_date = || own().iter().any(|(key, _)| key == "date");
    (is_later && !has_date())
        .then(|| format!("the name of the file says {day}, and the file is kept back until then"))
}

/// Returns the name of the given folder, or of one above it, that says that its files are not for everyone. Where a repository
/// lies says nothing of its files.
fn closed_folder(root: &Path) -> Option<String> {
    let inner = root.ancestors().position(is_repository);
    let mut folders = root
        .ancestors()
        .take(inner.map_or(usize::MAX, |end| end + 1));
    let found = folders.find(|folder| {
        let is_of_system = OF_SYSTEM.iter().any(|system| *folder == Path::new(system));
        let is_closed = |name: &std::ffi::OsStr| is_closed_folder(&name.to_string_lossy());
        !is_of_system && folder.file_name().is_some_and(is_closed)
    })?;
    let shown = found.display().to_string();
    Some(patient_data::shown_file_name(&shown).into_owned())
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// Returns the folders above one that may speak for it: those of its repository, or the next one if it is in none.
fn folders_above(root: &Path) -> Vec<PathBuf> {
    if is_repository(root) {
        return Vec::new();
    }
    let above: Vec<&Path> = root.ancestors().skip(1).take(MAX_ABOVE).collect();
    let end = above.iter().position(|folder| is_repository(folder));
    // The root of the file system belongs to no one's texts.
    let count = end.map_or(1, |end| end + 1);
    let is_named = |folder: &&Path| {
        folder
            .components()
            .any(|part| matches!(part, Component::Normal(_)))
    };
    let above = above.into_iter().take(count).filter(is_named);
    above.map(Path::to_path_buf).collect()
}

fn name_of(location: &Path) -> String {
    let name = location.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
