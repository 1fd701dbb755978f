//! Samples for tests of pages: each page is rendered with nothing, with usual content, and with hostile content.
//!
//! A page with hostile texts must have the same elements and attributes as the usual one.

use std::collections::BTreeSet;

use askama::Template;
use markdown::contact::Contact;

use crate::{
    frame::{Frame, Visitor},
    link::Link,
    origin::Origin,
    result_card::{Facts, Measure, Pick, ResultCard, escaped},
    tag::Tag,
};

/// Markup for every place of a page, characters that reverse a line, control characters, and a word longer than a line.
const HOSTILE: &str = "</title></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)><!-- & &lt; \
    \u{202e}turned \u{2066}round \u{0}\u{1b}[31m\u{7f} Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/// The content that a page is rendered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sample {
    Empty,
    Full,
    Hostile,
}

impl Sample {
    /// Returns the text of this sample, which is `usual` on a usual page.
    pub(crate) fn text(self, usual: &str) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Full => usual.to_owned(),
            Self::Hostile => HOSTILE.to_owned(),
        }
    }

    /// Returns a text as HTML, escaped as pages do it.
    pub(crate) fn html(self, usual: &str) -> String {
        escaped(&self.text(usual))
    }

    /// Returns a list with the usual items.
    pub(crate) fn list<T>(self, usual: Vec<T>) -> Vec<T> {
        if self == Self::Empty {
            Vec::new()
        } else {
            usual
        }
    }

    /// Returns a value that may be missing.
    pub(crate) fn option<T>(self, usual: T) -> Option<T> {
        (self != Self::Empty).then_some(usual)
    }

    /// Returns a condition that is true on every page but the empty one.
    pub(crate) fn flag(self) -> bool {
        self != Self::Empty
    }

    /// Returns a link.
    pub(crate) fn link(self, usual: &str, href: &str) -> Link {
        Link::new(self.text(usual), href)
    }

    /// Returns the frame of a page.
    pub(crate) fn frame(self) -> Frame {
        let frame = Frame {
            title: self.text("A page – Northmoor lessons"),
            site: self.text("Northmoor lessons"),
            base_url: "https://lessons.northmoor.example".to_owned(),
            organisation: self.text("Northmoor University Hospitals"),
            demo: self.flag(),
            description: self.text("What others tried"),
            canonical: self.option("https://lessons.northmoor.example/d/zz1/1/x".to_owned()),
            hidden: self.flag(),
            contact: self
                .option("mailto:lessons@northmoor.example")
                .and_then(Contact::parse),
            footer: self.list(vec![self.link("Privacy and cookies", "/help/privacy")]),
            navigation: self.flag(),
            visitor: match self {
                Self::Empty => Visitor::Public,
                Self::Full | Self::Hostile => Visitor::Person {
                    id: self.text("01996c5e-8a00-7000-8000-000000000001"),
                    name: self.text("Ada Okafor"),
                    manages: true,
                    waiting: Some(2),
                },
            },
            ..Frame::default()
        };
        match self {
            Self::Empty => frame,
            _ => frame.with_alternate("application/atom+xml", self.text("Latest"), "/feed.atom"),
        }
    }

    /// Returns the frame of a page with a search box of its own.
    pub(crate) fn frame_with_search(self) -> Frame {
        Frame {
            has_search: true,
            ..self.frame()
        }
    }

    /// Returns the facts of a document.
    pub(crate) fn facts(self) -> Facts {
        Facts {
            tag: self.option(Tag {
                class: "green",
                words: "Worked",
            }),
            measure: self.option(Measure {
                name: self.text("Log-in"),
                change: self.text("52 → 7 seconds"),
                spoken: self.text("from 52 to 7 seconds"),
            }),
            adoption: self.option("Use it with changes"),
            tried: self.option("2 others tried this too".to_owned()),
            cost: self.option("£50,000 to £250,000"),
            open_to_call: self.option("Open to a call"),
            promised: self.option("Promised by 31 January 2020, not yet reported".to_owned()),
            overdue: self.option("Review overdue since 31 January 2020".to_owned()),
        }
    }

    /// Returns where a document comes from.
    pub(crate) fn origin(self) -> Origin {
        Origin {
            class: "verified",
            icon: "shield",
            words: "Signature verified".to_owned(),
            short: "Verified",
            when: self.text("Up to date (1 hour ago)"),
        }
    }

    /// Returns a list of results.
    pub(crate) fn cards(self) -> Vec<ResultCard> {
        self.list(vec![ResultCard {
            href: "/d/zz1/1/tap-and-go".to_owned(),
            title_html: format!("<mark>{}</mark>", self.html("Tap and go")),
            organisation: self.text("Northmoor University Hospitals"),
            kind: self.text("Case study"),
            date: "12 September 2026".to_owned(),
            text_html: self.html("Badges on drug trolleys"),
            mentions_html: self.option(format!("…the <mark>{}</mark>…", self.html("trolley"))),
            facts: self.facts(),
            origin: self.origin(),
            alike: self.option(Link::new(
                self.text("and 999 more like this"),
                "/search?like=0000000000000001&sort=newest",
            )),
            pick: self.option(Pick {
                value: "zz1/01996c5e-8a00-7000-8000-000000000001".to_owned(),
                is_ticked: false,
            }),
        }])
    }
}

