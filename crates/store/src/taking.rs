//! What a stretch of a peer's entries changes: each is judged in its order, then the rows are written.
//!
//! Erasures come first. The log itself is appended by `pull`.

use std::collections::HashMap;

use ledger::leaf::{self, Entry, Leaf, Verdict};
use wire::{DocumentId, Timestamp};

use crate::{
    StoreError, changes,
    documents::DocumentState,
    engine::{Db, Value, signed, values},
    nodes::OWN,
    record::records,
    room::Added,
    texts::{self, Words},
};

/// What a pull did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PullOutcome {
    /// Entries taken in.
    pub entries: u64,
    /// Withdrawals that took effect.
    pub withdrawn: u64,
    /// Whether words were erased, so that `erase` has to follow.
    pub erased: bool,
}

mod sql {
    use crate::engine::statements;

    statements! {
        HELD = "SELECT id, state, rev, len, log_seq, text_seq, change_seq IS NOT NULL AS known FROM documents WHERE node_seq = $1 AND id IN ({#})";
        PUT = "INSERT INTO documents (node_seq, log_seq, state, first_seen, changed_at, tries, id, rev, leaf_index, digest, len,
                published, change_seq)
            VALUES {($1, $2, 'pending', $3, $3, 0, #, #, #, #, #, #, #)}
            ON CONFLICT (node_seq, id) DO UPDATE SET log_seq = excluded.log_seq, state = 'pending', changed_at = excluded.changed_at,
                rev = excluded.rev, leaf_index = excluded.leaf_index, digest = excluded.digest, len = excluded.len,
                published = COALESCE(documents.published, excluded.published), change_seq = excluded.change_seq, text_seq = NULL,
                kind = NULL, visibility = NULL, lang = NULL, licence = NULL, updated = NULL, reviewed = NULL, review_by = NULL,
                public_until = CASE WHEN documents.visibility = 'public'
                    OR (documents.state <> 'live' AND documents.public_until = documents.changed_at)
                    THEN excluded.changed_at ELSE documents.public_until END,
                sort_at = NULL, why = NULL, fault = NULL, next_try = NULL, tries = 0";
        TOMBSTONE = "INSERT INTO documents (node_seq, log_seq, state, first_seen, changed_at, tries, id, rev, leaf_index, why, change_seq)
            VALUES {($1, $2, 'withdrawn', $3, $3, 0, #, #, #, #, #)}
            ON CONFLICT (node_seq, id) DO UPDATE SET log_seq = excluded.log_seq, state = 'withdrawn', changed_at = excluded.changed_at,
                rev = excluded.rev, leaf_index = excluded.leaf_index, why = excluded.why, change_seq = excluded.change_seq,
                text_seq = NULL, digest = NULL, len = NULL, kind = NULL, visibility = NULL, lang = NULL, licence = NULL,
                updated = NULL, reviewed = NULL, review_by = NULL, sort_at = NULL, fault = NULL, next_try = NULL, tries = 0";
        QUARANTINE = "INSERT INTO quarantine (log_seq, at, leaf_index, id, reason) VALUES {($1, $2, #, #, #)}
            ON CONFLICT (log_seq, leaf_index) DO NOTHING";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

records! {
    /// What is held of an id.
    struct Held from HeldRow {
        pub id: DocumentId,
        pub state: DocumentState,
        pub rev: u64,
        pub len: Option<u64>,
        pub log_seq: Option<i64>,
        pub text_seq: Option<i64>,
        pub known: bool,
    }
}

/// What is held of an id while a stretch is judged.
#[derive(Clone, Copy)]
struct Known {
    held: leaf::Held,
    /// Bytes of its body, if it counts as held before the stretch.
    body_bytes: Option<u64>,
    /// Its words, which the next put or withdrawal erases.
    text_seq: Option<i64>,
    /// Whether an index has heard of it.
    indexed: bool,
    /// Whether it is a document of a later log than the one that is read: this node's own that is refilled.
    is_later: bool,
}

/// Takes in the entries of a node in one transaction.
pub(crate) struct Taking {
    pub(crate) node_seq: i64,
    pub(crate) log_seq: i64,
    pub(crate) now: Timestamp,
    /// Whether nothing at all was held of the node, so that there is nothing to look up.
    pub(crate) fresh: bool,
    pub(crate) outcome: PullOutcome,
    /// What the entries so far add to what the node uses.
    pub(crate) added: Added,
    /// What was accepted, in order, where the history of revisions is kept: of this node's own log.
    pub(crate) accepted: Vec<(u64, Leaf)>,
    keeps_history: bool,
    /// The logs of later epochs, where the history is kept.
    later_logs: Vec<i64>,
}

impl Taking {
    /// Returns one that has taken nothing in yet, of a node of which something may be held.
    pub(crate) fn new(node_seq: i64, log_seq: i64, now: Timestamp) -> Self {
        Self {
            node_seq,
            log_seq,
            now,
            fresh: false,
            outcome: PullOutcome::default(),
            added: Added::default(),
            accepted: Vec::new(),
            keeps_history: false,
            later_logs: Vec::new(),
        }
    }

    /// Returns one for a log of this node: it collects what is accepted, and the words of earlier revisions stay. What
    /// `later_logs` say of a document counts more.
    pub(crate) fn keeping_history(log_seq: i64, later_logs: Vec<i64>, now: Timestamp) -> Self {
        Self {
            keeps_history: true,
            later_logs,
            ..Self::new(OWN, log_seq, now)
        }
    }

    /// Judges the entries of one stretch in their order, and writes the results.
    pub(crate) async fn apply(
        &mut self,
        db: &mut Db,
        entries: Vec<(u64, Entry)>,
    ) -> Result<(), StoreError> {
        self.outcome.entries += u64::try_from(entries.len()).unwrap_or(0);
        let mut known = self.known(db, &entries).await?;
        let mut puts: HashMap<DocumentId, (u64, Leaf)> = HashMap::new();
        let mut withdrawn: HashMap<DocumentId, (u64, Leaf)> = HashMap::new();
        let mut refused = Vec::new();
        for (index, entry) in entries {
            let leaf = match entry {
                Entry::Leaf(leaf) => leaf,
                Entry::Skipped => continue,
                Entry::Bad(reason) => {
                    refused.push(values![index, None::<String>, reason]);
                    continue;
                }
            };
            let id = leaf.id();
            let state = known.entry(id).or_insert(Known {
                held: leaf::Held::Never,
                body_bytes: None,
                text_seq: None,
                indexed: false,
                is_later: false,
            });
            // What a later log says of a document counts, unless it was withdrawn.
            if state.is_later && matches!(leaf, Leaf::Put { .. }) {
                continue;
            }
            match leaf::judge(state.held, &leaf) {
                Verdict::Put => {
                    state.held = leaf::Held::Live { rev: leaf.rev() };
                    self.keep(index, &leaf);
                    puts.insert(id, (index, leaf));
                }
                Verdict::Withdraw => {
                    state.held = leaf::Held::Withdrawn { rev: leaf.rev() };
                    self.outcome.withdrawn += 1;
                    self.keep(index, &leaf);
                    puts.remove(&id);
                    withdrawn.insert(id, (index, leaf));
                }
                Verdict::Again => {}
                Verdict::Quarantine(reason) => refused.push(values![index, id, reason]),
            }
        }
        self.count(&known, &puts, &withdrawn);
        self.erase(db, &known, puts.keys().chain(withdrawn.keys()))
            .await?;
        self.write_withdrawn(db, withdrawn).await?;
        self.write_puts(db, &known, puts).await?;
        let shared = [Value::from(self.log_seq), Value::from(self.now)];
        db.run_many(sql::QUARANTINE, &shared, refused).await?;
        Ok(())
    }

    fn keep(&mut self, index: u64, leaf: &Leaf) {
        if self.keeps_history {
            self.accepted.push((index, *leaf));
        }
    }

    /// Counts what a stretch adds to what the node uses.
    fn count(
        &mut self,
        known: &HashMap<DocumentId, Known>,
        puts: &HashMap<DocumentId, (u64, Leaf)>,
        withdrawn: &HashMap<DocumentId, (u64, Leaf)>,
    ) {
        for (id, (_, leaf)) in puts.iter().chain(withdrawn) {
            let before = known.get(id).and_then(|known| known.body_bytes);
            let after = match leaf {
                Leaf::Put { len, .. } => Some(*len),
                Leaf::Withdraw { .. } => None,
            };
            self.added.count(before, after);
        }
    }

    /// Looks up what is held of the ids of a stretch.
    async fn known(
        &self,
        db: &mut Db,
        entries: &[(u64, Entry)],
    ) -> Result<HashMap<DocumentId, Known>, StoreError> {
        let mut known = HashMap::with_capacity(entries.len());
        if self.fresh && entries.first().is_some_and(|(index, _)| *index == 0) {
            return Ok(known);
        }
        let mut ids: Vec<DocumentId> = entries
            .iter()
            .filter_map(|(_, entry)| match entry {
                Entry::Leaf(leaf) => Some(leaf.id()),
                _ => None,
            })
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let keys = ids.into_iter().map(|id| values![id]).collect();
        let rows: Vec<Held> = db
            .records_of_many(sql::HELD, &[Value::from(self.node_seq)], keys)
            .await?;
        for row in rows {
            let held = match row.state {
                DocumentState::Withdrawn => leaf::Held::Withdrawn { rev: row.rev },
                // Revisions of an earlier epoch do not count in this one; nor do those of before a removal.
                _ if row.log_seq != Some(self.log_seq) => leaf::Held::Never,
                _ => leaf::Held::Live { rev: row.rev },
            };
            let is_held = matches!(
                row.state,
                DocumentState::Live | DocumentState::Pending | DocumentState::Unavailable
            );
            let known_now = Known {
                held,
                body_bytes: is_held.then_some(row.len.unwrap_or(0)),
                text_seq: row.text_seq,
                indexed: row.known,
                is_later: row
                    .log_seq
                    .is_some_and(|log| self.later_logs.contains(&log)),
            };
            known.insert(row.id, known_now);
        }
        Ok(known)
    }

    /// Erases the words of documents that are withdrawn or superseded.
    async fn erase(
        &mut self,
        db: &mut Db,
        known: &HashMap<DocumentId, Known>,
        ids: impl Iterator<Item = &DocumentId>,
    ) -> Result<(), StoreError> {
        let mut words = Vec::new();
        let mut keys = Vec::new();
        for id in ids {
            if let Some(text_seq) = known.get(id).and_then(|known| known.text_seq) {
                words.push(text_seq);
                keys.push(values![*id]);
            }
        }
        if words.is_empty() {
            return Ok(());
        }
        self.outcome.erased = true;
        // A revision of this node's own documents keeps its words; a withdrawal erases them all afterwards.
        if !self.keeps_history {
            texts::erase(db, Words::Documents, &words).await?;
        }
        texts::unlink(db, self.node_seq, keys).await
    }

    async fn write_withdrawn(
        &self,
        db: &mut Db,
        withdrawn: HashMap<DocumentId, (u64, Leaf)>,
    ) -> Result<(), StoreError> {
        if withdrawn.is_empty() {
            return Ok(());
        }
        let first = changes::take(db, withdrawn.len(), 0).await?.change_seq;
        let rows = in_order(withdrawn)
            .zip(first..)
            .map(|((index, leaf), change_seq)| {
                let why = leaf.why().map_or("other", |why| why.as_str());
                values![leaf.id(), leaf.rev(), index, why, change_seq]
            })
            .collect();
        db.run_many(sql::TOMBSTONE, &self.shared(), rows).await?;
        Ok(())
    }

    async fn write_puts(
        &self,
        db: &mut Db,
        known: &HashMap<DocumentId, Known>,
        puts: HashMap<DocumentId, (u64, Leaf)>,
    ) -> Result<(), StoreError> {
        let indexed = |id: &DocumentId| known.get(id).is_some_and(|known| known.indexed);
        let count = puts.keys().filter(|id| indexed(id)).count();
        let mut change_seq = if count > 0 {
            changes::take(db, count, 0).await?.change_seq
        } else {
            0
        };
        let mut rows = Vec::with_capacity(puts.len());
        for (index, leaf) in in_order(puts) {
            let Leaf::Put {
                id,
                rev,
                t,
                doc,
                len,
            } = leaf
            else {
                continue;
            };
            let change = indexed(&id).then(|| {
                change_seq += 1;
                change_seq - 1
            });
            rows.push(values![id, rev, index, &doc, signed(len), t, change]);
        }
        db.run_many(sql::PUT, &self.shared(), rows).await?;
        Ok(())
    }

    fn shared(&self) -> [Value<'static>; 3] {
        [
            Value::from(self.node_seq),
            Value::from(self.log_seq),
            Value::from(self.now),
        ]
    }
}

fn in_order(leaves: HashMap<DocumentId, (u64, Leaf)>) -> impl Iterator<Item = (u64, Leaf)> {
    let mut leaves: Vec<_> = leaves.into_values().collect();
    leaves.sort_unstable_by_key(|(index, _)| *index);
    leaves.into_iter()
}
