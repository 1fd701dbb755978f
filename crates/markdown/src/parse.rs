//! The tree of a text: what comrak reads, with the dialects and the raw HTML that it does not.
//!
//! Pages, the index, outlines and links all come from this one tree, so that they agree.

use std::borrow::Cow;

use comrak::{
    Arena, Options,
    arena_tree::NodeEdge,
    nodes::{AstNode, NodeValue},
    parse_document,
};

use crate::{
    attributes, comments, dialect, directives, entities, figures, foreign, formulas, html,
    options::options, tex, text,
};

/// Returns a text as it is parsed: without comments, with formulas as text, and with the notes of other dialects in one
/// form. It has the same lines.
pub(crate) fn prepared(md: &str) -> Cow<'_, str> {
    let mut md = comments::without_comments(md).md;
    for change in [
        text::without_page_breaks,
        foreign::without_tags,
        formulas::as_text,
        tex::as_literal,
        dialect::with_callouts,
    ] {
        if let Cow::Owned(changed) = change(&md) {
            md = Cow::Owned(changed);
        }
    }
    md
}

/// The deepest nesting that is shown: deeper pages are slow in browsers.
const MAX_DEPTH: usize = 100;

/// Says whether nodes are nested too deeply to be shown.
pub(crate) fn is_too_deep<'a>(root: &'a AstNode<'a>) -> bool {
    let mut depth = 0_usize;
    root.traverse().any(|edge| match edge {
        NodeEdge::Start(_) => {
            depth += 1;
            depth > MAX_DEPTH
        }
        NodeEdge::End(_) => {
            depth = depth.saturating_sub(1);
            false
        }
    })
}

/// Parses a text that is [`prepared`].
pub(crate) fn parse<'a>(arena: &'a Arena<'a>, prepared: &str) -> &'a AstNode<'a> {
    parse_with(arena, prepared, &options(prepared))
}

/// Does what [`parse`] does, with the options of the text.
pub(crate) fn parse_with<'a>(
    arena: &'a Arena<'a>,
    prepared: &str,
    options: &Options<'_>,
) -> &'a AstNode<'a> {
    let root = parse_document(arena, prepared, options);
    if prepared.contains("markdown") {
        html::read_markdown_within(arena, root, prepared);
    }
    if prepared.contains(":::") {
        directives::read(arena, root);
    }
    let mut with_html = false;
    let (mut tildes, mut captions, mut definitions) = (vec![], vec![], vec![]);
    let mut emphasis = vec![];
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::HtmlInline(_) | NodeValue::HtmlBlock(_) => with_html = true,
            NodeValue::Emph | NodeValue::Strong => emphasis.push(node),
            NodeValue::Subscript => tildes.push(node),
            NodeValue::CodeBlock(block) if block.info.contains(['{', '=']) => captions.push(node),
            NodeValue::DescriptionItem(_) => definitions.push(node),
            _ => {}
        }
    }
    tildes
        .into_iter()
        .for_each(|node| restore_tildes(arena, node));
    captions
        .into_iter()
        .for_each(|node| directives::caption(arena, node));
    restore_definitions(arena, prepared, &definitions);
    figures::restore_stars(arena, &emphasis, prepared);
    if with_html {
        html::read(arena, root);
    }
    if prepared.contains("&#") {
        entities::read(root);
    }
    if attributes::may_have(prepared) {
        attributes::read(arena, root);
    }
    root
}

/// One tilde on each side strikes nothing through: `from ~40 to ~20`, `CO~2~`.
fn restore_tildes<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>) {
    let tilde = || arena.alloc(NodeValue::Text("~".into()).into());
    node.insert_before(tilde());
    let children: Vec<_> = node.children().collect();
    children
        .into_iter()
        .for_each(|child| node.insert_before(child));
    node.insert_before(tilde());
    node.detach();
}

/// A definition begins with a colon. A line that begins with a tilde says "about".
fn restore_definitions<'a>(arena: &'a Arena<'a>, md: &str, items: &[&'a AstNode<'a>]) {
    if items.is_empty() {
        return;
    }
    let lines: Vec<&str> = md.split('\n').collect();
    for item in items {
        let Some(details) = item.last_child() else {
            continue;
        };
        let place = details.data().sourcepos.start;
        let line = lines
            .get(place.line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let mark = line.as_bytes().get(place.column.saturating_sub(1));
        if mark != Some(&b'~') {
            continue;
        }
        // The list ends before this item, and continues behind it.
        let Some(list) = item.parent() else { continue };
        let mut blocks: Vec<_> = Vec::new();
        for part in item.children().collect::<Vec<_>>() {
            blocks.extend(part.children());
        }
        let first = details.first_child();
        if let Some(first) = first {
            let text = arena.alloc(NodeValue::Text("~ ".into()).into());
            first.prepend(text);
        }
        let after: Vec<_> = item.following_siblings().skip(1).collect();
        let rest: &AstNode<'_> = arena.alloc(NodeValue::DescriptionList.into());
        after.into_iter().for_each(|node| rest.append(node));
        if rest.first_child().is_some() {
            list.insert_after(rest);
        }
        blocks
            .into_iter()
            .rev()
            .for_each(|block| list.insert_after(block));
        item.detach();
        if list.first_child().is_none() {
            list.detach();
        }
    }
}