/// Renders a page with each sample, checks its HTML, and returns the title and the main part of each as one text. Of
/// the hostile page it has only the lines that differ.
pub(crate) fn render<P: Template>(page: impl Fn(Sample) -> P) -> String {
    render_parts(page, |html| {
        let title = between(html, "<title>", "</title>");
        let main = between(html, "<main", "</main>");
        format!("{title}\n{main}")
    })
}

/// Renders a page with each sample, checks its HTML, and returns the HTML around the main part.
pub(crate) fn render_around<P: Template>(page: impl Fn(Sample) -> P) -> String {
    render_parts(page, |html| {
        let main = between(html, "<main", "</main>");
        without_hashes(&html.replace(&main, "<main></main>"))
    })
}

/// Replaces the digests in the names of assets, which change with every style.
fn without_hashes(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (index, part) in html.split("/assets/app-").enumerate() {
        if index == 0 {
            out.push_str(part);
        } else {
            out.push_str("/assets/app-");
            out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
        }
    }
    out
}

fn render_parts<P: Template>(page: impl Fn(Sample) -> P, part: impl Fn(&str) -> String) -> String {
    let [empty, full, hostile] = [Sample::Empty, Sample::Full, Sample::Hostile].map(|sample| {
        let html = page(sample).render().unwrap();
        (elements(&html), part(&html))
    });
    assert_eq!(hostile.0, full.0, "what an author wrote became markup");
    check_references(&full.0);
    let hostile = [escape(HOSTILE), escaped(HOSTILE)]
        .iter()
        .fold(hostile.1, |text, known| text.replace(known, "⟨hostile⟩"));
    let differs = |line: &&str| !full.1.lines().any(|other| other == *line);
    let hostile: Vec<_> = hostile.lines().filter(differs).collect();
    let text = format!(
        "==== empty\n{}\n==== full\n{}\n==== hostile, where it differs\n{}",
        empty.1,
        full.1,
        hostile.join("\n")
    );
    without_pictures(&text)
}

/// Removes the content of pictures; none of it is text.
fn without_pictures(html: &str) -> String {
    let mut parts = html.split("<svg");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += "<svg>";
        text += part.split_once("</svg>").expect("a picture ends").1;
    }
    text
}

