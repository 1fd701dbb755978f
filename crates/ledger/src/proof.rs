//! Inclusion proofs from tiles, and the text in which one travels with its checkpoint (C2SP tlog-proof).

use std::collections::BTreeSet;

use wire::base64;

use crate::{
    limits::BUNDLE_ENTRIES,
    origin::plain_decimal,
    tile::TilePath,
    tree::{Hash, node_hash},
};

/// Returns the tiles that [`prove`] reads for the entry `index` of a tree of `size`; empty when there is no such entry.
#[must_use]
pub fn tiles(index: u64, size: u64) -> Vec<TilePath> {
    let mut needed = BTreeSet::new();
    // The values of the hashes do not change which hashes are read.
    let _ = path(index, size, &mut |level, n| {
        needed.insert((level, n / BUNDLE_ENTRIES));
        Some([0; 32])
    });
    needed
        .into_iter()
        .map(|(level, n)| TilePath::hashes(level, n, width(level, n, size)))
        .collect()
}

/// Returns the inclusion proof of the entry `index` in a tree of `size` (RFC 6962 §2.1.1), the lowest hash first;
/// `None` when there is no such entry or a tile is missing. `tile` gives the bytes of one of [`tiles`].
#[must_use]
pub fn prove<'a>(
    index: u64,
    size: u64,
    tile: impl Fn(TilePath) -> Option<&'a [u8]>,
) -> Option<Vec<Hash>> {
    path(index, size, &mut |level, n| {
        let number = n / BUNDLE_ENTRIES;
        let bytes = tile(TilePath::hashes(level, number, width(level, number, size)))?;
        let at = usize::try_from(n % BUNDLE_ENTRIES).ok()? * 32;
        bytes.get(at..at + 32)?.try_into().ok()
    })
}

/// Says whether a proof shows that an entry is in the tree with this root (RFC 9162 §2.1.3.2).
#[must_use]
pub fn verifies(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at.is_multiple_of(2) && at != 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at /= 2;
        last /= 2;
    }
    last == 0 && hash == *root
}

/// Writes a proof with the checkpoint that it leads to, so that a citation can be checked without the network. The
/// entry itself travels as the extra data: it names the digest of the document's body.
#[must_use]
pub fn encode(index: u64, entry: &[u8], proof: &[Hash], checkpoint: &str) -> String {
    let extra = base64::encode_std(entry);
    let mut text = format!("c2sp.org/tlog-proof@v1\nextra {extra}\nindex {index}\n");
    for hash in proof {
        text.push_str(&base64::encode_std(hash));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(checkpoint);
    text
}

/// A proof as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The entry: the extra data.
    pub entry: Vec<u8>,
    /// Its index.
    pub index: u64,
    /// The hashes, the lowest first.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: &'a str,
}

/// Hashes of a proof: a tree has no more levels.
const MAX_HASHES: usize = 63;

/// Reads what [`encode`] writes; anything else is `None`.
#[must_use]
pub fn decode(text: &str) -> Option<Decoded<'_>> {
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    if lines.next()? != "c2sp.org/tlog-proof@v1" {
        return None;
    }
    let entry = base64::decode_std(lines.next()?.strip_prefix("extra ")?)?;
    let index = plain_decimal(lines.next()?.strip_prefix("index ")?)?;
    let mut hashes = Vec::new();
    for line in lines {
        if hashes.len() == MAX_HASHES {
            return None;
        }
        hashes.push(base64::decode_std(line)?.try_into().ok()?);
    }
    Some(Decoded {
        entry,
        index,
        hashes,
        checkpoint,
    })
}

/// Reads a hash: of level L, the n-th, over 256^L leaves.
type Read<'r> = &'r mut dyn FnMut(u8, u64) -> Option<Hash>;

fn path(index: u64, size: u64, read: Read<'_>) -> Option<Vec<Hash>> {
    if index >= size {
        return None;
    }
    let (mut start, mut end, mut siblings) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        let sibling = if index < middle {
            let right = subtree(middle, end, read)?;
            end = middle;
            right
        } else {
            let left = subtree(start, middle, read)?;
            start = middle;
            left
        };
        siblings.push(sibling);
    }
    siblings.reverse();
    Some(siblings)
}

/// Hashes the entries `start..end`, from the greatest complete subtrees whose hashes are in tiles.
fn subtree(start: u64, end: u64, read: Read<'_>) -> Option<Hash> {
    let leaves = end - start;
    let level = leaves.trailing_zeros() / 8;
    let whole = leaves.is_power_of_two() && leaves.trailing_zeros().is_multiple_of(8);
    if whole && start.is_multiple_of(leaves) {
        return read(u8::try_from(level).ok()?, start / leaves);
    }
    let middle = start + split(leaves);
    let left = subtree(start, middle, read)?;
    let right = subtree(middle, end, read)?;
    Some(node_hash(&left, &right))
}

/// Returns the greatest power of two below `leaves`, which is at least 2.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Returns how many hashes the tile `n` of a level has in a tree of `size`; `None` for a full one.
fn width(level: u8, n: u64, size: u64) -> Option<u8> {
    let hashes = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
    u8::try_from(hashes.saturating_sub(n * BUNDLE_ENTRIES)).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::tree::{Frontier, leaf_hash};

    fn tiles_of(leaves: &[Hash]) -> HashMap<TilePath, Vec<u8>> {
        let mut tiles = HashMap::new();
        let (mut level, mut hashes) = (0, leaves.to_vec());
        while !hashes.is_empty() {
            for (n, chunk) in (0..).zip(hashes.chunks(256)) {
                let width = u8::try_from(chunk.len()).ok();
                tiles.insert(TilePath::hashes(level, n, width), chunk.concat());
            }
            let root = |chunk: &[Hash]| {
                let mut frontier = Frontier::new();
                chunk.iter().for_each(|hash| frontier.push(*hash));
                frontier.root()
            };
            hashes = hashes.chunks_exact(256).map(root).collect();
            level += 1;
        }
        tiles
    }

    #[test]
    fn every_entry_is_proven_from_the_tiles_named_beforehand_and_nothing_else_is() {
        for size in [1_u64, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 66_000] {
            let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let mut frontier = Frontier::new();
            leaves.iter().for_each(|leaf| frontier.push(*leaf));
            let (root, tiles) = (frontier.root(), tiles_of(&leaves));
            let step = usize::try_from(size / 60).unwrap().max(1);
            for index in (0..size).step_by(step).chain([size - 1]) {
                let named = super::tiles(index, size);
                let proof = prove(index, size, |path| {
                    assert!(named.contains(&path), "{path} for {index} of {size}");
                    tiles.get(&path).map(Vec::as_slice)
                })
                .unwrap();
                let leaf = leaves[usize::try_from(index).unwrap()];
                assert!(
                    verifies(leaf, index, size, &proof, &root),
                    "{index} of {size}"
                );
                assert!(!verifies(leaf, index + 1, size, &proof, &root) || size == 1);
                assert!(!verifies(leaf_hash(b"other"), index, size, &proof, &root));
                let mut longer = proof.clone();
                longer.push(root);
                assert!(!verifies(leaf, index, size, &longer, &root));
            }
            assert_eq!(prove(size, size, |_| None), None);
            assert_eq!(super::tiles(size, size), vec![]);
        }
    }
}
