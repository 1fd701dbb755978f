//! Markdown to HTML that is safe in a page of this site.

use std::{
    collections::HashSet,
    fmt::{self, Write},
};

use comrak::{
    Anchorizer, Arena,
    html::{ChildRendering, Context, format_document_with_formatter, format_node_default},
    nodes::{AstNode, NodeHeading, NodeLink, NodeValue, TableAlignment},
    options::Plugins,
    parse_document,
};
use url::Url;

use crate::{html, options::options, text};

/// The most bytes of HTML that one document may become: rendered markdown can be a thousand times as long.
pub const MAX_HTML_BYTES: usize = 2 * 1024 * 1024;
/// The deepest nesting that is rendered: deeper pages are slow in browsers.
pub(crate) const MAX_DEPTH: usize = 100;

/// A heading, for a table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// `2..=6`: the page's title is the only heading of level 1. No level is skipped going down.
    pub level: u8,
    /// The fragment, `h-…`, unique within the document.
    pub id: String,
    /// Plain text.
    pub text: String,
}

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

/// A function that gives the address of something, if there is one.
pub type Lookup<'a> = &'a (dyn Fn(&str) -> Option<String> + Send + Sync);

/// Says where the links of a document lead. Links to `http`, `https` and `mailto` need no entry here.
#[derive(Default, Clone, Copy)]
pub struct Links<'a> {
    /// The address of document `<uuid>` of the same node, for a link written `/d/<uuid>`. Where there
    /// is none, the link's text stays and the link goes.
    pub document: Option<Lookup<'a>>,
    /// The address of an attachment, for an image or a link written `/blob/<digest>`.
    pub attachment: Option<Lookup<'a>>,
    /// The site of the document's origin, against which any other relative link is resolved. Without
    /// it (a document of this node) a link from the site's root stays, and the text of any other.
    pub origin: Option<&'a Url>,
    /// A first heading that says just this is left out: the page shows it already.
    pub title: Option<&'a str>,
}

/// Renders untrusted markdown.
#[must_use]
pub fn render(md: &str, links: &Links<'_>) -> Rendered {
    let arena = Arena::new();
    let shown = text::visible(md);
    let options = options(&shown);
    let root = parse_document(&arena, &shown, &options);
    html::soften(&arena, root);
    if text::depth(root) > MAX_DEPTH {
        return as_written(&shown);
    }
    if let Some(title) = links.title {
        drop_title(root, title);
    }
    let headings = headings(root);
    let state = State {
        links,
        headings: &headings,
        ids: headings.iter().map(|heading| heading.id.as_str()).collect(),
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

fn drop_title<'a>(root: &'a AstNode<'a>, title: &str) {
    let Some(first) = root.first_child() else {
        return;
    };
    let is_heading = matches!(first.data().value, NodeValue::Heading(_));
    if is_heading
        && text::words_under(first)
            .trim()
            .eq_ignore_ascii_case(title.trim())
    {
        first.detach();
    }
}

/// Gives every heading with a text its level and id, and writes the level back.
fn headings<'a>(root: &'a AstNode<'a>) -> Vec<Heading> {
    let mut anchors = Anchorizer::new();
    let mut headings: Vec<Heading> = Vec::new();
    let mut top = None;
    for node in root.descendants() {
        let NodeValue::Heading(heading) = &mut node.data_mut().value else {
            continue;
        };
        let level = heading.level;
        let text = node
            .children()
            .map(text::words_under)
            .collect::<String>()
            .trim()
            .to_owned();
        if text.is_empty() {
            // A screen reader cannot announce a heading without words.
            heading.level = 0;
            continue;
        }
        let top = *top.get_or_insert(level.min(2));
        let before = headings.last().map_or(1, |heading| heading.level);
        let level = level
            .saturating_sub(top)
            .saturating_add(2)
            .clamp(2, 6)
            .min(before + 1);
        heading.level = level;
        let id = format!("h-{}", anchors.anchorize(&text));
        headings.push(Heading { level, id, text });
    }
    headings
}

struct State<'x> {
    links: &'x Links<'x>,
    headings: &'x [Heading],
    ids: HashSet<&'x str>,
    next_heading: usize,
    tables: usize,
    column: usize,
    in_link: bool,
}

