//! Markdown to HTML that is safe in a page of this site.

use std::fmt::{self, Write};

use crate::{
    anchors::{self, Heading},
    blocks::{
        format_callout, format_cell, format_element, format_html_cell, format_html_table,
        format_table,
    },
    options::options,
    parse::{is_too_deep, parse_with, prepared},
    state::{Formatted, State},
    targets::{Links, Target, attachment, description, image_target, is_to_missing_part, target},
    text,
    words::words_under,
};
use comrak::{
    Arena,
    html::{ChildRendering, Context, format_document_with_formatter, format_node_default},
    nodes::{AstNode, NodeHeading, NodeLink, NodeValue},
    options::Plugins,
};

/// The most bytes of HTML that one document may become: rendered markdown can be a thousand times as long.
pub const MAX_HTML_BYTES: usize = 2 * 1024 * 1024;

/// What a text becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// Safe HTML, at most [`MAX_HTML_BYTES`].
    pub html: String,
    /// The headings, in order.
    pub headings: Vec<Heading>,
    /// Whether the text was too large or too deep to be rendered, and is shown as it was written.
    pub plain: bool,
}

/// Renders untrusted markdown.
#[must_use]
pub fn render(md: &str, links: &Links<'_>) -> Rendered {
    let arena = Arena::new();
    let visible = text::visible(md);
    let shown = prepared(&visible);
    let options = options(&shown);
    let root = parse_with(&arena, &shown, &options);
    if is_too_deep(root) {
        return as_written(&shown);
    }
    let (headings, anchors) = anchors::number(root, links.title);
    let state = State {
        links,
        headings: &headings,
        anchors: &anchors,
        next_heading: 0,
        tables: 0,
        column: 0,
        in_link: false,
    };
    let mut out = Capped(String::with_capacity(md.len() + md.len() / 4));
    let plugins = Plugins::default();
    let done = format_document_with_formatter(root, &options, &mut out, &plugins, format, state);
    match done {
        Ok(_) => Rendered {
            html: out.0,
            headings,
            plain: false,
        },
        Err(fmt::Error) => as_written(&shown),
    }
}

/// Returns a text as it was written, for what cannot be rendered.
#[must_use]
pub fn as_written(md: &str) -> Rendered {
    let mut out = Capped(String::from(
        "<pre class=\"app-as-written\" tabindex=\"0\">",
    ));
    // The closing tag is inside the cap by a wide margin: escaping stops below it.
    let max_bytes = MAX_HTML_BYTES / 2;
    for c in md.chars() {
        if out.0.len() > max_bytes {
            break;
        }
        text::escape_char(&mut out.0, c);
    }
    out.0.push_str("</pre>");
    Rendered {
        html: out.0,
        headings: Vec::new(),
        plain: true,
    }
}

/// HTML that stops at its cap.
struct Capped(String);

impl Write for Capped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_HTML_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

fn format<'a, 'x>(
    context: &mut Context<'_, '_, State<'x>>,
    node: &'a AstNode<'a>,
    entering: bool,
) -> Formatted {
    match &node.data().value {
        NodeValue::Heading(heading) => format_heading(context, heading, entering),
        NodeValue::Link(link) => format_link(context, node, link, entering),
        NodeValue::Image(link) => format_image(context, node, link, entering),
        NodeValue::Table(_) => format_table(context, node, entering),
        NodeValue::TableRow(_) if entering => {
            context.user.column = 0;
            format_node_default(context, node, entering)
        }
        NodeValue::TableCell => format_cell(context, node, entering),
        NodeValue::CodeBlock(block) if entering => {
            context.cr()?;
            context.write_str("<pre tabindex=\"0\"><code>")?;
            context.escape(&block.literal)?;
            context.write_str("</code></pre>")?;
            context.lf()?;
            Ok(ChildRendering::Skip)
        }
        NodeValue::EscapedTag("table") => format_html_table(context, entering),
        NodeValue::EscapedTag(tag) => format_element(context, tag, entering),
        NodeValue::BlockDirective(cell) => format_html_cell(context, cell, entering),
        NodeValue::Callout(callout) => format_callout(context, callout, entering),
        NodeValue::CalloutTitle => Ok(ChildRendering::HTML),
        NodeValue::Math(math) if entering => {
            let mark = if math.display_math { "$$" } else { "$" };
            context.write_str("<code>")?;
            context.escape(&format!("{mark}{}{mark}", math.literal))?;
            context.write_str("</code>")?;
            Ok(ChildRendering::Skip)
        }
        // A named place; see `anchors`.
        NodeValue::Raw(id) if entering => {
            context.write_str("<span id=\"")?;
            context.escape(id)?;
            context.write_str("\"></span>")?;
            Ok(ChildRendering::Skip)
        }
        // `html::read` has left none; if one is left, it stays unseen.
        NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) | NodeValue::Raw(_) => {
            Ok(ChildRendering::Skip)
        }
        _ => format_leaf(context, node, entering),
    }
}

