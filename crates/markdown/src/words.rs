//! The words under a node of the tree, as a reader would say them.

use comrak::{
    arena_tree::NodeEdge,
    nodes::{AstNode, NodeValue},
};

/// Returns the words under a node. What a page shows by its form alone is written: `10^9`, `~~do not~~ give`.
pub(crate) fn words_under<'a>(node: &'a AstNode<'a>) -> String {
    words_of(node, true)
}

/// Returns the words of a heading on one line. A picture in it says nothing, unless there is nothing else.
pub(crate) fn heading_words<'a>(node: &'a AstNode<'a>) -> String {
    let joined = |words: String| words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = joined(words_of(node, false));
    if words.is_empty() {
        return joined(words_of(node, true));
    }
    words
}

fn words_of<'a>(node: &'a AstNode<'a>, with_images: bool) -> String {
    let mut words = Words {
        out: String::new(),
        behind_script: false,
    };
    let mut image_depth = 0_usize;
    for edge in node.traverse() {
        match edge {
            NodeEdge::Start(node) | NodeEdge::End(node)
                if !with_images && matches!(node.data().value, NodeValue::Image(_)) =>
            {
                match edge {
                    NodeEdge::Start(_) => image_depth += 1,
                    NodeEdge::End(_) => image_depth = image_depth.saturating_sub(1),
                }
            }
            NodeEdge::Start(node) if image_depth == 0 => words.enter(node),
            NodeEdge::End(node) if image_depth == 0 => words.leave(&node.data().value),
            NodeEdge::Start(_) | NodeEdge::End(_) => {}
        }
    }
    words.out
}

struct Words {
    out: String,
    /// Whether the last word was raised or lowered: no figure may join it.
    behind_script: bool,
}

impl Words {
    fn enter<'a>(&mut self, node: &'a AstNode<'a>) {
        match &node.data().value {
            NodeValue::Text(text) => self.push(text),
            NodeValue::Code(code) => self.push(&code.literal),
            NodeValue::CodeBlock(block) => {
                self.end_line();
                self.push(&block.literal);
            }
            NodeValue::Math(math) => {
                let mark = if math.display_math { "$$" } else { "$" };
                self.push(&format!("{mark}{}{mark}", math.literal));
            }
            NodeValue::SoftBreak => self.push(" "),
            NodeValue::LineBreak => self.push("\n"),
            NodeValue::Strikethrough | NodeValue::EscapedTag("del") => self.push("~~"),
            NodeValue::EscapedTag("q") => self.push("“"),
            NodeValue::EscapedTag("sup") if begins_a_fraction(node) => self.end_figure(),
            NodeValue::EscapedTag("sup") if !ends_an_ordinal(&self.out, node) => self.out.push('^'),
            NodeValue::TaskItem(item) => {
                if self.ends_in_word() {
                    self.end_line();
                }
                self.push(if item.symbol.is_some() {
                    "☑ "
                } else {
                    "☐ "
                });
            }
            // 5₁₀ is not 510, and H₂O is H2O.
            NodeValue::EscapedTag("sub") if self.out.ends_with(|c: char| c.is_numeric()) => {
                self.out.push('_');
            }
            NodeValue::EscapedTag("table" | "details" | "dl") if self.ends_in_word() => {
                self.end_line()
            }
            // Words before a list that is within a cell or an item.
            value if value.block() && self.is_in_line(value) => self.end_line(),
            _ => {}
        }
    }

    fn leave(&mut self, value: &NodeValue) {
        match value {
            NodeValue::TableCell | NodeValue::BlockDirective(_) => self.push(" "),
            NodeValue::Strikethrough | NodeValue::EscapedTag("del") => self.out.push_str("~~"),
            NodeValue::EscapedTag("q") => self.out.push('”'),
            NodeValue::EscapedTag("sup" | "sub") => self.behind_script = true,
            NodeValue::EscapedTag(
                "tr" | "table" | "caption" | "summary" | "details" | "dl" | "dt" | "dd",
            ) => self.end_line(),
            value if value.block() => self.end_line(),
            _ => {}
        }
    }

    /// Sets off the fraction that follows from a figure.
    fn end_figure(&mut self) {
        if self.out.ends_with(|c: char| c.is_numeric()) {
            self.out.push(' ');
        }
    }

    /// Whether a block begins behind words of the same line.
    fn is_in_line(&self, value: &NodeValue) -> bool {
        let begins = matches!(
            value,
            NodeValue::Paragraph
                | NodeValue::List(_)
                | NodeValue::Item(_)
                | NodeValue::Heading(_)
                | NodeValue::BlockQuote
                | NodeValue::Callout(_)
                | NodeValue::Table(_)
        );
        begins && self.ends_in_word()
    }

    fn ends_in_word(&self) -> bool {
        self.out.ends_with(|c: char| !c.is_whitespace() && c != '~')
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.behind_script {
            self.behind_script = false;
            if text.starts_with(char::is_numeric) {
                self.out.push(' ');
            }
        }
        self.out.push_str(text);
    }

    fn end_line(&mut self) {
        self.behind_script = false;
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }
}

/// Whether a raised figure is the first of a fraction, as in ¹/₂.
fn begins_a_fraction<'a>(node: &'a AstNode<'a>) -> bool {
    let is_line = |node: &&AstNode<'_>| match &node.data().value {
        NodeValue::Text(text) => matches!(text.trim(), "/" | "⁄"),
        _ => false,
    };
    let below = node
        .next_sibling()
        .filter(is_line)
        .and_then(|line| line.next_sibling());
    below.is_some_and(|below| matches!(below.data().value, NodeValue::EscapedTag("sub")))
}

/// Whether raised letters are the end of a number, as in 1st.
fn ends_an_ordinal<'a>(before: &str, node: &'a AstNode<'a>) -> bool {
    let first = node.first_child();
    let letters = first.is_some_and(|first| match &first.data().value {
        NodeValue::Text(text) => matches!(&*text.to_lowercase(), "st" | "nd" | "rd" | "th"),
        _ => false,
    });
    letters && before.ends_with(|c: char| c.is_ascii_digit())
}
