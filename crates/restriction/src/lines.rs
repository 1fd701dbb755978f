//! Looks at the first lines of a file as they were written.
//!
//! What a line says counts where a reader of the file would take it as said of the file: not in a block of code below
//! text, not in a table, not in a sentence. A value that is not understood counts only in a block of keys.

use std::borrow::Cow;

use crate::items::{is_item, is_list_of_words, repeats_title};
use crate::marks::{begins_with_mark, is_banner, is_hashtags};
use crate::{
    keys::word,
    letters::{folded, is_invisible, without_references},
    tables,
    tags::without_tags,
    titles::is_marked_title,
    unclosed,
    words::{Meaning, Word, meaning},
    wrappers,
};

/// What is said of a whole file is said in its first lines.
const MAX_LINES: usize = 40;
/// Lines that are looked at below front matter, however long that is.
const MIN_LINES: usize = 10;
/// Characters of a line that are looked at; front matter on one line can be long.
const MAX_LINE: usize = 4_000;
/// Characters of a line that is a key and a value, and not a sentence.
const MAX_KEY: usize = 40;

/// What programs end lines with besides the line feed.
const OTHER_LINE_ENDS: [char; 6] = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Returns the number and the words of the first line that restricts who may read a file. `text` begins on the line
/// `first_line`, below front matter if that is not 1.
pub(crate) fn restricting(text: &str, first_line: u32) -> Option<(u32, String)> {
    let above = usize::try_from(first_line).map_or(0, |line| line.saturating_sub(1));
    let count = MAX_LINES.saturating_sub(above).max(MIN_LINES);
    // Nearly all files have no such word in any line that has the form of a key, so most work ends in `word`.
    let mut all = text
        .split('\n')
        .flat_map(|line| line.trim_end_matches('\r').split(OTHER_LINE_ENDS))
        .map(|line| {
            let seen = line.chars().take(MAX_LINE).collect::<String>();
            let mut seen = without_references(&seen).into_owned();
            seen.retain(|c| !is_invisible(c));
            seen
        });
    // Empty lines are not counted.
    let mut lines = Vec::new();
    let mut written = 0;
    while written < count && lines.len() < MAX_LINES * MIN_LINES {
        let Some(line) = all.next() else { break };
        written += usize::from(!line.trim().is_empty());
        lines.push(line);
    }
    // Below front matter, the text has begun.
    let mut place = Place {
        after_text: above > 0,
        ..Place::default()
    };
    for (index, line) in lines.iter().enumerate() {
        let below = lines.get(index + 1..).unwrap_or_default();
        let next = below.first().map_or("", String::as_str);
        let is_below_title = !place.after_words;
        let number = || Some(first_line.saturating_add(u32::try_from(index).ok()?));
        let counts = place.enter(line, next);
        if is_below_title
            && line.contains('|')
            && let Some(row) = tables::restricting(line, below)
        {
            return Some((number()?.saturating_add(2), row.to_owned()));
        }
        if !counts {
            continue;
        }
        if let Some(shown) = said(line, below, &place) {
            return Some((number()?, shown));
        }
    }
    if !(place.in_keys && place.ends_with_fence) {
        return None;
    }
    // Keys that nothing closes go on for as long as they are keys.
    let first = first_line.saturating_add(u32::try_from(lines.len()).ok()?);
    unclosed::restricting(first, all)
}

/// Where in the file a line is.
#[derive(Default)]
struct Place {
    /// Whether text came before, so that a block of code is an example.
    after_text: bool,
    /// Whether that was more than a title.
    after_words: bool,
    /// The fence of an open block of code.
    code: Option<String>,
    /// Whether that block is an example.
    is_example: bool,
    /// Whether this is a block of keys.
    in_keys: bool,
    /// What ends that block: a fence, or an empty line.
    ends_with_fence: bool,
    after_blank: bool,
    /// Whether the line is a row of a table; most rows explain words.
    is_row: bool,
    /// Whether nothing but a title is above the line.
    is_at_top: bool,
    /// That title, in small letters.
    title: String,
}

