//! Nests the elements of raw HTML among the children of one node, as a browser would: open elements are on a stack,
//! and what a text leaves out (`</li>`, `<tr>`) is supplied.

mod apart;
mod close;
mod forms;
mod formula;
mod labels;
mod media;
mod open;
mod parts;
mod spans;
mod stack;

use std::{cell::OnceCell, collections::HashMap};

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue, Sourcepos},
};

use self::{
    forms::{
        CELL, DEFINITIONS, DETAILS, IMPLIED, ITEM, LIST, ROW, TABLE, TERM, is_cell, is_list, link,
        list, missing, trim_end,
    },
    formula::Formula,
    parts::{CARRIED, Carried},
};
use super::{
    elements::{Element, Kind},
    style::Apart,
    tokens::Token,
    unclosed::ends,
};

/// The most elements that are open at once; those within are not written, their content is. A page needs some ten.
const MAX_OPEN: usize = 40;
/// The widest cell, in columns or rows.
const MAX_SPAN: usize = 100;

/// What may be directly in a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Inlines,
    Blocks,
    /// Both, as a list item or a cell does.
    Either,
    /// Only items, rows or cells.
    Parts,
}

/// An open element.
#[derive(Clone, Copy)]
struct Open<'a> {
    element: Element,
    node: &'a AstNode<'a>,
    holds: Holds,
}

/// Turns the raw HTML among the children of a node, which was read, into nodes.
pub(super) fn rebuild<'a>(
    arena: &'a Arena<'a>,
    parent: &'a AstNode<'a>,
    read: &mut HashMap<*const AstNode<'a>, Vec<Token>>,
) {
    let children: Vec<&AstNode<'_>> = parent.children().collect();
    let mut pieces = Vec::with_capacity(children.len());
    let (mut nodes, mut is_raw) = (Vec::new(), Vec::new());
    for child in children {
        child.detach();
        let raw = read.remove(&std::ptr::from_ref(child));
        is_raw.push(raw.is_some());
        nodes.push(child);
        pieces.push(raw.unwrap_or_default());
    }
    labels::write(&mut pieces);
    let mut builder = Builder::new(arena, parent, &pieces);
    for ((child, raw), is_raw) in nodes.into_iter().zip(pieces).zip(is_raw) {
        if !is_raw {
            if builder.hidden.is_none() {
                builder.child(child);
            }
            continue;
        }
        let place = child.data().sourcepos;
        for token in raw {
            match token {
                Token::Text(text) if builder.hidden.is_none() => builder.text(&text),
                Token::Text(_) => {}
                Token::Tag(tag) => {
                    builder.place = place;
                    builder.place.start.line += tag.line;
                    builder.place.end.line = builder.place.start.line.max(place.start.line);
                    builder.tag(tag);
                }
            }
        }
    }
    builder.finish();
}

/// Returns whether a piece of HTML has a block with parts or lines of its own.
fn has_blocks(raw: &[Token]) -> bool {
    raw.iter().any(|token| match token {
        Token::Tag(tag) => {
            !tag.closes
                && matches!(
                    tag.element.kind,
                    Kind::Table
                        | Kind::List
                        | Kind::Numbered
                        | Kind::Definitions
                        | Kind::Preformatted
                        | Kind::Quote
                        | Kind::Part("details")
                )
        }
        Token::Text(_) => false,
    })
}

fn holds_of(value: &NodeValue) -> Holds {
    match value {
        NodeValue::TableCell => Holds::Either,
        value if value.contains_inlines() => Holds::Inlines,
        value if value.block() => Holds::Blocks,
        _ => Holds::Inlines,
    }
}