/// Formats what has a form of ours and no part.
fn format_leaf<'a>(
    context: &mut Context<'_, '_, State<'_>>,
    node: &'a AstNode<'a>,
    entering: bool,
) -> Formatted {
    match &node.data().value {
        NodeValue::TaskItem(item) => {
            if entering {
                context.cr()?;
                let mark = if item.symbol.is_some() { "☑" } else { "☐" };
                write!(context, "<li class=\"app-task\">{mark} ")?;
            } else {
                context.write_str("</li>")?;
                context.lf()?;
            }
            Ok(ChildRendering::HTML)
        }
        NodeValue::LineBreak if entering => {
            context.write_str("<br>")?;
            context.lf()?;
            Ok(ChildRendering::HTML)
        }
        NodeValue::ThematicBreak if entering => {
            context.cr()?;
            context.write_str("<hr>")?;
            context.lf()?;
            Ok(ChildRendering::HTML)
        }
        _ => format_node_default(context, node, entering),
    }
}

fn format_heading(
    context: &mut Context<'_, '_, State<'_>>,
    heading: &NodeHeading,
    entering: bool,
) -> Formatted {
    if heading.level == 0 {
        if entering {
            context.cr()?;
        }
        context.write_str(if entering { "<p>" } else { "</p>\n" })?;
        return Ok(ChildRendering::HTML);
    }
    if !entering {
        write!(context, "</h{}>", heading.level)?;
        context.lf()?;
        return Ok(ChildRendering::HTML);
    }
    context.cr()?;
    let headings = context.user.headings;
    let id = headings
        .get(context.user.next_heading)
        .map_or("", |heading| heading.id.as_str());
    context.user.next_heading += 1;
    write!(context, "<h{} id=\"", heading.level)?;
    context.escape(id)?;
    context.write_str("\">")?;
    Ok(ChildRendering::HTML)
}

fn format_link<'a>(
    context: &mut Context<'_, '_, State<'_>>,
    node: &'a AstNode<'a>,
    link: &NodeLink,
    entering: bool,
) -> Formatted {
    let target = target(&link.url, context.user.links, context.user.anchors);
    let (address, leaves) = match &target {
        Target::Nowhere(why) => {
            if !entering {
                context.write_str(why.note())?;
            }
            return Ok(ChildRendering::HTML);
        }
        Target::Here(address) => (address, false),
        Target::Out(address) => (address, true),
    };
    if !entering {
        context.user.in_link = false;
        context.write_str("</a>")?;
        if is_to_missing_part(&link.url, context.user.anchors) {
            context.write_str(" (part not found)")?;
        }
        return Ok(ChildRendering::HTML);
    }
    context.user.in_link = true;
    open_link(context, address, leaves, &link.title)?;
    if words_under(node).trim().is_empty() {
        // A screen reader cannot announce a link without words.
        context.escape(address)?;
        return Ok(ChildRendering::HTML);
    }
    Ok(ChildRendering::HTML)
}

fn open_link(
    context: &mut Context<'_, '_, State<'_>>,
    address: &str,
    leaves: bool,
    title: &str,
) -> fmt::Result {
    context.write_str("<a href=\"")?;
    context.escape_href(address)?;
    context.write_str("\"")?;
    if leaves {
        context.write_str(" rel=\"noopener ugc nofollow\"")?;
    }
    if !title.is_empty() {
        context.write_str(" title=\"")?;
        context.escape(title)?;
        context.write_str("\"")?;
    }
    context.write_str(">")
}

/// Only attachments are images. Anything else is a link: nothing is ever fetched from elsewhere.
fn format_image<'a>(
    context: &mut Context<'_, '_, State<'_>>,
    node: &'a AstNode<'a>,
    link: &NodeLink,
    entering: bool,
) -> Formatted {
    if !entering {
        return Ok(ChildRendering::HTML);
    }
    let mut alt = node.children().map(words_under).collect::<String>();
    if alt.trim().is_empty() {
        alt = description(link.url.trim(), context.user.links).unwrap_or_default();
    }
    let alt = alt.trim();
    let address = attachment(link.url.trim(), context.user.links);
    if let Some(address) = address.filter(|address| address.starts_with('/')) {
        context.write_str("<img src=\"")?;
        context.escape_href(&address)?;
        context.write_str("\" alt=\"")?;
        context.escape(alt)?;
        if !link.title.is_empty() {
            context.write_str("\" title=\"")?;
            context.escape(&link.title)?;
        }
        context.write_str("\" loading=\"lazy\">")?;
        return Ok(ChildRendering::Skip);
    }
    let words = if alt.is_empty() { "Image" } else { alt };
    if context.user.in_link {
        context.escape(words)?;
        return Ok(ChildRendering::Skip);
    }
    match image_target(&link.url, context.user.links, context.user.anchors) {
        Some(address) => {
            open_link(context, &address, true, &link.title)?;
            context.escape(words)?;
            context.write_str("</a>")?;
        }
        None if alt.is_empty() => context.write_str("(picture not included)")?,
        None => {
            context.write_str("(picture not included: ")?;
            context.escape(alt)?;
            context.write_str(")")?;
        }
    }
    Ok(ChildRendering::Skip)
}
