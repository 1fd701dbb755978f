//! Policies (C2SP tlog-policy): which logs and which witnesses a reader trusts, as a file that is kept apart from what it
//! checks; and the check of a proof by one, without the network.

use std::collections::{BTreeMap, HashSet};

use wire::{Digest, Timestamp, base64};

use crate::{
    Origin, PublicKey, SignatureType,
    checkpoint::{self, Checkpoint, KnownKeys, SignedCheckpoint},
    key_id,
    leaf::{self, Entry, Leaf},
    note::Note,
    proof,
    tree::leaf_hash,
};

/// Lines of a policy: more than a reader keeps.
const MAX_LINES: usize = 1_000;

/// The logs and the witnesses that a reader trusts.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    logs: Vec<(Origin, PublicKey)>,
    witnesses: BTreeMap<String, (String, PublicKey)>,
    groups: BTreeMap<String, (usize, Vec<String>)>,
    quorum: Option<String>,
}

/// Why a policy cannot be read, with the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {text}")]
pub struct PolicyFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub text: &'static str,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// The text of the proof is not in its form.
    #[error("this is not a tlog-proof")]
    Malformed,
    /// The policy has no key of the log.
    #[error("the policy does not name the log `{0}`")]
    UnknownLog(String),
    /// No key of the policy has signed the checkpoint, or a line of one fails.
    #[error("the checkpoint is not signed by a log key of the policy")]
    NotSigned,
    /// Fewer witnesses than the policy wants have signed it.
    #[error("fewer witnesses than the policy wants have signed the checkpoint")]
    NoQuorum,
    /// The entry is not in the tree that was signed.
    #[error("the proof does not lead to the root of the checkpoint")]
    NotIncluded,
    /// The entry is not that of a document.
    #[error("the entry is not that of a document")]
    NoDocument,
    /// The body has another digest.
    #[error("the text is not the one that was signed: its digest is {0}")]
    OtherBody(Digest),
}

/// What a proof proves of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The log.
    pub origin: Origin,
    /// The index of the entry.
    pub index: u64,
    /// The size of the log that was signed.
    pub size: u64,
    /// When its own witness signed it, if the policy names that.
    pub at: Option<Timestamp>,
    /// The entry: a put.
    pub leaf: Leaf,
    /// The digest of the body.
    pub digest: Digest,
}

/// Writes a key as policies name it (C2SP signed-note): name, id and key.
#[must_use]
pub fn verifier_key(name: &str, kind: SignatureType, key: &PublicKey) -> String {
    let id: String = key_id(name, kind, key)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut bytes = vec![kind.byte()];
    bytes.extend_from_slice(key.as_bytes());
    format!("{name}+{id}+{}", base64::encode_std(&bytes))
}