impl Place {
    /// Goes to the next line; returns whether what it says counts.
    fn enter(&mut self, line: &str, next: &str) -> bool {
        let text = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let was_blank = std::mem::replace(&mut self.after_blank, text.is_empty());
        if text.is_empty() {
            self.in_keys &= self.ends_with_fence;
            return false;
        }
        // Blocks of code.
        if let Some(fence) = &self.code {
            if text.starts_with(fence.as_str()) {
                self.code = None;
                self.in_keys = false;
                return false;
            }
            if self.is_example {
                return false;
            }
        } else if let Some(fence) = ["```", "~~~"]
            .iter()
            .find(|fence| text.starts_with(**fence))
        {
            self.code = Some((*fence).to_owned());
            self.is_example = self.after_text;
            return false;
        }
        let is_indented = line.starts_with("    ") || line.starts_with('\t');
        if is_indented && was_blank && self.after_text && !self.in_keys {
            // The lines that follow belong to the same example.
            self.after_blank = true;
            return false;
        }
        self.is_row = text.starts_with('|');
        if self.is_row {
            (self.after_text, self.after_words) = (true, true);
            return is_property(text);
        }
        // Fences of front matter, in any form.
        if is_fence(text) {
            self.in_keys =
                !self.in_keys && (has_key(next) || next.trim_start().starts_with(['{', '[', '#']));
            self.ends_with_fence = self.in_keys;
            return false;
        }
        if !self.after_text && !self.in_keys {
            let is_object = text.starts_with('{');
            let is_comment = text.starts_with("<!--");
            self.in_keys = is_object || is_comment || (has_key(text) && has_key(next));
            self.ends_with_fence = is_object;
        }
        if text.contains("-->") || text.starts_with('}') {
            self.is_at_top = !self.after_words;
            let counts = self.in_keys;
            self.in_keys &= self.code.is_some();
            return counts || !self.is_example;
        }
        self.note_words(text);
        true
    }

    /// Notes whether the line was text, and more than a title.
    fn note_words(&mut self, text: &str) {
        let plain = without_tags(text);
        let is_text = !self.in_keys
            && !wrappers::is_end_of_comment(text)
            && plain.chars().any(char::is_alphanumeric);
        self.is_at_top = !self.after_words;
        if is_text && self.is_at_top && text.starts_with('#') {
            self.title = folded(&plain);
        }
        self.after_words |=
            is_text && self.is_at_top && !text.starts_with('#') && !is_label(&plain);
        self.after_text |= is_text;
    }
}

/// Returns what a line says of who may read the file, if that is a restriction.
fn said(line: &str, below: &[String], place: &Place) -> Option<String> {
    let text = line.trim();
    let next = below.first().map_or("", String::as_str);
    let is_item = is_item(text);
    let is_title = ["# ", "= ", "% "].iter().any(|mark| text.starts_with(mark))
        || (is_underline(next) && !is_fence(text));
    let plain = without_tags(text);
    let is_banner = (is_banner(text, place.is_at_top) || is_banner(&plain, place.is_at_top))
        && !repeats_title(&plain, &place.title);
    let is_marked = is_banner
        || wrappers::is_draft_of_latex(text)
        || is_hashtags(text)
        || (is_title && (is_marked_title(text) || is_marked_title(&plain)))
        || place.is_at_top && begins_with_mark(text);
    let counts = !is_item || (place.is_at_top && !is_list_of_words(text, below));
    if counts && !place.is_row && is_marked && (!is_fence(next) || is_title) {
        return Some(text.to_owned());
    }
    let line = folded(&plain);
    let is_badge = wrappers::badge(text).is_some_and(|(key, value)| {
        matches!(word(key), Some(word @ (Word::State | Word::Marking | Word::Intended | Word::Audience))
            if meaning(word, value) == Meaning::Restricted)
    });
    let cells = text.split_once('\t');
    let is_cells = cells.is_some_and(|(key, value)| is_status(key, value));
    if is_badge || is_cells || says_status(&line) || place.is_at_top && names_status(&line) {
        return Some(text.to_owned());
    }
    let inner: Vec<&str> = line.split(['{', '}', ',', ';', '[', ']']).collect();
    let is_flow = line.contains('{')
        || inner
            .iter()
            .filter(|part| part.contains([':', '=']))
            .count()
            > 1;
    let parts = if is_flow { inner } else { vec![line.as_str()] };
    parts
        .into_iter()
        .any(|part| restricts(part, next, is_item, place))
        .then(|| text.to_owned())
}

/// Returns whether a line is a row of two cells, as tables of properties have: `| Status | Draft |`.
fn is_property(text: &str) -> bool {
    let cells = text.trim_matches('|').split('|');
    cells.filter(|cell| !cell.trim().is_empty()).count() == 2
}

/// Returns whether a line is a key whose value is below it: `**Status**`, `Classification:`.
fn is_label(plain: &str) -> bool {
    let key = plain.trim_matches(|c: char| !c.is_alphanumeric());
    word(key).is_some_and(Word::is_of_file)
}

/// Returns whether a line makes the one above it a heading.
fn is_underline(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 2 && text.bytes().all(|byte| byte == b'=')
}

