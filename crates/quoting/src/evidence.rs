//! A document as its site serves it with its signed parts, and what a proof shows of it.

use domain::Body;
use ledger::policy::{Policy, ProofFault, Proven};
use serde_json::Value;

/// Bytes of a file: the largest body, written as a text within JSON, with everything around it.
const MAX_FILE_BYTES: usize = 4 * domain::body::MAX_BYTES;

/// The body of a document, byte for byte as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence(Vec<u8>);

/// Why a file or a proof is not evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceFault {
    /// The file is none of a document.
    #[error(
        "this is not a document with its signed parts: keep the `.json` of its page, since the `.md` is not what was signed"
    )]
    NoDocument,
    /// The licence allows only the publisher to show the text.
    #[error(
        "this file has no text, since the licence allows only the publisher to show it: keep the `.json` of the publisher's own site"
    )]
    Withheld,
    /// The proof shows nothing of it.
    #[error(transparent)]
    Proof(#[from] ProofFault),
    /// What was signed cannot be read.
    #[error("what was signed is not a document that this version can read")]
    Unreadable,
}

/// A document that a proof has shown to be signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Proved {
    /// The document.
    pub body: Body,
    /// What was proved of it.
    pub proven: Proven,
}

impl Evidence {
    /// Reads the `.json` of a document, or its body alone.
    ///
    /// # Errors
    /// For any other file.
    pub fn parse(file: &[u8]) -> Result<Self, EvidenceFault> {
        if file.len() > MAX_FILE_BYTES {
            return Err(EvidenceFault::NoDocument);
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(file) else {
            return Err(EvidenceFault::NoDocument);
        };
        match object.get("body") {
            Some(Value::String(body)) => Ok(Self(body.clone().into_bytes())),
            Some(Value::Null) => Err(EvidenceFault::Withheld),
            None if object.contains_key("salt") => Ok(Self(file.trim_ascii_end().to_vec())),
            Some(_) | None => Err(EvidenceFault::NoDocument),
        }
    }
}

/// Checks by a policy that a document was signed, and reads it.
///
/// # Errors
/// Why the proof shows nothing of it.
pub fn prove(evidence: &Evidence, proof: &str, policy: &Policy) -> Result<Proved, EvidenceFault> {
    let proven = policy.prove(proof, &evidence.0)?;
    let body = domain::body::read(&evidence.0).map_err(|_| EvidenceFault::Unreadable)?;
    // A body that names another document than its entry is refused in the feed too (docs/FEED.md §7, step 10).
    if (body.stamp.id, body.stamp.rev) != (proven.leaf.id(), proven.leaf.rev()) {
        return Err(EvidenceFault::Unreadable);
    }
    Ok(Proved { body, proven })
}
