//! Steps through a text from mark to mark, and over code, where no mark means anything.

use std::collections::HashMap;

use crate::{directives::note_of_fence, html::Closers};

pub(crate) struct Scanner<'a> {
    pub(crate) md: &'a str,
    pub(crate) at: usize,
    pub(crate) line_start: bool,
    pub(crate) closers: Closers<'a>,
    /// The marks of fences that hold a note, and not code, and are open.
    notes: Vec<(u8, usize)>,
    /// Where runs of backticks begin, by their lengths, the last one first; up to where they are known.
    runs: HashMap<usize, Vec<usize>>,
    runs_end: usize,
    /// Bytes that were visited to find them.
    #[cfg(test)]
    visited: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(md: &'a str) -> Self {
        Self {
            md,
            at: 0,
            line_start: true,
            closers: Closers::new(md),
            notes: Vec::new(),
            runs: HashMap::new(),
            runs_end: 0,
            #[cfg(test)]
            visited: 0,
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
        let info = self.md.get(start + count..end).unwrap_or_default().trim();
        let ends = |note: &(u8, usize)| info.is_empty() && note.0 == mark && note.1 <= count;
        if self.notes.last().is_some_and(ends) {
            self.notes.pop();
            self.at = end;
            self.line_start = true;
            return true;
        }
        if note_of_fence(info).is_some() {
            self.notes.push((mark, count));
            self.at = start + count;
            return true;
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
        #[cfg(test)]
        {
            self.visited += count;
        }
        if self.at >= self.runs_end {
            self.read_runs();
        }
        self.at += count;
        let Some(starts) = self.runs.get_mut(&count) else {
            return;
        };
        while starts.pop_if(|start| *start < self.at).is_some() {}
        if let Some(start) = starts.pop() {
            self.at = start + count;
        }
    }

    /// Finds the runs of backticks up to the end of the paragraph, where a span ends at the latest.
    fn read_runs(&mut self) {
        self.runs.clear();
        let mut at = self.at;
        loop {
            match self.byte(at) {
                None => break,
                Some(b'`') => {
                    let count = self.run(at, b'`');
                    self.runs.entry(count).or_default().push(at);
                    at += count;
                }
                Some(b'\n') => {
                    at += 1;
                    let line = self.md.get(at..self.line_end(at));
                    if line.is_none_or(|line| line.trim().is_empty()) {
                        break;
                    }
                }
                Some(_) => at += 1,
            }
        }
        #[cfg(test)]
        {
            self.visited += at - self.at;
        }
        self.runs_end = at;
        self.runs.values_mut().for_each(|starts| starts.reverse());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_are_visited_twice_at_most() {
        let lengths: String = (1..500).map(|count| "`".repeat(count) + " ").collect();
        for md in [
            lengths.clone(),
            lengths.replace(' ', " a\n"),
            "` a `` b ".repeat(5_000),
            "`a\n\n".repeat(5_000),
            "\\`` ` ".repeat(5_000),
        ] {
            let mut scanner = Scanner::new(&md);
            while let Some(byte) = scanner.byte(scanner.at) {
                match byte {
                    b'`' => scanner.skip_code(),
                    b'\\' => scanner.at = scanner.past_escape(scanner.at),
                    _ => scanner.at += 1,
                }
            }
            assert!(
                scanner.visited <= 2 * md.len(),
                "{} of {}",
                scanner.visited,
                md.len()
            );
        }
    }

    #[test]
    fn a_span_ends_at_the_next_run_of_the_same_length() {
        for (md, expected) in [
            ("`a`b", 3),
            ("`a``b`c", 6),
            ("``a`b``", 7),
            ("`a", 1),
            ("`a\nb`c", 5),
            ("`a\n \nb`", 1),
        ] {
            let mut scanner = Scanner::new(md);
            scanner.skip_code();
            assert_eq!(scanner.at, expected, "{md:?}");
        }
    }
}
