//! Formulas in TeX: between `$$`, between `$`, between `\[` and `\]` or `\(` and `\)`, and between `\begin{…}` and
//! `\end{…}`. They stay as they are written: nothing in them is markdown, whatever a line of them begins with.
//!
//! The dollars of prices, and brackets that a program escaped, are no formulas.

mod signs;
mod written;

use std::{borrow::Cow, collections::HashMap, ops::Range};

use crate::{code::Code, options::has_formulas};
use signs::{has_tex, is_of_prices, is_of_signs, is_within_lines, may_be_wrapped};
use written::write_literal;

/// Bytes of a formula on lines of its own, and of one within a sentence; a longer one is read as markdown.
const MAX_BYTES: usize = 20_000;
const MAX_INLINE_BYTES: usize = 1_000;
/// Bytes of the name of an environment.
const MAX_NAME_BYTES: usize = 40;
/// How far a line is read to say what is before a formula, or behind it.
const MAX_LINE_BYTES: usize = 200;

/// Returns a text whose formulas mean nothing to markdown. It has the same lines.
pub(crate) fn as_literal(md: &str) -> Cow<'_, str> {
    let (found, code) = formulas_and_code(md);
    let Some(code) = code.filter(|_| !found.is_empty()) else {
        return Cow::Borrowed(md);
    };
    let mut out = String::with_capacity(md.len() * 2);
    let mut copied = 0;
    for range in found {
        out.push_str(md.get(copied..range.start).unwrap_or_default());
        // A page shows it as code, unless that would be a tag within a tag, or over two cells of a table.
        let text = md.get(range.clone()).unwrap_or_default();
        let in_table = code.is_in_table(range.start);
        let is_code = code.html_end_around(range.start).is_none()
            && !is_in_tag(md, range.start)
            && !(in_table && text.contains('|'));
        out.push_str(if is_code { "<code>" } else { "" });
        write_literal(md, &range, in_table, &mut out);
        out.push_str(if is_code { "</code>" } else { "" });
        copied = range.end;
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// Returns whether a place is between `<` and `>` of a line.
fn is_in_tag(md: &str, at: usize) -> bool {
    let line = line_before(md, at);
    let tag = line.rsplit_once('<').map(|(_, tag)| tag);
    tag.is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !tag.contains('>'))
}

/// Returns where the formulas of a text are, in their order. Code has none.
pub(crate) fn formulas(md: &str) -> Vec<Range<usize>> {
    formulas_and_code(md).0
}

fn formulas_and_code(md: &str) -> (Vec<Range<usize>>, Option<Code>) {
    // The parser is asked what is code only where there is something to find.
    if Finder::new(md, None).find().is_empty() {
        return (Vec::new(), None);
    }
    let code = Code::read(md);
    (Finder::new(md, Some(&code)).find(), Some(code))
}

/// Returns the end of the formula that a place is in.
pub(crate) fn end_around(formulas: &[Range<usize>], at: usize) -> Option<usize> {
    let after = formulas.partition_point(|range| range.start <= at);
    let range = formulas.get(after.checked_sub(1)?)?;
    range.contains(&at).then_some(range.end)
}

struct Finder<'a> {
    md: &'a str,
    code: Option<&'a Code>,
    /// Whether a line has dollars around a backslash, so that the dollars of the text are those of formulas.
    has_tex_lines: bool,
    /// Up to where a mark is known not to be, and up to where not within a paragraph, so that marks without an end take time
    /// in proportion to the text.
    absent: HashMap<String, usize>,
    gaps: HashMap<String, usize>,
    /// Where a mark is next from a place on, and up to where there is no empty line before it.
    next: HashMap<String, Range<usize>>,
    unbroken: HashMap<String, Range<usize>>,
    /// What is within `\[` and `\]` and has no sign of TeX, and what has no words, up to the `\]`.
    without_tex: Range<usize>,
    without_words: Range<usize>,
}

impl<'a> Finder<'a> {
    fn new(md: &'a str, code: Option<&'a Code>) -> Self {
        Self {
            md,
            code,
            has_tex_lines: has_formulas(md),
            absent: HashMap::new(),
            gaps: HashMap::new(),
            next: HashMap::new(),
            unbroken: HashMap::new(),
            without_tex: 0..0,
            without_words: 0..0,
        }
    }

