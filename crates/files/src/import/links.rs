//! Turns links between the files of a tree into links between documents, and back again.
//!
//! In a stored text a link to a document of the same node is `/d/<id>`, which stays right when its title, address or
//! file changes. Links to anything else stay as they are.

use std::{collections::HashMap, path::Path};

use markdown::DOCUMENT_LINK;
use percent_encoding::percent_decode_str;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use wire::DocumentId;

use super::{
    addresses::{Addresses, in_tree},
    parts::{NoSuchPart, Pages},
};
use crate::tree::MarkdownFile;

mod meant;
mod restored;

pub(crate) use restored::restore_links;

/// Beginning of a link to what is not published. Pages show such a link as text.
pub(super) const MISSING_PREFIX: &str = "missing:";
/// Links of one file that are looked up on the disk.
const MAX_LOOKED_UP: usize = 1_000;
/// File names of the page that belongs to a folder itself.
const INDEX_NAMES: [&str; 7] = [
    "index.md",
    "index.html.md",
    "README.md",
    "_index.md",
    "readme.md",
    "index.mdx",
    "index.markdown",
];
pub(super) const ENDINGS: [&str; 4] = [".md", ".markdown", ".mdx", ".html.md"];

/// Maps the files of a tree to their documents.
#[derive(Debug, Clone, Default)]
pub(super) struct Targets {
    by_path: HashMap<String, DocumentId>,
    /// Paths by their lower case: links often get it wrong, since some file systems ignore case.
    by_lower_case: HashMap<String, Spelling>,
    /// Paths by the name of their file in lower case, without its ending.
    by_name: HashMap<String, Vec<String>>,
    /// Paths by the addresses of their pages.
    addresses: Addresses,
    /// The parts of their pages.
    pages: Pages,
}

/// The exact path behind a path in lower case.
#[derive(Debug, Clone)]
enum Spelling {
    One(String),
    Several,
}

impl Targets {
    /// Adds a file and its document.
    pub(super) fn insert(&mut self, path: impl Into<String>, id: DocumentId) {
        let path = normalised(&path.into());
        if !self.by_path.contains_key(&path) {
            self.by_name
                .entry(name_of(&path))
                .or_default()
                .push(path.clone());
        }
        self.by_lower_case
            .entry(path.to_lowercase())
            .and_modify(|spelling| {
                if !matches!(spelling, Spelling::One(held) if *held == path) {
                    *spelling = Spelling::Several;
                }
            })
            .or_insert_with(|| Spelling::One(path.clone()));
        self.addresses.insert_path(&path);
        self.by_path.insert(path, id);
    }

    /// Adds the addresses that the front matter of a file gives its page.
    pub(super) fn insert_addresses(&mut self, path: &str, addresses: &[String]) {
        self.addresses.insert_named(&normalised(path), addresses);
    }

    /// Adds a file that can be read, and its document.
    pub(super) fn insert_file(&mut self, file: &MarkdownFile, id: DocumentId) {
        self.insert(file.path.clone(), id);
        self.pages.locate(normalised(&file.path), &file.location);
    }

    /// Returns the fragment, with its `#`, of the part of a file that a link to `fragment` means.
    pub(super) fn part(&self, path: &str, fragment: &str) -> Result<String, NoSuchPart> {
        self.pages.part(path, fragment)
    }

    /// Returns the title of a file that can be read.
    pub(super) fn title(&self, path: &str) -> Option<String> {
        self.title_of_part(path, "")
    }

    /// Returns the heading that a link to a part of a file means, or the title of the file.
    pub(super) fn title_of_part(&self, path: &str, fragment: &str) -> Option<String> {
        self.pages.title(&normalised(path), fragment)
    }

    /// Returns the document of a file.
    #[must_use]
    pub(super) fn document(&self, path: &str) -> Option<DocumentId> {
        self.by_path.get(&normalised(path)).copied()
    }

    /// Returns the link to a document; `fragment` has its `#`.
    #[must_use]
    pub(super) fn link_to(id: DocumentId, fragment: &str) -> String {
        format!("{DOCUMENT_LINK}{id}{fragment}")
    }

