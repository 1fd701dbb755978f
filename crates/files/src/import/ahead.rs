//! Files that were read before their turn, since a text before them links to them: what was found is kept until they are
//! prepared, so that no file is checked twice and few are parsed twice.

use std::collections::HashMap;

use domain::front_matter::Parsed;
use markdown::Reading;
use patient_data::Finding;
use wire::{Digest, DocumentId};

/// Bytes of files that are kept parsed, of which each takes about seven in memory: with one link in each of 10,000 files of
/// 4.5 kB, some 2,000 wait at a time. A file that finds no room is parsed again.
const MAX_PARSED_BYTES: usize = 8 * 1024 * 1024;

/// What is known of files before their turn, each with the digest of the bytes that were read.
#[derive(Debug, Default)]
pub(super) struct ReadAhead {
    findings: HashMap<DocumentId, (Digest, Vec<Finding>)>,
    parsed: HashMap<DocumentId, ParsedAhead>,
    /// Bytes of the files in `parsed`.
    bytes: usize,
}

/// A file that was parsed before its turn.
#[derive(Debug)]
pub(super) struct ParsedAhead {
    pub(super) digest: Digest,
    /// The size of the file.
    pub(super) bytes: usize,
    pub(super) parsed: Parsed,
    pub(super) read: Option<Reading>,
}

impl ReadAhead {
    /// Keeps what a check for patient data found.
    pub(super) fn add_findings(&mut self, id: DocumentId, digest: Digest, findings: Vec<Finding>) {
        self.findings.insert(id, (digest, findings));
    }

    /// Returns what was found in a file of these bytes, and forgets it.
    pub(super) fn take_findings(
        &mut self,
        id: DocumentId,
        digest: &Digest,
    ) -> Option<Vec<Finding>> {
        let (checked, findings) = self.findings.remove(&id)?;
        (checked == *digest).then_some(findings)
    }

    /// Returns whether a file of this size finds room.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.bytes.saturating_add(bytes) <= MAX_PARSED_BYTES
    }

    /// Keeps a file if it finds room.
    pub(super) fn add_parsed(&mut self, id: DocumentId, file: ParsedAhead) {
        if self.has_room(file.bytes) && !self.parsed.contains_key(&id) {
            self.bytes += file.bytes;
            self.parsed.insert(id, file);
        }
    }

    /// Returns a file of these bytes if it was parsed, and forgets it.
    pub(super) fn take_parsed(
        &mut self,
        id: DocumentId,
        digest: &Digest,
    ) -> Option<(Parsed, Option<Reading>)> {
        let file = self.parsed.remove(&id)?;
        self.bytes = self.bytes.saturating_sub(file.bytes);
        (file.digest == *digest).then_some((file.parsed, file.read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree;

    #[test]
    fn files_are_kept_parsed_up_to_a_size_and_only_as_they_were_read() {
        let half = MAX_PARSED_BYTES / 2;
        let id =
            |number| DocumentId::parse(&format!("01996c5e-8a00-7000-8000-00000000000{number}"));
        let digest = |text: &str| Digest::for_bytes(text.as_bytes());
        let mut ahead = ReadAhead::default();
        let ids = [1, 2, 3].map(|number| id(number).unwrap());
        for id in ids {
            let (parsed, read) = tree::parse_and_read("# A ward\n", "ward.md");
            let digest = digest("read");
            let file = ParsedAhead {
                digest,
                bytes: half,
                parsed,
                read,
            };
            ahead.add_parsed(id, file);
        }
        let [one, two, three] = ids;
        assert!(
            ahead.take_parsed(three, &digest("read")).is_none(),
            "no room"
        );
        assert!(ahead.take_parsed(two, &digest("written since")).is_none());
        assert!(
            ahead.has_room(half),
            "a file that was taken leaves its room"
        );
        assert!(ahead.take_parsed(one, &digest("read")).is_some());
        assert!(
            ahead.take_parsed(one, &digest("read")).is_none(),
            "taken once"
        );
    }
}
