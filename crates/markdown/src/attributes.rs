//! Marks that other programs read and no reader should see: ids of headings (`## Costs {#costs}`), classes
//! (`{: .note }`, `[x](y){ .button }`), ids of blocks (`… ^id`), and the place of a table of contents (`[TOC]`).

mod spans;

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

use crate::{
    html::{hides, mark_of},
    words::words_under,
};

/// The longest list of attributes that is read.
const MAX_BYTES: usize = 300;

/// The shortest id of a block of Obsidian that begins with a letter, and with a figure: shorter ones could be powers.
const MIN_BLOCK_ID: [usize; 2] = [3, 6];

/// The most nodes of a paragraph that only says where a table of contents goes.
const MAX_CONTENTS_NODES: usize = 6;

/// Classes of what is not seen.
const HIDDEN: [&str; 4] = ["hidden", "d-none", "invisible", "visually-hidden"];

/// Returns whether a text has a list of attributes that hides what it belongs to: `{: .hidden }`.
pub(crate) fn has_hiding(text: &str) -> bool {
    let lists = text.match_indices('{').filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let list = rest.get(..=rest.bytes().take(MAX_BYTES).position(|byte| byte == b'}')?)?;
        attribute_list(list).map(|_| list)
    });
    lists.into_iter().any(|list| {
        let lower = list.to_ascii_lowercase();
        let mut words = lower.split(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | ':'));
        let is_named = words.any(|word| {
            word == "hidden" || word.split('.').skip(1).any(|class| HIDDEN.contains(&class))
        });
        let style = lower.split_once("style=").map(|(_, style)| style);
        is_named || style.is_some_and(|style| hides(style.trim_matches(['"', '\'', '}', ' '])))
    })
}

/// Returns whether a text may have such marks.
pub(crate) fn may_have(md: &str) -> bool {
    has(md, b'{', "{")
        || has(md, b'=', ")=")
        || has(md, b']', "TOC]")
        || has(md, b']', "toc]")
        || has(md, b']', "TOC_]")
        || memchr::memchr_iter(b'^', md.as_bytes()).any(|at| begins_block_id(md, at))
}

/// Returns whether the `^` there may begin the id of a block.
fn begins_block_id(md: &str, at: usize) -> bool {
    let before = at
        .checked_sub(1)
        .and_then(|before| md.as_bytes().get(before));
    let after = md.as_bytes().get(at + 1);
    before.is_none_or(u8::is_ascii_whitespace) && after.is_some_and(u8::is_ascii_alphanumeric)
}

/// Returns whether a text has a mark. Most texts have not even its rarest byte, which is quick to find out.
pub(crate) fn has(md: &str, byte: u8, mark: &str) -> bool {
    memchr::memchr(byte, md.as_bytes()).is_some() && md.contains(mark)
}

/// Takes the marks out of a tree. Ids stay, as targets of links.
pub(crate) fn read<'a>(arena: &'a Arena<'a>, root: &'a AstNode<'a>) {
    let texts: Vec<&AstNode<'_>> = root
        .descendants()
        .filter(|node| match &node.data().value {
            NodeValue::Text(text) => {
                text.contains('}')
                    || text.trim_end().ends_with([']', '='])
                    || block_id(text).is_some()
            }
            _ => false,
        })
        .collect();
    for node in texts {
        let Some(parent) = node.parent() else {
            continue;
        };
        if is_contents(parent) {
            remove_contents(parent);
            continue;
        }
        read_text(arena, node, parent);
    }
}

/// Whether a paragraph only says where a table of contents goes. Pages have one of their own.
fn is_contents<'a>(node: &'a AstNode<'a>) -> bool {
    const MARKS: [&str; 8] = [
        "[toc]",
        "[[toc]]",
        "[[_toc_]]",
        "{:toc}",
        "{: toc}",
        "${toc}",
        "{{toc}}",
        "toc {:toc}",
    ];
    // It is short: longer paragraphs are not read for it.
    let is_short = node.children().take(MAX_CONTENTS_NODES + 1).count() <= MAX_CONTENTS_NODES;
    if !is_short || !matches!(node.data().value, NodeValue::Paragraph) {
        return false;
    }
    let words = words_under(node);
    let words = words.trim().to_lowercase();
    MARKS.contains(&words.as_str())
}

fn remove_contents<'a>(paragraph: &'a AstNode<'a>) {
    // kramdown writes it in a list of its own.
    let mut node = paragraph;
    while let Some(parent) = node.parent() {
        let is_only = node.previous_sibling().is_none() && node.next_sibling().is_none();
        let is_list = matches!(parent.data().value, NodeValue::Item(_) | NodeValue::List(_));
        if !is_only || !is_list {
            break;
        }
        node = parent;
    }
    node.detach();
}

