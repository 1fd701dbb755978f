//! Review: the drafts that wait, one of them with its differences, and what the reviewer decides.

mod accepting;
mod changes;
mod deciding;
mod paragraphs;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use drafting::Place;
use http::StatusCode;
use node::{Node, urls};
use pages::{
    PageError,
    accounts::Asked as Query,
    answers::{self, Answer},
    attached::{AttachedFile, size},
    drafts::{DraftRow, row, title_of},
    errors,
    frame::{Frame, Section},
    link::Link,
    measures::MeasureRow,
    promised::Promised,
    requester::SignedIn,
};
use people::{
    attachments::{Kind, kind_of},
    drafts::{self, Found, LinkNames, Opened, Person},
    review,
};
use store::{DraftState, WrittenDraft};
use wire::DocumentId;

use crate::{
    ERROR, FaultLink, Visit, at,
    care::Listed,
    framed, go_to, links, lost, name_of,
    notice::Notice,
    origin::{OriginLink, origin_link, subject_link},
    page, person,
    sent::Sent,
    shown::{self, Public},
    written_by,
};
use accepting::Asked;
use changes::Changes;
pub(crate) use changes::SEEN;
use deciding::Refused;
pub use deciding::decide;
pub(crate) use paragraphs::QUOTE;
use paragraphs::{TextView, placed, text_views};

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    frame: Frame,
    notice: Option<Notice>,
    /// How many pages someone asks to withdraw, in words.
    asked: String,
    drafts: Vec<(DraftRow, String)>,
    /// Drafts of people who cannot sign in any more.
    left: Vec<(DraftRow, String)>,
}

/// `GET /review`.
///
/// # Errors
/// Of the database.
pub async fn queue(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Query(listed): Query<Listed>,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let mut waiting = Vec::new();
    for waits in review::queue(&node).await? {
        let by = author(&node, &waits.draft).await?;
        let href = urls::review(waits.draft.id);
        let mut row = row(&node, waits);
        row.link.href = href;
        waiting.push((row, by));
    }
    let mut left = Vec::new();
    for own in review::left_behind(&node).await? {
        let by = author(&node, &own.draft).await?;
        left.push((row(&node, own), by));
    }
    let notice = match listed.done.as_str() {
        "returned" => Some(Notice::done(
            "Returned",
            "Its author sees your comments, and submits it again or deletes it.",
        )),
        "declined" => Some(Notice::done(
            "Declined",
            "Its author sees your comment. The page stays as it is.",
        )),
        _ => None,
    };
    let queue = QueuePage {
        notice,
        frame: in_review(framed(&node, "Waiting for review")),
        asked: pages::drafts::asked(&node, person(&signed_in)).await?,
        drafts: waiting,
        left,
    };
    page(StatusCode::OK, &queue)
}

/// Names the author of a draft, and says so if they cannot sign in any more.
async fn author(node: &Node, draft: &WrittenDraft) -> Result<String, PageError> {
    let name = name_of(node, draft.author).await?;
    Ok(match has_left(node, draft).await? {
        true => format!("{name}, who cannot sign in any more"),
        false => name,
    })
}

async fn has_left(node: &Node, draft: &WrittenDraft) -> Result<bool, PageError> {
    let account = node.store.account(draft.author).await?;
    Ok(account.is_none_or(|account| account.disabled_at.is_some()))
}

