//! One part of XML as a tree that borrows from its text: 40 bytes for each element or text.
//!
//! Definitions of document types and of entities are refused, so that nothing expands and nothing is fetched. Depth and
//! number of nodes are bounded while reading.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::{resolve_predefined_entity, unescape},
    events::{Event, attributes::Attributes},
};

use crate::{
    limits::{MAX_DEPTH, MAX_NODES},
    refusal::Refusal,
};

/// A part of XML. Node 0 is its root element.
pub(crate) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
}

/// A node; those below it follow it, up to `end`.
struct Node<'a> {
    /// The name with its prefix, or nothing for a text.
    name: &'a str,
    /// The attributes as written, or a text as written.
    text: &'a str,
    end: u32,
}

/// The name of a text that a reference such as `&amp;` or `&#65;` means.
const REFERENCE: &str = "&";
/// The name of a text that is taken as it is written.
const VERBATIM: &str = "<";

impl<'a> Tree<'a> {
    /// Reads a part.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Refusal> {
        let mut reader = Reader::from_str(text);
        let mut nodes: Vec<Node<'a>> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        loop {
            let start = position(&reader);
            let event = reader.read_event().map_err(|_| Refusal::Damaged)?;
            let written = text.get(start..position(&reader)).unwrap_or_default();
            let node = match event {
                Event::Start(_) => {
                    if open.len() >= MAX_DEPTH {
                        return Err(Refusal::TooLarge);
                    }
                    open.push(nodes.len());
                    element(written, "<", ">")
                }
                Event::Empty(_) => element(written, "<", "/>"),
                Event::End(_) => {
                    let end = index(nodes.len())?;
                    if let Some(node) = open.pop().and_then(|at| nodes.get_mut(at)) {
                        node.end = end;
                    }
                    continue;
                }
                Event::Text(_) => ("", written),
                Event::CData(_) => {
                    let inner = written
                        .strip_prefix("<![CDATA[")
                        .and_then(|rest| rest.strip_suffix("]]>"));
                    (VERBATIM, inner.unwrap_or_default())
                }
                Event::GeneralRef(_) => (REFERENCE, written),
                Event::DocType(_) => return Err(Refusal::Entities),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
                Event::Eof => break,
            };
            // What is outside of the root element is space.
            if nodes.is_empty() && !matches!(node.0, name if is_element(name)) {
                continue;
            }
            if nodes.len() >= MAX_NODES {
                return Err(Refusal::TooLarge);
            }
            let end = index(nodes.len() + 1)?;
            nodes.push(Node {
                name: node.0,
                text: node.1,
                end,
            });
        }
        if nodes.is_empty() || !open.is_empty() {
            return Err(Refusal::Damaged);
        }
        Ok(Self { nodes })
    }

    /// Returns the root element.
    pub(crate) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, at: 0 }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn index(at: usize) -> Result<u32, Refusal> {
    u32::try_from(at).map_err(|_| Refusal::TooLarge)
}

fn is_element(name: &str) -> bool {
    !matches!(name, "" | REFERENCE | VERBATIM)
}

/// Splits a tag into its name and its attributes.
fn element<'a>(written: &'a str, before: &str, after: &str) -> (&'a str, &'a str) {
    let inner = written
        .strip_prefix(before)
        .and_then(|rest| rest.strip_suffix(after))
        .unwrap_or_default();
    inner
        .split_once(|c: char| c.is_ascii_whitespace())
        .unwrap_or((inner, ""))
}

/// An element of a tree.
#[derive(Clone, Copy)]
pub(crate) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    at: usize,
}

impl<'t, 'a> Element<'t, 'a> {
    fn node(self) -> Option<&'t Node<'a>> {
        self.tree.nodes.get(self.at)
    }

