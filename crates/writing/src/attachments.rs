//! `/drafts/{id}/attachments`: the files of a draft.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use node::{Node, urls};
use pages::{
    PageError, accounts::Asked, attached::size, attachment, drafts::title_of, errors, frame::Frame,
    requester::SignedIn,
};
use people::{
    attachments::{self, Added, kind_of},
    drafts::{self, Found, Opened, outline},
};
use serde::Deserialize;
use store::DraftState;
use wire::{AccountId, Digest, DocumentId};

use crate::{
    Visit, framed, from_file::sentence, go_to, notice::Notice, page, person, personal, sent::Sent,
    upload::Uploaded,
};

/// The name of the page in the address of a draft.
pub(crate) const ATTACHMENTS: &str = "attachments";
/// The field in which someone confirms that a file shows no patient.
const CONFIRMED: &str = "confirmed";

#[derive(Template)]
#[template(path = "attachments.html")]
struct AttachmentsPage {
    frame: Frame,
    draft: String,
    action: String,
    title: String,
    notice: Option<Notice>,
    /// What may identify a patient in the file that was attached or described last.
    found: Vec<String>,
    /// What was typed and chosen for a file that was not attached.
    alt: String,
    confirmed: bool,
    is_waiting: bool,
    files: Vec<FileView>,
    max: usize,
}

impl AttachmentsPage {
    /// Returns whether a file was not attached because it was not confirmed that it shows no patient.
    fn is_unconfirmed(&self) -> bool {
        let notice = self.notice.as_ref();
        notice.is_some_and(|notice| notice.field == CONFIRMED)
    }
}

/// An attachment on the page.
struct FileView {
    name: String,
    href: String,
    label: &'static str,
    size: String,
    is_picture: bool,
    alt: String,
    /// How a text shows it, or links to it.
    written: String,
    digest: String,
    /// Whether the text shows it or links to it.
    in_text: bool,
}

/// The query of the page that follows a change.
#[derive(Debug, Default, Deserialize)]
pub struct Changed {
    /// The file that was attached, described or removed.
    #[serde(default)]
    file: String,
    /// What was done with it.
    done: Option<Did>,
}

/// What was done with a file.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Did {
    Attached,
    Described,
    Removed,
}

impl Did {
    fn as_str(self) -> &'static str {
        match self {
            Self::Attached => "attached",
            Self::Described => "described",
            Self::Removed => "removed",
        }
    }

    fn notice(self) -> Notice {
        match self {
            Self::Attached => {
                Notice::done("The file is attached", "It is published with the text.")
            }
            Self::Described => Notice::done(
                "Saved",
                "What the pictures show is saved. Readers who cannot see them hear it.",
            ),
            Self::Removed => Notice::done("The file is removed", "It is erased from this draft."),
        }
    }
}

/// `GET /drafts/{id}/attachments`.
///
/// # Errors
/// Of the database.
pub async fn show(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Asked(Changed { file, done }): Asked<Changed>,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let Some(opened) = opened(&node, &signed_in, &id).await? else {
        return Ok(errors::missing(&node));
    };
    let found = match urls::attachment_digest(&file) {
        Some(digest) => attachments::found_in(&node, opened.draft.id, &digest).await?,
        None => Vec::new(),
    };
    let said = Said {
        // What was found in a file says more than that it is there.
        notice: done.filter(|_| found.is_empty()).map(Did::notice),
        found,
        ..Said::default()
    };
    list(&node, &opened, said, StatusCode::OK).await
}