/// Marks review as the part of the site that a page belongs to.
pub(crate) fn in_review(frame: Frame) -> Frame {
    Frame {
        section: Section::Review,
        ..frame
    }
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    frame: Frame,
    id: DocumentId,
    title: String,
    kind: String,
    about: Vec<String>,
    notice: Option<Notice>,
    may_approve: bool,
    is_own: bool,
    /// Whether its author cannot sign in any more.
    has_left: bool,
    /// Whether it changes a published page, so that it can be declined.
    is_proposal: bool,
    /// Whether that page was changed since the draft was begun.
    newer: bool,
    /// The document that it is adapted from, as far as it is held here.
    origin: Option<OriginLink>,
    /// What an adoption is about.
    subject: Option<OriginLink>,
    advice: Vec<FaultLink>,
    /// What it still says in the words of its origin, which its author says is true here.
    theirs: Vec<&'static str>,
    /// What is not confirmed yet, after a decision to approve.
    faults: Vec<FaultLink>,
    /// What may identify a patient, by kinds, each with the reason why it does not.
    asked: Vec<Asked>,
    is_declared: bool,
    undeclared: bool,
    /// What was asked for when it was returned.
    returned: Option<Returned>,
    /// What has changed, each with what it is compared with.
    changes: Vec<Changes>,
    /// Who may read it once it is published, if not everyone.
    staff_of: Option<String>,
    summary: String,
    answers: Vec<Answer>,
    promised: Option<Promised>,
    measures: Vec<MeasureRow>,
    /// What else readers will see, in words.
    glance: Vec<(&'static str, String)>,
    texts: Vec<TextView>,
    /// What is attached, and is published with the text.
    files: Vec<AttachedFile>,
    file: String,
    /// Up to how many bytes of it are sent back.
    max_seen: usize,
    version: u64,
    comment: String,
    comment_fault: Option<String>,
    /// What is sent if the reviewer confirms that the comments identify no patient, where that is asked.
    confirmable: Option<String>,
}

/// What a reviewer asked for when they returned a draft.
struct Returned {
    by: String,
    comment: String,
    /// At paragraphs: what was quoted, and the comment.
    notes: Vec<(String, String)>,
}

/// Returns what was asked for when a draft was returned; who reviews it now looks whether it was done.
async fn returned(node: &Node, opened: &Opened) -> Result<Option<Returned>, PageError> {
    let said = opened.notes.as_ref().filter(|notes| !notes.is_empty());
    let (Some(notes), Some(by)) = (said, opened.draft.returned_by) else {
        return Ok(None);
    };
    let shown = |text: &str| markdown::visible(text).into_owned();
    let each = notes.notes.iter();
    Ok(Some(Returned {
        by: name_of(node, by).await?,
        comment: shown(notes.comment.trim()),
        notes: each
            .map(|note| (shown(&note.quote), shown(&note.text)))
            .collect(),
    }))
}

/// `GET /review/{id}`.
///
/// # Errors
/// Of the database.
pub async fn read(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let Some(id) = DocumentId::parse(&id) else {
        return Ok(errors::missing(&node));
    };
    let node = Visit::new(&node, &signed_in.0);
    show(&node, &signed_in, id, Refused::default(), &Sent::default()).await
}

async fn show(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    refused: Refused,
    sent: &Sent,
) -> Result<Response, PageError> {
    let person = person(signed_in);
    match waiting(node, person, id, sent).await? {
        Ok(opened) => {
            let sent = placed(&opened, sent);
            let shown = review_page(node, person, &opened, &refused, &sent).await?;
            page(refused.status, &shown)
        }
        Err(answer) => Ok(answer),
    }
}

/// Checks what is attached, too, so that a reviewer knows all that needs a reason.
async fn review_page(
    node: &Visit<'_>,
    person: Person,
    opened: &Opened,
    refused: &Refused,
    sent: &Sent,
) -> Result<ReviewPage, PageError> {
    let id = opened.draft.id;
    let mut checked = review::check(node, opened).await?;
    let theirs = review::theirs_of(node, opened).await?;
    checked.advice.retain(|place| !theirs.contains(place));
    let is_outdated = changes::is_outdated(opened, sent);
    let changes = changes::changes(node, opened, sent).await?;
    let names = LinkNames::for_draft(node, opened).await?;
    let preview = drafts::preview(node, opened).await?;
    let body = preview.body.as_deref();
    let public = Public::for_draft(node, body).await?;
    let (title, faults) = (title_of(node, opened).await?, refused.faults());
    let frame = review_frame(node, &title, &faults);
    let is_for_staff = drafts::is_for_staff(&opened.content, &checked);
    Ok(ReviewPage {
        staff_of: is_for_staff.then(|| frame.organisation.clone()),
        frame,
        id,
        kind: opened.content.kind().label().to_owned(),
        about: about(node, opened).await?,
        notice: refused.notice.clone(),
        may_approve: review::may_approve(node, person, &opened.draft),
        is_own: opened.draft.author == person.id,
        has_left: has_left(node, &opened.draft).await?,
        is_proposal: opened.draft.base.is_some(),
        newer: drafts::is_outdated(node, &opened.draft).await?,
        origin: origin_link(node, opened).await?,
        subject: subject_link(node, opened).await?,
        advice: links(id, &checked.advice),
        theirs: titles(&theirs),
        faults,
        asked: accepting::asked(id, &checked, &refused.unconfirmed, sent),
        // What someone has read says nothing of what it was changed to since.
        is_declared: !is_outdated && !sent.get("declared").is_empty(),
        undeclared: refused.unconfirmed.undeclared,
        returned: returned(node, opened).await?,
        changes,
        summary: checked.document.as_ref().map(summary).unwrap_or_default(),
        answers: body.map(answers::for_preview).unwrap_or_default(),
        promised: public.promised,
        measures: public.measures,
        glance: public.rows,
        texts: text_views(opened, sent, &names, &refused.comments),
        files: files(node, id).await?,
        file: opened.content.file(),
        max_seen: changes::MAX_SEEN_BYTES,
        version: opened.draft.version,
        comment: sent.get("comment").to_owned(),
        comment_fault: paragraphs::fault_of(&refused.comments, paragraphs::COMMENT),
        confirmable: refused.confirmable.map(|said| said.to_string()),
        title,
    })
}

fn review_frame(node: &Visit<'_>, title: &str, faults: &[FaultLink]) -> Frame {
    let error = if faults.is_empty() { "" } else { ERROR };
    in_review(framed(node, &format!("{error}Review: {title}")))
}

/// Opens a draft that waits for review. `Err` is the answer where there is none, with what was written about it.
async fn waiting(
    node: &Visit<'_>,
    person: Person,
    id: DocumentId,
    sent: &Sent,
) -> Result<Result<Box<Opened>, Response>, PageError> {
    let is_decision = !sent.0.is_empty();
    Ok(match drafts::open(node, person, id).await? {
        Found::Open(opened) if opened.draft.state == DraftState::Submitted => Ok(opened),
        found @ (Found::Open(_) | Found::Published(_)) if is_decision => {
            Err(lost::decided(node, &found, sent.0.clone()).await?)
        }
        Found::Open(_) => Err(go_to(&urls::draft(id))),
        Found::Published(draft) => Err(shown::published(node, &draft).await?),
        Found::Missing => Err(errors::missing(node)),
    })
}

/// Returns the titles of sections, each once.
fn titles(places: &[Place]) -> Vec<&'static str> {
    let mut titles: Vec<&'static str> = places.iter().map(|place| place.title).collect();
    titles.dedup();
    titles
}