type Formatted = Result<ChildRendering, fmt::Error>;

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
        // `html::soften` has left none; if one is left, it stays unseen.
        NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) | NodeValue::Raw(_) => {
            Ok(ChildRendering::Skip)
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

/// Where a link leads.
enum Target {
    /// Another place on this site.
    Here(String),
    /// Another site.
    Out(String),
    /// No address that a reader may be sent to.
    Nowhere,
}

fn target(url: &str, state: &State<'_>) -> Target {
    let url = url.trim();
    if let Some(fragment) = url.strip_prefix('#') {
        return Target::Here(fragment_of(fragment, &state.ids));
    }
    if let Some(rest) = url.strip_prefix("/d/")
        && let Some(document) = state.links.document
    {
        let (path, fragment) = rest
            .split_once('#')
            .map_or((rest, None), |(p, f)| (p, Some(f)));
        let id = path.split(['/', '?']).next().unwrap_or_default();
        return document(id).map_or(Target::Nowhere, |address| {
            Target::Here(match fragment {
                Some(fragment) => format!("{address}{}", fragment_of(fragment, &HashSet::new())),
                None => address,
            })
        });
    }
    if let Some(digest) = url.strip_prefix("/blob/")
        && let Some(attachment) = state.links.attachment
    {
        return attachment(digest).map_or(Target::Nowhere, Target::Here);
    }
    match Url::parse(url) {
        Ok(absolute) => out(&absolute),
        Err(url::ParseError::RelativeUrlWithoutBase) => match state.links.origin {
            Some(origin) => origin
                .join(url)
                .map_or(Target::Nowhere, |absolute| out(&absolute)),
            None if url.starts_with("//") || url.starts_with("/\\") => {
                Url::parse(&format!("https:{}", url.replace('\\', "/")))
                    .map_or(Target::Nowhere, |absolute| out(&absolute))
            }
            None if url.starts_with('/') => Target::Here(url.to_owned()),
            None => Target::Nowhere,
        },
        Err(_) => Target::Nowhere,
    }
}

fn out(absolute: &Url) -> Target {
    match absolute.scheme() {
        "http" | "https" | "mailto" => Target::Out(absolute.as_str().to_owned()),
        _ => Target::Nowhere,
    }
}

/// Ids of headings have a prefix, so that no document can name an element of the page around it.
fn fragment_of(fragment: &str, ids: &HashSet<&str>) -> String {
    let own = ["h-", "fn-", "fnref-"]
        .iter()
        .any(|prefix| fragment.starts_with(prefix));
    if own || ids.contains(fragment) {
        return format!("#{fragment}");
    }
    let prefixed = format!("h-{fragment}");
    if ids.contains(prefixed.as_str()) {
        return format!("#{prefixed}");
    }
    format!("#{}", prefixed.to_lowercase())
}

fn format_link<'a>(
    context: &mut Context<'_, '_, State<'_>>,
    node: &'a AstNode<'a>,
    link: &NodeLink,
    entering: bool,
) -> Formatted {
    let target = target(&link.url, &context.user);
    let (address, leaves) = match &target {
        Target::Nowhere => return Ok(ChildRendering::HTML),
        Target::Here(address) => (address, false),
        Target::Out(address) => (address, true),
    };
    if !entering {
        context.user.in_link = false;
        context.write_str("</a>")?;
        return Ok(ChildRendering::HTML);
    }
    context.user.in_link = true;
    open_link(context, address, leaves, &link.title)?;
    if text::words_under(node).trim().is_empty() {
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
    let alt = node.children().map(text::words_under).collect::<String>();
    let alt = alt.trim();
    let address = link
        .url
        .strip_prefix("/blob/")
        .and_then(|digest| context.user.links.attachment.and_then(|find| find(digest)));
    if let Some(address) = address {
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
    match target(&link.url, &context.user) {
        Target::Here(address) if !context.user.in_link => {
            open_link(context, &address, false, &link.title)?;
            context.escape(words)?;
            context.write_str("</a>")?;
        }
        Target::Out(address) if !context.user.in_link => {
            open_link(context, &address, true, &link.title)?;
            context.escape(words)?;
            context.write_str("</a>")?;
        }
        _ => context.escape(words)?,
    }
    Ok(ChildRendering::Skip)
}

/// A wide table scrolls by itself, and can be reached by keyboard.
fn format_table<'a>(
    context: &mut Context<'_, '_, State<'_>>,
    node: &'a AstNode<'a>,
    entering: bool,
) -> Formatted {
    if entering {
        context.user.tables += 1;
        let number = context.user.tables;
        context.cr()?;
        write!(
            context,
            "<div class=\"app-table\" role=\"region\" aria-label=\"Table {number}\" tabindex=\"0\">"
        )?;
        return format_node_default(context, node, entering);
    }
    let done = format_node_default(context, node, entering)?;
    context.write_str("</div>")?;
    context.lf()?;
    Ok(done)
}

fn format_cell<'a>(
    context: &mut Context<'_, '_, State<'_>>,
    node: &'a AstNode<'a>,
    entering: bool,
) -> Formatted {
    let row = node.parent();
    let heads = row.is_some_and(|row| matches!(row.data().value, NodeValue::TableRow(true)));
    // An empty heading heads nothing.
    let tag = if heads && node.first_child().is_some() {
        "th"
    } else {
        "td"
    };
    if !entering {
        write!(context, "</{tag}>")?;
        return Ok(ChildRendering::HTML);
    }
    context.cr()?;
    write!(context, "<{tag}")?;
    if tag == "th" {
        context.write_str(" scope=\"col\"")?;
    }
    let column = context.user.column;
    context.user.column += 1;
    let alignment = row
        .and_then(|row| row.parent())
        .and_then(|table| match &table.data().value {
            NodeValue::Table(table) => table.alignments.get(column).copied(),
            _ => None,
        });
    match alignment {
        Some(TableAlignment::Right) => context.write_str(" class=\"app-right\"")?,
        Some(TableAlignment::Center) => context.write_str(" class=\"app-centre\"")?,
        _ => {}
    }
    context.write_str(">")?;
    Ok(ChildRendering::HTML)
}
