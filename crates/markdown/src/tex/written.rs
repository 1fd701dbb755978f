//! Writes a formula so that markdown shows it as it is.

use std::{fmt::Write as _, ops::Range};

use super::{container, line_before};
use crate::attributes::attribute_list;

/// Writes a formula so that each of its signs is itself, and each of its lines is within what the first is within.
pub(super) fn write_literal(md: &str, range: &Range<usize>, in_table: bool, out: &mut String) {
    let text = md.get(range.clone()).unwrap_or_default();
    let depth = container(line_before(md, range.start)).matches('>').count();
    // A bar ends a cell of a table, in a formula as elsewhere.
    let has_cells = in_table && !text.contains('\n');
    for (index, line) in text.split('\n').enumerate() {
        let mut line = line;
        if index > 0 {
            out.push('\n');
            let inner = inside_quotations(line, depth);
            out.push_str(line.strip_suffix(inner).unwrap_or_default());
            line = inner;
            // An empty line would end the paragraph.
            if line.trim().is_empty() {
                out.push_str("<wbr>");
            }
        }
        write_line(line, has_cells, out);
    }
}

/// Returns a line without the marks of as many quotations, and without the spaces that follow.
fn inside_quotations(line: &str, depth: usize) -> &str {
    let mut rest = line.trim_start_matches([' ', '\t']);
    for _ in 0..depth {
        match rest.strip_prefix('>') {
            Some(inner) => rest = inner.trim_start_matches([' ', '\t']),
            None => break,
        }
    }
    rest
}

fn write_line(line: &str, has_cells: bool, out: &mut String) {
    let mut before = None;
    for (at, c) in line.char_indices() {
        let rest = line.get(at..).unwrap_or_default();
        let stays = match c {
            ',' | ';' | '/' | '?' | '\'' | '"' | '%' | '(' => true,
            '|' => has_cells && before != Some('\\'),
            '&' => is_entity(rest),
            c => !c.is_ascii_punctuation(),
        };
        if stays {
            out.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        }
        // What reads like a list of attributes, `{a=b}`, would be taken for one.
        if c == '{' && reads_as_attributes(rest) {
            out.push_str("<wbr>");
        }
        before = Some(c);
    }
}

fn reads_as_attributes(rest: &str) -> bool {
    let inner = rest.get(1..).unwrap_or_default();
    let end = inner.find(['{', '}']).map(|end| end + 2);
    let list = end.and_then(|end| rest.get(..end));
    list.is_some_and(|list| attribute_list(list).is_some())
}

/// Returns whether a text begins with an entity, which people write in formulas for HTML: `a &lt; b`.
fn is_entity(text: &str) -> bool {
    const MAX_ENTITY_BYTES: usize = 10;
    let near = text.bytes().skip(1).take(MAX_ENTITY_BYTES);
    let name = near
        .clone()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
    let length = name.count();
    length > 1 && text.as_bytes().get(length + 1) == Some(&b';')
}
