//! Marks of emphasis within figures: `5*10*2` is a product, and without its stars another number. They stay as they were
//! written, on a page and in plain text.

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

/// Writes the marks of emphasis that would join figures.
pub(crate) fn restore_stars<'a>(arena: &'a Arena<'a>, emphasis: &[&'a AstNode<'a>]) {
    for node in emphasis.iter().copied().filter(|node| joins_figures(node)) {
        let mark = match node.data().value {
            NodeValue::Strong => "**",
            _ => "*",
        };
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

/// Returns whether a figure would follow another, or a figure would be within a word, without the marks; or whether both
/// are signs of multiplication, as in `(age - 40)*2 + falls*3`.
fn joins_figures<'a>(node: &'a AstNode<'a>) -> bool {
    let before = node
        .previous_sibling()
        .and_then(|node| edge(node, Side::Last));
    let after = node.next_sibling().and_then(|node| edge(node, Side::First));
    if before.is_none() && after.is_none() {
        return false;
    }
    let first = edge(node, Side::First);
    let last = edge(node, Side::Last);
    let is_figure = |c: Option<char>| c.is_some_and(char::is_numeric);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let ends = |c: Option<char>| is_word(c) || matches!(c, Some(')' | ']' | '}' | '%'));
    let begins = |c: Option<char>| is_word(c) || matches!(c, Some('(' | '[' | '{'));
    // Next to other marks it is no sign of multiplication: `)_0a_**a**`.
    let is_text = |node: Option<&AstNode<'a>>| {
        node.is_some_and(|node| matches!(node.data().value, NodeValue::Text(_)))
    };
    let is_bare = is_text(node.previous_sibling()) && is_text(node.next_sibling());
    let multiply = is_bare && ends(before) && begins(first) && ends(last) && begins(after);
    let meets = is_figure(before) && is_figure(first) || is_figure(last) && is_figure(after);
    meets || multiply && [before, first, last, after].into_iter().any(is_figure)
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
