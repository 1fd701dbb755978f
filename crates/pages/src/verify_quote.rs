//! The page on which a quote is checked against the document that it is from. Nothing is kept.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use finding::quoted::{self, Checked, Match, Quoted};
use node::{Node, flows::reading::Shown, urls};
use serde::Deserialize;
use url::{Url, form_urlencoded};
use wire::Timestamp;

use crate::{
    PageError,
    accounts::{FieldFault, Fields, FormFaults, form_page},
    frame::Frame,
    link::{Fact, Link},
    requester::Requester,
    text::one_line,
    words,
};

/// The parameter that names a document in the address of the page.
const DOCUMENT: &str = "d";
/// Characters of a quote that are shown again.
const MAX_SHOWN: usize = 2_000;

#[derive(Template)]
#[template(path = "verify_quote.html")]
struct VerifyQuote {
    frame: Frame,
    faults: FormFaults,
    document: String,
    quote: String,
    answer: Option<Answer>,
}

/// What was found.
struct Answer {
    /// Whether the document has the quote word for word.
    found: bool,
    heading: &'static str,
    /// The answer in one sentence.
    sentence: String,
    /// What is in the document, where the quote is.
    passage: String,
    link: Link,
    organisation: String,
    /// What a reader wants to know of it.
    facts: Vec<Fact>,
    /// What a later check needs.
    codes: Vec<Fact>,
    downloads: Vec<Link>,
}

/// The form.
#[derive(Debug, Default, Deserialize)]
pub struct QuoteFields {
    #[serde(default)]
    document: String,
    #[serde(default)]
    quote: String,
}

/// `GET /verify-quote`.
pub async fn show(
    State(node): State<Arc<Node>>,
    requester: Requester,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes()).take(MAX_PARAMETERS);
    let document = pairs.find(|(name, _)| name == DOCUMENT);
    let fields = QuoteFields {
        document: document
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default(),
        quote: String::new(),
    };
    answer(&node, &requester, fields, FormFaults::default(), None)
}

/// Parameters of an address that are read.
const MAX_PARAMETERS: usize = 20;

/// `POST /verify-quote`.
pub async fn check(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Fields(fields): Fields<QuoteFields>,
) -> Result<Response, PageError> {
    let refuse = |field, text: &str, fields| {
        answer(
            &node,
            &requester,
            fields,
            FormFaults::one(field, text),
            None,
        )
    };
    let is_empty = fields.quote.trim().is_empty();
    let Some((handle, id)) = named(&fields.document) else {
        let fault = |field, text: &str| FieldFault {
            field,
            text: text.to_owned(),
        };
        let text = "Enter the address of a page, as your browser shows it";
        let mut faults = vec![fault("document", text)];
        faults.extend(is_empty.then(|| fault("quote", "Enter the quote")));
        return answer(&node, &requester, fields, FormFaults(faults), None);
    };
    if is_empty {
        return refuse("quote", "Enter the quote", fields);
    }
    let checked = quoted::check(&node, requester.viewer, &handle, &id, &fields.quote).await?;
    let quoted = match checked {
        Checked::Found(quoted) => quoted,
        Checked::Gone(tombstone) => {
            let text = format!(
                "{} withdrew this page, so its text is not here any more",
                tombstone.organisation
            );
            return refuse("document", &text, fields);
        }
        Checked::NotFound => {
            return refuse("document", "There is no such page on this site", fields);
        }
    };
    if let Err(fault) = quoted.found {
        let text = words::sentence(&fault.to_string());
        return refuse("quote", &text, fields);
    }
    let found = Answer::new(&quoted, node.now());
    answer(
        &node,
        &requester,
        fields,
        FormFaults::default(),
        Some(found),
    )
}

/// Returns the address of the page for quotes from the document at a path.
#[must_use]
pub fn address(path: &str) -> String {
    format!("{}?{DOCUMENT}={}", urls::VERIFY_QUOTE, urls::encoded(path))
}

/// Reads which document is meant: an address of its page on any site, its URN, or `node/id`.
#[must_use]
pub fn named(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("urn:wardround:") {
        let (node, id) = rest.split_once(':')?;
        return Some((node.to_owned(), id.to_owned()));
    }
    let path = match Url::parse(text) {
        Ok(url) => url.path().to_owned(),
        Err(_) => text.split(['?', '#']).next().unwrap_or_default().to_owned(),
    };
    let path = path.strip_prefix(urls::DOCUMENTS).unwrap_or(&path);
    let mut parts = path.trim_start_matches('/').split('/');
    let (handle, id) = (parts.next()?, parts.next()?);
    let id = id.split('.').next().unwrap_or_default();
    let is_plain = |part: &str| !part.is_empty() && part.len() <= 64;
    (is_plain(handle) && is_plain(id)).then(|| (handle.to_owned(), id.to_owned()))
}

