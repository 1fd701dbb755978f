//! `/write`: choosing what to write, and beginning to change what is published.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::Kind;
use http::StatusCode;
use node::{
    Node,
    flows::reading::{self, Reading},
    urls,
};
use pages::{PageError, errors, frame::Frame, link::Link, requester::SignedIn};
use people::drafts::{self, Begin, BeginRefusal, Begun};
use serde::Deserialize;
use wire::{DocumentId, DocumentRef, Relation, Role, Viewer};

use crate::{
    Visit, care::Named, draft::CONVERTED, framed, from_file::quoted, go_to, notice::Notice, page,
    person, sent::Sent,
};

#[derive(Template)]
#[template(path = "write.html")]
struct Write {
    frame: Frame,
    notice: Option<Notice>,
    may_write: bool,
    file: String,
    /// Whether a file that does not say its kind becomes a page.
    is_page: bool,
}

#[derive(Template)]
#[template(path = "change.html")]
struct ChangePage {
    frame: Frame,
    id: DocumentId,
    grows: bool,
    /// Whether this person can change it.
    is_allowed: bool,
    /// The draft with which this person goes on, where they have begun already.
    begun: Option<Begun>,
    title: String,
    href: String,
}

/// The query of `/write`.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// The document that is to be changed.
    #[serde(default)]
    change: String,
    /// The observation that becomes a case study.
    #[serde(default)]
    grow: String,
    /// The document that is adapted: `<node id>/<document id>`.
    #[serde(default)]
    adapt: String,
    /// The document that this organisation tried too: `<node id>/<document id>`.
    #[serde(default)]
    tried: String,
}

/// `GET /write`.
///
/// # Errors
/// Of the database.
pub async fn choose(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    if !wanted.adapt.is_empty() {
        return match DocumentRef::parse(&wanted.adapt) {
            Some(origin) => adapt_page(&node, &origin).await,
            None => Ok(errors::missing(&node)),
        };
    }
    if !wanted.tried.is_empty() {
        return match DocumentRef::parse(&wanted.tried) {
            Some(origin) => tried_page(&node, &origin).await,
            None => Ok(errors::missing(&node)),
        };
    }
    let (id, grows) = match (wanted.change.as_str(), wanted.grow.as_str()) {
        ("", "") => return choice(&node, &signed_in, None, &Sent::default(), StatusCode::OK),
        ("", id) => (id, true),
        (id, _) => (id, false),
    };
    let Some(id) = DocumentId::parse(id) else {
        return Ok(errors::missing(&node));
    };
    let Some(cared) = node.store.cared(id).await? else {
        return Ok(errors::missing(&node));
    };
    let Named { title, href } = Named::new(&node, &cared);
    let heading = if grows {
        "Make a case study of this observation"
    } else {
        "Change this page"
    };
    let change = ChangePage {
        is_allowed: drafts::may_change(&node, person(&signed_in), id).await?,
        begun: drafts::begun(&node, person(&signed_in), id).await?,
        frame: framed(&node, heading),
        id,
        grows,
        title,
        href,
    };
    page(StatusCode::OK, &change)
}

#[derive(Template)]
#[template(path = "adapt.html")]
struct AdaptPage {
    frame: Frame,
    title: String,
    organisation: String,
    href: String,
    licence: &'static str,
    reference: String,
    own: String,
    /// Whether it is a page of a wiki, of which all text is kept.
    is_page: bool,
}

/// Asks whether a document is to be adapted, and says what that means.
async fn adapt_page(node: &Visit<'_>, origin: &DocumentRef) -> Result<Response, PageError> {
    let id = origin.id.to_string();
    let found = reading::find(node, Viewer::Staff, origin.node.as_str(), &id).await?;
    let Reading::Found(shown) = found else {
        return Ok(errors::missing(node));
    };
    let frame = framed(node, "Adapt this for your organisation");
    let adapt = AdaptPage {
        title: markdown::visible(&shown.body.common().title).into_owned(),
        organisation: shown.document.owner.organisation.clone(),
        href: shown.path(),
        licence: domain::Term::label(shown.body.common().licence),
        reference: origin.to_string(),
        own: frame.organisation.clone(),
        is_page: shown.body.kind == Kind::Page,
        frame,
    };
    page(StatusCode::OK, &adapt)
}

#[derive(Template)]
#[template(path = "tried.html")]
struct TriedPage {
    frame: Frame,
    title: String,
    organisation: String,
    href: String,
    reference: String,
    own: String,
    /// What this organisation has published of it already.
    before: Vec<Link>,
}

/// Asks whether the organisation tried what a document describes, and says what comes of saying so.
async fn tried_page(node: &Visit<'_>, origin: &DocumentRef) -> Result<Response, PageError> {
    let id = origin.id.to_string();
    let found = reading::find(node, Viewer::Staff, origin.node.as_str(), &id).await?;
    let Reading::Found(shown) = found else {
        return Ok(errors::missing(node));
    };
    if !drafts::can_be_tried(&shown) {
        return Ok(errors::missing(node));
    }
    let links = shown.back_links.iter();
    let own = links.filter(|link| link.relation == Relation::About && link.card.owner.own);
    let before = own.map(|link| {
        let title = markdown::visible(&link.card.title);
        Link::new(title, urls::card(&link.card))
    });
    let frame = framed(node, "We tried this too");
    let tried = TriedPage {
        title: markdown::visible(&shown.body.common().title).into_owned(),
        organisation: shown.document.owner.organisation.clone(),
        href: shown.path(),
        reference: origin.to_string(),
        own: frame.organisation.clone(),
        before: before.collect(),
        frame,
    };
    page(StatusCode::OK, &tried)
}

