//! The stack of open elements: parts of lists and tables that a text leaves out, and what closes with what.

use comrak::nodes::{ListType, NodeBlockDirective, NodeValue};

use super::{Builder, CELL, Holds, ITEM, LIST, MAX_SPAN, Open, ROW, is_list, list, trim_end};
use crate::html::elements::Kind;

impl Builder<'_> {
    pub(super) fn push_item(&mut self) {
        let is_list = |open: &Open<'_>| is_list(open.element.kind);
        if !self.stack.last().is_some_and(is_list) {
            let list = self.alloc(NodeValue::List(list(ListType::Bullet, 1)));
            self.push(LIST, list, Holds::Parts);
        }
        let (top, _) = self.top();
        let list = match &top.data().value {
            NodeValue::List(list) => *list,
            _ => list(ListType::Bullet, 1),
        };
        let item = self.alloc(NodeValue::Item(list));
        self.push(ITEM, item, Holds::Either);
        self.begin_carried();
    }

    pub(super) fn push_row(&mut self) {
        let row = self.alloc(NodeValue::EscapedTag("tr"));
        self.push(ROW, row, Holds::Parts);
    }

    pub(super) fn push_cell(&mut self, tag: &'static str, columns: usize, rows: usize) {
        let cell = self.alloc(NodeValue::BlockDirective(Box::new(NodeBlockDirective {
            fence_length: columns.min(MAX_SPAN),
            fence_offset: rows.min(MAX_SPAN),
            info: tag.to_owned(),
        })));
        self.push(CELL, cell, Holds::Either);
        self.begin_carried();
    }

    /// Closes open elements down to this length of the stack.
    pub(super) fn close_to(&mut self, length: usize) {
        while self.stack.len() > length {
            let Some(open) = self.stack.pop() else { return };
            if open.holds != Holds::Inlines || open.element.kind == Kind::Paragraph {
                trim_end(open.node);
            }
            let is_mark = matches!(open.element.kind, Kind::Mark(_));
            if is_mark && self.stack.len() > length {
                *self.closed_early.entry(open.element.name).or_default() += 1;
            }
            let needless = matches!(
                open.element.kind,
                Kind::Mark(_) | Kind::Anchor | Kind::Paragraph | Kind::Heading(_)
            );
            if needless && open.node.first_child().is_none() {
                open.node.detach();
            }
        }
        self.drop_carried();
    }

    /// Closes the innermost of these that is open, if nothing of `within` is open inside it.
    pub(super) fn close_last(
        &mut self,
        wanted: impl Fn(Kind) -> bool,
        within: impl Fn(Kind) -> bool,
    ) -> bool {
        for (at, open) in self.stack.iter().enumerate().rev() {
            if wanted(open.element.kind) {
                self.close_to(at);
                return true;
            }
            if within(open.element.kind) {
                return false;
            }
        }
        false
    }
}
