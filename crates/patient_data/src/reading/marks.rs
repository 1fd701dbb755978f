//! Reads marks that mean something else than themselves: underscores, hyphens of file names, and codes of characters.

use super::{
    entity::entity,
    fold,
    reader::{Mode, Reader},
};
use crate::tokens::{Gap, Sort};

impl Reader<'_> {
    /// An underscore is emphasis at the edge of a word, a space within a name, and a mark between digits.
    pub(super) fn underscore(&mut self, from: usize) {
        let (before, behind) = (self.char_before(from), self.char_at(self.at));
        let is = |c: Option<char>, test: fn(char) -> bool| c.is_some_and(test);
        let between = is(before, char::is_alphanumeric) && is(behind, char::is_alphanumeric);
        let digits = is(before, char::is_numeric) && is(behind, char::is_numeric);
        if self.mode == Mode::FileName || (between && !digits) {
            self.space(Gap::Space);
            self.out.add_underscore(self.at);
        } else if digits {
            self.push(Sort::Mark('_'), '_', false, from, self.at);
        }
    }

    /// Words of a file name are separated by hyphens.
    pub(super) fn hyphen(&mut self, c: char, from: usize) {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if is_digit(self.char_before(from)) && is_digit(self.char_at(self.at)) && c == '-' {
            self.push(Sort::Mark('-'), '-', false, from, self.at);
        } else {
            self.space(Gap::Space);
        }
    }

    /// Whether `%20` is within a word: part of an address that has no scheme.
    pub(super) fn is_percent_within(&self, from: usize) -> bool {
        let hex = self.text.as_bytes().get(self.at..self.at + 2);
        let is_hex = hex.is_some_and(|hex| {
            hex.iter()
                .all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte))
        });
        let goes_on = self
            .char_at(self.at + 2)
            .is_some_and(|c| c.is_alphanumeric() || c == '%');
        is_hex && goes_on && self.char_before(from).is_some_and(|c| !c.is_whitespace())
    }

    /// Reads `=20`, or `=` at the end of a line, between digits: a mail writes so a space and a line that goes on. Returns
    /// whether it was one.
    pub(super) fn quoted_printable(&mut self, from: usize) -> bool {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if !is_digit(self.char_before(from)) {
            return false;
        }
        let rest = self.rest(self.at);
        if rest.starts_with("20") && is_digit(self.char_at(self.at + 2)) {
            self.at += 2;
            self.space(Gap::Space);
            return true;
        }
        let is_joined = rest.starts_with('\n') && is_digit(self.char_at(self.at + 1));
        self.at += usize::from(is_joined);
        is_joined
    }

    /// Decodes `%20` within an address, also where it was encoded more than once: `%252520`.
    pub(super) fn percent(&mut self, from: usize) {
        let hex = |at: usize| {
            let hex = self.text.get(at..at + 2);
            hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())
        };
        let mut at = self.at;
        let mut byte = hex(at);
        while byte == Some(b'%') && hex(at + 2).is_some() {
            at += 2;
            byte = hex(at);
        }
        match byte.filter(u8::is_ascii) {
            Some(byte) => {
                self.at = at + 2;
                let in_url = self.in_url;
                self.take(fold::ascii(char::from(byte)), from, self.at);
                self.in_url = in_url;
            }
            None => self.push(Sort::Mark('%'), '%', false, from, self.at),
        }
    }

    pub(super) fn ampersand(&mut self, from: usize) {
        let Some(entity) = entity(self.rest(from)) else {
            return self.push(Sort::Mark('&'), '&', false, from, self.at);
        };
        self.at = from + entity.length;
        for c in [Some(entity.first), entity.second].into_iter().flatten() {
            self.take(fold::any(c), from, self.at);
        }
    }
}
