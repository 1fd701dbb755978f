//! The HTML of tables, notes and the elements that raw HTML named: fixed tags, and attributes that we write.

use std::fmt::{self, Write as _};

use comrak::{
    html::{ChildRendering, Context, format_node_default},
    nodes::{AstNode, NodeBlockDirective, NodeCallout, NodeValue, TableAlignment},
};

use crate::state::{Formatted, State};

/// A wide table scrolls by itself, and can be reached by keyboard.
pub(crate) fn format_table<'a>(
    context: &mut Context<'_, '_, State<'_>>,
    node: &'a AstNode<'a>,
    entering: bool,
) -> Formatted {
    if entering {
        open_table(context)?;
        return format_node_default(context, node, entering);
    }
    let done = format_node_default(context, node, entering)?;
    context.write_str("</div>")?;
    context.lf()?;
    Ok(done)
}

fn open_table(context: &mut Context<'_, '_, State<'_>>) -> fmt::Result {
    context.user.tables += 1;
    let number = context.user.tables;
    context.cr()?;
    write!(
        context,
        "<div class=\"app-table\" role=\"region\" aria-label=\"Table {number}\" tabindex=\"0\">"
    )
}

pub(crate) fn format_cell<'a>(
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

/// A table of raw HTML.
pub(crate) fn format_html_table(
    context: &mut Context<'_, '_, State<'_>>,
    entering: bool,
) -> Formatted {
    if entering {
        open_table(context)?;
        context.write_str("<table>\n")?;
    } else {
        context.write_str("</table></div>\n")?;
    }
    Ok(ChildRendering::HTML)
}

/// A cell of such a table. Its width and height are numbers within bounds.
pub(crate) fn format_html_cell(
    context: &mut Context<'_, '_, State<'_>>,
    cell: &NodeBlockDirective,
    entering: bool,
) -> Formatted {
    let tag = if cell.info == "th" { "th" } else { "td" };
    if !entering {
        writeln!(context, "</{tag}>")?;
        return Ok(ChildRendering::HTML);
    }
    write!(context, "<{tag}")?;
    if cell.fence_length > 1 {
        write!(context, " colspan=\"{}\"", cell.fence_length)?;
    }
    if cell.fence_offset > 1 {
        write!(context, " rowspan=\"{}\"", cell.fence_offset)?;
    }
    context.write_str(">")?;
    Ok(ChildRendering::HTML)
}

/// An element without attributes.
pub(crate) fn format_element(
    context: &mut Context<'_, '_, State<'_>>,
    tag: &'static str,
    entering: bool,
) -> Formatted {
    let is_block = matches!(
        tag,
        "tr" | "caption" | "details" | "summary" | "dl" | "dt" | "dd"
    );
    if entering {
        if is_block {
            context.cr()?;
        }
        write!(context, "<{tag}>")?;
    } else {
        write!(context, "</{tag}>")?;
        if is_block {
            context.lf()?;
        }
    }
    Ok(ChildRendering::HTML)
}

/// A note: what kind of note it is, in words, and what is in it.
pub(crate) fn format_callout(
    context: &mut Context<'_, '_, State<'_>>,
    callout: &NodeCallout,
    entering: bool,
) -> Formatted {
    context.cr()?;
    if !entering {
        context.write_str("</div>\n")?;
        return Ok(ChildRendering::HTML);
    }
    let style = match callout.callout_type.as_str() {
        "tip" | "hint" | "success" | "check" | "done" => "tip",
        "important" => "important",
        "warning" | "attention" => "warning",
        "caution" | "danger" | "error" | "failure" | "fail" | "missing" | "bug" => "caution",
        _ => "note",
    };
    write!(
        context,
        "<div class=\"markdown-alert markdown-alert-{style}\">\n<p class=\"markdown-alert-title\">"
    )?;
    context.escape(&callout.default_title())?;
    context.write_str("</p>\n")?;
    Ok(ChildRendering::HTML)
}
