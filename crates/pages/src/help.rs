//! The help pages and the list of them.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use crate::{
    PageError,
    answer::{Answer, REVALIDATE},
    errors,
    frame::{Frame, Section},
    help_files::{self, HelpPage, PAGES},
    link::Link,
    requester::Requester,
};
use node::{Node, urls};

/// Media type of the template.
const MARKDOWN: &str = "text/markdown; charset=utf-8";
/// The groups of help pages, in their order: as files name them, and as readers see them.
const GROUPS: [(&str, &str); 4] = [
    ("read", "Find and read"),
    ("write", "Write and publish"),
    ("run", "Run a site"),
    ("site", "About this site"),
];

#[derive(Template)]
#[template(path = "help_index.html")]
struct Index {
    frame: Frame,
    groups: Vec<Group>,
}

/// Help pages on one subject.
struct Group {
    id: &'static str,
    heading: &'static str,
    pages: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "help.html")]
struct Page {
    frame: Frame,
    page: &'static HelpPage,
    rail: Vec<Link>,
    others: Vec<Link>,
}

/// A help page in the list of all.
struct Entry {
    link: Link,
    summary: &'static str,
}

/// Returns the pages that are no files, in their groups.
fn other_pages() -> [(&'static str, Entry); 3] {
    let entry = |words: &str, href: &str, summary| Entry {
        link: Link::new(words, href),
        summary,
    };
    [
        (
            "read",
            entry(
                "Check a quote",
                urls::VERIFY_QUOTE,
                "Whether a page has the words that someone quoted, and whether they were signed.",
            ),
        ),
        (
            "read",
            entry(
                "Display and keyboard settings",
                urls::DISPLAY,
                "Larger text, and switching off single-key shortcuts.",
            ),
        ),
        (
            "run",
            entry(
                "API",
                urls::API,
                "Search and read the documents on this site as JSON.",
            ),
        ),
    ]
}

/// Returns all help pages in their groups.
fn groups() -> Vec<Group> {
    let group = |(id, heading): (&'static str, &'static str)| {
        let files = PAGES.iter().filter(|page| page.group == id);
        let files = files.map(|page| Entry {
            link: page.link(),
            summary: &page.summary,
        });
        let others = other_pages().into_iter().filter(|(of, _)| *of == id);
        Group {
            id,
            heading,
            pages: files.chain(others.map(|(_, entry)| entry)).collect(),
        }
    };
    GROUPS.into_iter().map(group).collect()
}

/// `GET /help`.
pub async fn index(
    State(node): State<Arc<Node>>,
    requester: Requester,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let frame = crate::frame_for(&node, &requester);
    let page = Index {
        groups: groups(),
        frame: Frame {
            title: format!("Help – {}", frame.site),
            section: Section::Help,
            description:
                "How to search, write and publish, what “verified” means, and how to run a site."
                    .to_owned(),
            ..frame
        },
    };
    crate::html_with_etag(&page, &headers)
}

/// `GET /help/{name}`.
pub async fn page(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if name == help_files::TEMPLATE {
        return Ok(template(&headers).unwrap_or_else(|| errors::missing(&node)));
    }
    let Some(page) = PAGES.iter().find(|page| page.name == name) else {
        return Ok(errors::missing(&node));
    };
    let frame = crate::frame_for(&node, &requester);
    // *Publish* of the navigation leads to one of these pages.
    let section = match frame.tasks().iter().any(|task| task.href == page.href()) {
        true => Section::Write,
        false => Section::Help,
    };
    let page = Page {
        rail: page
            .rendered
            .headings
            .iter()
            .filter(|heading| heading.level == 2)
            .map(|heading| Link::new(&heading.text, format!("#{}", heading.id)))
            .collect(),
        others: PAGES
            .iter()
            .filter(|other| other.group == page.group && other.name != page.name)
            .map(HelpPage::link)
            .collect(),
        frame: Frame {
            title: format!("{} – help – {}", page.title, frame.site),
            section,
            description: page.summary.clone(),
            ..frame
        },
        page,
    };
    crate::html_with_etag(&page, &headers)
}

/// Answers with the template of a case study, which a browser saves.
fn template(request: &HeaderMap) -> Option<Response> {
    const SAVED: &str = "attachment; filename=\"case-study-template.md\"";
    let text = help_files::template()?;
    let answer = Answer::tagged(MARKDOWN, REVALIDATE, text.as_bytes());
    let mut response = answer.send(request, text);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(SAVED));
    Some(response)
}

