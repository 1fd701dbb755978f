//! Links of a stored text as they are written into files.

use std::collections::HashMap;

use markdown::{DOCUMENT_LINK, MISSING_PART};
use wire::DocumentId;

use super::MISSING_PREFIX;

/// Rewrites links to documents into links to their files, where they have one, and those to what is not published into
/// what their author wrote.
#[must_use]
pub(crate) fn restore_links(md: &str, from: &str, file_of: &HashMap<DocumentId, String>) -> String {
    markdown::rewrite_links(md, |url| {
        if let Some(written) = url.strip_prefix(MISSING_PREFIX) {
            return Some(written.to_owned());
        }
        let rest = url.strip_prefix(DOCUMENT_LINK)?;
        let end = rest.find('#').unwrap_or(rest.len());
        let id = DocumentId::parse(rest.get(..end)?)?;
        let path = file_of.get(&id)?;
        let fragment = rest.get(end..)?.replacen(MISSING_PART, "", 1);
        Some(format!("{}{fragment}", relative_link(from, path)))
    })
}

/// Returns the relative link from one file to another.
pub(super) fn relative_link(from: &str, to: &str) -> String {
    let here: Vec<&str> = from.split('/').collect();
    let there: Vec<&str> = to.split('/').collect();
    let (Some((_, here)), Some((name, there))) = (here.split_last(), there.split_last()) else {
        return to.to_owned();
    };
    let shared = here.iter().zip(there).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", here.len() - shared);
    let down = there.iter().skip(shared).copied();
    up.chain(down).chain([*name]).collect::<Vec<_>>().join("/")
}
