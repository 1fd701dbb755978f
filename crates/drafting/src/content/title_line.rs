//! The keys and the text of a file, with the title that is written as its first line.

use domain::{
    Fault, Kind, front_matter, title,
    value::{Map, Value},
};

use crate::raw;

/// Returns the keys of a file and its text. The heading that the text begins with is its title, if no key has one.
pub(crate) fn titled<'t>(kind: &Kind, text: &'t str) -> Result<(Map, &'t str), Fault> {
    let (mut front, body) = front_matter::read_parts(text)?;
    if has_title(&front) {
        return Ok((front, body));
    }
    let Some((title, rest)) = title::heading(kind, body) else {
        return Ok((front, body));
    };
    front.retain(|(key, _)| key != "title");
    front.insert(0, ("title".to_owned(), Value::text(title).into()));
    Ok((front, rest))
}

/// Returns whether a key has a title.
pub(super) fn has_title(front: &Map) -> bool {
    raw::get(front, "title").is_some_and(|title| !raw::text_of(title).trim().is_empty())
}
