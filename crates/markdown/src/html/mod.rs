//! Raw HTML within markdown: what it says becomes markdown's own nodes and a few elements of ours, without attributes.
//!
//! A browser's tokenizer reads the tags ([`tokens`]), a small builder nests them ([`build`]). No tag of a text is ever
//! written: each tag on a page is one of the fixed names in [`elements`].

mod build;
mod elements;
mod scan;
mod tokens;

use std::collections::HashSet;

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

pub(crate) use scan::{Closers, Tag, attributes};
pub(crate) use tokens::decode;

/// Turns every piece of raw HTML under a node into nodes.
pub(crate) fn read<'a>(arena: &'a Arena<'a>, root: &'a AstNode<'a>) {
    let mut parents: Vec<&AstNode<'_>> = Vec::new();
    let mut seen = HashSet::new();
    for node in root.descendants() {
        let is_raw = matches!(
            node.data().value,
            NodeValue::HtmlInline(_) | NodeValue::HtmlBlock(_)
        );
        if is_raw && let Some(parent) = node.parent() {
            // Raw HTML of other parents can be between that of one.
            if seen.insert(std::ptr::from_ref(parent)) {
                parents.push(parent);
            }
        }
    }
    for parent in parents {
        build::rebuild(arena, parent);
    }
}
