//! Marks that other programs replace before they read a text, as `[[Page]]` and `{{< ref "page.md" >}}`.

use crate::{code::Code, tex};

const MARKS: [&str; 4] = ["[[", "![[", "{{", "{%"];

/// A mark of another program.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// The text from the mark on.
    pub text: &'a str,
    /// Whether it is in a block of HTML, where a link is a tag.
    pub is_in_html: bool,
}

/// Replaces marks outside code and formulas that begin with `[[`, `![[`, `{{` or `{%`. `replace` is given the mark, and
/// returns how many bytes of it to replace, and by what.
#[must_use]
pub fn replace_marks(
    md: &str,
    mut replace: impl FnMut(&Mark<'_>) -> Option<(usize, String)>,
) -> String {
    if !MARKS.iter().any(|mark| md.contains(mark)) {
        return md.to_owned();
    }
    let code = Code::read(md);
    let formulas = tex::formulas(md);
    let mut out = String::with_capacity(md.len());
    let (mut copied, mut at) = (0, 0);
    while let Some(distance) = md.get(at..).and_then(|rest| rest.find(['[', '!', '{'])) {
        at += distance;
        let rest = md.get(at..).unwrap_or_default();
        if !MARKS.iter().any(|mark| rest.starts_with(mark)) {
            at += 1;
            continue;
        }
        if let Some(end) = code
            .end_around(at)
            .or_else(|| tex::end_around(&formulas, at))
        {
            at = end.max(at + 1);
            continue;
        }
        let mark = Mark {
            text: rest,
            is_in_html: code.html_end_around(at).is_some(),
        };
        let new = Some(mark)
            .filter(|_| !code.is_escaped(md, at))
            .and_then(|mark| replace(&mark));
        let Some((length, text)) = new.filter(|(length, _)| *length > 0) else {
            at += 1;
            continue;
        };
        out.push_str(md.get(copied..at).unwrap_or_default());
        out.push_str(&text);
        copied = at + length;
        at = copied;
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    out
}