/// Reads a key that [`verifier_key`] writes, and its name.
fn parse_key(text: &str, kind: SignatureType) -> Option<(String, PublicKey)> {
    let mut parts = text.splitn(3, '+');
    let (name, id, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = base64::decode_std(encoded)?;
    let (first, rest) = bytes.split_first()?;
    let key = PublicKey::parse(rest)
        .ok()
        .filter(|_| *first == kind.byte())?;
    let is_own = verifier_key(name, kind, &key) == format!("{name}+{id}+{encoded}");
    is_own.then(|| (name.to_owned(), key))
}

impl Policy {
    /// Reads a policy: lines `log`, `witness`, `group` and `quorum`; `#` begins a comment.
    ///
    /// # Errors
    /// The first line that cannot be read. A policy without a log trusts nothing, and is one of them.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        let mut policy = Self::default();
        let mut last = 0;
        for (index, line) in text.lines().enumerate() {
            last = index + 1;
            let fault = |text| PolicyFault {
                line: index + 1,
                text,
            };
            if index >= MAX_LINES {
                return Err(fault("there are too many lines"));
            }
            let words: Vec<&str> = line
                .split_whitespace()
                .take_while(|word| !word.starts_with('#'))
                .collect();
            if !words.is_empty() {
                policy.line(&words).map_err(fault)?;
            }
        }
        let fault = |text| PolicyFault { line: last, text };
        if policy.logs.is_empty() {
            return Err(fault("the policy names no log"));
        }
        Ok(policy)
    }

    /// Returns the policy that trusts one log.
    #[must_use]
    pub fn for_log(known: KnownKeys) -> Self {
        let name = crate::witness_name(&known.origin.node);
        let witnesses = known.witness.into_iter().enumerate();
        Self {
            logs: known
                .log
                .into_iter()
                .map(|key| (known.origin.clone(), key))
                .collect(),
            witnesses: witnesses
                .map(|(number, key)| (number.to_string(), (name.clone(), key)))
                .collect(),
            ..Self::default()
        }
    }

    /// Writes the lines of a policy that trusts a log. `name` is what its witness is called in the policy.
    #[must_use]
    pub fn lines(known: &KnownKeys, name: &str, base: &str) -> String {
        let origin = known.origin.to_string();
        let witness_name = crate::witness_name(&known.origin.node);
        let mut lines = String::new();
        for key in &known.log {
            let key = verifier_key(&origin, SignatureType::Plain, key);
            lines.push_str(&format!("log {key} {base}\n"));
        }
        for (number, key) in known.witness.iter().enumerate() {
            let key = verifier_key(&witness_name, SignatureType::Timestamped, key);
            lines.push_str(&format!("witness {name}-{} {key} {base}\n", number + 1));
        }
        lines
    }

    fn line(&mut self, words: &[&str]) -> Result<(), &'static str> {
        match words {
            ["log", key] | ["log", key, _] => {
                let bad = "this is not a key of a log";
                let (name, key) = parse_key(key, SignatureType::Plain).ok_or(bad)?;
                let origin = Origin::parse(&name).ok_or("this is not a log of this program")?;
                self.logs.push((origin, key));
            }
            ["witness", name, key] | ["witness", name, key, _] => {
                let bad = "this is not a key of a witness";
                let key = parse_key(key, SignatureType::Timestamped).ok_or(bad)?;
                self.free(name)?;
                self.witnesses.insert((*name).to_owned(), key);
            }
            ["group", name, threshold, members @ ..] if !members.is_empty() => {
                self.free(name)?;
                // Members come first, so no group is in itself.
                if !members.iter().all(|member| self.is_named(member)) {
                    return Err("a member is not named above");
                }
                if !self.are_different(members) {
                    return Err("a member, or its key, is there twice");
                }
                let count = match *threshold {
                    "any" => 1,
                    "all" => members.len(),
                    number => number
                        .parse()
                        .map_err(|_| "the threshold is not a number")?,
                };
                if count == 0 || count > members.len() {
                    return Err("the threshold cannot be reached, or is nothing");
                }
                let members = members.iter().map(|member| (*member).to_owned());
                self.groups
                    .insert((*name).to_owned(), (count, members.collect()));
            }
            ["quorum", name] if self.quorum.is_none() => {
                if *name != "none" && !self.is_named(name) {
                    return Err("the quorum is not named above");
                }
                self.quorum = Some((*name).to_owned());
            }
            _ => return Err("a line is `log`, `witness`, `group` or one `quorum`"),
        }
        Ok(())
    }

    fn is_named(&self, name: &str) -> bool {
        self.witnesses.contains_key(name) || self.groups.contains_key(name)
    }

    /// Says whether no member of a group is repeated, and no key under two names: its one signature would count twice.
    fn are_different(&self, members: &[&str]) -> bool {
        let (mut names, mut keys) = (HashSet::new(), HashSet::new());
        members.iter().all(|member| {
            let key = self.witnesses.get(*member);
            names.insert(*member) && key.is_none_or(|(_, key)| keys.insert(key.as_bytes()))
        })
    }

    fn free(&self, name: &str) -> Result<(), &'static str> {
        match self.is_named(name) || name == "none" {
            true => Err("this name is there twice"),
            false => Ok(()),
        }
    }

    /// Checks that a proof shows that a log of the policy has signed an entry, and that the entry names this body.
    ///
    /// # Errors
    /// Why it shows nothing.
    pub fn prove(&self, proof: &str, body: &[u8]) -> Result<Proven, ProofFault> {
        let decoded = proof::decode(proof).ok_or(ProofFault::Malformed)?;
        // The checkpoint: of a log of the policy, signed by its key, and by as many witnesses as it wants.
        let note = Note::parse(decoded.checkpoint.as_bytes()).map_err(|_| ProofFault::Malformed)?;
        let stated = Checkpoint::parse(note.text).ok_or(ProofFault::Malformed)?;
        let signed = self.signed(decoded.checkpoint, stated.origin)?;
        if !self.has_quorum(&note) {
            return Err(ProofFault::NoQuorum);
        }
        // The entry is in the tree that was signed.
        let checkpoint = signed.checkpoint();
        let hash = leaf_hash(&decoded.entry);
        let is_included = proof::verifies(
            hash,
            decoded.index,
            checkpoint.size,
            &decoded.hashes,
            &checkpoint.root,
        );
        if !is_included {
            return Err(ProofFault::NotIncluded);
        }
        // The entry names the body.
        let Entry::Leaf(leaf) = leaf::read(&decoded.entry) else {
            return Err(ProofFault::NoDocument);
        };
        let Leaf::Put { doc, len, .. } = leaf else {
            return Err(ProofFault::NoDocument);
        };
        let digest = Digest::for_bytes(body);
        if digest != doc || u64::try_from(body.len()).ok() != Some(len) {
            return Err(ProofFault::OtherBody(digest));
        }
        Ok(Proven {
            origin: checkpoint.origin.clone(),
            index: decoded.index,
            size: checkpoint.size,
            at: signed.timestamp(),
            leaf,
            digest,
        })
    }

    fn signed(&self, checkpoint: &str, origin: Origin) -> Result<SignedCheckpoint, ProofFault> {
        let logs = self.logs.iter().filter(|(named, _)| *named == origin);
        let own = crate::witness_name(&origin.node);
        let witnesses = self.witnesses.values().filter(|(name, _)| *name == own);
        let known = KnownKeys {
            log: logs.map(|(_, key)| *key).collect(),
            witness: witnesses.map(|(_, key)| *key).collect(),
            origin,
        };
        if known.log.is_empty() {
            return Err(ProofFault::UnknownLog(known.origin.to_string()));
        }
        checkpoint::verify(checkpoint.as_bytes(), &known).map_err(|_| ProofFault::NotSigned)
    }

    fn has_quorum(&self, note: &Note<'_>) -> bool {
        match self.quorum.as_deref() {
            None | Some("none") => true,
            Some(name) => self.is_met(name, note),
        }
    }

    /// Says whether a witness has signed, or enough members of a group. Groups name what is above them only, so this ends.
    fn is_met(&self, name: &str, note: &Note<'_>) -> bool {
        if let Some((key_name, key)) = self.witnesses.get(name) {
            return checkpoint::is_cosigned(note, key_name, key);
        }
        self.groups.get(name).is_some_and(|(count, members)| {
            let met = members.iter().filter(|member| self.is_met(member, note));
            met.count() >= *count
        })
    }
}

