//! Configurations that are programs: `conf.py` of Sphinx and `docusaurus.config.js`. Only the lists of patterns in them are
//! found, by their lines; where another expression is in the place of a list, it is not known what the program leaves out.

use std::borrow::Cow;

use super::{
    Sign,
    patterns::{Kind, Patterns},
};

/// Quotation marks of Python and JavaScript.
const QUOTES: [char; 3] = ['\'', '"', '`'];

/// A language, and the key whose list names what is left out.
#[derive(Clone, Copy)]
struct Language {
    key: &'static str,
    comment: &'static str,
}

impl Language {
    fn is_python(self) -> bool {
        self.comment == "#"
    }
}

/// Finds the patterns of Sphinx: `exclude_patterns = ["hr/*"]`.
///
/// # Errors
/// What is there in place of a list.
pub(super) fn sphinx(sign: &Sign<'_>) -> Result<Vec<Patterns>, String> {
    let language = Language {
        key: "exclude_patterns",
        comment: "#",
    };
    patterns(sign, language, Vec::new())
}

/// Finds the patterns of Docusaurus: `exclude: ['**/drafts/**']`.
///
/// # Errors
/// What is there in place of a list.
pub(super) fn docusaurus(sign: &Sign<'_>) -> Result<Vec<Patterns>, String> {
    let language = Language {
        key: "exclude",
        comment: "//",
    };
    // Left out unless the configuration says otherwise.
    patterns(sign, language, vec![("**/_*/".to_owned(), 0)])
}

fn patterns(
    sign: &Sign<'_>,
    language: Language,
    mut lines: Vec<(String, u32)>,
) -> Result<Vec<Patterns>, String> {
    let key = language.key;
    let mut depth = 0;
    let mut is_expected = false;
    let text = match language.is_python() {
        true => Cow::Borrowed(sign.text),
        false => Cow::Owned(without_blocks(sign.text)),
    };
    for (number, line) in (1..).zip(text.lines()) {
        let line = without_comment(line, language.comment).trim();
        let list = if depth > 0 {
            line
        } else {
            let found = match is_expected {
                true => value(line, language),
                false => found_in(line, language),
            };
            is_expected = matches!(found, Found::OnNextLine);
            match found {
                Found::Nothing | Found::OnNextLine => continue,
                Found::List(list) => list,
                Found::Other => {
                    return Err(format!(
                        "line {number} gives `{key}` something else than a list of texts; write the list there"
                    ));
                }
            }
        };
        let mut each = Vec::new();
        depth = texts(list, depth, &mut each);
        let each = each.iter().filter(|text| !text.is_empty());
        lines.extend(each.map(|text| (anywhere(text), number)));
    }
    let patterns = Patterns::new(Kind::Generator(key), sign.shown, sign.folder, lines);
    Ok(vec![patterns])
}

/// What a line gives to the key.
enum Found<'a> {
    Nothing,
    /// A list, from its bracket on.
    List(&'a str),
    OnNextLine,
    /// An expression of another form.
    Other,
}

/// Finds the key in a line, and what it is given.
fn found_in(line: &str, language: Language) -> Found<'_> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    for (at, _) in line.match_indices(language.key) {
        let before = line.get(..at).unwrap_or_default();
        let behind = line.get(at + language.key.len()..).unwrap_or_default();
        if before.ends_with(is_part) || behind.starts_with(is_part) || is_quoted(before, behind) {
            continue;
        }
        let found = given(behind, language);
        // Sphinx reads the name of its module only; within a line the word may be that of another.
        let is_of_other =
            matches!(found, Found::Other) && language.is_python() && !before.is_empty();
        if !(is_of_other || matches!(found, Found::Nothing)) {
            return found;
        }
    }
    Found::Nothing
}

/// Returns what is given to the key in front of a text.
fn given(behind: &str, language: Language) -> Found<'_> {
    let rest = behind.trim_start_matches(['\'', '"']).trim_start();
    for method in [".append", ".extend", ".insert"] {
        if let Some(list) = rest.strip_prefix(method) {
            return Found::List(list.trim_start());
        }
    }
    let rest = rest.strip_prefix('+').unwrap_or(rest);
    if let Some(rest) = rest.strip_prefix('=') {
        return match rest.starts_with(['=', '>']) {
            true => Found::Nothing,
            false => value(rest.trim_start(), language),
        };
    }
    let Some(rest) = rest.strip_prefix(':').map(str::trim_start) else {
        return Found::Nothing;
    };
    // Behind a colon there is a value of JavaScript, or a type with the value behind it.
    match rest.split_once('=') {
        _ if rest.starts_with('[') => Found::List(rest),
        // A regular expression.
        _ if rest.starts_with('/') => Found::Nothing,
        Some((kind, behind))
            if (language.is_python() || !kind.contains(',')) && !behind.starts_with(['=', '>']) =>
        {
            value(behind.trim_start(), language)
        }
        Some(_) | None if language.is_python() => Found::Nothing,
        Some(_) | None => value(rest, language),
    }
}

