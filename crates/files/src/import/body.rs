//! The text of a file as it is published: without comments, and with links that lead somewhere or say why not.
//!
//! A link to what is not published becomes `missing:` and its destination, which every node shows as text. So the text
//! is the same here and at peers, and `export` writes the destination again.

use std::{cell::OnceCell, path::Path};

use domain::Fault;
use markdown::{Extract, Link, MISSING_PART, Reading, Removed, Rewritten, is_of_browser};
use wire::DocumentId;

use super::{
    images::{image_fault, image_warning},
    links::{MISSING_PREFIX, Targets, absent_files, file_path},
    marks::Labels,
    naming::{Named, unseen_faults},
    site_pages::is_site_page,
};
use crate::attached::ListedPaths;

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
    (from, attached): (&str, &ListedPaths),
    targets: &Targets,
    is_open: impl Fn(DocumentId) -> bool,
) -> PublishedText {
    let mut links = LinkReader {
        from,
        attached,
        targets,
        is_open,
        is_in_html: false,
        images: Named::default(),
        absent: Named::default(),
        closed: Named::default(),
        schemes: Named::default(),
        folders: Named::default(),
        parts: Named::default(),
    };
    let typed = md;
    let md = markdown::without_comments(md).md;
    let labels = Labels::new(&md);
    let md = markdown::replace_marks(&md, |mark| links.mark(mark, &labels));
    let md = links.with_words(md);
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
        links.images.named().map(|named| image_fault(&named)),
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
    let images = image_warning(md, None, |_| false).into_iter();
    images.chain(absent).chain(unseen).collect()
}

/// Where a link leads.
pub(super) enum Lead {
    /// To a document or to a part of this one.
    To(String),
    /// To a document that readers of this text may not read.
    Closed,
    /// To nothing that is known.
    Nowhere,
}

pub(super) struct LinkReader<'a, F> {
    pub(super) from: &'a str,
    /// The files that this one has attached.
    attached: &'a ListedPaths,
    pub(super) targets: &'a Targets,
    pub(super) is_open: F,
    /// Whether the mark that is read is in a block of HTML.
    pub(super) is_in_html: bool,
    /// Images of wiki links that do not come.
    pub(super) images: Named,
    pub(super) absent: Named,
    pub(super) closed: Named,
    schemes: Named,
    folders: Named,
    parts: Named,
}

