//! What the API answers to a save.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use drafting::Pairs;
use http::StatusCode;
use node::{Node, NodeError, work::spawn_blocking};
use pages::problem::Problem;
use people::drafts::{LinkNames, Remarks, SaveOutcome};
use wire::{DocumentId, Timestamp};

use super::{
    answers::{missing, stale, tagged},
    objects::{PlaceObject, SavedObject},
};

/// Renders the parts of the text among what was typed into a section.
pub(super) async fn text_html(
    node: &Node,
    draft: DocumentId,
    section: &drafting::Section,
    pairs: &Pairs,
) -> Result<Option<String>, Problem> {
    let fields = section.fields.iter().filter(|field| field.is_text());
    let texts: Vec<String> = fields
        .filter_map(|field| pairs.iter().find(|(name, _)| name == field.name))
        .map(|(_, text)| text.clone())
        .collect();
    if texts.is_empty() {
        return Ok(None);
    }
    let names = LinkNames::for_text(node, draft, &texts.join("\n\n")).await?;
    let html = spawn_blocking(move || {
        let html = texts.iter().map(|text| names.render(text, None).html);
        html.collect::<String>()
    });
    Ok(Some(html.await.map_err(NodeError::from)?))
}

/// Answers a save: with the version that has it and what there is to say about it, or why nothing was saved.
pub(super) fn saved(
    outcome: SaveOutcome,
    html: Option<String>,
    remarks: &Remarks,
) -> Result<Response, Problem> {
    let answer = |version: u64, at: Timestamp| {
        let saved = at.to_string();
        let object = SavedObject {
            version,
            saved,
            html,
            warnings: PlaceObject::list(&remarks.findings),
            faults: PlaceObject::list(&remarks.faults),
        };
        tagged(Json(object).into_response(), version)
    };
    match outcome {
        SaveOutcome::Saved { version, at } => Ok(answer(version, at)),
        SaveOutcome::Conflict(_) => Err(stale()),
        SaveOutcome::Waiting(_) => Err(Problem::new(
            StatusCode::CONFLICT,
            "the draft waits for review; take it back to change it",
        )),
        SaveOutcome::Published(_) => Err(Problem::new(
            StatusCode::CONFLICT,
            "the draft is published; begin a new one to change it",
        )),
        SaveOutcome::Unreadable(_, fault) => Err(Problem::new(
            StatusCode::CONFLICT,
            format!("the front matter of the draft cannot be read: {fault}"),
        )),
        SaveOutcome::TooLong(_) => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the draft is too long",
        )),
        SaveOutcome::Missing => Err(missing()),
    }
}
