//! What lists of attributes mark: words in brackets, `10[9]{.sup}`, what is before a list, and the paragraph, heading or
//! block that a list on a line of its own belongs to.

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

use super::{AttributeList, MAX_BYTES, attribute_list};

/// The most nodes between the brackets around words.
const MAX_NODES: usize = 16;

/// A part of a text.
enum Part {
    Text(String),
    Span(String, AttributeList),
}

/// Reads `[words]{.class}` in a text, which ends with what is behind the last of them. Words with marks within may begin
/// in a text before this one.
pub(super) fn read<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>) {
    let text = match &node.data().value {
        NodeValue::Text(text) if text.contains("]{") => text.to_string(),
        _ => return,
    };
    let mut rest = text.as_str();
    if let Some((length, list)) = outer_end(&text)
        && read_outer(arena, node, text.get(..length).unwrap_or_default(), &list)
    {
        let list_end = rest.get(length..).and_then(|rest| rest.find('}'));
        rest = rest
            .get(length + list_end.unwrap_or_default() + 1..)
            .unwrap_or_default();
    }
    let (parts, last) = parts(rest);
    for part in parts {
        match part {
            Part::Text(text) if text.is_empty() => {}
            Part::Text(text) => {
                node.insert_before(arena.alloc(NodeValue::Text(text.into()).into()));
            }
            Part::Span(words, list) => {
                let words = arena.alloc(NodeValue::Text(words.into()).into());
                place(arena, node, &[words], list);
            }
        }
    }
    node.data_mut().value = NodeValue::Text(last.into());
}

/// Divides a text into spans and what is between them; returns the rest behind the last span, too.
fn parts(text: &str) -> (Vec<Part>, String) {
    let mut parts = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut copied = 0;
    let mut until = 0;
    for (at, c) in text.char_indices() {
        if at < until {
            continue;
        }
        match c {
            '[' => open.push(at),
            ']' => {
                let Some(start) = open.pop() else { continue };
                let Some((length, list)) = list_at(text, at + 1) else {
                    continue;
                };
                let get = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
                parts.push(Part::Text(get(copied..start).to_owned()));
                parts.push(Part::Span(get(start + 1..at).to_owned(), list));
                copied = at + 1 + length;
                until = copied;
                open.clear();
            }
            _ => {}
        }
    }
    (parts, text.get(copied..).unwrap_or_default().to_owned())
}

/// Returns the list of attributes at a place, with its length.
fn list_at(text: &str, at: usize) -> Option<(usize, AttributeList)> {
    let rest = text.get(at..)?;
    if !rest.starts_with('{') {
        return None;
    }
    let end = rest.bytes().take(MAX_BYTES).position(|byte| byte == b'}')?;
    Some((end + 1, attribute_list(rest.get(..=end)?)?))
}

/// Returns where a bracket closes that was opened before the text, if attributes follow it.
fn outer_end(text: &str) -> Option<(usize, AttributeList)> {
    let mut depth = 0_usize;
    let close = text.char_indices().find_map(|(at, c)| {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
        None
    })?;
    let (_, list) = list_at(text, close + 1)?;
    Some((close, list))
}

/// Reads words whose bracket was opened in a text before this one; `words` is what this text has of them.
fn read_outer<'a>(
    arena: &'a Arena<'a>,
    node: &'a AstNode<'a>,
    words: &str,
    list: &AttributeList,
) -> bool {
    let mut within = Vec::new();
    let before = node.preceding_siblings().skip(1).take(MAX_NODES);
    for sibling in before {
        let opened = match &sibling.data().value {
            NodeValue::Text(text) => text
                .rfind('[')
                .filter(|at| !text.get(*at..).is_some_and(|rest| rest.contains(']')))
                .map(|at| (text.to_string(), at)),
            _ => None,
        };
        let Some((text, at)) = opened else {
            within.push(sibling);
            continue;
        };
        let (left, first) = text.split_at(at);
        let new = |text: &str| -> &'a AstNode<'a> {
            arena.alloc(NodeValue::Text(text.to_owned().into()).into())
        };
        let mut inner = vec![new(first.get(1..).unwrap_or_default())];
        inner.extend(within.into_iter().rev());
        inner.push(new(words));
        sibling.data_mut().value = NodeValue::Text(left.to_owned().into());
        place(arena, node, &inner, list.clone());
        return true;
    }
    false
}

/// Places words before a node, with the id and the mark that a list gives them.
fn place<'a>(
    arena: &'a Arena<'a>,
    node: &'a AstNode<'a>,
    words: &[&'a AstNode<'a>],
    list: AttributeList,
) {
    let mark = list.mark(true);
    if let Some(id) = list.id {
        node.insert_before(arena.alloc(NodeValue::Raw(id).into()));
    }
    let Some(mark) = mark else {
        words.iter().for_each(|word| node.insert_before(word));
        return;
    };
    let marked: &AstNode<'_> = arena.alloc(NodeValue::EscapedTag(mark).into());
    words.iter().for_each(|word| marked.append(word));
    node.insert_before(marked);
}

/// Puts a mark around a node.
pub(super) fn mark<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>, mark: &'static str) {
    let marked: &AstNode<'_> = arena.alloc(NodeValue::EscapedTag(mark).into());
    node.insert_before(marked);
    marked.append(node);
}

/// Returns what a list of attributes belongs to that had a line of its own in a paragraph: the list of items where it is
/// not indented as they are; the block right before it, or behind it, where the paragraph has nothing else.
pub(super) fn belongs_to<'a>(
    node: &'a AstNode<'a>,
    paragraph: &'a AstNode<'a>,
    is_alone: bool,
) -> &'a AstNode<'a> {
    let place = paragraph.data().sourcepos;
    if is_alone {
        let before = paragraph
            .previous_sibling()
            .filter(|before| before.data().sourcepos.end.line + 1 >= place.start.line);
        return before
            .or_else(|| paragraph.next_sibling())
            .unwrap_or(paragraph);
    }
    let is_outside = node.data().sourcepos.start.column == 1 && place.start.column > 1;
    let lists = paragraph
        .ancestors()
        .take(MAX_NODES)
        .filter(|node| matches!(node.data().value, NodeValue::List(_)));
    let outermost = lists.last().filter(|_| is_outside);
    outermost.unwrap_or(paragraph)
}

/// Strikes out what a node holds.
pub(super) fn strike<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>) {
    let holders: Vec<&AstNode<'_>> = match node.data().value {
        NodeValue::Paragraph | NodeValue::Heading(_) => vec![node],
        NodeValue::Table(_) => {
            let cells = node.children().flat_map(|row| row.children());
            cells.collect()
        }
        _ => return mark(arena, node, "del"),
    };
    for holder in holders {
        let words: Vec<_> = holder.children().collect();
        if words.is_empty() {
            continue;
        }
        let struck: &AstNode<'_> = arena.alloc(NodeValue::EscapedTag("del").into());
        words.into_iter().for_each(|word| struck.append(word));
        holder.append(struck);
    }
}