impl<F: Fn(DocumentId) -> bool> LinkReader<'_, F> {
    pub(super) fn lead(&mut self, found: Option<(String, &str)>) -> Lead {
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

    /// Returns the file that a link leads to, if this one has attached it.
    pub(super) fn listed(&self, url: &str) -> Option<usize> {
        self.attached.find(self.from, url)
    }

    /// Gives links without words the title of what they lead to.
    fn with_words(&self, md: String) -> String {
        let own = OnceCell::new();
        markdown::fill_empty_links(&md, |url| {
            if let Some(part) = url.strip_prefix('#') {
                let own = own.get_or_init(|| Reading::new(&md));
                let title = || self.targets.title(self.from);
                return own.heading_of(part).map(str::to_owned).or_else(title);
            }
            let (path, fragment) = self.targets.resolve(self.from, url, &self.is_open)?;
            let id = self.targets.document(&path)?;
            let is_open = self.targets.document(self.from) == Some(id) || (self.is_open)(id);
            // Whoever may not read a document learns no title of it.
            is_open.then(|| self.targets.title_of_part(&path, fragment))?
        })
    }

    /// Returns the new destination of a link, if it has another.
    fn link(&mut self, link: &Link) -> Option<String> {
        let url = link.url.trim();
        // The name that it has as an attachment is known once it is kept.
        if self.listed(url).is_some() {
            return None;
        }
        if file_path(url).is_none() {
            if let Some(name) = url.strip_prefix("attachment:")
                && !self.attached.may_have(name)
            {
                self.absent.add(url);
            }
            if let Some((scheme, _)) = url.split_once(':')
                && !url.starts_with(['#', '/', '?', '\\'])
                && !["http", "https", "mailto", "tel", "missing", "attachment"]
                    .contains(&scheme.to_ascii_lowercase().as_str())
            {
                self.schemes.add(url);
            } else if !url.is_empty() && markdown::removed(url) == Some(Removed::Folder) {
                self.folders.add(url);
            } else if !url.is_empty()
                && !url.starts_with("attachment:")
                && markdown::removed(url) == Some(Removed::Address)
            {
                self.schemes.add(url);
            } else if url.is_empty() && !link.image {
                self.absent.add(&format!("[{}]()", link.text));
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
}

#[cfg(test)]
mod tests {
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
        let listed = ListedPaths::new(&["data/Sheet 1.csv", "pic.png"]);
        let from = ("x.md", &listed);
        published_text(md, read, from, &targets, |document| document != id(HELD))
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
            (
                "[r](/api/reference) [s](/help/set-up) [d](/d/beds#a)",
                "[r](missing:/api/reference) [s](missing:/help/set-up) [d](missing:/d/beds#a)",
                "`/api/reference`, `/help/set-up`, `/d/beds#a`",
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
                "[[Page#Costs > £5]] [[Page|C:\\]] [[C:\\]]",
                "[Page > Costs > £5](<missing:Page#Costs %3E £5>) [C:\\\\](<missing:Page>) [C:\\\\](<missing:C:%5C>)",
                "`Page#Costs > £5`, `Page`, `C:\\`",
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
                "`pic one.png`",
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
            // Attached files keep their paths until they have names.
            (
                "[c](data/Sheet%201.csv) [p](/data/sheet%201.csv#page=2) ![i](./pic.png?raw=1) [[data/Sheet 1.csv]] ![[pic.png]]",
                "[c](data/Sheet%201.csv) [p](/data/sheet%201.csv#page=2) ![i](./pic.png?raw=1) [data/Sheet 1.csv](<data/Sheet 1.csv>) ![pic.png](<pic.png>)",
                "",
            ),
            (
                "[a](attachment:sheet-1.csv#row=1) [b](attachment:pic.png)",
                "[a](attachment:sheet-1.csv#row=1) [b](attachment:pic.png)",
                "",
            ),
            (
                "[a](attachment:gone.csv)",
                "[a](attachment:gone.csv)",
                "`attachment:gone.csv`",
            ),
            // In a block of HTML.
            (
                "<div>[[bed board|the <b> & b]]</div>\n\n<td>{{< ref \"held.md\" >}}</td>",
                "<div><a href=\"/d/A\">the &lt;b&gt; &amp; b</a></div>\n\n<td><a href=\"missing:held.md\">held.md</a></td>",
                "`held.md`",
            ),
            (
                "<table><tr><td>[[bed board]]<td>![[gone.png]]<td>[[gone]]</table>",
                "<table><tr><td><a href=\"/d/A\">bed board</a><td><img alt=\"gone.png\" src=\"gone.png\"><td><a href=\"missing:gone\">gone</a></table>",
                "`gone`",
            ),
            // Next to each other.
            (
                "[[bed board]][[held]] [[bed board]][x] [[bed board]][y]\n\n[y]: https://y.example\n",
                "[bed board](</d/A>)[held](<missing:held>) [bed board](</d/A>)[x] [[bed board]][y]\n\n[y]: https://y.example\n",
                "`held`",
            ),
            ("$$\n[[gone]]\n$$", "$$\n[[gone]]\n$$", ""),
            // What no page opens.
            (
                "[x](https://e.example:99999/)",
                "[x](https://e.example:99999/)",
                "`https://e.example:99999/`",
            ),
            ("[x]()", "[x]()", "`[x]()`"),
            ("[x](< gone.md >)", "[x](<missing:gone.md>)", "`gone.md`"),
            ("![[gone.png]]", "![gone.png](<gone.png>)", "gone.png"),
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

    #[test]
    fn a_link_without_words_shows_the_title_of_what_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let mut targets = Targets::default();
        let files = [
            (
                "b.md",
                A,
                "---\ntitle: \"The *bed* board\"\n---\n\n## Costs [1]\n\nWords. ^words\n",
            ),
            ("held.md", HELD, "# Held back\n"),
            (
                "x.md",
                "01996c5e-8a00-7000-8000-00000000000c",
                "# This page\n\n## Part two\n",
            ),
        ];
        for (path, id, text) in files {
            let location = folder.path().join(path);
            std::fs::write(&location, text).unwrap();
            let file = crate::tree::MarkdownFile {
                path: path.to_owned(),
                location,
                size_bytes: 0,
            };
            targets.insert_file(&file, DocumentId::parse(id).unwrap());
        }
        for (md, published) in [
            (
                "[](b.md) [ ](<b.md>)",
                "[The \\*bed\\* board](/d/A) [The \\*bed\\* board](</d/A>)",
            ),
            ("[](b.md#costs-1)", "[Costs \\[1\\]](/d/A#costs-1)"),
            (
                "# This page\n\n## Part two\n\n[](#part-two) [[#]]",
                "# This page\n\n## Part two\n\n[Part two](#part-two) [This page](</d/C>)",
            ),
            ("[](held.md) `[](b.md)`", "[](missing:held.md) `[](b.md)`"),
            ("[[b#^none]]", "[b](</d/A#missing:^none>)"),
            ("[[b#^words]]", "[b](</d/A#words>)"),
        ] {
            let listed = ListedPaths::default();
            let is_open = |document| document != DocumentId::parse(HELD).unwrap();
            let text = published_text(md, None, ("x.md", &listed), &targets, is_open);
            let shown = text
                .md
                .replace(A, "A")
                .replace("01996c5e-8a00-7000-8000-00000000000c", "C");
            assert_eq!(shown, published, "{md}");
            assert!(!text.md.contains("Held back"), "{md}");
        }
    }
}
