//! `/api/v1/drafts`: a trust's own programs hand in drafts, and the pages save themselves. Nothing is approved here.

mod answers;
pub mod objects;
mod saving;

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use drafting::{Checked, Form, Place, check};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use node::{Node, urls};
use pages::{problem::Problem, requester::SignedIn};
use people::{
    attachments,
    drafts::{self, Begin, Deleted, Found, Opened, Remarks},
    review::{self, SubmitOutcome},
};
use wire::DocumentId;

use crate::{draft::SUBMIT, person, personal, sent::Sent, write};
use answers::{if_match, missing, parse, stale, tagged};
use objects::{DraftObject, HtmlText, MarkdownFile, MarkdownObject, SectionForm};
use saving::{saved, text_html};

/// The media type of a whole draft.
const MARKDOWN: &str = "text/markdown; charset=utf-8";

/// Returns the drafts of the one who asks.
///
/// # Errors
/// Of the database.
#[utoipa::path(
    get,
    path = "/api/v1/drafts",
    security(("token" = [])),
    responses(
        (status = 200, description = "The drafts, without their text"),
        (status = 401, description = "Not signed in")
    )
)]
pub async fn list(State(node): State<Arc<Node>>, signed_in: SignedIn) -> Result<Response, Problem> {
    let listed = drafts::list(&node, person(&signed_in)).await?;
    let objects: Vec<DraftObject> = listed
        .into_iter()
        .map(|listed| DraftObject::new(&node, &listed.draft, Some(listed.title)))
        .collect();
    Ok(personal(Json(objects).into_response()))
}

/// Begins a draft of a Markdown file.
///
/// # Errors
/// 415 for another media type, 422 for a kind that is not written here.
#[utoipa::path(
    post,
    path = "/api/v1/drafts",
    security(("token" = [])),
    responses(
        (status = 201, description = "The draft, with its faults"),
        (status = 415, description = "Not `text/markdown`")
    )
)]
pub async fn create(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    MarkdownFile(text): MarkdownFile,
) -> Result<Response, Problem> {
    let person = person(&signed_in);
    let begun = drafts::begin(&node, person, Begin::File(text)).await?;
    let id = begun.map_err(|refusal| {
        let (status, text) = write::words_of(refusal);
        Problem::new(status, text)
    })?;
    let opened = opened(&node, &signed_in, id).await?;
    let mut response = draft_answer(&node, &opened, StatusCode::CREATED).await?;
    if let Ok(location) = HeaderValue::try_from(urls::api_draft(id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Converts rich text, as a browser has it on its clipboard, to Markdown. Nothing is kept.
///
/// # Errors
/// 413 for more than 1 MiB, 415 for another media type.
#[utoipa::path(
    post,
    path = "/api/v1/markdown",
    security(("token" = [])),
    responses(
        (status = 200, description = "The Markdown"),
        (status = 413, description = "Too long"),
        (status = 415, description = "Not `text/html`")
    )
)]
pub async fn markdown_of_rich_text(
    _: SignedIn,
    HtmlText(html): HtmlText,
) -> Result<Response, Problem> {
    let markdown = attachments::convert_rich_text(html).await?;
    let too_long = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the text is too long");
    let markdown = markdown.ok_or_else(too_long)?;
    Ok(personal(Json(MarkdownObject { markdown }).into_response()))
}

/// Returns a draft as JSON, or as its file for `Accept: text/markdown`.
///
/// # Errors
/// 404 for a draft that the one who asks may not see.
#[utoipa::path(
    get,
    path = "/api/v1/drafts/{id}",
    security(("token" = [])),
    params(("id" = String, Path, description = "The id of the draft")),
    responses(
        (status = 200, description = "The draft, with its faults"),
        (status = 404, description = "No such draft of the one who asks")
    )
)]
pub async fn read(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let opened = match drafts::open(&node, person(&signed_in), id).await? {
        Found::Open(opened) => opened,
        Found::Published(draft) => {
            let object = DraftObject::new(&node, &draft, None);
            return Ok(tagged(Json(object).into_response(), draft.version));
        }
        Found::Missing => return Err(missing()),
    };
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("text/markdown")) {
        let media = [(header::CONTENT_TYPE, MARKDOWN)];
        let response = (media, opened.content.file()).into_response();
        return Ok(tagged(response, opened.draft.version));
    }
    draft_answer(&node, &opened, StatusCode::OK).await
}

