//! The Merkle tree of a log (RFC 6962 §2): hashing, and the right edge that is all it takes to append.

use sha2::{Digest as _, Sha256};

/// A hash of the tree: SHA-256, 32 bytes.
pub type Hash = [u8; 32];

/// Hashes an entry: `SHA-256(0x00 ‖ entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0x00])
        .chain_update(entry)
        .finalize()
        .into()
}

/// Hashes two subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([0x01])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Returns the root of an empty tree: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The right edge of a tree: the roots of its complete subtrees, the largest first.
///
/// Invariant: there is one hash for each bit that is set in the size.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

const SIZE_BYTES: usize = 8;

impl Frontier {
    /// Returns the edge of an empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        self.push_subtree(0, leaf);
    }

    /// Appends a complete subtree of `2^height` leaves by its root. The size must be a multiple of `2^height`.
    pub(crate) fn push_subtree(&mut self, height: u32, root: Hash) {
        let mut hash = root;
        for _ in 0..(self.size >> height).trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size += 1 << height;
    }

    /// Appends all leaves of another tree. This one's size must be a multiple of a power of two that is not less than
    /// the other's size.
    pub(crate) fn push_all(&mut self, other: &Self) {
        let heights = (0..u64::BITS)
            .rev()
            .filter(|height| other.size >> height & 1 == 1);
        for (height, root) in heights.zip(&other.edge) {
            self.push_subtree(height, *root);
        }
    }

    /// Returns the root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(empty_root)
    }

    /// Returns the stored form: the size as 8 bytes, big-endian, then the hashes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.edge.iter().flatten());
        bytes
    }

    /// Reads the stored form; `None` when the number of hashes does not belong to the size.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, hashes) = bytes.split_at_checked(SIZE_BYTES)?;
        let size = u64::from_be_bytes(size.try_into().ok()?);
        let edge: Vec<Hash> = hashes
            .chunks(32)
            .map(|hash| hash.try_into().ok())
            .collect::<Option<_>>()?;
        let whole = u32::try_from(edge.len()).ok()? == size.count_ones();
        whole.then_some(Self { size, edge })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, word by word: split at the greatest power of two below the size.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(split);
                node_hash(&defined(left), &defined(right))
            }
        }
    }

    #[test]
    fn the_edge_has_the_root_that_the_definition_gives_at_every_size() {
        let leaves: Vec<Hash> = (0..300_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root(), defined(&[]));
        for (n, leaf) in leaves.iter().enumerate() {
            frontier.push(*leaf);
            assert_eq!(frontier.root(), defined(&leaves[..=n]), "size {}", n + 1);
            assert_eq!(
                Frontier::from_bytes(&frontier.to_bytes()),
                Some(frontier.clone())
            );
        }
    }

    #[test]
    fn a_tree_is_appended_as_its_leaves_are() {
        let leaves: Vec<Hash> = (0..61_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (mut one_by_one, mut by_eights) = (Frontier::new(), Frontier::new());
        for eight in leaves.chunks(8) {
            let mut tree = Frontier::new();
            for leaf in eight {
                one_by_one.push(*leaf);
                tree.push(*leaf);
            }
            by_eights.push_all(&tree);
            assert_eq!(by_eights, one_by_one);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_edge_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(frontier) = Frontier::from_bytes(&bytes) {
                prop_assert_eq!(frontier.to_bytes(), bytes);
            }
        }
    }
}
