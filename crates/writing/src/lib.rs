//! The pages on which people write and review, and the API for drafts.
//!
//! Every page works without a script. What was typed is never lost: each answer to a form that was not saved shows it
//! again. No cache may keep an answer of this crate, except that to `/versions`, which is for everyone who can read the document.

pub mod api;
pub mod attachments;
pub mod care;
mod compare;
pub mod draft;
mod fields;
pub mod from_file;
pub mod lost;
mod newer;
mod notice;
mod origin;
mod remarks;
pub mod review;
pub mod section;
pub mod sent;
mod shown;
pub mod still_true;
pub mod upload;
pub mod versions;
mod waits;
pub mod withdraw;
pub mod write;

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use drafting::{Place, State};
use http::{HeaderValue, StatusCode, header};
use node::{Node, urls};
use people::drafts::{Opened, Person};
use store::{DraftState, WrittenDraft};
// The templates of all pages name the module of the frame.
use pages::frame;
use pages::{
    PageError,
    drafts::person_of,
    frame::{Frame, Section},
    requester::{Account, Requester, SignedIn},
    words,
};
use wire::{AccountId, DocumentId, Timestamp};

/// Returns who acts in a flow.
fn person(signed_in: &SignedIn) -> Person {
    person_of(&signed_in.0)
}

/// Renders a page for the person who requested it.
fn page(status: StatusCode, page: &impl Template) -> Result<Response, PageError> {
    Ok(personal((status, Html(page.render()?)).into_response()))
}

/// Leads to a page after a form was accepted.
fn go_to(path: &str) -> Response {
    personal(axum::response::Redirect::to(path).into_response())
}

/// Keeps an answer out of every cache, and its address, which may have a secret of a mail, from the next page.
fn personal(mut response: Response) -> Response {
    let private = HeaderValue::from_static("private, no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, private);
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// The node, and the person who requests something of it.
struct Visit<'a> {
    node: &'a Node,
    requester: Requester,
}

impl<'a> Visit<'a> {
    fn new(node: &'a Node, account: &Account) -> Self {
        Self {
            node,
            requester: Requester::for_account(account.clone()),
        }
    }
}

impl std::ops::Deref for Visit<'_> {
    type Target = Node;

    fn deref(&self) -> &Node {
        self.node
    }
}

/// Returns the frame of a page for the person who requested it.
fn framed(visit: &Visit<'_>, title: &str) -> Frame {
    entitled(pages::frame_for(visit.node, &visit.requester), title)
}

/// Gives a frame its title. Search engines are asked to leave it out.
fn entitled(frame: Frame, title: &str) -> Frame {
    Frame {
        title: format!("{} – {}", markdown::visible(title), frame.site),
        hidden: true,
        section: Section::Write,
        ..frame
    }
}

/// Writes when something was done.
fn at(time: Timestamp) -> String {
    format!("{} on {}", words::time(time), words::day_of(time))
}

/// Returns the name of an account, as others see it.
async fn name_of(node: &Node, id: AccountId) -> Result<String, PageError> {
    let account = node.store.account(id).await?;
    Ok(account.map_or_else(|| "Someone who has left".to_owned(), |account| account.name))
}

/// What the title of a page with faults begins with: who hears it knows at once.
const ERROR: &str = "Error: ";

/// Says who has written a draft: who began it, and everyone who has changed its words.
async fn written_by(node: &Node, draft: &WrittenDraft) -> Result<String, PageError> {
    let mut names = vec![name_of(node, draft.author).await?];
    for writer in draft
        .writers
        .split_whitespace()
        .filter_map(AccountId::parse)
    {
        if writer != draft.author {
            names.push(name_of(node, writer).await?);
        }
    }
    Ok(format!("Written by {}", {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        words::joined(&names)
    }))
}

/// A line of the summary of faults.
#[derive(Debug, Clone)]
struct FaultLink {
    href: String,
    text: String,
    section: &'static str,
}

/// Returns where a fault is put right, in the section forms of a draft.
fn fault_link(id: DocumentId, place: &Place) -> FaultLink {
    let anchor = match place.field.as_str() {
        "" => String::new(),
        field => format!("#{}", fields::html_id(field)),
    };
    let line = place.line.map(|line| format!("Line {line}: "));
    FaultLink {
        href: format!(
            "{}?faults=1{anchor}",
            urls::draft_section(id, place.section)
        ),
        text: format!(
            "{}{}",
            line.unwrap_or_default(),
            markdown::visible(&place.text)
        ),
        section: place.title,
    }
}

/// Returns where each of these faults is put right.
fn links(id: DocumentId, places: &[Place]) -> Vec<FaultLink> {
    places.iter().map(|place| fault_link(id, place)).collect()
}

/// A section in a list of sections.
#[derive(Debug, Clone)]
struct SectionLink {
    href: String,
    title: &'static str,
    state: &'static str,
    class: &'static str,
    is_current: bool,
}

fn section_links(
    id: DocumentId,
    states: &[(&'static drafting::Section, State)],
    current: &str,
) -> Vec<SectionLink> {
    let link = |(section, state): &(&'static drafting::Section, State)| SectionLink {
        href: urls::draft_section(id, section.name),
        title: section.title,
        state: state.words(),
        class: match state {
            State::Done => "done",
            State::Problem => "problem",
            State::NotStarted | State::Optional | State::Started => "open",
        },
        is_current: section.name == current,
    };
    states.iter().map(link).collect()
}

/// Returns the links of the sections, with those marked that a reviewer has said something about.
fn marked_links(
    opened: &Opened,
    states: &[(&'static drafting::Section, State)],
    current: &str,
) -> Vec<SectionLink> {
    let mut links = section_links(opened.draft.id, states, current);
    mark_commented(&mut links, opened);
    links
}

/// Marks the sections about which a reviewer has said something.
fn mark_commented(links: &mut [SectionLink], opened: &Opened) {
    let (Some(form), Some(notes)) = (opened.content.form(), &opened.notes) else {
        return;
    };
    let is_returned = opened.draft.state == DraftState::Returned;
    for note in notes.notes.iter().filter(|_| is_returned) {
        let title = form.field(&note.field).map(|(section, _)| section.title);
        for link in links.iter_mut().filter(|link| Some(link.title) == title) {
            (link.state, link.class) = ("Comment of the reviewer", "problem");
        }
    }
}
