//! The nodes that elements become, and the parts that a text leaves out.

use comrak::nodes::{AstNode, ListType, NodeLink, NodeList, NodeValue};

use crate::html::elements::{Element, Kind};

const fn implied(name: &'static str, kind: Kind) -> Element {
    Element { name, kind }
}

pub(super) const IMPLIED: Element = implied("", Kind::Paragraph);
pub(super) const LIST: Element = implied("ul", Kind::List);
pub(super) const ITEM: Element = implied("li", Kind::Item);
pub(super) const ROW: Element = implied("tr", Kind::Row);
pub(super) const CELL: Element = implied("td", Kind::Cell("td"));
pub(super) const TABLE: Element = implied("", Kind::Table);
pub(super) const DEFINITIONS: Element = implied("dl", Kind::Definitions);
pub(super) const TERM: Element = implied("dt", Kind::Line("dt"));
pub(super) const DETAILS: Element = implied("dd", Kind::Part("dd"));

pub(super) fn is_cell(kind: Kind) -> bool {
    matches!(kind, Kind::Cell(_))
}

pub(super) fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::List | Kind::Numbered)
}

pub(super) fn list(list_type: ListType, start: usize) -> NodeList {
    NodeList {
        list_type,
        start,
        tight: true,
        ..NodeList::default()
    }
}

pub(super) fn link(url: &str) -> NodeValue {
    NodeValue::Link(Box::new(NodeLink {
        url: url.to_owned(),
        title: String::new(),
    }))
}

/// Returns the words in place of something that cannot be shown.
pub(super) fn missing(what: &str) -> String {
    format!("({what} not included) ", what = what.to_lowercase())
}

/// Takes the space off the end of the words under a node.
pub(super) fn trim_end<'a>(node: &'a AstNode<'a>) {
    let Some(last) = node.last_child() else {
        return;
    };
    let is_blank = match &mut last.data_mut().value {
        NodeValue::Text(text) => {
            let end = text.trim_end().len();
            text.to_mut().truncate(end);
            end == 0
        }
        _ => false,
    };
    if is_blank {
        last.detach();
    }
}
