//! Review: the drafts that wait, one of them with its differences, and what the reviewer decides.

mod accepting;
mod paragraphs;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::Card;
use http::StatusCode;
use node::{Node, urls};
use pages::{
    PageError,
    answers::{self, Answer},
    attached::{AttachedFile, size},
    drafts::{DraftRow, row, title_of},
    errors,
    frame::{Frame, Section},
    link::Link,
    measures::{self, MeasureRow},
    requester::SignedIn,
};
use people::{
    attachments::{Kind, kind_of},
    drafts::{self, Found, LinkNames, Opened},
    review::{self, ApproveOutcome, ReturnOutcome},
};
use store::DraftState;
use wire::DocumentId;

use crate::{
    FaultLink, Visit, at,
    compare::{self, FieldDifference},
    draft, framed, go_to, links, lost, name_of, newer,
    notice::Notice,
    origin::{OriginLink, origin_link, subject_link},
    page, person,
    sent::Sent,
    shown,
};
use accepting::{Asked, Refused, Unconfirmed, unconfirmed};
use paragraphs::{TextView, notes_of, text_views};

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    frame: Frame,
    /// How many pages someone asks to withdraw, in words.
    asked: String,
    drafts: Vec<(DraftRow, String)>,
}

/// `GET /review`.
///
/// # Errors
/// Of the database.
pub async fn queue(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let mut waiting = Vec::new();
    for listed in review::queue(&node).await? {
        let by = name_of(&node, listed.draft.author).await?;
        let href = urls::review(listed.draft.id);
        let mut row = row(&node, listed);
        row.link.href = href;
        waiting.push((row, by));
    }
    let queue = QueuePage {
        frame: in_review(framed(&node, "Waiting for review")),
        asked: pages::drafts::asked(&node, person(&signed_in)).await?,
        drafts: waiting,
    };
    page(StatusCode::OK, &queue)
}

