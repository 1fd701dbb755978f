//! Keeps words apart that a browser shows apart: `<div>70</div><div>80</div>` is not 7080.

use comrak::nodes::{AstNode, NodeValue};

use super::{Builder, Holds};
use crate::{
    figures::{Side, edge},
    html::{style::Apart, tokens::Tag},
};

impl<'a> Builder<'a> {
    /// Keeps what follows apart from what is before.
    pub(super) fn keep_apart(&mut self, apart: Apart) {
        self.apart = self.apart.max(Some(apart));
    }

    /// Keeps an element within a line apart from what is before it, if it looks so.
    pub(super) fn begin_apart(&mut self, tag: &Tag) {
        if tag.element.kind.has_lines() {
            return;
        }
        let apart = tag.apart();
        if let Some(apart) = apart {
            self.keep_apart(apart);
        }
        self.aparts.entry(tag.element.name).or_default().push(apart);
    }

    /// Keeps it apart from what is behind it.
    pub(super) fn end_apart(&mut self, tag: &Tag) {
        let begun = self.aparts.get_mut(tag.element.name).and_then(Vec::pop);
        if let Some(apart) = begun.flatten() {
            self.keep_apart(apart);
        }
    }

    /// Writes what keeps the words apart, before the next of them.
    pub(super) fn put_apart(&mut self, next: &'a AstNode<'a>) {
        let Some(apart) = self.apart else { return };
        let is_space = match &next.data().value {
            NodeValue::SoftBreak => true,
            NodeValue::Text(text) => text.trim().is_empty(),
            _ => false,
        };
        if is_space {
            return;
        }
        self.apart = None;
        let Some(before) = self.before() else { return };
        match apart {
            Apart::Line if !matches!(next.data().value, NodeValue::LineBreak) => {
                let node = self.alloc(NodeValue::LineBreak);
                self.top().0.append(node);
            }
            Apart::Word if joins(before, next) => {
                let node = self.alloc(NodeValue::Text(" ".into()));
                self.top().0.append(node);
            }
            Apart::Line | Apart::Word => {}
        }
    }

    /// Returns the node that is before the next one in its line.
    fn before(&self) -> Option<&'a AstNode<'a>> {
        let says_nothing = |node: &&AstNode<'_>| matches!(node.data().value, NodeValue::Raw(_));
        let (top, _) = self.top();
        let mut last = top.last_child();
        let mut open = self.stack.iter().rev();
        loop {
            while let Some(node) = last.filter(says_nothing) {
                last = node.previous_sibling();
            }
            if let Some(node) = last {
                let ends =
                    node.data().value.block() || matches!(node.data().value, NodeValue::LineBreak);
                return (!ends).then_some(node);
            }
            // A mark that has nothing in it so far.
            let mark = open.next().filter(|open| open.holds == Holds::Inlines)?;
            if mark.node.data().value.block() {
                return None;
            }
            last = mark.node.previous_sibling();
        }
    }
}

/// Returns whether a word or figure would join another.
fn joins<'a>(before: &'a AstNode<'a>, next: &'a AstNode<'a>) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let begins = match edge(next, Side::First) {
        None => true,
        first => is_word(first),
    };
    begins && is_word(edge(before, Side::Last))
}
