//! Checkpoints: the signed head of a log (C2SP tlog-checkpoint) with timestamped cosignatures (C2SP tlog-cosignature).

use wire::{NodeId, Timestamp, base64};

use crate::{
    FaultCode, Origin, PeerFault, PublicKey, SecretKey, SignatureType, key_id,
    note::{self, Line, Note},
    origin::plain_decimal,
    tree::Hash,
    witness_name,
};

/// The head of a log as it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree at that size.
    pub root: Hash,
}

impl Checkpoint {
    /// Returns the text that is signed: origin, size, root, a line each.
    #[must_use]
    pub fn text(&self) -> String {
        let root = base64::encode_std(&self.root);
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// Reads the text; there are no extension lines.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let checkpoint = Self {
            origin: Origin::parse(lines.next()?)?,
            size: plain_decimal(lines.next()?)?,
            root: base64::decode_std(lines.next()?)?.try_into().ok()?,
        };
        lines.next().is_none().then_some(checkpoint)
    }
}

/// The keys of a node whose signatures on a checkpoint count: those of its held node document.
#[derive(Clone, Debug)]
pub struct KnownKeys {
    /// The log that they sign.
    pub origin: Origin,
    /// Log keys, under the origin's name.
    pub log: Vec<PublicKey>,
    /// Witness keys, under the witness's name.
    pub witness: Vec<PublicKey>,
}

/// A checkpoint that a known log key has signed.
///
/// Invariant: made by [`verify`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: String,
    timestamp: Option<Timestamp>,
    log_line: String,
    time_line: Option<String>,
}

impl SignedCheckpoint {
    /// Returns the head.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Returns the note, byte for byte as it was served.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Returns the greatest time at which the node's own witness key has signed it, if it has.
    #[must_use]
    pub const fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }
}

/// Verifies a checkpoint (§7 step 3): strict form, the expected origin, at least one known log key, no line of a known
/// key that fails. Lines of other keys are ignored.
///
/// # Errors
/// `malformed` or `key`.
pub fn verify(bytes: &[u8], known: &KnownKeys) -> Result<SignedCheckpoint, PeerFault> {
    let note = Note::parse(bytes)?;
    let checkpoint = Checkpoint::parse(note.text)
        .ok_or_else(|| FaultCode::Malformed.fault("a checkpoint that cannot be read"))?;
    if checkpoint.origin != known.origin {
        let text = format!("a checkpoint of the log `{}`", checkpoint.origin);
        return Err(FaultCode::Malformed.fault(text));
    }
    let origin = known.origin.to_string();
    let witness = witness_name(&known.origin.node);
    let mut log_line = None;
    let mut time: Option<(u64, &Line<'_>)> = None;
    for line in &note.lines {
        for key in matching(line, &origin, SignatureType::Plain, &known.log) {
            if !key.verify(note.text.as_bytes(), &line.signature) {
                return Err(failing(line));
            }
            log_line.get_or_insert(line.whole);
        }
        for key in matching(line, &witness, SignatureType::Timestamped, &known.witness) {
            let secs = cosigned_at(note.text, line, key).ok_or_else(|| failing(line))?;
            if time.is_none_or(|(greatest, _)| secs > greatest) {
                time = Some((secs, line));
            }
        }
    }
    let log_line = log_line
        .ok_or_else(|| FaultCode::Key.fault("a checkpoint that no known log key has signed"))?
        .to_owned();
    Ok(SignedCheckpoint {
        timestamp: time.map(|(secs, _)| timestamp(secs)),
        time_line: time.map(|(_, line)| line.whole.to_owned()),
        log_line,
        note: String::from_utf8_lossy(bytes).into_owned(),
        checkpoint,
    })
}

/// Reads a checkpoint that one node has signed and another one has cosigned: what was signed, and when the other one did. `None`
/// unless known keys of both have.
#[must_use]
pub fn cosigned(
    bytes: &[u8],
    own: &KnownKeys,
    other: &KnownKeys,
) -> Option<(SignedCheckpoint, Timestamp)> {
    let signed = verify(bytes, own).ok()?;
    let note = Note::parse(bytes).ok()?;
    let name = witness_name(&other.origin.node);
    let times = note.lines.iter().flat_map(|line| {
        matching(line, &name, SignatureType::Timestamped, &other.witness)
            .filter_map(|key| cosigned_at(note.text, line, key))
    });
    let secs = times.max()?;
    Some((signed, timestamp(secs)))
}

/// Says whether a witness has signed a note with its time.
pub(crate) fn is_cosigned(note: &Note<'_>, name: &str, key: &PublicKey) -> bool {
    let keys = [*key];
    note.lines.iter().any(|line| {
        matching(line, name, SignatureType::Timestamped, &keys)
            .any(|key| cosigned_at(note.text, line, key).is_some())
    })
}

/// Returns the known keys that a line names, by their derived name and id.
fn matching<'a>(
    line: &Line<'_>,
    name: &str,
    kind: SignatureType,
    keys: &'a [PublicKey],
) -> impl Iterator<Item = &'a PublicKey> {
    let (id, named) = (line.id, line.name == name);
    let name = name.to_owned();
    keys.iter()
        .filter(move |key| named && key_id(&name, kind, key) == id)
}

