//! Tags `meta` in the front matter of programs that write the head of a page from it (VitePress, VuePress, Nuxt).

use metadata::value::Map;

use crate::{
    Restriction,
    keys::word,
    quoted, unclear,
    words::{Meaning, Word, meaning},
};

/// Returns what a map says to programs that list pages: `name: robots` next to `content: noindex`.
pub(crate) fn of_robots(map: &Map, line: Option<u32>) -> Option<Restriction> {
    let field = |wanted: &str| {
        let (_, node) = map
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(wanted))?;
        Some((node.value.as_text()?, node.line.or(line)))
    };
    let (name, _) = field("name")?;
    let (content, line) = field("content")?;
    let is_unlisted =
        word(name) == Some(Word::Robots) && meaning(Word::Robots, content) == Meaning::Restricted;
    let shown = format!("`{}: {}`", quoted(name), quoted(content));
    is_unlisted.then(|| Restriction::Unclear(unclear(&shown, line)))
}
