//! Taking a log further (docs/FEED.md §7, steps 4 to 6): what is held, what is offered, and the proof that the second
//! continues the first.
//!
//! [`Verified`] is the only form in which foreign entries enter the database, and [`Extension::finish`] is the only way
//! to make one. Nothing here reads a leaf: an entry is bytes until its log is proven.

use std::collections::BTreeMap;

use wire::Timestamp;

use crate::{
    FaultCode, PeerFault,
    checkpoint::{Checkpoint, SignedCheckpoint},
    limits::{BUNDLE_ENTRIES, CLOCK_AHEAD, FIRST_CONTACT, GROWTH},
    tile,
    tree::{self, Frontier, Hash},
};

/// What is held of a log.
#[derive(Clone, Debug)]
pub struct Known {
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
pub struct Wanted {
    /// Its number, from 0.
    pub n: u64,
    /// `1..=255` entries of a partial one; `None` for a full one.
    pub width: Option<u8>,
}

impl Wanted {
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

/// An extension in the making: its bundles are pushed in order, from the first that is wanted.
#[derive(Debug)]
pub struct Extension {
    head: Checkpoint,
    signed: Option<Signed>,
    from: u64,
    tail_hashes: Vec<Hash>,
    frontier: Frontier,
    next: u64,
    /// Roots of the bundles that were pushed: 32 bytes for 256 entries, since a log may have millions.
    roots: BTreeMap<u64, Hash>,
}

impl Extension {
    /// Judges an offered checkpoint against what is held: size, root, time (§7 steps 4 and 5). `agreed` is the size at
    /// first contact that an operator has agreed to.
    ///
    /// # Errors
    /// `rollback`, `equivocation`, `implausible` or `timestamp`.
    pub fn begin(
        known: Known,
        offered: SignedCheckpoint,
        agreed: Option<u64>,
        now: Timestamp,
    ) -> Result<Self, PeerFault> {
        let head = offered.checkpoint().clone();
        judge_size(&known, &head, agreed)?;
        let timestamp = judge_time(known.timestamp, offered.timestamp(), now)?;
        let note = offered.note().to_owned();
        Ok(Self::from_known(
            known,
            head,
            Some(Signed { note, timestamp }),
        ))
    }

    /// Judges the last head of an epoch that was closed, as the node document states it (§6), against what is held. No
    /// checkpoint of it need be served any more.
    ///
    /// # Errors
    /// `rollback`, `equivocation` or `implausible`.
    pub fn close(known: Known, head: Checkpoint, agreed: Option<u64>) -> Result<Self, PeerFault> {
        judge_size(&known, &head, agreed)?;
        Ok(Self::from_known(known, head, None))
    }

    fn from_known(known: Known, head: Checkpoint, signed: Option<Signed>) -> Self {
        let from = known.frontier.size();
        Self {
            head,
            signed,
            from,
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

    /// Returns the bundle that is to be pushed next; `None` once there are all.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        self.wanted_at(self.next)
    }

    /// Returns the bundle `n` as far as it is still to be pushed.
    #[must_use]
    pub fn wanted_at(&self, n: u64) -> Option<Wanted> {
        let size = self.checkpoint().size;
        let first = n.checked_mul(BUNDLE_ENTRIES)?;
        if n < self.next || size == self.from || first >= size {
            return None;
        }
        let width = (size - first < BUNDLE_ENTRIES)
            .then(|| u8::try_from(size - first).ok())
            .flatten();
        Some(Wanted { n, width })
    }

    /// Takes the next bundle in: exactly the wanted entries, and those held before unchanged.
    ///
    /// # Errors
    /// `inconsistent`; the extension is of no use any more then.
    pub fn push_bundle(&mut self, bytes: &[u8]) -> Result<(), PeerFault> {
        let wanted = self
            .wanted()
            .ok_or_else(|| inconsistent("a bundle beyond the log".to_owned()))?;
        let n = wanted.n;
        let entries = tile::decode_bundle(bytes)
            .map_err(|fault| inconsistent(format!("bundle {n}: {fault}")))?;
        if u64::try_from(entries.len()) != Ok(wanted.entries()) {
            return Err(inconsistent(format!(
                "bundle {n} of {} entries, not {}",
                entries.len(),
                wanted.entries()
            )));
        }
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
                // The node document says another thing than the log (§6).
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

/// Judges a head's size, and its root at the size that is held (§7 step 4).
fn judge_size(known: &Known, head: &Checkpoint, agreed: Option<u64>) -> Result<(), PeerFault> {
    let (held, size) = (known.frontier.size(), head.size);
    if size < held {
        return Err(
            FaultCode::Rollback.fault(format!("{size} entries where {held} were shown before"))
        );
    }
    if size == held && head.root != known.root {
        return Err(FaultCode::Equivocation.fault(format!(
            "another root at {size} entries than was shown before"
        )));
    }
    let most = if held > 0 {
        GROWTH
    } else {
        FIRST_CONTACT.max(agreed.unwrap_or(0))
    };
    if size - held > most {
        return Err(
            FaultCode::Implausible.fault(format!("{} new entries, more than {most}", size - held))
        );
    }
    Ok(())
}

/// Judges the time of a checkpoint: there, not older than the one held, not in the future (§7 step 5).
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
    if offered > now.plus(CLOCK_AHEAD) {
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