/// Returns whether a key with its value restricts who may read the file.
fn restricts(part: &str, next: &str, is_item: bool, place: &Place) -> bool {
    // A term with its definition below it is a key, too.
    let term = next
        .trim_start()
        .starts_with(": ")
        .then_some((part.trim(), ""));
    let said = key_and_value(part).or(term);
    let Some((key, value, word)) = said.and_then(|(key, value)| Some((key, value, word(key)?)))
    else {
        return false;
    };
    // `| Published | No |`
    let is_switch = || word == Word::Released && value.split_whitespace().count() == 1;
    if place.is_row && !word.is_of_file() && !is_switch() {
        return false;
    }
    let value = value.trim_start_matches(':');
    let value = match value.trim().is_empty() {
        true if word == Word::Withheld && is_set_attribute(part) => Cow::Borrowed("true"),
        true => below(next),
        false => Cow::Borrowed(value),
    };
    let value = &*value;
    match meaning(word, value) {
        Meaning::Public => false,
        Meaning::Restricted if word == Word::Label && part.starts_with("[[category") => true,
        Meaning::Restricted if place.is_at_top && word == Word::Stage => true,
        Meaning::Restricted if word == Word::Readers && place.is_at_top => {
            place.in_keys || meaning(Word::State, value) == Meaning::Restricted
        }
        Meaning::Restricted if word == Word::Intended => {
            place.in_keys || place.is_at_top || meaning(Word::Marking, value) == Meaning::Restricted
        }
        Meaning::Restricted if word.is_ambiguous() => place.in_keys,
        // A list explains words: `- draft: not published yet`.
        Meaning::Restricted if is_item && matches!(word, Word::Withheld | Word::Released) => {
            value.split_whitespace().count() == 1
        }
        Meaning::Restricted => true,
        Meaning::Unclear if place.is_at_top && key.contains("embargo") => true,
        Meaning::Unclear => {
            place.in_keys
                && (word.is_certain()
                    || (place.ends_with_fence && matches!(word, Word::State | Word::Day)))
        }
    }
}

/// Returns whether a line says a status in another form than with a colon: `Status - Draft`, `Status → draft`,
/// `@status draft`.
fn says_status(line: &str) -> bool {
    let line = line.trim();
    let split = match line.strip_prefix(['@', '\\']) {
        Some(rest) => rest.split_once([' ', '{']),
        None => [" - ", "→", "|", "..."]
            .iter()
            .find_map(|mark| line.split_once(mark)),
    };
    split.is_some_and(|(key, value)| is_status(key, value))
}

/// Returns whether a short line names a status among other things: `Owner: Jo | Status: Draft`, `Version 0.3, status draft`.
fn names_status(line: &str) -> bool {
    /// Words of such a line; more are a sentence.
    const MAX_WORDS: usize = 14;
    let parts = line.split(['|', '·', '•', ';', ',', '.', '(', ')']);
    let is_said = |part: &str| {
        let words: Vec<&str> = part
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        words.split_first().is_some_and(|(first, rest)| {
            *first == "status" && meaning(Word::State, &rest.join(" ")) == Meaning::Restricted
        })
    };
    line.split_whitespace().nth(MAX_WORDS).is_none() && parts.into_iter().any(is_said)
}

/// Returns whether a key of one word says a status or readers, and restricts them.
fn is_status(key: &str, value: &str) -> bool {
    matches!(word(key), Some(word @ (Word::State | Word::Audience))
        if !key.trim().contains(' ') && meaning(word, value.trim_end_matches('}')) == Meaning::Restricted)
}

/// Returns the value of a key that has none on its line: a list, or a value on the next line.
fn below(next: &str) -> Cow<'static, str> {
    let text = folded(next.trim_start().trim_start_matches(": "));
    let is_definition = next.trim_start().starts_with(": ");
    let is_indented = next.starts_with([' ', '\t']) || text.starts_with("- ");
    if is_definition || !has_key(next) && is_indented {
        Cow::Owned(text)
    } else {
        Cow::Borrowed("")
    }
}

/// Returns whether a line sets an attribute of AsciiDoc: `:draft:`.
fn is_set_attribute(part: &str) -> bool {
    let name = part
        .trim()
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'));
    name.is_some_and(|name| !name.is_empty() && !name.contains([':', ' ']))
}

/// Splits `key: value` or `key = value`, whatever marks are before the key.
pub(crate) fn key_and_value(part: &str) -> Option<(&str, &str)> {
    let part = part.trim_start_matches(|c: char| !c.is_alphanumeric());
    let (key, value) = part.split_once([':', '='])?;
    (key.chars().count() <= MAX_KEY).then_some((key, value))
}

/// Returns whether a line has the form of a key and a value: a key of few words.
pub(crate) fn has_key(line: &str) -> bool {
    let line = folded(line);
    key_and_value(&line).is_some_and(|(key, value)| {
        key.split_whitespace().count() <= 3
            && !value.starts_with("//")
            && !line.trim_start().starts_with("|")
    })
}

/// Returns whether a line could be meant as the fence of front matter.
fn is_fence(text: &str) -> bool {
    let text = text.trim();
    let Some(first) = text.chars().next() else {
        return false;
    };
    let marks = text.chars().filter(|c| !c.is_whitespace()).count();
    let same = text.chars().all(|c| c == first || c.is_whitespace());
    same && match first {
        '—' | '―' => true,
        '-' | '–' | '_' | '*' | '+' | '=' | ';' | '~' | '−' | '‐' | '‑' => marks >= 2,
        _ => false,
    }
}