    /// Finds the file that a wiki link in the file `from` names: by its path, or by the end of its path if only one file
    /// has it. Of several files of one name it is the one in the same folder.
    #[must_use]
    pub(super) fn named(&self, from: &str, name: &str) -> Option<String> {
        let name = normalised(name.trim()).to_lowercase();
        let name = name.trim_start_matches('/');
        let wanted = ENDINGS
            .iter()
            .find_map(|ending| name.strip_suffix(ending))
            .unwrap_or(name);
        let is_it = |path: &&String| {
            let path = path.to_lowercase();
            let stem = ENDINGS
                .iter()
                .find_map(|ending| path.strip_suffix(ending))
                .unwrap_or(&path);
            let before = stem.strip_suffix(wanted);
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let of_name = self.by_name.get(&name_of(name))?;
        let mut found: Vec<&String> = of_name.iter().filter(is_it).collect();
        if found.is_empty() {
            // Wikis write `Bed-board.md` for Bed board.
            let is_alike = |path: &&String| {
                let path = unspaced(path);
                let before = path.strip_suffix(&unspaced(wanted));
                before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
            };
            found = of_name.iter().filter(is_alike).collect();
        }
        if let [only] = found.as_slice() {
            return Some((*only).clone());
        }
        let folder = |path: &str| {
            path.rsplit_once('/')
                .map_or(String::new(), |(folder, _)| folder.to_owned())
        };
        let same = found.iter().find(|path| folder(path) == folder(from));
        let whole = found.iter().find(|path| {
            name_of(path) == name_of(wanted) && folder(path).to_lowercase() == folder(wanted)
        });
        same.or(whole).map(|path| (*path).clone())
    }

    /// Resolves a link in the file `from`: returns the path of its target file, and the fragment with its `#`. Of several
    /// pages of one address it is the only one whose document readers of the link may read, as `is_open` says.
    pub(super) fn resolve<'u>(
        &self,
        from: &str,
        url: &'u str,
        is_open: impl Fn(DocumentId) -> bool,
    ) -> Option<(String, &'u str)> {
        let (paths, fragment) = self.resolve_all(from, url)?;
        let [only] = paths.as_slice() else {
            let mut open = paths
                .iter()
                .filter(|path| self.document(path).is_some_and(&is_open));
            let first = open.next().filter(|_| open.next().is_none())?;
            return Some((first.clone(), fragment));
        };
        Some((only.clone(), fragment))
    }

    /// Returns the paths of all files that a link may mean, and its fragment with its `#`.
    fn resolve_all<'u>(&self, from: &str, url: &'u str) -> Option<(Vec<String>, &'u str)> {
        let path = file_path(url)?;
        let fragment = url
            .find('#')
            .and_then(|at| url.get(at..))
            .unwrap_or_default();
        let path = &*in_tree(path);
        let wanted = || {
            base_folders(from, path).into_iter().flat_map(|base| {
                joined(base, path)
                    .into_iter()
                    .flat_map(|wanted| candidates(&normalised(&wanted), path.ends_with('/')))
            })
        };
        let exact = wanted().find(|path| self.by_path.contains_key(path));
        let found = exact.or_else(|| wanted().find_map(|path| self.ignoring_case(&path)));
        let found = match found {
            Some(path) => vec![path],
            None => self.addresses.find(from, path).to_vec(),
        };
        let found = match found.as_slice() {
            [] => self.meant(from, path).into_iter().collect(),
            _ => found,
        };
        (!found.is_empty()).then_some((found, fragment))
    }

    fn ignoring_case(&self, path: &str) -> Option<String> {
        match self.by_lower_case.get(&path.to_lowercase())? {
            Spelling::One(path) => Some(path.clone()),
            Spelling::Several => None,
        }
    }

    /// Returns whether there are no files.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// Returns whether a text in the file `from` links to one of these files.
    #[must_use]
    pub(super) fn is_linked(&self, md: &str, from: &str) -> bool {
        !self.is_empty()
            && (may_name_files(md)
                || markdown::links(md)
                    .iter()
                    .any(|link| self.resolve_all(from, &link.url).is_some()))
    }
}

/// Returns whether a text may link to files by marks of other programs.
fn may_name_files(md: &str) -> bool {
    md.contains("[[") || md.contains("{{") || md.contains("{%")
}

/// Returns a name in its composed form: a Mac writes `é` as two characters, and links have one.
pub(crate) fn normalised(name: &str) -> String {
    if is_nfc(name) {
        return name.to_owned();
    }
    name.nfc().collect()
}

/// Returns the name of a file in lower case, without its ending.
fn name_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    unspaced(&name)
}

/// Returns a path in lower case without its ending, with a hyphen for each space and low line.
fn unspaced(path: &str) -> String {
    let path = path.to_lowercase();
    let stem = ENDINGS
        .iter()
        .rev()
        .find_map(|ending| path.strip_suffix(ending));
    stem.unwrap_or(&path).replace([' ', '_'], "-")
}

