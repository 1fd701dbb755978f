//! Markdown within HTML: `<div markdown="1">` of kramdown and Python-Markdown. What is in such an element is parsed by
//! itself, and its nodes take the place of the text.

use std::{collections::HashSet, ops::Range};

use comrak::{
    Arena,
    nodes::{AstNode, NodeHtmlBlock, NodeValue},
    parse_document,
};

use super::scan::{Closers, Tag, attributes};
use crate::options::options;

/// Such elements within each other; what is deeper is text.
const MAX_DEPTH: usize = 4;
/// Definitions of links of a text that its elements know.
const MAX_DEFINITIONS: usize = 200;
/// The longest of them, in bytes.
const MAX_DEFINITION_BYTES: usize = 2_048;

/// A part of a block of HTML, with the lines that are before it.
struct Part<'a> {
    text: &'a str,
    line: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    /// Markdown with blocks of its own.
    Blocks,
    /// Words of one paragraph, whatever its tags are.
    Words,
}

/// Parses what is in elements that say that it is markdown.
pub(crate) fn read_markdown_within<'a>(arena: &'a Arena<'a>, root: &'a AstNode<'a>, md: &str) {
    let mut definitions = Definitions::new(md, root);
    let mut blocks: Vec<(&AstNode<'_>, usize)> = root.descendants().map(|node| (node, 0)).collect();
    while let Some((node, depth)) = blocks.pop() {
        let NodeValue::HtmlBlock(block) = &node.data().value else {
            continue;
        };
        if depth >= MAX_DEPTH || !block.literal.contains("markdown") {
            continue;
        }
        let block = block.clone();
        let parts = parts(&block.literal);
        if !parts.iter().any(|part| part.kind != Kind::Html) {
            continue;
        }
        for part in parts {
            let place = node.data().sourcepos;
            let line = place.start.line + part.line;
            if part.kind != Kind::Html {
                for child in parsed(arena, &part, line, &mut definitions) {
                    blocks.extend(child.descendants().map(|node| (node, depth + 1)));
                    node.insert_before(child);
                }
            } else {
                let html = NodeHtmlBlock {
                    literal: part.text.to_owned(),
                    ..block
                };
                let piece: &AstNode<'_> = arena.alloc(NodeValue::HtmlBlock(html).into());
                piece.data_mut().sourcepos = place;
                piece.data_mut().sourcepos.start.line = line;
                node.insert_before(piece);
            }
        }
        node.detach();
    }
}

/// Parses a text whose first line is `line`; returns its blocks, or the words of its only paragraph.
fn parsed<'a>(
    arena: &'a Arena<'a>,
    part: &Part<'_>,
    line: usize,
    definitions: &mut Definitions<'_>,
) -> Vec<&'a AstNode<'a>> {
    let mut text = without_indent(part.text);
    if part.kind == Kind::Words {
        // A tag at the beginning of a line would begin a block of HTML, in which nothing is markdown.
        text = text.replace("\n<", "\n<wbr><");
        if text.starts_with('<') {
            text.insert_str(0, "<wbr>");
        }
    }
    definitions.add_to(&mut text);
    let root = parse_document(arena, &text, &options(&text));
    for node in root.descendants() {
        let place = &mut node.data_mut().sourcepos;
        place.start.line += line.saturating_sub(1);
        place.end.line += line.saturating_sub(1);
    }
    let only = root.first_child().filter(|first| {
        first.next_sibling().is_none() && matches!(first.data().value, NodeValue::Paragraph)
    });
    let children: Vec<_> = only.unwrap_or(root).children().collect();
    children.iter().for_each(|child| child.detach());
    children
}

/// The definitions of links of a text, which may be anywhere in it.
struct Definitions<'a> {
    each: Vec<Definition<'a>>,
    /// Bytes that its elements may still get of them, all together: as many as the text has.
    room: usize,
}

/// A line that says where a link leads.
struct Definition<'a> {
    /// In brackets and in small letters.
    label: String,
    line: &'a str,
}

impl<'a> Definitions<'a> {
    fn new<'t>(md: &'a str, root: &'t AstNode<'t>) -> Self {
        let code: Vec<(usize, usize)> = root
            .descendants()
            .filter(|node| matches!(node.data().value, NodeValue::CodeBlock(_)))
            .map(|node| node.data().sourcepos)
            .map(|place| (place.start.line, place.end.line))
            .collect();
        let is_code = |line: usize| code.iter().any(|(from, to)| (*from..=*to).contains(&line));
        let lines = md.split_inclusive('\n').enumerate();
        let mut labels = HashSet::new();
        let found = lines
            .filter(|(at, _)| !is_code(at + 1))
            .filter_map(|(_, line)| Definition::parse(line))
            // Of several with one label the first counts.
            .filter(|definition| labels.insert(definition.label.clone()));
        Self {
            each: found.take(MAX_DEFINITIONS).collect(),
            room: md.len(),
        }
    }

    /// Adds what a text refers to behind it, as long as there is room.
    fn add_to(&mut self, text: &mut String) {
        if self.each.is_empty() || !text.contains('[') {
            return;
        }
        let lower = text.to_lowercase();
        let mut separator = "\n\n";
        for definition in &self.each {
            let is_referred = lower.contains(&definition.label);
            if let Some(room) = self
                .room
                .checked_sub(definition.line.len())
                .filter(|_| is_referred)
            {
                self.room = room;
                text.push_str(std::mem::take(&mut separator));
                text.push_str(definition.line);
            }
        }
    }
}

