//! Extending a log (docs/FEED.md §7, steps 4 to 6): the held log, the offered checkpoint, and the check that the second
//! continues the first.
//!
//! [`Verified`] is the only form in which foreign entries enter the database, and [`Extension::finish`] is the only way
//! to make one. Nothing here reads a leaf: an entry is bytes until its log is proven.

mod second;

use std::collections::BTreeMap;

use wire::{Timestamp, base64};

use crate::{
    FaultCode, PeerFault,
    checkpoint::{Checkpoint, SignedCheckpoint},
    limits::{BUNDLE_ENTRIES, MAX_CLOCK_AHEAD, MAX_FIRST_CONTACT, MAX_GROWTH},
    tile,
    tree::{self, Frontier, Hash},
};

pub use second::SecondLog;

/// What this node holds of a log.
#[derive(Clone, Debug)]
pub struct HeldLog {
    /// The right edge of its tree, with its size.
    pub frontier: Frontier,
    /// Its root at that size.
    pub root: Hash,
    /// The time of the checkpoint held.
    pub timestamp: Option<Timestamp>,
    /// Leaf hashes of the last partial bundle, the oldest first: as many as the size modulo 256.
    pub tail_hashes: Vec<Hash>,
}

/// A bundle that is still needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingBundle {
    /// Its number, from 0.
    pub n: u64,
    /// `1..=255` entries of a partial one; `None` for a full one.
    pub width: Option<u8>,
}

impl MissingBundle {
    /// Returns how many entries it has.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.width.map_or(BUNDLE_ENTRIES, u64::from)
    }
}

/// A head's note, and the time that it states.
#[derive(Clone, Debug)]
struct Signed {
    note: String,
    timestamp: Timestamp,
}

/// An extension that is not complete yet: bundles are pushed in order, from the first that is missing.
#[derive(Clone, Debug)]
pub struct Extension {
    head: Checkpoint,
    signed: Option<Signed>,
    from: u64,
    /// The root at `from` entries.
    held_root: Hash,
    tail_hashes: Vec<Hash>,
    frontier: Frontier,
    next: u64,
    /// Roots of the pushed bundles: 32 bytes for 256 entries, because a log may have millions.
    roots: BTreeMap<u64, Hash>,
}

impl Extension {
    /// Compares an offered checkpoint with what is held: size, root, time (§7 steps 4 and 5). `agreed` is the size at
    /// first contact that an operator has agreed to.
    ///
    /// # Errors
    /// `rollback`, `equivocation`, `implausible` or `timestamp`.
    pub fn begin(
        known: HeldLog,
        offered: SignedCheckpoint,
        agreed: Option<u64>,
        now: Timestamp,
    ) -> Result<Self, PeerFault> {
        let head = offered.checkpoint().clone();
        judge_size(&known, &head, agreed)?;
        let timestamp = judge_time(known.timestamp, offered.timestamp(), now)?;
        let note = offered.note().to_owned();
        Ok(Self::from_held(
            known,
            head,
            Some(Signed { note, timestamp }),
        ))
    }

    /// Compares the last head of a closed epoch, as the node document states it (§6), with what is held. The peer need
    /// not serve a checkpoint of that epoch any more.
    ///
    /// # Errors
    /// `rollback`, `equivocation` or `implausible`.
    pub fn close(known: HeldLog, head: Checkpoint, agreed: Option<u64>) -> Result<Self, PeerFault> {
        judge_size(&known, &head, agreed)?;
        Ok(Self::from_held(known, head, None))
    }

    fn from_held(known: HeldLog, head: Checkpoint, signed: Option<Signed>) -> Self {
        let from = known.frontier.size();
        Self {
            head,
            signed,
            from,
            held_root: known.root,
            tail_hashes: known.tail_hashes,
            frontier: known.frontier,
            next: from / BUNDLE_ENTRIES,
            roots: BTreeMap::new(),
        }
    }

