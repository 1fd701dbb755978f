//! The columns that the database stores next to a body, made from the body itself.
//!
//! This node's documents and peers' go through the same function, so that both are shown and found in the same way. A body
//! that was read holds no NUL and keeps the limits of the wire, which the database relies on.

use domain::{Body, Card, vocabulary::Term as _};
use markdown::{DOCUMENT_LINK, Extract};
use store::{Attachment, Fields};
use wire::{DocumentId, DocumentRef, NodeId};

/// Documents that one text is listed as linking to.
const MAX_MENTIONS: usize = 100;

/// Returns the columns of a body of `node`, of whose text `extract` is the extract.
#[must_use]
pub fn fields(body: &Body, extract: &Extract, node: &NodeId) -> Fields {
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
        expected_by: card.expected_by,
        references: body.references(node),
        mentions: mentions(&extract.destinations, node),
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

/// Returns the documents to which the links of a text of `node` lead.
fn mentions(destinations: &[String], node: &NodeId) -> Vec<DocumentRef> {
    let mut found: Vec<DocumentRef> = Vec::new();
    let documents = destinations
        .iter()
        .filter_map(|destination| destination.strip_prefix(DOCUMENT_LINK));
    for rest in documents {
        let mut parts = rest.split(['/', '?', '#']);
        let first = parts.next().unwrap_or_default();
        let other = match DocumentId::parse(first) {
            Some(id) => Some(DocumentRef {
                node: node.clone(),
                id,
            }),
            None => DocumentRef::parse(&format!("{first}/{}", parts.next().unwrap_or_default())),
        };
        if let Some(other) = other.filter(|other| !found.contains(other)) {
            found.push(other);
        }
        if found.len() == MAX_MENTIONS {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;

    #[test]
    fn links_to_documents_here_and_at_other_nodes_are_mentions() {
        let own = NodeId::for_text(b"own");
        let other = NodeId::for_text(b"other");
        let id = DocumentId::generate(Timestamp::from_secs(1_790_000_000), [7; 10]);
        let mention = |node: &NodeId| DocumentRef {
            node: node.clone(),
            id,
        };
        for (md, expected) in [
            (format!("[a](/d/{id})"), vec![mention(&own)]),
            (
                format!("[a](/d/{id}#top) [b](/d/{id})"),
                vec![mention(&own)],
            ),
            (format!("[a](/d/{other}/{id})"), vec![mention(&other)]),
            (format!("`[a](/d/{id})` /d/{id}"), vec![]),
            (
                format!("[a](https://evil.example/d/{id}) [b](/d/zz1/{id})"),
                vec![],
            ),
            ("nothing".to_owned(), vec![]),
        ] {
            let extract = markdown::extract(&md);
            assert_eq!(mentions(&extract.destinations, &own), expected, "{md}");
        }
    }
}
