//! The addresses of the pages of a tree: those that front matter names, and those of paths without numbers of order.
//!
//! An address of several pages is that of the only one that readers of the link may read, and else of none.

use std::{borrow::Cow, collections::HashMap};

use super::links::{ENDINGS, base_folders, joined, normalised};

/// The most pages that are kept for one address.
const MAX_PAGES: usize = 16;

/// Paths of files by the addresses of their pages.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses {
    by_address: HashMap<String, Vec<String>>,
}

impl Addresses {
    /// Adds the address of a path that has numbers of order.
    pub(super) fn insert_path(&mut self, path: &str) {
        let address = without_order(path);
        if address != address_of(path) {
            self.insert(address, path);
        }
    }

    /// Adds the addresses that the front matter of a file gives its page: from the root of the site, or from its folder.
    pub(super) fn insert_named(&mut self, path: &str, addresses: &[String]) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for address in addresses {
            let base = if address.starts_with('/') { "" } else { folder };
            if let Some(address) = joined(base, address) {
                self.insert(address_of(&normalised(&address)), path);
            }
        }
    }

    fn insert(&mut self, address: String, path: &str) {
        let held = self.by_address.entry(address).or_default();
        if held.len() < MAX_PAGES && held.iter().all(|held| held != path) {
            held.push(path.to_owned());
        }
    }

    /// Finds the pages that a link in the file `from` may mean by its address.
    pub(super) fn find(&self, from: &str, link: &str) -> &[String] {
        let wanted = base_folders(from, link)
            .into_iter()
            .filter_map(|base| joined(base, link));
        let mut several: &[String] = &[];
        for wanted in wanted {
            let wanted = normalised(&wanted);
            for address in [address_of(&wanted), without_order(&wanted)] {
                match self.by_address.get(&address) {
                    Some(paths) if paths.len() == 1 => return paths,
                    Some(paths) if several.is_empty() => several = paths,
                    _ => {}
                }
            }
        }
        several
    }
}

/// Returns a link to a file as other links are written: Zola's `@/a.md` and Pelican's `{filename}/a.md` are links from the
/// root, and `{filename}a.md` is one from the folder of the file.
pub(super) fn in_tree(path: &str) -> Cow<'_, str> {
    const OF_PELICAN: [&str; 5] = [
        "{filename}",
        "|filename|",
        "%7bfilename%7d",
        "{static}",
        "{attach}",
    ];
    if let Some(rest) = path
        .strip_prefix("@/")
        .or_else(|| path.strip_prefix("@site/"))
    {
        return Cow::Owned(format!("/{rest}"));
    }
    let pelican = OF_PELICAN.iter().find_map(|mark| {
        let begins = path.get(..mark.len())?.eq_ignore_ascii_case(mark);
        begins.then(|| path.get(mark.len()..))?
    });
    Cow::Borrowed(pelican.unwrap_or(path))
}

/// Returns the address of a page as it is compared: in lower case, without a slash at the end, ending or `index`.
fn address_of(path: &str) -> String {
    let path = path.trim_matches('/').to_lowercase();
    let stem = [".html", ".htm"]
        .iter()
        .find_map(|ending| path.strip_suffix(ending))
        .unwrap_or(&path);
    let stem = without_ending(stem);
    let folder = stem.strip_suffix("/index").unwrap_or(stem);
    folder.to_owned()
}

fn without_ending(path: &str) -> &str {
    let stem = ENDINGS
        .iter()
        .rev()
        .find_map(|ending| path.strip_suffix(ending));
    stem.unwrap_or(path)
}

/// Returns the address of a file whose name and folders begin with numbers for their order: of `01-guide/02-intro.md`,
/// `guide/intro`.
fn without_order(path: &str) -> String {
    let named = path.split('/').map(|part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let name = rest
            .strip_prefix(['-', '_', '.', ' '])
            .map(|name| name.trim_start_matches(['-', ' ']));
        // A day or a version is no number of order.
        let is_order = (1..=3).contains(&(part.len() - rest.len()));
        let begins = |name: &str| name.starts_with(char::is_alphabetic);
        name.filter(|name| is_order && begins(name)).unwrap_or(part)
    });
    address_of(&named.collect::<Vec<_>>().join("/"))
}
