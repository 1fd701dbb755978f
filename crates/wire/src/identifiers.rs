//! Identities of documents and nodes.

use std::fmt;

use data_encoding::{BASE32_NOPAD, Encoding, Specification};
use sha2::{Digest as _, Sha256};
use uuid::{Uuid, Variant, Version};

use crate::{Timestamp, text_form::text_form};

/// A document's id within its node: a UUID of version 7 (RFC 9562), lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(Uuid);

text_form!(DocumentId, "a document id (a lower-case UUID of version 7)");

impl DocumentId {
    /// Reads the canonical lower-case form; another version or variant is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse_v7(text).map(Self)
    }

    /// Makes a new id from the time of creation and 10 random bytes.
    #[must_use]
    pub fn generate(now: Timestamp, random: [u8; 10]) -> Self {
        Self(generate_v7(now, random))
    }

    /// Returns the id as two numbers: its first 64 bits, and its last.
    #[must_use]
    pub fn halves(&self) -> (u64, u64) {
        self.0.as_u64_pair()
    }

    /// Reads what [`DocumentId::halves`] returns.
    #[must_use]
    pub fn from_halves((start, end): (u64, u64)) -> Option<Self> {
        let id = Uuid::from_u64_pair(start, end);
        is_v7(&id).then_some(Self(id))
    }
}

/// Reads the canonical lower-case form of a UUID of version 7.
pub(crate) fn parse_v7(text: &str) -> Option<Uuid> {
    let lower = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let id = lower.then(|| Uuid::try_parse(text).ok()).flatten()?;
    is_v7(&id).then_some(id)
}

fn is_v7(id: &Uuid) -> bool {
    id.get_version() == Some(Version::SortRand) && id.get_variant() == Variant::RFC4122
}

/// Makes a UUID of version 7 from the time of creation and 10 random bytes.
pub(crate) fn generate_v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_hyphenated())
    }
}

/// A node's identity: `wr1` + base32 (lower case, no padding, 52 characters) of the SHA-256 of the
/// text of its first node document.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(String);

text_form!(NodeId, "a node id (`wr1` and 52 characters)");

const NODE_ID_PREFIX: &str = "wr1";

impl NodeId {
    /// Reads the written form; anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digest = base32_lower()
            .decode(text.strip_prefix(NODE_ID_PREFIX)?.as_bytes())
            .ok()?;
        (digest.len() == 32).then(|| Self(text.to_owned()))
    }

    /// Derives the identity of the node whose first node document has this text.
    #[must_use]
    pub fn for_text(text: &[u8]) -> Self {
        let digest = BASE32_NOPAD
            .encode(&Sha256::digest(text))
            .to_ascii_lowercase();
        Self(format!("{NODE_ID_PREFIX}{digest}"))
    }

    /// Returns the written form, 55 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the written form in groups of four characters, to be read out by telephone.
    #[must_use]
    pub fn grouped(&self) -> String {
        let rest: Vec<char> = self.0.chars().skip(NODE_ID_PREFIX.len()).collect();
        let groups: Vec<String> = rest.chunks(4).map(|group| group.iter().collect()).collect();
        format!("{NODE_ID_PREFIX} {}", groups.join(" "))
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lower-case RFC 4648 base32 without padding; stray trailing bits are refused.
fn base32_lower() -> Encoding {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().unwrap_or(BASE32_NOPAD)
}

/// A document anywhere in the network, written `<node_id>/<id>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentRef {
    /// The node that publishes it.
    pub node: NodeId,
    /// Its id there.
    pub id: DocumentId,
}

text_form!(
    DocumentRef,
    "a document reference (`<node id>/<document id>`)"
);

impl DocumentRef {
    /// Reads the written form; anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (node, id) = text.split_once('/')?;
        Some(Self {
            node: NodeId::parse(node)?,
            id: DocumentId::parse(id)?,
        })
    }
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.node, self.id)
    }
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may fail")]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_version_7_is_a_document_id() {
        assert!(DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").is_some());
        for wrong in [
            "01996C5E-8A00-7000-8000-000000000001",
            "01996c5e8a0070008000000000000001",
            "01996c5e-8a00-4000-8000-000000000001",
            "01996c5e-8a00-7000-c000-000000000001",
            "{01996c5e-8a00-7000-8000-000000000001}",
            "urn:uuid:01996c5e-8a00-7000-8000-000000000001",
            "",
        ] {
            assert_eq!(DocumentId::parse(wrong), None, "{wrong}");
        }
        let made = DocumentId::generate(Timestamp::from_secs(1_790_000_000), [7; 10]);
        assert_eq!(DocumentId::parse(&made.to_string()), Some(made));
    }

    #[test]
    fn a_node_id_reads_back_and_can_be_read_out() {
        let node = NodeId::for_text(b"wardround.v1/node\n{}\n");
        assert_eq!(node.as_str().len(), 55);
        assert_eq!(NodeId::parse(node.as_str()), Some(node.clone()));
        assert_eq!(node.grouped().replace(' ', ""), node.as_str());
        let upper = node.as_str().to_uppercase();
        for wrong in [
            upper.as_str(),
            "wr1",
            "wr1abc",
            &node.as_str()[..54],
            "wr2ojiastj3xcsag57xggx5lqtbbapteqf47262ssm3gncllq3j2umq",
        ] {
            assert_eq!(NodeId::parse(wrong), None, "{wrong}");
        }
    }
}
