//! The text of a file as it is published: without comments, and with links that lead somewhere or say why not.
//!
//! A link to what is not published becomes `missing:` and its destination, which every node shows as text. So the text
//! is the same here and at peers, and `export` writes the destination again.

use std::path::Path;

use domain::Fault;
use markdown::{Extract, Link, MISSING_PART, Reading, Removed, Rewritten, is_of_browser};
use node::urls;
use wire::DocumentId;

use super::{
    images::image_warning,
    links::{MISSING_PREFIX, Targets, absent_files, file_path},
    naming::{Named, unseen_faults},
};

/// The longest mark of another program that is read, in bytes.
const MAX_MARK_BYTES: usize = 500;

/// The text of a file as it is published.
#[derive(Debug, Default)]
pub(super) struct PublishedText {
    pub(super) md: String,
    /// Whether it differs from what was typed in destinations of links only.
    pub(super) only_relinked: bool,
    /// What [`markdown::extract`] returns of it, if that is known already.
    pub(super) extract: Option<Extract>,
    /// Links that lead nowhere, with the reasons.
    pub(super) faults: Vec<Fault>,
}

/// Makes the text of the file `from` ready to be published. `read` is a reading of this text, if it was parsed already;
/// `is_open` says whether readers of this text may read the document of another file.
pub(super) fn published_text(
    md: &str,
    read: Option<Reading>,
    from: &str,
    targets: &Targets,
    is_open: impl Fn(DocumentId) -> bool,
) -> PublishedText {
    let mut links = LinkReader {
        from,
        targets,
        is_open,
        absent: Named::default(),
        closed: Named::default(),
        schemes: Named::default(),
        folders: Named::default(),
        parts: Named::default(),
    };
    let typed = md;
    let md = markdown::without_comments(md).md;
    let md = markdown::replace_marks(&md, |mark| links.mark(mark));
    let only_relinked = md == typed;
    // Usually nothing has changed so far, and the text need not be parsed again.
    let reading = read
        .filter(|reading| reading.md() == md)
        .unwrap_or_else(|| Reading::new(&md));
    let absent_parts = absent_parts(&reading);
    absent_parts.iter().for_each(|url| links.parts.add(url));
    let unseen = unseen_faults(&reading);
    let Rewritten { md, extract, kept } = reading.rewrite(|link| links.link(link));
    let mut lost = Named::default();
    kept.iter().for_each(|url| lost.add(url));
    let faults = [
        links.closed.fault("their documents are not published for the readers of this one, so the links are shown as text"),
        links.absent.fault("nothing of that name came with the files, so the links are shown as text"),
        links.schemes.fault("such addresses cannot be opened from a page, so the links are shown as text; `http`, `https`, `mailto` and `tel` can"),
        links.folders.fault("they lead to a folder of a computer, which others do not have, so the links are shown as text; attach the file"),
        links.parts.fault("the page has no such part, or more than one that could be meant, so the links lead to its beginning"),
        lost.fault("the links look like other text and lead nowhere; write them as `[text](file.md)`"),
    ];
    PublishedText {
        md,
        only_relinked,
        extract,
        faults: faults.into_iter().flatten().chain(unseen).collect(),
    }
}

/// Returns the links of a text to parts of its own that it does not have.
fn absent_parts(reading: &Reading) -> Vec<String> {
    let urls = reading.links().iter().map(|link| link.url.as_str());
    let parts = urls.filter_map(|url| Some((url, url.strip_prefix('#')?)));
    parts
        .filter(|(_, part)| !is_of_browser(part) && reading.place(part).is_none())
        .map(|(url, _)| url.to_owned())
        .collect()
}

/// Returns the faults and the advice about links and images of a file that is checked by itself.
pub(crate) fn lone_link_faults(location: &Path, md: &str) -> Vec<Fault> {
    let mut named = Named::default();
    let absent = absent_files(md, location.parent().unwrap_or(location));
    absent.iter().for_each(|url| named.add(url));
    let absent = named.fault("there is no such file here, so the links are shown as text");
    let unseen = unseen_faults(&Reading::new(md));
    let images = image_warning(md, None).into_iter();
    images.chain(absent).chain(unseen).collect()
}