/// `POST /drafts/{id}/attachments`.
///
/// # Errors
/// Of the database, or when the file cannot be worked on now.
pub async fn add(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    mut sent: Uploaded,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let Some(opened) = opened(&node, &signed_in, &id).await? else {
        return Ok(errors::missing(&node));
    };
    if let Some(waits) = waiting(&opened) {
        return list(&node, &opened, waits.into(), StatusCode::CONFLICT).await;
    }
    let confirmed = !sent.get(CONFIRMED).is_empty();
    let alt = sent.get("alt").to_owned();
    let too_large = sent.too_large();
    let status = match too_large {
        Some(_) => StatusCode::PAYLOAD_TOO_LARGE,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let (mut at, by) = ("upload", person(&signed_in).id);
    let refused = match sent.take() {
        None => too_large.unwrap_or_else(|| "Choose a file".to_owned()),
        Some(_) if !confirmed => {
            at = CONFIRMED;
            "Confirm that the file shows nothing that could identify a patient".to_owned()
        }
        Some(upload) => match attachments::add(&node, opened.draft.id, by, upload).await? {
            Added::Attached(digest) => {
                return Ok(go_to(&changed(opened.draft.id, &digest, Did::Attached)));
            }
            Added::Held => "This file is attached already".to_owned(),
            Added::Refused(why) => sentence(&why),
        },
    };
    let said = Said {
        alt,
        confirmed,
        ..Said::from(Notice::problem("The file was not attached", refused).at(at))
    };
    list(&node, &opened, said, status).await
}

/// `POST /drafts/{id}/attachments/{digest}`: says what a picture shows, or removes a file.
///
/// # Errors
/// Of the database.
pub async fn change(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((id, digest)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let opened = opened(&node, &signed_in, &id).await?;
    let (Some(opened), Some(digest)) = (opened, urls::attachment_digest(&digest)) else {
        return Ok(errors::missing(&node));
    };
    if let Some(waits) = waiting(&opened) {
        return list(&node, &opened, waits.into(), StatusCode::CONFLICT).await;
    }
    let (draft, by) = (opened.draft.id, person(&signed_in).id);
    // Whichever button was chosen, nothing that was typed on the page is lost.
    let described = describe_all(&node, draft, by, &sent).await?;
    let (mut is_done, mut did) = (described.is_done, Did::Described);
    if sent.get("action") == "remove" {
        did = Did::Removed;
        is_done = attachments::remove(&node, draft, by, &digest).await?;
    }
    if let Some(conflict) = described.conflict {
        return list(&node, &opened, conflict.into(), StatusCode::CONFLICT).await;
    }
    if is_done {
        return Ok(go_to(&changed(draft, &digest, did)));
    }
    // It was submitted since, or has no such file.
    let opened = self::opened(&node, &signed_in, &id).await?;
    match opened.and_then(|opened| Some((waiting(&opened)?, opened))) {
        Some((waits, opened)) => list(&node, &opened, waits.into(), StatusCode::CONFLICT).await,
        None => Ok(errors::missing(&node)),
    }
}

/// What was done with the descriptions of a form.
#[derive(Default)]
struct Described {
    /// Whether the form names any of the draft's files.
    is_done: bool,
    /// What was not saved, because someone else has described the same picture.
    conflict: Option<Notice>,
}

/// Saves what the pictures of a draft show, where the form has other words than its page had: what someone else has written
/// meanwhile stays.
async fn describe_all(
    node: &Node,
    draft: DocumentId,
    by: AccountId,
    sent: &Sent,
) -> Result<Described, PageError> {
    let mut described = Described::default();
    for held in node.store.draft_attachments(draft).await? {
        let digest = urls::digest_part(&held.digest);
        let field = format!("alt.{digest}");
        let Some((_, alt)) = sent.0.iter().find(|(name, _)| *name == field) else {
            continue;
        };
        let was = sent
            .0
            .iter()
            .find(|(name, _)| *name == format!("was.{digest}"));
        if was.is_some_and(|(_, was)| was == alt) || held.alt == *alt {
            described.is_done = true;
        } else if was.is_some_and(|(_, was)| *was != held.alt) {
            described.is_done = true;
            let text = format!(
                "Someone else has said what {} shows since you saw this page, so your words are not saved: “{alt}”.",
                held.name
            );
            described.conflict = Some(Notice::problem("Not all of it was saved", text));
        } else {
            described.is_done |= attachments::describe(node, draft, by, &held.digest, alt).await?;
        }
    }
    Ok(described)
}

/// `GET /drafts/{id}/attachments/{digest}/{name}`.
///
/// # Errors
/// Of the database.
pub async fn file(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((id, digest, name)): Path<(String, String, String)>,
    request: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&node, &signed_in, &id).await?;
    if let (Some(opened), Some(digest)) = (opened, urls::attachment_digest(&digest))
        && let Some(file) =
            attachments::served_of_draft(&node, opened.draft.id, &digest, &name).await?
    {
        return Ok(personal(attachment::send(file, &request)));
    }
    Ok(errors::missing(&node))
}

/// Opens a draft that the person may see and that is not published.
async fn opened(
    node: &Node,
    signed_in: &SignedIn,
    id: &str,
) -> Result<Option<Box<Opened>>, PageError> {
    let Some(id) = DocumentId::parse(id) else {
        return Ok(None);
    };
    Ok(match drafts::open(node, person(signed_in), id).await? {
        Found::Open(opened) => Some(opened),
        Found::Published(_) | Found::Missing => None,
    })
}

fn waiting(opened: &Opened) -> Option<Notice> {
    (opened.draft.state == DraftState::Submitted).then(|| {
        let text = "The draft waits for review. Take it back to change it.";
        Notice::problem("Nothing was changed", text)
    })
}

fn address(id: DocumentId) -> String {
    urls::draft_section(id, ATTACHMENTS)
}

/// Returns the address of the page that says what was found in a file.
fn changed(id: DocumentId, digest: &Digest, did: Did) -> String {
    let query = format!("file={}&done={}", urls::digest_part(digest), did.as_str());
    urls::with_query(&address(id), &query)
}

/// What the page says besides its files.
#[derive(Default)]
struct Said {
    notice: Option<Notice>,
    found: Vec<String>,
    /// What was typed and chosen for a file that was not attached.
    alt: String,
    confirmed: bool,
}

impl From<Notice> for Said {
    fn from(notice: Notice) -> Self {
        Self {
            notice: Some(notice),
            ..Self::default()
        }
    }
}

async fn list(
    node: &Visit<'_>,
    opened: &Opened,
    said: Said,
    status: StatusCode,
) -> Result<Response, PageError> {
    let id = opened.draft.id;
    let mut files = Vec::new();
    let named = attachments::named_in(&opened.content.text(outline));
    for held in node.store.draft_attachments(id).await? {
        let Some(kind) = kind_of(&held) else { continue };
        let mark = if kind.is_picture() { "!" } else { "" };
        let words = if kind.is_picture() {
            &held.alt
        } else {
            &held.name
        };
        files.push(FileView {
            href: urls::draft_attachment(id, &held.digest, &held.name),
            label: kind.label(),
            size: size(held.len),
            is_picture: kind.is_picture(),
            written: format!("{mark}[{words}](attachment:{})", held.name),
            digest: urls::digest_part(&held.digest),
            in_text: named.contains(&held.name),
            name: held.name,
            alt: held.alt,
        });
    }
    let title = title_of(node, opened).await?;
    let list = AttachmentsPage {
        frame: framed(node, &format!("Attachments: {title}")),
        draft: urls::draft(id),
        action: address(id),
        title,
        notice: said.notice,
        found: said.found,
        alt: said.alt,
        confirmed: said.confirmed,
        is_waiting: opened.draft.state == DraftState::Submitted,
        files,
        max: attachments::MAX_COUNT,
    };
    page(status, &list)
}