    /// Returns the head that is offered.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.head
    }

    /// Returns the number of entries that were held before.
    #[must_use]
    pub const fn held_size(&self) -> u64 {
        self.from
    }

    /// Returns the bundle to push next; `None` when all were pushed.
    #[must_use]
    pub fn wanted(&self) -> Option<MissingBundle> {
        self.wanted_at(self.next)
    }

    /// Returns the bundle `n`, if it has not been pushed yet.
    fn wanted_at(&self, n: u64) -> Option<MissingBundle> {
        let size = self.checkpoint().size;
        let first = n.checked_mul(BUNDLE_ENTRIES)?;
        if n < self.next || size == self.from || first >= size {
            return None;
        }
        let width = (size - first < BUNDLE_ENTRIES)
            .then(|| u8::try_from(size - first).ok())
            .flatten();
        Some(MissingBundle { n, width })
    }

    /// Adds the next bundle: exactly the missing entries, with those already held unchanged.
    ///
    /// # Errors
    /// `inconsistent`; drop the extension then.
    pub fn push_bundle(&mut self, bytes: &[u8]) -> Result<(), PeerFault> {
        let wanted = self
            .wanted()
            .ok_or_else(|| inconsistent("a bundle beyond the log".to_owned()))?;
        let n = wanted.n;
        // The bundle must have the expected number of entries.
        let entries = tile::decode_bundle(bytes)
            .map_err(|fault| inconsistent(format!("bundle {n}: {fault}")))?;
        if u64::try_from(entries.len()) != Ok(wanted.entries()) {
            return Err(inconsistent(format!(
                "bundle {n} of {} entries, not {}",
                entries.len(),
                wanted.entries()
            )));
        }
        // The first bundle may begin with entries that are held already: they must be the same.
        let held = std::mem::take(&mut self.tail_hashes);
        let mut bundle = Frontier::new();
        for (position, entry) in entries.into_iter().enumerate() {
            let hash = tree::leaf_hash(entry);
            bundle.push(hash);
            match held.get(position) {
                Some(before) if *before != hash => {
                    return Err(inconsistent(format!(
                        "bundle {n} with another entry than before"
                    )));
                }
                None if !held.is_empty() => self.frontier.push(hash),
                _ => {}
            }
        }
        if held.is_empty() {
            self.frontier.push_all(&bundle);
        }
        self.roots.insert(n, bundle.root());
        self.next += 1;
        Ok(())
    }

    /// Compares the root that the entries hash to with the signed one.
    ///
    /// # Errors
    /// `inconsistent` when they differ, or when bundles are missing; `equivocation` when those of a closed epoch differ.
    pub fn finish(self) -> Result<Verified, PeerFault> {
        if self.frontier.size() != self.head.size {
            return Err(inconsistent(format!(
                "{} entries of {}",
                self.frontier.size(),
                self.head.size
            )));
        }
        if self.frontier.root() != self.head.root {
            let code = match self.signed {
                Some(_) => FaultCode::Inconsistent,
                // The node document and the log contradict each other (§6).
                None => FaultCode::Equivocation,
            };
            return Err(code.fault("entries that do not hash to the signed root"));
        }
        Ok(Verified {
            head: self.head,
            signed: self.signed,
            from: self.from,
            frontier: self.frontier,
            roots: self.roots,
        })
    }
}

fn inconsistent(text: String) -> PeerFault {
    FaultCode::Inconsistent.fault(text)
}

/// Checks a head's size, and its root if the size is the held one (§7 step 4).
fn judge_size(known: &HeldLog, head: &Checkpoint, agreed: Option<u64>) -> Result<(), PeerFault> {
    let (held, size) = (known.frontier.size(), head.size);
    if size < held {
        return Err(
            FaultCode::Rollback.fault(format!("{size} entries where {held} were shown before"))
        );
    }
    if size == held && head.root != known.root {
        let [offered, held] = [head.root, known.root].map(|root| base64::encode_std(&root));
        return Err(FaultCode::Equivocation.fault(format!(
            "another root at {size} entries, {offered}, than was shown before, {held}"
        )));
    }
    let max_new = if held > 0 {
        MAX_GROWTH
    } else {
        MAX_FIRST_CONTACT.max(agreed.unwrap_or(0))
    };
    if size - held > max_new {
        return Err(FaultCode::Implausible
            .fault(format!("{} new entries, more than {max_new}", size - held)));
    }
    Ok(())
}

/// Checks the time of a checkpoint: present, not before the held one, not in the future (§7 step 5).
fn judge_time(
    held: Option<Timestamp>,
    offered: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, PeerFault> {
    let fault = |text: String| FaultCode::Timestamp.fault(text);
    let offered = offered.ok_or_else(|| fault("a checkpoint without a time".to_owned()))?;
    if let Some(held) = held
        && offered < held
    {
        return Err(fault(format!(
            "a checkpoint of {offered}, before the one of {held} that was shown before"
        )));
    }
    if offered > now.plus(MAX_CLOCK_AHEAD) {
        return Err(fault(format!("a checkpoint of {offered}, in the future")));
    }
    Ok(offered)
}

/// Entries that continue what was held and hash to a root that a known key has signed.
#[derive(Debug)]
pub struct Verified {
    head: Checkpoint,
    signed: Option<Signed>,
    from: u64,
    frontier: Frontier,
    roots: BTreeMap<u64, Hash>,
}

impl Verified {
    /// Returns the entries that were held before.
    #[must_use]
    pub const fn from(&self) -> u64 {
        self.from
    }

    /// Returns the head.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.head
    }

    /// Returns the right edge of the tree at the new size.
    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Returns the checkpoint's note, byte for byte, and its time; nothing for the end of a closed epoch.
    #[must_use]
    pub fn signed(&self) -> Option<(&str, Timestamp)> {
        let signed = self.signed.as_ref()?;
        Some((&signed.note, signed.timestamp))
    }

    /// Returns the leaf hashes of a bundle of the extension, 32 bytes each, in order; `None` when its entries are not
    /// those that were verified.
    #[must_use]
    pub fn bundle_hashes(&self, n: u64, entries: &[&[u8]]) -> Option<Vec<u8>> {
        let mut bundle = Frontier::new();
        let mut hashes = Vec::with_capacity(entries.len() * 32);
        for entry in entries {
            let hash = tree::leaf_hash(entry);
            bundle.push(hash);
            hashes.extend(hash);
        }
        (self.roots.get(&n) == Some(&bundle.root())).then_some(hashes)
    }
}
