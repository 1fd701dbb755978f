//! `GET /api/v1/documents/{node}/{id}`.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::front_matter;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use wire::Relation;

use crate::api::objects::{OrganisationObject, ProblemObject, ProvenanceObject};
use node::{
    Node,
    flows::reading::{self, Reading, Shown},
    urls,
};
use pages::{
    answer::json,
    forms,
    problem::Problem,
    requester::Requester,
    text::{clean, one_line},
};

/// A document.
#[derive(Serialize, ToSchema)]
struct DocumentAnswer {
    /// The node that published it.
    node: String,
    /// The node's short name here.
    handle: String,
    /// Its id at that node.
    id: String,
    /// Its revision.
    rev: u64,
    /// Its kind.
    kind: String,
    /// Its title, plain text.
    title: String,
    /// Its summary, plain text.
    summary: String,
    /// Who published it.
    organisation: OrganisationObject,
    /// Its page here.
    url: String,
    /// Its page at its origin.
    origin_url: String,
    /// When it was first published at its origin.
    published: Option<String>,
    /// When it was last updated, as its author says.
    updated: Option<String>,
    /// When it was last reviewed as a whole: a date.
    reviewed: Option<String>,
    /// The front matter, in the vocabulary of the schema.
    #[schema(value_type = Object)]
    front_matter: serde_json::Map<String, serde_json::Value>,
    /// The text, markdown; `null` if the licence allows only its publisher to show it.
    body_md: Option<String>,
    /// Its history, the newest first; empty for documents of other nodes, which keep their own history.
    revisions: Vec<RevisionObject>,
    /// Documents that are related to it, those that a person has named first.
    related: Vec<RelatedObject>,
    /// Where it comes from.
    provenance: DocumentProvenance,
}

/// A document that is related to another one.
#[derive(Serialize, ToSchema)]
struct RelatedObject {
    /// How: it is what this one is `based_on`, says it `tried` or looked at, or `replaces`; it is `adapted` from this one, `about` it, or has `replaced`
    /// it; its text `mentions` this one; or it is `similar`, as this node has learnt from the words of all documents.
    relation: &'static str,
    /// The node that published it.
    node: String,
    /// Its id at that node.
    id: String,
    /// Its title, plain text.
    title: String,
    /// Who published it.
    organisation: OrganisationObject,
    /// Its page here.
    url: String,
}

/// One revision.
#[derive(Serialize, ToSchema)]
struct RevisionObject {
    /// Its number within its epoch.
    rev: u64,
    /// The epoch of the log.
    epoch: u64,
    /// When it was published.
    at: String,
    /// The index of its entry in the log.
    leaf_index: Option<u64>,
    /// The digest of its body.
    digest: String,
}

/// Where a document comes from, and where that can be checked.
#[derive(Serialize, ToSchema)]
struct DocumentProvenance {
    #[serde(flatten)]
    known: ProvenanceObject,
    /// The log.
    origin: Option<String>,
    /// The index of its entry in the log.
    leaf_index: Option<u64>,
    /// The digest of its body.
    digest: Option<String>,
    /// How many entries of the log are verified here.
    log_size: Option<u64>,
    /// The proof of its place in the log, which can be checked without the network.
    proof_url: String,
}

/// Read a document
///
/// Returns a document of this node or of one that it follows: front matter, text, history and provenance.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{node}/{id}",
    params(
        ("node" = String, Path, description = "Node id (`wr1…`) or the node's short name here"),
        ("id" = String, Path, description = "The document's id (a UUID of version 7)")
    ),
    responses(
        (status = 200, description = "The document", body = DocumentAnswer),
        (status = 404, description = "There is no such document here",
            body = ProblemObject, content_type = "application/problem+json"),
        (status = 410, description = "It was withdrawn",
            body = ProblemObject, content_type = "application/problem+json")
    )
)]
pub async fn document(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    Path((handle, id)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    match reading::find(&node, viewer, &handle, &id).await? {
        Reading::Found(shown) => json(&request, &answer_of(&node, &shown)),
        Reading::Gone(tombstone) => Ok(forms::gone(&tombstone)),
        Reading::Moved(_) | Reading::NotFound => Err(forms::missing()),
    }
}

fn answer_of(node: &Node, shown: &Shown) -> DocumentAnswer {
    let document = &shown.document;
    let common = shown.body.common();
    let place = document.provenance.as_ref();
    let path = shown.path();
    DocumentAnswer {
        node: document.owner.node.to_string(),
        handle: document.owner.handle.clone(),
        id: document.id.to_string(),
        rev: document.rev,
        kind: shown.body.kind.as_str().to_owned(),
        title: one_line(&common.title),
        summary: one_line(&common.summary),
        organisation: (&document.owner).into(),
        url: urls::absolute(node, &path),
        origin_url: shown.origin_url.clone(),
        published: document.published.map(|at| at.to_string()),
        updated: common.updated.map(|at| at.to_string()),
        reviewed: common.reviewed.map(|day| day.to_string()),
        front_matter: front_matter::to_json(&shown.body.document, document.id),
        body_md: (!shown.is_withheld()).then(|| clean(&common.body_md)),
        revisions: shown.revisions.iter().map(revision).collect(),
        related: related(node, shown),
        provenance: DocumentProvenance {
            known: shown.provenance.into(),
            origin: place.map(|place| place.origin.clone()),
            leaf_index: place.map(|place| place.leaf_index),
            digest: place
                .and_then(|place| place.digest)
                .map(|digest| digest.to_string()),
            log_size: place.map(|place| place.log_size),
            proof_url: urls::absolute(node, &urls::Form::Proof.address(&path)),
        },
    }
}

fn related(node: &Node, shown: &Shown) -> Vec<RelatedObject> {
    let about = shown.about.iter().map(|card| ("tried", card));
    let listed = [("based_on", &shown.based_on), ("replaces", &shown.replaces)];
    let named = listed
        .into_iter()
        .flat_map(|(relation, cards)| cards.iter().map(move |card| (relation, card)));
    let back_links = shown.back_links.iter().map(|link| {
        let relation = match link.relation {
            Relation::Replaces => "replaced",
            Relation::BasedOn => "adapted",
            Relation::About => "about",
        };
        (relation, &link.card)
    });
    let mentions = shown.mentions.iter().map(|card| ("mentions", card));
    let similar = shown.similar.iter().map(|card| ("similar", card));
    let all = about
        .chain(named)
        .chain(back_links)
        .chain(mentions)
        .chain(similar);
    all.map(|(relation, card)| RelatedObject {
        relation,
        node: card.owner.node.to_string(),
        id: card.id.to_string(),
        title: one_line(&card.title),
        organisation: (&card.owner).into(),
        url: urls::absolute(node, &urls::card(card)),
    })
    .collect()
}

fn revision(revision: &store::Revision) -> RevisionObject {
    RevisionObject {
        rev: revision.rev,
        epoch: revision.epoch,
        at: revision.at.to_string(),
        leaf_index: revision.leaf_index,
        digest: revision.digest.to_string(),
    }
}
