//! A draft as a whole: its sections and their states, deleting it.

mod submitting;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, drafts::title_of, errors, frame::Frame, requester::SignedIn, words};
use people::{
    drafts::{self, Deleted, Found, Opened, Person},
    review,
};
use store::{DraftState, WrittenDraft};
use wire::DocumentId;

use crate::{
    SectionLink, Visit, at, framed, go_to, mark_commented, name_of,
    notice::Notice,
    origin::{OriginLink, origin_link, subject_link},
    page, person,
    remarks::{self, Remarks, Saved},
    section_links,
    sent::Sent,
    shown,
};
pub(crate) use submitting::{FILES, submit, submit_page};

/// The names of what a draft has besides its sections, in addresses.
pub(crate) const PREVIEW: &str = "preview";
pub(crate) const SUBMIT: &str = "submit";
pub(crate) const DELETE: &str = "delete";
pub(crate) const NEWER: &str = "newer";
pub(crate) const ORIGIN: &str = "origin";
pub(crate) const CONVERTED: &str = "from-file";

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    frame: Frame,
    id: DocumentId,
    title: String,
    kind: String,
    state: &'static str,
    saved: String,
    notice: Option<Notice>,
    remarks: Option<Remarks>,
    comment: String,
    sections: Vec<SectionLink>,
    done: usize,
    is_waiting: bool,
    version: u64,
    /// Whether it began with a file.
    from_file: bool,
    is_own: bool,
    newer: bool,
    /// The document that it is adapted from, as far as it is held here.
    origin: Option<OriginLink>,
    /// What an adoption is about, as far as it is held here.
    subject: Option<OriginLink>,
}

/// `GET /drafts/{id}`.
///
/// # Errors
/// Of the database.
pub async fn show(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(Saved { saved }): Query<Saved>,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let person = person(&signed_in);
    let Some(id) = DocumentId::parse(&id) else {
        return Ok(errors::missing(&node));
    };
    match drafts::open(&node, person, id).await? {
        Found::Open(opened) => {
            let said = Said {
                remarks: remarks::remarks(&node, &opened, &saved).await?,
                notice: None,
            };
            whole(&node, person, &opened, said, StatusCode::OK).await
        }
        Found::Published(draft) => shown::published(&node, &draft).await,
        Found::Missing => Ok(errors::missing(&node)),
    }
}