fn failing(line: &Line<'_>) -> PeerFault {
    FaultCode::Key.fault(format!(
        "a signature of `{}` that does not verify",
        line.name
    ))
}

/// Returns the time of a timestamped cosignature, in seconds since the Unix epoch, if it verifies.
fn cosigned_at(text: &str, line: &Line<'_>, key: &PublicKey) -> Option<u64> {
    let (secs, signature) = line.signature.split_first_chunk::<8>()?;
    let secs = u64::from_be_bytes(*secs);
    key.verify(cosigned_message(secs, text).as_bytes(), signature)
        .then_some(secs)
}

fn cosigned_message(secs: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {secs}\n{text}")
}

/// A time beyond the range of `Timestamp` becomes its last second, which every rule refuses as the future.
fn timestamp(secs: u64) -> Timestamp {
    const FAR: i64 = 253_402_300_799;
    Timestamp::from_secs(i64::try_from(secs).map_or(FAR, |secs| secs.min(FAR)))
}

/// Signs a node's own checkpoints, with its log key and the time by its witness key.
#[derive(Clone, Debug)]
pub struct Signer {
    origin: Origin,
    log: SecretKey,
    witness: Witness,
}

impl Signer {
    /// Makes the signer of a log.
    #[must_use]
    pub fn new(origin: Origin, log: SecretKey, witness: SecretKey) -> Self {
        let witness = Witness::new(&origin.node, witness);
        Self {
            origin,
            log,
            witness,
        }
    }

    /// Returns the log.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Signs a head with the time `now`; returns the note.
    #[must_use]
    pub fn sign(&self, size: u64, root: &Hash, now: Timestamp) -> String {
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size,
            root: *root,
        };
        let text = checkpoint.text();
        let log_line = note::sign(&text, &self.origin.to_string(), &self.log);
        let time_line = self.witness.line(&text, now);
        format!("{text}\n{log_line}{time_line}")
    }
}

/// Cosigns checkpoints with the time at which they were seen.
#[derive(Clone, Debug)]
pub struct Witness {
    name: String,
    key: SecretKey,
}

impl Witness {
    /// Makes the witness of a node.
    #[must_use]
    pub fn new(node: &NodeId, key: SecretKey) -> Self {
        Self {
            name: witness_name(node),
            key,
        }
    }

    /// Cosigns a peer's checkpoint; returns the note of `/seen`: the text, the origin's log line, its timestamp line
    /// and the own cosignature. The caller has applied all entries, and erased what they withdraw (§7 step 9).
    #[must_use]
    pub fn cosign(&self, seen: &SignedCheckpoint, now: Timestamp) -> String {
        let text = seen.checkpoint.text();
        let own = self.line(&text, now);
        let time_line = seen.time_line.as_deref().unwrap_or_default();
        format!("{text}\n{}{time_line}{own}", seen.log_line)
    }

    fn line(&self, text: &str, now: Timestamp) -> String {
        let secs = u64::try_from(now.secs()).unwrap_or(0);
        let mut signature = secs.to_be_bytes().to_vec();
        signature.extend(self.key.sign(cosigned_message(secs, text).as_bytes()));
        note::line(
            &self.name,
            SignatureType::Timestamped,
            &self.key.public(),
            &signature,
        )
    }
}
