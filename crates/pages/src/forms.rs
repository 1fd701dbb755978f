//! One document in forms other than its page: markdown, JSON with its signed parts, and the proof of its place in the
//! log.

use axum::response::{IntoResponse, Redirect, Response};
use citing::datacite;
use domain::front_matter;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use wire::{DocumentId, Viewer};

use crate::{
    answer::{answer, json},
    brief,
    problem::Problem,
    text::{clean, one_line},
};
use node::{
    Node,
    flows::reading::{self, Reading, Shown, Tombstone},
    urls::{self, Form},
};

/// A document with everything that its signature covers, so that the holder of a copy can check it: the
/// bytes of `body` hash to `digest`, `leaf` names that digest, and the proof leads from `leaf` to a signed
/// checkpoint.
#[derive(Serialize)]
struct Signed<'a> {
    node: String,
    id: DocumentId,
    rev: u64,
    title: &'a str,
    organisation: Named<'a>,
    url: String,
    origin_url: &'a str,
    provenance: Provenance,
    origin: &'a str,
    epoch: u64,
    leaf_index: u64,
    digest: Option<String>,
    /// The entry of the log, byte for byte.
    leaf: Option<String>,
    /// The body, byte for byte; absent where the licence lets only its origin show the text.
    body: Option<&'a str>,
    proof_url: String,
}

#[derive(Serialize)]
struct Named<'a> {
    ods: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
struct Provenance {
    state: &'static str,
    pulled: Option<String>,
}

/// Answers `/d/{handle}/{id}/{last}` where the last part asks for another form than the page; `None` for
/// the page.
///
/// # Errors
/// 404 for a document that does not exist, 410 for one that was withdrawn, else of the database.
pub async fn form(
    node: &Node,
    wanted: &Wanted<'_>,
    request: &HeaderMap,
) -> Option<Result<Response, Problem>> {
    let last = wanted.slug.unwrap_or(wanted.id);
    let (rest, form) = Form::split(last)?;
    let wanted = match wanted.slug {
        Some(_) => Wanted {
            slug: Some(rest),
            ..*wanted
        },
        None => Wanted {
            id: rest,
            ..*wanted
        },
    };
    Some(serve(node, wanted, form, request).await)
}

/// A document as its address names it.
pub struct Wanted<'a> {
    /// The viewer who requests it.
    pub viewer: Viewer,
    /// Short local name or id of its node.
    pub handle: &'a str,
    /// Its id.
    pub id: &'a str,
    /// The words of its title, where the address has them.
    pub slug: Option<&'a str>,
}

async fn serve(
    node: &Node,
    wanted: Wanted<'_>,
    form: Form,
    request: &HeaderMap,
) -> Result<Response, Problem> {
    match reading::document(node, wanted.viewer, wanted.handle, wanted.id, wanted.slug).await? {
        Reading::Found(shown) => found(node, &shown, form, request).await,
        // Not permanent, as for its page.
        Reading::Moved(path) => Ok(Redirect::temporary(&form.address(&path)).into_response()),
        Reading::Gone(tombstone) => Ok(gone(&tombstone)),
        Reading::NotFound => Err(missing()),
    }
}

/// Returns the answer to a request for a document that does not exist.
#[must_use]
pub fn missing() -> Problem {
    Problem::not_found("there is no such document here")
}

/// Returns the answer to a request for a withdrawn document: 410, with none of its text.
#[must_use]
pub fn gone(tombstone: &Tombstone) -> Response {
    let detail = format!(
        "this document was withdrawn by {} on {}{}",
        one_line(&tombstone.organisation),
        tombstone.withdrawn.date(),
        match tombstone.why.as_deref() {
            Some(why) => format!(" (reason: {why})"),
            None => String::new(),
        }
    );
    let mut response = Problem::new(StatusCode::GONE, detail).into_response();
    response.headers_mut().insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, noarchive"),
    );
    response
}