#[cfg(test)]
mod tests {
    use wire::DocumentId;

    use super::*;
    use crate::{
        SecretKey,
        checkpoint::Signer,
        tree::{Frontier, Hash},
        witness_name,
    };

    const BODY: &[u8] = b"{\"v\":1}";

    struct Log {
        origin: Origin,
        log: SecretKey,
        witness: SecretKey,
    }

    fn log() -> Log {
        let node = wire::NodeId::for_text(b"a node");
        Log {
            origin: Origin { node, epoch: 1 },
            log: SecretKey::from_seed([1; 32]),
            witness: SecretKey::from_seed([2; 32]),
        }
    }

    fn leaf(body: &[u8]) -> Leaf {
        let now = Timestamp::from_secs(1_790_000_000);
        Leaf::Put {
            id: DocumentId::generate(now, [7; 10]),
            rev: 1,
            t: now,
            doc: Digest::for_bytes(body),
            len: u64::try_from(body.len()).unwrap(),
        }
    }

    /// Returns a proof of the second of two entries.
    fn proof_of(log: &Log, entry: &[u8]) -> String {
        let other: Hash = leaf_hash(b"{}");
        let mut frontier = Frontier::new();
        frontier.push(other);
        frontier.push(leaf_hash(entry));
        let signer = Signer::new(log.origin.clone(), log.log.clone(), log.witness.clone());
        let note = signer.sign(2, &frontier.root(), Timestamp::from_secs(1_790_000_100));
        proof::encode(1, entry, &[other], &note)
    }

