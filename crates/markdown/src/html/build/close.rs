//! Closes elements, and reads `<pre>`.

use comrak::nodes::{NodeCodeBlock, NodeValue};

use super::{Builder, Open, is_cell, is_list, missing};
use crate::html::{elements::Kind, style::Apart, tokens::Tag};

impl Builder<'_> {
    pub(super) fn close(&mut self, tag: &Tag) {
        let kind = tag.element.kind;
        if kind.has_lines() && self.is_inline() {
            self.keep_apart(Apart::Line);
        }
        match kind {
            Kind::Mark(_) => self.close_mark(tag),
            Kind::Anchor => {
                self.close_last(|open| open == kind, is_cell);
                self.end_carried(tag.element.name);
            }
            Kind::Part(_) | Kind::Line(_) => {
                self.close_last(|open| open == kind, is_cell);
            }
            Kind::Media(_) => {
                if let Some(what) = self.media.take() {
                    self.text(&missing(what));
                }
            }
            Kind::Paragraph | Kind::Heading(_) | Kind::Quote | Kind::Definitions => {
                if !self.close_last(|open| open == kind, is_cell) {
                    self.keep_apart(Apart::Line);
                }
            }
            Kind::Block => {
                self.leave_line();
                self.keep_apart(Apart::Line);
            }
            Kind::List | Kind::Numbered => {
                self.close_last(is_list, is_cell);
            }
            Kind::Item => {
                self.close_last(|open| open == Kind::Item, is_list);
            }
            Kind::Cell(_) => {
                self.close_last(is_cell, |open| open == Kind::Table);
            }
            Kind::Row => {
                self.close_last(|open| open == Kind::Row, |open| open == Kind::Table);
            }
            Kind::Table => {
                self.close_last(|open| open == Kind::Table, |_| false);
            }
            Kind::Break => {
                let node = self.alloc(NodeValue::LineBreak);
                self.inline(node);
            }
            // These have no content here.
            Kind::Preformatted
            | Kind::Rule
            | Kind::Image
            | Kind::Input
            | Kind::Source
            | Kind::Hidden
            | Kind::Plain => {}
        }
    }

    /// Ends a mark within the cell or item that it began in.
    fn close_mark(&mut self, tag: &Tag) {
        let name = tag.element.name;
        if let Some(count) = self.closed_early.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            return;
        }
        if !self.close_mark_of(name) && !self.end_carried(name) {
            self.text(&tag.written);
        }
    }

    /// Ends the innermost mark of a name within the cell or item; returns whether there is one.
    pub(super) fn close_mark_of(&mut self, name: &str) -> bool {
        let open = self.stack.iter().enumerate().rev();
        let mut inner = open.take_while(|(_, open)| !is_cell(open.element.kind));
        let is_it = |open: &Open<'_>| {
            open.element.name == name && matches!(open.element.kind, Kind::Mark(_))
        };
        let found = inner.find(|(_, open)| is_it(open)).map(|(at, _)| at);
        if let Some(at) = found {
            self.close_to(at);
        }
        found.is_some()
    }

    /// Reads a tag within `<pre>`; returns whether that is done with it.
    pub(super) fn tag_in_preformatted(&mut self, tag: &Tag) -> bool {
        if tag.closes && tag.element.kind == Kind::Preformatted {
            self.end_preformatted();
            self.end_styled(tag);
            return true;
        }
        let Some(content) = &mut self.preformatted else {
            return false;
        };
        let name = tag.element.name;
        if tag.closes
            && let Some(end) = self.ends_in_preformatted.get_mut(name).and_then(Vec::pop)
        {
            content.push_str(end);
        }
        match (tag.element.kind, tag.closes) {
            (Kind::Break, _) => content.push('\n'),
            (Kind::Mark(mark), closes) => content.push_str(sign_of(mark, closes)),
            (Kind::Image, _) => content.push_str(tag.attribute("alt").unwrap_or_default()),
            _ => {}
        }
        let ends = self.closers.get(name).copied().unwrap_or(0) > 0;
        if !tag.closes && ends {
            let mark = tag.mark_of_style().unwrap_or_default();
            content.push_str(sign_of(mark, false));
            let open = self.ends_in_preformatted.entry(name).or_default();
            open.push(sign_of(mark, true));
        }
        true
    }

    pub(super) fn end_preformatted(&mut self) {
        let Some(mut content) = self.preformatted.take() else {
            return;
        };
        let open = self.ends_in_preformatted.drain();
        open.flat_map(|(_, ends)| ends)
            .for_each(|end| content.push_str(end));
        // A browser leaves out the first line's end.
        let literal = content
            .strip_prefix('\n')
            .map_or(content.clone(), str::to_owned);
        if literal.trim().is_empty() {
            return;
        }
        let block = NodeCodeBlock {
            fenced: true,
            literal,
            closed: true,
            ..NodeCodeBlock::default()
        };
        let node = self.alloc(NodeValue::CodeBlock(Box::new(block)));
        self.block(node);
    }
}

/// Returns what is written for a mark within `<pre>`, where it begins or ends.
fn sign_of(mark: &str, closes: bool) -> &'static str {
    match (mark, closes) {
        ("del", _) => "~~",
        ("sup", false) => "^",
        ("sub", false) => "_",
        _ => "",
    }
}
