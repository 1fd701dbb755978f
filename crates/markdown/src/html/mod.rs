//! Raw HTML within markdown: what it says becomes markdown's own nodes and a few elements of ours, without attributes.
//!
//! A browser's tokenizer reads the tags ([`tokens`]), a small builder nests them ([`build`]). No tag of a text is ever
//! written: each tag on a page is one of the fixed names in [`elements`].

mod build;
mod drawing;
mod elements;
mod said;
mod scan;
mod sheet;
mod style;
mod tokens;
mod unclosed;
mod within;

use std::collections::{HashMap, HashSet};

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

pub(crate) use scan::{Closers, Tag, attributes};

pub(crate) use style::{hides, mark_of};
pub(crate) use tokens::decode;
pub(crate) use within::read_markdown_within;

use crate::{attributes::has_hiding, options::options};

/// Returns the line, from 1, of the first element, or of the first list of attributes, whose content is meant not to be
/// seen.
#[must_use]
pub fn hidden_line(md: &str) -> Option<usize> {
    const MAY_HIDE: [&str; 15] = [
        "mso-hide",
        "transparent",
        "max-",
        "left",
        "top",
        "text-indent",
        "<dialog",
        "hidden",
        "display",
        "visibility",
        "opacity",
        "font-size",
        "template",
        "d-none",
        "invisible",
    ];
    let lower = md.to_ascii_lowercase();
    if !lower.contains(['<', '{']) || !MAY_HIDE.iter().any(|word| lower.contains(word)) {
        return None;
    }
    // Without any end, `<template>` is a word.
    let has_templates = lower.contains("</template");
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, md, &options(md));
    let classes = sheet::Hiding::new(&if lower.contains("<style") {
        css_of(root)
    } else {
        String::new()
    });
    root.descendants().find_map(|node| {
        let data = node.data();
        let raw = match &data.value {
            NodeValue::HtmlInline(html) => tokens::tokens(html),
            NodeValue::HtmlBlock(block) => tokens::tokens(&block.literal),
            NodeValue::Text(text) if has_hiding(text) => return Some(data.sourcepos.start.line),
            _ => return None,
        };
        let mut tags = raw.iter().filter_map(|token| match token {
            tokens::Token::Tag(tag) if !tag.closes => Some(tag),
            tokens::Token::Tag(_) | tokens::Token::Text(_) => None,
        });
        let is_word = |tag: &tokens::Tag| tag.attributes.is_empty() && !has_templates;
        let is_hidden = |tag: &tokens::Tag| tag.hides() || classes.hides(tag);
        let hiding = tags.find(|tag| is_hidden(tag) && tag.has_content() && !is_word(tag))?;
        Some(data.sourcepos.start.line + hiding.line)
    })
}

/// Returns the style sheets of a text.
fn css_of<'a>(root: &'a AstNode<'a>) -> String {
    let mut components = tokens::Components::default();
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::HtmlInline(html) => drop(tokens::tokens_of(html, &mut components)),
            NodeValue::HtmlBlock(block) => {
                drop(tokens::tokens_of(&block.literal, &mut components));
            }
            _ => {}
        }
    }
    components.css
}