struct Builder<'a> {
    arena: &'a Arena<'a>,
    base: &'a AstNode<'a>,
    base_holds: Holds,
    /// Whether the base is a paragraph that becomes several blocks.
    is_parted: bool,
    /// Marks around the parts of lists and tables that are open.
    carried: Vec<Carried<'a>>,
    /// What keeps the next words apart from those before.
    apart: Option<Apart>,
    /// What keeps the elements apart that are open, by name, the innermost last.
    aparts: HashMap<&'static str, Vec<Option<Apart>>>,
    /// The words of the last list or table that are in none of its parts.
    outside: Option<&'a AstNode<'a>>,
    /// Whether the base is within a link, once that was asked.
    is_in_link: OnceCell<bool>,
    stack: Vec<Open<'a>>,
    /// Closing tags that are still to come, by name: a mark that is never closed is text.
    closers: HashMap<&'static str, usize>,
    /// Marks that ended with what they are in, whose closing tags mean nothing any more.
    closed_early: HashMap<&'static str, usize>,
    /// Elements that mark their content by a style, by name, the innermost last: how many others of the name are open
    /// within each.
    styled: HashMap<&'static str, Vec<usize>>,
    /// The element whose content is not shown, and how many others of its name are open within.
    hidden: Option<(&'static str, usize)>,
    /// What programs that show formulas have written of the last one.
    formula: Formula,
    /// The content of `<pre>`.
    preformatted: Option<String>,
    /// What is written at the ends of the elements that are open in it, by name, the innermost last.
    ends_in_preformatted: HashMap<&'static str, Vec<&'static str>>,
    /// Ids that wait for a place where they may be written.
    anchors: Vec<String>,
    /// A film or sound without an address so far.
    media: Option<&'static str>,
    /// Where the current tag is.
    place: Sourcepos,
}

impl<'a> Builder<'a> {
    /// Returns a builder of what is under a node, whose raw HTML was read as `pieces`.
    fn new(arena: &'a Arena<'a>, parent: &'a AstNode<'a>, pieces: &[Vec<Token>]) -> Self {
        // A list or a table that begins within a line, as in `<del><table>`, ends the paragraph.
        let is_parted = matches!(parent.data().value, NodeValue::Paragraph)
            && pieces.iter().any(|raw| has_blocks(raw));
        Self {
            arena,
            base: parent,
            base_holds: if is_parted {
                Holds::Blocks
            } else {
                holds_of(&parent.data().value)
            },
            is_parted,
            carried: Vec::new(),
            apart: None,
            aparts: HashMap::new(),
            outside: None,
            is_in_link: OnceCell::new(),
            stack: Vec::new(),
            closers: ends(pieces),
            closed_early: HashMap::new(),
            styled: HashMap::new(),
            hidden: None,
            formula: Formula::new(pieces),
            preformatted: None,
            ends_in_preformatted: HashMap::new(),
            anchors: Vec::new(),
            media: None,
            place: parent.data().sourcepos,
        }
    }

    fn alloc(&self, value: NodeValue) -> &'a AstNode<'a> {
        let node: &AstNode<'_> = self.arena.alloc(value.into());
        node.data_mut().sourcepos = self.place;
        node
    }

    fn top(&self) -> (&'a AstNode<'a>, Holds) {
        self.stack
            .last()
            .map_or((self.base, self.base_holds), |open| (open.node, open.holds))
    }

    /// Whether everything is within one line of text, where a block is no more than a break.
    fn is_inline(&self) -> bool {
        self.base_holds == Holds::Inlines
    }

    fn kind_of_top(&self) -> Option<Kind> {
        self.stack.last().map(|open| open.element.kind)
    }

    // Nodes and text.

    /// Places a node that markdown made.
    fn child(&mut self, node: &'a AstNode<'a>) {
        self.end_preformatted();
        let is_block = node.data().value.block();
        if !is_block {
            self.inline(node);
            return;
        }
        // The words of a paragraph belong to the heading that is open around it.
        let in_line = matches!(self.kind_of_top(), Some(Kind::Heading(_) | Kind::Line(_)));
        if in_line && matches!(node.data().value, NodeValue::Paragraph) {
            let (top, _) = self.top();
            let words: Vec<_> = node.children().collect();
            words.into_iter().for_each(|word| top.append(word));
            return;
        }
        self.block(node);
    }

    fn text(&mut self, text: &str) {
        if let Some(content) = &mut self.preformatted {
            content.push_str(text);
            return;
        }
        let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (top, holds) = self.top();
        let begins = top
            .last_child()
            .is_none_or(|last| last.data().value.block());
        if words.is_empty() && (begins || holds == Holds::Parts) || text.is_empty() {
            return;
        }
        let spaced = |c: Option<char>| c.is_some_and(char::is_whitespace);
        let in_mark = matches!(self.kind_of_top(), Some(Kind::Mark(_) | Kind::Anchor));
        if spaced(text.chars().next()) && !words.is_empty() && (in_mark || !begins) {
            words.insert(0, ' ');
        }
        if spaced(text.chars().next_back()) {
            words.push(' ');
        }
        let node = self.alloc(NodeValue::Text(words.into()));
        self.inline(node);
    }