impl Answer {
    fn new(quoted: &Quoted, now: Timestamp) -> Self {
        let shown = &quoted.shown;
        let document = &shown.document;
        let path = shown.path();
        let missing = Match::Missing;
        let has = quoted.found.as_ref().unwrap_or(&missing);
        let place = has.place();
        let organisation = one_line(&document.owner.organisation);
        let fact = |label: &str, value: String| Fact {
            label: label.to_owned(),
            value,
        };
        let mut codes = vec![
            fact(
                "Code of the organisation’s site",
                document.owner.node.to_string(),
            ),
            fact("Code of the page", document.id.to_string()),
        ];
        let digest = document.provenance.as_ref().and_then(|known| known.digest);
        codes.extend(digest.map(|digest| fact("SHA-256 of what was signed", digest.to_string())));
        let mut facts = Vec::new();
        if let Some(place) = place {
            let at = format!(
                "Characters {} to {} of {}",
                place.offset + 1,
                place.offset + place.len,
                place.part.words()
            );
            facts.push(fact("Where it is", at));
        }
        facts.push(fact("Signature", signature(quoted)));
        facts.push(fact("Review", review(shown, now)));
        facts.push(fact("Version", document.rev.to_string()));
        let (heading, sentence) = match shown.is_withheld() {
            true => (
                NOT_FOUND,
                format!(
                    "{organisation} does not allow other sites to show the text, so it can only be checked on their own site."
                ),
            ),
            false => said(has),
        };
        let form = |words, form: urls::Form| Link::new(words, form.address(&path));
        Self {
            found: has.verbatim().is_some(),
            heading,
            sentence,
            passage: words::cut(
                &place
                    .map(|place| markdown::visible(&place.text).into_owned())
                    .unwrap_or_default(),
                MAX_SHOWN,
            ),
            link: Link::new(markdown::visible(&shown.body.common().title), path.clone()),
            organisation,
            facts,
            codes,
            downloads: vec![
                form(
                    "The document with its signed parts (JSON)",
                    urls::Form::Json,
                ),
                form("The proof (tlog-proof)", urls::Form::Proof),
                Link::new("The keys that this site knows (policy)", urls::POLICY),
            ],
        }
    }
}

const NOT_FOUND: &str = "The quote was not found";

/// Returns the heading and the answer in a sentence.
fn said(has: &Match) -> (&'static str, String) {
    let right = "The quote is right";
    match has {
        Match::Verbatim(place) if place.is_exact => (
            right,
            "Yes. The page has this, letter by letter.".to_owned(),
        ),
        Match::Verbatim(_) => (
            right,
            "Yes. The page has this word for word; only spaces and line breaks differ.".to_owned(),
        ),
        Match::Differs(_, differences) => {
            let differences: Vec<&str> = differences.iter().map(|one| one.words()).collect();
            let differences = words::joined(&differences);
            let sentence = format!(
                "The page has these words in this order. Only {differences} differ. This is how the page has them:"
            );
            ("The words are there", sentence)
        }
        Match::Missing => (
            NOT_FOUND,
            "No. The page does not have these words in this order. Someone may have changed or shortened them, or quoted an earlier version. Check a part of the quote, or read the page.".to_owned(),
        ),
    }
}

/// Says when a document was reviewed, and when its next review is due.
fn review(shown: &Shown, now: Timestamp) -> String {
    let common = shown.body.common();
    let reviewed = common
        .reviewed
        .map(|day| format!("Reviewed as a whole on {}", words::date(day)));
    let due = common.review_by.map(|day| match day < now.date() {
        true => format!("its review has been overdue since {}", words::date(day)),
        false => format!("next review by {}", words::date(day)),
    });
    let known: Vec<String> = reviewed.into_iter().chain(due).collect();
    match known.is_empty() {
        true => "They do not say".to_owned(),
        false => words::sentence(&known.join("; ")),
    }
}

fn signature(quoted: &Quoted) -> String {
    match &quoted.proven {
        Some(proven) => format!(
            "Checked just now: number {} of {} in the signed list of the organisation",
            words::number(proven.index + 1),
            words::number(proven.size)
        ),
        None => "Not checked: this page is in no signed list, or its proof is not here".to_owned(),
    }
}

fn answer(
    node: &Node,
    requester: &Requester,
    fields: QuoteFields,
    faults: FormFaults,
    answer: Option<Answer>,
) -> Result<Response, PageError> {
    let frame = crate::frame_for(node, requester);
    let error = if faults.0.is_empty() { "" } else { "Error: " };
    let page = VerifyQuote {
        frame: Frame {
            title: format!("{error}Check a quote – {}", frame.site),
            ..frame
        },
        document: fields.document,
        quote: fields.quote,
        faults,
        answer,
    };
    form_page(&page, &page.faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> VerifyQuote {
        VerifyQuote {
            frame: of.frame(),
            faults: FormFaults(of.list(vec![FieldFault {
                field: "quote",
                text: of.text("The quote is empty"),
            }])),
            document: of.text("https://lessons.northmoor.example/d/zz1/1/tap-and-go"),
            quote: of.text("It took 52 seconds"),
            answer: of.flag().then(|| Answer {
                found: true,
                heading: "The quote is right",
                sentence: of.text("Yes."),
                passage: of.text("It took 52 seconds"),
                link: of.link("Tap and go", "/d/zz1/1/tap-and-go"),
                organisation: of.text("Northmoor"),
                facts: of.list(vec![Fact {
                    label: of.text("Version"),
                    value: of.text("1"),
                }]),
                codes: of.list(vec![Fact {
                    label: of.text("Code of the page"),
                    value: of.text("01996c5e"),
                }]),
                downloads: of.list(vec![of.link("The proof", "/d/zz1/1/tap-and-go.tlog-proof")]),
            }),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        // The samples are compared with each other; what the page says is in a story.
        assert!(samples::render(sample).contains("<h1>Check a quote</h1>"));
    }

    #[test]
    fn a_document_is_named_by_its_address_its_urn_or_node_and_id() {
        let id = "01996c5e-8a00-7000-8000-000000000001";
        let expected = Some(("zz1".to_owned(), id.to_owned()));
        for text in [
            format!("https://x.example/d/zz1/{id}/tap-and-go?x=y#top"),
            format!(" /d/zz1/{id} "),
            format!("/d/zz1/{id}.json"),
            format!("zz1/{id}"),
            format!("urn:wardround:zz1:{id}"),
        ] {
            assert_eq!(named(&text), expected, "{text}");
        }
        for wrong in [
            "",
            "zz1",
            "https://x.example/",
            "urn:wardround:zz1",
            "urn:isbn:1",
        ] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
    }
}