    fn find(mut self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(distance) = memchr::memchr2(b'$', b'\\', self.bytes_from(at)) {
            at += distance;
            if let Some(end) = self.literal_end(at) {
                at = end.max(at + 1);
            } else if let Some(end) = self.formula_at(at) {
                found.push(at..end);
                at = end;
            } else if self.bytes_from(at).first() == Some(&b'$') {
                at += self.dollars(at);
            } else {
                let next = self.bytes_from(at + 1).first();
                at += 1 + usize::from(next.is_some_and(u8::is_ascii_punctuation));
            }
        }
        found
    }

    fn bytes_from(&self, at: usize) -> &'a [u8] {
        self.md.as_bytes().get(at..).unwrap_or_default()
    }

    /// Returns how many dollars are here.
    fn dollars(&self, at: usize) -> usize {
        let rest = self.bytes_from(at).iter();
        rest.take_while(|byte| **byte == b'$').count()
    }

    /// Returns the end of the code, or of the destination of a link, that a place is in.
    fn literal_end(&self, at: usize) -> Option<usize> {
        let code = self.code?;
        code.end_around(at)
            .or_else(|| code.info_end_around(at))
            .or_else(|| code.destination_end_around(at))
    }

    /// Returns the end of the formula that begins here.
    fn formula_at(&mut self, at: usize) -> Option<usize> {
        let rest = self.md.get(at..)?;
        if let Some(named) = rest.strip_prefix("\\begin{") {
            let end = named.bytes().take(MAX_NAME_BYTES).position(|b| b == b'}')?;
            let name = named.get(..end)?;
            let letters = name.strip_suffix('*').unwrap_or(name);
            let is_name = !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_alphabetic());
            let close = is_name.then(|| format!("\\end{{{name}}}"))?;
            let found = self.close(at, &close, begins_line(self.md, at))?;
            return Some(found + close.len());
        }
        if rest.starts_with("\\[") {
            if !begins_line(self.md, at) {
                return None;
            }
            return self.within_brackets(at + 2);
        }
        if rest.starts_with("\\(") {
            let end = self.close(at + 2, "\\)", false)?;
            let inner = self.md.get(at + 2..end)?;
            return (inner.len() <= MAX_INLINE_BYTES && has_tex(inner)).then_some(end + 2);
        }
        match self.dollars(at) {
            1 => self.within_dollars(at),
            2 => self.within_two_dollars(at),
            _ => None,
        }
    }

    /// Returns the end of the formula on lines of its own that is behind `\[`. What is known of the text up to a `\]` is true of
    /// each part of it.
    fn within_brackets(&mut self, from: usize) -> Option<usize> {
        let end = self.close(from, "\\]", false)?;
        let inner = self.md.get(from..end)?;
        if !ends_line(self.md, end + 2) {
            return None;
        }
        if !self.without_tex.contains(&from) {
            if has_tex(inner) {
                return Some(end + 2);
            }
            self.without_tex = from..end;
        }
        let may_be_loose = inner.starts_with(char::is_whitespace)
            && inner.ends_with(char::is_whitespace)
            && inner.contains('\n');
        if may_be_loose && !self.without_words.contains(&from) {
            if inner.contains(char::is_alphanumeric) {
                return Some(end + 2);
            }
            self.without_words = from..end;
        }
        None
    }

    /// Returns where a mark is, within the paragraph unless the formula may have empty lines.
    fn close(&mut self, from: usize, mark: &str, may_have_gaps: bool) -> Option<usize> {
        let is_before = |known: &HashMap<String, usize>| {
            let until = known.get(mark);
            until.is_some_and(|until| from < *until)
        };
        if is_before(&self.absent) || !may_have_gaps && is_before(&self.gaps) {
            return None;
        }
        let is_around = |known: &Range<usize>| (known.start..=known.end).contains(&from);
        let known = self.next.get(mark).filter(|next| is_around(next));
        let found = match known {
            Some(next) => next.end,
            None => {
                let rest = self.md.get(from..)?;
                let near = rest.get(..rest.floor_char_boundary(MAX_BYTES))?;
                let Some(distance) = near.find(mark) else {
                    self.absent.insert(mark.to_owned(), from + near.len());
                    return None;
                };
                self.next.insert(mark.to_owned(), from..from + distance);
                from + distance
            }
        };
        if may_have_gaps || self.unbroken.get(mark).is_some_and(is_around) {
            return Some(found);
        }
        if let Some(gap) = empty_line(self.md.get(from..found)?) {
            self.gaps.insert(mark.to_owned(), from + gap);
            return None;
        }
        self.unbroken.insert(mark.to_owned(), from..found);
        Some(found)
    }

    fn within_two_dollars(&mut self, at: usize) -> Option<usize> {
        let from = at + 2;
        let begins = begins_line(self.md, at);
        let is_alone = begins && ends_line(self.md, from);
        let found = self.close(from, "$$", is_alone)?;
        let inner = self.md.get(from..found)?;
        if inner.trim().is_empty() || self.literal_end(found).is_some() {
            return None;
        }
        // Two signs for prices have a sentence in between; a formula may have one on lines of its own.
        let has_lines = begins_line(self.md, found) && inner.starts_with('\n');
        if !has_lines && is_of_prices(inner) {
            return None;
        }
        // `$$` within two items of a list is a price range, and no formula of several lines.
        let is_formula = begins || !inner.contains('\n') || has_lines || is_within_lines(inner);
        is_formula.then_some(found + 2)
    }

    /// Returns the end of a formula within a sentence.
    fn within_dollars(&self, at: usize) -> Option<usize> {
        let from = at + 1;
        let near = self.bytes_from(from).iter().take(MAX_INLINE_BYTES);
        let mut escaped = false;
        let length = near.clone().position(|byte| {
            let is_end = *byte == b'$' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            is_end
        })?;
        let end = from + length;
        let inner = self.md.get(from..end)?;
        let after = self.md.get(end + 1..)?.chars().next();
        let before = self.md.get(..at)?.chars().next_back();
        let is_tight = !inner.is_empty()
            && !inner.starts_with(char::is_whitespace)
            && !inner.ends_with(char::is_whitespace);
        let ends = after.is_none_or(|c| !c.is_alphanumeric() && c != '$');
        let begins = before.is_none_or(|c| !c.is_alphanumeric() && !")]}$".contains(c))
            || inner.starts_with(['^', '_', '\\']);
        let is_one_line = !inner.contains('\n');
        let reads_so = || {
            has_tex(inner)
                || inner.contains('{')
                || is_of_signs(inner)
                || self.has_tex_lines && is_one_line
        };
        let is_formula = is_tight
            && ends
            && begins
            && (is_one_line || may_be_wrapped(inner))
            && self.literal_end(end).is_none()
            && reads_so();
        is_formula.then_some(end + 1)
    }
}

