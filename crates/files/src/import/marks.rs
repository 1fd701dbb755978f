//! Marks of other programs that mean links: `[[Page]]` of wikis, and `{{< ref "page.md" >}}` and the like of generators.

use std::{cell::OnceCell, collections::HashSet};

use markdown::{Mark, escape};
use wire::DocumentId;

use super::{
    body::{Lead, LinkReader},
    links::MISSING_PREFIX,
    site_pages::is_site_page,
};

/// The longest mark of another program that is read, in bytes.
const MAX_MARK_BYTES: usize = 500;

/// The labels that a text defines, `[label]: page.md`, in lower case. They are read once one is asked for.
pub(super) struct Labels<'a> {
    md: &'a str,
    defined: OnceCell<HashSet<String>>,
}

impl<'a> Labels<'a> {
    pub(super) fn new(md: &'a str) -> Self {
        let defined = OnceCell::new();
        Self { md, defined }
    }

    /// Returns whether a text begins with a label that is defined: `[label]`.
    fn has(&self, text: &str) -> bool {
        let label = text
            .strip_prefix('[')
            .and_then(|inner| inner.split_once(']'));
        let Some((label, _)) = label else {
            return false;
        };
        let defined = self.defined.get_or_init(|| {
            let lines = self.md.lines().filter_map(|line| {
                let line = line.trim_start_matches([' ', '>']).strip_prefix('[')?;
                line.split_once("]:")
                    .map(|(label, _)| label.trim().to_lowercase())
            });
            lines.collect()
        });
        label.is_empty() || defined.contains(&label.trim().to_lowercase())
    }
}

impl<F: Fn(DocumentId) -> bool> LinkReader<'_, F> {
    /// Replaces the mark of another program that a text begins with.
    pub(super) fn mark(&mut self, mark: &Mark<'_>, labels: &Labels<'_>) -> Option<(usize, String)> {
        let text = mark.text;
        self.is_in_html = mark.is_in_html;
        if text.starts_with("{{") || text.starts_with("{%") {
            return self.template_mark(text);
        }
        let is_embed = text.starts_with('!');
        let inner = text.get(2 + usize::from(is_embed)..)?;
        let end = end_of_mark(inner, "]]")?;
        let written = inner.get(..end)?;
        let after = inner.get(end + 2..).unwrap_or_default();
        // `[[1]](page)` and `[[1]][label]` are links already, `[[a], [b]]` a list, and `[[a.b]]` above `c = d` a table of TOML.
        if after.starts_with('(')
            || !after.starts_with("[[") && labels.has(after)
            || is_of_toml(after)
            || written.contains(['[', ']', '\n'])
            || written.trim().is_empty()
        {
            return None;
        }
        let length = text.len() - after.len();
        self.wiki_link(written, is_embed).map(|link| (length, link))
    }

    /// Writes `[[Page#part|label]]` as a link, or as its words.
    fn wiki_link(&mut self, written: &str, is_embed: bool) -> Option<String> {
        let (target, label) = match written.split_once('|') {
            // A table needs a backslash before the mark.
            Some((target, label)) => (target.trim_end_matches('\\').trim(), Some(label.trim())),
            None => (written.trim(), None),
        };
        let (name, part) = target
            .split_once('#')
            .map_or((target, None), |(name, part)| (name, Some(part)));
        let part = part
            .and_then(|part| part.rsplit('#').next())
            .filter(|part| !part.is_empty() && !part.starts_with('^'));
        let named = target.trim_start_matches(['#', '^']);
        let shown = match (label, part) {
            (Some(label), _) if !label.is_empty() => label.to_owned(),
            (_, Some(part)) if name.is_empty() => part.to_owned(),
            (_, Some(part)) => format!("{name} > {part}"),
            (_, None) if name.is_empty() && !named.is_empty() => named.to_owned(),
            (_, None) if name.is_empty() => self.targets.title(self.from).unwrap_or_default(),
            (_, None) => name.to_owned(),
        };
        let is_web = ["http://", "https://", "mailto:"].iter().any(|scheme| {
            target
                .get(..scheme.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        });
        if is_web && !target.contains(['<', '>', ' ']) {
            return Some(self.link_text(label.unwrap_or(target), target));
        }
        if is_embed && is_media(name) {
            return Some(self.picture(name, label));
        }
        // Marks of a shell or of code are no names.
        if name.contains(['$', '"', '<', '>', '=']) || name.starts_with('-') {
            return None;
        }
        if self.listed(target).is_some() {
            return Some(self.link_text(label.unwrap_or(name), target));
        }
        let fragment = part.map_or_else(String::new, |part| format!("#{}", fragment_of(part)));
        // Obsidian marks a paragraph so, and no page has such a part.
        let block = target.split_once("#^").filter(|_| !name.is_empty());
        let fragment = block.map_or(fragment, |(_, block)| format!("#^{block}"));
        let found = if name.is_empty() {
            Some((self.from.to_owned(), fragment.as_str()))
        } else {
            // It may also be a path from the folder of the file, or an alias of a page.
            let path = self.targets.named(self.from, name).or_else(|| {
                let found = self.targets.resolve(self.from, name, &self.is_open);
                found.map(|(path, _)| path)
            });
            path.map(|path| (path, fragment.as_str()))
        };
        match self.lead(found) {
            Lead::To(destination) => return Some(self.link_text(&shown, &destination)),
            Lead::Closed => self.closed.add(target),
            Lead::Nowhere => self.absent.add(target),
        }
        Some(self.link_text(&shown, &format!("{MISSING_PREFIX}{target}")))
    }

    /// Writes a picture that a wiki embeds.
    fn picture(&mut self, name: &str, label: Option<&str>) -> String {
        if self.listed(name).is_none() {
            self.images.add(name);
        }
        // The label of a picture is its size.
        let alt = label.filter(|label| !label.starts_with(|c: char| c.is_ascii_digit()));
        let alt = alt.unwrap_or(name);
        if self.is_in_html {
            format!("<img alt=\"{}\" src=\"{}\">", escape(alt), escape(name))
        } else {
            format!("!{}", markdown_link(alt, name))
        }
    }

    /// Writes a link: markdown, or a tag where that would be text.
    fn link_text(&self, words: &str, url: &str) -> String {
        if self.is_in_html {
            format!("<a href=\"{}\">{}</a>", escape(url), escape(words))
        } else {
            markdown_link(words, url)
        }
    }

    /// Writes the destination that `{{< ref "page.md" >}}`, `{% link page.md %}` or `{{ '/page/' | relative_url }}`
    /// means. Anything else in such braces stays as it is.
    fn template_mark(&mut self, text: &str) -> Option<(usize, String)> {
        let close = if text.starts_with("{%") { "%}" } else { "}}" };
        let end = end_of_mark(text.get(2..)?, close)?;
        let length = end + 4;
        let inner = text.get(2..2 + end)?;
        let inner = inner.trim_matches(['<', '>', '%', '-', ' ', '\t']);
        if matches!(inner, "site.baseurl" | "site.url" | "site.baseUrl" | "base") {
            let follows = text.get(length..)?.starts_with(['/', '{']);
            return follows.then(|| (length, String::new()));
        }
        let unquoted = |text: &str| text.trim().trim_matches(['"', '\'', '`']).to_owned();
        let url = if let Some((path, filter)) = inner.split_once('|') {
            matches!(
                filter.trim(),
                "relative_url" | "absolute_url" | "relURL" | "absURL" | "url"
            )
            .then(|| unquoted(path))?
        } else {
            let (word, argument) = inner.split_once(char::is_whitespace)?;
            match word {
                "ref" | "relref" => unquoted(argument.trim().trim_start_matches("path=")),
                "link" => format!("/{}", unquoted(argument).trim_start_matches('/')),
                "post_url" => return self.named_mark(&unquoted(argument), length),
                _ => return None,
            }
        };
        let found = self.targets.resolve(self.from, &url, &self.is_open);
        let lead = self.lead(found);
        // In a link it is the destination; elsewhere readers would see the address.
        let after = text.get(length..).unwrap_or_default();
        let in_link = after.starts_with([')', '#', '"', '\'', '>']);
        let destination = match lead {
            Lead::To(destination) => destination,
            lead => self.written(lead, &url),
        };
        let written = if in_link {
            destination
        } else {
            self.link_text(&url, &destination)
        };
        Some((length, written))
    }

    /// Writes the destination of a page that is named without its folder.
    fn named_mark(&mut self, name: &str, length: usize) -> Option<(usize, String)> {
        let found = self.targets.named(self.from, name).map(|path| (path, ""));
        let lead = self.lead(found);
        Some((length, self.written(lead, name)))
    }

    fn written(&mut self, lead: Lead, url: &str) -> String {
        match lead {
            Lead::To(destination) => return destination,
            Lead::Closed => self.closed.add(url),
            Lead::Nowhere if is_site_page(url) => return url.to_owned(),
            Lead::Nowhere => self.absent.add(url),
        }
        format!("{MISSING_PREFIX}{}", url.replace(' ', "%20"))
    }
}