#[cfg(test)]
mod tests {
    use domain::{Term, front_matter, vocabulary};

    use super::*;
    use crate::{
        help_files::LAST,
        samples::{self, Sample},
    };

    #[test]
    fn every_help_page_has_a_title_a_summary_and_a_place() {
        for page in PAGES.iter() {
            assert!(!page.summary.is_empty(), "`{}` has no summary", page.name);
            assert!(page.order < LAST, "`{}` has no order", page.name);
            let is_known = GROUPS.iter().any(|(id, _)| *id == page.group);
            assert!(is_known, "`{}` has no group", page.name);
            assert!(!page.rendered.plain, "`{}` cannot be rendered", page.name);
        }
    }

    #[test]
    fn the_template_that_is_downloaded_can_be_published_when_its_sections_are_written() {
        let text = help_files::template().unwrap();
        let written = text.replace("## What", "Some words.\n\n## What");
        let parsed = front_matter::parse_file(&written, help_files::TEMPLATE, |_| Vec::new());
        assert_eq!(parsed.document.err(), None, "{text}");
    }

    #[test]
    fn the_form_of_a_file_lists_every_value() {
        let page = PAGES.iter().find(|page| page.name == "files").unwrap();
        let mut missing = Vec::new();
        let mut check = |values: Vec<&'static str>| {
            missing.extend(values.into_iter().filter(|value| {
                let html = &page.rendered.html;
                let mut words = html.split(|c: char| !(c.is_alphanumeric() || "-.".contains(c)));
                !words.any(|word| word.trim_end_matches('.') == *value)
            }));
        };
        fn of<T: Term>() -> Vec<&'static str> {
            T::ALL.iter().map(|term| term.as_str()).collect()
        }
        check(of::<vocabulary::StudyType>());
        check(of::<vocabulary::Outcome>());
        check(of::<vocabulary::Stage>());
        check(of::<vocabulary::WouldRepeat>());
        check(of::<vocabulary::Priority>());
        check(of::<vocabulary::Wgll>());
        check(of::<vocabulary::CareSetting>());
        check(of::<vocabulary::Region>());
        check(of::<vocabulary::Topic>());
        check(of::<vocabulary::CostBand>());
        check(of::<vocabulary::Unit>());
        check(of::<vocabulary::Direction>());
        check(of::<vocabulary::Evidence>());
        check(of::<vocabulary::Barrier>());
        check(of::<vocabulary::OpenTo>());
        check(of::<vocabulary::Licence>());
        check(of::<vocabulary::Visibility>());
        assert_eq!(missing, Vec::<&str>::new());
    }

    #[test]
    fn a_file_is_read() {
        let page = HelpPage::read(
            "x",
            "---\ntitle: \"How search works\"\nsummary: a: b\norder: 3\n---\n# How search works\n\n## One\n\ntext\n",
        );
        assert_eq!(
            (page.title.as_str(), page.summary.as_str(), page.order),
            ("How search works", "a: b", 3)
        );
        assert!(!page.rendered.html.contains("How search works"));
        assert_eq!(page.rendered.headings.len(), 1);
    }

    fn sample(of: Sample) -> Page {
        let text = match of {
            Sample::Empty => "",
            _ => "---\ntitle: How search works\nsummary: What to type\n---\n\n## Words\n\ntext\n",
        };
        Page {
            frame: of.frame(),
            page: Box::leak(Box::new(HelpPage::read("search", text))),
            rail: of.list(vec![of.link("Words", "#h-words")]),
            others: of.list(vec![of.link("Publishing", "/help/publishing")]),
        }
    }

    fn list(of: Sample) -> Index {
        Index {
            frame: of.frame(),
            groups: of.list(vec![Group {
                id: "write",
                heading: "Write and publish",
                pages: of.list(vec![Entry {
                    link: of.link("Publishing", "/help/publishing"),
                    summary: of.text("From a file to a page").leak(),
                }]),
            }]),
        }
    }

    #[test]
    fn no_text_on_the_list_of_help_pages_becomes_markup() {
        insta::assert_snapshot!(samples::render(list));
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