/// Returns the relative links of a file in a folder that lead to no file, each once. Links from the root of a site are
/// not looked at: one file does not say where that is.
pub(super) fn absent_files(md: &str, folder: &Path) -> Vec<String> {
    let mut absent = Vec::new();
    for link in markdown::links(md).into_iter().take(MAX_LOOKED_UP) {
        let path = file_path(&link.url);
        let path = path.filter(|path| !link.image && !path.starts_with(['/', '\\']));
        let path = path.and_then(|path| percent_decode_str(path).decode_utf8().ok());
        let Some(path) = path.map(|path| path.replace('\\', "/")) else {
            continue;
        };
        let mut wanted = candidates(path.trim_end_matches('/'), path.ends_with('/')).into_iter();
        if !wanted.any(|wanted| folder.join(wanted).is_file()) && !absent.contains(&link.url) {
            absent.push(link.url);
        }
    }
    absent
}

/// Returns the names of the files that a text links to, in lower case and without extension.
#[must_use]
pub(crate) fn linked_file_names(md: &str) -> Vec<String> {
    let links = markdown::links(md);
    let written = |link: &'_ markdown::Link| link.url.trim_start_matches(MISSING_PREFIX).to_owned();
    let urls: Vec<String> = links.iter().map(written).collect();
    let paths = urls.iter().filter_map(|url| file_path(url));
    let names = paths
        .filter(|path| !path.starts_with(DOCUMENT_LINK))
        .filter_map(|path| {
            let path = percent_decode_str(path).decode_utf8().ok()?.to_lowercase();
            let name = path.rsplit(['/', '\\']).find(|part| !part.is_empty())?;
            Some(
                name.rsplit_once('.')
                    .map_or(name, |(name, _)| name)
                    .to_owned(),
            )
        });
    names.collect()
}

/// Returns the path of a link to a file: without scheme or host, and not only a fragment or a query.
pub(crate) fn file_path(url: &str) -> Option<&str> {
    let end = url.find(['#', '?']).unwrap_or(url.len());
    let path = url.get(..end)?;
    let scheme = path.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
    });
    (!path.is_empty() && !scheme && !path.starts_with("//") && !path.starts_with("\\\\"))
        .then_some(path)
}

/// Returns the folders that a link may be relative to. This is the folder of its file; for a link from the site's root
/// it is the root of the tree and then every folder down to the file, since a tree often holds the site in a subfolder.
pub(crate) fn base_folders<'a>(from: &'a str, link: &str) -> Vec<&'a str> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    if !link.starts_with('/') {
        return vec![folder];
    }
    let above = folder
        .match_indices('/')
        .filter_map(|(at, _)| folder.get(..at));
    std::iter::once("").chain(above).chain([folder]).collect()
}

/// Joins a link to a folder; `None` if it leaves the tree.
pub(crate) fn joined(folder: &str, link: &str) -> Option<String> {
    let link = percent_decode_str(link)
        .decode_utf8()
        .ok()?
        .replace('\\', "/");
    let parts = folder.split('/').chain(link.split('/'));
    let mut out: Vec<&str> = Vec::new();
    for part in parts {
        match part {
            "" | "." => {}
            ".." => {
                out.pop()?;
            }
            part => out.push(part),
        }
    }
    Some(out.join("/"))
}

