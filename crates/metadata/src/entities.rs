//! Entities of HTML in the values of front matter: programs that make pages write `Q&amp;A` into titles.

use crate::value::{Map, Value};

/// Bytes of the longest entity.
const MAX_BYTES: usize = 10;
/// Entities that programs and people write into a line, sorted by name.
const NAMED: [(&str, char); 46] = [
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("agrave", 'à'),
    ("amp", '&'),
    ("apos", '\''),
    ("auml", 'ä'),
    ("bull", '•'),
    ("ccedil", 'ç'),
    ("copy", '©'),
    ("deg", '°'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("egrave", 'è'),
    ("euro", '€'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("ge", '≥'),
    ("gt", '>'),
    ("hellip", '…'),
    ("iacute", 'í'),
    ("ldquo", '“'),
    ("le", '≤'),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("mdash", '—'),
    ("micro", 'µ'),
    ("middot", '·'),
    ("minus", '−'),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("ouml", 'ö'),
    ("plusmn", '±'),
    ("pound", '£'),
    ("quot", '"'),
    ("rdquo", '”'),
    ("reg", '®'),
    ("rsquo", '’'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("times", '×'),
    ("trade", '™'),
    ("uuml", 'ü'),
];

/// Decodes the title and the summary of a file that was not written by this program, which writes no entities.
pub fn decode_head(map: &mut Map) {
    if map.iter().any(|(key, _)| key == "kind" || key == "id") {
        return;
    }
    for (key, node) in map {
        if matches!(key.as_str(), "title" | "summary")
            && let Some(text) = node.value.as_text().filter(|text| text.contains('&'))
        {
            node.value = Value::Text(decoded(text));
        }
    }
}

fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(MAX_BYTES).position(|byte| byte == b';');
        let entity =
            end.and_then(|end| Some((character(after.get(..end)?)?, after.get(end + 1..)?)));
        match entity {
            Some((c, behind)) => {
                out.push(c);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

/// Returns the character of an entity, without its marks.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(figures) => u32::from_str_radix(figures, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number).filter(|c| !c.is_control());
    }
    let at = NAMED.binary_search_by_key(&name, |(name, _)| name).ok()?;
    NAMED.get(at).map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_once() {
        assert!(NAMED.is_sorted());
        for (text, expected) in [
            (
                "Q&amp;A &quot;x&quot; it&#39;s &#x2013; 5&deg;",
                "Q&A \"x\" it's – 5°",
            ),
            (
                "&amp;lt; R&D; a & b &nosuch; &amp",
                "&lt; R&D; a & b &nosuch; &amp",
            ),
            ("&#0; &#xD800; &", "&#0; &#xD800; &"),
        ] {
            assert_eq!(decoded(text), expected);
        }
    }
}