/// Returns the part of a line that says what it is within: marks of quotations and of items, and spaces.
fn container(line: &str) -> &str {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '>']);
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let mark: &[char] = if digits.len() == rest.len() {
            &['-', '*', '+']
        } else {
            &['.', ')']
        };
        match digits.strip_prefix(mark) {
            Some(after) if after.starts_with([' ', '\t']) => rest = after,
            _ => return line.strip_suffix(rest).unwrap_or_default(),
        }
    }
}

/// Returns the line up to a place; of a long one, its end.
fn line_before(md: &str, at: usize) -> &str {
    let from = md.floor_char_boundary(at.saturating_sub(MAX_LINE_BYTES));
    let before = md.get(from..at).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default()
}

fn begins_line(md: &str, at: usize) -> bool {
    let line = line_before(md, at);
    line.len() < MAX_LINE_BYTES && container(line).len() == line.len()
}

/// Returns whether nothing but a mark of a sentence, or the name of the formula, follows in the line.
fn ends_line(md: &str, at: usize) -> bool {
    let rest = md.get(at..).unwrap_or_default();
    let near = rest.get(..rest.floor_char_boundary(MAX_LINE_BYTES));
    let line = near.unwrap_or_default().split('\n').next();
    let line = line.unwrap_or_default().trim();
    line.len() <= 1 || line.starts_with("{#")
}

/// Returns where an empty line is, if there is one before the line that the text ends in.
fn empty_line(text: &str) -> Option<usize> {
    let mut at = text.find('\n')? + 1;
    loop {
        let line = text.get(at..)?;
        let line = line.get(..line.find('\n')?)?;
        if line.trim_matches([' ', '\t', '>', '\r']).is_empty() {
            return Some(at);
        }
        at += line.len() + 1;
    }
}
