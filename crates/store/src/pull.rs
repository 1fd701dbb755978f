//! Taking in a peer's log: staging what is not yet covered by a checked root, then one transaction for all of it.
//!
//! Only a [`Verified`] extension gets in, and each entry is hashed once more against it, so that nothing that was
//! staged can differ from what was verified. Entries are worked through in stretches of [`STRETCH`] bundles: memory
//! does not grow with the log. In each stretch erasures come first.

use std::collections::HashMap;

use ledger::{
    extend::Verified,
    leaf::{self, Entry, Leaf, Verdict},
    tile,
};
use wire::{DocumentId, Timestamp};

use crate::{
    Claim, StoreError,
    append::Appender,
    changes,
    documents::DocumentState,
    engine::{Db, Store, Value, signed, values},
    log::{self, BUNDLE_ENTRIES, Head},
    polls,
    record::records,
    staging,
    texts::{self, Words},
};

/// Bundles that are worked through at a time: 4,096 entries.
const STRETCH: u64 = 16;

/// What a pull did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PullOutcome {
    /// Entries taken in.
    pub entries: u64,
    /// Puts that were accepted; their bodies are still to come.
    pub put: u64,
    /// Withdrawals that took effect.
    pub withdrawn: u64,
    /// Entries of a later version or with an unknown operation.
    pub skipped: u64,
    /// Entries that broke a rule.
    pub quarantined: u64,
    /// Whether words were erased, so that [`Store::erase`] has to follow.
    pub erased: bool,
}

mod sql {
    use crate::engine::statements;

