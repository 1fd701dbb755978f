//! What is within a list or a table and in none of its parts: marks around rows and items hold for each of them, and
//! words stay out of cells, so that no column moves and no number changes.

use comrak::nodes::{AstNode, NodeValue};

use super::{Builder, Holds, ITEM, MAX_OPEN, Open};
use crate::html::{
    elements::{Element, Kind},
    style::Apart,
};

/// The name of marks that parts have because of what is around them: they end with their part.
pub(super) const CARRIED: &str = "carried";
/// The most marks around the parts of a list or a table.
const MAX_CARRIED: usize = 4;

/// A mark or a link around parts.
pub(super) struct Carried<'a> {
    /// The element whose end is its own; empty if it ends with what it is in.
    name: &'static str,
    kind: Kind,
    node: &'a AstNode<'a>,
    /// How many elements must be open for it.
    depth: usize,
}

impl<'a> Builder<'a> {
    /// Lets the parts to come be marked, each by itself.
    pub(super) fn carry(&mut self, name: &'static str, kind: Kind, value: NodeValue) {
        if self.carried.len() < MAX_CARRIED {
            let node = self.alloc(value);
            self.carried.push(Carried {
                name,
                kind,
                node,
                depth: self.stack.len(),
            });
        }
    }

    /// Marks the part that has begun.
    pub(super) fn begin_carried(&mut self) {
        for at in 0..self.carried.len() {
            let Some(carried) = self.carried.get(at) else {
                return;
            };
            let (kind, value) = (carried.kind, carried.node.data().value.clone());
            let is_open = self.stack.iter().any(|open| open.element.kind == kind);
            if is_open || self.stack.len() >= MAX_OPEN {
                continue;
            }
            let node = self.alloc(value);
            self.top().0.append(node);
            let name = CARRIED;
            self.push_placed(Element { name, kind }, node, Holds::Inlines);
        }
    }

    /// Ends the last mark around parts that is that of an element; returns whether there is one.
    pub(super) fn end_carried(&mut self, name: &str) -> bool {
        let of_name = |carried: &Carried<'_>| carried.name == name;
        let Some(at) = self.carried.iter().rposition(of_name) else {
            return false;
        };
        let carried = self.carried.remove(at);
        let is_it =
            |open: &Open<'_>| open.element.name == CARRIED && open.element.kind == carried.kind;
        if let Some(at) = self.stack.iter().rposition(is_it) {
            self.close_to(at);
        }
        true
    }

    /// Forgets marks whose lists and tables have ended.
    pub(super) fn drop_carried(&mut self) {
        let length = self.stack.len();
        self.carried.retain(|carried| carried.depth <= length);
    }

    /// Places words that are in a list or a table and in none of its parts, as a browser does: before it, or in the last
    /// item. Returns whether that is done.
    pub(super) fn place_outside(&mut self, node: &'a AstNode<'a>) -> bool {
        if self.top().1 != Holds::Parts {
            return false;
        }
        let (top, _) = self.top();
        let whole = match self.kind_of_top() {
            Some(Kind::Table | Kind::Row) => {
                let is_table = |open: &Open<'_>| open.element.kind == Kind::Table;
                let Some(at) = self.stack.iter().rposition(is_table) else {
                    return false;
                };
                let table = self.stack.get(at);
                // One that a cell without a table has opened ends with its cells.
                if table.is_none_or(|table| table.element.name.is_empty()) {
                    self.close_to(at);
                    self.keep_apart(Apart::Line);
                    return false;
                }
                table.map(|table| table.node)
            }
            Some(Kind::List | Kind::Numbered) if top.last_child().is_none() => Some(top),
            _ => None,
        };
        let Some(whole) = whole else {
            return false;
        };
        let before = whole.previous_sibling();
        let paragraph = match self.outside {
            Some(known) if before.is_some_and(|before| std::ptr::eq(before, known)) => {
                known.append(self.alloc(NodeValue::Text(" ".into())));
                known
            }
            _ => {
                let new = self.alloc(NodeValue::Paragraph);
                whole.insert_before(new);
                self.outside = Some(new);
                new
            }
        };
        let mut outer = paragraph;
        for carried in &self.carried {
            let mark = self.alloc(carried.node.data().value.clone());
            outer.append(mark);
            outer = mark;
        }
        outer.append(node);
        true
    }

    /// Opens the last item of a list again, for what follows it outside any; returns whether there is one.
    pub(super) fn reopen_item(&mut self) -> bool {
        let (top, _) = self.top();
        let item = top
            .last_child()
            .filter(|last| matches!(last.data().value, NodeValue::Item(_)));
        let Some(item) = item else {
            return false;
        };
        self.push_placed(ITEM, item, Holds::Either);
        self.keep_apart(Apart::Line);
        self.begin_carried();
        true
    }
}
