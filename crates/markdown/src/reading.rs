//! What a reader sees of a text: its headings, its links and its words, from one parse.

use std::{borrow::Cow, ops::RangeInclusive};

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue, Sourcepos},
};

use crate::{
    anchors::{self, Anchors},
    parse::{is_too_deep, parse, prepared},
    unseen::{Unseen, unseen},
    words::{heading_words, words_under},
};

/// A heading as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenHeading {
    /// Plain text; not empty.
    pub text: String,
    /// The lines of the text that it takes, from 1: the line of its underline is one of them.
    pub lines: RangeInclusive<usize>,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, unescaped.
    pub url: String,
    /// Its text, or what the image shows.
    pub text: String,
    /// Whether it is an image.
    pub image: bool,
}

/// A text that was parsed once, for all that is asked of it. Of one that is nested too deeply to be shown nothing is known.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    pub(crate) md: String,
    headings: Vec<WrittenHeading>,
    pub(crate) links: Vec<Link>,
    /// Where the parser says that each of the links is, by lines and columns.
    pub(crate) places: Vec<Sourcepos>,
    pub(crate) words: Option<String>,
    anchors: Anchors,
    unseen: Vec<Unseen>,
    /// Whether the text was parsed as it is, so that the places are those of the text itself.
    pub(crate) as_written: bool,
}

impl Reading {
    /// Parses a text.
    #[must_use]
    pub fn new(md: &str) -> Self {
        let arena = Arena::new();
        let parsed = prepared(md);
        let root = parse(&arena, &parsed);
        let mut read = Self {
            md: md.to_owned(),
            ..Self::default()
        };
        if is_too_deep(root) {
            return read;
        }
        for node in root.descendants() {
            if let Some(heading) = written_heading(node) {
                read.headings.push(heading);
            } else if let Some(link) = written_link(node) {
                read.links.push(link);
                read.places.push(node.data().sourcepos);
            }
        }
        read.words = Some(words_under(root));
        read.unseen = unseen(&parsed, root);
        // This changes the tree, so it comes last.
        read.anchors = anchors::number(root, None).1;
        read.as_written = matches!(parsed, Cow::Borrowed(_));
        read
    }

    /// Returns the text.
    #[must_use]
    pub fn md(&self) -> &str {
        &self.md
    }

    /// Returns the headings that [`crate::render()`] would show, in their order.
    #[must_use]
    pub fn headings(&self) -> &[WrittenHeading] {
        &self.headings
    }

    /// Returns the fragment, with its `#`, of the place in this text that a link to `written`, without its `#`, leads to:
    /// by its id here, or by what another program would call the heading if exactly one fits.
    #[must_use]
    pub fn place(&self, written: &str) -> Option<String> {
        let id = self.anchors.id(written)?;
        // A fragment in another document is looked for in lower case.
        let name = id.strip_prefix("h-").filter(|name| {
            name.to_lowercase() == *name
                && !["h-", "fn-", "fnref-"]
                    .iter()
                    .any(|own| name.starts_with(own))
        });
        Some(format!("#{}", name.unwrap_or(&id)))
    }

    /// Returns the heading that a link to `written`, without its `#`, leads to.
    #[must_use]
    pub fn heading_of(&self, written: &str) -> Option<&str> {
        let id = self.anchors.id(written)?;
        self.anchors.words_of(&id)
    }

    /// Returns the words that [`crate::render()`] does not show.
    #[must_use]
    pub fn unseen(&self) -> &[Unseen] {
        &self.unseen
    }

    /// Returns the links and images, in their order.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }
}

fn written_heading<'a>(node: &'a AstNode<'a>) -> Option<WrittenHeading> {
    if !matches!(node.data().value, NodeValue::Heading(_)) {
        return None;
    }
    let text = heading_words(node);
    let place = node.data().sourcepos;
    (!text.is_empty()).then_some(WrittenHeading {
        text,
        lines: place.start.line..=place.end.line,
    })
}

