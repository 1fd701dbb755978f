//! Passes over the comments of other programs, which no page shows: of kramdown, Obsidian, Jinja, Liquid, Hugo and MDX.

use super::{
    find::Next,
    reader::{Mode, Reader},
};

/// How comments begin and end.
const PAIRS: [(&str, &str); 10] = [
    ("{::comment}", "{:/comment}"),
    ("{::comment}", "{:/}"),
    ("%%", "%%"),
    ("{#", "#}"),
    ("{% comment %}", "{% endcomment %}"),
    ("{%comment%}", "{%endcomment%}"),
    ("{{/*", "*/}}"),
    ("{/*", "*/}"),
    ("{{!--", "--}}"),
    ("{>>", "<<}"),
];

/// The next end of each sort of comment.
pub(super) fn ends() -> [Next; 10] {
    PAIRS.map(|(_, close)| Next::new(close))
}

impl Reader<'_> {
    /// Passes over a comment that begins at a place, and reads it as a text of its own; returns whether there is one.
    pub(super) fn comment(&mut self, from: usize) -> bool {
        if self.mode != Mode::Markdown || self.is_example() || self.lines.fence.is_some() {
            return false;
        }
        let (text, rest) = (self.text, self.rest(from));
        let pairs = PAIRS.iter().zip(&mut self.comment_ends);
        let begun = pairs.filter(|((open, _), _)| rest.starts_with(open));
        // The nearest of the ends that it can have.
        let ends = begun.filter_map(|((open, close), next)| {
            let begin = from + open.len();
            let end = next.at(text, begin)?;
            Some((end, begin, close.len()))
        });
        let Some((end, begin, length)) = ends.min() else {
            return false;
        };
        if self.near(Some(end)).is_none() {
            return false;
        }
        self.aside(begin, end, Mode::Inline);
        self.at = end + length;
        true
    }
}
