//! Drafts and what is wrong with them, as JSON.

use axum::{
    body::Bytes,
    extract::{Form, FromRequest, Request},
};
use drafting::{Checked, Pairs, Place};
use http::{StatusCode, header};
use node::{Node, urls};
use pages::problem::Problem;
use people::drafts::Opened;
use serde::Serialize;
use store::WrittenDraft;
use wire::DocumentId;

/// The text of a Markdown file that was sent.
#[derive(Debug)]
pub struct MarkdownFile(pub String);

impl<S: Send + Sync> FromRequest<S> for MarkdownFile {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media = request.headers().get(header::CONTENT_TYPE);
        let media = media.and_then(|value| value.to_str().ok());
        if !media.is_some_and(|media| media.starts_with("text/markdown")) {
            let text = "send the draft as `text/markdown`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        let body = Bytes::from_request(request, state).await;
        let body =
            body.map_err(|error| Problem::new(error.status(), "the file could not be read"))?;
        let text = std::str::from_utf8(&body)
            .map_err(|_| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the file is not UTF-8"))?;
        Ok(Self(text.to_owned()))
    }
}

/// A section that was sent, as its form sends it.
#[derive(Debug)]
pub struct SectionForm(pub Pairs);

impl<S: Send + Sync> FromRequest<S> for SectionForm {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let form = Form::<Pairs>::from_request(request, state).await;
        let Form(pairs) = form.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the section is too long")
            }
            status => Problem::new(
                status,
                "send the section as `application/x-www-form-urlencoded`, in UTF-8",
            ),
        })?;
        Ok(Self(pairs))
    }
}

/// Rich text that was sent.
#[derive(Debug)]
pub struct HtmlText(pub String);

impl<S: Send + Sync> FromRequest<S> for HtmlText {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media = request.headers().get(header::CONTENT_TYPE);
        let media = media.and_then(|value| value.to_str().ok());
        if !media.is_some_and(|media| media.starts_with("text/html")) {
            let text = "send the rich text as `text/html`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        let body = Bytes::from_request(request, state).await;
        let body =
            body.map_err(|error| Problem::new(error.status(), "the text could not be read"))?;
        Ok(Self(String::from_utf8_lossy(&body).into_owned()))
    }
}

/// What rich text becomes.
#[derive(Serialize)]
pub(super) struct MarkdownObject {
    pub(super) markdown: String,
}

/// A draft in JSON.
#[derive(Serialize)]
pub(super) struct DraftObject {
    id: DocumentId,
    document: DocumentId,
    kind: String,
    state: &'static str,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    changed: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    faults: Option<Vec<PlaceObject>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<Vec<PlaceObject>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<PlaceObject>>,
}

/// A fault, and where it is.
#[derive(Serialize)]
pub(super) struct PlaceObject {
    section: &'static str,
    /// What people call the section.
    section_title: &'static str,
    field: String,
    line: Option<u32>,
    text: String,
}

/// What a save answers.
#[derive(Serialize)]
pub(super) struct SavedObject {
    pub(super) version: u64,
    pub(super) saved: String,
    /// The text of the section as readers will see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) html: Option<String>,
    /// What may identify a patient, also what can never be published.
    pub(super) warnings: Vec<PlaceObject>,
    /// What was typed and cannot be published as it is.
    pub(super) faults: Vec<PlaceObject>,
}

impl From<&Place> for PlaceObject {
    fn from(place: &Place) -> Self {
        Self {
            section: place.section,
            section_title: place.title,
            field: place.field.clone(),
            line: place.line,
            text: place.text.clone(),
        }
    }
}

impl PlaceObject {
    pub(super) fn list(places: &[Place]) -> Vec<Self> {
        places.iter().map(Self::from).collect()
    }
}

impl DraftObject {
    pub(super) fn new(node: &Node, draft: &WrittenDraft, title: Option<String>) -> Self {
        Self {
            id: draft.id,
            document: draft.document,
            kind: draft.kind.clone(),
            state: draft.state.as_str(),
            version: draft.version,
            title,
            changed: draft.changed_at.to_string(),
            url: urls::absolute(node, &urls::draft(draft.id)),
            text: None,
            faults: None,
            advice: None,
            warnings: None,
        }
    }

    pub(super) fn whole(node: &Node, opened: &Opened, checked: &Checked, title: String) -> Self {
        let places = |places: &[Place]| Some(PlaceObject::list(places));
        Self {
            text: Some(opened.content.file()),
            faults: places(&checked.faults),
            advice: places(&checked.advice),
            warnings: Some(checked.warned().map(PlaceObject::from).collect()),
            ..Self::new(node, &opened.draft, Some(title))
        }
    }
}