fn summary(document: &domain::Document) -> String {
    markdown::visible(&document.common.summary).into_owned()
}

/// Returns the attached files, which a reviewer has to look at too.
async fn files(node: &Node, draft: DocumentId) -> Result<Vec<AttachedFile>, PageError> {
    let mut files = Vec::new();
    for held in node.store.draft_attachments(draft).await? {
        let label = kind_of(&held).map_or("File", Kind::label);
        let mut about = format!("{label}, {}", size(held.len));
        if !held.alt.is_empty() {
            about.push_str(". It shows: ");
            about.push_str(&markdown::visible(&held.alt));
        }
        let href = urls::draft_attachment(draft, &held.digest, &held.name);
        let link = Link::new(markdown::visible(&held.name), href);
        files.push(AttachedFile { link, about });
    }
    Ok(files)
}

async fn about(node: &Node, opened: &Opened) -> Result<Vec<String>, PageError> {
    let draft = &opened.draft;
    let mut about = vec![written_by(node, draft).await?];
    if let (Some(by), Some(time)) = (draft.submitted_by, draft.submitted_at) {
        about.push(format!(
            "Submitted by {} at {}",
            name_of(node, by).await?,
            at(time)
        ));
    }
    about.push(match draft.base {
        Some(base) => format!("Changes version {base} of a published page"),
        None => "New".to_owned(),
    });
    Ok(about)
}