    /// Returns the name without its prefix.
    pub(crate) fn name(self) -> &'t str {
        let name = self.node().map_or("", |node| node.name);
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// Returns the elements directly below this one.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'t, 'a>> {
        let end = self.end();
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < end {
                let child = Element {
                    tree: self.tree,
                    at,
                };
                at = child.end().max(at + 1);
                if child.node().is_some_and(|node| is_element(node.name)) {
                    return Some(child);
                }
            }
            None
        })
    }

    /// Returns all elements below this one, in their order.
    pub(crate) fn descendants(self) -> impl Iterator<Item = Element<'t, 'a>> {
        (self.at + 1..self.end())
            .map(move |at| Element {
                tree: self.tree,
                at,
            })
            .filter(|element| element.node().is_some_and(|node| is_element(node.name)))
    }

    /// Returns all elements below this one, without forms of the same content for older programs.
    pub(crate) fn chosen_descendants(self) -> impl Iterator<Item = Element<'t, 'a>> {
        let mut at = self.at + 1;
        let end = self.end();
        std::iter::from_fn(move || {
            while at < end {
                let element = Element {
                    tree: self.tree,
                    at,
                };
                at += 1;
                if element.name() == "Fallback" {
                    at = element.end();
                } else if element.node().is_some_and(|node| is_element(node.name)) {
                    return Some(element);
                }
            }
            None
        })
    }

    /// Returns the first element of a name directly below this one.
    pub(crate) fn child(self, name: &str) -> Option<Element<'t, 'a>> {
        self.children().find(|child| child.name() == name)
    }

    /// Returns the first element of a name anywhere below this one.
    pub(crate) fn descendant(self, name: &str) -> Option<Element<'t, 'a>> {
        self.descendants().find(|element| element.name() == name)
    }

    /// Returns the text below this element, and nothing that elements below it add of their own.
    pub(crate) fn text(self) -> String {
        let mut out = String::new();
        for at in self.at + 1..self.end() {
            if let Some(node) = self.tree.nodes.get(at) {
                push_text(&mut out, node);
            }
        }
        out
    }

    /// Returns the text directly below this element.
    pub(crate) fn own_text(self) -> String {
        let mut out = String::new();
        let (mut at, end) = (self.at + 1, self.end());
        while at < end {
            let Some(node) = self.tree.nodes.get(at) else {
                break;
            };
            push_text(&mut out, node);
            at = usize::try_from(node.end).unwrap_or(usize::MAX).max(at + 1);
        }
        out
    }

    /// Returns the value of an attribute by its name without prefix.
    pub(crate) fn attribute(self, name: &str) -> Option<String> {
        self.find_attribute(|key| key.rsplit_once(':').map_or(key, |(_, local)| local) == name)
    }

    /// Returns the value of an attribute that has a prefix, such as `r:id`.
    pub(crate) fn reference(self, name: &str) -> Option<String> {
        self.find_attribute(|key| key.rsplit_once(':').is_some_and(|(_, local)| local == name))
    }

    /// Returns the attributes: names without prefix, and values.
    pub(crate) fn attributes(self) -> Vec<(&'t str, String)> {
        let written = self.node().map_or("", |node| node.text);
        // Without checks: to look for names that come twice takes the square of the time.
        let mut attributes = Attributes::new(written, 0);
        attributes
            .with_checks(false)
            .filter_map(Result::ok)
            .filter_map(|attribute| {
                let key = std::str::from_utf8(attribute.key.into_inner()).ok()?;
                let local = key.rsplit_once(':').map_or(key, |(_, local)| local);
                Some((
                    local,
                    decode(std::str::from_utf8(&attribute.value).ok()?).into_owned(),
                ))
            })
            .collect()
    }

    fn find_attribute(self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let written = self.node()?.text;
        let mut attributes = Attributes::new(written, 0);
        let found = attributes
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| std::str::from_utf8(attribute.key.into_inner()).is_ok_and(&wanted))?;
        Some(decode(std::str::from_utf8(&found.value).ok()?).into_owned())
    }

    fn end(self) -> usize {
        let end = self.node().map_or(0, |node| node.end);
        usize::try_from(end).unwrap_or(usize::MAX)
    }
}

fn push_text(out: &mut String, node: &Node<'_>) {
    match node.name {
        "" => out.push_str(&decode(node.text)),
        VERBATIM => out.push_str(node.text),
        REFERENCE => {
            let name = node
                .text
                .strip_prefix('&')
                .and_then(|rest| rest.strip_suffix(';'))
                .unwrap_or_default();
            match resolve_predefined_entity(name) {
                Some(text) => out.push_str(text),
                None => out.push_str(&decode(node.text)),
            }
        }
        _ => {}
    }
}

/// Replaces references to characters. A reference to an entity that nothing defines stays as it is written.
fn decode(written: &str) -> Cow<'_, str> {
    unescape(written).unwrap_or(Cow::Borrowed(written))
}