/// `POST /write`.
///
/// # Errors
/// Of the database.
pub async fn begin(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    sent: Sent,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let file = sent.get("file");
    let id = DocumentId::parse(sent.get("document"));
    let origin = DocumentRef::parse(sent.get("document"));
    let begin = match (sent.get("kind"), id) {
        ("adapt", _) => match origin {
            Some(origin) => Begin::Adapt(origin),
            None => return Ok(errors::missing(&node)),
        },
        ("tried", _) => match origin {
            Some(origin) => Begin::Try(origin),
            None => return Ok(errors::missing(&node)),
        },
        ("file", _) if file.trim().is_empty() => {
            let notice =
                Notice::problem("There is a problem", "Paste the text of the file").at("file");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return choice(&node, &signed_in, Some(notice), &sent, status);
        }
        ("file", _) => Begin::File(with_head(file, sent.get("of"))),
        ("change", Some(id)) => Begin::Edit(id),
        ("grow", Some(id)) => Begin::Grow(id),
        (kind, _) => Begin::Empty(Kind::parse(kind)),
    };
    match drafts::begin(&node, person(&signed_in), begin.clone()).await? {
        Ok(id) => Ok(go_to(&first_page(id, &begin))),
        Err(refusal) => {
            let (status, text) = words_of(refusal);
            let notice = Notice::problem("There is a problem", text);
            choice(&node, &signed_in, Some(notice), &sent, status)
        }
    }
}

/// Adds the kind that was chosen to a text that names none, and to one without front matter the title that its first line has,
/// as `import` does.
fn with_head(text: &str, kind: &str) -> String {
    let (kind, chosen) = match kind {
        "case-study" => ("kind: case-study\n", Kind::CaseStudy),
        "page" => ("kind: page\n", Kind::Page),
        _ => ("", Kind::Page),
    };
    let written = text.trim_start();
    if let Some(front) = written.strip_prefix("---") {
        let end = front.find("\n---").unwrap_or(front.len());
        let mut keys = front.get(..end).unwrap_or_default().lines();
        return match keys.any(|line| line.starts_with("kind:")) {
            true => text.to_owned(),
            false => format!("---\n{kind}{}", front.trim_start_matches(['\r', '\n'])),
        };
    }
    match domain::title::heading(&chosen, written) {
        Some((title, rest)) => {
            format!("---\n{kind}title: {}\n---\n\n{rest}", quoted(&title))
        }
        None if kind.is_empty() => text.to_owned(),
        None => format!("---\n{kind}---\n\n{text}"),
    }
}

/// An observation is one page, and so is an adoption; the others begin with their list of sections.
fn first_page(id: DocumentId, begin: &Begin) -> String {
    match begin {
        Begin::Empty(Kind::Observation) => urls::draft_section(id, "observation"),
        Begin::Try(_) | Begin::Empty(Kind::Adoption) => urls::draft_section(id, "adoption"),
        Begin::Empty(Kind::Page) => urls::draft_section(id, "page"),
        Begin::File(_) => urls::draft_section(id, "file"),
        Begin::Converted(..) => urls::draft_section(id, CONVERTED),
        Begin::Empty(_) | Begin::Edit(_) | Begin::Grow(_) | Begin::Adapt(_) => urls::draft(id),
    }
}

/// Says why no draft was begun.
pub(crate) fn words_of(refusal: BeginRefusal) -> (StatusCode, &'static str) {
    match refusal {
        BeginRefusal::TooMany => (
            StatusCode::CONFLICT,
            "You have 200 drafts. Publish or delete some of them first",
        ),
        BeginRefusal::NotAllowed => (
            StatusCode::FORBIDDEN,
            "Your account may not write this. Ask an administrator of this site to make you a contributor",
        ),
        BeginRefusal::NotAuthor => (
            StatusCode::FORBIDDEN,
            "Only its authors and editors can change this page. Tell them what you would change: its foot says how to reach them",
        ),
        BeginRefusal::Missing => (
            StatusCode::NOT_FOUND,
            "There is no such page of this site that can be changed in this way",
        ),
        BeginRefusal::Kind => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Choose a case study, an observation or a page",
        ),
        BeginRefusal::Licence => (
            StatusCode::FORBIDDEN,
            "Its licence does not allow others to use the text. Ask the organisation that published it",
        ),
        BeginRefusal::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "The file is too long"),
    }
}

fn choice(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    notice: Option<Notice>,
    sent: &Sent,
    status: StatusCode,
) -> Result<Response, PageError> {
    let write = Write {
        frame: framed(node, "Write"),
        notice,
        may_write: signed_in.0.role >= Role::Contributor,
        file: sent.get("file").to_owned(),
        is_page: sent.get("of") == Kind::Page.as_str(),
    };
    page(status, &write)
}
