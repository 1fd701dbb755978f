//! Reads links and images: their words belong to the text, their targets do not.

use super::reader::{Mode, Reader};

/// Bytes of the target of a link, or of the name of a reference.
const MAX_TARGET: usize = 64_000;

impl Reader<'_> {
    /// Returns an end that is near and in the same block.
    pub(super) fn near(&mut self, end: Option<usize>) -> Option<usize> {
        let at = self.at;
        let blank = self.next_blank.at(self.text, at);
        end.filter(|end| end - at <= MAX_TARGET && blank.is_none_or(|blank| *end < blank))
    }

    pub(super) fn image(&mut self, from: usize) {
        let bracket = self.next_bracket.at(self.text, self.at);
        let end = self.near(bracket);
        let behind = end.and_then(|end| self.char_at(end + 1));
        let Some(end) = end.filter(|_| matches!(behind, Some('(' | '[' | ']'))) else {
            return self.mark('!', from);
        };
        // `![[A note]]` shows a note of Obsidian.
        let embeds_note = || !shows_file(self.text.get(self.at..end).unwrap_or_default());
        if behind == Some(']') && embeds_note() {
            return self.mark('!', from);
        }
        let to = match behind {
            Some('(') => {
                let close = self.next_close.at(self.text, end + 2);
                self.near(close)
            }
            _ => Some(end + 1),
        };
        if let Some(to) = to
            && !self.in_span
            && !self.lines.is_example
        {
            self.out.images.push((from, to + 1));
        }
    }

    pub(super) fn open_bracket(&mut self, from: usize) {
        let end = self.next_bracket.at(self.text, self.at);
        let end = self.near(end);
        // The mark of a note is raised: it joins no word.
        if self.char_at(self.at) == Some('^')
            && let Some(end) = end
        {
            self.aside(self.at, end, Mode::Inline);
            self.at = end + 1;
            return;
        }
        let is_link = end.is_some_and(|end| matches!(self.char_at(end + 1), Some('(' | '[')));
        if !is_link || self.lines.fence.is_some() {
            self.mark('[', from);
        }
    }

    pub(super) fn close_bracket(&mut self, from: usize) {
        let inner = self.at + 1;
        let end = match self.char_at(self.at) {
            Some('(') => self.close_of(inner),
            Some('[') => self.next_bracket.at(self.text, inner),
            _ => None,
        };
        let end = self.near(end).filter(|end| *end >= inner);
        match end {
            Some(end) if self.lines.fence.is_none() => {
                self.aside(inner, end, Mode::Url);
                self.at = end + 1;
            }
            Some(_) | None => self.mark(']', from),
        }
    }

    /// Returns the place of the bracket that ends the target of a link: the target may have brackets in pairs itself, and
    /// its title any bracket.
    fn close_of(&mut self, inner: usize) -> Option<usize> {
        let first = self.next_close.at(self.text, inner)?;
        if inner < self.unpaired_until {
            return Some(first);
        }
        let bytes = self.text.as_bytes();
        let (mut at, mut open) = (inner, 0_usize);
        while at < inner + MAX_TARGET {
            let begins_part = at == inner || bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace);
            let quote = match bytes.get(at) {
                Some(b'(') => {
                    open += 1;
                    None
                }
                Some(b')') if open == 0 => return Some(at),
                Some(b')') => {
                    open -= 1;
                    None
                }
                Some(b'\\') => {
                    at += 1;
                    None
                }
                Some(b'\n') if bytes.get(at + 1) == Some(&b'\n') => break,
                Some(b'"') if begins_part => self.next_quote.at(self.text, at + 1),
                Some(b'\'') if begins_part => self.next_apostrophe.at(self.text, at + 1),
                Some(b'<') if at == inner => self.next_angle.at(self.text, at + 1),
                Some(_) => None,
                None => break,
            };
            at = quote.unwrap_or(at) + 1;
        }
        // The next targets would search the same text without success.
        self.unpaired_until = at;
        Some(first)
    }
}

/// Returns whether `[[name.png|300` names a picture or another file that is no text.
fn shows_file(mark: &str) -> bool {
    const ENDINGS: [&str; 18] = [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "avif",
        "bmp",
        "tif",
        "tiff",
        "ico",
        "heic",
        "heif",
        "mp4",
        "webm",
        "mov",
        "pdf",
        "excalidraw",
    ];
    let name = mark.split(['|', '#']).next().unwrap_or_default().trim();
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