async fn found(
    node: &Node,
    shown: &Shown,
    form: Form,
    request: &HeaderMap,
) -> Result<Response, Problem> {
    let mut response = match form {
        Form::Markdown => {
            let text = clean(&markdown_of(node, shown));
            answer(request, "text/markdown; charset=utf-8", text.into_bytes())
        }
        Form::Json => signed(node, shown, request).await?,
        Form::Proof => proof(node, shown, request).await?,
        Form::DataCite => {
            let bytes = serde_json::to_vec(&datacite::datacite(shown))
                .map_err(|error| Problem::internal(&error))?;
            answer(request, datacite::MEDIA_TYPE, bytes)
        }
        Form::Brief => brief(node, shown, request),
    };
    // Search engines show the page, and of a copy the page at its origin.
    response.headers_mut().insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    Ok(response)
}

/// Returns a document as a file. Its links to documents of the same node become absolute, since a relative
/// link does not work in a file.
fn markdown_of(node: &Node, shown: &Shown) -> String {
    let mut document = shown.body.document.clone();
    document.common.body_md = if shown.is_withheld() {
        format!(
            "The licence of this document allows only its publisher to show the text. Read it at <{}>.\n",
            shown.origin_url
        )
    } else {
        markdown::rewrite_links(&document.common.body_md, |link| {
            let (id, fragment) = link.split_at(link.find('#').unwrap_or(link.len()));
            let id = DocumentId::parse(id.strip_prefix(markdown::DOCUMENT_LINK)?)?;
            let is_missing = fragment
                .trim_start_matches('#')
                .starts_with(markdown::MISSING_PART);
            let fragment = if is_missing { "" } else { fragment };
            let handle = &shown.document.owner.handle;
            Some(urls::absolute(
                node,
                &format!("{}{fragment}", urls::document_by_id(handle, id)),
            ))
        })
    };
    front_matter::write_file(&document, Some(shown.document.id))
}

/// Answers with a brief of one page, which a browser keeps under the words of the title.
fn brief(node: &Node, shown: &Shown, request: &HeaderMap) -> Response {
    let paper = brief::brief(shown, &node.current().site.name, node.now());
    let mut response = answer(request, brief::MEDIA_TYPE, office::write_docx(&paper));
    let name = Form::Brief.address(&shown.slug());
    let kept = format!("attachment; filename=\"{name}\"");
    if let Ok(kept) = HeaderValue::try_from(kept) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, kept);
    }
    response
}

async fn signed(node: &Node, shown: &Shown, request: &HeaderMap) -> Result<Response, Problem> {
    let document = &shown.document;
    let (Some(text), Some(place)) = (&document.text, &document.provenance) else {
        return Err(missing());
    };
    let inclusion = node
        .store
        .inclusion(document.owner.node_seq, place.epoch, place.leaf_index)
        .await?;
    let body = (!shown.is_withheld())
        .then(|| std::str::from_utf8(&text.body).ok())
        .flatten();
    let path = shown.path();
    let signed = Signed {
        node: document.owner.node.to_string(),
        id: document.id,
        rev: document.rev,
        title: &text.title,
        organisation: Named {
            ods: document.owner.ods.as_deref(),
            name: &document.owner.organisation,
        },
        url: urls::absolute(node, &path),
        origin_url: &shown.origin_url,
        provenance: Provenance {
            state: shown.provenance.state.as_str(),
            pulled: shown.provenance.pulled.map(|at| at.to_string()),
        },
        origin: &place.origin,
        epoch: place.epoch,
        leaf_index: place.leaf_index,
        digest: place.digest.map(|digest| digest.to_string()),
        leaf: inclusion.and_then(|found| String::from_utf8(found.entry).ok()),
        body,
        proof_url: urls::absolute(node, &Form::Proof.address(&path)),
    };
    json(request, &signed)
}

async fn proof(node: &Node, shown: &Shown, request: &HeaderMap) -> Result<Response, Problem> {
    let document = &shown.document;
    let place = document.provenance.as_ref().ok_or_else(missing)?;
    let inclusion = node
        .store
        .inclusion(document.owner.node_seq, place.epoch, place.leaf_index)
        .await?;
    let found = inclusion.ok_or_else(|| {
        Problem::not_found("there is no checkpoint that covers this document yet")
    })?;
    let text = ledger::proof::encode(place.leaf_index, &found.entry, &found.proof, &found.note);
    Ok(answer(
        request,
        "text/plain; charset=utf-8",
        text.into_bytes(),
    ))
}
