//! Raw HTML within markdown: no tag of it is ever shown, but its words are, and so are its line
//! breaks, links and images, as markdown's own.

use comrak::{
    Arena,
    nodes::{AstNode, NodeLink, NodeValue},
};

/// Turns every piece of raw HTML under a node into markdown's own nodes.
pub(crate) fn soften<'a>(arena: &'a Arena<'a>, root: &'a AstNode<'a>) {
    let raw: Vec<&AstNode<'_>> = root
        .descendants()
        .filter(|node| {
            matches!(
                node.data().value,
                NodeValue::HtmlInline(_) | NodeValue::HtmlBlock(_)
            )
        })
        .collect();
    for node in raw {
        let value = std::mem::replace(&mut node.data_mut().value, NodeValue::SoftBreak);
        match value {
            NodeValue::HtmlInline(tag) => inline(arena, node, &tag),
            NodeValue::HtmlBlock(block) => self::block(arena, node, &block.literal),
            other => node.data_mut().value = other,
        }
    }
}

fn inline<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>, tag: &str) {
    match Tag::read(tag) {
        Some(tag) if tag.name == "br" => node.data_mut().value = NodeValue::LineBreak,
        Some(tag) if tag.name == "img" => match image(arena, &tag) {
            Some(image) => {
                node.insert_before(image);
                node.detach();
            }
            None => node.detach(),
        },
        Some(tag) if tag.name == "a" && !tag.closes => {
            if let Some(url) = tag.attribute("href") {
                wrap(arena, node, url);
            }
            node.detach();
        }
        _ => node.detach(),
    }
}

/// Moves what follows `<a href>`, up to `</a>` among the same siblings, into a link.
fn wrap<'a>(arena: &'a Arena<'a>, start: &'a AstNode<'a>, url: String) {
    let ends = |node: &&'a AstNode<'a>| {
        matches!(&node.data().value, NodeValue::HtmlInline(tag)
            if Tag::read(tag).is_some_and(|tag| tag.name == "a" && tag.closes))
    };
    let nested = start
        .ancestors()
        .any(|node| matches!(node.data().value, NodeValue::Link(_)));
    let Some(end) = start
        .following_siblings()
        .skip(1)
        .take(MAX_LINK_NODES)
        .find(ends)
        .filter(|_| !nested)
    else {
        return;
    };
    let link = NodeValue::Link(Box::new(NodeLink {
        url,
        title: String::new(),
    }));
    let link = arena.alloc(link.into());
    let inside: Vec<_> = start
        .following_siblings()
        .skip(1)
        .take_while(|node| !node.same_node(end))
        .collect();
    for node in inside {
        if let NodeValue::Link(_) = node.data().value {
            // A link within a link is none; its words stay.
            let words: Vec<_> = node.children().collect();
            for word in words {
                link.append(word);
            }
            node.detach();
            continue;
        }
        link.append(node);
    }
    start.insert_after(link);
}

fn image<'a>(arena: &'a Arena<'a>, tag: &Tag<'_>) -> Option<&'a AstNode<'a>> {
    let url = tag.attribute("src")?;
    let link = NodeLink {
        url,
        title: String::new(),
    };
    let image: &AstNode<'_> = arena.alloc(NodeValue::Image(Box::new(link)).into());
    let alt = tag.attribute("alt").unwrap_or_default();
    image.append(arena.alloc(NodeValue::Text(alt.into()).into()));
    Some(image)
}

