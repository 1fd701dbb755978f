//! Pictures, films and sound: a link where there is one, and words where there is none.

use comrak::nodes::NodeValue;

use super::{Builder, link, missing};
use crate::html::tokens::Tag;

impl Builder<'_> {
    pub(super) fn image(&mut self, tag: &Tag) {
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

    pub(super) fn input(&mut self, tag: &Tag) {
        if tag.element.name == "area" {
            return self.area(tag);
        }
        let is_ticked = tag.attributes.iter().any(|(name, _)| name == "checked");
        match tag.attribute("type").unwrap_or_default() {
            "checkbox" => self.text(if is_ticked { "☑" } else { "☐" }),
            "radio" => self.text(if is_ticked { "◉" } else { "○" }),
            // Not for readers.
            "hidden" | "password" => {}
            _ => self.text(tag.attribute("value").unwrap_or_default()),
        }
    }

    /// A part of a picture: its words, and its link.
    fn area(&mut self, tag: &Tag) {
        let words = tag.attribute("alt").or_else(|| tag.attribute("href"));
        let Some(words) = words.map(str::to_owned) else {
            return;
        };
        let text = self.alloc(NodeValue::Text(words.into()));
        match tag.attribute("href") {
            Some(url) => {
                let node = self.alloc(link(url));
                node.append(text);
                self.inline(node);
            }
            None => self.inline(text),
        }
        self.text(" ");
    }

    pub(super) fn media(&mut self, what: &'static str, tag: &Tag) {
        self.media = None;
        let url = tag.attribute("src").or_else(|| tag.attribute("data"));
        match url {
            Some(url) if is_of_any_kind(tag) && is_of_tree(url) => {
                self.media_link("Embedded file", url);
            }
            Some(url) => self.media_link(what, url),
            None if tag.element.name == "embed" => self.text(&missing(what)),
            None => self.media = Some(what),
        }
    }

    pub(super) fn source(&mut self, tag: &Tag) {
        if let Some(what) = self.media
            && let Some(url) = tag.attribute("src")
        {
            self.media = None;
            self.media_link(what, url);
        }
    }

    pub(super) fn media_link(&mut self, what: &str, url: &str) {
        let url = url
            .strip_prefix("//")
            .map_or_else(|| url.to_owned(), |rest| format!("https://{rest}"));
        let parsed = url::Url::parse(&url).ok();
        if is_of_tree(&url) {
            // The words stay the same wherever the link will lead.
            let node = self.alloc(link(&url));
            node.append(self.alloc(NodeValue::Text(what.to_owned().into())));
            self.inline(node);
            return self.text(" ");
        }
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
}

/// Whether an address is that of a file of the same tree or site, or of what such an address becomes.
fn is_of_tree(url: &str) -> bool {
    let path = url.split(['/', '#', '?']).next().unwrap_or_default();
    !url.starts_with("//")
        && (!path.contains(':') || path.starts_with("missing:") || path.starts_with("attachment:"))
}

/// Whether an element may embed anything, not only film or sound.
fn is_of_any_kind(tag: &Tag) -> bool {
    matches!(tag.element.name, "iframe" | "object" | "embed")
}