/// Writes a link whose brackets end where they should: nothing before them escapes them.
fn markdown_link(words: &str, url: &str) -> String {
    let is_open = |text: &str| {
        let backslashes = text.bytes().rev().take_while(|byte| *byte == b'\\');
        backslashes.count() % 2 == 1
    };
    let closing = if is_open(words) { "\\" } else { "" };
    let mut url = url.replace('<', "%3C").replace('>', "%3E");
    if is_open(&url) {
        url.pop();
        url.push_str("%5C");
    }
    format!("[{words}{closing}](<{url}>)")
}

/// Returns whether the line behind a mark is a setting, as it is below the name of a table in TOML.
fn is_of_toml(after: &str) -> bool {
    let next = after
        .strip_prefix('\n')
        .and_then(|rest| rest.lines().next());
    let key = next
        .and_then(|line| line.split_once('='))
        .map(|(key, _)| key.trim());
    key.is_some_and(|key| {
        !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '"'))
    })
}

/// Whether an embedded file is a picture, film or sound.
fn is_media(name: &str) -> bool {
    const ENDINGS: [&str; 16] = [
        "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "tif", "tiff", "ico", "mp4",
        "webm", "mov", "mp3", "wav",
    ];
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Returns the fragment of a heading, as pages make it.
fn fragment_of(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Returns where a mark ends. A mark is short, so the rest of a file with many that never end is not searched.
fn end_of_mark(inner: &str, close: &str) -> Option<usize> {
    let mut pairs = inner.as_bytes().windows(2).take(MAX_MARK_BYTES + 1);
    pairs.position(|pair| pair == close.as_bytes())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_end_of_a_mark_is_looked_for_nearby_only() {
        for (before, found) in [
            (0, true),
            (super::MAX_MARK_BYTES, true),
            (super::MAX_MARK_BYTES + 1, false),
        ] {
            let text = format!(
                "{}]] and more",
                "é".repeat(before / 2) + &"a".repeat(before % 2)
            );
            assert_eq!(
                super::end_of_mark(&text, "]]"),
                found.then_some(before),
                "{before}"
            );
        }
    }
}
