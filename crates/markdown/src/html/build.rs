//! Nests the elements of raw HTML among the children of one node, as a browser would: open elements are on a stack,
//! and what a text leaves out (`</li>`, `<tr>`) is supplied.

use std::collections::HashMap;

use comrak::{
    Arena,
    nodes::{
        AstNode, ListType, NodeBlockDirective, NodeCodeBlock, NodeHeading, NodeLink, NodeList,
        NodeValue, Sourcepos,
    },
};

use super::{
    elements::{Element, Kind},
    tokens::{Tag, Token, tokens},
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

/// Turns the raw HTML among the children of a node into nodes.
pub(super) fn rebuild<'a>(arena: &'a Arena<'a>, parent: &'a AstNode<'a>) {
    let children: Vec<&AstNode<'_>> = parent.children().collect();
    let mut pieces = Vec::with_capacity(children.len());
    let mut closers: HashMap<&'static str, usize> = HashMap::new();
    for child in children {
        child.detach();
        let raw = match &child.data().value {
            NodeValue::HtmlInline(html) => Some(tokens(html)),
            NodeValue::HtmlBlock(block) => Some(tokens(&block.literal)),
            _ => None,
        };
        for token in raw.iter().flatten() {
            if let Token::Tag(tag) = token
                && tag.closes
            {
                *closers.entry(tag.element.name).or_default() += 1;
            }
        }
        pieces.push((child, raw));
    }
    let mut builder = Builder {
        arena,
        base: parent,
        base_holds: holds_of(&parent.data().value),
        stack: Vec::new(),
        closers,
        closed_early: HashMap::new(),
        preformatted: None,
        anchors: Vec::new(),
        media: None,
        place: parent.data().sourcepos,
    };
    for (child, raw) in pieces {
        let Some(raw) = raw else {
            builder.child(child);
            continue;
        };
        let place = child.data().sourcepos;
        for token in raw {
            match token {
                Token::Text(text) => builder.text(&text),
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
    stack: Vec<Open<'a>>,
    /// Closing tags that are still to come, by name: a mark that is never closed is text.
    closers: HashMap<&'static str, usize>,
    /// Marks that ended with what they are in, whose closing tags mean nothing any more.
    closed_early: HashMap<&'static str, usize>,
    /// The content of `<pre>`.
    preformatted: Option<String>,
    /// Ids that wait for a place where they may be written.
    anchors: Vec<String>,
    /// A film or sound without an address so far.
    media: Option<&'static str>,
    /// Where the current tag is.
    place: Sourcepos,
}

impl<'a> Builder<'a> {
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
        self.open_parts();
        if self.top().1 == Holds::Blocks {
            let paragraph = self.alloc(NodeValue::Paragraph);
            self.push(IMPLIED, paragraph, Holds::Inlines);
        }
        self.put_anchors();
        self.top().0.append(node);
    }

    /// Places a block. Marks around it go on within.
    fn block(&mut self, node: &'a AstNode<'a>) {
        self.open_parts();
        self.leave_line();
        self.put_anchors();
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

    /// Breaks the line, unless it begins here.
    fn line_break(&mut self) {
        let (top, holds) = self.top();
        let begins = match top.last_child() {
            None => true,
            Some(last) => matches!(last.data().value, NodeValue::LineBreak),
        };
        if holds == Holds::Blocks || holds == Holds::Parts || begins {
            return;
        }
        let node = self.alloc(NodeValue::LineBreak);
        self.inline(node);
    }

    // The stack.

    fn push(&mut self, element: Element, node: &'a AstNode<'a>, holds: Holds) {
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

    fn push_item(&mut self) {
        let is_list = |open: &Open<'_>| matches!(open.element.kind, Kind::List | Kind::Numbered);
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
    }

    fn push_row(&mut self) {
        let row = self.alloc(NodeValue::EscapedTag("tr"));
        self.push(ROW, row, Holds::Parts);
    }

    fn push_cell(&mut self, tag: &'static str, columns: usize, rows: usize) {
        let cell = self.alloc(NodeValue::BlockDirective(Box::new(NodeBlockDirective {
            fence_length: columns.min(MAX_SPAN),
            fence_offset: rows.min(MAX_SPAN),
            info: tag.to_owned(),
        })));
        self.push(CELL, cell, Holds::Either);
    }

    /// Closes open elements down to this length of the stack.
    fn close_to(&mut self, length: usize) {
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
    }

    /// Closes the innermost of these that is open, if nothing of `within` is open inside it.
    fn close_last(&mut self, wanted: impl Fn(Kind) -> bool, within: impl Fn(Kind) -> bool) -> bool {
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

    // Tags.

    fn tag(&mut self, tag: Tag) {
        if self.preformatted.is_some() && self.tag_in_preformatted(&tag) {
            return;
        }
        if tag.closes {
            if let Some(count) = self.closers.get_mut(tag.element.name) {
                *count = count.saturating_sub(1);
            }
            self.close(&tag);
            return;
        }
        self.open(&tag);
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

    fn open(&mut self, tag: &Tag) {
        let element = tag.element;
        let is_full = self.stack.len() >= MAX_OPEN;
        match element.kind {
            Kind::Break => {
                let node = self.alloc(NodeValue::LineBreak);
                self.inline(node);
            }
            Kind::Image => self.image(tag),
            Kind::Input => self.input(tag),
            Kind::Media(what) => self.media(what, tag),
            Kind::Source => self.source(tag),
            Kind::Plain | Kind::Hidden => {}
            Kind::Mark(written) => self.open_mark(tag, written, is_full),
            Kind::Anchor => self.open_link(tag, is_full),
            _ if self.is_inline() || is_full => self.line_break(),
            Kind::Rule => {
                let node = self.alloc(NodeValue::ThematicBreak);
                self.block(node);
            }
            Kind::Block => self.leave_line(),
            Kind::Preformatted => {
                self.leave_line();
                self.preformatted = Some(String::new());
            }
            Kind::Paragraph => {
                self.open_block(element, NodeValue::Paragraph, Holds::Inlines);
            }
            Kind::Heading(level) => {
                let heading = NodeHeading {
                    level,
                    setext: false,
                    closed: false,
                };
                self.open_block(element, NodeValue::Heading(heading), Holds::Inlines);
            }
            Kind::Quote => self.open_block(element, NodeValue::BlockQuote, Holds::Blocks),
            Kind::Part("dd") => self.open_definition("dd", Holds::Either),
            Kind::Part(written) => {
                self.open_block(element, NodeValue::EscapedTag(written), Holds::Blocks);
            }
            Kind::Line("dt") => self.open_definition("dt", Holds::Inlines),
            Kind::Line(written) => self.open_line(element, written),
            Kind::List => {
                let list = NodeValue::List(list(ListType::Bullet, 1));
                self.open_block(element, list, Holds::Parts);
            }
            Kind::Numbered => {
                let start = tag.number("start").unwrap_or(1);
                let list = NodeValue::List(list(ListType::Ordered, start));
                self.open_block(element, list, Holds::Parts);
            }
            Kind::Item => {
                let is_list = |kind| matches!(kind, Kind::List | Kind::Numbered);
                self.close_last(|kind| kind == Kind::Item, is_list);
                self.leave_line();
                self.push_item();
            }
            Kind::Definitions => {
                let value = NodeValue::EscapedTag("dl");
                self.open_block(element, value, Holds::Parts);
            }
            Kind::Table => {
                self.open_block(element, NodeValue::EscapedTag("table"), Holds::Parts);
            }
            Kind::Row => {
                self.close_last(|kind| kind == Kind::Row, |kind| kind == Kind::Table);
                self.in_table();
                self.push_row();
            }
            Kind::Cell(written) => {
                self.close_last(is_cell, |kind| kind == Kind::Table || kind == Kind::Row);
                self.in_table();
                if self.kind_of_top() != Some(Kind::Row) {
                    self.push_row();
                }
                let columns = tag.number("colspan").unwrap_or(1);
                let rows = tag.number("rowspan").unwrap_or(1);
                self.push_cell(written, columns, rows);
            }
        }
    }

    fn open_block(&mut self, element: Element, value: NodeValue, holds: Holds) {
        self.open_parts();
        self.leave_line();
        let node = self.alloc(value);
        self.push(element, node, holds);
    }

    fn open_line(&mut self, element: Element, written: &'static str) {
        // Both belong directly into the element that is open; elsewhere they are paragraphs.
        let fits = match self.kind_of_top() {
            Some(Kind::Table) => written == "caption",
            Some(Kind::Part("details")) => written == "summary",
            _ => false,
        };
        if fits {
            let node = self.alloc(NodeValue::EscapedTag(written));
            self.push(element, node, Holds::Inlines);
        } else {
            self.open_block(element, NodeValue::Paragraph, Holds::Inlines);
        }
    }

    fn open_definition(&mut self, written: &'static str, holds: Holds) {
        let is_part = |kind| matches!(kind, Kind::Line("dt") | Kind::Part("dd"));
        self.close_last(is_part, |kind| kind == Kind::Definitions);
        if self.kind_of_top() != Some(Kind::Definitions) {
            self.open_block(DEFINITIONS, NodeValue::EscapedTag("dl"), Holds::Parts);
        }
        let node = self.alloc(NodeValue::EscapedTag(written));
        let element = if written == "dt" { TERM } else { DETAILS };
        self.push(element, node, holds);
    }

    /// Makes sure that a table is open, with nothing within but a row.
    fn in_table(&mut self) {
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

    fn open_mark(&mut self, tag: &Tag, written: &'static str, is_full: bool) {
        let name = tag.element.name;
        if self.closers.get(name).copied().unwrap_or(0) == 0 {
            return self.text(&tag.written);
        }
        if is_full {
            *self.closed_early.entry(name).or_default() += 1;
            return;
        }
        let node = self.alloc(NodeValue::EscapedTag(written));
        self.inline(node);
        self.push_placed(tag.element, node, Holds::Inlines);
    }

    fn open_link(&mut self, tag: &Tag, is_full: bool) {
        let is_open = |open: &Open<'_>| open.element.kind == Kind::Anchor;
        let is_nested = self
            .base
            .ancestors()
            .any(|node| matches!(node.data().value, NodeValue::Link(_)));
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
        let node = self.alloc(link(url));
        self.inline(node);
        self.push_placed(tag.element, node, Holds::Inlines);
    }

    fn image(&mut self, tag: &Tag) {
        let Some(url) = tag.attribute("src") else {
            return self.text(tag.attribute("alt").unwrap_or_default());
        };
        let NodeValue::Link(link) = link(url) else {
            return;
        };
        let image = self.alloc(NodeValue::Image(link));
        let alt = tag.attribute("alt").unwrap_or_default().to_owned();
        image.append(self.alloc(NodeValue::Text(alt.into())));
        self.inline(image);
    }

    fn input(&mut self, tag: &Tag) {
        let is_box = tag.attribute("type") == Some("checkbox");
        if is_box {
            let is_ticked = tag.attributes.iter().any(|(name, _)| name == "checked");
            self.text(if is_ticked { "☑" } else { "☐" });
        }
    }

    // Film and sound.

    fn media(&mut self, what: &'static str, tag: &Tag) {
        self.media = None;
        let url = tag.attribute("src").or_else(|| tag.attribute("data"));
        match url {
            Some(url) => self.media_link(what, url),
            None if tag.element.name == "embed" => self.text(&missing(what)),
            None => self.media = Some(what),
        }
    }

    fn source(&mut self, tag: &Tag) {
        if let Some(what) = self.media
            && let Some(url) = tag.attribute("src")
        {
            self.media = None;
            self.media_link(what, url);
        }
    }

    fn media_link(&mut self, what: &str, url: &str) {
        let url = url
            .strip_prefix("//")
            .map_or_else(|| url.to_owned(), |rest| format!("https://{rest}"));
        let parsed = url::Url::parse(&url).ok();
        let host = parsed
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .and_then(|url| url.host_str().map(str::to_owned));
        let Some(host) = host else {
            return self.text(&missing(what));
        };
        let node = self.alloc(link(&url));
        node.append(self.alloc(NodeValue::Text(format!("{what}: {host}").into())));
        self.inline(node);
        self.text(" ");
    }

    // Closing.

    fn close(&mut self, tag: &Tag) {
        let name = tag.element.name;
        match tag.element.kind {
            Kind::Mark(_) => {
                if let Some(count) = self.closed_early.get_mut(name).filter(|count| **count > 0) {
                    *count -= 1;
                    return;
                }
                // A mark ends within the cell or item that it began in.
                let open = self.stack.iter().enumerate().rev();
                let mut inner = open.take_while(|(_, open)| !is_cell(open.element.kind));
                match inner.find(|(_, open)| open.element.name == name) {
                    Some((at, _)) => self.close_to(at),
                    None => self.text(&tag.written),
                }
            }
            Kind::Anchor => {
                self.close_last(|kind| kind == Kind::Anchor, is_cell);
            }
            Kind::Media(_) => {
                if let Some(what) = self.media.take() {
                    self.text(&missing(what));
                }
            }
            Kind::Paragraph | Kind::Heading(_) | Kind::Quote | Kind::Definitions => {
                let kind = tag.element.kind;
                if !self.close_last(|open| open == kind, is_cell) {
                    self.line_break();
                }
            }
            Kind::Block => self.leave_line(),
            Kind::List | Kind::Numbered => {
                self.close_last(|kind| matches!(kind, Kind::List | Kind::Numbered), is_cell);
            }
            Kind::Item => {
                let is_list = |kind| matches!(kind, Kind::List | Kind::Numbered);
                self.close_last(|kind| kind == Kind::Item, is_list);
            }
            Kind::Part(_) | Kind::Line(_) => {
                let kind = tag.element.kind;
                self.close_last(|open| open == kind, is_cell);
            }
            Kind::Cell(_) => {
                self.close_last(is_cell, |kind| kind == Kind::Table);
            }
            Kind::Row => {
                self.close_last(|kind| kind == Kind::Row, |kind| kind == Kind::Table);
            }
            Kind::Table => {
                self.close_last(|kind| kind == Kind::Table, |_| false);
            }
            Kind::Break => {
                let node = self.alloc(NodeValue::LineBreak);
                self.inline(node);
            }
            Kind::Preformatted
            | Kind::Rule
            | Kind::Image
            | Kind::Input
            | Kind::Source
            | Kind::Hidden
            | Kind::Plain => {}
        }
    }

    /// Reads a tag within `<pre>`; returns whether that is done with it.
    fn tag_in_preformatted(&mut self, tag: &Tag) -> bool {
        if tag.closes && tag.element.kind == Kind::Preformatted {
            self.end_preformatted();
            return true;
        }
        let Some(content) = &mut self.preformatted else {
            return false;
        };
        match (tag.element.kind, tag.closes) {
            (Kind::Break, _) => content.push('\n'),
            (Kind::Mark("sup"), false) => content.push('^'),
            (Kind::Mark("sub"), false) => content.push('_'),
            (Kind::Mark("del"), _) => content.push_str("~~"),
            (Kind::Image, _) => content.push_str(tag.attribute("alt").unwrap_or_default()),
            _ => {}
        }
        true
    }

    fn end_preformatted(&mut self) {
        let Some(content) = self.preformatted.take() else {
            return;
        };
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
        // A paragraph of nothing but tags that are not written is none.
        let is_empty = matches!(self.base.data().value, NodeValue::Paragraph)
            && self.base.first_child().is_none();
        if is_empty {
            self.base.detach();
        }
    }
}

const fn implied(name: &'static str, kind: Kind) -> Element {
    Element { name, kind }
}

const IMPLIED: Element = implied("", Kind::Paragraph);
const LIST: Element = implied("ul", Kind::List);
const ITEM: Element = implied("li", Kind::Item);
const ROW: Element = implied("tr", Kind::Row);
const CELL: Element = implied("td", Kind::Cell("td"));
const TABLE: Element = implied("table", Kind::Table);
const DEFINITIONS: Element = implied("dl", Kind::Definitions);
const TERM: Element = implied("dt", Kind::Line("dt"));
const DETAILS: Element = implied("dd", Kind::Part("dd"));

fn is_cell(kind: Kind) -> bool {
    matches!(kind, Kind::Cell(_))
}

fn list(list_type: ListType, start: usize) -> NodeList {
    NodeList {
        list_type,
        start,
        tight: true,
        ..NodeList::default()
    }
}

fn link(url: &str) -> NodeValue {
    NodeValue::Link(Box::new(NodeLink {
        url: url.to_owned(),
        title: String::new(),
    }))
}

/// What a reader is told instead of something that cannot be shown.
fn missing(what: &str) -> String {
    format!("({what} not included) ", what = what.to_lowercase())
}

/// Takes the space off the end of the words under a node.
fn trim_end<'a>(node: &'a AstNode<'a>) {
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