/// Takes lists of attributes out of a text: at its end in a heading or a paragraph, and right behind a link, an image,
/// code, marked words or words in brackets.
fn read_text<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>, parent: &'a AstNode<'a>) {
    spans::read(arena, node);
    let mut text = match &node.data().value {
        NodeValue::Text(text) => text.to_string(),
        _ => return,
    };
    let first = take_first(node, &mut text);
    let last = take_last(node, parent, &mut text);
    let label = take_label(node, &mut text);
    let block = take_block_id(node, &mut text);
    if first.is_none() && last.is_none() && label.is_none() && block.is_none() {
        return;
    }
    let mark = first.as_ref().and_then(|list| list.mark(true));
    if let (Some(mark), Some(before)) = (mark, node.previous_sibling()) {
        spans::mark(arena, before, mark);
    }
    let is_struck = last.as_ref().is_some_and(|list| list.mark(false).is_some());
    let ids = [first, last]
        .into_iter()
        .flatten()
        .filter_map(|list| list.id);
    for id in ids.chain(label).chain(block) {
        node.insert_before(arena.alloc(NodeValue::Raw(id).into()));
    }
    if !text.is_empty() {
        node.data_mut().value = NodeValue::Text(text.into());
        if is_struck {
            spans::strike(arena, parent);
        }
        return;
    }
    let line_end = match node.previous_sibling() {
        Some(before) => Some(before),
        None => node.next_sibling(),
    };
    if let Some(line_end) =
        line_end.filter(|node| matches!(node.data().value, NodeValue::SoftBreak))
    {
        line_end.detach();
    }
    node.detach();
    let holds_nothing =
        parent.first_child().is_none() && matches!(parent.data().value, NodeValue::Paragraph);
    if is_struck {
        spans::strike(arena, spans::belongs_to(node, parent, holds_nothing));
    }
    if holds_nothing {
        parent.detach();
    }
}

/// Takes the label of a part, as MyST writes it on a line of its own: `(label)=`.
fn take_label<'a>(node: &'a AstNode<'a>, text: &mut String) -> Option<String> {
    let is_alone = node.previous_sibling().is_none()
        && node
            .next_sibling()
            .is_none_or(|next| matches!(next.data().value, NodeValue::SoftBreak));
    let label = text.trim().strip_prefix('(')?.strip_suffix(")=")?;
    let label = Some(label)
        .filter(|label| is_alone && is_name(label))?
        .to_owned();
    text.clear();
    Some(label)
}

/// Takes the id of a block, as Obsidian writes it at the end of the block or on a line of its own behind it.
fn take_block_id<'a>(node: &'a AstNode<'a>, text: &mut String) -> Option<String> {
    let (kept, id) = block_id(text).filter(|_| node.next_sibling().is_none())?;
    let begins_line = node
        .previous_sibling()
        .is_none_or(|before| matches!(before.data().value, NodeValue::SoftBreak));
    // Right behind words that are marked, it is a power or an index.
    if kept.is_empty() && !begins_line && !text.starts_with(char::is_whitespace) {
        return None;
    }
    let id = id.to_owned();
    *text = kept.trim_end().to_owned();
    Some(id)
}

/// Returns the text before the id of a block, and the id: letters, digits and hyphens, with a letter among them.
fn block_id(text: &str) -> Option<(&str, &str)> {
    let (kept, id) = text.trim_end().rsplit_once('^')?;
    let is_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let [by_letter, by_figure] = MIN_BLOCK_ID;
    let shortest = match id.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => by_letter,
        false => by_figure,
    };
    let is_id = id.len() >= shortest
        && id.chars().all(is_of_id)
        && id.chars().any(|c| c.is_ascii_alphabetic());
    (is_id && (kept.is_empty() || kept.ends_with(char::is_whitespace))).then_some((kept, id))
}

/// Takes a list right behind what it belongs to.
fn take_first<'a>(node: &'a AstNode<'a>, text: &mut String) -> Option<AttributeList> {
    let follows = node.previous_sibling().is_some_and(|before| {
        matches!(
            before.data().value,
            NodeValue::Link(_)
                | NodeValue::Image(_)
                | NodeValue::Code(_)
                | NodeValue::Strong
                | NodeValue::Emph
        )
    });
    if !follows || !text.starts_with('{') {
        return None;
    }
    let end = text.find('}')?;
    let list = attribute_list(text.get(..=end)?)?;
    text.replace_range(..=end, "");
    Some(list)
}

