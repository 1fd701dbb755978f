//! The rows beside a document's row that hold words of it: references and attachments.
//!
//! They exist for live documents only, and leave with the words.

use wire::DocumentId;

use crate::{
    StoreError,
    documents::{Attachment, Reference},
    engine::{Db, Value, Values, values},
};

mod sql {
    use crate::engine::statements;

    statements! {
        FORGET_REFERENCES = "DELETE FROM document_references WHERE node_seq = $1 AND id IN ({#})";
        FORGET_ATTACHMENTS = "DELETE FROM attachments WHERE node_seq = $1 AND id IN ({#})";
        REFER = "INSERT INTO document_references (node_seq, id, relation, target_node, target_id) VALUES {($1, #, #, #, #)}
            ON CONFLICT DO NOTHING";
        ATTACH = "INSERT INTO attachments (node_seq, id, position, digest, len, type, name, alt)
            VALUES {($1, #, #, #, #, #, #, #)}";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

/// Forgets the references and attachments of documents.
pub(crate) async fn forget(
    db: &mut Db,
    node_seq: i64,
    ids: Vec<Values<'_>>,
) -> Result<(), StoreError> {
    db.run_many(
        sql::FORGET_REFERENCES,
        &[Value::from(node_seq)],
        ids.clone(),
    )
    .await?;
    db.run_many(sql::FORGET_ATTACHMENTS, &[Value::from(node_seq)], ids)
        .await?;
    Ok(())
}

/// Writes the references and attachments of documents that have none yet.
pub(crate) async fn link(
    db: &mut Db,
    node_seq: i64,
    documents: &[(DocumentId, Vec<Reference>, Vec<Attachment>)],
) -> Result<(), StoreError> {
    let mut references = Vec::new();
    let mut attachments = Vec::new();
    for (id, referred, attached) in documents {
        for reference in referred {
            references.push(values![
                *id,
                reference.relation.as_str(),
                &reference.node,
                reference.id
            ]);
        }
        for (position, attachment) in (0_i64..).zip(attached) {
            attachments.push(values![
                *id,
                position,
                &attachment.digest,
                attachment.len,
                attachment.media_type.as_str(),
                attachment.name.as_str(),
                attachment.alt.as_deref()
            ]);
        }
    }
    db.run_many(sql::REFER, &[Value::from(node_seq)], references)
        .await?;
    db.run_many(sql::ATTACH, &[Value::from(node_seq)], attachments)
        .await?;
    Ok(())
}
