//! Opens elements: what each becomes, and what ends before it.

use comrak::nodes::{ListType, NodeHeading, NodeValue};

use super::{
    Builder, DEFINITIONS, DETAILS, Holds, MAX_OPEN, Open, TABLE, TERM, is_cell, is_list, link,
    list, parts::CARRIED,
};
use crate::html::{
    elements::{Element, Kind},
    style::Apart,
    tokens::Tag,
};

/// The name of marks that a style makes: they end with the element that has it.
const STYLED: &str = "";

impl Builder<'_> {
    pub(super) fn tag(&mut self, tag: Tag) {
        if let Some(count) = self.closers.get_mut(tag.element.name)
            && tag.closes
        {
            *count = count.saturating_sub(1);
        }
        if self.preformatted.is_some() && self.tag_in_preformatted(&tag) {
            return;
        }
        if tag.closes {
            if self.hidden.is_some() {
                return self.end_hidden(tag.element.name);
            }
            self.end_styled(&tag);
            self.close(&tag);
            self.end_apart(&tag);
            return;
        }
        if let Some((name, within)) = &mut self.hidden {
            *within += usize::from(*name == tag.element.name);
            return;
        }
        if self.formula.is_said_twice(&tag) {
            self.hide(tag.element.name);
        }
        if self.hidden.is_some() {
            return;
        }
        if is_section(&tag) {
            ["tbody", "thead", "tfoot"].into_iter().for_each(|name| {
                self.end_carried(name);
            });
        }
        self.begin_apart(&tag);
        self.open(&tag);
        if tag.element.kind == Kind::Input {
            self.end_apart(&tag);
        }
        self.begin_styled(&tag);
        let id = tag.attribute("id");
        let id = id.or_else(|| {
            tag.attribute("name")
                .filter(|_| tag.element.kind == Kind::Anchor)
        });
        if let Some(id) = id {
            self.anchors.push(id.to_owned());
            if self.top().1 != Holds::Parts {
                self.put_anchors();
            }
        }
    }

    /// Begins what a style strikes out, raises or lowers: `<span style="text-decoration: line-through">`.
    fn begin_styled(&mut self, tag: &Tag) {
        let name = tag.element.name;
        let mark = tag.mark_of_style().filter(|_| self.stack.len() < MAX_OPEN);
        if let Some(mark) = mark
            && let Some(holds) = self.holds_of_new(tag)
        {
            return self.mark_content(mark, holds);
        }
        let is_among_parts = self.top().1 == Holds::Parts && self.preformatted.is_none();
        if let Some(mark) = mark.filter(|_| is_among_parts && is_section(tag)) {
            return self.carry(name, Kind::Mark(mark), NodeValue::EscapedTag(mark));
        }
        let ends = self.closers.get(name).copied().unwrap_or(0) > 0;
        let mark = mark.filter(|_| ends);
        let Some(mark) = mark else {
            if let Some(within) = self.styled.get_mut(name).and_then(|open| open.last_mut()) {
                *within += 1;
            }
            return;
        };
        self.styled.entry(name).or_default().push(0);
        if is_among_parts {
            return self.carry(name, Kind::Mark(mark), NodeValue::EscapedTag(mark));
        }
        let node = self.alloc(NodeValue::EscapedTag(mark));
        let element = Element {
            name: STYLED,
            kind: Kind::Mark(mark),
        };
        self.inline(node);
        self.push_placed(element, node, Holds::Inlines);
    }

    /// Returns what the element that a tag has opened holds, if it has a node of its own.
    fn holds_of_new(&self, tag: &Tag) -> Option<Holds> {
        let kind = tag.element.kind;
        let has_node = kind.has_lines()
            && !matches!(kind, Kind::Block | Kind::Preformatted | Kind::Rule)
            && !self.is_inline();
        let mut open = self.stack.iter().rev();
        let innermost = open.find(|open| open.element.name != CARRIED)?;
        (has_node && innermost.element.kind == kind).then_some(innermost.holds)
    }

    /// Marks all that an element holds, up to its end.
    fn mark_content(&mut self, mark: &'static str, holds: Holds) {
        let kind = Kind::Mark(mark);
        if holds == Holds::Parts {
            return self.carry("", kind, NodeValue::EscapedTag(mark));
        }
        let node = self.alloc(NodeValue::EscapedTag(mark));
        self.top().0.append(node);
        let name = CARRIED;
        let holds = if holds == Holds::Blocks {
            Holds::Blocks
        } else {
            Holds::Inlines
        };
        self.push_placed(Element { name, kind }, node, holds);
    }

    pub(super) fn end_styled(&mut self, tag: &Tag) {
        let Some(open) = self.styled.get_mut(tag.element.name) else {
            return;
        };
        match open.last_mut() {
            Some(0) => {
                open.pop();
                if !self.close_mark_of(STYLED) {
                    self.end_carried(tag.element.name);
                }
            }
            Some(within) => *within -= 1,
            None => {}
        }
    }

    pub(super) fn open(&mut self, tag: &Tag) {
        let element = tag.element;
        let is_full = self.stack.len() >= MAX_OPEN;
        if element.kind.has_lines() && (self.is_inline() || is_full) {
            self.keep_apart(Apart::Line);
            self.label_of_group(tag);
            return;
        }
        match element.kind {
            // What is within a line.
            Kind::Break => self.break_line(),
            Kind::Image => self.image(tag),
            Kind::Input => self.input(tag),
            Kind::Media(what) => self.media(what, tag),
            Kind::Source => self.source(tag),
            Kind::Plain => {}
            Kind::Hidden => self.hide(element.name),
            Kind::Mark(written) => self.open_mark(tag, written, is_full),
            Kind::Anchor => self.open_link(tag, is_full),
            // What has lines of its own.
            Kind::Rule => {
                let node = self.alloc(NodeValue::ThematicBreak);
                self.block(node);
            }
            Kind::Block => self.begin_block(tag),
            Kind::Preformatted => {
                self.leave_line();
                self.preformatted = Some(String::new());
            }
            Kind::Paragraph => self.open_block(element, NodeValue::Paragraph, Holds::Inlines),
            Kind::Heading(level) => self.open_heading(element, level),
            Kind::Quote => self.open_block(element, NodeValue::BlockQuote, Holds::Blocks),
            Kind::Part("dd") => self.open_definition("dd", Holds::Either),
            Kind::Part(written) => {
                self.open_block(element, NodeValue::EscapedTag(written), Holds::Blocks);
            }
            Kind::Line("dt") => self.open_definition("dt", Holds::Inlines),
            Kind::Line(written) => self.open_line(element, written),
            // Lists and tables, and their parts.
            Kind::List => self.open_list(element, ListType::Bullet, 1),
            Kind::Numbered => {
                let start = tag.integer("start").unwrap_or(1);
                self.open_list(
                    element,
                    ListType::Ordered,
                    usize::try_from(start).unwrap_or(1),
                );
            }
            Kind::Item => self.open_item(),
            Kind::Definitions => {
                self.open_block(element, NodeValue::EscapedTag("dl"), Holds::Parts);
            }
            Kind::Table => {
                self.open_block(element, NodeValue::EscapedTag("table"), Holds::Parts);
            }
            Kind::Row => self.open_row(),
            Kind::Cell(written) => self.open_cell(tag, written),
        }
    }

    fn break_line(&mut self) {
        if self.top().1 != Holds::Parts {
            let node = self.alloc(NodeValue::LineBreak);
            self.inline(node);
        }
    }

    fn begin_block(&mut self, tag: &Tag) {
        self.leave_line();
        self.keep_apart(Apart::Line);
        self.label_of_group(tag);
    }

    fn hide(&mut self, name: &'static str) {
        let ends = self.closers.get(name).copied().unwrap_or(0) > 0;
        self.hidden = ends.then_some((name, 0));
    }

    fn end_hidden(&mut self, name: &'static str) {
        self.hidden = match self.hidden {
            Some((hidden, 0)) if hidden == name => None,
            Some((hidden, within)) if hidden == name => Some((hidden, within - 1)),
            other => other,
        };
    }

    /// Writes the words that a group of choices has in an attribute.
    fn label_of_group(&mut self, tag: &Tag) {
        if tag.element.name == "optgroup"
            && let Some(label) = tag.attribute("label")
        {
            self.text(label);
            self.keep_apart(Apart::Line);
        }
    }

    fn open_heading(&mut self, element: Element, level: u8) {
        let heading = NodeHeading {
            level,
            setext: false,
            closed: false,
        };
        self.open_block(element, NodeValue::Heading(heading), Holds::Inlines);
    }

    fn open_list(&mut self, element: Element, list_type: ListType, start: usize) {
        let list = NodeValue::List(list(list_type, start));
        self.open_block(element, list, Holds::Parts);
    }

    fn open_item(&mut self) {
        self.close_last(|kind| kind == Kind::Item, is_list);
        self.leave_line();
        self.push_item();
    }

    fn open_row(&mut self) {
        self.close_last(|kind| kind == Kind::Row, |kind| kind == Kind::Table);
        self.in_table();
        self.push_row();
    }

    fn open_cell(&mut self, tag: &Tag, written: &'static str) {
        self.close_last(is_cell, |kind| kind == Kind::Table || kind == Kind::Row);
        self.in_table();
        if self.kind_of_top() != Some(Kind::Row) {
            self.push_row();
        }
        let columns = tag.number("colspan").unwrap_or(1);
        let rows = tag.number("rowspan").unwrap_or(1);
        self.push_cell(written, columns, rows);
    }

    pub(super) fn open_block(&mut self, element: Element, value: NodeValue, holds: Holds) {
        self.open_parts();
        self.leave_line();
        let node = self.alloc(value);
        self.push(element, node, holds);
    }

    pub(super) fn open_line(&mut self, element: Element, written: &'static str) {
        // Both belong directly into the element that is open; elsewhere they are paragraphs.
        let fits = match self.kind_of_top() {
            Some(Kind::Table) => written == "caption",
            Some(Kind::Part("details")) => written == "summary",
            _ => false,
        };
        if fits {
            let node = self.alloc(NodeValue::EscapedTag(written));
            self.push(element, node, Holds::Inlines);
            self.begin_carried();
        } else {
            self.open_block(element, NodeValue::Paragraph, Holds::Inlines);
        }
    }

    pub(super) fn open_definition(&mut self, written: &'static str, holds: Holds) {
        let is_part = |kind| matches!(kind, Kind::Line("dt") | Kind::Part("dd"));
        self.close_last(is_part, |kind| kind == Kind::Definitions);
        if self.kind_of_top() != Some(Kind::Definitions) {
            self.open_block(DEFINITIONS, NodeValue::EscapedTag("dl"), Holds::Parts);
        }
        let node = self.alloc(NodeValue::EscapedTag(written));
        let element = if written == "dt" { TERM } else { DETAILS };
        self.push(element, node, holds);
        self.begin_carried();
    }

    /// Makes sure that a table is open, with nothing within but a row.
    pub(super) fn in_table(&mut self) {
        let is_table = |open: &Open<'_>| open.element.kind == Kind::Table;
        match self.stack.iter().rposition(is_table) {
            Some(at) => {
                let rows = self
                    .stack
                    .get(at + 1)
                    .filter(|open| open.element.kind == Kind::Row);
                self.close_to(at + 1 + usize::from(rows.is_some()));
            }
            None => self.open_block(TABLE, NodeValue::EscapedTag("table"), Holds::Parts),
        }
    }

    pub(super) fn open_mark(&mut self, tag: &Tag, written: &'static str, is_full: bool) {
        let name = tag.element.name;
        if self.closers.get(name).copied().unwrap_or(0) == 0 {
            return self.text(&tag.written);
        }
        if is_full {
            *self.closed_early.entry(name).or_default() += 1;
            return;
        }
        if self.top().1 == Holds::Parts {
            return self.carry(name, tag.element.kind, NodeValue::EscapedTag(written));
        }
        let node = self.alloc(NodeValue::EscapedTag(written));
        self.inline(node);
        self.push_placed(tag.element, node, Holds::Inlines);
    }

    pub(super) fn open_link(&mut self, tag: &Tag, is_full: bool) {
        let is_open = |open: &Open<'_>| open.element.kind == Kind::Anchor;
        // Looked up once: a deep node has many ancestors.
        let is_nested = *self.is_in_link.get_or_init(|| {
            let mut above = self.base.ancestors();
            above.any(|node| matches!(node.data().value, NodeValue::Link(_)))
        });
        let Some(url) = tag.attribute("href").filter(|_| !is_full && !is_nested) else {
            return;
        };
        if let Some(at) = self.stack.iter().rposition(is_open) {
            self.close_to(at);
        }
        // A link that never ends would take everything with it.
        if self.closers.get("a").copied().unwrap_or(0) == 0 {
            return;
        }
        if self.top().1 == Holds::Parts {
            return self.carry(tag.element.name, Kind::Anchor, link(url));
        }
        let node = self.alloc(link(url));
        self.inline(node);
        self.push_placed(tag.element, node, Holds::Inlines);
    }
}

/// Whether a tag is that of a part of a table that holds rows.
fn is_section(tag: &Tag) -> bool {
    matches!(tag.element.name, "tbody" | "thead" | "tfoot")
}
