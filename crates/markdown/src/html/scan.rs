//! Finds tags and the values of their attributes in place, for links that are rewritten.

/// The longest tag that is read, so that a text of `<` only takes time proportional to its length.
const MAX_TAG_BYTES: usize = 4096;

/// Finds where tags end, in time that grows with the text and not with the tags in it.
pub(crate) struct Closers<'a> {
    text: &'a str,
    /// The first `>` from where the last tag began; the text's end if there is none.
    next: usize,
    asked: bool,
}

impl<'a> Closers<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            next: 0,
            asked: false,
        }
    }

    /// Returns what follows the tag that begins at `start`. Asked for ascending starts only.
    pub(crate) fn tag_end(&mut self, start: usize) -> Option<usize> {
        if !self.asked || self.next < start {
            self.asked = true;
            let found = self.text.get(start..).and_then(|rest| rest.find('>'));
            self.next = found.map_or(self.text.len(), |end| start + end);
        }
        (self.next < self.text.len() && self.next - start < MAX_TAG_BYTES).then(|| self.next + 1)
    }
}

/// A tag, read as far as it is needed here.
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) closes: bool,
}

impl Tag {
    /// Reads `<name …>` or `</name>`.
    pub(crate) fn read(tag: &str) -> Option<Self> {
        let inner = tag.strip_prefix('<')?.strip_suffix('>')?;
        let (closes, inner) = inner
            .strip_prefix('/')
            .map_or((false, inner), |rest| (true, rest));
        let end = inner
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(inner.len());
        let (name, _) = inner.split_at(end);
        let good = name.starts_with(|c: char| c.is_ascii_alphabetic());
        good.then(|| Self {
            name: name.to_ascii_lowercase(),
            closes,
        })
    }
}

/// Reads attributes: names in lower case with their values as written.
pub(crate) fn attributes(mut rest: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            if name.is_empty() {
                // Nothing that could be an attribute: step over one character, or end.
                let Some(c) = after.chars().next() else {
                    return found;
                };
                rest = after.get(c.len_utf8()..).unwrap_or_default();
            } else {
                rest = after;
            }
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => {
                let end = value
                    .find(|c: char| c.is_whitespace() || c == '>')
                    .unwrap_or(value.len());
                value.split_at(end)
            }
        };
        found.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
}