/// Returns what an expression is.
fn value(text: &str, language: Language) -> Found<'_> {
    if text.is_empty() || text == "\\" {
        return Found::OnNextLine;
    }
    // What the key had before was read where it was given.
    let added = text.strip_prefix(language.key).map(str::trim_start);
    let added = added.and_then(|added| added.strip_prefix('+'));
    let text = added.map_or(text, str::trim_start);
    if text.starts_with(['[', '(']) && !text.contains("=>") {
        return Found::List(text);
    }
    let is_name = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$'));
    // Loaders of JavaScript have a key of the same name, with an expression or a function.
    let is_of_other = text.contains('(') || text.contains("=>") || is_nothing(text);
    match language.is_python() || is_name && !is_of_other {
        true => Found::Other,
        false => Found::Nothing,
    }
}

/// Returns whether an expression of JavaScript gives no value to a key.
fn is_nothing(text: &str) -> bool {
    let text = text.split([',', ';', '}']).next().unwrap_or_default();
    matches!(text.trim(), "undefined" | "null" | "false" | "true")
}

/// Returns whether a word is within quotation marks with other words, and is not itself a key in quotation marks.
fn is_quoted(before: &str, behind: &str) -> bool {
    let mut quote = None;
    let mut is_escaped = false;
    for c in before.chars() {
        match quote {
            _ if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None => quote = QUOTES.contains(&c).then_some(c),
        }
    }
    quote.is_some_and(|open| !(before.ends_with(open) && behind.starts_with(open)))
}

/// Returns a text of JavaScript without its comments of several lines, whose line ends stay.
fn without_blocks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_comment = false;
    let mut quote = None;
    for line in text.split_inclusive('\n') {
        // Only these marks may be on several lines.
        quote = quote.filter(|open| *open == '`');
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let at = c.len_utf8();
            match quote {
                _ if is_comment => {
                    is_comment = !rest.starts_with("*/");
                    if !is_comment {
                        rest = rest.get(2..).unwrap_or_default();
                        continue;
                    }
                    out.extend(Some(c).filter(|c| *c == '\n'));
                }
                None if rest.starts_with("//") => {
                    out.push_str(rest);
                    break;
                }
                None if rest.starts_with("/*") => is_comment = true,
                Some(open) if c == open => {
                    quote = None;
                    out.push(c);
                }
                None if QUOTES.contains(&c) => {
                    quote = Some(c);
                    out.push(c);
                }
                _ => out.push(c),
            }
            rest = rest.get(at..).unwrap_or_default();
        }
    }
    // What has no end is none, so that no key is missed.
    if is_comment { text.to_owned() } else { out }
}

/// Returns a line without its comment, which begins outside of quotation marks.
fn without_comment<'a>(line: &'a str, comment: &str) -> &'a str {
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in line.char_indices() {
        match quote {
            _ if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if QUOTES.contains(&c) => quote = Some(c),
            None => {
                let rest = line.get(at..).unwrap_or_default();
                if rest.starts_with(comment) {
                    return line.get(..at).unwrap_or_default();
                }
            }
        }
    }
    line
}

/// Adds what is between quotation marks up to the end of a list, of which `depth` brackets are open. Returns how many are
/// open behind the line; 0 once it has ended.
fn texts(line: &str, mut depth: usize, found: &mut Vec<String>) -> usize {
    let mut quote = None;
    let mut text = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match quote {
            Some(open) if c == open => {
                found.push(std::mem::take(&mut text));
                quote = None;
            }
            Some(_) if c == '\\' => text.extend(chars.next()),
            Some(_) => text.push(c),
            None if QUOTES.contains(&c) => quote = Some(c),
            None if matches!(c, '[' | '(' | '{') => depth += 1,
            None if matches!(c, ']' | ')' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return 0;
                }
            }
            None => {}
        }
    }
    depth
}

/// Returns a pattern for the same path in any folder: which folder it begins at is said elsewhere in the program.
fn anywhere(pattern: &str) -> String {
    let inner = pattern.trim_start_matches("./").trim_start_matches('/');
    match inner.starts_with("**/") {
        true => inner.to_owned(),
        false => format!("**/{inner}"),
    }
}