/// Replaces the whole of a draft by a Markdown file.
///
/// # Errors
/// 412 if it was changed since, 428 without `If-Match`.
#[utoipa::path(
    put,
    path = "/api/v1/drafts/{id}",
    security(("token" = [])),
    params(("id" = String, Path, description = "The id of the draft"), ("If-Match" = String, Header, description = "The `ETag` of the version that the change was made from")),
    responses(
        (status = 200, description = "Saved: `warnings` are what may identify a patient, also what can never be published; `faults` are the values that were sent and cannot be published as they are"),
        (status = 412, description = "Changed since"),
        (status = 428, description = "No `If-Match`")
    )
)]
pub async fn replace(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    MarkdownFile(text): MarkdownFile,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let base = if_match(&headers)?;
    save_file(&node, &signed_in, id, base, text).await
}

async fn save_file(
    node: &Node,
    signed_in: &SignedIn,
    id: DocumentId,
    base: u64,
    text: String,
) -> Result<Response, Problem> {
    let outcome = drafts::save_file(node, person(signed_in), id, base, text).await?;
    let remarks = remarks(node, signed_in, id, check::FILE).await?;
    saved(outcome, None, &remarks)
}

/// Saves one section of a draft, as its form sends it.
///
/// # Errors
/// As [`replace`].
#[utoipa::path(
    put,
    path = "/api/v1/drafts/{id}/{section}",
    security(("token" = [])),
    params(("id" = String, Path, description = "The id of the draft"), ("section" = String, Path, description = "The name of the section, or `file`"), ("If-Match" = String, Header, description = "The `ETag` of the version that the change was made from")),
    responses(
        (status = 200, description = "Saved: `warnings` are what may identify a patient, also what can never be published; `faults` are the values that were sent and cannot be published as they are"),
        (status = 409, description = "Waiting for review, or published, or `writer` names another account"),
        (status = 412, description = "Changed since"),
        (status = 415, description = "Not a form")
    )
)]
pub async fn save(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
    SectionForm(pairs): SectionForm,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let base = if_match(&headers)?;
    let sent = Sent(pairs);
    if sent.is_of_another(person(&signed_in)) {
        let why = "someone else has signed in in this browser: sign in again as yourself";
        return Err(Problem::new(StatusCode::CONFLICT, why));
    }
    if name == check::FILE {
        return save_file(&node, &signed_in, id, base, sent.get("file").to_owned()).await;
    }
    let pairs = sent.0;
    let opened = opened(&node, &signed_in, id).await?;
    let form = opened.content.form();
    let section = form.and_then(|form: &Form| form.section(&name));
    let section = section.ok_or_else(|| Problem::not_found("this draft has no such section"))?;
    let html = text_html(&node, id, section, &pairs).await?;
    let outcome = drafts::save_section(&node, person(&signed_in), id, section, base, pairs).await?;
    let remarks = remarks(&node, &signed_in, id, &name).await?;
    saved(outcome, html, &remarks)
}

/// Returns what there is to say about a section that was saved.
async fn remarks(
    node: &Node,
    signed_in: &SignedIn,
    id: DocumentId,
    section: &str,
) -> Result<Remarks, Problem> {
    let Found::Open(opened) = drafts::open(node, person(signed_in), id).await? else {
        return Ok(Remarks::default());
    };
    let mut remarks = drafts::remarks(node, &opened, section).await?;
    if section == check::FILE {
        remarks.findings = drafts::in_file(&opened.content, remarks.findings);
    }
    Ok(remarks)
}

