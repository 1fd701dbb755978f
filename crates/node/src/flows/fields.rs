//! The columns that the database stores next to a body, made from the body itself.
//!
//! This node's documents and peers' go through the same function, so that both are shown and found in the same way. A body
//! that was read holds no NUL and keeps the limits of the wire, which the database relies on.

use domain::{Body, Card, vocabulary::Term as _};
use store::{Attachment, Fields};
use wire::NodeId;

/// Returns the columns of a body of `node`.
#[must_use]
pub fn fields(body: &Body, node: &NodeId) -> Fields {
    let common = body.common();
    let card = Card::new(body, markdown::plain_text);
    Fields {
        kind: body.kind.as_str().to_owned(),
        visibility: common.visibility,
        title: common.title.clone(),
        slug: card.slug.clone(),
        summary: Some(card.summary.clone()).filter(|text| !text.is_empty()),
        card: card.to_json(),
        lang: Some(common.lang.clone()),
        licence: Some(common.licence.as_str().to_owned()),
        updated: common.updated,
        reviewed: common.reviewed.map(|day| day.start()),
        review_by: common.review_by,
        references: body.references(node),
        attachments: common
            .attachments
            .iter()
            .map(|attachment| Attachment {
                digest: attachment.digest,
                len: attachment.len,
            })
            .collect(),
    }
}
