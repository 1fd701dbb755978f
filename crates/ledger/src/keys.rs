//! Ed25519 keys: intake of public keys, strict verification, and the names and ids that are derived from them.
//!
//! Invariant: a [`PublicKey`] is 32 canonical bytes of a point that is not of small order. Names and ids are always
//! derived (§3), never taken from outside.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use wire::{NodeId, base64};
use zeroize::{Zeroize as _, Zeroizing};

/// Why a public key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The text is not canonical base64url.
    #[error("a key that is not base64url")]
    Encoding,
    /// Not 32 bytes.
    #[error("a key of {0} bytes, not 32")]
    Length(usize),
    /// The bytes are not the canonical form of a point of the curve.
    #[error("a key that is not a point of the curve")]
    NotAPoint,
    /// A point of small order: anyone can sign for it.
    #[error("a weak key")]
    Weak,
}

/// A public key that has passed key intake (§2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Accepts a key: exactly 32 bytes, a canonical point, not weak.
    ///
    /// # Errors
    /// [`KeyFault`] says which of these it is not.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFault> {
        let bytes: &[u8; 32] = bytes
            .try_into()
            .map_err(|_| KeyFault::Length(bytes.len()))?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyFault::Weak);
        }
        if !is_canonical(bytes) {
            return Err(KeyFault::NotAPoint);
        }
        Ok(Self(key))
    }

    /// Reads the written form `<pub>`, base64url of the 32 bytes, and accepts the key by the same rules.
    ///
    /// # Errors
    /// [`KeyFault::Encoding`] for bad base64url, otherwise as [`PublicKey::parse`].
    pub fn parse_text(text: &str) -> Result<Self, KeyFault> {
        Self::parse(&base64::decode_url(text).ok_or(KeyFault::Encoding)?)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Verifies strictly: canonical encodings, no points of small order. Other than 64 bytes never verify.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

/// Says whether y is below the field's prime 2^255 − 19 (RFC 8032 §5.1.3); the curve library reads a greater one modulo
/// the prime. The other non-canonical form, x = 0 with a sign, exists for weak keys only.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    *first < 0xed || last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64::encode_url(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// A secret key; wiped from memory when dropped, never shown.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes the key of a seed of 32 random bytes.
    #[must_use]
    pub fn from_seed(mut seed: [u8; 32]) -> Self {
        let key = Self(SigningKey::from_bytes(&seed));
        seed.zeroize();
        key
    }

    /// Returns the seed. Store it only in a file that its owner alone can read.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// Returns the public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

/// The type of a signature line (C2SP signed-note).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureType {
    /// 0x01: over the text. Root, log and node-document signatures.
    Plain,
    /// 0x04: over a time and the text. Cosignatures of checkpoints.
    Timestamped,
}

impl SignatureType {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Plain => 0x01,
            Self::Timestamped => 0x04,
        }
    }
}

/// The first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
pub type KeyId = [u8; 4];

/// Derives a key's id under a name.
#[must_use]
pub fn key_id(name: &str, kind: SignatureType, key: &PublicKey) -> KeyId {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind.byte()])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

/// Derives the name of a root key: `wardround.v1/root/<first 8 hex of SHA-256(key)>`.
#[must_use]
pub fn root_name(key: &PublicKey) -> String {
    let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
    let [a, b, c, d, ..] = digest;
    format!("wardround.v1/root/{a:02x}{b:02x}{c:02x}{d:02x}")
}

/// Derives the name of a node's witness keys: `wardround.v1/<node id>/witness`.
#[must_use]
pub fn witness_name(node: &NodeId) -> String {
    format!("wardround.v1/{node}/witness")
}
