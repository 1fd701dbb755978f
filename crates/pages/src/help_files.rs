//! The files of `content/help`, compiled into the binary: every help page, and where pages link to them.

use std::sync::LazyLock;

use node::urls;
use rust_embed::RustEmbed;

use crate::link::Link;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../content/help"]
#[allow_missing = true]
struct Files;

/// The name under which the template of a case study is downloaded.
pub(crate) const TEMPLATE: &str = "case-study-template.md";
/// The help page that has it: its first block of code.
const PAGE_WITH_TEMPLATE: &str = "files.md";

/// Returns the template of a case study, as the help page shows it.
pub(crate) fn template() -> Option<String> {
    let file = Files::get(PAGE_WITH_TEMPLATE)?;
    let text = std::str::from_utf8(&file.data).ok()?;
    let (_, code) = text.split_once("\n    ---\n")?;
    let lines = code.lines().map_while(|line| {
        line.strip_prefix("    ")
            .or_else(|| line.is_empty().then_some(""))
    });
    let lines: Vec<&str> = std::iter::once("---").chain(lines).collect();
    Some(format!("{}\n", lines.join("\n").trim_end()))
}

/// Every help page, in the order that their files say.
pub(crate) static PAGES: LazyLock<Vec<HelpPage>> = LazyLock::new(|| {
    let mut pages: Vec<HelpPage> = Files::iter()
        .filter_map(|name| {
            let file = Files::get(&name)?;
            let text = std::str::from_utf8(&file.data).ok()?;
            Some(HelpPage::read(name.strip_suffix(".md")?, text))
        })
        .collect();
    pages.sort_by(|a, b| (a.order, &a.title).cmp(&(b.order, &b.title)));
    pages
});

/// Help pages that every page's footer names, by the beginning of their file's name.
const FOOTER: [(&str, &str); 3] = [
    ("accessibility", "Accessibility statement"),
    ("privacy", "Privacy and cookies"),
    ("licence", "Licence"),
];
/// The place of a page that names none.
pub(crate) const LAST: u32 = u32::MAX;

/// One help page.
pub(crate) struct HelpPage {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) group: String,
    pub(crate) order: u32,
    pub(crate) rendered: markdown::Rendered,
}

impl HelpPage {
    /// Reads a file: `title`, `summary`, `group` and `order` between lines of dashes, then markdown.
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let split = domain::front_matter::split(text);
        let value = |key: &str| {
            split
                .yaml
                .unwrap_or_default()
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(held, _)| held.trim() == key)
                .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        };
        let title = value("title")
            .or_else(|| markdown::title(split.body))
            .unwrap_or_else(|| name.to_owned());
        let links = markdown::Links {
            title: Some(&title),
            ..markdown::Links::default()
        };
        let rendered = markdown::render(split.body, &links);
        Self {
            name: name.to_owned(),
            summary: value("summary").unwrap_or_default(),
            group: value("group").unwrap_or_default(),
            order: value("order")
                .and_then(|order| order.parse().ok())
                .unwrap_or(LAST),
            rendered,
            title,
        }
    }

    /// Returns its address.
    pub(crate) fn href(&self) -> String {
        urls::help(&self.name)
    }

    /// Returns a link with its title.
    pub(crate) fn link(&self) -> Link {
        Link::new(&self.title, self.href())
    }
}

/// Returns the address of the first help page whose file's name holds these letters.
#[must_use]
pub(crate) fn address(about: &str) -> Option<String> {
    PAGES
        .iter()
        .find(|page| page.name.contains(about))
        .map(HelpPage::href)
}

/// Returns the help pages whose names hold one of these.
#[must_use]
pub(crate) fn links(about: &[&str]) -> Vec<Link> {
    PAGES
        .iter()
        .filter(|page| about.iter().any(|letters| page.name.contains(letters)))
        .map(HelpPage::link)
        .collect()
}

/// Returns the help pages that the footer names.
#[must_use]
pub(crate) fn footer() -> Vec<Link> {
    FOOTER
        .iter()
        .filter_map(|(about, words)| Some(Link::new(*words, address(about)?)))
        .collect()
}
