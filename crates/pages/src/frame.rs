//! What every page has in common: its head, header, navigation and footer.

use crate::{assets, help_files, link::Link};
use markdown::contact::Contact;
use node::urls;

/// The name of the field by which a form says whose page it was: the account of the person who has signed in.
pub const WRITER: &str = "writer";

/// The parts of a page around its own content.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The whole of `<title>`, unique within the site.
    pub title: String,
    /// The name of the site.
    pub site: String,
    /// The address of the site, without a final slash; empty before `init`.
    pub base_url: String,
    /// Who runs the node; empty before `init`.
    pub organisation: String,
    /// Whether the content is invented.
    pub demo: bool,
    /// The part of the navigation that the page belongs to.
    pub section: Section,
    /// One sentence for search engines and previews.
    pub description: String,
    /// The canonical address, if it is not that of the page.
    pub canonical: Option<String>,
    /// Whether search engines are asked to leave the page out.
    pub hidden: bool,
    /// Other forms of the page: media type, title, address.
    pub alternates: Vec<Alternate>,
    /// The contact of the people who run the node.
    pub contact: Option<Contact>,
    /// Help pages that the footer names.
    pub footer: Vec<Link>,
    /// Who reads it.
    pub visitor: Visitor,
    /// Whether the page has a search box of its own; the header of every other page has one.
    pub has_search: bool,
    /// Whether there is a node to read on: before `init` there is no navigation.
    pub navigation: bool,
}

/// Who reads a page, as its header says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Visitor {
    /// The page does not know, as on an error page.
    #[default]
    Unknown,
    /// Someone who has not signed in.
    Public,
    /// A person who has signed in.
    Person {
        /// Their account: what this browser keeps of them is theirs only.
        id: String,
        /// Name.
        name: String,
        /// Whether they manage accounts.
        manages: bool,
        /// How many drafts wait for review; `None` for those who do not review.
        waiting: Option<u64>,
    },
}

/// Another form of a page.
#[derive(Debug, Clone)]
pub struct Alternate {
    /// The media type.
    pub media_type: &'static str,
    /// What it is.
    pub title: String,
    /// Where it is.
    pub href: String,
}

/// A link of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NavigationLink {
    /// The part's name.
    pub words: &'static str,
    /// Its first page.
    pub href: &'static str,
    /// Whether the page is in that part.
    pub is_current: bool,
}

/// A link of the navigation to something that this reader can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLink {
    /// What they can do.
    pub words: &'static str,
    /// How much of it waits, if anything does.
    pub waiting: Option<u64>,
    /// Where.
    pub href: String,
    /// Whether the page belongs to it.
    pub is_current: bool,
}

/// A part of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    /// The home page and what belongs to no part.
    #[default]
    None,
    /// Searching.
    Search,
    /// Browsing.
    Browse,
    /// Organisations.
    Organisations,
    /// The network.
    Federation,
    /// Help.
    Help,
    /// Writing.
    Write,
    /// Review.
    Review,
}

/// The navigation: the part, its words, its address.
const NAVIGATION: [(Section, &str, &str); 4] = [
    (Section::Browse, "Browse", urls::BROWSE),
    (Section::Organisations, "Organisations", urls::ORGANISATIONS),
    (Section::Federation, "Network", urls::FEDERATION),
    (Section::Help, "Help", urls::HELP),
];

impl Frame {
    /// Returns the navigation.
    #[must_use]
    pub fn links(&self) -> Vec<NavigationLink> {
        let link =
            |(section, words, href): &(Section, &'static str, &'static str)| NavigationLink {
                words,
                href,
                is_current: *section == self.section,
            };
        NAVIGATION.iter().map(link).collect()
    }

    /// Returns whether the reader has signed in.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        matches!(self.visitor, Visitor::Person { .. })
    }

    /// Returns the account of the reader, which every form of the page sends as [`WRITER`].
    #[must_use]
    pub fn writer(&self) -> &str {
        match &self.visitor {
            Visitor::Person { id, .. } => id,
            Visitor::Public | Visitor::Unknown => "",
        }
    }

    /// Returns what this reader can do: write and review, or find out how to publish.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskLink> {
        let task = |section, words, href: &str, waiting: Option<u64>| TaskLink {
            words,
            waiting: waiting.filter(|count| *count > 0),
            href: href.to_owned(),
            is_current: self.section == section,
        };
        match &self.visitor {
            Visitor::Person { waiting, .. } => {
                let mut tasks = vec![task(Section::Write, "Write", urls::WRITE, None)];
                if waiting.is_some() {
                    tasks.push(task(Section::Review, "Review", urls::REVIEW, *waiting));
                }
                tasks
            }
            Visitor::Public | Visitor::Unknown => help_files::address("publishing")
                .map(|href| task(Section::Write, "Publish", &href, None))
                .into_iter()
                .collect(),
        }
    }

    /// Returns the address of the style sheet.
    #[must_use]
    pub fn style(&self) -> &'static str {
        assets::STYLE
    }

    /// Returns the address of the script.
    #[must_use]
    pub fn script(&self) -> &'static str {
        assets::SCRIPT
    }

    /// Returns the address of the site's mark.
    #[must_use]
    pub fn mark(&self) -> &'static str {
        assets::MARK
    }

    /// Adds another form of the page.
    #[must_use]
    pub fn with_alternate(
        mut self,
        media_type: &'static str,
        title: impl Into<String>,
        href: impl Into<String>,
    ) -> Self {
        self.alternates.push(Alternate {
            media_type,
            title: title.into(),
            href: href.into(),
        });
        self
    }
}
