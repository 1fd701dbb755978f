//! Rich text that someone pastes, which a browser hands over as HTML, to markdown.
//!
//! Hostile like any file: nothing of the HTML itself is written, only words and marks of ours; addresses pass the same check as
//! those of a Word file. Pictures are left out, since a paste has none of their bytes that may be kept.

use html5gum::{DefaultEmitter, Token, Tokenizer};

use crate::{
    blocks::{Block, Table, write_blocks},
    inline::{Inline, Span, Style},
    links::readable_address,
    word_list::WordList,
};

/// The longest HTML that is read, in bytes: a long report as Word writes it to the clipboard.
pub const MAX_HTML_BYTES: usize = 1 << 20;
/// Elements in each other that are counted.
const MAX_DEPTH: usize = 100;
/// Cells of a row, and rows of a table; what is beyond is left out.
const MAX_CELLS: usize = 50;
const MAX_ROWS: usize = 1_000;

/// Converts HTML; `None` if it is longer than [`MAX_HTML_BYTES`].
#[must_use]
pub fn markdown_of_html(html: &str) -> Option<String> {
    if html.len() > MAX_HTML_BYTES {
        return None;
    }
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => {
                let attribute = |wanted: &str| {
                    let mut all = tag.attributes.iter();
                    let found = all.find(|(name, _)| name.as_slice() == wanted.as_bytes());
                    found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
                };
                reader.open(&String::from_utf8_lossy(&tag.name), &attribute);
            }
            Token::EndTag(tag) => reader.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.end_block();
    reader.end_table();
    Some(write_blocks(&reader.blocks, &[]))
}

/// What the words of the present block become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shape {
    #[default]
    Paragraph,
    Heading(u8),
    Quote,
    Item {
        level: usize,
        number: Option<u32>,
    },
}

/// A list that is open.
#[derive(Debug, Clone, Copy)]
struct List {
    /// The number of the next item, in a list that has numbers.
    next: Option<u32>,
}

/// How often each mark is open.
#[derive(Debug, Default)]
struct Marks {
    bold: usize,
    italic: usize,
    strike: usize,
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    shape: Shape,
    marks: Marks,
    /// Elements that mark words by their style, with what each marks: `(element, bold, italic)`.
    styled: Vec<(String, bool, bool)>,
    link: Option<String>,
    lists: Vec<List>,
    word_list: WordList,
    quotes: usize,
    table: Option<Table>,
    /// Whether a cell of its last row is open.
    in_cell: bool,
    /// The element whose content is not shown.
    hidden: Option<String>,
}

/// Returns whether nothing within an element is shown: what was deleted while changes were tracked, and marks of comments, too.
fn is_left_out(name: &str, attribute: &dyn Fn(&str) -> Option<String>) -> bool {
    match name {
        "script" | "style" | "title" | "template" | "noscript" | "textarea" | "select" | "svg"
        | "iframe" | "object" => true,
        "del" => attribute("datetime").is_some() || attribute("cite").is_some(),
        "a" => attribute("href").is_some_and(|href| href.starts_with("#_msocom")),
        _ => false,
    }
}