impl<'a> Definition<'a> {
    /// Reads a line such as `[label]: address "title"`.
    fn parse(line: &'a str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        if line.len() > MAX_DEFINITION_BYTES
            || line.len() - text.len() > 3
            || text.starts_with("[^")
        {
            return None;
        }
        let (label, rest) = text.strip_prefix('[')?.split_once("]:")?;
        let rest = rest.trim();
        let end = match rest.strip_prefix('<') {
            Some(address) => address.find('>')? + 2,
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        let title = rest.get(end..)?.trim();
        let is_title = [('"', '"'), ('\'', '\''), ('(', ')')]
            .into_iter()
            .any(|(open, close)| {
                title.len() > 1 && title.starts_with(open) && title.ends_with(close)
            });
        let is_sound = !label.trim().is_empty() && end > 0 && (title.is_empty() || is_title);
        is_sound.then(|| Self {
            label: format!("[{}]", label.to_lowercase()),
            line,
        })
    }
}

/// Takes as many spaces off each line as all of them begin with.
fn without_indent(text: &str) -> String {
    let lines = || text.split_inclusive('\n');
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    // The first line follows the tag.
    let rest = lines().skip(1).filter(|line| !line.trim().is_empty());
    let indent = rest.map(spaces).min().unwrap_or(0);
    let mut out = String::with_capacity(text.len());
    for line in lines() {
        out.push_str(line.get(indent.min(spaces(line))..).unwrap_or(line));
    }
    out
}

/// Divides a block of HTML by the elements whose content is markdown.
fn parts(html: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut closers = Closers::new(html);
    let (mut copied, mut copied_lines, mut at) = (0, 0, 0);
    let mut push = |from: usize, to: usize, kind: Kind| {
        let text = html.get(from..to).unwrap_or_default();
        if !text.is_empty() {
            parts.push(Part {
                text,
                line: copied_lines,
                kind,
            });
        }
        copied_lines += text.matches('\n').count();
    };
    while let Some(start) = html.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + start;
        let Some(end) = closers.tag_end(start) else {
            break;
        };
        at = start + 1;
        let tag = html.get(start..end).unwrap_or_default();
        let Some((name, kind)) = opened(tag) else {
            continue;
        };
        let close = end_of(&mut closers, html, &name, end);
        let has_words = html
            .get(end..close)
            .is_some_and(|inner| !inner.trim().is_empty());
        if has_words {
            push(copied, end, Kind::Html);
            // A line of its own ends where its element does: what follows it is no more HTML than the rest.
            let first = first_line(html, end..close);
            if let Some(first) = first.filter(|_| kind == Kind::Blocks) {
                push(end, first.start, Kind::Html);
                push(first.start, first.end, Kind::Words);
                let behind = html.get(first.end..close).unwrap_or_default();
                let tag = behind.find('>').map_or(0, |at| at + 1);
                push(first.end, first.end + tag, Kind::Html);
                push(first.end + tag, close, kind);
            } else {
                push(end, close, kind);
            }
            copied = close;
        }
        at = close.max(end);
    }
    push(copied, html.len(), Kind::Html);
    parts
}

/// Returns where the words of the line are with which an element begins, such as its `summary`.
fn first_line(html: &str, inner: Range<usize>) -> Option<Range<usize>> {
    const LINES: [&str; 4] = ["summary", "figcaption", "legend", "caption"];
    let text = html.get(inner.clone())?;
    let mut closers = Closers::new(text);
    let start = text.len() - text.trim_start().len();
    let end = closers.tag_end(start)?;
    let tag = Tag::read(text.get(start..end)?).filter(|tag| !tag.closes)?;
    let is_line = LINES.contains(&tag.name.as_str());
    let close = is_line.then(|| end_of(&mut closers, text, &tag.name, end))?;
    (close < text.len()).then_some(inner.start + end..inner.start + close)
}

/// Returns where the element ends that began before a place: at its closing tag, or at the end of the text.
fn end_of(closers: &mut Closers<'_>, html: &str, name: &str, from: usize) -> usize {
    let mut open = 1_usize;
    let mut at = from;
    while let Some(distance) = html.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + distance;
        at = start + 1;
        let Some(end) = closers.tag_end(start) else {
            break;
        };
        let tag = html.get(start..end).and_then(Tag::read);
        let Some(tag) = tag.filter(|tag| tag.name == name) else {
            continue;
        };
        open = if tag.closes { open - 1 } else { open + 1 };
        if open == 0 {
            return start;
        }
    }
    html.len()
}

/// Returns the name of the element that a tag opens whose content is markdown, and how that is read: `markdown`,
/// `markdown="1"`, `markdown="span"`.
fn opened(tag: &str) -> Option<(String, Kind)> {
    let read = Tag::read(tag).filter(|read| !read.closes)?;
    let named = attributes(tag.get(1..)?);
    let value = named.iter().find(|(name, _)| name == "markdown");
    let kind = match value.map(|(_, value)| *value) {
        Some("0" | "false" | "off") => return None,
        Some("span") => Kind::Words,
        Some(_) => Kind::Blocks,
        None => {
            let words = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
            let mut words = words.skip(1);
            words
                .any(|word| word == "markdown")
                .then_some(Kind::Blocks)?
        }
    };
    Some((read.name, kind))
}