/// Submits a draft for review.
///
/// # Errors
/// 422 with all faults, 412 if it was changed since, 409 if its page was.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{id}/{section}",
    security(("token" = [])),
    params(("id" = String, Path, description = "The id of the draft"), ("section" = String, Path, description = "`submit`"), ("If-Match" = String, Header, description = "The `ETag` of the version that the change was made from")),
    responses(
        (status = 200, description = "Submitted"),
        (status = 404, description = "No such draft or action"),
        (status = 409, description = "Its page has a newer version: put the two together in a browser"),
        (status = 412, description = "Changed since"),
        (status = 422, description = "All `faults`, those of attached files too, and what is still in the words of its origin"),
        (status = 428, description = "No `If-Match`")
    )
)]
pub async fn submit(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    if name != SUBMIT {
        return Err(Problem::not_found("there is no such action"));
    }
    let version = if_match(&headers)?;
    match review::submit(&node, person(&signed_in), id, version).await? {
        SubmitOutcome::Submitted => {
            let opened = opened(&node, &signed_in, id).await?;
            draft_answer(&node, &opened, StatusCode::OK).await
        }
        SubmitOutcome::Faults(checked) => {
            // Its own check: it has the faults of attached files too.
            let opened = opened(&node, &signed_in, id).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            checked_answer(&node, &opened, &checked, status).await
        }
        SubmitOutcome::Theirs(places) => {
            let opened = opened(&node, &signed_in, id).await?;
            let mut checked = review::check(&node, &opened).await?;
            let confirm = |place: Place| Place {
                text: format!(
                    "{}, or submit the draft in a browser and say there that it is true of your organisation",
                    place.text
                ),
                ..place
            };
            checked.advice.retain(|place| !places.contains(place));
            checked.faults.extend(places.into_iter().map(confirm));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            checked_answer(&node, &opened, &checked, status).await
        }
        SubmitOutcome::Changed => Err(stale()),
        SubmitOutcome::Outdated => Err(Problem::new(
            StatusCode::CONFLICT,
            "a newer version of its page is published; put them together in a browser first",
        )),
        SubmitOutcome::Missing => Err(missing()),
    }
}

/// Deletes a draft.
///
/// # Errors
/// 412 if it was changed since.
#[utoipa::path(
    delete,
    path = "/api/v1/drafts/{id}",
    security(("token" = [])),
    params(("id" = String, Path, description = "The id of the draft"), ("If-Match" = String, Header, description = "The `ETag` of the version that the change was made from")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 412, description = "Changed since")
    )
)]
pub async fn delete(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, version) = (parse(&id)?, if_match(&headers)?);
    match drafts::delete(&node, person(&signed_in), id, version).await? {
        Deleted::Done => Ok(personal(StatusCode::NO_CONTENT.into_response())),
        Deleted::Changed => Err(stale()),
        Deleted::Missing => Err(missing()),
    }
}

async fn opened(node: &Node, signed_in: &SignedIn, id: DocumentId) -> Result<Box<Opened>, Problem> {
    match drafts::open(node, person(signed_in), id).await? {
        Found::Open(opened) => Ok(opened),
        Found::Published(_) | Found::Missing => Err(missing()),
    }
}

async fn draft_answer(
    node: &Node,
    opened: &Opened,
    status: StatusCode,
) -> Result<Response, Problem> {
    let checked = drafts::checked(node, opened).await?;
    checked_answer(node, opened, &checked, status).await
}

async fn checked_answer(
    node: &Node,
    opened: &Opened,
    checked: &Checked,
    status: StatusCode,
) -> Result<Response, Problem> {
    let title = drafts::title(node, &opened.content).await?;
    let object = DraftObject::whole(node, opened, checked, title);
    let response = (status, Json(object)).into_response();
    Ok(tagged(response, opened.draft.version))
}