/// Turns every piece of raw HTML under a node into nodes.
pub(crate) fn read<'a>(arena: &'a Arena<'a>, root: &'a AstNode<'a>) {
    let mut parents: Vec<&AstNode<'_>> = Vec::new();
    let mut seen = HashSet::new();
    let (mut nodes, mut pieces) = (Vec::new(), Vec::new());
    let mut components = tokens::Components::default();
    for node in root.descendants() {
        let tokens = match &node.data().value {
            NodeValue::HtmlInline(html) => tokens::tokens_of(html, &mut components),
            NodeValue::HtmlBlock(block) => tokens::tokens_of(&block.literal, &mut components),
            _ => continue,
        };
        let Some(parent) = node.parent() else {
            continue;
        };
        nodes.push(std::ptr::from_ref(node));
        pieces.push(tokens);
        // Raw HTML of other parents can be between that of one.
        if seen.insert(std::ptr::from_ref(parent)) {
            parents.push(parent);
        }
    }
    sheet::apply(&components.css, &mut pieces);
    unclosed::become_text(&mut pieces);
    let mut pieces: HashMap<_, _> = nodes.into_iter().zip(pieces).collect();
    for parent in parents {
        build::rebuild(arena, parent, &mut pieces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_found() {
        for (md, line) in [
            ("a\n\n<span hidden>b</span>", Some(3)),
            (
                "a <span style=\"color:red; Display : NONE\">b</span>",
                Some(1),
            ),
            ("<div>\n<p style='visibility:hidden'>b</p></div>", Some(2)),
            ("<p style=\"font-size:0\">b</p>", Some(1)),
            ("<p style=\"opacity: 0\">b</p>", Some(1)),
            ("<p style=\"opacity: 0.0\">b</p>", Some(1)),
            ("<p style=\"opacity: 0%\">b</p>", Some(1)),
            ("<p style=\"font-size: 0pt\">b</p>", Some(1)),
            ("<span style='mso-hide:all'>b</span>", Some(1)),
            ("<p style=\"color: transparent\">b</p>", Some(1)),
            ("<p style=\"max-height:0; overflow:hidden\">b</p>", Some(1)),
            ("<p style=\"position:absolute; left:-999em\">b</p>", Some(1)),
            (
                "<style>.k{display:none}</style>\n\nShown <span class=\"k\">b</span>",
                Some(3),
            ),
            (
                "<style>\np.k, .x { display: none !important; }\n</style>\n<p class=\"a k\">b</p>",
                Some(4),
            ),
            ("<p style=\"display:none!important\">b</p>", Some(1)),
            (
                "<style>.k{display:none} @media print {.q{display:none}}</style>\n<p class=\"q\">b</p>",
                None,
            ),
            ("<dialog id=\"x\">b</dialog>", Some(1)),
            ("<dialog open>b</dialog>", None),
            (
                "<p style=\"left: -5px; top: 0; margin-left: 0\">b</p>",
                None,
            ),
            ("<p style=\"opacity: 0.5; font-size: 0.9em\">b</p>", None),
            ("<input type=\"hidden\" hidden>", None),
            ("a\n\nb <template>c</template>", Some(3)),
            ("Copy the <template> to hidden places", None),
            ("<template> is a word\n\n<b hidden>a</b>", Some(3)),
            ("a\n{: .hidden}\n\nb", Some(2)),
            ("a\n\n*b*{: style=\"display:none\" }", Some(3)),
            ("## A {: .d-none .x }", Some(1)),
            ("[a](b){ hidden }, {hidden} and {: .hidden-xs }", None),
            ("`{: .hidden}`", None),
            ("`<span hidden>`\n\n    <p hidden>\n", None),
            ("hidden <b>words</b> of display: none", None),
        ] {
            assert_eq!(hidden_line(md), line, "{md}");
        }
    }

    #[test]
    fn what_attributes_say_is_written() {
        for (md, expected) in [
            (
                "<span style=\"text-decoration: line-through\">Do <span>not</span> now</span> give",
                "<del>Do not now</del> give",
            ),
            (
                "<p style=\"text-decoration:line-through\">Do not</p>\n\ngive",
                "<p><del>Do not</del></p>",
            ),
            (
                "<ol reversed><li>b</li><li>a</li></ol>",
                "<li>2. b</li>\n<li>1. a</li>",
            ),
            (
                "<ol type=\"a\" start=\"27\"><li>x</li></ol>",
                "<li>aa. x</li>",
            ),
            (
                "<ol type=\"i\"><li>x</li><li value=\"9\">y</li></ol>",
                "<li>i. x</li>\n<li>ix. y</li>",
            ),
            (
                "<ol><li value=\"7\">x</li><li>y</li></ol>",
                "<ol start=\"7\">",
            ),
            (
                "<ol><li>x</li><li value=\"7\">y</li><li>z</li></ol>",
                "<li>1. x</li>\n<li>7. y</li>\n<li>8. z</li>",
            ),
            (
                "<abbr title=\"Long form\">LF</abbr> and <abbr title=\"Long form\">LF</abbr>",
                "<abbr>LF</abbr> (Long form) and <abbr>LF</abbr></p>",
            ),
            ("Dose <input value=\"42 mg\">", "Dose 42 mg"),
            (
                "<map><area alt=\"Ward 5\" href=\"https://x.example/\"></map>",
                ">Ward 5</a>",
            ),
        ] {
            let html = crate::render(md, &crate::Links::default()).html;
            assert!(html.contains(expected), "{md}: {html}");
        }
    }
}
