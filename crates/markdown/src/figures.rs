//! Marks of emphasis within figures: `5*10*2` is a product, and without its stars another number. They stay as they were
//! written, on a page and in plain text.

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

/// Writes the marks of emphasis that would join figures, in a text that is written as `md`.
pub(crate) fn restore_stars<'a>(arena: &'a Arena<'a>, emphasis: &[&'a AstNode<'a>], md: &str) {
    for node in emphasis.iter().copied() {
        let mark = match node.data().value {
            NodeValue::Strong => "**",
            _ => "*",
        };
        if !joins_figures(node) && !multiplies(node, mark, md) {
            continue;
        }
        let text = || arena.alloc(NodeValue::Text(mark.into()).into());
        node.insert_before(text());
        let children: Vec<_> = node.children().collect();
        children
            .into_iter()
            .for_each(|child| node.insert_before(child));
        node.insert_before(text());
        node.detach();
    }
}

/// The characters around the two marks of an emphasis: before and behind the first, before and behind the second.
fn around<'a>(node: &'a AstNode<'a>) -> [Option<char>; 4] {
    let before = node.previous_sibling();
    let after = node.next_sibling();
    [
        before.and_then(|node| edge(node, Side::Last)),
        edge(node, Side::First),
        edge(node, Side::Last),
        after.and_then(|node| edge(node, Side::First)),
    ]
}

fn is_figure(c: Option<char>) -> bool {
    c.is_some_and(char::is_numeric)
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// Returns whether a figure would follow another, or a figure would be within a word, without the marks.
fn joins_figures<'a>(node: &'a AstNode<'a>) -> bool {
    let all @ [before, first, last, after] = around(node);
    let meets = is_figure(before) && is_figure(first) || is_figure(last) && is_figure(after);
    meets || all.into_iter().all(is_word) && all.into_iter().any(is_figure)
}

/// Returns whether both marks are signs of multiplication, as in `(age - 40)*2 + falls*3`. What is written with `_` is not, nor
/// what is next to other marks: `)_0a_**a**`.
fn multiplies<'a>(node: &'a AstNode<'a>, mark: &str, md: &str) -> bool {
    let is_text = |node: Option<&AstNode<'a>>| {
        node.is_some_and(|node| matches!(node.data().value, NodeValue::Text(_)))
    };
    if !is_text(node.previous_sibling()) || !is_text(node.next_sibling()) {
        return false;
    }
    let all @ [before, first, last, after] = around(node);
    let ends = |c: Option<char>| is_word(c) || matches!(c, Some(')' | ']' | '}' | '%'));
    let begins = |c: Option<char>| is_word(c) || matches!(c, Some('(' | '[' | '{'));
    let is_written = || {
        let (Some(before), Some(first)) = (before, first) else {
            return false;
        };
        md.contains(&format!("{before}{mark}{first}"))
    };
    ends(before)
        && begins(first)
        && ends(last)
        && begins(after)
        && all.into_iter().any(is_figure)
        && is_written()
}

/// An end of what is under a node.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    First,
    Last,
}

/// Returns the first or the last character under a node.
pub(crate) fn edge<'a>(node: &'a AstNode<'a>, side: Side) -> Option<char> {
    let mut node = node;
    loop {
        let text = match &node.data().value {
            NodeValue::Text(text) => text.to_string(),
            NodeValue::Code(code) => code.literal.clone(),
            _ => String::new(),
        };
        let child = match side {
            Side::First => node.first_child(),
            Side::Last => node.last_child(),
        };
        match (child, side) {
            (Some(child), _) => node = child,
            (None, Side::First) => return text.chars().next(),
            (None, Side::Last) => return text.chars().next_back(),
        }
    }
}