/// Takes a list at the end of a heading or a paragraph, or on a line of its own in it.
fn take_last<'a>(
    node: &'a AstNode<'a>,
    parent: &'a AstNode<'a>,
    text: &mut String,
) -> Option<AttributeList> {
    let ends = node
        .next_sibling()
        .is_none_or(|next| matches!(next.data().value, NodeValue::SoftBreak | NodeValue::Raw(_)));
    let trimmed = text.trim_end();
    if !ends || !trimmed.ends_with('}') {
        return None;
    }
    let start = trimmed.rfind('{')?;
    let list = attribute_list(trimmed.get(start..)?)?;
    let is_heading = matches!(parent.data().value, NodeValue::Heading(_));
    if !(is_heading || list.is_marked || start == 0) {
        return None;
    }
    let kept = trimmed.get(..start).unwrap_or_default().trim_end();
    *text = kept.to_owned();
    Some(list)
}

/// What a list of attributes says.
#[derive(Debug, Clone, Default)]
pub(crate) struct AttributeList {
    pub(crate) id: Option<String>,
    /// Whether it begins with `{:`, or names an id or a class.
    is_marked: bool,
    /// The classes, with spaces between them.
    pub(crate) class: String,
    style: Option<String>,
    /// A title that readers see.
    pub(crate) title: Option<String>,
}

impl AttributeList {
    /// Returns the mark that is written for what it says of how something looks.
    fn mark(&self, is_line: bool) -> Option<&'static str> {
        mark_of(self.style.as_deref(), Some(&self.class), is_line)
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "id" => self.id = Some(value.to_owned()),
            "class" => self.add_class(value),
            "style" => self.style = Some(value.to_owned()),
            "title" | "caption" | "header" => self.title = Some(value.to_owned()),
            _ => {}
        }
    }

    fn add_class(&mut self, class: &str) {
        self.class.push(' ');
        self.class.push_str(class);
    }
}

/// Reads `{#id .class key="value"}` or `{: … }`; `None` for other words in braces.
pub(crate) fn attribute_list(text: &str) -> Option<AttributeList> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    // Docusaurus writes an id so where braces are code.
    let inner = inner
        .strip_prefix("/*")
        .and_then(|inner| inner.strip_suffix("*/"))
        .unwrap_or(inner);
    let (inner, has_colon) = inner
        .strip_prefix(':')
        .map_or((inner, false), |rest| (rest, true));
    let mut list = AttributeList {
        is_marked: has_colon,
        ..AttributeList::default()
    };
    let mut rest = inner.trim();
    if rest.is_empty() {
        return has_colon.then_some(list);
    }
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '"' || c == '\'')
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if let Some(id) = word.strip_prefix('#').filter(|id| is_name(id)) {
            list.id = Some(id.to_owned());
            list.is_marked = true;
        } else if let Some(class) = word.strip_prefix('.').filter(|class| is_name(class)) {
            list.add_class(class);
            list.is_marked = true;
        } else if let Some((key, value)) = word.split_once('=').filter(|(key, _)| is_name(key)) {
            if value.is_empty() {
                let quote = after.chars().next().filter(|c| *c == '"' || *c == '\'')?;
                let (value, behind) = after.get(1..)?.split_once(quote)?;
                list.set(key, value);
                rest = behind.trim_start();
                continue;
            }
            list.set(key, value);
        } else if !(has_colon && is_name(word)) {
            return None;
        }
        if after.starts_with(['"', '\'']) {
            return None;
        }
        rest = after.trim_start();
    }
    Some(list)
}

fn is_name(text: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
    !text.is_empty() && text.chars().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_attributes_are_not_words_in_braces() {
        for (text, id) in [
            ("{#our-costs}", Some(Some("our-costs"))),
            ("{ #id }", Some(Some("id"))),
            ("{: #a .b c=\"d e\"}", Some(Some("a"))),
            ("{.note}", Some(None)),
            ("{: .note }", Some(None)),
            ("{:target=\"_blank\"}", Some(None)),
            ("{:.no_toc}", Some(None)),
            ("{ward}", None),
            ("{a, b}", None),
            ("{}", None),
            ("{#a b}", None),
            ("{\"a\": 1}", None),
            ("{# comment #}", None),
            ("{/* #my-id */}", Some(Some("my-id"))),
            ("{ id=\"x\" }", Some(Some("x"))),
            ("{/* words */}", None),
        ] {
            let read = attribute_list(text).map(|list| list.id);
            assert_eq!(read, id.map(|id| id.map(str::to_owned)), "{text}");
        }
    }
}
