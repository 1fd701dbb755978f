//! Steps through a text from mark to mark, and over code, where no mark means anything.

use crate::html::Closers;

pub(crate) struct Scanner<'a> {
    pub(crate) md: &'a str,
    pub(crate) at: usize,
    pub(crate) line_start: bool,
    pub(crate) closers: Closers<'a>,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(md: &'a str) -> Self {
        Self {
            md,
            at: 0,
            line_start: true,
            closers: Closers::new(md),
        }
    }

    pub(crate) fn byte(&self, at: usize) -> Option<u8> {
        self.md.as_bytes().get(at).copied()
    }

    /// Returns what follows a backslash and the mark that it escapes, if it escapes one.
    pub(crate) fn past_escape(&self, at: usize) -> usize {
        at + 1
            + usize::from(
                self.byte(at + 1)
                    .is_some_and(|byte| byte.is_ascii_punctuation()),
            )
    }

    /// Returns where the text of a line begins, behind quote marks and spaces.
    pub(crate) fn text_start(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b' ' | b'\t' | b'>')) {
            at += 1;
        }
        at
    }

    pub(crate) fn line_end(&self, at: usize) -> usize {
        let rest = self.md.as_bytes().get(at..).unwrap_or_default();
        rest.iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.md.len(), |end| at + end + 1)
    }

    pub(crate) fn run(&self, at: usize, mark: u8) -> usize {
        let rest = self.md.as_bytes().get(at..).unwrap_or_default();
        rest.iter().take_while(|byte| **byte == mark).count()
    }

    /// Steps over a fenced block of code that begins on this line.
    pub(crate) fn skip_fence(&mut self) -> bool {
        let mut start = self.text_start(self.at);
        // A fence can be in the first line of a list item.
        if matches!(self.byte(start), Some(b'-' | b'*' | b'+'))
            && self.byte(start + 1) == Some(b' ')
        {
            start = self.text_start(start + 1);
        }
        let Some(mark @ (b'`' | b'~')) = self.byte(start) else {
            return false;
        };
        let count = self.run(start, mark);
        let end = self.line_end(start);
        let info = self
            .md
            .as_bytes()
            .get(start + count..end)
            .unwrap_or_default();
        if count < 3 || mark == b'`' && info.contains(&b'`') {
            return false;
        }
        self.at = end;
        self.line_start = true;
        while self.at < self.md.len() {
            let start = self.text_start(self.at);
            let end = self.line_end(self.at);
            let closing = self.run(start, mark);
            let rest = self.md.get(start + closing..end).unwrap_or_default();
            self.at = end;
            if closing >= count && rest.trim().is_empty() {
                break;
            }
        }
        true
    }

    /// Steps over a span of code, or over marks that begin none.
    pub(crate) fn skip_code(&mut self) {
        let count = self.run(self.at, b'`');
        let mut at = self.at + count;
        loop {
            match self.byte(at) {
                None => break,
                Some(b'`') => {
                    let closing = self.run(at, b'`');
                    at += closing;
                    if closing == count {
                        self.at = at;
                        return;
                    }
                }
                // A span ends with its paragraph at the latest.
                Some(b'\n')
                    if self
                        .md
                        .get(at + 1..self.line_end(at + 1))
                        .is_none_or(|line| line.trim().is_empty()) =>
                {
                    break;
                }
                Some(_) => at += 1,
            }
        }
        self.at += count;
    }
}