/// Where a link leads.
enum Lead {
    /// To a document or to a part of this one.
    To(String),
    /// To a document that readers of this text may not read.
    Closed,
    /// To nothing that is known.
    Nowhere,
}

struct LinkReader<'a, F> {
    from: &'a str,
    targets: &'a Targets,
    is_open: F,
    absent: Named,
    closed: Named,
    schemes: Named,
    folders: Named,
    parts: Named,
}

impl<F: Fn(DocumentId) -> bool> LinkReader<'_, F> {
    fn lead(&mut self, found: Option<(String, &str)>) -> Lead {
        let Some((path, fragment)) = found else {
            return Lead::Nowhere;
        };
        let Some(id) = self.targets.document(&path) else {
            return Lead::Nowhere;
        };
        let is_own = self.targets.document(self.from) == Some(id);
        if is_own && fragment.len() > 1 {
            if self.targets.part(&path, fragment).is_err() {
                self.parts.add(fragment);
            }
            return Lead::To(fragment.to_owned());
        }
        if !is_own && !(self.is_open)(id) {
            return Lead::Closed;
        }
        let part = self.targets.part(&path, fragment);
        let part = part.unwrap_or_else(|_| {
            self.parts.add(&format!("{path}{fragment}"));
            // The page says so next to the link.
            format!("#{MISSING_PART}{}", fragment.trim_start_matches('#'))
        });
        Lead::To(Targets::link_to(id, &part))
    }

    /// Returns the new destination of a link, if it has another.
    fn link(&mut self, link: &Link) -> Option<String> {
        let url = link.url.as_str();
        if file_path(url).is_none() {
            if let Some((scheme, _)) = url.split_once(':')
                && !url.starts_with(['#', '/', '?', '\\'])
                && !["http", "https", "mailto", "tel", "missing", "attachment"]
                    .contains(&scheme.to_ascii_lowercase().as_str())
            {
                self.schemes.add(url);
            } else if !url.is_empty() && markdown::removed(url) == Some(Removed::Folder) {
                self.folders.add(url);
            } else if url.starts_with('?') {
                self.absent.add(url);
            }
            return None;
        }
        let found = self.targets.resolve(self.from, url, &self.is_open);
        match self.lead(found) {
            Lead::To(destination) => Some(destination),
            Lead::Closed => {
                self.closed.add(url);
                Some(format!("{MISSING_PREFIX}{url}"))
            }
            // Images are in a fault of their own, and a page says that they did not come.
            Lead::Nowhere if link.image || is_site_page(url) => None,
            Lead::Nowhere => {
                self.absent.add(url);
                Some(format!("{MISSING_PREFIX}{url}"))
            }
        }
    }

    /// Replaces the mark of another program that a text begins with.
    fn mark(&mut self, text: &str) -> Option<(usize, String)> {
        if text.starts_with("{{") || text.starts_with("{%") {
            return self.template_mark(text);
        }
        let is_embed = text.starts_with('!');
        let inner = text.get(2 + usize::from(is_embed)..)?;
        let end = end_of_mark(inner, "]]")?;
        let written = inner.get(..end)?;
        let after = inner.get(end + 2..).unwrap_or_default();
        // `[[1]](page)` is a link already, `[[a], [b]]` a list, and `[[a.b]]` above `c = d` a table of TOML.
        if after.starts_with(['(', '['])
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
            .filter(|part| !part.starts_with('^'));
        let named = target.trim_start_matches(['#', '^']);
        let shown = match (label, part) {
            (Some(label), _) if !label.is_empty() => label.to_owned(),
            (_, Some(part)) if name.is_empty() => part.to_owned(),
            (_, Some(part)) => format!("{name} > {part}"),
            (_, None) if name.is_empty() => named.to_owned(),
            (_, None) => name.to_owned(),
        };
        let is_web = ["http://", "https://", "mailto:"].iter().any(|scheme| {
            target
                .get(..scheme.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        });
        if is_web && !target.contains(['<', '>', ' ']) {
            return Some(format!("[{}](<{target}>)", label.unwrap_or(target)));
        }
        if is_embed && is_media(name) {
            // The label of a picture is its size.
            let alt = label.filter(|label| !label.starts_with(|c: char| c.is_ascii_digit()));
            return Some(format!("![{}](<{}>)", alt.unwrap_or(name), name));
        }
        // Marks of a shell or of code are no names.
        if name.contains(['$', '"', '<', '>', '=']) || name.starts_with('-') {
            return None;
        }
        let fragment = part.map_or_else(String::new, |part| format!("#{}", fragment_of(part)));
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
            Lead::To(destination) => return Some(format!("[{shown}](<{destination}>)")),
            Lead::Closed => self.closed.add(target),
            Lead::Nowhere => self.absent.add(target),
        }
        Some(format!("[{shown}](<{MISSING_PREFIX}{target}>)"))
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
        Some((
            length,
            match lead {
                Lead::To(destination) if !in_link => format!("[{url}](<{destination}>)"),
                lead => self.written(lead, &url),
            },
        ))
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

/// Returns whether a destination is a page that every site of this program has.
fn is_site_page(url: &str) -> bool {
    const PAGES: [&str; 13] = [
        urls::SEARCH,
        urls::BROWSE,
        urls::ORGANISATIONS,
        urls::FEDERATION,
        urls::HELP,
        urls::DISPLAY,
        urls::SIGN_IN,
        urls::ME,
        urls::WRITE,
        urls::API,
        urls::FEED_ATOM,
        urls::FEED_JSON,
        urls::DOCUMENTS,
    ];
    let path = url.split(['#', '?']).next().unwrap_or_default();
    path == urls::HOME
        || PAGES.iter().any(|page| {
            path.strip_prefix(page)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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

    use super::*;

    const A: &str = "01996c5e-8a00-7000-8000-00000000000a";
    const HELD: &str = "01996c5e-8a00-7000-8000-00000000000b";

    fn text_of(md: &str) -> PublishedText {
        let id = |text: &str| DocumentId::parse(text).unwrap();
        let mut targets = Targets::default();
        targets.insert("guide/bed board.md", id(A));
        targets.insert("held.md", id(HELD));
        targets.insert("x.md", id("01996c5e-8a00-7000-8000-00000000000c"));
        targets.insert_addresses("guide/bed board.md", &["/The board".to_owned()]);
        let read = Some(Reading::new(md));
        published_text(md, read, "x.md", &targets, |document| document != id(HELD))
    }

    #[test]
    fn each_link_leads_somewhere_or_is_reported() {
        for (md, published, named) in [
            ("[a](guide/bed%20board.md#one)", "[a](/d/A#one)", ""),
            ("[h](held.md)", "[h](missing:held.md)", "`held.md`"),
            ("[c](/contact/)", "[c](missing:/contact/)", "`/contact/`"),
            (
                "[p](files/a.pdf) [g](gone.md)",
                "[p](missing:files/a.pdf) [g](missing:gone.md)",
                "`files/a.pdf`, `gone.md`",
            ),
            (
                "[s](/search?q=beds) [h](/help/search) [o](/)",
                "[s](/search?q=beds) [h](/help/search) [o](/)",
                "",
            ),
            (
                "[t](tel:+441234567) [m](msteams:x)",
                "[t](tel:+441234567) [m](msteams:x)",
                "`msteams:x`",
            ),
            ("![i](i.png)", "![i](i.png)", ""),
            (
                "[top](#top) [out](https://x.example/a.md)",
                "[top](#top) [out](https://x.example/a.md)",
                "",
            ),
            // Obsidian.
            (
                "[[bed board]] [[Bed Board|the board]]",
                "[bed board](</d/A>) [the board](</d/A>)",
                "",
            ),
            (
                "[[bed board#What it cost]]",
                "[bed board > What it cost](</d/A#what-it-cost>)",
                "",
            ),
            (
                "| [[guide/bed board\\|b]] |\n|-|",
                "| [b](</d/A>) |\n|-|",
                "",
            ),
            (
                "## Part two\n\n[[#Part two]] [x](#part_two)",
                "## Part two\n\n[Part two](<#part-two>) [x](#part_two)",
                "",
            ),
            ("[x](#gone) [y](#)", "[x](#gone) [y](#)", "`#gone`"),
            (
                "see {{< ref \"guide/bed board.md\" >}} now",
                "see [guide/bed board.md](</d/A>) now",
                "",
            ),
            (
                "[[bed-board]] [[Bed_Board]]",
                "[bed-board](</d/A>) [Bed_Board](</d/A>)",
                "",
            ),
            (
                "[[gone]] and [[held|the plan]]",
                "[gone](<missing:gone>) and [the plan](<missing:held>)",
                "`gone`",
            ),
            (
                "[[./guide/bed board]] [[bed board]]: text [[./gone]]",
                "[./guide/bed board](</d/A>) [bed board](</d/A>): text [./gone](<missing:./gone>)",
                "`./gone`",
            ),
            (
                "[[https://x.example/a|y]] [[HTTP://x.example]] [[mailto:a@b.example|mail]]",
                "[y](<https://x.example/a>) [HTTP://x.example](<HTTP://x.example>) [mail](<mailto:a@b.example>)",
                "",
            ),
            ("[[The board|b]]", "[b](</d/A>)", ""),
            (
                "[[#^x]] a",
                "[x](</d/01996c5e-8a00-7000-8000-00000000000c>) a",
                "",
            ),
            (
                "[[menus.main]]\nname = 'a'",
                "[[menus.main]]\nname = 'a'",
                "",
            ),
            ("[[gone]]\nname", "[gone](<missing:gone>)\nname", "`gone`"),
            ("[a](guide/bed%20board.md/#one)", "[a](/d/A#one)", ""),
            (
                "<Button href=\"guide/bed%20board\">b</Button>",
                "<Button href=\"/d/A\">b</Button>",
                "",
            ),
            (
                "<iframe src=\"held.md\"></iframe> <area href=\"gone.md\" alt=\"x\">",
                "<iframe src=\"missing:held.md\"></iframe> <area href=\"missing:gone.md\" alt=\"x\">",
                "`gone.md`",
            ),
            (
                "![[pic one.png|300]] ![[bed board]]",
                "![pic one.png](<pic one.png>) [bed board](</d/A>)",
                "",
            ),
            (
                "[[1]](https://x.example) `[[bed board]]` [[ $a == 1 ]]",
                "[[1]](https://x.example) `[[bed board]]` [[ $a == 1 ]]",
                "",
            ),
            // Hugo and Jekyll.
            ("[a]({{< ref \"guide/bed board.md\" >}})", "[a](/d/A)", ""),
            ("[a]({% link guide/bed board.md %})", "[a](/d/A)", ""),
            (
                "[a]({{ site.baseurl }}{% link gone.md %})",
                "[a](missing:/gone.md)",
                "`/gone.md`",
            ),
            (
                "[a]({{ '/held/' | relative_url }})",
                "[a](missing:/held/)",
                "`/held/`",
            ),
            (
                "{% include x.html %} {{< note >}}",
                "{% include x.html %} {{< note >}}",
                "",
            ),
            // Comments.
            ("a %% ring Jo %% b <!-- c --> d", "a  b  d", ""),
        ] {
            let text = text_of(md);
            assert_eq!(text.md.replace(A, "A"), published, "{md}");
            let faults: Vec<_> = text
                .faults
                .iter()
                .map(|fault| fault.text.as_str())
                .collect();
            assert_eq!(faults.is_empty(), named.is_empty(), "{md}: {faults:?}");
            assert!(
                faults.iter().any(|fault| fault.contains(named)) || named.is_empty(),
                "{md}: {faults:?}"
            );
            assert!(!text.md.contains(HELD), "{md}");
        }
    }
}
