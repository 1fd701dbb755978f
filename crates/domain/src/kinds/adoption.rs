//! The adoption: "we tried this too", said by the organisation that tried it. Written in three minutes.
//!
//! It says which document of another organisation it is about, and how far its own has come. A person may give the
//! address of a page; the node that publishes it writes the reference of the document in its place, since only a node
//! knows which one that is.

use metadata::{
    Fault,
    times::Month,
    value::{Map, Node},
};
use wire::{DocumentId, DocumentRef, NodeId, Reference, Relation};

use super::{Beginning, ContactRule, Content, Part, Rules, TextRule, title_advice};
use crate::{
    attributes::Common,
    facet::FacetGroup,
    outline::Text,
    reader::Fields,
    terms::Terms,
    vocabulary::{AdoptionStatus, Barrier, Term as _, Topic},
    writer::Writer,
};

const MAX_TOPICS: usize = 4;
/// What was changed, in characters.
const CHANGED: std::ops::RangeInclusive<usize> = 1..=1000;
/// The longest address of a page, in characters.
const MAX_ADDRESS: usize = 500;
/// The longest text, in characters: who has more to say writes an observation or a case study.
const MAX_TEXT: usize = 4000;

pub(super) const RULES: Rules = Rules {
    name: "adoption",
    label: "Tried this too",
    folder: "adoptions",
    keys: &["about", "status", "since", "reasons", "changed", "topics"],
    title: TextRule {
        chars: 10..=90,
        required: Some("what you tried, the subject first"),
    },
    summary: TextRule {
        chars: 0..=280,
        required: None,
    },
    is_called_by_its_text: false,
    contact: ContactRule::Role,
    is_lenient: false,
    has_measures: false,
    begins_with: Beginning::Text,
    is_reviewed: false,
    read: Some(read),
    faults,
    advice: title_advice,
    assumed: &[],
};

/// "We tried this too": which document, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The document that it is about.
    pub about: About,
    /// How far it has come.
    pub status: AdoptionStatus,
    /// Since when.
    pub since: Option<Month>,
    /// What got in the way; at least one if it was stopped or decided against.
    pub reasons: Vec<Barrier>,
    /// What was changed of what the document describes.
    pub changed: Option<String>,
    /// 0..=4. Without any, the node that publishes it takes those of the document that it is about.
    pub topics: Vec<Topic>,
}

/// The document that an adoption is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The document.
    Document(DocumentRef),
    /// The address of its page, as a person wrote it. No body has one.
    Page(PageAddress),
}

/// The address of the page of a document: `https://site/d/handle/id/slug`, with or without the site and the slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAddress {
    /// The whole, as it was written.
    text: String,
    /// What is in front of `/d/`: the site; empty for an address without one.
    site_len: usize,
    /// The name of the publisher at that site.
    handle: String,
    /// The document.
    id: DocumentId,
}

impl PageAddress {
    /// Reads the address of a page, with its query and fragment.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let site_len = text.find("/d/")?;
        let (site, rest) = text.split_at_checked(site_len)?;
        let is_site =
            site.is_empty() || site.starts_with("https://") || site.starts_with("http://");
        if !is_site || text.chars().count() > MAX_ADDRESS || text.contains(char::is_whitespace) {
            return None;
        }
        let mut parts = rest.strip_prefix("/d/")?.split(['/', '?', '#']);
        let handle = parts.next().filter(|handle| !handle.is_empty())?;
        let id = parts
            .next()
            .and_then(|id| DocumentId::parse(id.split('.').next()?))?;
        Some(Self {
            text: text.to_owned(),
            site_len,
            handle: handle.to_owned(),
            id,
        })
    }

    /// Returns the site, such as `https://lessons.example.nhs.uk`; empty for an address without one.
    #[must_use]
    pub fn site(&self) -> &str {
        self.text.get(..self.site_len).unwrap_or_default()
    }

    /// Returns the name of the publisher at that site.
    #[must_use]
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// Returns the id of the document.
    #[must_use]
    pub fn id(&self) -> DocumentId {
        self.id
    }
}

impl About {
    /// Reads `<node id>/<document id>` or the address of a page.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(document) = DocumentRef::parse(text) {
            return Some(Self::Document(document));
        }
        let page = PageAddress::parse(text)?;
        // Where the code of the node is in place of the publisher's name, no site needs to be asked for it.
        Some(match NodeId::parse(&page.handle) {
            Some(node) => Self::Document(DocumentRef { node, id: page.id }),
            None => Self::Page(page),
        })
    }

    /// Returns the document, if it is known which one it is.
    #[must_use]
    pub fn document(&self) -> Option<&DocumentRef> {
        match self {
            Self::Document(document) => Some(document),
            Self::Page(_) => None,
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Document(document) => document.to_string(),
            Self::Page(address) => address.text.clone(),
        }
    }
}