/// Marks review as the part of the site that a page belongs to.
fn in_review(frame: Frame) -> Frame {
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
    /// Whether it changes a published page, so that it can be declined.
    is_proposal: bool,
    /// Whether that page was changed since the draft was begun.
    newer: bool,
    /// What an adoption is about.
    subject: Option<OriginLink>,
    advice: Vec<FaultLink>,
    /// The document that it is adapted from, as far as it is held here.
    origin: Option<OriginLink>,
    /// What is not confirmed yet, after a decision to approve.
    faults: Vec<FaultLink>,
    /// What may identify a patient, by kinds, each with the reason why it does not.
    asked: Vec<Asked>,
    is_declared: bool,
    undeclared: bool,
    compared: &'static str,
    differences: Vec<FieldDifference>,
    summary: String,
    answers: Vec<Answer>,
    measures: Vec<MeasureRow>,
    /// What it is filed under, in words.
    glance: Vec<(&'static str, String)>,
    texts: Vec<TextView>,
    /// What is attached, and is published with the text.
    files: Vec<AttachedFile>,
    file: String,
    version: u64,
    comment: String,
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

/// `POST /review/{id}`.
///
/// # Errors
/// Of the database.
pub async fn decide(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, PageError> {
    let Some(id) = DocumentId::parse(&id) else {
        return Ok(errors::missing(&node));
    };
    let node = Visit::new(&node, &signed_in.0);
    let refused = match sent.get("decision") {
        "approve" => match approve(&node, &signed_in, id, &sent).await? {
            Ok(response) => return Ok(response),
            Err(refused) => refused,
        },
        "return" | "decline" => match send_back(&node, &signed_in, id, &sent).await? {
            Ok(response) => return Ok(response),
            Err(notice) => notice.into(),
        },
        "edit" => {
            let person = person(&signed_in);
            if review::take_back(&node, person, id, sent.version()).await? {
                return Ok(go_to(&urls::draft(id)));
            }
            changed().into()
        }
        _ => Notice::problem("There is a problem", "Choose what to do with the draft").into(),
    };
    show(&node, &signed_in, id, refused, &sent).await
}

async fn approve(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    sent: &Sent,
) -> Result<Result<Response, Refused>, PageError> {
        origin: origin_link(node, &opened).await?,
    // All that is not confirmed is said at once.
    if sent.get("declared").is_empty() {
        return Ok(Err(unconfirmed(node, signed_in, id, sent).await?.into()));
    }
    let reasons = accepting::reasons(sent);
    let outcome = review::approve(node, person(signed_in), id, sent.version(), &reasons).await?;
    let problem = |text: &str| Notice::problem("Not published", text);
    let notice = match outcome {
        ApproveOutcome::Published(_) => return Ok(Ok(go_to(&urls::draft(id)))),
        ApproveOutcome::Unchanged => problem(
            "It says the same as what is published already. Return it, so that its author can delete it.",
        ),
        ApproveOutcome::OwnText => problem(
            "You have written or submitted this yourself. Someone else has to approve it.",
        ),
        ApproveOutcome::Warnings(reasons) => {
            let unconfirmed = Unconfirmed {
                undeclared: false,
                reasons,
            };
            return Ok(Err(unconfirmed.into()));
        }
        ApproveOutcome::Changed => changed(),
        ApproveOutcome::Stale => problem(
            "The page was changed since this draft was begun. Compare them, and put the newer changes into the draft first.",
        )
        .with_link("Compare with what is published", urls::draft_section(id, draft::NEWER)),
        ApproveOutcome::Faults(faults) => {
            let texts: Vec<String> = faults.into_iter().map(|fault| fault.text).collect();
            problem(&format!("It cannot be published as it is: {}.", texts.join("; ")))
        }
        ApproveOutcome::Missing => return Ok(Ok(errors::missing(node))),
    };
    Ok(Err(notice.into()))
}

async fn send_back(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    sent: &Sent,
) -> Result<Result<Response, Notice>, PageError> {
    let person = person(signed_in);
    let Found::Open(opened) = drafts::open(node, person, id).await? else {
        return Ok(Err(changed()));
    };
    let notes = notes_of(&opened, sent);
    let version = sent.version();
    let outcome = match sent.get("decision") {
        "decline" => review::decline_draft(node, person, id, version, notes).await?,
        _ => review::return_draft(node, person, id, version, notes).await?,
    };
    Ok(match outcome {
        ReturnOutcome::Returned => Ok(go_to(urls::REVIEW)),
        ReturnOutcome::Empty => {
            let text = "Write a comment, so that the author knows what to change";
            Err(Notice::problem("There is a problem", text)
                .with_link("Write a comment", "#comment"))
        }
        ReturnOutcome::Changed => Err(changed()),
        ReturnOutcome::Missing => Ok(errors::missing(node)),
    })
}

fn changed() -> Notice {
    Notice::problem(
        "Nothing was done",
        "The draft was changed, taken back or published since you saw this page. Read it again.",
    )
}

async fn show(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    refused: Refused,
    sent: &Sent,
) -> Result<Response, PageError> {
    let person = person(signed_in);
    let status = refused.status();
    let is_decision = status != StatusCode::OK;
    let opened = match drafts::open(node, person, id).await? {
        Found::Open(opened) if opened.draft.state == DraftState::Submitted => opened,
        Found::Open(_) | Found::Published(_) if is_decision => {
            return lost::decided(node, sent.0.clone());
        }
        Found::Open(_) => return Ok(go_to(&urls::draft(id))),
        Found::Published(draft) => return shown::published(node, &draft).await,
        Found::Missing => return Ok(errors::missing(node)),
    };
    // With what is attached, so that a reviewer knows all that needs a reason.
    let checked = review::check(node, &opened).await?;
    let (compared, differences) = differences(node, &opened).await?;
    let names = LinkNames::for_draft(node, &opened).await?;
    let preview = drafts::preview(node, &opened).await?;
    let body = preview.body.as_deref();
    let card = body.map(|body| Card::new(body, markdown::plain_text));
    let title = title_of(node, &opened).await?;
    let review = ReviewPage {
        frame: in_review(framed(node, &format!("Review: {title}"))),
        id,
        kind: opened.content.kind().label().to_owned(),
        about: about(node, &opened).await?,
        notice: refused.notice,
        may_approve: review::may_approve(node, person, &opened.draft),
        is_own: opened.draft.author == person.id,
        is_proposal: opened.draft.base.is_some(),
        newer: newer::is_outdated(node, &opened.draft).await?,
        subject: subject_link(node, &opened).await?,
        advice: links(id, &checked.advice),
        faults: refused.unconfirmed.faults(),
        asked: accepting::asked(id, &checked, &refused.unconfirmed, sent),
        is_declared: !sent.get("declared").is_empty(),
        undeclared: refused.unconfirmed.undeclared,
        compared,
        differences,
        summary: checked.document.as_ref().map(summary).unwrap_or_default(),
        answers: body.map(answers::for_preview).unwrap_or_default(),
        measures: body
            .map(|body| measures::for_content(&body.document.content))
            .unwrap_or_default(),
        glance: card.as_ref().map(shown::glance).unwrap_or_default(),
        texts: text_views(&opened, sent, &names),
        files: files(node, id).await?,
        file: opened.content.file(),
        version: opened.draft.version,
        comment: sent.get("comment").to_owned(),
        title,
    };
    page(status, &review)
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
    let mut about = vec![format!("Written by {}", name_of(node, draft.author).await?)];
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

/// Returns the differences to what the reviewer has seen last: the draft when it was returned, or what is published.
async fn differences(
    node: &Node,
    opened: &Opened,
) -> Result<(&'static str, Vec<FieldDifference>), PageError> {
    if let Some(reviewed) = &opened.reviewed {
        let differences = compare::of_contents(reviewed.clone(), opened.content.clone()).await?;
        return Ok(("What has changed since it was returned", differences));
    }
    let published = drafts::published(node, opened).await?;
    let differences = match published {
        Some(published) => compare::of_contents(published, opened.content.clone()).await?,
        None => Vec::new(),
    };
    Ok(("What it changes in the published page", differences))
}