/// `POST /drafts/{id}`: takes a draft back from review.
///
/// # Errors
/// Of the database.
pub async fn take_back(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, PageError> {
    let Some(id) = DocumentId::parse(&id) else {
        return Ok(errors::missing(&node));
    };
    let node = Visit::new(&node, &signed_in.0);
    let person = person(&signed_in);
    if review::take_back(&node, person, id, sent.version()).await? {
        return Ok(go_to(&urls::draft(id)));
    }
    let notice = Notice::problem(
        "Nothing was changed",
        "The draft was changed, returned or published since you saw this page.",
    );
    match drafts::open(&node, person, id).await? {
        Found::Open(opened) => {
            let said = Said {
                notice: Some(notice),
                remarks: None,
            };
            whole(&node, person, &opened, said, StatusCode::CONFLICT).await
        }
        Found::Published(draft) => shown::published(&node, &draft).await,
        Found::Missing => Ok(errors::missing(&node)),
    }
}

/// What the page of a draft says besides the draft.
struct Said {
    notice: Option<Notice>,
    remarks: Option<Remarks>,
}

async fn whole(
    node: &Visit<'_>,
    person: Person,
    opened: &Opened,
    said: Said,
    status: StatusCode,
) -> Result<Response, PageError> {
    let draft = &opened.draft;
    let checked = drafts::checked(node, opened).await?;
    let title = title_of(node, opened).await?;
    let is_returned = draft.state == DraftState::Returned;
    let notes = opened.notes.as_ref().filter(|_| is_returned);
    let mut sections = section_links(draft.id, &checked.states, "");
    let done = sections.iter().filter(|one| one.class == "done").count();
    mark_commented(&mut sections, opened);
    let whole = DraftPage {
        frame: framed(node, &format!("{title} – draft")),
        id: draft.id,
        kind: opened.content.kind().label().to_owned(),
        state: pages::drafts::state_words(draft),
        saved: at(draft.changed_at),
        remarks: said.remarks,
        notice: match (said.notice, notes) {
            (Some(notice), _) => Some(notice),
            (None, Some(_)) if opened.is_taken_back() => {
                Some(taken_back(node, person, draft).await?)
            }
            (None, Some(notes)) => Some(returned(node, draft, notes).await?),
            (None, None) => None,
        },
        comment: notes
            .map(|notes| markdown::visible(&notes.comment).into_owned())
            .unwrap_or_default(),
        done,
        sections,
        is_waiting: draft.state == DraftState::Submitted,
        version: draft.version,
        from_file: opened.content.converted().is_some(),
        is_own: draft.author == person.id,
        newer: drafts::is_outdated(node, draft).await?,
        origin: origin_link(node, opened).await?,
        subject: subject_link(node, opened).await?,
        title,
    };
    page(status, &whole)
}

/// Says that a reviewer edits a draft.
async fn taken_back(
    node: &Node,
    person: Person,
    draft: &WrittenDraft,
) -> Result<Notice, PageError> {
    let marked = "What is changed from here on is shown to the next reviewer.";
    if draft.returned_by == Some(person.id) {
        let author = name_of(node, draft.author).await?;
        let text = format!("You can edit it now, and {author} can, too. {marked}");
        return Ok(Notice::done("You have taken this back to edit it", text));
    }
    let by = match draft.returned_by {
        Some(by) => name_of(node, by).await?,
        None => String::new(),
    };
    let text = format!(
        "{by} has read this and took it back to edit it. You can change it, too, and submit it again. {marked}"
    );
    Ok(Notice::done("Taken back to be edited", text))
}

async fn returned(
    node: &Node,
    draft: &WrittenDraft,
    notes: &drafting::Notes,
) -> Result<Notice, PageError> {
    let by = match draft.returned_by {
        Some(by) => name_of(node, by).await?,
        None => String::new(),
    };
    let count = u64::try_from(notes.notes.len()).unwrap_or(0);
    let text = match count {
        0 => format!("{by} has returned this."),
        count => format!(
            "{by} has returned this with {}. You see them in the sections that they are about.",
            words::counted(count, "comment at a paragraph", "comments at paragraphs")
        ),
    };
    if draft.declined {
        let text = format!("{by} has declined this. You can change it and submit it again.");
        return Ok(Notice::done("Declined", text));
    }
    Ok(Notice::done("Returned with comments", text))
}

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    frame: Frame,
    id: DocumentId,
    title: String,
    version: u64,
    notice: Option<Notice>,
}

/// Asks whether a draft is to be deleted.
pub(crate) async fn delete_page(node: &Visit<'_>, opened: &Opened) -> Result<Response, PageError> {
    delete_view(node, opened, None, StatusCode::OK).await
}

async fn delete_view(
    node: &Visit<'_>,
    opened: &Opened,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let title = title_of(node, opened).await?;
    let delete = DeletePage {
        frame: framed(node, &format!("Delete the draft “{title}”?")),
        id: opened.draft.id,
        version: opened.draft.version,
        notice,
        title,
    };
    page(status, &delete)
}

/// Deletes a draft in the version that its author has seen.
pub(crate) async fn delete(
    node: &Visit<'_>,
    person: Person,
    id: DocumentId,
    sent: &Sent,
) -> Result<Response, PageError> {
    match drafts::delete(node, person, id, sent.version()).await? {
        Deleted::Done => Ok(go_to(urls::ME)),
        Deleted::Missing => Ok(errors::missing(node)),
        Deleted::Changed => match drafts::open(node, person, id).await? {
            Found::Open(opened) => {
                let text = "It was changed since you saw this page. Look at it again before you delete it.";
                let notice = Notice::problem("Not deleted", text);
                delete_view(node, &opened, Some(notice), StatusCode::CONFLICT).await
            }
            Found::Published(_) | Found::Missing => Ok(errors::missing(node)),
        },
    }
}