/// Escapes as templates do.
fn escape(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

fn between(html: &str, from: &str, to: &str) -> String {
    let (_, after) = html.split_once(from).unwrap();
    let (inside, _) = after.split_once(to).unwrap();
    format!("{from}{inside}{to}")
}

/// Elements that have no end.
const VOID: [&str; 6] = ["br", "img", "input", "link", "meta", "wbr"];

/// One element: its name, and its attributes with their values. Only those that refer to a place on the page are
/// compared by their value.
#[derive(Debug, PartialEq, Eq)]
struct Element {
    name: String,
    attributes: Vec<(String, Option<String>)>,
}

/// Reads a page, which must be well formed: elements are nested and every one ends; every value is quoted; every `&`
/// begins a character reference.
fn elements(html: &str) -> Vec<Element> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let (mut found, mut open) = (Vec::new(), Vec::new());
    while let Some((text, tag)) = rest.split_once('<') {
        check_text(text);
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "before: {:.80}", rest);
            continue;
        }
        let element = element(tag.trim_end_matches('/'));
        if element.name == "script" {
            // The data of a script ends at the first `</script>`, and is not markup.
            let (_, after) = rest.split_once("</script>").expect("a script ends");
            rest = after;
        } else if !tag.ends_with('/') && !VOID.contains(&element.name.as_str()) {
            open.push(element.name.clone());
        }
        found.push(element);
    }
    check_text(rest);
    assert!(open.is_empty(), "these do not end: {open:?}");
    found
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "<{tag}>");
    let mut attributes = Vec::new();
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "<{tag}>"
        );
        rest = after;
        let mut value = None;
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let (text, after) = quoted.split_once('"').expect("a value ends");
            check_text(text);
            (value, rest) = (Some(text.to_owned()), after);
            assert!(rest.is_empty() || rest.starts_with([' ', '/']), "<{tag}>");
        }
        assert!(!rest.starts_with('='), "not quoted: <{tag}>");
        let refers = ["id", "for", "aria-labelledby", "data-copy", "href"].contains(&name);
        attributes.push((name.to_owned(), value.filter(|_| refers)));
    }
    Element {
        name: name.to_owned(),
        attributes,
    }
}

fn check_text(text: &str) {
    assert!(!text.contains('>'), "{text:.80}");
    for after in text.split('&').skip(1) {
        let name = after.split_once(';').map_or("", |(name, _)| name);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        assert!(!name.is_empty() && name.chars().all(is_name), "{text:.80}");
    }
}

/// Checks that ids are unique and that every reference to an id has a target.
fn check_references(elements: &[Element]) {
    let (mut ids, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (name, value) in elements.iter().flat_map(|element| &element.attributes) {
        let value = value.as_deref().unwrap_or_default();
        match name.as_str() {
            "id" => assert!(ids.insert(value), "id `{value}` is given twice"),
            "href" => used.extend(value.strip_prefix('#')),
            "for" | "aria-labelledby" | "data-copy" => drop(used.insert(value)),
            _ => {}
        }
    }
    let missing: Vec<_> = used.difference(&ids).collect();
    assert!(missing.is_empty(), "no element has these ids: {missing:?}");
}

mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[derive(Template)]
    #[template(
        source = "<!DOCTYPE html><html><title>{{ text }}</title><main>{{ text|safe }}</main></html>",
        ext = "html"
    )]
    struct Careless {
        text: String,
    }

    #[test]
    fn what_is_not_escaped_is_found() {
        let found = catch_unwind(|| {
            render(|of| Careless {
                text: of.text("usual"),
            })
        });
        assert!(found.is_err());
    }

    #[test]
    fn what_is_not_well_formed_is_found() {
        let page = |main: &str| format!("<!DOCTYPE html><html>{main}</html>");
        elements(&page("<p id=\"x\" hidden>a &amp; b<br></p>"));
        for wrong in [
            "<p>",
            "</p>",
            "<p><b></p></b>",
            "a & b",
            "a > b",
            "<p class=x></p>",
            "<p class=\"a\"b></p>",
            "<p <b></p>",
        ] {
            assert!(catch_unwind(|| elements(&page(wrong))).is_err(), "{wrong}");
        }
    }
}