    fn policy_text(log: &Log) -> String {
        let (origin, witness) = (log.origin.to_string(), witness_name(&log.origin.node));
        format!(
            "# the logs that we trust\nlog {}\nwitness own {} https://x.example\nquorum own\n",
            verifier_key(&origin, SignatureType::Plain, &log.log.public()),
            verifier_key(&witness, SignatureType::Timestamped, &log.witness.public()),
        )
    }

    #[test]
    fn a_proof_by_a_trusted_log_proves_the_body_and_nothing_else_does() {
        let log = log();
        let policy = Policy::parse(&policy_text(&log)).unwrap();
        let entry = leaf(BODY).encode();
        let proof = proof_of(&log, &entry);
        let proven = policy.prove(&proof, BODY).unwrap();
        assert_eq!((proven.index, proven.size, proven.leaf), (1, 2, leaf(BODY)));
        assert_eq!(proven.at, Some(Timestamp::from_secs(1_790_000_100)));
        // Another body, another entry, another key, another log, no witness.
        let other = b"{\"v\":2}";
        let fault = policy.prove(&proof, other).unwrap_err();
        assert_eq!(fault, ProofFault::OtherBody(Digest::for_bytes(other)));
        let swapped = proof.replace(
            &base64::encode_std(&entry),
            &base64::encode_std(&leaf(other).encode()),
        );
        assert_eq!(policy.prove(&swapped, other), Err(ProofFault::NotIncluded));
        let forged = Log {
            log: SecretKey::from_seed([9; 32]),
            ..super::tests::log()
        };
        assert_eq!(
            policy.prove(&proof_of(&forged, &entry), BODY),
            Err(ProofFault::NotSigned)
        );
        let mut elsewhere = super::tests::log();
        elsewhere.origin.epoch = 2;
        assert!(matches!(
            policy.prove(&proof_of(&elsewhere, &entry), BODY),
            Err(ProofFault::UnknownLog(_))
        ));
        let unwitnessed = Log {
            witness: SecretKey::from_seed([8; 32]),
            ..super::tests::log()
        };
        assert_eq!(
            policy.prove(&proof_of(&unwitnessed, &entry), BODY),
            Err(ProofFault::NoQuorum)
        );
        assert_eq!(
            policy.prove(&proof_of(&log, b"{}"), BODY),
            Err(ProofFault::NoDocument)
        );
        for wrong in [
            "",
            "c2sp.org/tlog-proof@v1\n",
            &proof.replace("index 1", "index 01"),
            &proof.replace("index 1", "index 0"),
        ] {
            assert!(policy.prove(wrong, BODY).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_policy_is_read_in_its_form_and_in_no_other() {
        let good = policy_text(&log());
        let log_line = good.lines().nth(1).unwrap();
        let witness = good
            .lines()
            .nth(2)
            .unwrap()
            .trim_start_matches("witness own ");
        let key = SecretKey::from_seed([3; 32]).public();
        let other = verifier_key("another-witness", SignatureType::Timestamped, &key);
        let group = format!(
            "{log_line}\nwitness a {witness}\nwitness b {other}\ngroup g any a b\ngroup h 2 a g\nquorum h\n"
        );
        assert!(Policy::parse(&group).is_ok());
        for (wrong, line) in [
            (String::new(), 0),
            ("quorum none".to_owned(), 1),
            ("log x".to_owned(), 1),
            (format!("{log_line}x"), 1),
            (log_line.replace("+", "+0"), 1),
            (format!("{log_line}\nlog {witness}"), 2),
            (format!("{log_line}\nquorum own"), 2),
            (format!("{log_line}\nquorum none\nquorum none"), 3),
            (
                format!("{log_line}\nwitness a {witness}\nwitness a {witness}"),
                3,
            ),
            (format!("{log_line}\nwitness a {witness}\ngroup g 2 a a"), 3),
            (
                format!("{log_line}\nwitness a {witness}\nwitness b {witness}\ngroup g 2 a b"),
                4,
            ),
            (format!("{log_line}\ngroup g any a"), 2),
            (format!("{log_line}\nwitness a {witness}\ngroup g 2 a"), 3),
            (format!("{log_line}\nwitness a {witness}\ngroup g 0 a"), 3),
            (format!("{log_line}\nmirror x"), 2),
        ] {
            let fault = Policy::parse(&wrong).unwrap_err();
            assert_eq!(fault.line, line, "{wrong}: {fault}");
        }
    }
}