/// Returns the files that a link to a path may mean, the most likely first.
fn candidates(path: &str, is_folder: bool) -> Vec<String> {
    let stem = path
        .strip_suffix(".html")
        .or_else(|| path.strip_suffix(".htm"));
    let mut all = Vec::new();
    if !is_folder && !path.is_empty() {
        all.push(path.to_owned());
        for stem in stem.iter().chain(&[path]) {
            all.extend(ENDINGS.iter().map(|ending| format!("{stem}{ending}")));
        }
        // What is served as `guide/index.html` is often written as `guide/README.md`.
        if let Some(folder) = path.strip_suffix("index.html") {
            all.extend(INDEX_NAMES.iter().map(|index| format!("{folder}{index}")));
        }
    }
    let folder = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    all.extend(INDEX_NAMES.iter().map(|index| format!("{folder}{index}")));
    if is_folder && !path.is_empty() {
        // Some write a slash between the name of a file and the part of its page.
        if ENDINGS.iter().any(|ending| path.ends_with(ending)) {
            all.push(path.to_owned());
        }
        all.extend(ENDINGS.iter().map(|ending| format!("{path}{ending}")));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{restored::relative_link, *};

    const A: &str = "01996c5e-8a00-7000-8000-00000000000a";
    const B: &str = "01996c5e-8a00-7000-8000-00000000000b";
    const I: &str = "01996c5e-8a00-7000-8000-00000000000c";

    fn id(text: &str) -> DocumentId {
        DocumentId::parse(text).unwrap()
    }

    fn targets() -> Targets {
        let mut targets = Targets::default();
        targets.insert("guide/a.md", id(A));
        targets.insert("guide/deep/b b.markdown", id(B));
        targets.insert("guide/README.md", id(I));
        targets.insert("guide/e\u{301}te\u{301}.md", id(B));
        targets.insert("guide/sub/index.html.md", id(I));
        targets.insert("guide/page.html.md", id(A));
        targets.insert("guide/twice.md", id(A));
        targets.insert("guide/Twice.md", id(B));
        targets
    }

    /// Rewrites as an import does, where every document may be read.
    fn rewrite(targets: &Targets, md: &str, from: &str) -> String {
        let listed = crate::attached::ListedPaths::default();
        crate::import::body::published_text(md, None, (from, &listed), targets, |_| true).md
    }

    #[test]
    fn links_find_their_file_in_each_way_of_writing_them() {
        for (from, url, to) in [
            ("guide/deep/x.md", "../a.md", Some(A)),
            ("guide/deep/x.md", "..\\a.md", Some(A)),
            ("guide/x.md", "a.md#part", Some(A)),
            ("guide/x.md", "./a.md?plain=1#part", Some(A)),
            ("guide/x.md", "a", Some(A)),
            ("guide/x.md", "../Guide/A.md", Some(A)),
            ("guide/x.md", "TWICE.md", None),
            ("guide/x.md", "Twice.md", Some(B)),
            ("guide/x.md", "a.html", Some(A)),
            ("guide/x.md", "a/", Some(A)),
            ("guide/x.md", "deep/b%20b.markdown", Some(B)),
            ("guide/x.md", "deep/b b", Some(B)),
            ("elsewhere/x.md", "/guide/a.md", Some(A)),
            ("guide/deep/x.md", "/deep/b%20b", Some(B)),
            ("elsewhere/x.md", "/deep/b%20b", None),
            ("x.md", "guide", Some(I)),
            ("x.md", "guide/", Some(I)),
            ("x.md", "guide/index.html", Some(I)),
            ("guide/x.md", ".", Some(I)),
            ("guide/deep/x.md", "..", Some(I)),
            ("guide/x.md", "picture.png", None),
            ("guide/x.md", "e\u{301}te\u{301}.md", Some(B)),
            ("guide/x.md", "%C3%A9t%C3%A9.md", Some(B)),
            ("guide/x.md", "sub/", Some(I)),
            ("guide/x.md", "page.html", Some(A)),
            ("guide/x.md", "../../a.md", None),
            ("guide/x.md", "https://a.md", None),
            ("guide/x.md", "mailto:a.md", None),
            ("guide/x.md", "//guide/a.md", None),
            ("guide/x.md", "#a.md", None),
            ("guide/x.md", "", None),
            ("guide/x.md", "%ff.md", None),
        ] {
            let targets = targets();
            let found = targets
                .resolve(from, url, |_| true)
                .and_then(|(path, _)| targets.document(&path));
            assert_eq!(found, to.map(id), "{url} in {from}");
        }
    }

    #[test]
    fn links_find_the_addresses_that_dialects_give_their_pages() {
        let mut targets = targets();
        targets.insert("01-intro.md", id(A));
        targets.insert("docs/02-setup/03-install.mdx", id(B));
        targets.insert("docs/x.md", id(I));
        targets.insert("content/blog/c.md", id(B));
        for (path, addresses) in [
            (
                "guide/a.md",
                &["/custom-slug", "/perma/link/", "/my/url.html"][..],
            ),
            ("docs/x.md", &["slugged", "/old/path", "/both"]),
            ("content/blog/c.md", &["/both"]),
        ] {
            let addresses: Vec<String> = addresses.iter().map(|one| (*one).to_owned()).collect();
            targets.insert_addresses(path, &addresses);
        }
        for (from, url, to) in [
            ("y.md", "./intro", Some(A)),
            ("y.md", "intro.md", Some(A)),
            ("y.md", "01-intro", Some(A)),
            ("y.md", "docs/setup/install", Some(B)),
            ("docs/y.md", "./setup/install.md#part", Some(B)),
            ("docs/y.md", "02-setup/install", Some(B)),
            ("docs/y.md", "/custom-slug", Some(A)),
            ("y.md", "/perma/link/", Some(A)),
            ("y.md", "/perma/link", Some(A)),
            ("y.md", "/perma/link/index.html", Some(A)),
            ("y.md", "/My/URL", Some(A)),
            ("docs/y.md", "slugged", Some(I)),
            ("y.md", "docs/slugged/", Some(I)),
            ("y.md", "/old/path", Some(I)),
            ("y.md", "/both", None),
            ("docs/y.md", "../x/", Some(I)),
            ("docs/y.md", "../x", Some(I)),
            ("docs/y.md", "../../x.md", None),
            ("content/y.md", "docs/x.md", Some(I)),
            ("content/y.md", "c.md", Some(B)),
            ("docs/y.md", "../readme.md", None),
            ("y.md", "slugged", None),
            ("content/y.md", "@/blog/c.md", Some(B)),
            ("content/blog/y.md", "{filename}c.md", Some(B)),
            ("content/y.md", "{filename}/blog/c.md", Some(B)),
            ("content/y.md", "%7Bfilename%7Dblog/c.md", Some(B)),
            ("content/blog/y.md", "|filename|c.md", Some(B)),
            ("y.md", "@site/guide/a.md", Some(A)),
        ] {
            let found = targets
                .resolve(from, url, |_| true)
                .and_then(|(path, _)| targets.document(&path));
            assert_eq!(found, to.map(id), "{url} in {from}");
        }
        // A draft takes no address from the page that has it too.
        let found = targets.resolve("y.md", "/both", |document| document == id(B));
        let found = found.and_then(|(path, _)| targets.document(&path));
        assert_eq!(found, Some(id(B)));
    }

    #[test]
    fn only_links_to_documents_change_and_are_restored() {
        let md = "See [a](a.md#one), [b][1] and ![picture](a.png), `[code](a.md)`, [out](https://x.example/a.md).\n\n[1]: <deep/b%20b.markdown> \"Title\"\n\n<a href=\"a.md\">html</a>, [me](x.md#part).\n";
        let mut targets = targets();
        targets.insert("guide/x.md", id("01996c5e-8a00-7000-8000-00000000000d"));
        let rewritten = rewrite(&targets, md, "guide/x.md");
        let expected = format!(
            "See [a](/d/{A}#one), [b][1] and ![picture](a.png), `[code](a.md)`, [out](https://x.example/a.md).\n\n[1]: </d/{B}> \"Title\"\n\n<a href=\"/d/{A}\">html</a>, [me](#part).\n"
        );
        assert_eq!(rewritten, expected);
        assert!(
            targets.is_linked(md, "guide/x.md") && !Targets::default().is_linked(md, "guide/x.md")
        );
        let files = [
            (id(A), "case-studies/a.md".to_owned()),
            (id(B), "pages/b.md".to_owned()),
        ]
        .into();
        let restored = restore_links(&rewritten, "pages/x.md", &files);
        assert!(
            restored.contains("(../case-studies/a.md#one)") && restored.contains("<b.md>"),
            "{restored}"
        );
        let mut elsewhere = Targets::default();
        elsewhere.insert("case-studies/a.md", id(A));
        elsewhere.insert("pages/b.md", id(B));
        assert_eq!(rewrite(&elsewhere, &restored, "pages/x.md"), rewritten);
    }

    proptest::proptest! {
        #[test]
        fn a_relative_link_leads_to_its_file(from in "[a-c]{1,2}(/[a-c]{1,2}){0,3}", to in "[a-c]{1,2}(/[a-c]{1,2}){0,3}") {
            proptest::prop_assert_eq!(joined(from.rsplit_once('/').map_or("", |(folder, _)| folder), &relative_link(&from, &to)), Some(to));
        }

        #[test]
        fn no_link_panics(from in "[a-c./\\\\]{0,9}", url in "[a-c./\\\\#?:%0-9]{0,12}") {
            let _ = targets().resolve(&from, &url, |_| true);
        }

        #[test]
        fn a_text_without_links_to_the_tree_stays(md in "\\PC{0,200}") {
            proptest::prop_assert_eq!(restore_links(&rewrite(&Targets::default(), &md, "x.md"), "x.md", &HashMap::new()), md);
        }
    }
}