    statements! {
        HELD = "SELECT id, state, rev, log_seq, text_seq, change_seq IS NOT NULL AS known FROM documents WHERE node_seq = $1 AND id IN ({#})";
        HAS_DOCUMENTS = "SELECT node_seq FROM documents WHERE node_seq = $1 LIMIT 1";
        PUT = "INSERT INTO documents (node_seq, log_seq, state, first_seen, changed_at, tries, id, rev, leaf_index, digest, len,
                published, change_seq)
            VALUES {($1, $2, 'pending', $3, $3, 0, #, #, #, #, #, #, #)}
            ON CONFLICT (node_seq, id) DO UPDATE SET log_seq = excluded.log_seq, state = 'pending', changed_at = excluded.changed_at,
                rev = excluded.rev, leaf_index = excluded.leaf_index, digest = excluded.digest, len = excluded.len,
                published = COALESCE(documents.published, excluded.published), change_seq = excluded.change_seq, text_seq = NULL,
                kind = NULL, visibility = NULL, lang = NULL, licence = NULL, updated = NULL, reviewed = NULL, review_by = NULL,
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
        pub log_seq: Option<i64>,
        pub text_seq: Option<i64>,
        pub known: bool,
    }
}

/// What is held of an id while a stretch is judged.
#[derive(Clone, Copy)]
struct Known {
    held: leaf::Held,
    /// Its words, which the next put or withdrawal erases.
    text_seq: Option<i64>,
    /// Whether an index has heard of it.
    indexed: bool,
}

impl Store {
    /// Takes a verified extension in, all of it or nothing: entries, head, checkpoint, document rows. `tail` holds the
    /// bundles that are not staged, in any order.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over, [`StoreError::Stale`] when the log has moved on
    /// since the extension began, [`StoreError::Corrupt`] when the bundles are not the verified ones.
    pub async fn record_pull(
        &self,
        claim: &Claim,
        epoch: u64,
        verified: &Verified,
        tail: &[(u64, Vec<u8>)],
        now: Timestamp,
    ) -> Result<PullOutcome, StoreError> {
        let node_seq = claim.peer.node_seq;
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        polls::hold(&mut db, claim).await?;
        let origin = verified.checkpoint().origin.to_string();
        let mut head = log::ensure(&mut db, node_seq, epoch, &origin).await?;
        if head.size != verified.from() {
            return Err(StoreError::Stale {
                what: origin,
                held: head.size,
            });
        }
        let mut pull = Pull {
            node_seq,
            log_seq: head.seq,
            from: head.size,
            now,
            fresh: db
                .row::<(i64,)>(sql::HAS_DOCUMENTS, values![node_seq])
                .await?
                .is_none(),
            outcome: PullOutcome::default(),
        };
        pull.extend(&mut db, &head, verified, tail).await?;
        staging::drop_all(&mut db, head.seq).await?;
        head.size = verified.checkpoint().size;
        head.root = verified.checkpoint().root;
        head.frontier = verified.frontier().clone();
        if let Some((note, timestamp)) = verified.signed() {
            head.note = Some(note.to_owned());
            head.timestamp = Some(timestamp);
        }
        log::save_head(&mut db, &head).await?;
        db.commit().await?;
        Ok(pull.outcome)
    }
}

/// One transaction that takes a log further.
struct Pull {
    node_seq: i64,
    log_seq: i64,
    from: u64,
    now: Timestamp,
    /// Whether nothing at all was held of the node, so that there is nothing to look up.
    fresh: bool,
    outcome: PullOutcome,
}

impl Pull {
    async fn extend(
        &mut self,
        db: &mut Db,
        head: &Head,
        verified: &Verified,
        tail: &[(u64, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let size = verified.checkpoint().size;
        if size == self.from {
            // The same head, signed again: only its note and its time are new.
            return Ok(());
        }
        let mut appender = Appender::begin(db, head.seq, head.size).await?;
        let end = size.div_ceil(BUNDLE_ENTRIES);
        let mut first = self.from / BUNDLE_ENTRIES;
        while first < end {
            let stop = end.min(first + STRETCH);
            let mut bundles: HashMap<u64, Vec<u8>> = staging::staged(db, head.seq, first, stop)
                .await?
                .into_iter()
                .map(|bundle| (bundle.n, bundle.entries))
                .collect();
            for (n, entries) in tail.iter().filter(|(n, _)| (first..stop).contains(n)) {
                bundles.insert(*n, entries.clone());
            }
            let mut leaves = Vec::new();
            for n in first..stop {
                let entries = bundles.remove(&n).ok_or_else(|| missing(n))?;
                let hashes = read_bundle(n, &entries, verified, self.from, &mut leaves)?;
                appender.replace_bundle(n, &entries, &hashes);
            }
            appender.flush(db).await?;
            self.apply(db, leaves).await?;
            first = stop;
        }
        if appender.next_index() != size {
            return Err(StoreError::Corrupt(format!(
                "{} entries where {size} were verified",
                appender.next_index()
            )));
        }
        Ok(())
    }

    /// Judges the entries of one stretch in their order, and writes what comes of them.
    async fn apply(&mut self, db: &mut Db, entries: Vec<(u64, Entry)>) -> Result<(), StoreError> {
        self.outcome.entries += u64::try_from(entries.len()).unwrap_or(0);
        let mut known = self.known(db, &entries).await?;
        let mut puts: HashMap<DocumentId, (u64, Leaf)> = HashMap::new();
        let mut withdrawn: HashMap<DocumentId, (u64, Leaf)> = HashMap::new();
        let mut refused = Vec::new();
        for (index, entry) in entries {
            let leaf = match entry {
                Entry::Leaf(leaf) => leaf,
                Entry::Skipped => {
                    self.outcome.skipped += 1;
                    continue;
                }
                Entry::Bad(reason) => {
                    refused.push(values![index, None::<String>, reason]);
                    continue;
                }
            };
            let id = leaf.id();
            let state = known.entry(id).or_insert(Known {
                held: leaf::Held::Never,
                text_seq: None,
                indexed: false,
            });
            match leaf::judge(state.held, &leaf) {
                Verdict::Put => {
                    state.held = leaf::Held::Live { rev: leaf.rev() };
                    self.outcome.put += 1;
                    puts.insert(id, (index, leaf));
                }
                Verdict::Withdraw => {
                    state.held = leaf::Held::Withdrawn { rev: leaf.rev() };
                    self.outcome.withdrawn += 1;
                    puts.remove(&id);
                    withdrawn.insert(id, (index, leaf));
                }
                Verdict::Again => {}
                Verdict::Quarantine(reason) => refused.push(values![index, id, reason]),
            }
        }
        self.outcome.quarantined += u64::try_from(refused.len()).unwrap_or(0);
        self.erase(db, &known, puts.keys().chain(withdrawn.keys()))
            .await?;
        self.write_withdrawn(db, withdrawn).await?;
        self.write_puts(db, &known, puts).await?;
        let shared = [Value::from(self.log_seq), Value::from(self.now)];
        db.run_many(sql::QUARANTINE, &shared, refused)
            .await
            .map(|_| ())
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
            let known_now = Known {
                held,
                text_seq: row.text_seq,
                indexed: row.known,
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
        texts::erase(db, Words::Documents, &words).await?;
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
        db.run_many(sql::TOMBSTONE, &self.shared(), rows)
            .await
            .map(|_| ())
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
        db.run_many(sql::PUT, &self.shared(), rows)
            .await
            .map(|_| ())
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

/// Reads the entries of one bundle that are new, after comparing all of them with the verified ones; returns their
/// hashes.
fn read_bundle(
    n: u64,
    bytes: &[u8],
    verified: &Verified,
    from: u64,
    leaves: &mut Vec<(u64, Entry)>,
) -> Result<Vec<u8>, StoreError> {
    let differs = || StoreError::Corrupt(format!("other entries in bundle {n} than were verified"));
    let entries = tile::decode_bundle(bytes).map_err(|_| differs())?;
    let hashes = verified.bundle_hashes(n, &entries).ok_or_else(differs)?;
    let first = n * BUNDLE_ENTRIES;
    let new = (first..).zip(entries).filter(|(index, _)| *index >= from);
    leaves.extend(new.map(|(index, entry)| (index, leaf::read(entry))));
    Ok(hashes)
}

fn missing(n: u64) -> StoreError {
    StoreError::Corrupt(format!("no bundle {n} of a verified extension"))
}
