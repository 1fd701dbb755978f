//! Links to attached files by their paths: `[counts](data/counts.csv)` leads to the file that is listed as that, once it
//! has its name as an attachment.

use domain::{Attachment, Document};
use markdown::{Reading, Rewritten};
use node::flows::publish::Submission;
use patient_data::Part;

use super::{Attached, KEY};
use crate::import::links::{base_folders, file_path, joined, normalised};

/// The paths that a Markdown file lists, from its folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListedPaths(Vec<String>);

impl ListedPaths {
    #[cfg(test)]
    pub(crate) fn new(paths: &[&str]) -> Self {
        Self(paths.iter().map(|path| (*path).to_owned()).collect())
    }

    /// Returns the paths that a document lists that was read of a file.
    pub(crate) fn of_document(document: &Document) -> Self {
        let unknown = document.private.unknown.iter();
        let mut lists = unknown.filter(|(path, _)| matches!(path.as_slice(), [key] if key == KEY));
        let nodes = lists.next().and_then(|(_, value)| value.as_list());
        let paths = nodes.unwrap_or_default().iter().filter_map(|node| {
            let Some(map) = node.value.as_map() else {
                return node.value.as_text().map(str::to_owned);
            };
            let (_, node) = map.iter().find(|(key, _)| key == "file")?;
            node.value.as_text().map(str::to_owned)
        });
        Self(paths.collect())
    }

    /// Returns the place in the list of the file that a link in the Markdown file `from` leads to.
    pub(crate) fn find(&self, from: &str, url: &str) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let path = file_path(url)?;
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let alike = |path: String| normalised(&path).to_lowercase();
        let wanted = base_folders(from, path).into_iter();
        let wanted: Vec<String> = wanted
            .filter_map(|base| joined(base, path).map(alike))
            .collect();
        let in_tree = |listed: &String| {
            // What is listed is a path, and `%20` in it no space.
            joined(folder, &listed.replace('%', "%25")).map(alike)
        };
        self.0
            .iter()
            .position(|listed| in_tree(listed).is_some_and(|listed| wanted.contains(&listed)))
    }

    /// Returns whether a listed file may get a name as an attachment. A file that lists none keeps what its document has.
    pub(crate) fn may_have(&self, name: &str) -> bool {
        let stem = |path: &str| {
            let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
            let name = name.split(['#', '?']).next().unwrap_or_default();
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let letters = normalised(stem).to_lowercase();
            letters
                .chars()
                .filter(|c| c.is_alphanumeric())
                .collect::<String>()
        };
        let wanted = stem(name);
        // Of two files of one name, the second gets a number.
        let is_it = |listed: &String| wanted.starts_with(&stem(listed));
        self.0.is_empty() || self.0.iter().any(is_it)
    }
}

/// Lets the links of a text to listed files lead to what they were kept as; both are in the order of the list.
pub(super) fn link_to_kept(submission: &mut Submission, attached: &Attached, kept: &[Attachment]) {
    let listed = attached.files.iter().map(|one| one.file.clone());
    let listed = ListedPaths(listed.collect());
    if listed.0.is_empty() {
        return;
    }
    let from = submission.import.as_ref().map(|mark| mark.path.clone());
    let from = from.unwrap_or_default();
    let md = &submission.document.common.body_md;
    let Rewritten {
        md: linked,
        extract,
        ..
    } = Reading::new(md).rewrite(|link| {
        let url = link.url.trim();
        let attachment = kept.get(listed.find(&from, url)?)?;
        let part = url.find('#').and_then(|at| url.get(at..));
        Some(format!(
            "attachment:{}{}",
            attachment.name,
            part.unwrap_or_default()
        ))
    });
    if linked == *md {
        return;
    }
    let typed = std::mem::replace(&mut submission.document.common.body_md, linked);
    submission.extract = extract;
    let body = Part::body(&submission.document.common.body_md, 1);
    submission.cleared.add_relinked(&body, &typed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_finds_the_file_that_is_listed() {
        let listed = ListedPaths::new(&["data/Sheet 1.csv", "data/100%25.csv", "pic.png"]);
        for (url, place) in [
            ("data/Sheet%201.csv", Some(0)),
            ("./data/sheet 1.csv?raw=1#row=2", Some(0)),
            ("/guide/data/Sheet%201.csv", Some(0)),
            ("../guide/pic.png", Some(2)),
            ("/pic.png", Some(2)),
            ("data/100%2525.csv", Some(1)),
            ("sheet 1.csv", None),
            ("https://x.example/pic.png", None),
            ("#pic.png", None),
            ("attachment:pic.png", None),
            ("", None),
        ] {
            assert_eq!(listed.find("guide/a.md", url), place, "{url}");
        }
        for (name, may_have) in [
            ("Sheet-1.csv", true),
            ("pic-2.jpg#page=1", true),
            ("gone.csv", false),
        ] {
            assert_eq!(listed.may_have(name), may_have, "{name}");
            assert!(ListedPaths::default().may_have(name));
        }
    }
}