fn written_link<'a>(node: &'a AstNode<'a>) -> Option<Link> {
    let (url, image) = match &node.data().value {
        NodeValue::Link(link) => (link.url.clone(), false),
        NodeValue::Image(link) => (link.url.clone(), true),
        _ => return None,
    };
    let text = words_under(node).trim().to_owned();
    Some(Link { url, text, image })
}

/// Returns the words of a text: headings, paragraphs, code, the cells of tables, what images show.
/// Each block has lines of its own. What is struck through is between `~~`, and a raised figure behind `^`.
#[must_use]
pub fn plain_text(md: &str) -> String {
    let arena = Arena::new();
    let root = parse(&arena, &prepared(md));
    let text = words_under(root);
    text.trim().to_owned()
}

/// What is kept of a text next to it: from one parse, since a text is parsed each time that it is published or pulled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extract {
    /// What [`plain_text`] returns of it.
    pub plain_text: String,
    /// Where its links and images lead, in their order, unescaped; of a text that is nested too deeply to be shown,
    /// nothing.
    pub destinations: Vec<String>,
}

/// Returns the words of a text and where its links lead.
#[must_use]
pub fn extract(md: &str) -> Extract {
    let arena = Arena::new();
    let root = parse(&arena, &prepared(md));
    let destinations = if is_too_deep(root) {
        Vec::new()
    } else {
        root.descendants().filter_map(destination).collect()
    };
    Extract {
        plain_text: words_under(root).trim().to_owned(),
        destinations,
    }
}

fn destination<'a>(node: &'a AstNode<'a>) -> Option<String> {
    match &node.data().value {
        NodeValue::Link(link) | NodeValue::Image(link) => Some(link.url.clone()),
        _ => None,
    }
}

/// Returns the headings that [`crate::render()`] would show, in their order.
#[must_use]
pub fn outline(md: &str) -> Vec<WrittenHeading> {
    Reading::new(md).headings
}

/// Returns the first heading, without its markup.
#[must_use]
pub fn title(md: &str) -> Option<String> {
    let first = outline(md).into_iter().next()?;
    Some(first.text)
}

/// Returns the links and images of a text, in order.
#[must_use]
pub fn links(md: &str) -> Vec<Link> {
    if may_have_links(md) {
        Reading::new(md).links
    } else {
        Vec::new()
    }
}

/// Says whether a text has marks of links; one without is not parsed for them.
pub(crate) fn may_have_links(md: &str) -> bool {
    md.contains("](")
        || md.contains("]:")
        || md.contains('<')
        || md.contains("://")
        || md.contains("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_has_the_headings_that_a_reader_sees() {
        for (md, found) in [
            ("# Wi-Fi survey\n\ntext", vec![("Wi-Fi survey", 1..=1)]),
            (
                "text\n\n### *Deep* `one` [link](x.md) ###\n",
                vec![("Deep one link", 3..=3)],
            ),
            (
                "Title\n=====\n\nTwo\n---\n",
                vec![("Title", 1..=2), ("Two", 4..=5)],
            ),
            ("```\n# not this\n```\n## this\n", vec![("this", 4..=4)]),
            ("- item\n---\n# after\n", vec![("after", 3..=3)]),
            ("#hashtag\n\n    # code\n", vec![]),
            (
                "<div>\n# not this\n</div>\n\n# this\n",
                vec![("this", 5..=5)],
            ),
            ("> # Quoted\n", vec![("Quoted", 1..=1)]),
            ("##\n\n## Words\n", vec![("Words", 3..=3)]),
            (
                "# One\r\n\r\n## Two\r\n",
                vec![("One", 1..=1), ("Two", 3..=3)],
            ),
            ("", vec![]),
        ] {
            let outline = outline(md);
            let shown: Vec<_> = outline
                .iter()
                .map(|heading| (heading.text.as_str(), heading.lines.clone()))
                .collect();
            assert_eq!(shown, found, "{md:?}");
            let rendered = crate::render(md, &crate::Links::default());
            let rendered: Vec<_> = rendered.headings.iter().map(|h| h.text.as_str()).collect();
            let texts: Vec<_> = shown.iter().map(|(text, _)| *text).collect();
            assert_eq!(rendered, texts, "{md:?}");
        }
    }
}
