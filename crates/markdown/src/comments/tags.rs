//! Tags of programs that make sites, between which a comment is, and what looks like one.

use super::marks::MAX_LINE_BYTES;

/// Returns the length of a tag of Liquid of this name.
pub(super) fn liquid_tag(text: &str, name: &str) -> Option<usize> {
    let inner = text.strip_prefix("{%")?;
    let inner = inner.strip_prefix('-').unwrap_or(inner).trim_start();
    let rest = inner.strip_prefix(name)?;
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    // Not further: the rest may be long, and have many such tags without an end.
    let mut pairs = rest.as_bytes().windows(2).take(MAX_LINE_BYTES + 1);
    let end = pairs.position(|pair| pair == b"%}")?;
    Some(text.len() - rest.len() + end + 2)
}

/// The marks around a shortcode of Hugo.
pub(super) type Signs = (&'static str, &'static str);

/// Returns the length of the shortcode of Hugo that begins a comment: `{{< comment >}}`, `{{%comment%}}`.
pub(super) fn begins_hugo(text: &str, signs: Signs) -> Option<usize> {
    let inner = text.strip_prefix(signs.0)?.trim_start();
    hugo_end(text, inner, signs.1)
}

/// Returns the length of the one that ends it: `{{< /comment >}}`.
pub(super) fn ends_hugo(text: &str, signs: Signs) -> Option<usize> {
    let inner = text.strip_prefix(signs.0)?.trim_start();
    hugo_end(text, inner.strip_prefix('/')?.trim_start(), signs.1)
}

fn hugo_end(text: &str, inner: &str, close: &str) -> Option<usize> {
    let rest = inner.strip_prefix("comment")?;
    if rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        return None;
    }
    let near = rest.get(..rest.floor_char_boundary(MAX_LINE_BYTES))?;
    let end = near.find(close)?;
    // `{{< comment />}}` has no content.
    let is_empty = near.get(..end).is_some_and(|inner| inner.ends_with('/'));
    (!is_empty).then_some(text.len() - rest.len() + end + close.len())
}

/// Whether the content of a comment of MDX is the id of a heading: `{/* #id */}`.
pub(super) fn is_id(inner: &str) -> bool {
    let Some(name) = inner.trim_start_matches(' ').strip_prefix('#') else {
        return false;
    };
    let end = name
        .bytes()
        .take(MAX_LINE_BYTES)
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    let after = end.filter(|end| *end > 0).and_then(|end| name.get(end..));
    after.is_some_and(|after| after.trim_start_matches(' ').starts_with("*/}"))
}
