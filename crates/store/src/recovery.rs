//! Refilling this node's own log and documents from what peers hold of them, after a loss.
//!
//! The entries come as a [`Verified`] extension of what is held, exactly as those of a peer: this node's own keys have
//! signed their root. The bodies follow by the same way. What peers never had is not brought back: earlier revisions,
//! private parts, and documents for this organisation only.

use std::collections::HashSet;

use async_recursion::async_recursion as boxed;
use ledger::{extend::Verified, leaf::Leaf};
use wire::{DocumentId, Timestamp};

use crate::{
    Room, StoreError, changes,
    engine::{Db, Store, Value, values},
    log,
    nodes::OWN,
    pull, staging,
    taking::Taking,
    withdraw,
};

mod sql {
    use crate::engine::statements;

    statements! {
        REVISIONS = "INSERT INTO revisions (log_seq, at, id, rev, leaf_index, digest) VALUES {($1, $2, #, #, #, #)}
            ON CONFLICT DO NOTHING";
        WORDS = "UPDATE revisions SET text_seq = (SELECT d.text_seq FROM documents d WHERE d.node_seq = 1 AND d.id = revisions.id)
            WHERE text_seq IS NULL AND EXISTS (SELECT 1 FROM documents d WHERE d.node_seq = 1 AND d.id = revisions.id
                AND d.rev = revisions.rev AND d.log_seq = revisions.log_seq AND d.state = 'live' AND d.text_seq IS NOT NULL)";
        LATER = "SELECT seq FROM logs WHERE node_seq = 1 AND epoch > $1";
        MISSING = "SELECT COUNT(*) FROM documents WHERE node_seq = 1 AND state IN ('pending', 'unavailable')";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

/// What an extension of this node's own log has brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefilledLog {
    /// Entries.
    pub entries: u64,
    /// Documents of which it has the first revision and the withdrawal: nothing here knows which files they were made of.
    pub ended: Vec<DocumentId>,
}

impl Store {
    /// Takes a verified extension of this node's own log in, all of it or nothing. `bundles` holds its entries.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the log has moved on since the extension began, [`StoreError::Corrupt`] when the bundles
    /// are not the verified ones.
    #[boxed]
    pub async fn record_recovery(
        &self,
        epoch: u64,
        verified: &Verified,
        bundles: &[(u64, Vec<u8>)],
        now: Timestamp,
    ) -> Result<RefilledLog, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let origin = verified.checkpoint().origin.to_string();
        let mut head = log::ensure(&mut db, OWN, epoch, &origin).await?;
        if head.size != verified.from() {
            return Err(StoreError::Stale {
                what: origin,
                held: head.size,
            });
        }
        let later = db.rows::<(i64,)>(sql::LATER, values![epoch]).await?;
        let later = later.into_iter().map(|(seq,)| seq).collect();
        let mut taking = Taking::keeping_history(head.seq, later, now);
        let room = Room {
            documents: u64::MAX / 4,
            bytes: u64::MAX / 4,
        };
        pull::extend(&mut db, &head, verified, bundles, room, &mut taking).await?;
        record_accepted(&mut db, head.seq, now, &taking.accepted).await?;
        staging::drop_all(&mut db, head.seq).await?;
        head.move_to(verified);
        log::save_head(&mut db, &head).await?;
        db.commit().await?;
        Ok(RefilledLog {
            entries: taking.outcome.entries,
            ended: ended(&taking.accepted),
        })
    }

    /// Gives the recovered bodies to the revisions that the feed serves them from; returns how many bodies are still
    /// missing.
    #[boxed]
    pub async fn adopt_recovered_bodies(&self) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        db.run(sql::WORDS, values![]).await?;
        let (missing,) = db.one::<(i64,)>(sql::MISSING, values![]).await?;
        db.commit().await?;
        Ok(u64::try_from(missing).unwrap_or(0))
    }
}

/// Returns the documents that begin and end in some entries, in the order of their withdrawals.
fn ended(accepted: &[(u64, Leaf)]) -> Vec<DocumentId> {
    let leaves = || accepted.iter().map(|(_, leaf)| leaf);
    let begun: HashSet<DocumentId> = leaves()
        .filter(|leaf| matches!(leaf, Leaf::Put { rev: 1, .. }))
        .map(Leaf::id)
        .collect();
    leaves()
        .filter(|leaf| matches!(leaf, Leaf::Withdraw { .. }) && begun.contains(&leaf.id()))
        .map(Leaf::id)
        .collect()
}

/// Records the revisions that were published, and erases all words of what was withdrawn.
async fn record_accepted(
    db: &mut Db,
    log_seq: i64,
    now: Timestamp,
    accepted: &[(u64, Leaf)],
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (index, leaf) in accepted {
        match leaf {
            Leaf::Put { id, rev, doc, .. } => rows.push(values![*id, *rev, *index, doc]),
            Leaf::Withdraw { id, .. } => {
                withdraw::forget(db, *id).await?;
            }
        }
    }
    let shared = [Value::from(log_seq), Value::from(now)];
    db.run_many(sql::REVISIONS, &shared, rows).await?;
    Ok(())
}