    /// Places a node within a line of text, and begins a paragraph for it where one is needed.
    fn inline(&mut self, node: &'a AstNode<'a>) {
        if self.place_outside(node) {
            return;
        }
        self.open_parts();
        if self.top().1 == Holds::Blocks {
            let paragraph = self.alloc(NodeValue::Paragraph);
            self.push(IMPLIED, paragraph, Holds::Inlines);
            if let NodeValue::Text(text) = &mut node.data_mut().value {
                *text = text.trim_start().to_owned().into();
            }
        }
        self.put_apart(node);
        self.put_anchors();
        self.top().0.append(node);
    }

    /// Places a block. Marks around it continue within.
    fn block(&mut self, node: &'a AstNode<'a>) {
        self.open_parts();
        self.leave_line();
        self.put_anchors();
        self.apart = None;
        self.top().0.append(node);
    }

    /// Supplies the item, or the row and the cell, that a text left out.
    fn open_parts(&mut self) {
        while self.top().1 == Holds::Parts && self.stack.len() < MAX_OPEN + 3 {
            match self.kind_of_top() {
                Some(Kind::Table) => self.push_row(),
                Some(Kind::Row) => self.push_cell("td", 1, 1),
                Some(Kind::Definitions) => {
                    let node = self.alloc(NodeValue::EscapedTag("dd"));
                    self.push(DETAILS, node, Holds::Either);
                }
                _ if self.reopen_item() => {}
                _ => self.push_item(),
            }
        }
    }

    /// Ends the line of text, so that a block may follow. Marks that are open begin again around the block.
    fn leave_line(&mut self) {
        let mut marks = Vec::new();
        while let Some(open) = self.stack.last().copied() {
            let is_mark = matches!(open.element.kind, Kind::Mark(_) | Kind::Anchor);
            let ends = match open.holds {
                Holds::Inlines => true,
                Holds::Blocks | Holds::Either | Holds::Parts => false,
            };
            if !ends {
                break;
            }
            self.stack.pop();
            trim_end(open.node);
            let value = open.node.data().value.clone();
            if open.node.first_child().is_none() {
                open.node.detach();
            }
            if is_mark {
                marks.push((open.element, value));
            } else {
                // What a line was marked with as a whole ends with it.
                marks.retain(|(element, _)| element.name != CARRIED);
            }
        }
        for (element, value) in marks.into_iter().rev() {
            let node = self.alloc(value);
            self.top().0.append(node);
            self.push_placed(element, node, Holds::Blocks);
        }
    }

    /// Writes the ids that wait, where that is allowed.
    fn put_anchors(&mut self) {
        let (top, holds) = self.top();
        if holds == Holds::Parts {
            return;
        }
        for id in std::mem::take(&mut self.anchors) {
            top.append(self.alloc(NodeValue::Raw(id)));
        }
    }

    // The stack.

    fn push(&mut self, element: Element, node: &'a AstNode<'a>, holds: Holds) {
        self.apart = None;
        self.top().0.append(node);
        self.push_placed(element, node, holds);
    }

    fn push_placed(&mut self, element: Element, node: &'a AstNode<'a>, holds: Holds) {
        self.stack.push(Open {
            element,
            node,
            holds,
        });
    }

    fn finish(mut self) {
        self.end_preformatted();
        if let Some(what) = self.media.take() {
            self.text(&missing(what));
        }
        self.close_to(0);
        self.put_anchors();
        if self.base_holds == Holds::Inlines {
            trim_end(self.base);
        }
        if self.is_parted {
            let blocks: Vec<_> = self.base.children().collect();
            blocks
                .into_iter()
                .for_each(|block| self.base.insert_before(block));
            return self.base.detach();
        }
        // A paragraph of nothing but tags that are not written is none.
        let is_empty = matches!(self.base.data().value, NodeValue::Paragraph)
            && self.base.first_child().is_none();
        if is_empty {
            self.base.detach();
        }
    }
}