impl Reader {
    fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        if self.hidden.is_some() {
            return;
        }
        match name {
            name if is_left_out(name, attribute) => self.hidden = Some(name.to_owned()),
            "b" | "strong" => self.mark(name, attribute),
            "i" | "em" | "span" | "font" => self.mark(name, attribute),
            "s" | "del" | "strike" => self.marks.strike += 1,
            "a" => self.link = attribute("href").and_then(|href| readable_address(&href)),
            "br" => self.inlines.push(Inline::Break),
            "hr" => self.end_block(),
            "ul" | "ol" => {
                self.end_block();
                if self.lists.len() < MAX_DEPTH {
                    let next = (name == "ol").then_some(1);
                    self.lists.push(List { next });
                }
            }
            "li" => self.item(),
            "blockquote" => {
                self.end_block();
                self.quotes += 1;
                self.shape = Shape::Quote;
            }
            "table" => {
                self.end_block();
                self.end_table();
                self.table = Some(Table::default());
            }
            "tr" => {
                self.end_cell();
                if let Some(table) = self.table.as_mut().filter(|t| t.rows.len() < MAX_ROWS) {
                    table.rows.push(Vec::new());
                }
            }
            "td" | "th" => {
                self.end_cell();
                self.in_cell = self.table.is_some();
            }
            "p" => {
                self.paragraph();
                self.word_item(attribute);
            }
            "div" | "section" | "article" | "pre" | "dt" | "dd" => self.paragraph(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.table.is_none() => {
                self.end_block();
                // The first level is the title of the page.
                let level = name.as_bytes().get(1).map_or(2, |digit| digit - b'0');
                self.shape = Shape::Heading(level.max(2));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(hidden) = &self.hidden {
            if hidden == name {
                self.hidden = None;
            }
            return;
        }
        match name {
            "b" | "strong" | "i" | "em" | "span" | "font" => self.unmark(name),
            "s" | "del" | "strike" => self.marks.strike = self.marks.strike.saturating_sub(1),
            "a" => self.link = None,
            "ul" | "ol" => {
                self.end_block();
                self.lists.pop();
            }
            "blockquote" => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
                self.shape = self.usual_shape();
            }
            "table" => {
                self.end_cell();
                self.end_table();
            }
            "td" | "th" => self.end_cell(),
            "p" | "div" | "section" | "article" | "pre" | "li" | "h1" | "h2" | "h3" | "h4"
            | "h5" | "h6" | "dt" | "dd" => self.paragraph(),
            _ => {}
        }
    }

    /// Opens an element that marks words, by its name or by its style.
    fn mark(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        let style = attribute("style").unwrap_or_default().to_ascii_lowercase();
        if name == "span" && self.styled.len() < MAX_DEPTH {
            self.word_list.begin_mark(&style, self.styled.len());
        }
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        let is_normal = style.contains("font-weight:normal") || style.contains("font-weight:400");
        let bold = matches!(name, "b" | "strong") && !is_normal
            || ["bold", "600", "700", "800"]
                .iter()
                .any(|weight| style.contains(&format!("font-weight:{weight}")));
        let italic = matches!(name, "i" | "em") || style.contains("font-style:italic");
        if self.styled.len() < MAX_DEPTH {
            self.marks.bold += usize::from(bold);
            self.marks.italic += usize::from(italic);
            self.styled.push((name.to_owned(), bold, italic));
        }
    }

    fn unmark(&mut self, name: &str) {
        let index = self.styled.iter().rposition(|(held, _, _)| held == name);
        let Some(index) = index else { return };
        // What is open inside of it ends with it.
        for (_, bold, italic) in self.styled.drain(index..) {
            self.marks.bold = self.marks.bold.saturating_sub(usize::from(bold));
            self.marks.italic = self.marks.italic.saturating_sub(usize::from(italic));
        }
        if let Some(found) = self.word_list.end_mark(self.styled.len())
            && let Shape::Item { number, .. } = &mut self.shape
        {
            *number = Some(found);
        }
    }

    /// Makes an item of a paragraph of a list of Word. Within a cell it is a line with its number or bullet.
    fn word_item(&mut self, attribute: &dyn Fn(&str) -> Option<String>) {
        if self.table.is_some() {
            return;
        }
        let style = attribute("style").unwrap_or_default();
        if let Some(level) = self.word_list.begin_item(&style) {
            let number = None;
            self.shape = Shape::Item { level, number };
        }
    }

    fn item(&mut self) {
        self.end_block();
        let level = self.lists.len().saturating_sub(1);
        let number = self.lists.last_mut().and_then(|list| {
            let number = list.next?;
            list.next = Some(number.saturating_add(1));
            Some(number)
        });
        self.shape = Shape::Item { level, number };
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if matches!(self.shape, Shape::Item { .. }) && self.word_list.takes(text) {
            return;
        }
        // White space is one space, as in a browser; between blocks it is nothing.
        let mut words = String::with_capacity(text.len());
        for c in text.chars() {
            let c = if c.is_whitespace() || c.is_control() {
                ' '
            } else {
                c
            };
            if c != ' ' || !words.ends_with(' ') {
                words.push(c);
            }
        }
        let ends_in_space = match self.inlines.last() {
            Some(Inline::Text(span)) => span.text.ends_with(' '),
            Some(Inline::Break) | None => true,
            Some(Inline::Picture { .. } | Inline::Note(_)) => false,
        };
        let words = if ends_in_space {
            words.trim_start()
        } else {
            &words
        };
        if words.is_empty() {
            return;
        }
        self.inlines.push(Inline::Text(Span {
            text: words.to_owned(),
            style: Style {
                bold: self.marks.bold > 0 && !matches!(self.shape, Shape::Heading(_)),
                italic: self.marks.italic > 0,
                strike: self.marks.strike > 0,
                ..Style::default()
            },
            link: self.link.clone(),
        }));
    }

    /// Ends a paragraph: within a cell it is a line.
    fn paragraph(&mut self) {
        if self.table.is_some() {
            if !self.inlines.is_empty() {
                self.inlines.push(Inline::Break);
            }
        } else if self.word_list.is_in_item()
            || !(self.inlines.is_empty() && matches!(self.shape, Shape::Item { .. }))
        {
            // A paragraph that is the first of an item is the item; in a list of Word each paragraph is one.
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        if self.table.is_some() {
            return;
        }
        self.word_list.end_item();
        let inlines = trimmed(std::mem::take(&mut self.inlines));
        let usual = self.usual_shape();
        let shape = std::mem::replace(&mut self.shape, usual);
        if inlines.is_empty() {
            return;
        }
        self.blocks.push(match shape {
            Shape::Paragraph => Block::Paragraph(inlines),
            Shape::Heading(level) => Block::Heading { level, inlines },
            Shape::Quote => Block::Quote(inlines),
            Shape::Item { level, number } => Block::Item {
                level,
                number,
                inlines,
            },
        });
    }

    fn usual_shape(&self) -> Shape {
        if self.quotes > 0 {
            Shape::Quote
        } else {
            Shape::Paragraph
        }
    }

    /// Ends the cell that is open, if a row of a table is.
    fn end_cell(&mut self) {
        let Some(table) = &mut self.table else { return };
        let inlines = trimmed(std::mem::take(&mut self.inlines));
        let Some(row) = table.rows.last_mut() else {
            return;
        };
        // Words outside of any cell, as spaces between tags, are none of the table.
        if std::mem::take(&mut self.in_cell) && row.len() < MAX_CELLS {
            row.push(inlines);
        }
    }

    fn end_table(&mut self) {
        let Some(mut table) = self.table.take() else {
            return;
        };
        self.in_cell = false;
        table
            .rows
            .retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let width = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        for row in &mut table.rows {
            row.resize(width, Vec::new());
        }
        if width > 0 {
            self.blocks.push(Block::Table(table));
        }
    }
}

/// Takes breaks off both ends.
fn trimmed(mut inlines: Vec<Inline>) -> Vec<Inline> {
    let is_empty = |inline: &Inline| match inline {
        Inline::Break => true,
        Inline::Text(span) => span.text.trim().is_empty(),
        Inline::Picture { .. } | Inline::Note(_) => false,
    };
    while inlines.last().is_some_and(is_empty) {
        inlines.pop();
    }
    let first = inlines.iter().position(|inline| !is_empty(inline));
    inlines.drain(..first.unwrap_or(inlines.len()));
    inlines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        let markdown = markdown_of_html(html).unwrap();
        assert_eq!(markdown.trim_end(), expected, "{html}");
    }

    #[test]
    fn rich_text_becomes_markdown() {
        for (html, expected) in [
            ("<p>One</p><p>Two</p>", "One\n\nTwo"),
            ("<h1>A</h1><h3>B</h3>text", "## A\n\n### B\n\ntext"),
            ("a <b>bold</b> <i>word</i>", "a **bold** _word_"),
            ("<span style=\"font-weight: 700\">x</span> y", "**x** y"),
            ("<b style=\"font-weight:normal\"><p>plain</p></b>", "plain"),
            ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b"),
            (
                "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>",
                "1. a\n   - b\n2. c",
            ),
            (
                "<a href=\"https://x.example/\">x</a>",
                "[x](https://x.example/)",
            ),
            ("<blockquote>said</blockquote>after", "> said\n\nafter"),
            ("a<br>b", "a\\\nb"),
            ("  many \n\n spaces ", "many spaces"),
        ] {
            check(html, expected);
        }
        let table =
            "<table><tr><th>A</th><th>B</th></tr><tr><td><p>1</p></td><td>2 | 3</td></tr></table>";
        let markdown = markdown_of_html(table).unwrap();
        assert!(markdown.contains("| A"), "{markdown}");
        assert!(markdown.contains("2 \\| 3"), "{markdown}");
        let empty = markdown_of_html("<table><tr><td></td><td>x</td></tr></table>").unwrap();
        assert_eq!(
            empty.lines().next().map(|row| row.matches('|').count()),
            Some(3)
        );
    }

    #[test]
    fn lists_of_word_are_lists() {
        // As Word for Windows puts it on the clipboard, with fewer styles.
        let item = |list: &str, mark: &str, words: &str| {
            format!(
                "<p class=MsoListParagraphCxSpMiddle style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:{list}'>\
                 <![if !supportLists]><span style='mso-fareast-font-family:Aptos'><span style='mso-list:Ignore'>{mark}\
                 <span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span><![endif]>{words}<o:p></o:p></p>\n"
            )
        };
        let html = [
            item("l0 level1 lfo1", "1.", "First <b>thing</b>"),
            item("l0 level2 lfo1", "a.", "within"),
            item("l0 level2 lfo1", "b.", "also"),
            item("l0 level1 lfo1", "2.", "Second"),
            "<p class=MsoNormal>Then</p>".to_owned(),
            item("l1 level1 lfo2", "·", "point"),
            item("l1 level2 lfo2", "o", "finer point"),
        ];
        check(
            &html.concat(),
            "1. First **thing**\n   1. within\n   2. also\n2. Second\n\nThen\n\n- point\n  - finer point",
        );
        // Within a cell there is no list, and nothing is lost.
        let cell = format!(
            "<table><tr><td>{}</td></tr></table>",
            item("l0 level1 lfo1", "1.", "one")
        );
        assert!(markdown_of_html(&cell).unwrap().contains("one"));
        // A mark that does not end takes nothing with it but its paragraph.
        let open =
            "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1. <p>kept</p>";
        check(open, "kept");
        let empty = "<p style='mso-list:l0 level1 lfo1'>&nbsp;</p><p>no item</p>";
        check(empty, "no item");
    }

    #[test]
    fn what_a_browser_would_run_or_hide_is_left_out() {
        for (html, expected) in [
            ("<script>alert(1)</script>a<style>b{}</style>", "a"),
            ("<a href=\"javascript:alert(1)\">x</a>", "x"),
            ("<img src=x onerror=alert(1)>a", "a"),
            (
                "<!-- c --><!--[if gte mso 9]><xml>x</xml><![endif]-->a",
                "a",
            ),
            ("a &lt;img src=x&gt;", "a &lt;img src=x>"),
            ("<svg><text>x</text></svg>a", "a"),
            (
                "We moved <del cite=\"mailto:Sam\" datetime=\"2026-11-01T10:00\">nine </del>ten beds<a class=msocomanchor href=\"#_msocom_1\">[A1]</a>.",
                "We moved ten beds.",
            ),
            ("We <del>never</del> gave it", "We ~~never~~ gave it"),
        ] {
            check(html, expected);
        }
    }

    #[test]
    fn hostile_rich_text_stays_within_its_bounds() {
        for html in [
            "<ul><li>".repeat(50_000),
            "<b>".repeat(100_000) + "x",
            "<table><tr><td>".repeat(50_000),
            "<blockquote>".repeat(80_000) + "x",
            "<a href=https://x.example>".repeat(30_000),
            "</table></td>".repeat(50_000),
        ] {
            assert!(markdown_of_html(&html).is_some());
        }
        assert_eq!(markdown_of_html(&"a".repeat(MAX_HTML_BYTES + 1)), None);
    }
}