fn read(fields: &mut Fields<'_, '_>) -> Option<Content> {
    let before = fields.report.faults.len();
    let what = "the address of the page that you tried, or its reference `<node id>/<document id>`";
    let about = fields.required_parsed("about", what, About::parse);
    let status: Option<AdoptionStatus> = fields.required_term("status");
    let since = fields.month("since");
    let reasons = if status.is_some_and(AdoptionStatus::needs_reasons) {
        fields.required_terms("reasons", Barrier::ALL.len())
    } else {
        fields.terms("reasons", Barrier::ALL.len())
    };
    let changed = fields.text("changed", CHANGED);
    let topics = fields.terms("topics", MAX_TOPICS);
    if fields.report.faults.len() > before {
        return None;
    }
    Some(Content::Adoption(Box::new(Adoption {
        about: about?,
        status: status?,
        since,
        reasons,
        changed,
        topics,
    })))
}

fn faults(_: &Common, text: &Text<'_>) -> Vec<Fault> {
    let words = text.body_md.trim();
    let says = if words.is_empty() {
        "the text is empty; write in a few sentences how it went".to_owned()
    } else if words.chars().count() > MAX_TEXT {
        format!(
            "the text has more than {MAX_TEXT} characters; shorten it, or write an observation or a case study"
        )
    } else {
        return Vec::new();
    };
    vec![Fault::new("body", Some(text.first_line), says)]
}

impl Part for Adoption {
    fn write(&self, out: &mut Writer) {
        out.text("about", &self.about.written());
        out.text("status", self.status.as_str());
        out.optional("since", self.since.map(|month| month.to_string()));
        out.texts("reasons", &self.reasons);
        out.optional("changed", self.changed.as_deref());
        out.texts("topics", &self.topics);
    }

    fn schema(&self) -> Option<u64> {
        Some(1)
    }

    fn topics(&self) -> &[Topic] {
        &self.topics
    }

    fn index(&self, out: &mut Terms) {
        out.terms(FacetGroup::Barrier, &self.reasons);
        out.labels.push(self.status.label().to_owned());
        out.labels.extend(self.changed.clone());
    }

    /// A node says nothing of its own documents in this way: it changes them.
    fn references(&self, node: &NodeId) -> Vec<Reference> {
        let others = self.about.document().filter(|about| about.node != *node);
        let reference = |about: &DocumentRef| Reference {
            relation: Relation::About,
            node: about.node.clone(),
            id: about.id,
            tried: self.status.is_tried(),
        };
        others.map(reference).into_iter().collect()
    }

    fn adoption(&self) -> Option<AdoptionStatus> {
        Some(self.status)
    }
}

/// Returns which key of a file is the status of an adoption: how far its organisation has come, not its text.
pub(crate) fn is_status(map: &Map) -> impl Fn(&str, &Node) -> bool {
    let kind = map.iter().find(|(key, _)| key == "kind");
    let is_adoption = kind
        .and_then(|(_, kind)| kind.value.as_text())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("adoption"));
    move |key, node| {
        let stage = || node.value.as_text().and_then(AdoptionStatus::parse_loosely);
        key == "status" && is_adoption && stage().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199a0c4-7a1b-7c3d-8e4f-5a6b7c8d9e0f";

    #[test]
    fn the_address_of_a_page_names_its_site_its_publisher_and_its_document() {
        for (text, expected) in [
            (
                format!("https://a.example/d/zz1/{ID}/tap-and-go"),
                Some(("https://a.example", "zz1")),
            ),
            (
                format!("https://a.example/x/d/zz1/{ID}#team"),
                Some(("https://a.example/x", "zz1")),
            ),
            (
                format!("http://127.0.0.1:8080/d/zz1/{ID}?a=b"),
                Some(("http://127.0.0.1:8080", "zz1")),
            ),
            (format!("/d/zz1/{ID}.md"), Some(("", "zz1"))),
            (format!("ftp://a.example/d/zz1/{ID}"), None),
            (format!("javascript:/d/zz1/{ID}"), None),
            (format!("https://a.example/d//{ID}"), None),
            ("https://a.example/d/zz1/tap-and-go".to_owned(), None),
            (format!("https://a.example/d/zz1 /{ID}"), None),
            (
                format!("https://{}/d/zz1/{ID}", "a".repeat(MAX_ADDRESS)),
                None,
            ),
            (ID.to_owned(), None),
            (String::new(), None),
        ] {
            let parsed = PageAddress::parse(&text);
            let found = parsed.as_ref().map(|page| (page.site(), page.handle()));
            assert_eq!(found, expected, "{text}");
            assert!(parsed.is_none_or(|page| page.id().to_string() == ID));
        }
    }
}
