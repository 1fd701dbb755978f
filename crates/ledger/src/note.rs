//! Signed notes (C2SP signed-note): a text, a blank line, and signature lines.
//!
//! Reading checks the form only. A signature counts only after it is verified with a known key.

use wire::base64;

use crate::{
    FaultCode, KeyId, PeerFault, PublicKey, SecretKey, SignatureType, key_id,
    limits::MAX_NOTE_SIGNATURES,
};

const DASH: &str = "\u{2014} ";
const ID_BYTES: usize = 4;

/// A note, split into its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// What is signed: everything up to and including the newline before the blank line.
    pub text: &'a str,
    /// The signature lines, in their order; 1 to 32.
    pub lines: Vec<Line<'a>>,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line as it was read, with its newline.
    pub whole: &'a str,
    /// The name of the key.
    pub name: &'a str,
    /// The id of the key.
    pub id: KeyId,
    /// What follows the id: the signature, with a time before it in a timestamped one.
    pub signature: Vec<u8>,
}

impl<'a> Note<'a> {
    /// Splits a note.
    ///
    /// # Errors
    /// `malformed` when it is not UTF-8, holds control characters, has no signature or more than 32, or a line that
    /// is none.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, PeerFault> {
        let malformed = |text: &str| FaultCode::Malformed.fault(text);
        let note = std::str::from_utf8(bytes).map_err(|_| malformed("a note that is not UTF-8"))?;
        if note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(malformed("a note with control characters"));
        }
        let (text, signatures) = note
            .rfind("\n\n")
            .and_then(|blank| Some((note.get(..=blank)?, note.get(blank + 2..)?)))
            .ok_or_else(|| malformed("a note without a signature"))?;
        let mut lines = Vec::new();
        for whole in signatures.split_inclusive('\n') {
            if lines.len() == MAX_NOTE_SIGNATURES {
                return Err(malformed("a note with more than 32 signatures"));
            }
            lines.push(parse_line(whole).ok_or_else(|| malformed("a bad signature line"))?);
        }
        if lines.is_empty() {
            return Err(malformed("a note without a signature"));
        }
        Ok(Self { text, lines })
    }

    /// Returns whether a line under the key's name and id verifies.
    pub(crate) fn verifies(&self, name: &str, key: &PublicKey) -> bool {
        let id = key_id(name, SignatureType::Plain, key);
        self.lines
            .iter()
            .filter(|line| line.name == name && line.id == id)
            .any(|line| key.verify(self.text.as_bytes(), &line.signature))
    }
}

fn parse_line(whole: &str) -> Option<Line<'_>> {
    let (name, signature) = whole
        .strip_prefix(DASH)?
        .strip_suffix('\n')?
        .split_once(' ')?;
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c == '+') {
        return None;
    }
    let bytes = base64::decode_std(signature)?;
    let (id, signature) = bytes.split_first_chunk::<ID_BYTES>()?;
    (!signature.is_empty()).then(|| Line {
        whole,
        name,
        id: *id,
        signature: signature.to_vec(),
    })
}

/// Writes a signature line, with its newline.
#[must_use]
pub(crate) fn line(name: &str, kind: SignatureType, key: &PublicKey, signature: &[u8]) -> String {
    let mut bytes = key_id(name, kind, key).to_vec();
    bytes.extend_from_slice(signature);
    format!("{DASH}{name} {}\n", base64::encode_std(&bytes))
}

/// Signs a text under a name; returns the line, with its newline.
#[must_use]
pub(crate) fn sign(text: &str, name: &str, key: &SecretKey) -> String {
    line(
        name,
        SignatureType::Plain,
        &key.public(),
        &key.sign(text.as_bytes()),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_note_is_read_only_in_its_one_form() {
        let line = "\u{2014} example/log AAAAAAA=\n";
        let many = |n: usize| format!("text\n\n{}", line.repeat(n));
        let good = many(1);
        let note = Note::parse(good.as_bytes()).unwrap();
        assert_eq!(
            (note.text, note.lines.len(), note.lines[0].name),
            ("text\n", 1, "example/log")
        );
        assert_eq!(Note::parse(many(32).as_bytes()).unwrap().lines.len(), 32);
        let blank_inside = format!("a\n\nb\n\n{line}");
        assert_eq!(
            Note::parse(blank_inside.as_bytes()).unwrap().text,
            "a\n\nb\n"
        );
        for wrong in [
            String::new(),
            "text\n".to_owned(),
            "text\n\n".to_owned(),
            format!("text\n{line}"),
            many(33),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            good.replace("\u{2014}", "-"),
            good.replace("example/log", "example log"),
            good.replace("example/log", "example+log"),
            good.replace("example/log", ""),
            good.replace("AAAAAAA=", "AAAAAA=="),
            good.replace("AAAAAAA=", "AAAAAAB="),
            good.replace("AAAAAAA=", "AAAAAAA"),
            good.replace("text", "te\txt"),
            good.replace("text", "te\rxt"),
            good.replace("text", "te\u{7f}xt"),
            good.replace("text", "te\0xt"),
        ] {
            let fault = Note::parse(wrong.as_bytes()).unwrap_err();
            assert_eq!(fault.code, FaultCode::Malformed, "{wrong:?}");
        }
        assert!(Note::parse(b"\xff\n\n").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Note::parse(&bytes);
        }
    }
}