/// A block becomes a paragraph of its words, links and images, or nothing.
fn block<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>, literal: &str) {
    let paragraph: &AstNode<'_> = arena.alloc(NodeValue::Paragraph.into());
    let mut target = paragraph;
    let mut hidden: Option<&'static str> = None;
    for piece in pieces(literal) {
        match piece {
            Piece::Words(_) if hidden.is_some() => {}
            Piece::Words(words) => {
                let text = decode(words);
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if text.is_empty() {
                    continue;
                }
                if target.last_child().is_some() {
                    target.append(arena.alloc(NodeValue::SoftBreak.into()));
                }
                target.append(arena.alloc(NodeValue::Text(text.into()).into()));
            }
            Piece::Tag(tag) => {
                let Some(tag) = Tag::read(tag) else { continue };
                match (tag.name.as_str(), tag.closes) {
                    ("script", closes) => hidden = (!closes).then_some("script"),
                    ("style", closes) => hidden = (!closes).then_some("style"),
                    _ if hidden.is_some() => {}
                    ("br", _) => target.append(arena.alloc(NodeValue::LineBreak.into())),
                    ("img", _) => {
                        if let Some(image) = image(arena, &tag) {
                            target.append(image);
                        }
                    }
                    ("a", true) => target = paragraph,
                    ("a", false) => {
                        if let Some(url) = tag.attribute("href") {
                            let link = NodeLink {
                                url,
                                title: String::new(),
                            };
                            target = arena.alloc(NodeValue::Link(Box::new(link)).into());
                            paragraph.append(target);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    if paragraph.first_child().is_some() {
        node.insert_before(paragraph);
    }
    node.detach();
}

enum Piece<'a> {
    Words(&'a str),
    Tag(&'a str),
}

/// Splits HTML into tags and the text between them; comments are neither.
fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut closers = Closers::new(html);
    let mut from = 0;
    let mut at = 0;
    while let Some(next) = html.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + next;
        let rest = html.get(start..).unwrap_or_default();
        let end = if let Some(comment) = rest.strip_prefix("<!--") {
            Some(
                comment
                    .find("-->")
                    .map_or(html.len(), |end| start + 4 + end + 3),
            )
        } else {
            closers.tag_end(start)
        };
        let Some(end) = end else {
            at = start + 1;
            continue;
        };
        pieces.extend(
            html.get(from..start)
                .filter(|words| !words.is_empty())
                .map(Piece::Words),
        );
        if !rest.starts_with("<!--") {
            pieces.extend(html.get(start..end).map(Piece::Tag));
        }
        from = end;
        at = end;
    }
    pieces.extend(
        html.get(from..)
            .filter(|words| !words.is_empty())
            .map(Piece::Words),
    );
    pieces
}

/// The longest tag that is read, so that a text of `<` only takes time proportional to its length.
const MAX_TAG_BYTES: usize = 4096;
/// How far the end of a link is searched for.
const MAX_LINK_NODES: usize = 200;

/// Finds where tags end, in time that grows with the text and not with the tags in it.
pub(crate) struct Closers<'a> {
    text: &'a str,
    /// The first `>` from where the last tag began; the text's end if there is none.
    next: usize,
    asked: bool,
}

impl<'a> Closers<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            next: 0,
            asked: false,
        }
    }

    /// Returns what follows the tag that begins at `start`. Asked for ascending starts only.
    pub(crate) fn tag_end(&mut self, start: usize) -> Option<usize> {
        if !self.asked || self.next < start {
            self.asked = true;
            let found = self.text.get(start..).and_then(|rest| rest.find('>'));
            self.next = found.map_or(self.text.len(), |end| start + end);
        }
        (self.next < self.text.len() && self.next - start < MAX_TAG_BYTES).then(|| self.next + 1)
    }
}

/// A tag, read as far as it is needed here.
pub(crate) struct Tag<'a> {
    pub(crate) name: String,
    pub(crate) closes: bool,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// Reads `<name …>` or `</name>`.
    pub(crate) fn read(tag: &'a str) -> Option<Self> {
        let inner = tag.strip_prefix('<')?.strip_suffix('>')?;
        let (closes, inner) = inner
            .strip_prefix('/')
            .map_or((false, inner), |rest| (true, rest));
        let end = inner
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(inner.len());
        let (name, rest) = inner.split_at(end);
        let good = name.starts_with(|c: char| c.is_ascii_alphabetic());
        good.then(|| Self {
            name: name.to_ascii_lowercase(),
            closes,
            rest,
        })
    }

    /// Returns the value of an attribute, decoded.
    pub(crate) fn attribute(&self, wanted: &str) -> Option<String> {
        attributes(self.rest)
            .into_iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, v)| decode(v))
    }
}

/// Reads attributes: names in lower case with their values as written.
pub(crate) fn attributes(mut rest: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            if name.is_empty() {
                // Nothing that could be an attribute: step over one character, or end.
                let Some(c) = after.chars().next() else {
                    return found;
                };
                rest = after.get(c.len_utf8()..).unwrap_or_default();
            } else {
                rest = after;
            }
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => {
                let end = value
                    .find(|c: char| c.is_whitespace() || c == '>')
                    .unwrap_or(value.len());
                value.split_at(end)
            }
        };
        found.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
}

/// Decodes the few entities that people write by hand.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
