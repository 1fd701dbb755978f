//! The parts of pages that links between files lead to.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use markdown::{Reading, is_of_browser};

use crate::tree;

/// Pages that are kept while the links to their parts are looked up.
const MAX_PAGES: usize = 500;

/// A link to a part that its page does not have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoSuchPart;

/// A page that was read.
#[derive(Debug)]
struct Page {
    title: String,
    reading: Reading,
}

/// The pages of files, each read when a link leads to a part of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Pages {
    locations: HashMap<String, PathBuf>,
    read: Arc<Mutex<HashMap<String, Option<Arc<Page>>>>>,
}

impl Pages {
    /// Adds where a file is.
    pub(super) fn locate(&mut self, path: String, location: &Path) {
        self.locations.insert(path, location.to_owned());
    }

    /// Returns the fragment, with its `#`, of the part of a file that a link to `fragment` means. A file that cannot be
    /// read has any part.
    ///
    /// # Errors
    /// The page has no such part, or several that could be meant.
    pub(super) fn part(&self, path: &str, fragment: &str) -> Result<String, NoSuchPart> {
        let written = fragment.strip_prefix('#').unwrap_or(fragment);
        if is_of_browser(written) {
            return Ok(fragment.to_owned());
        }
        match self.page(path) {
            Some(page) => page.reading.place(written).ok_or(NoSuchPart),
            None => Ok(fragment.to_owned()),
        }
    }

    /// Returns the title of a file, or the heading that a link to `fragment` means.
    pub(super) fn title(&self, path: &str, fragment: &str) -> Option<String> {
        let page = self.page(path)?;
        let part = fragment.strip_prefix('#').unwrap_or(fragment);
        let heading = page.reading.heading_of(part).map(str::to_owned);
        heading.or_else(|| (!page.title.is_empty()).then(|| page.title.clone()))
    }

    fn page(&self, path: &str) -> Option<Arc<Page>> {
        let location = self.locations.get(path)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.len() >= MAX_PAGES {
            read.clear();
        }
        let page = read.entry(path.to_owned()).or_insert_with(|| {
            let bytes = tree::read(location).ok()?;
            let parsed = tree::parse(&tree::decode(&bytes).ok()?.text, path);
            let body = markdown::without_comments(&parsed.draft.body_md).md;
            Some(Arc::new(Page {
                title: parsed.draft.title,
                reading: Reading::new(&body),
            }))
        });
        page.clone()
    }
}
